"""The gate: nothing is destroyed, moved or published until a person says so.

    async with gate.recording_refusals(call, hub):
        found = await gate.assess(call, hub)              # limits, permission, target, stakes
        if gate.lets_pass(found):
            return await gate.act(found, hub)
        question = await gate.ask(call, found, hub)       # for a person, by whatever means
        decision = …
        return await gate.act_confirmed(call, hub, decision)  # looks up again, acts once, records it

It knows no tool by name: the call itself says what it would do (`target`, `consequences`, `undo`). How a
person is asked is up to the caller: MCP clients through `server/confirm`, a person at a terminal by
`cli/terminal.py`.
"""

from __future__ import annotations

import logging
import os
import secrets
import time
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import anyio
import anyio.to_thread

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import Change
from hub_mcp.client.departure import Departure
from hub_mcp.client.hub import Hub
from hub_mcp.errors import UNCERTAIN, HubError, Stopped
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.awaited_secrets import AwaitedSecrets
from hub_mcp.gate.challenge import ASK_AGAIN, EXPIRES, Assessment, Challenge, Proposal, Shown
from hub_mcp.gate.completing import completed, side_effects
from hub_mcp.gate.effects import look, refuse_vain
from hub_mcp.gate.journal import Journal, Outcome, state_directory
from hub_mcp.gate.once import InMemoryUsage, UsageStore
from hub_mcp.gate.operator_limits import Limits
from hub_mcp.gate.question import Decision, Question
from hub_mcp.gate.records import Records, left_over
from hub_mcp.gate.results import ChangeMade, Rehearsal
from hub_mcp.settings import Settings

log = logging.getLogger("hub_mcp")

AFTER_A_NO = "Ask the person what they want instead; call again only when they ask for it."
DRY_RUN_ENDS = "Whoever runs the server can start it without that."
NOBODY_ASKED = "Nobody was asked: this server runs with --confirm off."


class Gate:
    """The one gate of a server.

    Args:
        settings: the operator's limits and policy.
        journal: where everything is recorded.
        approvals: where plans wait for a person in a terminal; by default the user's state directory.
        keys: secrets that seal plans and questions; by default this process's own.
        used: records which answers were used; by default within this process.
        awaited: secrets that people type on a page of the server; None if it has no page.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        *,
        approvals: Approvals | None = None,
        keys: Sequence[str | bytes] = (),
        used: UsageStore | None = None,
        awaited: AwaitedSecrets | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.approvals = approvals or Approvals(state_directory(), clock)
        self.keys = tuple(keys) or (os.urandom(32),)
        self.records = Records(journal)
        self.awaited = awaited
        self.planning = anyio.Lock()  # one plan at a time is stored, since they are counted
        self._used = used or InMemoryUsage(clock)
        self.clock = clock
        self._limits = Limits(settings, self._used)

    async def scope(self) -> str:
        """Where answers are remembered as used; one from another scope could be used a second time.

        Raises:
            Stopped: nobody knows at present.
        """
        return await self._used.scope()

    @property
    def journal(self) -> Journal:
        """Where everything is recorded."""
        return self.records.journal

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────

    async def assess(self, call: Change[Any, Any], hub: Hub) -> Assessment:
        """Look up the call's target and what is at stake, and give it the Hub's own ids.

        Raises:
            Stopped: a limit forbids the call, or it could not be recorded.
            HubError: the token can never make it, or the Hub could not be reached.
        """
        await self._limits.check(call)
        await refuse_vain(call, hub)
        await anyio.to_thread.run_sync(self.journal.check)
        return await look(call, hub, self._limits)

    async def check_room(self, found: Sequence[Assessment]) -> None:
        """Check that the operator's limits allow several calls together.

        Raises:
            Stopped: they do not.
        """
        await self._limits.check_room(found)

    async def rehearse(self, call: Change[Any, Any], hub: Hub) -> Rehearsal:
        """What the call would do; nothing is sent and nobody is asked.

        Raises:
            Stopped: a limit forbids it.
            HubError: the Hub could not be reached.
        """
        await self._limits.check(call)
        found = await look(call, hub, self._limits)
        question = await self._question(call, found, hub) if found.stakes else None
        return Rehearsal(found, found.call.to_http(hub.base), found.call.preview(found.before), question)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────

    def lets_pass(self, assessment: Assessment) -> bool:
        """Whether the call may be made without asking."""
        return assessment.stakes is None or self.settings.confirm == "off"

    async def ask(self, call: Change[Any, Any], assessment: Assessment, hub: Hub) -> Question:
        """The question for a person, which is recorded as asked."""
        question = await self._question(call, assessment, hub)
        await self.asked(assessment, hub, question.headline)
        return question

    async def _question(self, call: Change[Any, Any], found: Assessment, hub: Hub) -> Question:
        challenge = Challenge.issue(call, found, hub.caller, await self.scope(), self.clock())
        return Question.about(found, challenge)

    async def check(self, challenge: Challenge, call: Proposal, hub: Hub) -> None:
        """Check an answer against the call it was sent with.

        Raises:
            Stopped: it is for another call, from another caller, or has expired.
        """
        challenge.refuse_misfit(call, hub.caller, await self.scope(), self.clock())

    async def redeem(self, challenge: Challenge, call: Proposal, hub: Hub) -> None:
        """Use up a challenge: whatever the answer was, there is no second one.

        Raises:
            Stopped: it does not match the call, or was already used.
        """
        await self.check(challenge, call, hub)
        if not await self._used.claim(challenge.nonce, EXPIRES):
            raise Stopped("The confirmation has already been used; each works only once.", advice=ASK_AGAIN)

    async def asked(self, assessment: Assessment, hub: Hub, question: str) -> None:
        """Record that a person is asked about a call.

        Raises:
            Stopped: the journal cannot be written.
        """
        await self.records.write("asked", assessment, hub, question)

    async def refused(self, call: Change[Any, Any], hub: Hub, why: str) -> None:
        """Record that a call was not made."""
        await self.records.conclude("refused", Assessment(call), hub, why)

    @asynccontextmanager
    async def recording_refusals(self, call: Change[Any, Any], hub: Hub) -> AsyncGenerator[None]:
        """Record anything that stops the call inside the block."""
        try:
            yield
        except Stopped as stop:
            await self.refused(call, hub, stop.what)
            raise

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────

    async def act(self, assessment: Assessment, hub: Hub) -> ChangeMade:
        """Make a call that needs no approval.

        Raises:
            Stopped: it does need approval, or a limit is used up.
            HubError: anything else that went wrong.
        """
        if not self.lets_pass(assessment):
            raise Stopped("A person has to approve this.", advice=ASK_AGAIN)
        return await self._make(assessment, hub, NOBODY_ASKED if assessment.stakes else assessment.unasked)

    async def act_confirmed(self, call: Change[Any, Any], hub: Hub, decision: Decision) -> ChangeMade:
        """Make a call once that a person decided about, if its target is still as shown.

        Raises:
            Stopped: the answer was no, does not match or was already used, or a limit is used up.
            HubError: anything else that went wrong.
        """
        await self._limits.check(call)
        await anyio.to_thread.run_sync(self.journal.check)
        await self.redeem(decision.challenge, call, hub)
        if not decision.agreed:
            raise Stopped(decision.why, advice=AFTER_A_NO)
        now = await look(call, hub, self._limits, around=False)
        decision.challenge.refuse_changed(now)
        return await self._make(now, hub, by=decision.by)

    async def act_as_shown(
        self, call: Change[Any, Any], shown: Assessment, hub: Hub, *, by: str, change: str, by_us: bool
    ) -> ChangeMade:
        """Make one call of a batch, which has the decision about all of them (`gate/batch.py`).

        Args:
            by: who agreed; change: its id in the journal.
            by_us: whether an earlier call of the batch changed the same target.

        Raises:
            Stopped: it is not as shown, lacks an approval it needs, or a limit is used up.
            HubError: anything else that went wrong.
        """
        await self._limits.check(call)
        await anyio.to_thread.run_sync(self.journal.check)
        now = await look(call, hub, self._limits, around=False)
        Shown.of(shown).refuse_changed(now, by_us=by_us)
        if not by and not self.lets_pass(now):
            raise Stopped("This needs a person's approval.", advice=ASK_AGAIN)
        unasked = "" if by else NOBODY_ASKED if now.stakes else now.unasked
        return await self._make(now, hub, unasked, by, change)

    async def _make(
        self, found: Assessment, hub: Hub, unasked: str = "", by: str = "", change: str = ""
    ) -> ChangeMade:
        """Send the call and the calls that complete it."""
        change = change or secrets.token_hex(6)
        acted = await self._send(found, hub, unasked, by, change)

        async def assess(call: Change[Any, Any]) -> Assessment:
            return await self.assess(call, hub)

        async def make(now: Assessment, n: int) -> tuple[str, Answer]:
            one = await self._send(now, hub, unasked, by, f"{change}-{n}")
            return one.outcome, one.answer

        if beside := await side_effects(found.call, hub.send):
            acted = replace(acted, outcome=f"{acted.outcome} {beside}")
        rest = await completed(found, acted.answer, assess, make)
        if not rest.said:
            return acted
        return replace(acted, answer=rest.answer or acted.answer, outcome=f"{acted.outcome}\n{rest.said}\n")

    async def _send(self, found: Assessment, hub: Hub, unasked: str, by: str, change: str) -> ChangeMade:
        """Send the call once, recording its start before and its end in any case.

        Until the request is sent, a caller can cancel. From then on, a cancellation waits until the end is
        recorded, since only then is the outcome certain.
        """
        if self.settings.dry_run:
            raise Stopped("This server changes nothing: it runs with --dry-run.", advice=DRY_RUN_ENDS)
        with anyio.CancelScope(shield=True):
            await self._limits.spend(found)
            try:
                await self.records.write("started", found, hub, change=change)
            except Stopped:
                await self._not_sent(found, hub, change, "Its start could not be recorded.")
                raise
        with Departure() as departure:
            try:
                after: Answer = await hub.send(found.call, departure)
            except HubError as error:
                if not departure.left:
                    await self._not_sent(found, hub, change, error.what, "failed")
                else:
                    outcome: Outcome = "unknown" if error.not_done == UNCERTAIN else "failed"
                    lost = await self.records.conclude(outcome, found, hub, error.what, change=change)
                    error.next_step = " ".join(part for part in (error.next_step, lost) if part)
                raise
            except BaseException:
                if departure.left:
                    await self.records.conclude(
                        "unknown", found, hub, "It was interrupted halfway.", change=change
                    )
                else:
                    await self._not_sent(found, hub, change, "The call was cancelled before it was sent.")
                raise
            lost = await self.records.conclude("done", found, hub, unasked, after, change=change)
        kept = "" if self.journal.place == "off" else change
        back = found.call.safe_undo(found.before, after)
        left = left_over(found.call, back) if back else ""
        return ChangeMade(
            found.call,
            after,
            found.call.outcome_text(found.before, after),
            by,
            kept,
            f"`hub-mcp undo {kept}`{f' ({left})' if left else ''}" if back and kept else "",
            unasked,
            lost,
        )

    async def _not_sent(
        self, found: Assessment, hub: Hub, change: str, why: str, outcome: Outcome = "refused"
    ) -> None:
        """Undo the accounting of a change that was counted, and perhaps started, but not sent."""
        with anyio.CancelScope(shield=True):
            try:
                await self._limits.give_back(found)
            except Stopped as stop:
                log.warning("A change that was not sent stays counted: %s", stop.what)
            await self.records.conclude(outcome, found, hub, why, change=change)


def keys_from(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """HUB_MCP_KEYS: secrets of 32 or more bytes, separated by commas or spaces; the first seals, all open."""
    env = os.environ if environment is None else environment
    return tuple(env.get("HUB_MCP_KEYS", "").replace(",", " ").split())
