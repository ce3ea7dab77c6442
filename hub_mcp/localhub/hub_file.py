"""The file that a local Hub lives in: told from every other before SQLite touches it."""

from __future__ import annotations

import stat
from pathlib import Path

# Of the tables together with the world; kept in the file's `user_version`.
VERSION = 2
# In the file's `application_id`, which SQLite keeps for telling whose file a file is: "HUBM" in ASCII.
APPLICATION = 0x4855424D
HEADER = 100  # bytes of a database's header, https://www.sqlite.org/fileformat2.html
MAGIC = b"SQLite format 3\0"


class StoreError(Exception):
    """The named file cannot be the local Hub's; the text is for the person who named it."""


def check_file(path: str) -> None:
    """See that a file is a local Hub's, or can become one. It is looked at, and never changed.

    Raises:
        StoreError: what it is instead.
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
    # A file that is being made has no version yet, or has it in its write-ahead log still.
    ours = header.startswith(MAGIC) and int.from_bytes(header[68:72]) == APPLICATION
    if not ours or int.from_bytes(header[60:64]) not in (0, VERSION):
        raise not_ours(path)


def not_ours(path: str) -> StoreError:
    """The refusal of a file that is something else, or that another version made."""
    return StoreError(
        f"{path} was not made by this version of the local Hub. Nothing was changed in it; name another file."
    )
