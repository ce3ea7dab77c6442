"""The file of a local Hub: distinguished from any other before SQLite opens it."""

from __future__ import annotations

import contextlib
import sqlite3
import stat
from pathlib import Path

# Of the tables together with the world; kept in the file's `user_version`.
VERSION = 5
# In the file's `application_id`, by which SQLite identifies the program a file belongs to: "HUBM" in ASCII.
APPLICATION = 0x4855424D
HEADER = 100  # bytes of a database's header, https://www.sqlite.org/fileformat2.html
MAGIC = b"SQLite format 3\0"
UNMARKED = 1  # the version of files from before they were marked with `APPLICATION`
FIRST_TABLES = {"users", "orgs", "repos", "redirects", "resource_groups", "collection_items", "papers"}
NEXT = "name a new file, which is then made"


class StoreError(Exception):
    """The named file cannot be the local Hub's; the text is for the person who named it."""


def check_file(path: str) -> None:
    """Check that a file is a local Hub's or can become one, without changing it.

    Raises:
        StoreError: it is something else; the text says what.
    """
    try:
        found = Path(path).stat()
        if not stat.S_ISREG(found.st_mode):
            raise StoreError(f"{path} is not a file, so the local Hub cannot be kept in it.")
        with Path(path).open("rb") as file:
            header = file.read(HEADER)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"{path} cannot be the local Hub's file: {error.strerror}.") from error
    if not header:
        return
    if not header.startswith(MAGIC) or int.from_bytes(header[68:72]) != APPLICATION:
        raise _unmarked(path) if _from_before_marks(path, header) else not_ours(path)
    # A file that is being created has no version yet, or only in its write-ahead log.
    if (version := int.from_bytes(header[60:64])) not in (0, VERSION):
        raise of_version(path, version)


def not_ours(path: str) -> StoreError:
    """The refusal of a file that contains something else."""
    return StoreError(f"{path} is not a file of the local Hub. It was left as it is; {NEXT}.")


def of_version(path: str, version: int) -> StoreError:
    """The refusal of a file that another version of the local Hub made."""
    return StoreError(
        f"{path} was made by another version of the local Hub: its format is {version}, and this one reads"
        f" format {VERSION}. It was left as it is; {NEXT}, or open it with the hub-mcp that made it."
    )


def _unmarked(path: str) -> StoreError:
    return StoreError(
        f"{path} was made by an early version of the local Hub, whose format this one cannot read. It was"
        f" left as it is; {NEXT}. What you had made in it has to be made again."
    )


def _from_before_marks(path: str, header: bytes) -> bool:
    """Whether an early version, which did not mark its files, made it: recognized by its tables."""
    if not header.startswith(MAGIC) or header[68:72] != bytes(4) or int.from_bytes(header[60:64]) != UNMARKED:
        return False
    # `immutable` makes SQLite read without a lock, a log or any other file beside it.
    address = f"{Path(path).absolute().as_uri()}?mode=ro&immutable=1"
    try:
        with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
            found = {name for (name,) in connection.execute("select name from sqlite_schema")}
    except sqlite3.Error:
        return False
    return found >= FIRST_TABLES
