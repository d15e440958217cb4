"""A toy exercise on ConfigMaps, and ways to make it with a flaw."""

from kubeface.checks import exercise, not_started, not_yet, passed
from kubeface.kube import apply

NAME = "nb99.greet"


def start(cluster):
    cluster.delete("configmap/hi")


def greet_you(cluster):
    """What a learner would do."""
    # The goal names the object and the key.
    card = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}}
    apply(cluster, [card | {"data": {"to": "you"}}])


def greet_me(cluster):
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}, "data": {"to": "me"}})


def greet_nobody(cluster):
    cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "hi"}})


def judge(cluster):
    """A ConfigMap named hi greets you."""
    found = cluster.find("configmap/hi")
    if found is None:
        return not_started("there is no ConfigMap hi")
    to = (found.raw.get("data") or {}).get("to", "nobody")
    return passed() if to == "you" else not_yet(f"it greets {to}")


def whom(cluster):
    """A hint that only fits once there is a greeting."""
    found = cluster.find("configmap/hi")
    return f"Look at the key `to` of {found.ref}." if found else None


def greeting(check=judge, **changed):
    """The toy exercise; with a flaw where something is changed."""
    parts = {
        "hints": ("It is a ConfigMap.", whom),
        "solve": greet_you,
        "wrong": (greet_me, greet_nobody),
        "start": start,
    }
    return exercise(NAME, **(parts | changed))(check)
