"""Finding repositories by type and id, under their current or a former name."""

from __future__ import annotations

import re
import sqlite3
from typing import NoReturn
from urllib.parse import quote

from starlette.convertors import StringConvertor, register_url_convertor
from starlette.requests import Request
from starlette.routing import Match, Route

from ..people.rights import SignedInUser, caller, can_read
from ..store import Store, store_of
from ..web.hub_errors import Moved, page_missing, repo_missing
from ..web.request import raw_path
from .repo_queries import former_repo, repo_by_id

TYPES = ("model", "dataset", "space")
PLURALS = {"models": "model", "datasets": "dataset", "spaces": "space"}
PREFIXES = {"model": "", "dataset": "datasets/", "space": "spaces/"}  # in web addresses


class _Plural(StringConvertor):
    """`{type:plural}` in a route: the plural of a repository type, and nothing else."""

    regex = "|".join(PLURALS)


class _Owner(StringConvertor):
    """`{namespace:owner}` in a route of the website: a namespace, and not the plural of a type."""

    regex = f"(?!(?:{'|'.join(PLURALS)})/)[^/]+"


register_url_convertor("plural", _Plural())
register_url_convertor("owner", _Owner())


def find_repo(store: Store, who: SignedInUser | None, type: str, id: str) -> sqlite3.Row:
    """The repository a caller names, also by a former name; 404 if there is none, 401 without a token."""
    repo = repo_by_id(store, type, id) or former_repo(store, type, id)
    if repo is None or not can_read(who, repo):
        raise repo_missing(anonymous=who is None)
    return repo


def repo_at(request: Request, type: str | None = None) -> sqlite3.Row:
    """The repository that a request's path names as `{type}/{namespace}/{repo}`.

    A former name or another letter case is answered with the redirect of FACTS §5; so is a legacy name
    without a namespace, whose next path segment was then taken for the repository.
    """
    params = request.path_params
    kind = type or PLURALS[params["type"]]
    asked = f"{params['namespace']}/{params['repo']}"
    if repo_by_id(store_of(request), kind, asked) is None:
        lead_on(request, kind, params["namespace"])
    repo = find_repo(store_of(request), caller(request), kind, asked)
    if repo["id"] != asked:
        raise Moved(_renamed(request, asked, repo["id"]))
    return repo


def lead_on(request: Request, type: str, name: str) -> None:
    """Redirect if a name without a namespace is a legacy one."""
    repo = former_repo(store_of(request), type, name)
    if repo is not None and can_read(caller(request), repo):
        raise Moved(_renamed(request, name, repo["id"]))


async def old_name(request: Request) -> NoReturn:
    """/api/{type}/{name} and everything below it, on the website too: only legacy names lead anywhere."""
    type = PLURALS[request.path_params.get("type", "models")]
    lead_on(request, type, request.path_params["name"])
    if request.url.path.startswith("/api/") and "rest" in request.path_params and not _leads_on(request):
        raise page_missing()
    raise repo_missing(anonymous=caller(request) is None)


def _leads_on(request: Request) -> bool:
    """Whether the path would match a route if the name had an owner: `/api/models/a/b/commits/main`."""
    with_owner = re.sub(r"^(/api/[^/]+)/", r"\1/owner/", request.scope["path"])
    scope = {**request.scope, "path": with_owner}
    others = (route for route in request.app.routes if getattr(route, "endpoint", None) is not old_name)
    return any(route.matches(scope)[0] is not Match.NONE for route in others)


def url_of(origin: str, type: str, id: str) -> str:
    """The address of a repository's page."""
    return f"{origin}/{PREFIXES[type]}{id}"


def id_in(text: str) -> str:
    """An id as part of a path: encoded except for its slash."""
    return quote(text, safe="/")


def name_problem(name: str) -> str | None:
    """What is wrong with a repository's name, without its namespace (FACTS §9)."""
    if not 1 <= len(name) <= 96:
        return "A repository's name has 1 to 96 characters."
    if not re.fullmatch(r"[A-Za-z0-9_][\w.-]*", name, re.ASCII) or name.endswith(("-", ".")):
        return "A repository's name holds letters, digits, '-', '_' and '.'; no '-' or '.' at its ends."
    if "--" in name or ".." in name:
        return "A repository's name may not contain '--' or '..'."
    if name.endswith(".git"):
        return "A repository's name may not end with '.git'."
    return None


# Matched last: what no area answers.
_methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_pages = ("/resolve/{rest:path}", "/raw/{rest:path}", ".git/{rest:path}")
routes = [
    Route("/api/{type:plural}/{name}", old_name, methods=["GET"]),
    Route("/api/{type:plural}/{name}/{rest:path}", old_name, methods=_methods),
]
# Files of repositories without a namespace; from the path alone, `datasets/squad` is a model's id.
page_routes = [
    *(Route(f"/{{type:plural}}/{{name}}{page}", old_name, methods=_methods) for page in _pages),
    *(Route(f"/{{name:owner}}{page}", old_name, methods=_methods) for page in _pages),
]


def _renamed(request: Request, asked: str, id: str) -> str:
    """The request's own address with the repository's current name, relative and with its query."""
    path = raw_path(request)
    start = re.escape(asked).replace("/", "(?:/|%2[Ff])")
    moved = re.sub(rf"(?<=/){start}(?=/|$)", lambda _: id_in(id), path, count=1)
    if moved == path:  # the name was sent percent-encoded
        moved = quote(str(request.scope["path"]).replace(asked, id, 1))
    return f"{moved}?{request.url.query}" if request.url.query else moved
