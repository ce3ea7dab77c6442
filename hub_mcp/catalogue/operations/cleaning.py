"""Removing secrets and personal data from answers, by name and by pattern.

`hides` of an operation names what to remove: `environment` loses its values, `url.query` its query. Tokens
are removed everywhere, since programs print them into logs.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from hub_mcp.catalogue.answers import is_array, is_object

HIDDEN = "(taken out)"
SECRETS = re.compile(
    r"\bhf_[A-Za-z0-9]{8,}|\bapi_org_[A-Za-z0-9]{8,}|\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}|\bgh[pousr]_[A-Za-z0-9]{20,}"
    r"|\bgithub_pat_\w{20,}|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\bxox[abprs]-[A-Za-z0-9-]{10,}|\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"
    r"|\bAIza[\w-]{30,}|(?<=://)[^/\s:@]{1,100}:[^/\s@]{1,200}(?=@)|-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*"
)
_NAME = r"[\w-]{0,60}(?:token|secret|password|passwd|api[_-]?key|access[_-]?key)"
_ASSIGNED = re.compile(
    rf"""((?:\b{_NAME}["']?\s*[=:]\s*["']?|\bbearer\s+|"""
    r"""[?&](?:token|secret|key|signature|sig|access_token|X-Amz-[\w-]{1,40})=))([^\s"'&,;]{4,})""",
    re.IGNORECASE,
)


def clean_text(text: str) -> str:
    """A text without tokens."""
    return _ASSIGNED.sub(rf"\1{HIDDEN}", SECRETS.sub(HIDDEN, text))


def refuse_taken_out(text: str) -> str:
    """Return a text to be set; the placeholder for a hidden value is refused.

    Raises:
        ValueError: it contains the placeholder.
    """
    if HIDDEN in text:
        raise ValueError(f"{HIDDEN} stands for what is hidden; it cannot be restored from an answer")
    return text


def cleaned(value: Any, hides: Collection[str], shown: Collection[str] = ()) -> Any:
    """An answer without what must not be shown.

    Args:
        hides: names whose values are removed; `name.query` removes only the query of an address.
        shown: requested names of personal data that is not secret.
    """
    if is_array(value):
        return [cleaned(one, hides, shown) for one in value]
    if isinstance(value, str):
        return clean_text(value)
    if not is_object(value):
        return value
    kept: dict[str, Any] = {}
    for name, one in value.items():
        if name in hides and name not in shown:
            kept[name] = _emptied(one)
        elif f"{name}.query" in hides and isinstance(one, str):
            kept[name] = _without_query(one)
        else:
            kept[name] = cleaned(one, hides, shown)
    return kept


def _emptied(value: Any) -> Any:
    """The names without their values: the names of variables and the number of addresses may be known."""
    if is_object(value):
        return dict.fromkeys(value, HIDDEN)
    if is_array(value):
        return [HIDDEN] * len(value)
    return HIDDEN if value not in (None, "", False, True) else value


def _without_query(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        return HIDDEN
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, HIDDEN if parts.query else "", ""))
