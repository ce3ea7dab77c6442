"""Download counts of many models and datasets in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, Self
from urllib.parse import quote

from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from hub_mcp.catalogue.answers import clean
from hub_mcp.catalogue.composed import Composed, NamesMissing
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.identifiers import KINDS, read_repo_id
from hub_mcp.catalogue.fields.marks import PathInRepo
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType, words_list
from hub_mcp.catalogue.http import HttpResponse
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.stakes import Known
from hub_mcp.errors import HubError, Missing, MissingOrHidden, RateLimited, TokenRejected, plain

MOST = 100  # repositories per call
ASKED = ("downloads", "downloadsAllTime")  # the Hub's names: in 30 days, and in all
OF_SPACES = "the Hub does not count downloads of Spaces"
UNANSWERED = "not answered in time; ask for it again"
FOLDERS = {kind: folder for folder, kind in KINDS.items()}


@dataclass(frozen=True)
class Downloads(NamesMissing):
    """The counts of each repository, by its address on the Hub, or why there are none."""

    rows: Mapping[str, Repository | HubError | str]
    near: Mapping[str, Sequence[str]]

    @property
    def missing(self) -> Mapping[str, Endpoint[Any]]:
        gone = (name for name, row in self.rows.items() if isinstance(row, (Missing, MissingOrHidden)))
        return {name: DownloadsOfOne.at_address(name) for name in gone}

    def with_near(self, names: Mapping[str, Sequence[str]]) -> Self:
        return replace(self, near=names)

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        told = [row for row in self.rows.values() if isinstance(row, Repository)]
        both = ("last_30_days", "downloads"), ("all_time", "downloadsAllTime")
        sums = {ours: sum(_number(row, theirs) or 0 for row in told) for ours, theirs in both}
        of = {"counted": f"{len(told):,} of {len(self.rows):,} repositories"} if len(self.rows) > 1 else {}
        items = [self._row(name, row) for name, row in self.rows.items()]
        return {**of, **(sums if len(told) > 1 else {}), "items": items}

    def _row(self, name: str, row: Repository | HubError | str) -> dict[str, Any]:
        if isinstance(row, str):
            return {"repo": name, "not_told": row}
        if isinstance(row, HubError):
            near = ", ".join(self.near.get(name, ()))
            return {"repo": name, "not_told": _why(row), **({"there_are": near} if near else {})}
        renamed = {"now": clean(row.id, 200)} if row.id.lower() != name.partition("/")[2].lower() else {}
        numbers = {"last_30_days": _number(row, "downloads"), "all_time": _number(row, "downloadsAllTime")}
        return {"repo": name, **renamed, **{key: "–" if one is None else one for key, one in numbers.items()}}


def _number(row: Repository, name: str) -> int | None:
    value = row.field(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _why(error: HubError) -> str:
    """Why the Hub returned nothing for a repository, as text for its row."""
    told = "" if isinstance(error, (Missing, MissingOrHidden)) else error.quoted
    said = f' The Hub said: "{plain(told, 100)}"' if told else ""
    wait = f" Again in {error.wait:.0f} s." if isinstance(error, RateLimited) and error.wait else ""
    return plain(f"{error.what}{said}{wait}", 300)


@get("/api/{type}s/{repo_id}", is_tool=False)
class DownloadsOfOne(Endpoint[Repository]):
    """Downloads of one repository."""

    repo_id: RepoId
    type: RepoType

    @classmethod
    def at_address(cls, address: str) -> DownloadsOfOne:
        """The call for a repository written as `models/ns/name`."""
        folder, _, repo_id = address.partition("/")
        return cls.model_validate({"repo_id": repo_id, "type": KINDS[folder]})

    def payload(self) -> dict[str, Any]:
        return {"expand[]": list(ASKED)}


def _written(text: str, kind: str, hosts: Sequence[str]) -> str:
    """A repository in any spelling, as its type's folder and its id.

    Raises:
        ValueError: it is not a repository, or its type is missing.
    """
    said, repo_id = read_repo_id(text, hosts)
    if not (said or kind):
        raise ValueError(f"{repo_id!r}: say `type`, or write models/{repo_id} or datasets/{repo_id}")
    return f"{FOLDERS[said or kind]}/{repo_id}"


Name = Annotated[str, PathInRepo()]


@get("/api/{repo_ids}", documented="GET /api/models/{repo_id} or /api/datasets/{repo_id}")
class GetDownloads(Composed[Downloads]):
    """Downloads of up to 100 models and datasets, of 30 days and of all time."""

    in_area = "repos"
    at = "downloads"

    type: Literal["model", "dataset"] | None = Field(default=None, description="of bare ids")
    repo_ids: Annotated[list[Name], BeforeValidator(words_list)] = Field(
        min_length=1, max_length=MOST, description="ids, or datasets/ns/name"
    )

    @field_validator("repo_ids")
    @classmethod
    def _with_types(cls, given: list[str], info: ValidationInfo) -> list[str]:
        kind, hosts = info.data.get("type") or "", (info.context or {}).get("hosts", ())
        names = dict.fromkeys(_written(one, kind, hosts) for one in given)
        if all(one.startswith("spaces/") for one in names):
            raise ValueError(OF_SPACES)
        return list(names)

    def _calls(self) -> dict[str, DownloadsOfOne]:
        """A call for each repository of which the Hub counts downloads."""
        counted = (one for one in self.repo_ids if not one.startswith("spaces/"))
        return {one: DownloadsOfOne.at_address(one) for one in counted}

    @property
    def subject(self) -> str:
        return f"{len(self.repo_ids)} repositories" if len(self.repo_ids) > 1 else self.repo_ids[0]

    def owned(self) -> tuple[tuple[str, str], ...]:
        return tuple(owner for call in self._calls().values() for owner in call.owned())

    def _path_value(self, name: str) -> str | None:
        return quote(next(iter(self._calls())), safe="/")  # the first one is requested first

    def payload(self) -> dict[str, Any]:
        return {"expand[]": list(ASKED)}

    def from_http(self, response: HttpResponse) -> Downloads:
        name, call = next(iter(self._calls().items()))
        try:
            return Downloads({name: call.from_http(response)}, {})
        except TokenRejected:
            raise  # which would apply to each
        except HubError as error:
            return Downloads({name: error.alone()}, {})

    def beside(self, answer: Downloads) -> Sequence[Endpoint[Any]]:
        return list(self._calls().values())[1:]

    def joined(self, answer: Downloads, known: Known) -> Downloads:
        calls = self._calls()
        rows: dict[str, Repository | HubError | str] = {}
        for name in self.repo_ids:
            if not (call := calls.get(name)):
                rows[name] = OF_SPACES
            else:
                rows[name] = answer.rows.get(name) or known.of(call) or known.failure_of(call) or UNANSWERED
        return Downloads(rows, {})
