"""The page where a person approves a plan over HTTP: signed in to the Hub, by typing the name.

    GET  /approve/{id}          who signs in, and with what button
    POST /approve/{id}/sign-in  off to the Hub
    GET  /approve/back          back from it: what would be done, and where the name is typed
    POST /approve/{id}          the name

What a browser carries is sealed and bound to its cookie. A plan is shown only to the holder of the token
that asked for it, and no token is kept.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from html import escape
from urllib.parse import parse_qs

import anyio.to_thread
from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from hub_mcp.client.hub import Hub
from hub_mcp.errors import HubError, plain
from hub_mcp.gate.approvals import PAGE, Approvals, Waiting
from hub_mcp.server.http.hub_sign_in import HubSignIn

APPROVE = "/approve"
COOKIE = "hub_mcp_approve"
WAY, PROOF = b"way back:", b"proof:"  # so that what is sealed for one never passes for the other
LASTS = 600  # seconds
MOST_BODY = 16 * 1024
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",  # with none a form would come without its origin
    "X-Frame-Options": "DENY",
}
POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"
STYLE = (
    "body{font:16px/1.5 system-ui;max-width:44rem;margin:3rem auto;padding:0 1rem}"
    "pre{white-space:pre-wrap;border:1px solid;padding:1rem}"
)
GONE = "No plan is waiting here: it has expired, was approved already, or never existed."


class ApprovalPage:
    """The routes of the page.

    Args:
        hub: where people sign in.
        origin: where browsers reach this server.
    """

    def __init__(self, approvals: Approvals, hub: Hub, origin: str) -> None:
        self._approvals = approvals
        self._origin = origin
        self._policy = f"{POLICY}; form-action 'self' {hub.base}"
        self._signing = HubSignIn(hub, f"{origin}{APPROVE}/back")
        self.routes = [
            Route(f"{APPROVE}/back", self.back, methods=["GET"]),
            Route(f"{APPROVE}/{{id}}", self.first, methods=["GET"]),
            Route(f"{APPROVE}/{{id}}", self.typed, methods=["POST"]),
            Route(f"{APPROVE}/{{id}}/sign-in", self.sign_in, methods=["POST"]),
        ]

    async def first(self, request: Request) -> Response:
        """The page before anybody has signed in; it tells nothing of the plan."""
        plan = await self._plan(request.path_params["id"])
        if plan is None:
            return self._page(GONE, 404)
        return self._page(
            "An assistant asks for something that only you can approve. Sign in to the Hub to see it.",
            form=f"<form method='post' action='{escape(plan.id)}/sign-in'>"
            "<button>Sign in with Hugging Face</button></form>",
        )

    async def sign_in(self, request: Request) -> Response:
        """Off to the Hub, with a cookie that the way back is bound to."""
        plan = await self._plan(request.path_params["id"])
        if plan is None:
            return self._page(GONE, 404)
        ticket, browser = secrets.token_urlsafe(12), secrets.token_urlsafe(24)
        try:
            begun = await self._signing.begin(ticket)
        except HubError as error:
            return self._page(f"Signing in does not work: {error.sentence()}", 502)
        kept = self._seal(
            WAY,
            {
                "ticket": ticket,
                "id": plan.id,
                "client": begun.client_id,
                "verifier": begun.verifier,
                "browser": browser,
            },
        )
        response = RedirectResponse(begun.address, 303, headers=HEADERS)
        response.set_cookie(
            COOKIE,
            kept,
            LASTS,
            path="/",
            secure=self._origin.startswith("https:"),
            httponly=True,
            samesite="lax",
        )
        return response

    async def back(self, request: Request) -> Response:
        """What would be done, for its caller alone."""
        kept = self._open(WAY, request.cookies.get(COOKIE, ""))
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        if not kept or not code or not secrets.compare_digest(kept["ticket"].encode(), state.encode()):
            return self._page("The sign-in was not finished. Open the address of the plan again.", 400)
        plan = await self._plan(kept["id"])
        if plan is None:
            return self._page(GONE, 404)
        try:
            name = await self._signing.end(kept["client"], kept["verifier"], code)
        except HubError as error:
            return self._page(f"Signing in did not work: {error.sentence()}", 502)
        if name.lower() != plan.account.lower():
            return self._page(f"You are {name}, and this plan is somebody else's. Nothing was approved.", 403)
        proof = self._seal(PROOF, {"id": plan.id, "name": name, "browser": _digest(kept["browser"])})
        return self._page(
            f"You are {name}. An assistant asked for this by {plan.tool}:",
            shown=plan.consequence,
            form=f"<form method='post' action='{escape(plan.id)}'>"
            f"<input type='hidden' name='proof' value='{escape(proof)}'>"
            f"<p><label>To go ahead, type exactly <b>{escape(plan.retype)}</b><br>"
            "<input name='name' autocomplete='off' autofocus></label> <button>Approve</button></p></form>",
        )

    async def typed(self, request: Request) -> Response:
        """Approve the plan, if the name was typed by who signed in."""
        plan = await self._plan(request.path_params["id"])
        if plan is None:
            return self._page(GONE, 404)
        form = await _form(request)
        proof, kept = (
            self._open(PROOF, form.get("proof", "")),
            self._open(WAY, request.cookies.get(COOKIE, "")),
        )
        if (
            not proof
            or not kept
            or (proof["id"], proof["browser"]) != (plan.id, _digest(kept["browser"]))
            or proof["name"].lower() != plan.account.lower()
        ):
            return self._page("Sign in first: open the address of the plan again. Nothing was approved.", 403)
        if form.get("name") != plan.retype:
            return self._page(
                "That is not exactly the name, so nothing was approved. Go back and type it.", 400
            )
        await anyio.to_thread.run_sync(self._approvals.approve, plan, PAGE)
        return self._page(f"Approved. It will be done when the assistant calls {plan.tool} again.")

    def _page(self, says: str, status: int = 200, *, shown: str = "", form: str = "") -> HTMLResponse:
        """A page; whatever stands in it is text, but for the form, which is ours."""
        shown = f"<pre>{escape(shown)}</pre>" if shown else ""
        body = (
            "<!doctype html><html lang='en'><meta charset='utf-8'><title>hub-mcp</title>"
            f"<style>{STYLE}</style><h1>hub-mcp</h1><p>{escape(plain(says))}</p>{shown}{form}</html>"
        )
        return HTMLResponse(body, status, {**HEADERS, "Content-Security-Policy": self._policy})

    async def _plan(self, id: str) -> Waiting | None:
        """A plan that waits and has a caller; None where there is none, or it is approved."""

        def find() -> Waiting | None:
            found = self._approvals.find(id.lower()) if id.isalnum() else None
            return found if found and found.account and not self._approvals.has_approved(found) else None

        try:
            return await anyio.to_thread.run_sync(find)
        except HubError:
            return None

    def _codec(self, purpose: bytes) -> AESGCMRequestStateCodec:
        return AESGCMRequestStateCodec([hashlib.sha256(purpose + self._approvals.page_secret()).digest()])

    def _seal(self, purpose: bytes, said: Mapping[str, str]) -> str:
        return self._codec(purpose).seal(
            json.dumps({**said, "until": str(int(time.time()) + LASTS)}).encode()
        )

    def _open(self, purpose: bytes, text: str) -> dict[str, str]:
        """What was sealed here; empty where it was not, or has expired."""
        try:
            said: dict[str, str] = json.loads(self._codec(purpose).unseal(text))
        except (InvalidRequestState, ValueError):
            return {}
        return said if int(said["until"]) > time.time() else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _form(request: Request) -> dict[str, str]:
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_BODY:
            return {}
    try:
        return {name: one[0] for name, one in parse_qs(body.decode(), max_num_fields=20).items()}
    except ValueError:
        return {}
