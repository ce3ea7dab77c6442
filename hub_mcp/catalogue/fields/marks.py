"""Marks of field types that say more than the form: an id of somebody's thing, a path, a local field."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True)
class OwnedThing:
    """Marks an id of two path segments: the owner's name, and the given name for the second one."""

    second: str


class RepoName(OwnedThing):
    """Marks a repository id, which may have a prefix or be an address."""


class CollectionSlug(OwnedThing):
    """Marks a collection's slug."""


class AccountName:
    """Marks the name of a user or an organization."""


class OwnerName(AccountName):
    """Marks an account whose things the call is about."""


class PaperId:
    """Marks an arXiv id."""


class ThingName:
    """Marks the id of a thing whose type, marked as `RepoKind`, stands beside it."""


class RevisionName:
    """Marks an existing branch, tag or commit."""


class PathInRepo:
    """Marks a path of any depth, whose slashes separate segments, in addresses too."""


class RepoKind:
    """Marks the field for the type: model, dataset or Space."""


class Local:
    """Marks a field that shapes our answer and is never sent."""


def marks_of(field: FieldInfo) -> tuple[object, ...]:
    """The marks of a field's type, also inside an optional or a list."""
    return (*field.metadata, *_marks_in(field.annotation))


@cache
def marked_in(kind: type[BaseModel], mark: type) -> tuple[str, ...]:
    """The fields of a model whose types have such a mark."""
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
    """The owners these arguments name, each with the id of the thing, or "" if only the owner is named."""
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


def values_of(part: BaseModel, *marks: type) -> Iterator[tuple[BaseModel, str]]:
    """The texts in these arguments whose types carry such a mark, each with the arguments it is one of."""
    marked = {name for mark in marks for name in marked_in(type(part), mark)}
    for name in type(part).model_fields:
        value = getattr(part, name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                yield from values_of(one, *marks)
            elif isinstance(one, str) and name in marked:
                yield part, one
