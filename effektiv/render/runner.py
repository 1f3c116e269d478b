"""A run: many reports, each on its own, and an account of how it went."""

from __future__ import annotations

import datetime as dt
import json
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from effektiv.errors import EffektivError, InputError, system_reason
from effektiv.render.files import folder_lock, prepare_folder, remove_unfinished, write_file, write_together
from effektiv.render.fingerprint import fingerprint
from effektiv.render.index import write_index
from effektiv.render.jobs import Job, check_jobs
from effektiv.render.pages import Record, is_unreadable, read_record
from effektiv.render.pdf import find_browser
from effektiv.render.pool import Outcome, Pool, WorkerPool
from effektiv.render.results import ReportResult, RunResult
from effektiv.render.tasks import DEFAULT_FORMATS, FORMATS, MOTORS, Motor, Task
from effektiv.steg import DOCUMENTS, step_of

RUN_FILE = "korning.json"

Progress = Callable[[ReportResult, int, int], None]
"""Told each report as it is finished, with how many are done and how many there are."""


def run(
    jobs: Iterable[Job],
    ut: Path,
    *,
    snapshot: str,
    jobb: int = 1,
    timeout: float = 120.0,
    tvinga: bool = False,
    motor: Motor = "effektiv",
    formats: Sequence[str] = DEFAULT_FORMATS,
    preload: Sequence[str] = (),
    progress: Progress | None = None,
    pool: Pool | None = None,
) -> RunResult:
    """Make reports, their index pages and korning.json.

    A report that fails does not stop the others. Ctrl-C stops the workers at once; what
    is finished is kept and accounted for, and the next run continues where this one was.

    Parameters
    ----------
    jobs
        The reports.
    ut
        Folder for them; it is made when missing. Earlier reports in it stay, and stay in
        the index.
    snapshot
        Name of the snapshot, for korning.json.
    jobb
        Reports to make at the same time, each in a worker process of its own; without a
        `pool`.
    timeout
        Seconds one cell may take.
    tvinga
        Make also the reports that would be the same as those already there.
    motor
        ``effektiv`` (cells in warm workers) or ``kernel`` (an ordinary kernel a report).
    formats
        Files per report, of `FORMATS`; HTML is always made.
    preload
        Names of modules that each worker imports once, before the first report; without
        a `pool`.
    progress
        Told each report as it is finished.
    pool
        Who makes the reports (`effektiv.render.dask_pool.DaskPool`); None means worker
        processes here.

    Returns
    -------
    RunResult
        One result per finished report.

    Raises
    ------
    InputError
        The call is wrong; nothing was started.
    EffektivError
        The workers cannot start.
    OutputFullError
        The disk is full; the finished reports are in place.
    """
    started = time.monotonic()
    jobs = list(jobs)
    _check_call(jobb, timeout, motor, formats)
    if "pdf" in formats and pool is None:
        find_browser()
    if "docx" in formats:
        _check_documents(jobs)
    check_jobs(jobs)
    prepare_folder(ut)
    with folder_lock(ut):
        remove_unfinished(ut)
    account = _Account(jobs, ut, snapshot, progress)
    try:
        tasks = _tasks(account, tvinga=tvinga, motor=motor, formats=tuple(formats), timeout=timeout)
        with closing((pool or WorkerPool(jobb, preload)).outcomes(tasks)) as outcomes:
            for outcome in outcomes:
                account.add(_put_in_place(outcome, ut))
    except KeyboardInterrupt:
        account.interrupted = True
    finally:
        account.write()
    return RunResult(
        ut, account.results(), time.monotonic() - started, account.interrupted, tuple(account.unreadable)
    )


def _check_call(jobb: int, timeout: float, motor: str, formats: Sequence[str]) -> None:
    if jobb < 1:
        raise InputError(f"--jobb ska vara minst 1, inte {jobb}.")
    if not timeout > 0:
        raise InputError(f"--timeout ska vara fler än 0 sekunder, inte {timeout:g}.")
    if motor not in MOTORS:
        raise InputError(f"Motorn {motor!r} finns inte; välj bland {', '.join(MOTORS)}.")
    for name in formats:
        if name not in FORMATS:
            raise InputError(f"Formatet {name!r} finns inte; välj bland {', '.join(FORMATS)}.")


def _check_documents(jobs: Sequence[Job]) -> None:
    """Refuse Word files of reports that are no documents, and where nothing can draw their pictures."""
    for job in jobs:
        if (job.steg, job.omrade) not in DOCUMENTS:
            names = ", ".join(sorted(f"--steg {step} --omrade {topic}" for step, topic in DOCUMENTS))
            raise InputError(
                f"Formatet docx finns inte för {step_of(job.steg).name.lower()}, {job.omrade}: bara för {names}."
            )
    find_browser("Wordfilen", "html,xlsx")


class _Account:
    """The results of a run as they come, and how they are written down."""

    def __init__(self, jobs: list[Job], ut: Path, snapshot: str, progress: Progress | None) -> None:
        self.jobs = jobs
        self.ut = ut
        self.snapshot = snapshot
        self.interrupted = False
        self.unreadable: dict[Path, None] = {}
        self._progress = progress
        self._results: dict[Job, ReportResult] = {}

    def add(self, result: ReportResult) -> None:
        """Note a finished report."""
        self._results[result.job] = result
        if self._progress is not None:
            self._progress(result, len(self._results), len(self.jobs))

    def results(self) -> tuple[ReportResult, ...]:
        """Return the results in the order of the jobs."""
        return tuple(self._results[job] for job in self.jobs if job in self._results)

    def write(self) -> None:
        """Write index pages and korning.json."""
        results = self.results()
        content = {
            "snapshot": self.snapshot,
            "version": version("effektiv"),
            "reports": [result.to_json() for result in results],
        }
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        try:
            with folder_lock(self.ut):
                write_file(self.ut / RUN_FILE, text.encode("utf-8"))
                self.unreadable |= dict.fromkeys(write_index(self.ut, results))
        except OSError as error:
            place = error.filename or self.ut
            made = any(result.fel is None for result in results)
            start = "Rapporterna som gjordes är klara, men" if made else "Ingen rapport blev klar, och"
            raise EffektivError(f"{start} {place} kan inte skrivas ({system_reason(error)}).") from error


def _tasks(
    account: _Account, *, tvinga: bool, motor: Motor, formats: tuple[str, ...], timeout: float
) -> list[Task]:
    """Return what there is to do; reports that are already there are noted as unchanged."""
    today = dt.date.today()
    tasks = []
    for job in account.jobs:
        mark = fingerprint(job)
        record = None if tvinga or not mark else _made(job, account.ut, mark, formats)
        if record is not None:
            account.add(ReportResult(job, "oforandrad", underlag=record.underlag))
            continue
        if is_unreadable(account.ut / job.address):
            account.unreadable[account.ut / job.address] = None
        tasks.append(Task(job, mark, today, formats, motor, timeout))
    return tasks


def _made(job: Job, ut: Path, mark: str, formats: tuple[str, ...]) -> Record | None:
    """Return what the report says of itself if it is there with all its files and would be the same."""
    report = ut / job.address
    record = read_record(report)
    if record is None or record.fingeravtryck != mark:
        return None
    return record if all(report.with_suffix(f".{name}").is_file() for name in formats) else None


def _put_in_place(outcome: Outcome, ut: Path) -> ReportResult:
    """Write a report's files, all or none, and return how it went."""
    job, made = outcome.task.job, outcome.files or {}
    notebook = "/".join(job.notebook.parts[-2:])
    underlag = None
    if made:
        report = ut / job.address
        # A file that an earlier run has made would tell of other values than the report does.
        files = {report.with_suffix(f".{name}"): made.get(name) for name in FORMATS}
        # HTML last: it carries the fingerprint, so it is there only when the others are.
        files[report] = files.pop(report)
        try:
            with folder_lock(ut):
                write_together(files)
        except OSError as error:
            name = error.filename2 or error.filename or report
            text = f"{notebook}, {name} kan inte skrivas ({system_reason(error)}); är filen öppen i ett annat program?"
            return ReportResult(job, "fel", outcome.seconds, text)
        record = read_record(report)
        underlag = None if record is None else record.underlag
    if outcome.message is not None:
        return ReportResult(
            job, "fel", outcome.seconds, f"{notebook}, {outcome.message}", tuple(made), underlag
        )
    return ReportResult(job, "ok", outcome.seconds, underlag=underlag)
