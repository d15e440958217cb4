"""Images read and made over the HTTP API of a real registry on loopback."""

import gzip
import io
import tarfile

import pytest
from test_image_push import Registry, registry

from kubeface.errors import ApiError, NotReady
from kubeface.images import Images
from kubeface.images.remote import Step

__all__ = ["registry"]  # a fixture


@pytest.fixture
def images(registry: Registry) -> Images:
    assert registry.ca
    return Images(registry.address, registry.ca.read_text())


def test_an_image_is_its_base_and_one_more_layer(images):
    base = images.make("base", "v1", files={"a": "first"}, command=["a"])
    made = images.make("made", "v1", base=base, files={"b": "second"}, command=["b"])
    assert made.layers[:-1] == base.layers
    assert made.settings == {"Cmd": ["b"]}
    assert made.steps == [
        Step("COPY a /", True),
        Step('CMD ["a"]', False),
        Step("COPY b /", True),
        Step('CMD ["b"]', False),
    ]


def test_a_layer_holds_the_files(images):
    made = images.make("made", "v1", files={"a.txt": "hello\n"}, command=["cat"])
    packed = images._ask("GET", f"/v2/made/blobs/{made.layers[0].digest}")
    with tarfile.open(fileobj=io.BytesIO(gzip.decompress(packed.content))) as archive:
        file = archive.extractfile("a.txt")
        assert file
        assert file.read() == b"hello\n"


def test_the_same_image_has_the_same_digest_and_another_one_another(images):
    first, again = (images.make("made", "v1", files={"a": "x"}, command=["a"]) for _ in range(2))
    other = images.make("made", "v1", files={"a": "y"}, command=["a"])
    assert first.digest == again.digest != other.digest
    assert images.get("made", "v1").digest == other.digest
    assert images.get("made", first.digest).layers == first.layers


def test_names_and_tags_are_listed(images):
    for tag in ("v2", "v1"):
        images.make("made", tag, files={"a": tag}, command=["a"])
    assert images.names() == ["made"]
    assert images.tags("made") == ["v1", "v2"]
    assert images.tags("nobody") == []


def test_an_unknown_image_is_told_of_in_the_registrys_words(images):
    with pytest.raises(ApiError, match="manifest unknown"):
        images.get("made", "v9")


def test_a_registry_that_is_away_is_named(images):
    images.address = "127.0.0.1:1"
    with pytest.raises(NotReady, match=r"No registry answers at 127\.0\.0\.1:1"):
        images.names()
