"""Where an Ingress sends a request, by the rules that its controllers share; pure."""

from dataclasses import dataclass
from typing import Any

from kubeface.endstates.parts import at, each
from kubeface.kube import KubeObject


@dataclass(frozen=True)
class Way:
    """Where a request goes.

    Args:
        backend: The Service, and its port by number or name.
        is_sure: Whether every controller reads the path's type in one way.
    """

    backend: dict[str, Any]
    is_sure: bool = True

    @property
    def service(self) -> str:
        """The name of the Service; empty when it is none."""
        return str(at(self.backend, "service", "name") or "")

    @property
    def port(self) -> int | str | None:
        """The Service's port."""
        found: int | str | None = at(self.backend, "service", "port", "number")
        return found or at(self.backend, "service", "port", "name")


def way(ingress: KubeObject, host: str, path: str) -> Way | None:
    """Where an Ingress sends a request; None when it says nothing of it.

    A rule of that very host counts before a wildcard, and that before a rule without a host; of the paths,
    the longest, and of two as long an exact one.
    """
    paths = [one for rule in _rules(ingress, host) for one in each(rule, "http", "paths")]
    fitting = [one for one in paths if _fits(one, path)]
    if fitting:
        best = max(fitting, key=lambda one: (len(_steps(one)), one.get("pathType") == "Exact"))
        return Way(best.get("backend") or {}, best.get("pathType") in ("Exact", "Prefix"))
    rest = at(ingress, "spec", "defaultBackend")
    return Way(rest) if rest else None


def paths_of(ingress: KubeObject, host: str) -> list[str]:
    """The paths that an Ingress names for a host."""
    return [
        str(one.get("path") or "/") for rule in _rules(ingress, host) for one in each(rule, "http", "paths")
    ]


def hosts_of(ingress: KubeObject) -> list[str]:
    """The hosts of an Ingress, as a list in words."""
    return [str(rule.get("host") or "any host") for rule in each(ingress, "spec", "rules")]


def _rules(ingress: KubeObject, host: str) -> list[dict[str, Any]]:
    rules = each(ingress, "spec", "rules")
    wildcard = f"*.{host.partition('.')[2]}"
    for wanted in (host, wildcard, ""):
        found = [rule for rule in rules if str(rule.get("host") or "").lower() == wanted]
        if found:
            return found
    return []


def _fits(one: dict[str, Any], path: str) -> bool:
    if one.get("pathType") == "Exact":
        return bool(one.get("path") == path)
    steps = _steps(one)
    return [step for step in path.split("/") if step][: len(steps)] == steps


def _steps(one: dict[str, Any]) -> list[str]:
    return [step for step in str(one.get("path") or "/").split("/") if step]
