"""Objects to draw when there is no cluster: `python -m kubeface.views.nodes [PAGE.html]`."""

import io
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Views</title>
<style>:root{{color-scheme:light dark}}body{{font:15px sans-serif;margin:24px}}</style>{body}</html>"""


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
    app: str, on: str | None, *, ready: bool = True, waiting: str = "", phase: str = "Running"
) -> dict[str, Any]:
    """A Pod of a Deployment, asking for 100m and 128Mi."""
    labels = {"app.kubernetes.io/name": app, "pod-template-hash": "7d9c5b6f4"}
    owner = {"kind": "ReplicaSet", "name": f"{app}-7d9c5b6f4", "controller": True}
    meta = {
        "name": f"{app}-7d9c5b6f4-x2x9z",
        "namespace": "face",
        "labels": labels,
        "ownerReferences": [owner],
    }
    asked = {"resources": {"requests": {"cpu": "100m", "memory": "128Mi"}}}
    state = {"waiting": {"reason": waiting}} if waiting else {"running": {}}
    status: dict[str, Any] = {"phase": phase, "conditions": [{"type": "Ready", "status": str(ready)}]}
    if on:
        status["containerStatuses"] = [{"name": app, "ready": ready, "state": state}]
    spec = {"containers": [{"name": app, **asked}]} | ({"nodeName": on} if on else {})
    return {"kind": "Pod", "metadata": meta, "spec": spec, "status": status}


def drawn_face(path: str) -> bytes:
    """A drawing that stands for a photo, as PNG."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (400, 300), "#7a94b8")
    pen = ImageDraw.Draw(image)
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
