"""The innermost transport: one request out, one whole answer in, over the network as the environment says.

Everything that can break, breaks in here: an answer is read to its end, and to at most 64 MiB, before it
counts. A change that is on its way is not broken off by a cancelled caller, only by its deadline. Cookies are
never kept.
"""

from __future__ import annotations

from http.cookiejar import CookieJar, DefaultCookiePolicy

import anyio
import httpx

from hub_mcp.client.deadline import deadline_of
from hub_mcp.client.transport.connection_errors import odd_surroundings
from hub_mcp.client.transport.retry import READS
from hub_mcp.errors import NotAHub

LARGEST = 64 * 2**20  # bytes of one answer
CONNECTIONS = httpx.Limits(max_connections=32, max_keepalive_connections=32, keepalive_expiry=30)


class Network(httpx.AsyncBaseTransport):
    """The network, by httpx's own reading of HTTPS_PROXY, NO_PROXY, SSL_CERT_FILE and their like.

    httpx reads the environment only for a client that makes its own transport, so this holds such a client. A
    request is passed through as it is: no header, cookie or redirect is added.
    """

    def __init__(self) -> None:
        try:
            self._client = httpx.AsyncClient(
                follow_redirects=False,
                limits=CONNECTIONS,
                cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            )
        except (ImportError, ValueError, OSError, httpx.InvalidURL) as trouble:
            raise odd_surroundings(trouble) from None  # the text of a proxy error holds its password

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._client.send(request, stream=True)

    async def aclose(self) -> None:
        await self._client.aclose()


class WholeAnswerTransport(httpx.AsyncBaseTransport):
    """Reads answers whole, and lets changes arrive."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if request.method in READS:
            return await self._whole(request)
        with anyio.CancelScope(shield=True, deadline=deadline_of(request).deadline):
            return await self._whole(request)
        raise httpx.ReadTimeout("the deadline passed", request=request)

    async def _whole(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        try:
            body = bytearray()
            async for chunk in answer.aiter_bytes():
                body += chunk
                if len(body) > LARGEST:
                    raise NotAHub(
                        f"The answer is larger than {LARGEST // 2**20} MiB; it was not read further."
                    )
        finally:
            await answer.aclose()
        of_the_body = (
            "content-encoding",
            "transfer-encoding",
            "content-length",
        )  # as it was sent, not as it is now
        headers = [
            (name, value)
            for name, value in answer.headers.multi_items()
            if request.method == "HEAD" or name.lower() not in of_the_body
        ]
        if request.method == "HEAD":
            headers = [(name, value) for name, value in headers if name.lower() != "content-encoding"]
        return httpx.Response(answer.status_code, headers=headers, content=bytes(body), request=request)

    async def aclose(self) -> None:
        await self._inner.aclose()
