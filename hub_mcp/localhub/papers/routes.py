"""Papers: one paper, the repositories that cite it, daily papers, search, and a page as Markdown."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..people.rights import caller
from ..repos.repo_queries import repos_citing
from ..repos.selected_fields import LISTED
from ..repos.shapes import LazyRepo, repo_json
from ..repos.summaries import repo_summary
from ..spaces.shapes import linked_space
from ..store import store_of
from ..web.hub_errors import ApiError, invalid
from ..web.request import limit_of
from ..web.response import HubJSON
from .paper_dates import moment, spans_asked, written
from .rows import ORDERS, daily_papers, papers_with_words
from .shapes import comments_json, daily_row, paper_json

LINKED = 12  # repositories of each type on a paper's page; the totals beside them are complete
CITING = 1000  # repositories of each type in the answer to /api/arxiv
FIELDS = ("submissionDeadline", "comments")
MAX_QUERY = 250
DAYS_TO_SUBMIT = 14


async def paper(request: Request) -> Response:
    """GET /api/papers/{id}; comments and the submission deadline only if `field` names them."""
    store, who, row = store_of(request), caller(request), _paper_at(request)
    asked = [*request.query_params.getlist("field"), *request.query_params.getlist("field[]")]
    for name in asked:
        if name not in FIELDS:
            options = "|".join(f'"{field}"' for field in FIELDS)
            raise invalid(f"Invalid option: expected one of {options}", "field")
    answer = paper_json(store, row)
    if "submissionDeadline" in asked:
        deadline = moment(row["published_at"]) + timedelta(days=DAYS_TO_SUBMIT)
        answer["submissionDeadline"] = written(deadline)
    for type in ("model", "dataset", "space"):
        name = f"{type.capitalize()}s"
        repos, total = repos_citing(store, who, type, row["id"], LINKED)
        answer[f"linked{name}"] = [
            linked_space(store, r) if type == "space" else repo_summary(store, who, r) for r in repos
        ]
        answer[f"numTotal{name}"] = total
    if "comments" in asked:
        answer["comments"] = comments_json(store, who, row)
    return HubJSON(answer)


async def citing(request: Request) -> Response:
    """GET /api/arxiv/{id}/repos: three lists, all empty for an unknown paper."""
    store, who = store_of(request), caller(request)
    answer: dict[str, list[dict[str, object]]] = {}
    for type in ("model", "dataset", "space"):
        repos, _ = repos_citing(store, who, type, request.path_params["id"], CITING)
        answer[f"{type}s"] = [
            repo_json(LazyRepo(store, who, row, listed=True), ("author", "trendingScore", *LISTED[type]))
            for row in repos
        ]
    return HubJSON(answer)


async def daily(request: Request) -> Response:
    """GET /api/daily_papers: pages by number; one beyond the end is empty."""
    store, query = store_of(request), request.query_params
    today = datetime.fromtimestamp(store.clock(), UTC).date()
    spans = spans_asked(request)
    for first, _ in spans:
        if first > today:
            raise invalid(f"{first} is in the future", "date")
    sort = query.get("sort", "publishedAt")
    if sort not in ORDERS:
        options = "|".join(f'"{key}"' for key in ORDERS)
        raise invalid(f"Invalid option: expected one of {options}", "sort")
    limit, number = limit_of(request, 50, 100), _page(request)
    rows = daily_papers(store, spans, query.get("submitter"), sort, limit, number * limit)
    return HubJSON([daily_row(store, caller(request), row) for row in rows])


async def search(request: Request) -> Response:
    """GET /api/papers/search: papers with every word in their title or abstract."""
    store, words = store_of(request), request.query_params.get("q", "")
    if len(words) > MAX_QUERY:
        raise invalid(f"Too big: expected string to have <={MAX_QUERY} characters", "q")
    rows = papers_with_words(store, words.lower().split(), limit_of(request, 50, 120))
    return HubJSON([daily_row(store, caller(request), row) for row in rows])


async def page(request: Request) -> Response:
    """GET /papers/{id}.md: a summary; the full text is on arXiv."""
    row = _paper_at(request)
    names = ", ".join(author["name"] for author in json.loads(row["authors"]))
    when = f"Published {row['published_at'][:10]} as arXiv:{row['id']}"
    text = "\n\n".join((f"# {row['title']}", names, when, "## Abstract", row["summary"]))
    return PlainTextResponse(f"{text}\n", media_type="text/markdown")


def _paper_at(request: Request) -> sqlite3.Row:
    row = store_of(request).find("papers", id=request.path_params["id"])
    if row is None:
        raise ApiError(404, "Paper not found")
    return row


def _page(request: Request) -> int:
    """The page number, which counts from 0."""
    text = request.query_params.get("p", "0")
    if not re.fullmatch(r"\d{1,16}", text, re.ASCII):
        raise invalid("Invalid input: expected a whole number >=0", "p")
    return int(text)


routes = [
    Route("/api/papers/search", search, methods=["GET"]),
    Route("/api/papers/{id}", paper, methods=["GET"]),
    Route("/api/arxiv/{id}/repos", citing, methods=["GET"]),
    Route("/api/daily_papers", daily, methods=["GET"]),
    Route("/papers/{id}.md", page, methods=["GET"]),
]
