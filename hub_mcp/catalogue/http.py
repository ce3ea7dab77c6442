"""HTTP as values: the line of an endpoint, its path template, requests, responses.

Path templates: `{name}` is a field, `{name}s` the plural the Hub uses for types, `[...]` a part that is
omitted if its fields are absent.
"""

from __future__ import annotations

import gc
import json
import re
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from hub_mcp.errors import UnexpectedAnswer

TYPED = "typed"  # stands for a value that a person types on a page of the server
_FIELD = re.compile(r"\{(\w+)\}")
_MEDIA_TYPE = re.compile(r"[\w.+-]{1,40}/[\w.+-]{1,40}", re.ASCII)  # anything else there may be user text
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class Effect(StrEnum):
    """What a call does to the Hub."""

    READ = "read"
    ADD = "add"
    CHANGE = "change"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Line:
    """The HTTP line of an endpoint, with the options of its decorator.

    Attributes:
        spelled: method and path as the Hub documents them, if that is wrong or more detailed than the path.
        permission: the permission a token needs, by the Hub's name; "" if none.
        of_caller: whether it acts on the caller's own account, so that no field names the owner.
    """

    method: str
    path: str
    effect: Effect
    permission: str = ""
    destructive: bool = False
    idempotent: bool = True
    destroys: str = ""
    retype: str = ""
    of_caller: bool = False
    spelled: str = ""

    @property
    def documented(self) -> str:
        """Method and path as the Hub documents them: ids split into owner and name, in the longest form."""
        path = re.sub(r"[\[\]]", "", self.path.replace("[{type}s/]", "")).replace("{type}s", "{repo_type}")
        path = path.replace("{repo_id}", "{namespace}/{repo}").replace("{slug}", "{namespace}/{slug}-{id}")
        return self.spelled or f"{self.method} {path}"


@dataclass(frozen=True)
class HttpRequest:
    """One request as data: an absolute address, and perhaps a body.

    Attributes:
        body: a JSON object.
        content, content_type: any other body.
        accept: the `Accept` header.
        lasts: how many seconds to read an endless stream; 0 for an answer with an end.
        first: request only this many bytes; 0 for all.
        with_token: whether to send the token, which never leaves the Hub's own origin.
        value_from: where the body's `value` comes from when sending: on this machine, as `env:NAME` or
            `file:PATH`, or TYPED; so it is in no call, and in nothing shown or logged about one.
    """

    method: str
    url: str
    body: Mapping[str, Any] | None = None
    content: bytes | None = None
    content_type: str = ""
    accept: str = "application/json"
    lasts: float = 0.0
    first: int = 0
    with_token: bool = True
    value_from: str = ""


@dataclass(frozen=True)
class HttpResponse:
    """One answer as data; header names are lower-case, `url` is the final address after redirects."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str = ""
    signed_in: bool = False

    def json(self) -> Any:
        """The body read as JSON.

        Raises:
            UnexpectedAnswer: it is not JSON.
        """
        try:
            with no_collecting():
                value = json.loads(self.body)
                if b"\\ud" in self.body or b"\\uD" in self.body:  # perhaps a lone surrogate
                    value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
                return value
        except (ValueError, RecursionError) as trouble:
            said = self.headers.get("content-type", "").partition(";")[0].strip()
            kind = (
                said if _MEDIA_TYPE.fullmatch(said) else "of no type that can be read" if said else "nothing"
            )
            raise UnexpectedAnswer(
                f"Something answered that is not the Hub's API ({kind}, {len(self.body):,} bytes, not JSON)."
            ) from trouble


@contextmanager
def no_collecting() -> Generator[None]:
    """Turn off garbage collection: JSON has no cycles, and looking for them takes four fifths of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def fields_in(template: str) -> list[str]:
    """The fields in a template."""
    return _FIELD.findall(template)


def required_in(template: str) -> list[str]:
    """The required fields of a path: those outside optional parts."""
    while (opened := _OPTIONAL.sub("", template)) != template:
        template = opened
    return _FIELD.findall(template)


def fill(template: str, value_of: Callable[[str], str | None]) -> str:
    """The template filled in; optional parts with absent fields are dropped, innermost first."""

    def section(match: re.Match[str]) -> str:
        inner = match[1]
        return "" if any(value_of(name) is None for name in _FIELD.findall(inner)) else inner

    while (opened := _OPTIONAL.sub(section, template)) != template:
        template = opened
    return _FIELD.sub(lambda match: value_of(match[1]) or "", template)


def encode_query(sent: Mapping[str, Any]) -> str:
    """A query string: lists repeat their key, booleans are spelled as on the Hub."""
    pairs: list[tuple[str, str]] = []
    for key, value in sent.items():
        values = value if isinstance(value, list) else [value]
        pairs.extend((key, str(one).lower() if isinstance(one, bool) else str(one)) for one in values)
    return urlencode(pairs, safe="", quote_via=quote)
