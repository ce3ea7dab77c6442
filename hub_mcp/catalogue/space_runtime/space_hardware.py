"""Setting a Space's hardware and sleep time, with the cost shown before anything is changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, model_validator

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change, post, worded
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.fields.vocabulary import Word
from hub_mcp.catalogue.http import Effect
from hub_mcp.catalogue.jobs.hardware import price_in_words
from hub_mcp.catalogue.repos.repository import Repository
from hub_mcp.catalogue.space_runtime.hardware_costs import (
    FREE,
    NEVER,
    ListSpaceHardware,
    awake,
    awake_at,
    costs_nothing,
    hourly_price,
)
from hub_mcp.catalogue.space_runtime.space_runtime import ActsOnSpace, SpaceRuntime, runtime_in
from hub_mcp.catalogue.stakes import Consequence, Impact, Known
from hub_mcp.text import quoted


def _seconds(value: int) -> int:
    if value == 0 or value < NEVER:
        raise ValueError("must be a number of seconds, or -1 for never")
    return value


Seconds = Annotated[int, AfterValidator(_seconds)]


class ActsOnHardware(ActsOnSpace[SpaceRuntime]):
    """A change that affects the cost of a Space."""

    def needs(self, before: Repository) -> Sequence[Endpoint[Answer]]:
        return (*super().needs(before), ListSpaceHardware())


@post(
    "/api/spaces/{repo_id}/hardware",
    permission="repo.write",
    effect=Effect.CHANGE,
    destructive=True,
    idempotent=True,
)
class SetSpaceHardware(ActsOnHardware):
    """Run a Space on other hardware, which restarts it. Asks, with the price."""

    reversal = (
        "The hardware can be changed back; what was spent, and what was on its disk, does not come back."
    )

    flavor: Word = Field(pattern=r"^[a-z0-9][a-z0-9-]{0,40}$", description="e.g. t4-small")
    sleep_time_seconds: Seconds | None = Field(
        default=None,
        serialization_alias="sleepTimeSeconds",
        description="without a visit; -1, the default on paid hardware: it never sleeps",
    )

    @model_validator(mode="after")
    def _free_hardware_sleeps_when_it_does(self) -> Self:
        if self.flavor == FREE and self.sleep_time_seconds is not None:
            raise ValueError("cpu-basic always sleeps after 48 hours; leave `sleep_time_seconds` out")
        return self

    def headline(self, before: Repository) -> str:
        return f"Run {self.named()} on {quoted(self.flavor)}?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        now = self.runtime(known)
        sleep = NEVER if self.sleep_time_seconds is None else self.sleep_time_seconds
        same = now.flavors == (self.flavor,)
        if same and (self.flavor == FREE or now.sleeps_after == sleep):
            return
        if not costs_nothing(known, self.flavor):
            price = price_in_words(hourly_price(known, self.flavor))
            was = price_in_words(hourly_price(known, now.flavors[0])) if now.flavors else "not known"
            yield Consequence(Impact.SPENDS, f"{quoted(self.flavor)}: {price} while it runs (now: {was})")
            yield Consequence(Impact.SPENDS, awake_at(known, self.flavor, sleep))
        yield from self.restarts(known)

    def preview(self, before: Repository) -> dict[str, tuple[Any, Any]]:
        now = runtime_in(before)
        changed: dict[str, tuple[Any, Any]] = {"hardware": (" → ".join(now.flavors[:1]), self.flavor)}
        if self.sleep_time_seconds is not None:
            changed["sleepTimeSeconds"] = (now.sleeps_after, self.sleep_time_seconds)
        return changed

    def outcome(self, before: Repository, after: SpaceRuntime) -> str:
        stage = f" Stage: {worded(after.stage, 40)}." if after.stage else ""
        return f"{super().outcome(before, after)}{stage}"

    def undo(self, before: Repository, after: SpaceRuntime) -> Change[Any, Any] | None:
        now = runtime_in(before)
        if not now.flavors:
            return None
        was: dict[str, Any] = {"repo_id": self.repo_id, "flavor": now.flavors[0]}
        if now.flavors[0] != FREE:
            was["sleep_time_seconds"] = now.sleeps_after
        return SetSpaceHardware.model_validate(was)


@post("/api/spaces/{repo_id}/sleeptime", permission="repo.write", effect=Effect.CHANGE, idempotent=True)
class SetSpaceSleepTime(ActsOnHardware):
    """Set when a Space on paid hardware sleeps. A longer time asks, since it costs money."""

    reversal = "The time can be changed back; what was spent is spent."

    seconds: Seconds = Field(description="without a visit; -1: never")

    def headline(self, before: Repository) -> str:
        return f"Keep {self.named()} awake longer?"

    def consequences(self, before: Repository, known: Known) -> Iterator[Consequence]:
        now = self.runtime(known)
        was = now.sleeps_after
        if now.flavors and all(costs_nothing(known, one) for one in now.flavors):
            return
        if was == self.seconds or was == NEVER or (was and NEVER < self.seconds < was):
            return
        paid = next((one for one in now.flavors if not costs_nothing(known, one)), "")
        price = price_in_words(hourly_price(known, paid))
        before_that = "not known" if was is None else f"{was:,} s"
        yield Consequence(
            Impact.SPENDS,
            f"{awake_at(known, paid, self.seconds)} (now: {before_that}); awake it costs money: {price}",
        )

    def preview(self, before: Repository) -> dict[str, tuple[Any, Any]]:
        return {"seconds": (runtime_in(before).sleeps_after, self.seconds)}

    def outcome(self, before: Repository, after: SpaceRuntime) -> str:
        now, was = after.sleeps_after, runtime_in(before).sleeps_after
        before_that = "" if was in (None, now) else " (was never)" if was == NEVER else f" (was {was:,} s)"
        if now is None:
            return super().outcome(before, after)
        kept = (
            ""
            if now == self.seconds
            else "; the Hub did not take another time, which is fixed on free hardware"
        )
        return f"The Space {self.repo_id}: {awake(now)}{before_that}{kept}."

    def undo(self, before: Repository, after: SpaceRuntime) -> Change[Any, Any] | None:
        was = runtime_in(before).sleeps_after
        return SetSpaceSleepTime(repo_id=self.repo_id, seconds=was) if was else None
