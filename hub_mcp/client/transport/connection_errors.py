"""Why a connection failed, derived from an exception: certificate, proxy, address or route."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path

import httpx

from hub_mcp.client.transport.proxies import ProxyRoute
from hub_mcp.errors import CertificateTrouble, HubError, ProxyTrouble, Unreachable, plain

CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def causes(trouble: BaseException) -> Iterator[BaseException]:
    """An exception and its causes, the root cause last."""
    seen: set[int] = set()
    cause: BaseException | None = trouble
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__


def certificate_trouble(trouble: BaseException) -> bool:
    """Whether the peer's certificate was rejected, which another attempt does not change."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes(trouble)) or (
        "CERTIFICATE_VERIFY_FAILED" in str(trouble)
    )


def no_connection(host: str, trouble: BaseException, proxy: ProxyRoute | None = None) -> HubError:
    """The error for a failed connection; it contains no text of the exception."""
    if certificate_trouble(trouble):
        return CertificateTrouble(f"The certificate of {host} was not accepted.")
    if isinstance(trouble, httpx.ProxyError):
        return ProxyTrouble(f"The proxy{f' {proxy}' if proxy else ''} did not lead to {host}.")
    if any(isinstance(cause, ssl.SSLError) for cause in causes(trouble)):
        return CertificateTrouble(
            f"{host} did not answer with TLS.",
            advice="Check whether HF_ENDPOINT begins with the right one of http and https.",
        )
    if proxy:
        return ProxyTrouble(f"{host} cannot be reached through the proxy {proxy}.")
    return Unreachable(f"{host} cannot be reached.")


def unusable_environment(trouble: Exception, proxy: ProxyRoute | None) -> HubError:
    """The error for proxies or certificates in the environment that httpx cannot use."""
    for name in CERTIFICATES:
        if (path := os.environ.get(name)) and isinstance(trouble, (OSError, ssl.SSLError)):
            state = "holds no certificates that can be read" if Path(path).exists() else "does not exist"
            return CertificateTrouble(
                f"{name} names {plain(path, 200)}, which {state}.", advice=f"Correct or unset {name}."
            )
    if proxy and proxy.is_socks and isinstance(trouble, ImportError):
        return ProxyTrouble(
            f"The proxy {proxy} speaks SOCKS, which needs an extra.", advice="pip install 'hub-mcp[socks]'"
        )
    return ProxyTrouble(f"The proxy {proxy or 'of the environment'} cannot be used from here.")
