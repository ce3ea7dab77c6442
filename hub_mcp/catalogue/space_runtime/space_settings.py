"""Variables and secrets of a Space: listing, setting and deleting them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, ClassVar, Generic, Self, TypeVar, cast

from pydantic import Field, PrivateAttr, StringConstraints, field_validator

from hub_mcp.catalogue.answers import Answer, Done, Page, Record, is_object
from hub_mcp.catalogue.change import Change, delete, post
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import RepoId, Word
from hub_mcp.catalogue.http import TYPED, Effect, HttpRequest
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.operations.cleaning import HIDDEN, clean_text, refuse_taken_out
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.space_runtime.space_runtime import ActsOnSpace
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.errors import BadInput, UnexpectedAnswer
from hub_mcp.text import quoted

OLD = 200  # characters of a replaced or deleted value, in a question
UNTOLD = "whatever the variable is now"
MOST_VALUE = 32_768  # characters
EVERY = 1_000  # more than any Space has

Key = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][_a-zA-Z0-9]*$", max_length=200)]


def shown_value(key: str, value: str) -> str:
    """A value with anything masked that looks like a secret, or is one by its name."""
    return HIDDEN if clean_text(f"{key}={value}") != f"{key}={value}" else value


class SpaceSecret(Record):
    """The name of a secret of a Space; nobody can read its value."""

    named_by = ("key",)
    noun = "secret of a Space"
    shown: ClassVar[tuple[str, ...]] = ("key", "description", "updatedAt")

    key: str

    def standing(self) -> tuple[object, ...]:
        return (self.key, self.field("updatedAt"))


class SpaceVariable(SpaceSecret):
    """A variable of a Space."""

    noun = "variable of a Space"
    shown: ClassVar[tuple[str, ...]] = ("key", "value", "description", "updatedAt")

    value: str = ""

    def field(self, name: str) -> Any:
        return shown_value(self.key, self.value) if name == "value" else super().field(name)


S = TypeVar("S", bound=SpaceSecret)


class ListsSettings(Listing[S], Generic[S]):
    """The variables or secrets of a Space; the Hub returns all of them at once."""

    by_default = False
    kind = "space"
    unlisted = frozenset({"columns", "count", "by", "limit"})
    takes_limit = False

    repo_id: RepoId
    limit: int = Field(default=100, ge=1, le=EVERY)

    def rows(self, value: Any) -> list[Any]:
        """The rows in the Hub's object, whose keys are the names."""
        if not is_object(value):
            raise UnexpectedAnswer("The Hub did not answer with what is set, by its names.")
        return [{**one, "key": name} if is_object(one) else one for name, one in value.items()]


@get("/api/spaces/{repo_id}/variables", permission="repo.write")
class ListSpaceVariables(ListsSettings[SpaceVariable]):
    """Variables of a Space; what looks like a secret in them is taken out."""

    row = SpaceVariable


@get("/api/spaces/{repo_id}/secrets", permission="repo.write")
class ListSpaceSecrets(ListsSettings[SpaceSecret]):
    """Names of a Space's secrets; their values cannot be read."""

    row = SpaceSecret


class ActsOnSetting(ActsOnSpace[Done]):
    """A change to one variable or secret of a Space."""

    reversal = "What was on its disk does not come back."

    key: Key

    def listing(self) -> Endpoint[Page[Any]]:
        """The call that lists the settings of its kind."""
        return ListSpaceVariables(repo_id=self.repo_id, limit=EVERY)

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (*super().needs(before), self.listing())

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (*super().shown_in(), self.listing())

    def now(self, known: Known) -> SpaceSecret | None:
        """The current setting with this name."""
        found = known.of(self.listing())
        return next((one for one in found.items if one.key == self.key), None) if found else None

    def is_known(self, known: Known) -> bool:
        """Whether the complete list could be read."""
        found = known.of(self.listing())
        return found is not None and not (found.left_out or found.next_cursor)

    def refuse_missing(self, known: Known, kind: str) -> None:
        """Raises: BadInput: there is none of this name, so that the Space would restart for nothing."""
        if self.is_known(known) and self.now(known) is None:
            raise BadInput(
                f"{self.tool} was not called: the Space {self.repo_id} has no {kind} {self.key}.",
                advice=f"{self.listing().tool} lists them.",
            )


@post(
    "/api/spaces/{repo_id}/variables",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class SetSpaceVariable(ActsOnSetting):
    """Set a variable of a Space, which restarts it. Not for secrets: it can be read. Asks first."""

    value: str = Field(max_length=MOST_VALUE)
    description: Word | None = Field(default=None, max_length=1_000)

    _was: SpaceVariable | None = PrivateAttr(None)
    _seen: bool = PrivateAttr(False)

    @field_validator("value")
    @classmethod
    def _is_no_secret(cls, value: str) -> str:
        if clean_text(value) != value:
            raise ValueError("it looks like a token or a password, and variables can be read: use a secret")
        return refuse_taken_out(value)

    def completed(self, before: Repository, known: Known) -> Self:
        found, whole = self.now(known), self.model_copy()
        whole._was = found if isinstance(found, SpaceVariable) else None
        whole._seen = self.is_known(known)
        return whole

    def headline(self, before: Repository) -> str:
        return f"Set the variable {quoted(self.key)} of {self.named()}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        was = self.now(known)
        if isinstance(was, SpaceVariable):
            value = cast(object, was.value)  # unconverted, whatever its type
            told = "value" in was.model_fields_set and isinstance(value, str)
            if told and was.value == self.value and self.description in (None, was.field("description")):
                return
            old = f"its present value, {quoted(str(was.field('value')), OLD)}" if told else UNTOLD
            yield Consequence(Impact.DESTROYS, f"it replaces {old}")
        elif not self.is_known(known):
            yield Consequence(Impact.DESTROYS, f"it replaces {UNTOLD}")
        if before.visibility != "private":
            yield Consequence(Impact.OPENS, "everyone can read its value")
        yield from self.restarts(known)

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Set the variable {self.key} of the Space {self.repo_id}, which restarts if it runs."

    def undo(self, before: Repository, after: Done) -> Change[Any, Any] | None:
        was = self._was
        if was is None:
            return DeleteSpaceVariable(repo_id=self.repo_id, key=self.key) if self._seen else None
        if was.field("value") != was.value:
            return None  # it looks like a secret, which must not get into the journal
        said = {"repo_id": self.repo_id, "key": self.key, "value": was.value}
        return SetSpaceVariable.model_validate({**said, "description": was.field("description")})


@delete(
    "/api/spaces/{repo_id}/variables",
    permission="repo.write",
    destroys="the variable {key} of the Space {repo_id}",
)
class DeleteSpaceVariable(ActsOnSetting):
    """Delete a variable of a Space, which restarts it."""

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("DELETE", base + self.real_path(), {"key": self.key})

    def completed(self, before: Repository, known: Known) -> Self:
        self.refuse_missing(known, "variable")
        return self

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        was = self.now(known)
        value = f": {quoted(str(was.field('value')), OLD)}" if was else ""
        yield Consequence(Impact.DESTROYS, f"its value is lost{value}")
        yield from self.restarts(known)


@delete(
    "/api/spaces/{repo_id}/secrets",
    permission="repo.write",
    destroys="the secret {key} of the Space {repo_id}",
)
class DeleteSpaceSecret(ActsOnSetting):
    """Delete a secret of a Space, which restarts it. Nobody can read its value any more."""

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("DELETE", base + self.real_path(), {"key": self.key})

    def listing(self) -> Endpoint[Page[Any]]:
        return ListSpaceSecrets(repo_id=self.repo_id, limit=EVERY)

    def completed(self, before: Repository, known: Known) -> Self:
        self.refuse_missing(known, "secret")
        return self

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        yield Consequence(Impact.DESTROYS, "its value is lost: the Hub shows it to nobody")
        yield from self.restarts(known)


@post(
    "/api/spaces/{repo_id}/secrets",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class SetSpaceSecret(ActsOnSetting):
    """Set a secret of a Space: the person types it on a page, or it is on the server's machine. Asks."""

    source: Annotated[Word, StringConstraints(pattern=r"^(env|file):.", max_length=1_000)] | None = Field(
        default=None,
        description="env:NAME or file:PATH that the server's operator allows; absent: typed by the person",
    )
    description: Word | None = Field(default=None, max_length=1_000)

    @property
    def value_from(self) -> str:
        return self.source or TYPED

    def to_http(self, base: str) -> HttpRequest:
        described = {"description": self.description} if self.description else {}
        return HttpRequest(
            "POST", base + self.real_path(), {"key": self.key, **described}, value_from=self.value_from
        )

    def listing(self) -> Endpoint[Page[Any]]:
        return ListSpaceSecrets(repo_id=self.repo_id, limit=EVERY)

    def headline(self, before: Repository) -> str:
        to = f"from {quoted(self.source)}" if self.source else "to what you type"
        return f"Set the secret {quoted(self.key)} of {self.named()} {to}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        line = f"what {quoted(self.source)} holds on the server's machine" if self.source else "what you type"
        yield Consequence(Impact.SENDS_OUT, f"{line} goes to the Space")
        yield Consequence(Impact.OPENS, "its code, and whoever may change that code, can read it")
        if self.now(known) is not None or not self.is_known(known):
            yield Consequence(Impact.DESTROYS, "it replaces the present value, which nobody can read")
        yield from self.restarts(known)

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Set the secret {self.key} of the Space {self.repo_id}, which restarts if it runs."
