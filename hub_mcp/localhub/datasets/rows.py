"""The parquet conversion of datasets in the tables: which file each shard of each split is read from."""

from __future__ import annotations

import sqlite3

from ..store import Store


def shards_of(store: Store, repo: int) -> list[sqlite3.Row]:
    """The shards of a dataset, by subset and split."""
    return store.rows("select * from parquet where repo = ? order by subset, split, shard", repo)


def shard_file(store: Store, repo: int, subset: str, split: str, number: int) -> str | None:
    """The file in shards/ that one shard of a dataset is read from."""
    row = store.row(
        "select file from parquet where repo = ? and subset = ? and split = ? and shard = ?",
        repo,
        subset,
        split,
        number,
    )
    return str(row["file"]) if row else None
