"""What is printed never decides what is done: no letter, no closed pipe, no full disk stops the work."""

import codecs
import io
import locale
import os
import sys
from typing import TextIO

#: For terminals that know fewer letters than we use; anything else becomes a question mark.
PLAIN = {
    "✓": "ok", "✗": "!!", "…": "...", "→": "->", "←": "<-", "–": "-", "—": "-", "’": "'", "‘": "'", "“": '"',
    "”": '"', "•": "*", "×": "x", "·": "-", "─": "-", "━": "-", "│": "|", "┃": "|",
}  # fmt: skip


def be_steady() -> None:
    """Have `print` succeed from here on, whoever reads it; who has gone away misses the rest."""
    _fill_descriptors()
    codecs.register_error("kubeface", _in_plain_letters)
    sys.stdout = _steady(sys.stdout, 1)
    sys.stderr = _steady(sys.stderr, 2)


def is_of_other_letters() -> bool:
    """Whether this Python reads and writes files in a locale's own letters: ours are UTF-8."""
    return not sys.flags.utf8_mode and codecs.lookup(locale.getencoding()).name != "utf-8"


def _fill_descriptors() -> None:
    """Open what the caller has closed of the first three: the next file opened would be printed into."""
    while (descriptor := os.open(os.devnull, os.O_RDWR)) <= 2:
        os.set_inheritable(descriptor, True)
    os.close(descriptor)


def _steady(stream: TextIO | None, descriptor: int) -> TextIO:
    """A stream like this one, in which nothing fails."""
    if stream is not None:
        stream.flush()
    encoding = getattr(stream, "encoding", "utf-8")
    if (
        sys.flags.utf8_mode and "PYTHONIOENCODING" not in os.environ
    ):  # it decides for files, not for terminals
        encoding = locale.getencoding()
    raw = io.BufferedWriter(io.FileIO(descriptor, "w", closefd=False))
    return _Steady(raw, encoding=encoding, errors="kubeface", line_buffering=True)


class _Steady(io.TextIOWrapper):
    """A stream that takes everything: once a write fails, it is /dev/null, for us and for what we start."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:  # the pipe is closed, the terminal is gone, the disk is full
            self._give_up()
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            self._give_up()

    def _give_up(self) -> None:
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, self.fileno())
        os.close(nothing)
        super().flush()  # what is left of the buffer


def _in_plain_letters(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    return "".join(PLAIN.get(letter, "?") for letter in lacking), error.end
