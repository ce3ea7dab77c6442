"""Hides tokens in whatever others say: answers of the Hub, lines of a log, entries of the journal.

A Hub, a mirror or a proxy may send a token back in any spelling, and httpcore logs the headers of answers.
So a known token is found as it is, and as JSON, addresses, HTML, base64 and Python spell it; one that is not
known is found by its look.
"""

from __future__ import annotations

import base64
import html
import logging
import re
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from urllib.parse import quote, quote_plus

MASK = "hf_…"
SHORTEST = 8  # characters of a spelling that is looked for; shorter ones stand in other words by chance
_TOKEN = re.compile(r"\bhf_[\w.-]{12,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\\?['\"]?[\s:=]+)[\w.~+/=-]{6,}")


class SecretMask:
    """One secret in all its spellings."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "SecretMask()"

    def text(self, text: str) -> str:
        """The text with the mask in place of the secret."""
        for one in self._spellings:
            text = text.replace(one, MASK)
        return self._escaped.sub(MASK, text) if "\\u00" in text or "&#" in text or "%" in text else text

    def body(self, body: bytes) -> bytes:
        """The same for bytes that come from outside."""
        for one in self._spelt:
            body = body.replace(one, MASK.encode())
        if b"\\u00" in body or b"&#" in body or self._encoded.search(body):
            text = body.decode("utf-8", "surrogateescape")
            return self._escaped.sub(MASK, text).encode("utf-8", "surrogateescape")
        return body

    @cached_property
    def _encoded(self) -> re.Pattern[bytes]:
        """A character of the secret as addresses write it: where there is none, there is no long search."""
        codes = {b"%02x" % code for code in self._secret.encode("utf-8", "surrogateescape")}
        return re.compile(b"%(?:" + b"|".join(sorted({*codes, *(one.upper() for one in codes)})) + b")")

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        """The secret as one text after the other; the longest first, so that no part of one is left."""
        raw, secret = self._secret.encode("utf-8", "surrogateescape"), self._secret
        found = {quote(secret, safe="", errors="replace"), quote_plus(secret, errors="replace")}
        found |= {raw.hex(), raw.hex().upper()}
        found |= {repr(secret)[1:-1], html.escape(secret), *_in_base64(raw)}
        long = (one for one in found if len(one) >= SHORTEST)
        return (secret, *sorted(long, key=len, reverse=True))

    @cached_property
    def _spelt(self) -> tuple[bytes, ...]:
        return tuple(one.encode("utf-8", "surrogateescape") for one in self._spellings)

    @cached_property
    def _escaped(self) -> re.Pattern[str]:
        """The secret with any of its characters as JSON, an address or HTML may write them."""
        return re.compile("".join(map(_any_spelling, self._secret)))


def _any_spelling(one: str) -> str:
    digits = f"{ord(one):02x}"
    code = "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)
    # each begins with a sign of its own, found quickly; a run of backslashes is looked at from its first one
    return rf"(?:{re.escape(one)}|\\(?<!\\\\)\\*u0*{code}|%{code}|&\#(?:0*{ord(one)}|[xX]0*{code});)"


def _in_base64(raw: bytes) -> Iterator[str]:
    """What base64 makes of the secret wherever it stands in a text; a character at either end may miss."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw).decode()
        whole = coded[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
        yield from (whole, whole.replace("+", "-").replace("/", "_"))


_SENT: ContextVar[SecretMask | None] = ContextVar("hub_mcp_sent", default=None)


@contextmanager
def token_masked_in_logs(mask: SecretMask | None) -> Generator[None, None, None]:
    """While a request with a token is under way, lines that anybody logs are masked of that token."""
    held = _SENT.set(mask)
    try:
        yield
    finally:
        _SENT.reset(held)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens: those named, and whatever looks like one."""
    for secret in secrets:
        if secret:
            text = SecretMask(secret).text(text)
    return _BEARER.sub(rf"\1\2{MASK}", _TOKEN.sub(MASK, text))


class MaskingFormatter(logging.Formatter):
    """A formatter whose lines, tracebacks included, are masked, also of the token of the present request."""

    def format(self, record: logging.LogRecord) -> str:
        said, sent = super().format(record), _SENT.get()
        return masked(sent.text(said) if sent else said)
