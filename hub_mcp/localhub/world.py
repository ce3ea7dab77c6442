"""The world a new local Hub is filled with, the same each time."""

from __future__ import annotations

from .store import Store
from .world_people import TOKENS, Token, fill_people

__all__ = ["ADA_WRITE", "TOKENS", "Token", "fill"]

ADA_WRITE = TOKENS[0].token


def fill(store: Store, models: int = 0) -> None:
    """Put the world into empty tables; `models` adds that many plain models."""
    fill_people(store)
