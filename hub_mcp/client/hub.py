"""A Hub one can send calls to: transports made when first needed, and errors a person can act on.

    hub = Hub("https://huggingface.co", token)
    model = await hub.send(GetModel(repo_id="openai-community/gpt2"))
    async for page in hub.pages(ListModels(search="bert")): ...

Reads follow redirects on the Hub's own origin and nowhere else; changes follow none. The token goes to that
origin only.
"""

from __future__ import annotations

import json
import platform
from collections.abc import AsyncIterator, Callable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar

import anyio

from hub_mcp import __version__
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.endpoint import Endpoint, HttpRequest, HttpResponse
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.permissions import lacking
from hub_mcp.catalogue.users import Whoami
from hub_mcp.client.patience import Patience, Sleep
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
    Renamed,
    TimedOut,
    TokenRejected,
    UnexpectedAnswer,
    Unreachable,
    plain,
)

if TYPE_CHECKING:
    import httpx

A = TypeVar("A", bound=Answer)
R = TypeVar("R", bound=Answer)

HUGGING_FACE = "https://huggingface.co"
HOPS = 5  # redirects a read may take
REDIRECTS = frozenset({301, 302, 303, 307, 308})
EMPTY_PAGES = 50  # in a row; the Hub may answer some, but never so many


def user_agent(environment: Mapping[str, str] | None = None) -> str:
    """The Hub's convention: `<library>/<version>; key/value; …`; less of it where telemetry is off."""
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


class Shared:
    """What all callers of one Hub share: its transports, made when first needed."""

    def __init__(
        self, innermost: Callable[[], httpx.AsyncBaseTransport] | None = None, *, sleep: Sleep = anyio.sleep
    ) -> None:
        self._innermost = innermost
        self._sleep = sleep
        self._stack: httpx.AsyncBaseTransport | None = None

    @property
    def stack(self) -> httpx.AsyncBaseTransport:
        if self._stack is None:
            from hub_mcp.client.transports import (
                stacked,
            )  # brings httpx: 0.1 s that a tool list does not need

            self._stack = stacked(self._innermost() if self._innermost else None, sleep=self._sleep)
        return self._stack

    async def aclose(self) -> None:
        if self._stack is not None:
            stack, self._stack = self._stack, None
            await stack.aclose()


class Hub:
    """A Hub at an address, with at most one token.

    Args:
        base: the Hub's address, e.g. https://huggingface.co.
        token: sent as a bearer to this address and nowhere else.
        transport: makes the innermost httpx transport, called once; None is the network.
        offline: refuse every call before it is sent (HF_HUB_OFFLINE).
        timeout: seconds for each call, all its tries together, waits for a rate limit aside.
        max_wait: the longest wait for a rate limit, in seconds.
        agent: the User-Agent to send.
        shared: what another Hub at this address has made already (`asked_by`), in place of `transport`.
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
        shared: Shared | None = None,
    ) -> None:
        self.base = base.rstrip("/")
        self.token = token
        self.offline = offline
        self._timeout = timeout
        self._max_wait = max_wait
        self._agent = agent or user_agent()
        self._shared = shared or Shared(transport)

    def asked_by(self, token: Token | None) -> Hub:
        """The same Hub for another caller, over the same connections; budgets and memories are kept apart."""
        return Hub(
            self.base,
            token,
            offline=self.offline,
            timeout=self._timeout,
            max_wait=self._max_wait,
            agent=self._agent,
            shared=self._shared,
        )

    def __repr__(self) -> str:
        return f"Hub({self.host!r}, {self.token})"

    @property
    def host(self) -> str:
        """Host and port, for people."""
        return plain(self.base.rpartition("://")[2].partition("/")[0].rpartition("@")[2], 100)

    async def aclose(self) -> None:
        await self._shared.aclose()

    async def send(self, call: Endpoint[A]) -> A:
        """Make the call.

        Raises:
            HubError: what went wrong, what did not happen, what to do.
        """
        try:
            return call.from_http(await self.exchange(call))
        except Forbidden as no:
            no.next_step = await self._lacking(call, no) or no.next_step
            raise
        except (NoAnswer, NotAHub, HubDown) as open_end:
            if not call.reads and not isinstance(open_end, LedElsewhere):
                open_end.not_done = UNCERTAIN
            raise

    async def pages(self, listing: Listing[R]) -> AsyncIterator[Page[R]]:
        """Page after page, until the last one."""
        empty = 0
        while True:
            page = await self.send(listing)
            yield page
            empty = 0 if page.items else empty + 1
            if not page.next_cursor:
                return
            if page.next_cursor == listing.cursor or empty > EMPTY_PAGES:
                raise UnexpectedAnswer("The Hub's pages lead in a circle; they were not followed further.")
            listing = listing.after(page.next_cursor)

    async def walk(self, listing: Listing[R]) -> AsyncIterator[R]:
        """Row after row, until the last one."""
        async for page in self.pages(listing):
            for row in page.items:
                yield row

    async def exchange(self, call: Endpoint[Any]) -> HttpResponse:
        """Send the call's request and follow what a read may follow.

        Raises:
            HubError: no usable answer came. An answer that says no is returned, for the call to read.
        """
        if self.offline:
            raise Offline(f"HF_HUB_OFFLINE is set, so {call.subject} was not asked for.")
        patience = Patience(self._timeout, self._max_wait)
        with patience.held():
            return await self._followed(call, patience)
        raise TimedOut(f"{self.host} did not answer within {self._timeout:.0f} s.", not_done=NOTHING_CHANGED)

    async def _followed(self, call: Endpoint[Any], patience: Patience) -> HttpResponse:
        request = call.to_http(self.base)
        for _ in range(HOPS + 1):
            response = await self._once(request, patience)
            where = response.headers.get("location", "")
            if response.status not in REDIRECTS or not where:
                return response
            target = self._inside(response.url, where)
            if not call.reads and target:
                raise Renamed(
                    f"{call.subject} has moved to {_id_in(target) or 'another address'}.",
                    status=response.status,
                )
            if not target:
                return response  # which the call reads as LedElsewhere
            request = HttpRequest(request.method, target)
        raise NotAHub("The Hub redirected more often than it ever does; it was not followed further.")

    def _inside(self, here: str, where: str) -> str:
        """Where a redirect leads, when that is on the Hub's own origin; "" for anywhere else."""
        import httpx

        try:
            base, target = httpx.URL(self.base), httpx.URL(here).join(where)
        except (httpx.InvalidURL, ValueError):
            return ""
        same = (target.scheme, target.host, target.port) == (base.scheme, base.host, base.port)
        return str(target) if same and not target.userinfo else ""

    async def _once(self, request: HttpRequest, patience: Patience) -> HttpResponse:
        """One request and its answer, by way of the transports; their exceptions told as ours."""
        import httpx

        from hub_mcp.client.trust import no_connection

        try:
            sent = self._request(request, patience)
            answer = await self._shared.stack.handle_async_request(sent)
            body = await answer.aread()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as trouble:
            raise Unreachable(
                f"{self.host} is not an address of a Hub.",
                advice="Correct HF_ENDPOINT: https:// and a host, nothing secret.",
            ) from trouble
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as trouble:
            raise Unreachable(f"{self.host} did not take the connection in time.") from trouble
        except httpx.TimeoutException as trouble:
            raise TimedOut(f"{self.host} did not answer in time.") from trouble
        except (httpx.ConnectError, httpx.ProxyError) as trouble:
            raise no_connection(self.host, trouble) from trouble
        except httpx.DecodingError as trouble:
            raise NotAHub("The answer's compression cannot be read.") from trouble
        except (httpx.RequestError, OSError) as trouble:
            raise NoAnswer(f"The connection to {self.host} broke before the whole answer came.") from trouble
        headers = {name.lower(): self._unsaid(value) for name, value in answer.headers.items()}
        if self.token and (secret := self.token.secret.encode()) in body:
            body = body.replace(secret, self.token.mask.encode())
        return HttpResponse(answer.status_code, headers, body, str(sent.url), self.token is not None)

    def _request(self, request: HttpRequest, patience: Patience) -> httpx.Request:
        import httpx

        headers = {
            "User-Agent": self._agent,
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
        }
        content = None
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(request.body).encode()
        if self.token:
            if not self.token.is_sendable:
                raise TokenRejected(
                    f"The {self.token} holds characters that no token has, so it was not sent."
                )
            headers["Authorization"] = f"Bearer {self.token.secret}"
        reads = content is None and request.method != "DELETE"
        each = {
            "connect": min(10.0, self._timeout / 2),
            "read": self._timeout / 2 if reads else self._timeout,
        }
        extensions = {
            "patience": patience,
            "timeout": {**each, "write": self._timeout, "pool": self._timeout},
        }
        url = httpx.URL(request.url)
        if url.userinfo:
            raise httpx.UnsupportedProtocol("a name or password in the address")
        return httpx.Request(request.method, url, headers=headers, content=content, extensions=extensions)

    def _unsaid(self, text: str) -> str:
        return text.replace(self.token.secret, self.token.mask) if self.token else text

    async def _lacking(self, call: Endpoint[Any], refusal: Forbidden) -> str:
        """What the token lacks for a call that was refused; "" where that cannot be told."""
        if self.token is None or isinstance(call, Whoami):
            return ""
        try:
            return lacking(call, await self.send(Whoami()), refusal)
        except HubError:
            return ""


def _id_in(address: str) -> str:
    """The repository id in an API address; "" where there is none."""
    path = address.partition("://")[2].partition("?")[0]
    parts = path.split("/")[1:]
    return plain("/".join(parts[2:4]), 200) if parts[:1] == ["api"] and len(parts) >= 4 else ""
