"""Arguments as hosts send them make the intended call, for every tool; ambiguous ones are refused."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.catalogue.fields.schema import reading_schema
from hub_mcp.errors import BadInput
from hub_mcp.server.tools.read_calls import read_call
from tests import samples

GIVEN = [
    pytest.param(tool, arguments, id=f"{tool}-{n}")
    for tool in ENDPOINTS
    for n, arguments in enumerate(samples.forms(tool))
]
EMPTY: tuple[Any, ...] = ("", [], [""], {}, None)
ADDED = {"_sessionID": "x", "sessionId": "y", "chatInput": "z", "toolCallId": "1", "_meta": {}}


def call_of(tool: str, arguments: dict[str, Any]) -> Endpoint[Any]:
    return read_call(ENDPOINTS[tool], arguments)


def schema_of(tool: str) -> dict[str, Any]:
    return reading_schema(ENDPOINTS[tool])


def test_every_tool_has_an_example() -> None:
    assert {param.values[0] for param in GIVEN} == set(ENDPOINTS)


def test_what_a_host_adds_is_dropped_next_to_the_arguments_but_never_within_one() -> None:
    schema = {"properties": {"arguments": {"type": "object", "properties": {"repo_id": {"type": "string"}}}}}
    inside = {"repo_id": "ada/x", "action": "enable", "_note": "mine"}
    assert as_meant(schema, {"arguments": inside, "action": "sendMessage", **ADDED}) == {"arguments": inside}


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_lists_objects_numbers_and_truth_values_may_come_as_text(
    tool: str, arguments: dict[str, Any]
) -> None:
    meant = call_of(tool, arguments)
    texts = {name: one if isinstance(one, str) else json.dumps(one) for name, one in arguments.items()}
    assert call_of(tool, texts) == meant
    capital = {name: str(one) if isinstance(one, bool) else one for name, one in arguments.items()}
    assert call_of(tool, capital) == meant
    wrapped = {name: [json.dumps(one)] if isinstance(one, list) else one for name, one in arguments.items()}
    assert call_of(tool, wrapped) == meant


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_whole_numbers_may_come_as_floats(tool: str, arguments: dict[str, Any]) -> None:
    whole = {name for name, one in arguments.items() if isinstance(one, int) and not isinstance(one, bool)}
    floats = {name: float(one) if name in whole else one for name, one in arguments.items()}
    told = {name: f"{float(one)}" if name in whole else one for name, one in arguments.items()}
    assert call_of(tool, floats) == call_of(tool, told) == call_of(tool, arguments)


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_what_is_optional_and_empty_counts_as_absent(tool: str, arguments: dict[str, Any]) -> None:
    kinds = {name: one.get("type") for name, one in schema_of(tool)["properties"].items()}
    optional = [name for name in kinds if name not in schema_of(tool).get("required", ())]
    for empty in EMPTY:
        filled = {name: empty for name in optional if empty != [""] or kinds[name] == "array"}
        assert call_of(tool, {**filled, **arguments}) == call_of(tool, arguments), empty


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_a_zero_that_no_call_can_mean_counts_as_absent(tool: str, arguments: dict[str, Any]) -> None:
    properties = schema_of(tool)["properties"]
    zeros = {name: 0 for name, one in properties.items() if one.get("minimum", 0) > 0}
    assert call_of(tool, {**zeros, **arguments}) == call_of(tool, arguments)


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_no_call_is_refused_for_a_zero_or_a_no_that_a_strict_schema_had_filled_in(
    tool: str, arguments: dict[str, Any]
) -> None:
    empties = {"integer": 0, "number": 0, "boolean": False}
    kinds = {name: one.get("type") for name, one in schema_of(tool)["properties"].items()}
    for name, kind in kinds.items():
        if kind in empties and name not in arguments:
            call_of(tool, {**arguments, name: empties[kind]})


@pytest.mark.parametrize("tool", ["create_repo", "duplicate_repo"])
def test_what_only_a_space_has_is_dropped_for_others_where_every_argument_is_filled_in(tool: str) -> None:
    fillings = {"string": "", "integer": 3_600, "boolean": True, "array": []}
    properties = schema_of(tool)["properties"]
    filled = {name: one.get("enum", [fillings[one["type"]]])[0] for name, one in properties.items()}
    meant = {**samples.CALLS[tool], "type": "dataset", "visibility": "private"}
    assert getattr(call_of(tool, {**filled, **meant}), "sleep_time_seconds") is None  # noqa: B009  # of two classes
    with pytest.raises(BadInput, match="leave out `sleep_time_seconds`: it is for a space"):
        call_of(tool, {**meant, "sleep_time_seconds": 3_600})


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_what_hosts_add_is_dropped_and_every_other_unknown_name_is_reported(
    tool: str, arguments: dict[str, Any]
) -> None:
    assert call_of(tool, {**arguments, **ADDED}) == call_of(tool, arguments)
    with pytest.raises(BadInput, match="there is no such argument"):
        call_of(tool, {**arguments, "wholly_unknown": 1})


@pytest.mark.parametrize(("tool", "arguments"), GIVEN)
def test_an_empty_value_for_what_is_required_is_an_error(tool: str, arguments: dict[str, Any]) -> None:
    for name in schema_of(tool).get("required", ()):
        for empty in EMPTY[:2]:
            with pytest.raises(BadInput, match=r"required|items"):
                call_of(tool, {**arguments, name: empty})


LISTS = [
    (tool, name)
    for tool in ENDPOINTS
    for name, one in reading_schema(ENDPOINTS[tool])["properties"].items()
    if one["type"] == "array" and one["items"]["type"] == "string"
]


@pytest.mark.parametrize(("tool", "name"), LISTS)
def test_no_list_is_ever_sent_on_as_the_text_of_one(tool: str, name: str) -> None:
    for text in ('["a\\"b"', "['a', 3]", "(a)", '{"a": 1}'):
        try:
            read = getattr(call_of(tool, {**GIVEN_BY_TOOL[tool], name: text}), name)
        except BadInput:
            continue
        assert not [one for one in read or () if str(one).startswith(("[", "(", "{"))], text


def test_a_list_of_words_is_read_however_it_is_written() -> None:
    meant = call_of("list_models", {"filter": ["license:mit", "gguf"], "fields": ["likes", "tags"]})
    for form in ("{0}, {1}", "['{0}', '{1}']", "('{0}', '{1}')", '["{0}", "{1}"]', " {0},{1}, "):
        filter_, fields = form.format("license:mit", "gguf"), form.format("likes", "tags")
        assert call_of("list_models", {"filter": filter_, "fields": fields}) == meant
        assert (
            call_of("list_models", {"filter": [filter_] if "[" in form else filter_, "fields": fields})
            == meant
        )


GIVEN_BY_TOOL = {param.values[0]: param.values[1] for param in GIVEN}


def test_the_hubs_own_values_are_taken() -> None:
    settings = {"repo_id": "ada/x", "type": "model"}
    said = call_of("update_repo_settings", {**settings, "gated": False})
    assert said == call_of("update_repo_settings", {**settings, "gated": "false"})
    assert call_of("list_models", {"limit": 3.0}) == call_of("list_models", {"limit": 3})
    assert call_of("delete_repo", {**settings, "type": "Model"}) == call_of("delete_repo", settings)


def test_what_is_not_clear_is_refused() -> None:
    for arguments in (
        {"limit": "many"},
        {"limit": 2.5},
        {"gated": "perhaps"},
        {"filter": {"a": 1}},
        {"limit": True},
    ):
        with pytest.raises(BadInput):
            call_of("list_models", arguments)


PLACES = {
    "hf.co/ada/x": ("ada/x", None),
    "huggingface.co/ada/x": ("ada/x", None),
    "https://huggingface.co/ada/x?library=transformers#usage": ("ada/x", None),
    "hf://ada/x": ("ada/x", None),
    "ada/x@v1.0": ("ada/x", "v1.0"),
    "https://huggingface.co/ada/x/tree/v1.0": ("ada/x", "v1.0"),
    "https://huggingface.co/ada/x/blob/refs/pr/3/README.md": ("ada/x", "refs/pr/3"),
    "https://hf.co/ada/x/resolve/main/config.json": ("ada/x", "main"),
    "old--name/x": ("old--name/x", None),
    "https://huggingface.co/ada/x.git": ("ada/x", None),
    "git@hf.co:ada/x": ("ada/x", None),
    "git@hf.co:ada/x.git": ("ada/x", None),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_repository_is_named_as_people_have_it_and_its_revision_is_heeded(place: str) -> None:
    repo_id, revision = PLACES[place]
    meant = {"repo_id": repo_id, **({"revision": revision} if revision else {})}
    assert call_of("get_model", {"repo_id": place}) == call_of("get_model", meant)


REPO_TOOLS = [
    (tool, name)
    for tool, endpoint in ENDPOINTS.items()
    for name in ("repo_id", "from_repo", "to_repo")
    if name in endpoint.model_fields and "revision" not in endpoint.model_fields
]


@pytest.mark.parametrize(("tool", "name"), REPO_TOOLS)
def test_a_revision_that_a_call_has_no_use_for_is_refused_not_lost(tool: str, name: str) -> None:
    with pytest.raises(BadInput, match="revision"):
        call_of(tool, {**GIVEN_BY_TOOL[tool], name: f"{GIVEN_BY_TOOL[tool].get(name, 'ada/x')}@v1.0"})


def test_two_revisions_that_disagree_are_refused() -> None:
    with pytest.raises(BadInput, match="another revision"):
        call_of("get_model", {"repo_id": "ada/x@v1", "revision": "v2"})


@pytest.mark.parametrize("kind", ["models", "datasets", "spaces"])
def test_an_address_pasted_into_a_search_is_searched_for_by_its_id(kind: str) -> None:
    prefix = "" if kind == "models" else f"{kind}/"
    address = f"https://huggingface.co/{prefix}ada/atlas/tree/main"
    assert call_of(f"list_{kind}", {"search": address}) == call_of(f"list_{kind}", {"search": "ada/atlas"})
    assert call_of(f"list_{kind}", {"search": "ada/atlas@v1"}) == call_of(
        f"list_{kind}", {"search": "ada/atlas"}
    )
    for other in {"datasets", "spaces"} - {kind}:
        with pytest.raises(BadInput, match=f"call list_{other}"):
            call_of(f"list_{kind}", {"search": f"https://huggingface.co/{other}/ada/atlas"})
    words = f"https://huggingface.co/{kind}?search=two+words&sort=likes"
    assert call_of(f"list_{kind}", {"search": words}) == call_of(f"list_{kind}", {"search": "two words"})


@pytest.mark.parametrize(
    "paper",
    [
        "10.48550/arXiv.2311.12983", "https://doi.org/10.48550/arXiv.2311.12983",
        "doi:10.48550/arXiv.2311.12983",
        "arXiv:2311.12983v2", "papers/2311.12983", "hf.co/papers/2311.12983",
        "https://arxiv.org/abs/2311.12983v1",
    ],
)  # fmt: skip
def test_a_paper_is_named_as_people_have_it(paper: str) -> None:
    assert call_of("get_paper", {"arxiv_id": paper}) == call_of("get_paper", {"arxiv_id": "2311.12983"})
