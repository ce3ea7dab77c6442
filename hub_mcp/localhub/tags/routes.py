"""The tags of models and datasets by type: the Hub's vocabulary plus every tag in use."""

from __future__ import annotations

import re
from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ..store import Store, store_of
from ..web.hub_errors import invalid
from ..web.response import HubJSON
from .rows import tags_in_use
from .tag_labels import DATASET_LIBRARIES, LANGUAGES, LIBRARIES, LICENSES, TASK_GROUP, task_label

MODEL_TYPES = (
    "pipeline_tag", "library", "dataset", "bucket", "language", "license", "arxiv", "doi", "region", "deploy",
    "other",
)  # fmt: skip
DATASET_TYPES = (
    "benchmark", "task_categories", "size_categories", "modality", "format", "library", "language", "license",
    "arxiv", "doi", "region", "other", "task_ids", "annotations_creators", "language_creators",
    "multilinguality", "source_datasets",
)  # fmt: skip
LABELS = {"region:us": "🇺🇸 Region: US", "region:eu": "🇪🇺 Region: EU", "benchmark:official": "Official"}
BUILT = ("base_model", "diffusers")  # prefixes of tags that the Hub adds itself and never lists

Tag = dict[str, str]


async def model_tags(request: Request) -> Response:
    """GET /api/models-tags-by-type."""
    return _answer(request, MODEL_TYPES, [*_model_vocabulary(), *_in_use(store_of(request), "model")])


async def dataset_tags(request: Request) -> Response:
    """GET /api/datasets-tags-by-type."""
    return _answer(request, DATASET_TYPES, [*_dataset_vocabulary(), *_in_use(store_of(request), "dataset")])


def _answer(request: Request, types: tuple[str, ...], tags: list[Tag]) -> Response:
    """The tags by type, each once; only one type if the caller names it."""
    only = request.query_params.get("type")
    if only is not None and only not in types:
        listed = "|".join(f'"{type}"' for type in types)
        raise invalid(f"Invalid option: expected one of {listed}", "type")
    grouped: dict[str, dict[str, Tag]] = {type: {} for type in types if only in (None, type)}
    for tag in tags:
        if tag["type"] in grouped:
            grouped[tag["type"]].setdefault(tag["id"], tag)
    return HubJSON({type: list(found.values()) for type, found in grouped.items()})


def _in_use(store: Store, type: str) -> Iterator[Tag]:
    """Every tag on a public repository, most used first."""
    for id in tags_in_use(store, type):
        tag = _classified(id, MODEL_TYPES if type == "model" else DATASET_TYPES)
        if tag is not None:
            yield tag


def _classified(id: str, types: tuple[str, ...]) -> Tag | None:
    """A tag with its type: from its prefix, or for a model from the vocabulary."""
    prefix, _, rest = id.partition(":")
    if rest and prefix in types:
        return _tag(id, _label(prefix, rest, id), prefix)
    if prefix in BUILT:
        return None
    if types is MODEL_TYPES:
        if id in TASK_GROUP:
            return _task(id)
        if id in LIBRARIES:
            return _tag(id, LIBRARIES[id], "library")
        if id in LANGUAGES or re.fullmatch(r"[a-z]{2}", id):
            return _tag(id, LANGUAGES.get(id, id), "language")
    return _tag(id, id, "other")


def _model_vocabulary() -> Iterator[Tag]:
    yield from (_task(task) for task in TASK_GROUP)
    yield from (_tag(id, label, "library") for id, label in LIBRARIES.items())
    yield from (_tag(code, name, "language") for code, name in LANGUAGES.items())
    yield from (_tag(f"license:{license}", license, "license") for license in LICENSES)
    yield from (_tag(id, LABELS[id], "region") for id in ("region:us", "region:eu"))


def _dataset_vocabulary() -> Iterator[Tag]:
    for task, group in TASK_GROUP.items():
        yield _tag(f"task_categories:{task}", task, "task_categories") | {"subType": group}
    yield _tag("benchmark:official", "Official", "benchmark")
    yield from (_tag(f"library:{id}", label, "library") for id, label in DATASET_LIBRARIES.items())
    yield from (_tag(f"language:{code}", name, "language") for code, name in LANGUAGES.items())
    yield from (_tag(f"license:{license}", license, "license") for license in LICENSES)
    sizes = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M", "100M<n<1B", "1B<n<10B")
    yield from (_tag(f"size_categories:{size}", size, "size_categories") for size in sizes)
    modalities = ("3d", "audio", "document", "geospatial", "image", "tabular", "text", "timeseries", "video")
    for modality in modalities:
        yield _tag(f"modality:{modality}", modality.capitalize(), "modality")
    for format in ("json", "csv", "parquet", "imagefolder", "text", "webdataset", "arrow", "audiofolder"):
        yield _tag(f"format:{format}", format, "format")


def _task(id: str) -> Tag:
    return _tag(id, task_label(id), "pipeline_tag") | {"subType": TASK_GROUP[id]}


def _label(prefix: str, rest: str, id: str) -> str:
    known = {"language": LANGUAGES, "library": DATASET_LIBRARIES}.get(prefix, {})
    return LABELS.get(id) or known.get(rest, rest)


def _tag(id: str, label: str, type: str) -> Tag:
    return {"id": id, "label": label, "type": type}


routes = [
    Route("/api/models-tags-by-type", model_tags, methods=["GET"]),
    Route("/api/datasets-tags-by-type", dataset_tags, methods=["GET"]),
]
