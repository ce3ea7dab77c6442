"""Titles and tags that are sentences: others wrote them where a name belongs, perhaps to give orders.

Such a text is told once in an answer, cut, and in quotes where the answer is text.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hub_mcp.catalogue.bounds import cut_text

TITLES = frozenset(
    {"title", "fullname", "displayName", "prettyName", "pretty_name", "shortDescription", "ai_category"}
)
TAGS = frozenset(
    {
        "tags", "keywords", "ai_keywords", "labels", "license", "language", "languages", "pipeline_tag",
        "library_name", "task", "task_categories", "task_ids", "theme", "domains", "model_type",
    }
)  # fmt: skip
NAMES = TITLES | TAGS
MOST_WORDS = 4  # of a name; a text of more is a sentence
LONGEST_TITLE = 200  # characters
LONGEST_TAG = 80


def is_sentence(name: str, text: str) -> bool:
    """Whether a text stands where a name belongs, and is longer than one."""
    return _last(name) in NAMES and len(text.split(None, MOST_WORDS)) > MOST_WORDS


def told_once(content: Mapping[str, Any], told: set[str]) -> dict[str, Any]:
    """The content with each such sentence cut; one that was told before is left out.

    Args:
        told: those of the answer so far; what this content tells is added.
    """
    said = {name: _once(name, value, told) for name, value in content.items()}
    return {name: one for name, one in said.items() if one is not None or content[name] is None}


def _once(name: str, value: Any, told: set[str]) -> Any:
    """A part of the content; None where all of it was told before."""
    if isinstance(value, Mapping):
        return told_once(value, told)
    if isinstance(value, list):
        said = [_once(name, one, told) for one in value]
        return [one for one in said if one is not None] or (None if value else [])
    if not isinstance(value, str) or not is_sentence(name, value):
        return value
    if value in told:
        return None
    told.add(value)
    return cut_text(value, LONGEST_TITLE if _last(name) in TITLES else LONGEST_TAG)


def _last(name: str) -> str:
    return name.rpartition(".")[2]
