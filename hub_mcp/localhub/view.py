"""A page that shows the local Hub's content and the requests it received, for people trying things out.

It is served at `/` to this machine only, private content included, and reads its data from
`/_view/state`. It is a middleware outside `middleware.py`, so that its own requests are neither counted nor
logged. The page may not load or send anything elsewhere, and never contains a token.
"""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import json
import re
from functools import cache
from importlib import resources

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from .store import Store, Value

PATHS = ("/", "/_view/state")
REPOSITORIES, COLLECTIONS, REQUESTS = 200, 100, 200
CHANGING = ("POST", "PUT", "PATCH", "DELETE")
HOSTS = ("localhost", "127.0.0.1", "[::1]")  # another name may be a web page's that resolves to this machine
HOLDERS = (  # of tokens, and the organizations they are in: whose things the page shows first
    "select u.name from users u join tokens t on t.user_id = u.id union"
    " select o.name from orgs o join members m on m.org_id = o.id join tokens t on t.user_id = m.user_id"
)
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class View:
    """The middleware itself: it answers two paths and passes on everything else."""

    def __init__(self, app: ASGIApp, store: Store) -> None:
        self.app = app
        self.store = store

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the page or its data."""
        if scope["type"] != "http" or scope["path"] not in PATHS or scope["method"] not in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        await self._answer(Request(scope))(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        if not _local(request):
            return PlainTextResponse("This page is shown on the Hub's own machine only.\n", 403)
        if request.url.path == "/":
            html, policy = _page()
            return HTMLResponse(html, headers=HEADERS | {"Content-Security-Policy": policy})
        facts = state(self.store, request.query_params.get("q", ""), "everybody" in request.query_params)
        body = _secrets(self.store).sub("hf_…", json.dumps(facts, separators=(",", ":")))
        return Response(body, headers=HEADERS, media_type="application/json")


def state(store: Store, search: str = "", everybody: bool = False) -> dict[str, object]:
    """What the page shows: matching repositories, the latest of each area, the last requests."""
    from .watched_areas import watched  # brings jobs and Spaces

    ours = "1" if everybody else f"namespace in ({HOLDERS})"
    return {
        "now": store.now(),
        "counts": {
            "repositories": store.number("repos"),
            "collections": store.number("collections"),
            "groups": store.number("resource_groups"),
        },
        "repositories": _rows(
            store,
            "select r.type, r.id, r.visibility, r.gated, r.disabled, r.downloads, r.likes, g.name as 'group',"  # noqa: S608 - ours
            " r.last_modified as changed from repos r left join resource_groups g on g.id = r.resource_group"
            f" where {ours} and instr(lower(r.id), lower(?)) order by r.last_modified desc, r.key limit ?",
            search,
            REPOSITORIES,
        ),
        "collections": _rows(
            store,
            "select c.namespace || '/' || c.title_slug || '-' || c.id as slug, c.title,"  # noqa: S608 - ours
            " c.namespace as owner,"
            " c.private, c.upvotes, c.last_updated as changed, g.name as 'group',"
            " (select count(*) from collection_items i where i.collection = c.id) as items"
            " from collections c left join resource_groups g on g.id = c.resource_group"
            f" where {ours} and instr(lower(c.namespace || ' ' || c.title), lower(?))"
            " order by c.last_updated desc, c.id limit ?",
            search,
            COLLECTIONS,
        ),
        "groups": [
            row | {"users": json.loads(str(row["users"]))}
            for row in _rows(
                store,
                "select g.id, o.name as org, g.name, g.auto_join_role as joining,"
                " (select json_group_array(json_object('name', u.name, 'role', m.role))"
                "  from resource_group_users m join users u on u.id = m.user_id"
                "  where m.group_id = g.id) as users,"
                " (select count(*) from repos where resource_group = g.id)"
                " + (select count(*) from collections where resource_group = g.id)"
                " + (select count(*) from buckets where resource_group = g.id) as resources"
                " from resource_groups g join orgs o on o.id = g.org_id"
                " where instr(lower(o.name || ' ' || g.name), lower(?)) order by g.created_at, g.id",
                search,
            )
        ],
        **watched(store, search, ours),
        "requests": _requests(store),
    }


def _requests(store: Store) -> list[dict[str, object]]:
    """The last requests, newest first."""
    rows = _rows(store, "select * from requests order by id desc limit ?", REQUESTS)
    for row in rows:
        for part in ("path", "query", "said"):
            row[part] = str(row[part] or "")
        row["changing"] = row["method"] in CHANGING
    return rows


def _secrets(store: Store) -> re.Pattern[str]:
    """The tokens of this Hub, or what looks like a token, to be masked wherever somebody put one."""
    tokens = [str(row["token"]) for row in store.rows("select token from tokens")]
    return re.compile("|".join([*map(re.escape, tokens), r"hf_[A-Za-z0-9]{30,}"]))


def _rows(store: Store, sql: str, *params: Value) -> list[dict[str, object]]:
    return [dict(row) for row in store.rows(sql, *params)]


def _local(request: Request) -> bool:
    """Whether the caller is on this machine and used one of its own names."""
    client = request.client
    try:
        near = client is not None and ipaddress.ip_address(client.host).is_loopback
    except ValueError:
        near = False
    return near and re.sub(r":\d+$", "", request.headers.get("host", "")).lower() in HOSTS


@cache
def _page() -> tuple[str, str]:
    """The page, with a policy that allows only its own style and script."""
    html = resources.files("hub_mcp.localhub").joinpath("view.html").read_text("utf-8")
    allowed = {
        tag: "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for tag, text in re.findall(r"<(style|script)>(.*?)</\1>", html, re.DOTALL)
    }
    policy = (
        f"default-src 'none'; style-src {allowed['style']}; script-src {allowed['script']};"
        " connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return html, policy
