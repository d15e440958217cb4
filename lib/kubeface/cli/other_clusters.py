"""The commands for an existing cluster: check it, use it, leave it."""

from pathlib import Path
from typing import Annotated

import typer

from kubeface.cli import lessons, report
from kubeface.cli.application import Application
from kubeface.existing.cluster import ExistingCluster
from kubeface.kube.overrides import ClusterOverrides

app = Application()

Context = Annotated[
    str, typer.Option("--context", help="kubeconfig context of the cluster, such as minikube.")
]
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
    report.show_findings(found, "The pipeline can run there.")
    report.say("")
    report.say(str(lessons.here(cluster.cluster)))
    raise SystemExit(1 if any(one.stops for one in found) else 0)


@app.command()
def use(
    context: Context,
    registry: Registry = "",
    shared_class: SharedClass = "",
    one_node: OneNode = False,
    archives: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER", help="Load the images that kubeface images --save has put there; build none."
        ),
    ] = None,
) -> None:
    """Prepare an existing cluster for the course."""
    cluster = ExistingCluster(context, ClusterOverrides(registry, shared_class, one_node))
    cluster.up(say=report.say, archives=archives)


@app.command()
def leave(context: Context) -> None:
    """Delete what the course made on an existing cluster."""
    ExistingCluster(context).down(purge=True, say=report.say)
