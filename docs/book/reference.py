"""The reference of the public names, from their docstrings: a page for each room that has some."""

import inspect
from importlib import import_module

import kubeface


def pages() -> dict[str, str]:
    """Every page, by its file; `reference/index.md` lists all names with what each gives."""
    rooms: dict[str, list[str]] = {}
    for name in kubeface.__all__:
        rooms.setdefault(kubeface._HOMES[name].split(".")[1], []).append(name)
    return {
        "reference/index.md": _index(rooms),
        **{f"reference/{room}.md": _page(room, names) for room, names in sorted(rooms.items())},
    }


def _index(rooms: dict[str, list[str]]) -> str:
    rows = [
        f"| {{py:obj}}`~kubeface.{name}` | {_first_line(getattr(kubeface, name))} | [{room}]({room}.md) |"
        for room, names in sorted(rooms.items())
        for name in names
    ]
    tree = "\n".join(sorted(rooms))
    return (
        "# Public names\n\nAll that a notebook imports: `from kubeface import Lesson, wait`. Whatever is\n"
        "not listed may change from one version to the next.\n\n"
        "| name | what it gives | room |\n|---|---|---|\n"
        + "\n".join(sorted(rows, key=str.lower))
        + f"\n\n```{{toctree}}\n:hidden:\n\n{tree}\n```\n"
    )


def _page(room: str, names: list[str]) -> str:
    blocks = [f"# kubeface.{room}", _first_line(import_module(f"kubeface.{room}"))]
    for name in names:
        kind = "autoclass" if inspect.isclass(getattr(kubeface, name)) else "autofunction"
        members = "\n   :members:\n   :member-order: bysource" if kind == "autoclass" else ""
        blocks.append(f"## {name}\n\n```{{eval-rst}}\n.. {kind}:: kubeface.{name}{members}\n```")
    return "\n\n".join(blocks) + "\n"


def _first_line(thing: object) -> str:
    """The sentence with which a docstring begins, of one line or of two."""
    return " ".join((inspect.getdoc(thing) or "").split("\n\n")[0].split())
