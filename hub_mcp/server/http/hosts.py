"""Which Host and Origin headers are accepted: the check against DNS rebinding, before all others.

Names are compared case-insensitively and with their port: `name` means without a port or with the scheme's
default port, `name:8443` that port, `name:*` any.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Self

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from hub_mcp.errors import plain

log = logging.getLogger("hub_mcp")

LOOPBACK: Final = ("127.0.0.1:*", "localhost:*", "[::1]:*")
USUAL: Final = {"http": ("", "80"), "https": ("", "443"), "": ("", "80", "443")}  # ports of a bare name
PROBES: Final = ("/healthz", "/readyz")  # requested by machines that use the server's IP address
_PLACE = re.compile(r"(?:([a-z][a-z0-9+.-]*)://)?(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::([0-9]{1,5}|\*))?")


@dataclass(frozen=True)
class HostAndPort:
    """A host with its port, and the scheme of an origin."""

    scheme: str
    name: str
    port: str

    @classmethod
    def read(cls, text: str) -> Self | None:
        match = _PLACE.fullmatch(text.lower())
        return cls(match[1] or "", match[2], match[3] or "") if match else None

    def covers(self, other: HostAndPort) -> bool:
        """Whether this entry from the settings covers the other."""
        ports = USUAL.get(self.scheme, ("",)) if self.port in USUAL.get(self.scheme, ()) else (self.port,)
        return (self.scheme, self.name) == (other.scheme, other.name) and (
            self.port == "*" or other.port in ports
        )


class ExpectedHosts:
    """Passes on requests whose Host and Origin are in the settings.

    Args:
        hosts, origins: what is accepted besides loopback.
    """

    def __init__(self, app: ASGIApp, *, hosts: Iterable[str] = (), origins: Iterable[str] = ()) -> None:
        self._app = app
        self._hosts = _places((*LOOPBACK, *hosts))
        self._origins = _places((*(f"http://{one}" for one in LOOPBACK), *origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in PROBES:
            return await self._app(scope, receive, send)
        headers = Headers(scope=scope)
        return await (self._refusal(headers) or self._app)(scope, receive, send)

    def _refusal(self, headers: Headers) -> Response | None:
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if len(hosts) != 1 or not _among(self._hosts, hosts[0]):
            log.warning("A Host header was refused: %s", plain(", ".join(hosts) or "none", 100))
            return PlainTextResponse("Invalid Host header", 421)
        if len(origins) > 1 or (origins and not _among(self._origins, origins[0])):
            log.warning("An Origin header was refused: %s", plain(", ".join(origins), 100))
            return PlainTextResponse("Invalid Origin header", 403)
        return None


def _places(texts: Iterable[str]) -> list[HostAndPort]:
    return [place for text in texts if (place := HostAndPort.read(text))]


def _among(places: list[HostAndPort], text: str) -> bool:
    given = HostAndPort.read(text)
    return given is not None and given.port != "*" and any(one.covers(given) for one in places)
