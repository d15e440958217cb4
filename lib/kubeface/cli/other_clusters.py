"""The commands for a cluster that is there already: look at it, use it, leave it."""

from typing import Annotated

import typer

from kubeface.cli import lessons, report
from kubeface.kube.stand_ins import StandIns
from kubeface.providers.existing import ExistingProvider
from kubeface.providers.finding import Finding
from kubeface.providers.foreign import Foreign
from kubeface.providers.kind import PREFIX, KindProvider

app = typer.Typer()

Context = Annotated[str, typer.Option("--context", help="Its context in a kubeconfig: minikube.")]
Registry = Annotated[
    str, typer.Option(metavar="HOST:PORT", help="Where its nodes pull images; http:// in front: without TLS.")
]
SharedClass = Annotated[
    str, typer.Option(metavar="NAME", help="Its StorageClass for volumes of several nodes (ReadWriteMany).")
]
OneNode = Annotated[
    bool, typer.Option("--one-node", help="Keep the photos, and who reads them, on one node.")
]


@app.command()
def check(
    context: Annotated[
        str, typer.Option("--context", help="Of a cluster; without one, the list alone.")
    ] = "",
    registry: Registry = "",
    shared_class: SharedClass = "",
    one_node: OneNode = False,
) -> None:
    """Look at a cluster, without changing it, and say what each lesson needs of it."""
    if not context:
        report.say(str(lessons.needed()))
        return
    door = provider(context, StandIns(registry, shared_class, one_node))
    found = door.examine()
    show(found)
    report.say("")
    report.say(str(lessons.here(door.cluster)))
    raise SystemExit(1 if any(one.stops for one in found) else 0)


@app.command()
def use(
    context: Context, registry: Registry = "", shared_class: SharedClass = "", one_node: OneNode = False
) -> None:
    """Have another cluster ready for the course: looked at, and the images brought to it."""
    provider(context, StandIns(registry, shared_class, one_node)).up(say=report.say)


@app.command()
def leave(context: Context) -> None:
    """Take away what the course made on another cluster, and nothing else."""
    provider(context, StandIns()).down(purge=True, say=report.say)


def provider(context: str, asked: StandIns) -> Foreign:
    """The door to the cluster of a context."""
    return (KindProvider if context.startswith(PREFIX) else ExistingProvider)(context, asked)


def show(found: list[Finding]) -> None:
    """What was looked at; then what is not as it should be, and what stops the pipeline last."""
    report.say("In order: " + ", ".join(one.subject for one in found if not one.problem) + ".")
    for one in sorted(found, key=lambda one: one.stops):
        if one.problem:
            report.say(f"{'✗' if one.stops else '!'} {one.problem}")
    if not any(one.stops for one in found):
        report.say("✓ The pipeline can run there.")
