"""What the Hub offers for new Spaces: templates, and a quota of free GPU time."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..people.rights import signed_in
from ..web.response import HubJSON

TEMPLATES = (  # sdk, name, and the Space it copies, which need not exist here
    ("docker", "JupyterLab", "SpacesExamples/jupyterlab", True),
    ("docker", "Streamlit", "streamlit/streamlit-template-space", False),
    ("gradio", "chatbot", "gradio-templates/chatbot", False),
    ("gradio", "text-to-image", "gradio-templates/text-to-image-gradio-template", False),
    ("static", "blank", "static-templates/blank", False),
)
GPU_SECONDS = {False: 300, True: 2_400}  # per day, without and with PRO


async def templates(_: Request) -> Response:
    """GET /api/spaces/templates, for everybody."""
    names = ("sdk", "name", "repoId", "preferredPrivate")
    return HubJSON({"templates": [dict(zip(names, one, strict=True)) for one in TEMPLATES]})


async def zero_gpu_quota(request: Request) -> Response:
    """GET /api/spaces/zero-gpu/quota: nothing runs here, so none of it is used."""
    base = GPU_SECONDS[signed_in(request).is_pro]
    return HubJSON({"base": base, "current": base, "resetsAt": None, "overquotaUsed": 0})


routes = [
    Route("/api/spaces/templates", templates, methods=["GET"]),
    Route("/api/spaces/zero-gpu/quota", zero_gpu_quota, methods=["GET"]),
]
