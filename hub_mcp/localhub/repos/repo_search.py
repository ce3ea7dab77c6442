"""The three listings of repositories: what they filter on, how they sort, and their pages."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import caller, visible
from ..store import Value, store_of
from ..web.cursors import next_link, place_of
from ..web.hub_errors import bad_request, invalid
from ..web.request import limit_of
from ..web.response import HubJSON
from .lookup import PLURALS
from .selected_fields import listed_fields
from .shapes import LazyRepo, repo_json

MAX_LIMIT = 1000
MAX_CONDITIONS = 100
MAX_SEARCH = 1000  # characters of a search that are looked at
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


@dataclass(slots=True)
class WhereClause:
    """The `where` of a listing as it grows, with its parameters."""

    clauses: list[str] = field(default_factory=list[str])
    params: list[Value] = field(default_factory=list[Value])

    def add(self, clause: str, *params: Value) -> None:
        """One more condition on `repos r`; all of them must hold."""
        if len(self.clauses) == MAX_CONDITIONS:
            raise bad_request("Too many filters")
        self.clauses.append(clause)
        self.params += params

    def label(self, kind: str, value: str) -> None:
        """The repository carries this label."""
        self.add("exists (select 1 from labels where kind = ? and value = ? and repo = r.key)", kind, value)


async def listing(request: Request) -> Response:
    """GET /api/models, /api/datasets and /api/spaces."""
    store, who, type = store_of(request), caller(request), PLURALS[request.path_params["type"]]
    sort, descending = _order(request, type)
    fields = listed_fields(request, type, sort)
    limit = limit_of(request, MAX_LIMIT, MAX_LIMIT, cap=True)
    where = WhereClause(["r.type = ?"], [type])
    condition, params = visible(who)
    where.add(condition, *params)
    _filters(request, type, where)
    column = SORTS[sort]
    place = place_of(request, 2)
    if place is not None:
        way = "<" if descending else ">"
        where.add(f"r.{column} {way}= ? and (r.{column} {way} ? or r._id > ?)", place[0], place[0], place[1])
    rows = store.rows(
        f"select r.* from repos r where {' and '.join(where.clauses)}"  # noqa: S608 - clauses are ours, values bound
        f" order by r.{column} {'desc' if descending else 'asc'}, r._id limit ? offset ?",
        *where.params,
        limit + 1,
        _skip(request),
    )
    page = rows[:limit]
    headers = next_link(request, [page[-1][column], page[-1]["_id"]]) if len(rows) > limit else {}
    return HubJSON(
        [repo_json(LazyRepo(store, who, row, listed=True), fields) for row in page], headers=headers
    )


def _order(request: Request, type: str) -> tuple[str, bool]:
    """The sort key and whether the greatest comes first (FACTS §12)."""
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
    """Add the condition of every filter that the request holds."""
    query = request.query_params
    for word in query.get("search", "")[:MAX_SEARCH].split():
        where.add("r.id like ? escape '\\'", "%" + re.sub(r"([%_\\])", r"\\\1", word) + "%")
    if query.get("author"):
        where.add("r.namespace = ?", query["author"])
    for tag in (*query.getlist("filter"), *query.getlist("library")):
        where.label("tag", tag)
    if "gated" in query:
        where.add(f"r.gated is {'not ' if _flag(request, 'gated') else ''}null")
    if type == "model":
        _model_filters(request, where)
    if type == "space":
        for name, kind in (("models", "model"), ("datasets", "dataset")):
            for id in _listed(query.getlist(name)):
                where.label(kind, id)
        if "linked" in query and _flag(request, "linked"):
            where.add("exists (select 1 from labels where repo = r.key and kind in ('model', 'dataset'))")


def _model_filters(request: Request, where: WhereClause) -> None:
    query = request.query_params
    if query.get("pipeline_tag"):
        where.add("r.pipeline_tag = ?", query["pipeline_tag"])
    for app in _listed(query.getlist("apps")):
        where.label("app", app)
    if "inference" in query:
        if query["inference"] != "warm":
            raise invalid('Invalid option: expected one of "warm"', "inference")
        where.add("r.inference = 'warm'")
    providers = _listed(query.getlist("inference_provider"))
    if "all" in providers:
        where.add("exists (select 1 from labels where repo = r.key and kind = 'provider')")
    elif providers:
        served = (
            "select repo from labels where kind = 'provider' and value in (select value from json_each(?))"
        )
        where.add(f"r.key in ({served})", json.dumps(providers))
    if "num_parameters" in query:
        for way, size in _bounds(query["num_parameters"]):
            where.add(f"r.num_parameters {way} ?", size)
        where.add("r.num_parameters > 0")


def _bounds(text: str) -> list[tuple[str, int]]:
    """`min:6B,max:128B` as comparisons; either half may stand alone."""
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
    """A key that may be repeated and may hold several values between commas."""
    return [part for value in values for part in value.split(",") if part]


def _skip(request: Request) -> int:
    """`skip`, accepted and undocumented (huggingface_hub issue 4257)."""
    text = request.query_params.get("skip", "0")
    if not re.fullmatch(r"\d{1,9}", text, re.ASCII):
        raise invalid("Invalid input: expected number to be >=0", "skip")
    return int(text)


routes = [Route("/api/{type:plural}", listing, methods=["GET"])]
