"""States of a cluster as its controllers and kubelets would leave them, set on a real API server."""

import datetime

from kubeface.checks import registry
from kubeface.exercises import load, notebooks

REGISTRY = "registry.kubeface.internal"
FULL = object()

for number in notebooks():
    load(number)
#: The course's exercises by name.
COURSE = {one.name: one for one in registry.known()}


def ago(seconds):
    then = datetime.datetime.now(datetime.UTC) - datetime.timedelta(seconds=seconds)
    return then.strftime("%Y-%m-%dT%H:%M:%SZ")


def main_container(program, image=None):
    """The container of a part of the pipeline; both parts of the queue are of one image."""
    if program in ("nsqd", "nsqlookupd") and not image:
        return {"name": program, "image": f"{REGISTRY}/nsq:v1.3.0", "command": [program]}
    return {"name": program, "image": image or f"{REGISTRY}/{program}:v1.0"}


class Stage:
    """Sets Pods and workloads with a status of their own."""

    def __init__(self, cluster, report):
        self.cluster = cluster
        self._report = report

    def report(self, ref, status, namespace=None):
        self._report(ref, status, namespace or self.cluster.namespace)

    def deployment(
        self, name="receiver", *, replicas=1, image=None, namespace=None, status=FULL, **container
    ):
        """A Deployment whose rollout is complete; `status` are fields that say otherwise."""
        labels = {"app.kubernetes.io/name": name}
        main = main_container(name, image) | container
        spec = {
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": {"containers": [main]}},
        }
        body = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name}, "spec": spec}
        self.cluster.apply(body, namespace=namespace)
        self.rolled_out(name, replicas, namespace=namespace, **({} if status is FULL else status))

    def rolled_out(self, name, count, *, namespace=None, **status):
        found = self.cluster.get(f"deployment/{name}", namespace=namespace)
        names = ("replicas", "updatedReplicas", "readyReplicas", "availableReplicas")
        whole = dict.fromkeys(names, count) | {"observedGeneration": found.metadata.generation}
        self.report(f"deployment/{name}", whole | status, namespace)

    def pod(
        self,
        name,
        *,
        program="receiver",
        image=None,
        labels=FULL,
        node=None,
        ready=True,
        phase="Running",
        namespace=None,
        containers=None,
        statuses=None,
        meta=None,
        ip=None,
        **spec,
    ):
        """A Pod that runs, ready unless it is said otherwise."""
        told = {"app.kubernetes.io/name": program} if labels is FULL else labels
        ports = {"receiver": 8000, "frontend": 8081, "nsqlookupd": 4161}
        port = [{"name": "http", "containerPort": ports[program]}] if program in ports else []
        main = main_container(program, image) | {"ports": port}
        whole = {"containers": containers or [main], **({"nodeName": node} if node else {}), **spec}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "labels": told, **(meta or {})}}
        self.cluster.apply(body | {"spec": whole}, namespace=namespace)
        condition = {"type": "Ready", "status": str(bool(ready)), "lastTransitionTime": ago(60)}
        said = statuses or [self.container(one["name"], one["image"]) for one in whole["containers"]]
        status = {"phase": phase, "conditions": [condition], "containerStatuses": said}
        self.report(f"pod/{name}", status | ({"podIP": ip, "podIPs": [{"ip": ip}]} if ip else {}), namespace)

    @staticmethod
    def container(name, image=f"{REGISTRY}/busybox:v1.0", *, image_id="", restarts=0, last=None, state=None):
        running = state or {"running": {"startedAt": ago(60)}}
        ended = {"lastState": {"terminated": last}} if last else {}
        told = {"name": name, "image": image, "imageID": image_id, "ready": True, "restartCount": restarts}
        return told | {"state": running} | ended

    def service(self, name, spec, namespace=None):
        self.cluster.delete(f"service/{name}", namespace=namespace)
        body = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": name}, "spec": spec}
        self.cluster.create(body, namespace=namespace)

    def config(self, name="note", namespace=None, meta=None, **content):
        body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, **(meta or {})}}
        return self.cluster.create(body | content, namespace=namespace)

    def daemons(self, name="nsqd", *, namespace=None, image=None, **spec):
        labels = {"app.kubernetes.io/name": name}
        container = {"name": name, "image": image or f"{REGISTRY}/{name}:v1.0"}
        template = {"metadata": {"labels": labels}, "spec": {"containers": [container], **spec}}
        whole = {"selector": {"matchLabels": labels}, "template": template}
        body = {"apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": {"name": name}, "spec": whole}
        self.cluster.apply(body, namespace=namespace)
