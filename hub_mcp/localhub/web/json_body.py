"""The JSON body of a request, read field by field; complaints are worded like the Hub's schema checker's."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from urllib.parse import parse_qs

from starlette.requests import Request

from ..store import Json
from .hub_errors import ApiError, bad_request, issue

MOST_BODY = 32 * 1024 * 1024
MOST_FIELDS = 2000  # of a form
MOST_SAID = 200
SAID = (
    "type", "organization", "namespace", "name", "fromRepo", "toRepo", "title", "visibility", "private",
    "gated", "item", "note", "position", "user", "users", "role", "autoJoin", "resourceGroupId",
)  # fmt: skip


class JSONBody:
    """The fields of one JSON object. Readers note what is wrong; `check` raises all complaints at once."""

    def __init__(self, fields: dict[str, Json], path: tuple[str | int, ...] = ()) -> None:
        self.fields = fields
        self.path = path
        self.issues: list[str] = []

    def wrong(self, message: str, *path: str | int) -> None:
        """Note one complaint about the field at `path`."""
        self.issues.append(issue(message, *self.path, *path))

    def check(self) -> None:
        """Raise 400 if a reader has noted a complaint."""
        if self.issues:
            raise ApiError(400, "\n".join(self.issues))

    def given(self, name: str) -> bool:
        """Whether the field was sent, even as null."""
        return name in self.fields

    def text(
        self,
        name: str,
        required: bool = False,
        nullable: bool = False,
        least: int = 0,
        most: int | None = None,
        pattern: str | None = None,
    ) -> str | None:
        """A string field."""
        value = self._of(name, str, "string", required, nullable)
        if value is None:
            return None
        assert isinstance(value, str)
        if len(value) < least:
            self.wrong(f"Too small: expected string to have >={least} characters", name)
        elif most is not None and len(value) > most:
            self.wrong(f"Too big: expected string to have <={most} characters", name)
        elif pattern is not None and not re.search(pattern, value):
            self.wrong(f"Invalid string: must match pattern /{pattern}/", name)
        return value

    def flag(self, name: str, nullable: bool = False) -> bool | None:
        """A boolean field."""
        value = self._of(name, bool, "boolean", False, nullable)
        return value if isinstance(value, bool) else None

    def whole(self, name: str, least: int | None = None, required: bool = False) -> int | None:
        """An integer field."""
        value = self._of(name, int, "number", required, False)
        if not isinstance(value, int):
            return None
        if abs(value) >= 2**53:
            self.wrong("Invalid input: expected int", name)
        elif least is not None and value < least:
            self.wrong(f"Too small: expected number to be >={least}", name)
        return value

    def choice(
        self, name: str, options: Sequence[str], required: bool = False, nullable: bool = False
    ) -> str | None:
        """A field with one of a few values."""
        value = self.fields.get(name)
        if (value is None and not self.given(name) and not required) or (value is None and nullable):
            return None
        if not isinstance(value, str) or value not in options:
            listed = "|".join(f'"{option}"' for option in options)
            self.wrong(f"Invalid option: expected one of {listed}", name)
            return None
        return value

    def part(self, name: str, required: bool = False) -> JSONBody | None:
        """A field that is an object itself; it shares our complaints."""
        value = self.fields.get(name)
        if value is None and not self.given(name) and not required:
            return None
        return self._object(value, (*self.path, name))

    def parts(self, name: str, required: bool = False) -> list[JSONBody] | None:
        """A field that is an array of objects."""
        value = self.fields.get(name)
        if value is None and not self.given(name) and not required:
            return None
        if not isinstance(value, list):
            self.wrong(f"Invalid input: expected array, received {_kind(value, self.given(name))}", name)
            return None
        read = (self._object(item, (*self.path, name, index)) for index, item in enumerate(value))
        return [body for body in read if body is not None]

    def _object(self, value: Json, path: tuple[str | int, ...]) -> JSONBody | None:
        if not isinstance(value, dict):
            self.issues.append(issue(f"Invalid input: expected object, received {_kind(value, True)}", *path))
            return None
        body = JSONBody(value, path)
        body.issues = self.issues
        return body

    def _of(self, name: str, type: type, word: str, required: bool, nullable: bool) -> object:
        value = self.fields.get(name)
        if value is None and ((not self.given(name) and not required) or (self.given(name) and nullable)):
            return None
        if not isinstance(value, type) or (type is int and isinstance(value, bool)):
            self.wrong(f"Invalid input: expected {word}, received {_kind(value, self.given(name))}", name)
            return None
        return value


async def body_of(request: Request) -> JSONBody:
    """The request's body as an object; anything else is refused with 400."""
    value = await _json(request)
    if not isinstance(value, dict):
        raise bad_request(issue(f"Invalid input: expected object, received {_kind(value, True)}"))
    return JSONBody(value)


async def json_bodies_of(request: Request) -> list[JSONBody]:
    """The request's body as an array of objects, each with its own complaints."""
    value = await _json(request)
    if not isinstance(value, list):
        raise bad_request(issue(f"Invalid input: expected array, received {_kind(value, True)}"))
    bodies: list[JSONBody] = []
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise bad_request(issue(f"Invalid input: expected object, received {_kind(item, True)}", index))
        bodies.append(JSONBody(item, (index,)))
    return bodies


async def strings_of(request: Request) -> dict[str, list[str]]:
    """The fields of a JSON or form body, each as a list of strings, as in forms."""
    if "json" in request.headers.get("content-type", "json"):
        value = await _json(request)
        fields = value if isinstance(value, dict) else {}
        lists = {name: inner if isinstance(inner, list) else [inner] for name, inner in fields.items()}
        return {name: [word if isinstance(word, str) else str(word).lower() for word in words]
                for name, words in lists.items()}  # fmt: skip
    try:
        text = (await bounded_body(request, MOST_BODY)).decode()
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ApiError(413, "too many parameters") from None


async def bounded_body(request: Request, most: int) -> bytes:
    """The request's body; 413 as soon as it exceeds `most` bytes, before the rest is read."""
    pieces: list[bytes] = []
    length = 0
    async for piece in request.stream():
        length += len(piece)
        if length > most:
            raise ApiError(413, f"Payload Too Large: at most {most:,} bytes are accepted here")
        pieces.append(piece)
    return b"".join(pieces)


def _summary(value: Json) -> str | None:
    """A summary of a body for the request log: a few fields, never a secret or a file's content."""
    fields = value if isinstance(value, dict) else {}
    quoted_fields = {name: fields[name] for name in SAID if name in fields}
    words = json.dumps(quoted_fields, ensure_ascii=False).replace('"', "")[1:-1]
    return words[:MOST_SAID] or None


async def _json(request: Request) -> Json:
    raw = await bounded_body(request, MOST_BODY)
    try:
        value: Json = json.loads(raw, parse_float=_number) if raw else {}
        json.dumps(value, ensure_ascii=False).encode()  # a lone surrogate, "\\ud800", cannot be stored
    except (ValueError, RecursionError):
        raise bad_request("Invalid JSON in the request's body") from None
    request.scope["said"] = _summary(value)
    return value


def _number(text: str) -> float:
    """A number with a point or an exponent; as in JavaScript, `1.0` is the integer 1."""
    value = float(text)
    return int(value) if value.is_integer() else value


def _kind(value: object, given: bool) -> str:
    """JavaScript's name for the type of a JSON value."""
    if not given:
        return "undefined"
    for type, word in ((bool, "boolean"), ((int, float), "number"), (str, "string"), (list, "array")):
        if isinstance(value, type):
            return word
    return "null" if value is None else "object"
