"""Why there is no such object, and how a thing that a Pod names is missing."""

import difflib
import re
from collections.abc import Iterator

from kubeface.errors import BadInput, KubefaceError
from kubeface.kube.client import Cluster
from kubeface.model.kinds import split_ref

_OBJECT = re.compile(
    r'\b(?P<kind>configmap|secret|serviceaccount|persistentvolumeclaim) "(?P<name>[^"]+)" not found'
)
_KEY = re.compile(
    r"couldn't find key (?P<key>\S+) in (?P<kind>ConfigMap|Secret) (?P<space>[^/\s]+)/(?P<name>\S+)"
)
_MOUNTED_KEY = re.compile(r"references non-existent (?:config|secret) key: (?P<key>\S+)")


def of_absence(cluster: Cluster, ref: str, namespace: str) -> Iterator[str]:
    """Why there is nothing of that ref: no namespace, or a name that is spelled differently."""
    word, name = split_ref(ref)
    kind = cluster.kind(word)
    if kind.namespaced and cluster.find(f"namespace/{namespace}") is None:
        yield f"namespace/{namespace} does not exist"
        return
    names = [one.name for one in cluster.snapshot(kind, namespace=namespace)[0]]
    near = difflib.get_close_matches(name, names, n=1)
    if near:
        yield f"there is {kind.name.lower()}/{near[0]}"


def missing_in_words(cluster: Cluster, message: str, namespace: str) -> str | None:
    """What is missing, in words, if a message of the kubelet says that something is.

    A missing key comes with the keys that are there; values are never shown.
    """
    if found := _OBJECT.search(message):
        return f"{found['kind']}/{found['name']} does not exist in namespace {namespace}"
    if found := _KEY.search(message):
        ref = f"{found['kind'].lower()}/{found['name']}"
        return f"{ref} has no key {found['key']}; {_keys(cluster, ref, namespace)}"
    if found := _MOUNTED_KEY.search(message):
        return f"a volume asks for the key {found['key']}, which its source does not have"
    return None


def _keys(cluster: Cluster, ref: str, namespace: str) -> str:
    try:
        one = cluster.get(ref, namespace=namespace).raw
    except (KubefaceError, BadInput):
        return "its keys cannot be read"
    keys = sorted({**(one.get("data") or {}), **(one.get("binaryData") or {})})
    return f"it has {', '.join(keys)}" if keys else "it has none"
