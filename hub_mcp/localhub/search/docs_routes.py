"""A handful of documentation pages, searched by the words they share with a question."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..web.hub_errors import invalid
from ..web.request import limit_of
from ..web.response import HubJSON
from ..world.fixed_random import digest, world

QUERY = 250
WORD = re.compile(r"[a-z0-9]{3,}")


async def by_meaning(request: Request) -> Response:
    """GET /api/docs/search."""
    limit, product = limit_of(request, 10, 25), request.query_params.get("product")
    found = [one for one in _fitting(_question(request)) if product in (None, one["product"])]
    return HubJSON([_passage(one) for one in found[:limit]])


async def by_words(request: Request) -> Response:
    """GET /api/docs/search/full-text."""
    limit = limit_of(request, 9, 100)
    hits = [
        {"url": one["url"], "hierarchy_lvl0": one["product"], "hierarchy_lvl1": one["page"],
         "hierarchy_lvl2": one["heading"], "content": one["text"]}
        for one in _fitting(_question(request))[:limit]
    ]  # fmt: skip
    return HubJSON({"hits": hits})


async def manuals(_: Request) -> Response:
    """GET /api/docs."""
    return HubJSON(world("docs.json")["manuals"])


def _question(request: Request) -> str:
    words = request.query_params.get("q")
    if words is None:
        raise invalid("Invalid input: expected string, received undefined", "q")
    if len(words) > QUERY:
        raise invalid(f"Too big: expected string to have <={QUERY} characters", "q")
    return words


def _fitting(question: str) -> list[dict[str, str]]:
    """The passages that share words with the question, most shared words first."""
    asked = set(WORD.findall(question.lower()))
    passages: list[dict[str, str]] = world("docs.json")["passages"]
    shared = [(len(asked & set(WORD.findall(" ".join(one.values()).lower()))), one) for one in passages]
    return [one for number, one in sorted(shared, key=lambda pair: -pair[0]) if number]


def _passage(one: dict[str, str]) -> dict[str, object]:
    return {
        "id": digest("passage", one["url"]),
        "_vectors": {"embeddings": []},
        "product": one["product"],
        "heading1": one["page"],
        "heading2": one["heading"],
        "text": one["text"],
        "source_page_url": one["url"],
        "source_page_title": one["page"],
    }


routes = [
    Route("/api/docs/search/full-text", by_words, methods=["GET"]),
    Route("/api/docs/search", by_meaning, methods=["GET"]),
    Route("/api/docs", manuals, methods=["GET"]),
]
