"""Which fields an answer has, by type and by what the caller selected (FACTS §11)."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.requests import Request

from ..web.hub_errors import invalid
from ..web.request import truthy

# What `expand` accepts, in the order of the Hub's own refusal (recorded for models).
EXPAND = {
    "model": (
        "author", "baseModels", "cardData", "config", "createdAt", "disabled", "downloads",
        "downloadsAllTime", "evalResults", "gated", "inference", "inferenceProviderMapping", "lastModified",
        "library_name", "likes", "mask_token", "model-index", "pipeline_tag", "private", "safetensors", "sha",
        "siblings", "spaces", "tags", "transformersInfo", "trendingScore", "widgetData", "gguf",
        "resourceGroup", "xetEnabled", "childrenModelCount", "usedStorage",
    ),
    "dataset": (
        "author", "cardData", "citation", "createdAt", "description", "disabled", "downloads",
        "downloadsAllTime", "gated", "lastModified", "likes", "mainSize", "paperswithcode_id", "private",
        "sha", "siblings", "tags", "trendingScore", "resourceGroup", "xetEnabled", "usedStorage",
    ),
    "space": (
        "author", "cardData", "createdAt", "datasets", "disabled", "lastModified", "likes", "models",
        "private", "region", "runtime", "sdk", "sha", "siblings", "subdomain", "tags", "trendingScore",
        "resourceGroup", "xetEnabled", "usedStorage",
    ),
}  # fmt: skip
ONLY_ONE = ("baseModels", "childrenModelCount", "usedStorage")  # refused in listings

INFO = {
    "model": (
        "private", "pipeline_tag", "library_name", "tags", "downloads", "likes", "modelId", "author", "sha",
        "lastModified", "gated", "inference", "disabled", "mask_token", "widgetData", "model-index", "config",
        "cardData", "transformersInfo", "gguf", "safetensors", "siblings", "spaces", "createdAt",
        "usedStorage",
    ),
    "dataset": (
        "author", "sha", "lastModified", "private", "gated", "disabled", "tags", "citation", "description",
        "paperswithcode_id", "downloads", "likes", "cardData", "siblings", "createdAt", "usedStorage",
    ),
    "space": (
        "author", "sha", "lastModified", "private", "gated", "disabled", "host", "subdomain", "tags",
        "likes", "sdk", "models", "datasets", "cardData", "siblings", "runtime", "createdAt", "usedStorage",
    ),
}  # fmt: skip

LISTED = {
    "model": (
        "likes", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt", "modelId",
    ),
    "dataset": (
        "author", "disabled", "gated", "lastModified", "likes", "private", "sha", "description", "downloads",
        "tags", "createdAt", "key",
    ),
    "space": ("likes", "private", "sdk", "tags", "createdAt"),
}  # fmt: skip
FULL = {
    "model": ("author", "gated", "lastModified", "sha", "siblings"),
    "dataset": ("cardData", "citation", "paperswithcode_id", "siblings"),
    "space": ("author", "lastModified", "sha", "siblings", "cardData", "subdomain", "runtime"),
}


def expanded(request: Request, type: str, listed: bool = False) -> Sequence[str] | None:
    """The fields that `expand` or `expand[]` names, or None; an unknown one is refused."""
    query = request.query_params
    asked = [*query.getlist("expand"), *query.getlist("expand[]")]
    if not asked:
        return None
    options = [name for name in EXPAND[type] if not (listed and name in ONLY_ONE)]
    for index, name in enumerate(asked):
        if name not in options:
            listing = "|".join(f'"{option}"' for option in options)
            raise invalid(f"Invalid option: expected one of {listing}", "expand", index)
    return list(dict.fromkeys(asked))


def listed_fields(request: Request, type: str, sort: str) -> Sequence[str]:
    """The fields of a listing's rows."""
    chosen = expanded(request, type, listed=True)
    if chosen is not None:
        return chosen
    fields = list(LISTED[type])
    if sort == "trendingScore":
        fields.insert(1, "trendingScore")
    if truthy(request, "full"):
        fields += FULL[type]
    fields += ["cardData"] if truthy(request, "cardData") else []
    if type == "space" and any(name in request.query_params for name in ("linked", "models", "datasets")):
        fields += ["models", "datasets"]
    fields += ["config"] if type == "model" and truthy(request, "config") else []
    return list(dict.fromkeys(fields))
