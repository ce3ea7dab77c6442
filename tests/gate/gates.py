"""What tests of the gate share: a spied-on Hub, scripted people, clients of both eras."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
from mcp import Client
from mcp.client.extension import advertise
from mcp.types import CallToolResult, ElicitRequestFormParams, ElicitResult, InputRequiredResult

from hub_mcp.client.hub import Hub
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.token import Token
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.journal import Entry, Journal
from hub_mcp.gate.once import InMemoryUsage
from hub_mcp.localhub.app import create_app
from hub_mcp.server.handlers import build
from hub_mcp.server.tools.catalogue_tools import CatalogueTools
from hub_mcp.server.views.view_list import EXTENSION, HTML
from hub_mcp.settings import Settings
from tests.written import EVERY_TOOL, SOURCE, offering

BASE = "http://hub.test"
ADA, EVE = "hf_sandbox_ada_write", "hf_sandbox_eve_write"
KEY = "k" * 40
ERAS = ("legacy", "auto")  # `auto` meets a server of this SDK in the modern era
NOTHING = "Nothing was changed."
SHOWS_VIEWS = advertise(EXTENSION, {"mimeTypes": [HTML]})

Answer = Callable[[ElicitRequestFormParams], ElicitResult | Awaitable[ElicitResult]]


class Clock:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_900_000_000.0

    def __call__(self) -> float:
        return self.now


THINKS = 20.0  # seconds a person takes for an answer, by the world's clock


@dataclass
class AtOnce:
    """A client that answers by itself, in no time."""

    answer: Callable[[ElicitRequestFormParams], ElicitResult | Awaitable[ElicitResult]]

    def __call__(self, params: ElicitRequestFormParams) -> ElicitResult | Awaitable[ElicitResult]:
        return self.answer(params)


READS_BY_POST = ("/paths-info/", "/preupload/")  # arguments that are too many for an address


def only_reads(request: httpx.Request) -> bool:
    return request.method in ("GET", "HEAD") or any(part in request.url.path for part in READS_BY_POST)


class Spy(httpx.AsyncBaseTransport):
    """Lets everything through to the local Hub, and keeps what would change it.

    Attributes:
        before: awaited with each changing request before the Hub gets it; what it answers is the answer.
    """

    def __init__(self) -> None:
        self.inner = httpx.ASGITransport(create_app(quota=1_000_000))
        self.changes: list[httpx.Request] = []
        self.reads: list[httpx.Request] = []
        self.before: Callable[[httpx.Request], Awaitable[httpx.Response | None]] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if only_reads(request):
            self.reads.append(request)
        else:
            self.changes.append(request)
            if self.before and (answer := await self.before(request)):
                return answer
        return await self.inner.handle_async_request(request)


@dataclass
class World:
    """A local Hub behind a spy, and what a server needs to work on it."""

    place: Path
    spy: Spy = field(default_factory=Spy)
    clock: Clock = field(default_factory=Clock)
    sleep: Callable[[float], Awaitable[None]] = anyio.sleep

    def hub(self, token: str = ADA) -> Hub:
        shared = SharedTransports(lambda: self.spy, sleep=self.sleep)
        return Hub(BASE, Token(token, "a test"), shared=shared, secrets_from=(SOURCE,))

    def gate(
        self, *, used: InMemoryUsage | None = None, keys: tuple[str, ...] = (KEY,), **settings: Any
    ) -> Gate:
        """A gate as a server process makes it; another call is another process with the same keys."""
        return Gate(
            Settings(**{"structured": True, **EVERY_TOOL, **settings}),
            Journal(self.place / "journal.jsonl"),
            approvals=self.approvals,
            keys=keys,
            used=used,
            clock=self.clock,
        )

    def entries(self) -> list[Entry]:
        return Journal(self.place / "journal.jsonl").history()

    def outcomes(self) -> list[str]:
        return [entry.outcome for entry in self.entries()]

    @property
    def approvals(self) -> Approvals:
        return Approvals(self.place, self.clock)

    @asynccontextmanager
    async def client(
        self,
        era: str = "auto",
        answer: Answer | None = None,
        *,
        gate: Gate | None = None,
        token: str = ADA,
        shows_views: bool = False,
        **settings: Any,
    ) -> AsyncIterator[Client]:
        """A client of a server of its own; without an answer it cannot show a form, nor views unless said."""
        gate = gate or self.gate(**settings)
        hub = self.hub(token)
        server = build(CatalogueTools(gate.settings), lambda ctx: hub, gate)

        answer = self.in_time(answer)

        async def asked(context: Any, params: Any) -> ElicitResult:
            assert answer
            assert isinstance(params, ElicitRequestFormParams)
            reply = answer(params)
            return reply if isinstance(reply, ElicitResult) else await reply

        extensions = [SHOWS_VIEWS] if shows_views else []
        form = asked if answer else None
        async with Client(server, mode=era, elicitation_callback=form, extensions=extensions) as client:  # type: ignore[arg-type]  # one of two words
            yield client

    def in_time(self, answer: Answer | None) -> Answer | None:
        """The same answers, each after a person's time."""
        if answer is None or isinstance(answer, AtOnce):
            return answer

        def thoughtful(params: ElicitRequestFormParams) -> ElicitResult | Awaitable[ElicitResult]:
            self.clock.now += THINKS
            return answer(params)

        return thoughtful

    async def other(self, method: str, path: str, body: Mapping[str, Any], token: str = ADA) -> None:
        """Somebody else changes the Hub in the meantime."""
        async with httpx.AsyncClient(transport=self.spy.inner, base_url=BASE) as client:
            answer = await client.request(
                method, path, json=body, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.is_success, answer.text

    async def exists(self, repo_id: str, kind: str = "model", token: str = ADA) -> bool:
        async with httpx.AsyncClient(transport=self.spy.inner, base_url=BASE) as client:
            headers = {"Authorization": f"Bearer {token}"}
            return (await client.get(f"/api/{kind}s/{repo_id}", headers=headers)).status_code == 200

    async def json(self, path: str, token: str = ADA) -> Any:
        async with httpx.AsyncClient(transport=self.spy.inner, base_url=BASE) as client:
            return (await client.get(path, headers={"Authorization": f"Bearer {token}"})).json()


# ── people ───────────────────────────────────────────────────────────────────────────────────────────


def agreeing(params: ElicitRequestFormParams) -> ElicitResult:
    """A person who does what the form says: types the name, or ticks the box."""
    fields = params.requested_schema["properties"]
    if "name" in fields:
        return ElicitResult(action="accept", content={"name": fields["name"]["title"].removeprefix("Type ")})
    return ElicitResult(action="accept", content={"confirm": True})


def declining(params: ElicitRequestFormParams) -> ElicitResult:
    return ElicitResult(action="decline")


def typing(text: str) -> Answer:
    """A person who types this, whatever the form says."""
    return lambda params: ElicitResult(action="accept", content={"name": text})


class Asked:
    """Keeps the questions and answers as another person would."""

    def __init__(self, answer: Answer = agreeing) -> None:
        self.questions: list[ElicitRequestFormParams] = []
        self._answer = answer

    def __call__(self, params: ElicitRequestFormParams) -> ElicitResult | Awaitable[ElicitResult]:
        self.questions.append(params)
        return self._answer(params)


async def question_about(world: World, tool: str, arguments: dict[str, Any]) -> str:
    """The one question that a call asks; nothing is changed, since the person declines."""
    person, before = Asked(declining), [*world.spy.changes]
    async with world.client("auto", person, **offering(tool)) as client:
        await client.call_tool(tool, arguments)
    (asked,) = person.questions
    assert world.spy.changes == before
    return asked.message


async def only_one_acts(act: Callable[[], Awaitable[CallToolResult]]) -> list[CallToolResult]:
    """Eight act concurrently with the same approval: one succeeds; returns the errors of the others."""
    results: list[CallToolResult] = []

    async def race() -> None:
        results.append(await act())

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(race)
    assert sorted(bool(one.is_error) for one in results) == [False] + [True] * 7
    return [one for one in results if one.is_error]


# ── reading what comes back ──────────────────────────────────────────────────────────────────────────


def text_of(result: CallToolResult | InputRequiredResult) -> str:
    assert isinstance(result, CallToolResult)
    return "\n".join(block.text for block in result.content if block.type == "text")


def said(result: CallToolResult) -> dict[str, Any]:
    """The structured content."""
    assert isinstance(result.structured_content, dict)
    return result.structured_content


def refused(result: CallToolResult) -> bool:
    """Whether nothing was done, and the last words say so."""
    return text_of(result).rstrip().endswith(NOTHING)


def sent(request: httpx.Request) -> tuple[str, str, Any]:
    return request.method, request.url.path, json.loads(request.content or b"null")
