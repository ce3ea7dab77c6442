"""The card at the top of a README, YAML between two lines of dashes: read, and checked as on the Hub."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from itertools import accumulate

from ..spaces.new_space import SDKS
from ..store import Json
from ..tags.tag_labels import LICENSES, TASK_GROUP

MOST_CARD = 64 * 1024
DEEPEST = 40  # nested brackets; the parser takes time quadratic in it
_NESTING = {"[": 1, "{": 1, "]": -1, "}": -1}
COLORS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
_CARD = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)


class CardError(Exception):
    """The card cannot be read, or the Hub refuses its values; one complaint per line."""


def split(text: str) -> tuple[str | None, str]:
    """The card's YAML (None without a card) and the text below it."""
    found = _CARD.match(text)
    return (found[1], text[found.end() :]) if found else (None, text)


def read_card(text: str) -> dict[str, Json]:
    """The card of a README as JSON; empty without one."""
    written, _ = split(text)
    if written is None or not written.strip():
        return {}
    if len(written) > MOST_CARD:
        raise CardError(f"the metadata is longer than {MOST_CARD:,} characters")
    if max(accumulate(_NESTING.get(character, 0) for character in written)) > DEEPEST:
        raise CardError("the metadata is nested too deeply")
    from ruamel.yaml import YAML  # needed only to commit a card
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.events import AliasEvent

    reader = YAML(typ="safe", pure=True)  # YAML 1.2, as on the Hub: `no` is a language
    try:
        if any(isinstance(event, AliasEvent) for event in reader.parse(written)):
            raise CardError("references are not allowed: by them a few lines become endless")
        card = _plain(reader.load(written))
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" ({mark.line + 2}:{mark.column + 1})" if mark is not None else ""
        raise CardError(f"{getattr(error, 'problem', None) or 'invalid YAML'}{where}") from None
    except (RecursionError, ValueError, TypeError):
        raise CardError("invalid YAML") from None
    if card is None:
        return {}
    if not isinstance(card, dict):
        raise CardError("the metadata must be a mapping of names to values")
    return card


def complaints(card: dict[str, Json], type: str) -> list[str]:
    """What the Hub refuses in a card of a repository of this type."""
    found: list[str] = []
    for name in ("license", "language", "datasets", "tags", "base_model"):
        value = card.get(name)
        words = value if isinstance(value, list) else [value]
        if value is not None and not all(isinstance(word, str) for word in words):
            found.append(f'"{name}" must be a string or an array of strings')
        elif name == "license" and value is not None:
            found += [
                f'"license" must be one of [{", ".join(LICENSES)}]' for word in words if word not in LICENSES
            ]
    if not isinstance(card.get("model-index", []), list):
        found.append('"model-index" must be an array')
    found += _one_of(card, "pipeline_tag", (*TASK_GROUP, "other")) if type == "model" else []
    if type == "space":
        found += _one_of(card, "sdk", (*SDKS, "streamlit"))
        found += [line for name in ("colorFrom", "colorTo") for line in _one_of(card, name, COLORS)]
        short = card.get("short_description")
        if isinstance(short, str) and len(short) > 60:
            found.append('"short_description" length must be less than or equal to 60 characters long')
    return found


def _one_of(card: dict[str, Json], name: str, options: Sequence[str]) -> list[str]:
    value = card.get(name)
    return [] if value is None or value in options else [f'"{name}" must be one of [{", ".join(options)}]']


def _plain(value: object) -> Json:
    """A YAML value as JSON: dates and keys become text, numbers that JSON lacks null."""
    if isinstance(value, dict):
        return {_text(str(key)): _plain(inner) for key, inner in value.items()}
    if isinstance(value, (list, set, tuple)):
        return [_plain(inner) for inner in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (bool, int)):
        return value
    return _text(value) if isinstance(value, str) else _text(str(value))


def _text(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
