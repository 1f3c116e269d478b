"""What the process that runs things and its workers say to each other.

Kept apart from the work itself, so that the parent need not import papermill and nbconvert.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from effektiv.render.jobs import Job

Motor = Literal["effektiv", "kernel"]
MOTORS: tuple[Motor, ...] = ("effektiv", "kernel")
FORMATS = ("html", "xlsx", "pdf")
DEFAULT_FORMATS = ("html", "xlsx")
"""PDF is left out: it takes a browser, and several times as long as all the rest of a report."""


@dataclass(frozen=True)
class Task:
    """A job with what the report shall say of its making.

    Attributes
    ----------
    job
        What to make.
    fingeravtryck
        Written into the report, to recognise it by.
    made
        Day of making.
    formats
        Files to make, of `FORMATS`.
    motor
        ``effektiv`` runs cells in the worker itself, ``kernel`` in an ordinary kernel.
    timeout
        Seconds a cell may take; only the kernel needs it here (see `effektiv.render.pool`).
    """

    job: Job
    fingeravtryck: str
    made: dt.date
    formats: tuple[str, ...]
    motor: Motor
    timeout: float


@dataclass(frozen=True)
class Setup:
    """First message to a worker: names of modules to import before any task."""

    preload: tuple[str, ...]


@dataclass(frozen=True)
class Ready:
    """A worker can take a task."""


@dataclass(frozen=True)
class StartFailed:
    """A worker cannot be of use: a module it was told to import failed."""

    message: str


@dataclass(frozen=True)
class At:
    """A worker has come to a cell; an empty place means that all cells are done."""

    place: str


@dataclass(frozen=True)
class Made:
    """A worker has made a report: format to content."""

    files: dict[str, bytes]


@dataclass(frozen=True)
class Failed:
    """A worker could not make a report."""

    message: str


Reply = Ready | StartFailed | At | Made | Failed


def timeout_message(place: str, timeout: float) -> str:
    """Say that a cell was stopped because it took too long."""
    seconds = "1 sekund" if timeout == 1 else f"{timeout:g} sekunder".replace(".", ",")
    return f"{place}: stoppades efter {seconds}; längre tid ges med --timeout"
