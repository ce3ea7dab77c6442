"""Finding operations by words: BM25 over one line per operation, with its name, description and search words.

A request in another language that shares no word with the lines finds nothing.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from hub_mcp.catalogue.operations.table import Operation

SATURATION = 1.2  # how quickly repetitions of a word stop counting (k1)
LENGTH = 0.4  # how much a long line counts against it (b)
TOGETHER = 0.4  # share of a score that depends on how many of a request's words a line has
WEIGHTS = {"name": 2, "does": 2, "words": 1}  # weights of the parts of a line
MIN_TYPO = 5  # minimum letters for correcting one wrong letter
MIN_STEM = 3  # minimum letters of a stem
# Words that do not distinguish operations.
COMMON = frozenset(
    re.findall(
        r"\w+",
        """a an and any are as at be been being but by can could did do does doing don for from get
        give had has have he her hers him his how i if in into is it its just let look me mine
        my now of off on or our ours out over please shall she should show so some tell than that
        the their them then there these they this those to too up us very want was we were what when
        where which who whom whose why will with would you your hub hugging face huggingface co hf
        given specific""",
    )
)
SAME: Mapping[str, str] = {  # synonyms: what people write, and the word it counts as, on both sides
    said: word
    for word, others in {
        "repository": "repo repos inventory", "organization": "org orgs company companies organisation firm",
        "details": "info metadata information", "documentation": "docs", "pr": "prs", "folder": "dir",
        "image": "picture photo", "id": "ids", "person": "someone somebody anyone",
        "hardware": "machine machines", "delete": "throw erase drop wipe nuke destroy trash discard tear",
        "remove": "kick detach revert", "run": "launch execute", "transfer": "hand handover migrate",
        "schedule": "weekly nightly hourly periodic cron timer recurring", "webhook": "hook hooks",
        "space": "app apps demo demos", "change": "edit modify alter adjust update",
        "create": "make generate", "cancel": "abort kill terminate",
        "pause": "halt freeze suspend hold", "resume": "unpause wake revive continue",
        "restart": "reboot", "approve": "accept", "reject": "deny decline refuse",
        "spending": "spend spent cost costs bill bills billing invoice owe charges charged paying",
        "paper": "papers literature preprint publication", "variable": "env var vars",
        "organize": "reorder", "comment": "remark", "diff": "differences", "like": "likes liked heart star",
        "log": "logs output stdout", "license": "licence licensing", "limit": "cap ceiling",
        "member": "colleague colleagues teammate employee employees staff",
        "user": "account accounts", "collection": "bookmark bookmarks curated",
    }.items()
    for said in others.split()
}  # fmt: skip
# A request that begins with one of the first wants to read, and with one of the second to change something.
READING_WORDS = frozenset(
    re.findall(
        r"\w+",
        """what which who whom whose where when why how is are does did do has have was were show list see
    look find read tell search browse display download watch view count any""",
    )
)
CHANGING_WORDS = frozenset(
    re.findall(
        r"\w+",
        """add allow approve attach cancel change clear close create cut delete disable drop edit enable give
    grant hide invite kick let leave make mark merge mount move open pause pin post put rename reopen
    remove replace reply restart resume run set share shut start stop take transfer turn update upload
    write""",
    )
)
TYPES: Mapping[str, str] = {"model": "models", "dataset": "datasets", "space": "spaces"}
IN_KIND = 1.35  # an operation of the kind the request begins with counts more
_WORD = re.compile(r"[a-z0-9]+")
# Patterns that are replaced by a word.
_MEANT = (
    (re.compile(r"\b(?:arxiv[: ])?\d{4}\.\d{4,5}(?:v\d+)?\b"), " paper "),
    (re.compile(r"\b(?:'d|would|should) (?:really )?like\b"), " "),
    (re.compile(r"\b(?:not|don't|dont|no longer) like\b"), " unlike "),
    (re.compile(r"\bwho(?:'s| is| are)? (?:in|at|part of|works (?:at|for)|belongs to)\b"), " who members "),
    (re.compile(r"\bwho (?:did|has done|changed) what\b"), " audit "),
    (re.compile(r"\bun-"), "un"),
    (re.compile(r"\bno longer\b|\bn(?:o|')t\b(?=.*\bany ?more\b)"), " remove "),
    (
        re.compile(r"\b([\w-]+)\.(?:csv|gguf|ipynb|json|jsonl|md|parquet|py|safetensors|txt|ya?ml)\b"),
        r" \1 file ",
    ),
)
_VARIABLE = re.compile(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b")
_WORDS_ALONE = re.compile(r"[A-Za-z][a-z]*/[a-z]+")  # such as models/datasets
_NAMED = re.compile(r"[\w.-]+/[\w.-]+")  # a repository's name, which can contain any word
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ers", "ed", "es", "er", "ly", "s", "e")


def words_in(text: str) -> list[str]:
    """The significant words of a text, each reduced to its stem."""
    return [
        stem(SAME.get(word) or SAME.get(stem(word), word))
        for word in _WORD.findall(_plain(text))
        if word not in COMMON and (len(word) > 1 or word.isdigit())
    ]


def _plain(text: str) -> str:
    text = _VARIABLE.sub(" variable ", text).lower().replace("\u2019", "'")
    for written, meant in _MEANT:
        text = written.sub(meant, text)
    return text


def kind(request: str) -> bool | None:
    """Whether a request wants to read (True) or change (False) something; None if unclear."""
    for word in _WORD.findall(_plain(request)):
        if word in READING_WORDS:
            return True
        if SAME.get(word, word) in CHANGING_WORDS:
            return False
        if word not in COMMON:
            return None
    return None


def stem(word: str) -> str:
    """A word without its ending: `repositories`, `repository` and `repositor` are one."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= MIN_STEM:
            word = word[: -len(ending)]
            break
    if len(word) > MIN_STEM and word[-1] == word[-2]:
        word = word[:-1]  # running, stopped
    return word[:-1] if len(word) > MIN_STEM and word[-1] in "yi" else word


@dataclass(frozen=True)
class _Line:
    operation: Operation
    counts: Mapping[str, int]
    length: int


def _types_of(operation: Operation) -> frozenset[str]:
    """Words for its types of repositories, if it has several."""
    said = {part for one in operation.requests for part in one.path.split("/")}
    of = {word for word, parts in TYPES.items() if said & {parts, "{repoType}"}}
    return frozenset({*of, "repository"} if len(of) > 1 else ())


def _slip(said: str, meant: str) -> bool:
    """Whether one letter is wrong, missing, extra, or swapped with its neighbor."""
    if abs(len(said) - len(meant)) > 1 or said[0] != meant[0]:
        return False
    same = next((n for n, (a, b) in enumerate(zip(said, meant, strict=False)) if a != b), len(said))
    left, right = said[same:], meant[same:]
    swapped = left[:2] == right[1::-1] and left[2:] == right[2:]
    return swapped or left[1:] == right[1:] or left[1:] == right or left == right[1:]


class Index:
    """An index of operations, searched with people's requests."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._lines: list[_Line] = []
        for one in operations:
            parts = {"name": one.name.replace("_", " "), "does": one.does, "words": one.words}
            counts: Counter[str] = Counter()
            for part, text in parts.items():
                for word in words_in(text):
                    counts[word] += WEIGHTS[part]
            counts.update(stem(word) for word in _types_of(one) if stem(word) not in counts)
            self._lines.append(_Line(one, counts, sum(counts.values())))
        self._mean = sum(one.length for one in self._lines) / max(1, len(self._lines))
        held = Counter(word for one in self._lines for word in one.counts)
        total = len(self._lines)
        self._rarity = {word: math.log(1 + (total - n + 0.5) / (n + 0.5)) for word, n in held.items()}

    def find(self, request: str, most: int = 8) -> list[Operation]:
        """The best matching operations, best first; none if no word is known."""
        asked = dict.fromkeys(self._understood(request))
        wanted = kind(request)
        scored = [
            (self._score(line, asked) * (IN_KIND if line.operation.reads is wanted else 1), n)
            for n, line in enumerate(self._lines)
        ]
        best = sorted((one for one in scored if one[0] > 0), key=lambda one: (-one[0], one[1]))
        return [self._lines[n].operation for _, n in best[:most]]

    def _understood(self, request: str) -> list[str]:
        """The words of a request, normalized like the lines, without names of repositories and typos."""
        for name in _NAMED.findall(request):
            if not (_WORDS_ALONE.fullmatch(name.rstrip(".")) and set(words_in(name)) <= self._rarity.keys()):
                request = request.replace(name, " ")
        words = words_in(request)
        if not set(words) & self._rarity.keys():
            return words  # perhaps another language
        return [self._corrected(word) for word in words]

    def _corrected(self, word: str) -> str:
        if word in self._rarity or len(word) < MIN_TYPO:
            return word
        return next((one for one in self._rarity if len(one) >= MIN_TYPO - 1 and _slip(word, one)), word)

    def _score(self, line: _Line, asked: Iterable[str]) -> float:
        score, known, held = 0.0, 0, 0
        for word in asked:
            known += word in self._rarity
            if said := line.counts.get(word):
                spread = SATURATION * (1 - LENGTH + LENGTH * line.length / self._mean)
                score += self._rarity[word] * said * (SATURATION + 1) / (said + spread)
                held += 1
        return score * (1 - TOGETHER + TOGETHER * held / max(1, known))
