"""`change_many`: up to 500 changes passed through the gate together, with one question about all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mcp.types import CallToolRequestParams, CallToolResult, InputRequiredResult

from hub_mcp.catalogue.answers import is_array, is_object
from hub_mcp.catalogue.bounds import cut_text
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.http import TYPED
from hub_mcp.client.hub import Hub
from hub_mcp.client.server_secrets import not_typed
from hub_mcp.errors import NOTHING_CHANGED, BadInput, Stopped, plain
from hub_mcp.gate.batch import (
    Batch,
    BatchAssessment,
    Made,
    MadeMany,
    Reached,
    ask_about_all,
    assess_all,
    lets_pass,
    make_all,
    question_about,
    refuse_empty,
)
from hub_mcp.gate.effects import ONE_BY_ONE
from hub_mcp.gate.gate import Gate
from hub_mcp.gate.question import Decision
from hub_mcp.server.answers.answer_form import AnswerForm, form_of
from hub_mcp.server.confirm.change_tool import Brought, answer_brought, put
from hub_mcp.server.confirm.elicitation import Context
from hub_mcp.server.tools.endpoint_tools import error_result, result_of
from hub_mcp.server.tools.operation_tools import MANY, TOOLS

MOST_SAID = 60_000  # characters in the outcome of all calls together
LONGEST_SAID = 600  # characters in the outcome of one call

Reader = Callable[[str, Mapping[str, Any]], Endpoint[Any]]


def batch_of(arguments: Mapping[str, Any], read: Reader) -> tuple[Batch, int]:
    """The batch in the arguments, and how many of the given calls are skipped before it.

    Args:
        read: reads one call of a tool.

    Raises:
        BadInput: the arguments are wrong; says which call, and why. Nothing was sent.
    """
    if odd := sorted(arguments.keys() - TOOLS[MANY][1].keys()):
        raise BadInput(f"{MANY} takes no {plain(odd[0], 60)}.", advice="What a call takes is in `arguments`.")
    given, start, on_error = arguments.get("calls"), arguments.get("start_at", 1), arguments.get("on_error")
    if not is_array(given):
        raise BadInput(f"{MANY} needs `calls`, a list of {{tool, arguments}}.")
    refuse_empty(given)
    if type(start) is not int or not 1 <= start <= len(given):
        raise BadInput(f"`start_at` is a number from 1 to {len(given)}.")
    if on_error not in (None, "stop", "continue"):
        raise BadInput("`on_error` is stop or continue.")
    calls: list[Change[Any, Any]] = []
    for n, one in enumerate(given[start - 1 :], start):
        try:
            calls.append(_change(one, read))
        except (BadInput, Stopped) as error:
            error.what = f"Call {n} of {len(given)}: {error.what}"
            raise
    return Batch(tuple(calls), on_error == "continue"), start - 1


def _change(one: Any, read: Reader) -> Change[Any, Any]:
    tool = one.get("tool") if is_object(one) else None
    if not is_object(one) or not isinstance(tool, str) or one.keys() - {"tool", "arguments"}:
        raise BadInput("it must be an object with `tool` and `arguments`.")
    if tool == MANY:
        raise BadInput(f"{MANY} cannot be one of its own calls.")
    said = one.get("arguments", {})
    call = read(tool, said if is_object(said) else {})
    if not isinstance(call, Change):
        raise BadInput(f"{plain(tool, 60)} only reads.", advice="Call it by itself.")
    if call.value_from == TYPED:
        raise not_typed(f"{tool} without `source` cannot be one of many: its secret is typed for it alone.")
    if len(call.parts()) > 1:
        raise BadInput(f"{tool} changes several things here.", advice=ONE_BY_ONE)
    return call


async def changed_many(
    gate: Gate,
    ctx: Context,
    params: CallToolRequestParams,
    batch: Batch,
    hub: Hub,
    reached: Reached,
    *,
    skipped: int,
    dry_run: bool,
    confirm_token: Brought,
) -> tuple[CallToolResult | InputRequiredResult, MadeMany | None]:
    """The result of a batch for the client, and the batch as it was made.

    Args:
        skipped: how many calls were skipped before the first.

    Raises:
        HubError: the Hub could not be asked.
    """
    form = form_of(ctx, gate.settings)
    shown: BatchAssessment | None = None
    try:
        if dry_run or gate.settings.dry_run:
            return await _rehearsed(gate, batch, await assess_all(gate, batch, hub, reached), hub, form), None
        answer = await answer_brought(gate, params, batch, hub, confirm_token)
        decision = answer if isinstance(answer, Decision) else None
        if not isinstance(answer, Decision):
            shown = await assess_all(gate, batch, hub, reached)
            if not lets_pass(gate, shown):
                question = await ask_about_all(gate, batch, shown, hub)
                decided = await put(gate, ctx, params, batch.calls, hub, question, answer)
                if not isinstance(decided, Decision):
                    return decided, None
                decision = decided
        made = await make_all(gate, batch, hub, decision, shown, reached)
        return _batch_result(made, skipped, form), made
    except Stopped as stop:
        for call in batch.calls:
            await gate.refused(call, hub, stop.what)
        return error_result(stop), None


async def _rehearsed(
    gate: Gate, batch: Batch, found: BatchAssessment, hub: Hub, form: AnswerForm
) -> CallToolResult:
    lines = [f"A dry run. {NOTHING_CHANGED}"]
    for n, one in enumerate(found.items, 1):
        request = one.call.to_http("")
        lines.append(f"{n}. {request.method} {request.url}")
    if found.stakes:
        question = await question_about(gate, batch, found, hub)
        lines.append(f"A person would be asked:\n\n{question.message}")
    else:
        lines.append("It would be done without asking anybody.")
    return result_of("\n".join(lines), {"dry_run": True, "note": "\n".join(lines)}, form)


def _batch_result(made: MadeMany, skipped: int, form: AnswerForm) -> CallToolResult:
    """The outcome of each call, the calls not reached, and how to continue."""
    done = [one.acted for one in made.made if one.acted]
    total, begun = len(made.batch.calls), len(made.made)
    room = min(LONGEST_SAID, MOST_SAID // max(begun, 1))
    outcomes = {skipped + one.n + 1: cut_text(_outcome(one), room) for one in made.made}
    notes = sorted({one.note for one in done if one.note})
    if made.by:
        notes.append(f"Confirmed {made.by}.")
    back = [one for one in done if one.undo_command]
    if back:
        rest = len(done) - len(back)
        notes.append(
            f"To undo {'all of it' if not rest else f'what can be undone of it, all but {rest:,}'}: "
            f"`hub-mcp undo {made.id}`."
        )
    elif done and done[0].change:
        notes.append("None of it can be undone.")
    if begun < total:
        why = "Time ran out. " if made.out_of_time else ""
        last = skipped + total
        again = (
            f"{made.batch.of} with those"
            if made.batch.of
            else f"{MANY} with the same calls and start_at {skipped + begun + 1}"
        )
        notes.append(f"{why}Not reached: {skipped + begun + 1:,} to {last:,}. To go on, call {again}.")
    first = f"{len(done):,} of {total:,} changes made."
    text = "\n".join([first, *(f"{n}. {said}" for n, said in outcomes.items()), *notes])
    calls = [{"n": n, "said": said} for n, said in outcomes.items()]
    result = result_of(text, {"made": len(done), "of": total, "calls": calls, "note": " ".join(notes)}, form)
    if done or not begun:
        return result
    return CallToolResult(content=result.content, is_error=True)


def _outcome(one: Made) -> str:
    if one.acted:
        return one.acted.outcome
    return f"Not made. {one.error.sentence() if one.error else ''}"
