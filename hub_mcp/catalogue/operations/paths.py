"""The paths of an operation in our names, one for each type of repository or form of a path.

/api/models/{namespace}/{repo}/scan      type model, /api/models/{repo_id}/scan
/api/{repoType}/{namespace}/{repo}/like  type model, dataset, space: the same with the plural filled in
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub_mcp.catalogue.operations.pinning import Shape
from hub_mcp.catalogue.operations.table import Operation, Request

TYPES = {
    "models": "model",
    "datasets": "dataset",
    "spaces": "space",
    "buckets": "bucket",
    "kernels": "kernel",
}
SCIM = ("scim", "scim-provisioning")  # the two services; which one an organization has depends on its plan
DEFAULT_REVISION = "main"
RENAMED = {"rev": "revision", "paperId": "arxiv_id"}
_PREFIX = re.compile(
    r"(/api/resolve-cache|/api)?/(models|datasets|spaces|buckets|kernels)/\{namespace\}/\{repo\}"
)
_BARE = re.compile(r"/\{namespace\}/\{repo\}(?=[/.])")
_FIELD = re.compile(r"\{(\w+)\}")
_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def snake(name: str) -> str:
    """One of the Hub's names in our spelling: `jobId` is `job_id`."""
    return _WORD.sub("_", name.replace("-", "_")).lower()


@dataclass(frozen=True)
class Route:
    """One request with our names in its path.

    Attributes:
        type: the type of repository it is for; "" if there is none, or the operation has only one.
        service: the SCIM service it belongs to; "" for others.
        path: the template with our names.
        hub_names: the Hub's name for each of our names in the path.
    """

    request: Request
    type: str
    service: str
    path: str
    hub_names: Mapping[str, str]

    @property
    def shape(self) -> Shape:
        return self.request.shape

    @property
    def fields(self) -> list[str]:
        return _FIELD.findall(self.path)


def routes(operation: Operation) -> tuple[Route, ...]:
    """The routes of an operation, longest path first, without short forms of a slug."""
    found: list[Route] = []
    for request in operation.requests:
        if not _is_short(request, operation):
            found.extend(_routes(request))
    return tuple(sorted(found, key=lambda one: -len(one.fields)))


def _is_short(request: Request, operation: Operation) -> bool:
    """Whether it names a collection by a shorter slug, which our `slug` accepts too."""
    start = "/api/collections/{namespace}/{slug}"
    return (
        request.path.startswith(start)
        and any(one.path.startswith(f"{start}-{{id}}") for one in operation.requests)
        and not request.path.startswith(f"{start}-{{id}}")
    )


def _routes(request: Request) -> list[Route]:
    path = request.path
    if "{repoType}/{namespace}/{repo}" in path:
        plurals = request.shape.path.get("repoType", {}).get("enum", ["models", "datasets", "spaces"])
        return [
            _named(request, path.replace("{repoType}", plural), TYPES[plural], "")
            for plural in plurals
            if plural in TYPES
        ]
    kind = TYPES[match[2]] if (match := _PREFIX.match(path)) else ""
    if not kind and _BARE.match(path):
        kind = "model"
    service = next((one for one in SCIM if f"/{one}/v2/" in path), "")
    return [_named(request, path, kind, service)]


def _named(request: Request, path: str, kind: str, service: str) -> Route:
    hub_names: dict[str, str] = {}
    for inside, ours in (
        ("{namespace}/{repo}", "{repo_id}"),
        ("/collections/{namespace}/{slug}-{id}", "/collections/{slug}"),
        ("/organizations/{name}", "/organizations/{organization}"),
    ):
        path = path.replace(inside, ours)
    for name in _FIELD.findall(path):
        new = RENAMED.get(name) or snake(name)
        hub_names[new] = name
        path = path.replace(f"{{{name}}}", f"{{{new}}}", 1)
    return Route(request, kind, service, path, hub_names)


def types_of(operation: Operation) -> list[str]:
    """The types of repositories it is for, if a call has to name one."""
    kinds = list(dict.fromkeys(one.type for one in routes(operation) if one.type))
    order = list(TYPES.values())
    return sorted(kinds, key=order.index) if len(kinds) > 1 else []


def services_of(operation: Operation) -> list[str]:
    """The SCIM services it belongs to, if a call has to name one."""
    found = {one.service for one in routes(operation)}
    return [one for one in SCIM if one in found] if len(found) > 1 else []


def route_of(operation: Operation, said: Mapping[str, Any]) -> Route:
    """The route of a call with these arguments, by our names.

    Raises:
        ValueError: an argument that its path needs is missing.
    """
    kind, service = str(said.get("type") or ""), str(said.get("service") or "")
    fitting = [
        one
        for one in routes(operation)
        if (not types_of(operation) or one.type == kind)
        and (not services_of(operation) or one.service == service)
    ]
    for one in fitting:
        if all(
            said.get(name) is not None
            for name in one.fields
            if name != "revision" and not may_be_empty(one, name)
        ):
            return one
    lacking = [name for one in fitting[-1:] for name in one.fields if said.get(name) is None]
    raise ValueError(f"{', '.join(lacking) or 'type'} is missing")


def may_be_empty(route: Route, name: str) -> bool:
    """Whether this is the last part of a path and may be omitted, such as for the root of a tree."""
    return name == "path" and re.search(r"/(tree|treesize)/", route.path) is not None
