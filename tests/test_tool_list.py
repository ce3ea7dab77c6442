"""The tool list is small, portable and always the same; its cost for a model is counted, not guessed."""

import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from mcp import Client
from mcp.shared.exceptions import MCPError
from mcp.types import Tool

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.catalogue.operations.endpoints import endpoint_of
from hub_mcp.dev import snapshots
from hub_mcp.dev.address_patterns import patterns_file
from hub_mcp.dev.derived_files import files_in, stale
from hub_mcp.dev.manifests.published_tools import by_file
from hub_mcp.dev.snapshots import compact, tokens
from hub_mcp.errors import BadInput
from hub_mcp.server.early.prepared_tools import PreparedTools
from hub_mcp.server.lazy import INSTRUCTIONS
from hub_mcp.server.tools.announced_tools import tools
from hub_mcp.server.tools.catalogue_tools import CatalogueTools, callable_operations
from hub_mcp.server.tools.operation_tools import MANY, TOOLS, tool_for
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of, server_of

TOKENS = 5_600  # of name, description and input schema, o200k, all tools together
MOST = 350  # of one tool
CONTENT = ("files", "refs", "discussions")
BYTES = 40_000  # of tools/list, with hints and the words to find a tool by
WORDS = 150  # of the server's instructions
PORTABLE = {"type", "description", "enum", "items", "properties", "required"}
TYPES = {"string", "integer", "number", "boolean", "array", "object"}

ALL = [*tools(), *map(tool_for, TOOLS)]
NAMED = CatalogueTools(Settings(toolsets=("all",))).tools


def nodes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A schema and every schema in it."""
    yield schema
    for inner in (*schema.get("properties", {}).values(), *([schema["items"]] if "items" in schema else ())):
        yield from nodes(inner)


def test_all_tools_fit_the_budget_of_tokens() -> None:
    assert sum(map(tokens, ALL)) <= TOKENS, {tool.name: tokens(tool) for tool in ALL}


@pytest.mark.parametrize("tool", ALL, ids=lambda tool: tool.name)
def test_a_tool_costs_a_model_no_more_than_the_largest_may(tool: Tool) -> None:
    assert tokens(tool) <= MOST


def test_what_a_tool_says_and_costs_is_what_its_snapshot_says() -> None:
    found = stale(snapshots.snapshots(), files_in(snapshots.PLACE, "*.txt"))
    assert not found, "read the difference after `python -m hub_mcp.dev derive`"


def test_the_file_and_the_address_of_every_tool_are_those_that_are_listed() -> None:
    wanted = by_file() | patterns_file()
    assert {path.name: path.read_bytes() == text for path, text in wanted.items()} == {
        "tools_by_file.json": True,
        "address_patterns.json": True,
    }, "python -m hub_mcp.dev derive"


def test_the_eight_tools_of_what_is_in_a_repository_cost_little() -> None:
    eight = [tool for tool in ALL if ENDPOINTS.get(tool.name) and ENDPOINTS[tool.name].area in CONTENT]
    assert len(eight) == 8
    assert sum(map(tokens, eight)) <= 707, {tool.name: tokens(tool) for tool in eight}


def test_the_three_tools_that_reach_every_operation_cost_320_tokens() -> None:
    three = [tool for tool in ALL if tool.name in {*TOOLS} - {MANY}]
    assert sum(map(tokens, three)) <= 320, {tool.name: tokens(tool) for tool in three}


def test_the_tool_that_makes_many_changes_costs_little() -> None:
    (many,) = (tool for tool in ALL if tool.name == MANY)
    assert tokens(many) <= 120


def test_with_all_toolsets_every_callable_operation_is_a_tool_with_words_for_a_hosts_own_search() -> None:
    names = [tool.name for tool in NAMED]
    assert len(set(names)) == len(names)
    assert {*callable_operations(), *ENDPOINTS, *TOOLS} == set(names)
    assert next(tool for tool in NAMED if tool.name == "find_operations").meta == {
        "anthropic/alwaysLoad": True
    }


def test_the_list_fits_its_budget_of_bytes() -> None:
    listed = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in ALL]
    assert len(compact({"tools": listed}).encode()) <= BYTES


def test_the_instructions_are_short() -> None:
    assert len(INSTRUCTIONS.split()) < WORDS


@pytest.mark.parametrize("tool", NAMED, ids=lambda tool: tool.name)
def test_a_schema_uses_only_what_every_provider_takes(tool: Tool) -> None:
    """No combinators, references, type arrays, formats, patterns, closed objects; every name declared."""
    schema = tool.input_schema
    assert schema["type"] == "object"
    assert schema["properties"]  # an object without properties is refused by some
    for node in nodes(schema):
        assert set(node) <= PORTABLE
        assert node["type"] != "object" or node["properties"], node
        assert node["type"] in TYPES
        assert ("items" in node) == (node["type"] == "array")
        assert set(node.get("required", ())) <= set(node.get("properties", {}))
        assert "enum" not in node or (
            node["type"] == "string" and len(set(node["enum"])) == len(node["enum"])
        )


@pytest.mark.parametrize("tool", NAMED, ids=lambda tool: tool.name)
def test_nothing_optional_has_a_single_choice_that_strict_clients_would_have_to_take(tool: Tool) -> None:
    for node in nodes(tool.input_schema):
        for name, one in node.get("properties", {}).items():
            assert name in node.get("required", ()) or len(one.get("enum", "..")) > 1, name


@pytest.mark.parametrize("tool", CatalogueTools(Settings(toolsets=("all",), nullable=True)).tools)
def test_where_a_client_fills_in_everything_what_is_optional_may_be_null(tool: Tool) -> None:
    told = json.loads(json.dumps(tool.input_schema))
    open_ends = [told]
    while open_ends:
        node = open_ends.pop()
        for name, one in node.get("properties", {}).items():
            fits = jsonschema.Draft202012Validator(one).is_valid(None)
            assert fits is (name not in node.get("required", ())), name
            open_ends += [one, *one.get("anyOf", ())]
        open_ends += [node["items"]] if "items" in node else []


@pytest.mark.parametrize("tool", NAMED, ids=lambda tool: tool.name)
def test_a_tool_says_what_it_does_in_a_line_or_two(tool: Tool) -> None:
    assert tool.title
    assert tool.description
    assert tool.description[0].isupper()
    assert tool.description.endswith(".")
    assert len(tool.description) <= 120


def test_names_are_the_endpoints_own() -> None:
    assert [tool.name for tool in ALL] == [*default_endpoints(), *TOOLS]


def test_the_list_is_the_same_for_everyone_and_every_time() -> None:
    assert CatalogueTools(Settings()).tools == CatalogueTools(Settings(anonymous=True)).tools == ALL


@pytest.mark.parametrize(
    "settings",
    [
        Settings(),
        Settings(read_only=("all",)),
        Settings(read_only=("repos",), exclude_tools=("list_models",)),
        Settings(toolsets=("models", "users")),
        Settings(tools=("whoami",), toolsets=("papers",)),
        Settings(tools=("whoami", "delete_repo"), read_only=("all",)),
        Settings(toolsets=("default",), exclude_tools=("whoami",)),
        Settings(toolsets=("all",), exclude_tools=("delete_post", "find_operations")),
        Settings(toolsets=("billing", "operations")),
        Settings(toolsets=("all",), read_only=("all",)),
        Settings(tools=("get_scan",), exclude_tools=("set_member_role",)),
        Settings(exclude_tools=("change_operation",)),
        Settings(toolsets=("all",), nullable=True),
    ],
)
def test_the_list_of_the_file_is_that_of_the_catalogue(settings: Settings) -> None:
    prepared, derived = PreparedTools(settings), CatalogueTools(settings)
    assert prepared.tools == derived.tools
    assert [prepared.input_schema(tool.name) for tool in NAMED] == [
        derived.input_schema(tool.name) for tool in NAMED
    ]
    assert [prepared.lists(tool.name) for tool in NAMED] == [derived.lists(tool.name) for tool in NAMED]


def test_a_tool_is_found_by_the_words_people_use_and_one_that_may_ask_says_so() -> None:
    for tool in NAMED:
        endpoint = endpoint_of(tool.name)
        if endpoint:
            meta = tool.meta or {}
            assert meta["anthropic/searchHint"]
            assert meta.get("anthropic/requiresUserInteraction", False) is endpoint.may_ask()


@pytest.mark.parametrize("offer", [PreparedTools, CatalogueTools])
def test_with_a_prefix_every_tool_is_called_by_it_alone(offer: type[PreparedTools | CatalogueTools]) -> None:
    offered = offer(Settings(tool_prefix="hub_"))
    assert [tool.name for tool in offered.tools] == [f"hub_{tool.name}" for tool in ALL]
    assert offered.own_name("hub_whoami") == "whoami"
    assert offered.own_name("whoami") == ""
    structured = offered.listed(structured=True, views=False)
    assert [tool.name for tool in structured if not tool.output_schema] == []
    assert {tool.name: tool.output_schema for tool in structured} == {
        f"hub_{tool.name}": tool.output_schema
        for tool in offer(Settings()).listed(structured=True, views=False)
    }


@pytest.mark.parametrize("prefix", ["hub ", "häb_", "x" * 17, "hub/", "a.b"])
def test_a_prefix_that_hosts_would_not_take_is_refused(prefix: str) -> None:
    with pytest.raises(BadInput, match="--tool-prefix"):
        PreparedTools(Settings(tool_prefix=prefix))


@pytest.mark.asyncio
async def test_a_prefixed_tool_is_called_and_its_plan_names_it_so() -> None:
    settings = Settings(sandbox="", journal="off", tool_prefix="hub_")
    async with Client(server_of(settings, hub_of(settings))) as client:
        assert not (await client.call_tool("hub_whoami", {})).is_error
        with pytest.raises(MCPError):
            await client.call_tool("whoami", {})
        await client.call_tool("hub_create_repo", {"repo_id": "ada/prefixed", "type": "model"})
        plan = await client.call_tool("hub_delete_repo", {"repo_id": "ada/prefixed", "type": "model"})
        assert "call hub_delete_repo again" in str(plan.content)
