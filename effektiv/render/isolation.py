"""Leave a warm process as a notebook found it.

A notebook that runs in a process of its own can change what it likes; in a warm worker
the next notebook must not notice. Everything that a notebook commonly changes in the
process, outside its own namespace, is saved before and put back after. The namespace
itself is new for each notebook (see `effektiv.render.shell`), and what the code itself
consists of is the business of `effektiv.render.guard`.

What cannot be put back - a thread that goes on, a limit that only an administrator may
raise - is noted (`worn`), and the process should make no more reports.

Two things are kept on purpose: modules that a notebook imports stay imported (that is
what a warm worker is for), and files that it writes stay written. What a module does
when it is imported for the first time inside a notebook - set rcParams, for instance -
is undone with the rest; import such modules before, with ``preload``.
"""

from __future__ import annotations

import asyncio
import builtins
import decimal
import gc
import locale
import logging
import os
import random
import signal
import socket
import sys
import tempfile
import threading
import time
import tracemalloc
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from types import TracebackType
from typing import Any, NoReturn

import matplotlib as mpl
import numpy as np
import pandas as pd
from IPython.core import async_helpers
from IPython.core.error import StdinNotImplementedError
from matplotlib import font_manager
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from matplotlib_inline.config import InlineBackend

from effektiv.render import processes
from effektiv.render.guard import Guard

try:
    import resource
except ImportError:  # Windows has no such limits
    resource = None  # type: ignore[assignment]

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"
"""What ipykernel draws with: figures that a cell leaves open are shown when it ends."""


_THREAD_SECONDS = 0.5
"""How long threads of a notebook that has ended may take to end."""

_GUARD = Guard()
_WORN: deque[str] = deque()  # no list, which the guard would put back


@contextmanager
def isolated() -> Iterator[None]:
    """Put the process's state back when the block ends, however it ends."""
    with _kept(_KEEPERS):
        yield


@contextmanager
def guarded() -> Iterator[None]:
    """Put back code, builtins, limits and working directory; use inside what needs them to end, the shell and `isolated`."""
    with _kept(_FIRST):
        yield


@contextmanager
def _kept(keepers: Sequence[Callable[[], AbstractContextManager[None]]]) -> Iterator[None]:
    with ExitStack() as stack:
        for keeper in keepers:
            stack.enter_context(_Tried(keeper))
        yield


def worn() -> tuple[str, ...]:
    """Return what notebooks have changed in this process that could not be put back."""
    return tuple(_WORN)


def prepare() -> None:
    """Note what a process consists of that from now on makes reports and nothing else.

    Between notebooks nobody changes it then, so it need not be noted before each of them.
    """
    tempfile.gettempdir()
    _GUARD.look()
    _GUARD.is_settled = True


class _Tried:
    """A keeper whose failure to put something back is noted: the report itself is not to blame."""

    def __init__(self, keeper: Callable[[], AbstractContextManager[None]]) -> None:
        self._name = keeper.__name__
        self._manager = keeper()

    def __enter__(self) -> None:
        self._manager.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            # Keepers do the same however the notebook ended.
            self._manager.__exit__(None, None, None)
        except Exception as failure:
            _WORN.append(f"{self._name}: {failure}")


class _NotPutBackError(Exception):
    """Something is as the notebook left it."""


@contextmanager
def _code() -> Iterator[None]:
    _GUARD.look(only_new=_GUARD.is_settled)
    try:
        yield
    finally:
        if not _GUARD.put_back():
            raise _NotPutBackError("names of modules or classes")


@contextmanager
def _limits() -> Iterator[None]:
    """Of memory, open files and the like."""
    if resource is None:
        yield
        return
    kinds = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]
    saved = {kind: resource.getrlimit(kind) for kind in kinds}
    try:
        yield
    finally:
        for kind, limits in saved.items():
            if resource.getrlimit(kind) != limits:
                resource.setrlimit(kind, limits)


@contextmanager
def _process() -> Iterator[None]:
    """Rights of new files, priority, cores, and whose the process is."""
    mask = os.umask(0)
    os.umask(mask)
    user = _user()
    nice = os.getpriority(os.PRIO_PROCESS, 0) if hasattr(os, "getpriority") else 0
    cores = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set()
    try:
        yield
    finally:
        os.umask(mask)
        if hasattr(os, "sched_getaffinity") and os.sched_getaffinity(0) != cores:
            os.sched_setaffinity(0, cores)
        if hasattr(os, "getpriority") and os.getpriority(os.PRIO_PROCESS, 0) != nice:
            os.setpriority(os.PRIO_PROCESS, 0, nice)
        if _user() != user:
            raise _NotPutBackError("user")


def _user() -> tuple[Any, ...]:
    return tuple(getattr(os, name)() for name in ("getresuid", "getresgid") if hasattr(os, name))


@contextmanager
def _descriptors() -> Iterator[None]:
    """Where the standard streams lead; a process with few left to open cannot make more reports."""
    saved: dict[int, int] = {}
    for number in (0, 1, 2):
        with suppress(OSError):
            saved[number] = os.dup(number)
    try:
        yield
    finally:
        for number, copy in saved.items():
            if not _same_file(number, copy):
                os.dup2(copy, number)
            os.close(copy)
        if resource is not None and os.path.isdir("/dev/fd"):  # noqa: PTH112  twice as fast
            most = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
            if most > 0 and len(os.listdir("/dev/fd")) > most / 2:  # noqa: PTH208
                raise _NotPutBackError("open files")


def _same_file(one: int, other: int) -> bool:
    try:
        return os.path.sameopenfile(one, other)
    except OSError:  # closed
        return False


@contextmanager
def _signals() -> Iterator[None]:
    """Handlers, blocked signals and timers; they belong to the main thread."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in signal.valid_signals()}
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, ()) if hasattr(signal, "pthread_sigmask") else set()
    timers = {}
    if hasattr(signal, "getitimer"):
        kinds = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
        timers = {kind: signal.getitimer(kind) for kind in kinds}
    try:
        yield
    finally:
        for kind, timer in timers.items():
            if timer == (0.0, 0.0):
                signal.setitimer(kind, 0.0)
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        if hasattr(signal, "pthread_sigmask"):
            signal.pthread_sigmask(signal.SIG_SETMASK, blocked)


@contextmanager
def _interpreter() -> Iterator[None]:
    """Keep the garbage collector as it is, and what listens to the code that runs."""
    collects, thresholds, debug, calls = (
        gc.isenabled(),
        gc.get_threshold(),
        gc.get_debug(),
        list(gc.callbacks),
    )
    traced, profiled, interval = sys.gettrace(), sys.getprofile(), sys.getswitchinterval()
    digits, allocations = sys.get_int_max_str_digits(), tracemalloc.is_tracing()
    try:
        yield
    finally:
        (gc.enable if collects else gc.disable)()
        gc.set_threshold(*thresholds)
        gc.set_debug(debug)
        gc.callbacks[:] = calls
        if sys.gettrace() is not traced:
            sys.settrace(traced)
        if sys.getprofile() is not profiled:
            sys.setprofile(profiled)
        sys.setswitchinterval(interval)
        sys.set_int_max_str_digits(digits)
        if tracemalloc.is_tracing() and not allocations:
            tracemalloc.stop()


@contextmanager
def _threads() -> Iterator[None]:
    before = set(threading.enumerate())
    try:
        yield
    finally:
        deadline = time.monotonic() + _THREAD_SECONDS
        started = [thread for thread in threading.enumerate() if thread not in before]
        for thread in started:
            thread.join(max(0.0, deadline - time.monotonic()))
        if any(thread.is_alive() for thread in started):
            raise _NotPutBackError("threads that go on")


@contextmanager
def _children() -> Iterator[None]:
    """Programs that the notebook has started; what talked to them is of no use any more."""
    before = processes.descendants() if processes.has_children() else []
    try:
        yield
    finally:
        if processes.end_below(before):
            raise _NotPutBackError("programs that were ended")


@contextmanager
def _environ() -> Iterator[None]:
    saved = dict(os.environ)
    os.environ["MPLBACKEND"] = INLINE_BACKEND  # for processes that the notebook starts
    try:
        yield
    finally:
        if dict(os.environ) != saved:
            os.environ.clear()
            os.environ.update(saved)
        if hasattr(time, "tzset"):
            time.tzset()  # by the environment, TZ among it


@contextmanager
def _working_directory() -> Iterator[None]:
    saved = os.getcwd()  # noqa: PTH109  a folder name as it is, not resolved
    try:
        yield
    finally:
        os.chdir(saved)


@contextmanager
def _sys() -> Iterator[None]:
    """Streams, hooks, arguments, import path and the module that ``__main__`` is."""
    names = ("stdin", "stdout", "stderr", "displayhook", "excepthook", "ps1", "ps2", "ps3", "tracebacklimit")
    saved = {name: getattr(sys, name) for name in names if hasattr(sys, name)}
    lists = {name: list(getattr(sys, name)) for name in ("path", "argv", "meta_path", "path_hooks")}
    main = sys.modules["__main__"]
    limit = sys.getrecursionlimit()
    # As in a kernel, modules beside the working directory can be imported.
    if "" not in sys.path:
        sys.path.insert(0, "")
    try:
        yield
    finally:
        for name in names:
            if name in saved:
                setattr(sys, name, saved[name])
            elif hasattr(sys, name):
                delattr(sys, name)
        for name, items in lists.items():
            getattr(sys, name)[:] = items
        sys.modules["__main__"] = main
        sys.setrecursionlimit(limit)


@contextmanager
def _builtins() -> Iterator[None]:
    """Names that a shell or a notebook adds to builtins; nobody is there to answer ``input``."""
    names = vars(builtins)
    saved = dict(names)
    builtins.input = _no_input
    try:
        yield
    finally:
        # Without a call of any builtin but methods, for they are what may have been changed.
        names.update(saved)
        for name in [*names]:
            if name not in saved:
                del names[name]


def _no_input(_prompt: object = "") -> NoReturn:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")


@contextmanager
def _warnings() -> Iterator[None]:
    # Leaving the block also makes Python forget which warnings have been shown once.
    with warnings.catch_warnings():
        yield


@contextmanager
def _locale() -> Iterator[None]:
    saved = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        if locale.setlocale(locale.LC_ALL) != saved:
            locale.setlocale(locale.LC_ALL, saved)


@contextmanager
def _random() -> Iterator[None]:
    saved = random.getstate()
    try:
        yield
    finally:
        random.setstate(saved)


@contextmanager
def _decimal() -> Iterator[None]:
    with decimal.localcontext():
        yield


@contextmanager
def _socket() -> Iterator[None]:
    saved = socket.getdefaulttimeout()
    try:
        yield
    finally:
        socket.setdefaulttimeout(saved)


@contextmanager
def _logging() -> Iterator[None]:
    """Levels and handlers; handlers made by ``basicConfig`` would keep writing to a dead cell.

    Inside, the root logger is a new process's: with the handlers of the program around it,
    papermill's for one, the notebook's own ``basicConfig`` would do nothing.
    """
    root = logging.getLogger()
    saved = [_logger_state(logger) for logger in _loggers()]
    disabled = root.manager.disable
    known = set(root.manager.loggerDict)
    root.handlers.clear()
    root.setLevel(logging.WARNING)
    logging.disable(logging.NOTSET)
    try:
        yield
    finally:
        for logger, level, handlers, propagate in saved:
            logger.setLevel(level)
            logger.handlers[:] = handlers
            logger.propagate = propagate
        for name in set(root.manager.loggerDict) - known:
            logger = logging.getLogger(name)
            logger.setLevel(logging.NOTSET)
            logger.handlers.clear()
        logging.disable(disabled)


def _loggers() -> list[logging.Logger]:
    root = logging.getLogger()
    named = [logger for logger in root.manager.loggerDict.values() if isinstance(logger, logging.Logger)]
    return [root, *named]


def _logger_state(logger: logging.Logger) -> tuple[logging.Logger, int, list[logging.Handler], bool]:
    return logger, logger.level, list(logger.handlers), logger.propagate


@contextmanager
def _event_loop() -> Iterator[None]:
    """Close the loop that top-level await has used, with the tasks still on it."""
    outer = async_helpers._asyncio_event_loop
    async_helpers._asyncio_event_loop = None
    try:
        yield
    finally:
        loop = async_helpers._asyncio_event_loop
        async_helpers._asyncio_event_loop = outer
        if loop is not None and not loop.is_closed():
            _close_loop(loop)


def _close_loop(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop)
    for task in tasks:
        task.cancel()
    if tasks:
        loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()


@contextmanager
def _numpy() -> Iterator[None]:
    state = np.random.get_state()  # noqa: NPY002  the global state is what could leak
    try:
        with np.errstate(), np.printoptions():
            yield
    finally:
        np.random.set_state(state)  # noqa: NPY002


@contextmanager
def _pandas() -> Iterator[None]:
    saved = dict(_pandas_options(pd.options, ""))
    try:
        yield
    finally:
        for key, value in _pandas_options(pd.options, ""):
            if key in saved and value is not saved[key]:
                with warnings.catch_warnings(action="ignore"):
                    pd.set_option(key, saved[key])


def _pandas_options(node: Any, prefix: str) -> Iterator[tuple[str, Any]]:
    """Yield every option of pandas with its value."""
    for name in dir(node):
        with warnings.catch_warnings(action="ignore"):  # some options are deprecated
            value = getattr(node, name)
        if isinstance(value, type(node)):
            yield from _pandas_options(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value


@contextmanager
def _matplotlib() -> Iterator[None]:
    """rcParams, backend, colour maps, fonts, open figures and the settings of the inline backend.

    Inside, the backend is the one of a kernel: figures that a cell leaves open are shown.
    """
    maps, fonts = set(mpl.colormaps), list(font_manager.fontManager.ttflist)
    backend = mpl.get_backend(auto_select=False)
    with mpl.rc_context():
        _forget_inline_settings()
        mpl.use(INLINE_BACKEND)
        try:
            yield
        finally:
            plt.close("all")
            _forget_inline_settings()
            if not _GUARD.packages:  # which may have brought them
                for name in set(mpl.colormaps) - maps:
                    mpl.colormaps.unregister(name)
            if font_manager.fontManager.ttflist != fonts:
                font_manager.fontManager.ttflist[:] = fonts
                fonts_found: Any = font_manager.fontManager
                with suppress(AttributeError):  # not part of matplotlib's promises
                    fonts_found._findfont_cached.cache_clear()
            if backend is not None:
                mpl.use(backend)


def _forget_inline_settings() -> None:
    """Drop what ``%config InlineBackend`` has set, for which shell, and figures waiting to be shown."""
    InlineBackend.clear_instance()
    backend: Any = backend_inline  # keeps its state as attributes of its functions
    with suppress(AttributeError):
        del backend.configure_inline_support.current_backend
    backend.show._to_draw = []
    backend.show._draw_called = False


_FIRST: tuple[Callable[[], Any], ...] = (_working_directory, _limits, _code, _builtins)
_KEEPERS: tuple[Callable[[], Any], ...] = (
    _environ,
    _descriptors,
    _children,
    _threads,
    _process,
    _signals,
    _sys,
    _warnings,
    _locale,
    _random,
    _decimal,
    _socket,
    _logging,
    _event_loop,
    _numpy,
    _pandas,
    _matplotlib,
    _interpreter,
    _builtins,
)
"""Both in the order they begin; they end in the opposite one."""
