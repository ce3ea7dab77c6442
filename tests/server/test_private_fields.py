"""E-mail addresses and sign-in details are in no answer unless requested by name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest
from mcp import Client

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.settings import Settings
from hub_mcp.wiring import server_of
from tests.samples import CALLS
from tests.written import offering

BASE = "http://hub.test"
EXCHANGES = Path(__file__).parent.parent / "exchanges"
PRIVATE = {"email": "someone@example.org", "verifiedEmail": "else@example.org", "twoFaEnabled": "two-fa-told"}
PEOPLE = {"user", "name", "fullname", "avatarUrl"}  # what an object of a person has
FREE = {"labels"}  # objects whose every name is the owner's own
READING = [tool for tool in CALLS if not ENDPOINTS[tool].changes]
pytestmark = pytest.mark.asyncio


def with_private(value: Any, top: bool = True) -> Any:
    """An answer as the Hub could give it, with what is private in every object that could be a person."""
    if isinstance(value, list):
        return [with_private(one, top) for one in value]
    if isinstance(value, dict):
        more = PRIVATE if top or PEOPLE & set(value) else {}
        inside = {key: one if key in FREE else with_private(one, False) for key, one in value.items()}
        return {**inside, **more}
    return value


async def told(tool: str, arguments: dict[str, Any], body: Any) -> str:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body)

    hub = Hub(BASE, Token("hf_" + "Sample" * 5, "a test"), transport=lambda: httpx.MockTransport(answer))
    settings = Settings(journal="off", structured=True, **offering(tool))
    async with Client(server_of(settings, hub)) as client:
        result = await client.call_tool(tool, arguments)
    return str(result.content) + json.dumps(result.structured_content)


def recorded(tool: str) -> Any:
    """The body of the recorded answer."""
    found = json.loads((EXCHANGES / f"{tool}.json").read_text(encoding="utf-8"))
    answer = found["response"]
    return answer.get("json", answer.get("body"))


@pytest.mark.parametrize("tool", READING)
async def test_no_answer_shows_private_fields_by_default(tool: str) -> None:
    body = recorded(tool)
    if not isinstance(body, (dict, list)) or tool == "get_dataset_croissant":
        return  # a file, or a document that is shown as it is published
    text = await told(tool, CALLS[tool], with_private(body))
    assert not [one for one in PRIVATE.values() if one in text]


async def test_a_members_address_is_shown_on_request() -> None:
    rows = [{"_id": "0" * 24, "user": "bob", **PRIVATE}]
    asked = {"organization": "nimbus-labs", "fields": ["verifiedEmail"]}
    text = await told("list_organization_members", asked, rows)
    assert PRIVATE["verifiedEmail"] in text
    assert PRIVATE["twoFaEnabled"] not in text
    assert PRIVATE["email"] not in text
