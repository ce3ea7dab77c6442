"""What a field's type says beside its form: an id of somebody's thing, a path, or ours alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class OwnedThing:
    """Marks an id of two path segments: an owner's name, and what the second one is called in addresses."""

    second: str


class RepoName(OwnedThing):
    """Marks a repository id: addresses and prefixes are understood in it."""


class OwnerName:
    """Marks an account whose things the call is about."""


class PathInRepo:
    """Marks a path of any depth; its slashes part segments, in addresses too."""


class RepoKind:
    """Marks the field that says whether it is a model, a dataset or a Space."""


class Local:
    """Marks a field that shapes our answer and is never sent."""


def marks_of(field: FieldInfo) -> tuple[object, ...]:
    """What a field's type says of it, also where it is optional or a list."""
    return (*field.metadata, *_marks_in(field.annotation))


@cache
def marked_in(kind: type[BaseModel], mark: type) -> tuple[str, ...]:
    """The fields of a model whose types carry such a mark."""
    return tuple(
        name
        for name, field in kind.model_fields.items()
        if any(isinstance(one, mark) or one is mark for one in marks_of(field))
    )


def _marks_in(annotation: object) -> Iterator[object]:
    inside = get_args(annotation)
    if get_origin(annotation) is Annotated:
        yield from inside[1:]
        inside = inside[:1]
    for one in inside:
        yield from _marks_in(one)


def owned_in(part: BaseModel) -> Iterator[tuple[str, str]]:
    """Whose things these arguments name, each with the thing's id; "" where only the owner is named."""
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        marks = marks_of(field)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from owned_in(one)
            elif isinstance(one, str) and any(isinstance(mark, OwnerName) for mark in marks):
                yield one, ""
            elif isinstance(one, str) and any(isinstance(mark, OwnedThing) for mark in marks):
                yield one.rpartition("/")[0], one
