"""The fields that read an operation's arguments: strict, flat, with plain errors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import AfterValidator, AliasChoices, BaseModel, BeforeValidator, Field, ValidationError
from pydantic_core import ErrorDetails

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.fields.identifiers import read_repo_id, refuse_control, refuse_dots, refuse_no_text
from hub_mcp.catalogue.fields.vocabulary import (
    ArxivId,
    FullRepoId,
    Owner,
    Revision,
    Segment,
    Slug,
    words_list,
)
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.arguments import Argument, arguments_of, is_listing, of_route, read_rows
from hub_mcp.catalogue.operations.json_types import DEEPEST, allows_null, schema_in_words, type_of
from hub_mcp.catalogue.operations.paths import DEFAULT_REVISION, route_of, routes, types_of
from hub_mcp.catalogue.operations.pinning import Schema
from hub_mcp.catalogue.operations.table import Operation, Sends
from hub_mcp.errors import BadInput, plain

RESERVED = frozenset((*dir(Listing), *dir(Change)))
MOST_FAULTS = 5  # faults of arguments to report at once

FolderPath = Annotated[str, AfterValidator(lambda text: refuse_dots(refuse_control(text.strip("/"))))]
Line = Annotated[str, AfterValidator(refuse_control)]
BY_NAME: Mapping[str, Any] = {
    "repo_id": FullRepoId,
    "organization": Owner,
    "namespace": Owner,
    "username": Owner,
    "revision": Revision,
    "arxiv_id": ArxivId,
    "path": FolderPath,
    "compare": Line,  # two revisions, which may have slashes
}


def fields_of(operation: Operation) -> dict[str, Any]:
    """Its arguments as the fields of a pydantic model."""
    return {attribute_of(one.name): _field(operation, one) for one in arguments_of(operation).values()}


def attribute_of(name: str) -> str:
    """The attribute for an argument, whose name may be that of something every call has, such as `path`."""
    return f"{name}_" if name in RESERVED else name


def _field(operation: Operation, argument: Argument) -> Any:
    kind = type_of(argument.schema)
    if argument.place == "path" and not argument.schema.get("enum"):
        of_collection = "/collections/{slug}" in routes(operation)[0].path
        named = Slug if argument.name == "slug" and of_collection else Segment
        kind = Annotated[BY_NAME.get(argument.name, named), BeforeValidator(_number_as_text)]
    elif argument.place == "query" and _takes_list(argument.schema):
        kind = Annotated[kind, BeforeValidator(words_list)]
    elif argument.place == "whole" and operation.sends is Sends.LINES:
        kind = Annotated[kind, BeforeValidator(read_rows)]
    theirs = argument.hub_name if argument.place in ("query", "body") else argument.name
    names = [argument.name] if theirs in arguments_of(operation) else [argument.name, theirs]
    if argument.required:
        return (kind, Field(validation_alias=AliasChoices(*names)))
    return (kind, Field(default=None, validation_alias=AliasChoices(*names)))


def _number_as_text(value: Any) -> Any:
    """A path segment that people write as a number, such as that of a discussion."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _takes_list(schema: Schema) -> bool:
    return schema.get("type") == "array"


def as_people_write(operation: Operation, given: Any, hosts: Sequence[str] = ()) -> Any:
    """Arguments without meaningless nulls, and with the type from a repository's address."""
    if not is_object(given):
        return given
    refuse_no_text(given, DEEPEST)
    known = {name: one for one in arguments_of(operation).values() for name in (one.name, one.hub_name)}
    said = {
        name: value
        for name, value in given.items()
        if value is not None or (name in known and allows_null(known[name].schema))
    }
    if isinstance(raw := said.get("repo_id"), str):
        kind, said["repo_id"] = read_repo_id(raw, hosts)
        types = types_of(operation) or sorted({one.type for one in routes(operation) if one.type})
        if kind and types_of(operation):
            if said.setdefault("type", kind) != kind:
                raise ValueError(f"{raw!r} is a {kind}, but this call is about a {said['type']}")
        elif kind and kind not in types:
            raise ValueError(f"{raw!r} is a {kind}, but this call is about a {types[0]}")
    return said


def payload_of(operation: Operation, said: BaseModel) -> dict[str, Any]:
    """The arguments of a call, by the Hub's own names, wherever each is sent."""
    known = arguments_of(operation)
    given = sorted(said_by(operation, said).items(), key=lambda one: known[one[0]].place != "")
    return {known[name].hub_name: as_json(one) for name, one in given}


def said_by(operation: Operation, said: BaseModel) -> dict[str, Any]:
    """The given arguments of an operation, by our names."""
    given = said.model_fields_set
    return {
        name: getattr(said, attribute)
        for name in arguments_of(operation)
        if (attribute := attribute_of(name)) in given
    }


def as_json(value: Any) -> Any:
    """The value of an argument as JSON, with the Hub's own names inside."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if is_array(value):
        return [as_json(one) for one in value]
    return {name: as_json(one) for name, one in value.items()} if is_object(value) else value


def refuse_unfitting(operation: Operation, said: Mapping[str, Any]) -> None:
    """Check the arguments against the call's route, if types of repositories differ.

    Raises:
        ValueError: the route needs another argument, or does not have a given one.
    """
    route = route_of(operation, said)
    takes = of_route(operation, route)
    where = f"for a {route.type}" if route.type else f"by {route.service}"
    missing: list[str] = []
    for name, one in arguments_of(operation).items():
        given = said.get(name) is not None
        if given and one.place and name not in takes and said[name] != DEFAULT_REVISION:
            raise ValueError(f"`{name}` is not accepted {where}")
        if not given and name in takes and takes[name].required:
            missing.append(f"`{name}`")
    if missing:
        raise ValueError(f"{', '.join(missing)} {'is' if len(missing) == 1 else 'are'} required {where}")


def _of_kinds_said(errors: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """The errors without those of variants that the object's `type` rules out, if it matches one."""

    def parts(error: ErrorDetails) -> Iterator[tuple[int | str, ...]]:
        loc = error["loc"]
        return (loc[: n + 1] for n, one in enumerate(loc) if str(one).startswith("Part"))

    others = {part for one in errors if one["type"] == "literal_error" for part in parts(one)}
    meant = {part[:-1] for one in errors for part in parts(one) if part not in others}
    return [one for one in errors if not any(part in others and part[:-1] in meant for part in parts(one))]


def bad_arguments(operation: Operation, trouble: ValidationError, paging: bool = True) -> BadInput:
    """An error for the arguments, each by its name, with the rule it breaks."""
    known = arguments_of(operation)
    by_hub_name = {one.hub_name: one.name for one in known.values()}
    faults: dict[str, str] = {}
    for error in _of_kinds_said(trouble.errors(include_url=False)):
        top = str(error["loc"][0]) if error["loc"] else ""
        name = by_hub_name.get(top, top)
        if name in faults:
            continue
        if error["type"] == "extra_forbidden" and len(error["loc"]) == 1:
            also = ("limit", "cursor") if paging and is_listing(operation) else ()
            takes = ", ".join((*known, *also)) or "no arguments"
            faults[name] = f"there is no such argument; {operation.name} takes {takes}"
        elif error["type"] == "missing" and len(error["loc"]) == 1:
            faults[name] = "is required"
        elif error["type"] == "value_error":
            faults[name] = error["msg"].removeprefix("Value error, ")
        else:
            where = ".".join(str(part) for part in error["loc"][1:] if not str(part).startswith("Part"))
            if error["type"] == "missing":
                faults[name] = f"at {where}: is required"
                continue
            given = json.dumps(error["input"], default=str, ensure_ascii=False)[:60]
            rule = schema_in_words(known[name].schema) if name in known else error["msg"]
            faults[name] = f"{f'at {where}: ' if where else ''}must be {rule}, not {given}"
    sentences = [
        f"{plain(name, 60)}: {plain(said, 600)}" if name else plain(said, 600)
        for name, said in faults.items()
    ]
    return BadInput(
        f"{operation.name} was not called. {'; '.join(sentences[:MOST_FAULTS])}.",
        advice="Correct it and call again.",
    )
