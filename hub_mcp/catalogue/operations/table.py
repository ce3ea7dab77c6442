"""The table of operations: the name, description, risk and requests of each.

Three files are written by people: `reviewed.tsv` (area, class, risk, what raises it), `words.tsv` (what it
does, and search words), `refused.tsv` (what is never called, why, and where a person does it). `pins.tsv` has
for each request the digest of its shape at review, `shapes.jsonl` the current shapes; if they differ, or one
is missing, the class is *unknown*, and nothing from the review counts.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Protocol

from hub_mcp.catalogue.operations.pinning import Shape

HINT_LENGTH = 100  # characters of search words in a tool's description
HERE = "hub_mcp.catalogue.operations"


class Standing(StrEnum):
    """How dangerous a call is."""

    FREE = "free"
    CLEANED = "free, cleaned"  # reads secrets or personal data, which are removed
    WRITE = "write"
    ASK = "ask"
    CREDENTIAL = "credential"  # its request or answer contains a secret
    UNKNOWN = "unknown"  # nobody has reviewed its current shape


class Answers(StrEnum):
    """The type of an operation's answer."""

    JSON = "json"
    TEXT = "text"
    EVENTS = "events"  # server-sent, endless
    FILE = "file"
    NOTHING = "nothing"


class Sends(StrEnum):
    """The type of an operation's body."""

    JSON = "json"
    LINES = "lines"  # one JSON object per line
    BYTES = "bytes"


@dataclass(frozen=True, eq=False)
class Request:
    """One request an operation can make, for one type of repository or one form of its path."""

    method: str
    path: str
    shape: Shape

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, eq=False)  # a table has only one of each
class Operation:
    """One of the Hub's operations, over all types of repositories.

    Attributes:
        does: what it does or returns, worded to follow an arrow.
        words: further search words.
        standing: the most dangerous a call can be.
        risk: letters for its effects, as in OPERATIONS.md: R, S, W, D, M, P, G, C.
        raised: what makes a call risky, in the language of `risks.py`.
        hides: names in its answer whose values are removed.
        keeps_back: why it is never called; "" if it can be.
        place: where on the Hub a person does it instead.
    """

    name: str
    area: str
    does: str
    words: str
    standing: Standing
    risk: str
    requests: tuple[Request, ...]
    raised: str = ""
    answers: Answers = Answers.JSON
    sends: Sends = Sends.JSON
    hides: tuple[str, ...] = ()
    keeps_back: str = ""
    place: str = ""

    @property
    def hint(self) -> str:
        """The first of its search words, for hosts that search tools themselves."""
        return textwrap.shorten(self.words, HINT_LENGTH, placeholder="")

    @property
    def reads(self) -> bool:
        """Whether no call of it changes anything, as far as known."""
        return self.standing in (Standing.FREE, Standing.CLEANED) or (
            self.standing is Standing.CREDENTIAL and not set(self.risk) & set("WDMPG")
        )


class Files(Protocol):
    """Reads the table's files."""

    def __call__(self, name: str) -> str: ...


def shipped(name: str) -> str:
    """A file of the table from the package."""
    return files(HERE).joinpath(name).read_text("utf-8")


@cache
def operations() -> Mapping[str, Operation]:
    """The shipped table, by name."""
    return read_table(shipped)


def further_words() -> Mapping[str, tuple[str, str]]:
    """The description and search words of each operation, including reads that combine several of them."""
    return words_in(shipped("words.tsv"))


def words_in(text: str) -> dict[str, tuple[str, str]]:
    """The file of search words, by name."""
    return {name: (does, more) for name, does, more in lines_in(text)}


def lines_in(text: str) -> Iterator[list[str]]:
    """The cells of a tab-separated file, whose first line has the names."""
    for line in text.splitlines()[1:]:
        yield line.split("\t")


def read_table(text_of: Files) -> dict[str, Operation]:
    """The table from its five files."""
    words = words_in(text_of("words.tsv"))
    refused = {name: (place, why) for name, place, why in lines_in(text_of("refused.tsv"))}
    pins = {request: (digest, name) for digest, name, request in lines_in(text_of("pins.tsv"))}
    made: dict[str, list[Request]] = {}
    strange: set[str] = set()  # operations with a request that nobody has reviewed
    for request, shape in _requests(text_of("shapes.jsonl")):
        digest, name = pins.pop(str(request), ("", ""))
        if not name:
            name = unreviewed_name(request.method, request.path)
        if digest != shape.digest(request.method, request.path):
            strange.add(name)
        made.setdefault(name, []).append(request)
    table: dict[str, Operation] = {}
    for name, area, standing, risk, answers, sends, hides, raised in lines_in(text_of("reviewed.tsv")):
        if requests := made.pop(name, None):
            does, more = words.get(name, ("", ""))
            place, why = refused.get(name, ("", ""))
            known = name not in strange
            table[name] = Operation(
                name, area, does or name.replace("_", " "), more,
                Standing(standing) if known else Standing.UNKNOWN,
                risk, tuple(requests), raised if known else "", Answers(answers), Sends(sends),
                tuple(hides.split()), why, place,
            )  # fmt: skip
    for name, requests in made.items():
        table[name] = Operation(
            name, "unreviewed", "not reviewed yet", "", Standing.UNKNOWN, "", tuple(requests)
        )
    return table


def _requests(text: str) -> Iterator[tuple[Request, Shape]]:
    for line in text.splitlines():
        kept = json.loads(line)
        for said in kept["requests"]:
            method, _, path = said.partition(" ")
            shape = Shape.read(path, kept)
            yield Request(method, path, shape), shape


def unreviewed_name(method: str, path: str) -> str:
    """A name for an unnamed request: its method and the words of its path."""
    words = [re.sub(r"\W+", "_", part) for part in re.split(r"/|\{\w+\}", path) if part.strip("{}-._/")]
    return "_".join([method.lower(), *(word.strip("_").lower() for word in words if word != "api")])
