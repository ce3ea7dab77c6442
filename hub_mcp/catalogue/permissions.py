"""What a token needs for a call and what it lacks, according to whoami (FACTS 17).

The Hub does not document permissions by endpoint; these follow its permission names and the roles of api.md.
So a refusal is explained with all of them (`lacking`), while a call is only blocked where there is no doubt
(`never`): for a read-only token, or a fine-grained one without the permission.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.answers import as_text, is_object
from hub_mcp.catalogue.endpoint import Endpoint
from hub_mcp.catalogue.people.users import Identity
from hub_mcp.errors import Gated, HubError, plain

CERTAIN = ("repo.write", "collection.write")  # without which a fine-grained token is always refused
OF_THE_OWNER = ("org.read", "org.write")  # granted on the owner, never on one of its things
OPEN_TO_ALL = ("discussion.write",)  # for anybody who sees the repository, member or not
WRITING_ROLES = ("contributor", "write", "admin")
LIMIT = 200
NEW_TOKEN = "Edit or create tokens in the Hub's settings."  # noqa: S105  # a sentence about tokens
ASK = "Ask one of its admins."


@dataclass(frozen=True)
class Need:
    """A permission on everything of an owner, or on one thing; `owner` "" is the caller."""

    permission: str
    owner: str = ""
    thing: str = ""


def needs_of(call: Endpoint[Any]) -> tuple[Need, ...]:
    """The permissions a call needs; empty for a call that reads public things."""
    permission = call.permission
    if not permission:
        return ()
    owned = call.owned() or (("", ""),)
    return tuple(
        dict.fromkeys(
            Need(permission, owner, "" if permission in OF_THE_OWNER else thing) for owner, thing in owned
        )
    )


def lacking(call: Endpoint[Any], identity: Identity, refusal: HubError | None = None) -> str:
    """What this caller's token or roles lack for the call, in sentences; "" if nothing is known."""
    if isinstance(refusal, Gated):
        return _gated(identity)
    return " ".join(dict.fromkeys(said for need in needs_of(call) if (said := _missing(need, identity))))


def never(call: Endpoint[Any] | type[Endpoint[Any]], identity: Identity) -> str:
    """Why this caller's token can never make the call, or any call of the endpoint; "" if it might."""
    kind, line = identity.token_role, call.line
    permission = call.permission if isinstance(call, Endpoint) else line.permission
    if not call.changes:
        return ""
    if kind == "read":
        return f"{_token(identity)} may only read, and {call.tool} changes something. {NEW_TOKEN}"
    if kind != "fineGrained" or permission not in CERTAIN:
        return ""
    holding = {name.lower() for name, held in identity.permissions.items() if permission in held}
    owners = [need.owner or identity.name for need in needs_of(call)] if isinstance(call, Endpoint) else []
    without = [owner for owner in owners if not _held_at(owner.lower(), holding)]
    if "" in holding or (holding and not without):
        return ""
    lack = f'lacks the permission "{permission}"' + (f" on {without[0]}" if without else "")
    return f"{_token(identity)} {lack}, and {call.tool} needs it. {NEW_TOKEN}"


def _held_at(owner: str, holding: Iterable[str]) -> bool:
    """Whether a permission is granted on an owner or on any of its things, which can be renamed."""
    return any(name == owner or name.startswith(f"{owner}/") for name in holding)


def _gated(identity: Identity) -> str:
    kind, fine = identity.token_role, identity.token.get("fineGrained")
    reads_gated = is_object(fine) and bool(fine.get("canReadGatedRepos"))
    if kind == "fineGrained" and not reads_gated:
        return f"{_token(identity)} may not read gated repositories: allow it in the Hub's token settings."
    return ""


def _missing(need: Need, identity: Identity) -> str:
    owner = need.owner or identity.name
    own = owner.lower() == identity.name.lower()
    kind = identity.token_role
    if kind == "read" and not need.permission.endswith(".read"):
        return f"{_token(identity)} may only read; {_on(need, owner)} needs one that may write. {NEW_TOKEN}"
    if kind == "fineGrained":
        held = {name.lower(): permissions for name, permissions in identity.permissions.items()}
        there = {one for name in ("", owner.lower(), need.thing.lower()) for one in held.get(name, ())}
        if need.permission not in there:
            has = f" (it has {plain(', '.join(sorted(there)), LIMIT)})" if there else ""
            return f'{_token(identity)} lacks the permission "{need.permission}" on {owner}{has}. {NEW_TOKEN}'
    if own or need.permission in OPEN_TO_ALL:
        return ""
    org = next(
        (one for one in identity.orgs or () if str(one.get("name", "")).lower() == owner.lower()), None
    )
    if org is None:
        return f"{identity.name} is not a member of {owner}, and {_on(need, owner)} is for its members. {ASK}"
    if restrictions := org.get("securityRestrictions"):
        why = plain(as_text(restrictions), LIMIT)
        return f"{owner} restricts access ({why}): resolve it on the Hub first."
    role = str(org.get("roleInOrg") or "")
    if role and role not in WRITING_ROLES and not need.permission.endswith(".read"):
        standing = f"The role of {identity.name} in {owner} is {plain(role, 40)}"
        return f"{standing}; {_on(need, owner)} needs a role that may write. {ASK}"
    return ""


def _token(identity: Identity) -> str:
    name = identity.token.get("displayName")
    return f'The token "{plain(name, 60)}"' if isinstance(name, str) and name else "The token"


def _on(need: Need, owner: str) -> str:
    what = "reading" if need.permission.endswith(".read") else "changing"
    return f"{what} {need.thing or owner}"
