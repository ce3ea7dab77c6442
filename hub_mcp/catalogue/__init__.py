"""What the Hub offers: every documented endpoint, in the order of the documentation."""

from hub_mcp.catalogue import (
    collections,
    datasets,
    models,
    organizations,
    papers,
    repos,
    resource_groups,
    spaces,
    users,
)
from hub_mcp.catalogue.endpoint import ENDPOINTS, Effect, Endpoint

AREAS = (collections, datasets, models, organizations, papers, repos, resource_groups, spaces, users)

__all__ = ["AREAS", "ENDPOINTS", "Effect", "Endpoint"]
