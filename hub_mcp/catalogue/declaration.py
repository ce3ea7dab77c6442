"""Checks of an endpoint's declaration, run when its class is created."""

from __future__ import annotations

import re
from typing import get_args

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.http import Line, fields_in, required_in

ONE_AREA = {  # folders whose tools all have one area; in others each file is an area, or `in_area` names it
    "access": "access_requests", "collections": "collections", "discussions": "discussions", "jobs": "jobs",
    "groups": "resource_groups", "space_runtime": "space_runtime", "webhooks": "webhooks",
}  # fmt: skip


def area_of(module: str) -> str:
    """The area of the tools in a module."""
    folder, _, file = module.rpartition(".")
    return ONE_AREA.get(folder.rpartition(".")[2], file)


def type_arguments(cls: type[BaseModel], generic: type) -> tuple[type[Answer], ...]:
    """The type arguments of the nearest base that has any, as in `Endpoint[Done]`.

    Raises:
        TypeError: there are none.
    """
    for base in cls.__mro__:
        metadata = getattr(base, "__pydantic_generic_metadata__", None)
        if metadata and issubclass(base, generic) and metadata["args"]:
            arguments = tuple(metadata["args"])
            if all(isinstance(one, type) and issubclass(one, Answer) for one in arguments):
                return arguments
    raise TypeError(f"{cls.__name__}: say what it answers, as in {generic.__name__}[Done]")


def declaration_faults(cls: type[BaseModel], line: Line) -> list[str]:
    """The mismatches between an endpoint's fields and its path, each as the end of a sentence."""
    found: list[str] = []
    if not line.path.startswith("/"):
        found.append(f"the path {line.path!r} must start with a slash")
    for name in fields_in(line.path):
        if name not in cls.model_fields:
            found.append(f"the path names {name!r}, which is not one of its fields")
        elif cls.model_fields[name].annotation is str and not cls.model_fields[name].metadata:
            found.append(
                f"{name!r} is in the path, so its type must say what may stand there; see vocabulary.py"
            )
    for name in required_in(line.path):
        field = cls.model_fields.get(name)
        if field and not field.is_required() and field.default is None:
            found.append(f"{name!r} is in the path, so it must be required (or the part in [brackets])")
    return [*found, *filter(None, (_field_fault(name, field) for name, field in cls.model_fields.items()))]


def _field_fault(name: str, field: FieldInfo) -> str | None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        return f"the field {name!r} must be in snake_case"
    kinds = [one for one in get_args(field.annotation) if one is not type(None)]
    if type(None) in get_args(field.annotation) and len(kinds) > 1:
        return f"the field {name!r} has more than one type; a portable schema has none of those"
    if field.is_required() and type(None) in get_args(field.annotation):
        return f"the field {name!r} allows null, so it needs the default None"
    return None
