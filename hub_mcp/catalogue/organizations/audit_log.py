"""The audit log of an organization: who did what and when; what identifies machines only on request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar

from pydantic import Field

from hub_mcp.catalogue.answers import Answer, Record, is_array, is_object, objects_in
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Owner, Word, Words
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup
from hub_mcp.errors import UnexpectedAnswer

ASKED_FOR = ("ip", "location", "userAgent", "token", "oauth", "data")  # shown only if `fields` names them


class AuditEvent(Record):
    """An event in the audit log."""

    noun = "event of the audit log"
    shown: ClassVar[tuple[str, ...]] = ("createdAt", "type", "author", "message")

    def field(self, name: str) -> Any:
        value = super().field(name)
        return value.get("user") if name == "author" and is_object(value) else value


@dataclass(frozen=True)
class AuditLog(Answer):
    """The events of an organization, newest first."""

    events: tuple[AuditEvent, ...]

    @classmethod
    def of(cls, value: Any) -> AuditLog:
        if not is_array(value):
            raise UnexpectedAnswer("The Hub did not answer with a list of events.")
        return cls(tuple(AuditEvent.of(one) for one in objects_in(value)))

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        rows = [one.content(fields) for one in self.events]
        return {"count": len(rows), **({"events": rows} if rows else {})}


@get("/api/organizations/{organization}/audit-log/export", permission="org.read")
class ExportAuditLog(Lookup[AuditLog]):
    """Who did what in an organization, the newest first; addresses and devices only if asked for."""

    in_area = "organization_admin"
    by_default = False
    unlisted = RARELY_CUT
    covers = ("q",)

    organization: Owner
    query: Word | None = Field(
        default=None, serialization_alias="q", description="e.g. author:ada, type:repo.create"
    )
    fields: Annotated[Words | None, Local, Field(description=f"more: {', '.join(ASKED_FOR)}")] = None
