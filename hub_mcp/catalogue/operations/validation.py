"""The model that reads an operation's arguments: JSON Schema as pydantic types, strict, with plain errors."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache, reduce
from operator import or_
from types import GenericAlias
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    create_model,
    model_validator,
)

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.operations.arguments import Argument, arguments_of, is_listing, of_route
from hub_mcp.catalogue.operations.paths import route_of, routes, types_of
from hub_mcp.catalogue.operations.pinning import Schema
from hub_mcp.catalogue.operations.table import Operation
from hub_mcp.catalogue.vocabulary import (
    ArxivId,
    FullRepoId,
    Owner,
    Revision,
    Segment,
    Slug,
    read_repo_id,
    refuse_control,
    refuse_dots,
    refuse_no_text,
    words_list,
)
from hub_mcp.errors import BadInput, plain

DEEPEST = 12  # levels of a schema; the document's own go to seven
MOST_CHOICES = 30  # that a refusal lists
KINDS = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "null": "null",
}
MOST_FAULTS = 5  # of arguments that are told at once

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
    "compare": Line,  # two revisions, and those have slashes
}


def fields_of(operation: Operation) -> dict[str, Any]:
    """Its arguments as the fields of a pydantic model."""
    return {one.name: _field(operation, one) for one in arguments_of(operation).values()}


def _field(operation: Operation, argument: Argument) -> Any:
    kind = type_of(argument.schema)
    if argument.place == "path" and not argument.schema.get("enum"):
        named = Slug if argument.name == "slug" and operation.area == "collections" else Segment
        kind = Annotated[BY_NAME.get(argument.name, named), BeforeValidator(_number_as_text)]
    elif argument.place == "query" and _takes_list(argument.schema):
        kind = Annotated[kind, BeforeValidator(words_list)]
    theirs = argument.wire if argument.place in ("query", "body") else argument.name
    alias = None if theirs in arguments_of(operation) else theirs  # its own name, or that of another argument
    if argument.required:
        return (kind, Field(alias=alias))
    return (kind, Field(None, alias=alias))


def _number_as_text(value: Any) -> Any:
    """A part of a path that people write as a number, such as that of a discussion."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


def allows_null(schema: Schema) -> bool:
    """Whether null is a value of its own here, and not the absence of one."""
    kinds = schema.get("type")
    return (
        kinds == "null"
        or (is_array(kinds) and "null" in kinds)
        or None in schema.get("enum", ())
        or ("const" in schema and schema["const"] is None)
        or any(allows_null(one) for one in (*schema.get("anyOf", ()), *schema.get("oneOf", ())))
    )


def _takes_list(schema: Schema) -> bool:
    return schema.get("type") == "array"


def type_of(schema: Schema, depth: int = DEEPEST) -> Any:
    """A JSON Schema as a type that pydantic reads."""
    if depth == 0 or not schema:
        return Any
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        return Literal[tuple(choices)]
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        return reduce(or_, (_for_union(type_of(one, depth - 1)) for one in parts))
    if parts := schema.get("allOf"):
        return _object(_merged((schema, *parts)), depth)
    kind = schema.get("type")
    if is_array(kind):
        return reduce(or_, (_for_union(type_of({**schema, "type": one}, depth - 1)) for one in kind))
    if kind == "null":
        return type(None)
    if kind == "boolean":
        return bool
    if kind in ("integer", "number"):
        return _bounded(int if kind == "integer" else float, schema)
    if kind == "string":
        return _text(schema)
    if kind == "array":
        within = GenericAlias(list, (type_of(schema.get("items", {}), depth - 1),))
        return Annotated[within, Field(min_length=schema.get("minItems"), max_length=schema.get("maxItems"))]
    if kind == "object" or "properties" in schema:
        return _object(schema, depth)
    return Any


def _for_union(kind: Any) -> Any:
    return object if kind is Any else kind


def _bounded(kind: type, schema: Schema) -> Any:
    safe = 2**53 - 1  # what the document says where it means no bound
    least, most = schema.get("minimum"), schema.get("maximum")
    return Annotated[
        kind,
        Field(
            ge=None if least in (None, -safe) else least,
            le=None if most in (None, safe) else most,
            gt=schema.get("exclusiveMinimum"),
            lt=schema.get("exclusiveMaximum"),
        ),
    ]


def _text(schema: Schema) -> Any:
    checks: list[Any] = [Field(min_length=schema.get("minLength"), max_length=schema.get("maxLength"))]
    if pattern := schema.get("pattern"):
        checks.append(AfterValidator(_Matches(pattern)))
    return Annotated[(str, *checks)]


class _Matches:
    """Holds a text against a pattern of the document's."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern

    def __call__(self, text: str) -> str:
        try:
            fits = re.search(self._pattern, text) is not None
        except re.error:
            return text  # not of a form that Python reads; the Hub checks it
        if not fits:
            raise ValueError(f"it must match {plain(self._pattern, 80)}")
        return text


def _merged(parts: Sequence[Schema]) -> Schema:
    properties: dict[str, Any] = {}
    needed: list[str] = []
    for one in parts:
        properties |= one.get("properties", {})
        needed += one.get("required", ())
    return {"type": "object", "properties": properties, "required": needed}


def _object(schema: Schema, depth: int) -> Any:
    properties = schema.get("properties")
    rest = schema.get("additionalProperties")
    if not properties:
        return GenericAlias(dict, (str, type_of(rest, depth - 1) if isinstance(rest, Mapping) else Any))
    fields: dict[str, Any] = {}
    for n, (name, one) in enumerate(properties.items()):
        kind = type_of(one, depth - 1)
        fields[f"field_{n}"] = (
            (kind, Field(alias=name))
            if name in schema.get("required", ())
            else (kind, Field(None, alias=name))
        )
    config = ConfigDict(frozen=True, extra="allow" if isinstance(rest, Mapping) or rest is True else "forbid")
    return create_model("Part", __config__=config, **fields)


class Arguments(BaseModel):
    """The arguments of an operation, read; what a route of it does not take is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    operation: ClassVar[Operation]

    @model_validator(mode="before")
    @classmethod
    def _as_people_write(cls, given: Any, info: ValidationInfo) -> Any:
        return as_people_write(cls.operation, given, (info.context or {}).get("hosts", ()))

    @model_validator(mode="after")
    def _fits_its_route(self) -> Self:
        refuse_unfitting(self.operation, {name: getattr(self, name) for name in type(self).model_fields})
        return self


@cache
def model_of(operation: Operation) -> type[Arguments]:
    """The model that reads its arguments, made at the first call."""
    made = create_model(operation.name, __base__=Arguments, **fields_of(operation))
    made.operation = operation
    return made


def as_people_write(operation: Operation, given: Any, hosts: Sequence[str] = ()) -> Any:
    """Arguments with absences for nulls that mean nothing, and the type that a repository's address tells."""
    if not is_object(given):
        return given
    refuse_no_text(given, DEEPEST)
    known = {name: one for one in arguments_of(operation).values() for name in (one.name, one.wire)}
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


def wire_of(operation: Operation, said: BaseModel) -> dict[str, Any]:
    """What a call says, by the Hub's own names, whatever place each travels in."""
    given = said.model_fields_set
    return {
        one.wire: _as_json(getattr(said, one.name))
        for one in arguments_of(operation).values()
        if one.name in given
    }


def _as_json(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json", by_alias=True, exclude_unset=True)
    if is_array(value):
        return [_as_json(one) for one in value]
    return {name: _as_json(one) for name, one in value.items()} if is_object(value) else value


def refuse_unfitting(operation: Operation, said: Mapping[str, Any]) -> None:
    """Hold what is said against the route it takes, where types of repositories differ.

    Raises:
        ValueError: the route lacks something, or takes less.
    """
    route = route_of(operation, said)
    takes = of_route(operation, route)
    for name, one in arguments_of(operation).items():
        given = said.get(name) is not None
        if given and one.place and name not in takes:
            raise ValueError(f"`{name}` is not taken for a {route.type or route.service}")
        if not given and name in takes and takes[name].required:
            raise ValueError(f"`{name}` is required for a {route.type or route.service}")


def told_faults(operation: Operation, trouble: ValidationError, paging: bool = True) -> BadInput:
    """What was wrong with the arguments, each by its name, with the rule it breaks."""
    known = arguments_of(operation)
    by_wire = {one.wire: one.name for one in known.values()}
    faults: dict[str, str] = {}
    for error in trouble.errors(include_url=False):
        top = str(error["loc"][0]) if error["loc"] else ""
        name = by_wire.get(top, top)
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
            given = json.dumps(error["input"], default=str, ensure_ascii=False)[:60]
            rule = told_schema(known[name].schema) if name in known else error["msg"]
            faults[name] = f"{f'at {where}: ' if where else ''}must be {rule}, not {given}"
    told = [
        f"{plain(name, 60)}: {plain(said, 600)}" if name else plain(said, 600)
        for name, said in faults.items()
    ]
    return BadInput(
        f"{operation.name} was not called. {'; '.join(told[:MOST_FAULTS])}.",
        advice="Correct it and call again.",
    )


def told_schema(schema: Schema, depth: int = 3) -> str:
    """A schema in a few words: `text`, `one of a, b`, `{key, value?}`."""
    if choices := schema.get("enum") or ([schema["const"]] if "const" in schema else []):
        listed = ", ".join(
            json.dumps(one) if not isinstance(one, str) else one for one in choices[:MOST_CHOICES]
        )
        return (
            listed if len(choices) == 1 else f"one of {listed}{', …' if len(choices) > MOST_CHOICES else ''}"
        )
    if parts := schema.get("anyOf") or schema.get("oneOf"):
        open_ended = any(one.get("type") == "string" and "enum" not in one for one in parts)
        counted = [one for one in parts if not (open_ended and "enum" in one)]
        return " or ".join(dict.fromkeys(told_schema(one, depth) for one in counted))
    kind = schema.get("type")
    if kind == "array":
        return f"a list of {told_schema(schema.get('items', {}), depth - 1)}"
    if "allOf" in schema:
        return told_schema(_merged((schema, *schema["allOf"])), depth)
    if (properties := schema.get("properties")) and depth:
        needed = schema.get("required", ())
        inner = ", ".join(
            (name if name in needed else f"{name}?")
            + (f": {said}" if depth > 1 and (said := told_schema(one, depth - 1)) != "text" else "")
            for name, one in properties.items()
        )
        return f"{{{inner}}}"
    return f"{KINDS.get(str(schema.get('type')), 'any value')}{_bounds(schema)}"


def _bounds(schema: Schema) -> str:
    safe = 2**53 - 1
    least = schema.get("minimum", schema.get("minLength"))
    most = schema.get("maximum", schema.get("maxLength"))
    said = [
        *([f"at least {least:,}"] if least not in (None, -safe) else []),
        *([f"at most {most:,}"] if most not in (None, safe) else []),
    ]
    return f" ({', '.join(said)}{' characters' if schema.get('type') == 'string' else ''})" if said else ""
