from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from effektiv.render import fingerprint


def checksum(folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(fingerprint, "_PACKAGE", folder)
    fingerprint.library_checksum.cache_clear()
    return fingerprint.library_checksum()


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch):
    yield
    fingerprint.library_checksum.cache_clear()


def test_a_clone_with_the_line_ends_of_windows_is_the_same_library(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = checksum(root / "effektiv", monkeypatch)
    clone = tmp_path / "effektiv"
    shutil.copytree(root / "effektiv", clone, ignore=shutil.ignore_patterns("__pycache__"))
    texts = [path for path in clone.rglob("*") if path.is_file()]
    for path in texts:
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert checksum(clone, monkeypatch) == here
    changed = clone / "render" / "templates" / "stil.css"
    changed.write_bytes(changed.read_bytes() + b"\r\nh1 { color: red }")
    assert checksum(clone, monkeypatch) != here
