"""How a person repairs each incident of a drill: mostly otherwise than by putting back what was there.

A line is what follows the word kubectl. Where none is given, the last rollout is undone.
"""

import json
import shlex

from kubeface.drills.pool import Incident
from kubeface.kube.kubectl import run
from kubeface.lesson import power
from kubeface.pipeline.deploy import course_manifests


def repair(cluster, incident: Incident) -> None:
    """Repair an incident as somebody does who has found it."""
    if incident.name in POLICIES:
        cluster.create(_policy(*POLICIES[incident.name]))
        return
    for line in LINES.get(incident.name) or [f"rollout undo {_rolled_out(incident)}"]:
        run(shlex.split(line.replace("MANIFESTS", str(course_manifests()))), cluster=cluster, timeout_s=120)
    if incident.name == "finalizer":
        for pod in cluster.list("pods", labels={NAMES: "nsqlookupd"}):
            cluster.patch(pod.ref, {"metadata": {"finalizers": None}})
    for node in cluster.nodes() if incident.needs_power else ():
        if not node.is_ready:
            power.power_on(cluster, node.name)


def _policy(part: str, spec: dict) -> dict:
    selector = {"matchLabels": {NAMES: part}} if part else {}
    types = ["Egress" if "egress" in spec else "Ingress"]
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "one-more"},
        "spec": {"podSelector": selector, "policyTypes": types, **spec},
    }


def _rolled_out(incident: Incident) -> str:
    (ref,) = (step["template"] for step in incident.breaks if "template" in step)
    return ref


def _patch(ref: str, spec: dict) -> str:
    return f"patch {ref} --patch {shlex.quote(json.dumps({'spec': spec}))}"


def _template(ref: str, spec: dict) -> str:
    return _patch(ref, {"template": {"spec": spec}})


ALTER = """
MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root -e "ALTER USER 'receiver'@'%' IDENTIFIED BY 'password'"
"""
NAMES = "app.kubernetes.io/name"

LINES = {
    "init-container": ["create service externalname database --external-name mysql.face.svc.cluster.local"],
    "secret-value": [f"exec deployment/mysql -- sh -c {shlex.quote(ALTER)}"],
    "config-map": ["create configmap mysql-initdb --from-file MANIFESTS/mysql/init"],
    "service-selector": [f"set selector service receiver {NAMES}=receiver"],
    "service-target-name": [
        _patch("service/mysql", {"ports": [{"name": "mysql", "port": 3306, "targetPort": 3306}]})
    ],
    "service-target-number": [
        _patch("service/nsqlookupd", {"ports": [{"name": "http", "port": 4161, "targetPort": 4161}]})
    ],
    "service-port": ["set env deployment/receiver NSQD_HTTP_ADDRESS=nsqd:4115"],
    "service-type": [_patch("service/receiver", {"type": "LoadBalancer"})],
    "service-gone": ["create -f MANIFESTS/nsqlookupd/service.yaml"],
    "service-alias": [
        "delete service face-recognition",
        "create -f MANIFESTS/face-recognition/service.yaml",
    ],
    "traffic-policy": ["scale deployment receiver --replicas 3"],
    "stray-pod": [f"label pod receiver-canary {NAMES}=canary --overwrite"],
    "memory-limit": [
        "set resources deployment/face-recognition --requests memory=400Mi --limits memory=900Mi"
    ],
    "memory-request": [
        "set resources deployment/face-recognition --requests memory=400Mi --limits memory=900Mi"
    ],
    "cpu-request": ["set resources deployment/receiver --requests cpu=20m --limits cpu=400m"],
    "node-selector": ["label node node1 disk=ssd"],
    "taint": ["taint nodes --all maintenance-"],
    "cordoned": ["uncordon node1 node2 node3"],
    "node-without-power": ["get nodes"],
    "node-label": [_template("daemonset/nsqd", {"nodeSelector": None})],
    "daemons-selector": ["label nodes --all queue=true"],
    "autoscaler": ["delete hpa image-processor", "scale deployment image-processor --replicas 1"],
    "replicas-zero": ["scale deployment image-processor --replicas 2"],
    "paused": ["set env deployment/receiver MYSQL_HOST=mysql.face", "rollout resume deployment/receiver"],
    "never-available": [_patch("deployment/receiver", {"minReadySeconds": 1})],
    "suspended": ["delete cronjob redeemer", "create -f MANIFESTS/redeemer/cronjob.yaml"],
    "service-account": ["create serviceaccount receivers"],
    "service-account-gone": ["create serviceaccount image-processor"],
    "quota": [_patch("quota/budget", {"hard": {"pods": "40"}})],
    "limit-range": [
        "patch limitrange small-containers --type json --patch "
        + shlex.quote('[{"op": "replace", "path": "/spec/limits/0/max/memory", "value": "2Gi"}]')
    ],
    "disruption-budget": ["scale deployment receiver --replicas 2"],
    "finalizer": [f"annotate pods --selector {NAMES}=nsqlookupd looked-at=yes"],
}

#: A policy more where another one refuses: what any of them allows is allowed.
POLICIES = {
    "policy-egress": ("image-processor", {"egress": [{"ports": [{"port": 50051}]}]}),
    "policy-ingress": ("mysql", {"ingress": [{"ports": [{"port": 3306}]}]}),
    "policy-dns": ("", {"egress": [{"ports": [{"port": 53}, {"port": 53, "protocol": "UDP"}]}]}),
    "policy-page": ("frontend", {"ingress": [{}]}),
}
