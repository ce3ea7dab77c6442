"""What only a dataset has: its parquet conversion at three levels, the shards, the Croissant document."""

from __future__ import annotations

import re
import sqlite3

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..content.access import may_fetch
from ..git.history import PARQUET_REF
from ..people.rights import caller
from ..repos.lookup import id_in, repo_at
from ..store import Store, store_of
from ..web.hub_errors import ApiError, Moved
from ..web.request import origin
from ..web.response import HubJSON
from .croissant import croissant
from .rows import shard_file

Listing = dict[str, dict[str, list[str]]]


async def parquet(request: Request) -> Response:
    """GET …/parquet, …/parquet/{subset} and …/parquet/{subset}/{split}: each removes one level of nesting."""
    listing = _listing(request, *_open_dataset(request))
    subset, split = request.path_params.get("subset"), request.path_params.get("split")
    if subset is None:
        return HubJSON(listing)
    if subset not in listing:
        raise ApiError(404, f'The subset "{subset}" does not exist')
    if split is None:
        return HubJSON(listing[subset])
    if split not in listing[subset]:
        raise ApiError(404, f'The split "{split}" does not exist in the subset "{subset}"')
    return HubJSON(listing[subset][split])


async def shard(request: Request) -> Response:
    """GET …/parquet/{subset}/{split}/{n}.parquet: a redirect to the n-th file, counted from 0."""
    store, repo = _open_dataset(request)
    subset, split, file = (request.path_params[part] for part in ("subset", "split", "file"))
    number = re.fullmatch(r"(\d{1,9})\.parquet", file, re.ASCII)
    if number is None or shard_file(store, repo["key"], subset, split, int(number[1])) is None:
        raise ApiError(404, f'There is no parquet file "{file}" in {subset}/{split}', code="EntryNotFound")
    path = f"{id_in(subset)}/{id_in(split)}/{int(number[1]):04d}.parquet"
    raise Moved(
        f"/datasets/{id_in(repo['id'])}/resolve/{id_in(PARQUET_REF).replace('/', '%2F')}/{path}", status=302
    )


async def document(request: Request) -> Response:
    """GET …/croissant."""
    store, repo = _open_dataset(request)
    shards = _shards(store, repo)
    answer = HubJSON(croissant(store, repo, shards, origin(request)))
    answer.headers["Content-Type"] = "application/ld+json; charset=utf-8"
    return answer


def _open_dataset(request: Request) -> tuple[Store, sqlite3.Row]:
    """The dataset of a path; a gate applies here as to its files."""
    store, repo = store_of(request), repo_at(request, "dataset")
    may_fetch(store, caller(request), repo)
    return store, repo


def _shards(store: Store, repo: sqlite3.Row) -> list[sqlite3.Row]:
    rows = store.find_all("parquet", "subset, split, shard", repo=repo["key"])
    if not rows:
        raise ApiError(404, f"The dataset {repo['id']} has no parquet files")
    return rows


def _listing(request: Request, store: Store, repo: sqlite3.Row) -> Listing:
    """Subset → split → addresses."""
    base = f"{origin(request)}/api/datasets/{id_in(repo['id'])}/parquet"
    listing: Listing = {}
    for row in _shards(store, repo):
        address = f"{base}/{id_in(row['subset'])}/{id_in(row['split'])}/{row['shard']}.parquet"
        listing.setdefault(row["subset"], {}).setdefault(row["split"], []).append(address)
    return listing


_base = "/api/datasets/{namespace}/{repo}"
routes = [
    Route(f"{_base}/parquet", parquet, methods=["GET"]),
    Route(f"{_base}/parquet/{{subset}}", parquet, methods=["GET"]),
    Route(f"{_base}/parquet/{{subset}}/{{split}}", parquet, methods=["GET"]),
    Route(f"{_base}/parquet/{{subset}}/{{split}}/{{file}}", shard, methods=["GET"]),
    Route(f"{_base}/croissant", document, methods=["GET"]),
]
