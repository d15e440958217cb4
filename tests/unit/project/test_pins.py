"""What others make is pinned: Go programs by go.mod and go.sum, images by the catalog."""

import re
from pathlib import Path

import pytest
import yaml
from tracked import ROOT, files

TOOLCHAIN = "lib/kubeface/local/toolchain"
LESSONS = ROOT / "manifests/lessons"
MINE = ROOT / "manifests/mine"
MADE_IN_A_LESSON = ("hello:",)  # notebook 03 makes it in its own cells; one of its tags is there for nobody
MODULES = sorted(files(f"{TOOLCHAIN}/**/go.mod"))


def directives(go_mod: str) -> set[str]:
    """The first words of a go.mod: module, go, tool, require, replace."""
    outside = re.sub(r"\([^)]*\)", "", re.sub(r"//.*", "", go_mod))
    return {line.split()[0] for line in outside.splitlines() if line.strip()}


def direct_requirements(go_mod: str) -> list[str]:
    """What Go code beside the file would import; `go mod tidy` marks everything else as indirect."""
    blocks = re.findall(r"^require (?:\(([^)]*)\)|(.*))", go_mod, re.MULTILINE)
    each = [line.strip() for pair in blocks for line in "".join(pair).splitlines()]
    return [line for line in each if line and not line.endswith("// indirect")]


def test_there_is_a_toolchain() -> None:
    assert {path.parent.name for path in MODULES} >= {
        "kubernetes",
        "etcd",
        "containerd",
        "cni",
        "coredns",
        "nsq",
    }


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.parent.name)
def test_a_component_is_its_tool_lines_alone(path) -> None:
    text = path.read_text()
    assert {"module", "go", "tool"} <= directives(text) <= {"module", "go", "tool", "require", "replace"}
    assert direct_requirements(text) == []
    assert path.with_name("go.sum") in files()


def test_no_go_code_is_ours() -> None:
    assert files("*.go") == ()


def test_a_requirement_of_our_own_is_seen() -> None:
    assert direct_requirements("require (\n\tx.io/y v1.0.0\n\tx.io/z v1.0.0 // indirect\n)") == [
        "x.io/y v1.0.0"
    ]


def test_the_catalog_and_the_manifests_name_the_same_images() -> None:
    catalog = yaml.safe_load((ROOT / "images/catalog.yaml").read_text())
    pipeline = {f"{image['name']}:{image['tag']}" for image in catalog if "folder" in image}
    assert (
        images_in([path for path in files("manifests/**.yaml") if not {LESSONS, MINE} & set(path.parents)])
        == pipeline
    )


def test_lessons_use_images_that_are_built_or_that_they_make_or_miss_on_purpose() -> None:
    catalog = yaml.safe_load((ROOT / "images/catalog.yaml").read_text())
    built = {f"{image['name']}:{image['tag']}" for image in catalog}
    used = images_in([path for path in files("manifests/**.yaml") if {LESSONS, MINE} & set(path.parents)])
    assert {ref for ref in used - built if not ref.startswith(MADE_IN_A_LESSON)} == set()


def images_in(paths: list[Path]) -> set[str]:
    """The images of the course's registry that these manifests name: "receiver:v1.0"."""
    texts = [path.read_text() for path in paths]
    ours = r"registry\.kubeface\.internal/(\S+)"
    used = {ref for text in texts for ref in re.findall(f"image: {ours}", text)}
    comments = r"(?:\s+#.*\n)*"  # such as a task for the learner
    pairs = (
        pair for text in texts for pair in re.findall(rf"name: {ours}\n{comments}\s+newTag: (\S+)", text)
    )
    return used | {":".join(pair) for pair in pairs}


def test_every_image_of_the_pipeline_has_its_dockerfile() -> None:
    catalog = yaml.safe_load((ROOT / "images/catalog.yaml").read_text())
    wanted = {ROOT / image["folder"] / "Dockerfile" for image in catalog if "folder" in image}
    assert wanted == set(files("images/*/Dockerfile"))
