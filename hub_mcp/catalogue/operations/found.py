"""Answers of operations without a class that knows their shape: JSON, rows, text, events, or a file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from hub_mcp.catalogue.answers import (
    EMPTY,
    TEXT_LIMIT,
    WHOLE_TEXT,
    Answer,
    Record,
    as_text,
    clean,
    is_array,
    is_object,
)
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.text import quoted, word

MOST_COLUMNS = 8  # of rows without selected fields
MOST_FACTS = 6
LONGEST_FACT = 300  # characters
NAMES = ("_id", "id", "name", "slug", "title")  # what distinguishes one thing from another


@dataclass(frozen=True)
class Found(Answer):
    """A JSON answer as it came."""

    value: Any = None

    @property
    def identity(self) -> str:
        if not is_object(self.value):
            return ""
        return next((str(self.value[name]) for name in NAMES if self.value.get(name)), "")

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        value = self.value
        if is_array(value):
            return {"items": [clean(one) if is_object(one) else {"value": clean(one)} for one in value]}
        if not is_object(value):
            return {"status": "done"} if value in EMPTY else {"value": clean(value)}
        return self._chosen(value, fields, TEXT_LIMIT)

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return self._chosen(self.value, fields, WHOLE_TEXT) if is_object(self.value) else self.content(fields)

    def _chosen(self, value: dict[str, Any], fields: Sequence[str], limit: int) -> dict[str, Any]:
        """The selected fields, also parts by dotted path; all if none are selected."""
        chosen = {name: at_path(value, name) for name in fields} or value
        return {str(clean(name)): clean(one, limit) for name, one in chosen.items() if one not in EMPTY}

    def facts(self) -> tuple[str, ...]:
        if not is_object(self.value):
            return ()
        plain = {name: one for name, one in self.value.items() if not isinstance(one, (dict, list))}
        told = {name: one for name, one in plain.items() if one not in EMPTY}
        return tuple(
            f"{word(name)}: {quoted(one, LONGEST_FACT) if isinstance(one, str) else as_text(one)}"
            for name, one in list(told.items())[:MOST_FACTS]
        )


def at_path(value: Any, path: str) -> Any:
    """The value of a field, or of a part of it by dotted path; None if missing."""
    if is_object(value) and path in value:
        return value[path]
    name, _, rest = path.partition(".")
    return at_path(value.get(name), rest) if rest and is_object(value) else None


class FoundRow(Record):
    """A row of unknown shape, which shows the plain fields that the rows of its page have."""

    noun: ClassVar[str] = "row"


@cache
def row_with(shown: tuple[str, ...]) -> type[FoundRow]:
    """The class of rows that show these fields."""
    return type("FoundRow", (FoundRow,), {"shown": shown, "__module__": __name__})


def columns_of(rows: Sequence[Any]) -> tuple[str, ...]:
    """The names of plain fields in their order, those that distinguish things first."""
    names = dict.fromkeys(
        name
        for row in rows
        if is_object(row)
        for name, one in row.items()
        if one not in EMPTY and not isinstance(one, (dict, list))
    )
    first = [name for name in NAMES[1:] if name in names]
    others = [name for name in names if name not in NAMES]
    return tuple([*first, *others][:MOST_COLUMNS] or list(names)[:MOST_COLUMNS])


@dataclass(frozen=True)
class FoundText(Answer):
    """A text: Markdown, CSV, a diff between two revisions."""

    text: str

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {"text": clean(self.text, WHOLE_TEXT)}


@dataclass(frozen=True)
class FoundEvents(Answer):
    """The events of a stream while it was read.

    Attributes:
        events: the data of each, parsed if it is JSON.
        ended: whether the Hub ended the stream; otherwise it goes on, and the time was up.
        more_before: whether the Hub sent more events before these than were kept.
    """

    events: tuple[Any, ...]
    ended: bool
    more_before: bool = False

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        rows = [clean(one) if is_object(one) else {"line": clean(one)} for one in self.events]
        said: dict[str, Any] = {"items": rows}
        if self.more_before:
            said["earlier"] = "what came before these is left out"
        return said if self.ended else {**said, "goes_on": "the stream goes on; it was read for a while"}


@dataclass(frozen=True)
class FoundFile(Answer):
    """A file, or its address, unless that is signed.

    Attributes:
        size: in bytes; None if the Hub does not say.
        text: its content if that is text; body: if it is not.
    """

    is_file: ClassVar[bool] = True

    media_type: str
    size: int | None
    text: str = ""
    address: str = ""
    body: bytes = b""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        said = {"media_type": self.media_type, "size": self.size, "text": clean(self.text, WHOLE_TEXT)}
        return {name: one for name, one in {**said, "address": self.address}.items() if one not in EMPTY}


def found_events(events: Iterable[Any], headers: Mapping[str, str]) -> FoundEvents:
    """The events of an answer that was read for some time, with the headers' facts about it."""
    return FoundEvents(
        tuple(events), "x-read-for-a-while" not in headers, more_before="x-earlier-left-out" in headers
    )


def some_succeeded(response: HttpResponse) -> bool:
    """Whether the Hub accepted some rows of a body and refused others, which it reports with 422."""
    told = _json_or_text(response.body.decode("utf-8", "replace")) if response.status == 422 else None
    return is_object(told) and bool(told.get("succeeded"))


def events_in(body: bytes) -> list[Any]:
    """The data of each server-sent event; an incomplete one is left out.

    An event ends with an empty line; its `data:` lines are joined; all other fields belong to the transport.
    """
    text = body.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    found: list[Any] = []
    for block in text.split("\n\n")[:-1]:
        lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if lines:
            found.append(_json_or_text("\n".join(lines)))
    return found


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
