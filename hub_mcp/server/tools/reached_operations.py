"""The work of the tools for every operation: finding one, and reading a call of one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import Any

from mcp.types import CallToolResult

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.fields.host_arguments import as_meant
from hub_mcp.catalogue.operations.arguments import read_arguments
from hub_mcp.catalogue.operations.calls import names_of
from hub_mcp.catalogue.operations.endpoints import endpoint_of, findable
from hub_mcp.catalogue.operations.ranking import Index
from hub_mcp.catalogue.operations.signature import instead, nearest, reads, signature, whole
from hub_mcp.catalogue.operations.table import Operation, Standing
from hub_mcp.errors import BadInput, Stopped, plain
from hub_mcp.gate.operator_limits import OPERATOR
from hub_mcp.server.answers.answer_form import AnswerForm
from hub_mcp.server.tools.endpoint_tools import result_of
from hub_mcp.server.tools.operation_tools import CHANGE, FIND, READ, TOOLS
from hub_mcp.settings import Settings

LINES = 8
MOST_KEPT = 3  # best matching operations that are not offered, to name
QUERY_LIMIT = 400  # characters of a request that are used


@dataclass(frozen=True)
class OperationAsked:
    """The endpoint and arguments in a call of the second or third tool."""

    endpoint: type[Endpoint[Any]]
    arguments: dict[str, Any]


class OperationTools:
    """The operation tools of one server, by its operator's settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @cached_property
    def reachable(self) -> Mapping[str, Operation]:
        """The operations that may be found and called; exclusion wins here too."""
        return {name: one for name, one in findable().items() if not self._kept_by(one)}

    @cached_property
    def _index(self) -> Index:
        return Index(findable().values())

    def _kept_by(self, operation: Operation) -> str:
        """The flag with which the operator disabled an operation; "" if none."""
        if operation.name in self._settings.exclude_tools:
            return "--exclude-tools"
        written = ENDPOINTS.get(operation.name)
        areas = {written.area if written else operation.area, "all"}
        return "--read-only" if not reads(operation) and areas & set(self._settings.read_only) else ""

    def find(self, arguments: Mapping[str, Any], form: AnswerForm) -> CallToolResult:
        """Up to eight lines that match a request, or an operation in full if it is the name of one.

        Raises:
            BadInput: the request is missing.
        """
        arguments = as_meant({"properties": TOOLS[FIND][1]}, arguments)
        query = arguments.get("query")
        if not isinstance(query, str) or not query.strip() or set(arguments) - {"query"}:
            raise BadInput(f"{FIND} takes `query`: what is to be done, or an operation's name.")
        query = query.strip()[:QUERY_LIMIT]
        if known := self.reachable.get(query):
            said = whole(known)
            return result_of(_lines(said), {"items": [said]}, form)
        if query in findable():
            why = self._why_not(query)
            return result_of(why, {"items": [], "note": why}, form)
        found = self._index.find(query, len(findable()))
        lines = [signature(one) for one in found if not self._kept_by(one)][:LINES]
        if why := self._kept_back(found):
            return result_of("\n".join([why, *lines]), {"items": lines, "note": why}, form)
        if not lines:
            text = "No operation shares a word with that. Ask in English, in the Hub's own words."
            return result_of(text, {"items": [], "note": text}, form)
        return result_of("\n".join(lines), {"items": lines}, form)

    def _kept_back(self, found: Sequence[Operation]) -> str:
        """A line about the best matches that are not offered; "" if an offered one matches best."""
        best = list(takewhile(self._kept_by, found[:MOST_KEPT]))
        if not best:
            return ""
        flags = " and ".join(dict.fromkeys(map(self._kept_by, best)))
        return f"What fits best is off here by {flags}: {', '.join(one.name for one in best)}. {OPERATOR}"

    def _why_not(self, name: str) -> str:
        """Why an existing operation is not available here."""
        flag = self._kept_by(findable()[name])
        if flag == "--exclude-tools":
            return f"This server does not offer {name} ({flag})."
        return f"{name} changes something, and this server only reads ({flag})."

    def asked(self, tool: str, arguments: Mapping[str, Any]) -> OperationAsked:
        """The endpoint and arguments of a call of `read_operation` or `change_operation`.

        Raises:
            BadInput: there is no such operation, or it is for the other tool; nothing was sent.
            Stopped: it is never called here.
        """
        own = {name: schema for name, schema in TOOLS[tool][1].items() if name != "arguments"}
        sent = arguments.get("arguments")  # the operation decides about empty values and zeros
        arguments = as_meant(
            {"properties": own}, {k: one for k, one in arguments.items() if k != "arguments"}
        )
        if odd := sorted(set(arguments) - set(own)):
            raise BadInput(
                f"{tool} takes no {plain(odd[0], 60)}: an operation's own arguments go into `arguments`."
            )
        name = arguments.get("operation")
        if not isinstance(name, str):
            raise BadInput(f"{tool} needs `operation`, a name that {FIND} answers.")
        name = name.strip()
        operation = self.reachable.get(name)
        if operation is None and name in findable():
            raise Stopped(self._why_not(name), advice=OPERATOR)
        if operation is None:
            near = "\n".join(signature(self.reachable[one]) for one in nearest(name, self.reachable))
            raise BadInput(f"There is no operation {plain(name, 80)!r} here.", advice=f"The nearest:\n{near}")
        if operation.keeps_back:
            why = f"{name} was not called: {operation.keeps_back}."
            raise Stopped(why, advice=f"Instead: {instead(operation)}.")
        if reads(operation) != (tool == READ):
            what, other = ("only reads", READ) if tool == CHANGE else ("changes something", CHANGE)
            if operation.standing is Standing.UNKNOWN:
                what = "was reviewed by nobody as the Hub has it today, and counts as a change"
            raise BadInput(f"{name} {what}, so {tool} does not call it.", advice=f"Call {other} with it.")
        endpoint = endpoint_of(name)
        assert endpoint
        said = read_arguments(sent, name)
        known = names_of(endpoint)
        for beside in ("fields", "limit", "cursor"):
            if (value := arguments.get(beside)) is not None:
                if beside not in known:
                    raise BadInput(f"{name} takes no `{beside}`.", advice="Call it again without.")
                said.setdefault(beside, value)
        return OperationAsked(endpoint, said)


def _lines(said: Mapping[str, Any]) -> str:
    """An operation as lines of text."""
    lines: list[str] = []
    for name, value in said.items():
        if isinstance(value, dict):
            lines += [f"{name}:", *(f"  {key}: {one}" for key, one in value.items())]
        elif isinstance(value, list):
            lines += [f"{name}:", *(f"  - {one}" for one in value)]
        else:
            lines.append(str(value) if name == "operation" else f"{name}: {value}")
    return "\n".join(lines)
