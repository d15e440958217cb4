"""A cell with a part that is the learner's to write: stopped while it is open, and its answer on request."""

import json
from pathlib import Path
from typing import Any

from kubeface import notebook, places
from kubeface.checks import lesson_files, session
from kubeface.errors import KubefaceError
from kubeface.model import gaps
from kubeface.model.gaps import Gap


class NotWritten(KubefaceError):
    """A cell was run whose part for the learner is still to be written; nothing of it was carried out."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def register(shell: Any) -> None:
    """From now on, every cell that is run in this shell, and every manifest, is looked at first."""
    if begin not in shell.input_transformers_cleanup:
        shell.input_transformers_cleanup.append(begin)
    gaps.replace_with(_in_place_of)


def begin(lines: list[str]) -> list[str]:
    """The lines of a cell as they are to be run: as IPython asks of a transformer.

    A cell whose part is open is run as the record has it where nobody is there to write.

    Raises:
        NotWritten: somebody is there, and the part is still open.
    """
    gap = gaps.read("".join(lines))
    if gap is None:
        return lines
    session.current.turn = session.Turn(gap)
    if not gap.is_open:
        return lines
    answered = None if notebook.is_watched() else _in_record(gap)
    if answered is None:
        raise NotWritten(
            "A part of this cell is yours to write.",
            seen=gap.sentence,
            try_next=f"write it in the place of the {gap.mark}, then run the cell again; "
            "solution() shows one way after a try",
        )
    return answered.answered.splitlines(keepends=True)


# Somebody who only asks whether a cell is complete has not run it.
begin.has_side_effects = True  # type: ignore[attr-defined]


def answer(turn: session.Turn, *, now: bool) -> Gap | None:
    """The same task with its answer, as the course has it; None where it has none.

    Args:
        turn: What is to be written.
        now: Have it before anything is.

    Raises:
        NotWritten: somebody is there, and nothing is written yet.
    """
    gap = turn.gap if turn.file is None else gaps.read(turn.file.read_text())
    if gap and gap.is_open and not now and notebook.is_watched():
        raise NotWritten("Nothing is written yet.", seen=gap.sentence)
    if turn.file is None:
        return _in_record(turn.gap)
    file = _of_the_course(turn.file)
    return gaps.read(file.read_text()) if file else None


def _in_record(gap: Gap) -> Gap | None:
    for path in (lesson_files.source() / "notebooks").glob(f"{session.current.notebook}-*.ipynb"):
        for cell in json.loads(path.read_text())["cells"]:
            found = gaps.read("".join(cell["source"])) if cell["cell_type"] == "code" else None
            if found and found.sentence == gap.sentence:
                return found
    return None


def _in_place_of(path: Path) -> Path | None:
    """Where nobody is there to write, the course's manifest for one of a learner's folder that is open."""
    if not notebook.is_watched():
        return _of_the_course(path)
    if gap := gaps.read(path.read_text()):
        session.current.turn = session.Turn(gap, path.resolve())
    return None


def _of_the_course(path: Path) -> Path | None:
    folder, file = places.folder_here(), path.resolve()
    if folder is None or not file.is_relative_to(folder.resolve()):
        return None
    own = lesson_files.source() / file.relative_to(folder.resolve())
    return own if own.is_file() else None
