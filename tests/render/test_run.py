"""Runs with worker processes: isolation, faults, Ctrl-C, and the account of it all."""

from __future__ import annotations

import datetime as dt
import errno
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from effektiv import cli
from effektiv.errors import EffektivError, InputError
from effektiv.render import Job, OutputFullError, ReportResult, run
from effektiv.render.files import folder_lock
from effektiv.render.pages import read_record
from effektiv.render.pool import Outcome
from effektiv.render.runner import _Account, _put_in_place
from effektiv.render.tasks import Task

posix = pytest.mark.skipif(os.name == "nt", reason="signaler av detta slag finns inte på Windows")


def job(notebook: Path, kod: str = "9001", kommun: str = "Älvby") -> Job:
    return Job(kod, kommun, 1, notebook.stem, notebook, {"kommun": kod}, "underlag")


def account(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "korning.json").read_text(encoding="utf-8"))
    return content


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    # A killed process that nobody has waited for yet is a zombie, not alive.
    stat = Path(f"/proc/{pid}/stat")
    return not stat.exists() or stat.read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"


def unfinished(folder: Path) -> list[Path]:
    return [path for path in folder.rglob(".*") if path.name != ".korning.las"]


class Hard:
    """A run with everything that can go wrong in it."""

    def __init__(self, folder: Path, make_notebook) -> None:
        marker = folder / "har-dott"
        self.pids = folder / "pids"
        self.pids.mkdir()
        note = f"import os, pathlib\npathlib.Path({str(self.pids)!r}, str(os.getpid())).touch()"
        die = "os.kill(os.getpid(), 9)" if os.name != "nt" else "os._exit(9)"
        once = f"{note}\nm = pathlib.Path({str(marker)!r})\nif not m.exists():\n    m.touch()\n    {die}"
        child = f"{note}\nimport subprocess, sys\np = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        child += f"pathlib.Path({str(self.pids)!r}, str(p.pid)).touch()\nimport time\ntime.sleep(600)"
        noisy = f"{note}\nos.write(1, b'st' * 5000); os.system('echo hej'); print('x' * 100_000)"
        self.notebooks = {
            "hanger": make_notebook("hanger", [child]),
            "doende": make_notebook("doende", [f"{note}\n{die}"]),
            "dog-en-gang": make_notebook("dog-en-gang", [once]),
            "kastar": make_notebook("kastar", [f"{note}\n1 / 0"]),
            "bullrig": make_notebook("bullrig", [noisy]),
            "vanlig": make_notebook("vanlig", [note]),
        }
        self.ut = folder / "ut"
        self.jobs = [job(path) for path in self.notebooks.values()]
        self.jobs += [
            job(self.notebooks["vanlig"], kod, kommun)
            for kod, kommun in (("9002", "Åstad"), ("9004", "Berga"))
        ]
        self.seen: list[tuple[ReportResult, int, int]] = []
        self.result = run(
            self.jobs,
            self.ut,
            snapshot="exempel",
            jobb=2,
            timeout=4.0,
            preload=("json", "decimal"),
            progress=lambda *seen: self.seen.append(seen),
        )
        # Later tests run in the same folder.
        self.account = account(self.ut)
        self.top = (self.ut / "index.html").read_text(encoding="utf-8")
        self.own = (self.ut / "9001-alvby" / "index.html").read_text(encoding="utf-8")

    def by_area(self) -> dict[str, ReportResult]:
        return {result.job.omrade: result for result in self.result.rapporter if result.job.kod == "9001"}


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory, make_notebook) -> Hard:
    return Hard(tmp_path_factory.mktemp("svar"), make_notebook)


def test_one_report_that_fails_stops_no_other(hard: Hard) -> None:
    assert {area: result.status for area, result in hard.by_area().items()} == {
        "hanger": "fel",
        "doende": "fel",
        "dog-en-gang": "ok",
        "kastar": "fel",
        "bullrig": "ok",
        "vanlig": "ok",
    }
    assert (hard.result.antal("ok"), len(hard.result.fel), hard.result.avbruten) == (5, 3, False)
    assert [result.job for result in hard.result.rapporter] == hard.jobs
    assert [(done, of) for _, done, of in hard.seen[:8]] == [(number, 8) for number in range(1, 9)]


def test_failures_name_notebook_cell_and_reason(hard: Hard) -> None:
    faults = {area: result.fel or "" for area, result in hard.by_area().items()}
    assert (
        faults["kastar"]
        == "1-nulagesanalys/kastar.ipynb, cell 6 (import os, pathlib): ZeroDivisionError: division by zero"
    )
    assert faults["hanger"].startswith(
        "1-nulagesanalys/hanger.ipynb, cell 6 (import os, pathlib): stoppades efter 4 sek"
    )
    assert "cell 6" in faults["doende"]
    assert "dog två gånger" in faults["doende"]


def test_no_process_and_no_half_file_is_left(hard: Hard) -> None:
    pids = [int(path.name) for path in hard.pids.iterdir()]
    assert len(pids) >= 5
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if alive(pid)]
    assert unfinished(hard.ut) == []
    reports = sorted(
        path.relative_to(hard.ut).as_posix() for path in hard.ut.rglob("*.*") if "nulages" in str(path)
    )
    assert reports == sorted(
        f"{folder}/1-nulagesanalys/{area}.{suffix}"
        for folder, areas in (
            ("9001-alvby", ("dog-en-gang", "bullrig", "vanlig")),
            ("9002-astad", ("vanlig",)),
            ("9004-berga", ("vanlig",)),
        )
        for area in areas
        for suffix in ("html", "xlsx")
    )


def test_the_account_of_a_run(hard: Hard) -> None:
    """korning.json exactly as others rely on it."""
    content = hard.account
    assert set(content) == {"snapshot", "version", "reports"}
    assert content["snapshot"] == "exempel"
    assert len(content["reports"]) == 8
    entry = content["reports"][5]
    assert entry.pop("sekunder") > 0
    assert entry == {
        "kommun": "9001",
        "steg": 1,
        "omrade": "vanlig",
        "status": "ok",
        "underlag": "fullt",
        "fil": "9001-alvby/1-nulagesanalys/vanlig.html",
        "fel": None,
    }
    assert content["reports"][3]["status"] == "fel"
    assert "ZeroDivisionError" in content["reports"][3]["fel"]


def test_each_municipality_has_its_own_report(hard: Hard) -> None:
    for kod, kommun in (("9001", "Älvby"), ("9002", "Åstad"), ("9004", "Berga")):
        result = next(
            one for one in hard.result.rapporter if one.job.kod == kod and one.job.omrade == "vanlig"
        )
        record = read_record(hard.ut / result.job.address)
        assert record is not None
        assert (record.kod, record.kommun) == (kod, kommun)
        assert f"{kommun} kostar ungefär" in (hard.ut / result.job.address).read_text(encoding="utf-8")


def test_index_pages_of_a_run(hard: Hard) -> None:
    folders = [
        hard.top.index(f"{folder}/index.html") for folder in ("9004-berga", "9002-astad", "9001-alvby")
    ]
    assert folders == sorted(folders)
    assert "3 rapporter misslyckades" in hard.top
    assert hard.own.count("Misslyckades:") == 3
    assert "Älvby kostar ungefär lika mycket." in hard.own


def test_unchanged_reports_are_not_made_again(hard: Hard) -> None:
    kept = [result.job for result in hard.result.rapporter if result.status == "ok"]
    before = {one: (hard.ut / one.address).stat().st_mtime_ns for one in kept}
    started = time.monotonic()
    again = run(kept, hard.ut, snapshot="exempel", jobb=2)
    assert time.monotonic() - started < 3, "ingen arbetsprocess behövs"
    assert again.antal("oforandrad") == len(kept)
    assert {one: (hard.ut / one.address).stat().st_mtime_ns for one in kept} == before
    assert {entry["status"] for entry in account(hard.ut)["reports"]} == {"oforandrad"}
    assert "Misslyckades" not in (hard.ut / "9001-alvby" / "index.html").read_text(encoding="utf-8")


@pytest.mark.usefixtures("here")
def test_reports_are_made_again_when_something_has_changed(hard: Hard) -> None:
    base = job(hard.notebooks["vanlig"])
    (hard.ut / base.address).with_suffix(".xlsx").unlink()
    changed = Job("9002", "Åstad", 1, "vanlig", base.notebook, {"kommun": "9002"}, "annat underlag")
    unknown = Job("9004", "Berga", 1, "vanlig", base.notebook, {"kommun": "9004"}, "")
    again = run([base, changed, unknown], hard.ut, snapshot="exempel")
    assert [result.status for result in again.rapporter] == ["ok", "ok", "ok"]


SCRIPT = """
import signal
import sys
from pathlib import Path
from effektiv.render import Job, run
# As from a terminal: a test run in the background hands down an ignored Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)
folder = Path(sys.argv[1])
jobs = [Job(kod, "K", 1, "langsam", Path(sys.argv[2]), {"kommun": kod}, "u") for kod in ("9001", "9002", "9004")]
jobs[0] = Job("9001", "K", 1, "vanlig", Path(sys.argv[3]), {"kommun": "9001"}, "u")
result = run(jobs, folder, snapshot="exempel", progress=lambda *seen: print("klar", flush=True))
print(result.avbruten, len(result.rapporter), flush=True)
"""


@posix
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped(tmp_path: Path, make_notebook, stop: signal.Signals) -> None:
    """Ctrl-C accounts for what is finished; even kill -9 leaves no process and no half file."""
    pids = tmp_path / "pids"
    pids.mkdir()
    slow = f"import os, pathlib, time\npathlib.Path({str(pids)!r}, str(os.getpid())).touch()\ntime.sleep(600)"
    notebooks = [make_notebook("langsam", [slow], root=tmp_path), make_notebook("vanlig", root=tmp_path)]
    process = subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "ut"), *map(str, notebooks)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "klar\n"
        deadline = time.monotonic() + 120
        while not list(pids.iterdir()) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(stop)
        out, err = process.communicate(timeout=30)
    workers = [int(path.name) for path in pids.iterdir()]
    assert len(workers) == 1
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in workers if alive(pid)]
    assert unfinished(tmp_path / "ut") == []
    assert (tmp_path / "ut" / "9001-k" / "1-nulagesanalys" / "vanlig.html").is_file()
    if stop == signal.SIGINT:
        assert (out, err, process.returncode) == ("True 1\n", "", 0)
        assert [entry["kommun"] for entry in account(tmp_path / "ut")["reports"]] == ["9001"]
        assert "1 kommun, 1 rapport." in (tmp_path / "ut" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"jobb": 0}, "--jobb"),
        ({"timeout": 0.0}, "--timeout"),
        ({"motor": "julia"}, "effektiv, kernel"),
        ({"formats": ("odt",)}, "html, xlsx"),
    ],
)
def test_wrong_calls_start_nothing(tmp_path: Path, make_notebook, options: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        run([job(make_notebook("anrop"))], tmp_path / "ut", snapshot="x", **options)
    assert not (tmp_path / "ut").exists()


def test_a_module_to_preload_that_does_not_exist(tmp_path: Path, make_notebook) -> None:
    with pytest.raises(EffektivError, match="finns_inte_alls"):
        run([job(make_notebook("forladdning"))], tmp_path, snapshot="x", preload=("finns_inte_alls",))


def test_what_the_system_refuses_a_worker_is_said_in_swedish(
    tmp_path: Path, make_notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bibliotek").mkdir()
    (tmp_path / "bibliotek" / "laser_en_fil.py").write_text("open('/finns/inte')", encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "bibliotek"))
    with pytest.raises(
        EffektivError, match=r"Det gick inte att läsa eller skriva /finns/inte: .* finns inte\.$"
    ):
        run([job(make_notebook("fil"))], tmp_path, snapshot="x", preload=("laser_en_fil",))


def test_no_place_for_temporary_files(tmp_path: Path, make_notebook, monkeypatch: pytest.MonkeyPatch) -> None:
    def none() -> str:
        raise FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")

    monkeypatch.setattr("effektiv.render.pool.tempfile.gettempdir", none)
    with pytest.raises(
        EffektivError, match=r"^Det finns ingen mapp att skriva tillfälliga filer i \(.*TMPDIR"
    ):
        run([job(make_notebook("tillfallig"))], tmp_path, snapshot="x")


def outcome(one: Job, files: dict[str, bytes] | None = None) -> Outcome:
    task = Task(one, "", dt.date(2025, 1, 1), ("html", "xlsx"), "effektiv", 1.0)
    return Outcome(task, {"html": b"ny", "xlsx": b"ny"} if files is None else files, None, 1.0)


@pytest.mark.parametrize(
    ("fault", "start"),
    [(None, "Rapporterna som gjordes är klara, men "), ("cell 3", "Ingen rapport blev klar, och ")],
)
def test_an_account_that_cannot_be_written_says_what_is_finished(
    fault: str | None, start: str, tmp_path: Path
) -> None:
    (tmp_path / "korning.json" / "mapp").mkdir(parents=True)
    one = job(tmp_path / "vanlig.ipynb")
    account = _Account([one], tmp_path, "exempel", None)
    account.add(ReportResult(one, "fel" if fault else "ok", 1.0, fault))
    with pytest.raises(EffektivError) as raised:
        account.write()
    assert str(raised.value) == (
        f"{start}{tmp_path / 'korning.json'} kan inte skrivas (det är en mapp och ingen fil)."
    )


def test_a_file_in_the_way_fails_one_report(tmp_path: Path, make_notebook) -> None:
    one = job(make_notebook("i-vagen"))
    report = tmp_path / one.address
    (report.with_suffix(".xlsx") / "mapp").mkdir(parents=True)
    result = _put_in_place(outcome(one), tmp_path)
    assert result.status == "fel"
    assert "kan inte skrivas" in (result.fel or "")
    assert not report.exists()


class Given:
    """A pool that has the reports already."""

    def __init__(self, html: bytes = b"ny") -> None:
        self.html = html

    def outcomes(self, tasks: Sequence[Task]) -> Generator[Outcome]:
        for task in tasks:
            yield Outcome(task, {"html": self.html, "xlsx": b"ny"}, None, 1.0)


@pytest.mark.parametrize("held", [".xlsx", ".html", ".pdf"])
def test_a_report_that_another_program_holds_open(
    tmp_path: Path, make_notebook, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """As Windows answers when Excel has the file: that report fails in a sentence and is left as it was."""
    notebook = make_notebook("oppen")
    jobs = [job(notebook), job(notebook, "9002", "Åstad")]
    mine = tmp_path / jobs[0].address
    mine.parent.mkdir(parents=True)
    for suffix in (".xlsx", ".html", ".pdf"):
        mine.with_suffix(suffix).write_bytes(b"gammal")
    replace = Path.replace

    def refuse(self: Path, target: Path) -> Path:
        if mine.with_suffix(held) in {self, Path(target)}:
            raise PermissionError(13, "Permission denied", str(self), None, str(mine.with_suffix(held)))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", refuse)
    result = run(jobs, tmp_path, snapshot="s", pool=Given())
    assert [one.status for one in result.rapporter] == ["fel", "ok"]
    said = result.rapporter[0].fel or ""
    assert f"oppen{held} kan inte skrivas" in said
    assert said.endswith("är filen öppen i ett annat program?")
    assert {path.read_bytes() for path in mine.parent.glob("oppen.*")} == {b"gammal"}
    assert len(list(mine.parent.iterdir())) == 3
    assert (tmp_path / jobs[1].address).read_bytes() == b"ny"
    assert [entry["status"] for entry in account(tmp_path)["reports"]] == ["fel", "ok"]


def test_a_damaged_earlier_report_is_named_and_made_anew(
    tmp_path: Path, make_notebook, capsys: pytest.CaptureFixture[str]
) -> None:
    """It breaks nothing, whether it is asked for or not."""
    notebook = make_notebook("skadad")
    asked, other, fine = (job(notebook, kod) for kod in ("9001", "9002", "9004"))
    for one in (asked, other):
        (tmp_path / one.address).parent.mkdir(parents=True)
        (tmp_path / one.address).write_text(
            '<meta name="effektiv-rapport" content="{&#34;framstalld&#34;: &#34;2p26-01-01&#34;}">',
            encoding="utf-8",
        )
    result = run([asked, fine], tmp_path, snapshot="s", pool=Given())
    assert [one.status for one in result.rapporter] == ["ok", "ok"]
    assert result.olasliga == (tmp_path / asked.address, tmp_path / other.address)
    assert (tmp_path / asked.address).read_bytes() == b"ny"
    assert cli._tell_run(result) == 0
    said = capsys.readouterr().err
    assert said.count("gick inte att läsa, för den är skadad") == 2
    assert (tmp_path / other.address).as_posix() in said
    again = run([fine], tmp_path, snapshot="s", pool=Given())
    assert again.olasliga == (tmp_path / other.address,)


def test_two_runs_never_mix_the_files_of_a_report(tmp_path: Path, make_notebook) -> None:
    one = job(make_notebook("samtidigt"))
    mixed = []

    def put(run_name: bytes) -> None:
        for _ in range(25):
            assert _put_in_place(outcome(one, {"html": run_name, "xlsx": run_name}), tmp_path).status == "ok"
            with folder_lock(tmp_path):
                report = tmp_path / one.address
                mixed.append(report.read_bytes() != report.with_suffix(".xlsx").read_bytes())

    with ThreadPoolExecutor(3) as executor:
        list(executor.map(put, (b"ett", b"tv\xc3\xa5", b"tre")))
    assert mixed == [False] * 75
    assert unfinished(tmp_path) == []


@posix
def test_a_full_disk_stops_the_run_with_one_sentence(
    tmp_path: Path, make_notebook, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = job(make_notebook("full"))
    monkeypatch.setattr("effektiv.render.files.os.fsync", full_disk)
    with pytest.raises(OutputFullError, match="skriva fler rapporter"):
        _put_in_place(outcome(one), tmp_path)
    assert unfinished(tmp_path) == []


def full_disk(descriptor: int) -> None:
    raise OSError(28, "No space left on device")
