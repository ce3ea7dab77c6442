"""The hardware available for Spaces with its prices, as the Hub lists it publicly."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..jobs.machines import OF_SPACES
from ..web.response import HubJSON


async def hardware(_: Request) -> Response:
    """GET /api/spaces/hardware: public; without hardware that is granted only on request."""
    return HubJSON([machine.as_json() for machine in OF_SPACES])


routes = [Route("/api/spaces/hardware", hardware, methods=["GET"])]
