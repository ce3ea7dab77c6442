"""How a call reaches a Hub: httpx2, and nothing of MCP."""
