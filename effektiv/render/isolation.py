"""Leave a warm process as a notebook found it.

A notebook that runs in a process of its own can change what it likes; in a warm worker
the next notebook must not notice. Everything that a notebook commonly changes in the
process, outside its own namespace, is saved before and put back after. The namespace
itself is new for each notebook (see `effektiv.render.shell`).

Two things are kept on purpose: modules that a notebook imports stay imported (that is
what a warm worker is for), and files that it writes stay written. What a module does
when it is imported for the first time inside a notebook - set rcParams, for instance -
is undone with the rest; import such modules before, with ``preload``.
"""

from __future__ import annotations

import asyncio
import builtins
import decimal
import locale
import logging
import os
import random
import socket
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any, NoReturn

import matplotlib as mpl
import numpy as np
import pandas as pd
from IPython.core import async_helpers
from IPython.core.error import StdinNotImplementedError
from matplotlib import pyplot as plt
from matplotlib_inline import backend_inline
from matplotlib_inline.config import InlineBackend

INLINE_BACKEND = "module://matplotlib_inline.backend_inline"
"""What ipykernel draws with: figures that a cell leaves open are shown when it ends."""


@contextmanager
def isolated() -> Iterator[None]:
    """Put the process's state back when the block ends, however it ends."""
    with ExitStack() as stack:
        for keeper in _KEEPERS:
            stack.enter_context(keeper())
        yield


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
    names = ("stdin", "stdout", "stderr", "displayhook", "excepthook", "ps1", "ps2", "ps3")
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
    saved = dict(vars(builtins))
    builtins.input = _no_input
    try:
        yield
    finally:
        for name in set(vars(builtins)) - set(saved):
            delattr(builtins, name)
        vars(builtins).update(saved)


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
    """rcParams, backend, open figures and the settings of the inline backend.

    Inside, the backend is the one of a kernel: figures that a cell leaves open are shown.
    """
    backend = mpl.get_backend(auto_select=False)
    with mpl.rc_context():
        _forget_inline_settings()
        mpl.use(INLINE_BACKEND)
        try:
            yield
        finally:
            plt.close("all")
            _forget_inline_settings()
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


_KEEPERS: tuple[Callable[[], Any], ...] = (
    _environ,
    _working_directory,
    _sys,
    _builtins,
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
)
