"""Where a token comes from: the environment, or the file that `hf auth login` writes (FACTS 2)."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from hub_mcp.client.placeholders import filled, usable

_SENDABLE = re.compile(r"[!-~]{1,4096}")
FALSE = frozenset({"", "0", "off", "no", "false"})


def is_true(value: str) -> bool:
    return value.strip().lower() not in FALSE


@dataclass(frozen=True)
class Token:
    """A Hub token that is never printed; `source` says where it was found."""

    secret: str = field(repr=False)
    source: str

    def __str__(self) -> str:
        return f"token from {self.source}"

    @property
    def is_sendable(self) -> bool:
        """Whether it is valid in a header; otherwise, sending it would raise an error that quotes it."""
        return _SENDABLE.fullmatch(self.secret) is not None


def home(environment: Mapping[str, str]) -> Path:
    """HF_HOME, by the rules of huggingface_hub."""
    cache = environment.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(environment.get("HF_HOME") or Path(cache) / "huggingface").expanduser()


def find_token(environment: Mapping[str, str] | None = None, token_file: str | None = None) -> Token | None:
    """The token to use, if any: a named file, HF_TOKEN, HUGGING_FACE_HUB_TOKEN, `hf auth login`'s file."""
    env = usable(os.environ if environment is None else environment)
    if token_file:
        return _from_file(Path(token_file).expanduser(), "--token-file")
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if secret := _tidy(env.get(name, "")):
            return Token(secret, name)
    if is_true(env.get("HF_HUB_DISABLE_IMPLICIT_TOKEN", "")):
        return None
    path = env.get("HF_TOKEN_PATH")
    return _from_file(Path(path).expanduser() if path else home(env) / "token", "the file of `hf auth login`")


def _from_file(path: Path, source: str) -> Token | None:
    try:
        secret = _tidy(path.read_text(encoding="utf-8", errors="ignore"))
    except OSError:
        return None
    return Token(secret, source) if secret else None


def _tidy(text: str) -> str:
    return filled(text.replace("\r", "").replace("\n", ""))
