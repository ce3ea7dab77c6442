"""The gate: nothing is destroyed, moved or published until a person says so.

    limits → look the target up → what is at stake → ask → look again → act once → write it down

It knows no tool by name: what a call would do is said by the call itself (`target`, `stakes`, `undo`), and
how a person is reached by a `Person`. Whoever wants something changed comes through `run`: MCP clients by way
of `changing.py`, a person on a terminal directly.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.endpoint import Endpoint, HttpRequest
from hub_mcp.catalogue.permissions import never
from hub_mcp.catalogue.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.errors import (
    UNCERTAIN,
    BadInput,
    Forbidden,
    HubError,
    NotSent,
    Offline,
    SignInNeeded,
    Stopped,
)
from hub_mcp.gate.approvals import Approvals
from hub_mcp.gate.journal import Entry, Journal, Outcome, Undo, state_directory
from hub_mcp.gate.once import Used, UsedHere
from hub_mcp.gate.operator_limits import Limits
from hub_mcp.gate.question import ASK_AGAIN, EXPIRES, Asking, Pending, Person, Question, Reply, Seen, Shown
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    pass

CONTEXT_SECONDS = 8.0  # for who depends on the target: good to know, not worth a long wait
NOBODY_ASKED = "Nobody was asked first: this server runs with --confirm off."


@dataclass(frozen=True)
class Acted:
    """The change was made."""

    call: Endpoint[Any]
    answer: Answer
    note: str = ""


@dataclass(frozen=True)
class Rehearsed:
    """What would have been sent, what it would have changed, and what a person would have been asked."""

    seen: Seen
    request: HttpRequest
    changes: dict[str, tuple[Any, Any]] = field(default_factory=dict[str, tuple[Any, Any]])
    question: Question | None = None


Result = Acted | Rehearsed | Pending


class Gate:
    """The one gate of a server.

    Args:
        settings: the operator's limits and policy.
        journal: where everything is written down.
        approvals: where plans wait for a person in a terminal; by default the user's state directory.
        keys: secrets that seal plans and questions; by default this process's own.
        used: remembers which answers were used; by default this process does.
    """

    def __init__(
        self,
        settings: Settings,
        journal: Journal,
        *,
        approvals: Approvals | None = None,
        keys: Sequence[str | bytes] = (),
        used: Used | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.settings = settings
        self.approvals = approvals or Approvals(state_directory() / "plans", clock)
        self.keys = tuple(keys) or (os.urandom(32),)
        self.journal = journal
        self._used = used or UsedHere(clock)
        self._clock = clock
        self._limits = Limits(settings, self._used)
        self._asking = Asking(self._used.scope)

    async def run(self, call: Endpoint[Any], hub: Hub, person: Person, *, dry_run: bool = False) -> Result:
        """Make a changing call, when it may be made.

        Raises:
            Stopped: a limit, a no, or a confirmation that does not fit; nothing was changed.
            HubError: what else went wrong.
        """
        try:
            await self._limits.check(call)
            if dry_run or self.settings.dry_run:
                return await self._rehearse(call, hub)
            await _refuse_vain(call, hub)
            self.journal.check()
            reply = await person.given(lambda shown: self._refuse_misfit(shown, call, hub))
            if reply is None:
                seen = await self._look(call, hub)
                if seen.stakes is None:
                    return await self._act(seen, hub)
                if self.settings.confirm == "off":
                    return await self._act(seen, hub, NOBODY_ASKED)
                answer = await self._ask(call, seen, hub, person)
                if isinstance(answer, Pending):
                    return answer
                reply = answer
            elif not await self._used.claim(reply.shown.nonce, EXPIRES):
                raise Stopped("The confirmation was used already; each works once.", advice=ASK_AGAIN)
            if not reply.agreed:
                raise Stopped(reply.why)
            return await self._act(await self._look_again(call, hub, reply.shown), hub)
        except Stopped as stop:
            self._note("refused", Seen(call), hub, stop.what)
            raise

    # ── looking ──────────────────────────────────────────────────────────────────────────────────────

    async def _look(self, call: Endpoint[Any], hub: Hub, *, around: bool = True) -> Seen:
        """The call with the Hub's own ids, its target, what is at stake; `around`: and who depends on it."""
        target = call.target()
        before: Answer | None = await hub.send(target) if target else None
        settled = call.settled(before) if before else call
        await self._limits.check_owners(settled, hub)
        stakes = settled.stakes(before)
        if stakes and around and (reads := settled.context()):
            stakes = settled.stakes(before, await _told(reads, hub))
        return Seen(settled, before, settled.identity(before) if before else "", stakes)

    async def _look_again(self, call: Endpoint[Any], hub: Hub, shown: Shown) -> Seen:
        """The target immediately before acting.

        Raises:
            Stopped: it is not what the person was shown.
        """
        now = await self._look(call, hub, around=False)
        self._asking.refuse_changed(shown, now)
        return now

    async def _rehearse(self, call: Endpoint[Any], hub: Hub) -> Rehearsed:
        seen = await self._look(call, hub)
        changes = seen.call.preview(seen.before) if seen.before else {}
        question = Question.about(seen.stakes, self._shown(call, seen, hub)) if seen.stakes else None
        return Rehearsed(seen, seen.call.to_http(hub.base), changes, question)

    # ── asking ───────────────────────────────────────────────────────────────────────────────────────

    async def _ask(self, call: Endpoint[Any], seen: Seen, hub: Hub, person: Person) -> Reply | Pending:
        assert seen.stakes
        question = Question.about(seen.stakes, self._shown(call, seen, hub))
        self._note("asked", seen, hub, question.headline)
        try:
            return await person.ask(question)
        except anyio.get_cancelled_exc_class():
            self._note("refused", seen, hub, "The call was cancelled before anybody answered.")
            raise

    def _shown(self, call: Endpoint[Any], seen: Seen, hub: Hub) -> Shown:
        assert seen.stakes
        return self._asking.shown(call, seen, seen.stakes, _caller(hub), self._clock())

    def _refuse_misfit(self, shown: Shown, call: Endpoint[Any], hub: Hub) -> None:
        self._asking.refuse_misfit(shown, call, _caller(hub), self._clock())

    # ── acting ───────────────────────────────────────────────────────────────────────────────────────

    async def _act(self, seen: Seen, hub: Hub, note: str = "") -> Acted:
        """Send the call once, and write down what became of it.

        A caller who leaves does not break off a change that is on its way: `client/wire.py` lets it arrive.
        So whoever is cancelled in here was still waiting to send, or knows that the Hub said no.
        """
        with anyio.CancelScope(shield=True):
            await self._limits.spend(seen.call)
        try:
            after: Answer = await hub.send(seen.call)
        except HubError as error:
            if isinstance(error, (NotSent, Offline, BadInput)):
                await self._limits.give_back(seen.call)
            self._note("unknown" if error.not_done == UNCERTAIN else "failed", seen, hub, error.what)
            raise
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self._limits.give_back(seen.call)
            self._note("refused", seen, hub, "The call was cancelled before it was sent.")
            raise
        except BaseException:
            self._note("unknown", seen, hub, "It broke off in the middle.")
            raise
        self._note("done", seen, hub, note, after)
        return Acted(seen.call, after, note)

    def _note(
        self, outcome: Outcome, seen: Seen, hub: Hub, why: str = "", after: Answer | None = None
    ) -> None:
        back = seen.call.taken_back_by(seen.before, after) if outcome == "done" else None
        entry = Entry(
            outcome,
            seen.call.tool,
            seen.call.subject,
            hub.host,
            seen.identity or (after.identity if after else ""),
            seen.call.as_arguments(),
            why,
            Undo(back.tool, back.as_arguments()) if back else None,
            _left_over(seen.call, back) if outcome == "done" else "",
        )
        self.journal.write(entry, [hub.token.secret] if hub.token else [])


def _left_over(call: Endpoint[Any], back: Endpoint[Any] | None) -> str:
    """What is not taken back, in words; "" where all of it is."""
    if back is None:
        return "nothing takes this back"
    lost = call.as_arguments().keys() - back.as_arguments().keys() if back.tool == call.tool else ()
    return f"not taken back: {', '.join(sorted(lost))}" if lost else ""


async def _refuse_vain(call: Endpoint[Any], hub: Hub) -> None:
    """Keep back what the caller's token can never do; whoami is remembered, and asked first when it is not.

    Raises:
        Forbidden: which permission it lacks.
        SignInNeeded: there is no token at all.
    """
    if hub.token is None:
        raise SignInNeeded(f"{call.tool} needs a token, and there is none.")
    try:
        identity = await hub.send(Whoami())
    except HubError:
        return  # the call itself will tell what is wrong
    if why := never(call, identity):
        raise Forbidden(why)


def keys_from(environment: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """HUB_MCP_KEYS: secrets of 32 bytes and more, parted by commas or blanks; the first seals, all unseal."""
    env = os.environ if environment is None else environment
    return tuple(env.get("HUB_MCP_KEYS", "").replace(",", " ").split())


async def _told(reads: Sequence[Endpoint[Any]], hub: Hub) -> list[Answer]:
    """What the calls answer, asked all at once; one that fails or takes long is left out."""
    answers: dict[int, Answer] = {}

    async def ask(n: int, read: Endpoint[Any]) -> None:
        try:
            answers[n] = await hub.send(read)
        except HubError:
            return

    with anyio.move_on_after(CONTEXT_SECONDS):
        async with anyio.create_task_group() as group:
            for n, read in enumerate(reads):
                group.start_soon(ask, n, read)
    return [answers[n] for n in sorted(answers)]


def _caller(hub: Hub) -> str:
    return hub.token.secret if hub.token else ""
