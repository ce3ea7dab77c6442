"""The areas of the local Hub, each imported when a request may match one of its routes.

One request needs one area, and importing all of them takes longer than answering it. Their paths are in
`area_paths.json`, which `python -m hub_mcp.dev manifests` writes from the areas.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from importlib.resources import files

from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from .repos.lookup import PLURALS

# The modules with routes, in the order in which their routes are tried.
AREAS = (
    "search.routes", "search.docs_routes",
    "people.oauth", "people.routes", "people.owned_repos", "groups.role_changes", "people.audit_events",
    "tags.routes", "repos.repo_search", "people.likes", "repos.creation", "repos.duplication",
    "repos.repo_changes", "datasets.routes",
    "spaces.hardware_prices", "spaces.space_offers", "spaces.log_routes", "spaces.runtime_routes",
    "spaces.setting_routes", "spaces.volume_routes",
    "repos.routes", "content.routes", "content.commit_routes", "content.large_files", "content.ref_routes",
    "discussions.routes", "discussions.event_routes", "discussions.attachment_routes",
    "papers.routes", "collections.routes", "collections.collection_search", "collections.item_routes",
    "groups.routes", "groups.group_assignment", "gating.routes",
    "jobs.routes", "webhooks.routes",
    "jobs.job_streams", "jobs.schedule_routes", "notifications.routes",
)  # fmt: skip
FILE = "area_paths.json"
PLURAL = "{type:plural}"
DEEP = ":path}"  # ends a parameter that may contain slashes


class Area(BaseRoute):
    """The routes of one module.

    Args:
        paths: their path templates; the module is imported for a path that may match one of them.
    """

    def __init__(self, module: str, paths: Sequence[str]) -> None:
        self.module = module
        self._paths = [path.split("/") for path in paths]

    @cached_property
    def routes(self) -> Sequence[BaseRoute]:
        """The routes that the module declares."""
        declared: Sequence[BaseRoute] = import_module(f"{__package__}.{self.module}").routes
        return declared

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """The match of the first route for a request, otherwise of the first with another method."""
        partial: tuple[Match, Scope] = Match.NONE, {}
        if scope["type"] != "http" or not self._may_have(scope["path"].split("/")):
            return partial
        for route in self.routes:
            match, more = route.matches(scope)
            found = match, {**more, "route_of_area": route}
            if match is Match.FULL:
                return found
            if match is Match.PARTIAL and partial[0] is Match.NONE:
                partial = found
        return partial

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the route found."""
        route: BaseRoute = scope["route_of_area"]
        await route.handle(scope, receive, send)

    def _may_have(self, given: Sequence[str]) -> bool:
        return any(_may_be(path, given) for path in self._paths)


def areas() -> list[Area]:
    """Every area, in the order of matching."""
    paths = json.loads(files(__package__ or "").joinpath(FILE).read_bytes())
    return [Area(module, paths[module]) for module in AREAS]


def _may_be(path: Sequence[str], given: Sequence[str]) -> bool:
    """Whether the segments of a path may match a route; a parameter matches any segment."""
    long_enough = len(given) >= len(path) if path[-1].endswith(DEEP) else len(given) == len(path)
    return long_enough and all(
        one == said or ("{" in one and (one != PLURAL or said in PLURALS))
        for one, said in zip(path, given, strict=False)
    )
