"""What the Hub offers: every documented endpoint, in the order of the documentation, and others beside."""

from hub_mcp.catalogue import (
    collections,
    comments,
    commits,
    copies,
    datasets,
    discussions,
    file_content,
    files,
    likers,
    models,
    moderation,
    organization_access,
    organizations,
    papers,
    ref_changes,
    refs,
    repos,
    resource_groups,
    spaces,
    users,
)
from hub_mcp.catalogue.change import Change
from hub_mcp.catalogue.endpoint import ENDPOINTS, Endpoint
from hub_mcp.catalogue.http import Effect

__all__ = [
    "ENDPOINTS",
    "Change",
    "Effect",
    "Endpoint",
    "collections",
    "comments",
    "commits",
    "copies",
    "datasets",
    "discussions",
    "file_content",
    "files",
    "likers",
    "models",
    "moderation",
    "organization_access",
    "organizations",
    "papers",
    "ref_changes",
    "refs",
    "repos",
    "resource_groups",
    "spaces",
    "users",
]
