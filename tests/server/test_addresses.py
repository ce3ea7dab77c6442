"""A reading call and its address are the same thing: `call_at(address_of(call)) == call`, for every one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp.shared.uri_template import UriTemplate

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.schema import choices, schema_of
from hub_mcp.errors import BadInput
from hub_mcp.server.resources.addresses import address_of, call_at, reading, templates

NAME = st.from_regex(r"[a-z][a-z0-9]{1,8}(-[a-z0-9]{1,5})?", fullmatch=True)
WORD = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=12)
SEGMENT = WORD.filter(lambda text: "/" not in text and text not in (".", ".."))
HEX = st.from_regex(r"[0-9a-f]{24}", fullmatch=True)
PATH = st.lists(
    SEGMENT.filter(lambda text: "\\" not in text and text.lower() != ".git"), min_size=1, max_size=3
).map("/".join)
KNOWN: dict[str, st.SearchStrategy[Any]] = {
    "repo_id": NAME | st.builds("{}/{}".format, NAME, NAME),
    "revision": st.sampled_from(["main", "refs/pr/1", "v1.0", "refs/convert/parquet"]),
    "subset": SEGMENT,
    "split": SEGMENT,
    "organization": NAME,
    "author": NAME,
    "submitter": NAME,
    "owner": st.lists(NAME, min_size=1, max_size=3),
    "item": st.lists(st.builds("models/{}/{}".format, NAME, NAME), min_size=1, max_size=2),
    "resource_group_id": HEX,
    "slug": st.builds("{}/{}-{}".format, NAME, NAME, HEX),
    "arxiv_id": st.from_regex(r"[0-9]{4}\.[0-9]{5}", fullmatch=True),
    "cursor": st.from_regex(r"[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,6}", fullmatch=True),
    "num_parameters": st.just("min:6B,max:128B"),
    "date": st.just("2025-03-31"),
    "fields": st.just(["tags", "siblings"]),
    "columns": st.just(["id", "likes"]),
    "n": st.integers(0, 9_999),
    "num": st.integers(1, 9_999),
    "start": st.integers(1, 999),
    "limit": st.integers(1, 1000),
    "path": PATH,
    "paths": st.lists(PATH, min_size=1, max_size=2),
    "start_line": st.integers(1, 50),
    "end_line": st.integers(50, 99),
}


@st.composite
def calls(draw: st.DrawFn, endpoint: type[Endpoint[Any]]) -> Endpoint[Any]:
    schema = schema_of(endpoint)
    said: dict[str, Any] = {}
    for name, one in schema["properties"].items():
        if name in ("week", "month") or (name not in schema.get("required", ()) and draw(st.booleans())):
            continue
        if name in KNOWN:
            said[name] = draw(KNOWN[name])
        elif one["type"] == "array":
            values = st.sampled_from(choices(endpoint, name)) if choices(endpoint, name) else WORD
            said[name] = draw(st.lists(values, min_size=1, max_size=3))
        elif choices(endpoint, name):
            said[name] = draw(st.sampled_from(choices(endpoint, name)))
        else:
            said[name] = draw(st.booleans() if one["type"] == "boolean" else WORD)
    if "by" in said:
        said["count"] = True
    if "split" in said and "subset" in schema["properties"]:
        said.setdefault("subset", "default")
    if "repo_id" in said and "resource-group" in endpoint.line.path:
        said["repo_id"] = draw(st.builds("{}/{}".format, NAME, NAME))
    return endpoint.model_validate(said)


@pytest.mark.parametrize("endpoint", reading(), ids=lambda endpoint: str(endpoint.tool))
@given(data=st.data())
def test_an_address_leads_back_to_the_very_call(endpoint: type[Endpoint[Any]], data: st.DataObject) -> None:
    call = data.draw(calls(endpoint))
    address = address_of(call)
    assert call_at(address) == call
    assert address.isascii()


@pytest.mark.parametrize("endpoint", reading(), ids=lambda endpoint: str(endpoint.tool))
@given(data=st.data())
def test_an_address_fits_a_template_that_is_advertised(
    endpoint: type[Endpoint[Any]], data: st.DataObject
) -> None:
    address = address_of(data.draw(calls(endpoint)))
    mine = [UriTemplate.parse(place) for place, one in templates() if one is endpoint]
    assert any(template.match(address) is not None for template in mine)


@pytest.mark.parametrize(
    ("address", "tool"),
    [
        ("hub://models/gpt2", "get_model"),
        ("hub://models/_/gpt2", "get_model"),
        ("hub://datasets/squad/parquet", "get_dataset"),
        ("hub://datasets/_/squad/parquet", "list_dataset_parquet_files"),
        ("hub://daily_papers?date=2025-03-31", "list_daily_papers"),
        ("hub://models/ada/x/tree/main", "list_tree"),
        ("hub://models/ada/x/tree/refs%2Fpr%2F1/a/b/tree/c", "list_tree"),
        ("hub://datasets/ada/x/file/main/data/file/a.csv", "get_file"),
    ],
)
def test_addresses_that_look_alike_are_told_apart(address: str, tool: str) -> None:
    assert call_at(address).tool == tool


@pytest.mark.parametrize(
    "address",
    [
        "hub://",
        "hub://repos/create",
        "hub://repos/delete",
        "hub://models/../whoami-v2",
        "hub://models/a%2F..%2Fb/c",
        "hub://models?unknown=1",
        "hub://models?limit=5&limit=6",
        "hub://models?limit=many",
        "hub://models#fragment",
        "https://huggingface.co/gpt2",
        "hub://models/%ff/x",
    ],
)
def test_whatever_is_no_address_is_refused_in_a_sentence(address: str) -> None:
    with pytest.raises(BadInput):
        call_at(address)
