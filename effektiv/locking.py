"""A lock on an open file, which the system releases when its process ends, however it ends."""

from __future__ import annotations

import errno
import os
import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_HELD = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)


def try_lock(file: IO[bytes]) -> bool:
    """Take the lock of a file that is open for writing, unless another process has it.

    Parameters
    ----------
    file
        The lock lasts until `unlock`, or until the file is closed.

    Returns
    -------
    bool
        Whether the lock was taken.

    Raises
    ------
    OSError
        Files in that place cannot be locked, as on some network disks.
    """
    try:
        if sys.platform == "win32":
            os.lseek(file.fileno(), 0, os.SEEK_SET)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in _HELD:
            return False
        raise
    return True


def unlock(file: IO[bytes]) -> None:
    """Release the lock of a file."""
    if sys.platform == "win32":
        os.lseek(file.fileno(), 0, os.SEEK_SET)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file.fileno(), fcntl.LOCK_UN)
