"""A Dask worker's side of a run: what is done on the other machine.

A Dask worker runs its tasks in threads of one process, where two notebooks would share
globals, and where neither a hanging cell nor one that runs out of memory can be ended.
So it makes no report itself: each of its threads keeps a warm worker of the same kind as
on one machine (`effektiv.render.pool`), with the same limits and the same words for what
fails.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from distributed import Worker, WorkerPlugin, get_worker

from effektiv.errors import EffektivError, system_reason
from effektiv.render.fingerprint import library_checksum
from effektiv.render.parcel import Parcel, write_files
from effektiv.render.pool import Outcome, WorkerPool
from effektiv.render.tasks import Task

_IDLE_LIMIT = 60.0
"""Seconds until warm workers with nothing to do are ended, should the caller have died."""


class Host(WorkerPlugin):  # type: ignore[misc]  # distributed is hardly typed
    """Makes the reports of one run on one Dask worker.

    Dask installs it on each worker there is, and on those that come later.

    Parameters
    ----------
    name
        Of the run; unique, since runs may share a cluster.
    checksum
        `library_checksum` of the caller.
    preload
        Names of modules that warm workers import at start.
    parcels
        What the notebooks read.
    notebooks
        The notebooks by the addresses that tasks give.
    """

    def __init__(
        self,
        name: str,
        checksum: str,
        preload: Sequence[str],
        parcels: Sequence[Parcel],
        notebooks: Mapping[str, bytes],
    ) -> None:
        self.name = name
        self._checksum = checksum
        self._preload = tuple(preload)
        self._parcels = tuple(parcels)
        self._notebooks = dict(notebooks)

    def setup(self, worker: Worker) -> None:
        """Put in place what the notebooks read.

        Raises
        ------
        EffektivError
            The library is another than the caller's, or the disk is full.
        """
        self._lock = threading.Lock()
        self._idle: list[WorkerPool] = []
        self._busy: list[WorkerPool] = []
        self._stopped = False
        self._timer = threading.Timer(_IDLE_LIMIT, self._end_idle)
        self._environment: dict[str, str] = {}
        self._folder = Path(worker.local_directory) / self.name
        self._fault = ""
        try:
            self._prepare()
        except OSError as error:
            self._fault = f"kan inte skriva i {self._folder} ({system_reason(error)})"
        if library_checksum() != self._checksum:
            self._fault = (
                "har en annan version av effektiv än den här datorn, så att rapporterna skulle skilja sig åt: "
                "installera samma version och starta om den"
            )
        if self._fault:
            self._fault = f"Klustrets arbetsprocess {worker.address} {self._fault}."
            raise EffektivError(self._fault)

    def _prepare(self) -> None:
        write_files(self._folder / "notebooks", self._notebooks)
        for number, parcel in enumerate(self._parcels):
            folder = parcel.unpack(self._folder / str(number))
            self._environment[parcel.variable] = str(folder)

    def make(self, task: Task) -> Outcome:
        """Make a report in a warm worker that nobody else uses.

        Raises
        ------
        EffektivError
            No report can be made here.
        PoolStoppedError
            The run was stopped.
        """
        if self._fault:
            # Dask only logs what `setup` says on a worker that has come later.
            raise EffektivError(self._fault)
        job = replace(task.job, notebook=self._folder / "notebooks" / task.job.notebook)
        pool = self._take()
        try:
            outcome = pool.make(replace(task, job=job))
        except BaseException:
            self._drop(pool)
            raise
        self._give_back(pool)
        return replace(outcome, task=task)

    def _take(self) -> WorkerPool:
        with self._lock:
            self._timer.cancel()
            pool = self._idle.pop() if self._idle else WorkerPool(1, self._preload, self._environment)
            self._busy.append(pool)
        if self._stopped:
            pool.stop()
        return pool

    def _give_back(self, pool: WorkerPool) -> None:
        with self._lock:
            self._busy.remove(pool)
            self._idle.append(pool)
            self._timer.cancel()
            self._timer = threading.Timer(_IDLE_LIMIT, self._end_idle)
            self._timer.daemon = True
            self._timer.start()
        if self._stopped:
            self._end_idle()

    def _drop(self, pool: WorkerPool) -> None:
        with self._lock:
            self._busy.remove(pool)
        pool.close()

    def _end_idle(self) -> None:
        with self._lock:
            idle, self._idle = self._idle, []
        for pool in idle:
            pool.close()

    def teardown(self, worker: Worker) -> None:  # noqa: ARG002  Dask's signature
        """End the warm workers, also those at work, and remove what was put in place."""
        self._stopped = True
        with self._lock:
            self._timer.cancel()
            for pool in self._busy:
                pool.stop()
        self._end_idle()
        shutil.rmtree(self._folder, ignore_errors=True)


def make(name: str, task: Task) -> Outcome:
    """Make a report on the Dask worker that runs this; see `Host.make`."""
    host: Host = get_worker().plugins[name]
    return host.make(task)
