"""Variables and secrets of a Space; each change restarts it. Only a digest of a secret is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import must_write, signed_in
from ..repos.lookup import repo_at
from ..store import Json
from ..web.json_body import body_of
from ..web.response import HubJSON
from .new_space import VARIABLE_NAME, value_kept
from .rows import details_of, keep_details
from .runtime_routes import own_space, restarted

KINDS = ("variables", "secrets")
Settings = dict[str, Json]


async def listed(request: Request) -> Response:
    """GET …/variables and …/secrets, for those who may write to the Space."""
    repo = repo_at(request, "space")
    must_write(signed_in(request), repo, f'read the settings of space "{repo["id"]}"')
    return HubJSON(_shown(details_of(repo), _kind(request)))


async def upsert(request: Request) -> Response:
    """POST: adds or replaces one. Returns all variables, or for secrets nothing."""
    body = await body_of(request)
    key, value = body.text("key", required=True, pattern=VARIABLE_NAME), body.text("value") or ""
    description = body.text("description")
    body.check()
    assert key is not None
    kind = _kind(request)

    def with_it(kept: dict[str, Json], now: str) -> dict[str, Json]:
        described: dict[str, Json] = {"description": description} if description is not None else {}
        return {**kept, key: {**value_kept(kind, value), **described, "updatedAt": now}}

    return _changed(request, kind, with_it)


async def remove(request: Request) -> Response:
    """DELETE: answered with 200 even if there is no such setting (recorded)."""
    body = await body_of(request)
    key = body.text("key", required=True)
    body.check()
    return _changed(
        request, _kind(request), lambda kept, _: {name: one for name, one in kept.items() if name != key}
    )


def _changed(request: Request, kind: str, change: Callable[[Settings, str], Settings]) -> Response:
    store, _, repo = own_space(request, f"change the {kind} of")
    with store.write():
        details = details_of(repo)
        kept = details.get(kind)
        changed: Json = change(kept if isinstance(kept, dict) else {}, store.now())
        details = {**restarted(store, repo, details), kind: changed}
        keep_details(store, repo, details)
    return HubJSON(_shown(details, kind) if kind == "variables" else {})


def _shown(details: Mapping[str, Json], kind: str) -> dict[str, object]:
    kept = details.get(kind)
    entries = kept.items() if isinstance(kept, dict) else ()
    described = ("value", "description", "updatedAt")
    return {
        name: {**({"key": name} if kind == "secrets" else {}), **{k: one[k] for k in described if k in one}}
        for name, one in entries
        if isinstance(one, dict)
    }


def _kind(request: Request) -> str:
    return request.url.path.rpartition("/")[2]


_base = "/api/spaces/{namespace}/{repo}"
routes = [
    Route(f"{_base}/{kind}", endpoint, methods=[method])
    for kind in KINDS
    for method, endpoint in (("GET", listed), ("POST", upsert), ("DELETE", remove))
]
