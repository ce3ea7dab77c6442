"""The world a new local Hub is filled with, the same each time."""

from __future__ import annotations

from collections.abc import Iterator

from ..gating.seed_requests import fill_requests
from ..git.seed_history import fill_conversions, fill_histories
from ..jobs.seed_jobs import fill_jobs
from ..repos.rows import NewRepo, insert_repos
from ..store import Store
from ..webhooks.seed_webhooks import fill_webhooks
from .fixed_random import TODAY, oid, roll, world, written
from .seed_collections import fill_collections
from .seed_datasets import datasets
from .seed_discussions import fill_discussions, fill_likes
from .seed_edge_cases import edge_cases
from .seed_models import models
from .seed_papers import fill_papers
from .seed_people import crowd, fill_people
from .seed_spaces import spaces

PUBLISHERS = 150  # members of the crowd who have published something


def fill(store: Store, extra: int = 0) -> None:
    """Put the world into empty tables; `extra` adds that many plain models."""
    tables = world()
    fill_people(store, tables)
    users = {row["name"]: str(row["id"]) for row in store.find_all("users")}
    owners = crowd(PUBLISHERS)
    ordinary = list(models(tables, owners))
    held = list(datasets(tables, owners))
    demos = list(spaces(tables, owners, [model.id for model in ordinary]))
    repos = [*ordinary, *edge_cases(users), *(dataset for dataset, *_ in held), *demos, *_plain(extra)]
    insert_repos(store, repos)
    fill_histories(store, repos)
    keys = {row["id"]: row["key"] for row in store.rows("select id, key from repos where type = 'dataset'")}
    store.insert_many(
        "parquet",
        "repo, subset, split, shard, file",
        (
            (keys[dataset.id], subset, split, n, f"{kind}-{n % 2}.parquet")
            for dataset, kind, conversion in held
            for subset, splits in conversion.items()
            for split, shards in splits.items()
            for n in range(shards)
        ),
    )
    fill_conversions(store)
    fill_requests(store)
    fill_papers(store)
    fill_collections(store)
    fill_discussions(store)
    fill_likes(store)
    fill_jobs(store)
    fill_webhooks(store, users["ada"])


def _plain(count: int) -> Iterator[NewRepo]:
    """Models without a story, for measuring."""
    day = written(TODAY)
    for n in range(count):
        name = f"nimbus-labs/bench-{n:06d}"
        tags = ["transformers", "safetensors", "text-generation", "en", "license:mit", "region:us"]
        yield NewRepo(
            "model",
            name,
            oid("model", name, day),
            day,
            day,
            tags,
            {"license": "mit"},
            pipeline_tag="text-generation",
            library_name="transformers",
            downloads=roll(10**6, "d", name),
            likes=roll(5000, "l", name),
            trending=roll(500, "t", name),
            parameters=roll(10**10, "p", name),
        )
