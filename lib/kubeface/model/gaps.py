"""The part of a cell or a manifest that is the learner's to write, marked by comments.

    # Your turn: list the nodes with their labels, as above.
    %kubectl get nodes --show-labels

In the record all of it stands there and is run. In the learner's folder `...` is in the place of what follows
the task, up to the end or a comment that begins with `# Given:`. With a comment `# Left out:` below the task,
only the words named in it are left out: `___` is in their place. The marks are comments in Python, below a
`%%kubectl`, and in YAML.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kubeface.errors import BadInput

WHOLE = "..."
BLANK = "___"
_TASK = re.compile(r"\s*# Your turn: (\S.*)")
_LEFT_OUT = re.compile(r"\s*# Left out: (.*)")
_GIVEN = re.compile(r"\s*# Given:")
_COMMENT = re.compile(r"\s*#(.*)")


@dataclass(frozen=True)
class Gap:
    """A text that has a task, taken apart by lines.

    Args:
        before: What stands above the task.
        task: The comment that says what is to be written.
        left_out: The words that are left out; without any, all of `answer` is.
        answer: What answers the task.
        after: What follows it and is given.
    """

    before: tuple[str, ...]
    task: tuple[str, ...]
    left_out: tuple[str, ...]
    answer: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The task, without its mark.

        >>> read("# Your turn: list the nodes,\\n# with their labels.\\n...").sentence
        'list the nodes, with their labels.'
        """
        first, *more = self.task
        said = [match[1] for match in (_TASK.match(first), *map(_COMMENT.match, more)) if match]
        return " ".join(one.strip() for one in said)

    @property
    def is_open(self) -> bool:
        """Whether something is still to be written."""
        written = [line for line in self.answer if line.strip() and not _COMMENT.match(line)]
        return not written or any(line.strip() == WHOLE or BLANK in line for line in written)

    @property
    def mark(self) -> str:
        """What is in the place of what is still to be written."""
        return BLANK if any(BLANK in line for line in self.answer) else WHOLE

    @property
    def answered(self) -> str:
        """The text as it is to be, without the word of what was left out."""
        return "\n".join((*self.before, *self.task, *self.answer, *self.after))

    @property
    def gapped(self) -> str:
        """The text as the learner gets it."""
        if not self.left_out:
            indent = re.match(r"\s*", self.task[0])
            answer = [f"{indent[0] if indent else ''}{WHOLE}"]
        else:
            text = "\n".join(self.answer)
            for word in self.left_out:
                text = text.replace(word, BLANK)
            answer = text.split("\n")
        return "\n".join((*self.before, *self.task, *answer, *self.after))

    @property
    def faults(self) -> list[str]:
        """What is wrong with the marks, a sentence each."""
        answer = "\n".join(self.answer)
        found = ["its task has no answer"] if self.is_open else []
        found += [
            f"leaves out `{word}`, which its answer has {answer.count(word)} times, not once"
            for word in self.left_out
            if answer.count(word) != 1
        ]
        if self.left_out and self.gapped == self.answered:
            found.append("leaves out nothing")
        marks = [line for part in (self.before, self.answer, self.after) for line in part]
        if any(_TASK.match(line) or _LEFT_OUT.match(line) for line in marks):
            found.append("has a mark where none is read: one task, and what is left out right below it")
        return found


def read(text: str) -> Gap | None:
    """The text taken apart; None where it has no task.

    >>> print(read("# Your turn: add them.\\n1 + 1\\n# Given: the next line.\\n2").gapped)
    # Your turn: add them.
    ...
    # Given: the next line.
    2
    >>> print(read("# Your turn: which kind?\\n# Left out: `nodes`\\n%kubectl get nodes").gapped)
    # Your turn: which kind?
    %kubectl get ___
    """
    lines = text.split("\n")
    begin = next((number for number, line in enumerate(lines) if _TASK.match(line)), None)
    if begin is None:
        return None
    end = begin + 1
    while end < len(lines) and _COMMENT.match(lines[end]) and not _is_mark(lines[end]):
        end += 1
    below = lines[end:]
    left_out: list[str] = []
    if below and (said := _LEFT_OUT.match(below[0])):
        left_out, below = re.findall(r"`([^`]+)`", said[1]), below[1:]
    given = next((number for number, line in enumerate(below) if _GIVEN.match(line)), len(below))
    parts = (lines[:begin], lines[begin:end], left_out, below[:given], below[given:])
    return Gap(*map(tuple, parts))


def gapped(text: str) -> str:
    """The text as a learner gets it; one without a task as it is.

    >>> gapped("1 + 1")
    '1 + 1'
    """
    gap = read(text)
    return gap.gapped if gap else text


def _nothing(path: Path) -> Path | None:
    return None


_instead: Callable[[Path], Path | None] = _nothing


def replace_with(instead: Callable[[Path], Path | None]) -> None:
    """From now on `instead` says which file is read in the place of one with an open part; None for none."""
    global _instead
    _instead = instead


def complete(path: Path) -> Path:
    """The file, if nothing in it is still to be written; else the one that stands in for it.

    Raises:
        BadInput: a part of it is still to be written, and nothing stands in for it.
    """
    gap = read(path.read_text())
    if gap is None or not gap.is_open:
        return path
    if other := _instead(path):
        return other
    raise BadInput(
        f"A part of {path.name} is yours to write.",
        seen=gap.sentence,
        try_next=f"open {path} in JupyterLab, write it in the place of the {gap.mark}, save the file, "
        "and run this cell again; solution() shows one way after a try",
    )


def _is_mark(line: str) -> bool:
    return any(mark.match(line) for mark in (_TASK, _LEFT_OUT, _GIVEN))
