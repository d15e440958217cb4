"""Run upstream's conformance tests against a cluster, and read what came of them."""

import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import programs
import yaml

from kubeface import places
from kubeface.embedded.spec import REGISTRY_HOST
from kubeface.errors import CommandFailed
from kubeface.host import files

HERE = Path(__file__).parent
#: Tests that ask for what is not the cluster's; each with the reason.
LEFT_OUT = {
    "ImageVolume should succeed with pod and pull policy of Always": (
        "it looks for Alpine Linux in upstream's image, and ours is Debian's"
    ),
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
        focus: A regular expression that a test's name has to match, too; empty for all.
    Raises:
        CommandFailed: the suite did not get as far as to tell its results.
    """
    registries = folder / "registries.yaml"
    registries.write_text(yaml.safe_dump(dict.fromkeys(REGISTRIES, REGISTRY_HOST)))
    wanted = rf"{focus}.*\[Conformance\]" if focus else r"\[Conformance\]"
    left_out = [".*".join(map(re.escape, name.split(" ", 1))) for name in LEFT_OUT]
    results = []
    for what, at_once, chosen, skipped in (
        ("side by side", AT_ONCE, wanted, r"\[Serial\]"),
        ("alone", 1, rf"\[Serial\].*{wanted}", ""),
    ):
        report, log = folder / "report.xml", folder / f"{what.replace(' ', '-')}.log"
        report.unlink(missing_ok=True)
        say(f"Testing, {what}; what the tests say is in {log}")
        command = [
            str(folder / "programs" / "ginkgo"),
            f"--procs={at_once}",
            f"--focus={chosen}",
            *(f"--skip={pattern}" for pattern in (*left_out, skipped) if pattern),
            "--no-color",
            "--timeout=3h",
            f"--output-dir={folder}",
            f"--junit-report={report.name}",
            str(folder / "programs" / "e2e.test"),
            "--",
            "--provider=skeleton",
            f"--kubeconfig={kubeconfig}",
            "--disable-log-dump",
        ]
        env = {
            **os.environ,
            "KUBE_TEST_REPO_LIST": str(registries),
            "PATH": programs.path_with(places.programs()),  # for kubectl
        }
        with log.open("wb") as output:
            subprocess.run(command, stdout=output, stderr=subprocess.STDOUT, env=env, cwd=folder, check=False)
        if not report.exists():
            raise CommandFailed("The tests told no results.", seen=files.tail(log, 20))
        found = read(report)
        say(f"  {sum(one.passed for one in found)} of {len(found)} passed")
        results += found
    return results


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
