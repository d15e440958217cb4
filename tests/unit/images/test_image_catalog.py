"""The catalog, and the house rules that every Dockerfile keeps."""

import re
from pathlib import Path

import pytest

from kubeface.errors import BadInput, Missing
from kubeface.images import Image, base, catalog, cluster_images, load

ROOT = Path(__file__).parents[3]
IMAGES = load(ROOT)
DOCKERFILES = sorted({ROOT / image.folder / "Dockerfile" for image in IMAGES if image.folder})


def stages(dockerfile: Path) -> list[str]:
    """The text of each stage, without comments and with continued lines joined."""
    text = dockerfile.read_text().replace("\\\n", " ")
    text = "\n".join(line for line in text.splitlines() if line.strip() and not line.startswith("#"))
    return re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]


def test_every_image_has_a_dockerfile_or_a_recipe() -> None:
    assert [path for path in DOCKERFILES if not path.is_file()] == []
    assert {image.name for image in IMAGES if not image.folder} == set(cluster_images.RECIPES)


def test_every_folder_with_a_dockerfile_is_in_the_catalog() -> None:
    assert sorted((ROOT / "images").glob("*/Dockerfile")) == DOCKERFILES


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_every_stage_starts_from_the_base(path: Path) -> None:
    assert {stage.split()[1] for stage in stages(path)} == {base.NAME}


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_nothing_runs_as_root(path: Path) -> None:
    users = re.findall(r"^USER (\d+):(\d+)$", stages(path)[-1], re.MULTILINE)
    assert users, "the last stage has no numeric USER"
    assert "0" not in users[-1]


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_no_setting_of_a_network_is_baked_in(path: Path) -> None:
    found = re.findall(
        r"https?://|--index-url|--trusted-host|_proxy|ssl/certs|pip\.conf", path.read_text(), re.I
    )
    assert found == []


def test_python_images_share_their_first_layer() -> None:
    python = [path for path in DOCKERFILES if (path.parent / "requirements.txt").exists()]
    assert len(python) >= 4
    assert len({stages(path)[-1].split("COPY")[0] for path in python}) == 1


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(BadInput, match="no image called reciever"):
        catalog.pick(IMAGES, {"reciever"})


def test_a_tag_that_yaml_takes_for_a_number_is_refused(tmp_path: Path) -> None:
    write_catalog(tmp_path, "- {name: mysql, tag: 10.10}")
    with pytest.raises(BadInput, match="number in quotes"):
        load(tmp_path)


def test_a_misspelt_key_is_refused(tmp_path: Path) -> None:
    write_catalog(tmp_path, "- {name: mysql, tag: v1, foldr: images/mysql}")
    with pytest.raises(BadInput, match="foldr"):
        load(tmp_path)


def test_an_image_listed_twice_is_refused(tmp_path: Path) -> None:
    write_catalog(tmp_path, "- {name: nsq, tag: v1}\n- {name: nsq, tag: v1}")
    with pytest.raises(BadInput, match="nsq:v1 more than once"):
        load(tmp_path)


def test_a_folder_without_a_catalog_says_so(tmp_path: Path) -> None:
    with pytest.raises(Missing, match=r"catalog\.yaml"):
        load(tmp_path)


def test_only_the_named_ones_are_picked() -> None:
    assert catalog.pick([Image("a", "v1"), Image("b", "v1")], {"b"}) == [Image("b", "v1")]


def write_catalog(source: Path, text: str) -> None:
    (source / "images").mkdir()
    (source / "images" / "catalog.yaml").write_text(text)
