"""The parquet conversion of datasets in the tables: which file each shard of each split is read from."""

from __future__ import annotations

from ..store import Store


def shard_file(store: Store, repo: int, subset: str, split: str, number: int) -> str | None:
    """The file in shards/ that one shard of a dataset is read from."""
    row = store.find("parquet", repo=repo, subset=subset, split=split, shard=number)
    return str(row["file"]) if row else None
