"""The three listings of repositories: filters, sort orders and pages."""

from __future__ import annotations

import re
from collections.abc import Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import caller
from ..store import store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import bad_request, invalid
from ..web.request import limit_of
from ..web.response import HubJSON
from .lookup import PLURALS
from .repo_queries import matching_repos
from .selected_fields import listed_fields
from .shapes import LazyRepo, repo_json
from .where_clause import WhereClause

MAX_LIMIT = 1000
MAX_SEARCH = 1000  # characters of a search that are used
SORTS = {
    "createdAt": "created_at",
    "downloads": "downloads",
    "likes": "likes",
    "lastModified": "last_modified",
    "likes30d": "likes30d",
    "trendingScore": "trending_score",
    "num_parameters": "num_parameters",
    "datasetsServerInfo.numRows": "num_rows",
    "mainSize": "main_size",
    "id": "id",
}
SORTS_OF = {
    "model": {*SORTS} - {"datasetsServerInfo.numRows"},
    "dataset": {*SORTS} - {"num_parameters"},
    "space": {"createdAt", "likes", "lastModified", "likes30d", "trendingScore", "id"},
}
ONLY_DESCENDING = ("downloads", "likes", "trendingScore", "lastModified")
SIZES = {"": 1, "K": 10**3, "M": 10**6, "B": 10**9, "T": 10**12}


async def listing(request: Request) -> Response:
    """GET /api/models, /api/datasets and /api/spaces."""
    store, who, type = store_of(request), caller(request), PLURALS[request.path_params["type"]]
    sort, descending = _order(request, type)
    fields = listed_fields(request, type, sort)
    limit = limit_of(request, MAX_LIMIT, MAX_LIMIT, cap=True)
    where = WhereClause(type, who)
    _filters(request, type, where)
    column = SORTS[sort]
    place = place_of(request, 2)
    if place is not None:
        where.after(column, descending, place)
    order = f"r.{column} {'desc' if descending else 'asc'}, r._id"
    rows = matching_repos(store, where.sql, where.params, order, limit + 1, _skip(request))
    page = rows[:limit]
    headers = next_link(request, [page[-1][column], page[-1]["_id"]]) if len(rows) > limit else {}
    return HubJSON(
        [repo_json(LazyRepo(store, who, row, listed=True), fields) for row in page], headers=headers
    )


def _order(request: Request, type: str) -> tuple[str, bool]:
    """The sort key and whether it descends (FACTS §12)."""
    sort = request.query_params.get("sort", "trendingScore")
    if sort not in SORTS_OF[type]:
        raise bad_request(f'Invalid sort parameter "{sort}"')
    direction = request.query_params.get("direction", "-1")
    if direction == "-1":
        return sort, True
    if direction != "1" or sort in ONLY_DESCENDING:
        raise bad_request(f'Invalid direction "{direction}" for sort parameter "{sort}"')
    return sort, False


def _filters(request: Request, type: str, where: WhereClause) -> None:
    """Add the condition of every filter in the request."""
    query = request.query_params
    for word in query.get("search", "")[:MAX_SEARCH].split():
        where.named_like(word)
    if query.get("author"):
        where.equal("namespace", query["author"])
    for tag in (*query.getlist("filter"), *query.getlist("library")):
        where.label("tag", tag)
    if "gated" in query:
        where.gated(_flag(request, "gated"))
    if type == "model":
        _model_filters(request, where)
    if type == "space":
        for name, kind in (("models", "model"), ("datasets", "dataset")):
            for id in _listed(query.getlist(name)):
                where.label(kind, id)
        if "linked" in query and _flag(request, "linked"):
            where.any_label("model", "dataset")


def _model_filters(request: Request, where: WhereClause) -> None:
    query = request.query_params
    if query.get("pipeline_tag"):
        where.equal("pipeline_tag", query["pipeline_tag"])
    for app in _listed(query.getlist("apps")):
        where.label("app", app)
    if "inference" in query:
        if query["inference"] != "warm":
            raise invalid('Invalid option: expected one of "warm"', "inference")
        where.equal("inference", "warm")
    providers = _listed(query.getlist("inference_provider"))
    if "all" in providers:
        where.any_label("provider")
    elif providers:
        where.any_provider(providers)
    if "num_parameters" in query:
        where.parameters(_bounds(query["num_parameters"]))


def _bounds(text: str) -> list[tuple[str, int]]:
    """`min:6B,max:128B` as comparisons; either half may be missing."""
    bounds: list[tuple[str, int]] = []
    for part in text.split(","):
        found = re.fullmatch(r"(min|max):(\d+(?:\.\d+)?)([KMBT]?)", part.strip(), re.IGNORECASE | re.ASCII)
        if found is None:
            raise bad_request(f'Invalid num_parameters "{text}"; expected for example "min:6B,max:128B"')
        size = int(float(found[2]) * SIZES[found[3].upper()])
        bounds.append((">=" if found[1].lower() == "min" else "<=", min(size, 2**62)))
    return bounds


def _flag(request: Request, name: str) -> bool:
    value = request.query_params[name].lower()
    if value not in ("true", "false", "1", "0"):
        raise invalid("Invalid input: expected boolean", name)
    return value in ("true", "1")


def _listed(values: Sequence[str]) -> list[str]:
    """The values of a parameter that may be repeated and may have several values separated by commas."""
    return [part for value in values for part in value.split(",") if part]


def _skip(request: Request) -> int:
    """`skip`, accepted and undocumented (huggingface_hub issue 4257)."""
    text = request.query_params.get("skip", "0")
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise invalid("Invalid input: expected number to be >=0", "skip")
    return int(text)


routes = [Route("/api/{type:plural}", listing, methods=["GET"])]
