"""The whole application is one folder."""

import pathlib
import tempfile

import yaml

from kubeface.checks import Level, Verdict, Work, exercise, not_started, passed_unless
from kubeface.endstates.rollout import unfinished
from kubeface.exercises.own.board import SPACE, afresh, inside, listed, unreached
from kubeface.kube import Cluster, kubectl
from kubeface.kube.user_objects import user_objects

NEEDS = ("nb01.own", "nb07.own", "nb05.own")
LABEL, VALUE = "app.kubernetes.io/part-of", "notice-board"


def make_one_whole(cluster: Cluster) -> None:
    """What `solution` shows."""
    kinds = ["configmap", "serviceaccount", "persistentvolumeclaim", "service", "deployment", "daemonset"]
    kinds += ["role", "rolebinding", "ingress", "poddisruptionbudget"]
    folder, files = pathlib.Path(tempfile.mkdtemp()), []
    # In the place of your own files: what is in the namespace now, as manifests.
    for one in [one for kind in kinds for one in cluster.list(kind, namespace="mine")]:
        if one.name not in ("kube-root-ca.crt", "default"):
            meta = {"name": one.name, "namespace": "mine", "annotations": dict(one.annotations)}
            kept = {key: value for key, value in one.raw.items() if key not in ("metadata", "status")}
            files.append(f"{one.kind.lower()}-{one.name}.yaml")
            (folder / files[-1]).write_text(yaml.safe_dump(kept | {"metadata": meta}))
    whole = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "labels": [{"pairs": {"app.kubernetes.io/part-of": "notice-board"}}],
        "resources": files,
    }
    (folder / "kustomization.yaml").write_text(yaml.safe_dump(whole))
    kubectl(f"apply --server-side --force-conflicts --kustomize {folder}", cluster=cluster)


def all_but_the_service(cluster: Cluster) -> None:
    """A file that the list forgets."""
    marked(cluster, f"{LABEL}={VALUE}", "configmap/page", "deployment/board")


def parts_of_something_else(cluster: Cluster) -> None:
    """The label of the course."""
    marked(cluster, f"{LABEL}=face-pipeline", "configmap/page", "deployment/board", "service/board")


def parts_of_two_things(cluster: Cluster) -> None:
    """One object is marked by hand, with another spelling."""
    all_but_the_service(cluster)
    marked(cluster, f"{LABEL}=noticeboard", "service/board")


def marked_by_hand(cluster: Cluster) -> None:
    """A label on each object."""
    marked(cluster, f"{LABEL}={VALUE}", "configmap/page", "deployment/board", "service/board")


def marked(cluster: Cluster, label: str, *refs: str) -> None:
    """Put a label on objects of the learner's namespace."""
    kubectl(f"label --overwrite --namespace {SPACE} {' '.join(refs)} {label}", cluster=cluster)


@exercise(
    "nb15.own",
    level=Level.ALONE,
    work=Work.WRITE,
    hints=(
        "A `kustomization.yaml` in `manifests/mine` lists the files below `resources`; "
        "`manifests/kustomization.yaml` "
        "is one. What is not listed is no part of it: leave out the bare Pods, which Deployments have "
        "replaced.",
        "`labels:` with `pairs:` puts a label on every object. (The older `commonLabels` would also "
        "change selectors, "
        "which a Deployment refuses.)",
        "`kubectl kustomize manifests/mine` shows what would be applied; `kubectl apply --server-side "
        "--kustomize "
        "manifests/mine` applies it. What is left without the label is in no file yet.",
    ),
    solve=make_one_whole,
    wrong=(all_but_the_service, parts_of_something_else, parts_of_two_things),
    right=(marked_by_hand,),
    start=afresh(*NEEDS),
    needs=NEEDS,
)
def own(cluster: Cluster) -> Verdict:
    """All in mine has the label app.kubernetes.io/part-of=notice-board, and the board shows your page."""
    mine = inside(cluster)
    found = [one for one in user_objects(mine, SPACE) if not one.is_terminating]
    told = {one.ref: one.labels.get(LABEL) for one in found}
    if not any(told.values()):
        return not_started(f"nothing in {SPACE} has the label {LABEL}")
    others = [f"{ref} is part of {value}" for ref, value in told.items() if value not in (None, VALUE)]
    lacking = [ref for ref, value in told.items() if value is None]
    board = mine.find("deployment/board")
    return passed_unless(
        (f"{others[0]}, not of {VALUE}" if others else "")
        or (f"the label is missing from {listed(lacking)}" if lacking else "")
        or ("" if board else f"{SPACE} has no Deployment board")
        or (unfinished(board, called="boards") if board else "")
        or unreached(mine, "board", 80)
    )
