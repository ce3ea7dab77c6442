"""The engine of the catalogue: an endpoint class is a tool, its instance is a call.

    @delete("/api/repos/delete", destroys="the {type} {repo_id}, with all its files", retype="repo_id")
    class DeleteRepo(Endpoint[Done]):
        '''Delete a repository. It cannot be brought back.'''

        repo_id: RepoId
        type: RepoType

From such a declaration everything else is derived: the tool's name (`delete_repo`) and title, its schema and
hints, where each field travels (path, query or body), its `hub://` address, and what the gate has to ask. A
declaration that does not hold together fails at import, with a sentence that says what is wrong.

Path templates: `{name}` is a field, `{name}s` the plural the Hub uses for types, `[...]` a part that is left
out when its fields are absent.
"""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args
from urllib.parse import quote, urlencode

from pydantic import BaseModel, ConfigDict, ValidationInfo, model_validator
from pydantic.fields import FieldInfo

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.refusals import error_of, is_page
from hub_mcp.catalogue.vocabulary import Local, RepoName, read_repo, refuse_no_text
from hub_mcp.errors import HubError, UnexpectedAnswer, plain

A = TypeVar("A", bound=Answer)
E = TypeVar("E", bound="Endpoint[Any]")  # the registry holds calls of every answer type

NAME_LIMIT = 39  # some hosts prefix the server's key and cap the whole at 64


class Effect(StrEnum):
    """What a call does to the Hub."""

    READ = "read"
    ADD = "add"
    CHANGE = "change"
    DESTROY = "destroy"


@dataclass(frozen=True)
class HttpRequest:
    """One request, as data: an absolute address, and a JSON body where there is one."""

    method: str
    url: str
    body: Mapping[str, Any] | None = None  # JSON


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
            value = json.loads(self.body)
            if (
                b"\\ud" in self.body or b"\\uD" in self.body
            ):  # perhaps half a character, which nothing can encode
                value = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
            return value
        except (ValueError, RecursionError) as trouble:
            kind = self.headers.get("content-type", "nothing").partition(";")[0] or "nothing"
            raise UnexpectedAnswer(
                f"Something answered that is not the Hub's API ({kind}, {len(self.body):,} bytes, not JSON)."
            ) from trouble


@dataclass(frozen=True)
class Stakes:
    """What a person must know before a call is made.

    Attributes:
        headline: the question, naming the target as the Hub calls it.
        facts: short lines: what it is, who depends on it.
        cost: what cannot be undone, or how it can.
        retype: the exact text to type; empty where yes or no will do.
    """

    headline: str
    facts: tuple[str, ...] = ()
    cost: str = ""
    retype: str = ""

    def __post_init__(self) -> None:
        """A person reads this and decides: names from the Hub hide nothing in it and pretend no lines."""
        object.__setattr__(self, "headline", plain(self.headline, 1_000))
        object.__setattr__(self, "facts", tuple(plain(fact, 400) for fact in self.facts))
        object.__setattr__(self, "cost", plain(self.cost, 1_000))


@dataclass(frozen=True)
class Line:
    """The HTTP line of an endpoint, and what its decorator says of it."""

    method: str
    path: str
    documented: str
    effect: Effect
    destructive: bool
    idempotent: bool
    destroys: str
    retype: str

    @property
    def documented_path(self) -> str:
        return self.documented.partition(" ")[2]


ENDPOINTS: dict[str, type[Endpoint[Any]]] = {}  # filled by the decorators, in the order of declaration


class Endpoint(BaseModel, Generic[A]):
    """A call of one documented endpoint: validated, frozen, not yet sent."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True, populate_by_name=True)

    line: ClassVar[Line]
    tool: ClassVar[str]
    label: ClassVar[str]  # its title; not called so, since a field may be
    area: ClassVar[str]
    answer: ClassVar[type[Answer]]
    kind: ClassVar[str] = ""  # "model", "dataset" or "space" where the class is about one of them
    narrower: ClassVar[str] = ""  # a sentence: how to get what a large answer leaves out
    offers: ClassVar[tuple[str, ...]] = ()  # wire parameters that travel under another name, or inside one

    @model_validator(mode="before")
    @classmethod
    def _as_people_write(cls, given: Any, info: ValidationInfo) -> Any:
        """Nulls are absences, and repository ids may come as people have them: prefixed, or as an address."""
        if not isinstance(given, Mapping):
            return given
        refuse_no_text(given)
        said = {key: value for key, value in given.items() if value is not None}
        hosts: Sequence[str] = (info.context or {}).get("hosts", ())
        for name in cls._repo_fields():
            if isinstance(raw := said.get(name), str):
                place = read_repo(raw, hosts)
                said[name] = place.repo_id
                expected = cls.kind or str(said.get("type", ""))
                if place.type and expected and place.type != expected:
                    raise ValueError(f"{raw!r} is a {place.type}, but this call is about a {expected}")
                if place.revision and said.setdefault("revision", place.revision) != place.revision:
                    raise ValueError(f"{raw!r} names another revision than `revision`")
                if place.revision and "revision" not in cls.model_fields:
                    raise ValueError(
                        f"{raw!r} names the revision {place.revision!r}, but this call is about all of it"
                    )
        return said

    # ── derived from the declaration ────────────────────────────────────────────────────────────────────────

    @classmethod
    def _repo_fields(cls) -> list[str]:
        return [
            name
            for name, field in cls.model_fields.items()
            if any(isinstance(m, RepoName) for m in field.metadata)
        ]

    @classmethod
    def path_fields(cls) -> list[str]:
        return _FIELD.findall(cls.line.path)

    @classmethod
    def is_listing(cls) -> bool:
        return False

    @property
    def reads(self) -> bool:
        return self.line.effect is Effect.READ

    @property
    def subject(self) -> str:
        """What the call is about, in the words of a sentence."""
        named = [str(value) for name in self.path_fields() if (value := getattr(self, name)) is not None]
        repo = getattr(self, "repo_id", None)
        kind = self.kind or getattr(self, "type", None) or ""
        if repo is not None:
            return f"the {kind or 'repository'} {repo}"
        return " ".join(named) or self.label.lower()

    @property
    def about_repository(self) -> bool:
        return bool(self._repo_fields())

    # ── to HTTP and back ────────────────────────────────────────────────────────────────────────────────────

    def wire(self) -> dict[str, Any]:
        """What travels beside the path: wire names, absent fields left out, local ones too."""
        inside = set(self.path_fields())
        local = {name for name, field in type(self).model_fields.items() if Local in field.metadata}
        return self.model_dump(mode="json", by_alias=True, exclude=inside | local, exclude_none=True)

    def path(self) -> str:
        """The real path, each segment percent-encoded on its own."""
        return fill(self.line.path, self._path_value)

    def _path_value(self, name: str) -> str | None:
        value = getattr(self, name)
        if value is None:
            return None
        keeps_slash = isinstance(value, str) and name in ("repo_id", "slug")
        return quote(str(value), safe="/" if keeps_slash else "")

    def to_http(self, base: str) -> HttpRequest:
        """The request this call is. `base` is the Hub's address without a final slash."""
        sent = self.wire()
        url = base + self.path()
        if self.line.method in ("GET", "DELETE"):
            query = encode_query(sent)
            return HttpRequest(self.line.method, f"{url}?{query}" if query else url)
        return HttpRequest(self.line.method, url, sent)

    def from_http(self, response: HttpResponse) -> A:
        """The typed answer.

        Raises:
            HubError: the response says no, or is not what the endpoint answers.
        """
        self.refuse_errors(response)
        return self.read(self.unwrap(response))

    def unwrap(self, response: HttpResponse) -> Any:
        """The JSON that holds the answer; an endpoint whose body is wrapped or empty overrides this."""
        return response.json()

    def read(self, value: Any) -> A:
        return self.answer.of(value)  # type: ignore[return-value]  # `answer` is the class's own type argument

    def refuse_errors(self, response: HttpResponse) -> None:
        if response.status >= 300 or is_page(response.headers, response.body):
            raise error_of(
                response.status,
                response.headers,
                response.body,
                subject=self.subject,
                signed_in=response.signed_in,
                about_repository=self.about_repository,
                changes=not self.reads,
            )

    # ── what the gate and the journal ask of a call ─────────────────────────────────────────────────────────

    def target(self) -> Endpoint[Any] | None:
        """The reading call that shows what this call would act on; None where there is nothing yet."""
        return None

    def owners(self) -> tuple[str, ...]:
        """Whose things this call is about; "" for a repository named without its owner."""
        return tuple(dict.fromkeys(_owners_in(self)))

    def as_arguments(self) -> dict[str, Any]:
        """What makes this very call again: the tool's arguments, as JSON."""
        return self.model_dump(mode="json", exclude_none=True)

    def context(self) -> Sequence[Endpoint[Any]]:
        """Further reading calls that tell who depends on the target; each may fail without harm."""
        return ()

    def settled(self, before: Answer) -> Self:
        """This call with the ids the Hub itself uses, now that its target has been seen."""
        return self

    def but(self, **values: str) -> Self:
        """This call with other values, checked as every call is: they may be the Hub's, and go into a path.

        Raises:
            UnexpectedAnswer: the values break the Hub's own naming rules.
        """
        try:
            return type(self).model_validate({**self.model_dump(exclude_none=True), **values})
        except ValueError as trouble:
            raise UnexpectedAnswer(f"The Hub names {self.subject} by an id that cannot be one.") from trouble

    def identity(self, before: Answer) -> str:
        """What must still be the same when the call is made: the target's own id."""
        return before.identity

    def stakes(self, before: Answer | None, context: Sequence[Answer] = ()) -> Stakes | None:
        """What a person must agree to; None when the call may be made. Unless said: what `destroys=` says."""
        if not self.line.destroys:
            return None
        said = self.model_dump()
        return Stakes(
            headline=f"Delete {self.line.destroys.format(**said)}?",
            facts=told_of(before, context),
            cost="This cannot be undone.",
            retype=str(said[self.line.retype]) if self.line.retype else "",
        )

    def preview(self, before: Answer) -> dict[str, tuple[Any, Any]]:
        """What would change, as {field: (before, after)}; empty where the call does not change fields."""
        return {}

    def undo(self, before: Answer | None, after: Answer | None) -> Endpoint[Any] | None:
        """The call that takes this back; None where nothing can. Ask `taken_back_by`, which never fails."""
        return None

    def taken_back_by(self, before: Answer | None, after: Answer | None) -> Endpoint[Any] | None:
        """What `undo` says; None too where the Hub's answers are too odd to make a call of."""
        try:
            return self.undo(before, after)
        except (ValueError, HubError):
            return None

    @classmethod
    def may_ask(cls) -> bool:
        """Whether some call of this class asks a person first."""
        return bool(cls.line.destroys) or cls.stakes is not Endpoint.stakes


NAMESPACES = ("organization", "namespace")  # fields that name an owner outright


def _owners_in(part: BaseModel) -> Iterator[str]:
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if isinstance(value, list):
            for one in value:
                if isinstance(one, BaseModel):
                    yield from _owners_in(one)
        elif isinstance(value, str):
            if name in NAMESPACES:
                yield value
            elif name == "slug" or any(isinstance(mark, RepoName) for mark in field.metadata):
                yield value.rpartition("/")[0]


def told_of(before: Answer | None, context: Sequence[Answer]) -> tuple[str, ...]:
    """What a person should know of a target: what it is, and who depends on it."""
    known = [before] if before else []
    return (
        *(fact for one in known for fact in one.facts()),
        *(fact for one in (*known, *context) for fact in one.dependents()),
    )


# ── path templates ──────────────────────────────────────────────────────────────────────────────────────────

_FIELD = re.compile(r"\{(\w+)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")


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


# ── declaring ───────────────────────────────────────────────────────────────────────────────────────────────

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def _declare(
    method: str,
    path: str,
    effect: Effect,
    *,
    documented: str = "",
    destructive: bool = False,
    idempotent: bool = True,
    destroys: str = "",
    retype: str = "",
    label: str = "",
) -> Callable[[type[E]], type[E]]:
    def declare(cls: type[E]) -> type[E]:
        cls.line = Line(
            method, path, documented or f"{method} {path}", effect, destructive, idempotent, destroys, retype
        )
        words = _WORDS.split(cls.__name__)
        cls.tool = "_".join(words).lower()
        cls.label = label or " ".join([words[0], *(word.lower() for word in words[1:])])
        cls.area = cls.__module__.rpartition(".")[2]
        cls.answer = _answer_of(cls)
        _check(cls)
        ENDPOINTS[cls.tool] = cls
        return cls

    return declare


def get(path: str, *, documented: str = "", label: str = "") -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that reads."""
    return _declare("GET", path, Effect.READ, documented=documented, label=label)


def post(
    path: str,
    *,
    documented: str = "",
    effect: Effect = Effect.ADD,
    destructive: bool = False,
    idempotent: bool = False,
    retype: str = "",
    label: str = "",
) -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that adds something, or (`effect=`) changes it in a way POST was chosen for."""
    return _declare(
        "POST", path, effect, documented=documented, destructive=destructive, idempotent=idempotent,
        retype=retype, label=label,
    )  # fmt: skip


def put(
    path: str, *, documented: str = "", destructive: bool = False, label: str = ""
) -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that replaces settings."""
    return _declare("PUT", path, Effect.CHANGE, documented=documented, destructive=destructive, label=label)


def patch(
    path: str, *, documented: str = "", destructive: bool = False, label: str = ""
) -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that changes some fields."""
    return _declare("PATCH", path, Effect.CHANGE, documented=documented, destructive=destructive, label=label)


def delete(
    path: str, *, destroys: str, retype: str = "", documented: str = "", label: str = ""
) -> Callable[[type[E]], type[E]]:
    """Declare an endpoint that takes something away; `destroys` says what, as the person will be asked."""
    return _declare(
        "DELETE", path, Effect.DESTROY, documented=documented, destructive=True, destroys=destroys,
        retype=retype,
        label=label,
    )  # fmt: skip


def _answer_of(cls: type[Endpoint[Any]]) -> type[Answer]:
    for base in cls.__mro__:
        metadata = getattr(base, "__pydantic_generic_metadata__", None)
        if (
            metadata
            and metadata["args"]
            and isinstance(found := metadata["args"][0], type)
            and issubclass(found, Answer)
        ):
            return found
    raise TypeError(f"{cls.__name__}: say what it answers, as in Endpoint[Done]")


def _check(cls: type[Endpoint[Any]]) -> None:
    """Refuse a declaration that does not hold together."""

    def wrong(why: str) -> TypeError:
        return TypeError(f"{cls.__name__}: {why}")

    line = cls.line
    if not cls.__doc__ or cls.__doc__ is Endpoint.__doc__ or cls.__doc__ == inspect.getdoc(Endpoint):
        raise wrong("a docstring is missing; it is what the model reads to choose the tool")
    if len(cls.tool) > NAME_LIMIT:
        raise wrong(f"the tool name {cls.tool!r} is longer than {NAME_LIMIT} characters")
    if cls.tool in ENDPOINTS and ENDPOINTS[cls.tool].__module__ != cls.__module__:
        raise wrong(f"there is already a tool {cls.tool!r}")
    if not line.path.startswith("/"):
        raise wrong(f"the path {line.path!r} must start with a slash")
    if line.effect is Effect.DESTROY and not line.destroys.strip():
        raise wrong("`destroys=` must say in words what is lost")
    for source, names in {
        "the path": _FIELD.findall(line.path),
        "destroys=": _FIELD.findall(line.destroys),
        "retype=": [line.retype] if line.retype else [],
    }.items():
        for name in names:
            if name not in cls.model_fields:
                raise wrong(f"{source} names {name!r}, which is not one of its fields")
    always = _FIELD.findall(_strip_optional(line.path))
    for name in always:
        if not cls.model_fields[name].is_required():
            raise wrong(f"{name!r} is in the path, so it must be required (or the part in [brackets])")
    for name, field in cls.model_fields.items():
        _check_field(wrong, name, field)


def _check_field(wrong: Callable[[str], TypeError], name: str, field: FieldInfo) -> None:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise wrong(f"the field {name!r} must be in snake_case")
    kinds = [one for one in get_args(field.annotation) if one is not type(None)]
    if type(None) in get_args(field.annotation) and len(kinds) > 1:
        raise wrong(f"the field {name!r} has more than one type; a portable schema has none of those")
    if field.is_required() and type(None) in get_args(field.annotation):
        raise wrong(f"the field {name!r} allows null, so it needs the default None")


def _strip_optional(template: str) -> str:
    while (opened := _OPTIONAL.sub("", template)) != template:
        template = opened
    return template
