"""How a run is told: honest time left, plain lines, a bar, an output in a notebook."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import papermill
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_notebook

from effektiv import progress
from effektiv.errors import EffektivError, InputError
from effektiv.progress import Lines, Tally, duration, follow, time_left
from effektiv.render import Job, ReportResult
from effektiv.render.results import Status

posix = pytest.mark.skipif(os.name == "nt", reason="Windows har inga pseudoterminaler av detta slag")


def result(status: Status = "ok", seconds: float = 1.0, kommun: str = "Älvby") -> ReportResult:
    job = Job("0319", kommun, 1, "grundskola", Path("grundskola.ipynb"))
    fault = "1-nulagesanalys/grundskola.ipynb, cell 6 (x = 1): ValueError: nej" if status == "fel" else None
    return ReportResult(job, status, seconds, fault)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def simulated(tally: Tally, clock: Clock, durations: list[float], workers: int) -> Iterator[float | None]:
    """Finish reports with these durations on some workers; yield the time left after each."""
    free = [clock.now + 3.0] * workers  # starting takes a while
    ends = []
    for seconds in durations:
        worker = free.index(min(free))
        free[worker] += seconds
        ends.append((free[worker], seconds))
    for end, seconds in sorted(ends):
        clock.now = end
        tally.add(result(seconds=seconds))
        yield tally.left()


# Time left ----------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(
    workers=st.integers(1, 8),
    pace=st.floats(0.05, 20),
    wobble=st.lists(st.floats(0.6, 1.4), min_size=120, max_size=120),
)
def test_time_left_is_about_what_it_takes(workers: int, pace: float, wobble: list[float]) -> None:
    clock = Clock()
    tally = Tally(120, clock)
    durations = [pace * part for part in wobble]
    told = [(clock.now, left) for left in simulated(tally, clock, durations, workers)]
    for when, left in told[40:100]:
        assert left is not None
        # The last reports end one by one: off by at most one report's time beside the share.
        assert abs(left - (clock.now - when)) < 0.35 * (clock.now - when) + 1.5 * pace
    assert told[-1][1] is None


def test_nothing_is_said_of_it_before_enough_reports() -> None:
    clock = Clock()
    tally = Tally(100, clock)
    assert tally.left() is None
    told = list(simulated(tally, clock, [1.0] * 30, workers=4))
    assert told[:8] == [None] * 8
    assert all(told[12:]), "tre varv av fyra arbetsprocesser"


def test_unchanged_reports_do_not_make_it_look_fast() -> None:
    clock = Clock()
    tally = Tally(1160, clock)
    for _ in range(1000):
        clock.now += 0.001
        tally.add(result("oforandrad", 0.0))
    assert tally.left() is None
    *_, left = simulated(tally, clock, [2.0] * 20, workers=1)
    assert left == pytest.approx(2.0 * 140)
    assert tally.text() == "1020 av 1160 rapporter, 1000 oförändrade, efter 44 s, ungefär 5 min kvar"


@pytest.mark.parametrize("workers", [1, 2, 4])
def test_a_hung_cell_or_a_new_worker_does_not_upset_it(workers: int) -> None:
    """While one worker hangs for two minutes the others go on; alone, it stops everything."""
    clock = Clock()
    tally = Tally(10_000, clock)
    *_, before = simulated(tally, clock, [0.5] * 40, workers)
    meanwhile = (workers - 1) * 240
    told = [left for left in simulated(tally, clock, [120.0, *[0.5] * (meanwhile + 5)], workers) if left]
    assert before is not None
    assert before == pytest.approx(10_000 * 0.5 / workers, rel=0.1)
    assert max(told) < 1.4 * before, "två minuter i en cell är inte hur lång tid en rapport tar"
    assert min(told) > 0.8 * before
    last = tally.left()
    clock.now += 60  # a worker that has been killed starts anew; nothing is finished meanwhile
    assert tally.left() == last


def test_it_follows_a_machine_that_gets_slower() -> None:
    clock = Clock()
    tally = Tally(1000, clock)
    list(simulated(tally, clock, [0.5] * 100, 1))
    *_, left = simulated(tally, clock, [2.0] * 100, 1)
    assert left == pytest.approx(800 * 2.0, rel=0.05)


def test_times_in_words() -> None:
    assert [duration(seconds) for seconds in (0.2, 59.4, 65, 3599, 7800)] == [
        "0 s", "59 s", "1 min 5 s", "59 min 59 s", "2 h 10 min",
    ]  # fmt: skip
    assert [time_left(seconds) for seconds in (3, 60, 61, 3540, 3541, 7801)] == [
        "mindre än en minut kvar", "mindre än en minut kvar", "ungefär 2 min kvar", "ungefär 59 min kvar",
        "ungefär 1 h 0 min kvar", "ungefär 2 h 11 min kvar",
    ]  # fmt: skip


def test_one_of_each_in_words() -> None:
    tally = Tally(1, Clock())
    tally.add(result("fel"))
    assert tally.text() == "1 av 1 rapport, 1 misslyckad, efter 0 s"


# Lines --------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "_stamped", "2026-09-01 23:05:07  {}".format)


def told_lines(results: list[ReportResult], seconds_each: float) -> list[str]:
    clock = Clock()
    tally = Tally(len(results), clock)
    told: list[str] = []
    lines = Lines(tally, [told.append])
    for one in results:
        clock.now += seconds_each
        tally.add(one)
        lines.show(one)
    return told


def test_lines_are_first_last_and_now_and_then() -> None:
    lines = told_lines([result(seconds=2.0)] * 100, 2.0)
    counts = [int(line.split()[2]) for line in lines]
    assert counts == [1, 16, 31, 46, 61, 76, 91, 100], "var trettionde sekund"
    assert lines[0] == (
        "2026-09-01 23:05:07  1 av 100 rapporter, efter 2 s. Senast: Älvby, steg 1, grundskola"
    )
    assert "31 av 100 rapporter, efter 1 min 2 s, ungefär 3 min kvar." in lines[2]
    quick = told_lines([result(seconds=0.1)] * 60, 0.1)
    assert [int(line.split()[2]) for line in quick] == [1, 26, 51, 60], "var tjugofemte rapport"
    same = told_lines([result("oforandrad", 0.0)] * 500, 0.001)
    assert [int(line.split()[2]) for line in same] == [1, 500]


def test_all_who_tell_of_a_report_tell_the_same_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    clock = Clock()

    def running() -> float:
        clock.now += 1  # a second passes each time somebody looks
        return clock.now

    monkeypatch.setattr(progress, "Tally", lambda total: Tally(total, running))
    with follow(2, log=tmp_path / "natt.log") as tell:
        tell(result(seconds=0.5), 1, 2)
        tell(result("fel", seconds=0.5), 2, 2)
    log = (tmp_path / "natt.log").read_text(encoding="utf-8").splitlines()
    assert log[1:-1] == capfd.readouterr().err.splitlines()
    assert [line.split(", ")[1] for line in (log[1], log[2], log[4])] == [
        "efter 1 s. Senast: Älvby",
        "steg 1",
        "1 misslyckad",
    ]


def test_a_run_that_is_stopped_tells_how_long_it_waited(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(progress, "Tally", lambda total: Tally(total, clock))
    with follow(2, log=tmp_path / "natt.log") as tell:
        tell(result(), 1, 2)
        clock.now += 600
    lines = (tmp_path / "natt.log").read_text(encoding="utf-8").splitlines()
    assert lines[-1].endswith("Avbröts: 1 av 2 rapporter, efter 10 min 0 s")


def test_a_failed_report_is_a_line_at_once() -> None:
    dirty = ReportResult(
        result().job, "fel", 1.0, "a.ipynb, cell 6: \x1b[31mValueError\x1b[0m: rad ett\nrad två\x07"
    )
    lines = told_lines([result(seconds=0.1)] * 3 + [dirty] + [result(seconds=0.1)] * 3, 0.1)
    assert [line[21:] for line in lines if "Misslyckades" in line] == [
        "Misslyckades: 0319 Älvby, steg 1, grundskola: a.ipynb, cell 6: [31mValueError[0m: rad ett rad två"
    ]
    assert all(line.isprintable() for line in lines)


def test_a_log_is_added_to_and_says_how_it_ended(tmp_path: Path) -> None:
    log = tmp_path / "natt.log"
    log.write_text("Från i går\n", encoding="utf-8")
    with follow(2, log=log) as tell:
        tell(result(), 1, 2)
        during = log.read_text(encoding="utf-8")
        tell(result("fel"), 2, 2)
    assert "1 av 2 rapporter" in during, "varje rad skrivs genast"
    with follow(3, log=log) as tell:
        tell(result("oforandrad"), 1, 3)
    with pytest.raises(EffektivError, match="disken"), follow(3, log=log):
        raise EffektivError("Nu är disken full.")
    lines = [line.partition("  ")[2] or line for line in log.read_text(encoding="utf-8").splitlines()]
    assert lines == [
        "Från i går",
        "Börjar: 2 rapporter",
        "1 av 2 rapporter, efter 0 s. Senast: Älvby, steg 1, grundskola",
        "Misslyckades: 0319 Älvby, steg 1, grundskola: 1-nulagesanalys/grundskola.ipynb, cell 6 (x = 1):"
        " ValueError: nej",
        "2 av 2 rapporter, 1 misslyckad, efter 0 s. Senast: Älvby, steg 1, grundskola",
        "Slut: 2 av 2 rapporter, 1 misslyckad, efter 0 s",
        "Börjar: 3 rapporter",
        "1 av 3 rapporter, 1 oförändrad, efter 0 s. Senast: Älvby, steg 1, grundskola",
        "Avbröts: 1 av 3 rapporter, 1 oförändrad, efter 0 s",
        "Börjar: 3 rapporter",
        "Avbröts av fel: Nu är disken full. (0 av 3 rapporter, efter 0 s)",
    ]


def test_a_log_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"Loggen .* går inte att skriva"), follow(1, log=tmp_path):
        pass


def test_a_log_that_can_no_longer_be_written_stops_the_run(tmp_path: Path) -> None:
    log = tmp_path / "natt.log"
    with (
        pytest.raises(EffektivError, match=r"Loggen .* går inte att skriva") as caught,
        follow(2, log=log) as tell,
    ):
        log.unlink()
        log.mkdir()
        tell(result(), 1, 2)
    assert not isinstance(caught.value, InputError), "något har redan gjorts"


def test_a_pipe_gets_lines(capfd: pytest.CaptureFixture[str]) -> None:
    with follow(1) as tell:
        tell(result(), 1, 1)
    out, err = capfd.readouterr()
    assert out == ""
    assert err.endswith("1 av 1 rapport, efter 0 s. Senast: Älvby, steg 1, grundskola\n")
    assert err.count("\n") == 1


# A terminal ---------------------------------------------------------------------------------------

SLOW = """
import time
from pathlib import Path
from effektiv.progress import follow
from effektiv.render import Job, ReportResult
job = Job("0319", "Älvby", 1, "grundskola", Path("x"))
with follow(30) as tell:
    for number in range(30):
        fault = "a.ipynb, cell 6 (x[0]): ValueError: [rött] " + "lång " * 30 + "slut" if number == 3 else None
        time.sleep(0.05)
        tell(ReportResult(job, "fel" if fault else "ok", 0.05, fault), number + 1, 30)
"""


@posix
def test_a_terminal_gets_a_bar(tmp_path: Path) -> None:
    import pty  # noqa: PLC0415  not on Windows

    ours, its = pty.openpty()
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80", "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [sys.executable, "-c", SLOW], stderr=its, stdout=subprocess.PIPE, env=environment
    ) as process:
        os.close(its)
        shown = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        os.close(ours)
    text = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", shown.decode("utf-8"))
    assert process.returncode == 0
    assert "0 av 30" in text
    assert "30 av 30" in text
    assert "mindre än en minut kvar, Älvby, steg 1" in text
    assert re.search(r"30 av 30 0:00:\d\d Älvby", text)
    # A failed report stays, whole, above the bar.
    assert (
        "Misslyckades: 0319 Älvby, steg 1, grundskola: a.ipynb, cell 6 (x[0]): ValueError: [rött] lång"
        in text
    )
    assert text.index("lång slut") < text.index("30 av 30")


# JupyterLab ---------------------------------------------------------------------------------------

NOTEBOOK = """
from pathlib import Path
from effektiv.progress import follow
from effektiv.render import Job, ReportResult
job = Job("0319", "Älv<by", 1, "grundskola", Path("x"))
with follow(3) as tell:
    tell(ReportResult(job, "oforandrad"), 1, 3)
    tell(ReportResult(job, "fel", 1.0, "cell 6: <b>"), 2, 3)
    tell(ReportResult(job, "ok", 1.0), 3, 3)
"""


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("engine", [None, "effektiv"], ids=["kernel", "effektiv"])
def test_a_notebook_gets_one_output_that_is_renewed(engine: str | None) -> None:
    node = new_notebook(cells=[new_code_cell("0"), new_code_cell(NOTEBOOK), new_code_cell("'efter'")])
    done = papermill.execute_notebook(
        node, None, engine_name=engine, kernel_name="python3", language="python", progress_bar=False
    )
    outputs: list[Any] = done.cells[1].outputs
    assert [output.output_type for output in outputs] == ["display_data"]
    assert set(outputs[0].data) == {"text/plain", "text/html"}, "inga widgetar"
    assert outputs[0].data["text/plain"] == (
        "3 av 3 rapporter, 1 oförändrad, 1 misslyckad, efter 0 s.\n"
        "Misslyckades: 0319 Älv<by, steg 1, grundskola: cell 6: <b>"
    )
    page = outputs[0].data["text/html"]
    assert '<progress value="3" max="3"' in page
    assert "<li>Misslyckades: 0319 Älv&lt;by, steg 1, grundskola: cell 6: &lt;b&gt;</li>" in page


def test_a_notebook_is_not_renewed_more_than_can_be_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[Any] = []

    class Handle:
        def update(self, content: Any, raw: bool) -> None:
            sent.append(content["text/plain"])

    monkeypatch.setattr("IPython.display.display", lambda *_args, **_kwargs: Handle())
    clock = Clock()
    tally = Tally(1000, clock)
    with progress._cell(tally) as show:
        for _ in range(1000):
            clock.now += 0.01
            one = result(seconds=0.01)
            tally.add(one)
            show(one)
    assert 15 <= len(sent) <= 25
    assert sent[-1] == "1000 av 1000 rapporter, efter 10 s."


def test_reports_with_too_few_values_are_counted() -> None:
    tally = Tally(2)
    for report in (result(), replace(result(), underlag="tunt")):
        tally.add(report)
    assert tally.text() == "2 av 2 rapporter, 1 med tunt underlag, efter 0 s"
