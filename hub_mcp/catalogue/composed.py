"""Reading calls whose answer is made of several: one is answered, what else is needed is read and joined."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Self, TypeVar

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.stakes import Known

A = TypeVar("A", bound=Answer)


class Composed(Endpoint[A], Generic[A]):
    """A call that is answered by its own request and by further reading calls, each of which may fail."""

    @abstractmethod
    def beside(self, answer: A) -> Sequence[Endpoint[Any]]:
        """The further calls, now that its own request was answered; they are made at once."""

    @abstractmethod
    def joined(self, answer: A, known: Known) -> A:
        """The whole answer; it says what could not be seen."""


class NamesMissing(Answer):
    """An answer about several things, some of which may not exist under the names they were asked for."""

    @property
    @abstractmethod
    def missing(self) -> Mapping[str, Endpoint[Any]]:
        """The calls that found nothing, by what the answer calls the thing."""

    @abstractmethod
    def with_near(self, names: Mapping[str, Sequence[str]]) -> Self:
        """The answer with names that do exist, by what it calls the thing that does not."""
