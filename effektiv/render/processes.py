"""What a process has started, ended with it.

A notebook may start programs, and so may the browser that prints. Those in a session of
their own are in no group that could be ended at once, and one whose parent has ended has
another parent. They are found below the process that started them, and by a mark in the
environment that they have inherited.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from typing import Any

import psutil

MARK = "EFFEKTIV_ARBETSPROCESS"
"""Environment variable that tells which worker a process comes from."""

_GONE = 5.0
"""Seconds to wait for ended processes."""

_ROUNDS = 10
"""Times to look for what was started meanwhile."""

_PR_SET_CHILD_SUBREAPER = 36


def adopt_orphans() -> None:
    """Become the parent of processes below this one whose own parent ends; only Linux can."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def has_children() -> bool:
    """Say whether this process may have any, in a few microseconds where the system can tell."""
    if not hasattr(os, "waitid"):
        return True
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


def descendants(pid: int | None = None) -> list[psutil.Process]:
    """Return all processes below one, below this one when left out."""
    with suppress(psutil.Error):
        return list(psutil.Process(pid).children(recursive=True))
    return []


def end(processes: Sequence[psutil.Process]) -> list[psutil.Process]:
    """End processes, and wait until they have; return those that were alive."""
    alive = [process for process in processes if not _has_ended(process)]
    for process in alive:
        with suppress(psutil.Error):
            process.kill()
    deadline = time.monotonic() + _GONE
    while not all(map(_has_ended, alive)) and time.monotonic() < deadline:
        time.sleep(0.002)
    return alive


def _has_ended(process: psutil.Process) -> bool:
    """Say whether a process has ended, and let it go if it is a child of this one."""
    if hasattr(os, "waitpid") and hasattr(os, "WNOHANG"):
        with suppress(ChildProcessError):
            os.waitpid(process.pid, os.WNOHANG)
    try:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def end_tree(process: subprocess.Popen[Any]) -> None:
    """End a process that leads a group of its own, the group, and all else below it."""
    below = descendants(process.pid)
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    end(below)
    process.wait()


def end_below(keep: Collection[psutil.Process] = ()) -> list[psutil.Process]:
    """End what is below this process, again until nothing is; return those that were alive.

    Parameters
    ----------
    keep
        Processes to leave alone.
    """
    alive: list[psutil.Process] = []
    for _ in range(_ROUNDS):
        found = [process for process in descendants() if process not in keep] if has_children() else []
        if not found:
            break
        alive += end(found)
    return alive


def end_marked(marks: Collection[str]) -> None:
    """End every process whose environment has one of some marks, wherever it is now."""
    for _ in range(_ROUNDS):
        if not end([process for process in psutil.process_iter() if _is_marked(process, marks)]):
            break


def _is_marked(process: psutil.Process, marks: Collection[str]) -> bool:
    try:
        return process.pid != os.getpid() and process.environ().get(MARK) in marks
    except (psutil.Error, OSError):  # ended, or another user's
        return False
