"""In a notebook: `%kubectl` and `%%kubectl`, on the lesson's cluster only; `%%changes` and `%%needs`."""

import ast
import os
import re
import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from kubeface import notebook
from kubeface.checks import session, turns
from kubeface.errors import BadInput, CommandFailed, Missing
from kubeface.kube import Cluster
from kubeface.kube.arguments import is_set, own, words
from kubeface.kube.kubectl import READS_KUBECONFIG, tell
from kubeface.lesson import interrupts, lines
from kubeface.lesson.changes import changes
from kubeface.lesson.context import LessonStopped
from kubeface.lesson.lines import Names
from kubeface.lesson.needs import lacking_here
from kubeface.model import gaps

#: What was run through the magics in this kernel: when, in seconds since 1970, and the command.
TYPED: list[tuple[float, str]] = []

COMMAND_S = 300.0  # chosen: longer than the slowest `kubectl rollout status` or `wait` of the course

#: Options that choose a cluster; those that name the lesson's own are harmless.
_CHOOSES = ("--context", "--kubeconfig", "--cluster", "--server", "--proxy-url", "--kuberc")
#: `-s` is `--server`; it may follow other letters that take no value, as in `-As=…`.
_SHORT_SERVER = re.compile(r"-[Ahipqtw]*s")
#: `-t` is `--tty`, also as in `-it`; only of these commands.
_SHORT_TTY = re.compile(r"-[iq]*t[iq]*")
_MAY_HAVE_A_TERMINAL = ("exec", "attach", "run", "debug")
_UNTIL_INTERRUPTED = ("port-forward", "proxy", "edit")
_EDITORS_IN_A_TERMINAL = (
    *("vi", "vim", "vim.basic", "vim.tiny", "nvim", "view", "ex", "ed", "nano", "pico", "emacs", "mg"),
    *("micro", "joe", "jed", "ne", "mcedit", "hx", "helix", "kak", "tilde", "editor", "sensible-editor"),
)


class KubectlFailed(CommandFailed):
    """kubectl ended with an error, which it has printed, or not in time."""


class KubectlRefused(BadInput):
    """kubectl was not run: the line leads to another cluster, or needs a shell or a terminal."""


def register() -> None:
    """Register with IPython the magics, the handler of interrupts, and the look at what is to be written."""
    shell = notebook.ipython()
    if shell is not None:
        from IPython.core.magic import needs_local_scope, no_var_expand

        for kind, function in (("line", line_magic), ("cell", cell_magic)):
            # IPython would put values in before the line is taken apart, and in documents too.
            shell.register_magic_function(needs_local_scope(no_var_expand(function)), kind, "kubectl")
        shell.register_magic_function(changes_magic, "cell", "changes")
        shell.register_magic_function(needs_magic, "cell", "needs")
        interrupts.register(shell)
        turns.register(shell)


def line_magic(line: str, local_ns: Names | None = None) -> None:
    """`%kubectl get pods`: as in a terminal; `{python}` and `$name` are replaced by their values.

    Values are put in when the line has been taken apart, so that one with a space or a quote in it stays one
    argument. Names that are no variables, JSONPath, templates and `$` in single quotes stay as written: see
    `kubeface.lesson.lines`. `%kubectl` alone prints kubectl's help. It ends after 5 minutes, but for
    `port-forward`, `proxy` and `edit`, which go on until they are interrupted.

    Args:
        line: What follows the word.
        local_ns: The variables of the function that the line stands in; IPython gives them.

    Raises:
        KubectlFailed: it ended with an error, or not in time.
        KubectlRefused: the line leads to another cluster, or needs a shell or a terminal.
        LessonStopped: there is no cluster, or no kubectl.
    """
    with _errors_shown():
        names = _names(local_ns)
        _kubectl(_arguments([word for one in lines.commands(line, names) for word in one], names))


def cell_magic(line: str, cell: str, local_ns: Names | None = None) -> None:
    r"""`%%kubectl`: a command a line, each printed before what it says, until one fails.

    Empty lines and comments are passed over, a line that ends in `\` or within quotes goes on in the next,
    and the word kubectl in front may be left out. Values are put in as by `%kubectl`.

    With arguments of its own, `%%kubectl apply -f -`, it is one command that reads the cell as it is written,
    with every `$` and `{`; only a cell that is one `{python}` and nothing else is read as its value.

    Args:
        line: What follows the word.
        cell: The lines below.
        local_ns: As for `line_magic`.

    Raises:
        KubectlFailed: one ended with an error, or not in time; those after it have not been run.
        KubectlRefused: a line leads to another cluster, or needs a shell or a terminal.
        LessonStopped: there is no cluster, or no kubectl.
    """
    with _errors_shown():
        names = _names(local_ns)
        if first := [word for one in lines.commands(line, names) for word in one]:
            _kubectl(_arguments(first, names), stdin=lines.document(cell, names))
            return
        for command in list(lines.commands(cell, names)):  # all of them can be taken apart, or none is run
            arguments = _arguments(command, names)
            print(f"$ kubectl {shlex.join(arguments)}", flush=True)
            _kubectl(arguments)


def changes_magic(line: str, cell: str) -> Any:
    """`%%changes`: run the cell, and show what it led to; options as of `changes`: `%%changes timeout_s=60`.

    Returns:
        What the cell ends in.
    """
    shell = notebook.ipython()
    with changes(**shell.ev(f"dict({line})")):
        return _run(shell, cell)


def needs_magic(line: str, cell: str) -> Any:
    """`%%needs 3 nodes`, `own cluster`, `package nsq`: run the cell where that is there, else say what lacks.

    Returns:
        What the cell ends in.
    """
    if missing := lacking_here(line):
        print(f"Left out: {missing}.")
        return None
    return _run(notebook.ipython(), cell)


def refuse_elsewhere(arguments: list[str], cluster: Cluster) -> None:
    """Stop before kubectl is told to speak to another cluster, or to change the kubeconfig.

    Raises:
        KubectlRefused: the arguments lead elsewhere.
    """
    mine = own(arguments)
    for one, after in pairwise([*mine, ""]):
        name, equals, value = one.partition("=")
        if _SHORT_SERVER.match(one) or (name in _CHOOSES and not _is_ours(name, value or after, cluster)):
            said = one if equals or not after else f"{one} {after}"
            raise KubectlRefused(
                f"{said} may lead to another cluster; this kubectl speaks to {cluster.context} only.",
                try_next="the same without it",
            )
    match words(mine):
        case ["config", verb, *_] if verb not in READS_KUBECONFIG:
            raise KubectlRefused(
                f"kubectl config {verb} changes the kubeconfig, which this kubectl leaves as it is.",
                try_next="config view",
            )


def refuse_a_terminal(arguments: list[str]) -> None:
    """Stop before kubectl asks for a terminal, or opens an editor that needs one: a cell is none.

    Raises:
        KubectlRefused: it would; what to do instead is in `try_next`.
    """
    command = words(arguments)
    typed = shlex.join(["kubectl", *arguments])
    if command[:1] and command[0] in _MAY_HAVE_A_TERMINAL and _wants_a_terminal(arguments):
        raise KubectlRefused(
            f"kubectl {command[0]} --tty needs a terminal, and a cell is none.",
            try_next=f"the same without --tty (-t), if nobody has to type; or in a terminal: {typed}",
        )
    is_edit = command[:1] == ["edit"] or command[:2] == ["apply", "edit-last-applied"]
    if is_edit or (command[:1] == ["create"] and is_set(arguments, "--edit")):
        editor = os.environ.get("KUBE_EDITOR") or os.environ.get("EDITOR") or "vi"
        program = Path((editor.split() or ["vi"])[0]).name
        if program in _EDITORS_IN_A_TERMINAL:
            raise KubectlRefused(
                f"kubectl {command[0]} would open {program}, which needs a terminal, and a cell is none.",
                try_next=f"in a terminal: {typed}\n"
                "or here, `%kubectl patch`; or an editor with a window: %env KUBE_EDITOR=code --wait",
            )


def _kubectl(arguments: list[str], *, stdin: str = "") -> None:
    cluster = session.cluster()
    refuse_elsewhere(arguments, cluster)
    refuse_a_terminal(arguments)
    TYPED.append((time.time(), shlex.join(["kubectl", *arguments])))
    limit = None if set(words(arguments)[:1]) & set(_UNTIL_INTERRUPTED) else COMMAND_S
    told = [_complete(one) for one in _without_kubeconfig(arguments)]
    tell(told, cluster=cluster, stdin=stdin, timeout_s=limit)


@contextmanager
def _errors_shown() -> Iterator[None]:
    """Errors, as a notebook is to show them."""
    try:
        yield
    except KubectlRefused:
        raise
    except lines.Unclear as cause:
        raise KubectlRefused(cause.what, seen=cause.seen, try_next=cause.try_next) from cause
    except CommandFailed as failure:
        raise KubectlFailed(failure.what) from failure
    except (BadInput, Missing) as cause:
        raise LessonStopped(cause.what, seen=cause.seen, try_next=cause.try_next) from cause


def _wants_a_terminal(arguments: list[str]) -> bool:
    return is_set(arguments, "--tty") or any(_SHORT_TTY.fullmatch(one) for one in own(arguments))


def _without_kubeconfig(arguments: list[str]) -> list[str]:
    """The arguments without `--kubeconfig`: it is the lesson's own, which kubectl is given in any case."""
    mine = own(arguments)
    kept = [
        one
        for before, one in pairwise(["", *mine])
        if "--kubeconfig" not in (before, one) and not one.startswith("--kubeconfig=")
    ]
    return kept + arguments[len(mine) :]


def _is_ours(option: str, value: str, cluster: Cluster) -> bool:
    if option == "--context":
        return value == cluster.context
    return option == "--kubeconfig" and Path(value).expanduser() == cluster.kubeconfig


def _arguments(command: list[lines.Word], names: Names) -> list[str]:
    """A command's arguments, with the values put in; without the word kubectl."""
    arguments = [lines.put_in(word, names) for word in command]
    return arguments[1:] if arguments[:1] == ["kubectl"] else arguments


def _complete(argument: str) -> str:
    """An argument; one that is a manifest, once nothing in it is still to be written."""
    path = Path(argument)
    is_manifest = path.suffix == ".yaml" and path.is_file()
    return str(gaps.complete(path)) if is_manifest else argument


def _names(local_ns: Names | None) -> Names:
    """What the notebook's names stand for, and those of the function that a line stands in."""
    shell = notebook.ipython()
    return {**(shell.user_ns if shell is not None else {}), **(local_ns or {})}


def _run(shell: Any, cell: str) -> Any:
    """What a cell ends in, now that it was run."""
    name = shell.compile.cache(cell)  # so that a traceback shows the cell's lines
    tree = ast.parse(shell.transform_cell(cell), name)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, name, "exec"), shell.user_ns)  # noqa: S102  # it is the learner's own cell
    if isinstance(last, ast.Expr):
        return eval(compile(ast.Expression(last.value), name, "eval"), shell.user_ns)  # noqa: S307
    return None
