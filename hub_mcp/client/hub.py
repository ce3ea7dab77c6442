"""A Hub one can send calls to: one httpx client, made when first needed, and errors a person can act on.

    hub = Hub("https://huggingface.co", token)
    model = await hub.send(GetModel(repo_id="openai-community/gpt2"))
    async for page in hub.pages(ListModels(search="bert")): ...
"""

from __future__ import annotations

import json
import platform
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin, urlsplit

from hub_mcp import __version__
from hub_mcp.catalogue.answers import Answer, Page
from hub_mcp.catalogue.endpoint import Endpoint, HttpRequest, HttpResponse
from hub_mcp.catalogue.listing import Listing
from hub_mcp.client.token import Token, is_true
from hub_mcp.errors import (
    CertificateTrouble,
    HubError,
    NoAnswer,
    NotAHub,
    Offline,
    Renamed,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    import httpx

A = TypeVar("A", bound=Answer)
R = TypeVar("R", bound=Answer)

HUGGING_FACE = "https://huggingface.co"
HOPS = 5  # redirects a read may take
LARGEST = 64 * 1024 * 1024  # bytes of one answer
UNCERTAIN = "Whether the change happened is not known: look at the target before trying again."


def user_agent(environment: Mapping[str, str] | None = None) -> str:
    """The Hub's convention: `<library>/<version>; key/value; …`, telemetry parts left out when that is asked for."""
    env = environment or {}
    parts = [f"hub_mcp/{__version__}"]
    if not any(is_true(env.get(name, "")) for name in ("HF_HUB_DISABLE_TELEMETRY", "DISABLE_TELEMETRY", "DO_NOT_TRACK")):
        parts += [f"python/{platform.python_version()}", f"httpx/{version('httpx')}", f"mcp/{version('mcp')}"]
    if origin := env.get("HF_HUB_USER_AGENT_ORIGIN"):
        parts.append(f"origin/{origin}")
    return "; ".join(parts)


class Hub:
    """A Hub at an address, with at most one token.

    Args:
        base: the Hub's address, e.g. https://huggingface.co.
        token: sent as a bearer to this address and nowhere else.
        transport: makes the httpx transport, called once; None is httpx's own.
        offline: refuse every call before it is sent (HF_HUB_OFFLINE).
        timeout: seconds for each call, all of it.
        agent: the User-Agent to send.
    """

    def __init__(
        self,
        base: str = HUGGING_FACE,
        token: Token | None = None,
        *,
        transport: Callable[[], httpx.AsyncBaseTransport] | None = None,
        offline: bool = False,
        timeout: float = 30.0,
        agent: str = "",
    ) -> None:
        self.base = base.rstrip("/")
        self.token = token
        self.offline = offline
        self._transport = transport
        self._timeout = timeout
        self._agent = agent or user_agent()
        self._client: httpx.AsyncClient | None = None

    @property
    def host(self) -> str:
        return urlsplit(self.base).netloc

    @property
    def client(self) -> httpx.AsyncClient:
        if self._client is None:
            import httpx  # 0.1 s that a tool list does not need

            headers = {"User-Agent": self._agent, "Accept": "application/json"}
            if self.token:
                headers["Authorization"] = f"Bearer {self.token.secret}"
            self._client = httpx.AsyncClient(
                transport=self._transport() if self._transport else None,
                headers=headers,
                timeout=self._timeout,
                follow_redirects=False,
                limits=httpx.Limits(max_connections=32, max_keepalive_connections=32),
            )
        return self._client

    async def aclose(self) -> None:
        if self._client is not None:
            client, self._client = self._client, None
            await client.aclose()

    async def send(self, call: Endpoint[A]) -> A:
        """Make the call.

        Raises:
            HubError: what went wrong, what did not happen, what to do.
        """
        return call.from_http(await self.exchange(call))

    async def pages(self, listing: Listing[R]) -> AsyncIterator[Page[R]]:
        """Page after page, until the last one."""
        while True:
            page = await self.send(listing)
            yield page
            if not page.next_cursor:
                return
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
        request = call.to_http(self.base)
        for _ in range(HOPS + 1):
            response = await self._once(request, reads=call.reads)
            where = response.headers.get("location", "")
            if response.status not in (301, 302, 303, 307, 308) or not where:
                return response
            target = urljoin(response.url, where)
            if not call.reads:
                raise Renamed(f"{call.subject} has moved to {_id_in(target) or 'another address'}.", status=response.status)
            if urlsplit(target)[:2] != urlsplit(self.base)[:2]:
                return response  # an endpoint that answers with addresses reads it; any other refuses it
            request = HttpRequest(request.method, target)
        raise NotAHub("The Hub redirected more often than it ever does; it was not followed further.")

    async def _once(self, request: HttpRequest, *, reads: bool) -> HttpResponse:
        import httpx

        unsure = "" if reads else UNCERTAIN
        try:
            async with self.client.stream(
                request.method,
                request.url,
                content=None if request.body is None else json.dumps(request.body).encode(),
                headers=None if request.body is None else {"Content-Type": "application/json"},
            ) as answer:
                body = await _bounded(answer)
        except HubError:
            raise
        except httpx.ConnectTimeout as trouble:
            raise Unreachable(f"{self.host} did not take the connection within {self._timeout:.0f} s.") from trouble
        except httpx.TimeoutException as trouble:
            raise TimedOut(f"{self.host} did not answer within {self._timeout:.0f} s.", not_done=unsure) from trouble
        except (httpx.ConnectError, httpx.ProxyError) as trouble:
            raise _no_connection(self.host, trouble) from trouble
        except (httpx.RequestError, OSError) as trouble:
            raise NoAnswer(f"The connection to {self.host} broke before the whole answer came.", not_done=unsure) from trouble
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return HttpResponse(answer.status_code, headers, body, str(answer.url), self.token is not None)


async def _bounded(answer: httpx.Response) -> bytes:
    chunks: list[bytes] = []
    total = 0
    async for chunk in answer.aiter_bytes():
        total += len(chunk)
        if total > LARGEST:
            raise NotAHub(f"The answer is larger than {LARGEST // 2**20} MiB; it was not read further.")
        chunks.append(chunk)
    return b"".join(chunks)


def _no_connection(host: str, trouble: Exception) -> HubError:
    cause: BaseException | None = trouble
    while cause is not None:
        if isinstance(cause, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(cause):
            return CertificateTrouble(f"The certificate of {host} was not accepted.")
        cause = cause.__cause__ or cause.__context__
    return Unreachable(f"{host} cannot be reached.")


def _id_in(address: str) -> str:
    """The repository id in an API address; "" where there is none."""
    parts = urlsplit(address).path.split("/")
    return "/".join(parts[3:5]) if parts[1:2] == ["api"] and len(parts) >= 5 else ""
