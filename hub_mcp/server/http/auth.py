"""Who is calling over HTTP: the token of each request, what callers without are told, where one is got."""

from __future__ import annotations

import time
from collections.abc import Callable

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub_mcp.catalogue.users import Whoami
from hub_mcp.client.caller import Caller
from hub_mcp.client.hub import Hub
from hub_mcp.client.placeholders import bearer_in
from hub_mcp.client.token import Token
from hub_mcp.errors import HubError, TokenRejected

METADATA = "/.well-known/oauth-protected-resource"
SCOPES = ("openid", "profile", "read-repos", "contribute-repos", "write-repos", "manage-repos")
GOOD_FOR = 300.0  # seconds a token that whoami knew is not asked for again
MOST_REMEMBERED = 4096


class NotAToken(Exception):
    """The Authorization header holds something else than a bearer token."""


def token_in(headers: Headers) -> Token | None:
    """The caller's Hub token; None for a caller who shows none.

    Raises:
        NotAToken: there is a header, and it cannot be read. Its text is in no message.
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


class Known:
    """Tokens that the Hub knew minutes ago, by their callers."""

    def __init__(self, hub: Hub, clock: Callable[[], float] = time.monotonic) -> None:
        self._hub = hub
        self._clock = clock
        self._until: dict[str, float] = {}

    async def check(self, token: Token) -> None:
        """Ask the Hub whose token it is, unless it was asked lately.

        Raises:
            TokenRejected: the Hub does not know it.
            HubError: the Hub could not be asked.
        """
        caller = Caller.with_token(token).id
        now = self._clock()
        if self._until.get(caller, 0.0) > now:
            return
        await self._hub.asked_by(token).send(Whoami())
        for old in [one for one, until in self._until.items() if until <= now]:
            del self._until[old]
        if len(self._until) >= MOST_REMEMBERED:
            del self._until[next(iter(self._until))]
        self._until[caller] = now + GOOD_FOR


class SignIn:
    """Lets a request to the endpoint through when its host, origin and token are what they must be.

    Args:
        app: what is behind it.
        path: the endpoint.
        security: the hosts and origins that are expected.
        known: verifies tokens when everybody must show one; None lets anonymous callers read.
        hub: the address of the Hub, which gives out the tokens.
        public_url: where callers reach this server, when a gateway is in front.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        path: str,
        security: TransportSecuritySettings,
        known: Known | None,
        hub: str,
        public_url: str = "",
    ) -> None:
        self._app = app
        self._path = path
        self._security = TransportSecurityMiddleware(security)
        self._known = known
        self._hub = hub
        self._public_url = public_url.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] not in (self._path, METADATA, METADATA + self._path):
            return await self._app(scope, receive, send)
        request = Request(scope)
        response = await self._security.validate_request(request)
        if response is None:
            response = (
                self._metadata(request) if scope["path"] != self._path else await self._refusal(request)
            )
        return await (response or self._app)(scope, receive, send)

    def _metadata(self, request: Request) -> Response | None:
        if self._known is None:
            return None  # nobody needs to sign in, so there is nothing to be told
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
        if self._known is None:
            return None
        if token is None:
            return self._challenge(request, "Show a Hugging Face token: `Authorization: Bearer hf_…`.")
        try:
            await self._known.check(token)
        except TokenRejected:
            return self._challenge(
                request, "The Hub does not know this token; it may have expired.", "invalid_token"
            )
        except HubError as error:
            return JSONResponse({"error": f"The token could not be verified. {error.sentence()}"}, 503)
        return None

    def _challenge(self, request: Request, says: str, error: str = "") -> Response:
        parts = [f'error="{error}"', f'error_description="{says}"'] if error else []
        if self._known is not None:
            parts.append(f'resource_metadata="{self._address(request)}{METADATA}{self._path}"')
        challenge = f"Bearer {', '.join(parts)}".replace("…", "...")
        return JSONResponse({"error": says}, 401, {"WWW-Authenticate": challenge})

    def _address(self, request: Request) -> str:
        return self._public_url or f"{request.url.scheme}://{request.url.netloc}"
