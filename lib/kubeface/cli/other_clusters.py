"""The commands for a cluster that is there already: look at it, use it, leave it."""

from typing import Annotated

import typer

from kubeface.cli import lessons, report
from kubeface.cli.application import Application
from kubeface.existing.cluster import ExistingCluster
from kubeface.kube.overrides import ClusterOverrides
from kubeface.util.finding import Finding

app = Application()

Context = Annotated[str, typer.Option("--context", help="kubeconfig context of the cluster: minikube.")]
Registry = Annotated[
    str,
    typer.Option(
        metavar="HOST:PORT", help="Registry that its nodes pull images from; http:// in front: without TLS."
    ),
]
SharedClass = Annotated[
    str,
    typer.Option(metavar="NAME", help="StorageClass for volumes that several nodes mount (ReadWriteMany)."),
]
OneNode = Annotated[
    bool, typer.Option("--one-node", help="Keep the photos, and the Pods that read them, on one node.")
]


@app.command()
def check(
    context: Annotated[
        str,
        typer.Option(
            "--context", help="kubeconfig context to check; omit it to list what each lesson needs."
        ),
    ] = "",
    registry: Registry = "",
    shared_class: SharedClass = "",
    one_node: OneNode = False,
) -> None:
    """Check an existing cluster for what lessons need; change nothing."""
    if not context:
        report.say(str(lessons.needed()))
        return
    cluster = ExistingCluster(context, ClusterOverrides(registry, shared_class, one_node))
    found = cluster.examine()
    show(found)
    report.say("")
    report.say(str(lessons.here(cluster.cluster)))
    raise SystemExit(1 if any(one.stops for one in found) else 0)


@app.command()
def use(
    context: Context, registry: Registry = "", shared_class: SharedClass = "", one_node: OneNode = False
) -> None:
    """Prepare an existing cluster for the course."""
    ExistingCluster(context, ClusterOverrides(registry, shared_class, one_node)).up(say=report.say)


@app.command()
def leave(context: Context) -> None:
    """Delete what the course made on an existing cluster."""
    ExistingCluster(context, ClusterOverrides()).down(purge=True, say=report.say)


def show(found: list[Finding]) -> None:
    """What was looked at; then what is not as it should be, and what stops the pipeline last."""
    report.say("In order: " + ", ".join(one.subject for one in found if not one.problem) + ".")
    for one in sorted(found, key=lambda one: one.stops):
        if one.problem:
            report.say(f"{'✗' if one.stops else '!'} {one.problem}")
    if not any(one.stops for one in found):
        report.say("✓ The pipeline can run there.")
