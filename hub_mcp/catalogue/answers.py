"""The Hub's answers, typed and lean: an answer knows its fields and which of them are shown by default.

Names are the Hub's own (`lastModified`, `pipeline_tag`), so that output, the `fields` argument and the Hub's
documentation use the same words. Unknown fields never break anything and can be selected; a known field of
an unexpected type is kept as it came.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeGuard, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from hub_mcp.catalogue.bounds import cut_text
from hub_mcp.catalogue.sentences import is_sentence
from hub_mcp.errors import UnexpectedAnswer, plain
from hub_mcp.text import quoted, visible

BEFORE_DATES = "2022-03-02T23:29:04.000Z"  # api.md: the date of everything from before dates were recorded
TEXT_LIMIT = 4_000  # characters of one text in an answer
WHOLE_TEXT = 262_144  # characters of a text that can be read in parts
SHORT = 1_000  # characters of one text on a line
KEY_LIMIT = 200  # characters of a key in one of the Hub's objects
DEEPEST = 30  # levels of nesting in an answer; the Hub's own have about ten
EMPTY: tuple[Any, ...] = (None, "", [], {}, ())


def clean(value: Any, limit: int = TEXT_LIMIT, depth: int = DEEPEST) -> Any:
    """The Hub's JSON without control, bidirectional and invisible characters; text and nesting bounded."""
    if isinstance(value, str):
        if len(value) <= limit and value.isascii() and value.isprintable():
            return value  # a quick path: most texts are plain
        near = value[: 2 * limit]  # a text of megabytes is not processed to its end
        text = visible(near)
        if len(text) <= limit and len(near) == len(value):
            return text
        beyond = f"… ({len(value) - len(near):,} more characters)" if len(near) < len(value) else ""
        return cut_text(text + beyond, limit)
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)  # not valid in JSON
    if depth == 0 and isinstance(value, (Mapping, list, tuple)):
        return "…"
    if isinstance(value, Mapping):
        return {plain(str(key), KEY_LIMIT): clean(one, limit, depth - 1) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [clean(one, limit, depth - 1) for one in value]
    return value


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    """Whether a piece of JSON is an object."""
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    """Whether a piece of JSON is an array."""
    return isinstance(value, list)


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects in a JSON array; empty if it is not an array."""
    return [one for one in value if is_object(one)] if is_array(value) else []


class Answer:
    """Any answer of an endpoint."""

    verbatim: ClassVar[str] = ""  # the field with a multi-line text, shown last and verbatim
    is_file: ClassVar[bool] = False  # whether it is a file, or the address of one

    @classmethod
    def of(cls, value: Any) -> Self:
        """Read the Hub's JSON.

        Raises:
            UnexpectedAnswer: it is not of the documented shape.
        """
        raise UnexpectedAnswer(f"{cls.__name__} cannot be read from JSON.")

    @property
    def identity(self) -> str:
        """The Hub's own id of the thing; "" if it has none."""
        return ""

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        """What is shown of it, as JSON: the important and the requested fields, nothing empty."""
        return {}

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        """The same with long lists and texts complete, for reading part by part."""
        return self.content(fields)

    def facts(self) -> tuple[str, ...]:
        """What a person should know before it is changed or lost, one short line per fact."""
        return ()

    def dependents(self) -> tuple[str, ...]:
        """Who or what refers to it, one short line per item."""
        return ()

    def standing(self) -> tuple[object, ...]:
        """The facts that must still hold when it is changed; numbers by their order of magnitude."""
        return ()


class Record(BaseModel, Answer):
    """An answer that is a JSON object."""

    model_config = ConfigDict(extra="allow", frozen=True, defer_build=True, populate_by_name=True)

    shown: ClassVar[tuple[str, ...]] = ()  # the Hub's names of the fields shown by default, in this order
    noun: ClassVar[str] = "object"
    named_by: ClassVar[tuple[str, ...]] = ("_id", "id")  # the Hub's names of its id, the first that it has

    @classmethod
    def of(cls, value: Any) -> Self:
        if not isinstance(value, dict):
            raise UnexpectedAnswer(f"The Hub answered {_kind(value)} where one {cls.noun} was expected.")
        try:
            return cls.model_validate(value)
        except ValidationError as trouble:
            odd = {str(error["loc"][0]) for error in trouble.errors() if error["loc"]}
        kept = {key: one for key, one in value.items() if key not in odd}
        try:
            read = cls.model_validate(kept)
        except ValidationError as trouble:
            missing = ", ".join(str(error["loc"][0]) for error in trouble.errors() if error["loc"])
            raise UnexpectedAnswer(
                f"The Hub's answer is not a valid {cls.noun}: {missing} is missing or malformed."
            ) from trouble
        if read.__pydantic_extra__ is not None:
            read.__pydantic_extra__.update({f"{key}": value[key] for key in odd})
        return read

    def field(self, name: str) -> Any:
        """The value of a field by the Hub's name for it; None if it is missing."""
        extra = self.__pydantic_extra__
        if extra and name in extra:
            return extra[name]
        attribute = _attributes(type(self)).get(name)
        value = self.__dict__[attribute] if attribute else None
        return value.model_dump(by_alias=True, exclude_none=True) if isinstance(value, BaseModel) else value

    def at(self, path: str) -> Any:
        """The value of a field, or of a part of it by dotted path (`runtime.stage`); None if missing."""
        value = self.field(path)
        if value is not None or "." not in path:
            return value  # some of the Hub's names have dots themselves
        name, *parts = path.split(".")
        value = self.field(name)
        for part in parts:
            value = value.get(part) if isinstance(value, dict) else None
        return value

    @property
    def identity(self) -> str:
        return str(next(filter(None, map(self.field, self.named_by)), ""))

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return self.picked((*self.shown, *fields))

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {**self.content(fields), **self.picked((*self.shown, *fields), WHOLE_TEXT)}

    def picked(self, columns: Sequence[str], limit: int = TEXT_LIMIT) -> dict[str, Any]:
        """These fields, or parts of them by dotted path, without empty ones; texts cut to `limit`."""
        return {
            name: clean(value, limit)
            for name in columns
            if (value := _plain_json(self.at(name))) not in EMPTY
        }


@cache
def _attributes(kind: type[Record]) -> dict[str, str]:
    """The attribute for each field of a record, by its own name and by the Hub's."""
    fields = kind.model_fields.items()
    return {name: attribute for attribute, info in fields for name in (attribute, info.alias) if name}


@dataclass(frozen=True)
class Done(Answer):
    """The Hub made the change and returned nothing else."""

    said: str = "done"

    @classmethod
    def of(cls, value: Any) -> Self:
        return cls()

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {"status": self.said}


R = TypeVar("R", bound=Answer)


@dataclass(frozen=True)
class Page(Answer, Generic[R]):
    """Some rows of a listing, and a cursor for the next ones.

    Attributes:
        items: the rows, in the Hub's order.
        next_cursor: our opaque cursor for what follows; "" at the end.
        left_out: rows of the Hub that did not have the expected shape.
        looked_at: rows read from the Hub, if some were filtered out.
        cursors: the cursor after each row, so that a page can be cut after any of them.
        near: existing owners with similar names, if there are no rows because there is no such owner.
    """

    items: tuple[R, ...] = ()
    next_cursor: str = ""
    cursors: tuple[str, ...] = ()
    left_out: int = 0
    looked_at: int = 0
    near: tuple[str, ...] = ()

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        rows = [row.content(fields) for row in self.items]
        return {"items": rows, "next_cursor": self.next_cursor} if self.next_cursor else {"items": rows}

    def dependents(self) -> tuple[str, ...]:
        if not self.items:
            return ()
        names = ", ".join(
            quoted(str(row.content().get("slug") or row.identity), 80) for row in self.items[:3]
        )
        more = " and more" if self.next_cursor or len(self.items) > 3 else ""
        return (f"refers to it: {names}{more}",)

    def cut(self, rows: int) -> Self:
        """The first `rows` rows; the cursor leads to the rest."""
        if rows >= len(self.items):
            return self
        return replace(
            self,
            items=self.items[:rows],
            next_cursor=self.cursors[rows - 1] if rows else "",
            cursors=self.cursors[:rows],
        )


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a string", type(None): "nothing", bool: "a boolean"}
    return names.get(type(value), "a number")


def _plain_json(value: Any) -> Any:
    if isinstance(value, (str, int, float)):
        return value
    if isinstance(value, BaseModel):
        return value.model_dump(by_alias=True, exclude_none=True)
    if isinstance(value, (list, tuple)):
        return [_plain_json(one) for one in value]
    return value


def day(moment: str | None) -> str:
    """The day of an ISO moment; the Hub's sentinel in words, and "" for anything else."""
    if moment == BEFORE_DATES:
        return "before dates were recorded"
    return moment[:10] if isinstance(moment, str) and _DAY.match(moment) else ""


def size(count: float | None) -> str:
    """Bytes in decimal units, as the Hub shows them."""
    if count is None:
        return ""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if abs(count) < 1000:
            return counted(round(count), "byte") if unit == "bytes" else f"{count:,.1f} {unit}"
        count /= 1000
    return f"{count:,.1f} PB"


def magnitude(number: int | None) -> int:
    """How many digits a number has; 0 for zero, -1 if the number is unknown."""
    return -1 if number is None else len(str(number)) if number else 0


def counted(number: int, thing: str) -> str:
    """A count with its noun, such as "3 models"."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


# What the Hub counts in bytes, or in seconds, under names that do not say so.
SIZES = frozenset({"size", "storage", "usedStorage", "estimatedStorage", "mainSize", "pointerSize"})
SECONDS = frozenset({"timeout", "gcTimeout"})


def as_text(value: Any, limit: int = SHORT, name: str = "") -> str:
    """A value on one line, in readable form.

    Args:
        limit: characters per text in it.
        name: the Hub's name for it; a sentence in place of a name is quoted, and a size gets a unit.
    """
    if isinstance(value, str):
        if is_sentence(name, value):
            return quoted(value, limit)
        return day(value) if _MOMENT.fullmatch(value) else cut_text(plain(value, 2 * TEXT_LIMIT), limit)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return size(value) if name.rpartition(".")[2] in SIZES else f"{value:,}{' s' * (name in SECONDS)}"
    if isinstance(value, float):
        return f"{value:,.4g}"
    if isinstance(value, Mapping):
        return ", ".join(
            f"{plain(str(key), KEY_LIMIT)} {as_text(one, limit, str(key))}"
            for key, one in value.items()
            if one not in EMPTY
        )
    if isinstance(value, Iterable):
        return ", ".join(
            f"({as_text(one, limit)})" if isinstance(one, Mapping) else as_text(one, limit, name)
            for one in value
        )
    return ""


_DAY = re.compile(r"\d{4}-\d\d-\d\d(T|$)", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?")
