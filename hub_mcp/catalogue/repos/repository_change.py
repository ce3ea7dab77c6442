"""Changes to one repository, which is looked up first and then named as on the Hub."""

from __future__ import annotations

from typing import Self

from hub_mcp.catalogue.answers import Done
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import RepoId, RepoType
from hub_mcp.catalogue.repos.repository import Repository, repository


class ActsOnRepository(Change[Repository, Done]):
    """A change to one repository, with an answer that the Hub does not document."""

    repo_id: RepoId
    type: RepoType  # required on purpose: the Hub's silent default is "model"

    def target(self) -> Endpoint[Repository] | None:
        return repository(self.type, self.repo_id)

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)
