"""Names and messages without what differs in every run: hashes, addresses, durations."""

import re

from kubeface.model.objects import Raw

#: The letters and digits that Kubernetes takes for the random parts of names (its util/rand: no vowels).
_RANDOM = "[bcdfghjklmnpqrstvwxz2456789]"
_END = "(?![a-z0-9-])"
_TEMPLATE_AND_POD = re.compile(rf"-{_RANDOM}{{8,10}}-{_RANDOM}{{5}}{_END}")
_TEMPLATE = re.compile(rf"-{_RANDOM}{{8,10}}{_END}")
_MINUTE = re.compile(rf"-\d{{8,}}{_END}")  # a CronJob appends to its Job's name the minute it was for
_LAST = re.compile(rf"(-\d{{8,}})?-{_RANDOM}{{5}}$")
_LAST_OF_POD = re.compile(rf"(?<=pod)(:? [a-z0-9.-]+?)(?:-\d{{8,}})?-{_RANDOM}{{5}}{_END}")
_UID = re.compile(r"\(?\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b\)?")
_ADDRESS = re.compile(r"\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b")
#: Kinds whose objects get a random part when somebody else makes them.
_MADE_BY_OTHERS = ("Pod", "EndpointSlice", "Job", "ReplicaSet", "ControllerRevision")


_RANDOM_PARTS = (
    (_UID, ""),
    (_TEMPLATE_AND_POD, "-…"),
    (_TEMPLATE, "-…"),
    (_LAST_OF_POD, r"\1-…"),
    (_MINUTE, "-…"),
    (_ADDRESS, "…"),
)


def full_name(one: Raw) -> str:
    """An object's name as the API has it."""
    return str((one.get("metadata") or {}).get("name", ""))


def name_of(one: Raw) -> str:
    """An object's name; of a Pod without the hashes that its workload appended."""
    meta = one.get("metadata") or {}
    if one.get("kind") != "Pod":
        return str(meta.get("name", ""))
    owners = [owner for owner in meta.get("ownerReferences") or [] if owner.get("controller")]
    if not owners:
        return str(meta.get("name", ""))
    owner = str(owners[0]["name"])
    hash_ = (meta.get("labels") or {}).get("pod-template-hash")
    return owner.removesuffix(f"-{hash_}") if hash_ else owner


def short_name(one: Raw) -> str:
    """An object's name with … for its random parts; names that people gave stay as they are.

    >>> owner = {"kind": "ReplicaSet", "name": "receiver-7d9c5b6f4", "controller": True}
    >>> meta = {"name": "receiver-7d9c5b6f4-x2x9z", "ownerReferences": [owner]}
    >>> short_name({"kind": "Pod", "metadata": meta})
    'receiver-…'
    >>> short_name({"kind": "Pod", "metadata": {"name": "mysql-0"}})
    'mysql-0'
    >>> short_name({"metadata": {"name": "pvc-9ca404b1-c966-431d-bb80-b1a605369f9f"}})
    'pvc-…'
    """
    name, meta = full_name(one), one.get("metadata") or {}
    hash_ = (meta.get("labels") or {}).get("pod-template-hash")
    owners = [str(owner["name"]) for owner in meta.get("ownerReferences") or [] if owner.get("controller")]
    if hash_ and f"-{hash_}" in name:
        return f"{name.partition(f'-{hash_}')[0]}-…"
    if owners or meta.get("generateName"):
        return name_without_hashes(name, str(one.get("kind", "")))
    return _UID.sub("…", name)


def name_without_hashes(name: str, kind: str) -> str:
    """A name of which nothing but the kind is known, with … for what looks random.

    >>> name_without_hashes("nsqd-x2x9z", "Pod"), name_without_hashes("nsqd-x2x9z", "Service")
    ('nsqd-…', 'nsqd-x2x9z')
    """
    if kind not in _MADE_BY_OTHERS:
        return name
    for pattern in (_TEMPLATE_AND_POD, _TEMPLATE, _LAST, _MINUTE):
        short, found = pattern.subn("-…", name)
        if found:
            return short
    return name


def message_without_hashes(message: str) -> str:
    """A message of the cluster, with … for the random parts of names, ids and addresses.

    >>> message_without_hashes("Created pod: receiver-7d9c5b6f4-x2x9z")
    'Created pod: receiver-…'
    >>> message_without_hashes("dial tcp 10.244.1.7:8000: connection refused")
    'dial tcp …: connection refused'
    """
    for pattern, instead in _RANDOM_PARTS:
        message = pattern.sub(instead, message)
    return message.strip()
