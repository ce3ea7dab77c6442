"""Records an exchange of every tool with the local Hub: `python -m tests.exchanges.record`, a file a tool.

What is recorded is data for `tests/test_every_endpoint.py`: the arguments, the request they become, the
response, and what is shown of it. Read the difference before committing it.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

from hub_mcp.catalogue import ENDPOINTS, Endpoint
from hub_mcp.client.hub import Hub
from hub_mcp.settings import Settings
from hub_mcp.wiring import hub_of
from tests.exchanges.cases import CASES

HERE = Path(__file__).parent
KEPT = ("content-type", "location", "link", "x-error-code", "content-length")


async def exchange(hub: Hub, call: Endpoint[Any]) -> dict[str, Any]:
    """Make the call and tell what was sent, what came back and what is shown of it."""
    if target := call.target():
        call = call.settled(await hub.send(target))
    request = call.to_http("")
    response = await hub.exchange(call)
    answer = call.from_http(response)
    text = response.body.decode("utf-8", "replace")
    return {
        "settled": call.as_arguments(),
        "request": {"method": request.method, "path": request.url, "body": request.body},
        "response": {
            "status": response.status,
            "url": response.url,
            "headers": {name: response.headers[name] for name in KEPT if name in response.headers},
            "body": json.loads(text) if "json" in response.headers.get("content-type", "") and text else text,
        },
        "shown": answer.content(),
    }


async def main() -> None:
    hub = hub_of(Settings(sandbox=""))
    slug = ""
    for tool, arguments in CASES.items():
        given = {name: slug if value == "{slug}" else value for name, value in arguments.items()}
        made = await exchange(hub, ENDPOINTS[tool].model_validate(given))
        slug = made["shown"].get("slug", slug) if tool in ("create_collection", "update_collection") else slug
        text = json.dumps({"tool": tool, "arguments": given, **made}, indent=1, ensure_ascii=False)
        (HERE / f"{tool}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
