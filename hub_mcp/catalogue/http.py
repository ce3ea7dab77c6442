"""HTTP as values: the line of an endpoint, its path template, requests, responses.

Path templates: `{name}` is a field, `{name}s` the plural the Hub uses for types, `[...]` a part that is left
out when its fields are absent.
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

TYPED = "typed"  # where a value is that a person types on a page of the server
_FIELD = re.compile(r"\{(\w+)\}")
_MEDIA_TYPE = re.compile(
    r"[\w.+-]{1,40}/[\w.+-]{1,40}", re.ASCII
)  # whatever else stands there is somebody's words
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


class Effect(StrEnum):
    """What a call does to the Hub."""

    READ = "read"
    ADD = "add"
    CHANGE = "change"
    DESTROY = "destroy"


@dataclass(frozen=True)
class Line:
    """The HTTP line of an endpoint, and what its decorator says of it.

    Attributes:
        spelled: method and path as the Hub documents them, where it is mistaken or says more than the path.
        permission: what a token needs for it, by the Hub's name; "" where anybody may.
        of_caller: it is about the caller's own account, so that no field says whose.
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
        """Method and path as the Hub documents them: ids as owner and name, and the longest form."""
        path = re.sub(r"[\[\]]", "", self.path.replace("[{type}s/]", "")).replace("{type}s", "{repo_type}")
        path = path.replace("{repo_id}", "{namespace}/{repo}").replace("{slug}", "{namespace}/{slug}-{id}")
        return self.spelled or f"{self.method} {path}"


@dataclass(frozen=True)
class HttpRequest:
    """One request, as data: an absolute address, and a body where there is one.

    Attributes:
        body: a JSON object.
        content, content_type: a body that is something else.
        accept: what it wants to be answered.
        lasts: seconds that an answer without end is read; 0 for one that has an end.
        first: only so many bytes are asked for; 0 for all.
        with_token: whether the token travels along: it never leaves the Hub's own origin.
        value_from: where the body's `value` is read when it is sent: on this machine, as `env:NAME` or
            `file:PATH`, or TYPED; so it is in no call, and in nothing that is shown or written down of one.
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
    """One answer, as data; header names are lower-case, `url` is where the answer finally came from."""

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
                if b"\\ud" in self.body or b"\\uD" in self.body:  # perhaps half a character
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
    """JSON has no circles, and to look for some at every so many parts takes four fifths of the time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def fields_in(template: str) -> list[str]:
    """The fields that a template names."""
    return _FIELD.findall(template)


def required_in(template: str) -> list[str]:
    """The fields without which there is no path: those outside of optional parts."""
    while (opened := _OPTIONAL.sub("", template)) != template:
        template = opened
    return _FIELD.findall(template)


def fill(template: str, value_of: Callable[[str], str | None]) -> str:
    """The template filled in; optional parts whose fields are absent fall away, innermost first."""

    def section(match: re.Match[str]) -> str:
        inner = match[1]
        return "" if any(value_of(name) is None for name in _FIELD.findall(inner)) else inner

    while (opened := _OPTIONAL.sub(section, template)) != template:
        template = opened
    return _FIELD.sub(lambda match: value_of(match[1]) or "", template)


def encode_query(sent: Mapping[str, Any]) -> str:
    """A query string: lists repeat their key, booleans are written as the Hub writes them."""
    pairs: list[tuple[str, str]] = []
    for key, value in sent.items():
        values = value if isinstance(value, list) else [value]
        pairs.extend((key, str(one).lower() if isinstance(one, bool) else str(one)) for one in values)
    return urlencode(pairs, safe="", quote_via=quote)
