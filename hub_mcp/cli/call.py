"""`hub-mcp call TOOL --arg value`: any tool from a terminal, its options made from the tool's own schema."""

from __future__ import annotations

import asyncio
import json
import math
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import click

from hub_mcp.cli.flags.options import ELSEWHERE, settings_behind
from hub_mcp.cli.groups import SuggestingGroup
from hub_mcp.cli.output import ProgressLine, gist, show, show_done, with_format
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from hub_mcp.catalogue import Change, Endpoint
    from hub_mcp.catalogue.answers import Answer
    from hub_mcp.client.hub import Hub

KINDS: dict[str, Any] = {"integer": int, "boolean": bool, "number": float}
LONGEST_CHOICES = 50  # characters of choices beside a flag; longer lists go into its help, which is wrapped


class Tools(SuggestingGroup):
    """A subcommand for each tool."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        from hub_mcp.catalogue import ENDPOINTS

        return list(ENDPOINTS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        from hub_mcp.catalogue import ENDPOINTS

        endpoint = ENDPOINTS.get(cmd_name.replace("-", "_"))
        return command_of(endpoint) if endpoint else None


@click.group(cls=Tools, epilog=ELSEWHERE)
@settings_behind()
def call() -> None:
    """Call a tool. The same rules apply as for an assistant; questions for a person are asked here.

    \b
    hub-mcp call list_models --search bert --limit 5
    hub-mcp call get_model --repo-id openai-community/gpt2 --json
    hub-mcp call delete_repo --repo-id me/old --type model --sandbox
    """


def command_of(endpoint: type[Endpoint[Any]]) -> click.Command:
    """A command with one option for each argument of the tool."""
    from hub_mcp.catalogue.fields.schema import schema_of

    schema = schema_of(endpoint)
    required = schema.get("required", [])
    options: list[click.Parameter] = [
        _option(name, one, needed=name in required) for name, one in schema["properties"].items()
    ]
    words = " ".join((endpoint.__doc__ or "").split())
    made: click.Command = click.command(
        endpoint.tool, params=options, help=words, short_help=gist(endpoint), epilog=ELSEWHERE
    )(settings_behind(*() if _reads(endpoint) else ("dry_run",))(with_format(_callback(endpoint))))
    return made


def _reads(endpoint: type[Endpoint[Any]]) -> bool:
    return bool(endpoint.line.effect == "read")


def _option(name: str, schema: Mapping[str, Any], *, needed: bool) -> click.Option:
    flag = "--" + name.replace("_", "-")
    says = str(schema.get("description", ""))
    if schema["type"] == "object" or (schema["type"] == "array" and schema["items"]["type"] == "object"):
        parts = schema.get("items", schema).get("properties") or ("names with their values",)
        says = f"{says} JSON: {', '.join(parts)}".strip()
        return click.Option([flag, name], required=needed, help=says, metavar="JSON")
    if schema["type"] == "array":
        says = f"{says}; may be repeated" if says else "May be repeated."
        return click.Option([flag, name], required=needed, multiple=True, help=says)
    if "enum" not in schema:
        return click.Option([flag, name], required=needed, type=KINDS.get(schema["type"], str), help=says)
    choices = ", ".join(schema["enum"])
    long = len(choices) > LONGEST_CHOICES
    return click.Option(
        [flag, name],
        required=needed,
        type=click.Choice(schema["enum"]),
        metavar="WORD" if long else None,
        help=f"{says} One of {choices}.".strip() if long else says,
    )


def _callback(endpoint: type[Endpoint[Any]]) -> Any:
    @click.pass_obj
    def run(settings: Settings, /, shape: str, **given: Any) -> None:
        arguments = {name: _value(name, one) for name, one in given.items() if one is not None and one != ()}
        sys.exit(asyncio.run(made(settings, endpoint, arguments, shape)))

    return run


def _value(name: str, given: Any) -> Any:
    if isinstance(given, tuple):
        return list(given)
    if isinstance(given, str) and given[:1] in "[{":
        try:
            return json.loads(given)
        except ValueError:
            raise click.BadParameter("this is not JSON", param_hint=f"--{name.replace('_', '-')}") from None
    return given


async def made(
    settings: Settings, endpoint: type[Endpoint[Any]], arguments: dict[str, Any], shape: str
) -> int:
    """Make the call and show the answer; exit code 0, 1 if it failed, or 2 on bad arguments."""
    from hub_mcp.catalogue import Change
    from hub_mcp.client.titles import with_slugs
    from hub_mcp.errors import BadInput, HubError
    from hub_mcp.log_output import set_up_logging
    from hub_mcp.server.tools.read_calls import read_call
    from hub_mcp.wiring import hub_of

    set_up_logging(settings)
    hub = hub_of(settings)
    try:
        arguments = await with_slugs(hub, endpoint, arguments)
        wanted = read_call(endpoint, arguments, (hub.host,))
        if not isinstance(wanted, Change):
            show(wanted, await _read(hub, wanted), shape)
        else:
            await _change(settings, hub, wanted, shape)
        return 0
    except HubError as error:
        told = error if issubclass(endpoint, Change) else error.of_a_read()
        click.echo(f"hub-mcp: {told.sentence()}", err=True)
        return 2 if isinstance(error, BadInput) else 1
    finally:
        await hub.aclose()


async def _change(settings: Settings, hub: Hub, wanted: Change[Any, Any], shape: str) -> None:
    """Make each part of a change, or show what it would do with --dry-run."""
    from hub_mcp.cli.terminal import make_change
    from hub_mcp.wiring import gate_of

    gate = gate_of(settings)
    for part in wanted.parts():
        if not settings.dry_run:
            show_done(await make_change(gate, part, hub), shape)
            continue
        from hub_mcp.server.answers.answer_form import AnswerForm
        from hub_mcp.server.confirm.change_tool import rehearsal

        async with gate.recording_refusals(part, hub):
            said = rehearsal(await gate.rehearse(part, hub), AnswerForm(structured=True))
        text = "\n".join(block.text for block in said.content if block.type == "text")
        click.echo(json.dumps(said.structured_content, ensure_ascii=False) if shape == "json" else text)


async def _read(hub: Hub, wanted: Endpoint[Any]) -> Answer:
    """The answer to a read; a listing is read until it has the requested rows."""
    from hub_mcp.server.answers.gathering import gather
    from hub_mcp.server.answers.render import Rows

    progress = ProgressLine(getattr(wanted, "limit", 0))

    async def reached(done: float, total: float | None, text: str) -> None:
        progress.at(int(done))

    try:
        answer, _ = await gather(hub, wanted, reached, Rows(wanted, math.inf))
        return answer
    finally:
        progress.end()
