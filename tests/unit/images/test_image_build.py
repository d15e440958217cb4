"""Real builds by buildah, small ones."""

import itertools
import re
from pathlib import Path

import pytest
from workshop import CATALOG, GREETER, Workshop

from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.images import base, build_all
from kubeface.images.build import host_settings
from kubeface.images.storage import Storage


def test_an_image_is_what_its_dockerfile_says(workshop: Workshop) -> None:
    built = workshop.build()
    assert workshop.inside(built["greeter"], "/said") == "hello"
    assert [bool(re.match(r"Built greeter:v1 in \d+ s", line)) for line in workshop.said].count(True) == 1


def test_nothing_changed_is_nothing_done(workshop: Workshop) -> None:
    first = workshop.build()
    second = workshop.build()
    assert workshop.said == []
    assert [built.is_new for built in second.values()] == [False, False]
    assert {name: built.id for name, built in first.items()} == {
        name: built.id for name, built in second.items()
    }


def test_only_what_changed_is_built(workshop: Workshop) -> None:
    before = workshop.build()
    workshop.write("images/greeter/words/hello", "good morning")
    after = workshop.build()
    assert [name for name, built in after.items() if built.is_new] == ["greeter"]
    assert workshop.inside(after["greeter"], "/said") == "good morning"
    assert workshop.inside(before["greeter"], "/said") == "hello"


def test_two_tags_of_one_folder_differ_by_their_arguments(workshop: Workshop) -> None:
    workshop.write("images/greeter/Dockerfile", GREETER + "ARG VERSION=v1\nRUN echo -n $VERSION > /version\n")
    second = "- {name: greeter, tag: v2, folder: images/greeter, args: {VERSION: v2}}\n"
    workshop.write("images/catalog.yaml", CATALOG + second)
    every = build_all(cache=workshop.cache, source=workshop.source, binaries={}, say=print)
    versions = {
        one.image.ref: workshop.inside(one, "/version") for one in every if one.image.name == "greeter"
    }
    assert versions == {"greeter:v1": "v1", "greeter:v2": "v2"}


def test_an_argument_reaches_a_run_step_before_anything_else() -> None:
    """Else buildah's layer cache takes two images that differ by it for the same one."""
    for dockerfile in Path(__file__).parents[3].glob("images/*/Dockerfile"):
        steps = [line for line in dockerfile.read_text().splitlines() if re.match("[A-Z]+ ", line)]
        for step, after in itertools.pairwise(steps):
            if step.startswith("ARG "):
                name = re.split("[ =]", step)[1]
                assert re.match(rf"RUN .*\${name}", after), f"{dockerfile}: {step}"


def test_only_what_is_asked_for_is_built(workshop: Workshop) -> None:
    assert list(workshop.build(only={"pause"})) == ["pause"]
    with pytest.raises(BadInput, match="no image called greter"):
        workshop.build(only={"greter"})


def test_an_image_that_someone_removed_is_built_again(workshop: Workshop) -> None:
    built = workshop.build()
    Storage(workshop.cache).buildah("rmi", "--force", built["greeter"].id, what="Removing the image")
    assert [name for name, one in workshop.build().items() if one.is_new] == ["greeter"]


def test_a_lost_record_costs_a_rebuild_and_no_more(workshop: Workshop) -> None:
    before = workshop.build()
    (workshop.cache / "images.json").write_text("{ cut off")
    assert workshop.build()["pause"].id == before["pause"].id


def test_the_same_program_gives_the_same_image(workshop: Workshop, tmp_path: Path) -> None:
    first = workshop.build(only={"pause"})["pause"]
    again = Workshop(workshop.source, tmp_path / "cache")
    again.cache.joinpath("images.json").unlink()
    Storage(again.cache).buildah("rmi", "--all", "--force", what="Removing all images")
    second = again.build(only={"pause"})["pause"]
    assert second.is_new
    assert second.id == first.id


def test_a_failed_build_shows_its_last_words_and_leaves_nothing(workshop: Workshop) -> None:
    workshop.write("images/greeter/Dockerfile", GREETER + "RUN echo the reason; test -e /nowhere\n")
    with pytest.raises(CommandFailed) as failure:
        workshop.build(only={"greeter"})
    assert "the reason" in failure.value.seen
    assert Path(failure.value.try_next.split(": ")[1]).is_file()
    workshop.write("images/greeter/Dockerfile", GREETER)
    assert workshop.build()["greeter"].is_new
    assert Storage(workshop.cache).buildah("containers", "--quiet", what="Listing containers") == ""


def test_a_build_never_pulls(workshop: Workshop) -> None:
    workshop.write("images/greeter/Dockerfile", "FROM registry.invalid/nobody/nothing:v1\n")
    with pytest.raises(CommandFailed, match="Building the image greeter:v1 failed"):
        workshop.build(only={"greeter"})


def test_what_the_host_lends_is_there_in_the_build_and_not_in_the_image(
    workshop: Workshop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf = tmp_path / "pip.conf"
    conf.write_text("[global]\ntimeout = 7\n")
    monkeypatch.setenv("PIP_CONFIG_FILE", str(conf))
    more = "RUN cat /etc/pip.conf > /seen && ls /etc/ssl/certs > /certificates\n"
    workshop.write("images/greeter/Dockerfile", GREETER + more)
    built = workshop.build()["greeter"]
    assert workshop.inside(built, "/seen") == conf.read_text()
    assert "ca-certificates.crt" in (workshop.inside(built, "/certificates") or "")
    assert not workshop.inside(built, "/etc/pip.conf")
    assert workshop.inside(built, "/etc/ssl/certs/ca-certificates.crt") is None


def test_what_the_host_lends_is_read_only() -> None:
    assert all(option.endswith(":ro") for option in host_settings())


def test_a_missing_dockerfile_and_an_image_without_recipe_are_named(workshop: Workshop) -> None:
    workshop.write("images/catalog.yaml", CATALOG + "- {name: stray, tag: v1, folder: images/stray}\n")
    with pytest.raises(Missing, match="The image stray has no"):
        workshop.build()
    workshop.write("images/catalog.yaml", CATALOG + "- {name: stray, tag: v1}\n")
    with pytest.raises(BadInput, match="The image stray has neither"):
        workshop.build()


def test_a_program_that_needs_libraries_is_refused(workshop: Workshop) -> None:
    with pytest.raises(Missing, match="needs shared libraries"):
        workshop.build(binaries={"catatonit": Path("/bin/ls").resolve()})


def test_a_new_base_recipe_changes_every_image_with_a_folder(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.build()
    old = base.archive(Storage(workshop.cache))
    monkeypatch.setattr(base, "EPOCH", base.EPOCH + 1)
    old.rename(base.archive(Storage(workshop.cache)))
    assert {name: one.is_new for name, one in workshop.build().items()} == {"greeter": True, "pause": False}


def test_an_interrupted_build_is_tidied_up(workshop: Workshop) -> None:
    workshop.build()
    storage = Storage(workshop.cache)
    storage.buildah(
        "from", "--pull-never", base.NAME, what="Leaving a container behind, as a killed build does"
    )
    workshop.write("images/greeter/words/hello", "again")
    workshop.build()
    assert storage.buildah("containers", "--quiet", what="Listing containers") == ""
