"""The commands, each a few lines over the room that does the work."""

import dataclasses
import json
import sys
from typing import Annotated

import typer

from kubeface.checks import Progress
from kubeface.cli import lab, report, setup
from kubeface.embedded.spec import ClusterSpec
from kubeface.errors import BadInput, KubefaceError
from kubeface.exercises.overview import overview
from kubeface.host.privilege import become_root
from kubeface.providers.embedded import EmbeddedProvider

app = typer.Typer(
    help="A real Kubernetes on this machine, to learn on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
node = typer.Typer(help="Cut a node's power, and switch it on again.", no_args_is_help=True)
app.add_typer(node, name="node")

Name = Annotated[str, typer.Option("--name", help="The cluster; two names are two clusters.")]


def main() -> None:
    """Run the command line; a failure we know is a sentence and exit code 1."""
    try:
        app()
    except KubefaceError as error:
        print(f"kubeface: {error}", file=sys.stderr)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        print("kubeface: stopped", file=sys.stderr)
        raise SystemExit(130) from None


@app.command()
def up(
    name: Name = "face",
    nodes: Annotated[
        int | None, typer.Option(min=1, max=9, help="How many nodes a new cluster gets.")
    ] = None,
    cpus: Annotated[int, typer.Option(min=1, help="Processors of each node of a new cluster.")] = 1,
    memory: Annotated[int, typer.Option(min=512, help="MiB of memory of each node of a new cluster.")] = 2048,
) -> None:
    """Have the cluster running, from whatever state; at once when it is."""
    become_root(sys.argv[1:])
    wanted = None
    if nodes is not None or (cpus, memory) != (1, 2048):
        wanted = ClusterSpec(name, nodes or 3, cpus, memory)
    EmbeddedProvider(name, wanted).up(say=report.say)


@app.command()
def down(
    name: Name = "face",
    purge: Annotated[bool, typer.Option("--purge", help="Remove its data too.")] = False,
) -> None:
    """Stop the cluster and leave nothing running; its data stay unless purged."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).down(purge=purge, say=report.say)


@app.command()
def status(
    name: Name = "face",
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """How the cluster is; exit code 0 when it runs, else 1."""
    become_root(sys.argv[1:])
    found = EmbeddedProvider(name).status()
    if as_json:
        print(json.dumps(dataclasses.asdict(found), indent=1))
    else:
        report.show_status(found)
    raise SystemExit(0 if found.state == "running" else 1)


@app.command()
def doctor() -> None:
    """Look whether this machine has what a cluster needs; one sentence for each thing it lacks."""
    findings = EmbeddedProvider().examine()
    report.show_findings(findings)
    raise SystemExit(1 if any(finding.problem for finding in findings) else 0)


@app.command()
def logs(
    program: Annotated[str, typer.Argument(help="etcd, kube-apiserver, kubelet, …")],
    on: Annotated[str | None, typer.Argument(metavar="[NODE]", help="For a node's programs: node2.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="How many of the last lines.")] = 50,
    name: Name = "face",
) -> None:
    """The last lines of a program's log."""
    become_root(sys.argv[1:])
    report.show_log(EmbeddedProvider(name).log(program, on), lines)


@node.command("stop")
def node_stop(node_name: Annotated[str, typer.Argument(metavar="NODE")], name: Name = "face") -> None:
    """Cut the node's power: everything on it ends at once."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).stop_node(node_name)
    report.say(f"{node_name} is off.")


@node.command("start")
def node_start(node_name: Annotated[str, typer.Argument(metavar="NODE")], name: Name = "face") -> None:
    """Switch the node on, and wait until it is Ready."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).start_node(node_name)
    report.say(f"{node_name} is Ready.")


@node.command("freeze")
def node_freeze(node_name: Annotated[str, typer.Argument(metavar="NODE")], name: Name = "face") -> None:
    """Stop the node's clock: it hangs, and ends nothing."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).freeze_node(node_name)
    report.say(f"{node_name} is frozen.")


@node.command("thaw")
def node_thaw(node_name: Annotated[str, typer.Argument(metavar="NODE")], name: Name = "face") -> None:
    """Let a frozen node go on where it was."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).thaw_node(node_name)
    report.say(f"{node_name} goes on.")


@app.command("setup")
def set_up(
    tests: Annotated[bool, typer.Option("--tests", help="Also what the tests need.")] = False,
) -> None:
    """Install, compile, build and fetch everything a cluster needs; at once when all is there."""
    become_root(sys.argv[1:])
    setup.everything(for_tests=tests, say=report.say)


@app.command()
def progress(
    notebook: Annotated[str | None, typer.Argument(metavar="[NOTEBOOK]", help="Only this one: 05.")] = None,
    name: Name = "face",
    reset: Annotated[bool, typer.Option("--reset", help="Forget it, after asking.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """How far you are: exercises passed, and predictions that were right, notebook by notebook."""
    kept = Progress.named(EmbeddedProvider(name).kubeconfig().stem)
    shown = overview(kept, notebook)
    if reset and (yes or typer.confirm(f"Forget your progress in {notebook or 'all notebooks'}?")):
        kept.reset(notebook)
        shown = overview(kept, notebook)
    report.say(str(shown))


@app.command("lab")
def open_lab() -> None:
    """Set everything up, start the cluster, and open the course in JupyterLab."""
    lab.everything(say=report.say)


@app.command("images")
def build_images(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="All when none is named.")
    ] = None,
) -> None:
    """Build the container images that have changed."""
    become_root(sys.argv[1:])
    known = setup.image_names()
    if unknown := set(only or ()) - known:
        raise BadInput(
            f"There is no image {', '.join(sorted(unknown))}.", seen="images: " + ", ".join(sorted(known))
        )
    setup.build_images(set(only) if only else None, say=report.say)
