"""A change to one repository: looked up first, then named as the Hub itself names it."""

from __future__ import annotations

from typing import Self

from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.repos.repository import Repository, repository


class ActsOnRepository(Change[Repository, Done]):
    """A change to one repository, whose answer the Hub does not document."""

    repo_id: RepoId
    type: RepoType  # required on purpose: the Hub silently means "model"

    def target(self) -> Endpoint[Repository] | None:
        return repository(self.type, self.repo_id)

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)
