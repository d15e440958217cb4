"""The commands, each a few lines over the room that does the work."""

import dataclasses
import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from kubeface.checks import Progress
from kubeface.cli import lab, nodes, other_clusters, report, setup, snapshots
from kubeface.cli.options import Name
from kubeface.embedded.spec import ADDONS, ClusterSpec, Networks
from kubeface.embedded.toolchain import Way
from kubeface.errors import BadInput, KubefaceError
from kubeface.exercises.overview import overview
from kubeface.host.privilege import become_root, can_become_root
from kubeface.providers.embedded import EmbeddedProvider

app = typer.Typer(
    help="A real Kubernetes on this machine, to learn on.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(nodes.app, name="node")
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(other_clusters.app)


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
    count: Annotated[
        int | None, typer.Option("--nodes", min=1, max=9, help="How many nodes a new cluster gets.")
    ] = None,
    cpus: Annotated[int, typer.Option(min=1, help="Processors of each node of a new cluster.")] = 1,
    memory: Annotated[int, typer.Option(min=512, help="MiB of memory of each node of a new cluster.")] = 2048,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="A new cluster's database does not wait for the disk: a power cut may cost its state.",
        ),
    ] = False,
    internet: Annotated[
        bool, typer.Option("--internet", help="Pods of a new cluster reach what this machine reaches.")
    ] = False,
    without: Annotated[
        list[str],
        typer.Option(metavar="ADDON", help=f"Leave out of a new cluster, each: {', '.join(ADDONS)}."),
    ] = [],  # noqa: B006  # typer makes a new one
    networks: Annotated[
        str,
        typer.Option(
            metavar="NODES,PODS,SERVICES",
            help="Private ranges for a new cluster, a /24 and two /16; without, some that are free.",
        ),
    ] = "",
) -> None:
    """Have the cluster running, from whatever state; at once when it is."""
    become_root(sys.argv[1:])
    if unknown := [one for one in without if one not in ADDONS]:
        raise BadInput(f"There is no add-on {unknown[0]}.", try_next=f"one of: {', '.join(ADDONS)}")
    left_out = tuple(sorted(set(without)))
    wanted = ClusterSpec(name, count or 3, cpus, memory, fast=fast, internet=internet, without=left_out)
    asked = count is not None or wanted != ClusterSpec(name)
    ranges = Networks.read(networks) if networks else None
    EmbeddedProvider(name, wanted if asked else None, networks=ranges).up(say=report.say)


@app.command()
def down(
    name: Name = "face",
    purge: Annotated[bool, typer.Option("--purge", help="Remove its data too.")] = False,
) -> None:
    """Stop the cluster and leave nothing running; its data stay unless purged."""
    become_root(sys.argv[1:])
    EmbeddedProvider(name).down(purge=purge, say=report.say)


@app.command()
def reset(name: Name = "face") -> None:
    """Have the cluster as it was when it was new, in seconds: everything you made in it goes."""
    become_root(sys.argv[1:])
    seconds = EmbeddedProvider(name).reset()
    report.say(f"The cluster is as it was when it was new ({seconds:.1f} s).")


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


@app.command("gc")
def collect_garbage() -> None:
    """Remove what earlier versions left: programs, images, caches of compiling."""
    become_root(sys.argv[1:])
    report.show_garbage(EmbeddedProvider().collect_garbage(say=report.say))


@app.command()
def doctor(name: Name = "face") -> None:
    """Look whether this machine has what a cluster needs; one sentence for each thing it lacks."""
    if can_become_root():  # who cannot is told so, and the rest
        become_root(sys.argv[1:])
    findings = EmbeddedProvider(name).examine()
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


@app.command("setup")
def set_up(
    tests: Annotated[bool, typer.Option("--tests", help="Also what the tests need.")] = False,
    components: Annotated[
        Way, typer.Option(help="Kubernetes' programs: official binaries, or compiled here.")
    ] = Way.AUTO,
) -> None:
    """Install, compile, build and fetch everything a cluster needs; at once when all is there."""
    become_root(sys.argv[1:])
    setup.everything(for_tests=tests, way=components, say=report.say)


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
    push: Annotated[str, typer.Option(metavar="HOST:PORT", help="Push them to another registry.")] = "",
    save: Annotated[Path | None, typer.Option(metavar="FOLDER", help="Save an archive of each.")] = None,
) -> None:
    """Build the container images that have changed."""
    become_root(sys.argv[1:])
    known = setup.image_names()
    if unknown := set(only or ()) - known:
        raise BadInput(
            f"There is no image {', '.join(sorted(unknown))}.", seen="images: " + ", ".join(sorted(known))
        )
    wanted = set(only) if only else setup.for_other_clusters() if push or save else None
    built = setup.build_images(wanted, say=report.say)
    if push:
        setup.push_images(built, push, say=report.say)
    if save:
        setup.save_images(built, save.absolute(), say=report.say)
