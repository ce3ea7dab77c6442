"""The storage of an account: its repositories with the bytes that each uses."""

from __future__ import annotations

from typing import ClassVar, Literal

from hub_mcp.catalogue.answers import Record
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import Owner, Word
from hub_mcp.catalogue.listing import Listing

ALL = 10_000  # repositories to request at once: the Hub gives no cursor

Kept = Literal["model", "dataset", "space", "bucket", "kernel"]


class StoredRepo(Record):
    """A repository with its storage in bytes and in percent of the account's."""

    noun = "repository with its storage"
    shown: ClassVar[tuple[str, ...]] = ("id", "type", "visibility", "storage", "storagePercent", "updatedAt")

    id: str


class ListsStorage(Listing[StoredRepo]):
    """Repositories of an account with their storage; the Hub returns all of them at once."""

    row = StoredRepo
    by_default = False

    search: Word | None = None
    type: Kept | None = None
    sort: Literal["storage", "updatedAt"] | None = None
    direction: Literal["asc", "desc"] | None = None

    def page_size(self) -> int:
        return ALL


@get("/api/settings/repositories")
class ListMyRepos(ListsStorage):
    """Your own repositories, private ones too, with the bytes each takes; the largest first."""

    in_area = "users"


@get("/api/organizations/{organization}/settings/repositories")
class ListOrgRepos(ListsStorage):
    """An organization's repositories with the bytes each takes, for its members; the largest first."""

    in_area = "organization_admin"

    organization: Owner
