"""The address ranges of a new cluster, computed from the machine's routes and other clusters. Pure."""

import ipaddress
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, islice

from kubeface.errors import BadInput
from kubeface.local.spec import PRIVATE, Networks

Net = ipaddress.IPv4Network


@dataclass(frozen=True)
class Route:
    """One IPv4 route of this machine, or a range that another cluster has.

    Args:
        net: Such as "10.0.0.0/8".
        is_connected: This machine has an address in it: all of its addresses may be neighbours.
        is_first: Its routing table is asked before the main one, so that a narrower route there loses.
    """

    net: str
    is_connected: bool = False
    is_first: bool = False

    @cached_property
    def range(self) -> Net:
        """The addresses that it leads to."""
        return Net(self.net)

    def meets(self, net: Net) -> bool:
        """Whether the route and a network share an address."""
        return self.range.overlaps(net)

    def forbids(self, net: Net) -> bool:
        """Whether a cluster cannot have `net` because of it: a broader route gives way to ours."""
        is_broader = self.range.prefixlen < net.prefixlen
        return self.meets(net) and (self.is_connected or self.is_first or not is_broader)


def in_the_way(routes: Iterable[Route], networks: Networks) -> list[str]:
    """The routes that forbid one of these networks.

    >>> in_the_way([Route("10.0.0.0/8"), Route("10.244.7.0/24")], Networks())
    ['10.244.7.0/24']
    """
    wanted = [Net(net) for net in networks.ranges]
    return [route.net for route in routes if any(route.forbids(net) for net in wanted)]


def choose(routes: Iterable[Route]) -> Networks:
    """Choose three ranges that overlap no route, or else three that are narrower than what they overlap.

    Raises:
        BadInput: there are none such either.

    >>> choose([Route("172.16.0.0/12")]).nodes
    '192.168.255.0/24'
    """
    taken = list(routes)
    nodes = _free(_twenty_fours, taken)
    services = _free(lambda: _sixteens("10.96.0.0/16"), [*taken, Route(nodes)])
    pods = _free(lambda: _sixteens("10.244.0.0/16"), [*taken, Route(nodes), Route(services)])
    return Networks(nodes, pods, services)


def _free(candidates: Callable[[], Iterator[Net]], taken: list[Route]) -> str:
    rules: tuple[Callable[[Route, Net], bool], ...] = (Route.meets, Route.forbids)
    for is_taken in rules:
        for net in candidates():
            if not any(is_taken(route, net) for route in taken):
                return str(net)
    raise BadInput(
        "Every address range that could be taken meets a route of this machine.",
        seen="routes: " + ", ".join(sorted({route.net for route in taken})),
        try_next="remove a route or another cluster (kubeface down --purge --name NAME), "
        "or name three private ranges that are free with --networks NODES,PODS,SERVICES",
    )


def _sixteens(first: str) -> Iterator[Net]:
    """Every /16 for Pods or Services, the usual one first; those that networks like to use come late."""
    ten, middle, _, shared = (list(net.subnets(new_prefix=16)) for net in PRIVATE)
    late = [*ten[:64], *middle[:8]]
    return chain([Net(first)], reversed(ten[64:]), reversed(middle[8:]), reversed(shared), late)


def _twenty_fours() -> Iterator[Net]:
    """Every /24 for nodes; the first of 192.168.0.0/16, which many homes have, come late."""
    yield from Net("172.31.0.0/16").subnets(new_prefix=24)
    yield from reversed(list(Net("192.168.0.0/16").subnets(new_prefix=24)))
    for block in _sixteens("172.30.0.0/16"):
        yield from islice(block.subnets(new_prefix=24), 4)  # chosen: a few of each are enough
