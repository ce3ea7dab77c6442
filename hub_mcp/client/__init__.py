"""How a call reaches a Hub: httpx, and nothing of MCP."""
