"""One repository: its info at a revision."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..content.access import open_repo
from ..content.shapes import repo_scan
from ..git.history import sha_at
from ..people.rights import caller, must_write, signed_in
from ..store import store_of
from ..web.request import truthy
from ..web.response import HubJSON
from .lookup import PLURALS, repo_at
from .selected_fields import INFO, expanded
from .shapes import LazyRepo, repo_json


async def info(request: Request) -> Response:
    """GET /api/{type}/{namespace}/{repo} and …/revision/{revision}."""
    store, who, type = store_of(request), caller(request), _type(request)
    repo = repo_at(request, type)
    fields = expanded(request, type)
    sha = sha_at(store, repo, request.path_params.get("revision", "main"))
    shown = LazyRepo(store, who, repo)
    shown.blobs = truthy(request, "blobs")
    shown.commit = sha
    answer = repo_json(shown, fields if fields is not None else INFO[type])
    if "sha" in answer:
        answer["sha"] = sha
    if fields is None and truthy(request, "securityStatus"):
        answer["securityRepoStatus"] = repo_scan(store, repo, sha)
    return HubJSON(answer)


async def check_access(request: Request) -> Response:
    """GET …/auth-check and …/auth-check/write: whether the caller may see the files, or write."""
    _, repo = open_repo(request)
    if request.path_params.get("right") == "write":
        must_write(signed_in(request), repo, f'write to {repo["type"]} "{repo["id"]}"')
    return PlainTextResponse("OK")


def _type(request: Request) -> str:
    return PLURALS[request.path_params["type"]]


_base = "/api/{type:plural}/{namespace}/{repo}"
routes = [
    Route(f"{_base}/auth-check", check_access, methods=["GET"]),
    Route(f"{_base}/auth-check/{{right}}", check_access, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}", info, methods=["GET"]),
    Route("/api/{type:plural}/{namespace}/{repo}/revision/{revision:path}", info, methods=["GET"]),
]
