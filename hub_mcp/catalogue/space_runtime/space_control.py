"""Pausing and restarting a Space, and its dev mode."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import Field

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change, post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import Effect, HttpRequest
from hub_mcp.catalogue.jobs.hardware import price_in_words
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.space_runtime.hardware_costs import ListSpaceHardware, costs_nothing, hourly_price
from hub_mcp.catalogue.space_runtime.space_runtime import ActsOnSpace, SpaceRuntime, runtime_in
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


@post(
    "/api/spaces/{repo_id}/pause",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class PauseSpace(ActsOnSpace[SpaceRuntime]):
    """Stop a Space until it is restarted; paused it costs nothing. Asks first."""

    reversal = "It can be restarted at any time; what was on its disk does not come back."

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("POST", base + self.real_path())

    def headline(self, before: Repository) -> str:
        return f"Pause {self.named()}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        now = self.runtime(known)
        if now.stage == "PAUSED":
            return
        yield Consequence(
            Impact.CLOSES_OUT, "nobody can use it any more until somebody who may write to it restarts it"
        )
        if not now.is_off:
            yield Consequence(Impact.DESTROYS, "what is on its disk is lost")

    def outcome(self, before: Repository, after: SpaceRuntime) -> str:
        return f"Paused: the Space {self.repo_id} does nothing and costs nothing until it is restarted."

    def undo(self, before: Repository, after: SpaceRuntime) -> Change[Any, Any] | None:
        return RestartSpace(repo_id=self.repo_id) if runtime_in(before).stage != "PAUSED" else None


@post("/api/spaces/{repo_id}/restart", permission="repo.write", effect=Effect.CHANGE, destructive=True)
class RestartSpace(ActsOnSpace[SpaceRuntime]):
    """Restart a Space, also a paused one; `factory` rebuilds it from scratch. Asks first."""

    reversal = "What was on its disk, and what is spent from then on, does not come back."

    factory: bool | None = Field(default=None, description="without what earlier builds left")

    def to_http(self, base: str) -> HttpRequest:
        return HttpRequest("POST", base + self.real_path() + ("?factory=true" if self.factory else ""))

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (*super().needs(before), ListSpaceHardware())

    def headline(self, before: Repository) -> str:
        again = "Rebuild and restart" if self.factory else "Restart"
        return f"{again} {self.named()}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        now = self.runtime(known)
        if now.is_off:
            yield Consequence(Impact.RUNS, "its code runs again, and whoever can see it can use it")
        yield from self.restarts(known)
        paid = [one for one in now.flavors if not costs_nothing(known, one)]
        if paid or not now.flavors:
            price = price_in_words(hourly_price(known, paid[0]) if paid else None)
            named = quoted(paid[0]) if paid else "hardware that is not known"
            yield Consequence(Impact.SPENDS, f"it runs on {named}: {price} from then on")

    def outcome(self, before: Repository, after: SpaceRuntime) -> str:
        stage = f" It is at the stage {worded(after.stage, 40)}." if after.stage else ""
        return f"Restarted: the Space {self.repo_id}.{stage}"


@post(
    "/api/spaces/{repo_id}/dev-mode",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class SetSpaceDevMode(ActsOnSpace[SpaceRuntime]):
    """Open a Space's running container to SSH and VS Code, or close it. Asks first."""

    reversal = "It can be changed back; what was run or lost by then cannot be undone."

    enabled: bool

    def headline(self, before: Repository) -> str:
        return f"Turn dev mode of {self.named()} {'on' if self.enabled else 'off'}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        if self.runtime(known).field("devMode") is self.enabled:
            return
        if self.enabled:
            line = "whoever may write to it can enter its container, read its secrets and run commands there"
            yield Consequence(Impact.OPENS, line)
        else:
            line = "whoever works in its container is disconnected, and what they did not push is lost"
            yield Consequence(Impact.DESTROYS, line)
        yield from self.restarts(known)

    def preview(self, before: Repository) -> dict[str, tuple[Any, Any]]:
        return {"devMode": (runtime_in(before).field("devMode"), self.enabled)}

    def undo(self, before: Repository, after: SpaceRuntime) -> Change[Any, Any] | None:
        was = runtime_in(before).field("devMode")
        return SetSpaceDevMode(repo_id=self.repo_id, enabled=was) if isinstance(was, bool) else None
