"""Faults in a whole run through the command line: what is planted, what is finished, what is left."""

from __future__ import annotations

import json
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import nbformat
import psutil
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import write_snapshot
from effektiv.render.files import LOCK_NAME
from effektiv.render.index import SHEET
from effektiv.render.tasks import Setup
from tests import small_snapshot as small
from tests.render.conftest import EXHIBIT, OPENING, NotebookMaker, TaskMaker

posix = pytest.mark.skipif(os.name == "nt", reason="signaler av detta slag finns inte på Windows")

KOMMUNER = {
    f"{code:04d}": f"Kommun {letter}" for code, letter in enumerate("ABCDEFGHIJKLMNOPQRST", start=101)
}
HANGS, RAISES, KILLED, GREEDY = "0103", "0107", "0110", "0102"
AREAS = ("aldreomsorg", "skola")

# Ctrl-C as from a terminal: a test run in the background hands down an ignored one. The notebooks here use nothing
# of the library, which takes its workers longer to load than they to run.
START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler);"
    "from effektiv import cli; cli._preload = lambda steps: (); sys.exit(cli.main())"
)
PARAMETERS = 'kommun = "0101"\ndata = "liten"\njamfor_med = ""'
HELPERS = """
import os, pathlib, subprocess, sys, time
home = pathlib.Path(os.environ["EFFEKTIV_PROV"])
mended = (home / "lagad").exists()
"""
SUMMARY = """
exhibit("sammanfattning", "Läget", f"{kommun} kostar lika mycket.", [["Egen", 2025, 1234.5]])
"""


class Project:
    """A folder with notebooks and a small snapshot, and the real command run in it."""

    def __init__(self, home: Path, kommuner: dict[str, str], cells: dict[str, list[str]]) -> None:
        self.home = home
        self.ut = home / "output"
        self.kommuner = kommuner
        observations = small.small_observations()
        write_snapshot(
            "liten",
            observations=observations.assign(
                municipality=observations["municipality"].map(
                    dict(zip(small.KOMMUNER, kommuner, strict=False)).get
                )
            ).dropna(subset="municipality"),
            kpis=small.small_kpis(),
            municipalities=municipalities_frame(
                [("0000", "Riket", "L"), *((code, name, "K") for code, name in kommuner.items())]
            ),
            groups=small.small_groups().iloc[:0],
            source="Påhittade värden för test",
            kind="import",
            created=datetime(2026, 1, 2, tzinfo=UTC),
            folder=home / "data",
        )
        for area, sources in cells.items():
            parts = [
                new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
                new_code_cell(OPENING.replace('NAMES.get(kommun, "Okänd")', "kommun") + EXHIBIT),
                new_markdown_cell("## Sammanfattning"),
                new_code_cell(SUMMARY),
                *(new_code_cell(source) for source in sources),
            ]
            path = home / "notebooks" / "1-nulagesanalys" / f"{area}.ipynb"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(nbformat.writes(new_notebook(cells=parts)), encoding="utf-8")

    def start(self, *words: str, before: str = "") -> subprocess.Popen[str]:
        """Start ``effektiv rendera --alla`` with some more options."""
        keep = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
        command = [sys.executable, "-c", START, "rendera", "--alla", "--format", "html,xlsx", *words]
        if before:
            command = ["sh", "-c", f'{before}; exec "$@"', "sh", *command]
        return subprocess.Popen(
            command,
            cwd=self.home,
            env=keep | {"EFFEKTIV_PROV": str(self.home), "COLUMNS": "400", "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def run(self, *words: str, before: str = "") -> tuple[int, str, str]:
        """Run the command to its end; return status, standard output and error."""
        with self.start(*words, before=before) as process:
            out, err = process.communicate(timeout=240)
        return process.returncode, out, err

    def account(self) -> list[dict[str, Any]]:
        """Return the entries of korning.json."""
        content = json.loads((self.ut / "korning.json").read_text(encoding="utf-8"))
        entries: list[dict[str, Any]] = content["reports"]
        return entries

    def statuses(self) -> Counter[str]:
        return Counter(entry["status"] for entry in self.account())

    def reports(self) -> set[str]:
        """Return ``code/area`` of each HTML report in the output folder."""
        return {f"{path.parts[-3][:4]}/{path.stem}" for path in self.ut.rglob("1-nulagesanalys/*.html")}

    def flawed(self) -> list[str]:
        """Return files that are not whole, lack their twin, or should not be there."""
        return [str(path) for path in self.ut.rglob("*") if path.is_file() and not is_whole(path)]

    def processes(self) -> list[psutil.Process]:
        """Return the processes of this project's runs, whoever their parent is now."""
        found = []
        for process in psutil.process_iter():
            try:
                ours = process.environ().get("EFFEKTIV_PROV") == str(self.home)
                if ours and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def left_after(self, seconds: float) -> list[psutil.Process]:
        """Return the processes that have not ended by themselves within some seconds."""
        await_that(lambda: not self.processes(), seconds)
        return self.processes()


def is_whole(path: Path) -> bool:
    if path.suffix == ".html":
        return path.read_text(encoding="utf-8").rstrip().endswith("</html>")
    if path.suffix == ".xlsx":
        twin = "index.html" if path.name == SHEET else path.with_suffix(".html").name
        return path.with_name(twin).exists()
    return path.name == LOCK_NAME or not path.name.startswith(".")


def await_that(condition: Callable[[], object], seconds: float = 120.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


# Forty reports, one hanging, one raising, one whose worker is killed ------------------------------

PLANTED = f"""
{HELPERS}
if kommun == "{KILLED}" and not (home / "pid").exists():
    (home / "pid.ny").write_text(str(os.getpid()))
    (home / "pid.ny").rename(home / "pid")
    time.sleep(600)
"""
HANGING = f"""
# Väntar på något som aldrig kommer
{HELPERS}
if kommun == "{HANGS}" and not mended:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    time.sleep(600)
"""
RAISING = f"""
{HELPERS}
if kommun == "{RAISES}" and not mended:
    raise ValueError("talet är orimligt")
"""


class Forty(Project):
    def __init__(self, home: Path) -> None:
        super().__init__(home, KOMMUNER, {"aldreomsorg": [PLANTED, HANGING], "skola": [RAISING]})
        with self.start("--jobb", "2", "--timeout", "8", "--logg", "natt.log") as process:
            assert await_that((home / "pid").exists), "ingen arbetsprocess kom till den som ska dödas"
            psutil.Process(int((home / "pid").read_text(encoding="utf-8"))).kill()
            self.out, self.err = process.communicate(timeout=240)
        self.status = process.returncode
        self.left = self.left_after(5)
        self.entries = self.account()
        self.made = self.reports()
        self.flawed_after = self.flawed()
        times = {path: path.stat().st_mtime_ns for path in self.ut.rglob("1-nulagesanalys/*.*")}
        (home / "lagad").touch()
        self.again = self.run("--jobb", "2")
        self.entries_again = self.account()
        self.touched = [path for path, time in times.items() if path.stat().st_mtime_ns != time]


@pytest.fixture(scope="module")
def forty(tmp_path_factory: pytest.TempPathFactory) -> Forty:
    return Forty(tmp_path_factory.mktemp("fyrtio"))


def test_38_of_40_are_finished(forty: Forty) -> None:
    assert forty.status == 1
    assert re.match(r"40 rapporter på \d+ s: 38 gjorda, 0 oförändrade, 2 misslyckade\.\n", forty.out)
    everything = {f"{code}/{area}" for code in KOMMUNER for area in AREAS}
    assert everything - forty.made == {f"{HANGS}/aldreomsorg", f"{RAISES}/skola"}
    assert f"{KILLED}/aldreomsorg" in forty.made, "en dödad arbetsprocess är inte rapportens fel"


def test_the_summary_names_the_two(forty: Forty) -> None:
    """Municipality, step, area, notebook, cell by number and first line, and message."""
    table = forty.err[forty.err.index("Misslyckade rapporter") :]
    rows = [
        [part.strip() for part in line.split("│")[1:-1]] for line in table.splitlines() if line[:1] == "│"
    ]
    assert rows == [
        [
            f"{HANGS} Kommun C",
            "1",
            "aldreomsorg",
            "1-nulagesanalys/aldreomsorg.ipynb, cell 6 (# Väntar på något som aldrig kommer): stoppades efter"
            " 8 sekunder; längre tid ges med --timeout",
        ],
        [
            f"{RAISES} Kommun G",
            "1",
            "skola",
            "1-nulagesanalys/skola.ipynb, cell 5 (import os, pathlib, subprocess, sys, time):"
            " ValueError: talet är orimligt",
        ],
    ]


def test_the_log_of_the_night(forty: Forty) -> None:
    """Each failed report when it failed, with date and time; standard error of a pipe says the same."""
    lines = (forty.home / "natt.log").read_text(encoding="utf-8").splitlines()
    assert all(re.match(r"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d  \S", line) for line in lines)
    told = [line[21:] for line in lines]
    assert told[0] == "Börjar: 40 rapporter"
    assert told[-1].startswith("Slut: 40 av 40 rapporter, 2 misslyckade, efter ")
    failed = sorted(line for line in told if line.startswith("Misslyckades"))
    assert [line.partition(" (")[0] for line in failed] == [
        f"Misslyckades: {HANGS} Kommun C, steg 1, aldreomsorg: 1-nulagesanalys/aldreomsorg.ipynb, cell 6",
        f"Misslyckades: {RAISES} Kommun G, steg 1, skola: 1-nulagesanalys/skola.ipynb, cell 5",
    ]
    assert failed[1].endswith("ValueError: talet är orimligt")
    before_the_table = forty.err[: forty.err.index("Misslyckade rapporter")].splitlines()
    assert [line[21:] for line in before_the_table if line] == told[1:-1]


def test_korning_json_names_the_two(forty: Forty) -> None:
    assert len(forty.entries) == 40
    failed = {
        (entry["kommun"], entry["omrade"]): entry for entry in forty.entries if entry["status"] == "fel"
    }
    assert set(failed) == {(HANGS, "aldreomsorg"), (RAISES, "skola")}
    assert failed[RAISES, "skola"]["fel"].endswith("ValueError: talet är orimligt")
    assert failed[HANGS, "aldreomsorg"]["sekunder"] >= 8


def test_no_half_file_and_no_process_is_left(forty: Forty) -> None:
    assert forty.left == []
    assert forty.flawed_after == []


def test_again_makes_only_the_two(forty: Forty) -> None:
    status, out, err = forty.again
    assert (status, "Fel" in err) == (0, False)
    assert "2 gjorda, 38 oförändrade, 0 misslyckade" in out
    assert {
        (entry["kommun"], entry["omrade"]) for entry in forty.entries_again if entry["status"] == "ok"
    } == {(HANGS, "aldreomsorg"), (RAISES, "skola")}
    assert forty.touched == []


# A run that is stopped, and continued -------------------------------------------------------------

SLOW = f"""
{HELPERS}
if not mended:
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    time.sleep(0.5)
"""


@posix
def test_a_run_stopped_twice_continues_where_it_was(tmp_path: Path) -> None:
    """Ctrl-C first, kill -9 of the whole command then; the third run makes what is left."""
    project = Project(tmp_path, dict(list(KOMMUNER.items())[:12]), {"skola": [SLOW]})

    with project.start("--jobb", "1") as process:
        assert await_that(lambda: len(project.reports()) >= 2)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err.endswith("Avbrutet. Kör samma kommando igen för att göra det som återstår.\n")
    assert "Traceback" not in err
    assert (project.left_after(5), project.flawed()) == ([], [])
    first = project.reports()
    assert 2 <= len(first) < 12
    assert f"{len(first)} rapporter på" in out
    assert project.statuses() == {"ok": len(first)}

    with project.start("--jobb", "1") as process:
        assert await_that(lambda: len(project.reports()) >= len(first) + 2)
        process.kill()
        process.communicate(timeout=30)
    # Not even what a notebook has started is left.
    assert project.left_after(10) == []
    second = project.reports()
    assert 4 <= len(second) < 12
    # A file that the kill came in the middle of has never been in its place; the next run removes it.
    (project.ut / "0101-kommun-a" / "1-nulagesanalys" / ".skriver-halv").write_bytes(b"<html")

    (tmp_path / "lagad").touch()
    status, out, _ = project.run("--jobb", "1")
    assert status == 0
    assert f"{12 - len(second)} gjorda, {len(second)} oförändrade" in out
    assert (len(project.reports()), project.flawed()) == (12, [])


@posix
def test_a_worker_that_cannot_answer_takes_along_what_its_notebook_has_started(
    tmp_path: Path, make_notebook: NotebookMaker, make_task: TaskMaker
) -> None:
    """It may find out by its answer, before it sees that nobody gives it more to do."""
    started, go = tmp_path / "startad", tmp_path / "fortsatt"
    cell = f"""
import pathlib, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path({str(tmp_path / "halv")!r}).write_text(str(child.pid))
pathlib.Path({str(tmp_path / "halv")!r}).rename({str(started)!r})
while not pathlib.Path({str(go)!r}).exists():
    time.sleep(0.05)
"""
    command = [sys.executable, "-m", "effektiv.render.worker"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with subprocess.Popen(command, start_new_session=True, **pipes) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        for message in (Setup(()), make_task(make_notebook("skola", [cell]))):
            pickle.dump(message, worker.stdin)
            worker.stdin.flush()
        assert await_that(started.exists)
        child = psutil.Process(int(started.read_text()))
        worker.stdout.close()
        go.touch()
        assert worker.wait(timeout=60) == -signal.SIGKILL
    assert await_that(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, 5)


# Memory and disk ----------------------------------------------------------------------------------

HUNGRY = f"""
{HELPERS}
if kommun == "{GREEDY}":
    pile = bytearray(1 << 40)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="ulimit -v gäller bara i Linux")
def test_a_cell_that_wants_more_memory_than_there_is(tmp_path: Path) -> None:
    project = Project(tmp_path, dict(list(KOMMUNER.items())[:3]), {"skola": [HUNGRY]})
    status, out, err = project.run("--jobb", "1", before="ulimit -v 16000000")
    assert status == 1
    assert "2 gjorda, 0 oförändrade, 1 misslyckade" in out
    assert "skola.ipynb, cell 5 (import os, pathlib, subprocess, sys, time): MemoryError" in err
    assert project.reports() == {"0101/skola", "0103/skola"}
    assert (project.left_after(5), project.flawed()) == ([], [])


LARGE = f"""
{HELPERS}
from random import Random
noise = Random(1).randbytes(60_000).hex()
exhibit("stor", "Stor", "Stor.", [["Egen", 2025, 1.0]], html=f"<p>{{noise}}</p>")
"""


@contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[None]:
    """Make a folder a disk of its own for a while; skip where that is not allowed."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("en liten disk att fylla kan bara göras av root i Linux")
    try:
        yield
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_gets_full(tmp_path: Path) -> None:
    """One sentence and status 1; what is finished is whole, and continues when there is room."""
    project = Project(tmp_path, dict(list(KOMMUNER.items())[:8]), {"skola": [LARGE]})
    with small_disk(project.ut, 900):
        status, out, err = project.run("--jobb", "1")
        assert status == 1
        assert err.splitlines()[-1].startswith("Det går inte att skriva fler rapporter i ")
        assert "disken är full" in err
        assert "Traceback" not in err
        assert (project.left_after(5), project.flawed()) == ([], [])
        made = project.reports()
        assert 1 <= len(made) < 8
        subprocess.run(["mount", "-o", "remount,size=20m", str(project.ut)], check=True)
        status, out, _ = project.run("--jobb", "1")
        assert status == 0
        assert f"{8 - len(made)} gjorda, {len(made)} oförändrade" in out


# Two at once --------------------------------------------------------------------------------------


def test_two_runs_into_the_same_folder_at_once(tmp_path: Path) -> None:
    project = Project(tmp_path, dict(list(KOMMUNER.items())[:5]), {"skola": [HELPERS], "aldreomsorg": []})
    with project.start("--jobb", "1") as one, project.start("--jobb", "1", "--tvinga") as other:
        ends = [process.communicate(timeout=240) for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], ends
    assert "10 gjorda, 0 oförändrade" in ends[1][0]
    assert len(project.reports()) == 10
    assert (project.left_after(5), project.flawed()) == ([], [])
    assert len(project.account()) == 10
    index = (project.ut / "index.html").read_text(encoding="utf-8")
    assert all(f"{code}-kommun-" in index for code in list(KOMMUNER)[:5])
