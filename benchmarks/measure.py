"""Clocks, memory, and the arithmetic of ratios, spread, growth and linearity.

Everything is measured from outside, alike for all ways: a command is started and timed, the
memory of the processes it starts is read once a second, and when a report was finished
is the time of its file. Nothing is added to what is measured.
"""

from __future__ import annotations

import bisect
import os
import statistics
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import psutil

MB = 1e6
INTERVAL = 1.0
"""Seconds between readings of memory; a reading takes about 10 ms of one core."""

WINDOW = 10
"""Reports over which memory is averaged: that of a process varies with the report it is at."""

FIRST = 50
"""Reports after which memory should have settled."""

Series = list[tuple[int, float]]
"""Memory of one process: number of reports that the whole run had finished, and MB."""


@dataclass(frozen=True)
class Reading:
    """The processes of a command at a time of the day.

    Attributes
    ----------
    at
        The time, seconds.
    rss
        Resident memory of those below the command's own, bytes by process id.
    cpu
        CPU seconds that those that are there have used, the command's own included.
    """

    at: float
    rss: dict[int, int]
    cpu: float


@dataclass(frozen=True)
class Timed:
    """A command that has ended well.

    Attributes
    ----------
    begun
        Time of the day when it was started, seconds (as the times of files).
    seconds
        Until it had ended.
    cpu
        CPU seconds of it and all that it started and waited for; None on Windows, which keeps no such account.
    readings
        Memory.
    output
        What it wrote to standard output.
    """

    begun: float
    seconds: float
    cpu: float | None
    readings: list[Reading]
    output: str


@dataclass(frozen=True)
class Memory:
    """Resident memory of one process in a run, in short.

    Attributes
    ----------
    at
        MB after the first 50 reports and each fourth of the run, those that it was read at.
    growth
        How much more there is at the last reports (`memory_growth`); None where that cannot be told.
    """

    at: list[tuple[int, float]]
    growth: float | None

    @classmethod
    def of(cls, series: Series, reports: int) -> Memory:
        """Sum up the readings of a process in a run of so many reports."""
        numbers = sorted({FIRST, *(reports * fourth // 4 for fourth in range(1, 5))})
        read = [number for number in numbers if series and series[0][0] <= number <= reports]
        growth = None
        with suppress(ValueError):
            growth = memory_growth(series, reports)
        return cls([(number, memory_at(series, number)) for number in read], growth)


@dataclass(frozen=True)
class Run:
    """One way of making some reports, measured.

    Attributes
    ----------
    reports
        Number of reports.
    seconds
        What counts; each way says what it is.
    startup
        Seconds until the first report was begun, where it is known: counted in `seconds` by our own way,
        not by the floor.
    cpu
        CPU seconds of what is counted; None where the system does not tell.
    startup_cpu
        Those of them that start-up took, to within a reading; None where start-up is not known.
    finished
        When each report was finished, seconds from the command's start, in order.
    bytes_median, bytes_max
        Size of the HTML files.
    peak
        The most resident memory of all processes that the command had started, over the number of workers, MB.
    memory
        Resident memory of each process that lasted.
    """

    reports: int
    seconds: float
    startup: float | None
    cpu: float | None
    startup_cpu: float | None
    finished: list[float]
    bytes_median: float
    bytes_max: int
    peak: float
    memory: list[Memory]

    @property
    def per_report(self) -> float:
        """Seconds per report."""
        return self.seconds / self.reports

    @property
    def working(self) -> float:
        """Seconds without start-up."""
        return self.seconds - (self.startup or 0.0)

    @property
    def working_cpu(self) -> float:
        """CPU seconds without start-up, where the system tells them."""
        return (self.cpu or 0.0) - (self.startup_cpu or 0.0)


@dataclass(frozen=True)
class Spread:
    """A figure of several rounds."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Return median, lowest and highest of the values."""
        return cls(statistics.median(values), min(values), max(values))


class _Sampler(threading.Thread):
    """Reads the memory of all processes below one, until it is stopped."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.readings: list[Reading] = []
        self._process = psutil.Process(pid)
        self._stopped = threading.Event()

    def run(self) -> None:
        while True:
            with suppress(psutil.NoSuchProcess):
                self._read()
            if self._stopped.wait(INTERVAL):
                return

    def _read(self) -> None:
        rss, cpu = {}, 0.0
        for process in (self._process, *self._process.children(recursive=True)):
            with suppress(psutil.Error):
                rss[process.pid] = process.memory_info().rss
                times = process.cpu_times()
                cpu += times.user + times.system
        rss.pop(self._process.pid, None)
        self.readings.append(Reading(time.time(), rss, cpu))

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def timed(command: Sequence[str], environment: Mapping[str, str], folder: Path) -> Timed:
    """Run a command to its end in a folder.

    Raises
    ------
    RuntimeError
        It did not end well; the message ends with what it wrote to standard error.
    """
    before = _cpu_of_children()
    begun, start = time.time(), time.perf_counter()
    with subprocess.Popen(
        command,
        env=environment,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        errors="replace",
    ) as process:
        sampler = _Sampler(process.pid)
        sampler.start()
        output, errors = process.communicate()
        seconds = time.perf_counter() - start
        sampler.stop()
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command[:4])} ... ended with {process.returncode}:\n{errors[-2000:]}")
    return Timed(begun, seconds, _cpu_of_children() - before or None, sampler.readings, output)


def _cpu_of_children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def run_of(
    outcome: Timed,
    files: Sequence[Path],
    workers: int,
    *,
    seconds: float,
    cpu: float | None,
    startup: float | None,
) -> Run:
    """Return a run as the files it left and the readings of it tell."""
    moments = sorted(path.stat().st_mtime for path in files)
    sizes = [path.stat().st_size for path in files]
    readings = outcome.readings
    startup_cpu = None
    if startup is not None:
        startup_cpu = float(
            np.interp(
                outcome.begun + startup, [each.at for each in readings], [each.cpu for each in readings]
            )
        )
    return Run(
        reports=len(files),
        seconds=seconds,
        startup=startup,
        cpu=cpu,
        startup_cpu=startup_cpu,
        finished=[round(moment - outcome.begun, 2) for moment in moments],
        bytes_median=statistics.median(sizes),
        bytes_max=max(sizes),
        peak=max(sum(reading.rss.values()) for reading in readings) / MB / workers,
        memory=[Memory.of(series, len(files)) for series in memory_by_report(readings, moments)],
    )


def memory_by_report(readings: Sequence[Reading], moments: Sequence[float]) -> list[Series]:
    """Return the memory of each process that lasted, by number of finished reports.

    Parameters
    ----------
    readings
        In order of time.
    moments
        When reports were finished, same clock, in order.

    Returns
    -------
    list
        One series for each process that was there at the last report and for at least half of the readings,
        with at most one reading for each number of reports.
    """
    during = [reading for reading in readings if reading.rss and reading.at <= moments[-1]]
    if not during:
        return []
    last = during[-1].rss
    return [
        # Of several readings at the same number the latest is kept.
        list(
            {
                bisect.bisect_right(moments, reading.at): round(reading.rss[pid] / MB, 1)
                for reading in during
                if pid in reading.rss
            }.items()
        )
        for pid in last
        if sum(pid in reading.rss for reading in during) >= len(during) / 2
    ]


def memory_growth(series: Series, reports: int, first: int = FIRST) -> float:
    """Return how much more memory a process has at the last reports than after the first ones.

    Parameters
    ----------
    series
        Memory by number of finished reports.
    reports
        Number of reports in the run.
    first
        Reports after which memory should have settled.

    Returns
    -------
    float
        Share of the memory at the first: 0.1 is 10 % more. The median of `WINDOW` reports on from the first
        is compared with that of the last `WINDOW`.

    Raises
    ------
    ValueError
        The run is too short for that, or was not read in one of the places.
    """
    if reports < first + 2 * WINDOW:
        raise ValueError(f"{reports} reports are too few to see growth after the first {first}")
    early = [megabytes for number, megabytes in series if first <= number < first + WINDOW]
    late = [megabytes for number, megabytes in series if number > reports - WINDOW]
    if not early or not late:
        raise ValueError("the process was not there, or not read, both early and late")
    return statistics.median(late) / statistics.median(early) - 1.0


def memory_at(series: Series, number: int) -> float:
    """Return a process's memory, MB, at the latest reading when at most so many reports were finished.

    Raises
    ------
    ValueError
        It was not read so early.
    """
    place = bisect.bisect_right(series, number, key=lambda reading: reading[0])
    if place == 0:
        raise ValueError(f"the process was not read before {number + 1} reports were finished")
    return series[place - 1][1]


def ratios(over: Sequence[float], under: Sequence[float]) -> Spread:
    """Return the spread of the ratios within each round; what disturbs a round hits both sides of it."""
    return Spread.of([one / other for one, other in zip(over, under, strict=True)])


def by_tenth(finished: Sequence[float], begun: float) -> list[float]:
    """Return seconds per report in each tenth of a run.

    Parameters
    ----------
    finished
        When each report was finished, in order.
    begun
        When the first was begun.

    Raises
    ------
    ValueError
        There are fewer than ten.
    """
    if len(finished) < 10:
        raise ValueError(f"{len(finished)} reports cannot be divided into tenths")
    ends = [len(finished) * tenth // 10 for tenth in range(11)]
    moments = [begun, *(finished[end - 1] for end in ends[1:])]
    return [(moments[k + 1] - moments[k]) / (ends[k + 1] - ends[k]) for k in range(10)]


def departure_from_line(finished: Sequence[float], begun: float) -> float:
    """Return how far the finishing times are from a straight line at most, as a share of the whole time.

    The line goes from when the first report was begun to when the last was finished. A run whose later half
    takes twice as long per report as its first is a sixth off.
    """
    total = finished[-1] - begun
    count = len(finished)
    return max(abs((moment - begun) / total - (k + 1) / count) for k, moment in enumerate(finished))
