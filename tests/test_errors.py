"""Every way a call can fail, read as a model would read it: what happened, what did not, what to do next."""
# ruff: noqa: E501  # the rows of a table read better uncut

from __future__ import annotations

import inspect
import json
import re
from typing import Any

import httpx
import pytest

from hub_mcp import errors
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.repos.datasets import ListDatasetParquetFiles
from hub_mcp.catalogue.repos.models import GetModel
from hub_mcp.catalogue.repos.repos import CreateRepo, UpdateRepoSettings
from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.errors import NOTHING_CHANGED, UNCERTAIN, HubError, plain
from tests.client.scripts import FarSide, Time

READ = GetModel(repo_id="ada/atlas")
FILES = ListDatasetParquetFiles(repo_id="ada/rain")
CREATE = CreateRepo(repo_id="ada/atlas", type="model")
OPEN = UpdateRepoSettings(repo_id="ada/atlas", type="model", visibility="public")
JSON = {"content-type": "application/json; charset=utf-8"}
HTML = {"content-type": "text/html"}
USED_UP = {"ratelimit": '"api";r=0;t=131', "ratelimit-policy": '"fixed window";"api";q=500;w=300'}
SOME_LEFT = {"ratelimit": '"api";r=300;t=131'}


def no(
    status: int, error: Any = "", *, call: Endpoint[Any] = READ, token: bool = True, **said: Any
) -> tuple[Any, ...]:
    """A row's answer: the call, whether a token was sent, status, headers, body."""
    code = {"x-error-code": said.pop("code")} if "code" in said else {}
    headers = {**JSON, **code, **said.pop("headers", {})}
    body = (
        error
        if isinstance(error, bytes)
        else json.dumps({"error": error, **said} if error else said).encode()
    )
    return call, token, status, headers, body


# the answer → its class, what happened (a part), the Hub's words (a part; "" where they say nothing), what to do (a part)
ANSWERS: list[tuple[tuple[Any, ...], str, str, str, str]] = [
    # missing, hidden, private
    (no(404, "Repository not found", code="RepoNotFound"), "MissingRepository", "The model ada/atlas does not exist, or this "
     "token cannot see it.", "Repository not found", "Check its spelling and type"),
    (no(401, "Invalid username or password.", token=False), "MissingOrHidden", "ada/atlas does not exist, or is private", "",
     "set HF_TOKEN"),
    (no(404, "Invalid rev id: v9", code="RevisionNotFound"), "MissingRevision", "no such revision", "Invalid rev id: v9",
     "Leave `revision` out"),
    (no(404, "Entry not found", code="EntryNotFound"), "MissingEntry", "no such file", "Entry not found", "Check the path"),
    (no(404, "Sorry, we can't find the page you are looking for."), "Missing", "The Hub found nothing for the model ada/atlas",
     "Sorry, we can't find", "search for it"),
    # gated, disabled
    (no(401, "Access to dataset ada/rain is restricted.", call=FILES, token=False, code="GatedRepo"), "Gated",
     "The files of the dataset ada/rain are gated", "is restricted", "hf auth login"),
    (no(403, "Access to dataset ada/rain is restricted.", call=FILES, code="GatedRepo"), "Gated", "are gated", "is restricted",
     "Ask for access on the repository's page"),
    (no(403, "Access to this resource is disabled.", call=FILES), "Disabled", "The Hub has disabled the dataset ada/rain",
     "is disabled", "metadata can still be read"),
    # asks for a sign-in
    (no(401, "Invalid credentials in Authorization header"), "TokenRejected", "did not accept the token", "Invalid credentials",
     "sign in again"),
    (no(401, "Invalid username or password."), "TokenRejected", "did not accept the token", "Invalid username", "sign in again"),
    (no(401, "Invalid username or password.", call=CREATE, token=False), "SignInNeeded", "asks for a sign-in", "Invalid username", "HF_TOKEN"),
    # rights, plans, conflicts
    (no(403, "You don't have the rights", call=CREATE), "Forbidden", "does not allow this with this token",
     "You don't have the rights", "Call whoami"),
    (no(402, "Private storage limit reached", call=OPEN), "PlanNeeded", "plan does not include this",
     "Private storage limit", "billing settings"),
    (no(409, "You already created this model repo", call=CREATE, url="https://hub.test/ada/atlas"), "Conflict",
     'It conflicts with "https://hub.test/ada/atlas".', "You already created", "Look at what exists"),
    (no(409, "You already have a collection", call=CREATE, slug="ada/x-1"), "Conflict", 'It conflicts with "ada/x-1".', "You already",
     "Look at"),
    # bad requests, in all forms of the Hub's bodies
    (no(400, "Invalid sort parameter"), "Invalid", "refused the request", "Invalid sort parameter", "Correct the argument"),
    (no(400, ["too long", "too odd"]), "Invalid", "refused", "too long; too odd", "Correct the argument"),
    (no(422, errors=[{"message": "limit: must be 1"}, {"message": "p: must be 0"}]), "Invalid", "refused", "limit: must be 1; p",
     "Correct"),
    (no(400, "invalid_grant", error_description="expired"), "Invalid", "refused", "invalid_grant; expired", "Correct"),
    (no(400, message="no such type"), "Invalid", "refused", "no such type", "Correct"),
    (no(413, b"Payload Too Large", headers={"content-type": "text/plain"}), "Invalid", "too large", "Payload Too Large", "Correct"),
    (no(400, b"\xff\xfe{", headers={"x-error-message": "from the header"}), "Invalid", "refused", "from the header", "Correct"),
    (no(400, headers={"x-error-message": "from the header"}), "Invalid", "refused", "from the header", "Correct"),
    # limits
    (no(429, "Too many requests", headers=USED_UP), "RateLimited", "rate limit for this caller is used up", "Too many requests",
     "Call again in 2 min."),
    (no(429, "You have reached 300 repositories a day", headers=SOME_LEFT), "ActionQuota", "quota for this action",
     "300 repositories a day", "retrying soon will not help"),
    (no(429, b"<h1>blocked</h1>", headers=HTML), "EdgeBlocked", "blocked in front of the Hub", "", "wait some minutes"),
    (no(429, b"", headers={"retry-after": "30"}), "EdgeBlocked", "blocked in front of the Hub", "", "Call again in 30 s."),
    # no Hub, a Hub in trouble
    (no(500, "Internal Error - We're working hard to fix this."), "HubDown", "answered 500", "Internal Error", "in a minute"),
    (no(503, b"<h1>maintenance</h1>", headers=HTML), "HubDown", "answered 503", "", "in a minute"),
    (no(501, "This is not built."), "Refused", "does not offer this", "This is not built.", ""),
    (no(200, b"<!doctype html><title>Sign in</title>", headers=HTML), "NotAHub", "A web page answered", "", "HF_ENDPOINT"),
    (no(404, b"<h1>nginx</h1>", headers=HTML), "NotAHub", "A web page answered (404)", "", "HF_ENDPOINT"),
    (no(403, b"<h1>Your company's proxy</h1>", headers=HTML), "NotAHub", "A web page answered (403)", "", "proxy"),
    (no(307, headers={"location": "https://elsewhere.invalid/x"}), "LedElsewhere", "another host, 'elsewhere.invalid',", "",
     "HF_ENDPOINT"),
    (no(200, b"{"), "UnexpectedAnswer", "not the Hub's API", "", "report it"),
    (no(200, b"[1]"), "UnexpectedAnswer", "a list where one", "", "report it"),
    (no(418, "I'm a teapot"), "Refused", "answered 418", "I'm a teapot", ""),
]  # fmt: skip


def read(call: Endpoint[Any], token: bool, status: int, headers: dict[str, str], body: bytes) -> HubError:
    with pytest.raises(HubError) as caught:
        call.from_http(HttpResponse(status, headers, body, "https://hub.test/x", token))
    return caught.value


@pytest.mark.parametrize(("answer", "kind", "what", "words", "step"), ANSWERS)
def test_an_answer_is_read_as_the_error_it_is(
    answer: tuple[Any, ...], kind: str, what: str, words: str, step: str
) -> None:
    error = read(*answer)
    sentence = str(error)
    assert error.kind == kind
    assert what in sentence
    assert (error.quoted != "") == (words != "")
    assert f'The Hub said: "{words}' in sentence or words in error.quoted
    assert step in error.next_step
    assert_readable(sentence)


def assert_readable(sentence: str) -> None:
    """What happened, what did not, what to do: complete sentences, no page, no code, nothing from Python."""
    assert re.match(r"[A-Z]", sentence) or "/" in sentence.split()[0] or "." in sentence.split()[0]
    assert NOTHING_CHANGED in sentence or UNCERTAIN in sentence
    assert sentence[-1] in ".!"
    for odd in ("<", "Traceback", "Exception", "{", "None", "httpx", "Errno", "\n", "  "):
        assert odd not in sentence
    assert len(sentence) < 700


EXCEPTIONS: list[tuple[Exception, Endpoint[Any], str, str, str]] = [
    (httpx.ConnectError("[Errno -2] Name or service not known"), READ, "Unreachable", "hub.test cannot be reached.", "HF_ENDPOINT"),
    (httpx.ConnectTimeout("secret"), CREATE, "Unreachable", "did not take the connection in time", "HTTPS_PROXY"),
    (httpx.ConnectError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed"), READ, "CertificateTrouble", "certificate of hub.test",
     "SSL_CERT_FILE"),
    (httpx.ProxyError("407 secret"), READ, "ProxyTrouble", "The proxy did not lead to hub.test.", "HTTPS_PROXY"),
    (httpx.ReadTimeout("secret"), READ, "TimedOut", "did not answer in time", "Try again"),
    (httpx.ReadTimeout("secret"), CREATE, "TimedOut", "did not answer in time", "Try again"),
    (httpx.RemoteProtocolError("secret"), READ, "NoAnswer", "broke before the whole answer came", "Try again"),
    (httpx.ReadError("secret"), CREATE, "NoAnswer", "broke before the whole answer came", "Try again"),
    (OSError("secret"), READ, "NoAnswer", "broke", "Try again"),
]  # fmt: skip


@pytest.mark.asyncio
@pytest.mark.parametrize(("trouble", "call", "kind", "what", "step"), EXCEPTIONS, ids=repr)
async def test_connection_errors_are_described(
    trouble: Exception, call: Endpoint[Any], kind: str, what: str, step: str
) -> None:
    hub = Hub(
        "https://hub.test",
        Token("hf_planted", "a test"),
        shared=SharedTransports(lambda: FarSide(trouble).transport, sleep=Time().sleep),
    )
    with pytest.raises(HubError) as caught:
        await hub.send(call)
    error = caught.value
    assert error.kind == kind
    assert what in str(error)
    assert step in error.next_step
    assert "secret" not in str(error)
    uncertain = not call.reads and not isinstance(error, errors.NotSent)
    assert (UNCERTAIN in str(error)) == uncertain
    assert_readable(str(error))


def test_every_error_of_the_tree_is_drawn_and_told() -> None:
    tree = errors.__doc__ or ""
    classes = [one for _, one in inspect.getmembers(errors, inspect.isclass) if issubclass(one, HubError)]
    for one in classes:
        assert re.search(rf"\b{one.__name__}\b", tree), one
        if one not in (
            HubError,
            errors.BadInput,
            errors.Stopped,
            errors.NotSent,
            errors.Refused,
            errors.RateLimited,
        ):
            assert one.advice, one
    told = (
        {kind for _, kind, *_ in ANSWERS} | {kind for _, _, kind, *_ in EXCEPTIONS} | {"HubError", "NotSent"}
    )
    elsewhere = {
        "BadInput",
        "Offline",
        "Renamed",
        "Stopped",
    }  # tests/client/test_hub.py, tests/server/test_gate.py
    assert {one.__name__ for one in classes} == told | elsewhere


def test_anybody_elses_words_are_one_line_visible_and_bounded() -> None:
    words = "a\u202eb\u200bc\x1b[31m\r\n\td\ufe0f\U000e0041\ud800" + "x" * 9_000
    assert plain(words).startswith("a b c [31m d x")
    assert len(plain(words)) == 400
    assert '"' not in HubError("What.", quoted='it said "yes"').sentence().partition('"')[2][:-25]


def test_an_error_can_be_given_its_advice_later() -> None:
    error = errors.Forbidden("No.")
    error.next_step = "Ask bob."
    assert str(error) == "No. Nothing was changed. Ask bob."


@pytest.mark.parametrize(("words", "ends"), [("No such user", '"No such user". '), ("No!", '"No!" ')])
def test_what_the_hub_said_ends_as_a_sentence(words: str, ends: str) -> None:
    assert f"The Hub said: {ends}" in HubError("Not found.", quoted=words).sentence()
