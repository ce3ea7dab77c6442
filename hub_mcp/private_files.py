"""Files and folders that are ours alone: made so, and not trusted where somebody else can write to them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path


def open_private(path: Path, flags: int) -> int:
    """A descriptor of a file that, where it is made now, only its owner can read or write."""
    return os.open(path, flags | os.O_CREAT, 0o600)


def readable_by_others(path: Path) -> bool:
    """Whether others than the owner may read a file; a device or a pipe is nobody's."""
    found = _found(path)
    return found is not None and stat.S_ISREG(found.st_mode) and bool(found.st_mode & 0o077)


def writable_by_others(path: Path) -> str:
    """What lets others change a file or folder, as a sentence; "" where nothing does, or nobody can tell.

    A folder with the sticky bit, such as /tmp, lets nobody replace what another has put there.
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
    """What is there; None for nothing, and where the system keeps rights in another way (Windows)."""
    if sys.platform == "win32":
        return None
    try:
        return path.stat()
    except OSError:
        return None


def _is_own_group(gid: int) -> bool:
    """Whether a group is the private one that many systems make for each user."""
    if sys.platform == "win32":
        return True
    import grp
    import pwd

    try:
        group, user = grp.getgrgid(gid), pwd.getpwuid(os.geteuid())
    except KeyError:
        return False
    return user.pw_gid == gid and group.gr_name == user.pw_name and {*group.gr_mem} <= {user.pw_name}
