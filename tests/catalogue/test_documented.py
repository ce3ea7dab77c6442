"""The catalogue compared with the Hub's documentation and real behaviour, if `../shared` is available."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.fields.schema import schema_of
from hub_mcp.catalogue.operations.table import operations

FACTS = Path(__file__).parents[3] / "shared" / "hub" / "endpoints.json"
pytestmark = pytest.mark.skipif(not FACTS.is_file(), reason="../shared is not here")
ROWS: list[dict[str, Any]] = json.loads(FACTS.read_text(encoding="utf-8")) if FACTS.is_file() else []

# Parameters of the Hub that no tool offers, and why.
LEFT_OUT = {
    ("*", "skip"): "undocumented, and the cursor does the same safely",
    ("*", "direction"): "every sort key is descending; the Hub's own clients dropped it",
    ("create_repo", "secrets"): "a secret must not pass through a model",
    ("create_repo", "volumes"): "mounts of buckets, which are outside the 41 endpoints",
    ("list_collections", "expand"): "its short form leaves out the slug, which is the row's id",
}
RENAMED = {"repo_type": "type", "collection_slug": "slug", "p": "cursor"}  # HOUSE: these names win


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.removesuffix("[]")).lower()


def test_every_documented_endpoint_is_a_tool_and_every_other_is_an_operation_of_the_table() -> None:
    documented = {row["id"] for row in ROWS}
    assert documented <= default_endpoints().keys()
    named_otherwise = {"get_file", "get_access", "get_downloads"}  # `resolve_file`; made of several
    assert ENDPOINTS.keys() - documented - named_otherwise <= operations().keys()


def test_an_endpoint_of_the_table_is_in_its_area_and_changes_something_where_it_does() -> None:
    for name, known in operations().items():
        if name in ENDPOINTS and not name.startswith("get_repo_resource_group"):
            assert (ENDPOINTS[name].area, ENDPOINTS[name].changes) == (known.area, not known.reads), name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_every_parameter_is_offered_or_left_out_for_a_reason(row: dict[str, Any]) -> None:
    endpoint = ENDPOINTS[row["id"]]
    offered = set(schema_of(endpoint)["properties"]) | {snake(name) for name in endpoint.covers}
    body = row["body"]["fields"] if row["body"] else []
    for parameter in (*row["path_params"], *row["query_params"], *body):
        name = parameter["name"]
        reason = LEFT_OUT.get((row["id"], name)) or LEFT_OUT.get(("*", name))
        assert RENAMED.get(name, snake(name)) in offered or snake(name) in offered or reason, (
            f"{name} is not offered"
        )


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_hints_are_what_the_real_endpoint_does(row: dict[str, Any]) -> None:
    line = ENDPOINTS[row["id"]].line
    said = {
        "read_only": line.effect == "read",
        "destructive": line.destructive,
        "idempotent": line.idempotent,
    }
    assert said == {key: row["classification"][key] for key in said}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["id"]))
def test_the_declaration_keeps_the_documented_spelling(row: dict[str, Any]) -> None:
    line = ENDPOINTS[row["id"]].line
    documented = line.documented.partition(" ")
    assert documented[0] == row["documented_method"]
    paths = [
        path.replace("{repo_id}", "{namespace}/{repo}") for path in (documented[2], row["documented_path"])
    ]
    same = [re.sub(r"\{\w+\}|\{slug\}-\{id\}|\(models\|.*?\)", "{}", path) for path in paths]
    assert same[0] == same[1] or "[" in line.path
