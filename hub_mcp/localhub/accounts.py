"""Users and organizations: who am I, overviews, members, followers."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from .manners import Answer
from .people import signed_in


async def whoami(request: Request) -> Response:
    """GET /api/whoami-v2."""
    who = signed_in(request)
    return Answer({"type": "user", "id": who.id, "name": who.name})


routes = [Route("/api/whoami-v2", whoami, methods=["GET"])]
