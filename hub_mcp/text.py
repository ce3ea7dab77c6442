"""Making text by others safe inside our own: nothing invisible, on one line, without markup.

Invisible text can hide what a person agrees to, or address a model unnoticed; rendered markup (links, images,
code) can pretend to be more than text.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# Controls, formats (bidirectional marks, zero width, tags), surrogates, private use, separators.
_UNSEEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
# Letters, marks and symbols that render as nothing: fillers, joiners, selectors, blanks.
_BLANK = (
    (0x034F, 0x034F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x2065, 0x2065),
    (0x2800, 0x2800), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xFFF0, 0xFFFC),
    (0x13441, 0x13442), (0x16FE4, 0x16FE4), (0x1D159, 0x1D159), (0xE0000, 0xE0FFF),
)  # fmt: skip
_TOO_MUCH = ("Me", "Cn")  # enclosing marks, and characters unassigned in known versions of Unicode
MOST_MARKS = 3  # stacked marks; living scripts need no more, and a heap of them covers its neighbors
# What clients render, and replacements: similar characters without a meaning to a renderer.
_MARKUP = str.maketrans("[]<>`*~|\\", "［］‹›ˋ∗∼∣∖")  # similar on purpose
_IN_ADDRESSES = str.maketrans("/.:@", "∕․∶＠")  # similar on purpose
_ADDRESS = re.compile(r"://|(?i:(?<![^\W_＿])(?:www\.|mailto:))|(?<=\S)@(?=\S)")
_EDGES = re.compile(r"(?<!\w)_|_(?!\w)")  # where an underscore can start or end emphasis
_EMPHASIS = re.compile(r"(?<!\w)_+|_+(?!\w)|__+")
_NAME = re.compile(r"[A-Za-z0-9._/@:-]+")
_WORD = re.compile(r"[A-Za-z0-9_-]{1,40}")


@lru_cache(maxsize=4_096)
def is_visible(character: str) -> bool:
    """Whether a character is visible; tab and line feed count, since they separate visible text."""
    if character in "\t\n":
        return True
    code = ord(character)
    return unicodedata.category(character) not in _UNSEEN_CATEGORIES and not any(
        first <= code <= last for first, last in _BLANK
    )


def visible(text: str, instead: str = "") -> str:
    """The text without invisible characters.

    Args:
        instead: replaces each such character.
    """
    if text.isascii() and text.isprintable():
        return text  # a quick path: most texts are plain
    return "".join(one if is_visible(one) else instead for one in text)


def one_line(text: str) -> str:
    """The text on one line, without invisible characters and heaps of marks."""
    kept, marks = list[str](), 0
    for one in " ".join(visible(text, " ").split()):
        marks = marks + 1 if unicodedata.category(one) in ("Mn", "Me") else 0
        if marks <= MOST_MARKS and unicodedata.category(one) not in _TOO_MUCH:
            kept.append(one)
    return " ".join("".join(kept).split())


def shows_itself(text: str) -> bool:
    """Whether all of a name is visible, so that it looks like no other."""
    return one_line(text) == text


def spelled(name: str) -> str:
    """A name with invisible characters, and spaces at its ends, written by their code points."""
    if shows_itself(name):
        return name
    edge = len(name) - len(name.lstrip(" ")), len(name.rstrip(" "))
    seen = "".join(
        one if is_visible(one) and one not in "\t\n" and not (one == " " and not edge[0] <= n < edge[1])
        else one.encode("unicode-escape").decode() if one != " " else "\\x20"
        for n, one in enumerate(name)
    )  # fmt: skip
    return seen if shows_itself(seen) else name.encode("unicode-escape").decode().replace(" ", "\\x20")


def without_markup(text: str) -> str:
    """The text without anything that a client would render as a link, an image, code or emphasis."""
    calm = _ADDRESS.sub(lambda match: match[0].translate(_IN_ADDRESSES), text)
    calm = calm.translate(_MARKUP)
    if _NAME.fullmatch(calm) and not _EDGES.search(calm):
        return calm
    return _EMPHASIS.sub(lambda match: "＿" * len(match[0]), calm)  # similar on purpose


def quoted(text: str, limit: int = 0) -> str:
    """Text by others in quotes, safe to show to a person.

    Args:
        limit: maximum characters to show; 0 for all, such as where somebody agrees to the text.
    """
    said = " ⏎ ".join(one_line(line) for line in text.split("\n"))
    if limit and len(said) > limit:
        said = f"{said[: limit - 1]}…"
    shown = without_markup(said).replace('"', "'")  # after the cut, which can create new markup
    hidden = sum(1 for one in text if not is_visible(one) or unicodedata.category(one) in _TOO_MUCH)
    return f'"{shown}"' + (f" (and {hidden:,} characters that cannot be shown)" if hidden else "")


def word(text: str) -> str:
    """A single word by others, such as a state; anything else in its place is quoted and cut."""
    return text if _WORD.fullmatch(text) and not _EDGES.search(text) else quoted(text, 40)
