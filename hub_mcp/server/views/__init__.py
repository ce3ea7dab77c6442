"""Views: pages that a host shows beside an answer (MCP Apps, `io.modelcontextprotocol/ui`, 2026-01-26)."""
