"""Run upstream's conformance tests against a cluster, and read what came of them."""

import os
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import yaml

from kubeface import places
from kubeface.errors import CommandFailed
from kubeface.local.spec import REGISTRY_HOST
from kubeface.util import files

HERE = Path(__file__).parent
#: Tests that ask for what is not the cluster's, as regular expressions; each with the reason.
LEFT_OUT = {
    "ImageVolume.*pull policy of Always": "it looks for Alpine Linux in upstream's image; ours is Debian's",
    "read only busybox container": "it compares a message of busybox' shell; ours is bash",
}
#: Chosen: most of a test is waiting; measured, 16 at once keep two processors busy.
AT_ONCE = 16
#: Registries that the tests name; the cluster has one.
REGISTRIES = (
    "promoterE2eRegistry",
    "buildImageRegistry",
    "gcEtcdRegistry",
    "gcRegistry",
    "sigStorageRegistry",
    "dockerLibraryRegistry",
    "cloudProviderGcpRegistry",
)


@dataclass(frozen=True)
class Result:
    """How one test ended; `why` is empty when it passed."""

    name: str
    passed: bool
    why: str = ""


def lay_out_images(folder: Path) -> None:
    """Put the recipes of the images beside the programs that they copy."""
    shutil.copytree(HERE / "images", folder / "images", dirs_exist_ok=True)


def run(folder: Path, kubeconfig: Path, *, focus: str, say: Callable[[str], None]) -> list[Result]:
    """Run the tests, first those that may run side by side, then those that need the cluster for themselves.

    Args:
        folder: With programs/, as `programs.build` makes it.
        focus: A regular expression that a test's name has to match; empty for all.
    Raises:
        CommandFailed: none of either kind ran, though none was asked to be left out.
    """
    results, env = [], _environment(folder)
    for what, at_once, labels in (("side-by-side", AT_ONCE, "!Serial"), ("alone", 1, "Serial")):
        report, log = folder / f"{what}.xml", folder / f"{what}.log"
        report.unlink(missing_ok=True)
        say(f"Testing, {what}; what the tests say is in {log}")
        options = [f"--procs={at_once}", f"--label-filter=Conformance && {labels}", f"--focus={focus}"]
        command = _command(folder, kubeconfig, [*options, f"--junit-report={report.name}"])
        with log.open("wb") as output:
            subprocess.run(command, stdout=output, stderr=output, env=env, check=False)
        found = read(report) if report.exists() else []
        if not found and not focus:
            raise CommandFailed(f"Of the tests that run {what}, none ran.", seen=files.tail(log, 20))
        say(f"  {sum(one.passed for one in found)} of {len(found)} passed")
        results += found
    return results


def _command(folder: Path, kubeconfig: Path, options: list[str]) -> list[str]:
    ginkgo, tests = (str(folder / "programs" / name) for name in ("ginkgo", "e2e.test"))
    left_out = [f"--skip={pattern}" for pattern in LEFT_OUT]
    options = [*options, *left_out, "--no-color", "--timeout=3h", f"--output-dir={folder}"]
    of_tests = ["--provider=skeleton", f"--kubeconfig={kubeconfig}", "--disable-log-dump"]
    return [ginkgo, *options, tests, "--", *of_tests]


def _environment(folder: Path) -> dict[str, str]:
    """With the cluster's registry for all that the tests name, and its kubectl."""
    registries = folder / "registries.yaml"
    registries.write_text(yaml.safe_dump(dict.fromkeys(REGISTRIES, REGISTRY_HOST)))
    path = f"{places.programs()}:{os.environ['PATH']}"
    return {**os.environ, "KUBE_TEST_REPO_LIST": str(registries), "PATH": path}


def read(report: Path) -> list[Result]:
    """The tests that ran, of a report in JUnit's format."""
    results = []
    for case in ET.parse(report).getroot().iter("testcase"):
        status = case.get("status", "")
        if not case.get("name", "").startswith("[It]") or status in ("skipped", "pending"):
            continue
        told = next((case.find(kind) for kind in ("failure", "error") if case.find(kind) is not None), None)
        why = "" if told is None else (told.get("message") or "").strip().split("\n")[0][:300]
        results.append(Result(case.get("name", "").removeprefix("[It] "), status == "passed", why))
    return results
