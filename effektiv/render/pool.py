"""Warm workers and the process that feeds them.

Each worker is a process of its own with its own pair of pipes, started as a new Python
(so it works alike on Linux, macOS and Windows and from a notebook), and is told one task
at a time. That keeps the cases apart that break batch runs:

- a cell that hangs: the worker has said which cell it is at, is killed, and replaced;
- a worker that is killed, runs out of memory, fails outside a notebook's cells or answers
  what it was not asked: its report is tried once more in another, since it need not have
  been the report's fault;
- a notebook that has changed something in its worker that cannot be put back
  (`effektiv.render.isolation`): the worker is replaced, and no other report meets it;
- the parent that dies: its pipes close, and the workers end.

A library's process pool shares a queue and locks among its workers, so that a worker
killed at the wrong moment stops the others, and it cannot tell which cell hung.
"""

from __future__ import annotations

import os
import pickle
import queue
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, Any, Protocol

from effektiv.errors import EffektivError, system_reason
from effektiv.render import processes
from effektiv.render.tasks import (
    At,
    Broken,
    Failed,
    Made,
    Ready,
    Reply,
    Setup,
    StartFailed,
    Task,
    timeout_message,
)
from effektiv.staging import staging

_START_LIMIT = 180.0
_OTHER_WORK_LIMIT = 180.0
"""Seconds for what is not a cell: reading the notebook, making HTML and xlsx."""

_KERNEL_GRACE = 60.0
"""A kernel stops its own cell at the limit; this much later the worker itself hangs."""

_ATTEMPTS = 2
_START_ATTEMPTS = 3
_POLL = 0.5
_TAIL = 600


class PoolStoppedError(Exception):
    """`WorkerPool.stop` was called while a report was being made."""


@dataclass(frozen=True)
class Outcome:
    """How a task ended: with files, or with a message that says why not.

    Attributes
    ----------
    task
        The task.
    files
        Format to content; None when it failed.
    message
        Where and why it failed, or what of it did; None when all of it was made.
    seconds
        Time from when a worker got it.
    """

    task: Task
    files: dict[str, bytes] | None
    message: str | None
    seconds: float


class Pool(Protocol):
    """Somebody who makes reports."""

    def outcomes(self, tasks: Sequence[Task]) -> Generator[Outcome]:
        """Yield each report as it is finished; when closed, leave nothing at work behind."""


@dataclass
class _Attempt:
    """A task as it is given to a worker, with the mark that answers about it must carry."""

    task: Task
    number: int = 1
    mark: str = field(default_factory=lambda: uuid.uuid4().hex)


class _Worker:
    """The parent's end of a worker."""

    def __init__(
        self,
        setup: Setup,
        events: _Events,
        environment: Mapping[str, str],
    ) -> None:
        self.ready = False
        self.mark = uuid.uuid4().hex
        self.attempt: _Attempt | None = None
        self.place = ""
        self.started = time.monotonic()
        self.deadline = self.started + _START_LIMIT
        self._errors: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115  closed in `kill`
        options: dict[str, Any] = {"start_new_session": True}
        if sys.platform == "win32":
            options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "effektiv.render.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**environment, processes.MARK: self.mark},
            **options,
        )
        self._reader = threading.Thread(target=self._read, args=(events,), daemon=True)
        self._reader.start()
        self._send(setup)

    def give(self, attempt: _Attempt) -> None:
        """Give the worker a task."""
        self.attempt = attempt
        self.place = ""
        self.started = time.monotonic()
        self.deadline = self.started + _OTHER_WORK_LIMIT
        self._send(replace(attempt.task, mark=attempt.mark))

    def is_at(self, mark: str) -> bool:
        """Say whether an answer with this mark is about the task that the worker has."""
        return self.attempt is not None and self.attempt.mark == mark

    def arrive(self, place: str, task: Task) -> None:
        """Note where the worker is and until when it may stay there."""
        self.place = place
        limit = _OTHER_WORK_LIMIT
        if place:
            limit = task.timeout + (_KERNEL_GRACE if task.motor == "kernel" else 0.0)
        self.deadline = time.monotonic() + limit

    def rest(self) -> None:
        """Note that the worker has nothing to do."""
        self.ready = True
        self.attempt = None
        self.deadline = float("inf")

    def kill(self) -> None:
        """End the worker and what is seen to be below it, and wait until it is gone."""
        processes.end_tree(self.process)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        self._reader.join(timeout=5)
        self._errors.close()

    def exit_code(self) -> int:
        """Return how a process that has closed its pipes ended; one that lingers is killed."""
        try:
            return self.process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def last_words(self) -> str:
        """Return the end of what the process wrote to standard error."""
        self._errors.seek(0)
        return self._errors.read()[-_TAIL:].decode("utf-8", errors="replace").strip()

    def _send(self, message: Setup | Task) -> None:
        if self.process.stdin is None:
            raise RuntimeError("worker has no standard input")
        # A worker that is gone is noticed by its reader.
        with suppress(OSError):
            pickle.dump(message, self.process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
            self.process.stdin.flush()

    def _read(self, events: _Events) -> None:
        while True:
            try:
                reply = pickle.load(self.process.stdout)  # type: ignore[arg-type]
            except Exception:  # ended, or cut off in the middle of a message
                events.put((self, None))
                return
            events.put((self, reply))


_Events = queue.SimpleQueue[tuple[_Worker, Reply | None] | None]
"""What workers say, and None when somebody wants the pool to stop."""


def _environment(folder: str, extra: Mapping[str, str]) -> dict[str, str]:
    """Return the workers' environment: the parent's, and what makes runs alike and keeps them apart."""
    environment = {**os.environ, **extra}
    environment["IPYTHONDIR"] = folder  # not the user's own profile with its startup files
    # What a killed worker leaves goes when the pool does.
    environment |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), folder)
    environment["PYTHONHASHSEED"] = "0"  # the order of a set is the same in every worker
    environment["PYTHONUTF8"] = "1"
    # One report a core: libraries that start a thread per core would fight over them.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        environment.setdefault(name, "1")
    return environment


class WorkerPool:
    """A number of warm workers.

    Parameters
    ----------
    count
        Workers.
    preload
        Names of modules that every worker imports at start.
    environment
        Environment variables of the workers beside those of this process.
    """

    def __init__(
        self, count: int, preload: Sequence[str], environment: Mapping[str, str] | None = None
    ) -> None:
        self._count = count
        self._preload = tuple(preload)
        self._extra = dict(environment or {})
        self._events: _Events = queue.SimpleQueue()
        self._workers: list[_Worker] = []
        self._failed_starts = 0
        self._folder: Path | None = None
        self._folders = ExitStack()

    def outcomes(self, tasks: Sequence[Task]) -> Generator[Outcome]:
        """Make the reports; yield each as it is finished, in any order.

        When the iterator is closed or an exception passes through it, all workers are
        ended at once.

        Raises
        ------
        EffektivError
            Workers cannot be started.
        """
        try:
            yield from self._work(tasks)
        finally:
            self.close()

    def make(self, task: Task) -> Outcome:
        """Make one report, and keep the worker warm for the next until `close`.

        Raises
        ------
        EffektivError
            A worker cannot be started.
        PoolStoppedError
            `stop` was called; the report is not finished.
        """
        (outcome,) = self._work([task])
        return outcome

    def stop(self) -> None:
        """Make a `make` that is at work in another thread raise `PoolStoppedError`."""
        self._events.put(None)

    def close(self) -> None:
        """End all workers at once."""
        self._end(self._workers)
        self._workers.clear()
        self._folder = None
        self._folders.close()

    def _work(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        waiting = deque(_Attempt(task) for task in tasks)
        while waiting or any(worker.attempt for worker in self._workers):
            self._keep_staffed(len(waiting))
            for worker in self._workers:
                if waiting and worker.ready and worker.attempt is None:
                    worker.give(waiting.popleft())
            yield from self._next(waiting)

    def _keep_staffed(self, waiting: int) -> None:
        """Start workers as long as there is work for one more."""
        busy = sum(worker.attempt is not None for worker in self._workers)
        wanted = min(self._count, busy + waiting)
        if self._folder is None:
            try:
                place = Path(tempfile.gettempdir())
                self._folder = self._folders.enter_context(staging(place, "effektiv", 0o700))
            except OSError as error:
                raise EffektivError(
                    f"Det finns ingen mapp att skriva tillfälliga filer i ({system_reason(error)}): ange en som"
                    " finns i miljövariabeln TMPDIR, i Windows TEMP."
                ) from error
        environment = _environment(str(self._folder), self._extra)
        while len(self._workers) < wanted:
            try:
                self._workers.append(_Worker(Setup(self._preload), self._events, environment))
            except OSError as error:
                raise EffektivError(
                    f"Det gick inte att starta en arbetsprocess: {system_reason(error)}."
                ) from error

    def _next(self, waiting: deque[_Attempt]) -> Iterator[Outcome]:
        """Wait for the next event or deadline and act on it."""
        nearest = min(worker.deadline for worker in self._workers)
        try:
            # Short waits: on Windows Ctrl-C does not interrupt a long one.
            event = self._events.get(timeout=max(0.0, min(_POLL, nearest - time.monotonic())))
        except queue.Empty:
            yield from self._end_late()
            return
        if event is None:
            raise PoolStoppedError
        worker, reply = event
        if worker not in self._workers:
            return  # ended by us; these are its last words
        match reply:
            case None:
                yield from self._end_dead(worker, waiting)
            case StartFailed(message) if not worker.ready:
                raise EffektivError(f"Arbetsprocessen kunde inte förberedas: {message}")
            case Ready() if not worker.ready:
                self._failed_starts = 0
                worker.rest()
            case At(mark, place) if worker.attempt is not None and worker.is_at(mark):
                worker.arrive(place, worker.attempt.task)
            case Made(mark, files, worn) if worker.is_at(mark):
                yield self._finish(worker, files, None, worn=worn)
            case Failed(mark, message, files, worn) if worker.is_at(mark):
                yield self._finish(worker, files or None, message, worn=worn)
            case Broken(mark, message) if worker.is_at(mark):
                yield from self._replace(worker, waiting, message)
            case _:
                text = "arbetsprocessen svarade två gånger på något annat än det den skulle göra"
                yield from self._replace(worker, waiting, text)

    def _finish(
        self, worker: _Worker, files: dict[str, bytes] | None, message: str | None, *, worn: bool
    ) -> Outcome:
        outcome = _outcome(worker, files, message)
        if worn:
            self._dismiss(worker)
        else:
            worker.rest()
        return outcome

    def _replace(self, worker: _Worker, waiting: deque[_Attempt], text: str) -> Iterator[Outcome]:
        """End a worker that cannot be trusted; try its report once in another, and then say why not."""
        self._dismiss(worker)
        attempt = worker.attempt
        if attempt is None:
            if not worker.ready:
                self._count_failed_start(text)
        elif attempt.number < _ATTEMPTS:
            waiting.appendleft(_Attempt(attempt.task, attempt.number + 1))
        else:
            yield _outcome(worker, None, text)

    def _end_late(self) -> Iterator[Outcome]:
        """End the workers that have been too long in one place."""
        now = time.monotonic()
        for worker in [worker for worker in self._workers if worker.deadline <= now]:
            self._dismiss(worker)
            if worker.attempt is None:
                self._count_failed_start(f"den svarade inte på {_START_LIMIT:g} sekunder")
                continue
            task = worker.attempt.task
            place = worker.place or "rapporten"
            limit = task.timeout if worker.place else _OTHER_WORK_LIMIT
            yield _outcome(worker, None, timeout_message(place, limit))

    def _end_dead(self, worker: _Worker, waiting: deque[_Attempt]) -> Iterator[Outcome]:
        """Replace a worker that is gone; try its report once more."""
        ended = _how_it_ended(worker.exit_code())
        if worker.attempt is None:
            text = f"{ended}. {worker.last_words()}".strip()
        else:
            place = f"{worker.place}: " if worker.place else ""
            text = f"{place}arbetsprocessen dog två gånger ({ended}); minnet kan ha tagit slut"
        yield from self._replace(worker, waiting, text)

    def _dismiss(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._end([worker])

    def _end(self, workers: Sequence[_Worker]) -> None:
        """End workers and all that their notebooks have started, also what is no longer below them."""
        for worker in workers:
            worker.kill()
        if workers:
            processes.end_marked({worker.mark for worker in workers})

    def _count_failed_start(self, why: str) -> None:
        self._failed_starts += 1
        if self._failed_starts >= _START_ATTEMPTS:
            raise EffektivError(f"Arbetsprocesserna kan inte starta: {why}")


def _outcome(worker: _Worker, files: dict[str, bytes] | None, message: str | None) -> Outcome:
    if worker.attempt is None:
        raise RuntimeError("worker has answered without a task")
    return Outcome(worker.attempt.task, files, message, time.monotonic() - worker.started)


def _how_it_ended(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"slutkod {code}"
