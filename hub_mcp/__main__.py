"""The `hub-mcp` command, and `python -m hub_mcp`.

A plain server over stdio answers what is the same for every client at once, while the SDK is imported;
everything else goes through the command line.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Serve at once if the arguments are plain; otherwise run the command line."""
    from hub_mcp.cli.flags.plain_arguments import plain_settings

    settings = plain_settings(sys.argv[1:], os.environ)
    if settings is not None:
        from hub_mcp.server.early.early_session import can_serve, serve_early

        if can_serve():
            begun = serve_early(settings)
            if begun is not None:
                from hub_mcp.wiring import run_stdio

                run_stdio(settings, begun)
            return
    from hub_mcp.cli.main import main as command_line

    command_line()


if __name__ == "__main__":
    main()
