"""Valid addresses of a Hub: a scheme, a host, perhaps a port and a path; nothing secret."""

from __future__ import annotations

from urllib.parse import urlsplit

from hub_mcp.errors import BadInput, plain

NAME = "--endpoint (HF_ENDPOINT)"


def check_endpoint(endpoint: str) -> None:
    """Check that an address is usable for requests and may be shown.

    Raises:
        BadInput: it is not an address, or may contain a secret, which the message does not repeat.
    """
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("http", "https") and bool(parts.hostname)
        good = good and endpoint.isprintable() and " " not in endpoint
        _ = parts.port  # raises if it is not one
    except ValueError:
        good, parts = False, urlsplit("")
    if {"@", "?", "#"} & {*endpoint}:
        host = f" of {plain(parts.hostname, 100)}" if good and parts.hostname else ""
        raise BadInput(
            f"{NAME}: an address{host} with a user name, a password, a query or a fragment is not taken, "
            "since an address is shown and logged.",
            advice="Give https:// and a host, and the token as HF_TOKEN.",
            not_done="",
        )
    if not good:
        shown = plain(endpoint, 100)
        raise BadInput(f"{NAME}: {shown!r} is not a Hub's address: https:// and a host.", not_done="")
