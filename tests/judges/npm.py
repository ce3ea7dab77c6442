"""What the protocol's tools from npm need: a recent Node, and a server to test."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from hub_mcp.catalogue.endpoint import default_endpoints
from hub_mcp.server.tools.operation_tools import TOOLS

MODULES = Path(__file__).parent / "node_modules"
NODE = MODULES / ".bin" / "node"  # from npm: the judges need Node 22, and many machines have an older one
PATIENCE = 300  # seconds; far more than anything here takes
HUB_MCP = [sys.executable, "-m", "hub_mcp"]
SANDBOX = ["--sandbox", "--journal", "off"]
OFFERED = [*default_endpoints(), *TOOLS]  # the default list of tools


def environment(home: Path) -> dict[str, str]:
    """Ours, without what would set the server up otherwise, and with a home of its own."""
    ours = ("HF_", "HUB_MCP_", "XDG_", "MCP_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return {**kept, "HOME": str(home), "NO_COLOR": "1"}


@contextmanager
def served(home: Path) -> Generator[str]:
    """The endpoint of a `hub-mcp http` in a process of its own, which is killed if it will not end."""
    command = [*HUB_MCP, "http", "--port", "0", *SANDBOX]
    with subprocess.Popen(command, env=environment(home), stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr
        overdue = threading.Timer(PATIENCE, server.kill)
        overdue.start()
        told = server.stderr.readline()
        overdue.cancel()
        drained = threading.Thread(target=server.stderr.read)  # a full pipe would stop the server
        drained.start()
        try:
            assert told.startswith("hub-mcp: http://"), told
            yield told.split()[-1]
        finally:
            server.terminate()
            overdue = threading.Timer(PATIENCE, server.kill)
            overdue.start()
            drained.join()
            overdue.cancel()
