"""A small Hub of our own: Starlette and SQLite, independent of the rest of hub_mcp."""
