"""Strict JSON shapes, for checking files whose readers silently ignore unknown keys."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from hub_mcp.cli.assistants.jsonc import Json


@dataclass(frozen=True)
class Matching:
    """A string matching a pattern; `form` describes it in words."""

    pattern: str
    form: str

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, str) or not re.fullmatch(self.pattern, value):
            yield f"{where} must be {self.form}"


class OneOf:
    """One of these strings."""

    def __init__(self, *choices: str) -> None:
        self.choices = choices

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if value not in self.choices:
            yield f"{where} must be one of {', '.join(self.choices)}"


@dataclass(frozen=True)
class Kind:
    """A value of one of these types."""

    types: tuple[type, ...]
    form: str

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, self.types):
            yield f"{where} must be {self.form}"


@dataclass(frozen=True)
class Each:
    """A list of values of one shape."""

    inner: Judge

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where} must be a list"
            return
        for n, one in enumerate(value):
            yield from self.inner.wrong(one, f"{where}[{n}]")


@dataclass(frozen=True)
class Table:
    """An object with any keys and values of one shape."""

    inner: Judge

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where} must be an object"
            return
        for key, one in value.items():
            yield from self.inner.wrong(one, f"{where}.{key}")


@dataclass(frozen=True)
class ExactObject:
    """An object with these keys and no others."""

    needed: Mapping[str, Judge]
    allowed: Mapping[str, Judge] = field(default_factory=dict[str, "Judge"])

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        if not isinstance(value, Mapping):
            yield f"{where} must be an object"
            return
        at = f"{where}." if where != "the file" else ""
        yield from (f"{at}{key} is missing" for key in self.needed if key not in value)
        known = {**self.needed, **self.allowed}
        for key, one in value.items():
            if key in known:
                yield from known[key].wrong(one, f"{at}{key}")
            else:
                yield f"{at}{key} is not a known key"


@dataclass(frozen=True)
class Either:
    """One of several shapes; if none matches, reports the faults of the nearest."""

    choices: tuple[ExactObject, ...]

    def wrong(self, value: Json, where: str) -> Iterator[str]:
        tried = [list(shape.wrong(value, where)) for shape in self.choices]
        if all(tried):
            yield from min(tried, key=len)


Judge = Matching | OneOf | Kind | Each | Table | ExactObject | Either

TEXT = Kind((str,), "a text")
FLAG = Kind((bool,), "true or false")
NUMBER = Kind((int,), "a number")
ANYTHING = Kind((object,), "anything")
ADDRESS = Matching(r"https://[^\s/]+\.[^\s/]+(/\S*)?", "an https address")
VERSION = Matching(r"\d+\.\d+\.\d+([-+][0-9A-Za-z.+-]+)?", "a version such as 1.2.3, not a range or `latest`")


def faults(value: Json, shape: Judge) -> list[str]:
    """The faults of a parsed file, one sentence each."""
    return list(shape.wrong(value, "the file"))
