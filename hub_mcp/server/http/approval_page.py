"""The page where a person approves a call over HTTP: signed in to the Hub, by typing a name or a secret.

    GET  /approve/{id}          a button to sign in, and afterwards what would be done
    POST /approve/{id}/sign-in  redirects to the Hub
    GET  /approve/back          the return from the Hub
    POST /approve/{id}          the name, or the secret

State in the browser is sealed and bound to its cookie. A call is shown only to the owner of the token that
made it, and no token is kept. What waits here is a plan (`gate/approvals.py`) or a secret
(`gate/awaited_secrets.py`).
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Mapping
from urllib.parse import parse_qs, urlsplit

import anyio
import anyio.to_thread
from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from hub_mcp.client.hub import Hub
from hub_mcp.client.server_secrets import SHORTEST
from hub_mcp.errors import BadInput, HubError
from hub_mcp.gate.approvals import PAGE, Approvals, Waiting
from hub_mcp.gate.awaited_secrets import AwaitedSecret, AwaitedSecrets
from hub_mcp.server.http.hub_sign_in import HubSignIn
from hub_mcp.server.http.page_markup import HEADERS, button, form, name_field, page, secret_field

APPROVE = "/approve"
AWAY, COOKIE = "hub_mcp_away", "hub_mcp_approve"  # during sign-in, and afterwards
# So that what is sealed for one purpose never passes for another.
WAY, SIGNED, PROOF = b"way back:", b"signed in:", b"proof:"
LASTS = 600  # seconds
MOST_BODY = 40 * 1024  # bytes: percent-encoding triples a secret of full length
IN_TIME = 20.0  # seconds for a form to arrive
GONE = "Nothing is waiting here: it has expired, was answered already, or never existed."
AGAIN = "Open the address that the assistant gave you again."


class ApprovalPage:
    """The routes of the page.

    Args:
        hub: where people sign in.
        origin: the origin at which browsers reach this server.
        awaited: the secrets that people are expected to type.
    """

    def __init__(
        self, approvals: Approvals, hub: Hub, origin: str, awaited: AwaitedSecrets | None = None
    ) -> None:
        self._approvals = approvals
        self._awaited = awaited
        self._path = urlsplit(origin).path + APPROVE
        self._https = origin.startswith("https:")
        self._policy = f"form-action 'self' {hub.base}"
        self._signing = HubSignIn(hub, f"{origin}{APPROVE}/back")
        self.routes = [
            Route(f"{APPROVE}/back", self.back, methods=["GET"]),
            Route(f"{APPROVE}/{{id}}", self.shown, methods=["GET"]),
            Route(f"{APPROVE}/{{id}}", self.typed, methods=["POST"]),
            Route(f"{APPROVE}/{{id}}/sign-in", self.sign_in, methods=["POST"]),
        ]

    async def shown(self, request: Request) -> Response:
        """What would be done, shown only to the caller; before sign-in, a button."""
        waits = await self._waits(request.path_params["id"])
        if waits is None:
            return self._page(GONE, 404)
        signed = self._open(SIGNED, request.cookies.get(COOKIE, ""))
        if signed.get("id") != waits.id:
            return self._page(
                "An assistant asks for something that only you can approve. Sign in to the Hub to see it.",
                form=button(f"{waits.id}/sign-in", "Sign in with Hugging Face"),
            )
        if signed["name"].lower() != waits.account.lower():
            return self._not_theirs(signed["name"])
        return self._question(waits, signed)

    async def sign_in(self, request: Request) -> Response:
        """Redirect to the Hub, with a cookie that the return is bound to."""
        waits = await self._waits(request.path_params["id"])
        if waits is None:
            return self._page(GONE, 404)
        ticket = secrets.token_urlsafe(12)
        try:
            begun = await self._signing.begin(ticket)
        except HubError as error:
            return self._page(f"Signing in does not work: {error.sentence()}", 502)
        way = {"ticket": ticket, "id": waits.id, "client": begun.client_id, "verifier": begun.verifier}
        return self._on_to(begun.address, AWAY, self._seal(WAY, way), f"{self._path}/back")

    async def back(self, request: Request) -> Response:
        """Return from the Hub: redirect to the call's own address, so that the code is in no address bar."""
        way = self._open(WAY, request.cookies.get(AWAY, ""))
        state, code = request.query_params.get("state", ""), request.query_params.get("code", "")
        if not way or not code or not secrets.compare_digest(way["ticket"].encode(), state.encode()):
            return self._page(f"The sign-in was not finished. {AGAIN}", 400)
        waits = await self._waits(way["id"])
        if waits is None:
            return self._page(GONE, 404)
        try:
            name = await self._signing.end(way["client"], way["verifier"], code)
        except HubError as error:
            return self._page(f"Signing in did not work: {error.sentence()} {AGAIN}", 502)
        if name.lower() != waits.account.lower():
            return self._not_theirs(name)
        signed = {"id": waits.id, "name": name, "browser": secrets.token_urlsafe(24)}
        here = f"{self._path}/{waits.id}"
        return self._on_to(here, COOKIE, self._seal(SIGNED, signed), here)

    async def typed(self, request: Request) -> Response:
        """Approve the call, if the signed-in person typed the right name or a secret."""
        id = request.path_params["id"]
        if await self._waits(id) is None:
            return self._page(GONE, 404)
        given = await _form(request)
        if (waits := await self._waits(id)) is None:  # it ended while the form arrived
            return self._page(GONE, 404)
        proof = self._open(PROOF, given.get("proof", ""))
        signed = self._open(SIGNED, request.cookies.get(COOKIE, ""))
        if (
            not proof
            or not signed
            or {proof["id"], signed["id"]} != {waits.id}
            or proof["browser"] != _digest(signed["browser"])
            or signed["name"].lower() != waits.account.lower()
        ):
            return self._page(f"You are not signed in any more. {AGAIN} Nothing was changed.", 403)
        if waits.retype and given.get("name") != waits.retype:
            return self._question(waits, signed, "That is not exactly the name, so nothing was approved.")
        if isinstance(waits, AwaitedSecret):
            return self._took(waits, signed, given.get("secret", ""))
        await anyio.to_thread.run_sync(self._approvals.approve, waits, PAGE)
        return self._page(
            f"Approved. It will be done when the assistant calls {waits.tool} again; tell it to go on."
        )

    def _took(self, waits: AwaitedSecret, signed: Mapping[str, str], secret: str) -> Response:
        """Store a secret for its call."""
        assert self._awaited
        try:
            self._awaited.type(waits, secret)
        except BadInput as error:
            return self._question(waits, signed, f"{error.what} Nothing was approved.")
        return self._page(
            "Thank you. It goes to the Hub with the assistant's call; if that has ended meanwhile, tell the "
            "assistant to go on. You can close this page."
        )

    def _question(
        self, waits: Waiting | AwaitedSecret, signed: Mapping[str, str], wrong: str = ""
    ) -> Response:
        """What would be done, with the form to approve it.

        Args:
            wrong: what was wrong with what was typed.
        """
        proof = self._seal(PROOF, {"id": waits.id, "browser": _digest(signed["browser"])})
        fields = name_field(waits.retype) if waits.retype else ""
        awaits = isinstance(waits, AwaitedSecret)
        return self._page(
            f"You are {signed['name']}. An assistant asked for this by {waits.tool}:",
            400 if wrong else 200,
            wrong=wrong,
            shown=waits.consequence,
            form=form(
                waits.id,
                {"proof": proof},
                fields + (secret_field(SHORTEST) if awaits else ""),
                "Set the secret" if awaits else "Approve",
            ),
        )

    def _not_theirs(self, name: str) -> Response:
        return self._page(
            f"You are {name}, and this was asked for by somebody else. Nothing was approved. If it was you, "
            f"sign out of the Hub, and in again as who the assistant works for. {AGAIN}",
            403,
        )

    def _page(
        self, says: str, status: int = 200, *, wrong: str = "", shown: str = "", form: str = ""
    ) -> Response:
        return page(says, self._policy, status, wrong=wrong, shown=shown, form=form)

    def _on_to(self, address: str, cookie: str, value: str, path: str) -> Response:
        """A redirect that sets a cookie for one path."""
        response = RedirectResponse(address, 303, headers=HEADERS)
        response.set_cookie(
            cookie, value, LASTS, path=path, secure=self._https, httponly=True, samesite="lax"
        )
        return response

    async def _waits(self, id: str) -> Waiting | AwaitedSecret | None:
        """The waiting call with a known caller; None if there is none, or it was answered."""
        if self._awaited and (awaited := self._awaited.find(id)):
            return awaited

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
        """The content sealed here; empty if it was not sealed here, or has expired."""
        try:
            said: dict[str, str] = json.loads(self._codec(purpose).unseal(text))
        except (InvalidRequestState, ValueError):
            return {}
        return said if int(said["until"]) > time.time() else {}


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; empty if it is too large, too slow, or not a form."""
    body = bytearray()
    with anyio.move_on_after(IN_TIME) as time:
        async for piece in request.stream():
            body += piece
            if len(body) > MOST_BODY:
                return {}
    if time.cancelled_caught:
        return {}
    try:
        return {name: one[0] for name, one in parse_qs(body.decode(), max_num_fields=20).items()}
    except ValueError:
        return {}
