"""Pictures, videos and sounds shown in discussions: anybody may upload them, anybody may read them."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from ..store import store_of
from ..web.hub_errors import ApiError, bad_request, page_missing
from ..web.json_body import bounded_body
from ..web.request import origin

MOST_VIDEO, MOST_OTHER = 50_000_000, 10_000_000
MOST_KEPT = 256_000_000  # bytes of all attachments together, which have to fit into memory
ENDINGS = {
    "image/png": "png", "image/jpeg": "jpeg", "image/gif": "gif", "image/webp": "webp",
    "video/mp4": "mp4", "video/quicktime": "mov", "video/webm": "webm",
    "audio/mpeg": "mp3", "audio/wav": "wav",
}  # fmt: skip


async def attach(request: Request) -> Response:
    """POST /uploads: the bytes of one file; returns its address."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ENDINGS:
        raise ApiError(415, f"Unsupported content type: expected one of {', '.join(ENDINGS)}")
    content = await bounded_body(request, MOST_VIDEO if kind.startswith("video/") else MOST_OTHER)
    if not content:
        raise bad_request("The body is empty")
    store = store_of(request)
    with store.write():
        if (
            store.count("select coalesce(sum(length(content)), 0) from attachments") + len(content)
            > MOST_KEPT
        ):
            raise ApiError(413, f"This local Hub keeps {MOST_KEPT:,} bytes of attachments, and has them")
        name = f"{store.new_id()}.{ENDINGS[kind]}"
        store.insert("attachments", name=name, kind=kind, content=content)
    return PlainTextResponse(f"{origin(request)}/uploads/{name}")


async def attached(request: Request) -> Response:
    """GET /uploads/{name}, which the Hub serves from a host of its own."""
    row = store_of(request).find("attachments", name=request.path_params["name"])
    if row is None:
        raise page_missing()
    kept = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return Response(row["content"], media_type=row["kind"], headers=kept)


routes = [
    Route("/uploads", attach, methods=["POST"]),
    Route("/uploads/{name}", attached, methods=["GET"]),
]
