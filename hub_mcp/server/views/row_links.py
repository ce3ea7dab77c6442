"""Links from rows of a listing to the Hub's website."""

from __future__ import annotations

from urllib.parse import quote

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.collections.collection import CollectionRow
from hub_mcp.catalogue.content.files import TreeEntry
from hub_mcp.catalogue.content.refs import CommitRow
from hub_mcp.catalogue.discussions.discussions import DiscussionRow
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.organizations.organizations import Person
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.search.papers import DailyPaper

FOLDERS = {"model": "", "dataset": "datasets/", "space": "spaces/"}


def link_of(call: Endpoint[Answer], row: Answer) -> str:
    """The path of a row's page; "" if it has none."""
    path = ""
    if isinstance(row, Repository) and row.kind in FOLDERS:
        path = f"{FOLDERS[row.kind]}{row.id}"
    elif isinstance(row, CollectionRow):
        path = f"collections/{row.slug}"
    elif isinstance(row, Person):
        path = row.user
    elif isinstance(row, DailyPaper):
        path = f"papers/{row.identity}"
    elif inside := _inside(call, row):
        place = FOLDERS[str(getattr(call, "type", "model"))]
        path = f"{place}{getattr(call, 'repo_id', '')}/{inside}"
    return f"/{quote(path)}" if path else ""


def _inside(call: Endpoint[Answer], row: Answer) -> str:
    """The path of a row inside its repository."""
    if isinstance(row, DiscussionRow):
        return f"discussions/{row.num}"
    if isinstance(row, CommitRow):
        return f"commit/{row.id}"
    if isinstance(row, TreeEntry):
        revision = str(getattr(call, "revision", None) or "main")
        return f"{'tree' if row.is_folder else 'blob'}/{quote(revision, safe='')}/{row.path}"
    return ""
