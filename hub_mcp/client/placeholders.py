"""Reading variables and headers as hosts meant them: quotation marks removed, placeholders counted as unset.

Hosts that fail to fill in their own placeholder pass on its text, each in its own spelling.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

OURS = ("HF_", "HUB_MCP_", "HUGGING_FACE_", "TRANSFORMERS_OFFLINE")
NETWORK = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR")
_PLACEHOLDER = re.compile(
    r"""\$\{\{.*\}\}           # ${{ secrets.NAME }}
      | \$\{[^}]*\}            # ${NAME}, ${env:NAME}, ${NAME:-}
      | \{\{[^}]*\}\}          # {{NAME}}
      | \{(?:[a-z]+[:.][^}]*|[A-Z][A-Z0-9_]*)\}  # {env:NAME}, {NAME}
      | \$\(.*\)               # $(command)
      | \$env:\w+ | \$\w+ | %\w+%
      | <[^<>]*>               # <your token>
      | hf_(?:…|\.{3}|\*+|[xX]{4,})  # a sample, or what `hub-mcp install --print` shows for a token
    """,
    re.VERBOSE | re.DOTALL,
)
_BEARER = re.compile(r"bearer(?:\s+|$)", re.IGNORECASE)
_TOKEN = re.compile(r"hf_[A-Za-z0-9_]+")
_QUOTES = {'"': '"', "'": "'", "`": "`", "“": "”", "‘": "’"}


def filled(text: str) -> str:
    """The value without surrounding spaces, quotation marks and `Bearer`; "" if it counts as unset."""
    before = None
    while before != text:
        before, text = (
            text,
            _BEARER.sub("", text.strip(), count=1) if _BEARER.match(text.strip()) else text.strip(),
        )
        if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
            text = text[1:-1]
    return "" if text in ('"', "'") or _PLACEHOLDER.fullmatch(text) else text


def bearer_in(header: str) -> str | None:
    """The token in an Authorization header; "" if it counts as unset, None if it is something else.

    Some hosts can put a variable into a header but nothing before it: the Hub's own tokens need no `Bearer`.
    """
    bare = _as_written(header).strip()
    if len(bare) > 1 and _QUOTES.get(bare[0]) == bare[-1]:
        bare = bare[1:-1].strip()
    secret = filled(bare)
    return secret if not secret or _BEARER.match(bare) or _TOKEN.fullmatch(bare) else None


def _as_written(header: str) -> str:
    """A header's text: its bytes were decoded as Latin-1, but most non-ASCII senders use UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def read_by_us(name: str) -> bool:
    """Whether this server reads a variable."""
    return name.startswith(OURS) or name.upper() in NETWORK


def usable(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment as it was meant: variables that we read are stripped, or unset if placeholders."""
    meant = {name: filled(value) if read_by_us(name) else value for name, value in environment.items()}
    return {name: value for name, value in meant.items() if value or not read_by_us(name)}
