"""How a change to a configuration file is shown to a person: our entry in full, everything else as keys only.

The file can contain secrets under any name and in any place: variables, headers, arguments, addresses,
comments. So no list of what looks secret would be complete, and what may be shown is listed instead: the keys
of the file, and the content of our own entry.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import unified_diff

from hub_mcp.cli.assistants.client_entries import Entry
from hub_mcp.cli.assistants.clients import Format
from hub_mcp.cli.assistants.config_files import ConfigChange, value_of
from hub_mcp.cli.assistants.jsonc import Json, Unreadable
from hub_mcp.masking import masked

HIDDEN = "…"
HOLDERS = frozenset({"env", "envs", "environment", "headers", "requestOptions"})  # entered by a person
WORDS = frozenset({"-", "true", "false", "null"})
_PIECE = re.compile(
    r"""(?P<comment>\#.*|(?<!:)//.*|/\*.*)   # to the end of the line, which is more than may be one
      | (?P<quoted>"(?:[^"\\]|\\.)*"|'[^']*')
      | (?P<open>["'].*)                     # a quotation mark that nothing closes on this line
      | (?P<bare>[^\s"'{}\[\],:=]+)
    """,
    re.VERBOSE,
)
_KEY = re.compile(r"[A-Za-z_$][\w.$/@-]{0,39}")


def shown(
    form: Format, change: ConfigChange, former: Entry | None, wanted: Entry | None, secret: str = ""
) -> str:
    """The diff between a file's old and new text, for a terminal.

    Args:
        former, wanted: our own entry before and after; None if there is none.
        secret: the token, which is masked even in our own entry.
    """
    ours = {*_said(wanted), *_said(former, kept=False)}
    ours |= {word for one in ours for word in one.split()}  # YAML may write a string without quotation marks
    known = {*_keys(form, change.before), *_keys(form, change.after), *ours}
    known -= {secret}
    old, new = ((text or "").splitlines() for text in (change.before, change.after))
    here, none = str(change.path), "(no file)"
    was, becomes = (none if text is None else here for text in (change.before, change.after))
    lines = [*unified_diff(old, new, was, becomes, lineterm="")]
    text = "\n".join([*lines[:2], *(_line(line, known) for line in lines[2:])])
    return masked(text, [secret] if secret else [])


def _line(line: str, known: set[str]) -> str:
    if line.startswith("@@"):
        return line
    return line[:1] + _PIECE.sub(lambda piece: _piece(piece, known), line[1:])


def _piece(piece: re.Match[str], known: set[str]) -> str:
    text = piece[0]
    if piece["comment"]:
        return f"{text[:2] if text.startswith('/') else '#'} {HIDDEN}"
    if piece["quoted"]:
        return text if _unquoted(text) in known else f"{text[0]}{HIDDEN}{text[0]}"
    return text if piece["bare"] and (text in known or text in WORDS) else HIDDEN


def _unquoted(text: str) -> str:
    if text[0] == "'":
        return text[1:-1]
    try:
        return str(json.loads(text))
    except ValueError:
        return text[1:-1]


def _keys(form: Format, text: str | None) -> Iterator[str]:
    """The keys in a file, except those that are too long or unusual for a name."""
    try:
        said: Json = dict(value_of(form, text or ""))
    except Unreadable:
        return
    yield from (key for key in _keys_in(said) if _KEY.fullmatch(key) and masked(key) == key)


def _keys_in(said: Json) -> Iterator[str]:
    if isinstance(said, Mapping):
        for key, one in said.items():
            yield str(key)
            yield from _keys_in(one)
    elif isinstance(said, Sequence) and not isinstance(said, str):
        for one in said:
            yield from _keys_in(one)


def _said(entry: Json, *, kept: bool = True) -> Iterator[str]:
    """The content of our own entry; without what a person may have added to an old one if `kept` is False."""
    if isinstance(entry, Mapping):
        for key, one in entry.items():
            if kept or key not in HOLDERS:
                yield from _said(one, kept=kept)
    elif isinstance(entry, Sequence) and not isinstance(entry, str):
        for one in entry:
            yield from _said(one, kept=kept)
    elif isinstance(entry, bool) or entry is None:
        return
    elif kept or not re.search(r"://[^/]*@|[?#]|=", str(entry)):
        yield str(entry)
