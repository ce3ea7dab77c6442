"""Likes of a repository: who likes it, and removing one's own like; liking is for people in a browser."""

from __future__ import annotations

from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import withdraw
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.listing import Listing
from hub_mcp.catalogue.organizations.organizations import Person
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.repos.repository_change import ActsOnRepository


@get("/api/{type}s/{repo_id}/likers")
class ListRepoLikers(Listing[Person]):
    """Users who like a repository."""

    row = Person
    in_area = "users"
    by_default = False

    repo_id: RepoId
    type: RepoType


@withdraw("/api/{type}s/{repo_id}/like", permission="repo.write", of_caller=True)
class UnlikeRepo(ActsOnRepository[Done]):
    """Unlike a repository."""

    in_area = "users"
    by_default = False
    harmless = "it is the caller's own, and can be given again on the repository's page"

    def owned(self) -> tuple[tuple[str, str], ...]:
        return ()  # nothing of the repository's owner is changed

    def outcome(self, before: Repository, after: Done) -> str:
        return f"Took your like of the {self.type} {self.repo_id} back, if there was one."
