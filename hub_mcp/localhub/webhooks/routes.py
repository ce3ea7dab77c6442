"""The caller's webhooks: listing, reading, creating, changing, enabling, disabling, replaying, deleting."""

from __future__ import annotations

import json
import sqlite3
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..jobs.job_access import must_pay
from ..jobs.spec_body import spec_in, texts_in
from ..people.rights import CREATORS, SignedInUser, can_read, signed_in, token_must
from ..people.rows import org_named, user_named
from ..repos.repo_queries import repo_by_id
from ..store import Json, Store, Value, store_of
from ..web.hub_errors import ApiError, forbidden, page_missing
from ..web.json_body import JSONBody, body_of
from ..web.response import HubJSON
from .firing import act_again
from .rows import webhook_json

TYPES = ("dataset", "model", "space", "bucket", "kernel", "user", "org")
DOMAINS = ("repo", "discussion")
MOST = 100  # webhooks per user


async def listing(request: Request) -> Response:
    """GET /api/settings/webhooks."""
    who = _reader(request)
    return HubJSON(
        [webhook_json(row) for row in store_of(request).find_all("webhooks", "id", user_id=who.id)]
    )


async def details(request: Request) -> Response:
    """GET …/{webhook}."""
    return _answer(_webhook(request, _reader(request)))


async def create(request: Request) -> Response:
    """POST /api/settings/webhooks."""
    who, store, body = _writer(request), store_of(request), await body_of(request)
    fields = _fields(store, who, body, new=True)
    if len(store.find_all("webhooks", "id", user_id=who.id)) >= MOST:
        raise ApiError(400, f"A user has at most {MOST} webhooks")
    id = store.new_id()
    with store.write():
        store.insert("webhooks", id=id, user_id=who.id, watched="[]", domains="[]")
        _set(store, id, fields)
    return _answer(store.find("webhooks", user_id=who.id, id=id))


async def update(request: Request) -> Response:
    """POST …/{webhook}: the list of what is watched is replaced; other fields not sent stay."""
    who, store = _writer(request), store_of(request)
    row = _webhook(request, who)
    fields = _fields(store, who, await body_of(request), new=False)
    if "url" in fields:
        fields |= {"job": None, "job_source": None, "job_namespace": None}
    elif "job" in fields:
        fields["url"] = None
    with store.write():
        _set(store, row["id"], fields)
    return _answer(store.find("webhooks", user_id=who.id, id=row["id"]))


async def toggle(request: Request) -> Response:
    """POST …/{webhook}/enable and …/disable."""
    who, store, action = _writer(request), store_of(request), request.path_params["action"]
    if action not in ("enable", "disable"):
        raise page_missing()
    row = _webhook(request, who)
    with store.write():
        _set(store, row["id"], {"disabled": int(action == "disable")})
    return _answer(store.find("webhooks", user_id=who.id, id=row["id"]))


async def replay(request: Request) -> Response:
    """POST …/{webhook}/replay/{log}: sends an earlier delivery again, to the webhook's current address."""
    who, store = _writer(request), store_of(request)
    row = _webhook(request, who)
    delivery = store.find("hook_deliveries", webhook=row["id"], id=request.path_params["log"])
    if delivery is None:
        raise ApiError(404, "Webhook log not found")
    if row["job"] is not None:
        must_pay(who, row["job_namespace"])
    status = await run_in_threadpool(act_again, store, row, delivery)
    if status is None:
        raise ApiError(400, "This local Hub calls loopback addresses only")
    return HubJSON({"status": status})


async def delete(request: Request) -> Response:
    """DELETE …/{webhook}."""
    who, store = _writer(request), store_of(request)
    row = _webhook(request, who)
    with store.write():
        store.delete("webhooks", id=row["id"])
    return HubJSON({})


def _reader(request: Request) -> SignedInUser:
    who = signed_in(request)
    if not who.allows("user.webhooks.write", who.name):
        token_must(who, "user.webhooks.read", who.name)
    return who


def _writer(request: Request) -> SignedInUser:
    who = signed_in(request)
    token_must(who, "user.webhooks.write", who.name)
    return who


def _webhook(request: Request, who: SignedInUser) -> sqlite3.Row:
    row = store_of(request).find("webhooks", user_id=who.id, id=request.path_params["webhook"])
    if row is None:
        raise ApiError(404, "Webhook not found")
    return row


def _answer(row: sqlite3.Row | None) -> Response:
    assert row is not None
    return HubJSON({"webhook": webhook_json(row)})


def _set(store: Store, id: str, fields: dict[str, Value]) -> None:
    for column, value in fields.items():
        store.run(f"update webhooks set {column} = ? where id = ?", value, id)  # noqa: S608 - our own words


def _fields(store: Store, who: SignedInUser, body: JSONBody, *, new: bool) -> dict[str, Value]:
    """The columns a body sets."""
    watched = [_watched(part) for part in body.parts("watched", required=True) or []]
    fields: dict[str, Value] = {"watched": json.dumps(watched)}
    if new or body.given("domains"):
        fields["domains"] = json.dumps(_domains(body))
    if (secret := body.text("secret", pattern=r"^[\x20-\x7F]*$")) is not None:
        fields["secret"] = secret or None
    url, source, job = body.text("url"), body.text("jobSourceId"), body.part("job")
    if url is not None and not urlsplit(url).scheme.startswith("http"):
        body.wrong("Invalid URL", "url")
    spec = spec_in(job) if job else None
    said = sum(one is not None for one in (url, source, job))
    if said > 1 or (new and not said):
        body.wrong("Exactly one of url, job and jobSourceId must be given")
    extra = texts_in(body, "secrets", r"^[a-zA-Z][_a-zA-Z0-9]*$")
    body.check()
    for one in watched:
        _must_see(store, who, one)
    if url is not None:
        fields["url"] = url
    if source is not None:
        spec, fields["job_namespace"] = _spec_of(store, who, source)
        fields["job_source"] = source
    if spec is not None:
        if extra:
            spec["secrets"] = [*sorted(extra)]
        namespace = str(fields.setdefault("job_namespace", who.name))
        must_pay(who, namespace)
        fields["job"] = json.dumps(spec)
    return fields


def _watched(part: JSONBody) -> dict[str, Json]:
    kind, name = part.choice("type", TYPES, required=True), part.text("name", required=True, least=1)
    return {"type": kind, "name": name}


def _domains(body: JSONBody) -> list[Json]:
    value = body.fields.get("domains")
    if not isinstance(value, list) or not all(one in DOMAINS for one in value):
        body.wrong('Invalid option: expected one of "repo"|"discussion"', "domains")
        return []
    return value


def _must_see(store: Store, who: SignedInUser, watched: dict[str, Json]) -> None:
    """404 for anything missing or hidden from the caller."""
    kind, name = str(watched["type"]), str(watched["name"])
    if kind in ("user", "org"):
        found = user_named(store, name) if kind == "user" else org_named(store, name)
    else:
        repo = repo_by_id(store, kind, name)
        found = repo if repo is not None and can_read(who, repo) else None
    if found is None:
        raise ApiError(404, f"{kind} {name} not found")


def _spec_of(store: Store, who: SignedInUser, id: str) -> tuple[dict[str, Json], str]:
    """The spec of a job and its namespace, if the caller may run jobs there."""
    row = store.find("jobs", id=id)
    if row is None:
        raise ApiError(404, "Job not found")
    if who.role_in(row["namespace"]) not in CREATORS:
        raise forbidden(f"You don't have the rights to run jobs in {row['namespace']}")
    return json.loads(row["spec"]), row["namespace"]


_base = "/api/settings/webhooks"
routes = [
    Route(_base, listing, methods=["GET"]),
    Route(_base, create, methods=["POST"]),
    Route(f"{_base}/{{webhook}}", details, methods=["GET"]),
    Route(f"{_base}/{{webhook}}", update, methods=["POST"]),
    Route(f"{_base}/{{webhook}}", delete, methods=["DELETE"]),
    Route(f"{_base}/{{webhook}}/{{action}}", toggle, methods=["POST"]),
    Route(f"{_base}/{{webhook}}/replay/{{log}}", replay, methods=["POST"]),
]
