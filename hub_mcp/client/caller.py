"""The caller as one value, derived from the token without revealing it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub_mcp.client.placeholders import bearer_in

if TYPE_CHECKING:
    import httpx

    from hub_mcp.client.token import Token

_KEY = secrets.token_bytes(32)  # new in every process, so that an id is useless outside it


@dataclass(frozen=True)
class Caller:
    """A caller with a token, or anonymous; callers with the same token are equal.

    Attributes:
        id: a name within this process, for example in logs; "" for a caller without a token.
    """

    id: str
    _secret: str = field(repr=False, compare=False)

    @classmethod
    def with_token(cls, token: Token | None) -> Caller:
        return cls._of(token.secret if token else "")

    @classmethod
    def behind(cls, authorization: str) -> Caller:
        """The caller who sent this Authorization header; anonymous for ""."""
        secret = bearer_in(authorization)
        return cls._of(authorization if secret is None else secret)

    @classmethod
    def _of(cls, secret: str) -> Caller:
        return cls(_digest(secret, _KEY), secret)

    @classmethod
    def of(cls, request: httpx.Request) -> Caller:
        """The caller of a request to the Hub, determined once for all transports."""
        known = request.extensions.get("caller")
        if not isinstance(known, Caller):
            known = request.extensions["caller"] = cls.behind(request.headers.get("authorization", ""))
        return known

    def under(self, key: bytes) -> str:
        """A name that is the same in all processes with this key; "" for a caller without a token."""
        return _digest(self._secret, key)


def _digest(secret: str, key: bytes) -> str:
    if not secret:
        return ""
    return hashlib.blake2b(secret.encode("utf-8", "replace"), key=key[:64], digest_size=16).hexdigest()
