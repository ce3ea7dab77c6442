"""The local Hub's database: the one place of this room that touches a disk.

SQLite is called from the event loop itself: a query takes microseconds, and a block without `await`
is then a transaction that no other request of this process can interleave with. The lock is for
threads (a server on a port in one, a test in another); WAL and the busy timeout are for a second
process on the same file.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources

from starlette.requests import Request

VERSION = 1  # of schema.sql together with the world; kept in the file's user_version
BUSY_SECONDS = 10.0

Value = str | int | float | bytes | None
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None  # what json.loads answers


class StoreError(Exception):
    """The named file cannot be the local Hub's; the text is for the person who named it."""


class Store:
    """One connection, its transactions, the clock and the maker of ids."""

    def __init__(self, path: str | None, clock: Callable[[], float] = time.time) -> None:
        self.path = path
        self.clock = clock
        self._lock = threading.RLock()
        self._depth = 0
        try:
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
                self._connection.execute(f"pragma {pragma}")
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path} cannot be the local Hub's file: {error}") from error
        self._connection.row_factory = sqlite3.Row

    def prepare(self, fill: Callable[[Store], None]) -> None:
        """Make the tables and fill them, once per file, also when two processes open it at once."""
        with self.write():
            version = self.count("pragma user_version")
            if version == 0 and not self.count("select count(*) from sqlite_schema"):
                for statement in _statements(
                    resources.files("hub_mcp.localhub").joinpath("schema.sql").read_text("utf-8")
                ):
                    self.run(statement)
                fill(self)
                self.run(f"pragma user_version = {VERSION}")
            elif version != VERSION:
                raise StoreError(
                    f"{self.path} was not made by this version of the local Hub. "
                    "Nothing was changed in it; name another file, or remove this one."
                )

    def snapshot(self) -> bytes:
        """The whole database as bytes."""
        return self._connection.serialize()

    def restore(self, snapshot: bytes) -> None:
        """Become what a snapshot holds; for a Hub in memory, which is filled faster so than anew."""
        self._connection.deserialize(snapshot)

    @contextmanager
    def write(self) -> Generator[None]:
        """A transaction that changes things: all of it, or on an exception nothing. No `await` inside."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("begin immediate")
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute("rollback")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._connection.execute("commit")

    def run(self, sql: str, *params: Value) -> int:
        """Execute one statement; the number of rows it changed."""
        with self._lock:
            return self._connection.execute(sql, params).rowcount

    def run_many(self, sql: str, rows: Iterable[tuple[Value, ...]]) -> None:
        """Execute one statement for every row."""
        with self._lock:
            self._connection.executemany(sql, rows)

    def rows(self, sql: str, *params: Value) -> list[sqlite3.Row]:
        """All rows of a query."""
        with self._lock:
            return self._connection.execute(sql, params).fetchall()

    def row(self, sql: str, *params: Value) -> sqlite3.Row | None:
        """The first row of a query."""
        with self._lock:
            found: sqlite3.Row | None = self._connection.execute(sql, params).fetchone()
            return found

    def count(self, sql: str, *params: Value) -> int:
        """The one number a query answers; 0 when it answers none."""
        found = self.row(sql, *params)
        return int(found[0] or 0) if found else 0

    def now(self) -> str:
        """This moment as the Hub writes it: `2026-10-06T13:24:38.000Z`."""
        return moment(self.clock())

    def new_id(self) -> str:
        """An ObjectId: 24 hex digits, the first eight of them the time (FACTS §9)."""
        return f"{int(self.clock()):08x}{os.urandom(8).hex()}"

    def close(self) -> None:
        """Close the connection; the in-memory Hub is gone then."""
        self._connection.close()


def moment(seconds: float) -> str:
    """Unix time as the Hub writes it."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def store_of(request: Request) -> Store:
    """The store of the Hub that a request came to."""
    store = request.app.state.store
    assert isinstance(store, Store)
    return store


def shard(name: str) -> bytes:
    """The bytes of a parquet file that ships with the local Hub."""
    return resources.files("hub_mcp.localhub").joinpath("datasets", "shards", name).read_bytes()


def _statements(script: str) -> Iterator[str]:
    """The statements of a script one by one: `executescript` would commit before it starts."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
