"""The repositories of a namespace with their storage, for `hf repos ls`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..repos.repo_queries import owned_repos
from ..store import store_of
from ..web.hub_errors import forbidden, invalid
from ..web.response import HubJSON
from .org_lookup import org_at
from .rights import READERS, signed_in

SORTS = {"storage": "used_storage", "updatedAt": "last_modified"}


async def mine(request: Request) -> Response:
    """GET /api/settings/repositories."""
    return _owned(request, signed_in(request).name)


async def organizations(request: Request) -> Response:
    """GET /api/organizations/{name}/settings/repositories."""
    who, org = signed_in(request), org_at(request)
    if who.role_in(org["name"]) not in READERS:
        raise forbidden("Only members of the organization can list its repositories here")
    return _owned(request, org["name"])


def _owned(request: Request, namespace: str) -> Response:
    query = request.query_params
    type = _one_of(request, "type", ("dataset", "model", "space", "bucket", "kernel"), "")
    column = SORTS[_one_of(request, "sort", tuple(SORTS), "storage")]
    way = _one_of(request, "direction", ("asc", "desc"), "desc")
    limit = query.get("limit", "10000")
    if not limit.isdecimal() or not 0 < int(limit) < 2**53:
        raise invalid("Too small: expected number to be >=1", "limit")
    store, who = store_of(request), signed_in(request)
    search = query.get("search", "")
    rows = owned_repos(store, who, namespace, type, search, f"{column} {way}", int(limit))
    total = sum(row["used_storage"] for row in rows) or 1
    return HubJSON(
        [
            {
                "id": row["id"],
                "type": row["type"],
                "updatedAt": row["last_modified"],
                "visibility": row["visibility"],
                "storage": row["used_storage"],
                "storagePercent": round(100 * row["used_storage"] / total, 2),
            }
            for row in rows
        ]
    )


def _one_of(request: Request, name: str, options: tuple[str, ...], default: str) -> str:
    value = request.query_params.get(name, default)
    if value != default and value not in options:
        listed = "|".join(f'"{option}"' for option in options)
        raise invalid(f"Invalid option: expected one of {listed}", name)
    return value


routes = [
    Route("/api/settings/repositories", mine, methods=["GET"]),
    Route("/api/organizations/{name}/settings/repositories", organizations, methods=["GET"]),
]
