"""The size limit of an answer: about 20,000 tokens, cut between entries, never inside a word, and reported.

Context windows are measured in tokens, which every model counts differently; `weight` is an upper estimate
for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

BUDGET = 20_000  # tokens of one answer
FEW = 30  # up to this many entries of an object, its large values are cut rather than its last entries
_CUT = re.compile(r"… \(([\d,]+) more characters\)$")
_PIECE = re.compile(r"[A-Z]?[a-z]{1,4}|[A-Z]{1,2}|[0-9]{1,3}|[^\sA-Za-z0-9]|\s{2,}|[\t\n]| (?=[^A-Za-z])")


def weight(text: str) -> int:
    """An upper bound on the tokens of a text; one too short to matter is counted by its bytes."""
    size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
    if size <= 64:
        return size // 2 + 1
    return len(_PIECE.findall(text)) + (size - len(text)) // 2 + 1


def weight_of(value: Any) -> int:
    """An upper bound on the tokens of a piece of JSON, keys included."""
    if isinstance(value, str):
        return weight(value)
    if isinstance(value, Mapping):
        return sum(weight(str(name)) + weight_of(one) + 1 for name, one in value.items()) + 1
    if isinstance(value, (list, tuple)):
        return sum(weight_of(one) for one in value) + len(value) + 1
    return weight(str(value))


def cut_text(text: str, limit: int) -> str:
    """The text up to the last word within the limit, with how much was cut."""
    if len(text) <= limit:
        return text
    if before := _CUT.search(text):  # it was cut already
        text = text[: before.start()]
    missing = int(before[1].replace(",", "")) if before else 0
    kept = text[:limit]
    if not text[limit : limit + 1].isspace() and (space := kept.rfind(" ")) > limit // 2:
        kept = kept[:space]
    kept = kept.rstrip()
    return f"{kept}… ({len(text) - len(kept) + missing:,} more characters)"


@dataclass(frozen=True)
class Cut:
    """A part of an answer that was cut after its beginning.

    Attributes:
        path: the keys and list indexes that lead to it.
        shown: how many of its entries, or characters of a text, are shown.
        of: how many there are in all.
    """

    path: tuple[str, ...]
    shown: int
    of: int
    is_text: bool = False

    def sentence(self) -> str:
        """How much of it is shown, in words."""
        name = ".".join(self.path)
        return f"{name}: {self.shown:,} of {self.of:,}{' characters' * self.is_text} are shown."


def bounded(content: Mapping[str, Any], budget: int = BUDGET) -> tuple[dict[str, Any], list[Cut]]:
    """The content within the budget, and its cuts.

    Small fields stay complete; what they leave of their share goes to the large ones.
    """
    return _bounded(content, budget, ())


def _bounded(
    content: Mapping[str, Any], budget: int, path: tuple[str, ...]
) -> tuple[dict[str, Any], list[Cut]]:
    weights = {name: weight(name) + weight_of(value) + 1 for name, value in content.items()}
    if sum(weights.values()) <= budget:
        return dict(content), []
    left, kept, cuts = budget, dict[str, Any](), list[Cut]()
    for rank, name in enumerate(sorted(weights, key=weights.__getitem__)):
        share = left // (len(weights) - rank)
        if weights[name] > share:
            kept[name], cut = _cut(content[name], max(1, share - weight(name)), (*path, name))
            cuts += cut
        else:
            kept[name] = content[name]
        left -= min(weights[name], share)
    return {name: kept[name] for name in content}, cuts


def _cut(value: Any, budget: int, path: tuple[str, ...]) -> tuple[Any, list[Cut]]:
    """A value within the budget, and its cuts."""
    if isinstance(value, Mapping):
        if len(value) <= FEW:
            return _bounded(value, budget, path)
        count = max(1, _fitting(list(value.items()), budget))
        kept, cuts = _bounded(dict(islice(value.items(), count)), budget, path)
        return kept, [*cuts, Cut(path, count, len(value))]
    if isinstance(value, Sequence) and not isinstance(value, str):
        count = _fitting(value, budget)
        if count or not value:
            return list(value[:count]), [Cut(path, count, len(value))] if value else []
        first, cuts = _cut(value[0], budget, (*path, "0"))
        return [first], [*cuts, *([Cut(path, 1, len(value))] if len(value) > 1 else [])]
    text = str(value)
    kept_text = cut_text(text, budget)
    shown, missing = shown_of(kept_text)
    return kept_text, [Cut(path, shown, shown + missing, is_text=True)]


def shown_of(text: str) -> tuple[int, int]:
    """How many characters of a text are shown, and how many more there are."""
    cut = _CUT.search(text) if text.endswith(" more characters)") else None
    return (cut.start(), int(cut[1].replace(",", ""))) if cut else (len(text), 0)


def _fitting(entries: Sequence[Any], budget: int) -> int:
    """How many of the entries fit."""
    spent = 0
    for count, entry in enumerate(entries):
        spent += weight_of(entry) + 1
        if spent > budget:
            return count
    return len(entries)
