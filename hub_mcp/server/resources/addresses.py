"""A reading call and its `hub://` address: the same thing, written two ways.

    hub://models?search=bert&limit=50          ListModels(search="bert", limit=50)
    hub://models/google-bert/bert-base-cased   GetModel(repo_id="google-bert/bert-base-cased")
    hub://models/_/gpt2                        GetModel(repo_id="gpt2")

The address is the documented path without `/api/`, each segment percent-encoded separately; a repository id
always has two segments, with `_` (which cannot be an owner's name) for a missing namespace. All other
arguments are in the query, by our names; defaults are omitted. Only reading endpoints have addresses.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from pydantic import ValidationError

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.catalogue.http import fields_in, fill
from hub_mcp.errors import BadInput, plain
from hub_mcp.server.tools.argument_schemas import input_schema_of, reading_schema_of

SCHEME = "hub://"
NOBODY = "_"
PATTERNS = Path(__file__).with_name("address_patterns.json")
LONGEST = 16_000  # characters in an address
ONE, LIST, OBJECT, OBJECTS = "one", "list", "object", "objects"  # forms of a value in a query
FIELD = re.compile(r"\{(\w+)\}")


def reading() -> list[type[Endpoint[Any]]]:
    """The endpoints that have addresses."""
    return [endpoint for endpoint in ENDPOINTS.values() if not endpoint.changes]


def address_of(call: Endpoint[Any]) -> str:
    """The address of a reading call."""
    endpoint = type(call)
    values = call.values()

    def segment(name: str) -> str | None:
        value = values.get(name)
        if value is None:
            return None
        if not endpoint.second_segment(name):
            return quote(str(value), safe="/" if endpoint.is_deep(name) else "")
        owner, _, rest = str(value).rpartition("/")
        return f"{quote(owner or NOBODY, safe='')}/{quote(rest, safe='')}"

    path = fill(endpoint.address_template(), segment)
    inside = set(fields_in(endpoint.address_template()))
    if call.from_table:
        said = {name: one for name, one in values.items() if name not in inside and one is not None}
    else:
        said = call.model_dump(mode="json", exclude=inside, exclude_none=True, exclude_defaults=True)
    pairs = [
        f"{name}={quote(_written(one), safe='')}"
        for name, value in said.items()
        for one in (value if isinstance(value, list) else [value])
    ]
    return SCHEME + path + (f"?{'&'.join(pairs)}" if pairs else "")


def call_at(address: str, hosts: Sequence[str] = ()) -> Endpoint[Any]:
    """The reading call at an address.

    Raises:
        BadInput: there is no such address, or its parts break the endpoint's rules.
    """
    if not address.startswith(SCHEME) or len(address) > LONGEST or "#" in address:
        raise _nothing_at(address)
    path, _, query = address.removeprefix(SCHEME).partition("?")
    for name, pattern in _patterns():
        if match := pattern.fullmatch(path):
            endpoint = ENDPOINTS.get(name) or _from_table(name)
            found = _read_query(endpoint, query, address)
            try:
                found |= {
                    name: _read_segment(endpoint, name, one) for name, one in match.groupdict().items() if one
                }
                if endpoint.from_table:
                    found = as_meant(reading_schema_of(endpoint), found)
                return endpoint.model_validate(found, context={"hosts": hosts})
            except (ValidationError, UnicodeDecodeError) as trouble:
                why = (
                    trouble.errors()[0]["msg"] if isinstance(trouble, ValidationError) else "it is not UTF-8"
                )
                raise BadInput(f"{plain(address, 200)} is not an address here: {plain(why)}.") from None
    raise _nothing_at(address)


def _from_table(name: str) -> type[Endpoint[Any]]:
    from hub_mcp.catalogue.operations.calls import reading_of  # brings the table

    endpoint = reading_of(name)
    assert endpoint
    return endpoint


def templates() -> list[tuple[str, type[Endpoint[Any]]]]:
    """RFC 6570 templates of every reading endpoint, one for each form of its path."""
    return [(uri, endpoint) for uri, endpoint, _ in named_templates()]


def named_templates() -> list[tuple[str, type[Endpoint[Any]], tuple[str, ...]]]:
    """The templates, each with its path parameters beyond the endpoint's shortest form."""
    found: list[tuple[str, type[Endpoint[Any]], tuple[str, ...]]] = []
    for endpoint in reading():
        inside = fields_in(endpoint.address_template())
        names = [name for name in endpoint.model_fields if name not in inside]
        query = f"{{?{','.join(names)}}}" if names else ""
        forms = forms_of(endpoint.address_template())
        always = len(fields_in(forms[0]))
        found.extend(
            (SCHEME + _advertised(endpoint, form) + query, endpoint, tuple(fields_in(form)[always:]))
            for form in forms
        )
    return found


def _advertised(endpoint: type[Endpoint[Any]], form: str) -> str:
    def segments(match: re.Match[str]) -> str:
        second = endpoint.second_segment(match[1])
        if endpoint.is_deep(match[1]):
            return f"{{+{match[1]}}}"
        return f"{{namespace}}/{{{second}}}" if second else match[0]

    return FIELD.sub(segments, form)


def forms_of(template: str) -> list[str]:
    """The template without and with each of its optional parts, shortest first."""
    start = template.find("[")
    if start < 0:
        return [template]
    inner = template[start + 1 : template.rindex("]")]
    return [template[:start], *(template[:start] + form for form in forms_of(inner))]


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every form of every address with its owner, as written by `dev/address_patterns.py`."""
    listed: list[list[str]] = json.loads(PATTERNS.read_bytes())
    return tuple((name, re.compile(pattern)) for name, pattern in listed)


def _read_segment(endpoint: type[Endpoint[Any]], name: str, text: str) -> str:
    if not endpoint.second_segment(name) and not endpoint.is_deep(name):
        return unquote(text, errors="strict")
    parts = [unquote(part, errors="strict") for part in text.split("/")]
    if any("/" in part for part in parts):
        raise BadInput(f"{plain(text, 200)} holds an encoded slash where a name belongs.")
    nobody = parts[0] == NOBODY and not endpoint.is_deep(name)
    return "/".join(parts[1:] if nobody else parts)


def _read_query(endpoint: type[Endpoint[Any]], query: str, address: str) -> dict[str, Any]:
    known = _query_names(endpoint)
    found: dict[str, Any] = {}
    for pair in query.split("&") if query else []:
        key, _, text = pair.partition("=")
        try:
            name, value = unquote(key, errors="strict"), unquote(text, errors="strict")
        except UnicodeDecodeError:
            raise _nothing_at(address) from None
        if name not in known:
            takes = ", ".join(sorted(known)) or "nothing"
            raise BadInput(
                f"{plain(address, 200)} is not an address here: it takes {takes}, not {plain(name, 60)}."
            )
        one = _read_value(value) if known[name] in (OBJECT, OBJECTS) else value
        if known[name] in (LIST, OBJECTS):
            found.setdefault(name, []).append(one)
        elif name in found:
            raise BadInput(f"{plain(address, 200)} is not an address here: it says {plain(name, 60)} twice.")
        else:
            found[name] = one
    return found


@cache
def _query_names(endpoint: type[Endpoint[Any]]) -> Mapping[str, str]:
    """The query parameters of an address, and whether each is one value, a list, or JSON."""
    inside = set(fields_in(endpoint.address_template()))
    properties = input_schema_of(endpoint)["properties"] | {key: {} for key in endpoint.unlisted}
    return {name: _form(one) for name, one in properties.items() if name not in inside}


def _form(schema: Mapping[str, Any]) -> str:
    is_list = schema.get("type") == "array"
    of_objects = schema.get("items", schema).get("type") == "object"
    return (OBJECTS if of_objects else LIST) if is_list else OBJECT if of_objects else ONE


def _read_value(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _written(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return str(value).lower() if isinstance(value, bool) else str(value)


def _nothing_at(address: str) -> BadInput:
    return BadInput(
        f"There is nothing at {plain(address, 200)}.",
        advice="The resource templates list the addresses there are.",
    )
