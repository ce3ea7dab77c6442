"""A log formatter that lets no token through, whoever logged it: us, httpx, httpcore or the SDK.

None of them writes a request's headers today. But a Hub, a proxy or a test double may send a token back, and
httpcore logs the headers of answers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

MASK = "hf_…"
_TOKEN = re.compile(r"\bhf_[\w.-]{12,}")
_BEARER = re.compile(r"(?i)\b(bearer|basic)(\\?['\"]?[\s:=]+)[\w.~+/=-]{6,}")


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """The text without tokens: those named, and whatever looks like one."""
    for secret in secrets:
        text = text.replace(secret, MASK)
    return _BEARER.sub(rf"\1\2{MASK}", _TOKEN.sub(MASK, text))


class MaskingFormatter(logging.Formatter):
    """A formatter whose lines, tracebacks included, are masked.

    Args:
        secrets: tokens that do not look like the Hub's.
    """

    def __init__(self, form: str | None = None, *, secrets: Iterable[str] = ()) -> None:
        super().__init__(form)
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        return masked(super().format(record), self._secrets)
