"""The resource group of a repository, bucket or collection: at most one, of its own organization."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..collections.collection_access import can_see, must_change
from ..collections.collection_lookup import collection_at
from ..collections.rows import bucket_named
from ..collections.slugs import slug_of
from ..people.rights import SignedInUser, can_read, can_write, must_write, signed_in, token_must
from ..people.rows import org_named
from ..repos.lookup import repo_at
from ..repos.repo_queries import repo_by_id
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, plan_needed, repo_missing
from ..web.json_body import body_of
from ..web.response import HubJSON
from .group_access import NEEDS_PLAN, runs
from .shapes import group_brief


async def of_repo(request: Request) -> Response:
    """GET /api/{type}/{namespace}/{repo}/resource-group."""
    return _read(request, repo_at(request))


async def of_bucket(request: Request) -> Response:
    """GET /api/buckets/{namespace}/{repo}/resource-group."""
    return _read(request, _bucket_at(request))


async def of_collection(request: Request) -> Response:
    """GET /api/collections/{namespace}/{slug}/resource-group."""
    return _read(request, collection_at(request))


async def set_of_repo(request: Request) -> Response:
    """POST /api/{type}/{namespace}/{repo}/resource-group."""
    store, who, group = store_of(request), signed_in(request), await _group_asked(request)
    with store.write():
        repo = repo_at(request)
        must_write(who, repo, f"change the resource group of {repo['id']}")
        _may_move(store, who, repo, repo["_id"], group)
        store.update("repos", {"_id": repo["_id"]}, resource_group=group)
    return HubJSON(
        {
            "name": repo["id"],
            "type": repo["type"],
            "private": repo["visibility"] == "private",
            "addedBy": who.name,
        }
    )


async def set_of_bucket(request: Request) -> Response:
    """POST /api/buckets/{namespace}/{repo}/resource-group."""
    store, who, group = store_of(request), signed_in(request), await _group_asked(request)
    with store.write():
        bucket = _bucket_at(request)
        must_change(who, bucket)
        _may_move(store, who, bucket, bucket["id"], group)
        store.update("buckets", {"id": bucket["id"]}, resource_group=group)
    return HubJSON(
        {
            "name": f"{bucket['namespace']}/{bucket['name']}",
            "type": "bucket",
            "private": bool(bucket["private"]),
            "addedBy": who.name,
        }
    )


async def set_of_collection(request: Request) -> Response:
    """POST /api/collections/{namespace}/{slug}/resource-group."""
    store, who, group = store_of(request), signed_in(request), await _group_asked(request)
    with store.write():
        row = collection_at(request)
        must_change(who, row)
        _may_move(store, who, row, row["id"], group)
        store.update("collections", {"id": row["id"]}, resource_group=group)
    return HubJSON(
        {
            "id": row["id"],
            "slug": slug_of(row),
            "title": row["title"],
            "private": bool(row["private"]),
            "addedBy": who.name,
        }
    )


def take_in(store: Store, who: SignedInUser, org: sqlite3.Row, type: str, id: str, group_id: str) -> None:
    """Put a repository of the organization, which the caller may change, into a group being created."""
    repo = repo_by_id(store, type, id)
    if repo is None or not can_read(who, repo):
        bucket = bucket_named(store, id) if type == "bucket" else None
        if bucket is None or not can_see(who, bucket) or bucket["namespace"].lower() != org["name"].lower():
            raise repo_missing(anonymous=False)
        store.update("buckets", {"id": bucket["id"]}, resource_group=group_id)
        return
    if repo["namespace"].lower() != org["name"].lower():
        raise bad_request(f"The {type} {repo['id']} does not belong to the organization {org['name']}")
    if not can_write(who, repo):
        raise forbidden(f"You don't have the rights to change the resource group of {repo['id']}")
    store.update("repos", {"_id": repo["_id"]}, resource_group=group_id)


async def _group_asked(request: Request) -> str | None:
    """The body's group; the field is required, null removes the thing from its group."""
    body = await body_of(request)
    group = body.text("resourceGroupId", required=True, nullable=True, pattern=r"^[0-9a-fA-F]{24}$")
    body.check()
    return group.lower() if group is not None else None


def _read(request: Request, thing: sqlite3.Row) -> Response:
    who = signed_in(request)
    if who.role_in(thing["namespace"]) is None:
        raise forbidden(f"You are not a member of the organization {thing['namespace']}")
    if thing["resource_group"] is None:
        raise ApiError(404, "This is in no resource group")
    return HubJSON(group_brief(store_of(request), thing["resource_group"]))


def _may_move(store: Store, who: SignedInUser, thing: sqlite3.Row, id: str, group: str | None) -> None:
    """403 unless the caller is an admin of the organization, or of both the old and the new group."""
    org = org_named(store, thing["namespace"])
    if org is None:
        raise bad_request("Resource groups are for what belongs to an organization")
    token_must(who, "org.write", org["name"], id)
    if org["plan"] is None:
        raise plan_needed(NEEDS_PLAN)
    if group is not None and store.find("resource_groups", id=group, org_id=org["id"]) is None:
        raise ApiError(404, "Resource group not found")
    for concerned in {thing["resource_group"], group} - {None}:
        if not runs(who, org, concerned):
            raise forbidden("Only admins of the resource group can change what is in it")


def _bucket_at(request: Request) -> sqlite3.Row:
    """The bucket that a path names."""
    bucket = bucket_named(
        store_of(request), f"{request.path_params['namespace']}/{request.path_params['repo']}"
    )
    who = signed_in(request)
    if bucket is None or not can_see(who, bucket):
        raise repo_missing(anonymous=False)
    return bucket


_REPO, _BUCKET = (
    "/api/{type:plural}/{namespace}/{repo}/resource-group",
    "/api/buckets/{namespace}/{repo}/resource-group",
)
_COLLECTION = "/api/collections/{namespace}/{slug}/resource-group"
routes = [
    Route(_REPO, of_repo, methods=["GET"]),
    Route(_REPO, set_of_repo, methods=["POST"]),
    Route(_BUCKET, of_bucket, methods=["GET"]),
    Route(_BUCKET, set_of_bucket, methods=["POST"]),
    Route(_COLLECTION, of_collection, methods=["GET"]),
    Route(_COLLECTION, set_of_collection, methods=["POST"]),
]
