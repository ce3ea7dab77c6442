"""Every operation of the Hub is in the table, classified as reviewed, and pinned to the reviewed shape."""

import csv
import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from hub_mcp.catalogue.operations.arguments import arguments_of, defaults_of
from hub_mcp.catalogue.operations.calls import OperationCall, made_of
from hub_mcp.catalogue.operations.paths import route_of, types_of
from hub_mcp.catalogue.operations.pinning import shapes_in
from hub_mcp.catalogue.operations.risks import rules
from hub_mcp.catalogue.operations.table import Operation, Standing, operations, read_table, shipped
from hub_mcp.catalogue.operations.validation import bad_arguments, payload_of
from hub_mcp.dev.operations.import_operations import BEYOND, import_document, repinned, with_beyond
from tests.catalogue.operations.examples import least_arguments

SHARED = Path(__file__).parents[4] / "shared" / "hub"
needs_document = pytest.mark.skipif(not SHARED.is_dir(), reason="the Hub's OpenAPI document is not here")
CLASSES = {
    "free": Standing.FREE,
    "free-redact": Standing.CLEANED,
    "write": Standing.WRITE,
    "ask": Standing.ASK,
    "credential": Standing.CREDENTIAL,
}
MORE_CAREFUL = {"update_collection_items": Standing.ASK}  # its notes can stand on what is private
OPERATIONS = operations()


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    read: dict[str, Any] = json.loads((SHARED / "openapi.json").read_text("utf-8"))
    return with_beyond(read, json.loads(BEYOND.read_text("utf-8")))


@needs_document
def test_the_table_holds_each_reviewed_request_under_its_name_and_class() -> None:
    text = (SHARED / "operations.tsv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    wanted = {
        f"{row['method']} {row['path']}": (
            "get_file" if row["op"] == "resolve_file" else row["op"],
            MORE_CAREFUL.get(row["op"], CLASSES[row["gate"]]),
        )
        for row in rows
    }
    held = {
        str(request): (operation.name, operation.standing)
        for operation in OPERATIONS.values()
        for request in operation.requests
    }
    assert held == wanted


@needs_document
def test_the_shipped_shapes_are_those_of_the_document(document: dict[str, Any]) -> None:
    found = import_document(document, shipped("pins.tsv"), shipped("reviewed.tsv"))
    assert found.summary() == []
    assert found.shapes == shipped("shapes.jsonl")


def test_nothing_shipped_is_unknown() -> None:
    assert [one.name for one in OPERATIONS.values() if one.standing is Standing.UNKNOWN] == []


Mutation = Callable[[dict[str, Any]], None]


def _new_body_field(paths: dict[str, Any]) -> None:
    body = paths["/api/organizations/{name}/members/{username}/role"]["put"]["requestBody"]
    body["content"]["application/json"]["schema"]["properties"]["notify"] = {"type": "boolean"}


def _renamed_path(paths: dict[str, Any]) -> None:
    paths["/api/posts/{username}/{postSlug}/note"] = paths.pop("/api/posts/{username}/{postSlug}/comment")


def _flipped_verb(paths: dict[str, Any]) -> None:
    item = paths["/api/users/{username}/overview"]
    item["post"] = item.pop("get")


def _new_parameter(paths: dict[str, Any]) -> None:
    paths["/api/trending"]["get"]["parameters"].append(
        {"name": "reset", "in": "query", "schema": {"type": "boolean"}}
    )


@needs_document
@pytest.mark.parametrize(
    ("mutate", "strange", "gone"),
    [
        (_new_body_field, {"set_member_role"}, set()),
        (_renamed_path, {"post_posts_note"}, {"comment_post"}),
        (_flipped_verb, {"post_users_overview"}, {"get_user_overview"}),
        (_new_parameter, {"get_trending"}, set()),
    ],
)
def test_a_newer_document_gates_what_is_new_or_changed_and_nothing_else(
    document: dict[str, Any], mutate: Mutation, strange: set[str], gone: set[str]
) -> None:
    newer = deepcopy(document)
    mutate(newer["paths"])
    found = import_document(newer, shipped("pins.tsv"), shipped("reviewed.tsv"))
    assert {*found.new.values(), *found.changed.values()} == strange
    assert set(found.gone.values()) == gone
    table = read_table(lambda name: found.shapes if name == "shapes.jsonl" else shipped(name))
    assert {one.name for one in table.values() if one.standing is Standing.UNKNOWN} == strange
    assert OPERATIONS.keys() - table.keys() == gone


@needs_document
def test_pinning_one_operation_reviews_that_one_only(document: dict[str, Any]) -> None:
    newer = deepcopy(document)
    _new_body_field(newer["paths"])
    _new_parameter(newer["paths"])
    found = import_document(newer, shipped("pins.tsv"), shipped("reviewed.tsv"))
    trending = {request: name for request, name in found.changed.items() if name == "get_trending"}
    again = import_document(newer, repinned(newer, shipped("pins.tsv"), trending), shipped("reviewed.tsv"))
    assert set(again.changed.values()) == {"set_member_role"}


@needs_document
def test_a_better_description_changes_no_pin(document: dict[str, Any]) -> None:
    newer = deepcopy(document)
    for item in newer["paths"].values():
        for operation in item.values():
            for parameter in operation.get("parameters", ()):
                parameter["description"] = "better words"
    assert import_document(newer, shipped("pins.tsv"), shipped("reviewed.tsv")).summary() == []


def without_line(name: str, start: str) -> Callable[[str], str]:
    """The shipped files, one of them without the lines that start so."""
    return lambda file: (
        shipped(file)
        if file != name
        else "".join(line for line in shipped(file).splitlines(keepends=True) if not line.startswith(start))
    )


def test_an_operation_without_its_reviewed_row_is_unknown() -> None:
    table = read_table(without_line("reviewed.tsv", "delete_post\t"))
    assert table["delete_post"].standing is Standing.UNKNOWN


def test_an_operation_without_a_pin_is_unknown() -> None:
    pin = next(line for line in shipped("pins.tsv").splitlines() if "\tdelete_post\t" in line)
    table = read_table(without_line("pins.tsv", pin))
    assert {one.standing for one in table.values() if any("posts" in one.path for one in one.requests)} >= {
        Standing.UNKNOWN
    }
    assert "delete_post" not in table


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=lambda one: one.name)
def test_an_operation_says_what_it_does_and_its_rules_name_what_it_takes(operation: Operation) -> None:
    assert operation.does
    known = {one.hub_name for one in arguments_of(operation).values()} | {"type"}
    for rule in rules(operation.raised):
        if rule.condition not in ("*", "else"):
            for term in rule.condition.split("&"):
                name = term.lstrip("!").partition("=")[0].rstrip("!").partition(">")[0]
                assert name.partition(".")[0] in known
        assert set(rule.letters) <= {*operation.risk, "W", "C"}


def test_each_operation_with_a_secret_is_kept_back_with_a_reason_and_a_place_or_written_without_it() -> None:
    secret = [
        one
        for name, one in OPERATIONS.items()
        if one.standing is Standing.CREDENTIAL and name != "set_space_secret"  # its class is told a place
    ]
    assert [one.name for one in secret if not (one.keeps_back and one.place.startswith("/"))] == []


CALLABLE = [one for one in OPERATIONS.values() if not one.keeps_back]


def without_undefined(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema that requires only what it defines: quicksearch requires a `bucketNamespace` of nowhere."""
    known = schema.get("properties", {})
    needed = [name for name in schema.get("required", ()) if name in known]
    return {**schema, "required": needed} if known else dict(schema)


@pytest.mark.parametrize("operation", CALLABLE, ids=lambda one: one.name)
def test_the_least_arguments_make_a_call_that_the_document_takes(operation: Operation) -> None:
    said = least_arguments(operation)
    call = made_of(operation, OperationCall).model_validate(said, strict=True)
    route = route_of(operation, said)
    payload = payload_of(operation, call)
    if (schema := route.shape.body) is not None:
        inside = {one.hub_name for one in arguments_of(operation).values() if one.place == "body"}
        named = {name: value for name, value in payload.items() if name in inside}
        body = payload["body"] if "body" in payload and not inside else {**defaults_of(schema), **named}
        jsonschema.Draft202012Validator(without_undefined(schema)).validate(body)
    asked = {one.hub_name for one in arguments_of(operation).values() if one.place == "query"}
    for name, schema in route.shape.query.items():
        if name in payload and name in asked and (name != "type" or not types_of(operation)):
            jsonschema.Draft202012Validator(dict(schema)).validate(payload[name])


@pytest.mark.parametrize("operation", CALLABLE, ids=lambda one: one.name)
def test_an_argument_nobody_knows_is_refused_with_those_there_are(operation: Operation) -> None:
    with pytest.raises(ValidationError) as refused:
        made_of(operation, OperationCall).model_validate(
            {**least_arguments(operation), "surprise": 1}, strict=True
        )
    sentence = bad_arguments(operation, refused.value).sentence()
    assert "there is no such argument" in sentence
    assert all(name in sentence for name in arguments_of(operation))


@needs_document
def test_the_document_has_no_operation_that_the_table_lacks(document: dict[str, Any]) -> None:
    held = {str(request) for operation in OPERATIONS.values() for request in operation.requests}
    assert {f"{method} {path}" for method, path, _, _ in shapes_in(document)} == held
