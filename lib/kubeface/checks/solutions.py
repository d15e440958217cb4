"""A solution as code: shown folded, and run as it is shown."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping
from html import escape
from types import ModuleType
from typing import Any

from kubeface.kube import Cluster


class Solution:
    """One way to an exercise's goal.

    Args:
        name: The exercise's name.
        code: Runs in any cell in which `cluster` is the lesson's cluster.
    """

    def __init__(self, name: str, code: str) -> None:
        self.name = name
        self.code = code

    def run(self, cluster: Cluster) -> None:
        """Carry it out: exactly the text that is shown, with nothing but `cluster` at hand."""
        exec(compile(self.code, f"<solution of {self.name}>", "exec"), {"cluster": cluster})  # noqa: S102 - the course's own code

    def __repr__(self) -> str:
        return f"# One way to solve {self.name}\n{self.code}"

    def _repr_html_(self) -> str:
        summary = f"One way to solve {escape(self.name)} (unfold to see it)"
        return f"<details><summary>{summary}</summary><pre><code>{escape(self.code)}</code></pre></details>"


def code_of(deed: Callable[..., Any]) -> str:
    """The body of a function as code of its own, with the imports that it needs and without its docstring."""
    source = textwrap.dedent(inspect.getsource(deed))
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)  # noqa: S101 - getsource of a function begins with it
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    if not body:
        return "pass"
    lines = source.splitlines()[_first_line(function, body) : body[-1].end_lineno]
    used = {node.id for statement in body for node in ast.walk(statement) if isinstance(node, ast.Name)}
    known = inspect.getclosurevars(deed).globals
    imports = _imports({name: known[name] for name in sorted(used & known.keys())})
    return "\n".join([*imports, *([""] if imports else []), textwrap.dedent("\n".join(lines))])


def _first_line(function: ast.FunctionDef, body: list[ast.stmt]) -> int:
    """Where the code begins, a comment above the first statement included; counted from 0."""
    if len(body) < len(function.body):
        return int(function.body[0].end_lineno or 0)
    return max(function.lineno, *(argument.end_lineno or 0 for argument in function.args.args), 0)


def _imports(used: Mapping[str, object]) -> list[str]:
    """The lines that bring those names into a cell; a constant of the author's own file has none."""
    modules = {name: value.__name__ for name, value in used.items() if isinstance(value, ModuleType)}
    ours = [
        name for name, value in used.items() if str(getattr(value, "__module__", "")).startswith("kubeface.")
    ]
    lines = [f"import {home}" + (f" as {name}" if name != home else "") for name, home in modules.items()]
    return [*lines, *([f"from kubeface import {', '.join(ours)}"] if ours else [])]
