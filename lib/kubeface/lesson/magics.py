"""In a notebook: `%kubectl` and `%%kubectl`, on the lesson's cluster only; `%%changes` and `%%needs`."""

import ast
import re
import shlex
import sys
from pathlib import Path
from typing import Any

from kubeface.checks import session
from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.kube import Cluster
from kubeface.kube.kubectl import tell
from kubeface.lesson.changes import changes
from kubeface.lesson.context import LessonStopped
from kubeface.lesson.needs import lacking_here

COMMAND_S = 300.0  # chosen: longer than the slowest `kubectl rollout status` or `wait` of the course

#: Options that choose a cluster; those that name the lesson's own are harmless.
_CHOOSES = ("--context", "--kubeconfig", "--cluster", "--server", "--proxy-url", "--kuberc")
#: `-s` is `--server`; it may follow other letters that take no value, as in `-As=…`.
_SHORT_SERVER = re.compile(r"-[Ahipqtw]*s")
_READS_KUBECONFIG = ("current-context", "get-clusters", "get-contexts", "get-users", "view")
_OF_A_SHELL = ("|", "||", "&", "&&", ";", ">", ">>", "<")


class KubectlFailed(CommandFailed):
    """kubectl ended with an error, which it has printed, or not in time."""


class KubectlRefused(BadInput):
    """kubectl was not run: the line leads to another cluster, or is meant for a shell."""


def register() -> None:
    """From now on IPython knows the magics; outside IPython, nothing."""
    shell = _shell()
    if shell is not None:
        shell.register_magic_function(line_magic, "line", "kubectl")
        shell.register_magic_function(cell_magic, "cell", "kubectl")
        shell.register_magic_function(changes_magic, "cell", "changes")
        shell.register_magic_function(needs_magic, "cell", "needs")


def line_magic(line: str) -> None:
    """`%kubectl get pods`: as in a terminal; `{python}` is replaced by its value, as in every line magic.

    Raises:
        KubectlFailed: it ended with an error, or not in time.
        KubectlRefused: the line leads to another cluster.
        LessonStopped: there is no cluster, or no kubectl.
    """
    _kubectl(_split(line))


def cell_magic(line: str, cell: str) -> None:
    r"""`%%kubectl`: a command a line, each printed before what it says, until one fails.

    Empty lines and comments are passed over, a line that ends in `\\` goes on in the next, and the word
    kubectl in front may be left out. With arguments of its own, `%%kubectl apply -f -`, it is one command
    that reads the cell.

    Raises:
        KubectlFailed: one ended with an error, or not in time; those after it have not been run.
        KubectlRefused: a line leads to another cluster.
        LessonStopped: there is no cluster, or no kubectl.
    """
    if line.strip():
        _kubectl(_split(line), stdin=_expanded(cell))
        return
    for command in _commands(cell):
        arguments = _split(_expanded(command))
        print(f"$ kubectl {shlex.join(arguments)}", flush=True)
        _kubectl(arguments)


def changes_magic(line: str, cell: str) -> Any:
    """`%%changes`: run the cell, and show what it led to; options as of `changes`: `%%changes timeout_s=60`.

    Returns:
        What the cell ends in.
    """
    shell = _shell()
    with changes(**shell.ev(f"dict({line})")):
        return _run(shell, cell)


def needs_magic(line: str, cell: str) -> Any:
    """`%%needs 3 nodes`, `%%needs own cluster`: run the cell where that is there, else say what lacks.

    Returns:
        What the cell ends in.
    """
    if missing := lacking_here(line):
        print(f"Left out: {missing}.")
        return None
    return _run(_shell(), cell)


def refuse_elsewhere(arguments: list[str], cluster: Cluster) -> None:
    """Stop before kubectl is told to speak to another cluster, or to change the kubeconfig.

    Raises:
        KubectlRefused: the arguments lead elsewhere, or are meant for a shell.
    """
    mine = arguments[: arguments.index("--")] if "--" in arguments else arguments  # the rest runs in a Pod
    for one, after in zip(mine, [*mine[1:], ""], strict=True):
        if one in _OF_A_SHELL:
            raise KubectlRefused(
                f"{one} is a word of the shell, and no shell reads this line.",
                try_next="Python, with what `cluster.list(…)` or `cluster.get(…)` gives",
            )
        name, equals, value = one.partition("=")
        if _SHORT_SERVER.match(one) or (name in _CHOOSES and not _is_ours(name, value or after, cluster)):
            said = one if equals or not after else f"{one} {after}"
            raise KubectlRefused(
                f"{said} may lead to another cluster; this kubectl speaks to {cluster.context} only.",
                try_next="the same without it",
            )
    match _words(mine):
        case ["config", verb, *_] if verb not in _READS_KUBECONFIG:
            raise KubectlRefused(
                f"kubectl config {verb} changes the kubeconfig, which this kubectl leaves as it is.",
                try_next="config view",
            )


def _kubectl(arguments: list[str], *, stdin: str = "") -> None:
    try:
        cluster = session.cluster()
        refuse_elsewhere(arguments, cluster)
        tell(arguments, cluster=cluster, stdin=stdin, timeout_s=COMMAND_S)
    except KubectlRefused:
        raise
    except CommandFailed as failure:
        raise KubectlFailed(failure.what) from failure
    except (BadInput, Missing) as cause:
        raise LessonStopped(cause.what, seen=cause.seen, try_next=cause.try_next) from cause


def _is_ours(option: str, value: str, cluster: Cluster) -> bool:
    if option == "--context":
        return value == cluster.context
    return option == "--kubeconfig" and Path(value).expanduser() == cluster.kubeconfig


def _words(arguments: list[str]) -> list[str]:
    """The arguments without options and their values: the verb first, as far as one can tell."""
    befores = ["", *arguments]
    valued = [one == "-n" or (one.startswith("--") and "=" not in one) for one in befores]
    return [one for one, is_value in zip(arguments, valued, strict=False) if one[:1] != "-" and not is_value]


def _split(line: str) -> list[str]:
    """A line as a shell takes it apart; without the word kubectl, and without a comment."""
    try:
        words = shlex.split(line)
    except ValueError as odd:
        raise KubectlRefused(f"This line cannot be taken apart: {line}", seen=str(odd)) from odd
    end = words.index("#") if "#" in words else None
    return words[1:end] if words[:1] == ["kubectl"] else words[:end]


def _commands(cell: str) -> list[str]:
    lines = re.sub(r"\\\n", " ", cell).splitlines()
    return [line for line in lines if line.strip() and not line.lstrip().startswith("#")]


def _expanded(text: str) -> str:
    """`{python}` and `$python` replaced by their values, as IPython does in a line magic."""
    shell = _shell()
    return text if shell is None else str(shell.var_expand(text))


def _run(shell: Any, cell: str) -> Any:
    """What a cell ends in, now that it was run."""
    name = shell.compile.cache(cell)  # so that a traceback shows the cell's lines
    tree = ast.parse(shell.transform_cell(cell), name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), shell.user_ns)  # noqa: S102  # it is the learner's own cell
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), name, "eval"), shell.user_ns)  # noqa: S307
    return None


def _shell() -> Any:
    """The IPython that runs this, or None; it is not imported for that."""
    ipython = sys.modules.get("IPython")
    return ipython.get_ipython() if ipython else None
