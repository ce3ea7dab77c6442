"""The local Hub as an ASGI application, assembled from its areas, its store and its middleware.

It imitates the documented API of the Hugging Face Hub: models, datasets and Spaces with
their listings, infos, tags, parquet files and Croissant documents; creating, duplicating, deleting, moving
and configuring repositories; their files, commits, branches and tags; discussions and pull requests; likes;
requests for access to gated repositories; people and organizations; resource groups; papers; collections;
jobs and Spaces, which run nothing but pass through their states, with logs and prices; webhooks, which call
only loopback addresses when something changes; notifications of discussions.

A repository stores what was committed to it under git's own ids: blobs, trees and commits. Large files come
through the Git LFS batch API and are uploaded to this Hub's own address. Cards, tags, sizes and dates are
read from the head of main. Deleted repositories and squashed histories are removed from the file too.

Not imitated: git itself over HTTP or SSH, Xet (clients with HF_HUB_DISABLE_XET=1 use LFS), merge commits (a
pull request becomes one commit, as on the Hub), tag annotations, reactions, locking; buckets (collections
and groups only name them), inference, billing, SCIM, search engines and CDN hosts: those are answered with
501, or with an outline if outlines are on. The world's weights and data have only names and sizes; their
bytes are generated when read, so their SHA-256 differs from the listed one. A committed file has at most
256 MiB, a text file 10 MiB. A plan is a column; nothing is ever paid. Numbers such as downloads do not
change. The action quotas of FACTS §7 and the extra limit of whoami-v2 are not enforced; `faults/` can
simulate them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from .areas import areas
from .outlines.outline_routes import OutlineRoute
from .repos import lookup
from .store import Store
from .view import View
from .web.middleware import HubMiddleware
from .web.quotas import RateQuotas
from .web.response import unrouted
from .world.snapshot import world_of


def create_app(
    path: str | None = None,
    *,
    quota: int | None = None,
    models: int = 0,
    faults: str = "",
    outlines: bool = False,
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Starlette:
    """A Hub in memory, or in the SQLite file `path`, which is created and filled with the world if missing.

    `quota` replaces the rate limits of all plans, `models` adds that many plain models to the world
    (for measuring), `faults` is a plan as in `faults/`, `outlines` says whether operations that are not
    imitated are answered with an outline instead of 501. `clock` supplies the time, `entropy` the random part
    of ids.
    """
    store = Store(path, clock, entropy)
    store.open(lambda: world_of(models))
    layers = [Middleware(HubMiddleware, store=store, limits=RateQuotas(quota))]
    if faults:  # outermost except for the view: a network fails before the Hub can answer
        from .faults.fault_layer import Faults  # imported only here: it needs an HTTP client's errors
        from .faults.fault_plan import parse

        plan = parse(faults)
        outlines = outlines or plan.outlines
        layers.insert(0, Middleware(Faults, plan=plan, clock=clock))
    layers.insert(0, Middleware(View, store=store))
    routes: list[BaseRoute] = [*areas(), *lookup.page_routes]
    routes += [OutlineRoute(answers=outlines), *lookup.routes]  # what no area answers
    app = Starlette(routes=routes, middleware=layers, exception_handlers={HTTPException: unrouted})
    app.state.store = store
    return app
