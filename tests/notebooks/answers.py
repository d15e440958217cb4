"""Whether a notebook tells a prediction's answer before it asks: in a list, a heading, a sentence, a file."""

import io
import re
import tokenize
from collections.abc import Iterator
from math import ceil
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from kubeface.checks import questions

ASKS = re.compile(r'\bpredict\("([\w.-]+)"')
OFFERS = re.compile(r"^\s*(one of|put in order): .*$", re.MULTILINE)
#: Where one sentence, line of a list or paragraph ends and the next begins.
ENDS = re.compile(r"(?<=[.;:?!])\s|\n\s*\n|\n\s*- ")
#: Words that say nothing by themselves; a no, a not and a nothing do.
SMALL = re.compile(
    r"an?|the|it|its|is|are|was|be|of|and|or|to|in|that|this|at|for|on|by|as|with|from|they|such|there"
)
SHARE = 0.7  # chosen: so much of an answer, in one piece, is the answer
#: What would answer a question in other words than the answer's own.
TELLS = {
    "nb00.deleted": r"never comes back|stays in force",
    "nb01.same-name": r"same name|unique only|name twice",
    "nb01.typo": r"spel\w+ mistake that answers",
    "nb01.deleted": r"whatever is in it|everything in it",
    "nb02.chain": r"Deployment (owns|makes) a ReplicaSet|ReplicaSet makes",
    "nb02.shared": r"share one (address|network)|one address and not",
    "nb02.steps": r"scheduler (comes first|chose)|irst the scheduler",
    "nb03.layers": r"how little",
    "nb04.pod": r"outlives its Pod|go(es)? with (it|its Pod)",
    "nb04.deployment": r"outlives its Pod, and its Deployment",
    "nb04.fall": r"claim waits for the Pod|volume goes with its claim",
    "nb05.address": r"address\w* (that )?(does not stay|changes with)|addresses with them|changing Pods",
    "nb05.headless": r"stands for (every|each) ready",
    "nb05.nodeport": r"on every node|opened on the nodes|every node's address",
    "nb06.unlabel": r"come and go with",
    "nb06.cordon": r"DaemonSet (comes in|starts a Pod all the same)",
    "nb07.order": r"new Pods? (first|before an old)|old one may go once",
    "nb07.process": r"started again, and a Pod that is replaced|started again from a Pod",
    "nb07.who": r"make what is missing|makes? (those|the Pods) that are missing",
    "nb08.not-ready": r"no requests are sent|Service leaves it out|without ending it",
    "nb08.not-alive": r"container is started again",
    "nb08.impatient": r"ended before it has started|are the end",
    "nb09.away": r"taken while nobody|photos that are taken",
    "nb09.nonsense": r"comes again, for ever|everybody stops",
    "nb09.way": r"accepted.*published.*processed",
    "nb10.selector": r"that nobody reaches|does not answer",
    "nb11.drain": r"closes a node|cordon\b",
    "nb11.pending": r"Pod (that )?waits",
    "nb11.memory": r"was killed|and its end",
    "nb12.lost": r"lose no request|nobody notices|lost: counted",
    "nb12.bad": r"stops by itself|until new ones are ready|old Pods are kept",
    "nb12.recreate": r"bad choice",
    "nb13.node": r"NotReady|sign of life",
    "nb15.held": r"does not go\b",
}


def given_away(path: Path) -> list[str]:
    """Each place of the notebook that answers a later question, one sentence each."""
    seen: list[str] = []
    found: list[str] = []
    for cell in nbformat.read(path, as_version=4).cells:
        for name in ASKS.findall(cell.source) if cell.cell_type == "code" else []:
            found += [f"{name} is answered before it is asked: {one!r}" for one in seen if answers(name, one)]
        seen += said(cell)
    return found


def said(cell: NotebookNode) -> Iterator[str]:
    """The sentences of a cell that a reader meets: text, comments and words in code, what it printed."""
    texts = [cell.source] if cell.cell_type == "markdown" else _words_in_code(cell.source)
    for output in cell.get("outputs", []):
        texts.append(output.get("text") or output.get("data", {}).get("text/plain", ""))
    for text in texts:
        yield from (" ".join(one.split()) for one in ENDS.split(OFFERS.sub("", text)))


def _words_in_code(source: str) -> list[str]:
    """Comments and texts of a code cell; a magic is no Python, and is left out."""
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(source).readline))
    except (tokenize.TokenError, SyntaxError):
        return []
    return [token.string for token in tokens if token.type in (tokenize.COMMENT, tokenize.STRING)]


def answers(name: str, sentence: str) -> bool:
    """Whether the sentence answers the question of that name, in the answer's words or in other ones."""
    if name in TELLS and re.search(TELLS[name], sentence):
        return True
    return any(_holds(words(sentence), key) for key in _keys(name))


def _keys(name: str) -> list[list[str]]:
    """The parts of the right choice that say more than the question; a number or a single word is none."""
    asked = questions.find(name)
    if asked is None or asked.kind != "choice":
        return []
    parts = [words(part) for part in str(asked.expect).split(",")]
    return [part for part in parts if len(set(part) - set(words(asked.text))) > 1]


def _holds(sentence: list[str], key: list[str]) -> bool:
    """Whether most of the key is in the sentence, in one piece."""
    least = max(2, ceil(SHARE * len(key)))
    pieces = [key[start : start + least] for start in range(len(key) - least + 1)]
    runs = [sentence[start : start + least] for start in range(len(sentence) - least + 1)]
    return any(piece in runs for piece in pieces)


def words(text: str) -> list[str]:
    """The words that carry the meaning, without their endings."""
    found = re.findall(r"[a-z]+", text.lower().replace("'s", ""))
    return [re.sub(r"(?<=...)(ing|ed|es|s)$", "", word) for word in found if not SMALL.fullmatch(word)]
