"""The minimal arguments for a call of an operation."""

from typing import Any

from hub_mcp.catalogue.operations.arguments import of_route
from hub_mcp.catalogue.operations.paths import routes, services_of, types_of
from hub_mcp.catalogue.operations.table import Operation
from hub_mcp.dev.operations.schema_samples import sample

NAMES = {
    "repo_id": "acme/tiny",
    "organization": "acme",
    "namespace": "acme",
    "username": "ada",
    "revision": "main",
    "arxiv_id": "2311.12983",
    "slug": "acme/list-64f9a55bb3115b4f513ec026",
    "num": "3",
    "compare": "main..dev",
}


def least_arguments(operation: Operation) -> dict[str, Any]:
    """The least arguments that make a call of it, with every part of its richest path."""
    route = routes(operation)[0]
    said: dict[str, Any] = {}
    for one in of_route(operation, route).values():
        if one.required or one.name in route.fields:
            named = one.place == "path" and "enum" not in one.schema and one.name in NAMES
            said[one.name] = NAMES[one.name] if named else sample(one.schema)
    if "/collections/" not in route.path and said.get("slug") == NAMES["slug"]:
        said["slug"] = "about-us"
    if types_of(operation):
        said["type"] = route.type
    if services_of(operation):
        said["service"] = route.service
    return said
