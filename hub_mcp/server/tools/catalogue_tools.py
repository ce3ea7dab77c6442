"""Which endpoints a server offers as tools, by its operator's settings."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mcp.types import Tool

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.errors import BadInput, plain
from hub_mcp.server.tools.operation_tools import CHANGE, CHANGING, FIND, TOOLS, tool_for
from hub_mcp.server.tools.read_calls import read_call
from hub_mcp.server.tools.tool_list import ToolList
from hub_mcp.server.tools.tool_selection import AREA, announces, check, hidden_by, nullable
from hub_mcp.server.views.view_list import ANSWER
from hub_mcp.settings import Settings

if TYPE_CHECKING:
    from hub_mcp.catalogue.operations.table import Operation
    from hub_mcp.server.tools.reached_operations import OperationTools


def why_hidden(settings: Settings, endpoint: type[Endpoint[Any]]) -> str:
    """Why a tool is not offered; "" if it is."""
    return hidden_by(settings, endpoint.tool, endpoint.area, reads=not endpoint.changes)


def callable_operations() -> dict[str, Operation]:
    """The operations that can be tools of their own."""
    from hub_mcp.catalogue.operations.table import operations

    return {name: one for name, one in operations().items() if not one.keeps_back}


class CatalogueTools(ToolList):
    """The tools one server offers, and the endpoint of each."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        check(settings)
        self._settings = settings
        # otherwise none is listed, and reading their table takes longer than a call
        self._further = callable_operations() if settings.toolsets or settings.tools else {}
        self.reaching = [
            name for name in TOOLS if not hidden_by(settings, name, AREA, reads=name not in CHANGING)
        ]

    @cached_property
    def operations(self) -> OperationTools:
        """The operation tools; created on first use, since most calls need no table."""
        from hub_mcp.server.tools.reached_operations import OperationTools

        return OperationTools(self._settings)

    @cached_property
    def endpoints(self) -> dict[str, type[Endpoint[Any]]]:
        """The offered endpoints, in the order of the catalogue, then those of the table."""
        names = dict.fromkeys((*default_endpoints(), *self._further))
        return {name: found for name in names if (found := self._offered(name))}

    def _offered(self, name: str) -> type[Endpoint[Any]] | None:
        """The endpoint with this own name, if it is offered as a tool."""
        if name in TOOLS:
            return None
        written = ENDPOINTS.get(name)
        if written and written.by_default and not why_hidden(self._settings, written):
            return written
        one = self._further.get(name)
        announced = one and announces(self._settings, name, one.area, reads=one.reads)
        if not announced:
            return None
        from hub_mcp.catalogue.operations.endpoints import endpoint_of

        return endpoint_of(name)

    def endpoint(self, name: str) -> type[Endpoint[Any]] | None:
        """The endpoint of an offered tool; None for any other name."""
        return self._offered(self.own_name(name))

    def change_named(self, called: str) -> type[Endpoint[Any]] | None:
        """The endpoint of an offered tool, by its listed or its own name."""
        return self.endpoint(called) or self._offered(called)

    def change_read(self, called: str, arguments: Mapping[str, Any], hosts: tuple[str, ...]) -> Endpoint[Any]:
        """The call of an offered tool, or of an operation, as part of a batch.

        Raises:
            BadInput: there is no such tool, or its arguments are wrong.
        """
        endpoint = self.change_named(called)
        if endpoint is not None:
            return read_call(endpoint, arguments, hosts)
        if CHANGE not in self.reaching:
            raise BadInput(f"There is no tool {plain(called, 80)!r} here.")
        given = {"operation": called, "arguments": dict(arguments)}
        if CHANGE in (called, self.own_name(called)):
            given = dict(arguments)
        asked = self.operations.asked(CHANGE, given)
        return read_call(asked.endpoint, asked.arguments, hosts, literal=True)

    def reaches(self, name: str) -> bool:
        """Whether a tool is one of the offered tools for all operations."""
        return self.own_name(name) in self.reaching

    def changes(self, name: str) -> bool:
        """Whether a call of this tool may change something."""
        endpoint = self.endpoint(name)
        return endpoint.changes if endpoint else self.own_name(name) in (*CHANGING, ANSWER)

    def selected(self) -> list[Tool]:
        from hub_mcp.server.tools.announced_tools import tool_of

        own = [tool_of(endpoint) for endpoint in self.endpoints.values()]
        offered = [*own, *(tool_for(name) for name in self.reaching)]
        if not self._settings.nullable:
            return offered
        return [tool.model_copy(update={"input_schema": nullable(tool.input_schema)}) for tool in offered]

    def lists(self, name: str) -> bool:
        endpoint = self.endpoints.get(name)
        if name == FIND:
            return name in self.reaching
        return endpoint is not None and endpoint.is_listing()
