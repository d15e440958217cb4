"""The commands of `kubeface`: each reads its options and calls what does the work."""

import dataclasses
import json
import os
import sys
from importlib.metadata import version as version_of
from pathlib import Path
from typing import Annotated

import typer

from kubeface import places
from kubeface.checks import Progress
from kubeface.cli import advice, lab, new, nodes, other_clusters, own_folder, report, setup, shell, snapshots
from kubeface.cli.application import Application
from kubeface.cli.options import Folder, Name
from kubeface.errors import BadInput
from kubeface.exercises.course import number_of
from kubeface.exercises.overview import overview
from kubeface.kube import Cluster
from kubeface.local import names
from kubeface.local.cluster import LocalCluster
from kubeface.local.garbage import collect_garbage
from kubeface.local.spec import ADDONS, MAX_NODES, Networks, Wish
from kubeface.local.toolchain import Way
from kubeface.local.toolchain.components import module
from kubeface.places import COURSE
from kubeface.util import signals, terminal
from kubeface.util.privilege import become_root, can_become_root, take_over
from kubeface.util.process import UMASK, end_running, python

NAME = "kubeface"

app = Application("A real Kubernetes on this machine, to learn on.")
app.add_typer(nodes.app, name="node")
app.add_typer(snapshots.app, name="snapshot")
app.add_typer(own_folder.app, name="lesson")
app.add_typer(new.app, name="new")
app.add_typer(other_clusters.app)


def main() -> None:
    """Run the command line: a signal lets it clean up, and a closed output does not stop it."""
    if terminal.is_of_other_letters():
        command = python("-X", "utf8", "-m", NAME, *sys.argv[1:])
        os.execv(command[0], command)  # noqa: S606 (the same once more, for files in UTF-8)
    sys.argv[1:] = take_over(sys.argv[1:])
    os.umask(UMASK)
    terminal.be_steady()
    signals.stop_tidily(first=end_running)
    try:
        app(prog_name=NAME)
    except signals.Stopped as stopped:
        print(f"kubeface: stopped ({stopped})", file=sys.stderr)
        raise SystemExit(stopped.exit_code) from None
    finally:
        signals.too_late()


def _tell_versions(asked: bool) -> None:
    if asked:
        report.say(f"kubeface {version_of(NAME)}, Kubernetes {module('kubernetes').split()[-1]}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_versions, is_eager=True, help="Print the versions and exit."
        ),
    ] = False,
) -> None:
    """A real Kubernetes on this machine, to learn on."""


@app.command("help")
def show_help(
    command: Annotated[
        list[str] | None, typer.Argument(metavar="COMMAND", help="Name of the command, such as node stop.")
    ] = None,
) -> None:
    """Show the help of a command."""
    app([*(command or ()), "--help"], prog_name=NAME)


@app.command(needs_root=True)
def up(
    name: Name = COURSE,
    count: Annotated[
        int | None, typer.Option("--nodes", min=1, max=MAX_NODES, help="Number of nodes of a new cluster.")
    ] = None,
    cpus: Annotated[
        int | None, typer.Option(min=1, help="CPUs per node of a new cluster; default: 1.")
    ] = None,
    memory: Annotated[
        int | None, typer.Option(min=512, help="Memory per node of a new cluster, in MiB; default: 2048.")
    ] = None,
    fast: Annotated[
        bool,
        typer.Option(
            "--fast",
            help="The database of a new cluster does not wait for the disk; a power cut may lose its state.",
        ),
    ] = False,
    internet: Annotated[
        bool, typer.Option("--internet", help="Pods of a new cluster can reach what this machine reaches.")
    ] = False,
    without: Annotated[
        list[str],
        typer.Option(
            metavar="ADDON",
            help=f"Add-on to skip; may be given several times. One of: {', '.join(ADDONS)}.",
        ),
    ] = [],  # noqa: B006  # typer makes a new one
    networks: Annotated[
        str,
        typer.Option(
            metavar="NODES,PODS,SERVICES",
            help="Private ranges for a new cluster: a /24 and two /16; default: ranges that are free.",
        ),
    ] = "",
) -> None:
    """Start the cluster. Does nothing if it is already running."""
    if unknown := [one for one in without if one not in ADDONS]:
        raise BadInput(f"There is no add-on {unknown[0]}.", try_next=f"one of: {', '.join(ADDONS)}")
    wish = Wish(
        node_count=count,
        node_cpus=cpus,
        node_memory_mib=memory,
        fast=fast or None,
        internet=internet or None,
        without=tuple(sorted(set(without))) or None,
        networks=Networks.read(networks) if networks else None,
    )
    LocalCluster(name).up(wish, say=report.say)


@app.command(needs_root=True)
def down(
    name: Name = COURSE,
    purge: Annotated[bool, typer.Option("--purge", help="Delete its data, too.")] = False,
) -> None:
    """Stop the cluster; its data are kept unless --purge is given."""
    LocalCluster(name).down(purge=purge, say=report.say)


@app.command(needs_root=True)
def reset(name: Name = COURSE) -> None:
    """Delete everything that was made in the cluster, in seconds."""
    seconds = LocalCluster(name).reset()
    report.say(f"The cluster is as it was when it was new ({seconds:.1f} s).")


@app.command(needs_root=True)
def status(
    name: Name = COURSE,
    as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
) -> None:
    """Show nodes, programs, disk and memory; exit code 0 if it runs."""
    found = LocalCluster(name).status()
    if as_json:
        print(json.dumps(dataclasses.asdict(found), indent=1))
    else:
        report.show_status(found)
    raise SystemExit(0 if found.state == "running" else 1)


@app.command(needs_root=True)
def gc() -> None:
    """Delete programs, images and build caches of earlier versions."""
    report.show_garbage(collect_garbage(say=report.say))


@app.command()
def doctor(name: Name = COURSE) -> None:
    """Check whether this machine can run a cluster; say what it lacks."""
    if can_become_root():  # who cannot is told so, and the rest
        become_root(sys.argv[1:])
    findings = LocalCluster(name).examine()
    report.show_findings(findings, "This machine is fit for a cluster.")
    raise SystemExit(1 if any(finding.stops for finding in findings) else 0)


@app.command(needs_root=True)
def logs(
    program: Annotated[
        str,
        typer.Argument(
            metavar="PROGRAM", help="etcd, kube-apiserver, …; with a node: kubelet, containerd, …"
        ),
    ],
    on: Annotated[str | None, typer.Argument(metavar="NODE", help="Node that it runs on: node2.")] = None,
    lines: Annotated[int, typer.Option("--lines", "-n", min=1, help="Number of lines.")] = 50,
    name: Name = COURSE,
) -> None:
    """Print the last lines of a program's log."""
    report.show_log(LocalCluster(name).log(program, on), lines)


@app.command("setup", needs_root=True)
def set_up(
    tests: Annotated[bool, typer.Option("--tests", help="Install what the tests need, too.")] = False,
    components: Annotated[
        Way, typer.Option(help="Kubernetes' programs: download official binaries, or compile them here.")
    ] = Way.AUTO,
) -> None:
    """Install, compile, build and fetch what a cluster needs."""
    setup.everything(for_tests=tests, way=components, say=report.say)


@app.command()
def progress(
    notebook: Annotated[
        str | None, typer.Argument(metavar="NOTEBOOK", help="Number of the notebook: 05; default: all.")
    ] = None,
    name: Name = COURSE,
    reset: Annotated[
        bool, typer.Option("--reset", help="Delete the progress that is shown, after a confirmation.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the confirmation.")] = False,
) -> None:
    """Show passed exercises, right predictions and the exam."""
    from kubeface import exam  # only now: it takes a moment

    kept = Progress.named(LocalCluster(name).kubeconfig().stem)
    notebook = number_of(notebook) if notebook else None
    shown = overview(kept, notebook)
    if reset and (yes or typer.confirm(f"Forget your progress in {notebook or 'all notebooks'}?")):
        kept.reset(notebook)
        shown = overview(kept, notebook)
        if notebook is None:
            exam.drawer_beside(kept).clear()
    report.say(str(shown))
    if notebook is None and (paper := exam.drawer_beside(kept).read()):
        report.say(exam.result(paper))


@app.command("drill")
def run_drill(
    name: Name = COURSE,
    count: Annotated[int, typer.Option(min=1, help="Number of things that break at once.")] = 1,
    seed: Annotated[
        int | None, typer.Option(help="The same number gives the same drill; default: any.")
    ] = None,
    level: Annotated[
        int | None, typer.Option(min=1, max=3, help="Level, 3 the hardest; default: any.")
    ] = None,
    lesson: Annotated[
        str | None, typer.Option(metavar="NOTEBOOK", help="Lesson that it is about: 05; default: any.")
    ] = None,
    status: Annotated[
        bool, typer.Option("--status", help="Show whether the drill in progress is repaired; begin none.")
    ] = False,
    hint: Annotated[bool, typer.Option("--hint", help="Show a hint for the drill in progress.")] = False,
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Repair everything, and show what it was.")
    ] = False,
) -> None:
    """Break the pipeline at random; later, say if it is repaired."""
    from kubeface import drills  # only now: it takes a moment

    cluster = Cluster.connect(LocalCluster(name).kubeconfig())
    if status:
        told = drills.status(cluster)
    else:
        told = drills.drill(
            count,
            seed=seed,
            level=level,
            lesson=number_of(lesson) if lesson else None,
            hint=hint,
            give_up=give_up,
            cluster=cluster,
        )
    report.say(advice.about(str(told), name, typer.main.get_command(app)))


@app.command("lab")
def open_lab(
    name: Name = COURSE,
    no_browser: Annotated[
        bool,
        typer.Option(
            "--no-browser",
            envvar="KUBEFACE_NO_BROWSER",
            help="Set up and start the cluster; do not open JupyterLab.",
        ),
    ] = False,
    folder: Folder = None,
    address: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address of this machine that JupyterLab listens on.")
    ] = lab.LOOPBACK,
) -> None:
    """Set up, start the cluster, open your own copy of the course."""
    lab.everything(name, own_folder.chosen(folder), opens=not no_browser, address=address, say=report.say)


@app.command("shell", context_settings={"allow_interspersed_args": False})
def open_shell(
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="COMMAND", help="Command to run instead of a shell: kubectl get pods."),
    ] = None,
    name: Name = COURSE,
    prints: Annotated[
        bool, typer.Option("--print", help='Print its settings, for: eval "$(kubeface shell --print)"')
    ] = False,
) -> None:
    """Open a shell in which kubectl and kubeface use the cluster."""
    if not places.kubeconfig(name).exists():
        missing = f"There is no cluster {name} yet. To make it: {names.command('up', name)}"
        print(missing, file=sys.stderr)
    if prints:
        print(shell.exports(name))
    elif command:
        shell.become(command, name)
    else:
        print(f"kubectl and kubeface use the cluster {name} here; `exit` leaves.", file=sys.stderr)
        shell.become(shell.interactive(name), name)


@app.command("images", needs_root=True)
def build_images(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Names of the images; default: all.")
    ] = None,
    push: Annotated[str, typer.Option(metavar="HOST:PORT", help="Registry to push them to.")] = "",
    save: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Folder to save an archive of each in.")
    ] = None,
) -> None:
    """Build the container images that have changed."""
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
