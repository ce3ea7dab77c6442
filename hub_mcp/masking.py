"""Masking tokens in text from elsewhere: answers of the Hub, log lines, entries of the journal.

A Hub, a mirror or a proxy may send a token back in any encoding, and httpcore logs the headers of answers. So
a known token is found verbatim and as encoded in JSON, addresses, HTML, base64 and Python; an unknown one is
recognized by its pattern. The same applies to values that become secrets of a Space, which can be any text.
"""

from __future__ import annotations

import base64
import html
import logging
import re
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property
from urllib.parse import quote, quote_plus

MASK = "hf_…"
SHORTEST = 8  # minimum characters of an encoding to search for; shorter ones occur in other words by chance
# Escape letters after a backslash.
_SHORT = {one: one for one in "\"'/"} | {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t"}
_TOKEN = re.compile(r"\bhf_[\w.-]{12,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\\?['\"]?[\s:=]+)[\w.~+/=-]{6,}")


class SecretMask:
    """One secret in all its encodings."""

    def __init__(self, secret: str) -> None:
        self._secret = secret

    def __repr__(self) -> str:
        return "SecretMask()"

    def text(self, text: str) -> str:
        """The text with the mask in place of the secret."""
        for one in self._spellings:
            text = text.replace(one, MASK)
        coded = "\\u00" in text or "&#" in text or "%" in text or (self._has_special_escapes and "\\" in text)
        return self._escaped.sub(MASK, text) if coded else text

    def body(self, body: bytes) -> bytes:
        """The same for bytes from outside."""
        for one in self._spelt:
            body = body.replace(one, MASK.encode())
        odd = self._has_special_escapes and b"\\" in body
        if odd or b"\\u00" in body or b"&#" in body or self._encoded.search(body):
            text = body.decode("utf-8", "surrogateescape")
            return self._escaped.sub(MASK, text).encode("utf-8", "surrogateescape")
        return body

    @cached_property
    def _encoded(self) -> re.Pattern[bytes]:
        """A percent-encoded character of the secret; without a match, the long search is skipped."""
        codes = {b"%02x" % code for code in self._secret.encode("utf-8", "surrogateescape")}
        return re.compile(b"%(?:" + b"|".join(sorted({*codes, *(one.upper() for one in codes)})) + b")")

    @cached_property
    def _spellings(self) -> tuple[str, ...]:
        """The encodings of the secret, longest first, so that no part of one is left."""
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
        """The secret with any of its characters as JSON, an address or HTML may encode them."""
        parts, behind = list[str](), False
        for run in re.findall(r"\\+|[^\\]", self._secret):
            is_run = run.startswith("\\")
            parts.append(_run_of(len(run)) if is_run else _any_spelling(run, behind=behind))
            behind = is_run
        return re.compile("".join(parts))

    @cached_property
    def _has_special_escapes(self) -> bool:
        """Whether it contains a character that JSON may escape other than by a number below 100."""
        return any(one in _SHORT or one == "\\" or not one.isascii() for one in self._secret)


def _any_spelling(one: str, *, behind: bool = False) -> str:
    """A character in any encoding; `behind`: backslashes of the secret, and whatever was put before them."""
    code = _in_any_case(f"{ord(one):02x}")
    # each begins with a sign of its own, found quickly; a run of backslashes is matched from its first one
    first = r"\\(?<!\\\\)\\*"
    short = rf"|{'' if behind else first}{re.escape(_SHORT[one])}" if one in _SHORT else ""
    halves = one.encode("utf-16-be", "surrogatepass").hex() if ord(one) > 0xFFFF else ""
    pair = rf"|{first}u{_in_any_case(halves[:4])}\\+u{_in_any_case(halves[4:])}" if halves else ""
    numbers = rf"{first}u0*{code}|%{code}|&\#(?:0*{ord(one)}|[xX]0*{code});"
    return rf"(?:{re.escape(one)}|{numbers}{short}{pair})"


def _run_of(length: int) -> str:
    """A number of backslashes, or more if they were escaped repeatedly."""
    return rf"(?:(?<!\\)\\{{{length},}}|{_any_spelling(chr(92))}{{{length}}})"


def _in_any_case(digits: str) -> str:
    return "".join(f"[{digit}{digit.upper()}]" if digit.isalpha() else digit for digit in digits)


def _in_base64(raw: bytes) -> Iterator[str]:
    """The base64 of the secret at any position in a text; a character at either end may be missing."""
    for before in range(3):
        coded = base64.b64encode(bytes(before) + raw).decode()
        whole = coded[(before * 8 + 5) // 6 : (before + len(raw)) * 8 // 6]
        yield from (whole, whole.replace("+", "-").replace("/", "_"))


_SENT: ContextVar[Sequence[SecretMask]] = ContextVar("hub_mcp_sent", default=())


@contextmanager
def masked_in_logs(masks: Sequence[SecretMask]) -> Generator[None, None, None]:
    """Mask a request's secrets in all log lines while it is in progress."""
    held = _SENT.set(masks)
    try:
        yield
    finally:
        _SENT.reset(held)


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens: the given ones, and anything that looks like one."""
    for secret in secrets:
        if secret:
            text = SecretMask(secret).text(text)
    return _BEARER.sub(rf"\1\2{MASK}", _TOKEN.sub(MASK, text))


class MaskingFormatter(logging.Formatter):
    """A formatter that masks lines and tracebacks, including the token of the current request."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        for sent in _SENT.get():
            said = sent.text(said)
        return masked(said)
