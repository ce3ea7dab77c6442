"""A reading call and its address are equivalent: `call_at(address_of(call)) == call`, for every endpoint."""

from collections import defaultdict
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mcp.shared.uri_template import UriTemplate
from pydantic import ValidationError

from hub_mcp.catalogue import Endpoint
from hub_mcp.catalogue.fields.schema import choices, schema_of
from hub_mcp.catalogue.parts import Lookup, PartPlace
from hub_mcp.errors import BadInput
from hub_mcp.server.resources.addresses import address_of, call_at, reading, templates
from tests import samples
from tests.samples import NAME, WORD
from tests.thoroughly import share


@st.composite
def calls(draw: st.DrawFn, endpoint: type[Endpoint[Any]]) -> Endpoint[Any]:
    schema = schema_of(endpoint)
    said: dict[str, Any] = {}
    for name, one in schema["properties"].items():
        if name in ("week", "month") or (name not in schema.get("required", ()) and draw(st.booleans())):
            continue
        if name == "cursor" and issubclass(endpoint, Lookup):
            said[name] = str(
                PartPlace(tuple(draw(st.lists(WORD, min_size=1, max_size=3))), draw(st.integers(0, 999)))
            )
        elif name in samples.RULED:
            said[name] = draw(samples.RULED[name])
        elif one["type"] == "array":
            values = st.sampled_from(choices(endpoint, name)) if choices(endpoint, name) else WORD
            said[name] = draw(st.lists(values, min_size=1, max_size=3))
        elif choices(endpoint, name):
            said[name] = draw(st.sampled_from(choices(endpoint, name)))
        elif one["type"] == "string":
            said[name] = draw(WORD)
        else:
            said[name] = draw(st.booleans() if one["type"] == "boolean" else st.integers(1, 9))
    if "by" in said:
        said["count"] = True
    if "split" in said and "subset" in schema["properties"]:
        said.setdefault("subset", "default")
    if "repo_id" in said and "resource-group" in endpoint.line.path:
        said["repo_id"] = draw(st.builds("{}/{}".format, NAME, NAME))
    return endpoint.model_validate(said if fits(endpoint, said) else samples.forms(endpoint.tool)[0])


def fits(endpoint: type[Endpoint[Any]], said: dict[str, Any]) -> bool:
    """Whether the endpoint takes these arguments: it may have a rule that RULED does not know."""
    try:
        endpoint.model_validate(said)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("endpoint", reading(), ids=lambda endpoint: str(endpoint.tool))
@settings(max_examples=share(40))
@given(data=st.data())
def test_an_address_leads_back_to_the_very_call(endpoint: type[Endpoint[Any]], data: st.DataObject) -> None:
    call = data.draw(calls(endpoint))
    address = address_of(call)
    assert call_at(address) == call
    assert address.isascii()


@pytest.mark.parametrize("endpoint", reading(), ids=lambda endpoint: str(endpoint.tool))
@settings(max_examples=share(40))
@given(data=st.data())
def test_an_address_fits_a_template_that_is_advertised(
    endpoint: type[Endpoint[Any]], data: st.DataObject
) -> None:
    address = address_of(data.draw(calls(endpoint)))
    assert any(template.match(address) is not None for template in advertised()[endpoint])


@cache
def advertised() -> dict[type[Endpoint[Any]], list[UriTemplate]]:
    found = defaultdict[type[Endpoint[Any]], list[UriTemplate]](list)
    for place, endpoint in templates():
        found[endpoint].append(UriTemplate.parse(place))
    return found


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
def test_similar_addresses_are_distinguished(address: str, tool: str) -> None:
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
