"""Signing in to other services with the Hub (OAuth): apps register, a person agrees, a code becomes a token.

The real Hub knows the person by a cookie. Here nobody has one, so the page asks for a token of this Hub's
world. Only the authorization code flow with PKCE is imitated, for apps without a secret.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass
from html import escape
from urllib.parse import parse_qs, urlencode, urlsplit
from weakref import WeakKeyDictionary

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ..store import Store, store_of
from ..web.hub_errors import ApiError
from ..web.json_body import body_of, bounded_body
from ..web.response import HubJSON
from .rows import add_reading_token, token_holder

MOST_BODY = 16 * 1024
MOST_CODES = 1000
MOST_FIELDS = 20  # of a form
GRANTS = ["authorization_code", "refresh_token"]
ASKED = ("client_id", "redirect_uri", "state", "code_challenge")
PAGE = """<!doctype html><meta charset="utf-8"><title>Authorize</title>
<h1>Authorize {app}</h1>
<p>It learns who you are. This Hub knows nobody's browser: sign in with a token of its world.</p>
<form method="post">{hidden}<input name="token" type="password" autofocus><button>Authorize</button></form>"""


@dataclass(frozen=True)
class App:
    """A registered app."""

    name: str
    redirect_uris: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """What a code stands for."""

    user: str
    client: str
    redirect: str
    challenge: str


_CODES: WeakKeyDictionary[Store, dict[str, Grant]] = WeakKeyDictionary()


async def register(request: Request) -> Response:
    """POST /oauth/register; the client id encodes the registration."""
    body = await body_of(request)
    name, uris = body.text("client_name"), body.fields.get("redirect_uris")
    body.check()
    places = [one for one in uris if isinstance(one, str)] if isinstance(uris, list) else []
    if not places or not all(urlsplit(one).scheme in ("http", "https") for one in places):
        raise ApiError(400, "redirect_uris must be addresses")
    said = json.dumps({"name": name or "an app", "redirect_uris": places}).encode()
    return HubJSON(
        {
            "client_id": base64.urlsafe_b64encode(said).decode(),
            "client_id_issued_at": 0,
            "client_secret_expires_at": 0,
            "client_name": name or "an app",
            "redirect_uris": places,
            "scope": "openid profile",
            "grant_types": GRANTS,
            "token_endpoint_auth_method": "none",
        },
        201,
    )


async def authorize(request: Request) -> Response:
    """GET /oauth/authorize shows the page, POST sends the person back with a code."""
    form = await _form(request) if request.method == "POST" else {}
    said = {**request.query_params, **form}
    client = _client(said.get("client_id", ""))
    if said.get("redirect_uri") not in client.redirect_uris or not said.get("code_challenge"):
        raise ApiError(400, "Invalid redirect_uri, or no code_challenge")
    if request.method == "GET":
        hidden = "".join(
            f'<input type="hidden" name="{name}" value="{escape(said.get(name, ""))}">' for name in ASKED
        )
        return HTMLResponse(PAGE.format(app=escape(client.name), hidden=hidden))
    store = store_of(request)
    holder = token_holder(store, said.get("token", "").strip())
    if holder is None:
        raise ApiError(401, "That is no token of this Hub")
    code = store.entropy(16).hex()
    codes = _CODES.setdefault(store, {})
    if len(codes) >= MOST_CODES:
        del codes[next(iter(codes))]
    codes[code] = Grant(holder["id"], said["client_id"], said["redirect_uri"], said["code_challenge"])
    query = urlencode({"code": code, "state": said.get("state", "")})
    return RedirectResponse(f"{said['redirect_uri']}?{query}", 302)


async def token(request: Request) -> Response:
    """POST /oauth/token: a code works once, for the app that it was issued to."""
    form, store = await _form(request), store_of(request)
    grant = _CODES.get(store, {}).pop(form.get("code", ""), None)
    digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked = (form.get("client_id"), form.get("redirect_uri"), challenge)
    if grant is None or asked != (grant.client, grant.redirect, grant.challenge):
        return HubJSON({"error": "invalid_grant", "error_description": "The code is not valid"}, 400)
    made = f"hf_oauth_{store.entropy(24).hex()}"
    with store.write():
        add_reading_token(store, grant.user, f"OAuth {made[-8:]}", made)
    return HubJSON(
        {"access_token": made, "token_type": "bearer", "expires_in": 28800, "scope": "openid profile"}
    )


def _client(id: str) -> App:
    try:
        found = json.loads(base64.urlsafe_b64decode(id))
        return App(str(found["name"]), tuple(map(str, found["redirect_uris"])))
    except (ValueError, TypeError, KeyError):
        raise ApiError(400, "Unknown client_id") from None


async def _form(request: Request) -> dict[str, str]:
    text = (await bounded_body(request, MOST_BODY)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(text, max_num_fields=MOST_FIELDS).items()}


routes = [
    Route("/oauth/register", register, methods=["POST"]),
    Route("/oauth/authorize", authorize, methods=["GET", "POST"]),
    Route("/oauth/token", token, methods=["POST"]),
]
