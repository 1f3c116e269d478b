"""What the system says when it refuses, in Swedish."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from effektiv.errors import system_reason


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_reason_is_the_systems_own_text(number: int) -> None:
    reason = system_reason(OSError(number, os.strerror(number)))
    assert os.strerror(number) not in reason
    assert re.search(r"[a-zåäö]", reason)
    assert not reason.endswith(".")


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (errno.ENOSPC, "disken är full"),
        (errno.EACCES, "skrivrätt eller läsrätt saknas"),
        (errno.ELOOP, "genvägen leder tillbaka till sig själv"),
        (errno.ENOENT, "filen eller mappen finns inte"),
        (99_999, "systemet svarar med felnummer 99999"),
    ],
)
def test_reason_by_number(number: int, reason: str) -> None:
    assert system_reason(OSError(number, "No such thing")) == reason


def test_an_error_without_a_number() -> None:
    assert system_reason(OSError("Not a gzipped file (b'ab')")) == "systemet säger inte varför"


def test_windows_tells_an_open_file_from_one_without_permission() -> None:
    error = PermissionError(errno.EACCES, "The process cannot access the file")
    error.winerror = 32  # type: ignore[attr-defined]  # as on Windows, where both are EACCES
    assert system_reason(error) == "filen är öppen i ett annat program"


@pytest.mark.parametrize("folder", ["effektiv", "benchmarks"])
def test_nobody_shows_the_systems_own_text(root: Path, folder: str) -> None:
    """``strerror`` is English, or in whatever language the system has."""
    using = [
        path.name
        for path in sorted((root / folder).rglob("*.py"))
        if "strerror" in path.read_text(encoding="utf-8")
    ]
    assert using == []
