"""Papers: one, the repositories that cite it, the daily ones, a search, and a page as Markdown."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..people.rights import SignedInUser, caller, visible
from ..repos.selected_fields import LISTED
from ..repos.shapes import LazyRepo, repo_json
from ..repos.summaries import linked_space, repo_card
from ..store import Store, Value, store_of
from ..web.hub_errors import ApiError, invalid
from ..web.request import limit_of
from ..web.response import HubJSON
from .shapes import comments, daily_row, facts, moment, written

LINKED = 12  # repositories of each type on a paper's page; the totals beside them are the truth
CITING = 1000  # repositories of each type in the answer to /api/arxiv
FIELDS = ("submissionDeadline", "comments")
SORTS = {
    "publishedAt": "p.submitted_at desc, p.published_at desc, p.id desc",
    "trending": "p.upvotes desc, p.id desc",
}
DAY = r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
WEEK = r"\d{4}-W(0[1-9]|[1-4][0-9]|5[0-2])"
MONTH = r"\d{4}-(0[1-9]|1[0-2])"
MAX_QUERY = 250
DAYS_TO_SUBMIT = 14


async def paper(request: Request) -> Response:
    """GET /api/papers/{id}; comments and the submission deadline only when `field` asks for them."""
    store, who, row = store_of(request), caller(request), _paper_at(request)
    asked = [*request.query_params.getlist("field"), *request.query_params.getlist("field[]")]
    for name in asked:
        if name not in FIELDS:
            options = "|".join(f'"{field}"' for field in FIELDS)
            raise invalid(f"Invalid option: expected one of {options}", "field")
    answer = facts(store, row)
    if "submissionDeadline" in asked:
        deadline = moment(row["published_at"]) + timedelta(days=DAYS_TO_SUBMIT)
        answer["submissionDeadline"] = written(deadline)
    for type in ("model", "dataset", "space"):
        name = f"{type.capitalize()}s"
        repos, total = _citing(store, who, type, row["id"], LINKED)
        answer[f"linked{name}"] = [
            linked_space(r) if type == "space" else repo_card(store, who, r) for r in repos
        ]
        answer[f"numTotal{name}"] = total
    if "comments" in asked:
        answer["comments"] = comments(store, who, row)
    return HubJSON(answer)


async def citing(request: Request) -> Response:
    """GET /api/arxiv/{id}/repos: three lists, all empty for a paper nobody knows."""
    store, who = store_of(request), caller(request)
    answer: dict[str, list[dict[str, object]]] = {}
    for type in ("model", "dataset", "space"):
        repos, _ = _citing(store, who, type, request.path_params["id"], CITING)
        answer[f"{type}s"] = [
            repo_json(LazyRepo(store, who, row, listed=True), ("author", "trendingScore", *LISTED[type]))
            for row in repos
        ]
    return HubJSON(answer)


async def daily(request: Request) -> Response:
    """GET /api/daily_papers: pages by number; the one beyond the end is empty."""
    store, query = store_of(request), request.query_params
    today = datetime.fromtimestamp(store.clock(), UTC).date()
    clauses, params = ["p.submitted_at is not null"], list[Value]()
    for first, behind in _spans(request):
        if first > today:
            raise invalid(f"{first} is in the future", "date")
        clauses.append("p.submitted_at >= ? and p.submitted_at < ?")
        params += [f"{first}", f"{behind}"]
    if "submitter" in query:
        clauses.append("u.name = ?")
        params.append(query["submitter"])
    sort = query.get("sort", "publishedAt")
    if sort not in SORTS:
        options = "|".join(f'"{key}"' for key in SORTS)
        raise invalid(f"Invalid option: expected one of {options}", "sort")
    limit, number = limit_of(request, 50, 100), _page(request)
    rows = store.rows(
        "select p.* from papers p left join users u on u.id = p.submitted_by"  # noqa: S608 - ours
        f" where {' and '.join(clauses)}"
        f" order by {SORTS[sort]} limit ? offset ?",
        *params,
        limit,
        min(number * limit, 2**62),
    )
    return HubJSON([daily_row(store, caller(request), row) for row in rows])


async def search(request: Request) -> Response:
    """GET /api/papers/search: papers with every word in their title or abstract."""
    store, words = store_of(request), request.query_params.get("q", "")
    if len(words) > MAX_QUERY:
        raise invalid(f"Too big: expected string to have <={MAX_QUERY} characters", "q")
    clauses, params = ["1"], list[Value]()
    for word in words.lower().split():
        clauses.append("instr(lower(p.title || ' ' || p.summary), ?)")
        params.append(word)
    rows = store.rows(
        f"select p.* from papers p where {' and '.join(clauses)}"  # noqa: S608 - our own words
        " order by p.upvotes desc, p.id desc limit ?",
        *params,
        limit_of(request, 50, 120),
    )
    return HubJSON([daily_row(store, caller(request), row) for row in rows])


async def page(request: Request) -> Response:
    """GET /papers/{id}.md: what there is to read; the full text lies with arXiv."""
    row = _paper_at(request)
    names = ", ".join(author["name"] for author in json.loads(row["authors"]))
    when = f"Published {row['published_at'][:10]} as arXiv:{row['id']}"
    text = "\n\n".join((f"# {row['title']}", names, when, "## Abstract", row["summary"]))
    return PlainTextResponse(f"{text}\n", media_type="text/markdown")


def _paper_at(request: Request) -> sqlite3.Row:
    row = store_of(request).row("select * from papers where id = ?", request.path_params["id"])
    if row is None:
        raise ApiError(404, "Paper not found")
    return row


def _citing(
    store: Store, who: SignedInUser | None, type: str, paper: str, limit: int
) -> tuple[Sequence[sqlite3.Row], int]:
    """The repositories of a type tagged with a paper, best known first, and how many there are."""
    condition, params = visible(who)
    where = (
        "from labels l join repos r on r.key = l.repo"
        f" where l.kind = 'tag' and l.value = ? and r.type = ? and {condition}"
    )
    values = [f"arxiv:{paper}", type, *params]
    rows = store.rows(
        f"select r.* {where} order by r.downloads desc, r.likes desc, r._id limit ?", *values, limit
    )
    return rows, store.count(f"select count(*) {where}", *values)


def _spans(request: Request) -> list[tuple[date, date]]:
    """The days that date, week and month name: the first, and the one after the last."""
    spans: list[tuple[date, date]] = []
    for name, pattern in (("date", DAY), ("week", WEEK), ("month", MONTH)):
        text = request.query_params.get(name)
        if text is None:
            continue
        try:
            if not re.fullmatch(pattern, text, re.ASCII):
                raise ValueError
            spans.append(_span(name, text))
        except ValueError:
            raise invalid(f"Invalid {name}", name) from None
    return spans


def _span(name: str, text: str) -> tuple[date, date]:
    if name == "date":
        day = date.fromisoformat(text)
        return day, day + timedelta(days=1)
    if name == "week":
        monday = date.fromisocalendar(int(text[:4]), int(text[6:]), 1)
        return monday, monday + timedelta(days=7)
    first = date(int(text[:4]), int(text[5:]), 1)
    return first, (first + timedelta(days=32)).replace(day=1)


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
