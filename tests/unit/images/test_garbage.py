"""Old images go from the registry and the build storage; what is of the catalog, or somebody's own, stays."""

import hashlib
import json
from pathlib import Path

import pytest
from workshop import CATALOG, Workshop

from kubeface import places
from kubeface.errors import KubefaceError
from kubeface.images import garbage
from kubeface.images.storage import Storage
from kubeface.local.toolchain import Toolchain

REPOSITORIES = Path("registry/docker/registry/v2/repositories")


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache whose registry holds one image of the catalog, an old one, a replaced one, and a person's."""
    source = tmp_path / "source"
    (source / "images").mkdir(parents=True)
    (source / "images" / "catalog.yaml").write_text('- {name: mine, tag: "2"}\n')
    for number, tag in enumerate(("1", "2", "own")):
        _push(tmp_path, "mine", tag, f"layer of {tag}".encode() * 1000, number)
    _push(tmp_path, "mine", "2", b"a newer layer" * 1000, 9)  # the tag moves; what it was has no tag now
    storage = Storage(tmp_path)
    storage.remember("mine:1", image="a")
    storage.remember("mine:2", image="b")
    monkeypatch.setattr(Storage, "tidy", lambda storage: None)
    return tmp_path


def test_the_registry_keeps_what_has_a_tag_that_is_wanted_or_a_person_s(cache: Path) -> None:
    _, freed = garbage.collect(cache=cache, source=cache / "source", registry_program=_program(), say=print)
    tags = cache / REPOSITORIES / "mine/_manifests/tags"
    assert sorted(path.name for path in tags.iterdir()) == ["2", "own"]
    kept = [path.read_bytes() for path in (cache / "registry").rglob("data")]
    layers = {one[:10] for one in kept if b"layer" in one[:20]}
    assert layers == {b"layer of o", b"a newer la"}
    assert freed > 0
    assert set(Storage(cache).recall()) == {"mine:2"}


def test_a_second_collection_finds_nothing(cache: Path) -> None:
    garbage.collect(cache=cache, source=cache / "source", registry_program=_program(), say=print)
    said = garbage.collect(cache=cache, source=cache / "source", registry_program=_program(), say=print)
    assert said == (0, 0)


def test_no_registry_yet_is_fine(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "images" / "catalog.yaml").write_text("[]\n")
    done = garbage.collect(cache=tmp_path, source=tmp_path, registry_program=Path("/none"), say=print)
    assert done == (0, 0)


def test_the_build_storage_keeps_what_the_catalog_is_made_of(workshop: Workshop) -> None:
    workshop.build()
    workshop.write("images/greeter/words/hello", "good morning")  # the image of before has no name now
    workshop.build()
    workshop.write("images/catalog.yaml", CATALOG.replace("tag: v1, folder", "tag: v2, folder"))
    now = workshop.build()
    storage = Storage(workshop.cache)
    before = {name for names in storage.images().values() for name in names}
    assert {"localhost/greeter:v1", "localhost/greeter:v2"} < before
    layers, _ = garbage.collect(
        cache=workshop.cache, source=workshop.source, registry_program=Path("/none"), say=print
    )
    after = {name for names in storage.images().values() for name in names}
    assert before - after == {"localhost/greeter:v1"}
    assert layers > 0
    assert workshop.inside(now["greeter"], "/said") == "good morning"
    workshop.build()
    assert workshop.said == []  # nothing that is needed has gone


def _program() -> Path:
    try:
        return Toolchain(places.cache()).program("registry", "registry")
    except KubefaceError:
        pytest.fail("this test runs the real registry: kubeface setup builds it")


def _push(cache: Path, name: str, tag: str, layer: bytes, number: int) -> None:
    """What the registry's files are after a push of an image of one layer."""
    config = json.dumps({"architecture": "amd64", "os": "linux", "number": number}).encode()
    types = "application/vnd.oci.image"
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{types}.manifest.v1+json",
        "config": _described(f"{types}.config.v1+json", config),
        "layers": [_described(f"{types}.layer.v1.tar", layer)],
    }
    body = json.dumps(manifest).encode()
    repository = cache / REPOSITORIES / name
    for blob in (config, layer, body):
        digest = hashlib.sha256(blob).hexdigest()
        data = cache / "registry/docker/registry/v2/blobs/sha256" / digest[:2] / digest / "data"
        data.parent.mkdir(parents=True, exist_ok=True)
        data.write_bytes(blob)
        if blob is not body:
            _link(repository / "_layers" / "sha256" / digest, digest)
    digest = hashlib.sha256(body).hexdigest()
    _link(repository / "_manifests" / "revisions" / "sha256" / digest, digest)
    _link(repository / "_manifests" / "tags" / tag / "current", digest)
    _link(repository / "_manifests" / "tags" / tag / "index" / "sha256" / digest, digest)


def _link(folder: Path, digest: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "link").write_text(f"sha256:{digest}")


def _described(kind: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{hashlib.sha256(blob).hexdigest()}", "size": len(blob)}
