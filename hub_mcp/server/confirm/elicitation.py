"""Asking a person through an MCP client: by a form (legacy), or a returned question (2026-07-28)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import anyio
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.request_state import RequestStateBoundary, RequestStateSecurity
from mcp.shared.exceptions import MCPError
from mcp.types import (
    CallToolRequestParams,
    CallToolResult,
    ElicitRequest,
    ElicitRequestFormParams,
    ElicitResult,
    InputRequiredResult,
    TextContent,
)
from pydantic import ValidationError

from hub_mcp.client.caller import Caller
from hub_mcp.errors import Stopped
from hub_mcp.gate.challenge import ASK_AGAIN, EXPIRES, Challenge
from hub_mcp.gate.question import Decision, Question, decision_of
from hub_mcp.server.answers.answer_form import is_modern

Context = ServerRequestContext[Any, Any]
AT_ONCE = 0.5  # seconds; nobody reads and answers a question faster
QUESTION = "confirm"  # the key of our question in a result's input requests


def can_show_form(ctx: Context) -> bool:
    """Whether this client declares that it shows forms, and can be reached."""
    capabilities = ctx.session.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return is_modern(ctx) or ctx.session.can_send_request


def why_no_form(ctx: Context) -> str:
    """Why no form can be shown, in a sentence."""
    if not is_modern(ctx) and ctx.session.client_params is None:
        return (
            "Without a session a client of this protocol version cannot be asked, and this server keeps none "
            "(one process without --redis does)."
        )
    return "This client cannot show a person a question."


def form_for(challenge: Challenge) -> dict[str, Any]:
    """The form's schema: the name to type, or a box to tick."""
    if challenge.retype:
        name = {
            "type": "string",
            "title": f"Type {challenge.retype}",
            "description": f"Exactly {challenge.retype}, capital letters included; else nothing is changed.",
        }
        return {"type": "object", "properties": {"name": name}, "required": ["name"]}
    box = {
        "type": "boolean",
        "title": "Yes, do it",
        "description": "Without it nothing is changed.",
        "default": False,
    }
    return {"type": "object", "properties": {"confirm": box}, "required": ["confirm"]}


@dataclass(frozen=True)
class Unanswered:
    """A client's answer that does not come from a person; `why` says in a sentence what is known."""

    challenge: Challenge
    why: str


def answer_of(
    challenge: Challenge, action: str, content: Mapping[str, Any], now: float
) -> Decision | Unanswered:
    """The person's decision, or why no person can have given this answer.

    Some hosts declare that they show forms but answer themselves: at once, or with an empty form.
    """
    if action == "accept" and not content:
        return Unanswered(
            challenge, "The client sent the question back empty; it may not have shown the question."
        )
    if action != "accept" and 0 <= now - challenge.issued < AT_ONCE:
        word = "declined" if action == "decline" else "closed the question"
        return Unanswered(challenge, f"The client {word} at once; it may not have shown the question.")
    return decision_of(challenge, action, content)


async def shown(ctx: Context, question: Question, clock: Callable[[], float]) -> Decision | Unanswered:
    """The answer of a legacy client, which shows the form while the call waits."""
    challenge = question.challenge
    try:
        with anyio.fail_after(EXPIRES):
            result = await ctx.session.elicit_form(
                question.message, form_for(challenge), related_request_id=ctx.request_id
            )
    except TimeoutError:
        return Decision(challenge, False, f"Nobody answered within {EXPIRES // 60} minutes.")
    except (MCPError, ValidationError):
        return Unanswered(
            challenge, "The client answered the question with an error; it may not have shown it."
        )
    return answer_of(challenge, result.action, result.content or {}, clock())


def returned(question: Question) -> InputRequiredResult:
    """The result that makes a modern client ask a person; the server's boundary seals the state."""
    params = ElicitRequestFormParams(message=question.message, requested_schema=form_for(question.challenge))
    return InputRequiredResult(
        input_requests={QUESTION: ElicitRequest(params=params)}, request_state=question.challenge.text()
    )


def brought(params: CallToolRequestParams, now: float) -> Decision | Unanswered | None:
    """The answer a modern client sends when it repeats the call; None without one.

    Raises:
        Stopped: it cannot be read.
    """
    if params.request_state is None:
        return None
    try:
        challenge = Challenge.read(params.request_state)
    except (ValueError, RecursionError) as trouble:
        raise Stopped("The confirmation cannot be read.", advice=ASK_AGAIN) from trouble
    answer = (params.input_responses or {}).get(QUESTION)
    if not isinstance(answer, ElicitResult):
        return Unanswered(challenge, "The client called again without an answer to the question.")
    return answer_of(challenge, answer.action, answer.content or {}, now)


# ── the state a client carries ────────────────────────────────────────────────────────────────────────


class Boundary:
    """The SDK's seal on state that clients carry; its refusals are explained in a sentence, as all are."""

    def __init__(self, keys: Sequence[str | bytes]) -> None:
        security = RequestStateSecurity(keys=keys, ttl=EXPIRES, bind_principal=principal)
        self._boundary = RequestStateBoundary(security, default_audience="hub-mcp")

    async def __call__(self, ctx: Context, call_next: CallNext) -> HandlerResult:
        try:
            return await self._boundary(ctx, call_next)
        except MCPError as refusal:
            if ctx.method != "tools/call" or refusal.data != {"reason": "invalid_request_state"}:
                raise
            stop = Stopped(
                "The confirmation has expired, or was not given to this server for this call.",
                advice=ASK_AGAIN,
            )
            return CallToolResult(is_error=True, content=[TextContent(text=stop.sentence())])


def principal(ctx: Context) -> str | None:
    """The caller over HTTP, identified by the token; None over stdio, where there is only one."""
    headers = getattr(ctx.request, "headers", None)
    authorization = headers.get("authorization") if headers is not None else None
    return Caller.behind(authorization or "").under(b"") or None  # the same in every worker; it is sealed
