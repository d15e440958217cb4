"""Exercises of notebook 10 about addresses that people use: one host for two parts, and a short name."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, passed_unless
from kubeface.endstates import rules
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.services import FRONTEND, RECEIVER, astray, elsewhere
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import afresh, given, gone

SITE = "10-the-whole-pipeline/site.yaml"
KIOSK = "10-the-whole-pipeline/kiosk.yaml"
HOST = "album.example"
KEY = "album-key"
PAGES = ("/", "/3", "/imagery")
PHOTOS = ("/image", "/image/post")


def no_site(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    gone(cluster, SITE)


def site_without_a_key(cluster: Cluster) -> None:
    """Both ways, in plain HTTP."""
    _site(cluster, tls=None)


def site_of_the_page_alone(cluster: Cluster) -> None:
    """Everything to the frontend."""
    _site(cluster, [_path("/", "frontend")])


def site_of_one_photo(cluster: Cluster) -> None:
    """Exactly /image, and nothing below it."""
    _site(cluster, [_path("/image", "receiver", "Exact"), _path("/", "frontend")])


def site_the_other_way_round(cluster: Cluster) -> None:
    """The photos to the page, and people to the receiver."""
    _site(cluster, [_path("/image", "frontend"), _path("/", "receiver")])


def site_with_the_key_of_another(cluster: Cluster) -> None:
    """A key for another host."""
    _site(cluster, tls=[{"hosts": ["photos.example"], "secretName": KEY}])


def site_of_two_rules(cluster: Cluster) -> None:
    """Each path in a rule of its own, in another order; one key for two hosts, ports by number."""
    page = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": "frontend", "port": {"number": 8081}}},
    }
    rules_ = [{"host": HOST, "http": {"paths": [one]}} for one in (page, _path("/image/", "receiver"))]
    _put(cluster, {"rules": rules_, "tls": [{"hosts": ["www.album.example", HOST], "secretName": KEY}]})


def site_by_default(cluster: Cluster) -> None:
    """The page is where everything goes that no path names."""
    backend = {"service": {"name": "frontend", "port": {"name": "http"}}}
    spec = {"rules": [{"host": HOST, "http": {"paths": [_path("/image", "receiver")]}}], "tls": _KEYS}
    _put(cluster, spec | {"defaultBackend": backend})


_KEYS = [{"hosts": [HOST], "secretName": KEY}]


def _path(path: str, service: str, kind: str = "Prefix") -> dict[str, Any]:
    return {
        "path": path,
        "pathType": kind,
        "backend": {"service": {"name": service, "port": {"name": "http"}}},
    }


def _site(
    cluster: Cluster, paths: list[dict[str, Any]] | None = None, tls: list[dict[str, Any]] | None = _KEYS
) -> None:
    both = paths or [_path("/image", "receiver"), _path("/", "frontend")]
    _put(cluster, {"rules": [{"host": HOST, "http": {"paths": both}}], **({"tls": tls} if tls else {})})


def _put(cluster: Cluster, spec: dict[str, Any]) -> None:
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "Ingress", "metadata": {"name": "site"}}
    apply(cluster, [body | {"spec": spec}])


def one_host_for_both(cluster: Cluster) -> None:
    """What `solution` shows."""
    page = '--rule "album.example/*=frontend:http,tls=album-key"'
    photos = '--rule "album.example/image*=receiver:http,tls=album-key"'
    kubectl(f"create ingress site {page} {photos}", cluster=cluster)


@exercise(
    "nb10.site",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "`ingress.yaml`, which the lesson has applied, has a rule with one path; a rule may have several.",
        "Of two paths that fit, the longer one counts. `kubectl explain ingress.spec.tls` is about the key.",
        "Beside `rules` stands `tls`: a list, each with its `hosts` and a `secretName`.",
    ),
    solve=one_host_for_both,
    wrong=(
        site_without_a_key,
        site_of_the_page_alone,
        site_of_one_photo,
        site_the_other_way_round,
        site_with_the_key_of_another,
    ),
    right=(site_of_two_rules, site_by_default),
    start=no_site,
)
def site(cluster: Cluster) -> Verdict:
    """An Ingress site leads album.example to the frontend, below /image to the receiver, by HTTPS."""
    found = cluster.find("ingress/site")
    if found is None:
        return not_started("there is no Ingress site")
    return passed_unless(standing(found, "Ingress site") or _astray(cluster, found) or _in_the_open(found))


def _astray(cluster: Cluster, ingress: KubeObject) -> str:
    """Which path of the host does not go to its part."""
    if HOST not in [host.lower() for host in rules.hosts_of(ingress)]:
        return f"it has no rule for {HOST}, only for {', '.join(rules.hosts_of(ingress)) or 'nothing'}"
    for part, paths in ((FRONTEND, PAGES), (RECEIVER, PHOTOS)):
        for path in paths:
            way = rules.way(ingress, HOST, path)
            if way is None or not way.backend:
                return f"it sends {path} to nobody"
            other = elsewhere(cluster, way, part)
            if other:
                return f"it sends {path} to {way.service or 'no Service'}, port {way.port}{other}"
            if not way.is_sure and rules.paths_of(ingress, HOST) and way.backend != _rest(ingress):
                return f"what its path for {path} stands for is left to the controller"
    return ""


def _rest(ingress: KubeObject) -> Any:
    return at(ingress, "spec", "defaultBackend")


def _in_the_open(ingress: KubeObject) -> str:
    """Why the host is not asked over HTTPS with its key."""
    keys = {
        str(host): one.get("secretName")
        for one in each(ingress, "spec", "tls")
        for host in one.get("hosts") or []
    }
    if HOST not in keys:
        return f"it has a key for {', '.join(keys) or 'no host'}, and not for {HOST}"
    return "" if keys[HOST] == KEY else f"its key is in the Secret {keys[HOST] or 'of nobody'}"


def closed_kiosk(cluster: Cluster) -> None:
    """As the lesson's cell leaves it: without an address of its own, so that no port is translated."""
    afresh(cluster, KIOSK)


def kiosk_with_the_port_in_it(cluster: Cluster) -> None:
    """The number in the place of the name."""
    port = {"name": "http", "port": 80, "targetPort": 8081}
    cluster.patch("service/kiosk", {"spec": {"ports": [port]}})


def no_kiosk(cluster: Cluster) -> None:
    """Deleted, and not made again."""
    cluster.delete("service/kiosk")


def kiosk_at_its_own_port(cluster: Cluster) -> None:
    """The port at which the frontend listens, which nobody is to write."""
    _anew(cluster, {"ports": [{"name": "http", "port": 8081, "targetPort": "http"}]})


def kiosk_of_the_receiver(cluster: Cluster) -> None:
    """An address of its own, and somebody else behind it."""
    _anew(cluster, {"selector": {"app.kubernetes.io/name": "receiver"}})


def kiosk_with_a_door(cluster: Cluster) -> None:
    """A port of the nodes beside it."""
    _anew(cluster, {"type": "NodePort"})


def _anew(cluster: Cluster, spec: dict[str, Any]) -> None:
    gone(cluster, KIOSK)
    port = {"name": "http", "port": 80, "targetPort": "http"}
    whole = {"selector": {"app.kubernetes.io/name": "frontend"}, "ports": [port]} | spec
    cluster.create({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kiosk"}, "spec": whole})


def give_it_an_address(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("delete service kiosk", cluster=cluster)
    wait(cluster, "service/kiosk", for_="deleted", timeout_s=60)
    kubectl("expose deployment frontend --name kiosk --port 80 --target-port http", cluster=cluster)


def address_now(cluster: Cluster) -> str | None:
    """A hint for whoever has not looked yet."""
    told = at(cluster.find("service/kiosk"), "spec", "clusterIP")
    if told != "None":
        return None
    return (
        "Its clusterIP is None. Which address does DNS give for its name then, and who translates the port?"
    )


@exercise(
    "nb10.kiosk",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Hold it against the Service `frontend`, which is well: `kubectl get services --output wide`.",
        address_now,
        "Some fields of a Service cannot be changed: delete it, and make it anew.",
    ),
    solve=give_it_an_address,
    wrong=(kiosk_with_the_port_in_it, no_kiosk, kiosk_at_its_own_port, kiosk_of_the_receiver),
    right=(kiosk_with_a_door,),
    start=closed_kiosk,
)
def kiosk(cluster: Cluster) -> Verdict:
    """The page of the frontend is at http://kiosk, with no port in the address."""
    found = cluster.find("service/kiosk")
    if found is None:
        return passed_unless("there is no Service kiosk")
    [body] = given(KIOSK)
    told = table(found, "spec")
    is_as_given = all(told.get(part) == body["spec"][part] for part in ("clusterIP", "selector"))
    ports = [
        {key: one.get(key) for key in ("name", "port", "targetPort")} for one in each(found, "spec", "ports")
    ]
    if is_as_given and ports == body["spec"]["ports"] and not found.is_terminating:
        return not_started("nobody answers at its port 80, as in the beginning")
    return passed_unless(standing(found, "Service kiosk") or astray(cluster, found, 80, FRONTEND))
