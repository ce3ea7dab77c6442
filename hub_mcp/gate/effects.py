"""What a call would do, derived from the call and the Hub's current state, never from its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hub_mcp.catalogue import ENDPOINTS
from hub_mcp.catalogue.answers import Answer
from hub_mcp.catalogue.change import NOTHING_YET, Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.operations.table import Standing, operations
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.catalogue.permissions import never
from hub_mcp.catalogue.stakes import Consequence, Impact, Known, Stakes
from hub_mcp.client.answers_of import answers_of
from hub_mcp.client.hub import Hub
from hub_mcp.errors import Forbidden, HubError, Missing, SignInNeeded, Stopped
from hub_mcp.gate.challenge import Assessment
from hub_mcp.gate.operator_limits import Limits
from hub_mcp.gate.question import SPLIT

LOOKING_SECONDS = 8.0  # seconds for all lookups besides the target; a slower one counts as the worst case
ONE_BY_ONE = "Make a separate call for each of them."
NOBODY = "Nobody has reviewed this operation as the Hub has it today."
MOST_READS = 30  # reading calls per change


async def look(call: Change[Any, Any], hub: Hub, limits: Limits, *, around: bool = True) -> Assessment:
    """Look up a call's target and everything it touches.

    Args:
        around: also look up who depends on the target, for a question.

    Raises:
        Stopped: it touches somebody else's things, or more than can be looked up.
        HubError: the target could not be looked up, or something else that it names does not exist.
    """
    if len(call.parts()) > 1:
        raise Stopped(f"{call.tool} changes several things here.", advice=ONE_BY_ONE)
    target = call.target()
    before: Answer = await hub.send(target) if target else NOTHING_YET
    settled = call.settled(before)
    await limits.check_owners(settled.owners(), hub)
    needs = settled.needs(before)
    if len(needs) > MOST_READS:
        raise Stopped(
            f"{call.tool} names {len(needs)} things, more than can be looked up at once.", advice=SPLIT
        )
    failures: list[tuple[Endpoint[Any], HubError]] = []
    known = Known(await answers_of(needs, hub.send, LOOKING_SECONDS, failures), failures)
    for read in settled.must_be_there(before):
        if isinstance(missing := known.failure_of(read), Missing):
            raise missing  # nobody is asked about something the Hub cannot do
    settled = settled.completed(before, known)
    await limits.check_owners(settled.touches(before, known), hub)
    stakes = reviewed(settled, settled.stakes(before, known))
    unasked = limits.allows(stakes) if stakes else ""
    if unasked:
        stakes = None
    if stakes and around and (reads := settled.context()):
        around_it = await answers_of(reads, hub.send, LOOKING_SECONDS)
        stakes = reviewed(settled, settled.stakes(before, known, [answer for _, answer in around_it]))
    standing = (before.standing(), known.standing())
    found = Assessment(settled, before, settled.identity(before), stakes, standing, unasked)
    await limits.check_budgets(found)
    return found


def reviewed(call: Change[Any, Any], stakes: Stakes | None) -> Stakes | None:
    """What a person must agree to, including that an operation has changed since its class was written."""
    known = operations().get(call.tool)
    if call.tool not in ENDPOINTS or known is None or known.standing is not Standing.UNKNOWN:
        return stakes
    if stakes:
        return replace(stakes, facts=(*stakes.facts, NOBODY))
    return Stakes(f"{call.label}: {call.subject}?", (Consequence(Impact.OPENS, ""),), (), NOBODY, "")


async def refuse_vain(call: Change[Any, Any], hub: Hub) -> None:
    """Refuse what the caller's token can never do, according to whoami, which is cached.

    Raises:
        Forbidden: it lacks a permission, which is named.
        SignInNeeded: there is no token.
    """
    if hub.token is None:
        raise SignInNeeded(f"{call.tool} needs a token, and there is none.")
    try:
        identity = await hub.send(Whoami())
    except HubError:
        return  # the call itself will report what is wrong
    if why := never(call, identity):
        raise Forbidden(why)
