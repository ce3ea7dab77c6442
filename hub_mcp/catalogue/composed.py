"""Reading calls whose answer combines several: the first answer decides what else is read and joined."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, Generic, Self, TypeVar

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.stakes import Known

A = TypeVar("A", bound=Answer)


class Composed(Endpoint[A], Generic[A]):
    """A call answered by its own request plus further reading calls, each of which may fail."""

    @abstractmethod
    def beside(self, answer: A) -> Sequence[Endpoint[Any]]:
        """The further calls, given the answer to its own request; they are made concurrently."""

    def about(self) -> Endpoint[Any] | None:
        """The call that reads the one thing it is about; None if it is about several."""
        return None

    @abstractmethod
    def joined(self, answer: A, known: Known) -> A:
        """The complete answer, which says what could not be read."""


class NamesMissing(Answer):
    """An answer about several things, some of which may not exist under the requested names."""

    @property
    @abstractmethod
    def missing(self) -> Mapping[str, Endpoint[Any]]:
        """The calls that found nothing, by the answer's name for the thing."""

    @abstractmethod
    def with_near(self, names: Mapping[str, Sequence[str]]) -> Self:
        """The answer with existing names, by its name for the thing that does not exist."""
