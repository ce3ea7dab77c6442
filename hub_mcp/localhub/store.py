"""The local Hub's database: the only module of this package that touches the disk.

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
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib import resources

from starlette.requests import Request

from .hub_file import APPLICATION, VERSION, StoreError, check_file, of_version

BUSY_SECONDS = 10.0

Value = str | int | float | bytes | None
Json = dict[str, "Json"] | list["Json"] | str | int | float | bool | None  # what json.loads returns


class Store:
    """One connection, its transactions, the clock and the source of ids.

    `entropy` returns the given number of random bytes; with a fixed one and a fixed clock, the same requests
    get the same answers.
    """

    def __init__(
        self,
        path: str | None,
        clock: Callable[[], float] = time.time,
        entropy: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self.path = path
        self.clock = clock
        self.entropy = entropy
        self._lock = threading.RLock()
        self._depth = 0
        if path is not None:
            check_file(path)
        try:
            self._connection = sqlite3.connect(
                path or ":memory:", timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
            )
            if path is not None and not self._number("application_id"):
                self._connection.execute(f"pragma application_id = {APPLICATION}")
            for pragma in ("journal_mode = wal", "synchronous = normal", "foreign_keys = on"):
                self._connection.execute(f"pragma {pragma}")
        except sqlite3.DatabaseError as error:
            raise StoreError(f"{path} cannot be the local Hub's file: {error}.") from error
        self._connection.row_factory = sqlite3.Row

    def make(self, fill: Callable[[Store], None]) -> None:
        """Create the tables and fill them."""
        schema = resources.files("hub_mcp.localhub").joinpath("schema.sql").read_text("utf-8")
        with self.write():
            for statement in _statements(schema):
                self.run(statement)
            fill(self)
            self.run(f"pragma user_version = {VERSION}")

    def snapshot(self) -> bytes:
        """The whole database as bytes."""
        return self._connection.serialize()

    def open(self, snapshot: Callable[[], bytes]) -> None:
        """Load a snapshot, unless the file has been used before.

        Raises:
            StoreError: another version made the file.
        """
        if self.path is None:
            self._connection.deserialize(snapshot())
        elif not self.count("select count(*) from sqlite_schema"):
            self._connection.execute("attach ':memory:' as snapshot")
            self._connection.deserialize(snapshot(), name="snapshot")
            with self.write():
                if not self.count("select count(*) from main.sqlite_schema"):  # no other process was first
                    self._copy()
            self._connection.execute("detach snapshot")
        if (version := self._number("user_version")) != VERSION:
            raise of_version(self.path or "The snapshot", version)

    def _copy(self) -> None:
        """Copy the attached snapshot: tables with their rows, then indexes and triggers."""
        self.run("pragma defer_foreign_keys = on")
        made = self.rows(
            "select type, name, sql from snapshot.sqlite_schema"
            " where sql is not null and name not like 'sqlite%'"
        )
        tables = [entry for entry in made if entry["type"] == "table"]
        for table in tables:
            self.run(table["sql"])
        for table in tables:
            self.run(f"insert into main.{table['name']} select * from snapshot.{table['name']}")  # noqa: S608 - our own
        for entry in made:
            if entry["type"] != "table":
                self.run(entry["sql"])
        self.run(f"pragma user_version = {VERSION}")

    def _number(self, pragma: str) -> int:
        """A number in the database's header."""
        return int(self._connection.execute(f"pragma {pragma}").fetchone()[0])

    @contextmanager
    def write(self) -> Generator[None]:
        """A write transaction, rolled back on an exception. No `await` inside."""
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
        """Execute one statement and return the number of rows it changed."""
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
        """The single number a query returns; 0 if it returns none."""
        found = self.row(sql, *params)
        return int(found[0] or 0) if found else 0

    # Queries without SQL of their own: table and column names are ours, values are bound.

    def find(self, table: str, /, **where: Value) -> sqlite3.Row | None:
        """The first row with these values."""
        return self.row(f"select * from {table} where {_all(where)}", *where.values())  # noqa: S608 - see above

    def get(self, table: str, /, **where: Value) -> sqlite3.Row:
        """The row with these values, which is known to exist."""
        found = self.find(table, **where)
        assert found is not None, (table, where)
        return found

    def find_all(self, table: str, order: str = "1", /, **where: Value) -> list[sqlite3.Row]:
        """All rows with these values."""
        sql = f"select * from {table} where {_all(where)} order by {order}"  # noqa: S608 - see above
        return self.rows(sql, *where.values())

    def number(self, table: str, /, **where: Value) -> int:
        """How many rows have these values."""
        return self.count(f"select count(*) from {table} where {_all(where)}", *where.values())  # noqa: S608 - see above

    def insert(self, table: str, how: str = "", /, **row: Value) -> int:
        """Insert a row; `how` resolves conflicts with an existing one: "or ignore", "or replace"."""
        marks = ",".join("?" * len(row))
        sql = f"insert {how} into {table} ({', '.join(row)}) values ({marks})"  # noqa: S608 - see above
        return self.run(sql, *row.values())

    def insert_many(self, table: str, columns: str, rows: Iterable[tuple[Value, ...]], how: str = "") -> None:
        """Insert rows, each with a value for every column."""
        marks = ",".join("?" for _ in columns.split(","))
        self.run_many(f"insert {how} into {table} ({columns}) values ({marks})", rows)  # noqa: S608 - see above

    def update(self, table: str, where: Mapping[str, Value], /, **changes: Value) -> int:
        """Change the rows with these values and return their number."""
        columns = ", ".join(f"{name} = ?" for name in changes)
        sql = f"update {table} set {columns} where {_all(where)}"  # noqa: S608 - see above
        return self.run(sql, *changes.values(), *where.values())

    def delete(self, table: str, /, **where: Value) -> int:
        """Delete the rows with these values and return their number."""
        return self.run(f"delete from {table} where {_all(where)}", *where.values())  # noqa: S608 - see above

    def now(self) -> str:
        """The current time as the Hub writes it: `2026-10-06T13:24:38.000Z`."""
        return moment(self.clock())

    def moment_before(self, seconds: float) -> str:
        """The time this many seconds ago, as the Hub writes it."""
        return moment(self.clock() - seconds)

    def new_id(self) -> str:
        """An ObjectId: 24 hex digits, the first eight of them the time (FACTS §9)."""
        return f"{int(self.clock()):08x}{self.entropy(8).hex()}"

    def close(self) -> None:
        """Close the connection; the in-memory Hub is gone then."""
        self._connection.close()


def _all(where: Mapping[str, Value]) -> str:
    return " and ".join(f"{name} = ?" for name in where) or "1"


def moment(seconds: float) -> str:
    """Unix time as the Hub writes it."""
    when = datetime.fromtimestamp(seconds, UTC)
    return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}Z"


def store_of(request: Request) -> Store:
    """The store of the Hub that received a request."""
    store = request.app.state.store
    assert isinstance(store, Store)
    return store


def shard(name: str) -> bytes:
    """The bytes of a parquet file that ships with the local Hub."""
    return resources.files("hub_mcp.localhub").joinpath("datasets", "shards", name).read_bytes()


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one; `executescript` would commit first."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
