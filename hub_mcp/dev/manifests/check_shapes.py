"""Strict shapes of JSON, for judging files whose readers silently ignore what they do not know."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub_mcp.cli.assistants.jsonc import Json


@dataclass(frozen=True)
class Matching:
    """A text of this form; `told` says the form in words."""

    pattern: str
    form: str

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if not isinstance(said, str) or not re.fullmatch(self.pattern, said):
            yield f"{where} must be {self.form}"


class OneOf:
    """One of these texts."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if said not in self.choices:
            yield f"{where} must be one of {', '.join(self.choices)}"


@dataclass(frozen=True)
class Kind:
    """A value of one of these types."""

    types: tuple[type, ...]
    form: str

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if not isinstance(said, self.types):
            yield f"{where} must be {self.form}"


@dataclass(frozen=True)
class Each:
    """A list of such."""

    inner: Judge

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if not isinstance(said, list):
            yield f"{where} must be a list"
            return
        for n, one in enumerate(said):
            yield from self.inner.wrong(one, f"{where}[{n}]")


@dataclass(frozen=True)
class Table:
    """An object with any keys and such values."""

    inner: Judge

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if not isinstance(said, Mapping):
            yield f"{where} must be an object"
            return
        for key, one in said.items():
            yield from self.inner.wrong(one, f"{where}.{key}")


@dataclass(frozen=True)
class ExactObject:
    """An object with these keys and no others."""

    needed: Mapping[str, Judge]
    allowed: Mapping[str, Judge] = field(default_factory=dict[str, "Judge"])

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        if not isinstance(said, Mapping):
            yield f"{where} must be an object"
            return
        at = f"{where}." if where != "the file" else ""
        yield from (f"{at}{key} is missing" for key in self.needed if key not in said)
        known = {**self.needed, **self.allowed}
        for key, one in said.items():
            if key in known:
                yield from known[key].wrong(one, f"{at}{key}")
            else:
                yield f"{at}{key} is not a key anybody reads"


@dataclass(frozen=True)
class Either:
    """One of several shapes; where none fits, what the nearest misses."""

    choices: tuple[ExactObject, ...]

    def wrong(self, said: Json, where: str) -> Iterator[str]:
        tried = [list(shape.wrong(said, where)) for shape in self.choices]
        if all(tried):
            yield from min(tried, key=len)


Judge = Matching | OneOf | Kind | Each | Table | ExactObject | Either

TEXT = Kind((str,), "a text")
FLAG = Kind((bool,), "true or false")
NUMBER = Kind((int,), "a number")
ANYTHING = Kind((object,), "anything")
ADDRESS = Matching(r"https://[^\s/]+\.[^\s/]+(/\S*)?", "an https address")
VERSION = Matching(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?", "a version such as 1.2.3, not a range or `latest`")


def faults(said: Json, shape: Judge) -> list[str]:
    """What is wrong with a parsed file, a sentence each."""
    return list(shape.wrong(said, "the file"))
