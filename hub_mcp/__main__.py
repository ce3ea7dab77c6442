"""`python -m hub_mcp`: the same as `hub-mcp`."""

from hub_mcp.cli import main

main()
