"""Hostile input: any call and answer results in a refusal, a request or one of our own errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from hub_mcp.catalogue import ENDPOINTS, Change, Endpoint
from hub_mcp.catalogue.answers import Answer, Done, Page, clean
from hub_mcp.catalogue.change import NOTHING_YET
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.listing import next_link
from hub_mcp.catalogue.people.users import Identity
from hub_mcp.catalogue.permissions import lacking
from hub_mcp.catalogue.refusals import error_of, window_of
from hub_mcp.catalogue.stakes import NOTHING_KNOWN
from hub_mcp.client.caller import Caller
from hub_mcp.errors import HubError, Stopped
from hub_mcp.gate.challenge import Assessment, Challenge
from hub_mcp.gate.question import Question
from tests import hostile, samples
from tests.thoroughly import every_nth

BASE = "https://hub.test"
EXCHANGES = Path(__file__).parent / "exchanges"
NOT_SO: tuple[Any, ...] = (None, 3, "", "a/../b", [None], {"x": None})  # what the Hub says nowhere
UNSEEN_HERE = re.compile(f"[{hostile.UNSEEN}]")


def call_of(endpoint: type[Endpoint[Any]], arguments: Any) -> Endpoint[Any] | None:
    """The call, or None if it was refused as it should be."""
    try:
        return endpoint.model_validate(arguments)
    except ValidationError as refusal:
        for error in refusal.errors(include_url=False):
            assert error["msg"]
        return None


def template_of(endpoint: type[Endpoint[Any]]) -> re.Pattern[str]:
    """What the paths of an endpoint look like, each piece encoded on its own."""
    pattern = re.escape(endpoint.line.path).replace(r"\[", "(?:").replace(r"\]", ")?")
    for name in endpoint.path_fields():
        two = endpoint.second_segment(name)
        piece = r"[^/?#\[\]\\\s]+"
        more = "*" if endpoint.is_deep(name) else "?" if two else "{0}"
        pattern = pattern.replace(rf"\{{{name}\}}", f"{piece}(?:/{piece}){more}", 1)
    return re.compile(pattern)


# ── what callers send ────────────────────────────────────────────────────────────────────────────────────


@hostile.A_QUARTER
def test_arguments_are_refused_or_become_a_request_of_the_endpoints_own_path(
    endpoint: type[Endpoint[Any]],
) -> None:
    template = template_of(endpoint)
    made = 0

    @hostile.some(80)
    @example(samples.forms(endpoint.tool)[0])
    @given(hostile.arguments_of(endpoint))
    def check(arguments: Any) -> None:
        nonlocal made
        call = call_of(endpoint, arguments)
        if call is None:
            return
        made += 1
        request = call.to_http(BASE)
        parts = urlsplit(request.url)
        assert (parts.scheme, parts.netloc, parts.fragment) == ("https", "hub.test", "")
        assert template.fullmatch(parts.path), parts.path
        assert not {".", ".."} & {unquote(piece) for piece in parts.path.split("/")}
        assert re.fullmatch(r"[!-~]+", request.url)
        sent = httpx.URL(request.url)
        assert sent.raw_path.decode() == parts.path + ("?" + parts.query if parts.query else "")
        json.dumps(request.body, allow_nan=False).encode()
        call.subject.encode()
        if isinstance(call, Change):
            call.owners()
            call.target()
            call.context()

    check()
    assert made, "no arguments got past the rules, so nothing was tried"


@hostile.EVERY
def test_pieces_of_a_path_come_out_as_they_went_in(endpoint: type[Endpoint[Any]]) -> None:
    fields = [name for name in endpoint.path_fields() if name in ("subset", "split", "revision", "item_id")]

    def path_with(text: str) -> str:
        call = call_of(endpoint, {**sample(endpoint), **dict.fromkeys(fields, text)})
        return urlsplit(call.to_http(BASE).url).path if call else ""

    slashes = path_with("0123456789abcdef01234567").count("/")

    @hostile.some(50)
    @given(st.text(min_size=1, max_size=30))
    def check(text: str) -> None:
        path = path_with(text)
        if not path:
            return
        assert path.count("/") == slashes
        pieces = [unquote(piece) for piece in path.split("/")]
        assert sum(piece in (text, text.strip(" ")) for piece in pieces) >= len(fields)

    if fields:
        check()


# ── what the Hub answers ─────────────────────────────────────────────────────────────────────────────────


def sample(endpoint: type[Endpoint[Any]]) -> dict[str, Any]:
    """Arguments an endpoint takes."""
    return samples.forms(endpoint.tool)[0]


def real(endpoint: type[Endpoint[Any]]) -> Any:
    """An answer as it was recorded, to be mutated."""
    return json.loads((EXCHANGES / f"{endpoint.tool}.json").read_text("utf-8"))["response"]["body"]


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a piece of JSON, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def show(answer: Answer) -> None:
    """Everything that is made of an answer, and that it is fit to be sent and seen."""
    for fields in ((), ("tags", "siblings", "cardData", "items", "x")):
        content = answer.content(fields)
        json.dumps(content, ensure_ascii=False, allow_nan=False).encode()
        assert not any(UNSEEN_HERE.search(text) for text in texts_in(content))
    answer.identity.encode()


@hostile.A_QUARTER
def test_answers_become_an_answer_or_an_error_of_ours(endpoint: type[Endpoint[Any]]) -> None:
    call = endpoint.model_validate(sample(endpoint))
    was = real(endpoint)

    @hostile.some(80)
    @given(st.data(), hostile.statuses, hostile.headers)
    def check(data: st.DataObject, status: int, headers: dict[str, str]) -> None:
        kind = data.draw(st.integers(0, 9))
        if kind == 0:
            body = data.draw(st.binary(max_size=80))
        elif kind <= 2:
            body = hostile.dumped(data.draw(hostile.hub_json))
        else:
            body = hostile.dumped(data.draw(st.composite(lambda draw: hostile.mutated(was, draw))()))
        answered(call, HttpResponse(status, headers, body, BASE + "/x", True))

    check()
    for levels in (30, 200, 480, 2_000):
        for value in (
            hostile.deep(levels),
            {"id": "a/b", "name": "x", "slug": "x", "tags": hostile.deep(levels)},
        ):
            text = hostile.dumped(value) if levels < 900 else b"[" * levels + b"]" * levels
            answered(call, HttpResponse(200, {"content-type": "application/json"}, text, BASE + "/x", True))


def answered(call: Endpoint[Any], response: HttpResponse) -> None:
    try:
        answer = call.from_http(response)
    except HubError as error:
        assert_told(error)
        return
    show(answer)
    assert all(isinstance(line, str) for line in (*answer.facts(), *answer.dependents()))
    if isinstance(call, Change):
        assessed(call, answer, response)
    if isinstance(answer, Page):
        assert len(answer.items) <= call.model_dump()["limit"]
        for cursor in (*answer.cursors, answer.next_cursor):
            call.model_validate({**sample(type(call)), "cursor": cursor or None})
        answer.cut(1)
    if isinstance(answer, Identity):
        for other in ENDPOINTS.values():
            lacking(other.model_validate(sample(other)), answer).encode()


def assessed(call: Change[Any, Any], after: Answer, response: HttpResponse) -> None:
    """What the gate asks of a change, where the same answer shows what it acts on."""
    target = call.target()
    try:
        before = target.from_http(response) if target else NOTHING_YET
        call.settled(before).identity(before)
    except HubError as error:
        assert_told(error)
        return
    if stakes := call.stakes(before, NOTHING_KNOWN, [after]):
        found = Assessment(call, before, "", stakes)
        challenge = Challenge.issue(call, found, Caller.with_token(None), "", 0)
        with suppress(Stopped):  # too long to be asked
            asked = Question.about(found, challenge)
            for line in (asked.headline, *asked.facts, asked.cost):
                assert not re.search(f"[{hostile.UNSEEN}\n]", line)
    call.preview(before)
    call.safe_undo(before, after)


def with_one_else(value: Any, other: Any) -> Iterator[Any]:
    """A JSON value, once for each place in it, with another value there."""
    yield other
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in pairs:
        for changed in with_one_else(part, other):
            whole = value.copy()
            whole[key] = changed
            yield whole


@pytest.mark.parametrize("tool", [name for name, one in ENDPOINTS.items() if issubclass(one, Change)])
def test_what_is_shown_of_a_target_becomes_a_question_or_an_error_of_ours(tool: str) -> None:
    call = ENDPOINTS[tool].model_validate(sample(ENDPOINTS[tool]))
    target = call.target() if isinstance(call, Change) else None
    if target is None or not (EXCHANGES / f"{target.tool}.json").is_file():
        return
    shown = [body for other in NOT_SO for body in with_one_else(real(type(target)), other)]
    for body in every_nth(shown, len(tool)):
        assessed(call, Done(), HttpResponse(200, {}, hostile.dumped(body), BASE + "/x", True))


def assert_told(error: HubError) -> None:
    sentence = str(error)
    sentence.encode()
    assert not UNSEEN_HERE.search(sentence)
    assert "\n" not in sentence
    assert len(sentence) < 1_200
    assert "Traceback" not in sentence


@hostile.some(400)
@given(st.binary(max_size=300) | hostile.hub_json.map(hostile.dumped), hostile.statuses, hostile.headers)
def test_any_refusal_is_told_in_a_sentence(body: bytes, status: int, headers: dict[str, str]) -> None:
    assert_told(
        error_of(status, headers, body, subject="the model a/b", signed_in=True, about_repository=True)
    )
    window_of(headers)


@hostile.some(600)
@given(
    st.text(max_size=200)
    | st.lists(hostile.header_texts | st.text('<>;,=" relnxt?&cursor:/.', max_size=30)).map(",".join)
)
def test_any_link_header_is_read(header: str) -> None:
    found = next_link(header)
    assert found in header
    assert not set(found) & set("<>")


def test_a_link_header_of_megabytes_costs_little() -> None:
    for part in ("<", "<a>;", '<a>; x="', "; rel", "<a>; rel=x" * 3, '<a>;a="b";', " ", "<a>" + " ;" * 9):
        next_link(part * 200_000)


@hostile.some(300)
@given(st.text(), st.integers(1, 50))
def test_cleaned_text_is_visible_and_bounded(text: str, limit: int) -> None:
    said = clean(text, limit)
    assert not UNSEEN_HERE.search(said)
    assert len(said) <= limit + 40
    assert clean(said, 10_000) == said
    said.encode()


def test_text_of_every_hidden_kind_is_stripped_and_ordinary_text_is_not() -> None:
    hidden = (
        "\x00\x1b\x7f\x85\u00ad\u034f\u061c\u115f\u180e\u200b\u200d\u200e\u2028\u202e\u2060\u2066\u2069\u3164"
    )
    hidden += "\ufe0f\ufeff\uffa0\ufff9\U0001d173\U000e0001\U000e0041\U000e01ef\ud800"
    assert clean(f"a{hidden}b") == "ab"
    ordinary = "Schöne Größe, 日本語, العربية, हिन्दी, ไทย, 👍 – “x”\n\tnew line"
    assert clean(ordinary) == ordinary
