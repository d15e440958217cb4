"""Compile upstream's conformance tests, and the programs that they run in their Pods."""

import hashlib
import platform
import re
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from kubeface.local.toolchain import Toolchain
from kubeface.local.toolchain.go import environment, find_go, flags
from kubeface.util.process import run

HERE = Path(__file__).parent
KUBERNETES = "k8s.io/kubernetes"
#: What a compilation may take: measured 6 minutes on two cores.
TIMEOUT_S = 3600
#: Files that upstream's images hold beside their programs, by the folder that they come to here.
FILES = {"agnhost": "agnhost/porter/localhost.*", "kitten": "kitten/html/*", "nautilus": "nautilus/html/*"}
#: Programs of ours that stand in images, by what they are called there.
OURS = {"coredns": ("coredns", "coredns"), "etcd": ("etcd", "server")}

Say = Callable[[str], None]


def version() -> str:
    """The version of Kubernetes whose tests these are: "v1.37.2"."""
    found = re.search(rf"^\s{re.escape(KUBERNETES)} (v\S+)", (HERE / "go.mod").read_text(), re.MULTILINE)
    assert found is not None
    return found[1]


def build(cache: Path, say: Say) -> Path:
    """Have everything compiled; at once when it is.

    Returns:
        A folder with programs/ (ginkgo, e2e.test, agnhost …) and files/, named after what it was made of.
    """
    sources = b"".join((HERE / name).read_bytes() for name in ("go.mod", "go.sum", "programs.py"))
    how = " ".join((*flags(version()), platform.machine()))
    key = hashlib.sha256(sources + how.encode()).hexdigest()[:12]
    folder = cache / "conformance" / key
    if folder.exists():
        return folder
    shutil.rmtree(folder.parent, ignore_errors=True)  # of another version
    folder.parent.mkdir(parents=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as made:
        aside = Path(made) / "done"
        (aside / "programs").mkdir(parents=True)
        _compile(find_go(cache, say), aside, go_cache=Path(made), say=say)
        for name, (component, program) in OURS.items():
            shutil.copy(Toolchain(cache).program(component, program), aside / "programs" / name)
        aside.rename(folder)
    return folder


def _compile(go: Path, aside: Path, *, go_cache: Path, say: Say) -> None:
    programs = aside / "programs"
    env = environment(programs=programs, caches=go_cache)
    options = flags(version())

    def call(*arguments: str, what: str) -> str:
        return run([str(go), "-C", str(HERE), *arguments], what=what, env=env, timeout_s=TIMEOUT_S)

    say(f"Compiling the conformance tests of Kubernetes {version()}")
    test = str(programs / "e2e.test")
    call("test", "-c", *options, "-o", test, f"{KUBERNETES}/test/e2e", what="Compiling the tests")
    say("Compiling the programs that they run in Pods")
    call("install", *options, "tool", what="Compiling the programs of the images")
    module = Path(call("list", "-m", "-f", "{{.Dir}}", KUBERNETES, what="Looking for the images").strip())
    for name, pattern in FILES.items():
        (aside / "files" / name).mkdir(parents=True)
        for file in (module / "test" / "images").glob(pattern):
            shutil.copyfile(file, aside / "files" / name / file.name)
