"""papermill engines: cells in this process, or in a kernel that tells which cell it is at.

``effektiv`` is registered as an entry point, so ``papermill --engine effektiv`` works as
well. papermill imports this module whenever it is imported itself, hence the late imports.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, Any

from nbformat import NotebookNode
from papermill.engines import Engine, NBClientEngine, NotebookExecutionManager
from papermill.log import logger

CellListener = Callable[[int, NotebookNode], None]
"""Told a cell and its index, among all cells, when it starts."""


class EffektivEngine(Engine):  # type: ignore[misc]  # papermill is untyped
    """Runs the cells in this process, in a new namespace, and leaves the process as it was."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,  # noqa: ARG003  papermill's signature
        *,
        log_output: bool = False,
        stdout_file: IO[str] | None = None,
        stderr_file: IO[str] | None = None,
        execution_timeout: float | None = None,
        on_cell: CellListener | None = None,
        **_: Any,
    ) -> None:
        """Run all cells in order and stop at the first that fails.

        Parameters
        ----------
        nb_man
            papermill's record of the run.
        kernel_name
            Not used: the cells run in this Python.
        log_output, stdout_file, stderr_file
            Where papermill wants streams copied.
        execution_timeout
            Refused: a process cannot interrupt itself. Hung cells are the business of
            the caller, as in `effektiv.render.run`.
        on_cell
            Told which cell starts.

        Raises
        ------
        ValueError
            `execution_timeout` is given.
        """
        if execution_timeout:
            raise ValueError("motorn effektiv har ingen egen tidsgräns; använd effektiv rendera --timeout")
        from effektiv.render.isolation import guarded, isolated  # noqa: PLC0415
        from effektiv.render.shell import OutputCollector, open_shell  # noqa: PLC0415

        files = {"stdout": stdout_file, "stderr": stderr_file}

        def on_stream(name: str, text: str) -> None:
            if log_output:
                logger.info(text.rstrip("\n"))
            copy = files[name]
            if copy is not None:
                copy.write(text)
                copy.flush()

        collector = OutputCollector(on_stream)
        with _papermills_log(), isolated(), open_shell(collector) as shell, guarded():
            for index, cell in enumerate(nb_man.nb.cells):
                nb_man.cell_start(cell, index)
                if on_cell is not None:
                    on_cell(index, cell)
                try:
                    succeeded = _run_cell(shell, collector, cell)
                    if not succeeded:
                        nb_man.cell_exception(cell, cell_index=index)
                finally:
                    nb_man.cell_complete(cell, cell_index=index)
                if not succeeded:
                    break
        nb_man.nb.metadata["language_info"] = _language_info()


@contextmanager
def _papermills_log() -> Iterator[None]:
    """Let papermill log where it does, although the notebook gets a root logger of its own."""
    root = logging.getLogger()
    saved = list(logger.handlers), logger.level, logger.propagate
    if logger.propagate:
        logger.handlers += root.handlers
        logger.setLevel(logger.getEffectiveLevel())
        logger.propagate = False
    try:
        yield
    finally:
        logger.handlers[:], level, logger.propagate = saved
        logger.setLevel(level)


def _run_cell(shell: Any, collector: Any, cell: NotebookNode) -> bool:
    """Run one cell; return whether the notebook may go on (nbclient's rules)."""
    tags = cell.metadata.get("tags", [])
    if cell.cell_type != "code" or not cell.source.strip() or "skip-execution" in tags:
        return True
    collector.start_cell(cell.outputs)
    cell.execution_count = shell.execution_count
    result = shell.run_cell(cell.source, store_history=True)
    # An object that cannot be shown leaves an error although its cell has run; papermill fails the
    # notebook for it, and so does a kernel.
    failed = not result.success or any(output.output_type == "error" for output in cell.outputs)
    return not failed or "raises-exception" in tags


def _language_info() -> dict[str, Any]:
    """Return what a Python kernel writes into the notebook about its language."""
    import platform  # noqa: PLC0415
    import sys  # noqa: PLC0415

    return {
        "name": "python",
        "version": platform.python_version(),
        "mimetype": "text/x-python",
        "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
        "pygments_lexer": "ipython3",
        "nbconvert_exporter": "python",
        "file_extension": ".py",
    }


class KernelEngine(NBClientEngine):  # type: ignore[misc]  # papermill is untyped
    """papermill's ordinary engine, which also tells which cell starts."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        *,
        on_cell: CellListener | None = None,
        **kwargs: Any,
    ) -> None:
        """Run the cells in a kernel; see papermill."""
        if on_cell is not None:
            start = nb_man.cell_start

            def cell_start(cell: NotebookNode, cell_index: int, **extra: Any) -> None:
                on_cell(cell_index, cell)
                start(cell, cell_index, **extra)

            nb_man.cell_start = cell_start
        super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
