"""Titles and tags that are sentences: text that others wrote in place of a name, perhaps as instructions.

Such a text appears once in an answer, cut, and quoted if the answer is text.
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
MOST_WORDS = 4  # words in a name; a longer text is a sentence
LONGEST_TITLE = 200  # characters
LONGEST_TAG = 80


def is_sentence(name: str, text: str) -> bool:
    """Whether a text is in place of a name and longer than one."""
    return _last(name) in NAMES and len(text.split(None, MOST_WORDS)) > MOST_WORDS


def shown_once(content: Mapping[str, Any], shown: set[str]) -> dict[str, Any]:
    """The content with each such sentence cut; repeated ones are left out.

    Args:
        shown: the sentences of the answer so far; those of this content are added.
    """
    said = {name: _once(name, value, shown) for name, value in content.items()}
    return {name: one for name, one in said.items() if one is not None or content[name] is None}


def _once(name: str, value: Any, shown: set[str]) -> Any:
    """A part of the content; None if all of it is repetition."""
    if isinstance(value, Mapping):
        return shown_once(value, shown)
    if isinstance(value, list):
        said = [_once(name, one, shown) for one in value]
        return [one for one in said if one is not None] or (None if value else [])
    if not isinstance(value, str) or not is_sentence(name, value):
        return value
    if value in shown:
        return None
    shown.add(value)
    return cut_text(value, LONGEST_TITLE if _last(name) in TITLES else LONGEST_TAG)


def _last(name: str) -> str:
    return name.rpartition(".")[2]
