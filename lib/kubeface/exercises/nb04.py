"""Notebook 04: a database with a memory."""

import base64
import secrets
import shlex
from typing import Any

from kubeface.checks import (
    Level,
    Verdict,
    Work,
    exercise,
    not_started,
    not_yet,
    passed,
    passed_unless,
    question,
)
from kubeface.endstates.parts import at, named_in, standing, table
from kubeface.errors import CommandFailed
from kubeface.kube import Cluster, apply, kubectl, wait
from kubeface.kube.kubectl import run
from kubeface.lesson import Plan, State
from kubeface.model.quantities import amount
from kubeface.pipeline.deploy import SECRET, SECRET_KEYS

SPACE = "lesson-04"
#: Who is in the database from its start; mysql/init/20-people.sql has them.
PEOPLE = ("Barack Obama", "Joe Biden", "Eileen Collins")
RESTORED = """
DELETE FROM person WHERE id NOT IN (1, 2, 3);
INSERT INTO person (id, name) VALUES (1, 'Barack Obama'), (2, 'Joe Biden'), (3, 'Eileen Collins')
  ON DUPLICATE KEY UPDATE name = VALUES(name)
"""


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
    parts=("mysql",),
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
    "nb04.fall",
    "Deployment and claim are both told to go. In which order do these end?",
    order=("persistentvolume", "persistentvolumeclaim", "pod"),
    expect=["pod", "persistentvolumeclaim", "persistentvolume"],
    because="The claim waits for the Pod that uses it, and the volume for the claim that it is bound to.",
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


def two_words(cluster: Cluster) -> None:
    """The right word, and another key beside it."""
    kubectl("create secret generic door --from-literal word=open-sesame --from-literal b=c", cluster=cluster)


def no_word(cluster: Cluster) -> None:
    """The key, and nothing under it."""
    cluster.create(_door() | {"data": {"word": ""}})


def word_in_base64(cluster: Cluster) -> None:
    """Encoded once, by hand, as a manifest has it."""
    cluster.create(_door() | {"data": {"word": base64.b64encode(b"open-sesame").decode()}})


def word_of_another_type(cluster: Cluster) -> None:
    """A Secret of a type of its own, that nobody may change."""
    more = {"type": "kubeface.internal/word", "immutable": True}
    cluster.create(_door() | more | {"stringData": {"word": "open-sesame"}})


def _door() -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "door"}}


@exercise(
    "nb04.door",
    level=Level.ONE,
    work=Work.ACT,
    hints=(
        "kubectl does the encoding: give it the word as it is.",
        "`kubectl create secret generic --help` shows how a word goes under a key.",
    ),
    solve=keep_the_word,
    wrong=(encoded_twice, with_a_line_end, two_words, no_word),
    right=(word_in_base64, word_of_another_type),
    start=no_door,
)
def door(cluster: Cluster) -> Verdict:
    """A Secret named door holds the word open-sesame under the key word, and nothing more than it."""
    found = cluster.find("secret/door")
    if found is None:
        return not_started("there is no Secret door")
    data = table(found, "data")
    if "word" not in data:
        return not_yet(f"its keys are: {', '.join(sorted(data)) or 'none'}")
    word = base64.b64decode(data["word"] or "")
    others = sorted(set(data) - {"word"})
    return passed_unless(
        standing(found, "Secret door")
        or _unlike_the_word(word)
        or (f"the word is right, and it holds more than it: {named_in(others)}" if others else "")
    )


def _unlike_the_word(word: bytes) -> str:
    if word == b"open-sesame":
        return ""
    if word.strip() == b"open-sesame":
        return "the word is right, and white space stands around it"
    return "decoded once, it is another word" if word else "there is nothing under its key word"


def without_ada(cluster: Cluster) -> None:
    """As the lesson leaves it."""
    wait(cluster, "deployment/mysql", for_="Ready", timeout_s=120)
    sql(cluster, RESTORED)


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


def ada_in_a_column_too_many(cluster: Cluster) -> None:
    """Her name, and more in it."""
    sql(cluster, "INSERT INTO person (name) VALUES ('Ada Lovelace, Countess')")


def half_a_name_for_another(cluster: Cluster) -> None:
    """Half her name in the place of somebody's."""
    sql(cluster, "UPDATE person SET name = 'Lovelace' WHERE id = 3")


def ada_of_a_chosen_id(cluster: Cluster) -> None:
    """With an id of her own, below all others."""
    sql(cluster, "INSERT INTO person (id, name) VALUES (-7, 'Ada Lovelace')")


def ada_for_another(cluster: Cluster) -> None:
    """In the place of somebody who was there."""
    sql(cluster, "UPDATE person SET name = 'Ada Lovelace' WHERE id = 3")


@exercise(
    "nb04.ada",
    level=Level.SEVERAL,
    work=Work.ACT,
    hints=(
        "The client runs where the database runs: `kubectl exec deployment/mysql -- sh -c '…'`.",
        "The cell in this notebook that adds Grace Hopper has all that is needed.",
    ),
    solve=add_ada,
    wrong=(add_somebody, half_a_name, ada_in_a_column_too_many, half_a_name_for_another),
    right=(ada_of_a_chosen_id, ada_for_another),
    start=without_ada,
)
def ada(cluster: Cluster) -> Verdict:
    """The table person has a row for Ada Lovelace."""
    try:
        names = sql(cluster, "SELECT name FROM person").splitlines()
    except CommandFailed as failure:
        told = (failure.seen.strip().splitlines() or ["the database does not answer"])[-1]
        return not_yet(f"the table person cannot be read: {told}")
    if "Ada Lovelace" in names:
        return passed()
    others = [name for name in names if name not in (*PEOPLE, "Grace Hopper")]
    if others:
        return not_yet(f"there is {', '.join(others)}")
    gone = [name for name in PEOPLE if name not in names]
    return not_yet(f"there is no {named_in(gone)} any more") if gone else not_started("nobody was added")


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
            wait(cluster, pod.ref, for_="deleted", timeout_s=60)  # what is applied to one that goes, goes too
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


def claim_that_leaves(cluster: Cluster) -> None:
    """Bound, used and being deleted."""
    bind_scratch_and_stay(cluster)
    wait(cluster, "pod/user", for_="Ready", timeout_s=60)  # one without a node does not hold its claim
    cluster.delete("persistentvolumeclaim/scratch")


def claim_of_more(cluster: Cluster) -> None:
    """Bound, and larger than asked for."""
    apply(cluster, [_claim("1Gi", "ReadWriteOnce"), _user("user", ["true"])])
    wait(cluster, "persistentvolumeclaim/scratch", for_="Bound", timeout_s=90)


def claim_in_kibibytes(cluster: Cluster) -> None:
    """The same size in another unit."""
    apply(cluster, [_claim("102400Ki", "ReadWriteOnce"), _user("user", ["true"])])
    wait(cluster, "persistentvolumeclaim/scratch", for_="Bound", timeout_s=90)


def bind_scratch_and_stay(cluster: Cluster) -> None:
    """In bytes, and its Pod goes on running."""
    apply(cluster, [_claim("104857600", "ReadWriteOnce"), _user("user", ["sleep", "infinity"])])
    wait(cluster, "persistentvolumeclaim/scratch", for_="Bound", timeout_s=90)


def _user(name: str, command: list[str]) -> dict[str, Any]:
    """A Pod that mounts the claim."""
    image = "registry.kubeface.internal/busybox:v1.0"
    mount = {"name": "scratch", "mountPath": "/scratch"}
    container = {"name": "user", "image": image, "command": command, "volumeMounts": [mount]}
    volume = {"name": "scratch", "persistentVolumeClaim": {"claimName": "scratch"}}
    spec = {"restartPolicy": "Never", "containers": [container], "volumes": [volume]}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name}, "spec": spec}


@exercise(
    "nb04.scratch",
    level=Level.SEVERAL,
    work=Work.WRITE,
    hints=(
        what_it_waits_for,
        "The file `manifests/mysql/persistentvolumeclaim.yaml` is a good beginning.",
        "A claim of the default class is bound when the first Pod that mounts it gets a node.",
    ),
    solve=bind_scratch,
    wrong=(claim_alone, claim_for_many, claim_that_leaves, claim_of_more),
    right=(claim_in_kibibytes, bind_scratch_and_stay),
    start=no_scratch,
)
def scratch(cluster: Cluster) -> Verdict:
    """A claim named scratch, ReadWriteOnce and for 100Mi, is bound."""
    found = cluster.find("persistentvolumeclaim/scratch")
    if found is None:
        return not_started("there is no PersistentVolumeClaim scratch")
    modes = list(at(found, "spec", "accessModes") or [])
    if set(modes) != {"ReadWriteOnce"}:
        return not_yet(f"its access modes are {', '.join(modes) or 'none'}")
    size = at(found, "spec", "resources", "requests", "storage") or "0"
    if amount(size) != amount("100Mi"):
        return not_yet(f"it asks for {size}")
    phase = at(found, "status", "phase")
    is_unused = f"it is {phase}: no Pod has made it need a disk yet"
    return passed_unless(
        standing(found, "PersistentVolumeClaim scratch") or ("" if phase == "Bound" else is_unused)
    )
