"""Answers before the SDK is imported are, byte for byte, those of the SDK's server."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_types.version import HANDSHAKE_PROTOCOL_VERSIONS, MODERN_PROTOCOL_VERSIONS

from hub_mcp.dev.early_eras import LISTS, answers, requests
from hub_mcp.server.early.early_answers import CAPABILITIES, CLIENT, VERSION, EarlyAnswers
from hub_mcp.server.views.view_list import EXTENSION, HTML
from hub_mcp.settings import Settings
from hub_mcp.wiring import sandbox, server_of
from tests.thoroughly import a_quarter

VERSIONS = [*HANDSHAKE_PROTOCOL_VERSIONS, *MODERN_PROTOCOL_VERSIONS]
SELECTIONS: dict[str, dict[str, Any]] = {
    "as it comes": {},
    "structured": {"structured": True},
    "a prefix": {"tool_prefix": "hub_"},
    "structured under a prefix": {"structured": True, "tool_prefix": "h-"},
    "two toolsets": {"toolsets": ("papers", "collections")},
    "all of it": {"toolsets": ("all",)},
    "an area beside the default": {"toolsets": ("default", "webhooks")},
    "named tools": {"tools": ("whoami", "delete_repo")},
    "without some": {"exclude_tools": ("delete_repo", "move_repo", "find_operations")},
    "reading only": {"read_only": ("all",)},
    "one area reading only": {"read_only": ("collections",), "confirm": "deny"},
    "dry": {"dry_run": True, "offline": True, "anonymous": True},
    "without views": {"views": "off"},
}
VIEW = b'"ui":{"resourceUri":"ui://hub-mcp/rows"}'
SHOWS_VIEWS = {"extensions": {EXTENSION: {"mimeTypes": [HTML]}}}


def line(message: dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode() + b"\n"


def settings_for(**chosen: Any) -> Settings:
    return Settings(sandbox="", journal="off", **chosen)


def told_early(settings: Settings, lines: list[bytes]) -> tuple[list[bytes], list[bytes]]:
    """The lines that could be answered, up to the first that could not, and the answers."""
    early, read, answered = EarlyAnswers(settings), [], []
    for one in lines:
        answer = early.answer(one)
        if answer is None:
            break
        read.append(one)
        answered += [answer] if answer else []
    return read, answered


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("version", "selection"),
    a_quarter([(version, one) for version in (*VERSIONS, "1999-01-01") for one in SELECTIONS]),
)
async def test_what_every_client_asks_first_is_answered_as_the_sdk_answers_it(
    version: str, selection: str
) -> None:
    settings = settings_for(**SELECTIONS[selection])
    lines = [line(message) for message in requests(version)]
    read, answered = told_early(settings, lines)
    assert read == lines
    assert answered == await answers(server_of(settings, sandbox(settings)), lines)


@pytest.mark.asyncio
@pytest.mark.parametrize("selection", ["as it comes", "structured under a prefix", "reading only"])
@pytest.mark.parametrize("version", VERSIONS)
async def test_a_client_that_shows_views_gets_them_as_from_the_sdk(version: str, selection: str) -> None:
    settings = settings_for(**SELECTIONS[selection])
    lines = [line(message) for message in requests(version, SHOWS_VIEWS)]
    read, answered = told_early(settings, lines)
    assert read == lines
    assert answered == await answers(server_of(settings, sandbox(settings)), lines)
    assert (VIEW in b"".join(answered)) == (version >= "2025-06-18")
    assert (b"answer_question" in b"".join(answered)) == (
        version >= "2025-06-18" and selection != "reading only"
    )


METHODS = ["ping", "server/discover", *LISTS]
TEXTS = st.sampled_from(["", "x", "Ünïcode", 'a "quoted" one', "a\\b", "\x7f", "\u2028", "\U0001f600", "\t"])
NAMES = st.one_of(TEXTS, st.text(max_size=4))
IDS = st.one_of(st.integers(-5, 5), st.integers(), TEXTS, st.sampled_from([0.5, None, True, [], {}, 10**16]))
ODD = st.sampled_from([None, 0, "x", [], {}, {"x": {}}, {"x": 1}, True, 1.5])
CAPABLE = st.one_of(
    st.just({}),
    st.dictionaries(
        st.sampled_from(["roots", "sampling", "elicitation", "experimental", "extensions", "tasks", "other"]),
        st.one_of(
            st.just({}),
            st.sampled_from([{"listChanged": True}, {"form": {}}, {"tools": {}}, {"form": {}, "url": {}}]),
            st.sampled_from([{EXTENSION: one} for one in ({}, {"mimeTypes": [HTML]}, {"mimeTypes": HTML})]),
            ODD,
        ),
        max_size=3,
    ),
)
CLIENTS = st.one_of(
    st.fixed_dictionaries(
        {"name": NAMES, "version": NAMES},
        optional={"title": NAMES, "websiteUrl": TEXTS, "description": NAMES, "icons": ODD, "other": ODD},
    ),
    ODD,
)
PROGRESS = st.one_of(st.integers(0, 9), TEXTS, ODD)
MODERN = st.fixed_dictionaries(
    {VERSION: st.one_of(st.sampled_from([*VERSIONS, ""]), ODD), CAPABILITIES: CAPABLE},
    optional={CLIENT: CLIENTS, "progressToken": PROGRESS, "other": ODD},
)
LISTED = st.one_of(
    st.just({}),
    MODERN.map(lambda meta: {"_meta": meta}),
    PROGRESS.map(lambda token: {"_meta": {"progressToken": token}}),
    st.fixed_dictionaries({}, optional={"cursor": ODD, "_meta": ODD, "other": ODD}),
)
SHAKEN = st.fixed_dictionaries(
    {"protocolVersion": st.one_of(st.sampled_from([*VERSIONS, "1999-01-01", ""]), ODD)},
    optional={"capabilities": CAPABLE, "clientInfo": CLIENTS, "other": ODD, "_meta": ODD},
)


def messages() -> st.SearchStrategy[dict[str, Any]]:
    """Requests and notifications, most of them good."""
    envelope = {"jsonrpc": st.sampled_from(["2.0"] * 8 + ["1.0"])}
    extra = {"other": ODD}
    listed = {"id": IDS, "method": st.sampled_from(METHODS), "params": LISTED}
    shaken = {"id": IDS, "method": st.just("initialize"), "params": SHAKEN}
    noted = {"method": st.just("notifications/initialized")}
    return st.one_of(
        st.fixed_dictionaries({**envelope, **listed}),
        st.fixed_dictionaries({**envelope, **shaken}),
        st.fixed_dictionaries({**envelope, **noted}, optional={"params": ODD}),
        st.fixed_dictionaries({**envelope, "id": IDS, "method": st.sampled_from(METHODS)}, optional=extra),
    )


@given(st.lists(messages(), max_size=6), st.booleans())
def test_whatever_is_answered_early_the_sdk_would_have_answered_alike(
    sent: list[dict[str, Any]], escaped: bool
) -> None:
    lines = [json.dumps(one, ensure_ascii=escaped).encode("utf-8", "surrogatepass") + b"\n" for one in sent]
    read, answered = told_early(SETTINGS, lines)
    if read:
        assert answered == anyio.run(answers, SERVER, read)


SETTINGS = settings_for()
SERVER = server_of(SETTINGS, sandbox(SETTINGS))

HELLO = requests(HANDSHAKE_PROTOCOL_VERSIONS[-1])[0]
LEFT = {
    "UTF-16": json.dumps(HELLO).encode("utf-16"),
    "not UTF-8": b'{"jsonrpc":"2.0","id":"\xff","method":"ping"}',
    "a batch": json.dumps([HELLO]).encode(),
    "a name twice": b'{"jsonrpc":"2.0","id":1,"id":2,"method":"ping"}',
    "half a surrogate": json.dumps({**HELLO, "id": "\ud800"}).encode(),
    "nested": b"[" * 100_000,
    "a number no client reads": json.dumps({**HELLO, "id": 10**20}).encode(),
    "not a number": b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":NaN}}',
    "an answer": b'{"jsonrpc":"2.0","id":1,"result":{}}',
    "nothing": b"",
    "a call": line({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "whoami"}}),
    "a list before the handshake": line({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}),
}


@pytest.mark.parametrize("what", LEFT)
def test_what_can_be_read_in_two_ways_is_left_to_the_sdk(what: str) -> None:
    early = EarlyAnswers(SETTINGS)
    assert early.answer(LEFT[what]) is None
    assert early.replayed == []


def test_a_session_is_begun_once() -> None:
    early = EarlyAnswers(SETTINGS)
    assert early.answer(line(HELLO))
    assert early.answer(line(HELLO)) is None
    assert early.replayed == [line(HELLO)]
