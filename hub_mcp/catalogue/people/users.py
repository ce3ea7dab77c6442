"""The signed-in user."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from hub_mcp.catalogue.answers import Record, clean
from hub_mcp.catalogue.endpoint import get
from hub_mcp.catalogue.fields.marks import Local
from hub_mcp.catalogue.fields.vocabulary import Words
from hub_mcp.catalogue.parts import RARELY_CUT, Lookup


class Identity(Record):
    """The owner of the token, and what it may do."""

    noun = "identity"
    shown = ("name", "fullname", "type", "isPro")

    hub_id: str | None = Field(default=None, alias="id")
    name: str
    orgs: list[dict[str, Any]] | None = None
    auth: dict[str, Any] | None = None

    @property
    def token(self) -> dict[str, Any]:
        """The Hub's description of the token, never the token itself."""
        token = (self.auth or {}).get("accessToken")
        return token if isinstance(token, dict) else {}

    @property
    def token_role(self) -> str:
        """read, write, fineGrained or god; "" if the Hub does not say (OAuth)."""
        return str(self.token.get("role") or "")

    @property
    def permissions(self) -> dict[str, list[str]]:
        """Fine-grained permissions by entity name; those under "" apply everywhere."""
        fine = self.token.get("fineGrained")
        if not isinstance(fine, dict):
            return {}
        found = {"": [str(one) for one in fine.get("global") or ()]}
        for scope in fine.get("scoped") or ():
            if isinstance(scope, dict) and isinstance(entity := scope.get("entity"), dict):
                name = str(entity.get("name") or entity.get("_id") or "")
                found.setdefault(name, []).extend(str(one) for one in scope.get("permissions") or ())
        return {name: held for name, held in found.items() if held}

    def content(self, fields: Sequence[str] = ()) -> dict[str, Any]:
        shown = super().content(fields)
        orgs = {
            str(org.get("name")): _drop_empty(
                role=org.get("roleInOrg"), plan=org.get("plan"), restrictions=org.get("securityRestrictions")
            )
            for org in self.orgs or ()
        }
        may = _drop_empty(
            role=self.token_role, permissions=self.permissions, expires=(self.auth or {}).get("expiresAt")
        )
        return {**shown, **_drop_empty(organizations=clean(orgs), token=clean(may))}


def _drop_empty(**said: Any) -> dict[str, Any]:
    return {key: value for key, value in said.items() if value}


@get("/api/whoami-v2", label="Who am I")
class Whoami(Lookup[Identity]):
    """Who is signed in, their organizations and roles, and what the token may do."""

    unlisted = RARELY_CUT

    fields: Annotated[Words | None, Local, Field(description="more, e.g. email")] = None
