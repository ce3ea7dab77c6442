"""Authentication over HTTP: the token of each request, the answer without one, and where to get one."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from mcp.server.context import ServerRequestContext
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.client.caller import Caller
from hub_mcp.client.hub import Hub
from hub_mcp.client.placeholders import bearer_in
from hub_mcp.client.token import Token
from hub_mcp.errors import HubError, TokenRejected
from hub_mcp.server.http.intake import address_of

METADATA = "/.well-known/oauth-protected-resource"
SCOPES = ("openid", "profile", "read-repos", "contribute-repos", "write-repos", "manage-repos")
GOOD_FOR = 300.0  # seconds before whoami is asked about a known token again
MOST_REMEMBERED = 4096
MOST_REFUSED = 20  # unknown tokens from one address, before it has to wait
FORGIVEN_AFTER = 3.0  # seconds of waiting for each


class NotAToken(Exception):
    """The Authorization header is not a bearer token."""


def token_in(headers: Headers) -> Token | None:
    """The caller's Hub token; None without one.

    Raises:
        NotAToken: the header cannot be parsed. Its text is in no message.
    """
    given = headers.getlist("authorization")
    if not given:
        return None
    secret = bearer_in(given[0])
    if len(given) > 1 or secret is None:
        raise NotAToken
    token = Token(secret, "the Authorization header")
    if secret and not token.is_sendable:
        raise NotAToken
    return token if secret else None


class TooManyRefused(Exception):
    """Too many unknown tokens came from one address."""


class KnownTokens:
    """Tokens that the Hub recently accepted, by caller.

    Each token is verified only once at a time. The client remembers refused ones for some seconds
    (`client/transport/refused_tokens.py`); an address that sends many of them can have another verified only
    now and then, so that made-up tokens do not make the Hub block the server.
    """

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._until: dict[str, float] = {}
        self._asking: dict[str, anyio.Lock] = {}
        self._refusals: OrderedDict[str, tuple[float, float]] = OrderedDict()  # count and time

    async def check(self, token: Token, address: str) -> None:
        """Verify a token with the Hub, unless that was done recently.

        Raises:
            TokenRejected: the Hub does not know it.
            TooManyRefused: it was not verified, because of earlier tokens from the address.
            HubError: the Hub could not be reached.
        """
        caller = Caller.with_token(token).id
        if self._is_known(caller):
            return
        if self._refused_from(address) >= MOST_REFUSED:
            raise TooManyRefused
        lock = self._asking.setdefault(caller, anyio.Lock())
        try:
            async with lock:
                if not self._is_known(caller):
                    await self._ask(token, caller, address)
        finally:
            if not lock.statistics().tasks_waiting and not lock.locked():
                self._asking.pop(caller, None)

    async def _ask(self, token: Token, caller: str, address: str) -> None:
        try:
            await self._hub.asked_by(token).send(Whoami())
        except TokenRejected:
            self._refusals[address] = (self._refused_from(address) + 1, self._clock())
            self._refusals.move_to_end(address)
            if len(self._refusals) > MOST_REMEMBERED:
                self._refusals.popitem(last=False)
            raise
        now = self._clock()
        for old in [one for one, until in self._until.items() if until <= now]:
            del self._until[old]
        if len(self._until) >= MOST_REMEMBERED:
            del self._until[next(iter(self._until))]
        self._until[caller] = now + GOOD_FOR

    def _is_known(self, caller: str) -> bool:
        return self._until.get(caller, 0.0) > self._clock()

    def _refused_from(self, address: str) -> float:
        """The refusals that count against an address; one expires every few seconds."""
        count, since = self._refusals.get(address, (0.0, 0.0))
        return max(0.0, count - (self._clock() - since) / FORGIVEN_AFTER)


def payer_of(known: KnownTokens) -> Callable[[ServerRequestContext[Any, Any]], Awaitable[str]]:
    """Who is charged for lasting resources: a caller with a known token, otherwise an address."""

    async def payer(ctx: ServerRequestContext[Any, Any]) -> str:
        if not isinstance(ctx.request, Request):
            return ""
        address = address_of(ctx.request.scope)
        try:
            if token := token_in(ctx.request.headers):
                await known.check(token, address)
                return Caller.with_token(token).id
        except TokenRejected:
            raise
        except (NotAToken, TooManyRefused, HubError):
            pass  # so it is not verified
        return address

    return payer


class SignIn:
    """Wraps the endpoint itself, so that every request passes here, whatever its path and method.

    Args:
        app: the endpoint.
        path: its path.
        known: verifies tokens.
        required: whether every caller needs one; otherwise anonymous callers may read.
        hub: the address of the Hub, which issues the tokens.
        public_url: where callers reach this server, if it is behind a gateway.
    """

    def __init__(
        self, app: ASGIApp, *, path: str, known: KnownTokens, required: bool, hub: str, public_url: str = ""
    ) -> None:
        self._app = app
        self._path = path
        self._known = known
        self._required = required
        self._hub = hub
        self._public_url = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        response = await self._refusal(Request(scope))
        await (response or self._app)(scope, receive, send)

    async def metadata(self, request: Request) -> Response:
        """Where callers get a token (RFC 9728), if they need one."""
        if not self._required:
            return PlainTextResponse("Not Found", 404)
        return JSONResponse(
            {
                "resource": self._address(request) + self._path,
                "resource_name": "hub-mcp",
                "authorization_servers": [self._hub],
                "bearer_methods_supported": ["header"],
                "scopes_supported": list(SCOPES),
            }
        )

    async def _refusal(self, request: Request) -> Response | None:
        try:
            token = token_in(request.headers)
        except NotAToken:
            return self._challenge(
                request, "The Authorization header must be `Bearer` and a Hub token.", "invalid_token"
            )
        if not self._required:
            return None
        if token is None:
            return self._challenge(request, "Send a Hugging Face token: `Authorization: Bearer hf_…`.")
        try:
            await self._known.check(token, address_of(request.scope))
        except TokenRejected:
            return self._challenge(
                request, "The Hub does not know this token; it may have expired.", "invalid_token"
            )
        except TooManyRefused:
            says = "Too many tokens from this address were not known to the Hub."
            return JSONResponse({"error": says}, 429, {"Retry-After": f"{FORGIVEN_AFTER:.0f}"})
        except HubError as error:
            return JSONResponse({"error": f"The token could not be verified. {error.sentence()}"}, 503)
        return None

    def _challenge(self, request: Request, says: str, error: str = "") -> Response:
        parts = [f'error="{error}"', f'error_description="{says}"'] if error else []
        if self._required:
            parts.append(f'resource_metadata="{self._address(request)}{METADATA}{self._path}"')
        challenge = f"Bearer {', '.join(parts)}".replace("…", "...")
        return JSONResponse({"error": says}, 401, {"WWW-Authenticate": challenge})

    def _address(self, request: Request) -> str:
        return self._public_url or f"{request.url.scheme}://{request.url.netloc}"
