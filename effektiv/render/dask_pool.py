"""Reports made on a Dask cluster: the caller's side.

Dask hands out the tasks, notices workers that are lost and gives their tasks to others.
What a task does there is in `effektiv.render.dask_host`. The package ``distributed`` is
optional, hence the late imports.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import time
import uuid
import warnings
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, cast

from effektiv.errors import EffektivError, InputError
from effektiv.render.fingerprint import library_checksum
from effektiv.render.parcel import Parcel, Place, pack
from effektiv.render.pool import Outcome
from effektiv.render.tasks import Task

if TYPE_CHECKING:
    from distributed import Client, Future

_CONNECT_LIMIT = 10.0
_NO_WORKERS_LIMIT = 60.0
"""Seconds that a cluster may be without workers; one that grows with its load begins with none."""

_GATHER_LIMIT = 30.0
"""Seconds to wait for a finished report, which its worker may have taken with it."""

_CLOSE_LIMIT = 2.0
_POLL = 0.5
_LOOK = 2.0
_LOG = logging.getLogger("distributed.client")
_EXAMPLE = "tcp://10.0.0.5:8786"


class DaskPool:
    """The workers of a Dask cluster; use it in a ``with`` statement.

    Parameters
    ----------
    address
        Of the scheduler, ``tcp://10.0.0.5:8786`` for example.
    preload
        Names of modules that every warm worker imports at start.
    places
        Folders that the notebooks read.
    """

    def __init__(self, address: str, preload: Sequence[str] = (), places: Sequence[Place] = ()) -> None:
        self._address = address
        self._preload = tuple(preload)
        self._places = tuple(places)
        self._client: Client | None = None

    def __enter__(self) -> DaskPool:
        """Connect.

        Raises
        ------
        InputError
            The package is not installed, or the address is none.
        EffektivError
            Nobody answers at the address.
        """
        self._client = _connect(self._address)
        # Dask writes English traces when it loses a scheduler; we say it in one sentence.
        self._level = _LOG.level
        _LOG.setLevel(logging.CRITICAL)
        return self

    def __exit__(self, *_: object) -> None:
        """Disconnect."""
        if self._client is not None:
            self._client.close(timeout=_CLOSE_LIMIT)
            _LOG.setLevel(self._level)
            self._client = None

    def outcomes(self, tasks: Sequence[Task]) -> Generator[Outcome]:
        """Make the reports; yield each as it is finished, in any order.

        When the iterator is closed or an exception passes through it, what is not
        finished is cancelled and nothing of the run is left on the cluster.

        Raises
        ------
        EffektivError
            The cluster cannot make the reports, or is gone.
        """
        if self._client is None:
            raise RuntimeError("outcomes outside with")
        if not tasks:
            return
        name = f"effektiv-{uuid.uuid4().hex}"
        waiting: dict[Future, Task] = {}
        blamed: list[Task] = []
        try:
            self._install(self._client, name, tasks)
            send = partial(_submit, self._client, name, _addresses(tasks))
            waiting.update(send(tasks))
            for task, outcome in self._collect(self._client, waiting):
                if outcome is None:
                    blamed.append(task)
                else:
                    yield outcome
            # Dask blames a lost worker on every task that it had been given, also on those that
            # only stood in line there. By itself a task answers for itself alone.
            for blamed_task in blamed:
                waiting.update(send([blamed_task]))
                for task, outcome in self._collect(self._client, waiting):
                    text = "klustrets arbetsprocesser dog, en efter en, när de gjorde rapporten"
                    yield outcome or Outcome(task, None, text, 0.0)
        finally:
            # What cannot be reached cannot be tidied, and should not hide why.
            with suppress(Exception):
                _tidy(self._client, name, list(waiting))

    def _install(self, client: Client, name: str, tasks: Sequence[Task]) -> None:
        """Send what the notebooks read to every worker, and compare libraries."""
        from effektiv.render.dask_host import Host  # noqa: PLC0415

        parcels: list[Parcel] = [pack(place) for place in self._places]
        notebooks = {str(address): path.read_bytes() for path, address in _addresses(tasks).items()}
        host = Host(name, library_checksum(), self._preload, parcels, notebooks)
        try:
            client.register_plugin(host, name=name)
        except EffektivError:
            raise
        except Exception as error:  # Dask passes on what goes wrong there as text
            raise EffektivError(
                f"Klustret {self._address} kunde inte förberedas ({error}): varje arbetsprocess där behöver ett"
                " Python med samma version av effektiv som här."
            ) from error

    def _collect(self, client: Client, futures: dict[Future, Task]) -> Iterator[tuple[Task, Outcome | None]]:
        """Wait for the reports, and see to it that there is somebody to wait for.

        Yields each task with how it ended, or with None when workers died while they had it.
        """
        done: queue.SimpleQueue[Future] = queue.SimpleQueue()
        for future in futures:
            future.add_done_callback(done.put)
        seen = look = time.monotonic()
        while futures:
            try:
                # Short waits: on Windows Ctrl-C does not interrupt a long one.
                future = done.get(timeout=_POLL)
            except queue.Empty:
                now = time.monotonic()
                if now - look > _LOOK:
                    look = now
                    seen = now if self._has_workers(client) else seen
                if now - seen > _NO_WORKERS_LIMIT:
                    raise EffektivError(
                        f"Klustret {self._address} har inga arbetsprocesser: starta minst en med dask worker"
                        f" {self._address}."
                    ) from None
                continue
            try:
                outcome = self._outcome(future, futures[future])
            except TimeoutError:
                # Its result was lost with its worker and is made anew.
                future.add_done_callback(done.put)
                continue
            seen = time.monotonic()
            task = futures.pop(future)
            future.release()
            yield task, outcome

    def _has_workers(self, client: Client) -> bool:
        try:
            return bool(client.nthreads())
        except OSError as error:
            raise self._lost() from error

    def _outcome(self, future: Future, task: Task) -> Outcome | None:
        """Return how a task ended, or None when workers died while they had it, or answered something else.

        Raises
        ------
        TimeoutError
            Its result cannot be had from the worker that made it.
        EffektivError
            The cluster cannot make the reports, or is gone.
        """
        from distributed import KilledWorker  # noqa: PLC0415

        try:
            outcome = cast(Outcome, future.result(timeout=_GATHER_LIMIT))
            # One that is about another task is no answer.
            return replace(outcome, task=task) if outcome.task.mark == future.key else None
        except KilledWorker:
            return None
        except CancelledError as error:
            raise self._lost() from error
        except (TimeoutError, EffektivError):
            raise
        except Exception as error:
            raise EffektivError(
                f"Klustret {self._address} kan inte göra rapporterna ({type(error).__name__}: {error})."
            ) from error

    def _lost(self) -> EffektivError:
        return EffektivError(
            f"Kontakten med klustret {self._address} bröts. Rapporterna som är klara finns kvar; kör samma"
            " kommando igen för att göra det som återstår."
        )


def _connect(address: str) -> Client:
    try:
        from distributed import Client  # noqa: PLC0415
        from distributed.comm import get_address_host_port  # noqa: PLC0415
        from distributed.versions import VersionMismatchWarning  # noqa: PLC0415
    except ModuleNotFoundError as error:
        if error.name not in {"dask", "distributed"}:
            raise
        raise InputError(
            "För --dask behövs paketet distributed, som inte är installerat:"
            " kör python -m pip install distributed"
        ) from error
    try:
        get_address_host_port(address)
    except ValueError as error:
        raise InputError(
            f"Adressen {address!r} är ingen adress till ett Daskkluster: skriv till exempel {_EXAMPLE}"
        ) from error
    try:
        # In a thread of its own, since JupyterLab already runs a loop in this one.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(asyncio.run, _greet(address)).result()
        with warnings.catch_warnings():
            # Of versions only ours decides (`Host.setup`).
            warnings.simplefilter("ignore", VersionMismatchWarning)
            return Client(address, timeout=_CONNECT_LIMIT, set_as_default=False)
    except Exception as error:  # whatever answers there may say anything
        raise EffektivError(
            f"Inget Daskkluster svarar på {address}: kontrollera adressen och att dask scheduler är igång där."
        ) from error


async def _greet(address: str) -> None:
    """See that a scheduler is there: a Client waits for ever for the greeting of something else."""
    from distributed.comm import connect  # noqa: PLC0415
    from distributed.security import Security  # noqa: PLC0415

    arguments = Security().get_connection_args("client")
    async with asyncio.timeout(_CONNECT_LIMIT):
        connection = await connect(address, timeout=_CONNECT_LIMIT, **arguments)
        await connection.close()


def _addresses(tasks: Sequence[Task]) -> dict[Path, PurePosixPath]:
    """Return an address for each notebook, which holds on any system: root, step folder, file."""
    notebooks = list(dict.fromkeys(task.job.notebook for task in tasks))
    roots = list(dict.fromkeys(path.parents[1] for path in notebooks))
    return {path: PurePosixPath(str(roots.index(path.parents[1])), *path.parts[-2:]) for path in notebooks}


def _submit(
    client: Client, name: str, addresses: Mapping[Path, PurePosixPath], tasks: Sequence[Task]
) -> dict[Future, Task]:
    from effektiv.render.dask_host import make  # noqa: PLC0415

    keys = [f"{name}-{uuid.uuid4().hex}" for _ in tasks]
    sent = [
        # Not a path of this system until the host has put its own folder before it.
        replace(task, job=replace(task.job, notebook=cast(Path, addresses[task.job.notebook])), mark=key)
        for task, key in zip(tasks, keys, strict=True)
    ]
    futures: list[Future] = client.map(partial(make, name), sent, key=keys, pure=False)
    return dict(zip(futures, tasks, strict=True))


def _tidy(client: Client, name: str, futures: Sequence[Future]) -> None:
    if client.status == "running":
        client.cancel(futures)
        client.unregister_worker_plugin(name)
