"""The Hub's storage: where redirects of files may lead, and which parts of its answers are used.

Files outside git are served by the Hub's CDN, at signed addresses (FACTS 5). Anybody who has such an address
can read the file, so it is requested without the token, and never shown.
"""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from hub_mcp.catalogue.http import HttpResponse

HOSTS = ("huggingface.co", "hf.co")  # and their subdomains: cdn-lfs.…, cas-bridge.xethub.…
TOLD = ("x-repo-commit", "x-linked-size", "x-linked-etag")  # sent only by the Hub itself


def is_storage(base: str, where: str) -> bool:
    """Whether an address is one of storage: https, on a subdomain of the Hub's host or of Hugging Face."""
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
    """The answer as if from the Hub: with the Hub's address and its headers about the file."""
    kept = {name: redirect.headers[name] for name in TOLD if name in redirect.headers}
    return replace(answer, url=redirect.url, headers={**answer.headers, **kept}, signed_in=redirect.signed_in)


def _is_number(host: str) -> bool:
    return host.replace(".", "").isdigit()
