"""How a call reaches a Hub: httpx, without MCP."""

import sys

# httpx imports its command line, and with it rich and pygments if installed: 3 MiB and 20 ms
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # which Python takes as not there
