"""Signing in with the local Hub: a code works once, for the app that requested it, with its verifier."""

from __future__ import annotations

import base64
import hashlib
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from hub_mcp.localhub.app import create_app
from tests.gate.gates import ADA

pytestmark = pytest.mark.asyncio
BACK = "https://app.example.org/back"
VERIFIER = "v" * 64


async def test_a_code_becomes_a_token_once_and_for_its_app_alone() -> None:
    digest = hashlib.sha256(VERIFIER.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://hub") as hub:
        made = await hub.post("/oauth/register", json={"client_name": "<app>", "redirect_uris": [BACK]})
        assert made.status_code == 201
        client = made.json()["client_id"]
        asked = {"client_id": client, "redirect_uri": BACK, "state": "s", "code_challenge": challenge}
        assert "&lt;app&gt;" in (await hub.get("/oauth/authorize", params=asked)).text
        elsewhere = {**asked, "redirect_uri": "https://elsewhere.example"}
        assert (await hub.get("/oauth/authorize", params=elsewhere)).status_code == 400
        assert (await hub.post("/oauth/authorize", data={**asked, "token": "hf_no"})).status_code == 401

        async def token(verifier: str) -> httpx.Response:
            sent = await hub.post("/oauth/authorize", data={**asked, "token": ADA})
            said = parse_qs(urlsplit(sent.headers["location"]).query)
            assert said["state"] == ["s"]
            form = {
                "client_id": client,
                "redirect_uri": BACK,
                "code": said["code"][0],
                "code_verifier": verifier,
            }
            first = await hub.post("/oauth/token", data=form)
            assert (await hub.post("/oauth/token", data=form)).status_code == 400
            return first

        assert (await token("w" * 64)).json()["error"] == "invalid_grant"
        granted = (await token(VERIFIER)).json()["access_token"]
        who = await hub.get("/api/whoami-v2", headers={"Authorization": f"Bearer {granted}"})
        assert who.json()["name"] == "ada"
