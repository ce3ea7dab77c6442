"""How a person is asked through an MCP client: by a form (legacy), or a returned question (2026-07-28)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
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

from hub_mcp.errors import Stopped
from hub_mcp.gate.question import ASK_AGAIN, EXPIRES, Check, Pending, Question, Reply, Shown, reply_to
from hub_mcp.server.answer_form import is_modern

Context = ServerRequestContext[Any, Any]
QUESTION = "confirm"  # the key of our one question among a result's input requests


def can_show_form(ctx: Context) -> bool:
    """Whether this client says it can show a form, and can be reached to show it."""
    capabilities = ctx.session.client_capabilities
    elicitation = capabilities.elicitation if capabilities else None
    if elicitation is None or (elicitation.form is None and elicitation.url is not None):
        return False
    return is_modern(ctx) or ctx.session.can_send_request


def form_for(shown: Shown) -> dict[str, Any]:
    """The form's schema: the name to type, or one box to tick."""
    if shown.retype:
        name = {
            "type": "string",
            "title": f"Type {shown.retype}",
            "description": f"Exactly {shown.retype}, letter case included; anything else changes nothing.",
        }
        return {"type": "object", "properties": {"name": name}, "required": ["name"]}
    box = {
        "type": "boolean",
        "title": "Yes, do it",
        "description": "Without it nothing is changed.",
        "default": False,
    }
    return {"type": "object", "properties": {"confirm": box}, "required": ["confirm"]}


class ShownForm:
    """A person before a legacy client: the form is shown while the call waits."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def given(self, fits: Check) -> Reply | None:
        return None

    async def ask(self, question: Question) -> Reply | Pending:
        shown = question.shown
        try:
            with anyio.fail_after(EXPIRES):
                result = await self._ctx.session.elicit_form(
                    question.message, form_for(shown), related_request_id=self._ctx.request_id
                )
        except TimeoutError:
            return Reply(shown, False, f"Nobody answered within {EXPIRES // 60} minutes.")
        except (MCPError, ValidationError):
            return Reply(shown, False, "The client could not show the question, or answered something else.")
        return reply_to(shown, result.action, result.content or {})


class ReturnedQuestion:
    """A person behind a modern client: the call ends with the question and is made again with the answer."""

    def __init__(self, params: CallToolRequestParams) -> None:
        self._params = params

    async def given(self, fits: Check) -> Reply | None:
        if self._params.request_state is None:
            return None
        try:
            shown = Shown.read(self._params.request_state)
        except (ValueError, RecursionError) as trouble:
            raise Stopped("The confirmation cannot be read.", advice=ASK_AGAIN) from trouble
        fits(shown)
        answer = (self._params.input_responses or {}).get(QUESTION)
        if not isinstance(answer, ElicitResult):
            return Reply(shown, False, "The question came back without an answer.", brought=True)
        return reply_to(shown, answer.action, answer.content or {}, brought=True)

    async def ask(self, question: Question) -> Reply | Pending:
        return Pending(question)


def returned(question: Question) -> InputRequiredResult:
    """The result that asks; the server's boundary seals the state."""
    params = ElicitRequestFormParams(message=question.message, requested_schema=form_for(question.shown))
    return InputRequiredResult(
        input_requests={QUESTION: ElicitRequest(params=params)}, request_state=question.shown.text()
    )


# ── the state a client carries ────────────────────────────────────────────────────────────────────────


class Boundary:
    """The SDK's seal on what clients carry; what it refuses is told in a sentence, as every refusal."""

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
    """Who is calling over HTTP, told from their token; None over stdio, where there is only one."""
    headers = getattr(ctx.request, "headers", None)
    authorization = headers.get("authorization") if headers is not None else None
    return hashlib.sha256(authorization.encode("utf-8", "replace")).hexdigest() if authorization else None
