"""The proxy for a host, from HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY or the system's settings.

Read here because httpx rejects all of them if it cannot read one: a NO_PROXY entry with an IPv6 address, or
an unsupported proxy for another scheme. Here, only settings for the host in question matter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network
from urllib.parse import urlsplit
from urllib.request import getproxies

from hub_mcp.client.placeholders import filled
from hub_mcp.errors import plain

SOCKS = ("socks5", "socks5h")


@dataclass(frozen=True)
class ProxyRoute:
    """A proxy, and the variable it comes from; its user and password are never printed.

    Attributes:
        address: for the connection, credentials included.
    """

    variable: str
    address: str = field(repr=False)

    @property
    def is_socks(self) -> bool:
        return self.address.startswith(SOCKS)

    def __str__(self) -> str:
        rest = self.address.rpartition("@")[2] if "@" in self.address else self.address.partition("://")[2]
        host = re.split(r"[/?#]", rest)[0]
        return f"{self.address.partition('://')[0]}://{plain(host, 100)} ({self.variable})"


def proxy_for(address: str, named: Mapping[str, str] | None = None) -> ProxyRoute | None:
    """The proxy for an address; None for a direct connection.

    Args:
        named: proxies by scheme, as returned by `urllib.request.getproxies`; the environment's by default.
    """
    proxies = {scheme: filled(one) for scheme, one in (getproxies() if named is None else named).items()}
    parts = urlsplit(address)
    if _is_excepted(parts.hostname or "", parts.port or _port(parts.scheme), proxies.get("no", "")):
        return None
    for scheme in (parts.scheme, "all"):
        if proxy := proxies.get(scheme):
            proxy = proxy if "://" in proxy else f"http://{proxy}"
            return ProxyRoute(f"{scheme.upper()}_PROXY", re.sub(r"^socks://", "socks5h://", proxy))
    return None


def _port(scheme: str) -> int:
    return 80 if scheme == "http" else 443


def _is_excepted(host: str, port: int, entries: str) -> bool:
    return any(_fits(entry, host.lower(), port) for entry in re.split(r"[,\s]+", entries) if entry)


def _fits(entry: str, host: str, port: int) -> bool:
    """Whether a NO_PROXY entry matches this host; an invalid one matches none."""
    if entry == "*":
        return True
    name = entry.lower().rpartition("://")[2]
    if found := re.fullmatch(r"\[([^\]]*)\](?::(\d+))?|([^:]*):(\d+)", name):
        if (wanted := found[2] or found[4]) and int(wanted) != port:
            return False
        name = found[1] or found[3] or ""
    try:
        return ip_address(host) in ip_network(name, strict=False)
    except ValueError:
        name = name.lstrip("*").lstrip(".")
        return bool(name) and (host == name or host.endswith(f".{name}"))
