"""How a run is going, told while it goes on.

`follow` chooses the way by where it is called: a bar in a terminal, a line now and then
in a pipe or a file, and an output that renews itself in a notebook in JupyterLab. A log
file can be written beside any of them.
"""

from __future__ import annotations

import datetime as dt
import html
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from effektiv.errors import EffektivError, InputError, system_reason
from effektiv.render import Progress, ReportResult

_ENOUGH = 8
"""Reports made before anything is said of the time left."""

_RECENT = 60
_LANES_KEPT = 300
_INCIDENT = 5.0
"""A report that took more times than this the usual counts as this many: a cell that hung
or a report made twice says little of the others."""

_LINE_SECONDS = 30.0
_LINE_REPORTS = 25
_RENEW_SECONDS = 0.5


class Tally:
    """What is done of a run, and how long the rest will take.

    Parameters
    ----------
    total
        Reports in all.
    clock
        Seconds since some moment.

    Attributes
    ----------
    made, unchanged, failed, thin
        Reports that work has been done for, failed ones too; those that were there; the failed ones;
        those with too few values for their findings.
    elapsed
        Seconds from the start until the clock was last looked at: once for each report and once
        at the end, so that all who tell of the same report tell the same time.
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.made = self.unchanged = self.failed = self.thin = 0
        self.elapsed = 0.0
        self._clock = clock
        self._started = clock()
        self._seconds = 0.0
        self._first = float("inf")
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._lanes: deque[float] = deque(maxlen=_LANES_KEPT)

    def add(self, result: ReportResult) -> None:
        """Count a finished report."""
        self.look_at_clock()
        self.thin += result.underlag == "tunt"
        if result.status == "oforandrad":
            self.unchanged += 1
            return
        self.failed += result.status == "fel"
        self.made += 1
        self._first = min(self._first, self.elapsed - result.sekunder)
        self._seconds += result.sekunder
        self._recent.append(result.sekunder)
        self._lanes.append(self._seconds / max(self.elapsed - self._first, 1e-9))

    def look_at_clock(self) -> None:
        """Let `elapsed` be the time that has passed until now."""
        self.elapsed = self._clock() - self._started

    @property
    def done(self) -> int:
        """Finished reports, unchanged and failed ones too."""
        return self.made + self.unchanged

    def left(self) -> float | None:
        """Return the seconds that the rest will take, or None while too little is known.

        The usual time of a report, divided by how many are made side by side. Only reports
        that were really made count: those that were already there took no time, and none
        of them comes after the first that is made.
        """
        if not self._lanes or self.done >= self.total:
            return None
        # Work done by time passed is at most the number of workers, and less while one of them hangs
        # or starts anew, since its report counts when it is finished: the most seen of late is nearest.
        side_by_side = max(self._lanes)
        # The first report of each worker is slower than the rest.
        if self.made < max(_ENOUGH, 3 * side_by_side):
            return None
        limit = _INCIDENT * statistics.median(self._recent)
        usual = statistics.fmean(min(seconds, limit) for seconds in self._recent)
        return (self.total - self.done) * usual / side_by_side

    def text(self) -> str:
        """Return the state as a phrase: done of all, unchanged, failed, time passed and left."""
        parts = [f"{self.done} av {_reports(self.total)}"]
        if self.unchanged:
            parts.append(f"{self.unchanged} oförändrad{'' if self.unchanged == 1 else 'e'}")
        if self.failed:
            parts.append(f"{self.failed} misslyckad{'' if self.failed == 1 else 'e'}")
        if self.thin:
            parts.append(f"{self.thin} med tunt underlag")
        parts.append(f"efter {duration(self.elapsed)}")
        left = self.left()
        if left is not None:
            parts.append(time_left(left))
        return ", ".join(parts)


def duration(seconds: float) -> str:
    """Return a time in words: ``45 s``, ``3 min 5 s``, ``2 h 10 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def time_left(seconds: float) -> str:
    """Return an estimate in words, no more exact than it is."""
    minutes = -int(-seconds // 60)
    if minutes <= 1:
        return "mindre än en minut kvar"
    if minutes < 60:
        return f"ungefär {minutes} min kvar"
    return f"ungefär {minutes // 60} h {minutes % 60} min kvar"


def _reports(number: int) -> str:
    return f"{number} {'rapport' if number == 1 else 'rapporter'}"


def name(result: ReportResult) -> str:
    """Return which report it is: ``Älvkarleby, steg 1, grundskola``."""
    step = "" if result.job.steg is None else f", steg {result.job.steg}"
    return f"{result.job.kommun}{step}, {result.job.omrade}"


def failure(result: ReportResult) -> str:
    """Return a failed report on one line: municipality, step, area, notebook, cell and message."""
    return f"Misslyckades: {result.job.kod} {name(result)}: {_plain(result.fel or '')}"


def _plain(text: str) -> str:
    """Return text as one line without control characters, which a message from a cell may hold."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


View = Callable[[ReportResult], None]
"""Shows a report that its tally has counted."""

Place = Callable[[str], None]
"""Takes a line."""


@contextmanager
def follow(total: int, *, log: Path | None = None) -> Iterator[Progress]:
    """Show how a run goes, where this is called.

    Parameters
    ----------
    total
        Reports in all.
    log
        File to write to as well, after what it holds already.

    Yields
    ------
    callable
        To give to `effektiv.render.run` as its ``progress``.

    Raises
    ------
    InputError
        The log file cannot be opened; nothing has been done.
    """
    tally = Tally(total)
    places: list[Place] = []
    views: list[View] = [Lines(tally, places).show]
    with ExitStack() as stack:
        if log is not None:
            places.append(stack.enter_context(_log(log, tally)))
        if _in_notebook():
            views.append(stack.enter_context(_cell(tally)))
        elif sys.stderr.isatty():
            views.append(stack.enter_context(_bar(tally)))
        else:
            places.append(partial(print, file=sys.stderr, flush=True))
        # Before the views end: a run that was stopped may have waited long for the report that did not come.
        stack.callback(tally.look_at_clock)

        def tell(result: ReportResult, _done: int, _total: int) -> None:
            tally.add(result)
            for show in views:
                show(result)

        yield tell


def _in_notebook() -> bool:
    """Return whether a notebook's cell calls: there is a shell, and it is not one in a terminal."""
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    return shell is not None and type(shell).__name__ != "TerminalInteractiveShell"


class Lines:
    """A plain line now and then, and one at once for each failed report.

    There is a line for the first report and the last, and for one that comes when a while
    or a number of reports has passed.

    Parameters
    ----------
    tally
        Counts each report before it is shown.
    places
        Where each line goes.
    """

    def __init__(self, tally: Tally, places: Sequence[Place]) -> None:
        self._tally = tally
        self._places = places
        self._told_at = 0.0
        self._told_made = 0

    def show(self, result: ReportResult) -> None:
        """Tell of a report if it is time."""
        tally, lines = self._tally, []
        if result.fel is not None:
            lines.append(failure(result))
        waited = tally.elapsed - self._told_at >= _LINE_SECONDS
        if tally.done in (1, tally.total) or waited or tally.made - self._told_made >= _LINE_REPORTS:
            self._told_at, self._told_made = tally.elapsed, tally.made
            lines.append(f"{tally.text()}. Senast: {_plain(name(result))}")
        for line in map(_stamped, lines):
            for place in self._places:
                place(line)


def _stamped(text: str) -> str:
    return f"{dt.datetime.now():%Y-%m-%d %H:%M:%S}  {text}"


@contextmanager
def _log(path: Path, tally: Tally) -> Iterator[Place]:
    """Begin a log, and end it with how the run ended."""

    def write(line: str) -> None:
        try:
            # Open only while a line is written, so that it can be read, moved and mailed.
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
        except OSError as error:
            raise EffektivError(f"Loggen {path} går inte att skriva ({system_reason(error)}).") from error

    try:
        write(_stamped(f"Börjar: {_reports(tally.total)}"))
    except EffektivError as error:
        raise InputError(str(error)) from error
    try:
        yield write
    except BaseException as error:
        write(_stamped(f"Avbröts av fel: {_plain(str(error)) or type(error).__name__} ({tally.text()})"))
        raise
    write(_stamped(f"{'Slut' if tally.done == tally.total else 'Avbröts'}: {tally.text()}"))


@contextmanager
def _bar(tally: Tally) -> Iterator[View]:
    """Show a bar on the terminal's last line; failed reports stay above it."""
    from rich.console import Console  # noqa: PLC0415  only a terminal needs it
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    # A narrow terminal cuts the end of the line, not the numbers.
    fixed, rest = Column(no_wrap=True), Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (
        BarColumn(bar_width=16, table_column=fixed),
        TextColumn("{task.completed} av {task.total}", markup=False, table_column=fixed),
        TimeElapsedColumn(table_column=fixed),
        TextColumn("{task.description}", markup=False, table_column=rest),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        task = bar.add_task("", total=tally.total)

        def show(result: ReportResult) -> None:
            if result.fel is not None:
                bar.console.print(failure(result), markup=False, highlight=False, soft_wrap=True)
            left = tally.left()
            latest = [] if left is None else [time_left(left)]
            bar.update(task, completed=tally.done, description=", ".join([*latest, _plain(name(result))]))

        yield show


@contextmanager
def _cell(tally: Tally) -> Iterator[View]:
    """Show an output of the notebook's cell that is renewed as reports are finished.

    Ordinary HTML renewed by its ``display_id``: it needs no widgets, as rich's bar would, and it
    stays in the notebook when it is saved.
    """
    from IPython.display import display  # noqa: PLC0415  there is a shell, so it is loaded

    failures: list[str] = []
    shown_at = 0.0

    def content(latest: str = "") -> dict[str, str]:
        text = f"{tally.text()}." + (f" Senast: {latest}" if latest else "")
        items = "".join(f"<li>{html.escape(line)}</li>" for line in failures)
        return {
            "text/plain": "\n".join([text, *failures]),
            "text/html": (
                f'<div><progress value="{tally.done}" max="{max(tally.total, 1)}" aria-label="Rapporter"></progress>'
                f" {html.escape(text)}{f'<ul>{items}</ul>' if items else ''}</div>"
            ),
        }

    output: Any = display(content(), raw=True, display_id=True)  # type: ignore[no-untyped-call]

    def show(result: ReportResult) -> None:
        nonlocal shown_at
        if result.fel is not None:
            failures.append(failure(result))
        elif tally.elapsed - shown_at < _RENEW_SECONDS:
            return
        shown_at = tally.elapsed
        output.update(content(name(result)), raw=True)

    try:
        yield show
    finally:
        output.update(content(), raw=True)
