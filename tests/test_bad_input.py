"""Bad input from outside, as a controller meets it: one sentence, a status, nothing lost.

Each test has a folder of its own with a small snapshot, params and, where the report
itself is not what is tested, a notebook of a few lines. Faults of the machine (disk,
Ctrl-C, a report that fails) are met by ``python -m effektiv`` as its own process; faults in
what is typed and written by the same command line within this one, which is quicker.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, cast

import psutil
import pytest

from effektiv import cli
from effektiv.checking import Checker
from effektiv.data import kolada
from effektiv.data.catalogue import load_catalogue
from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import Snapshot, open_snapshot, write_snapshot
from effektiv.params import MunicipalityParams, Params
from effektiv.params.locks import Lock, first_lock, read_lock
from tests import small_snapshot as small
from tests.kolada_server import Fault, running


class Done(NamedTuple):
    """How a command ended."""

    status: int
    out: str
    err: str


Run = Callable[..., Done]
ENGLISH = re.compile(
    r"\b(error|failed|file not|invalid|expected|must|unknown|denied|directory|refused)\b", re.I
)

OPENING = """
import os
import time

from IPython.display import display

name = {"0319": "Älvby", "0330": "Åsele", "0331": "Övre Dalen"}[kommun]
case = {
    "kommun": name, "kod": kommun, "omrade": "grundskola", "omrade_namn": "Grundskola", "steg": 1,
    "steg_namn": "Nulägesanalys", "frysning": data, "skapad": "2026-01-02T00:00:00+00:00",
    "kalla": "Prov", "exempel": False, "jamfor_med": jamfor_med, "version": "0.1.0", "ar": 2025,
    "preliminart_ar": None,
}
display({"application/vnd.effektiv.case+json": case, "text/plain": name}, raw=True)
display({"text/html": f"<p>{name} jämförd med {jamfor_med}</p>", "text/plain": name}, raw=True)
"""


def notebook(*cells: str) -> str:
    """Return a notebook with a parameter cell and the given code cells."""
    parameters = 'kommun = "0319"\ndata = "exempel"\njamfor_med = "liknande"'
    code = [
        {
            "cell_type": "code", "id": f"cell-{number}", "source": source, "outputs": [],
            "execution_count": None, "metadata": {"tags": ["parameters"]} if number == 0 else {},
        }
        for number, source in enumerate([parameters, *cells])
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": code, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder to copy: the small snapshot and a notebook that works."""
    folder = tmp_path_factory.mktemp("origin")
    small.write_small("liten", folder / "data", groups=small.every_group())
    step = folder / "notebooks" / "1-nulagesanalys"
    step.mkdir(parents=True)
    (step / "grundskola.ipynb").write_text(notebook(OPENING), encoding="utf-8")
    return folder


@pytest.fixture
def home(origin: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(origin, tmp_path / "hem"))


@pytest.fixture
def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
    return kept | {"EFFEKTIV_NOTEBOOKS": str(home / "notebooks"), "COLUMNS": "200", "PYTHONUTF8": "1"}


@pytest.fixture
def effektiv(home: Path, environment: dict[str, str]) -> Run:
    """Run a command as its own process, perhaps by way of another."""

    def run(*words: str, before: tuple[str, ...] = ()) -> Done:
        command = [*before, sys.executable, "-m", "effektiv", *words]
        done = subprocess.run(
            command,
            cwd=home,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    return run


@pytest.fixture
def typed(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", str(home / "notebooks"))
    # Set, so that what the command itself sets is undone after the test.
    monkeypatch.setenv("EFFEKTIV_DATA", "data")
    monkeypatch.setenv("EFFEKTIV_PARAMS", "")
    monkeypatch.setenv("COLUMNS", "200")
    # These notebooks use nothing of the library, which takes longer to load than they to run.
    monkeypatch.setattr(cli, "_preload", lambda steps: ())

    def run(*words: str) -> Done:
        status = cli.main(words)
        return Done(status, *capsys.readouterr())

    return run


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones too."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


def assert_sentence(done: Done, status: int, *parts: str) -> None:
    """Assert one Swedish sentence (perhaps with a question after it) and the status."""
    said = done.err.strip()
    assert done.status == status, done
    assert "Traceback" not in said + done.out
    assert said, done
    assert "\n" not in said
    assert not ENGLISH.search(said), said
    for part in parts:
        assert part in said, said


@pytest.fixture
def unchanged(home: Path) -> Iterator[None]:
    """Assert that nothing in the folder was added, changed or removed."""
    before = contents(home)
    yield
    assert contents(home) == before


# The call ---------------------------------------------------------------------------------

CALLS = {
    "unknown municipality": (["--kommun", "Ällvby"], "Menade du Älvby?"),
    "ambiguous name": (["--kommun", "Upplands"], "Upplands Norr eller Upplands Syd?"),
    "name of a region": (["--kommun", "Region Norr"], "ingen kommun"),
    "code without its zero": (["--kommun", "319"], '"0319" (Älvby)'),
    "unknown code": (["--kommun", "9999"], "9999"),
    "right and wrong": (["--kommun", "Älvby", "--kommun", "Storstan"], "Storstad"),
    "unknown area": (["--kommun", "Älvby", "--omrade", "grundskolan"], "grundskola"),
    "unknown step": (["--kommun", "Älvby", "--steg", "7"], "Stegen är 1, 2, 3, 4 och 5."),
    "step without notebooks": (["--kommun", "Älvby", "--steg", "2"], "2-orsaksanalys"),
    "unknown snapshot": (["--kommun", "Älvby", "--data", "litten"], "liten"),
}


@pytest.mark.parametrize("case", CALLS)
@pytest.mark.usefixtures("unchanged")
def test_wrong_call_starts_nothing(case: str, typed: Run) -> None:
    words, part = CALLS[case]
    assert_sentence(typed("rendera", *words), 2, part)


@pytest.mark.usefixtures("unchanged")
def test_no_notebooks_folder(typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", str(tmp_path / "ingen"))
    assert_sentence(typed("rendera", "--kommun", "Älvby"), 2, "EFFEKTIV_NOTEBOOKS")


# Params -----------------------------------------------------------------------------------

PARAMS = {
    "yaml error": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\njamfor_med: 'liknande\n"},
        "params/0319-alvby/kommun.yaml, rad 2: ett citattecken öppnas men stängs aldrig.",
    ),
    "another municipality": (
        "0319-alvby",
        {"kommun.yaml": "# Kopierad\nkommun: 0330\n"},
        "params/0319-alvby/kommun.yaml, rad 2: nyckeln 'kommun' är 0330 men mappen tillhör kommun 0319.",
    ),
    "copied from another": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\nnamn: Åsele\n"},
        "params/0319-alvby/kommun.yaml, rad 2: nyckeln 'namn' är 'Åsele' men kommun 0319 heter Älvby.",
    ),
    "unknown key": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\n", "grundskola.yaml": "vad: >\n  Text.\n\nrikting: kvalitet\n"},
        "params/0319-alvby/grundskola.yaml, rad 4: nyckeln 'rikting' finns inte. Menade du 'riktning'?",
    ),
    "role model that is not there": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\n", "grundskola.yaml": "forebilder: [2701, 9999]\n"},
        "params/0319-alvby/grundskola.yaml, rad 1: nyckeln 'forebilder', post 2 stämmer inte: kommunkoden \"9999\""
        " finns inte i datamängden.",
    ),
    "another municipality's official name": (
        "2704-storstad",
        {"kommun.yaml": "kommun: 2704\nnamn: Håbo kommun\n"},
        "params/2704-storstad/kommun.yaml, rad 2: nyckeln 'namn' är 'Håbo kommun' men kommun 2704 heter Storstad.",
    ),
    "own peers that are not there": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\njamfor_med: egna\negna: [0330, 1917]\n"},
        "params/0319-alvby/kommun.yaml, rad 3: nyckeln 'egna', post 2 stämmer inte: kommunkoden \"1917\" finns inte"
        " i datamängden.",
    ),
    "itself among its peers": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\negna: [0319, 0330]\n"},
        "params/0319-alvby/kommun.yaml, rad 2: nyckeln 'egna', post 1 har värdet '0319', som är kommunen själv.",
    ),
    "file saved under another name": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\n", "grundskola.yaml.txt": "riktning: resurs\n"},
        "params/0319-alvby/grundskola.yaml.txt: filen läses inte, den ska heta grundskola.yaml.",
    ),
    "folder without its zero": (
        "319-alvby",
        {"kommun.yaml": "kommun: 0319\n"},
        "params/319-alvby: mappen ska heta som kommunens kod och namn, till exempel 0319-alvkarleby.",
    ),
    "text without its indent": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\n", "grundskola.yaml": "vad: >\nText.\n\nmal: >\n  Mer.\n"},
        "params/0319-alvby/grundskola.yaml, rad 2: texten under 'vad' ska vara indragen: börja raden med"
        " 2 mellanslag.",
    ),
    "area that is not there": (
        "0319-alvby",
        {"kommun.yaml": "kommun: 0319\n", "grundskolor.yaml": "riktning: resurs\n"},
        "params/0319-alvby/grundskolor.yaml: det finns inget fokusområde som heter 'grundskolor'."
        " Menade du 'grundskola'?",
    ),
}


def write_params(home: Path, folder: str, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = home / "params" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize("case", PARAMS)
def test_faulty_params_start_nothing(case: str, home: Path, typed: Run) -> None:
    """And the check says of them what the run says."""
    folder, files, sentence = PARAMS[case]
    write_params(home, folder, files)
    before = contents(home)
    done = typed("rendera", "--kommun", "Åsele", "--kommun", "Älvby", "--kommun", "Storstad")
    assert_sentence(done, 2)
    assert done.err == f"{sentence}\n"
    assert typed("kontrollera") == (2, "", f"{sentence}\n")
    assert contents(home) == before


def test_what_ends_a_project_is_told_of_and_stops_nothing(home: Path, typed: Run) -> None:
    """A lock that does not fit, an end without words: each is said in a sentence, and what can be shown is shown."""
    closing = "start: 2024\nlardomar: []\nfungerade: Tid.\ngor_om: Låsa mål.\nrad: Välj få.\n"
    write_params(home, "0330-asele", {"kommun.yaml": 'kommun: "0330"\n', "avslutning.yaml": closing})
    locks = home / "params" / "0330-asele" / "las"
    locks.mkdir()
    goals: dict[str, dict[str, str | tuple[str, ...]]] = {
        "grundskola": {"primar": "N99999", "utfallsar": ("2026",)},
        # A year before the start, and a baseline of one year.
        "forskola": {"primar": "N11810", "utfallsar": ("2023", "2026"), "baslinje_fran": "2023"},
        # One that is calculated in another way since 2019, and one that has ended.
        "aldreomsorg-ordinart-boende": {"primar": "N20900", "utfallsar": ("2026",), "baslinje_fran": "2012"},
        "barn-och-unga": {"primar": "U21901", "utfallsar": ("2026",)},
    }
    for area, said in goals.items():
        entry = {"omrade": area, "riktning": "upp", "skal": "", **said}
        (locks / f"{area}.yaml").write_bytes(first_lock(entry, how="0330", day=dt.date(2024, 1, 26)))
    shutil.copy(locks / "forskola.yaml", locks / "forskola (1).yaml")
    done = typed("kontrollera", "params/0330-asele")
    place = "params/0330-asele/"
    told = [line.removeprefix(place) for line in done.err.splitlines()]
    assert done.status == 2 and len(told) == 8, done
    assert not [line for line in told if ENGLISH.search(line)]
    for said in (
        "avslutning.yaml: nyckeln 'lardomar' är tom: avslutningen saknar lärdomarna.",
        "avslutning.yaml: nyckeln 'fortsatter' är tom: avslutningen saknar vad som fortsätter.",
        "las/grundskola.yaml: nyckeltalet 'N99999' finns inte i katalogen: lås målet på nytt med ett nyckeltal som finns.",
        "las/forskola.yaml: utfallsåret 2023 är före starten 2024: lås målet på nytt med ett senare år.",
        "las/forskola.yaml: baslinjen från 2023 ger 1 år före starten 2024, och det krävs 8: hela tiden före används.",
        "las/aldreomsorg-ordinart-boende.yaml: Nettokostnadsavvikelse, äldreomsorg (N20900) räknas på ett annat sätt"
        " från 2019, och åren på var sin sida jämförs inte.",
        "las/forskola (1).yaml: låset ska heta som ett fokusområde eller en månad, till exempel 2026-03.yaml: ge filen"
        " sitt namn tillbaka.",
        "las/barn-och-unga.yaml: Brukartid, andel av arbetad tid (U21901) slutade 2024, så 2026 får inget värde och"
        " räknas inte.",
    ):  # fmt: skip
        assert said in told, told
    assert typed("rendera", "--kommun", "Åsele").status == 0


def test_a_preliminary_outcome_year_is_told_of(tmp_path: Path) -> None:
    catalogue = load_catalogue()
    lock = read_lock_of(
        {"primar": "N20900", "utfallsar": ("2028", "2029"), "baslinje_fran": "2019"}, tmp_path
    )
    params = Params(MunicipalityParams(kommun="0330"), {"las/{omrade}.yaml": {"las/x.yaml": lock}})
    snapshot = SimpleNamespace(manifest=SimpleNamespace(preliminary_year=2029), name="frys")
    (problem,) = Checker(cast("Snapshot", snapshot), catalogue, tmp_path)._locked_figures(params, tmp_path)
    assert problem.text == (
        "utfallsåret 2029 är preliminärt i frysningen frys för Nettokostnadsavvikelse, äldreomsorg (N20900),"
        " och räknas inte"
    )


def read_lock_of(said: dict[str, str | tuple[str, ...]], folder: Path) -> Lock:
    (folder / "x.yaml").write_bytes(first_lock(said, how="0330", day=dt.date(2024, 1, 26)))
    return read_lock(folder / "x.yaml")


@pytest.fixture
def lonely(home: Path) -> str:
    """Add a newer snapshot: one county with a single municipality, and no group for two of the others."""
    rows = [(code, title, "K") for code, title in small.KOMMUNER.items()]
    municipalities = municipalities_frame([*rows, ("0980", "Gotland", "K"), ("0000", "Riket", "L")])
    groups = small.every_group()
    without = groups["group_title"].str.contains("Habo|Gotland") & groups["group_title"].str.contains(
        "grundskola"
    )
    observations = small.small_observations()
    known = set(municipalities["id"])
    write_snapshot(
        "ensam", observations=observations[observations["municipality"].isin(known)], kpis=small.small_kpis(),
        municipalities=municipalities, groups=groups[~without], source="Prov", kind="import", folder=home / "data",
    )  # fmt: skip
    return "ensam"


NOBODY = {
    # Code, what its kommun.yaml says beside the code, and what is said.
    "alone in its county": (
        "0980", "\njamfor_med: lan\n",
        "params/0980-prov/kommun.yaml, rad 3: nyckeln 'jamfor_med' är lan: Gotland är ensam i sitt län i frysningen"
        " ensam; välj jamfor_med liknande, riket eller egna koder.",
    ),
    "no group": (
        "2702", "jamfor_med: liknande\n",
        "params/2702-prov/kommun.yaml, rad 2: nyckeln 'jamfor_med' är liknande: Frysningen ensam har ingen grupp"
        " ”Liknande kommuner grundskola” för Habo; välj jamfor_med lan, riket eller egna koder, eller läs in"
        " grupperna med --metadata.",
    ),
    "no group and nothing chosen": (
        "2702", "",
        "params/2702-prov/kommun.yaml: nyckeln 'jamfor_med' är liknande: Frysningen ensam har ingen grupp"
        " ”Liknande kommuner grundskola” för Habo; välj jamfor_med lan, riket eller egna koder, eller läs in"
        " grupperna med --metadata.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NOBODY)
def test_nobody_to_compare_with_starts_nothing(case: str, home: Path, typed: Run, lonely: str) -> None:
    code, text, sentence = NOBODY[case]
    write_params(home, f"{code}-prov", {"kommun.yaml": f"kommun: {code}\n{text}"})
    before = contents(home)
    assert typed("kontrollera", "--data", lonely) == (2, "", f"{sentence}\n")
    assert typed("rendera", "--kommun", code, "--data", lonely) == (2, "", f"{sentence}\n")
    assert contents(home) == before


def test_nobody_to_compare_with_and_no_folder(home: Path, typed: Run, lonely: str) -> None:
    before = contents(home)
    assert_sentence(
        typed("rendera", "--kommun", "Habo", "--data", lonely),
        2,
        "Frysningen ensam har ingen grupp",
        "för Habo",
    )
    done = typed("rendera", "--kommun", "Habo", "--kommun", "Gotland", "--data", lonely)
    assert_sentence(done, 2, "för Habo", "Det finns 1 fel till.")
    assert contents(home) == before


def test_two_folders_of_one_municipality_start_nothing(home: Path, typed: Run) -> None:
    for folder in ("0319-alvby", "0319-gammal"):
        write_params(home, folder, {"kommun.yaml": "kommun: 0319\n"})
    said = "Kommun 0319 har flera mappar, params/0319-alvby och params/0319-gammal: behåll en av dem.\n"
    assert typed("rendera", "--kommun", "Älvby") == (2, "", said)
    assert typed("kontrollera") == (2, "", said * 2)


@pytest.mark.usefixtures("here")
def test_what_is_not_read_is_named_and_stops_nothing(home: Path, typed: Run) -> None:
    """And what is read by nobody but people counts for whether a report is as it was."""
    write_params(
        home, "0319-alvby", {"kommun.yaml": "kommun: 0319\n", "anteckningar.docx": "a", "Thumbs.db": "x"}
    )
    note = (
        "params/0319-alvby/anteckningar.docx: filen läses inte, det som läses är kommun.yaml, oversikt.yaml,"
    )
    checked = typed("kontrollera")
    assert (checked.status, checked.err.count("\n")) == (0, 1)
    assert checked.err.startswith(note)
    words = ("rendera", "--kommun", "Älvby", "--jobb", "1")
    counts = []
    for content in ("a", "a", "b"):
        write_params(home, "0319-alvby", {"anteckningar.docx": content})
        done = typed(*words)
        assert done.status == 0, done.err
        assert done.err.startswith(note)
        counts.append(re.search(r"(\d) gjorda, (\d) oförändrade", done.out).groups())  # type: ignore[union-attr]
    assert counts == [("1", "0"), ("0", "1"), ("1", "0")]


def test_a_folder_named_as_a_file_is_a_wrong_call(home: Path, typed: Run) -> None:
    write_params(home, "0319-alvby", {"kommun.yaml": "kommun: 0319\n"})
    (home / "params" / "0319-alvby" / "grundskola.yaml").mkdir()
    sentence = "params/0319-alvby/grundskola.yaml: det är en mapp och ingen fil.\n"
    assert typed("rendera", "--kommun", "Älvby") == (2, "", sentence)
    assert typed("kontrollera") == (2, "", sentence)


# Snapshots --------------------------------------------------------------------------------

DAMAGE: dict[str, Callable[[Path], object]] = {
    "one changed byte": lambda path: _change(path / "observations.parquet"),
    "cut file": lambda path: os.truncate(path / "kpis.parquet", 100),
    "missing file": lambda path: (path / "groups.parquet").unlink(),
    "missing manifest": lambda path: (path / "manifest.json").unlink(),
    "manifest of something else": lambda path: (path / "manifest.json").write_text("{}", encoding="utf-8"),
}


def _change(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))


@pytest.mark.parametrize("damage", DAMAGE)
def test_damaged_snapshot_leaves_earlier_reports(damage: str, home: Path, typed: Run) -> None:
    (home / "output").mkdir()
    (home / "output" / "index.html").write_text("tidigare", encoding="utf-8")
    DAMAGE[damage](home / "data" / "liten")
    before = contents(home)
    done = typed("rendera", "--kommun", "Älvby", "--data", "liten")
    assert_sentence(done, 2, "skadad", "liten")
    assert contents(home) == before


def test_import_of_a_file_that_is_no_table(home: Path, typed: Run) -> None:
    (home / "bild.csv").write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00")
    before = contents(home)
    assert_sentence(typed("importera", "bild.csv", "--namn", "ny"), 2, "bild.csv")
    assert_sentence(typed("importera", "ingen.csv", "--namn", "ny"), 2, "ingen.csv")
    assert contents(home) == before


VALUES = "kpi;kommun;ar;kon;varde\n"
ROW = "N15505;0319;2024;T;210\n"
MUNICIPALITIES = "id,title,type\n0319,Älvby,K\n0330,Åsele,K\n0980,Gotland,K\n0009,Region Gotland,L\n"
GROUPS = 'group_id,group_title,member_id,member_title\nG1,"Liknande kommuner grundskola, Älvby, 2024",'

IMPORTS: dict[str, tuple[dict[str, str | bytes], tuple[str, ...]]] = {
    "code without its zero": (
        {"a.csv": VALUES + ROW.replace("0319", "319")},
        (
            'a.csv, rad 2, kolumn kommun: Kommunkoden "319" har tappat sin inledande nolla: skriv "0319" (Älvby).',
        ),
    ),
    "thousands beside decimals": (
        {
            "a.csv": VALUES
            + ROW.replace("210", "121,450")
            + ROW.replace("0319", "0330").replace("210", "99.5")
        },
        ("a.csv, rad 2, kolumn varde", "121,450", "99.5"),
    ),
    "perhaps thousands": ({"a.csv": VALUES + ROW.replace("210", "121,450")}, ("rad 2", "tusental")),
    "two columns of values": (
        {"a.csv": "kpi,kommun,ar,value,value\nN15505,0319,2024,210,211\n"},
        ("value och value betyder samma sak",),
    ),
    "member without its zero": (
        {"a.csv": VALUES + ROW, "meta/municipality_groups_1.csv": GROUPS + "330,Åsele\n"},
        ('municipality_groups_1.csv, rad 2: Kommunkoden "330"', '"0330" (Åsele)'),
    ),
    "member that is not there": (
        {"a.csv": VALUES + ROW, "meta/municipality_groups_1.csv": GROUPS + "9999,Åsele\n"},
        ("municipality_groups_1.csv, rad 2", '"9999" finns inte', "Åsele har koden 0330"),
    ),
    "name of both a kommun and a region": (
        {"a.csv": VALUES + ROW.replace("0319", "Region Gotland")},
        ("a.csv, rad 2", "Gotland (0980)", "Region Gotland (0009)"),
    ),
    "name that turns the reading order": (
        {"a.csv": VALUES + ROW, "meta/municipality_2.csv": MUNICIPALITIES.replace("Åsele", "Å\u202esele")},
        ("municipality_2.csv, rad 3", "U+202E"),
    ),
    "id with a null": ({"a.csv": VALUES + ROW.replace("N15505", "N15505\0")}, ("rad 2", 'skriv "N15505"')),
    "older Windows text": (
        {"a.csv": (VALUES + ROW.replace("0319", "Älvby")).encode("cp1252")},
        ("a.csv", "rad 2", "CSV UTF-8"),
    ),
    "first line without end": ({"a.csv": "kpi" * 50_000}, ("a.csv", "131072")),
}


@pytest.mark.parametrize("case", IMPORTS)
def test_import_of_what_would_be_another_value_or_peer(case: str, home: Path, typed: Run) -> None:
    files, parts = IMPORTS[case]
    (home / "meta").mkdir()
    for name, content in {"meta/municipality_2.csv": MUNICIPALITIES, **files}.items():
        data = content if isinstance(content, bytes) else content.encode()
        (home / name).write_bytes(data)
    before = contents(home)
    assert_sentence(typed("importera", "a.csv", "--namn", "ny", "--metadata", "meta"), 2, *parts)
    assert contents(home) == before


def test_import_of_all_that_a_pattern_matches(home: Path, typed: Run) -> None:
    """As Windows' command window hands it over, and in the case that some programs give the ending."""
    (home / "a.CSV").write_text(VALUES + ROW, encoding="utf-8")
    (home / "b.csv").write_text("sep=;\n" + VALUES + ROW.replace("2024", "2023"), encoding="utf-8")
    done = typed("importera", "?.*", "--namn", "ny")
    assert (done.status, done.err) == (0, "")
    assert "2 rader" in done.out
    assert_sentence(typed("importera", "*.tsv", "--namn", "annan"), 2, "*.tsv")


def test_status_says_which_groups_lack_members(home: Path, typed: Run) -> None:
    small.write_small("korta", home / "data")
    done = typed("status", "--data", "korta")
    assert done.status == 0
    title = "Liknande kommuner grundskola, Älvby, 2024"
    assert f"  Grupper med färre än sju kommuner i frysningen: {title} (3).\n" in done.out


@pytest.mark.usefixtures("unchanged")
def test_a_snapshot_is_never_overwritten(typed: Run) -> None:
    assert_sentence(typed("importera", "x.csv", "--namn", "liten"), 2, "liten", "finns redan")
    assert_sentence(
        typed("hamta", "--namn", "liten", "--bas-url", "http://127.0.0.1:9/v3/"), 2, "finns redan"
    )


# Kolada -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(origin: Path) -> Snapshot:
    return open_snapshot(origin / "data" / "liten")


def earlier(home: Path) -> dict[str, bytes]:
    """Return what was there before a fetch: all but its own kept pages."""
    return {name: content for name, content in contents(home).items() if not name.startswith("data/.")}


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_kolada_down(home: Path, typed: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kolada, "RETRIES", 1)  # patience is tested with the client
    before = earlier(home)
    done = typed("hamta", "--namn", "ny", "--bas-url", f"http://127.0.0.1:{closed_port()}/v3/")
    assert_sentence(done, 1, "127.0.0.1")
    assert earlier(home) == before


@pytest.mark.parametrize("kind", ["html", "types", "status"])
def test_kolada_answering_nonsense(kind: str, home: Path, typed: Run, served: Snapshot) -> None:
    before = earlier(home)
    with running(served) as server:
        server.faults.append(Fault(kind, path="data/" if kind != "html" else ""))
        done = typed("hamta", "--namn", "ny", "--bas-url", server.url)
    assert_sentence(done, 1, "/v3/")
    assert earlier(home) == before


@pytest.mark.parametrize(
    ("address", "part"),
    [
        ("kolada.se", "kolada.se"),
        ("", "''"),
        ("http://[", "http://["),
        ("http://a:hemligt@x/v3/", "lösenord"),
    ],
)
@pytest.mark.usefixtures("unchanged")
def test_address_that_is_none(typed: Run, address: str, part: str) -> None:
    """An empty address is none either: it must not mean the real Kolada."""
    done = typed("hamta", "--namn", "ny", "--bas-url", address)
    assert_sentence(done, 2, part)
    assert "hemligt" not in done.err


# Disk -------------------------------------------------------------------------------------


def mounted(options: str, folder: Path) -> tuple[str, ...]:
    """Return words that run a command where `folder` is a memory disk of its own.

    The tests run as root in some places, for whom no file is write-protected, so
    permission bits would prove nothing.
    """
    script = 'mount -t tmpfs -o "$1" tmpfs "$2" && shift 2 && exec "$@"'
    words = (
        "unshare",
        "--user",
        "--map-root-user",
        "--mount",
        "sh",
        "-c",
        script,
        "sh",
        options,
        str(folder),
    )
    if shutil.which("unshare") is None or subprocess.run([*words, "true"], check=False).returncode != 0:
        pytest.skip("systemet låter inte testet montera en egen disk")
    return words


def test_no_write_permission_for_reports(home: Path, effektiv: Run) -> None:
    (home / "output").mkdir()
    done = effektiv("rendera", "--kommun", "Älvby", before=mounted("ro", home / "output"))
    assert_sentence(done, 2, "output", "--ut")


def test_no_write_permission_for_snapshots_and_params(home: Path, effektiv: Run) -> None:
    (home / "params").mkdir()
    (home / "tom").mkdir()
    (home / "varden.csv").write_text("kpi;kommun;ar;kon;varde\nN15505;0319;2024;T;210\n", encoding="utf-8")
    done = effektiv("ny", "Älvby", before=mounted("ro", home / "params"))
    assert_sentence(done, 1, "params", "går bara att läsa")
    before = contents(home)
    done = effektiv("importera", "varden.csv", "--namn", "ny", before=mounted("ro", home / "data"))
    assert_sentence(done, 1, "data")
    assert contents(home) == before


def test_full_disk(home: Path, effektiv: Run) -> None:
    """Room enough to begin with, but not for a report or a snapshot."""
    (home / "output").mkdir()
    done = effektiv("rendera", "--kommun", "Älvby", before=mounted("size=12k", home / "output"))
    assert_sentence(done, 1, "output")
    (home / "varden.csv").write_text("kpi;kommun;ar;kon;varde\nN15505;0319;2024;T;210\n", encoding="utf-8")
    before = contents(home)
    done = effektiv("importera", "varden.csv", "--namn", "ny", before=mounted("size=8k", home / "data"))
    assert_sentence(done, 1, "disken är full")
    assert contents(home) == before


def test_file_where_the_folder_should_be(home: Path, typed: Run) -> None:
    (home / "output").write_text("jag är en fil", encoding="utf-8")
    before = contents(home)
    assert_sentence(typed("rendera", "--kommun", "Älvby"), 2, "output")
    assert contents(home) == before


# Nobody listens ---------------------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="Windows låter ingen stänga strömmar på det sättet")
@pytest.mark.parametrize("stream", ["2>&-", "2>/dev/full"])
def test_reports_are_made_whoever_listens(stream: str, home: Path, effektiv: Run) -> None:
    """A program that starts the command may close standard error, and a log may have no room left."""
    done = effektiv("rendera", "--kommun", "Älvby", before=("sh", "-c", f'exec "$@" {stream}', "sh"))
    assert (done.status, done.err) == (0, "")
    assert "1 gjorda, 0 oförändrade, 0 misslyckade" in done.out
    assert (home / "output" / "0319-alvby" / "1-nulagesanalys" / "grundskola.html").is_file()


# One report among others ------------------------------------------------------------------


@pytest.mark.usefixtures("here")
def test_snapshot_without_the_areas_figures_gives_a_report_that_says_so(
    home: Path, typed: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small snapshot has two of the many figures of grundskola."""
    monkeypatch.delenv("EFFEKTIV_NOTEBOOKS")
    shutil.rmtree(home / "notebooks")
    done = typed("rendera", "--kommun", "Älvby", "--steg", "1", "--omrade", "grundskola", "--jobb", "1")
    assert done.status == 0
    assert re.fullmatch(r"\S+ \S+  1 av 1 rapport, 1 med tunt underlag, efter .*\n", done.err), done.err
    html = (home / "output" / "0319-alvby" / "1-nulagesanalys" / "grundskola.html").read_text(
        encoding="utf-8"
    )
    assert "Tunt underlag: för lite är känt om grundskolan i Älvby" in html
    assert re.search(r"Det saknas värden i datauttaget för [^.]*meritvärdet", html)


@pytest.mark.usefixtures("here")
def test_a_report_that_fails_does_not_stop_the_others(home: Path, typed: Run) -> None:
    """Nor do the faulty params of a municipality that is not asked for; its own are used."""
    for folder, text in (("2701-upplands-syd", "x"), ("0331-ovre-dalen", "kommun: 0331\njamfor_med: lan\n")):
        (home / "params" / folder).mkdir(parents=True)
        (home / "params" / folder / "kommun.yaml").write_text(text, encoding="utf-8")
    first = typed("rendera", "--kommun", "0319", "--kommun", "0330", "--jobb", "1")
    assert first.status == 0, first.err
    assert first.out.splitlines()[-1] == "Rapporterna finns i output/index.html"
    before = contents(home / "output" / "0319-alvby")
    path = home / "notebooks" / "1-nulagesanalys" / "grundskola.ipynb"
    failing = "if kommun == '0319':\n    raise RuntimeError('trasig [1/0] cell')"
    path.write_text(notebook(OPENING, failing), encoding="utf-8")
    done = typed("rendera", "--kommun", "0319", "--kommun", "0331", "--jobb", "1")
    assert done.status == 1
    assert "2 rapporter" in done.out
    assert "1 gjorda, 0 oförändrade, 1 misslyckade" in done.out
    for part in ("0319 Älvby", "grundskola.ipynb", "cell 3", "trasig [1/0] cell"):
        assert part in done.err
    other = home / "output" / "0331-ovre-dalen" / "1-nulagesanalys" / "grundskola.html"
    assert "jämförd med lan" in other.read_text(encoding="utf-8")
    after = contents(home / "output" / "0319-alvby")
    report = "1-nulagesanalys/grundskola.html"
    assert after[report] == before[report]


# Ctrl-C -----------------------------------------------------------------------------------

LISTENING = """
import signal, sys
# A test run in the background hands down that Ctrl-C is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
from effektiv import cli
cli._preload = lambda steps: ()
sys.exit(cli.main())
"""
posix_only = pytest.mark.skipif(os.name == "nt", reason="Windows skickar inte Ctrl-C till en enda process")


@contextmanager
def started(home: Path, environment: dict[str, str], *words: str) -> Iterator[subprocess.Popen[str]]:
    """Start a command that can be stopped as from a terminal; end it if the test fails."""
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENING, *words],
        cwd=home,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def wait_for(what: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@posix_only
@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_stop_keeps_what_is_finished_and_leaves_no_process_and_no_folder(
    home: Path, environment: dict[str, str], typed: Run, tmp_path: Path, name: str
) -> None:
    """Ctrl-C and the system that shuts down; also what a killed run has left goes."""
    (tmp_path / "tmp" / ".effektiv.0123abcd.tmp").mkdir(parents=True)
    (tmp_path / "tmp" / ".effektiv.0123abcd.las").touch()
    environment["TMPDIR"] = str(tmp_path / "tmp")
    slow = "if kommun == '0330' and not os.path.exists('/klar'):\n    time.sleep(300)"
    path = home / "notebooks" / "1-nulagesanalys" / "grundskola.ipynb"
    path.write_text(notebook(OPENING, slow.replace("/klar", str(home / "klar"))), encoding="utf-8")
    finished = home / "output" / "0319-alvby" / "1-nulagesanalys" / "grundskola.html"
    words = ("rendera", "--kommun", "0319", "--kommun", "0330", "--jobb", "1")
    with started(home, environment, *words) as process:
        wait_for(finished.is_file)
        workers = psutil.Process(process.pid).children(recursive=True)
        assert any((tmp_path / "tmp").iterdir())
        process.send_signal(getattr(signal, name))
        out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert list((tmp_path / "tmp").iterdir()) == []
    assert err.splitlines()[-1] == "Avbrutet. Kör samma kommando igen för att göra det som återstår."
    assert "Traceback" not in out
    wait_for(lambda: not any(worker.is_running() for worker in workers), 10)
    reports = json.loads((home / "output" / "korning.json").read_text(encoding="utf-8"))["reports"]
    assert [(report["kommun"], report["status"]) for report in reports] == [("0319", "ok")]
    assert not [name for name in contents(home / "output") if "skriver" in name or "prov" in name]
    (home / "klar").touch()
    again = typed(*words)
    assert again.status == 0
    assert "1 gjorda, 1 oförändrade, 0 misslyckade" in again.out


@posix_only
def test_a_signal_that_is_ignored_stays_so(home: Path, environment: dict[str, str]) -> None:
    """Under nohup a run goes on when its terminal is closed."""
    code = (
        "import os, signal, typer; from effektiv import console; signal.signal(signal.SIGHUP, signal.SIG_IGN)\n"
        "app = typer.Typer()\n@app.command()\ndef gor() -> int: os.kill(os.getpid(), signal.SIGHUP); return 7\n"
        "status = console.run(app, [])\n"
        "assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL\nraise SystemExit(status)"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], cwd=home, env=environment, check=False).returncode == 0
    )


@posix_only
def test_ctrl_c_in_a_fetch_and_then_again(
    home: Path, environment: dict[str, str], typed: Run, served: Snapshot
) -> None:
    before = earlier(home)
    with running(served) as server:
        server.faults.append(Fault("slow", path="data/", seconds=60))
        words = ("hamta", "--namn", "ny", "--bas-url", server.url)
        with started(home, environment, *words) as process:
            wait_for(lambda: any("data/" in path for path in server.paths))
            process.send_signal(signal.SIGINT)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 130
        assert err.splitlines()[-1].endswith("Avbrutet. Det som redan var färdigt finns kvar.")
        assert earlier(home) == before
        server.faults.clear()
        done = typed(*words)
    assert done.status == 0, done.err
    assert "Frysningen ny är klar" in done.out
    assert "fanns kvar sedan förra försöket" in done.out
    assert set(before) < set(earlier(home))
