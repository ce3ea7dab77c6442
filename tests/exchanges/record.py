"""Records each tool's exchange with the local Hub, one file per tool: `python -m tests.exchanges.record`.

What is recorded is data for `tests/test_every_endpoint.py`: the arguments, the request they become, the
response, and what is shown of it. Time stands still and chance is the same each time, for each tool apart:
what did not change is recorded as it was. Read the difference before committing it.
"""

import asyncio
import base64
import json
import random
import sys
from pathlib import Path
from typing import Any

import httpx

from hub_mcp.catalogue import ENDPOINTS, Change, Endpoint
from hub_mcp.catalogue.http import HttpRequest
from hub_mcp.client.hub import Hub
from hub_mcp.client.token import Token
from hub_mcp.dev.derived_files import bring_up_to_date, files_in
from hub_mcp.localhub.app import create_app
from hub_mcp.localhub.world.tokens import TOKENS
from hub_mcp.wiring import SANDBOX
from tests.samples import CALLS
from tests.written import SOURCE

HERE = Path(__file__).parent
NOW = 1791288000.0  # 2026-10-06, noon
KEPT = (
    "content-type",
    "location",
    "link",
    "x-error-code",
    "content-length",
    "content-range",
    "x-repo-commit",
)


def body_of(request: HttpRequest) -> Any:
    """What a request sends: an object, the objects of its lines, or bytes in base64."""
    if request.content is None:
        return request.body
    if "json" not in request.content_type:
        return base64.b64encode(request.content).decode()
    return [json.loads(line) for line in request.content.splitlines()]


async def exchange(hub: Hub, call: Endpoint[Any]) -> dict[str, Any]:
    """Make the call and return the request, the response and the text shown."""
    if isinstance(call, Change) and (target := call.target()):
        call = call.settled(await hub.send(target))
    request = call.to_http("")
    response = await hub.exchange(call)
    answer = call.from_http(response)
    text = response.body.decode("utf-8", "replace")
    return {
        "settled": call.as_arguments(),
        "request": {"method": request.method, "path": request.url, "body": body_of(request)},
        "response": {
            "status": response.status,
            "url": response.url,
            "headers": {name: response.headers[name] for name in KEPT if name in response.headers},
            "body": json.loads(text) if "json" in response.headers.get("content-type", "") and text else text,
        },
        "shown": answer.content(),
    }


async def recorded() -> dict[str, str]:
    """Every exchange as it is written to its file, by tool."""
    chance = random.Random()  # noqa: S311 - no secret comes of it
    app = create_app(clock=lambda: NOW, entropy=chance.randbytes)
    token = Token(TOKENS[0].token, "the local Hub's world")
    hub = Hub(SANDBOX, token, transport=lambda: httpx.ASGITransport(app), secrets_from=(SOURCE,))
    texts: dict[str, str] = {}
    if missing := ENDPOINTS.keys() - CALLS.keys():
        raise SystemExit(
            f"add a line with arguments to CALLS in tests/samples.py for: {', '.join(sorted(missing))}"
        )
    learned = {"{slug}": "", "{comment}": ""}
    for tool, arguments in CALLS.items():
        chance.seed(tool)
        given = {
            name: learned.get(one, one) if isinstance(one, str) else one for name, one in arguments.items()
        }
        made = await exchange(hub, ENDPOINTS[tool].model_validate(given))
        if tool in ("create_collection", "update_collection"):
            learned["{slug}"] = made["shown"].get("slug", learned["{slug}"])
        if tool == "comment_discussion":
            learned["{comment}"] = made["shown"]["id"]
        told = {"tool": tool, "arguments": given, **made}
        texts[tool] = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    await hub.aclose()
    return texts


async def main(check: bool) -> int:
    """Write each exchange that differs; returns 1 if one differs and `check` is on."""
    wanted = {HERE / f"{tool}.json": text.encode() for tool, text in (await recorded()).items()}
    return int(bring_up_to_date(wanted, files_in(HERE, "*.json"), check=check) and check)


if __name__ == "__main__":
    sys.exit(asyncio.run(main(check="--check" in sys.argv[1:])))
