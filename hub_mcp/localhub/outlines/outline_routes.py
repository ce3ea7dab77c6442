"""Answers for operations that are not imitated: 501 with a body that says so, or an outline.

`outlines.jsonl` has, for every operation of the Hub, an answer generated from its documented schema. It is
given if `outlines=on` among the faults, or a test, turns it on; nothing is stored, and nothing happens.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from ..repos.lookup import PLURALS, find_repo
from ..web.hub_errors import ApiError, not_signed_in
from ..web.response import HubJSON

_FIELD = re.compile(r"\{(\w+)\}")
_REPOSITORY = re.compile(rf"/api/({'|'.join(PLURALS)})/([^/]+/[^/]+)/")
_OF_REPOSITORY = re.compile(r"/api/\w+/\{namespace\}/\{repo\}/")
WIDE = frozenset({"path"})  # parameters that may contain slashes


@dataclass(frozen=True)
class Outline:
    """One operation: its path, and an answer of its shape."""

    method: str
    path: str
    status: int
    type: str
    answer: Any

    def response(self) -> Response:
        """The answer as a response."""
        if self.type == "text/event-stream":
            events = "".join(f"data: {json.dumps(one)}\n\n" for one in self.answer)
            return Response(events, self.status, media_type=self.type)
        if self.type:
            return Response(str(self.answer), self.status, media_type=self.type)
        if self.answer is None:
            return Response(b"" if self.status == 204 else b"OK", self.status, media_type="text/plain")
        return HubJSON(self.answer, self.status)


class OutlineRoute(BaseRoute):
    """Matches every request for an operation that the Hub has."""

    def __init__(self, *, answers: bool) -> None:
        self._answers = answers

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the Hub has an operation of this method and path."""
        if scope["type"] == "http" and (found := find(scope["method"], scope["path"])):
            return Match.FULL, {"outline": found}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer 501, or with the outline; a missing repository is refused as everywhere."""
        outline: Outline = scope["outline"]
        if not self._answers:
            if found := _REPOSITORY.match(scope["path"]) if _OF_REPOSITORY.match(outline.path) else None:
                find_repo(scope["app"].state.store, scope["caller"], PLURALS[found[1]], found[2])
            raise ApiError(501, f"This local Hub does not imitate {outline.method} {outline.path}.")
        if scope["caller"] is None and outline.method != "GET":
            raise not_signed_in()
        await Request(scope, receive).body()
        await outline.response()(scope, receive, send)


def find(method: str, path: str) -> Outline | None:
    """The operation of this method and path; if several match, the one with the most fixed segments."""
    for pattern, outline in _patterns().get("GET" if method == "HEAD" else method, ()):
        if pattern.fullmatch(path):
            return outline
    return None


@cache
def _patterns() -> dict[str, list[tuple[re.Pattern[str], Outline]]]:
    found: dict[str, list[tuple[re.Pattern[str], Outline]]] = {}
    for line in files(__package__ or "").joinpath("outlines.jsonl").read_text("utf-8").splitlines():
        said = json.loads(line)
        method, _, path = said["request"].partition(" ")
        outline = Outline(method, path, said["status"], said.get("type", ""), said.get("answer"))
        found.setdefault(method, []).append((re.compile(_regex(path)), outline))
    for each in found.values():
        each.sort(key=lambda one: -len(_FIELD.sub("", one[1].path)))
    return found


def _regex(path: str) -> str:
    parts = re.split(r"\{(\w+)\}", path)
    odd = [".*" if name in WIDE else "[^/]+" for name in parts[1::2]]
    fixed = [re.escape(one) for one in parts[0::2]]
    joined = "".join(one + (odd[n] if n < len(odd) else "") for n, one in enumerate(fixed))
    return joined.replace("/.*", "(?:/.*)?")
