"""An operation as an endpoint: its class is created on first use, and its calls are like any other.

    reading_of("get_scan")     a class from the table
    reading_of("get_model")    the hand-written class, which knows more

So client, gate, journal, limits and addresses treat both alike.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, ClassVar, Self, TypeVar
from urllib.parse import quote

from pydantic import BeforeValidator, Field, ValidationInfo, create_model, model_validator

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import Answer, Page, is_array, is_object
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Word, words_list
from hub_mcp.catalogue.http import Effect, HttpRequest, HttpResponse, Line, encode_query, fill
from hub_mcp.catalogue.listing import Listing, Place
from hub_mcp.catalogue.operations.arguments import BODY as WHOLE
from hub_mcp.catalogue.operations.arguments import arguments_of, defaults_of, is_listing
from hub_mcp.catalogue.operations.cleaning import clean_text, cleaned
from hub_mcp.catalogue.operations.found import (
    Found,
    FoundFile,
    FoundRow,
    FoundText,
    columns_of,
    events_in,
    found_events,
    row_with,
    some_succeeded,
)
from hub_mcp.catalogue.operations.paths import (
    DEFAULT_REVISION,
    Route,
    route_of,
    routes,
    services_of,
    types_of,
)
from hub_mcp.catalogue.operations.table import Answers, Operation, Sends, Standing, operations
from hub_mcp.catalogue.operations.validation import (
    as_json,
    as_people_write,
    attribute_of,
    fields_of,
    payload_of,
    refuse_unfitting,
    said_by,
)
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.errors import BadInput, UnexpectedAnswer

PERSONAL = frozenset({"email", "emails", "verifiedEmail", "ip", "fields"})  # shown if requested by name
EVENT_SECONDS = 10.0  # to read a stream of events
Fields = Annotated[list[Word], BeforeValidator(words_list)]


C = TypeVar("C", bound="OperationCall")


class OperationCall(Endpoint[Answer]):
    """A call of an operation from the table."""

    from_table = True
    operation: ClassVar[Operation]

    @model_validator(mode="before")
    @classmethod
    def _as_people_write(cls, given: Any, info: ValidationInfo) -> Any:
        return as_people_write(cls.operation, given, (info.context or {}).get("hosts", ()))

    @model_validator(mode="after")
    def _fits_its_route(self) -> Self:
        refuse_unfitting(self.operation, self._given())
        return self

    def _given(self) -> dict[str, Any]:
        """The given arguments, by our names."""
        return said_by(self.operation, self)

    @property
    def subject(self) -> str:
        said = self._given()
        if repo := said.get("repo_id"):
            return f"the {said.get('type') or routes(self.operation)[0].type or 'repository'} {repo}"
        return (
            " ".join(str(said[name]) for name in self.path_fields() if said.get(name)) or self.label.lower()
        )

    # ── to HTTP and back ────────────────────────────────────────────────────────────────────────────────────

    def route(self) -> Route:
        return route_of(self.operation, {**self._given(), **self._defaults()})

    def _defaults(self) -> dict[str, Any]:
        revision = getattr(self, "revision", None)
        return {} if revision is None else {"revision": revision}

    def real_path(self) -> str:
        route = self.route()

        def segment(name: str) -> str:
            value = getattr(self, attribute_of(name), None)
            safe = (
                "/" if name in ("repo_id", "path") or (name == "slug" and "collections" in route.path) else ""
            )
            return "" if value is None else quote(str(value), safe=safe)

        return fill(route.path, segment).rstrip("/")

    def _sent(self, place: str) -> dict[str, Any]:
        """The parameters sent in the query, or in the body."""
        said = self.as_arguments()
        return {
            one.hub_name: said[one.name]
            for one in arguments_of(self.operation).values()
            if one.place == place and one.name in said
        }

    def payload(self) -> dict[str, Any]:
        return {**self._sent("query"), **self._sent("body")}

    def to_http(self, base: str) -> HttpRequest:
        method, schema = self.route().request.method, self.route().shape.body
        query = encode_query(self._query())
        url = f"{base}{self.real_path()}{f'?{query}' if query else ''}"
        if self.operation.answers is Answers.EVENTS:
            return HttpRequest(method, url, accept="text/event-stream", lasts=EVENT_SECONDS)
        accept = "application/json" if self.operation.answers is Answers.JSON else "*/*"
        if schema is None:
            return HttpRequest(method, url, {} if method in ("POST", "PUT", "PATCH") else None, accept=accept)
        if WHOLE in arguments_of(self.operation):
            content, kind = self._content()
            return HttpRequest(method, url, content=content, content_type=kind, accept=accept)
        return HttpRequest(method, url, {**defaults_of(schema), **self._sent("body")}, accept=accept)

    def _query(self) -> dict[str, Any]:
        return {name: one for name, one in self._sent("query").items() if one is not None}

    def _content(self) -> tuple[bytes, str]:
        """A body that is not an object."""
        value = payload_of(self.operation, self).get(WHOLE, {})
        if self.operation.sends is Sends.LINES and is_array(value):
            return "".join(f"{json.dumps(one)}\n" for one in value).encode(), "application/x-ndjson"
        if self.operation.sends is Sends.BYTES:
            try:
                return base64.b64decode(str(value), validate=True), "application/octet-stream"
            except ValueError:
                raise BadInput(f"{self.tool} was not called. body: must be base64.") from None
        return json.dumps(value).encode(), "application/json"

    def from_http(self, response: HttpResponse) -> Answer:
        if self.operation.answers is Answers.FILE and response.status in (302, 307):
            size = response.headers.get("x-linked-size", "")
            return FoundFile("", int(size) if size.isdecimal() else None)
        if not (self.operation.sends is Sends.LINES and some_succeeded(response)):
            self.refuse_errors(response)
        kind = response.headers.get("content-type", "").partition(";")[0]
        if self.operation.answers is Answers.EVENTS:
            return found_events(self._cleaned(events_in(response.body)), response.headers)
        if self.operation.answers is Answers.FILE and "json" not in kind:
            if not kind.startswith("text/"):
                return FoundFile(kind, len(response.body), body=response.body)
            return FoundFile(kind, len(response.body), clean_text(response.body.decode("utf-8", "replace")))
        if self.operation.answers is Answers.TEXT and "json" not in kind:
            return FoundText(clean_text(response.body.decode("utf-8", "replace")))
        if not response.body.strip() or "json" not in kind:
            return Found()
        return Found(self._cleaned(response.json()))

    def _cleaned(self, value: Any) -> Any:
        asked = set(getattr(self, "fields", None) or ()) & PERSONAL
        if self.operation.standing is Standing.FREE and not self.operation.hides:
            return value
        return cleaned(value, self.operation.hides, asked)

    # ── for the gate and the journal ─────────────────────────────────────────────────────────

    def as_arguments(self) -> dict[str, Any]:
        return {name: as_json(one) for name, one in self._given().items()}

    def values(self) -> dict[str, Any]:
        """What reproduces this call, including local arguments and defaults of the path."""
        said: dict[str, Any] = {**self._defaults(), **self.as_arguments()}
        for name in ("fields", "limit", "cursor"):
            if name in self.model_fields_set:
                said[name] = getattr(self, name)
        return said

    @classmethod
    def second_segment(cls, name: str) -> str:
        return second_segment_in(cls.operation, name)


class OperationRead(OperationCall, Lookup[Answer]):
    """A call of an operation that reads one thing."""

    @property
    def also_shown(self) -> tuple[str, ...]:
        return ("text",) if self.operation.answers in (Answers.TEXT, Answers.FILE) else ()


class OperationListing(OperationCall, Listing[FoundRow]):
    """A call that reads some rows, of an operation from the table."""

    row: ClassVar[type[Answer]] = FoundRow

    limit: int = Field(default=20, ge=1, le=1000)

    def _query(self) -> dict[str, Any]:
        sent, asked = super()._query(), self.route().shape.query
        if "limit" in asked:
            sent["limit"] = self.page_size()
        if self.numbered:
            sent[self.numbered] = int(self.place.at or 0)
        elif self.place.at and "cursor" in asked:
            sent["cursor"] = self.place.at
        return sent

    def from_http(self, response: HttpResponse) -> Page[FoundRow]:
        page = Listing.from_http(self, response)
        columns = columns_of([row.model_dump() for row in page.items])
        kind = row_with(columns)
        items = tuple(kind.of(row.model_dump()) for row in page.items)
        return Page(items, page.next_cursor, page.cursors, page.left_out)

    def unwrap(self, response: HttpResponse) -> Any:
        return self._cleaned(response.json())

    def rows(self, value: Any) -> list[Any]:
        where = self.route().shape.rows
        found = value.get(where) if where and is_object(value) else value
        if not is_array(found):
            raise UnexpectedAnswer(f"The Hub did not answer {self.label.lower()} with a list.")
        return [one if is_object(one) else {"value": one} for one in found]

    def _next_page(self, response: HttpResponse, rows: int, size: int, given: int) -> str:
        asked = self.route().shape.query
        if self.numbered:
            more = rows > 0 and ("limit" not in asked or rows >= size)
            return str(Place(0, size, str(int(self.place.at or 0) + 1))) if more else ""
        return super()._next_page(response, rows, size, given) if "cursor" in asked else ""


def second_segment_in(operation: Operation, name: str) -> str:
    """The name of an argument's second path segment; "" if it has one segment."""
    if name == "slug":
        return "slug" if "/collections/{slug}" in routes(operation)[0].path else ""
    return "repo" if name == "repo_id" else ""


def names_of(endpoint: type[Endpoint[Any]]) -> set[str]:
    """The names of an endpoint's arguments."""
    if issubclass(endpoint, OperationCall):
        return {*arguments_of(endpoint.operation), *endpoint.model_fields.keys()}
    return set(endpoint.model_fields)


@cache
def reading_of(name: str) -> type[Endpoint[Any]] | None:
    """The endpoint of a reading operation: the hand-written one, or the table's; None for all others."""
    if written := ENDPOINTS.get(name):
        return None if written.changes else written
    operation = operations().get(name)
    if operation is None or not operation.reads:
        return None
    return listing_of(operation) if is_listing(operation) else made_of(operation, OperationRead)


def listing_of(operation: Operation) -> type[OperationListing]:
    """The class of calls that read some rows, with the page sizes the Hub accepts."""
    query = routes(operation)[0].shape.query
    asked: Mapping[str, Any] = query.get("limit", {})
    made = made_of(operation, OperationListing)
    made.numbered = "p" if "p" in query else ""
    made.smallest = int(asked.get("minimum", 1))
    made.largest = min(1000, int(asked.get("maximum", 1000)))
    return made


def made_of(operation: Operation, base: type[C]) -> type[C]:
    """The class of an operation's calls."""
    fields = fields_of(operation)
    if "revision" in fields and operation.reads:
        fields["revision"] = (fields["revision"][0], DEFAULT_REVISION)
    if operation.reads and "fields" not in fields:
        fields["fields"] = (Annotated[Fields | None, Local], None)
    made: type[C] = create_model(operation.name, __base__=base, __module__=__name__, **fields)
    made.operation = operation
    made.tool, made.area = operation.name, operation.area
    made.label = operation.does[:1].upper() + operation.does[1:]
    made.__doc__ = f"{made.label}."
    made.line = _line(operation)
    made.answer = FoundFile if operation.answers is Answers.FILE else Found
    return made


def _line(operation: Operation) -> Line:
    request = operation.requests[0]
    effect = Effect.READ
    if not operation.reads:
        effect = Effect.ADD if request.method == "POST" else Effect.CHANGE
        if "D" in operation.risk and "W" not in operation.risk:
            effect = Effect.DESTROY
    risky = bool(set(operation.risk) & set("DMPG"))
    idempotent = request.method != "POST"
    of_caller = request.path.startswith(("/api/settings/", "/api/notifications"))
    return Line(request.method, template(operation), effect, "", risky, idempotent, of_caller=of_caller)


def template(operation: Operation) -> str:
    """The operation's path over all its types, with its optional end in brackets."""
    richest = routes(operation)[0]
    path = richest.path
    if types_of(operation):
        plural = f"/{richest.type}s/{{repo_id}}"
        path = path.replace(plural, "/{type}s/{repo_id}", 1) if plural in path else f"/{{type}}s{path}"
    if services_of(operation):
        path = path.replace(f"/{richest.service}/", "/{service}/", 1)
    return re.sub(r"/(tree|treesize)/\{revision\}/\{path\}$", r"/\1/{revision}[/{path}]", path)
