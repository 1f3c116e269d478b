"""A bad report, then a good one in the same run: the good one is as if it had been alone."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from effektiv.render import Job, ReportResult, run
from tests.render.conftest import NotebookMaker, read_run

posix = pytest.mark.skipif(os.name == "nt", reason="processer kopieras inte så på Windows")

GOOD = """
import os, pathlib, sys
from effektiv.data.catalogue import load_catalogue
exhibit("etikett", load_catalogue().kpis["N15505"].label, "", [["Egen", 2025, 1.0]])
pathlib.Path({pids!r}, str(os.getpid())).touch()
"""
SLEEPER = "[sys.executable, '-c', 'import time; time.sleep(600)']"


@dataclass(frozen=True)
class Bad:
    """A cell that harms, and how its own report goes.

    Attributes
    ----------
    cell
        Code; ``first`` says whether it is run for the first time.
    said
        What its report fails with; None when the report is made.
    retired
        Whether another process makes the next report; None when that depends on who is first.
    """

    cell: str
    said: str | None = None
    retired: bool | None = True


BAD = {
    "kopia": Bad("os.fork()", retired=None),
    "kopior": Bad("pid = os.getpid()\nif os.fork() == 0: os.getpid = lambda: pid\nos.fork()", retired=None),
    "kopia-som-hanger": Bad("if os.fork() == 0: time.sleep(600)"),
    "json": Bad("import json; json.dumps = None", retired=False),
    "filer": Bad(
        "import resource\nhard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]\n"
        "resource.setrlimit(resource.RLIMIT_NOFILE, (5, hard))",
        retired=False,
    ),
    "etikett": Bad(
        "from effektiv.data.catalogue import load_catalogue\nkpi = load_catalogue().kpis['N15505']\n"
        "object.__setattr__(kpi, 'label', 'FEL ETIKETT')",
        retired=False,
    ),
    "biblioteket": Bad("import effektiv.render.pages as pages; pages.render_page = None", retired=False),
    "pickle": Bad("import pickle, sys; pickle.dump = None; sys.modules['pickle'] = None", retired=False),
    "inifran": Bad(
        "import json; json.dumps.__code__ = (lambda *a, **k: 1 / 0).__code__",
        "ZeroDivisionError: division by zero",
    ),
    "inbyggt": Bad("import builtins; builtins.tuple = None", "TypeError: 'NoneType' object is not callable"),
    "stangda": Bad("os.closerange(3, 256)", "arbetsprocessen dog två gånger"),
    "trad": Bad("import json, threading\nthreading.Timer(1, lambda: setattr(json, 'dumps', None)).start()"),
    "larm": Bad("import signal; signal.alarm(1)", retired=False),
    "svar": Bad(
        "import pickle, stat\nfrom effektiv.render.tasks import Made\n"
        "answer = pickle.dumps(Made('en annans', {'html': b'FEL', 'xlsx': b'FEL'}))\n"
        "for number in range(3, 64):\n    try:\n"
        "        if stat.S_ISFIFO(os.fstat(number).st_mode): os.write(number, answer)\n    except OSError: pass",
        "svarade två gånger på något annat",
    ),
    "svar-en-gang": Bad(
        "import pickle, stat\nfor number in range(3, 64):\n    try:\n"
        "        if first and stat.S_ISFIFO(os.fstat(number).st_mode): os.write(number, pickle.dumps(17))\n"
        "    except OSError: pass"
    ),
    "barn": Bad(
        f"import subprocess, sys\nsubprocess.Popen({SLEEPER}, start_new_session=True, close_fds=False)"
    ),
    "barnbarn": Bad(
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', \"import subprocess, sys\\n"
        f'subprocess.Popen({SLEEPER}, start_new_session=True)"], env={{}})'
    ),
    "fel": Bad("if first: import json; json.dumps.__code__ = (lambda *a, **k: 1 / 0).__code__"),
}
"""Each with what is left of it, were it not for the one that follows."""

HARM = """
import os, pathlib, time
marker = pathlib.Path({marker!r})
first = not marker.exists()
marker.touch()
{cell}
"""


class Campaign:
    """Bad, good, bad, good, ... in one worker."""

    def __init__(self, folder: Path, make_notebook: NotebookMaker) -> None:
        self.ut = folder / "ut"
        self.pids = {name: folder / f"pids-{name}" for name in ("", *BAD)}
        jobs = [self._good("", make_notebook)]
        for name, bad in BAD.items():
            cell = HARM.format(marker=str(folder / name), cell=bad.cell)
            path = make_notebook(name, [cell, "pass"], root=folder / "dalig")
            jobs += [
                Job("9001", "Älvby", 1, name, path, {"kommun": "9001"}, "u"),
                self._good(name, make_notebook),
            ]
        self.result = run(jobs, self.ut, snapshot="s", timeout=60.0, preload=("effektiv.data.catalogue",))
        self.left = marked_processes(folder)

    def _good(self, after: str, make_notebook: NotebookMaker) -> Job:
        self.pids[after].mkdir()
        cell = GOOD.format(pids=str(self.pids[after]))
        path = make_notebook("bra", [cell], root=self.pids[after].parent / f"efter-{after}")
        # A municipality of its own, for the address; what it is called makes no difference here.
        kod = f"{9100 + list(self.pids).index(after)}"
        notebook = path.read_text(encoding="utf-8").replace(
            '\\"9004\\": \\"Berga\\"', f'\\"{kod}\\": \\"Berga\\"'
        )
        path.write_text(notebook, encoding="utf-8")
        return Job(kod, "Berga", 1, "bra", path, {"kommun": kod}, "u")

    def of(self, name: str) -> ReportResult:
        (found,) = [one for one in self.result.rapporter if one.job.omrade == name]
        return found

    def good(self, after: str) -> bytes:
        """Return the good report that followed, as it would be with the first one's code."""
        kod = f"{9100 + list(self.pids).index(after)}"
        content = (self.ut / f"{kod}-berga" / "1-nulagesanalys" / "bra.html").read_bytes()
        record = content.index(b'<meta name="effektiv-rapport"')
        line = content[record : content.index(b"\n", record)]
        return content.replace(line, b"").replace(kod.encode(), b"9100")

    def process(self, after: str) -> str:
        (pid,) = self.pids[after].iterdir()
        return pid.name


def marked_processes(folder: Path) -> list[psutil.Process]:
    """Return what runs with a sleeper's command, from anywhere below this process or none."""
    deadline = time.monotonic() + 5
    while True:
        found = []
        for process in psutil.process_iter(["cmdline", "cwd", "create_time", "status"]):
            words = process.info["cmdline"] or []
            alive = process.info["status"] != psutil.STATUS_ZOMBIE
            if (
                alive
                and words[-1:] == ["import time; time.sleep(600)"]
                and process.info["cwd"] == str(Path.cwd())
            ):
                found.append(process)
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.1)


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory, make_notebook: NotebookMaker) -> Campaign:
    return Campaign(tmp_path_factory.mktemp("isolering"), make_notebook)


@posix
@pytest.mark.parametrize("name", BAD)
def test_the_good_report_after_a_bad_one(campaign: Campaign, name: str) -> None:
    assert campaign.good(name) == campaign.good("")


@posix
@pytest.mark.parametrize("name", BAD)
def test_how_the_bad_report_itself_goes(campaign: Campaign, name: str) -> None:
    said = BAD[name].said
    if said is None:
        assert campaign.of(name).fel is None
        assert b"\xc3\x84lvby kostar" in (campaign.ut / campaign.of(name).job.address).read_bytes()
    else:
        assert said in (campaign.of(name).fel or "")
        assert not (campaign.ut / campaign.of(name).job.address).exists()


@posix
@pytest.mark.parametrize("name", BAD)
def test_a_process_that_is_not_as_it_was_makes_no_more_reports(campaign: Campaign, name: str) -> None:
    """And one that is goes on: a new one takes seconds."""
    names = list(campaign.pids)
    before = campaign.process(names[names.index(name) - 1])
    assert BAD[name].retired in {None, campaign.process(name) != before}


@posix
def test_nothing_that_they_have_started_is_left(campaign: Campaign) -> None:
    assert campaign.left == []


@posix
def test_a_copied_process_answers_for_nobody(tmp_path: Path, make_notebook: NotebookMaker) -> None:
    """Three municipalities, one worker: each report is its own."""
    path = make_notebook("kopierad", ["if kommun == '9001':\n    import os\n    os.fork()", "'sist'"])
    towns = {"9001": "Älvby", "9002": "Åstad", "9004": "Berga"}
    jobs = [Job(kod, name, 1, "kopierad", path, {"kommun": kod}, "u") for kod, name in towns.items()]
    result = run(jobs, tmp_path, snapshot="s")
    assert result.antal("ok") == 3
    assert len(read_run(tmp_path)["reports"]) == 3  # type: ignore[arg-type]
    for job in jobs:
        assert f"{job.kommun} kostar ungefär" in (tmp_path / job.address).read_text(encoding="utf-8")
