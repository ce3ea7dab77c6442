"""Passing a changing tool call through the gate: how a person can be asked, and the client's result."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from typing import Any

import anyio
import anyio.to_thread
from mcp.types import CallToolRequestParams, CallToolResult, InputRequiredResult

from hub_mcp.catalogue.answers import as_text, clean
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.http import TYPED
from hub_mcp.catalogue.people.users import Whoami
from hub_mcp.client.hub import Hub
from hub_mcp.errors import NOTHING_CHANGED, HubError, Stopped
from hub_mcp.gate.challenge import EXPIRES, Proposal
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.question import Decision, Question
from hub_mcp.gate.results import ChangeMade, Rehearsal
from hub_mcp.server.answers.answer_form import AnswerForm, form_of, is_modern
from hub_mcp.server.answers.render import render_done
from hub_mcp.server.confirm.elicitation import (
    Context,
    Unanswered,
    brought,
    can_show_form,
    returned,
    shown,
    why_no_form,
)
from hub_mcp.server.confirm.plan_token import Plan, Seals, need_approval, plan_for
from hub_mcp.server.confirm.typed_secret import TypedSecret, typed_secret
from hub_mcp.server.confirm.view_answer import ViewAnswer, asked_in_view
from hub_mcp.server.tools.endpoint_tools import error_result, result_of

log = logging.getLogger("hub_mcp")

Brought = str | ViewAnswer | None  # sent with a call: the token of a plan, or a view's answer

NOBODY_TO_ASK = (
    "Use a client that can show forms (elicitation), make the change on the Hub's website, "
    "or ask whoever runs this server to allow plans (--confirm plan)."
)


async def changed(
    gate: Gate,
    ctx: Context,
    params: CallToolRequestParams,
    call: Change[Any, Any],
    hub: Hub,
    *,
    dry_run: bool,
    confirm_token: Brought,
) -> CallToolResult | InputRequiredResult:
    """The result of a changing call: what was done, the question, or why nothing was done.

    Raises:
        HubError: the Hub could not be reached, or refused.
    """
    form = form_of(ctx, gate.settings)
    try:
        async with gate.recording_refusals(call, hub):
            if dry_run or gate.settings.dry_run:
                return rehearsal(await gate.rehearse(call, hub), form)
            if call.value_from == TYPED:
                typed = await typed_secret(gate, ctx, params, call, hub)
                if isinstance(typed, TypedSecret):
                    return _done(await gate.act_confirmed(call, typed.hub, typed.decision), form)
                return typed
            answer = await answer_brought(gate, params, call, hub, confirm_token)
            if isinstance(answer, Decision):
                return _done(await gate.act_confirmed(call, hub, answer), form)
            found = await gate.assess(call, hub)
            if gate.lets_pass(found):
                return _done(await gate.act(found, hub), form)
            question = await gate.ask(call, found, hub)
            decided = await put(gate, ctx, params, [call], hub, question, answer)
            if isinstance(decided, Decision):
                return _done(await gate.act_confirmed(call, hub, decided), form)
            return decided
    except Stopped as stop:
        return error_result(stop)


async def answer_brought(
    gate: Gate, params: CallToolRequestParams, call: Proposal, hub: Hub, confirm_token: Brought
) -> Decision | Unanswered | None:
    """The answer sent with a call; one that does not come from a person is used up.

    Raises:
        Stopped: it does not match, waits for approval, or the policy does not allow plans.
    """
    answer = await _brought(gate, params, call, hub, confirm_token)
    if isinstance(answer, Unanswered):
        await gate.redeem(answer.challenge, call, hub)
        _need_plans(gate, answer.why)
    return answer


async def put(
    gate: Gate,
    ctx: Context,
    params: CallToolRequestParams,
    calls: Sequence[Change[Any, Any]],
    hub: Hub,
    question: Question,
    tried: Unanswered | None,
) -> Decision | CallToolResult | InputRequiredResult:
    """Ask a person; returns their decision, or a result for the client instead.

    Args:
        calls: what it is about.
        tried: the outcome of an earlier attempt by a form.

    Raises:
        Stopped: no person can be asked here.
    """
    answer: Decision | Unanswered | None = tried
    if answer is None and can_show_form(ctx):
        if is_modern(ctx):
            return returned(question)
        answer = await _answer(gate, ctx, calls, hub, question)
        if isinstance(answer, Decision):
            return answer
    why = answer.why if answer else ""
    _need_plans(gate, why or why_no_form(ctx))
    form = form_of(ctx, gate.settings)
    if form.views:
        from hub_mcp.server.views.shown_diff import diff_of  # imports commits and their uploads

        diff = await diff_of(calls, hub)
        return asked_in_view(question, gate.keys, params, gate.settings.tool_prefix, form, diff)
    account = await _account(gate, hub)
    async with gate.planning:  # all that wait are read, which would hold up the other callers
        made = await anyio.to_thread.run_sync(
            plan_for, question, Seals(gate.keys), gate.approvals, hub.caller, account
        )
    return plan(made, form, params.name, why)


def _need_plans(gate: Gate, why: str) -> None:
    """Check that a plan may replace the question, which only the policy `plan` allows.

    Raises:
        Stopped: it is another policy.
    """
    if gate.settings.confirm != "plan":
        raise Stopped(
            f"A person has to approve this. {why} (The server runs with --confirm {gate.settings.confirm}.)",
            advice=NOBODY_TO_ASK,
        )


async def _answer(
    gate: Gate, ctx: Context, calls: Sequence[Change[Any, Any]], hub: Hub, question: Question
) -> Decision | Unanswered:
    """The answer from a legacy client's form; a call cancelled meanwhile is refused."""
    try:
        return await shown(ctx, question, gate.clock)
    except anyio.get_cancelled_exc_class():
        with anyio.CancelScope(shield=True):
            for call in calls:
                await gate.refused(call, hub, "The call was cancelled before anybody answered.")
        raise


async def _brought(
    gate: Gate, params: CallToolRequestParams, call: Proposal, hub: Hub, confirm_token: Brought
) -> Decision | Unanswered | None:
    """The answer sent with a call: an answered question, or the token of a plan.

    Raises:
        Stopped: it does not match, waits for approval, or the policy does not allow plans.
    """
    if isinstance(confirm_token, ViewAnswer):
        return await confirm_token.decision(gate, call, hub)
    policy = gate.settings.confirm
    if policy == "off":
        return None
    if (answer := brought(params, gate.clock())) is not None:
        return answer
    if confirm_token is None:
        return None
    if policy != "plan":
        raise Stopped(
            f"This server takes no confirm_token: it runs with --confirm {policy}.", advice=NOBODY_TO_ASK
        )
    challenge = Seals(gate.keys).open(confirm_token)
    await gate.check(challenge, call, hub)
    how = need_approval(challenge, gate.approvals)
    return Decision(challenge, True, by=how or "on the model's word")


async def _account(gate: Gate, hub: Hub) -> str:
    """The owner of the token, if they can sign in on a page of the server; otherwise ""."""
    if not gate.approvals.page:
        return ""
    try:
        return (await hub.send(Whoami())).name
    except HubError:
        return ""


def _done(acted: ChangeMade, form: AnswerForm) -> CallToolResult:
    """What was done; even with a malformed answer it says that the change was made."""
    try:
        rendered = render_done(acted.answer, acted.sentences())
        return result_of(rendered.text, rendered.content, form)
    except Exception:
        log.exception("the answer to %s cannot be shown", acted.call.tool)
        what = f"{acted.call.label}: {acted.call.subject}"
        made = f"The change was made ({what}), but the Hub's answer cannot be shown."
        said = " ".join(part for part in (made, acted.unasked, acted.note) if part)
        return result_of(said, {"status": "done", "note": said}, form)


def plan(outcome: Plan, form: AnswerForm, called: str, why: str = "") -> CallToolResult:
    """A plan for a model, which shows it to the person.

    Args:
        called: the client's name for the tool.
        why: why no person was asked by a form, if that was tried.
    """
    question, minutes = outcome.question, EXPIRES // 60
    again = f"call {called} again with the same arguments and this confirm_token"
    if outcome.approve:
        step = (
            "A model's word is not enough for this. Show the person the above, word for word, and ask them "
            f"to {outcome.step}, where they type the name. Then {again}"
        )
    else:
        step = f"Show the person the above, word for word. Only if they agree, {again}"
    said = {
        "plan": " ".join(part for part in (NOTHING_CHANGED, why, "A person has to approve this.") if part),
        "consequence": question.consequence,
        **({"approve": outcome.approve} if outcome.approve else {}),
        "next_step": f"{step}, which works once, for {minutes} minutes.",
        "confirm_token": outcome.token,
        "expires_in": EXPIRES,
    }
    told_first = (said["plan"], question.consequence, said["next_step"], f"confirm_token: {outcome.token}")
    text = "\n\n".join(str(one) for one in told_first)
    return result_of(text, said, form)


def rehearsal(outcome: Rehearsal, form: AnswerForm) -> CallToolResult:
    """What a call would send, change and ask."""
    request, question = outcome.request, outcome.question
    path = outcome.assessment.call.to_http("").url
    lines = [f"A dry run. {NOTHING_CHANGED}", f"{request.method} {path}"]
    said: dict[str, Any] = {
        "dry_run": True,
        "note": lines[0],
        "request": {"method": request.method, "path": path},
    }
    if request.body is not None:
        said["request"]["body"] = dict(request.body)
        lines.append(json.dumps(request.body, ensure_ascii=False))
    elif request.content is not None:
        said["request"]["content"] = clean(request.content.decode("utf-8", "replace"))
        lines.append(said["request"]["content"])
    if outcome.changes:
        said["changes"] = {
            name: {"before": clean(was), "after": clean(then)}
            for name, (was, then) in outcome.changes.items()
        }
        for name, (was, then) in outcome.changes.items():
            lines.append(f"{name}: {as_text(clean(was)) or 'nothing'} → {as_text(clean(then)) or 'nothing'}")
    if question is None:
        lines.append("It would be done without asking anybody.")
        said["note"] = f"{lines[0]} {lines[-1]}"
    else:
        said["question"] = question.message
        lines.append(f"A person would be asked:\n\n{question.message}")
    return result_of("\n".join(lines), said, form)
