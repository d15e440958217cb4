"""The list of images, as images/catalog.yaml has it."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

from kubeface.errors import BadInput, Missing


@dataclass(frozen=True)
class Image:
    """One image.

    Args:
        name: Its repository in the registry: "receiver".
        tag: Its version: "v1.0".
        folder: Where its Dockerfile is, relative to the course's source; None for the cluster's own images.
        args: What the Dockerfile's ARG instructions are given: (("VERSION", "v1.1"),).
    """

    name: str
    tag: str
    folder: Path | None = None
    args: tuple[tuple[str, str], ...] = ()

    @property
    def ref(self) -> str:
        """Name and tag: "receiver:v1.0"."""
        return f"{self.name}:{self.tag}"


def load(source: Path) -> tuple[Image, ...]:
    """All images of the course's source, in the order of its catalog.

    Raises:
        Missing: there is no catalog below `source`.
        BadInput: an entry is not understood.
    """
    path = source / "images" / "catalog.yaml"
    try:
        entries = yaml.safe_load(path.read_text())
    except FileNotFoundError as error:
        raise Missing(
            f"There is no {path}.", try_next="install kubeface again, or check the project out again"
        ) from error
    images = tuple(_image(entry, path) for entry in entries)
    refs = [image.ref for image in images]
    if repeated := {ref for ref in refs if refs.count(ref) > 1}:
        raise BadInput(f"{path} lists {', '.join(sorted(repeated))} more than once.")
    return images


def pick(images: Iterable[Image], only: set[str] | None) -> list[Image]:
    """The images whose name is in `only`, or all when it is None. Raises `BadInput` for an unknown name."""
    listed = list(images)
    names = {image.name for image in listed}
    if unknown := (only or set()) - names:
        raise BadInput(
            f"There is no image called {', '.join(sorted(unknown))}.",
            seen=f"images: {', '.join(sorted(names))}",
        )
    return [image for image in listed if only is None or image.name in only]


def _image(entry: object, path: Path) -> Image:
    match entry:
        case {"name": str(name), "tag": str(tag), "folder": str(folder), "args": dict(args), **rest} if (
            not rest
        ):
            return Image(name, tag, Path(folder), tuple(sorted((str(k), str(v)) for k, v in args.items())))
        case {"name": str(name), "tag": str(tag), "folder": str(folder), **rest} if not rest:
            return Image(name, tag, Path(folder))
        case {"name": str(name), "tag": str(tag), **rest} if not rest:
            return Image(name, tag)
    raise BadInput(
        f"{path}: an image has a name, a tag (a number in quotes), maybe a folder and args, not {entry}."
    )
