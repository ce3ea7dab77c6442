"""The hardware that a Space can be given, with what each costs, as the Hub lists it for everybody."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..jobs.machines import OF_SPACES
from ..web.response import HubJSON


async def hardware(_: Request) -> Response:
    """GET /api/spaces/hardware: everybody may read it; what is given only on request is not in it."""
    return HubJSON([machine.as_json() for machine in OF_SPACES])


routes = [Route("/api/spaces/hardware", hardware, methods=["GET"])]
