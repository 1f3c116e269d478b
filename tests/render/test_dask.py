"""Reports on a Dask cluster: a scheduler and two workers in processes of their own.

The workers have another working folder and know nothing of where this process has its
data, as on another machine.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from effektiv import cli
from effektiv.data.snapshot import Snapshot
from effektiv.errors import EffektivError, InputError
from effektiv.render import Job, ReportResult, RunResult, dask_host, dask_pool, run
from effektiv.render.dask_pool import DaskPool
from effektiv.render.parcel import Parcel, Place, pack
from effektiv.render.pool import PoolStoppedError

VARIABLE = "EFFEKTIV_TESTVARDEN"
SHOW = (
    f"import os, pathlib\nfolder = pathlib.Path(os.environ[{VARIABLE!r}])\n"
    "text = (folder / 'frysning' / 'varden.txt').read_text(encoding='utf-8')\n"
    "display({'text/html': f'<p>{text}</p>'}, raw=True)"
)
TOWNS = [("9001", "Älvby"), ("9002", "Åstad"), ("9003", "Ödeshög-Norra"), ("9004", "Berga")]


class Cluster:
    """A scheduler, and workers that can be started and killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.workers: list[subprocess.Popen[bytes]] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self.address = f"tcp://127.0.0.1:{port}"
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", str(port))
        deadline = time.monotonic() + 60
        while True:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            assert time.monotonic() < deadline, (folder / "scheduler.log").read_text(encoding="utf-8")
            time.sleep(0.1)

    def _start(self, kind: str, *words: str) -> subprocess.Popen[bytes]:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
        # A report may take two workers with it, not four: there are not so many here.
        environment["DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES"] = "1"
        with (self.folder / f"{kind}.log").open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-m", "dask", kind, "--no-dashboard", *words],
                cwd=self.folder,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def add_worker(self) -> None:
        place = str(self.folder / f"arbete-{len(self.workers)}")
        words = (self.address, "--nthreads", "1", "--no-nanny", "--local-directory", place)
        self.workers.append(self._start("worker", *words))

    @property
    def alive(self) -> list[subprocess.Popen[bytes]]:
        return [worker for worker in self.workers if worker.poll() is None]

    def left(self) -> list[str]:
        """Return what a run has left: processes, and files of workers that live."""
        found: list[object] = []
        for number, worker in enumerate(self.workers):
            if worker.poll() is None:
                found += psutil.Process(worker.pid).children(recursive=True)
                found += (self.folder / f"arbete-{number}").glob("**/effektiv-*")
        return [str(one) for one in found]

    def close(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("kluster"))
    yield cluster
    cluster.close()


@pytest.fixture
def cluster(running: Cluster) -> Iterator[Cluster]:
    """Two workers at least; afterwards a run must have left nothing on them."""
    while len(running.alive) < 2:
        running.add_worker()
    yield running
    deadline = time.monotonic() + 5
    while running.left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert running.left() == []


def jobs(notebook: Path, count: int = 1) -> list[Job]:
    return [
        Job(kod, kommun, 1, notebook.stem, notebook, {"kommun": kod}, "underlag")
        for kod, kommun in TOWNS[:count]
    ]


def made(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.*"))
        if path.suffix in {".html", ".xlsx"}
    }


def faults(result: RunResult) -> dict[str, str]:
    return {one.job.omrade: one.fel for one in result.rapporter if one.fel}


def test_the_same_reports_as_here(
    cluster: Cluster, make_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Byte for byte, with the same words for those that fail, though nothing here is seen from there."""
    chosen = [
        *jobs(make_notebook("vanlig", [SHOW, "import asyncio\nawait asyncio.sleep(0)"]), 3),
        *jobs(make_notebook("kastar", ["1 / 0"])),
        *jobs(make_notebook("hanger", ["import time\ntime.sleep(600)"])),
    ]
    data = tmp_path / "data"
    (data / "frysning").mkdir(parents=True)
    (data / "frysning" / "varden.txt").write_text("värde 17", encoding="utf-8")
    monkeypatch.setenv(VARIABLE, str(data))
    here = run(chosen, tmp_path / "har", snapshot="s", jobb=2, timeout=3)
    seen: list[tuple[ReportResult, int, int]] = []

    def pack_and_hide(place: Place) -> Parcel:
        parcel = pack(place)
        data.rename(tmp_path / "undan")
        return parcel

    monkeypatch.setattr(dask_pool, "pack", pack_and_hide)
    with DaskPool(cluster.address, ["decimal"], [Place(VARIABLE, data, ("frysning",))]) as pool:
        there = run(
            chosen,
            tmp_path / "dar",
            snapshot="s",
            timeout=3,
            pool=pool,
            progress=lambda *one: seen.append(one),
        )
    assert made(tmp_path / "har") == made(tmp_path / "dar")
    assert len([name for name in made(tmp_path / "dar") if "vanlig" in name]) == 6
    assert "värde 17" in (tmp_path / "dar" / there.rapporter[0].job.address).read_text(encoding="utf-8")
    assert faults(there) == faults(here)
    assert faults(there)["hanger"].endswith("stoppades efter 3 sekunder; längre tid ges med --timeout")
    assert "ZeroDivisionError" in faults(there)["kastar"]
    assert [done for _, done, _ in seen] == [1, 2, 3, 4, 5]
    assert all(one.sekunder > 0 for one in there.rapporter)


def test_a_worker_killed_half_way(cluster: Cluster, make_notebook, tmp_path: Path) -> None:
    """Its reports are made by the other one, also those it had finished but not handed over."""
    chosen = [job for name in "abc" for job in jobs(make_notebook(name, ["import time\ntime.sleep(0.3)"]), 4)]
    killed: list[int] = []

    def kill_at_the_fourth(_result: ReportResult, done: int, _of: int) -> None:
        if done == 4:
            worker = cluster.alive[0]
            worker.kill()
            killed.append(worker.pid)

    with DaskPool(cluster.address) as pool:
        result = run(chosen, tmp_path, snapshot="s", pool=pool, progress=kill_at_the_fourth)
    assert killed
    assert (result.antal("ok"), faults(result), result.avbruten) == (12, {}, False)
    assert len([name for name in made(tmp_path) if name.endswith(".xlsx") and "/1-" in name]) == 12
    content = json.loads((tmp_path / "korning.json").read_text(encoding="utf-8"))
    assert {entry["status"] for entry in content["reports"]} == {"ok"}


def test_only_the_report_that_kills_workers_is_named_and_late_workers_make_the_rest(
    cluster: Cluster, make_notebook, tmp_path: Path
) -> None:
    """Also when others stood in line behind it on each worker that it took along."""
    end_parent = "import os, time\nos.kill(os.getppid(), 9)\ntime.sleep(600)"
    chosen = [*jobs(make_notebook("morder", [end_parent])), *jobs(make_notebook("vanlig"), 4)]
    finished = threading.Event()

    def replace_the_dead() -> None:
        while not finished.wait(0.5):
            if len(cluster.alive) < 2:
                cluster.add_worker()

    replacer = threading.Thread(target=replace_the_dead)
    replacer.start()
    try:
        with DaskPool(cluster.address) as pool:
            result = run(chosen, tmp_path, snapshot="s", pool=pool)
    finally:
        finished.set()
        replacer.join()
    assert list(faults(result)) == ["morder"]
    assert "dog, en efter en, när de gjorde rapporten" in faults(result)["morder"]
    assert result.antal("ok") == 4


@pytest.mark.skipif(os.name == "nt", reason="processer kopieras inte så på Windows")
def test_a_bad_report_harms_no_other_there_either(cluster: Cluster, make_notebook, tmp_path: Path) -> None:
    """The worker behind a Dask thread is of the ordinary kind, with the same nets (`test_isolation`)."""
    bad = {
        "kopia": "import os; os.fork()",
        "json": "import json; json.dumps = None; json.JSONEncoder.encode = None",
        "inifran": "import json; json.dumps.__code__ = (lambda *a, **k: 1 / 0).__code__",
        "barn": "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'], start_new_session=True)",
    }
    good = make_notebook("vanlig")
    towns = iter(TOWNS)
    chosen = []
    for name, source in bad.items():
        kod, kommun = next(towns)
        chosen += [
            *jobs(make_notebook(name, [source])),
            Job(kod, kommun, 1, "vanlig", good, {"kommun": kod}, "u"),
        ]
    with DaskPool(cluster.address) as pool:
        result = run(chosen, tmp_path / "dar", snapshot="s", pool=pool)
    assert list(faults(result)) == ["inifran"]
    alone = run([job for job in chosen if job.omrade == "vanlig"], tmp_path / "har", snapshot="s")
    assert alone.antal("ok") == 4
    there = {name: content for name, content in made(tmp_path / "dar").items() if "vanlig" in name}
    assert there == {name: content for name, content in made(tmp_path / "har").items() if "vanlig" in name}


def test_ctrl_c_stops_what_is_at_work_and_keeps_what_is_finished(
    cluster: Cluster, make_notebook, tmp_path: Path
) -> None:
    chosen = [
        *jobs(make_notebook("vanlig")),
        *jobs(make_notebook("lang", ["import time\ntime.sleep(600)"]), 4),
    ]

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    started = time.monotonic()
    with DaskPool(cluster.address) as pool:
        result = run(chosen, tmp_path, snapshot="s", pool=pool, progress=interrupt)
    assert result.avbruten
    assert [one.job.omrade for one in result.rapporter] == ["vanlig"]
    assert time.monotonic() - started < 60
    deadline = time.monotonic() + 3
    while cluster.left() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert cluster.left() == []


def test_another_version_of_the_library_is_refused(
    cluster: Cluster, make_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "library_checksum", lambda: "annan")
    with (
        DaskPool(cluster.address) as pool,
        pytest.raises(EffektivError, match=r"har en annan version av effektiv .*installera samma version"),
    ):
        run(jobs(make_notebook("vanlig")), tmp_path, snapshot="s", pool=pool)
    assert made(tmp_path).keys() == {"index.html"}


def test_a_worker_that_cannot_import_the_library(
    cluster: Cluster, make_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Unknown(dask_host.Host):
        pass

    Unknown.__module__ = "effektiv.render.finns_inte_dar"
    Unknown.__qualname__ = "Unknown"
    monkeypatch.setitem(sys.modules, Unknown.__module__, SimpleNamespace(Unknown=Unknown))  # type: ignore[misc]
    monkeypatch.setattr(dask_host, "Host", Unknown)
    with (
        DaskPool(cluster.address) as pool,
        pytest.raises(
            EffektivError, match=r"finns_inte_dar.*behöver ett Python med samma version av effektiv"
        ),
    ):
        run(jobs(make_notebook("vanlig")), tmp_path, snapshot="s", pool=pool)


def test_nothing_to_do_asks_nothing_of_the_cluster(
    cluster: Cluster, make_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "pack", lambda _: pytest.fail("inget behöver skickas"))
    with DaskPool(cluster.address, places=[Place(VARIABLE, tmp_path, ("*",))]) as pool:
        assert list(pool.outcomes([])) == []


def test_a_cluster_without_workers_and_one_that_ends(
    make_notebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_pool, "_NO_WORKERS_LIMIT", 0.5)
    monkeypatch.setattr(dask_pool, "_LOOK", 0.1)
    empty = Cluster(tmp_path)
    try:
        with DaskPool(empty.address) as pool:
            with pytest.raises(EffektivError, match=r"har inga arbetsprocesser: starta .* dask worker tcp:"):
                run(jobs(make_notebook("vanlig")), tmp_path / "ut", snapshot="s", pool=pool)
            monkeypatch.setattr(dask_pool, "_NO_WORKERS_LIMIT", 60.0)
            threading.Timer(1.0, empty.scheduler.kill).start()
            with pytest.raises(EffektivError, match=r"Kontakten med klustret .* bröts"):
                run(jobs(make_notebook("vanlig")), tmp_path / "ut", snapshot="s", pool=pool)
    finally:
        empty.close()


# The call ---------------------------------------------------------------------------------


@pytest.mark.parametrize("address", ["", "localhost", "http://127.0.0.1:8787", "tcp://", "å ä"])
def test_what_is_no_address_is_refused_at_once(address: str) -> None:
    with pytest.raises(InputError, match=r"är ingen adress till ett Daskkluster: skriv till exempel tcp://"):
        DaskPool(address).__enter__()


def test_nobody_answers_or_somebody_else_does(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bounded wait also when what listens never says anything."""
    monkeypatch.setattr(dask_pool, "_CONNECT_LIMIT", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with pytest.raises(EffektivError, match=f"Inget Daskkluster svarar på {address}"):
            DaskPool(address).__enter__()
    with pytest.raises(EffektivError, match=f"Inget Daskkluster svarar på {address}") as caught:
        DaskPool(address).__enter__()
    assert not isinstance(caught.value, InputError)
    assert time.monotonic() - started < 5


def test_without_the_package_the_call_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(InputError, match=r"installerat: kör python -m pip install distributed$"):
        DaskPool("tcp://127.0.0.1:8786").__enter__()


def test_the_package_is_not_loaded_without_the_option() -> None:
    """It takes time, and need not be installed."""
    code = "import sys, effektiv.cli, effektiv.render.dask_pool\nassert 'dask' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_words_on_the_command_line(
    example: Snapshot,
    root: Path,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # The command names these for its workers; here they are put back.
    monkeypatch.setenv("EFFEKTIV_DATA", str(example.path.parent))
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(root / "params"))
    call = ["rendera", "--kommun", "Exempelby", "--data", "exempel", "--ut", str(tmp_path / "ut")]
    assert cli.main([*call, "--dask", "127.0.0.1:1", "--jobb", "2"]) == 2
    assert "Valen --dask och --jobb kan inte användas tillsammans" in capsys.readouterr().err
    assert cli.main([*call, "--dask", "ingenstans"]) == 2
    assert "är ingen adress till ett Daskkluster" in capsys.readouterr().err
    assert not (tmp_path / "ut").exists()


# What is sent, and the worker's side ------------------------------------------------------


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def test_only_what_is_needed_is_sent(tmp_path: Path) -> None:
    write(tmp_path, {"a/1.txt": "ett", "a/.halv": "", "b/2.txt": "två", ".dold/a-1/3.txt": "tre"})
    parcel = pack(Place("V", tmp_path, ("a", ".dold/a-*", "finns-inte")))
    assert dict(parcel.files) == {"a/1.txt": b"ett", ".dold/a-1/3.txt": b"tre"}
    assert pack(Place("V", tmp_path / "ingen", ("*",))).files == {}


def test_shared_storage_is_used_as_it_is_only_when_it_holds_the_same(tmp_path: Path) -> None:
    shared, own = tmp_path / "delad", tmp_path / "egen"
    write(shared, {"a/1.txt": "ett", "b.txt": "annat"})
    parcel = pack(Place("V", shared, ("a",)))
    assert parcel.unpack(own) == shared.resolve()
    assert not own.exists()
    for name, text in (("a/1.txt", "ändrad"), ("a/2.txt", "ny")):
        write(shared, {name: text})
        assert parcel.unpack(own) == own
        assert pack(Place("V", own, ("**/*",))).files == {"a/1.txt": b"ett"}
        write(shared, {"a/1.txt": "ett"})
    assert replace(parcel, root="C:\\delad").unpack(own) == own


def test_an_empty_place_is_empty_there_too(tmp_path: Path) -> None:
    """What another machine happens to have in the same folder must not come into the reports."""
    parcel = pack(Place("V", tmp_path / "params", ("9001-*",)))
    write(tmp_path / "params", {"9001-alvby/kommun.yaml": "kommun: 9001"})
    assert list(parcel.unpack(tmp_path / "egen").iterdir()) == []


@pytest.fixture
def host(tmp_path: Path, make_notebook, monkeypatch: pytest.MonkeyPatch) -> Iterator[dask_host.Host]:
    monkeypatch.setattr(dask_host, "_IDLE_LIMIT", 0.5)
    content = make_notebook("vantar", ["import time\nif kommun != '9001': time.sleep(600)"]).read_bytes()
    host = dask_host.Host("korning", dask_pool.library_checksum(), [], [], {"0/steg/n.ipynb": content})
    worker = SimpleNamespace(local_directory=str(tmp_path), address="tcp://arbetaren")
    host.setup(worker)
    yield host
    host.teardown(worker)
    assert list(tmp_path.iterdir()) == []


def test_a_host_ends_its_worker_when_nobody_asks_and_when_told(host: dask_host.Host, make_task) -> None:
    """The caller may be gone without a word; and it may leave while a report is being made."""
    before = set(psutil.Process().children())
    assert host.make(make_task(Path("0/steg/n.ipynb"))).files
    deadline = time.monotonic() + 5
    while set(psutil.Process().children()) - before and time.monotonic() < deadline:
        time.sleep(0.05)
    assert set(psutil.Process().children()) == before
    caught: list[BaseException] = []

    def make() -> None:
        try:
            host.make(make_task(Path("0/steg/n.ipynb"), "9002", "Åstad"))
        except PoolStoppedError as error:
            caught.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    while set(psutil.Process().children()) == before:
        time.sleep(0.05)
    host.teardown(SimpleNamespace())
    thread.join(10)
    assert caught
    assert set(psutil.Process().children()) == before


def test_a_full_disk_on_a_worker_is_told(tmp_path: Path, make_task) -> None:
    (tmp_path / "korning").write_text("en fil i vägen", encoding="utf-8")
    host = dask_host.Host("korning", dask_pool.library_checksum(), [], [], {})
    with pytest.raises(EffektivError, match=r"arbetsprocess tcp://x kan inte skriva i .*korning"):
        host.setup(SimpleNamespace(local_directory=str(tmp_path), address="tcp://x"))
    with pytest.raises(EffektivError, match="kan inte skriva"):
        host.make(make_task(Path("0/steg/n.ipynb")))
