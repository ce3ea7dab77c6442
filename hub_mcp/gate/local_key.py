"""The secret of a state directory: it seals what this user's servers and commands exchange there.

Only the user can read it, so it keeps out everybody else, and programs of the same user that merely write
files. A program of the same user that looks for it can read it, just as it can read a server's memory.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from hub_mcp.errors import Stopped
from hub_mcp.private_files import readable_by_others, writable_by_others

BYTES = 32


def local_key(state: Path) -> bytes:
    """The secret, created on first use.

    Raises:
        Stopped: others can read or write the file, or it is not one of ours.
        OSError: it can be neither read nor created.
    """
    path = state / "key"
    if not path.exists():
        _make(path)
    if why := writable_by_others(state) or writable_by_others(path):
        raise Stopped(f"The key for plans is not safe: {why}", advice=f"Close it: chmod go-rwx {state}")
    if readable_by_others(path):
        raise Stopped(f"Others can read {path}.", advice="Delete it; another is made with the next plan.")
    key = path.read_bytes()
    if len(key) != BYTES:
        raise Stopped(f"{path} is damaged.", advice="Delete it; plans that wait then have to be made again.")
    return key


def sealed(key: bytes, purpose: str, text: str) -> str:
    """A keyed digest of a text for one purpose."""
    return hmac.new(key, f"{purpose}:{text}".encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _make(path: Path) -> None:
    """Write a new secret atomically; if another process was first, its secret counts."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f"key.{secrets.token_hex(6)}.new")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
        except OSError:  # a file system without hard links
            fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
