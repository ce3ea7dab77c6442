"""Sending one request through the transports; failures on the way become our own errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import httpx

from hub_mcp.catalogue.http import TYPED, HttpRequest, HttpResponse
from hub_mcp.client.deadline import Deadline
from hub_mcp.client.server_secrets import not_typed, secret_at
from hub_mcp.client.token import Token
from hub_mcp.client.transport.connection_errors import no_connection
from hub_mcp.client.transport.proxies import proxy_for
from hub_mcp.errors import NoAnswer, NotAHub, TimedOut, TokenRejected, Unreachable
from hub_mcp.masking import SecretMask, masked_in_logs

CONNECTING = 10.0  # seconds, or half of the timeout if that is less
NO_ADDRESS = "Correct HF_ENDPOINT: https:// and a host, nothing secret."


@dataclass(frozen=True)
class Sender:
    """Sends one caller's requests to one Hub.

    Attributes:
        base: the Hub's address.
        host: the same in readable form.
        agent: the User-Agent.
        timeout: seconds for a whole call, all of which one attempt may use: a slow Hub is not a broken one.
        stack: the transports.
        secrets_from: secrets of this machine that the operator allowed to be sent.
        typed: a secret that a person typed for one call; "" for none.
    """

    base: str
    host: str
    token: Token | None
    agent: str
    timeout: float
    stack: httpx.AsyncBaseTransport
    secrets_from: tuple[str, ...] = ()
    typed: str = field(default="", repr=False)

    async def once(self, request: HttpRequest, deadline: Deadline) -> HttpResponse:
        """Send one request and return its complete answer.

        Raises:
            HubError: there is no answer, or it cannot be read.
        """
        secret = self._secret(request.value_from)
        masks = [*self._masks, *([SecretMask(secret)] if secret else [])]
        try:
            sent = self._made(request, deadline, secret)
            with masked_in_logs(masks):
                answer = await self.stack.handle_async_request(sent)
                body = await answer.aread()
        except (httpx.InvalidURL, httpx.UnsupportedProtocol) as trouble:
            raise Unreachable(f"{self.host} is not an address of a Hub.", advice=NO_ADDRESS) from trouble
        except (httpx.ConnectTimeout, httpx.PoolTimeout) as trouble:
            raise Unreachable(f"{self.host} did not take the connection in time.") from trouble
        except httpx.TimeoutException as trouble:
            raise TimedOut(f"{self.host} did not answer in time.") from trouble
        except (httpx.ConnectError, httpx.ProxyError) as trouble:
            raise no_connection(self.host, trouble, proxy_for(self.base)) from trouble
        except httpx.DecodingError as trouble:
            raise NotAHub("The answer's compression cannot be read.") from trouble
        except (httpx.RequestError, OSError) as trouble:
            raise NoAnswer(f"The connection to {self.host} broke before the whole answer came.") from trouble
        headers = {name.lower(): value for name, value in answer.headers.items()}
        # A mirror or a debugging proxy may send them back.
        for mask in masks:
            headers = {name: mask.text(value) for name, value in headers.items()}
            body = mask.body(body)
        return HttpResponse(answer.status_code, headers, body, str(sent.url), self.token is not None)

    def _secret(self, source: str) -> str:
        """The secret to send with a request.

        Raises:
            Stopped: it is missing.
        """
        if source == TYPED and not self.typed:
            raise not_typed()
        return self.typed if source == TYPED else secret_at(source, self.secrets_from) if source else ""

    @cached_property
    def _masks(self) -> list[SecretMask]:
        return [SecretMask(self.token.secret)] if self.token and self.token.secret else []

    def inside(self, here: str, where: str) -> str:
        """The target of a redirect within the Hub's own origin; "" for anywhere else."""
        try:
            base, target = httpx.URL(self.base), httpx.URL(here).join(where)
        except (httpx.InvalidURL, ValueError):
            return ""
        same = (target.scheme, target.host, target.port) == (base.scheme, base.host, base.port)
        return str(target) if same and not target.userinfo else ""

    def _made(self, request: HttpRequest, deadline: Deadline, secret: str = "") -> httpx.Request:
        headers = {"User-Agent": self.agent, "Accept": request.accept, "Accept-Encoding": "gzip, deflate"}
        content = request.content
        if content is not None and request.content_type:
            headers["Content-Type"] = request.content_type
        if request.body is not None:
            headers["Content-Type"] = "application/json"
            body = {**request.body, "value": secret} if secret else request.body
            content = json.dumps(body).encode()
        if request.first:
            headers |= {"Range": f"bytes=0-{request.first - 1}", "Accept-Encoding": "identity"}
        if self.token and request.with_token:
            if not self.token.is_sendable:
                raise TokenRejected(f"The {self.token} has characters that no token has, so it was not sent.")
            headers["Authorization"] = f"Bearer {self.token.secret}"
        url = httpx.URL(request.url)
        if url.userinfo:
            raise httpx.UnsupportedProtocol("a name or password in the address")
        extensions: dict[str, Any] = {"deadline": deadline, "timeout": self._timeouts()}
        if request.lasts:
            extensions["lasts"] = min(request.lasts, self.timeout / 2)
            headers["Accept-Encoding"] = "identity"  # a stream is not worth compressing
        return httpx.Request(request.method, url, headers=headers, content=content, extensions=extensions)

    def _timeouts(self) -> dict[str, float]:
        whole = self.timeout
        return {"connect": min(CONNECTING, whole / 2), "read": whole, "write": whole, "pool": whole}
