"""What models, datasets and Spaces have in common: reading one, and a listing of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, ClassVar, Self, TypeVar

from pydantic import Field, StrictBool, field_validator, model_validator

from hub_mcp.catalogue.answers import Record, clean, counted, day, magnitude, size
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.identifiers import kind_searched, shorten
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import RepoId, Revision, Word, Words
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.parts import Lookup
from hub_mcp.text import quoted

FIRST_FILES = 10
ALL_FILES = 1_000
NAME_LIMIT = 200  # characters in a repository id; the Hub allows 193


class Repository(Record):
    """One repository, as the Hub describes it."""

    noun = "repository"
    kind: ClassVar[str] = "repository"
    lean: ClassVar[tuple[str, ...]] = ()  # what a row of a listing requests from the Hub

    hub_id: str | None = Field(default=None, alias="_id")
    id: str
    private: StrictBool | None = None
    gated: StrictBool | str | None = None
    disabled: bool | None = None
    downloads: int | None = None
    likes: int | None = None
    last_modified: str | None = Field(default=None, alias="lastModified")
    created_at: str | None = Field(default=None, alias="createdAt")
    tags: list[str] | None = None
    siblings: list[dict[str, Any]] | None = None
    used_storage: int | None = Field(default=None, alias="usedStorage")
    spaces: list[str] | None = None

    @property
    def visibility(self) -> str:
        """public, protected or private; "" if the Hub does not say."""
        said = self.field("visibility")
        if said in ("public", "protected", "private"):
            return str(said)
        if self.private is None:
            return ""
        if self.private:
            return "private"
        return "" if self.kind == "space" else "public"  # if it is not private, a Space may be protected

    @property
    def gate(self) -> str:
        """auto, manual, or false for open; "" if the Hub does not say."""
        return "false" if self.gated is False else self.gated if self.gated in ("auto", "manual") else ""

    @property
    def has_public_name(self) -> bool:
        """Whether everyone may know that it exists; if the Hub does not say, it counts as hidden."""
        return self.private is False and self.visibility != "private"

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        shown = super().content(fields)
        if "siblings" not in shown:
            return shown
        count, most = len(self.siblings or ()), ALL_FILES if "siblings" in fields else FIRST_FILES
        listed: dict[str, Any] = {"count": count, "names": self._files(most)}
        if count > most:
            listed["more"] = f"cursor files.names:{most}"
        return {**{name: one for name, one in shown.items() if name != "siblings"}, "files": listed}

    @property
    def file_names(self) -> frozenset[str] | None:
        """All its files; None if the Hub does not say."""
        if self.siblings is None:
            return None
        return frozenset(str(one.get("rfilename")) for one in self.siblings)

    def _files(self, most: int | None = None) -> list[Any]:
        files = (self.siblings or ())[:most]
        return [clean(one.get("rfilename") if set(one) == {"rfilename"} else one) for one in files]

    def entire(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        return {**super().entire(fields), "files": {"names": self._files()}}

    def facts(self) -> tuple[str, ...]:
        gate = {"false": "", "": "" if self.gated is None else ", gated"}.get(
            self.gate, f", gated ({self.gate})"
        )
        seen = self.visibility or ("not private" if self.private is False else "visibility not known")
        lines = [f"{self.kind} {quoted(self.id, NAME_LIMIT)}: {seen}{gate}"]
        used = [f"{counted(self.downloads, 'download')} in 30 days"] if self.downloads is not None else []
        likes = [counted(self.likes, "like")] if self.likes is not None else []
        changed = [f"last change {at}"] if (at := day(self.last_modified)) else []
        lines.append(", ".join([*used, *likes, *changed]))
        if self.siblings is not None:
            stored = f", {size(self.used_storage)}" if self.used_storage else ""
            lines.append(counted(len(self.siblings), "file") + stored)
        return tuple(line for line in lines if line)

    def standing(self) -> tuple[object, ...]:
        return (self.visibility, self.gate, magnitude(self.downloads), magnitude(self.likes))

    def dependents(self) -> tuple[str, ...]:
        lines: list[str] = []
        if self.spaces:
            more = " or more" if len(self.spaces) >= 100 else ""
            lines.append(
                f"{len(self.spaces):,}{more} Spaces use it" if len(self.spaces) > 1 else "1 Space uses it"
            )
        children = self.field("childrenModelCount")
        if isinstance(children, dict) and (built := sum(n for n in children.values() if isinstance(n, int))):
            lines.append(f"{built:,} models are built on it")
        return tuple(lines)


R = TypeVar("R", bound=Repository)
Fields = Annotated[Words | None, Local]


COMMON = frozenset((  # what `fields` can ask of every type
    "author", "cardData", "createdAt", "disabled", "lastModified", "likes", "private", "resourceGroup", "sha",
    "siblings", "tags", "trendingScore", "xetEnabled",
))  # fmt: skip
CHEAPEST = ("likes",)  # the Hub treats an empty list of fields like no list


def _top(path: str) -> str:
    """The top-level field of a dotted path."""
    return path.partition(".")[0]


def known(fields: list[str] | None, expandable: frozenset[str]) -> list[str] | None:
    """The requested field names; an unknown one is an error that lists the valid ones."""
    if odd := [name for name in fields or () if name not in expandable and _top(name) not in expandable]:
        raise ValueError(f"unknown {', '.join(odd)}; there are {', '.join(sorted(expandable))}")
    return fields


class ListRepositories(Listing[R]):
    """Some rows of one type of repository; exactly what is shown is requested from the Hub."""

    covers = ("expand[]", "full", "cardData", "config")  # `fields` covers what these request
    expandable: ClassVar[frozenset[str]]
    short: ClassVar[Mapping[str, str]] = {}  # short names of parts of fields

    fields: Fields = Field(default=None, description="more a row")
    by: Annotated[Word | None, Local, Field(description="with count: license, …")] = None

    @field_validator("fields", "columns")
    @classmethod
    def _known(cls, fields: list[str] | None) -> list[str] | None:
        said = fields and [cls.short.get(name, name) for name in fields]
        return known(said, cls.expandable | {"id"})

    @field_validator("by")
    @classmethod
    def _whole(cls, by: str | None) -> str | None:
        return by and cls.short.get(by, by)

    def may_be_by(self, row: R) -> set[str]:
        return super().may_be_by(row) | self.expandable

    @field_validator("search", mode="before", check_fields=False)
    @classmethod
    def _of_this_kind(cls, text: Any) -> Any:
        kind, own = kind_searched(text) if isinstance(text, str) else "", cls.row.kind  # type: ignore[attr-defined]
        if kind and kind != own:
            raise ValueError(f"{shorten(text)} is of {kind}s, but these are {own}s: call list_{kind}s")
        return text

    def needed(self) -> tuple[str, ...]:
        """The fields to request from the Hub: those shown, or those counted by."""
        if self.count:
            return (_top(self.by) if _top(self.by) in self.expandable else "tags",) if self.by else CHEAPEST
        shown = self.columns or self.row.lean  # type: ignore[attr-defined]  # rows are Repository
        return tuple(_top(name) for name in (*shown, *(self.fields or ())) if name != "id") or CHEAPEST

    def payload(self) -> dict[str, Any]:
        return {**super().payload(), "expand[]": list(dict.fromkeys(self.needed()))}


class GetRepository(Lookup[R]):
    """One repository: the plain answer, or with `fields` exactly those."""

    covers = ("expand[]", "full")
    expandable: ClassVar[frozenset[str]]
    weighed_by: ClassVar[tuple[str, ...]] = ("usedStorage",)  # with its files, which would be lost
    only_expanded: ClassVar[frozenset[str]] = frozenset(
        {"baseModels", "childrenModelCount", "downloadsAllTime", "evalResults", "trendingScore", "xetEnabled"}
    )  # what the plain answer lacks

    repo_id: RepoId
    revision: Revision | None = None
    fields: Fields = Field(default=None, description="e.g. cardData.license")
    blobs: bool | None = Field(default=None, description="sizes of the files")

    @field_validator("fields")
    @classmethod
    def _known(cls, fields: list[str] | None) -> list[str] | None:
        return known(fields, cls.expandable)

    @model_validator(mode="after")
    def _one_manner(self) -> Self:
        if self._plain() and (odd := self.only_expanded & {_top(name) for name in self.fields or ()}):
            raise ValueError(f"{', '.join(sorted(odd))} cannot be combined with blobs; make two calls")
        return self

    def _plain(self) -> bool:
        return bool(self.blobs)

    def payload(self) -> dict[str, Any]:
        sent = super().payload()
        if self.fields and not self._plain():
            asked = (*(self.expandable & set(self.answer.shown)), *(_top(name) for name in self.fields))  # type: ignore[attr-defined]  # answers are Repository
            sent["expand[]"] = list(dict.fromkeys(asked))
        return sent


def _lookup(kind: str) -> type[GetRepository[Any]]:
    """The class that looks up such a repository."""
    found = ENDPOINTS[f"get_{kind}"]
    assert issubclass(found, GetRepository)
    return found


def repository(kind: str, repo_id: str, fields: Sequence[str] = ()) -> Endpoint[Repository]:
    """The call that looks up a repository."""
    return _lookup(kind).model_validate({"repo_id": repo_id, "fields": list(fields) or None})


def repository_weighed(kind: str, repo_id: str) -> Endpoint[Repository]:
    """The call that looks up a repository with what would be lost: files, storage, dependents."""
    return repository(kind, repo_id, ["siblings", *_lookup(kind).weighed_by])


def repository_at(kind: str, repo_id: str, revision: str) -> Endpoint[Repository]:
    """The call that looks up a repository at a revision; "" for its main branch."""
    return _lookup(kind).model_validate({"repo_id": repo_id, "revision": revision or None})
