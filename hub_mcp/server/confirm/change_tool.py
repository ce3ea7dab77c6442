"""A changing tool call led through the gate: who can be asked here, and what the client is told."""

from __future__ import annotations

import json
from typing import Any

from mcp.types import CallToolRequestParams, CallToolResult, InputRequiredResult

from hub_mcp.catalogue.answers import clean, told
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.client.hub import Hub
from hub_mcp.errors import NOTHING_CHANGED, Stopped
from hub_mcp.gate.gate import Acted, Gate, Rehearsed
from hub_mcp.gate.question import EXPIRES, Person
from hub_mcp.server.answer_form import AnswerForm, form_of, is_modern
from hub_mcp.server.confirm.elicitation import (
    Context,
    ReturnedQuestion,
    ShownForm,
    can_show_form,
    returned,
)
from hub_mcp.server.confirm.plan_token import Nobody, Plan, Planner, Seals
from hub_mcp.server.tools import answer_result, error_result, result_of


async def changed(
    gate: Gate,
    ctx: Context,
    params: CallToolRequestParams,
    call: Endpoint[Any],
    hub: Hub,
    *,
    dry_run: bool,
    confirm_token: str | None,
) -> CallToolResult | InputRequiredResult:
    """What a client is told of a changing call: what was done, what is asked, or why nothing was.

    Raises:
        HubError: the Hub could not be asked, or said no.
    """
    form = form_of(ctx, gate.settings)
    try:
        outcome = await gate.run(call, hub, person(gate, ctx, params, confirm_token), dry_run=dry_run)
    except Stopped as stop:
        return error_result(stop)
    if isinstance(outcome, Acted):
        return answer_result(outcome.call, outcome.answer, form, note=outcome.note)
    if isinstance(outcome, Rehearsed):
        return rehearsal(outcome, form)
    return plan(outcome, form) if isinstance(outcome, Plan) else returned(outcome.question)


def person(gate: Gate, ctx: Context, params: CallToolRequestParams, confirm_token: str | None) -> Person:
    """Who is asked: the person before this client; by way of the model, by the policy `plan`; or nobody.

    Raises:
        Stopped: the policy takes no word of the model's.
    """
    policy = gate.settings.confirm
    if policy == "off":
        return Nobody(policy)
    if params.request_state is not None:
        return ReturnedQuestion(params)
    if confirm_token is not None and policy != "plan":
        raise Stopped(f"This server takes no confirm_token: it runs with --confirm {policy}.")
    if confirm_token is None and can_show_form(ctx):
        return ReturnedQuestion(params) if is_modern(ctx) else ShownForm(ctx)
    return Planner(Seals(gate.keys), gate.approvals, confirm_token) if policy == "plan" else Nobody(policy)


def plan(outcome: Plan, form: AnswerForm) -> CallToolResult:
    """A plan as a model reads it, and shows it to the person."""
    question, minutes = outcome.question, EXPIRES // 60
    again = f"call {question.shown.tool} again with the same arguments and this confirm_token"
    if outcome.approve:
        step = (
            "A model's word is not enough for this. Show the person the above, word for word, and ask them "
            f"to run `{outcome.approve}` in a terminal on the machine of this server, where they type the "
            f"name. Then {again}"
        )
    else:
        step = f"Show the person the above, word for word. Only if they agree, {again}"
    said = {
        "plan": f"{NOTHING_CHANGED} This needs a person's yes.",
        "consequence": question.consequence,
        **({"approve": outcome.approve} if outcome.approve else {}),
        "next_step": f"{step}: it works once, for {minutes} minutes.",
        "confirm_token": outcome.token,
        "expires_in": EXPIRES,
    }
    told_first = (said["plan"], question.consequence, said["next_step"], f"confirm_token: {outcome.token}")
    text = "\n\n".join(str(one) for one in told_first)
    return result_of(text, said, form)


def rehearsal(outcome: Rehearsed, form: AnswerForm) -> CallToolResult:
    """What a call would send, change and ask."""
    request, question = outcome.request, outcome.question
    path = outcome.seen.call.to_http("").url
    lines = [f"A dry run. {NOTHING_CHANGED}", f"{request.method} {path}"]
    said: dict[str, Any] = {
        "dry_run": True,
        "note": lines[0],
        "request": {"method": request.method, "path": path},
    }
    if request.body is not None:
        said["request"]["body"] = dict(request.body)
        lines.append(json.dumps(request.body, ensure_ascii=False))
    if outcome.changes:
        said["changes"] = {
            name: {"before": clean(was), "after": clean(then)}
            for name, (was, then) in outcome.changes.items()
        }
        for name, (was, then) in outcome.changes.items():
            lines.append(f"{name}: {told(clean(was)) or 'nothing'} → {told(clean(then)) or 'nothing'}")
    if question is None:
        lines.append("It would be done without asking anybody.")
        said["note"] = f"{lines[0]} {lines[-1]}"
    else:
        said["question"] = question.message
        lines.append(f"A person would be asked:\n\n{question.message}")
    return result_of("\n".join(lines), said, form)
