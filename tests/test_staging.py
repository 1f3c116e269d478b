"""What is written is seen whole or not at all, and what a killed process leaves is removed by the next."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from effektiv import locking, staging
from effektiv.data.store import Store
from effektiv.staging import put_in_place, remove_abandoned, write_whole
from tests import small_snapshot as small

ROOT = Path(__file__).parents[1]

OPENING = """
import sys, time
from pathlib import Path
from effektiv import staging

place = Path(sys.argv[1])

def wait():
    print("writing", flush=True)
    time.sleep(60)

"""


@contextmanager
def writing(place: Path, code: str) -> Iterator[subprocess.Popen[str]]:
    """Run a process that is in the middle of writing."""
    command = [sys.executable, "-c", OPENING + code, str(place)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "writing\n"
            yield process
        finally:
            process.kill()


FOLDER = "with staging.staging(place, 'prov') as folder:\n    (folder / 'fil').write_text('x'); wait()"
FILE = """
real = staging._locked
def locked(file):
    taken = real(file)
    wait()
    return taken
staging._locked = locked
staging.write_whole(place / "prov", b"x")
"""


@pytest.mark.parametrize("code", [FOLDER, FILE], ids=["a folder", "a file"])
def test_what_is_being_written_stays_and_what_a_killed_process_left_goes(tmp_path: Path, code: str) -> None:
    with writing(tmp_path, code) as process:
        before = sorted(path.name for path in tmp_path.iterdir())
        assert before and all(name.startswith(".prov.") for name in before)
        remove_abandoned(tmp_path)
        assert sorted(path.name for path in tmp_path.iterdir()) == before
        process.kill()
        process.wait()
        remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="Windows skickar inga signaler")
def test_the_next_snapshot_and_the_next_result_tidy_up(tmp_path: Path) -> None:
    with writing(tmp_path, FOLDER) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    small.write_small("ny", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["ny"]
    (tmp_path / "lager").mkdir()
    with writing(tmp_path / "lager", FILE) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    Store(tmp_path / "lager").value("fil", lambda: 1)
    assert [path.name for path in (tmp_path / "lager").iterdir()] == ["fil"]


def test_what_has_no_lock_is_left_for_a_day(tmp_path: Path) -> None:
    """Version 0.1.0 wrote without locks, and some disks have none."""
    for name in (".prov.0123abcd.tmp", ".exempel-k3_x9abc"):
        (tmp_path / name / "inne").mkdir(parents=True)
    remove_abandoned(tmp_path)
    assert len(list(tmp_path.iterdir())) == 2
    old = time.time() - 25 * 3600
    for path in tmp_path.iterdir():
        os.utime(path, (old, old))
    remove_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_is_never_removed(tmp_path: Path) -> None:
    old = time.time() - 1e7
    for name in (
        "prov",
        ".nationellt",
        ".hamtning-0123456789abcdef",
        ".prov.tmp",
        "prov.0123abcd.tmp",
        ".korning.las",
    ):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (old, old))
    remove_abandoned(tmp_path)
    assert len(list(tmp_path.iterdir())) == 6


def test_a_disk_without_locks_is_written_to_and_nothing_is_removed_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(file: object) -> bool:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(staging, "try_lock", refused)
    (tmp_path / ".annan.0123abcd.tmp").mkdir()
    (tmp_path / ".annan.0123abcd.las").touch()
    small.write_small("ny", tmp_path)
    write_whole(tmp_path / "fil", b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        ".annan.0123abcd.las", ".annan.0123abcd.tmp", "fil", "ny",
    ]  # fmt: skip


def test_a_writer_whose_lock_another_has_taken_makes_a_new_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([False, True])
    monkeypatch.setattr(staging, "try_lock", lambda file: next(answers))
    with staging.staging(tmp_path, "prov") as folder:
        assert [path.suffix for path in sorted(tmp_path.iterdir())] == [".las", ".tmp"]
        assert folder.is_dir()
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_held_until_it_is_released(tmp_path: Path) -> None:
    with (tmp_path / "a").open("a+b") as one, (tmp_path / "a").open("a+b") as two:
        assert locking.try_lock(one)
        assert not locking.try_lock(two)
        locking.unlock(one)
        assert locking.try_lock(two)


def held(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse the first renames, as Windows does while a virus scanner has a file in the folder open."""
    real: Callable[..., Path] = Path.rename
    refusals = iter([True] * times)

    def rename(self: Path, target: Path) -> Path:
        if next(refusals, False):
            raise PermissionError(13, "The process cannot access the file")
        return real(self, target)

    monkeypatch.setattr(staging, "_PAUSES", (0.01, 0.01, 0.01))
    monkeypatch.setattr(Path, "rename", rename)


def test_a_folder_that_is_held_open_for_a_moment_is_put_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(3, monkeypatch)
    assert small.write_small("prov", tmp_path).name == "prov"


def test_a_folder_that_stays_open_is_told_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(9, monkeypatch)
    with pytest.raises(Exception, match=r"annat program .* något där öppet"):
        small.write_small("prov", tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "a").mkdir()
    with pytest.raises(PermissionError):
        put_in_place(tmp_path / "a", tmp_path / "b")
