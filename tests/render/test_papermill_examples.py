"""papermill's own example notebooks, run by our engine and by an ordinary kernel.

They are not copied into this project: they are taken from papermill's source package, of
the version that is installed, and kept in ``tests/.cache/``. They cover parameters,
streams, logging, results, shell cells, undefined magics, exits, and cells that fail. The
one in R is run as far as papermill goes without an R kernel: its cells here are Python.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pytest

CACHE = Path(__file__).resolve().parents[1] / ".cache"
VERSION = version("papermill")

# Named by hand: an example that papermill adds or drops must be looked at.
RUN = [
    "blank-vscode.ipynb",
    "broken.ipynb",
    "broken1.ipynb",
    "broken2.ipynb",
    "complex_parameters.ipynb",
    "gcs/gcs_in/gcs-simple_notebook.ipynb",
    "line_magic_error.ipynb",
    "nb_version_4.4.ipynb",
    "no_parameters.ipynb",
    "notimplemented_translator.ipynb",
    "read_check.ipynb",
    "report_mode_test.ipynb",
    "result_no_exec.ipynb",
    "s3/s3_in/s3-simple_notebook.ipynb",
    "simple_execute.ipynb",
    "sysexit.ipynb",
    "sysexit0.ipynb",
    "sysexit1.ipynb",
    "systemexit.ipynb",
    "test_autosave.ipynb",
    "test_logging.ipynb",
    "test_notebooknode_io.ipynb",
]
OTHERWISE = ["binder.ipynb", "keyboard_interrupt.ipynb"]

BROKEN = {
    "broken.ipynb": "SyntaxError",
    "broken1.ipynb": "AssertionError",
    "broken2.ipynb": "ImportError",
    "complex_parameters.ipynb": "SyntaxError",
    "line_magic_error.ipynb": "CellExecutionError",
    "sysexit1.ipynb": "SystemExit",
    "test_logging.ipynb": "ModuleNotFoundError",
}

DRIVER = """
import json, logging, sys
from pathlib import Path
import papermill

logging.basicConfig(level=logging.INFO, format="%(message)s")  # as papermill's command does
engine, out, *names = sys.argv[1:]
for name in names:
    failure = None
    try:
        papermill.execute_notebook(
            name, str(Path(out, Path(name).name)), {"msg": "Hej å"}, engine_name=engine or None,
            kernel_name="python3", language="python", progress_bar=False, cwd=str(Path(name).parent),
        )
    except papermill.PapermillExecutionError as error:
        failure = [error.ename, error.evalue, error.cell_index, error.exec_count, error.source, str(error)]
    except Exception as error:
        failure = [type(error).__name__, str(error)]
    Path(out, Path(name).stem + ".json").write_text(json.dumps(failure))
"""


@pytest.fixture(scope="session")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with a copy of papermill's example notebooks, as it lies in papermill's source."""
    source = CACHE / f"papermill-{VERSION}"
    if not source.is_dir():
        _fetch(source, tmp_path_factory.mktemp("hamtat"))
    folder = tmp_path_factory.mktemp("papermill") / source.name
    shutil.copytree(source, folder)
    notebooks = folder / "papermill" / "tests" / "notebooks"
    (notebooks / "check.txt").touch()  # read_check wants it in its working folder
    return notebooks


def _fetch(source: Path, folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "papermill"]
    command += ["--retries", "1", "--timeout", "20", "--dest", str(folder), f"papermill=={VERSION}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    packages = list(folder.glob("*.tar.gz"))
    if done.returncode != 0 or not packages:
        last = (done.stderr.strip().splitlines() or ["inget svar"])[-1]
        pytest.skip(f"papermills exempel kan inte hämtas: {last}")
    with tarfile.open(packages[0]) as archive:
        archive.extractall(folder / "packat", filter="data")
    CACHE.mkdir(exist_ok=True)
    (folder / "packat" / source.name).replace(source)


class Runs:
    """All examples run by both, at the same time since some of them sleep."""

    def __init__(self, notebooks: Path, folder: Path) -> None:
        self.folder = folder
        parts = (("effektiv", RUN), ("", RUN[::2]), ("", RUN[1::2]))
        processes = [self._start(notebooks, engine, names) for engine, names in parts]
        for process in processes:
            assert process.wait(timeout=300) == 0

    def _start(self, notebooks: Path, engine: str, names: list[str]) -> subprocess.Popen[bytes]:
        out = self.folder / (engine or "kernel")
        out.mkdir(exist_ok=True)
        command = [sys.executable, "-c", DRIVER, engine, str(out), *names]
        with (out / "logg").open("ab") as log:
            return subprocess.Popen(command, cwd=notebooks, stdout=subprocess.DEVNULL, stderr=log)

    def notebook(self, engine: str, name: str) -> Any:
        path = self.folder / engine / Path(name).name
        return lasting(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else None

    def failure(self, engine: str, name: str) -> Any:
        return json.loads((self.folder / engine / f"{Path(name).stem}.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def runs(examples: Path, tmp_path_factory: pytest.TempPathFactory) -> Runs:
    return Runs(examples, tmp_path_factory.mktemp("korda"))


PASSING = {"id", "start_time", "end_time", "duration", "output_path", "execution"}
"""What differs between any two runs: random ids, timings (nbclient's are ``execution``), where it is written."""


def lasting(value: Any) -> Any:
    """Return a notebook without what differs between any two runs."""
    if isinstance(value, list):
        return [lasting(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: lasting(item) for key, item in value.items() if key not in PASSING}
    if "outputs" in kept:
        kept["outputs"] = joined(kept["outputs"])
    return kept


def joined(outputs: list[Any]) -> list[Any]:
    """Join consecutive pieces of a stream: a kernel sends one now and then, depending on the time.

    Also one that ends within a line, so the lines are told apart anew.
    """
    found: list[Any] = []
    for output in outputs:
        last = found[-1] if found else {}
        if output["output_type"] == "stream" == last.get("output_type") and last["name"] == output["name"]:
            last["text"] = "".join([*last["text"], *output["text"]]).splitlines(keepends=True)
        else:
            found.append(output)
    return found


def test_a_stream_in_pieces_is_the_stream() -> None:
    pieces = [
        {"output_type": "stream", "name": "stdout", "text": text} for text in (["0"], ["\n", "1\n"], ["2"])
    ]
    assert joined(pieces) == [{"output_type": "stream", "name": "stdout", "text": ["0\n", "1\n", "2"]}]


def test_every_example_is_looked_at(examples: Path) -> None:
    there = {path.relative_to(examples).as_posix() for path in examples.rglob("*.ipynb")}
    assert there - {"simple_output.ipynb"} == {*RUN, *OTHERWISE}


@pytest.mark.parametrize("name", RUN)
def test_the_same_notebook_as_from_a_kernel(runs: Runs, name: str) -> None:
    """Outputs, counts, papermill's own notes and marks of errors, tracebacks."""
    ours, kernels = runs.notebook("effektiv", name), runs.notebook("kernel", name)
    assert ours is not None
    assert ours == kernels


@pytest.mark.parametrize("name", RUN)
def test_the_same_failure_as_from_a_kernel(runs: Runs, name: str) -> None:
    """Exception, cell, source and the whole message; or none."""
    failure = runs.failure("effektiv", name)
    assert failure == runs.failure("kernel", name)
    assert (failure[0] if failure else None) == BROKEN.get(name)


def test_logging_of_the_notebook_and_of_papermill_are_apart(runs: Runs) -> None:
    log = (runs.folder / "effektiv" / "logg").read_text(encoding="utf-8")
    assert "Input Notebook:  test_logging.ipynb" in log
    assert "test text" not in log


def papermill_command(*words: str, folder: Path) -> subprocess.Popen[str]:
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return subprocess.Popen(
        [sys.executable, "-m", "papermill", "--engine", "effektiv", "--no-progress-bar", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        # Started in the background, a shell's programs ignore Ctrl-C, and so would this one.
        preexec_fn=_listens_to_ctrl_c if os.name == "posix" else None,  # noqa: PLW1509
    )


def _listens_to_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_command_with_a_parameter(examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut.ipynb"
    with papermill_command("simple_execute.ipynb", str(out), "-p", "msg", "hej", folder=examples) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    texts = [output.text for cell in nbformat.read(out, 4).cells for output in cell.get("outputs", [])]
    assert texts == ["hej\n"]


def test_the_command_says_how_a_notebook_failed(examples: Path, tmp_path: Path) -> None:
    out = tmp_path / "ut.ipynb"
    with papermill_command("broken1.ipynb", str(out), folder=examples) as process:
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 1
    assert re.search(r'Exception encountered at "In \[2\]"', errors)
    assert "AssertionError" in errors
    # papermill's marks: one at the top, one above the cell.
    cells = nbformat.read(out, 4).cells
    assert [cell.metadata.get("tags", []) == ["papermill-error-cell-tag"] for cell in cells].count(True) == 2


@pytest.mark.skipif(shutil.which("bash") is None, reason="exemplet är ett bash-skript")
def test_a_shell_cell_that_runs_papermill_itself(examples: Path, tmp_path: Path) -> None:
    made = examples / "simple_output.ipynb"
    made.unlink(missing_ok=True)
    with papermill_command("binder.ipynb", str(tmp_path / "ut.ipynb"), folder=examples) as process:
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    texts = [output.text for cell in nbformat.read(made, 4).cells for output in cell.get("outputs", [])]
    assert texts == ["Hello\n"]


@pytest.mark.skipif(os.name == "nt", reason="signaler av detta slag finns inte på Windows")
def test_ctrl_c_in_a_cell(examples: Path, tmp_path: Path) -> None:
    """The example sleeps for a minute; papermill keeps the notebook as it was when it was stopped."""
    out = tmp_path / "ut.ipynb"
    with papermill_command("keyboard_interrupt.ipynb", str(out), folder=examples) as process:
        deadline = time.monotonic() + 60
        while not running_cell(out) and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    assert "KeyboardInterrupt" in errors
    (error,) = (output for cell in nbformat.read(out, 4).cells for output in cell.get("outputs", []))
    assert error.ename == "KeyboardInterrupt"


def running_cell(path: Path) -> bool:
    """Return whether papermill, which saves the notebook before each cell, has come to the cell."""
    try:
        return '"running"' in path.read_text(encoding="utf-8")
    except OSError:
        return False
