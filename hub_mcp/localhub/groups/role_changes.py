"""Changing members' roles in an organization and in its resource groups."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.audit_events import org_of_admin
from ..people.audit_rows import add_event
from ..people.rows import member_role, user_named
from ..store import Store
from ..web.hub_errors import ApiError, bad_request
from ..web.json_body import body_of
from ..web.response import HubJSON
from .rows import groups_of_org, insert_group_users

ID = r"^[0-9a-fA-F]{24}$"
ROLES = ("admin", "write", "contributor", "read", "no_access")


async def set_role(request: Request) -> Response:
    """PUT …/members/{username}/role: the member leaves every group that is not named."""
    body = await body_of(request)
    role = body.choice("role", ROLES, required=True) or ""
    places = [
        (one.text("id", required=True, pattern=ID) or "", one.choice("role", ROLES, required=True) or "")
        for one in body.parts("resourceGroups") or []
    ]
    body.check()
    store, who, org = org_of_admin(request, "change the role of its members")
    user = user_named(store, request.path_params["username"])
    held = member_role(store, org["id"], user["id"]) if user else None
    if user is None or held is None:
        raise ApiError(404, "This user is not a member of the organization")
    if held == "admin" and role != "admin" and store.number("members", org_id=org["id"], role="admin") == 1:
        raise bad_request("An organization needs an admin")
    with store.write():
        store.update("members", {"org_id": org["id"], "user_id": user["id"]}, role=role)
        _place(store, org["id"], user["id"], places, who.name)
        add_event(
            store, org["id"], who.id, "org.change_role", f"Changed the role of {user['name']} to {role}"
        )
    return HubJSON({"success": True})


def _place(store: Store, org_id: str, user_id: str, places: list[tuple[str, str]], by: str) -> None:
    """Replace the groups of the organization that a user is in."""
    known = groups_of_org(store, org_id)
    if odd := [id for id, _ in places if id.lower() not in known]:
        raise bad_request(f"Resource group {odd[0]} not found")
    kept = {id.lower(): role for id, role in places}
    for id in known:
        store.delete("resource_group_users", group_id=id, user_id=user_id)
        if id in kept:
            insert_group_users(store, id, by, [(user_id, kept[id])])


_base = "/api/organizations/{name}"
routes = [Route(f"{_base}/members/{{username}}/role", set_role, methods=["PUT"])]
