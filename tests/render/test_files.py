from __future__ import annotations

import errno
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from effektiv.errors import EffektivError, InputError
from effektiv.render import files
from effektiv.render.files import OutputFullError, folder_lock, prepare_folder, write_file, write_together


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_writes_and_replaces_without_leaving_anything(tmp_path: Path) -> None:
    target = tmp_path / "under" / "a.html"
    write_file(target, b"ett")
    write_file(target, b"tv\xc3\xa5")
    assert target.read_bytes() == b"tv\xc3\xa5"
    assert names(target.parent) == {"a.html"}


@pytest.mark.skipif(os.name == "nt", reason="rättigheter av detta slag finns inte på Windows")
def test_written_files_can_be_read_by_others(tmp_path: Path) -> None:
    write_file(tmp_path / "a.html", b"ett")
    (tmp_path / "vanlig").write_bytes(b"")
    assert (tmp_path / "a.html").stat().st_mode == (tmp_path / "vanlig").stat().st_mode


def test_all_files_or_none_when_a_rename_fails(tmp_path: Path) -> None:
    # A folder in the way makes the second rename fail, as a file open in Excel does on Windows.
    first, second = tmp_path / "a.xlsx", tmp_path / "a.html"
    first.write_bytes(b"gammal")
    (second / "i-vagen").mkdir(parents=True)
    with pytest.raises(OSError):
        write_together({first: b"ny", second: b"ny"})
    assert first.read_bytes() == b"gammal"
    assert names(tmp_path) == {"a.xlsx", "a.html"}


def test_a_file_that_was_not_there_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace = Path.replace

    def stopped(self: Path, target: Path) -> Path:
        if target.suffix == ".html":
            raise KeyboardInterrupt
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", stopped)
    with pytest.raises(KeyboardInterrupt):
        write_together({tmp_path / "a.xlsx": b"ny", tmp_path / "a.html": b"ny"})
    assert names(tmp_path) == set()


def test_full_disk_is_one_clear_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "a.html"
    target.write_bytes(b"gammal")

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(OutputFullError, match="rapporterna som är klara ligger kvar"):
        write_file(target, b"ny")
    assert target.read_bytes() == b"gammal"
    assert names(tmp_path) == {"a.html"}


def test_output_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "ut").write_text("hej", encoding="utf-8")
    with pytest.raises(InputError, match="går inte att skriva i"):
        prepare_folder(tmp_path / "ut")


def test_output_folder_is_made_and_left_empty(tmp_path: Path) -> None:
    prepare_folder(tmp_path / "ny" / "ut")
    assert names(tmp_path / "ny" / "ut") == set()


def test_lock_keeps_another_process_out_and_dies_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = (
        "import sys, time; from pathlib import Path; from effektiv.render.files import folder_lock\n"
        "with folder_lock(Path(sys.argv[1])):\n    print('last', flush=True); time.sleep(60)"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", holder, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "last\n"
        monkeypatch.setattr(files, "_LOCK_WAIT", 0.1)
        with pytest.raises(EffektivError, match="låst"), folder_lock(tmp_path):
            pass
    finally:
        process.kill()
        process.wait()
        process.stdout.close() if process.stdout else None
    monkeypatch.setattr(files, "_LOCK_WAIT", 5.0)
    started = time.monotonic()
    with folder_lock(tmp_path):
        assert time.monotonic() - started < 4
