"""Changes to one repository, which is looked up first and then named as on the Hub."""

from __future__ import annotations

from typing import Generic, Self, TypeVar

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.repos.repository import Repository, repository

A = TypeVar("A", bound=Answer)


class ActsOnRepository(Change[Repository, A], Generic[A]):
    """A change to one repository, which is looked up first."""

    repo_id: RepoId
    type: RepoType  # required on purpose: the Hub's silent default is "model"

    def target(self) -> Endpoint[Repository] | None:
        return repository(self.type, self.repo_id)

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)
