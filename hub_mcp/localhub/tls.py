"""TLS for the local Hub: a certificate authority made at start, trusted only by clients configured to.

The official Python client reads an anonymous 401 as "missing" only over https, so only there does it behave
as against the real Hub. The keys of the authority and the server stay in memory; only the authority's
certificate is written, for clients to trust.
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
    """TLS is not available; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Certified:
    """The server's TLS context, and the file with the certificate that its clients have to trust."""

    context: ssl.SSLContext
    authority: Path


@contextlib.contextmanager
def certified() -> Generator[Certified]:
    """Make an authority and a certificate for loopback; the file exists as long as the block lasts.

    Raises:
        TlsError: the package that makes certificates is not installed.
    """
    try:
        import trustme  # imported here because only `--tls` needs it
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
