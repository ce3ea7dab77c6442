"""The runtime of a Space, and the base of changes to it, which look it up first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Generic, Self, TypeVar

from hub_mcp.catalogue.answers import Answer, Record, is_object
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint, get
from hub_mcp.catalogue.fields.vocabulary import RepoId
from hub_mcp.catalogue.operations.cleaning import clean_text
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.catalogue.repos.repository import Repository, repository
from hub_mcp.catalogue.space_runtime.hardware_costs import FREE, NEVER
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted, word

OFF = frozenset({"PAUSED", "STOPPED", "SLEEPING", "NO_APP_FILE"})  # stages without a disk that could be lost

A = TypeVar("A", bound=Answer)


class SpaceRuntime(Record):
    """The stage of a Space, and its hardware."""

    noun = "runtime of a Space"
    shown: ClassVar[tuple[str, ...]] = (
        "stage", "errorMessage", "hardware", "gcTimeout", "storage", "volumes", "devMode", "replicas",
        "domains", "sha",
    )  # fmt: skip

    stage: str | None = None

    def field(self, name: str) -> Any:
        value = super().field(name)
        if name == "errorMessage" and isinstance(value, str):  # programs may print tokens
            return clean_text(value)
        if is_object(value):
            return {key: one for key, one in value.items() if one is not None}
        return value

    @property
    def is_off(self) -> bool:
        """Whether it is known that nothing is running."""
        return self.stage in OFF

    @property
    def flavors(self) -> tuple[str, ...]:
        """The current and the requested hardware; empty if the Hub does not say."""
        hardware = self.field("hardware")
        both = (hardware.get("requested"), hardware.get("current")) if is_object(hardware) else ()
        return tuple(dict.fromkeys(str(one) for one in both if one))

    @property
    def sleeps_after(self) -> int | None:
        """Seconds without a visit until it sleeps; NEVER, or None if the Hub does not say."""
        seconds = self.field("gcTimeout")
        if seconds is not None:
            return seconds if isinstance(seconds, int) and not isinstance(seconds, bool) else None
        return NEVER if self.flavors and FREE not in self.flavors else None

    def standing(self) -> tuple[object, ...]:
        return (self.is_off, self.flavors[:1], self.sleeps_after, self.field("devMode"))


NOT_KNOWN = SpaceRuntime()


@get("/api/spaces/{repo_id}/runtime")
class GetSpaceRuntime(Lookup[SpaceRuntime]):
    """What a Space does: stage, error, hardware, seconds without a visit until it sleeps (gcTimeout)."""

    by_default = False
    kind = "space"
    unlisted = RARELY_CUT

    repo_id: RepoId


class ActsOnSpace(Change[Repository, A], Generic[A]):
    """A change to how a Space runs, for which the Space and its runtime are looked up first."""

    by_default = False
    kind = "space"

    repo_id: RepoId

    def target(self) -> Endpoint[Repository] | None:
        return repository("space", self.repo_id)

    def settled(self, before: Repository) -> Self:
        return self.but(repo_id=before.id)

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (self._runtime(),)

    def shown_in(self) -> Sequence[Endpoint[Answer]]:
        return (self._runtime(),)

    def _runtime(self) -> GetSpaceRuntime:
        return GetSpaceRuntime(repo_id=self.repo_id)

    def runtime(self, known: Known) -> SpaceRuntime:
        """The current runtime, as far as it could be read."""
        return known.of(self._runtime()) or NOT_KNOWN

    def named(self) -> str:
        """The Space, worded for a question."""
        return f"the Space {quoted(self.repo_id)}"

    def facts(self, before: Repository, known: Known) -> tuple[str, ...]:
        now = self.runtime(known)
        flavors = " → ".join(quoted(one, 40) for one in reversed(now.flavors)) or "hardware not known"
        stage = word(now.stage) if now.stage else "stage not known"
        return (*before.facts(), f"now: {stage}, on {flavors}")

    def restarts(self, known: Known) -> Iterator[Consequence]:
        """The consequence that it restarts, if it may be running."""
        if not self.runtime(known).is_off:
            yield Consequence(Impact.DESTROYS, "it restarts, and what is on its disk is lost")


def runtime_in(space: Repository) -> SpaceRuntime:
    """The runtime in the info of a Space."""
    value = Record.field(space, "runtime")
    return SpaceRuntime.of(value) if is_object(value) else NOT_KNOWN
