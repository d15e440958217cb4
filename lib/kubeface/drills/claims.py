"""What holds while an incident is not there: end states, whatever has led to them.

A claim is written `whole deployment/receiver`: a word, and mostly a ref. Each gives a sentence that says why
it does not hold, for tests; a learner is not shown it, since it may name the cause.
"""

from collections.abc import Callable

from kubeface.endstates import pods
from kubeface.endstates.parts import at, each, standing
from kubeface.endstates.placing import CLOSING, is_by_hand, ordinary, spelled, taints
from kubeface.endstates.rollout import unfinished
from kubeface.endstates.services import FRONTEND, LOOKUP, RECEIVER, Part, astray, closed
from kubeface.endstates.settings import patience_s, template_container
from kubeface.errors import BadInput, KubefaceError
from kubeface.kube import Cluster, KubeObject
from kubeface.kube.kubectl import run
from kubeface.kube.transport import ConnectionFailed
from kubeface.model.kinds import split_ref
from kubeface.pipeline.deploy import NAMESPACE

Claim = Callable[[Cluster, str], str]

ASK_S = 30.0  # chosen: a program in a Pod that asks four others, each for 3 s at most
LATE_S = 10.0  # chosen: a container is restarted so soon after its liveness probe has failed
#: Where each part of the pipeline is reached through its Service.
_BEHIND = {
    "receiver": (RECEIVER,),
    "frontend": (FRONTEND,),
    "nsqlookupd": (LOOKUP, Part("nsqlookupd", 4160, "")),
    "nsqd": (Part("nsqd", 4151, ""),),
    "mysql": (Part("mariadb", 3306, ""),),
    "face-recognition": (Part("face-recognition", 50051, ""),),
}
#: What runs in a part of the pipeline, where it is not called as the part is.
_PROGRAM = {"mysql": "mariadb"}
#: Asks each address that the container's environment names for a connection.
_CONNECT = """
import os, socket, sys
for name, usual in ("MYSQL_HOST", 3306), ("NSQD_HTTP_ADDRESS", 4151), (
    "NSQLOOKUPD_HTTP_ADDRESSES", 4161), ("FACE_RECOGNITION_ADDRESS", 50051):
    for told in filter(None, os.environ.get(name, "").split(",")):
        host, _, port = told.partition(":")
        try:
            socket.create_connection((host, int(port or usual)), 3).close()
        except OSError as error:
            sys.exit(f"{told}: {error}")
"""
_SEE = "import os; assert os.listdir(os.environ.get('PHOTOS_DIR', '/photos') + '/known_people')"
_WRITE = """
import os, tempfile
folder = os.environ.get("PHOTOS_DIR", "/photos") + "/unknown_people/uploads"
tempfile.TemporaryFile(dir=folder).write(b"is there room?")
"""


def why(cluster: Cluster, claim: str) -> str:
    """Why a claim does not hold, as a sentence; empty where it does.

    Raises:
        BadInput: there is no such claim.
        ConnectionFailed: the API server does not answer.
    """
    word, _, ref = claim.partition(" ")
    if word not in CLAIMS:
        raise BadInput(f"there is no claim {word!r}", seen=f"claims: {', '.join(CLAIMS)}")
    try:
        return CLAIMS[word](cluster, ref)
    except ConnectionFailed:
        raise
    except KubefaceError as error:  # what cannot be asked does not hold
        return error.what


def whole(cluster: Cluster, ref: str) -> str:
    """A workload is completely rolled out, and its program runs in all of its Pods."""
    found = cluster.find(ref)
    short = standing(found, ref)
    if found is None or short:
        return short
    program = _PROGRAM.get(found.name, found.name)
    strange = [pod for pod in pods.of(cluster, found) if not pods.runs(pod, program)]
    return unfinished(found) or (f"{strange[0].name} runs no {program}" if strange else "")


def steady(cluster: Cluster, ref: str) -> str:
    """The containers of a workload go on running for longer than their liveness probe is patient."""
    found = cluster.get(ref)
    probe = template_container(found, found.name).get("livenessProbe") or {}
    return pods.unsteady(cluster, found, within_s=patience_s(probe) + LATE_S)


def connected(cluster: Cluster, ref: str) -> str:
    """A program of the pipeline reaches all those that its environment names."""
    return _asked(cluster, ref, _CONNECT)


def sees(cluster: Cluster, ref: str) -> str:
    """The photos of the known people are where a program looks for them."""
    return _asked(cluster, ref, _SEE)


def writes(cluster: Cluster, ref: str) -> str:
    """A program may write where uploaded photos go."""
    return _asked(cluster, ref, _WRITE)


def is_open(cluster: Cluster, ref: str) -> str:
    """Every node leads to a part of the pipeline, through the NodePort of its Service."""
    found = cluster.get(ref)
    return closed(cluster, found, _BEHIND[found.name][0])


def reached(cluster: Cluster, ref: str) -> str:
    """Each port of a Service leads to the part of the pipeline that it stands for."""
    found = cluster.get(ref)
    short = (astray(cluster, found, part.port, part) for part in _BEHIND[found.name])
    return next(filter(None, short), "")


def nodes(cluster: Cluster, _: str) -> str:
    """Every node is ready, and takes Pods."""
    for node in ordinary(cluster):
        if not node.is_ready:
            return f"{node.name} is not ready"
        for taint in taints(node):
            if is_by_hand(taint) and taint.get("effect") in CLOSING:
                return f"{node.name} has the taint {spelled(taint)}"
    return ""


def everywhere(cluster: Cluster, ref: str) -> str:
    """A DaemonSet has a ready Pod on every node."""
    found = cluster.get(ref)
    homes = {pod.node for pod in pods.ready(pods.of(cluster, found))}
    missing = [node.name for node in ordinary(cluster) if node.name not in homes]
    return whole(cluster, ref) or (f"there is none on {', '.join(missing)}" if missing else "")


def registered(cluster: Cluster, _: str) -> str:
    """Nsqlookupd knows every nsqd."""
    known = set()
    for pod in pods.ready(pods.running(cluster, "nsqlookupd")):
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod.name}:{LOOKUP.port}/proxy/nodes"
        told = cluster.transport.json("get", path, what="ask nsqlookupd for its nodes")
        known |= {one["broadcast_address"] for one in told["producers"]}
    addresses = {str(at(pod, "status", "podIP")) for pod in pods.running(cluster, "nsqd")}
    return "" if addresses and addresses <= known else "nsqlookupd does not know every nsqd"


def admitted(cluster: Cluster, ref: str) -> str:
    """One Pod more of a workload would be taken: asked with a dry run."""
    template = cluster.get(ref).raw["spec"]["template"]
    meta = {"name": f"{split_ref(ref)[1]}-one-more", "labels": template["metadata"]["labels"]}
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": template["spec"]}
    path = f"/api/v1/namespaces/{NAMESPACE}/pods"
    cluster.transport.json("post", path, what="ask for one Pod more", body=body, dry_run="All")
    return ""


def evictable(cluster: Cluster, ref: str) -> str:
    """A Pod of a workload may be evicted, as `kubectl drain` does: asked with a dry run."""
    found = pods.of(cluster, cluster.get(ref))
    for pod in found:
        path = f"/api/v1/namespaces/{NAMESPACE}/pods/{pod.name}/eviction"
        body = {
            "apiVersion": "policy/v1",
            "kind": "Eviction",
            "metadata": {"name": pod.name, "namespace": NAMESPACE},
            "deleteOptions": {"dryRun": ["All"]},
        }
        cluster.transport.json("post", path, what=f"evict {pod.name}", body=body)
    return "" if found else f"there is no Pod of {ref}"


def scheduled(cluster: Cluster, ref: str) -> str:
    """A CronJob is not suspended."""
    return f"{ref} is suspended" if at(cluster.get(ref), "spec", "suspend") else ""


def ended(cluster: Cluster, _: str) -> str:
    """No Pod stays that somebody has deleted."""
    going = [pod.name for pod in cluster.list("pods") if pod.is_terminating and _is_held(pod)]
    return f"{going[0]} is being deleted, and held" if going else ""


def _is_held(pod: KubeObject) -> bool:
    return bool(at(pod, "metadata", "finalizers"))


def _asked(cluster: Cluster, ref: str, program: str) -> str:
    """What goes wrong with a Python program in every Pod of a workload."""
    running = [pod for pod in pods.of(cluster, cluster.get(ref)) if _runs(pod)]
    for pod in running:
        inside = ["exec", "--namespace", NAMESPACE, pod.name, "--", "python3", "-c", program]
        run(inside, cluster=cluster, timeout_s=ASK_S)
    return "" if running else f"no container of {ref} runs"


def _runs(pod: KubeObject) -> bool:
    return any(at(one, "state", "running") for one in each(pod, "status", "containerStatuses"))


#: Word → what it claims.
CLAIMS: dict[str, Claim] = {
    "admitted": admitted,
    "connected": connected,
    "ended": ended,
    "everywhere": everywhere,
    "evictable": evictable,
    "nodes": nodes,
    "open": is_open,
    "reached": reached,
    "registered": registered,
    "scheduled": scheduled,
    "sees": sees,
    "steady": steady,
    "whole": whole,
    "writes": writes,
}
