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
from types import ModuleType

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from .collections import collection_search, item_routes
from .collections import routes as collections
from .content import commit_routes, large_files, ref_routes
from .content import routes as content
from .datasets import routes as datasets
from .discussions import attachment_routes, event_routes
from .discussions import routes as discussions
from .faults.fault_plan import parse
from .gating import routes as gating
from .groups import group_assignment, role_changes
from .groups import routes as groups
from .jobs import job_streams, schedule_routes
from .jobs import routes as jobs
from .notifications import routes as notifications
from .outlines.outline_routes import OutlineRoute
from .papers import routes as papers
from .people import audit_events, likes, owned_repos
from .people import routes as people
from .repos import creation, duplication, lookup, repo_changes, repo_search
from .repos import routes as repos
from .search import docs_routes
from .search import routes as search
from .spaces import hardware_prices, log_routes, runtime_routes, setting_routes, space_offers, volume_routes
from .store import Store
from .tags import routes as tags
from .view import View
from .web.middleware import HubMiddleware
from .web.quotas import RateQuotas
from .web.response import unrouted
from .webhooks import routes as webhooks
from .world.snapshot import world_of

AREAS: tuple[ModuleType, ...] = (
    search, docs_routes,
    people, owned_repos, role_changes, audit_events, tags, repo_search, likes, creation, duplication,
    repo_changes, datasets,
    hardware_prices, space_offers, log_routes, runtime_routes, setting_routes, volume_routes,
    repos, content, commit_routes, large_files, ref_routes, discussions, event_routes, attachment_routes,
    papers, collections, collection_search, item_routes, groups, group_assignment, gating,
    jobs, webhooks,
    job_streams, schedule_routes, notifications,
)  # fmt: skip


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
    plan = parse(faults)
    routes: list[BaseRoute] = [route for area in AREAS for route in area.routes]
    routes += lookup.page_routes
    routes += [OutlineRoute(answers=outlines or plan.outlines), *lookup.routes]  # what no area answers
    layers = [Middleware(HubMiddleware, store=store, limits=RateQuotas(quota))]
    if faults:  # outermost except for the view: a network fails before the Hub can answer
        from .faults.fault_layer import Faults  # imported only here: it needs an HTTP client's errors

        layers.insert(0, Middleware(Faults, plan=plan, clock=clock))
    layers.insert(0, Middleware(View, store=store))
    app = Starlette(
        routes=routes,
        middleware=layers,
        exception_handlers={HTTPException: unrouted},
    )
    app.state.store = store
    return app
