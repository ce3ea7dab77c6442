"""`python -m hub_mcp.localhub [--port N] [FILE]`: the local Hub alone, on loopback."""

from __future__ import annotations

import argparse
import sys

from .app import create_app
from .fault_plan import FaultsError
from .serving import listen, run
from .store import StoreError
from .world import TOKENS


def main() -> None:
    """Say where the Hub listens and which tokens it knows, then serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m hub_mcp.localhub", description=__doc__)
    parser.add_argument(
        "file", nargs="?", metavar="FILE", help="the SQLite file to keep it in (default: memory)"
    )
    parser.add_argument("--port", type=int, default=0, help="the port; 0 picks a free one (default)")
    parser.add_argument(
        "--faults", default="", metavar="PLAN", help="for example latency=200ms,5xx=0.1,seed=7"
    )
    options = parser.parse_args()
    try:
        app = create_app(options.file, faults=options.faults)
    except (StoreError, FaultsError) as error:
        sys.exit(str(error))
    bound = listen(options.port)
    print(f"HF_ENDPOINT=http://127.0.0.1:{bound.getsockname()[1]}")
    for token in TOKENS:
        print(f"{token.token}  {token.about}")
    sys.stdout.flush()
    run(app, bound)


if __name__ == "__main__":
    main()
