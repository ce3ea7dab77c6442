"""The engine of the catalogue: an endpoint class is a tool, its instance is a call.

    @get("/api/models/{repo_id}")
    class GetModel(Endpoint[Model]):
        '''One model: task, size, downloads, tags, files.'''

        repo_id: RepoId

Everything else is derived from such a declaration: the tool's name (`get_model`) and title, its schema and
hints, where each field is sent (path, query or body), its `hub://` address. An inconsistent or incomplete
declaration fails at import with a sentence that says what is wrong. Changes are declared as in `change.py`.
Annotations are not strings here, since pydantic evaluates those again for every class that inherits them.
"""

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator

from hub_mcp.catalogue.answers import Answer, Done
from hub_mcp.catalogue.declaration import area_of, declaration_faults, type_arguments
from hub_mcp.catalogue.declared import Declared
from hub_mcp.catalogue.fields.identifiers import refuse_no_text
from hub_mcp.catalogue.fields.marks import (
    Local,
    OwnedThing,
    PathInRepo,
    RepoKind,
    RepoName,
    marked_in,
    marks_of,
    owned_in,
)
from hub_mcp.catalogue.fields.pasted import read_pasted
from hub_mcp.catalogue.http import Effect, HttpRequest, HttpResponse, Line, encode_query, fields_in, fill
from hub_mcp.catalogue.refusals import error_of, is_page
from hub_mcp.errors import UnexpectedAnswer

A = TypeVar("A", bound=Answer, covariant=True)
E = TypeVar("E", bound="Endpoint[Any]")  # the registry has calls of every answer type

NAME_LIMIT = 39  # some hosts prepend the server's key and limit the result to 64
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


ENDPOINTS: "Declared[type[Endpoint[Any]]]" = Declared()  # filled by the decorators


class Endpoint(BaseModel, Generic[A]):
    """A call to one documented endpoint: validated, frozen, not yet sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, populate_by_name=True)

    line: ClassVar[Line]
    tool: ClassVar[str]
    label: ClassVar[str]  # its title; not named `title`, since a field may be
    area: ClassVar[str]
    in_area: ClassVar[str] = ""  # its area, if `area_of` cannot derive it
    by_default: ClassVar[bool] = True  # whether it is listed by default, without a toolset
    answer: ClassVar[type[Answer]]
    at: ClassVar[str] = ""  # the template of its `hub://` address, if that is not its path
    changes: ClassVar[bool] = False
    may_lie_in_storage: ClassVar[bool] = False  # whether the Hub may redirect it to file storage
    answered_by_address: ClassVar[bool] = False  # whether 303 counts as success, as for a form on a page
    kind: ClassVar[str] = ""  # "model", "dataset" or "space" if the class is about one of them
    from_table: ClassVar[bool] = False  # whether it was made from the table of operations
    unlisted: ClassVar[frozenset[str]] = frozenset()  # arguments that only an answer mentions
    covers: ClassVar[tuple[str, ...]] = ()  # parameters sent under another name, or inside another one

    @model_validator(mode="before")
    @classmethod
    def _as_people_write(cls, given: Any, info: ValidationInfo) -> Any:
        """Nulls count as absent; repository ids may be prefixed or written as an address."""
        if not isinstance(given, Mapping):
            return given
        refuse_no_text(given)
        said = {key: value for key, value in given.items() if value is not None}
        hosts: Sequence[str] = (info.context or {}).get("hosts", ())
        read_pasted(cls, said, cls.kind, hosts)
        return said

    # ── derived from the declaration ────────────────────────────────────────────────────────────────────────

    @classmethod
    def marked(cls, mark: type) -> tuple[str, ...]:
        """The fields whose types have such a mark."""
        return marked_in(cls, mark)

    @classmethod
    def second_segment(cls, name: str) -> str:
        """The name of a field's second path segment; "" if it has one segment."""
        marks = marks_of(cls.model_fields[name])
        return next((mark.second for mark in marks if isinstance(mark, OwnedThing)), "")

    @classmethod
    def is_deep(cls, name: str) -> bool:
        """Whether a field is a path with any number of segments."""
        return name in cls.marked(PathInRepo)

    @classmethod
    def address_template(cls) -> str:
        """The template of its address, without the scheme."""
        return cls.at or cls.line.path.removeprefix("/").removeprefix("api/")

    @classmethod
    def path_fields(cls) -> list[str]:
        return fields_in(cls.line.path)

    @classmethod
    def is_listing(cls) -> bool:
        return False

    @classmethod
    def may_ask(cls) -> bool:
        """Whether any call of this class asks a person first."""
        return False

    @property
    def also_shown(self) -> tuple[str, ...]:
        """The Hub's names of fields that an argument requests under another name."""
        return ()

    @property
    def reads(self) -> bool:
        return self.line.effect is Effect.READ

    @property
    def permission(self) -> str:
        """The permission a token needs for this call, by the Hub's name; "" if it needs none."""
        return self.line.permission

    @property
    def subject(self) -> str:
        """What the call is about, worded for a sentence."""
        if repos := self.marked(RepoName):
            kinds = [str(getattr(self, name)) for name in self.marked(RepoKind)]
            return f"the {self.kind or ''.join(kinds[:1]) or 'repository'} {getattr(self, repos[0])}"
        named = [str(value) for name in self.path_fields() if (value := getattr(self, name)) is not None]
        return " ".join(named) or self.label.lower()

    @property
    def part(self) -> str:
        """The part of its subject that the call is about, such as "discussion 3"; "" for all of it."""
        return ""

    def owned(self) -> tuple[tuple[str, str], ...]:
        """The owners the call names, each with the id of the thing, or "" if only the owner is named."""
        return tuple(dict.fromkeys(owned_in(self)))

    def as_arguments(self) -> dict[str, Any]:
        """The tool's arguments that reproduce this call, as JSON."""
        return self.model_dump(mode="json", exclude_none=True)

    def values(self) -> dict[str, Any]:
        """The arguments in its address, including defaults."""
        return self.model_dump(mode="json")

    def but(self, **values: Any) -> Self:
        """This call with other values, validated again: they may come from the Hub, and go into a path.

        Raises:
            UnexpectedAnswer: the values break the rules for arguments.
        """
        try:
            return type(self).model_validate({**self.model_dump(exclude_none=True), **values})
        except ValueError as trouble:
            raise UnexpectedAnswer(
                f"What the Hub tells of {self.subject} cannot be sent back to it."
            ) from trouble

    # ── to HTTP and back ────────────────────────────────────────────────────────────────────────────────────

    def payload(self) -> dict[str, Any]:
        """The parameters outside the path, by the Hub's names, without absent and local fields."""
        kept_here = {*self.path_fields(), *self.marked(Local)}
        return self.model_dump(mode="json", by_alias=True, exclude=kept_here, exclude_none=True)

    def real_path(self) -> str:
        """The actual path, each segment percent-encoded separately."""
        return fill(self.line.path, self._path_value)

    def _path_value(self, name: str) -> str | None:
        value = getattr(self, name)
        if value is None or (value == "model" and "[{type}s/]" in self.line.path and name == "type"):
            return None  # addresses for people name the type of a dataset or a Space alone
        return quote(str(value), safe="/" if self.second_segment(name) or self.is_deep(name) else "")

    def to_http(self, base: str) -> HttpRequest:
        """The request this call is. `base` is the Hub's address without a final slash."""
        sent = self.payload()
        url = base + self.real_path()
        if self.line.method in ("GET", "DELETE"):
            query = encode_query(sent)
            return HttpRequest(self.line.method, f"{url}?{query}" if query else url)
        return HttpRequest(self.line.method, url, sent)

    def from_http(self, response: HttpResponse) -> A:
        """The typed answer.

        Raises:
            HubError: the response is a refusal, or does not have the expected shape.
        """
        self.refuse_errors(response)
        return self.read(self.unwrap(response))

    def unwrap(self, response: HttpResponse) -> Any:
        """The JSON of the answer, if any; an endpoint with a wrapped body overrides this."""
        return None if self.answer is Done else response.json()

    def read(self, value: Any) -> A:
        return self.answer.of(value)  # type: ignore[return-value]  # `answer` is the class's own type argument

    def refuse_errors(self, response: HttpResponse) -> None:
        if response.status >= 300 or is_page(response.headers, response.body):
            raise error_of(
                response.status,
                response.headers,
                response.body,
                subject=self.subject,
                part=self.part,
                signed_in=response.signed_in,
                about_repository=bool(self.marked(RepoName)),
                changes=not self.reads,
            )


def default_endpoints() -> dict[str, type[Endpoint[Any]]]:
    """The endpoints whose tools are listed by default, without a toolset."""
    return {name: endpoint for name, endpoint in ENDPOINTS.items() if endpoint.by_default}


# ── declaring ───────────────────────────────────────────────────────────────────────────────────────────────


def get(
    path: str,
    *,
    documented: str = "",
    permission: str = "",
    label: str = "",
    by_post: bool = False,
    is_tool: bool = True,
) -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that reads.

    Args:
        permission: the permission a token needs, if any.
        by_post: whether its arguments are sent in a body, because there are too many for an address.
        is_tool: whether it is a tool, and not only looked up by other calls.
    """
    method = "POST" if by_post else "GET"

    def check(cls: type[E]) -> str | None:
        return "it is a Change, so `get` cannot declare it" if cls.changes else None

    line = Line(method, path, Effect.READ, permission, spelled=documented)
    return declare(line, label, check, is_tool=is_tool)


def declare(
    line: Line, label: str, check: Callable[[type[E]], str | None], *, is_tool: bool = True
) -> Callable[[type[E]], type[E]]:
    """The decorator that gives a class its HTTP line and registers it in the catalogue.

    Args:
        check: says what else is wrong with a declaration, as the end of a sentence; None if nothing is.
        is_tool: whether it is registered as a tool.
    """

    def declared(cls: type[E]) -> type[E]:
        cls.line = line
        words = _WORDS.split(cls.__name__)
        cls.tool = "_".join(words).lower()
        cls.label = label or " ".join([words[0], *(word.lower() for word in words[1:])])
        cls.area = cls.in_area or area_of(cls.__module__)
        cls.answer = type_arguments(cls, Endpoint)[-1]
        faults = [*declaration_faults(cls, line), _name_fault(cls), check(cls)]
        if why := next(filter(None, faults), None):
            raise TypeError(f"{cls.__name__}: {why}")
        if is_tool:
            ENDPOINTS[cls.tool] = cls
        return cls

    return declared


def _name_fault(cls: type[Endpoint[Any]]) -> str | None:
    """What is wrong with a tool's name or description."""
    if not cls.__doc__ or cls.__doc__ == inspect.getdoc(Endpoint):
        return "a docstring is missing; it is what the model reads to choose the tool"
    if len(cls.tool) > NAME_LIMIT:
        return f"the tool name {cls.tool!r} is longer than {NAME_LIMIT} characters"
    return None
