"""Notebook 04: a database with a memory."""

import base64
import secrets
import shlex
from typing import Any

from kubeface.checks import Verdict, exercise, not_started, not_yet, passed, question
from kubeface.errors import CommandFailed
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.lesson import Plan, State
from kubeface.pipeline.deploy import SECRET, SECRET_KEYS

SPACE = "lesson-04"


def make_secret(cluster: Cluster) -> None:
    """The passwords that the database asks for, made on the spot."""
    if cluster.find(f"secret/{SECRET}", namespace=SPACE) is None:
        words = {key: secrets.token_urlsafe(24) for key in SECRET_KEYS}
        meta = {"name": SECRET, "namespace": SPACE}
        cluster.create({"apiVersion": "v1", "kind": "Secret", "metadata": meta, "stringData": words})


PLAN = Plan(
    "04",
    "A database with a memory",
    objectives=(
        "give a program its settings and its passwords from outside",
        "claim a disk, and say where it lies and who made it",
        "say which deletion costs rows, and which does not",
    ),
    needs="notebook 02",
    state=State(namespaces=(SPACE,)),
    practice=State(
        folders=("lessons/04-a-database-with-a-memory",),
        namespaces=(SPACE,),
        keep=(f"secret/{SECRET}",),
        first=(make_secret,),
    ),
    namespace=SPACE,
)

question(
    "nb04.secret",
    "The word in the Secret demo reads b3Blbi1zZXNhbWU=. What does it take to read it?",
    choice=("the key of the cluster", "nothing but base64", "it cannot be read back"),
    expect="nothing but base64",
    because="base64 is a way of writing bytes, no lock. Who may get the Secret has the word.",
)
question(
    "nb04.pod",
    "We add a person to the database, leave a file in /tmp, and delete the Pod. What is there afterwards?",
    choice=("both", "the person only", "the file only", "neither"),
    expect="the person only",
    because="The rows lie on the claimed disk; /tmp is an emptyDir and goes with its Pod.",
)
question(
    "nb04.deployment",
    "Now the whole Deployment is deleted. What becomes of the claim, and of the rows?",
    choice=("both go", "both stay", "only the claim stays"),
    expect="both stay",
    because="The claim is an object of its own. Nothing that uses it owns it.",
)
question(
    "nb04.claim",
    "We delete the claim while the database runs on it. What happens?",
    choice=(
        "the database loses its disk at once",
        "the deletion is refused",
        "the claim stays until no Pod uses it",
    ),
    expect="the claim stays until no Pod uses it",
    because="It is marked, and a finalizer holds it, kubernetes.io/pvc-protection, until the last Pod goes.",
)


def no_door(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    cluster.delete("secret/door")


def keep_the_word(cluster: Cluster) -> None:
    """What `solution` shows."""
    kubectl("create secret generic door --from-literal word=open-sesame", cluster=cluster)


def encoded_twice(cluster: Cluster) -> None:
    """Encoded by hand, and once more by kubectl."""
    word = base64.b64encode(b"open-sesame").decode()
    kubectl(f"create secret generic door --from-literal word={word}", cluster=cluster)


def with_a_line_end(cluster: Cluster) -> None:
    """As `echo` would have written it into a file."""
    body = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "door"}}
    cluster.create(body | {"stringData": {"word": "open-sesame\n"}})


@exercise(
    "nb04.door",
    hints=(
        "kubectl does the encoding: give it the word as it is.",
        "`kubectl create secret generic --help` shows how a word goes under a key.",
    ),
    solve=keep_the_word,
    wrong=(encoded_twice, with_a_line_end),
    start=no_door,
)
def door(cluster: Cluster) -> Verdict:
    """A Secret named door holds the word open-sesame under the key word, and nothing more than it."""
    found = cluster.find("secret/door")
    if found is None:
        return not_started("there is no Secret door")
    data = found.raw.get("data") or {}
    if "word" not in data:
        return not_yet(f"its keys are: {', '.join(sorted(data)) or 'none'}")
    word = base64.b64decode(data["word"])
    if word == b"open-sesame":
        return passed()
    if word.strip() == b"open-sesame":
        return not_yet("the word is right, and white space stands around it")
    return not_yet("decoded once, it is another word")


def without_ada(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    wait(cluster, "deployment/mysql", for_="Ready", timeout_s=120)
    sql(cluster, "DELETE FROM person WHERE id > 3")


def add_ada(cluster: Cluster) -> None:
    """What `solution` shows."""
    statement = "INSERT INTO person (name) VALUES ('Ada Lovelace')"
    script = f'MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root kube --execute="{statement}"'
    kubectl(shlex.join(["exec", "deployment/mysql", "--", "sh", "-c", script]), cluster=cluster)


def add_somebody(cluster: Cluster) -> None:
    """Another person."""
    sql(cluster, "INSERT INTO person (name) VALUES ('Charles Babbage')")


def half_a_name(cluster: Cluster) -> None:
    """Her first name alone."""
    sql(cluster, "INSERT INTO person (name) VALUES ('Ada')")


@exercise(
    "nb04.ada",
    hints=(
        "The client runs where the database runs: `kubectl exec deployment/mysql -- sh -c '…'`.",
        "The cell in this notebook that adds Grace Hopper has all that is needed.",
    ),
    solve=add_ada,
    wrong=(add_somebody, half_a_name),
    start=without_ada,
)
def ada(cluster: Cluster) -> Verdict:
    """The table person has a row for Ada Lovelace."""
    try:
        names = sql(cluster, "SELECT name FROM person WHERE id > 3").splitlines()
    except CommandFailed:
        return not_yet("the database does not answer")
    if "Ada Lovelace" in names:
        return passed()
    others = [name for name in names if name != "Grace Hopper"]
    return not_yet(f"there is {', '.join(others)}") if others else not_started("nobody was added")


def sql(cluster: Cluster, statement: str) -> str:
    """What the database says to a statement, without headings."""
    client = "MYSQL_PWD=$MYSQL_ROOT_PASSWORD mysql --user=root kube --batch --skip-column-names"
    return run(
        ["exec", "-i", "deployment/mysql", "--", "sh", "-c", client],
        cluster=cluster,
        stdin=statement.encode(),
    )


def no_scratch(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    for pod in cluster.list("pods"):
        volumes = pod.raw["spec"].get("volumes") or []
        if any((one.get("persistentVolumeClaim") or {}).get("claimName") == "scratch" for one in volumes):
            cluster.delete(pod.ref, grace_s=0)
    cluster.delete("persistentvolumeclaim/scratch")
    wait(cluster, "persistentvolumeclaim/scratch", for_="deleted", timeout_s=90)


def bind_scratch(cluster: Cluster) -> None:
    """What `solution` shows."""
    wanted = {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "100Mi"}}}
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "scratch"},
        "spec": wanted,
    }
    container = {
        "name": "user",
        "image": "registry.kubeface.internal/busybox:v1.0",
        "command": ["sh", "-c", "date > /scratch/made"],
        "volumeMounts": [{"name": "scratch", "mountPath": "/scratch"}],
    }
    volume = {"name": "scratch", "persistentVolumeClaim": {"claimName": "scratch"}}
    spec = {"restartPolicy": "Never", "containers": [container], "volumes": [volume]}
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "user"}, "spec": spec}
    apply(cluster, [claim, pod])
    wait(cluster, "persistentvolumeclaim/scratch", for_="Bound", timeout_s=90)


def claim_alone(cluster: Cluster) -> None:
    """A claim that nobody uses."""
    apply(cluster, [_claim("100Mi", "ReadWriteOnce")])


def claim_for_many(cluster: Cluster) -> None:
    """A claim that the shared class grants at once."""
    claim = _claim("100Mi", "ReadWriteMany")
    claim["spec"]["storageClassName"] = "shared"
    apply(cluster, [claim])
    wait(cluster, "persistentvolumeclaim/scratch", for_="Bound", timeout_s=90)


def _claim(size: str, mode: str) -> dict[str, Any]:
    spec = {"accessModes": [mode], "resources": {"requests": {"storage": size}}}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "scratch"},
        "spec": spec,
    }


def what_it_waits_for(cluster: Cluster) -> str | None:
    """A hint for whoever has a claim and no disk."""
    found = cluster.find("persistentvolumeclaim/scratch")
    if found is None or found.status.phase == "Bound":
        return None
    return "The claim is there. Its class is WaitForFirstConsumer: let a Pod use it as a volume."


@exercise(
    "nb04.scratch",
    hints=(
        what_it_waits_for,
        "The file `manifests/mysql/persistentvolumeclaim.yaml` is a good beginning.",
        "A claim of the default class is bound when the first Pod that mounts it gets a node.",
    ),
    solve=bind_scratch,
    wrong=(claim_alone, claim_for_many),
    start=no_scratch,
)
def scratch(cluster: Cluster) -> Verdict:
    """A claim named scratch, ReadWriteOnce and for 100Mi, is bound."""
    found = cluster.find("persistentvolumeclaim/scratch")
    if found is None:
        return not_started("there is no PersistentVolumeClaim scratch")
    if found.spec.accessModes != ["ReadWriteOnce"]:
        return not_yet(f"its access modes are {', '.join(found.spec.accessModes)}")
    size = found.spec.resources.requests.storage
    if size != "100Mi":
        return not_yet(f"it asks for {size}")
    phase = found.status.phase
    return passed() if phase == "Bound" else not_yet(f"it is {phase}: no Pod has made it need a disk yet")
