"""Appending a line to a file shared with other writers: one at a time, all or nothing, and synced."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager, suppress

FAR = 2**40  # the locked byte on Windows, where a lock prevents others from reading what it covers
NOT_A_FILE = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EROFS})  # pipes and devices cannot be synced
NO_LOCKS = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EINVAL, errno.ENOSYS})  # on this file system


@contextmanager
def locked(descriptor: int) -> Generator[None]:
    """Hold the file's lock, which all writers wait for; without effect on file systems without locks."""
    held = _lock(descriptor)
    try:
        yield
    finally:
        if held:
            _unlock(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> bool:
        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        return True

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        except OSError as trouble:
            if trouble.errno not in NO_LOCKS:
                raise
            return False
        return True

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


def append(descriptor: int, line: bytes) -> None:
    """Write a line at the end, after a line break if a writer died in the middle of the last one.

    Raises:
        OSError: it could not be written completely; none of it remains.
    """
    start = os.fstat(descriptor).st_size
    rest = _gap(descriptor, start) + line
    try:
        while rest:
            if not (written := os.write(descriptor, rest)):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            rest = rest[written:]
        _sync(descriptor)
    except OSError:
        with suppress(OSError):
            os.ftruncate(descriptor, start)
        raise


def _gap(descriptor: int, size: int) -> bytes:
    if not size:
        return b""
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return b"" if os.read(descriptor, 1) == b"\n" else b"\n"


def _sync(descriptor: int) -> None:
    try:
        os.fsync(descriptor)
    except OSError as trouble:
        if trouble.errno not in NOT_A_FILE:
            raise
