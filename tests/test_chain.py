"""What a municipality's reports rest on: told, made again to the same bytes, and named when it is no longer there."""

from __future__ import annotations

import json
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook

from effektiv import cli
from effektiv.chain import locks_of
from effektiv.data.snapshot import open_snapshot
from effektiv.params import Params, load_params
from effektiv.params.common import MunicipalityParams
from effektiv.params.kept import as_it_was, keep, mark_of
from effektiv.params.locks import Lock, write_lock
from effektiv.stepfiles import register_step_files
from tests import small_snapshot as small
from tests.pool_here import reports_here
from tests.render.conftest import standard_cells

DAY = r"\d{4}-\d{2}-\d{2}|\d{1,2} [a-z]+ \d{4}"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Make one report of steps 1 and 3 on the small snapshot, with params and a lock; return the folder."""
    place = tmp_path_factory.mktemp("kedja")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS", "EFFEKTIV_NOTEBOOKS"):
            patch.delenv(name, raising=False)
        small.write_small("liten", place / "data", groups=small.every_group())
        for folder, steg in (("1-nulagesanalys", 1), ("3-atgarder", 3)):
            path = place / "notebooks" / folder / "grundskola.ipynb"
            path.parent.mkdir(parents=True)
            cells = standard_cells()
            cells[1].source += '\njamfor_med = "liknande"'
            cells[2].source = cells[2].source.replace('"steg": 1', f'"steg": {steg}')
            for number, cell in enumerate(cells):
                cell["id"] = f"cell-{number}"
            path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")
        reports_here(patch)
        assert cli.main(["ny", "0319"]) == 0
        goal = {"omrade": "grundskola", "primar": "N15001"}
        write_lock(place / "params/0319-alvby/las/grundskola.yaml", goal, how="0319 --omrade grundskola")
        assert cli.main(["rendera", "--kommun", "0319", "--data", "liten", "--jobb", "1"]) == 0
        yield place


@pytest.fixture
def here(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the folder that a test may change, as the working folder."""
    reports_here(monkeypatch)
    for name in ("data", "params", "notebooks", "output"):
        shutil.copytree(made / name, tmp_path / name)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS", "EFFEKTIV_NOTEBOOKS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def chain(capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert cli.main(["status", "--kedja", "Älvby"]) == 0
    return capsys.readouterr().out


def test_it_is_told_what_each_step_rests_on_and_what_is_missing(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = chain(capsys)
    assert out.startswith("Älvby (0319): vad rapporterna i output vilar på.\n\nSteg 1, nulägesanalys\n")
    first, third = (out.split(f"Steg {number}, ")[1].split("\n\n")[0] for number in (1, 3))
    assert re.search(r"\n  grundskola, gjord \d{4}-\d{2}-\d{2} med version 0\.1\.0\n", first)
    assert re.search(r"\n    frysning liten \([0-9a-f]{16}\), egna uppgifter [0-9a-f]{16}, arbetsbok", first)
    assert "lås" not in first
    assert re.search(r"\n    lås: grundskola \d{4}-\d{2}-\d{2} [0-9a-f]{16}\n", third)
    assert "Steg 5, avslutning\n  Steget har inga notebookar i den här arbetsboken.\n" in out
    assert "Inget nyare datauttag finns" in out


def test_the_command_makes_the_same_report_again(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    commands = re.findall(r"görs om med: effektiv (.*)", chain(capsys))
    assert len(commands) == 2
    assert cli.main(commands[1].split()) == 0
    before, after = (here / place / "0319-alvby/3-atgarder" for place in ("output", "omgjord"))
    assert sorted(path.name for path in after.iterdir()) == ["grundskola.html", "grundskola.xlsx"]
    pages = [(place / "grundskola.html").read_text(encoding="utf-8") for place in (before, after)]
    assert len(pages[0]) > 5_000
    assert re.sub(DAY, "", pages[0]) == re.sub(DAY, "", pages[1])
    books = [sheets(place / "grundskola.xlsx") for place in (before, after)]
    assert books[0] == books[1]


def sheets(path: Path) -> dict[str, str]:
    """Return the parts of an Excel file, without days."""
    with zipfile.ZipFile(path) as parts:
        return {name: re.sub(DAY, "", parts.read(name).decode()) for name in parts.namelist()}


def test_it_is_made_again_of_own_files_that_have_changed_since(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (here / "params/0319-alvby/kommun.yaml").read_text(encoding="utf-8")
    changed = text.replace("jamfor_med: liknande", "jamfor_med: lan")
    assert changed != text
    (here / "params/0319-alvby/kommun.yaml").write_text(changed, encoding="utf-8")
    lock = here / "params/0319-alvby/las/grundskola.yaml"
    write_lock(lock, {"omrade": "grundskola", "primar": "U15456"}, how="0319", reason="nytt mål")
    out = chain(capsys)
    assert (
        out.count(
            "params/0319-alvby eller nätverkens filer har ändrats sedan dess, men är sparade som de var."
        )
        == 2
    )
    assert out.count("OBS: låset grundskola har låsts om sedan dess.") == 1
    assert "Blir inte likadan" not in out
    command = re.findall(r"görs om med: effektiv (.*)", out)[0]
    assert re.search(r" --data liten --uppgifter [0-9a-f]{16} --ut omgjord$", command)
    assert cli.main(command.split()) == 0
    assert os.environ.get("EFFEKTIV_PARAMS") == str(here / "params"), "as before"
    pages = [
        (here / place / "0319-alvby/1-nulagesanalys/grundskola.html").read_text(encoding="utf-8")
        for place in ("output", "omgjord")
    ]
    assert re.sub(DAY, "", pages[0]) == re.sub(DAY, "", pages[1])
    assert "jamfor_med = liknande" in pages[1]
    assert cli.main(["rendera", "--kommun", "0319", "--data", "liten", "--uppgifter", "0" * 16]) == 2
    assert "har inga sparade uppgifter med märket '0000000000000000'" in capsys.readouterr().err


def test_the_networks_files_are_kept_with_the_own_for_a_closing_leaves_out_who_takes_part(
    tmp_path: Path,
) -> None:
    folder, network = tmp_path / "0319-alvby", tmp_path / "natverk/avslutat.yaml"
    for path, text in ((folder / "kommun.yaml", "kommun: 0319\n"), (network, "deltagare: [0319]\n")):
        path.parent.mkdir()
        path.write_text(text, encoding="utf-8")
    mark = mark_of(folder)
    keep(folder, mark)
    network.write_text("deltagare: [0319, 2080]\n", encoding="utf-8")
    assert mark_of(folder) != mark
    with as_it_was(tmp_path, "0319", mark) as root:
        assert (root / "natverk/avslutat.yaml").read_text(encoding="utf-8") == "deltagare: [0319]\n"
        assert mark_of(root / "0319-alvby") == mark


def test_what_is_no_longer_as_it_was_is_said_in_a_sentence_each(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (here / "params/0319-alvby/grundskola.yaml").open("a", encoding="utf-8") as file:
        file.write("# ny rad\n")
    lock = here / "params/0319-alvby/las/grundskola.yaml"
    write_lock(lock, {"omrade": "grundskola", "primar": "U15456"}, how="0319", reason="nytt mål")
    (here / "notebooks/1-nulagesanalys/grundskola.ipynb").unlink()
    shutil.copy(here / "notebooks/3-atgarder/grundskola.ipynb", here / "notebooks/1-nulagesanalys/egen.ipynb")
    shutil.rmtree(here / "params/.tidigare")
    shutil.rmtree(here / "data/liten")
    small.write_small("ny", here / "data", groups=small.every_group())
    out = chain(capsys)
    assert "görs om med" not in out
    assert "frysningen liten finns inte hel i data; hämta tillbaka dess mapp." in out
    assert (
        out.count(
            "params/0319-alvby eller nätverkens filer har ändrats sedan dess; hämta tillbaka dem som de var."
        )
        == 2
    )
    assert out.count("notebooken finns inte längre.") == 1
    assert 'Vad som har reviderats sedan liten går inte att säga. Frysningen "liten" finns inte' in out


def test_what_has_been_revised_is_told_the_own_values_first(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    frame = small.small_observations()
    known = frame.index[(frame["kpi"] == small.MEAN) & frame["value"].notna()]
    own, other = (
        [at for at in known if (frame.loc[at, "municipality"] == "0319") == wanted]
        for wanted in (True, False)
    )
    before = frame.loc[own[0], "value"]
    frame.loc[own[0], "value"] = 1234.5
    frame.loc[own[1], ["value", "status"]] = [float("nan"), "Missing"]
    frame.loc[other[0], "value"] += 7
    small.write_small("nyare", here / "data", frame, year=2027)
    out = chain(capsys)
    told = out.split("Sedan liten har i nyare:\n")[1]
    written = f"{before:.4f}".rstrip("0").replace(".", ",")
    year = frame.loc[own[0], "year"]
    assert told.startswith("  Älvby: 1 reviderade, 1 borttagna och 0 nya värden.\n    N15001 ")
    assert f", år {year}: {written} blev 1\N{NO-BREAK SPACE}234,5\n" in told
    assert " blev borttaget\n" in told
    assert "  Alla andra: 1 reviderade, 0 borttagna och 0 nya värden.\n" in told
    assert out.count("görs om med") == 2, "an older snapshot that is kept is enough"


def test_a_report_of_an_earlier_version_and_one_that_failed_are_told(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = here / "output/0319-alvby/1-nulagesanalys/grundskola.html"
    text = path.read_text(encoding="utf-8")
    path.write_text(
        re.sub(r", &#34;version&#34;:.*?}, &#34;med_underlag&#34;: false", "", text), encoding="utf-8"
    )
    run = here / "output/korning.json"
    content = json.loads(run.read_text(encoding="utf-8"))
    content["reports"][1] |= {"status": "fel", "fel": "cell 3: det gick inte"}
    run.write_text(json.dumps(content), encoding="utf-8")
    out = chain(capsys)
    assert "rapporten säger inte vad den vilar på, för den är gjord av en tidigare version" in out
    assert "  grundskola: misslyckades i den senaste körningen. cell 3: det gick inte\n" in out


def test_which_locks_a_report_reads() -> None:
    entry = {"datum": "2026-01-02", "sha256": "a" * 64}
    files = {
        "las/{omrade}.yaml": {f"las/{area}.yaml": Lock((entry,)) for area in ("grundskola", "forskola")},
        "las/*.yaml": {"las/2026-03.yaml": Lock((entry,)), "las/2026-04.yaml": Lock(fault="trasigt")},
    }
    params = Params(MunicipalityParams(kommun="0319"), files)
    assert list(locks_of(params, 2, "grundskola")) == []
    assert list(locks_of(params, 4, "grundskola")) == ["2026-03", "grundskola"]
    assert list(locks_of(params, 3, "beslut")) == ["2026-03", "forskola", "grundskola"]
    assert locks_of(params, 4, "forskola")["forskola"] == f"2026-01-02 {'a' * 16}"


def test_the_marks_follow_what_the_report_rests_on(here: Path) -> None:
    from effektiv.chain import basis, basis_of  # noqa: PLC0415

    register_step_files()
    snapshot = open_snapshot("liten")
    params = load_params("0319", here / "params", places=snapshot.places)
    common = basis(snapshot, params)
    notebook = here / "notebooks/1-nulagesanalys/grundskola.ipynb"
    first = basis_of(common, params, 1, "grundskola", notebook)
    again = nbformat.read(notebook, as_version=4)
    again.cells[-1].outputs = []
    again.cells[-1].execution_count = 7
    notebook.write_text(nbformat.writes(again), encoding="utf-8")
    assert basis_of(common, params, 1, "grundskola", notebook) == first, "what a run leaves does not count"
    again.cells[-1].source += "\n1"
    notebook.write_text(nbformat.writes(again), encoding="utf-8")
    changed = basis_of(common, params, 1, "grundskola", notebook)
    assert {key for key in first if first[key] != changed[key]} == {"notebook"}
