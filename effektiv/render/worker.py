"""A warm worker: a process that has everything imported and makes one report after another.

Run as ``python -m effektiv.render.worker``. It reads pickled messages from standard input
and answers on standard output (see `effektiv.render.tasks`); it ends when its input does,
so it never outlives the process that started it, even if that one is killed.
"""

from __future__ import annotations

import gc
import importlib
import itertools
import os
import pickle
import queue
import signal
import sys
import threading
import traceback
from contextlib import suppress
from typing import IO, NoReturn

from effektiv.errors import system_sentence
from effektiv.render import processes
from effektiv.render.tasks import At, Broken, Failed, Made, Ready, Reply, Setup, StartFailed, Task

_PID = os.getpid()
_DUMP = pickle.dump  # also in the middle of a notebook that has changed what the module holds


def main() -> None:
    """Serve until standard input ends."""
    # Ctrl-C is for the parent, which then ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    processes.adopt_orphans()
    source, sink = _take_standard_streams()
    messages: queue.SimpleQueue[Setup | Task] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(source, messages), daemon=True).start()
    setup = messages.get()
    if not isinstance(setup, Setup):
        raise TypeError(f"first message was {setup!r}")
    try:
        _warm_up(setup)
    except OSError as error:
        _send(sink, StartFailed(system_sentence(error)))
        return
    except Exception as error:  # whatever it is, the parent must be told
        _send(sink, StartFailed(f"{type(error).__name__}: {error}."))
        return
    _send(sink, Ready())
    while True:
        task = messages.get()
        if not isinstance(task, Task):
            raise TypeError(f"got {task!r} instead of a task")
        reply = _work(task, sink)
        # What the browser has left; a notebook's own processes have been ended with its cells.
        processes.end_below()
        _send(sink, reply)
        # What a report leaves is what the next ones use again: panels, fonts, measured texts.
        settle()


def _take_standard_streams() -> tuple[IO[bytes], IO[bytes]]:
    """Keep standard input and output for messages; what cells print there must not disturb them."""
    source = os.fdopen(os.dup(0), "rb")
    sink = os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return source, sink


def _listen(source: IO[bytes], messages: queue.SimpleQueue[Setup | Task]) -> None:
    """Pass messages on; end the process at once, even in the middle of a cell, when there are no more."""
    while True:
        try:
            message = pickle.load(source)
        except (EOFError, OSError, pickle.UnpicklingError):
            _end_at_once()
        messages.put(message)


def _end_at_once() -> NoReturn:
    """End this process and what its notebook has started; a copy that a notebook has made ends alone."""
    if os.getpid() != _PID:
        os._exit(1)
    with suppress(Exception):  # in the middle of a cell, which may have changed anything
        processes.end_below()
    if sys.platform != "win32" and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


def _warm_up(setup: Setup) -> None:
    """Import what the caller asks for and what every report needs."""
    # jsonschema compiles a grammar of internationalised addresses if it can, which takes 2 of the 5 seconds
    # that a worker needs to start; notebooks have no use for it, and jsonschema manages without.
    sys.modules["rfc3987_syntax"] = None  # type: ignore[assignment]
    importlib.import_module("jsonschema")
    del sys.modules["rfc3987_syntax"]
    for name in setup.preload:
        importlib.import_module(name)
    from effektiv.render import isolation, report, shell  # noqa: F401, PLC0415  after the listener has started
    from effektiv.render.document import cell_exporter  # noqa: PLC0415

    cell_exporter()
    isolation.prepare()
    settle()


_TURNS = itertools.count(1)
AGAIN = 40
"""So many reports after each other, what was set apart is looked through again: it takes half a second."""


def settle() -> None:
    """Set apart what is imported and kept, or the collection that ends each notebook goes through all of it.

    What was still held by somebody when it was set apart, and refers to itself, is never collected there: a municipality's
    case with all that it has computed. So everything is taken back and gone through from time to time.
    """
    if next(_TURNS) % AGAIN == 0:
        gc.unfreeze()
    gc.collect()
    gc.freeze()


def _work(task: Task, sink: IO[bytes]) -> Reply:
    from effektiv.render.isolation import worn  # noqa: PLC0415
    from effektiv.render.report import ReportError, make_report  # noqa: PLC0415

    try:
        files = make_report(task, lambda place: _send(sink, At(task.mark, place)))
        return Made(task.mark, files, bool(worn()))
    except ReportError as error:
        return Failed(task.mark, str(error), error.files, bool(worn()))
    except Exception as error:
        # A fault in the library or in an exhibit: the other reports go on, and this one says where.
        at = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{os.path.basename(at.filename)} rad {at.lineno}"  # noqa: PTH119
        return Broken(task.mark, f"{type(error).__name__}: {error} ({where})")


def _send(sink: IO[bytes], reply: Reply) -> None:
    if os.getpid() != _PID:
        # A notebook has copied this process (os.fork), and the copy has come back from its cell.
        # The answer is for the original to give.
        os._exit(1)
    try:
        _DUMP(reply, sink, protocol=pickle.HIGHEST_PROTOCOL)
        sink.flush()
    except OSError:
        _end_at_once()  # nobody is there to answer


if __name__ == "__main__":
    main()
