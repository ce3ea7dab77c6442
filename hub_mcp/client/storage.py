"""The Hub's storage: where its redirects of files may lead, and what of an answer from there is told.

Files beyond git's own lie with the Hub's content delivery, under signed addresses (FACTS 5). Such an address
opens the file to whoever has it, so it is asked without the token, and never shown.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from hub_mcp.catalogue.http import HttpResponse

HOSTS = ("huggingface.co", "hf.co")  # and what lies below them: cdn-lfs.…, cas-bridge.xethub.…
TOLD = ("x-repo-commit", "x-linked-size", "x-linked-etag")  # what only the Hub itself says of a file


def is_storage(base: str, where: str) -> bool:
    """Whether an address is of storage: over TLS, below the Hub's own name or below Hugging Face's."""
    try:
        own, there = urlsplit(base), urlsplit(where)
        host, port = (there.hostname or "").rstrip("."), there.port
    except ValueError:
        return False
    if there.scheme != "https" or port not in (None, 443) or "@" in there.netloc:
        return False
    own_name = own.hostname or ""
    below = [f".{name}" for name in (*HOSTS, *([own_name] if "." in own_name else []))]
    return any(host.endswith(name) for name in below) and not _is_number(host)


def from_storage(answer: HttpResponse, redirect: HttpResponse) -> HttpResponse:
    """The answer as the Hub's own: at the Hub's address, with what the Hub said of the file."""
    kept = {name: redirect.headers[name] for name in TOLD if name in redirect.headers}
    return replace(answer, url=redirect.url, headers={**answer.headers, **kept}, signed_in=redirect.signed_in)


def _is_number(host: str) -> bool:
    return host.replace(".", "").isdigit()
