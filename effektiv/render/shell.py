"""An IPython shell in this process that collects what cells show.

The same contract as a kernel's, without the kernel: rich outputs with their metadata,
results, streams, errors with their traceback, updates by ``display_id``,
``clear_output``, magics and top-level await. Making a shell takes about 4 ms, so every
notebook gets a new one instead of a cleaned one.
"""

# IPython and nbformat are half typed.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import atexit
import io
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ipykernel.compiler import XCachingCompiler
from IPython.core import page
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import UsageError
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.pylabtools import activate_matplotlib
from matplotlib_inline.backend_inline import configure_inline_support
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config

from effektiv.render.isolation import INLINE_BACKEND

StreamListener = Callable[[str, str], None]
"""Told the name of a stream and the text written to it."""


class OutputCollector:
    """The outputs of the cell that runs, kept as nbclient would keep them.

    Attributes
    ----------
    outputs
        The outputs of the current cell; the same list object as the cell's.
    """

    def __init__(self, on_stream: StreamListener | None = None) -> None:
        self.outputs: list[NotebookNode] = []
        self._on_stream = on_stream
        self._clear_before_next = False
        self._by_display_id: dict[str, list[NotebookNode]] = {}

    def start_cell(self, outputs: list[NotebookNode]) -> None:
        """Collect into another cell's list from now on."""
        self.outputs = outputs
        self._clear_before_next = False

    def stream(self, name: str, text: str) -> None:
        """Add text to stdout or stderr; consecutive pieces become one output."""
        if not text:
            return
        if self._on_stream is not None:
            self._on_stream(name, text)
        self._clear_if_due()
        last = self.outputs[-1] if self.outputs else None
        if last is not None and last.output_type == "stream" and last.name == name:
            last.text += text
        else:
            self.outputs.append(new_output("stream", name=name, text=text))

    def rich(
        self,
        kind: str,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None,
        *,
        execution_count: int | None = None,
        display_id: str | None = None,
    ) -> None:
        """Add an ``execute_result`` or ``display_data`` output."""
        self._clear_if_due()
        content: dict[str, Any] = {"data": dict(data), "metadata": dict(metadata or {})}
        if kind == "execute_result":
            content["execution_count"] = execution_count
        output = _new_output(kind, content)
        self.outputs.append(output)
        if display_id:
            # A second display with the same id also renews the first one.
            self.update(display_id, data, metadata)
            self._by_display_id.setdefault(display_id, []).append(output)

    def update(self, display_id: str, data: Mapping[str, Any], metadata: Mapping[str, Any] | None) -> None:
        """Replace what every output with this id shows, in this cell and earlier ones."""
        for output in self._by_display_id.get(display_id, []):
            renewed = new_output("display_data", data=dict(data), metadata=dict(metadata or {}))
            output.data, output.metadata = renewed.data, renewed.metadata

    def error(self, ename: str, evalue: str, traceback: list[str]) -> None:
        """Add an error output."""
        self._clear_if_due()
        self.outputs.append(new_output("error", ename=ename, evalue=evalue, traceback=traceback))

    def clear(self, *, wait: bool) -> None:
        """Remove the cell's outputs, now or when the next one comes."""
        if wait:
            self._clear_before_next = True
        else:
            self._drop()

    def _clear_if_due(self) -> None:
        if self._clear_before_next:
            self._drop()

    def _drop(self) -> None:
        self._clear_before_next = False
        gone = {id(output) for output in self.outputs}
        for display_id, outputs in self._by_display_id.items():
            self._by_display_id[display_id] = [output for output in outputs if id(output) not in gone]
        self.outputs.clear()


def _new_output(kind: str, content: dict[str, Any]) -> NotebookNode:
    """Return the same as `nbformat.v4.new_output`, which also checks it against a JSON schema.

    What IPython shows is nearly always texts and JSON, which nothing can be wrong with; the check took a
    fourteenth of a small report's time. The whole notebook is checked when it is written.
    """
    plain = all(
        isinstance(mime, str) and (isinstance(made, str) or mime.endswith(("+json", "/json")))
        for mime, made in content["data"].items()
    )
    if not plain:
        checked: NotebookNode = new_output(kind, **content)
        return checked
    output = NotebookNode(output_type=kind)
    output.update(content)
    return output


class _Stream(io.TextIOBase):
    """A text stream that writes to the collector."""

    encoding = "UTF-8"
    errors = "replace"

    def __init__(self, name: str, collector: OutputCollector) -> None:
        self.name = f"<{name}>"
        self._channel = name
        self._collector = collector

    def write(self, text: str) -> int:
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._collector.stream(self._channel, text)
        return len(text)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return False


class _Publisher(DisplayPublisher):
    """Sends what `display` shows to the shell's collector."""

    def publish(  # type: ignore[override]  # IPython's own subclasses drop `source` as well
        self,
        data: Mapping[str, Any],
        metadata: Mapping[str, Any] | None = None,
        *,
        transient: Mapping[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        self._validate_data(data, metadata)
        collector: OutputCollector = self.shell.collector
        display_id = (transient or {}).get("display_id")
        if not update:
            collector.rich("display_data", data, metadata, display_id=display_id)
        elif display_id:
            collector.update(display_id, data, metadata)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.collector.clear(wait=wait)


class _ResultHook(DisplayHook):
    """Sends the value of a cell's last expression to the shell's collector."""

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(
        self, format_dict: Mapping[str, Any], md_dict: Mapping[str, Any] | None = None
    ) -> None:
        collector: OutputCollector = self.shell.collector  # type: ignore[union-attr]
        collector.rich("execute_result", format_dict, md_dict, execution_count=self.prompt_count)

    def finish_displayhook(self) -> None:
        self._is_active = False


class CellShell(InteractiveShell):
    """The shell that runs one notebook's cells; use `open_shell`."""

    display_pub_class = Type(_Publisher)
    displayhook_class = Type(_ResultHook)
    # Names a cell's code as a kernel does, which decides how tracebacks show it.
    compiler_class = Type(XCachingCompiler)
    collector: OutputCollector

    def init_hooks(self) -> None:
        """Make ``name?`` keep its text to itself, as in a kernel, instead of starting a pager."""
        super().init_hooks()
        self.set_hook("show_in_pager", page.as_hook(lambda *_args, **_kwargs: None), 99)

    def enable_gui(self, gui: str | None = None) -> None:
        """Accept that ``%matplotlib inline`` needs no window; there is none for anything else."""
        if gui not in {None, "inline"}:
            raise UsageError(f"en rapport har inget fönster att visa {gui} i; använd %matplotlib inline")

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.collector.error(etype.__name__, str(evalue), stb)


@contextmanager
def open_shell(collector: OutputCollector) -> Iterator[CellShell]:
    """Give a new shell, which is ``get_ipython()`` until the block ends.

    Use inside `effektiv.render.isolation.isolated`, which puts back what a shell changes
    in the process.
    """
    config = Config()
    config.HistoryManager.enabled = False  # no database, no thread
    classes = list(CellShell._walk_mro())
    before = {cls: cls.__dict__.get("_instance") for cls in classes}
    shell = CellShell(config=config)
    # The atexit entry would keep every shell, with its notebook's data, until the process ends.
    atexit.unregister(shell.atexit_operations)
    shell.collector = collector
    for cls in classes:
        cls._instance = shell  # type: ignore[assignment]
    try:
        activate_matplotlib(INLINE_BACKEND)
        configure_inline_support(shell, INLINE_BACKEND)
        with _captured_streams(collector):
            yield shell
    finally:
        shell.atexit_operations()  # empties the namespace and removes temporary files
        for cls, instance in before.items():
            cls._instance = instance


@contextmanager
def _captured_streams(collector: OutputCollector) -> Iterator[None]:
    saved = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = _Stream("stdout", collector), _Stream("stderr", collector)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = saved
