"""Many changes, one approval: a person sees all of them at once, then each is looked up again and made.

    found = await assess_all(gate, batch, hub, reached)      # each call's limits, permission, target, stakes
    question = await ask_about_all(gate, batch, found, hub)
    outcomes = await make_all(gate, batch, hub, decision, found, reached)

A batch cannot do anything that its calls could not do alone: the gate assesses each as a separate call, and
the batch asks if any of them would. The calls are made one by one, each compared with what was shown
immediately before it is sent, and each with its own entries in the journal.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import anyio

from hub_mcp.catalogue.change import CHANGE_MANY, Change
from hub_mcp.catalogue.stakes import Consequence, Impact, Stakes
from hub_mcp.client.hub import Hub
from hub_mcp.errors import BadInput, HubError, Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, Assessment, Challenge, digest, digest_of
from hub_mcp.gate.gate import AFTER_A_NO, Gate
from hub_mcp.gate.question import Decision, Question, other_arguments
from hub_mcp.gate.results import ChangeMade
from hub_mcp.text import quoted

MOST = 500  # calls of one batch
LONGEST = 24_000  # characters of a question about all of them
LOOKED_AT_ONCE = 8
ANY = "…"  # placeholder for the names in a line about several
LASTS = 480.0  # seconds in which calls are started

Reached = Callable[[float, float | None, str], Awaitable[None]]


@dataclass(frozen=True)
class Batch:
    """Calls to be made one by one.

    Attributes:
        goes_on: whether to continue after one that fails.
        of: the tool, if they are the parts of one call; "" for separately given calls.
    """

    calls: tuple[Change[Any, Any], ...]
    goes_on: bool = False
    of: str = ""
    tool: ClassVar[str] = CHANGE_MANY

    @property
    def subject(self) -> str:
        return f"{len(self.calls):,} changes"

    def as_arguments(self) -> dict[str, Any]:
        calls = [{"tool": call.tool, "arguments": call.as_arguments()} for call in self.calls]
        return {"calls": calls, "on_error": "continue" if self.goes_on else "stop"}


@dataclass(frozen=True)
class BatchAssessment:
    """The assessments of all calls in a batch, in order.

    Attributes:
        call: the batch with the Hub's own ids.
        stakes: the stakes of all of them together; None if every one may simply be made.
    """

    items: tuple[Assessment, ...]
    call: Batch
    stakes: Stakes | None

    @classmethod
    def of(cls, items: tuple[Assessment, ...], *, goes_on: bool) -> Self:
        return cls(items, Batch(tuple(one.call for one in items), goes_on), _stakes_of(items))

    @property
    def identity(self) -> str:
        return digest_of("\n".join(one.identity for one in self.items))

    @property
    def standing(self) -> tuple[object, ...]:
        return tuple(one.standing for one in self.items)


def _stakes_of(items: Sequence[Assessment]) -> Stakes | None:
    risky = [one for one in items if one.stakes]
    if not risky:
        return None
    typed = [one.stakes.retype for one in risky if one.stakes and one.stakes.retype]
    final = sum(bool(one.stakes and Impact.DESTROYS in one.stakes.impacts) for one in risky)
    impacts = {one.impact: one for item in risky if item.stakes for one in item.stakes.consequences}
    lines = [*_grouped_lines(risky), *_unasked([one for one in items if not one.stakes])]
    return Stakes(
        f"Make these {len(items):,} changes?",
        tuple(Consequence(one.impact, line) for one, line in _beside([*impacts.values()], lines)),
        cost=f"{final:,} of them destroy what cannot be brought back."
        if final
        else "None of them destroys what cannot be brought back.",
        retype=typed[0] if len(typed) == 1 else f"make {len(items)} changes" if typed else "",
    )


def _beside(impacts: Sequence[Consequence], lines: Sequence[str]) -> list[tuple[Consequence, str]]:
    """Pair each line with an impact, and each impact with a line, since the stakes need both."""
    longest = max(len(impacts), len(lines))
    return [(impacts[min(n, len(impacts) - 1)], lines[n] if n < len(lines) else "") for n in range(longest)]


def _grouped_lines(risky: Sequence[Assessment]) -> list[str]:
    """The stakes, with similar calls on one line that names each of them with its facts."""
    groups: dict[str, list[tuple[str, str]]] = {}
    for one in risky:
        name, line = quoted(_name_of(one.call)), _line_of(one)
        groups.setdefault(line.replace(name, ANY), []).append((name, line))
    lines: list[str] = []
    for alike, members in groups.items():
        if len(members) == 1:
            lines.append(members[0][1])
        else:
            names = ", ".join(name for name, _ in members)
            lines.append(f"{len(members):,} times: {alike} Each {ANY} is one of: {names}")
    return lines


def _line_of(found: Assessment) -> str:
    """Everything a person would be asked about this call alone, on one line."""
    stakes = found.stakes
    assert stakes
    parts = (stakes.headline, stakes.cost, *stakes.lines, *other_arguments(found.call, stakes.headline))
    words = " ".join(part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part)
    return f"{words} ({'; '.join(stakes.facts)})" if stakes.facts else words


def _unasked(items: Sequence[Assessment]) -> list[str]:
    """The calls that would be made without asking, one line per tool."""
    named: dict[str, list[str]] = {}
    for one in items:
        said = "; ".join(other_arguments(one.call, quoted(_name_of(one.call))))
        named.setdefault(one.call.label, []).append(
            quoted(_name_of(one.call)) + (f" ({said})" if said else "")
        )
    return [f"{label}, which alone would not be asked about: {', '.join(of)}" for label, of in named.items()]


def _name_of(call: Change[Any, Any]) -> str:
    """The name of a call's subject, as in its question."""
    owned = [thing for _, thing in call.owned() if thing]
    return owned[0] if owned else call.subject


# ── looking ─────────────────────────────────────────────────────────────────────────────────────────────────


async def assess_all(gate: Gate, batch: Batch, hub: Hub, reached: Reached) -> BatchAssessment:
    """Assess every call before anything is sent.

    Raises:
        HubError: one of them cannot be made (says which, and why), or not so many. Nothing was sent.
    """
    found: dict[int, Assessment] = {}
    errors: dict[int, HubError] = {}
    slots = anyio.Semaphore(LOOKED_AT_ONCE)

    async def assess_one(n: int, call: Change[Any, Any]) -> None:
        async with slots:
            if errors:
                return
            try:
                found[n] = await gate.assess(call, hub)
            except HubError as error:
                errors[n] = error
                return
        await reached(len(found), len(batch.calls), f"{len(found):,} of {len(batch.calls):,} looked at")

    async with anyio.create_task_group() as group:
        for n, call in enumerate(batch.calls):
            group.start_soon(assess_one, n, call)
    if errors:
        first = min(errors)
        error = errors[first]
        error.what = f"Call {first + 1} of {len(batch.calls)}, {batch.calls[first].tool}: {error.what}"
        raise error
    items = tuple(found[n] for n in range(len(batch.calls)))
    await gate.check_room(items)
    return BatchAssessment.of(items, goes_on=batch.goes_on)


async def question_about(gate: Gate, batch: Batch, found: BatchAssessment, hub: Hub) -> Question:
    """The single question about all of them.

    Raises:
        Stopped: it would be too long for a person to read.
    """
    challenge = Challenge.issue(batch, found, hub.caller, await gate.scope(), gate.clock())
    question = Question.of(found.stakes, challenge)
    if (size := len(question.message)) > LONGEST:
        fit = max(1, len(batch.calls) * LONGEST // size)
        raise Stopped(
            f"This would ask a person to agree to {size:,} characters at once, which nobody reads.",
            advice=f"Split it: about {fit} of these calls fit into one question.",
        )
    return question


async def ask_about_all(gate: Gate, batch: Batch, found: BatchAssessment, hub: Hub) -> Question:
    """The question for a person; every call is recorded as asked."""
    question = await question_about(gate, batch, found, hub)
    for one in found.items:
        await gate.asked(one, hub, f"one of {batch.subject}: {question.headline}")
    return question


# ── acting ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Made:
    """The outcome of one call: made, or why not."""

    n: int
    call: Change[Any, Any]
    acted: ChangeMade | None = None
    error: HubError | None = None


@dataclass(frozen=True)
class MadeMany:
    """The outcome of a batch.

    Attributes:
        id: the id its changes share in the journal.
        made: the started calls, in order.
        by: who agreed.
        out_of_time: whether it ended because its time was up.
    """

    batch: Batch
    id: str
    made: tuple[Made, ...]
    by: str = ""
    out_of_time: bool = False


async def make_all(
    gate: Gate,
    batch: Batch,
    hub: Hub,
    decision: Decision | None,
    shown: BatchAssessment | None,
    reached: Reached,
) -> MadeMany:
    """Make the calls of a batch, one by one.

    Args:
        decision: a person's decision; None if none is needed.
        shown: what they were shown, if it is still known; otherwise, and if calls share a target, everything
            is looked up again first.

    Raises:
        Stopped: the answer was no, does not match, or something has changed since.
        HubError: something that was shown can no longer be looked up.
    """
    if decision is not None:
        await gate.redeem(decision.challenge, batch, hub)
        if not decision.agreed:
            raise Stopped(decision.why, advice=AFTER_A_NO)
        if shown is None or _meet(batch):
            shown = await assess_all(gate, batch, hub, reached)
        decision.challenge.refuse_changed(shown)
    elif shown is None or not lets_pass(gate, shown):
        raise Stopped("This needs a person's approval.", advice=ASK_AGAIN)
    by = decision.by if decision else ""
    run, ends = secrets.token_hex(4), time.monotonic() + LASTS
    made: list[Made] = []
    changed: list[object] = []  # the targets of the calls made
    for n, (call, was) in enumerate(zip(batch.calls, shown.items, strict=True)):
        if time.monotonic() >= ends:
            return MadeMany(batch, run, tuple(made), by, out_of_time=True)
        await reached(n, len(batch.calls), f"{n:,} of {len(batch.calls):,} made")
        try:
            async with gate.recording_refusals(call, hub):
                target = call.target()
                acted = await gate.act_as_shown(
                    call, was, hub, by=by, change=f"{run}-{n + 1}", by_us=target in changed
                )
        except HubError as error:
            made.append(Made(n, call, error=error))
            if not batch.goes_on:
                break
        else:
            made.append(Made(n, call, acted))
            if target is not None:
                changed.append(target)
    return MadeMany(batch, run, tuple(made), by)


def _meet(batch: Batch) -> bool:
    """Whether two calls share a target: after we change it, changes by others cannot be detected."""
    targets = [digest(target) for call in batch.calls if (target := call.target())]
    return len(set(targets)) < len(targets)


def lets_pass(gate: Gate, found: BatchAssessment) -> bool:
    """Whether all of it may be made without asking."""
    return all(gate.lets_pass(one) for one in found.items)


def refuse_empty(calls: Sequence[object]) -> None:
    """Check the size of a batch.

    Raises:
        BadInput: it has no calls, or too many.
    """
    if not 1 <= len(calls) <= MOST:
        raise BadInput(f"{Batch.tool} takes 1 to {MOST} calls, not {len(calls):,}.")
