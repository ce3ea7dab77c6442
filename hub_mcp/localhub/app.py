"""The local Hub as an ASGI application: its areas, its store and its manners put together.

It imitates the Hugging Face Hub where the documented API reaches: models, datasets and Spaces with
their listings, infos, tags, parquet files and Croissant documents; creating, deleting, moving and
setting up repositories; people and organizations; resource groups; papers; collections.

Not imitated: git and Git LFS, commits, branches and pull requests, discussions, uploads, running
Spaces, buckets (collections and groups only name them), jobs, inference, billing, OAuth, webhooks, SCIM,
search engines and CDN hosts. Large files have names and sizes but no content. Plans are a column,
nothing is ever paid. Numbers such as downloads do not move. The action quotas of FACTS §7 and the extra
limit of whoami-v2 are not kept; `faults/` can pretend them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from types import ModuleType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from .collections import collection_search, item_routes
from .collections import routes as collections
from .content import routes as content
from .datasets import routes as datasets
from .groups import group_assignment
from .groups import routes as groups
from .papers import routes as papers
from .people import owned_repos
from .people import routes as people
from .repos import creation, lookup, repo_changes, repo_search, tag_listing
from .repos import routes as repos
from .store import Store
from .view import View
from .web.middleware import HubMiddleware
from .web.quotas import RateQuotas
from .web.response import unrouted
from .world.snapshot import world_of

AREAS: tuple[ModuleType, ...] = (
    people, owned_repos, tag_listing, repo_search, creation, repo_changes, datasets, repos, content,
    papers, collections, collection_search, item_routes, groups, group_assignment,
    lookup,  # last: its routes take what no area answers
)  # fmt: skip


def create_app(
    path: str | None = None,
    *,
    quota: int | None = None,
    models: int = 0,
    faults: str = "",
    clock: Callable[[], float] = time.time,
    entropy: Callable[[int], bytes] = os.urandom,
) -> Starlette:
    """A Hub in memory, or in the SQLite file `path`, which is made and filled with the world when new.

    `quota` replaces the rate limits of all plans, `models` adds that many plain models to the world
    (for measuring), `faults` is a plan as in `faults/`. `clock` is where the time comes from, and
    `entropy` where the random part of ids does.
    """
    store = Store(path, clock, entropy)
    store.open(lambda: world_of(models))
    routes: list[BaseRoute] = [route for area in AREAS for route in area.routes]
    layers = [Middleware(HubMiddleware, store=store, limits=RateQuotas(quota))]
    if faults:  # outermost but for the view: a network fails before the Hub can answer
        from .faults.fault_layer import Faults  # loaded only here: it needs an HTTP client's errors
        from .faults.fault_plan import parse

        layers.insert(0, Middleware(Faults, plan=parse(faults), clock=clock))
    layers.insert(0, Middleware(View, store=store))
    app = Starlette(
        routes=routes,
        middleware=layers,
        exception_handlers={HTTPException: unrouted},
    )
    app.state.store = store
    return app
