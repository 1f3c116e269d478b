"""The campaigns of hostile input: a small part of each finds nothing, and each oracle sees what is wrong."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from benchmarks import kampanj
from benchmarks.kampanj import Wrong, run
from effektiv.data import fetch as fetching
from effektiv.data import importer
from effektiv.errors import InputError
from effektiv.params import locks
from tests import small_snapshot as small


@pytest.mark.parametrize(
    ("name", "numbers", "ends"),
    [
        ("params", range(200, 240), {"läst", "vägrad"}),
        ("avslutning", range(20), {"läst", "vägrad"}),
        ("tabeller", range(40, 48), {"läst", "vägrad"}),
        ("formular", range(20), {"läst", "vägrad"}),
        ("frysningar", range(30), {"öppnad", "vägrad"}),
        ("kolada", range(6), {"hämtad", "vägrad, sedan hämtad"}),
        ("avbrott", range(4, 5), {"importera"}),
    ],
)
def test_a_small_part_finds_nothing(name: str, numbers: range, ends: set[str]) -> None:
    result = run(name, numbers)
    assert [f"{number}: {wrong}" for number, wrong in result.wrong] == []
    # How far a command has come when it is killed differs between machines.
    assert {end.partition(" SIG")[0] for end in result.ends} == ends
    assert result.ends.total() == len(numbers)


def counted(name: str, kind: str, numbers: range = range(20)) -> int:
    return run(name, numbers).count(kind)


def other_values(rng: random.Random, path: Path) -> None:
    """Put another whole snapshot in the place of one."""
    shutil.rmtree(path)
    small.write_small(path.name, path.parent, small.small_observations(seed=9))


def test_a_value_that_became_another_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importer._values
    monkeypatch.setattr(importer, "_values", lambda *a: real(*a) * 10)
    assert counted("tabeller", "värde", range(3)) > 0
    monkeypatch.undo()
    monkeypatch.setattr(kampanj, "SNAPSHOT_CHANGES", [other_values])
    assert counted("frysningar", "värde", range(2)) == 2
    monkeypatch.undo()
    read = kampanj.read_form
    monkeypatch.setattr(
        kampanj, "read_form", lambda *a, **k: replace(read(*a, **k), faults=(), notes=(), rows={})
    )
    assert counted("formular", "värde", range(4, 8)) > 0  # all rows lost without a word
    monkeypatch.undo()
    read = fetching.read_data
    monkeypatch.setattr(fetching, "read_data", lambda *a: read(*a).assign(value=1.0))
    assert counted("kolada", "värde", range(1)) == 1


def test_a_locked_goal_that_is_read_as_another_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = locks.read_lock
    monkeypatch.setattr(locks, "read_lock", lambda path: replace(real(path), fault=""))
    assert counted("avslutning", "värde", range(30)) > 0


def test_a_text_that_became_another_or_was_lost_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    real = kampanj.leaves
    for other in (
        lambda found: {place: f"{text} {random.random()}" for place, text in real(found).items()},
        lambda found: dict(random.sample(list(real(found).items()), 9)),
    ):
        monkeypatch.setattr(kampanj, "leaves", other)
        assert counted("params", "värde") > 0


def test_an_exception_and_a_refusal_that_is_no_sentence_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    for error in (KeyError("x"), InputError("en\ntvå"), InputError("")):

        def failing(*words: Any, error: Exception = error, **options: Any) -> pd.DataFrame:
            raise error

        monkeypatch.setattr(kampanj, "import_files", failing)
        assert counted("tabeller", "spår", range(2)) == 2


def test_a_case_that_never_ends_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform == "win32":
        pytest.skip("Windows kan inte avbryta ett fall")
    monkeypatch.setattr(kampanj, "LONGEST_CASE", 0.2)
    monkeypatch.setattr(kampanj, "import_files", lambda *a, **k: time.sleep(30))
    assert counted("tabeller", "spår", range(1)) == 1


def test_half_files_and_processes_that_are_left_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "output" / "a" / "rapport.html"
    report.parent.mkdir(parents=True)
    report.write_text("<html></html>\n", encoding="utf-8")
    kampanj.whole_files(tmp_path, "x")
    for name, content in (("rapport.html", "<html>"), ("korning.json", '{"a": '), ("tabell.xlsx", "PK")):
        (report.parent / name).write_text(content, encoding="utf-8")
        with pytest.raises(Wrong, match=name) as wrong:
            kampanj.whole_files(tmp_path, "x")
        assert wrong.value.kind == "fil"
        (report.parent / name).unlink()
    (tmp_path / "data" / "half").mkdir(parents=True)
    with pytest.raises(Wrong, match="half"):
        kampanj.whole_files(tmp_path, "x")
    command = [sys.executable, "-c", "import time; time.sleep(60)"]
    with subprocess.Popen(command, env=os.environ | {"EFFEKTIV_KAMPANJ": "prov"}) as process:
        while not kampanj.of_run("prov"):
            time.sleep(0.05)
        process.kill()
    assert kampanj.of_run("prov") == []
