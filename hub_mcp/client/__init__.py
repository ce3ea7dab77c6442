"""How a call reaches a Hub: httpx, without MCP."""

import sys

# httpx brings its own command line, and that brings rich and pygments where they are: 3 MiB and 20 ms
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # which Python takes as not there
