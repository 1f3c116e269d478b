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
FORMATS = ("html", "xlsx", "pdf", "docx")
DEFAULT_FORMATS = ("html", "xlsx")
"""PDF is left out: it takes a browser, and several times as long as all the rest of a report. So is the Word file,
which only documents have (`effektiv.steg.DOCUMENTS`)."""


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
    mark
        What every answer about it carries; another each time that it is given to a worker.
    """

    job: Job
    fingeravtryck: str
    made: dt.date
    formats: tuple[str, ...]
    motor: Motor
    timeout: float
    mark: str = ""


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

    mark: str
    place: str


@dataclass(frozen=True)
class Made:
    """A worker has made a report.

    Attributes
    ----------
    mark
        Of the task.
    files
        Format to content.
    worn
        Whether the notebook has changed something in the worker that cannot be put back.
    """

    mark: str
    files: dict[str, bytes]
    worn: bool = False


@dataclass(frozen=True)
class Failed:
    """A worker could not make a report, or not all of it, and it is the report's own fault.

    Attributes
    ----------
    mark
        Of the task.
    message
        Where and why it failed.
    files
        What was made all the same: format to content.
    worn
        As in `Made`.
    """

    mark: str
    message: str
    files: dict[str, bytes]
    worn: bool = False


@dataclass(frozen=True)
class Broken:
    """A worker failed outside a notebook's cells, which may be the fault of what it made before.

    Attributes
    ----------
    mark
        Of the task.
    message
        Where and why it failed.
    """

    mark: str
    message: str


Reply = Ready | StartFailed | At | Made | Failed | Broken


def timeout_message(place: str, timeout: float) -> str:
    """Say that a cell was stopped because it took too long."""
    seconds = "1 sekund" if timeout == 1 else f"{timeout:g} sekunder".replace(".", ",")
    return f"{place}: stoppades efter {seconds}; längre tid ges med --timeout"
