"""TLS for the local Hub: an authority made at start, which nobody trusts who was not told of it.

The official Python client takes an anonymous 401 for "missing" on https alone, so that only there is it told
what the real Hub tells it. The authority's key and the server's stay in memory; what is written is the
authority's certificate, for clients to trust.
"""

from __future__ import annotations

import contextlib
import ssl
import tempfile
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

HOSTS = ("localhost", "127.0.0.1", "::1")


class TlsError(Exception):
    """TLS cannot be offered; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Certified:
    """What the server speaks TLS with, and the file with the certificate that its clients have to trust."""

    context: ssl.SSLContext
    authority: Path


@contextlib.contextmanager
def certified() -> Generator[Certified]:
    """Make an authority and a certificate for loopback; the file is there for as long as the block lasts.

    Raises:
        TlsError: the package that makes certificates is not installed.
    """
    try:
        import trustme  # here, because only `--tls` needs it
    except ImportError:
        raise TlsError("TLS needs the package trustme: pip install 'hub-mcp[tls]'") from None
    authority = trustme.CA(organization_name="hub-mcp", organization_unit_name="local Hub, this run only")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    authority.issue_cert(*HOSTS).configure_cert(context)
    with tempfile.TemporaryDirectory(prefix="hub-mcp-") as folder:
        file = Path(folder, "local-hub-ca.pem")
        authority.cert_pem.write_to_path(str(file))
        yield Certified(context, file)
