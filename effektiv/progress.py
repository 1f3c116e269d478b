"""How a run is going, told while it goes on.

`follow` chooses the way by where it is called: a bar in a terminal, a line now and then
in a pipe or a file, and an output that renews itself in a notebook in JupyterLab. A log
file can be written beside any of them.
"""

from __future__ import annotations

import datetime as dt
import html
import io
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Protocol, TextIO

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
    """

    def __init__(self, total: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.total = total
        self.unchanged = 0
        self.failed = 0
        self._clock = clock
        self._started = clock()
        self._made = 0
        self._seconds = 0.0
        self._first = float("inf")
        self._recent: deque[float] = deque(maxlen=_RECENT)
        self._lanes: deque[float] = deque(maxlen=_LANES_KEPT)

    def add(self, result: ReportResult) -> None:
        """Count a finished report."""
        if result.status == "oforandrad":
            self.unchanged += 1
            return
        self.failed += result.status == "fel"
        self._made += 1
        now = self._clock()
        self._first = min(self._first, now - result.sekunder)
        self._seconds += result.sekunder
        self._recent.append(result.sekunder)
        self._lanes.append(self._seconds / max(now - self._first, 1e-9))

    @property
    def done(self) -> int:
        """Finished reports, unchanged and failed ones too."""
        return self._made + self.unchanged

    @property
    def made(self) -> int:
        """Reports that work has been done for, failed ones too."""
        return self._made

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._clock() - self._started

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
        if self._made < max(_ENOUGH, 3 * side_by_side):
            return None
        limit = _INCIDENT * statistics.median(self._recent)
        usual = statistics.fmean(min(seconds, limit) for seconds in self._recent)
        return (self.total - self.done) * usual / side_by_side

    def text(self) -> str:
        """Return the state as a phrase: done of all, unchanged, failed, time passed and left."""
        parts = [f"{self.done} av {self.total} {'rapport' if self.total == 1 else 'rapporter'}"]
        if self.unchanged:
            parts.append(f"{self.unchanged} oförändrad{'' if self.unchanged == 1 else 'e'}")
        if self.failed:
            parts.append(f"{self.failed} misslyckad{'' if self.failed == 1 else 'e'}")
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


def name(result: ReportResult) -> str:
    """Return which report it is: ``Älvkarleby, steg 1, grundskola``."""
    return f"{result.job.kommun}, steg {result.job.steg}, {result.job.omrade}"


def failure(result: ReportResult) -> str:
    """Return a failed report on one line: municipality, step, area, notebook, cell and message."""
    return f"Misslyckades: {result.job.kod} {name(result)}: {_plain(result.fel or '')}"


def _plain(text: str) -> str:
    """Return text as one line without control characters, which a message from a cell may hold."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


class _View(Protocol):
    """One way to show a run; `tally` already counts the report."""

    def show(self, result: ReportResult, tally: Tally) -> None: ...


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
    with ExitStack() as stack:
        views: list[_View] = []
        if log is not None:
            views.append(stack.enter_context(_log_file(log, tally)))
        views.append(stack.enter_context(_screen(tally)))

        def tell(result: ReportResult, _done: int, _total: int) -> None:
            tally.add(result)
            for view in views:
                view.show(result, tally)

        yield tell


@contextmanager
def _screen(tally: Tally) -> Iterator[_View]:
    """Choose how to show it here."""
    if _in_notebook():
        cell = NotebookCell(tally)
        try:
            yield cell
        finally:
            cell.end(tally)
    elif sys.stderr.isatty():
        with _bar(tally) as bar:
            yield bar
    else:
        yield Lines(sys.stderr)


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
    stream
        Where to write; each line is flushed.
    """

    def __init__(self, stream: TextIO, now: Callable[[], dt.datetime] = dt.datetime.now) -> None:
        self._stream = stream
        self._now = now
        self._told_at = 0.0
        self._told_made = 0

    def show(self, result: ReportResult, tally: Tally) -> None:
        """Write a line if it is time."""
        if result.fel is not None:
            self.write(failure(result))
        waited = tally.elapsed - self._told_at >= _LINE_SECONDS
        if tally.done in (1, tally.total) or waited or tally.made - self._told_made >= _LINE_REPORTS:
            self._told_at, self._told_made = tally.elapsed, tally.made
            self.write(f"{tally.text()}. Senast: {_plain(name(result))}")

    def write(self, text: str) -> None:
        """Write one line with date and time."""
        self._stream.write(f"{self._now():%Y-%m-%d %H:%M:%S}  {text}\n")
        self._stream.flush()


@contextmanager
def _log_file(path: Path, tally: Tally) -> Iterator[_View]:
    """Open a log, and close it with how the run ended."""
    log = _Log(path)
    try:
        log.write(f"Börjar: {tally.total} {'rapport' if tally.total == 1 else 'rapporter'}")
    except EffektivError as error:
        raise InputError(str(error)) from error
    try:
        yield log
    except BaseException as error:
        log.write(f"Avbröts av fel: {_plain(str(error)) or type(error).__name__} ({tally.text()})")
        raise
    log.write(f"{'Slut' if tally.done == tally.total else 'Avbröts'}: {tally.text()}")


class _Log(Lines):
    """Lines in a file, which is open only while one is written: it can be read, moved and mailed."""

    def __init__(self, path: Path) -> None:
        super().__init__(io.StringIO())
        self._path = path

    def write(self, text: str) -> None:
        try:
            with self._path.open("a", encoding="utf-8") as self._stream:
                super().write(text)
        except OSError as error:
            raise EffektivError(
                f"Loggen {self._path} går inte att skriva ({system_reason(error)})."
            ) from error


@contextmanager
def _bar(tally: Tally) -> Iterator[_View]:
    """Show a bar on the terminal's last line; failed reports stay above it."""
    from rich.console import Console  # noqa: PLC0415  only a terminal needs it
    from rich.progress import BarColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415
    from rich.progress import Progress as Bar  # noqa: PLC0415
    from rich.table import Column  # noqa: PLC0415

    # A narrow terminal cuts the end of the line, not the numbers.
    fixed, rest = Column(no_wrap=True), Column(ratio=1, no_wrap=True, overflow="ellipsis")
    columns = (
        BarColumn(bar_width=16, table_column=fixed),
        TextColumn("{task.fields[count]}", markup=False, table_column=fixed),
        TimeElapsedColumn(table_column=fixed),
        TextColumn("{task.fields[rest]}", markup=False, table_column=rest),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True, expand=True) as bar:
        task = bar.add_task("", total=tally.total, count=f"0 av {tally.total}", rest="")
        yield _Bar(bar, task)


class _Bar:
    def __init__(self, bar: Any, task: Any) -> None:
        self._bar = bar
        self._task = task

    def show(self, result: ReportResult, tally: Tally) -> None:
        left = tally.left()
        rest = [] if left is None else [time_left(left)]
        self._bar.update(
            self._task,
            completed=tally.done,
            count=f"{tally.done} av {tally.total}",
            rest=", ".join([*rest, _plain(name(result))]),
        )
        if result.fel is not None:
            self._bar.console.print(failure(result), markup=False, highlight=False, soft_wrap=True)


class NotebookCell:
    """An output of the notebook's cell that is renewed as reports are finished.

    Ordinary HTML renewed by its ``display_id``: it needs no widgets, and it stays in the
    notebook when it is saved.
    """

    def __init__(self, tally: Tally) -> None:
        from IPython.display import display  # noqa: PLC0415  there is a shell, so it is loaded

        self._failures: list[str] = []
        self._latest = ""
        self._shown_at = tally.elapsed
        self._output: Any = display(  # type: ignore[no-untyped-call]
            self._content(tally), raw=True, display_id=True
        )

    def show(self, result: ReportResult, tally: Tally) -> None:
        """Renew the output, unless it was renewed a moment ago."""
        self._latest = name(result)
        if result.fel is not None:
            self._failures.append(failure(result))
        elif tally.elapsed - self._shown_at < _RENEW_SECONDS:
            return
        self._renew(tally)

    def end(self, tally: Tally) -> None:
        """Show how it ended."""
        self._latest = ""
        self._renew(tally)

    def _renew(self, tally: Tally) -> None:
        self._shown_at = tally.elapsed
        self._output.update(self._content(tally), raw=True)

    def _content(self, tally: Tally) -> dict[str, str]:
        text = f"{tally.text()}." + (f" Senast: {self._latest}" if self._latest else "")
        failures = "".join(f"<li>{html.escape(line)}</li>" for line in self._failures)
        return {
            "text/plain": "\n".join([text, *self._failures]),
            "text/html": (
                f'<div><progress value="{tally.done}" max="{max(tally.total, 1)}" aria-label="Rapporter"></progress>'
                f" {html.escape(text)}{f'<ul>{failures}</ul>' if failures else ''}</div>"
            ),
        }
