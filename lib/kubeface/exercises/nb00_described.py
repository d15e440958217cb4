"""Exercises of notebook 00 about descriptions: one to complete, and one that is not carried out."""

from typing import Any

from kubeface.checks import Level, Verdict, Work, exercise, not_started, not_yet, passed_unless
from kubeface.endstates.parts import at, each, standing, table
from kubeface.endstates.services import FRONTEND, closed
from kubeface.errors import ApiError
from kubeface.kube import Cluster, KubeObject, apply, kubectl, wait
from kubeface.lesson.given import given

PAGE_PORT = 30888
NAME = "app.kubernetes.io/name"


def no_page(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("service/page")


def open_the_page(cluster: Cluster) -> None:
    """What `solution` shows."""
    spec = {
        "type": "NodePort",
        "selector": {"app.kubernetes.io/name": "frontend"},
        "ports": [{"name": "http", "port": 8081, "targetPort": "http", "nodePort": 30888}],
    }
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "page"}, "spec": spec}])


def page_of_the_receiver(cluster: Cluster) -> None:
    """The selector as it was copied."""
    _page(cluster, selector={NAME: "receiver"})


def page_within(cluster: Cluster) -> None:
    """The type left as it is by default."""
    kubectl("expose deployment frontend --name page --port 8081 --target-port http", cluster=cluster)


def page_at_another_port(cluster: Cluster) -> None:
    """Another port of the nodes."""
    _page(cluster, nodePort=30889)


def page_of_another_door(cluster: Cluster) -> None:
    """It leads to a port at which the frontend does not listen."""
    _page(cluster, targetPort=8000)


def page_by_number(cluster: Cluster) -> None:
    """Port 80 for callers within the cluster, and the container's port by its number."""
    _page(cluster, port=80, targetPort=8081)


def page_balanced(cluster: Cluster) -> None:
    """A LoadBalancer, which opens a port of the nodes as well."""
    _page(cluster, type_="LoadBalancer")


def _page(
    cluster: Cluster, *, type_: str = "NodePort", selector: dict[str, str] | None = None, **port: int
) -> None:
    ports: dict[str, Any] = {"port": 8081, "targetPort": "http", "nodePort": PAGE_PORT} | port
    spec = {"type": type_, "selector": selector or {NAME: "frontend"}, "ports": [ports]}
    apply(cluster, [{"apiVersion": "v1", "kind": "Service", "metadata": {"name": "page"}, "spec": spec}])


@exercise(
    "nb00.page",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        "The notebook prints the receiver's Service. What does yours have in common with it, and what not?",
        "A Service finds its Pods by a label: the frontend's Pods have `app.kubernetes.io/name: frontend`.",
        "The type is NodePort, and the port of the nodes is `nodePort`.",
    ),
    solve=open_the_page,
    wrong=(page_of_the_receiver, page_within, page_at_another_port, page_of_another_door),
    right=(page_by_number, page_balanced),
    start=no_page,
)
def page(cluster: Cluster) -> Verdict:
    """A Service page opens the port 30888 on every node, and leads to the frontend."""
    found = cluster.find("service/page")
    if found is None:
        return not_started("there is no Service page")
    return passed_unless(
        standing(found, "Service page") or closed(cluster, found, FRONTEND, number=PAGE_PORT)
    )


def silent_reader(cluster: Cluster) -> None:
    """As the exercise's cell leaves it."""
    _no_reader(cluster)
    cluster.delete("configmap/letter")
    apply(cluster, given("00-start-here/reader.yaml"))


def _no_reader(cluster: Cluster) -> None:
    cluster.delete("pod/reader", grace_s=0)
    wait(cluster, "pod/reader", for_="deleted", timeout_s=60)


def give_it_words(cluster: Cluster) -> None:
    """What `solution` shows."""
    cluster.patch("configmap/letter", {"data": {"words": "The sea is calm today."}})
    wait(cluster, "pod/reader", for_="Ready", timeout_s=90)


def nothing_to_read(cluster: Cluster) -> None:
    """The letter is deleted, so that nothing is wrong with it."""
    cluster.delete("configmap/letter")


def a_reader_of_its_own_words(cluster: Cluster) -> None:
    """A Pod that needs no letter."""
    _another_reader(cluster, {"value": "hello"})
    wait(cluster, "pod/reader", for_="Ready", timeout_s=60)


def nobody_who_reads(cluster: Cluster) -> None:
    """No Pod, no fault."""
    _no_reader(cluster)


def a_reader_of_nothing(cluster: Cluster) -> None:
    """It may do without the key."""
    ref = {"name": "letter", "key": "words", "optional": True}
    _another_reader(cluster, {"valueFrom": {"configMapKeyRef": ref}})
    wait(cluster, "pod/reader", for_="Ready", timeout_s=60)


def a_reader_of_what_is_there(cluster: Cluster) -> None:
    """Another Pod, which asks for what the letter has."""
    ref = {"name": "letter", "key": "text"}
    _another_reader(cluster, {"valueFrom": {"configMapKeyRef": ref}})
    wait(cluster, "pod/reader", for_="Ready", timeout_s=60)


def a_letter_that_fits(cluster: Cluster) -> None:
    """Another letter, and the Pod made anew."""
    cluster.patch("configmap/letter", {"data": {"text": None, "words": "One line\nand one more.\n"}})
    _another_reader(cluster, {"valueFrom": {"configMapKeyRef": {"name": "letter", "key": "words"}}})
    wait(cluster, "pod/reader", for_="Ready", timeout_s=60)


def _another_reader(cluster: Cluster, source: dict[str, Any]) -> None:
    """The Pod made anew, with its words from elsewhere."""
    _no_reader(cluster)
    _, pod = given("00-start-here/reader.yaml")
    pod["spec"]["containers"][0]["env"] = [{"name": "WORDS", **source}]
    apply(cluster, [pod])


@exercise(
    "nb00.reader",
    level=Level.ALONE,
    work=Work.FIND,
    hints=(
        "Whatever goes wrong leaves a reason behind: `kubectl describe pod reader` ends with it.",
        "Compare what the Pod asks for with `kubectl get configmap letter --output yaml`.",
        "A Pod's variables stay as they are; a ConfigMap may be changed: `kubectl edit configmap letter`.",
    ),
    solve=give_it_words,
    wrong=(nothing_to_read, nobody_who_reads, a_reader_of_its_own_words, a_reader_of_nothing),
    right=(a_reader_of_what_is_there, a_letter_that_fits),
    start=silent_reader,
)
def reader(cluster: Cluster) -> Verdict:
    """The Pod reader is ready, and its log is a text of the ConfigMap letter."""
    pod, letter = cluster.find("pod/reader"), cluster.find("configmap/letter")
    if pod is None and letter is None:
        return not_started("there is no Pod reader; the exercise's cell makes one")
    if pod is not None and letter is not None and _is_as_given(pod, letter):
        return not_started("the Pod reader has not started, as in the beginning")
    short = standing(letter, "ConfigMap letter") or standing(pod, "Pod reader")
    if pod is None or short:
        return not_yet(short)
    if not pod.is_ready:
        return not_yet("the Pod reader is not ready")
    return passed_unless(_misread(cluster, table(letter, "data")))


def _is_as_given(pod: KubeObject, letter: KubeObject) -> bool:
    """Whether the Pod waits for a key that nobody has added."""
    container = (each(pod, "spec", "containers") or [{}])[0]
    keys = [at(one, "valueFrom", "configMapKeyRef", "key") for one in each(container, "env")]
    return not pod.is_ready and keys == ["words"] and set(table(letter, "data")) == {"to", "text"}


def _misread(cluster: Cluster, letter: dict[str, Any]) -> str:
    """Why what the Pod has written is no text of the letter."""
    try:
        said = cluster.logs("reader").strip()
    except ApiError as refusal:
        return f"its log cannot be read: {refusal.seen or refusal.what}"
    if not said:
        return "the Pod reader runs, and has written nothing"
    is_there = said in {str(text).strip() for text in letter.values()}
    return "" if is_there else f"the Pod reader has written {said[:200]!r}, and the letter has no such text"
