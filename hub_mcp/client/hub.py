"""A Hub to send calls to: transports created on first use, and errors a person can act on.

    hub = Hub("https://huggingface.co", token)
    model = await hub.send(GetModel(repo_id="openai-community/gpt2"))
    async for page in hub.pages(ListModels(search="bert")): ...

Reads follow redirects within the Hub's own origin, and those of files also to its storage (`storage.py`);
POST requests follow none, whatever their purpose. The token is sent only to that origin.
"""

from __future__ import annotations

import logging
import platform
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

from hub_mcp import __version__
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.composed import Composed
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import HttpRequest, HttpResponse
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.permissions import lacking
from hub_mcp.catalogue.stakes import Known
from hub_mcp.client.answers_of import answers_of
from hub_mcp.client.caller import Caller
from hub_mcp.client.deadline import Deadline
from hub_mcp.client.departure import Departure
from hub_mcp.client.endpoint_address import check_endpoint
from hub_mcp.client.shared_transports import SharedTransports
from hub_mcp.client.storage import from_storage, is_storage
from hub_mcp.client.token import Token, is_true
from hub_mcp.errors import (
    NOTHING_CHANGED,
    UNCERTAIN,
    Forbidden,
    HubDown,
    HubError,
    LedElsewhere,
    NoAnswer,
    NotAHub,
    Offline,
    Refused,
    Renamed,
    TimedOut,
    TokenRejected,
    UnexpectedAnswer,
    plain,
)

if TYPE_CHECKING:
    import httpx

    from hub_mcp.client.sender import Sender

log = logging.getLogger("hub_mcp")

A = TypeVar("A", bound=Answer)
R = TypeVar("R", bound=Answer)

HUGGING_FACE = "https://huggingface.co"
HOPS = 5  # redirects that a read may follow
REDIRECTS = frozenset({301, 302, 303, 307, 308})
FOLLOW = frozenset({"GET", "HEAD"})  # a read by POST could be redirected to something that makes a change
SEE_OTHER = 303  # the Hub's answer to a submitted form
EMPTY_PAGES = 5  # consecutive empty pages; the Hub may return some, but not more
MOST_LEFT_OUT = 2_000  # unreadable rows allowed; more only if there are as many readable ones


def user_agent(environment: Mapping[str, str] | None = None) -> str:
    """By the Hub's convention, `<library>/<version>; key/value; …`; shorter if telemetry is off."""
    env = environment or {}
    parts = [f"hub_mcp/{__version__}"]
    if not any(
        is_true(env.get(name, ""))
        for name in ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY", "DO_NOT_TRACK")
    ):
        parts += [f"python/{platform.python_version()}", f"httpx/{version('httpx')}", f"mcp/{version('mcp')}"]
    if origin := env.get("HF_HUB_USER_AGENT_ORIGIN"):
        parts.append(f"origin/{plain(origin, 100)}")
    return "; ".join(parts)


class Hub:
    """A Hub at an address, with at most one token.

    Args:
        base: the Hub's address, such as https://huggingface.co.
        token: sent as a bearer token to this address and nowhere else.
        transport: makes the innermost httpx transport, called once; None for the network.
        offline: refuse every call before it is sent (HF_HUB_OFFLINE).
        timeout: seconds for each call, all attempts together, without waits for a rate limit.
        max_wait: the longest wait for a rate limit, in seconds.
        agent: the User-Agent to send.
        secrets_from: secrets of this machine that the operator allowed to be sent to a Space, as `env:NAME`
            or `file:PATH`; a Hub for another caller never has them.
        typed: a secret that a person typed for one call.
        shared: the transports of another Hub at this address (`asked_by`), in place of `transport`.
    """

    def __init__(
        self,
        base: str = HUGGING_FACE,
        token: Token | None = None,
        *,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
        offline: bool = False,
        timeout: float = 30.0,
        max_wait: float = 60.0,
        agent: str = "",
        secrets_from: tuple[str, ...] = (),
        typed: str = "",
        shared: SharedTransports | None = None,
    ) -> None:
        check_endpoint(base)
        self.base = base.rstrip("/")
        self.token = token
        self.offline = offline
        self._timeout = timeout
        self._max_wait = max_wait
        self._agent = agent or user_agent()
        self._secrets_from = secrets_from
        self._typed = typed
        self._shared = shared or SharedTransports(transport)
        self._sends: Sender | None = None

    def asked_by(self, token: Token | None) -> Hub:
        """The same Hub for another caller, over the same connections; budgets and caches are separate."""
        return self._copied(token)

    def with_typed(self, secret: str) -> Hub:
        """The same Hub and caller, with the secret that a person typed for one call."""
        return self._copied(self.token, secret)

    def _copied(self, token: Token | None, typed: str = "") -> Hub:
        return Hub(
            self.base,
            token,
            offline=self.offline,
            timeout=self._timeout,
            max_wait=self._max_wait,
            agent=self._agent,
            typed=typed,
            shared=self._shared,
        )

    def __repr__(self) -> str:
        return f"Hub({self.host!r}, {self.token})"

    @property
    def caller(self) -> Caller:
        """Whose calls these are."""
        return Caller.with_token(self.token)

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return plain(self.base.rpartition("://")[2].partition("/")[0].rpartition("@")[2], 100)

    async def aclose(self) -> None:
        self._sends = None
        await self._shared.aclose()

    async def send(self, call: Endpoint[A], departure: Departure | None = None) -> A:
        """Make the call.

        Args:
            departure: notified when a change is sent; from then on, a cancellation waits.

        Raises:
            HubError: what went wrong, what did not happen, what to do. After a change was sent, any failure
                says that its outcome is unknown.
        """
        try:
            if isinstance(call, Change):
                call = await self._after_steps(call)
            answer = await self._answered(call, departure or Departure())
            if isinstance(call, Composed):
                failures: list[tuple[Endpoint[Any], HubError]] = []
                beside = await answers_of(call.beside(answer), self.send, self._timeout, failures)
                answer = call.joined(answer, Known(beside, failures))
            return answer
        except HubError as error:
            raise error.alone() from None

    async def _after_steps(self, call: Change[Any, A]) -> Change[Any, A]:
        """The call as it is sent, after its preceding steps."""
        steps, answer = call.steps(), None
        while True:
            try:
                first = steps.send(answer)
            except StopIteration as done:
                ready: Change[Any, A] = done.value
                return ready
            try:
                answer = await self.send(first)
            except HubError as error:
                error.not_done = NOTHING_CHANGED  # the change itself was not sent
                raise

    async def _answered(self, call: Endpoint[A], departure: Departure) -> A:
        status = 0
        try:
            response = await self.exchange(call, departure)
            status = response.status
            return call.from_http(response)
        except Forbidden as no:
            no.next_step = await self._lacking(call, no) or no.next_step
            raise
        except TokenRejected as no:
            if call.changes and (why := await self._lacking(call, no)):
                no.what = f"The Hub accepts the token, but not for {call.tool}."
                no.next_step = why
            raise
        except (NoAnswer, NotAHub, HubDown) as open_end:
            if departure.left and not isinstance(open_end, LedElsewhere):
                open_end.not_done = UNCERTAIN
            raise
        except HubError:
            raise
        except Exception as trouble:
            if not departure.left:
                raise
            log.exception("the answer to %s cannot be read", call.tool)
            said = f"answered {status}, in a form" if status else "gave an answer"
            raise UnexpectedAnswer(f"The Hub {said} that cannot be read.", not_done=UNCERTAIN) from trouble

    async def pages(self, listing: Listing[R]) -> AsyncIterator[Page[R]]:
        """Page after page, until the last one.

        Raises:
            UnexpectedAnswer: they form a loop or lead nowhere. All pages before that were yielded.
        """
        empty = rows = left_out = 0
        while True:
            page = await self.send(listing)
            yield page
            empty = 0 if page.items else empty + 1
            rows, left_out = rows + len(page.items), left_out + page.left_out
            if not page.next_cursor:
                return
            if page.next_cursor == listing.cursor:
                raise UnexpectedAnswer("The Hub's pages form a loop; they were not followed further.")
            if empty > EMPTY_PAGES or left_out > max(MOST_LEFT_OUT, rows):
                what = "The Hub's pages hold hardly any rows; they were not followed further."
                raise UnexpectedAnswer(what)
            listing = listing.after(page.next_cursor)

    async def exchange(self, call: Endpoint[Any], departure: Departure | None = None) -> HttpResponse:
        """Send the call's request and follow the redirects that a read may follow.

        Raises:
            HubError: there is no usable answer. A refusal is returned, for the call to read.
        """
        if self.offline:
            raise Offline(f"HF_HUB_OFFLINE is set, so {call.subject} was not asked for.")
        sender = self._sender  # created before the clock starts: that time is not the Hub's
        deadline = Deadline(self._timeout, self._max_wait, departure=departure)
        with deadline.held():
            return await self._followed(call, sender, deadline)
        raise TimedOut(f"{self.host} did not answer within {self._timeout:.0f} s.", not_done=NOTHING_CHANGED)

    async def _followed(self, call: Endpoint[Any], sender: Sender, deadline: Deadline) -> HttpResponse:
        request = call.to_http(self.base)
        for _ in range(HOPS + 1):
            response = await sender.once(request, deadline)
            where = response.headers.get("location", "")
            if response.status not in REDIRECTS or not where:
                return response
            target = sender.inside(response.url, where)
            if response.status == SEE_OTHER and call.answered_by_address:
                return response  # it is done, and this is the address of the result
            if request.method not in FOLLOW and target:
                raise Renamed(
                    f"{call.subject} has moved to {_id_in(target) or 'another address'}.",
                    status=response.status,
                )
            if not target and call.may_lie_in_storage and is_storage(self.base, where):
                bare = replace(request, url=where, with_token=False)
                return from_storage(await sender.once(bare, deadline), response)
            if not target:
                return response  # the call turns this into LedElsewhere
            request = HttpRequest(request.method, target, accept=request.accept, first=request.first)
        raise NotAHub("The Hub redirected too many times; it was not followed further.")

    @property
    def _sender(self) -> Sender:
        if self._sends is None:
            from hub_mcp.client.sender import Sender  # imports httpx: 0.1 s that a tool list does not need

            self._sends = Sender(
                self.base,
                self.host,
                self.token,
                self._agent,
                self._timeout,
                self._shared.stack,
                self._secrets_from,
                self._typed,
            )
        return self._sends

    async def _lacking(self, call: Endpoint[Any], refusal: Refused) -> str:
        """What the token lacks for a refused call; "" if unknown."""
        if self.token is None or isinstance(call, Whoami):
            return ""
        try:
            identity = await self.send(Whoami())
        except HubError:
            return ""
        why = lacking(call, identity, refusal)
        if not why and isinstance(refusal, TokenRejected):
            return f'It needs the permission "{call.line.permission}": edit the token in the Hub\'s settings.'
        return why


def _id_in(address: str) -> str:
    """The repository id in an API address; "" if there is none."""
    path = address.partition("://")[2].partition("?")[0]
    parts = path.split("/")[1:]
    return plain("/".join(parts[2:4]), 200) if parts[:1] == ["api"] and len(parts) >= 4 else ""
