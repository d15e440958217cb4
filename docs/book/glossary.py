"""The glossary's page, and the links between it and the lessons: from a word to its line, and back."""

import re
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "tests" / "notebooks"))

from lessons import Notebook, outside
from prose import BOLD, plain  # from tests/notebooks, which holds the texts to the glossary

ROW = re.compile(r"^\| \*\*(?P<word>[^|]+)\*\* \| (?P<said>.+) \| (?P<lessons>[^|]*) \|$", re.MULTILINE)


class Glossary:
    """The words of the course, and where its notebooks explain and use them.

    Args:
        file: The committed table.
        lessons: The notebooks that are searched for its words.
    """

    def __init__(self, file: Path, lessons: list[Notebook]) -> None:
        self._intro = file.read_text().partition("|")[0].partition("The last column")[0].strip()
        rows = list(ROW.finditer(file.read_text()))
        self._rows = {match["word"]: match["said"] for match in rows}
        self._by_plain = {plain(word): word for word in self._rows}
        self._lessons = lessons
        self._used = {word: self._places(word, _is_used) for word in self._rows}
        self._explained = {
            match["word"]: self._where(match["word"], match["lessons"].split(", ")) for match in rows
        }

    def link(self, prose: str) -> str:
        """A text, in which each bold word of the glossary leads there."""
        return BOLD.sub(lambda match: f"**{self._term(match[1])}**", prose)

    def _term(self, bold: str) -> str:
        word = self._by_plain.get(plain(bold))
        return f"{{term}}`{bold} <{word}>`" if word and "`" not in bold else bold

    def anchor(self, lesson: Notebook, place: int) -> str:
        """What stands before a cell to which the glossary leads back; empty for another one."""
        led_to = {
            found for places in (*self._explained.values(), *self._used.values()) for found in places.items()
        }
        return f"({lesson.anchor(place)})=\n" if (lesson.number, place) in led_to else ""

    def page(self) -> str:
        """The glossary, by letters; under each word where it is explained, and where it is used."""
        below = "Below each word are the places that explain it, and the first use in each other lesson."
        parts = [self._intro, below]
        for letter, words in groupby(sorted(self._rows, key=str.lower), lambda word: word[0].upper()):
            entries = "\n\n".join(self._entry(word) for word in words)
            parts.append(f"## {letter}\n\n:::{{glossary}}\n{entries}\n:::")
        return "\n\n".join(parts) + "\n"

    def _entry(self, word: str) -> str:
        explained = self._explained[word]
        used = {number: place for number, place in self._used[word].items() if number not in explained}
        lines = [self._rows[word], self._back("Explained in", explained), self._back("Used in", used)]
        return f"{word}\n" + "\n\n".join(f"  {line}" for line in lines if line)

    def _back(self, label: str, places: dict[str, int]) -> str:
        lessons = {one.number: one for one in self._lessons}
        links = [f"[lesson {number}](#{lessons[number].anchor(place)})" for number, place in places.items()]
        return f"{label} {', '.join(links)}." if links else ""

    def _where(self, word: str, numbers: list[str]) -> dict[str, int]:
        """The cells of these lessons that explain a word: in bold, else by their first use of it."""
        places = {**self._used[word], **self._places(word, _is_bold)}
        return {number: places[number] for number in numbers if number in places}

    def _places(self, word: str, holds: Callable[[str, str], bool]) -> dict[str, int]:
        """The first cell of each lesson whose text holds a word, by the lesson's number."""
        found: dict[str, int] = {}
        for lesson in self._lessons:
            for place, prose in lesson.prose():
                if lesson.number not in found and holds(word, prose):
                    found[lesson.number] = place
        return found


def _is_bold(word: str, prose: str) -> bool:
    return plain(word) in {plain(bold) for bold in BOLD.findall(prose)}


def _is_used(word: str, prose: str) -> bool:
    """Whether a text has the word or its plural, outside code; capitals count where the word has some."""
    kept: list[str] = []
    outside(prose, lambda part: kept.append(part) or part)  # type: ignore[func-returns-value]
    singular = plain(word) if word.islower() else word
    forms = {word, singular, f"{singular}s", f"{singular[:-1]}ies" if singular.endswith("y") else singular}
    ignore = re.IGNORECASE if word.islower() else re.NOFLAG
    return bool(re.search(rf"\b({'|'.join(map(re.escape, forms))})\b", " ".join(kept), ignore))
