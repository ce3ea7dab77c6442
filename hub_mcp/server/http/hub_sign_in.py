"""Signing a person in at the Hub to learn who they are: authorization code with PKCE, nothing is kept.

The server registers itself as an app without a secret at the first sign-in, and requests no right except to
see who it is.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import anyio

from hub_mcp.catalogue.answers import Record
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import Effect, HttpRequest, Line
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token

SCOPES = "openid profile"


class RegisteredApp(Record):
    """The Hub's id for this server."""

    noun = "app"
    client_id: str


class Granted(Record):
    """A token that identifies the person who signed in."""

    noun = "token"
    access_token: str


class RegisterApp(Endpoint[RegisteredApp]):
    """Register this server with the Hub. Not a tool: only the page calls it."""

    line: ClassVar[Line] = Line("POST", "/oauth/register", Effect.ADD)
    tool: ClassVar[str] = "oauth_register"
    label: ClassVar[str] = "Sign-in at the Hub"
    area: ClassVar[str] = ""
    answer = RegisteredApp

    redirect_uri: str

    def payload(self) -> dict[str, Any]:
        return {
            "client_name": "hub-mcp",
            "redirect_uris": [self.redirect_uri],
            "scope": SCOPES,
            "token_endpoint_auth_method": "none",
        }


class ExchangeCode(Endpoint[Granted]):
    """Exchange the code from the person's browser for a token. Not a tool either."""

    line: ClassVar[Line] = Line("POST", "/oauth/token", Effect.ADD)
    tool: ClassVar[str] = "oauth_token"
    label: ClassVar[str] = "Sign-in at the Hub"
    area: ClassVar[str] = ""
    answer = Granted

    client_id: str
    code: str
    code_verifier: str
    redirect_uri: str

    def to_http(self, base: str) -> HttpRequest:
        form = {"grant_type": "authorization_code", **self.model_dump()}
        return HttpRequest(
            "POST",
            base + self.line.path,
            content=urlencode(form).encode(),
            content_type="application/x-www-form-urlencoded",
        )


@dataclass(frozen=True)
class BegunSignIn:
    """A sign-in that has begun: where the browser goes, and what is needed to finish it."""

    address: str
    client_id: str
    verifier: str


class HubSignIn:
    """Signs people in.

    Args:
        hub: used without a token.
        back: the address that browsers return to.
    """

    def __init__(self, hub: Hub, back: str) -> None:
        self._hub = hub.asked_by(None)
        self._back = back
        self._client = ""
        self._registering = anyio.Lock()

    async def begin(self, state: str) -> BegunSignIn:
        """Begin a sign-in.

        Raises:
            HubError: the Hub does not take this server as an app.
        """
        async with self._registering:
            if not self._client:
                self._client = (await self._hub.send(RegisterApp(redirect_uri=self._back))).client_id
        verifier = secrets.token_urlsafe(48)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        query = {
            "client_id": self._client,
            "redirect_uri": self._back,
            "response_type": "code",
            "scope": SCOPES,
            "state": state,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return BegunSignIn(f"{self._hub.base}/oauth/authorize?{urlencode(query)}", self._client, verifier)

    async def end(self, client_id: str, verifier: str, code: str) -> str:
        """Finish a sign-in; returns the person's name on the Hub.

        Raises:
            HubError: the Hub does not know the code.
        """
        exchange = ExchangeCode(
            client_id=client_id, code=code, code_verifier=verifier, redirect_uri=self._back
        )
        token = (await self._hub.send(exchange)).access_token
        return (await self._hub.asked_by(Token(token, "a sign-in at the Hub")).send(Whoami())).name
