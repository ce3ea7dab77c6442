"""Continuing an answer about one thing after it was cut: a cursor names the part and the position in it.

    items:200                     the items of a collection, from the 201st on
    cardData.dataset_info:30      a part of the card, after its first thirty entries
    description:4000              a text, after its first 4,000 characters

The Hub has no such pages: the same thing is requested again, and the part is shown from there on.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Generic, Self, TypeVar
from urllib.parse import quote, unquote

from pydantic import AfterValidator

from hub_mcp.catalogue.answers import Answer, is_array
from hub_mcp.catalogue.bounds import Cut
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.errors import BadInput

LONGEST = 2_000  # characters of a cursor
_CURSOR = re.compile(r"([!-9;-~]*):([0-9]{1,9})")


@dataclass(frozen=True)
class PartPlace:
    """A part of an answer, from a given entry or character on."""

    path: tuple[str, ...]
    start: int

    @classmethod
    def read(cls, cursor: str) -> Self:
        match = _CURSOR.fullmatch(cursor) if len(cursor) <= LONGEST else None
        if not match:
            raise ValueError("`cursor` must be one that an answer of this very call gave, unchanged")
        return cls(tuple(unquote(one) for one in match[1].split(".")), int(match[2]))

    def __str__(self) -> str:
        return f"{'.'.join(quote(one, safe='').replace('.', '%2E') for one in self.path)}:{self.start}"

    @property
    def name(self) -> str:
        return ".".join(self.path)


def _cursor(text: str) -> str:
    PartPlace.read(text)
    return text


PartCursor = Annotated[str, AfterValidator(_cursor)]
A = TypeVar("A", bound=Answer, covariant=True)


RARELY_CUT = frozenset({"cursor"})  # not in the schema: the answer that needs it mentions it


class Lookup(Endpoint[A], Generic[A]):
    """A call that reads one thing; a cursor continues where its answer was cut."""

    cursor: Annotated[PartCursor | None, Local] = None


@dataclass(frozen=True)
class Rest:
    """The rest of a part of an answer.

    Attributes:
        place: where it begins.
        value: the entries or characters from there on.
        of: how many the part has in all.
    """

    place: PartPlace
    value: Any
    of: int

    @classmethod
    def behind(cls, cursor: str, whole: Mapping[str, Any]) -> Self:
        """The rest of a complete answer after a cursor.

        Raises:
            BadInput: the answer has no such part.
        """
        place = PartPlace.read(cursor)
        part: Any = whole
        for name in place.path:
            if isinstance(part, Mapping) and name in part:
                part = part[name]
            elif is_array(part) and name.isdecimal() and int(name) < len(part):
                part = part[int(name)]
            else:
                raise BadInput(
                    f"There is no {place.name} in this answer.",
                    advice="Call again with the arguments that gave the cursor, or without it.",
                )
        if isinstance(part, Mapping):
            return cls(place, dict(islice(part.items(), place.start, None)), len(part))
        if is_array(part) or isinstance(part, str):
            return cls(place, part[place.start :], len(part))
        return cls(place, "", 0)

    def cut_as(self, cut: Cut) -> Cut:
        """A cut of this rest, expressed as a cut of the whole answer."""
        inside = cut.path[1:]
        if not inside:
            return Cut(self.place.path, cut.shown + self.place.start, self.of, cut.is_text)
        first, *deeper = inside
        if is_array(self.value):
            first = str(int(first) + self.place.start)
        return Cut((*self.place.path, first, *deeper), cut.shown, cut.of, cut.is_text)


def going_on(cut: Cut) -> str:
    """The cursor for what a cut left out."""
    return str(PartPlace(cut.path, cut.shown))
