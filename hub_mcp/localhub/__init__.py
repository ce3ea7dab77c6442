"""A small Hub of our own: Starlette and SQLite, knowing nothing of the rest of hub_mcp."""
