"""Tasks of the exam about who reaches whom: Services, probes, policies."""

from typing import Any

from kubeface.checks import Verdict, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, named_in, standing, table
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.settings import template_container
from kubeface.errors import CommandFailed
from kubeface.exam.task import anew, task
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.util.waiting import attempts

TAKEN_UP_S = 8.0  # chosen: the nodes take up a Service or a policy within two seconds, later when busy
LOOK_AGAIN_S = 0.5
ASKER = "till-1"
#: Run in a Pod: a page, in two seconds.
_GET = "import sys, urllib.request as web; print(web.urlopen(sys.argv[1], timeout=2).read().decode())"


def page(cluster: Cluster, pod: str, address: str) -> str:
    """What a Pod is answered that asks for a page; empty when nobody answers."""
    try:
        told = run(["exec", pod, "--", "python3", "-c", _GET, f"http://{address}"], cluster=cluster)
    except CommandFailed:
        return ""
    return told.strip()


def lost_orders(cluster: Cluster) -> None:
    """As in its file: a wrong selector, and a wrong port."""
    anew(cluster, "orders")


def orders_by_the_label_alone(cluster: Cluster) -> None:
    """The right Pods, and a port at which they do not listen."""
    kubectl("set selector service orders app=orders", cluster=cluster)


def orders_by_the_port_alone(cluster: Cluster) -> None:
    """The right port of nobody."""
    cluster.patch("service/orders", {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": 8080}]}})


def orders_of_the_menu(cluster: Cluster) -> None:
    """Somebody answers, and it is the menu."""
    spec = {"selector": {"app": "menu"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080}]}
    cluster.patch("service/orders", {"spec": spec})


def orders_at_another_port(cluster: Cluster) -> None:
    """The right Pods, at 8080."""
    spec = {"selector": {"app": "orders"}, "ports": [{"name": "http", "port": 8080, "targetPort": 8080}]}
    cluster.patch("service/orders", {"spec": spec})


def orders_without_an_address(cluster: Cluster) -> None:
    """The Pods get the label, and listen at 80."""
    labels = {"metadata": {"labels": {"app": "order"}}}
    ports = [{"name": "http", "port": 80, "targetPort": "http"}]
    for pod in cluster.list("pods", labels={"app": "orders"}):
        cluster.patch(pod.ref, labels)
    cluster.patch("service/orders", {"spec": {"ports": ports}})


def mend_orders(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("set selector service orders app=orders", cluster=cluster)
    cluster.patch("service/orders", {"spec": {"ports": [{"name": "http", "port": 80, "targetPort": "http"}]}})


@task(
    "orders",
    points=8,
    lesson="05",
    solve=mend_orders,
    wrong=(
        orders_by_the_label_alone,
        orders_by_the_port_alone,
        orders_of_the_menu,
        orders_at_another_port,
    ),
    right=(orders_without_an_address,),
    start=lost_orders,
)
def orders(cluster: Cluster) -> Verdict:
    """In the namespace exam, http://orders answers with the page of the Deployment orders."""
    found = cluster.find("service/orders")
    short = standing(found, "Service orders")
    if found is None or short:
        return not_yet(short)
    ports = [(one.get("port"), one.get("targetPort")) for one in each(found, "spec", "ports")]
    if ports == [(80, 80)] and table(found, "spec", "selector") == {"app": "order"}:
        return not_started("the Service orders is as you found it")
    answer = ""
    for _ in attempts(timeout_s=TAKEN_UP_S, every_s=LOOK_AGAIN_S):
        if (answer := page(cluster, ASKER, "orders")) == "orders":
            break
    if answer == "orders":
        return passed_unless("")
    if cluster.find(f"pod/{ASKER}") is None:
        return not_yet(f"the Pod {ASKER}, from which it is asked, is gone")
    where = f"its selector is {_words(table(found, 'spec', 'selector'))}, its ports {_arrows(ports)}"
    return not_yet(f"{ASKER} is answered {answer!r} there" if answer else f"nobody answers {ASKER}: {where}")


def _words(labels: dict[str, Any]) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(labels.items())) or "empty"


def _arrows(ports: list[tuple[Any, Any]]) -> str:
    return ", ".join(f"{port} to {target}" for port, target in ports) or "none"


def unasked_menu(cluster: Cluster) -> None:
    """As in its file: without probes."""
    anew(cluster, "menu")


def _probed(cluster: Cluster, **probes: object) -> None:
    container = {"name": "menu", **probes}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.patch("deployment/menu", patch, strategic=True)


def _asked(path: str, port: object = "http", **more: object) -> dict[str, Any]:
    told = {"periodSeconds": 5, "failureThreshold": 2} | more
    return {"httpGet": {"path": path, "port": port}, **told}


def menu_asked_whether_it_lives(cluster: Cluster) -> None:
    """The other probe."""
    _probed(cluster, livenessProbe=_asked("/ready"))
    wait(cluster, "deployment/menu", for_="Ready", timeout_s=60)


def menu_asked_for_nothing(cluster: Cluster) -> None:
    """A path that it does not have."""
    _probed(cluster, readinessProbe=_asked("/redy"))


def menu_asked_patiently(cluster: Cluster) -> None:
    """The usual patience."""
    _probed(cluster, readinessProbe=_asked("/ready", periodSeconds=10, failureThreshold=3))
    wait(cluster, "deployment/menu", for_="Ready", timeout_s=60)


def menu_by_number(cluster: Cluster) -> None:
    """The port by its number, and a liveness probe beside it."""
    _probed(cluster, readinessProbe=_asked("/ready", 8080), livenessProbe=_asked("/"))
    wait(cluster, "deployment/menu", for_="Ready", timeout_s=60)


def ask_the_menu(cluster: Cluster) -> None:
    """What `solution` shows."""
    probe = {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 5, "failureThreshold": 2}
    container = {"name": "menu", "readinessProbe": probe}
    patch = {"spec": {"template": {"spec": {"containers": [container]}}}}
    cluster.patch("deployment/menu", patch, strategic=True)
    wait(cluster, "deployment/menu", for_="Ready", timeout_s=60)


@task(
    "menu",
    points=7,
    lesson="08",
    solve=ask_the_menu,
    wrong=(menu_asked_whether_it_lives, menu_asked_for_nothing, menu_asked_patiently),
    right=(menu_by_number,),
    start=unasked_menu,
)
def menu(cluster: Cluster) -> Verdict:
    """The Deployment menu is ready; two bad answers of /ready, 5 seconds apart, keep requests away."""
    found = cluster.find("deployment/menu")
    short = standing(found, "Deployment menu")
    if found is None or short:
        return not_yet(short)
    main = template_container(found, "menu")
    probe = main.get("readinessProbe")
    if not probe:
        others = [one for one in ("livenessProbe", "startupProbe") if main.get(one)]
        told = f"it has a {others[0]}, and no readinessProbe" if others else "nobody asks whether it is ready"
        return not_yet(told) if others or unfinished(found) else not_started(told)
    path, port = at(probe, "httpGet", "path"), at(probe, "httpGet", "port")
    if path != "/ready" or str(port) not in ("http", "8080"):
        return not_yet(f"its readiness probe asks for {path} at the port {port}")
    period, failures = probe.get("periodSeconds") or 10, probe.get("failureThreshold") or 3  # specified
    if (period, failures) != (5, 2):
        return not_yet(f"it is asked every {period} s, and {failures} bad answers count")
    return passed_unless(unfinished(found))


def open_vault(cluster: Cluster) -> None:
    """As the exam begins: no policy in the namespace, and everybody may."""
    for policy in cluster.list("networkpolicies"):
        cluster.delete(policy.ref)
    anew(cluster, "vault")


def vault_for_nobody(cluster: Cluster) -> None:
    """Nobody may."""
    apply(cluster, [_policy([])])


def vault_for_the_house(cluster: Cluster) -> None:
    """Every Pod of the namespace may."""
    apply(cluster, [_policy([{"from": [{"podSelector": {}}]}])])


def vault_by_the_wrong_door(cluster: Cluster) -> None:
    """The clerk may, at a port at which nobody listens."""
    peer = {"podSelector": {"matchLabels": {"role": "clerk"}}}
    apply(cluster, [_policy([{"from": [peer], "ports": [{"port": 80}]}])])


def vault_in_two_steps(cluster: Cluster) -> None:
    """One policy that closes it, and one that lets the clerk in, at any port."""
    apply(cluster, [_policy([])])
    peer = {"podSelector": {"matchExpressions": [{"key": "role", "operator": "In", "values": ["clerk"]}]}}
    apply(cluster, [_policy([{"from": [peer]}], "clerks")])


def _policy(rules: list[dict[str, Any]], name: str = "vault") -> dict[str, Any]:
    spec = {"podSelector": {"matchLabels": {"app": "vault"}}, "policyTypes": ["Ingress"], "ingress": rules}
    meta = {"name": name}
    return {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": meta, "spec": spec}


def close_the_vault(cluster: Cluster) -> None:
    """What `solution` shows."""
    clerks = {"podSelector": {"matchLabels": {"role": "clerk"}}}
    spec = {
        "podSelector": {"matchLabels": {"app": "vault"}},
        "policyTypes": ["Ingress"],
        "ingress": [{"from": [clerks], "ports": [{"port": 8080}]}],
    }
    body = {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "vault"}}
    apply(cluster, [{**body, "spec": spec}])


@task(
    "vault",
    points=10,
    lesson="05",
    solve=close_the_vault,
    wrong=(vault_for_nobody, vault_for_the_house, vault_by_the_wrong_door),
    right=(vault_in_two_steps,),
    start=open_vault,
)
def vault(cluster: Cluster) -> Verdict:
    """Pods with the label role=clerk reach the Pod vault at port 8080, and no other Pod of exam does."""
    if not cluster.list("networkpolicies"):
        return not_started("there is no NetworkPolicy")
    short = _lacking(cluster, "vault", "clerk", "guest", ASKER)
    if short:
        return not_yet(short)
    address = f"{at(cluster.get('pod/vault'), 'status', 'podIP')}:8080"
    wrong = ""
    for _ in attempts(timeout_s=TAKEN_UP_S, every_s=LOOK_AGAIN_S):
        wrong = _astray(cluster, address)
        if not wrong:
            break
    return passed_unless(wrong)


def _lacking(cluster: Cluster, *names: str) -> str:
    """Which Pod is missing or not ready, as a sentence."""
    found: dict[str, KubeObject | None] = {name: cluster.find(f"pod/{name}") for name in names}
    for name, pod in found.items():
        if short := standing(pod, f"Pod {name}"):
            return short
        if pod and not pod.is_ready:
            return f"the Pod {name} is not ready"
    return ""


def _astray(cluster: Cluster, address: str) -> str:
    """Who is let in, or kept out, against what is asked for."""
    others = [name for name in ("guest", ASKER) if page(cluster, name, address)]
    if others:
        return f"the Pod {others[0]}, without the label, reaches it"
    is_in = page(cluster, "clerk", address) == "vault"
    told = "the Pod clerk, with the label role=clerk, does not reach it"
    ports = sorted({str(port.get("port")) for rule in _rules(cluster) for port in each(rule, "ports")})
    return "" if is_in else f"{told}; the policies let in at the ports {named_in(ports)}"


def _rules(cluster: Cluster) -> list[dict[str, Any]]:
    """What the policies of the namespace let in."""
    return [rule for one in cluster.list("networkpolicies") for rule in each(one, "spec", "ingress")]
