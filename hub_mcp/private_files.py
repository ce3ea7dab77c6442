"""Files and folders for this user only: created as such, and not trusted if others can write to them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file, which if created here only its owner can read or write."""
    return os.open(path, flags | os.O_CREAT, 0o600)


def readable_by_others(path: Path) -> bool:
    """Whether others than the owner may read a file; devices and pipes have no owner in this sense."""
    found = _found(path)
    return found is not None and stat.S_ISREG(found.st_mode) and bool(found.st_mode & 0o077)


def writable_by_others(path: Path) -> str:
    """Why others can change a file or folder, as a sentence; "" if they cannot, or if it is unknown.

    In a folder with the sticky bit, such as /tmp, nobody can replace another's files.
    """
    found = _found(path)
    if found is None or not (stat.S_ISREG(found.st_mode) or stat.S_ISDIR(found.st_mode)):
        return ""
    if found.st_uid not in (0, os.geteuid()):
        return f"{path} belongs to another user."
    sticky = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    if found.st_mode & stat.S_IWOTH and not sticky:
        return f"Anybody can write to {path}."
    if found.st_mode & stat.S_IWGRP and not sticky and not _is_own_group(found.st_gid):
        return f"A group can write to {path}."
    return ""


def _found(path: Path) -> os.stat_result | None:
    """The file's status; None if it is missing, and on systems with other permissions (Windows)."""
    if sys.platform == "win32":
        return None
    try:
        return path.stat()
    except OSError:
        return None


def _is_own_group(gid: int) -> bool:
    """Whether a group is the private one that many systems create for each user."""
    if sys.platform == "win32":
        return True
    import grp
    import pwd

    try:
        group, user = grp.getgrgid(gid), pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and {*group.gr_mem} <= {user.pw_name}
