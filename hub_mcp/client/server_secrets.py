"""Secrets of the server's own machine that its operator allowed to be sent, from variables or files."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from pathlib import Path

from hub_mcp.errors import Stopped, plain

SHORTEST = 4  # minimum characters of a secret; a shorter one could not be masked in an answer
MOST = 65_536  # bytes

OPERATOR = "Tell the person: whoever runs the server can set it there."


def secret_at(source: str, allowed: Collection[str], environment: Mapping[str, str] | None = None) -> str:
    """The secret at a source, `env:NAME` or `file:PATH`, without a trailing line break.

    Raises:
        Stopped: the operator did not allow it, or there is no secret.
    """
    if source not in allowed:
        raise not_allowed(source, allowed)
    kind, _, name = source.partition(":")
    try:
        text = _read(Path(name).expanduser()) if kind == "file" else _variable(name, environment)
    except (OSError, UnicodeDecodeError):
        raise Stopped(
            f"{plain(source, 200)} cannot be read on the server's machine.", advice=OPERATOR
        ) from None
    if len(text) < SHORTEST:
        raise Stopped(
            f"{plain(source, 200)} holds no secret: it is not set, or too short to be one.", advice=OPERATOR
        )
    return text


def not_allowed(source: str, allowed: Collection[str]) -> Stopped:
    """The error that the operator did not allow a source, with the allowed ones."""
    there = f"It allows {', '.join(plain(one, 200) for one in allowed)}." if allowed else "It allows none."
    return Stopped(
        f"This server may not send {plain(source, 200)}: --secrets-from names what it may. {there}",
        advice="Tell the person: whoever runs the server can allow it, or set it in the Space's settings.",
    )


def not_typed(why: str = "Nobody was asked to type the secret.") -> Stopped:
    """The error that a call without a source has no secret, with the reason."""
    return Stopped(
        why,
        advice="Name its place in `source`, where whoever runs the server allows one (--secrets-from), or "
        "tell the person to set it in the Space's settings on the Hub.",
    )


def _variable(name: str, environment: Mapping[str, str] | None) -> str:
    env = os.environ if environment is None else environment
    return env.get(name, "").strip("\r\n")


def _read(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(MOST + 1)
    return content.decode("utf-8").strip("\r\n") if len(content) <= MOST else ""
