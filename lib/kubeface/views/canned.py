"""Objects to draw when there is no cluster: `python -m kubeface.views.nodes [PAGE.html]`."""

import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Views</title>
<style>:root{{color-scheme:light dark}}body{{font:15px sans-serif;margin:24px}}</style>{body}</html>"""

HASH, OLD_HASH = "7d9c5b6f4", "59d6c8b7f5"  # as a Deployment's controller makes them


def draw(*views: Any) -> None:
    """Print views as text; write them as a page too, if the command line names a file."""
    for view in views:
        print(view, end="\n\n")
    if len(sys.argv) > 1:
        body = "<hr>".join(view._repr_html_() for view in views)
        Path(sys.argv[1]).write_text(PAGE.format(body=body))


def node(name: str, *, ready: bool = True) -> dict[str, Any]:
    """A node of 1 CPU and 2 GiB."""
    condition = {"type": "Ready", "status": "True" if ready else "Unknown"}
    capacity = {"cpu": "1", "memory": "2Gi"}
    status = {"capacity": capacity, "conditions": [condition], "nodeInfo": {"kubeletVersion": "v1.37.2"}}
    return {"kind": "Node", "metadata": {"name": name}, "spec": {}, "status": status}


def pod(
    app: str,
    on: str | None,
    *,
    ready: bool = True,
    waiting: str = "",
    phase: str = "Running",
    suffix: str = "x2x9z",
) -> dict[str, Any]:
    """A Pod of a Deployment, asking for 100m and 128Mi."""
    labels = {"app.kubernetes.io/name": app, "pod-template-hash": HASH}
    meta = {
        "name": f"{app}-{HASH}-{suffix}",
        "namespace": "face",
        "labels": labels,
        "ownerReferences": [_owner("ReplicaSet", f"{app}-{HASH}")],
    }
    asked = {"resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}}
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    status: dict[str, Any] = {"phase": phase, "conditions": [{"type": "Ready", "status": str(ready)}]}
    if on:
        status["containerStatuses"] = [{"name": app, "ready": ready, "state": state}]
    spec = {"containers": [{"name": app, **asked}]} | ({"nodeName": on} if on else {})
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": status}


def deployment(app: str, wanted: int, ready: int, *, updated: int | None = None) -> dict[str, Any]:
    """A Deployment of version v1.0; of v1.1 while it is being updated."""
    updated, version = (wanted, "v1.0") if updated is None else (updated, "v1.1")
    counts = {"replicas": ready, "readyReplicas": ready, "availableReplicas": ready}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {
            "name": app,
            "namespace": "face",
            "uid": "b9c61d4e-5f0a-4c55-9f1f-0a7d3c2e8b11",
            "generation": 1,
            "labels": {"app.kubernetes.io/name": app},
        },
        "spec": {
            "replicas": wanted,
            "selector": {"matchLabels": {"app.kubernetes.io/name": app}},
            "template": {"spec": {"containers": [_container(app, version)]}},
        },
        "status": counts | {"updatedReplicas": updated, "observedGeneration": 1},
    }


def replica_set(
    app: str, wanted: int, ready: int, *, version: str = "v1.0", hash_: str = HASH, revision: int = 1
) -> dict[str, Any]:
    """A ReplicaSet of a Deployment."""
    meta = {
        "name": f"{app}-{hash_}",
        "namespace": "face",
        "labels": {"pod-template-hash": hash_},
        "annotations": {"deployment.kubernetes.io/revision": str(revision)},
        "ownerReferences": [_owner("Deployment", app)],
    }
    spec = {"replicas": wanted, "template": {"spec": {"containers": [_container(app, version)]}}}
    status = {"replicas": wanted, "readyReplicas": ready, "availableReplicas": ready}
    return {"kind": "ReplicaSet", "metadata": meta, "spec": spec, "status": status}


def served(app: str, pods: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A Service and the EndpointSlice that leads to these Pods."""
    meta = {"name": app, "namespace": "face"}
    labels = {"kubernetes.io/service-name": app}
    owners = [_owner("Service", app)]
    ends = [{"conditions": {"ready": _is_ready(one)}, "targetRef": _target(one)} for one in pods]
    spec = {"type": "ClusterIP", "ports": [{"name": "http", "port": 8000}]}
    slice_ = meta | {"name": f"{app}-h7k2p", "labels": labels, "ownerReferences": owners}
    return [
        {"kind": "Service", "metadata": meta, "spec": spec},
        {"kind": "EndpointSlice", "metadata": slice_, "endpoints": ends},
    ]


def event(second: int, kind: str, name: str, reason: str, message: str, **more: Any) -> dict[str, Any]:
    """An event, told for the first time so many seconds after ten o'clock."""
    about = {"kind": kind, "name": name, "namespace": "face"}
    told = {"firstTimestamp": f"2026-01-05T10:00:{second:02}Z", "reason": reason, "message": message}
    meta = {"name": f"{name}.{second}", "namespace": "face"}
    return {"kind": "Event", "metadata": meta, "involvedObject": about, "type": "Normal", **told, **more}


def line(second: float, service: str, event: str, **fields: Any) -> str:
    """A line of a log, as the services of the course write it."""
    time, level = f"2026-01-05T10:00:{second:06.3f}+00:00", fields.pop("level", "info")
    return json.dumps({"time": time, "level": level, "service": service, "event": event, **fields})


def _owner(kind: str, name: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "controller": True}


def _container(app: str, version: str) -> dict[str, Any]:
    return {
        "name": app,
        "image": f"registry.kubeface.internal/{app}:{version}",
        "ports": [{"containerPort": 8000}],
    }


def _is_ready(one: dict[str, Any]) -> bool:
    return bool(one["status"]["conditions"][0]["status"] == "True")


def _target(one: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "Pod", "name": one["metadata"]["name"]}


def drawn_face(path: str) -> bytes:
    """A drawing that stands for a photo, as PNG; the landscape has no face."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (400, 300), "#7a94b8")
    pen = ImageDraw.Draw(image)
    if "landscape" in path:
        pen.polygon([(0, 300), (120, 130), (210, 240), (290, 160), (400, 300)], fill="#54704f")
    else:
        pen.ellipse((140, 60, 260, 220), fill="#e8c9a8")
        for left in (170, 215):
            pen.ellipse((left, 115, left + 15, 130), fill="#333333")
        pen.arc((165, 140, 235, 195), 20, 160, fill="#333333", width=4)
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def _result(name: str, status: str, **known: Any) -> SimpleNamespace:
    empty = {"person": None, "reason": None, "box": None}
    return SimpleNamespace(path=f"unknown_people/{name}", status=status, **(empty | known))


def became(
    verb: str,
    one: dict[str, Any],
    order: int = 0,
    words: str = "",
    *fields: tuple[str, str | None, str | None],
    owner: dict[str, Any] | None = None,
) -> Any:
    """The change of an object, as a view reads it; its fields as (path, value before, value after)."""
    spec_changes = [SimpleNamespace(path=path, was=was, now=now) for path, was, now in fields]
    owner_uid = _uid(owner) if owner else None
    return SimpleNamespace(
        one=one, verb=verb, spec_changes=spec_changes, summary=words, order=order, owner_uid=owner_uid
    )


def _uid(one: dict[str, Any]) -> str:
    return str(one["metadata"].get("uid") or f"{one['kind']}/{one['metadata']['name']}")


_BOX = SimpleNamespace(top=60, right=260, bottom=220, left=140)

NODES = [node("node1"), node("node2"), node("node3", ready=False)]
PODS = [
    pod("mysql", "node1"),
    pod("face-recognition", "node2"),
    pod("receiver", "node1"),
    pod("frontend", "node2", ready=False),
    pod("image-processor", "node3", ready=False, waiting="CrashLoopBackOff"),
    pod("photo-loader", "node1", ready=False, phase="Succeeded"),
    pod("receiver", None, ready=False, phase="Pending"),
]
RESULTS = [
    _result("ada.jpg", "PROCESSED", person="Ada Lovelace", box=_BOX),
    _result("stranger.jpg", "PROCESSED", box=_BOX),
    _result("landscape.jpg", "FAILED", reason="no face in the picture"),
    _result("later.jpg", "PENDING"),
]

_RECEIVERS = [
    pod("receiver", "node1"),
    pod("receiver", "node2", suffix="b8k4t"),
    pod("receiver", "node3", suffix="z5lqw", ready=False),
]
_CRASHING = pod("image-processor", "node3", ready=False, waiting="CrashLoopBackOff")
DEPLOYMENTS = [deployment("face-recognition", 1, 1), deployment("receiver", 3, 2)]
RECEIVER = [
    DEPLOYMENTS[1],
    replica_set("receiver", 3, 2),
    *_RECEIVERS,
    *served("receiver", _RECEIVERS),
]
PIPELINE = [
    *RECEIVER,
    DEPLOYMENTS[0],
    replica_set("face-recognition", 1, 1),
    pod("face-recognition", "node2"),
    *served("face-recognition", [pod("face-recognition", "node2")]),
    deployment("image-processor", 1, 0),
    replica_set("image-processor", 1, 0),
    _CRASHING,
]
UPDATING = [
    deployment("receiver", 3, 3, updated=2),
    replica_set("receiver", 2, 1, version="v1.1", revision=2),
    replica_set("receiver", 2, 2, hash_=OLD_HASH),
]
EVENTS = [
    event(
        0, "Deployment", "receiver", "ScalingReplicaSet", f"Scaled up replica set receiver-{HASH} from 0 to 3"
    ),
    *(
        event(
            1,
            "Pod",
            one["metadata"]["name"],
            "Scheduled",
            f"Assigned face/{one['metadata']['name']} to node1",
        )
        for one in (*_RECEIVERS, _CRASHING)
    ),
    *(
        event(
            3,
            "Pod",
            one["metadata"]["name"],
            "Started",
            f"Started container {one['spec']['containers'][0]['name']}",
        )
        for one in (*_RECEIVERS, _CRASHING)
    ),
    event(
        9,
        "Pod",
        _RECEIVERS[2]["metadata"]["name"],
        "Unhealthy",
        "Readiness probe failed: dial tcp 10.244.3.7:8000: connect: connection refused",
        type="Warning",
        count=3,
    ),
    event(
        15,
        "Pod",
        _CRASHING["metadata"]["name"],
        "BackOff",
        "Back-off restarting failed container",
        type="Warning",
        count=5,
    ),
]
LOGS = {
    f"receiver-{HASH}-x2x9z": "\n".join(
        [
            line(0.0, "receiver", "listening", port=8000),
            line(1.204, "receiver", "stored", image_id=7, path="unknown_people/ada.jpg"),
            line(1.251, "receiver", "published", image_id=7),
            line(1.9, "receiver", "stored", image_id=8, path="unknown_people/landscape.jpg"),
        ]
    ),
    f"image-processor-{HASH}-b8k4t": "\n".join(
        [
            line(1.3, "image-processor", "again later", level="warning", image_id=7, delay_s=2),
            line(2.4, "image-processor", "failed", image_id=8, attempt=1),
            line(3.9, "image-processor", "processed", image_id=7, attempt=2),
        ]
    ),
    f"face-recognition-{HASH}-z5lqw": "\n".join(
        [
            "a line that is no JSON",
            line(
                2.3,
                "face-recognition",
                "refused",
                level="warning",
                image_id=8,
                reason="no face in the picture",
            ),
            line(3.8, "face-recognition", "identified", image_id=7, seconds=0.412),
        ]
    ),
}

_SETS = [replica_set("receiver", 3, 3), replica_set("receiver", 0, 0, hash_=OLD_HASH)]
_SERVICE, _SLICE = served("receiver", _RECEIVERS)
_REPLICAS = ("spec.replicas", "1", "3")
#: What `kubectl scale deployment/receiver --replicas=3` led to.
SCALED = [
    became("modified", DEPLOYMENTS[1], 1, "1 of 1 Pods ready → 3 of 3 Pods ready", _REPLICAS),
    became("modified", _SETS[0], 2, "1 of 1 Pods ready → 3 of 3 Pods ready", _REPLICAS, owner=DEPLOYMENTS[1]),
    became("created", _RECEIVERS[1], 3, "Running, 1 of 1 ready", owner=_SETS[0]),
    became("created", _RECEIVERS[2], 4, "Running, 1 of 1 ready", owner=_SETS[0]),
    became("unchanged", _SERVICE),
    became("modified", _SLICE, 5, "1 of 1 ready → 3 of 3 ready", owner=_SERVICE),
]
_IMAGE = ("spec.template.spec.containers[receiver].image", "receiver:v1.0", "receiver:v1.1")
_SETTINGS = {"kind": "ConfigMap", "metadata": {"name": "receiver-settings"}}
_LONGER = ("data['nsq.cfg']", "topic = images\nbatch = 1\n", "topic = images\nbatch = 20\ntries = 5\n")
_PROBE = {"kind": "Pod", "metadata": {"name": "probe"}}
#: What an apply of a new version led to.
UPGRADED = [
    became("modified", _SETTINGS, 1, "", _LONGER, ("data.LOG_LEVEL", None, "debug")),
    became("modified", DEPLOYMENTS[1], 2, "1 of 1 Pods ready", _IMAGE),
    became("created", _SETS[0], 3, "1 of 1 Pods ready", owner=DEPLOYMENTS[1]),
    became("created", _RECEIVERS[0], 4, "Running, 1 of 1 ready", owner=_SETS[0]),
    became(
        "modified",
        _SETS[1],
        5,
        "1 of 1 Pods ready → 0 of 0 Pods ready",
        ("spec.replicas", "1", "0"),
        owner=DEPLOYMENTS[1],
    ),
    became("deleted", pod("receiver", "node2", suffix="q6n8d"), 6, owner=_SETS[1]),
    became("created and deleted", _PROBE, 7),
]
#: How many answers each version had given, twice a second, while the receiver was updated.
ANSWERS = [
    (second / 2, {"v1.0": min(6 * second, 42 + 2 * second), "v1.1": max(0, 4 * (second - 9))})
    for second in range(11)
] + [(second / 2, {"v1.0": 62, "v1.1": 4 + 6 * (second - 10)}) for second in range(11, 19)]
#: Pods of a Deployment that an autoscaler has looked at after a while.
SIZES = [
    (second, {"there are": 1 if second < 17 else 4, "the load asks for": 0 if second < 14 else 6})
    for second in range(22)
]
