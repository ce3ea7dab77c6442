"""The data of the access view, in the result's `_meta`, which models do not get."""

from __future__ import annotations

from mcp.types import CallToolResult

from hub_mcp.catalogue.organizations.organization_access import MAY, Access, GetAccess

KEY = "hub_mcp/access"


def with_access(result: CallToolResult, call: GetAccess, access: Access) -> CallToolResult:
    """A result with people, repositories, and what roles allow in its `_meta`."""
    notes = {name: access.answer[name] for name in ("rule", "not_seen") if name in access.answer}
    shown = {"organization": call.organization, "user": call.user or "", "may": MAY, **notes, **access.table}
    return result.model_copy(update={"meta": {**(result.meta or {}), KEY: shown}})
