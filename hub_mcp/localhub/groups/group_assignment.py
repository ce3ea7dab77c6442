"""Which resource group a repository, bucket or collection is in: at most one, of its organization."""

from __future__ import annotations

import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..collections.routes import collection_at
from ..collections.shapes import can_see, must_change, slug_of
from ..people.rights import SignedInUser, can_read, can_write, must_write, signed_in, token_must
from ..repos.lookup import repo_at, repo_by_id
from ..repos.summaries import group_brief
from ..store import Store, store_of
from ..web.hub_errors import ApiError, bad_request, forbidden, plan_needed, repo_missing
from ..web.json_body import body_of
from ..web.response import HubJSON
from .shapes import runs


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
        _move(store, who, repo, "update repos set resource_group = ? where _id = ?", repo["_id"], group)
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
        _move(store, who, bucket, "update buckets set resource_group = ? where id = ?", bucket["id"], group)
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
        _move(store, who, row, "update collections set resource_group = ? where id = ?", row["id"], group)
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
    """Put a repository of the organization, which the caller may change, into a group that is being made."""
    repo = repo_by_id(store, type, id)
    if repo is None or not can_read(who, repo):
        bucket = _bucket(store, id) if type == "bucket" else None
        if bucket is None or not can_see(who, bucket) or bucket["namespace"].lower() != org["name"].lower():
            raise repo_missing(anonymous=False)
        store.run("update buckets set resource_group = ? where id = ?", group_id, bucket["id"])
        return
    if repo["namespace"].lower() != org["name"].lower():
        raise bad_request(f"The {type} {repo['id']} does not belong to the organization {org['name']}")
    if not can_write(who, repo):
        raise forbidden(f"You don't have the rights to change the resource group of {repo['id']}")
    store.run("update repos set resource_group = ? where key = ?", group_id, repo["key"])


async def _group_asked(request: Request) -> str | None:
    """The body's group; the field must be there, null takes the thing out of its group."""
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


def _move(
    store: Store, who: SignedInUser, thing: sqlite3.Row, update: str, id: str, group: str | None
) -> None:
    """Write the new group; the caller must run the organization, or the old group and the new one."""
    org = store.row("select * from orgs where name = ?", thing["namespace"])
    if org is None:
        raise bad_request("Resource groups are for what belongs to an organization")
    token_must(who, "org.write", org["name"], id)
    if org["plan"] is None:
        raise plan_needed("Resource groups need a Team or Enterprise plan")
    if group is not None and not store.count(
        "select count(*) from resource_groups where id = ? and org_id = ?", group, org["id"]
    ):
        raise ApiError(404, "Resource group not found")
    for concerned in {thing["resource_group"], group} - {None}:
        if not runs(who, org, concerned):
            raise forbidden("Only admins of the resource group can change what is in it")
    store.run(update, group, id)


def _bucket(store: Store, id: str) -> sqlite3.Row | None:
    return store.row("select * from buckets where namespace || '/' || name = ? collate nocase", id)


def _bucket_at(request: Request) -> sqlite3.Row:
    """The bucket that a path names."""
    bucket = _bucket(store_of(request), f"{request.path_params['namespace']}/{request.path_params['repo']}")
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
