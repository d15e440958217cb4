"""`make conformance`: does the cluster pass Kubernetes' own tests of what makes a Kubernetes?

Upstream's suite of the same version is compiled from its module, and so are the programs that it runs in its
Pods. A cluster of its own is started, tested, and taken down. That takes half an hour; the first time, which
compiles, ten minutes more.
"""

import argparse
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import programs
import suite

from kubeface import images, places
from kubeface.cli import setup
from kubeface.errors import KubefaceError, Missing
from kubeface.local.cluster import LocalCluster
from kubeface.local.spec import Wish
from kubeface.local.toolchain.components import module

NAME = "conformance"
#: Chosen: two nodes are the least that the suite asks for; together they have room for what runs at once.
WISH = Wish(node_count=2, node_cpus=2, node_memory_mib=6144)


def main() -> int:
    """The exit code: 0 when every test passed, else 1."""
    parser = argparse.ArgumentParser(prog="make conformance")
    parser.add_argument("--focus", default="", help="run only tests whose name matches this, too")
    chosen = parser.parse_args()
    try:
        return judge(chosen.focus)
    except KubefaceError as error:
        print(f"conformance: {error}", file=sys.stderr)
        return 1


def judge(focus: str) -> int:
    """Compile what is missing, start a cluster, test it, take it down; the exit code."""
    if os.geteuid() != 0:
        raise Missing("The cluster and its images are root's to make.", try_next="make conformance as root")
    ours = module("kubernetes").split()[1]
    if programs.version() != ours:
        raise KubefaceError(f"These are the tests of {programs.version()}, and the cluster is {ours}.")
    setup.everything(for_tests=False, say=_say)
    folder = programs.build(places.cache(), _say)
    door = LocalCluster(NAME)
    door.down(purge=True, say=_say)
    try:
        door.up(WISH, say=_say)
        _bring_images(folder)
        results = suite.run(folder, door.kubeconfig(), focus=focus, say=_say)
    finally:
        door.down(purge=True, say=_say)
    return _verdict(results)


def _bring_images(folder: Path) -> None:
    """Build what the tests run in Pods, and push it to the cluster's registry."""
    spec = LocalCluster(NAME).spec
    suite.lay_out_images(folder)
    built = images.build_all(cache=places.cache(), source=folder, binaries={}, say=_say)
    images.push_all(built, cache=places.cache(), registry=spec.registry, ca=spec.pki / "ca.crt", say=_say)


def _verdict(results: list[suite.Result]) -> int:
    failed = [one for one in results if not one.passed]
    for one in failed:
        _say(f"✗ {one.name}\n    {one.why}")
    for name, reason in suite.LEFT_OUT.items():
        _say(f"- left out: {name}: {reason}")
    _say(f"{len(results) - len(failed)} passed, {len(failed)} failed, {len(suite.LEFT_OUT)} left out")
    return 1 if failed or not results else 0


def _say(line: str) -> None:
    print(line, flush=True)


if __name__ == "__main__":
    raise SystemExit(main())
