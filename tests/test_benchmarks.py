"""The benchmarks measure the same thing in three ways, and count right."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from markupsafe import escape
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from benchmarks import floor, ours, plain
from benchmarks.__main__ import FIGURES
from benchmarks.country import growth
from benchmarks.floor import compiled
from benchmarks.measure import (
    MB,
    Memory,
    Reading,
    Run,
    Spread,
    by_tenth,
    departure_from_line,
    memory_at,
    memory_by_report,
    memory_growth,
    ratios,
    timed,
)
from benchmarks.oforandrade import differences
from benchmarks.result import FLOOR, OURS, OURS_XLSX, PLAIN, Machine, Result, read_result, write_result
from benchmarks.tell import BEGIN, END, claims, readme_lines, report, spread, update_readme
from benchmarks.work import Work, evenly_spread, step_one
from effektiv import open_case
from effektiv.data.snapshot import EXAMPLE, Snapshot, find_municipality
from effektiv.progress import duration
from effektiv.render.pages import Record

PARAMETERS = f'kommun = "Exempelby"\ndata = "{EXAMPLE}"\njamfor_med = "liknande"'
OPENING = """from effektiv import open_case

case = open_case("grundskola", kommun=kommun, data=data, jamfor_med=jamfor_med)
case"""
SHOWN = ("first_page", "data_quality", "limits")
MUNICIPALITY = "Sommarsund"


# The three ways --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def work(example: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Work:
    """One notebook with a few cells, for another municipality than the notebook itself names."""
    root = tmp_path_factory.mktemp("notebooks")
    cells = [
        new_markdown_cell("# Prov"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(OPENING),
        new_markdown_cell("## Ett avsnitt"),
        *(new_code_cell(f"case.{name}()") for name in SHOWN),
    ]
    path = root / "1-nulagesanalys" / "grundskola.ipynb"
    path.parent.mkdir()
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    path.write_text(nbformat.writes(new_notebook(cells=cells, metadata=metadata)), encoding="utf-8")
    code = find_municipality(MUNICIPALITY, example.municipalities)
    return step_one([code], 1, tmp_path_factory.mktemp("params"), root)


@pytest.fixture(scope="module")
def made(work: Work, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Run, str]]:
    """The run and the page of each way. They are made two at a time: here, nobody compares their times."""

    def make(way: Callable[[Work, Path], Run]) -> tuple[Run, str]:
        folder = tmp_path_factory.mktemp("made")
        run = way(work, folder)
        (page,) = (path for path in folder.rglob("grundskola.html") if "warm-up" not in path.parts)
        assert (run.bytes_median, run.bytes_max) == (page.stat().st_size, page.stat().st_size)
        return run, page.read_text(encoding="utf-8")

    ways = {PLAIN: plain.measured, OURS: ours.measured, FLOOR: floor.measured}
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(ways, pool.map(make, ways.values()), strict=True))


@pytest.mark.parametrize("way", [PLAIN, OURS, FLOOR])
def test_every_way_shows_what_the_cells_show(made: dict[str, tuple[Run, str]], way: str) -> None:
    case = open_case("grundskola", kommun=MUNICIPALITY)
    exhibits = [getattr(case, name)() for name in SHOWN]
    html = made[way][1]
    titles = re.findall(r'<h[23][^>]*class="ex-title"[^>]*>(.*?)</h[23]>', html)
    assert titles == [exhibit.title for exhibit in exhibits]
    figures = sum(exhibit.figure is not None for exhibit in exhibits)
    assert figures > 0
    assert len(re.findall(r'<figure[^>]*class="ex[ "]', html)) == figures
    assert case.name in html
    assert "Ett avsnitt" in html
    assert "open_case" not in html


@pytest.mark.parametrize("way", [PLAIN, OURS, FLOOR])
def test_every_way_is_measured(made: dict[str, tuple[Run, str]], way: str) -> None:
    run = made[way][0]
    assert run.reports == len(run.finished) == 1
    assert run.finished[0] > 0
    assert run.seconds > 0
    assert sys.platform == "win32" or (run.cpu and run.cpu > 0)
    assert run.peak > 50
    if way == OURS:
        assert run.startup is not None
        assert run.startup_cpu is not None
        assert run.startup_cpu > 0
        assert 0 < run.startup < run.finished[0] < run.seconds
        assert 0 < run.working < run.seconds
    else:
        assert run.startup is None


def test_the_floors_function_has_the_parameters_and_shows_last_expressions(tmp_path: Path) -> None:
    path = tmp_path / "n.ipynb"
    cells = [
        new_markdown_cell("*Text*"),
        new_code_cell('a = "1"\nb = 2', metadata={"tags": ["parameters"]}),
        new_code_cell("import math\nc = a + str(b)"),
        new_code_cell("d = [c for _ in range(2)]\nd"),
        new_code_cell(""),
        new_code_cell("math.floor(2.5)\nb"),
    ]
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")
    cells_of, texts = compiled(path)
    assert cells_of(a="0319") == [(3, ["03192", "03192"]), (5, 2)]
    assert cells_of() == [(3, ["12", "12"]), (5, 2)]
    assert list(texts) == [0]
    assert "<em>Text</em>" in texts[0]


@pytest.mark.parametrize(
    ("source", "tags"), [("%matplotlib inline", []), ("await x", []), ("a, b = 1, 2", ["parameters"])]
)
def test_the_floor_refuses_what_is_not_a_plain_function(tmp_path: Path, source: str, tags: list[str]) -> None:
    path = tmp_path / "n.ipynb"
    cells = [new_code_cell(source, metadata={"tags": tags})]
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")
    with pytest.raises(SyntaxError):
        compiled(path)


def test_a_small_run_takes_municipalities_from_the_whole_country() -> None:
    codes = [f"{number:04}" for number in range(290)]
    assert evenly_spread(codes, 290) == codes
    assert evenly_spread(codes, 29) == codes[::10]
    assert evenly_spread(codes, 3) == ["0000", "0096", "0193"]
    for count in (0, 291):
        with pytest.raises(ValueError, match="municipalities of 290"):
            evenly_spread(codes, count)


def test_all_ways_make_the_same_reports(work: Work, tmp_path: Path) -> None:
    notebook = work.notebooks[0]
    two = replace(work, codes=("0001", "0002"), notebooks=(notebook, replace(notebook, omrade="annat")))
    reports = two.reports(tmp_path)
    assert len(reports) == two.count == 4
    assert len({item.target for item in reports}) == 4
    assert [item.parameters["kommun"] for item in reports] == ["0001", "0001", "0002", "0002"]
    assert work.warm_up not in work.codes


# Clocks and memory -----------------------------------------------------------------------

SPAWN = """
import subprocess, sys
code = "held = bytearray(80_000_000); n = 0\\nfor k in range(2_000_000): n += k\\nprint(len(held))"
subprocess.run([sys.executable, "-c", code], check=True)
"""


def test_a_command_s_children_are_timed_and_their_memory_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.measure.INTERVAL", 0.02)
    outcome = timed([sys.executable, "-c", SPAWN], {}, tmp_path)
    assert outcome.output.strip() == "80000000"
    assert max(sum(reading.rss.values()) for reading in outcome.readings) > 80e6
    assert sys.platform == "win32" or (outcome.cpu and outcome.cpu > 0.05)
    assert outcome.seconds > 0.1
    used = [reading.cpu for reading in outcome.readings]
    assert max(used) > 0


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"(?s)ended with 3:.*trasig"):
        timed(
            [sys.executable, "-c", "import sys; print('trasig', file=sys.stderr); sys.exit(3)"], {}, tmp_path
        )


def test_memory_is_keyed_by_the_number_of_finished_reports() -> None:
    moments = [10.0, 20.0, 30.0]
    worker, passing = 7, 8
    readings = [
        Reading(0.5, {}, 0.0),
        Reading(1.0, {worker: int(1 * MB)}, 0.0),
        Reading(10.0, {worker: int(2 * MB), passing: int(9 * MB)}, 0.0),
        Reading(15.0, {worker: int(3 * MB)}, 0.0),
        Reading(29.0, {worker: int(4 * MB), passing + 1: int(9 * MB)}, 0.0),
        Reading(31.0, {worker: int(99 * MB)}, 0.0),
    ]
    assert memory_by_report(readings, moments) == [[(0, 1.0), (1, 3.0), (2, 4.0)]]
    assert memory_by_report(readings[:1], moments) == []


def test_growth_of_memory_is_from_the_fiftieth_report_to_the_last() -> None:
    settling = [(number, 10.0 * number) for number in range(50)]
    early = [(50, 200.0), (55, 240.0), (59, 180.0)]
    late = [(191, 230.0), (199, 210.0), (195, 220.0)]
    assert memory_growth([*settling, *early, (100, 999.0), (190, 999.0), *late], 200) == pytest.approx(0.1)
    with pytest.raises(ValueError, match="too few"):
        memory_growth([*early, *late], 69)
    with pytest.raises(ValueError, match="early and late"):
        memory_growth([*settling, *early], 200)


def test_memory_at_a_report_is_the_latest_reading_by_then() -> None:
    series = [(3, 11.0), (8, 20.0)]
    assert [memory_at(series, number) for number in (3, 7, 8, 99)] == [11.0, 11.0, 20.0, 20.0]
    with pytest.raises(ValueError, match="before 3 reports"):
        memory_at(series, 2)


# Arithmetic ------------------------------------------------------------------------------


def test_ratios_are_taken_within_each_round() -> None:
    # The second round was disturbed throughout; the ratio is not.
    assert ratios([10.0, 40.0, 12.0], [2.0, 8.0, 2.0]) == Spread(5.0, 5.0, 6.0)
    with pytest.raises(ValueError, match="zip"):
        ratios([1.0], [1.0, 2.0])


def test_memory_is_summed_up() -> None:
    """No reading for each report is kept: the figures are committed."""
    series = [(number, 200.0 + number) for number in range(1161)]
    assert Memory.of(series, 1160).at == [
        (50, 250.0),
        (290, 490.0),
        (580, 780.0),
        (870, 1070.0),
        (1160, 1360.0),
    ]
    assert Memory.of(series, 1160).growth == pytest.approx(1355.5 / 254.5 - 1)
    assert Memory.of(series[30:60], 60) == Memory([(30, 230.0), (45, 245.0), (50, 250.0), (60, 259.0)], None)
    assert Memory.of([], 60) == Memory([], None)


def test_the_kept_figures_are_short() -> None:
    kept = read_result(FIGURES)
    runs = [run for ways in kept.rounds for run in ways.values()]
    # The whole country can be left out of a measurement.
    runs += [] if kept.country is None else [kept.country]
    assert max(len(memory.at) for run in runs for memory in run.memory) <= 5


def test_a_steady_run_is_a_straight_line() -> None:
    finished = [4.0 + 0.5 * (k + 1) for k in range(37)]
    assert by_tenth(finished, 4.0) == pytest.approx([0.5] * 10)
    assert departure_from_line(finished, 4.0) == pytest.approx(0.0, abs=1e-12)


def test_a_run_that_slows_down_is_not() -> None:
    finished = [*(float(k) for k in range(1, 51)), *(50.0 + 2.0 * k for k in range(1, 51))]
    assert by_tenth(finished, 0.0) == pytest.approx([1.0] * 5 + [2.0] * 5)
    assert departure_from_line(finished, 0.0) == pytest.approx(1 / 6)
    with pytest.raises(ValueError, match="tenths"):
        by_tenth(finished[:9], 0.0)


def a_run(per_report: float, reports: int = 116, startup: float | None = None, **other: object) -> Run:
    begun = startup or 0.0
    known = {
        "reports": reports,
        "seconds": begun + per_report * reports,
        "startup": startup,
        "cpu": 2 * per_report * reports,
        "startup_cpu": startup,
        "finished": [begun + per_report * (k + 1) for k in range(reports)],
        "bytes_median": 300_000.0,
        "bytes_max": 350_000,
        "peak": 250.0,
        "memory": [
            Memory.of([(number, 200.0 + 0.01 * number) for number in range(0, reports + 1, 2)], reports)
            for _ in range(2)
        ],
    }
    return Run(**(known | other))  # type: ignore[arg-type]


def a_result(**other: object) -> Result:
    rounds = [
        {
            PLAIN: a_run(5.0 * noise),
            OURS: a_run(0.5 * noise, startup=2.0 * noise),
            OURS_XLSX: a_run(0.55 * noise, startup=2.0 * noise),
            FLOOR: a_run(0.45 * noise),
        }
        for noise in (1.0, 1.5, 1.1)
    ]
    country = a_run(0.56, 1160, 2.0)
    parts = {"isolering": 0.05, "cellerna": 0.3}
    known = Result("2026-11-21", Machine(2, "Linux", "3.11.7", 0.1), 29, 4, 2, rounds, country, parts)
    return replace(known, **other)  # type: ignore[arg-type]


def test_growth_tells_the_time_of_each_number_of_municipalities() -> None:
    on = growth(a_run(0.5, 1160, 2.0))
    assert on.at == pytest.approx({10: 22.0, 29: 60.0, 100: 202.0, 290: 582.0})
    assert on.tenths == pytest.approx([0.5] * 10)
    assert on.departure == pytest.approx(0.0, abs=1e-9)
    assert on.memory == pytest.approx([(200 + 11.56) / (200 + 0.54) - 1] * 2, abs=1e-4)
    assert list(growth(a_run(0.5, 116, 2.0), (10, 29)).at) == [10, 29]
    with pytest.raises(ValueError, match="first report was begun"):
        growth(a_run(0.5, 1160))


def test_claims_that_hold() -> None:
    result = a_result()
    kept = {claim.text: claim.kept for claim in claims(result)}
    assert len(kept) == 6
    assert all(kept.values()), kept
    assert result.ratio(PLAIN, OURS).median == pytest.approx(5.0 * 116 / (0.5 * 116 + 2.0))
    assert len(claims(replace(result, country=None))) == 3


LEAK = [Memory.of([(number, 200.0 + 0.03 * number) for number in range(1161)], 1160)]


@pytest.mark.parametrize(
    ("rounds", "country", "broken"),
    [
        ({PLAIN: a_run(4.0)}, {}, "snabbare än (a)"),
        ({FLOOR: a_run(0.35)}, {}, "tid mot golvet (c)"),
        ({}, {"memory": LEAK}, "minnets tillväxt"),
        ({}, {"seconds": 1800.0}, "hela landet, alla steg"),
        (
            {},
            {"finished": [2.0 + 0.5 * (k + (k > 580) * (k - 580) / 2) for k in range(1160)]},
            "längst från en rät linje",
        ),
        ({}, {"bytes_max": 400_001}, "största rapporten"),
    ],
)
def test_claims_that_do_not(rounds: dict[str, Run], country: dict[str, object], broken: str) -> None:
    sound = a_result()
    result = replace(
        sound,
        rounds=[runs | rounds for runs in sound.rounds],
        country=replace(sound.country, **country),  # type: ignore[type-var,arg-type]
    )
    assert [claim.text for claim in claims(result) if not claim.kept] == [broken]


# Files and words ---------------------------------------------------------------------------


def test_a_result_survives_its_file(tmp_path: Path) -> None:
    for result in (a_result(), a_result(country=None)):
        write_result(result, tmp_path / "docs" / "matning.json")
        assert read_result(tmp_path / "docs" / "matning.json") == result
        json.loads((tmp_path / "docs" / "matning.json").read_text(encoding="utf-8"))


def test_figures_are_written_in_swedish() -> None:
    assert spread(Spread(1234.56, 0.04, 2000.0), 1) == "1\u00a0234,6 (0,0–2\u00a0000,0)"
    assert duration(59.4) == "59 s"
    assert duration(459.6) == "7 min 40 s"


def test_the_report_tells_everything_once() -> None:
    text = report(a_result())
    assert "29 kommuner × 4 notebookar = 116 rapporter, 2 arbetsprocesser, 3 varv" in text
    assert "290 kommuner efter 651,6 s" in text
    assert "En varm rapport: cellerna 300 ms, isolering 50 ms" in text
    assert "arbetsprocess 2: 200 MB, 203 MB, 206 MB, 209 MB, 212 MB efter 50, 290, 580, 870, 1160" in text
    assert "HÅLLER INTE" not in text
    assert "belastning" not in text
    busy = Machine(2, "Linux", "3.11.7", 4.2)
    assert "belastning 4,2 före start" in report(a_result(machine=busy))


def test_without_cpu_seconds_nothing_is_said_of_them() -> None:
    rounds = [{way: replace(run, cpu=None) for way, run in runs.items()} for runs in a_result().rounds]
    assert "CPU" in report(a_result())
    assert "CPU" not in report(a_result(rounds=rounds))


def test_the_readme_gets_the_figures_between_its_markers_and_nothing_else(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"före\n\n{BEGIN}\ngammalt \\1\n{END}\n\nefter\n", encoding="utf-8")
    update_readme(readme, a_result())
    once = readme.read_text(encoding="utf-8")
    assert once == f"före\n\n{BEGIN}\n\n{readme_lines(a_result())}\n\n{END}\n\nefter\n"
    update_readme(readme, a_result())
    assert readme.read_text(encoding="utf-8") == once
    readme.write_text("inga märken", encoding="utf-8")
    with pytest.raises(ValueError, match="has no line"):
        update_readme(readme, a_result())


def test_the_project_s_readme_quotes_the_kept_figures(root: Path) -> None:
    text = (root / "README.md").read_text(encoding="utf-8")
    assert f"{BEGIN}\n\n{readme_lines(read_result(FIGURES))}\n\n{END}" in text


# The same bytes ----------------------------------------------------------------------------


def test_files_are_the_same_but_for_the_fingerprint(tmp_path: Path) -> None:
    record = Record("abc", "2701", "By", 1, "Nulägesanalys", "x", "X", "Så är det.", "f", True, "2026-01-02")
    for name, mark, finding in (
        ("fore", "abc", "Så är det."),
        ("efter", "def", "Så är det."),
        ("annan", "abc", "Nej."),
    ):
        folder = tmp_path / name / "2701-by" / "1-nulagesanalys"
        folder.mkdir(parents=True)
        text = replace(record, fingeravtryck=mark, slutsats=finding).to_text()
        (folder / "x.html").write_text(f'<meta content="{escape(text)}">', encoding="utf-8")
        (folder / "x.xlsx").write_bytes(b"x")
    (tmp_path / "efter" / "2701-by" / "1-nulagesanalys" / "y.html").write_text("y", encoding="utf-8")
    fore, efter, annan = (tmp_path / name for name in ("fore", "efter", "annan"))
    assert differences(fore, efter) == (["2701-by/1-nulagesanalys/y.html"], 3)
    assert differences(fore, annan) == (["2701-by/1-nulagesanalys/x.html"], 2)
