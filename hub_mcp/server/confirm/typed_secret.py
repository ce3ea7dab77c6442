"""A secret that a person types on a page of the server (URL mode elicitation), and the call that needs it.

The page is also the question: whoever types the secret there has read what the call does. Clients of both
eras are asked to open it; the value passes through no client, model or file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ElicitRequest,
    ElicitRequestURLParams,
    ElicitResult,
    InputRequiredResult,
)
from pydantic import ValidationError

from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.client.server_secrets import not_typed
from hub_mcp.errors import NOTHING_CHANGED, Stopped
from hub_mcp.gate.awaited_secrets import PAGE, AwaitedSecret, AwaitedSecrets
from hub_mcp.gate.challenge import EXPIRES, Challenge
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.question import Decision
from hub_mcp.server.answers.answer_form import AnswerForm, form_of, is_modern
from hub_mcp.server.confirm.elicitation import QUESTION, Context, Unanswered, answer_of
from hub_mcp.server.tools.endpoint_tools import result_of

NO_PAGE = "The secret has no `source`, and this server has no page on which a person could type it."
NOT_LED = "The secret has no `source`, and this client does not lead a person to the page where they type it."


@dataclass(frozen=True)
class TypedSecret:
    """A person's yes, and a Hub that sends the typed secret with this one call."""

    decision: Decision
    hub: Hub


async def typed_secret(
    gate: Gate, ctx: Context, params: CallToolRequestParams, call: Change[Any, Any], hub: Hub
) -> TypedSecret | CallToolResult | InputRequiredResult:
    """The secret a person typed for a call, or a result for the client meanwhile.

    Raises:
        Stopped: there is no page, no client can open it, or the person said no.
        HubError: the Hub could not be reached.
    """
    if (awaited := gate.awaited) is None:
        raise not_typed(NO_PAGE)
    opens = can_open(ctx)
    if not opens:
        _need_plans(gate, NOT_LED)
    one = awaited.of(call, hub.caller)
    if one is None:
        found = await gate.assess(call, hub)
        account = (await hub.send(Whoami())).name
        question = await gate.ask(call, found, hub)
        # The same call may have begun meanwhile: what is typed on one page must not be asked for on another.
        one = awaited.of(call, hub.caller) or awaited.begin(question, call, hub.caller, account)
    if opens and not one.typed.is_set():
        if is_modern(ctx) and not _was_asked(params, one):
            return _returned(awaited, one)
        if is_modern(ctx):
            answer: object = (params.input_responses or {}).get(QUESTION)
        else:
            answer = await _led(ctx, awaited, one)
        said = _read(one, answer, gate.clock())
        if isinstance(said, Decision):
            awaited.drop(one)
            return TypedSecret(said, hub)  # a no, which the gate records
        if said:
            try:
                _need_plans(gate, f"The secret has no `source`. {said.why}")
            except Stopped:
                if not one.typed.is_set():
                    awaited.drop(one)  # nobody may know of its page, and it would count as awaited
                raise
        else:
            await _wait(ctx, awaited, one)
    if not one.typed.is_set():
        return _open(awaited, one, params.name, form_of(ctx, gate.settings))
    return TypedSecret(Decision(one.challenge, True, by=PAGE), hub.with_typed(awaited.take(one)))


def can_open(ctx: Context) -> bool:
    """Whether this client declares that it opens pages for a person, and can be reached."""
    capabilities = ctx.session.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    if elicitation is None or elicitation.url is None:
        return False
    return is_modern(ctx) or ctx.session.can_send_request


def _need_plans(gate: Gate, why: str) -> None:
    """Raises: Stopped: the client cannot open the page, and the policy does not let a model do so."""
    if gate.settings.confirm not in ("plan", "off"):
        raise not_typed(why)


def _page(awaited: AwaitedSecrets, one: AwaitedSecret) -> tuple[str, str]:
    """The page's address, with the text that a client shows."""
    says = (
        f"{one.question.headline}\n{one.question.cost}\n\nYou type the secret on a page of this server, "
        f"where you sign in to the Hub as {one.account}; it stays out of this conversation."
    )
    return says, awaited.address(one)


def _returned(awaited: AwaitedSecrets, one: AwaitedSecret) -> InputRequiredResult:
    """The result that makes a modern client open the page for a person."""
    says, address = _page(awaited, one)
    asked = ElicitRequest(params=ElicitRequestURLParams(message=says, url=address))
    return InputRequiredResult(input_requests={QUESTION: asked}, request_state=one.challenge.text())


def _was_asked(params: CallToolRequestParams, one: AwaitedSecret) -> bool:
    """Whether a modern client returns with this very question; its state was sealed."""
    try:
        return params.request_state is not None and Challenge.read(params.request_state) == one.challenge
    except (ValueError, RecursionError):
        return False


async def _led(ctx: Context, awaited: AwaitedSecrets, one: AwaitedSecret) -> ElicitResult | None:
    """The answer of a legacy client, which opens the page for the person while the call waits."""
    says, address = _page(awaited, one)
    try:
        with anyio.move_on_after(EXPIRES):
            return await ctx.session.elicit_url(says, address, one.id, related_request_id=ctx.request_id)
    except (MCPError, ValidationError):
        pass
    return None


def _read(one: AwaitedSecret, answer: object, now: float) -> Decision | Unanswered | None:
    """A no, or why nobody may have seen the page; None if the person opened it."""
    if not isinstance(answer, ElicitResult):
        return Unanswered(one.challenge, "The client did not say whether it opened the page.")
    if answer.action == "accept":
        return None
    return answer_of(one.challenge, answer.action, {}, now)


async def _wait(ctx: Context, awaited: AwaitedSecrets, one: AwaitedSecret) -> None:
    """Wait until the secret is typed, but not longer than clients wait for a call."""
    with anyio.move_on_after(awaited.waits):
        await one.typed.wait()
    if one.typed.is_set() and not is_modern(ctx):
        await ctx.session.send_elicit_complete(one.id, related_request_id=ctx.request_id)


def _open(awaited: AwaitedSecrets, one: AwaitedSecret, called: str, form: AnswerForm) -> CallToolResult:
    """The result for a model while nobody has typed the secret.

    Args:
        called: the client's name for the tool.
    """
    says = (
        f"Ask the person to open {awaited.address(one)}, to sign in to the Hub there as {one.account}, and "
        f"to type the secret there, not here. Once they have, call {called} again with the same arguments, "
        f"within {EXPIRES // 60} minutes of the first call."
    )
    said: dict[str, Any] = {
        "plan": f"{NOTHING_CHANGED} Nobody has typed the secret yet.",
        "consequence": one.consequence,
        "approve": awaited.address(one),
        "next_step": says,
        "expires_in": EXPIRES,
    }
    return result_of("\n\n".join((said["plan"], one.consequence, says)), said, form)
