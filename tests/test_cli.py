"""Words on the command line: Swedish help, Swedish faults, the right status."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import typer

from effektiv import cli, console
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot, compare_snapshots, open_snapshot
from effektiv.errors import EffektivError, InputError, KoladaError, SnapshotError
from effektiv.params import load_params
from effektiv.render import Job, Notebook, find_notebooks
from effektiv.render.tasks import FORMATS
from tests import small_snapshot as small
from tests.kolada_server import running

Run = Callable[..., tuple[int, str, str]]
COMMANDS = ["rendera", "bilaga", "hamta", "importera", "status", "ny", "kontrollera", "las", "lab"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty working folder with the small snapshot in its data folder."""
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS", "EFFEKTIV_NOTEBOOKS"):
        monkeypatch.delenv(name, raising=False)
    small.write_small("liten", tmp_path / "data", groups=small.every_group())
    return tmp_path


@pytest.fixture
def effektiv(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command in this process; return its status and what it wrote."""

    def run(*words: str) -> tuple[int, str, str]:
        status = cli.main(words)
        written = capsys.readouterr()
        return status, written.out, written.err

    return run


# Help -------------------------------------------------------------------------------------

ENGLISH = re.compile(r"\b(Usage|Options|Commands|Arguments|Show|Error|Try|Missing|required|default|TEXT)\b")


@pytest.mark.parametrize("words", [(), ("--help",)])
def test_help_lists_every_command_in_swedish(words: tuple[str, ...], effektiv: Run) -> None:
    status, out, err = effektiv(*words)
    assert (status, err) == (0, "")
    assert out.startswith("Användning: effektiv KOMMANDO [VAL]\n")
    assert re.findall(r"^  ([a-z]+)  ", out.split("Kommandon:")[1], re.MULTILINE) == COMMANDS
    assert not ENGLISH.search(out)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_each_command_is_swedish(command: str, effektiv: Run) -> None:
    status, out, err = effektiv(command, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(f"Användning: effektiv {command} ")
    assert "--help" in out
    assert not ENGLISH.search(out)


OPTIONS = {
    "rendera": "--kommun --alla --natverk --steg --omrade --data --ut --jobb --tvinga --format --underlag --timeout --motor"
    " --logg --dask --uppgifter",
    "bilaga": "--data --ut --format --tjansteskrivelse --alla-steg",
    "hamta": "--namn --fran-ar --bas-url --uppdatera --enheter --befolkning",
    "importera": "--namn --metadata",
    "status": "--data --kedja --ut",
    "ny": "--steg --data",
    "kontrollera": "--data",
    "las": "--omrade --manad --nytt-skal --data",
    "lab": "--port --ingen-webblasare",
}


@pytest.mark.parametrize("command", COMMANDS)
def test_options_are_the_promised_ones(command: str, effektiv: Run) -> None:
    _, out, _ = effektiv(command, "--help")
    found = re.findall(r"^  (--[a-z-]+)", out, re.MULTILINE)
    assert [name for name in found if name != "--help"] == OPTIONS[command].split()


def test_help_comes_at_once() -> None:
    """No heavy library is loaded, and the processor time is small, whatever else the machine does."""
    code = (
        "import sys, time; from effektiv import cli; cli.main(['rendera', '--help']);"
        "heavy = ('pandas', 'numpy', 'pyarrow', 'matplotlib', 'nbconvert', 'requests', 'rich');"
        "print([name for name in heavy if name in sys.modules], time.process_time(), file=sys.stderr)"
    )
    times = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        loaded, seconds = done.stderr.rsplit(maxsplit=1)
        assert loaded == "[]"
        times.append(float(seconds))
    assert min(times) < 1.0


# Faults in the call -----------------------------------------------------------------------

CALLS = {
    "unknown command": (["rendra"], "Kommandot rendra finns inte. Menade du rendera?"),
    "unlike any command": (
        ["xyz"],
        "Kommandot xyz finns inte. Kommandona är rendera, bilaga, hamta, importera, status, ny, kontrollera, las, "
        "lab.",
    ),
    "unknown option": (["rendera", "--komun", "Lund"], "Valet --komun finns inte. Menade du --kommun?"),
    "unlike any option": (["lab", "--xyzzy"], "Valet --xyzzy finns inte. Se: effektiv lab --help"),
    "short option": (["rendera", "-k"], "Valet -k finns inte. Se: effektiv rendera --help"),
    "option before command": (["--data", "x", "status"], "Valet --data finns inte. Se: effektiv --help"),
    "missing value": (["rendera", "--kommun"], "Valet --kommun saknar sitt värde. Se: effektiv --help"),
    "value for a flag": (["rendera", "--alla=ja"], "Valet --alla tar inget värde. Se: effektiv --help"),
    "value without option": (
        ["rendera", "Lund"],
        "Ange ett val före varje värde, det saknas före: Lund. Se: effektiv rendera --help",
    ),
    "no municipality": (["rendera"], "Ange vilken kommun: --kommun NAMN, eller --alla."),
    "both": (
        ["rendera", "--alla", "--kommun", "Lund"],
        "Valen --alla och --kommun kan inte användas tillsammans.",
    ),
    "step": (["rendera", "--alla", "--steg", "6"], "Steget '6' finns inte. Stegen är 1, 2, 3, 4 och 5."),
    "step as word": (
        ["rendera", "--alla", "--steg", "ett"],
        "Steget 'ett' finns inte. Stegen är 1, 2, 3, 4 och 5.",
    ),
    "jobs": (
        ["rendera", "--alla", "--jobb", "0"],
        "Valet --jobb har värdet '0' men ska vara ett heltal större än noll.",
    ),
    "timeout": (
        ["rendera", "--alla", "--timeout", "1.5"],
        "Valet --timeout har värdet '1.5' men ska vara ett heltal större än noll.",
    ),
    "engine": (
        ["rendera", "--alla", "--motor", "kernal"],
        "Motorn 'kernal' finns inte. Motorerna är effektiv och kernel.",
    ),
    "format": (
        ["rendera", "--alla", "--format", "html,odt"],
        f"Formatet 'odt' finns inte. Formaten är {', '.join(FORMATS)}.",
    ),
    "year": (
        ["hamta", "--namn", "x", "--fran-ar", "15"],
        "Valet --fran-ar har värdet '15' men ska vara ett år, till exempel 2015.",
    ),
    "fetch without name": (["hamta"], "Valet --namn saknas, till exempel: --namn kolada-2026-09"),
    "import without files": (
        ["importera", "--namn", "x"],
        "Ange minst en fil, till exempel: effektiv importera varden.csv --namn egna",
    ),
    "import without name": (["importera", "x.csv"], "Valet --namn saknas, till exempel: --namn fran-filer"),
    "new without municipality": (["ny"], "Ange en kommun, till exempel: effektiv ny Exempelby"),
    "new for no step": (["ny", "Älvby", "--steg", "6"], "Steget '6' finns inte. Stegen är 1, 2, 3, 4 och 5."),
    "unknown folder": (["kontrollera", "params/x"], "Mappen params/x finns inte."),
    "unknown snapshot": (["status", "--data", "ingen"], None),
    "chain of nobody": (["status", "--kedja", "Elvby"], None),
    "own files of many": (
        ["rendera", "--alla", "--uppgifter", "1a2b"],
        "Valet --uppgifter kan bara användas med en kommun.",
    ),
    "own files that are not kept": (
        ["rendera", "--kommun", "Älvby", "--uppgifter", "1a2b"],
        "Kommun 0319 har inga sparade uppgifter med märket '1a2b': märkena står i effektiv status --kedja 0319.",
    ),
    "all steps and a paper": (
        ["bilaga", "Älvby", "--alla-steg", "--tjansteskrivelse"],
        "Valen --alla-steg och --tjansteskrivelse kan inte användas tillsammans.",
    ),
}


@pytest.mark.parametrize("case", CALLS)
def test_wrong_call_is_one_sentence_and_status_two(case: str, home: Path, effektiv: Run) -> None:
    words, sentence = CALLS[case]
    status, out, err = effektiv(*words)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    if sentence is not None:
        assert err == f"{sentence}\n"
    assert not (home / "output").exists()


# Which status a fault ends with -------------------------------------------------------------


def raising(error: BaseException) -> typer.Typer:
    app = typer.Typer(cls=console.SwedishGroup, add_completion=False, pretty_exceptions_enable=False)

    @app.command("en", cls=console.SwedishCommand)
    def one() -> None:
        raise error

    @app.command("annan", cls=console.SwedishCommand)
    def other() -> None:
        """Make the app a group."""

    return app


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("Fel."), 2),
        (SnapshotError("Fel."), 2),
        (EffektivError("Fel."), 1),
        (KoladaError("Fel."), 1),
    ],
)
def test_status_of_our_errors(error: Exception, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert console.run(raising(error), ["en"]) == status
    assert capsys.readouterr().err == "Fel.\n"


def test_ctrl_c(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.run(raising(KeyboardInterrupt()), ["en"]) == 130
    assert capsys.readouterr().err == "Avbrutet. Det som redan var färdigt finns kvar.\n"


def test_full_disk(capsys: pytest.CaptureFixture[str]) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("systemet har ingen /dev/full")

    app = raising(ValueError())

    @app.command("skriv", cls=console.SwedishCommand)
    def write() -> None:
        with Path("/dev/full").open("w", encoding="utf-8") as file:
            file.write("x" * 100_000)

    assert console.run(app, ["skriv"]) == 1
    assert capsys.readouterr().err == "Det gick inte att läsa eller skriva: disken är full.\n"


def test_file_where_a_folder_should_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    app = raising(ValueError())

    @app.command("skriv", cls=console.SwedishCommand)
    def write() -> None:
        (tmp_path / "fil" / "ny").mkdir()

    assert console.run(app, ["skriv"]) == 1
    assert capsys.readouterr().err == (
        f"Det gick inte att läsa eller skriva {tmp_path / 'fil' / 'ny'}: en del av sökvägen är en fil och ingen mapp.\n"
    )


def test_a_fault_of_our_own_keeps_its_trace() -> None:
    with pytest.raises(ZeroDivisionError):
        console.run(raising(ZeroDivisionError()), ["en"])


def test_closed_pipe_is_quiet(home: Path) -> None:
    """``effektiv status | head -1`` must not end in a trace."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "effektiv", "status"], stdout=writer, stderr=subprocess.PIPE, check=False
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.skipif(os.name == "nt", reason="Windows låter ingen stänga strömmar på det sättet")
@pytest.mark.parametrize(
    ("streams", "heard"),
    [("2>&-", True), ("2>/dev/full", False), (">&- 2>&-", False), (">&-", False), ("</dev/null", True)],
)
def test_a_command_does_its_work_whoever_listens(
    streams: str, heard: bool, home: Path, effektiv: Run, root: Path
) -> None:
    """A closed or full standard error stops nothing, and what is said is heard where it can be."""
    command = f'"$0" -m effektiv ny Storstad {streams} && "$0" -m effektiv status --data ingen {streams}'
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        ["sh", "-c", command, sys.executable],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2, done
    assert (home / "params" / "2704-storstad" / "kommun.yaml").is_file()
    assert "Traceback" not in done.stdout + done.stderr
    assert ('Frysningen "ingen" finns inte' in done.stdout + done.stderr) == (heard or streams == ">&-")


@pytest.mark.skipif(os.name == "nt", reason="Windows låter ingen stänga strömmar på det sättet")
def test_a_file_never_gets_the_number_of_a_closed_stream(home: Path) -> None:
    """What a worker says on standard error would else be written into it."""
    code = (
        "from effektiv import console\nimport typer\napp = typer.Typer(cls=console.SwedishGroup)\n"
        "@app.command('a', cls=console.SwedishCommand)\ndef a() -> int:\n"
        "    return open('fil', 'w').fileno()\n"
        "@app.command('b')\ndef b() -> None: ...\n"
        "raise SystemExit(console.run(app, ['a']))\n"
    )
    done = subprocess.run(["sh", "-c", '"$0" -c "$1" <&- >&- 2>&-', sys.executable, code], check=False)
    assert done.returncode > 2


def test_a_listener_that_goes_away_stops_nothing(home: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, "-m", "effektiv", "status", "--data", "ingen"], stderr=writer, check=False
    )
    os.close(writer)
    assert done.returncode == 2


def test_an_unknown_fault_of_the_system_is_told_by_its_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert console.run(raising(OSError(99_999, "Weird device state", "x.csv")), ["en"]) == 1
    assert capsys.readouterr().err == (
        "Det gick inte att läsa eller skriva x.csv: systemet svarar med felnummer 99999.\n"
    )
    with pytest.raises(OSError, match="no number"):
        console.run(raising(OSError("no number: a fault of our own")), ["en"])


@pytest.mark.parametrize("encoding", ["cp1252", "cp850", "ascii"])
def test_no_console_is_too_narrow_for_what_is_said(encoding: str, home: Path, effektiv: Run) -> None:
    effektiv("ny", "0319")
    (home / "params" / "0319-alvby" / "grundskola.yaml").write_text("vad: 日本\u200b\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "effektiv", "kontrollera"],
        env=os.environ | {"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"Traceback" not in done.stderr
    assert b"U+200B" in done.stderr


def test_narrow_encoding_does_not_stop_a_message(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "effektiv", "status", "--data", "\u2212x"],
        env=os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert "?x" in done.stderr.decode("cp1252")


# What the small commands do -----------------------------------------------------------------


def test_new_then_check(home: Path, effektiv: Run) -> None:
    status, out, err = effektiv("ny", "Älvby")
    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "params/0319-alvby/kommun.yaml",
        "params/0319-alvby/oversikt.yaml",
        *(f"params/0319-alvby/{area}.yaml" for area in load_catalogue().areas),
        "params/0319-alvby/egna.xlsx",
        "Fyll i filerna och kontrollera dem med: effektiv kontrollera params/0319-alvby",
    ]
    assert effektiv("kontrollera") == (0, "params/0319-alvby: inga fel mot frysningen liten.\n", "")
    assert effektiv("ny", "0319") == (2, "", "params/0319-alvby finns redan och skrivs inte över.\n")


def test_new_for_a_municipality_that_is_not_there(home: Path, effektiv: Run) -> None:
    status, out, err = effektiv("ny", "Elvby")
    assert (status, out) == (2, "")
    assert "Älvby" in err
    assert not (home / "params").exists()


def test_check_tells_every_fault_and_goes_on(home: Path, effektiv: Run) -> None:
    effektiv("ny", "0319")
    effektiv("ny", "0330")
    file = home / "params" / "0319-alvby" / "grundskola.yaml"
    file.write_text("rikting: kvalitet\nforebilder: [331]\n", encoding="utf-8")
    status, out, err = effektiv("kontrollera")
    assert status == 2
    assert err.splitlines() == [
        "params/0319-alvby/grundskola.yaml, rad 1: nyckeln 'rikting' finns inte. Menade du 'riktning'?",
        "params/0319-alvby/grundskola.yaml, rad 2: nyckeln 'forebilder', post 1 stämmer inte: kommunkoden \"331\""
        ' har tappat sin inledande nolla: skriv "0331" (Övre Dalen).',
    ]
    assert out == "params/0330-asele: inga fel mot frysningen liten.\n"
    assert effektiv("kontrollera", "params/0330-asele")[0] == 0


def test_a_network_has_the_reports_that_its_file_has_somebody_for(home: Path) -> None:
    folder = home / "params" / "natverk"
    folder.mkdir(parents=True)
    text = "start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [grundskola]}\n"
    (folder / "norr.yaml").write_text(text, encoding="utf-8")
    snapshot = open_snapshot("liten")
    networks = cli._networks(["Norr"], snapshot, home / "params")
    params = cli._all_params(["0319"], {"grundskola"}, snapshot, home / "params")
    both = [Notebook(None, topic, home / f"{topic}.ipynb") for topic in ("natverk", "urval")]

    def asked(*notebooks: Notebook) -> list[Job]:
        return cli._network_jobs(networks, notebooks, snapshot, params, home / "params", with_underlag=False)

    (job,) = asked(*both)
    assert (job.kod, job.kommun, job.omrade, job.parameters["natverk"]) == (None, "norr", "natverk", "norr")
    assert job.address.as_posix() == "natverk-norr/natverk/natverk.html"
    assert [one.omrade for one in asked(both[1])] == ["urval"]  # it says that there are no applicants
    (folder / "norr.yaml").write_text(f"{text}platser: 1\n", encoding="utf-8")
    (changed,) = asked(both[0])
    assert changed.underlag != job.underlag


def test_a_changed_network_makes_its_participants_reports_anew_and_nobody_else_s(home: Path) -> None:
    folder, liten = home / "params" / "natverk", open_snapshot("liten")
    folder.mkdir(parents=True)

    def marks() -> list[str]:
        return [cli._foundation(liten, load_params(code)) for code in ("0319", "0330")]

    def changed(name: str, text: str) -> list[bool]:
        before = marks()
        (folder / name).write_text(text, encoding="utf-8")
        return [new != old for new, old in zip(marks(), before, strict=True)]

    norr = "start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [grundskola]}\n"
    assert changed("norr.yaml", norr) == [True, False]
    assert changed("norr.yaml", f"{norr}  - {{kommun: Åsele, omraden: [grundskola]}}\n") == [True, True]
    # One that cannot be read may name anybody, and every closing says that it cannot be.
    assert changed("trasig.yaml", "deltagare: [") == [True, True]


def test_a_network_s_reports_follow_the_other_networks_of_its_participants(home: Path) -> None:
    folder = home / "params" / "natverk"
    folder.mkdir(parents=True)
    text = "start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [grundskola]}\n"
    (folder / "norr.yaml").write_text(text, encoding="utf-8")
    snapshot = open_snapshot("liten")
    networks = cli._networks(["norr"], snapshot, home / "params")
    params = cli._all_params(["0319"], {"grundskola"}, snapshot, home / "params")
    notebooks = [Notebook(None, "natverk", home / "natverk.ipynb")]

    def mark() -> str:
        (job,) = cli._network_jobs(
            networks, notebooks, snapshot, params, home / "params", with_underlag=False
        )
        return job.underlag

    alone = mark()
    (folder / "soder.yaml").write_text(
        f"{text}  - {{kommun: Åsele, omraden: [grundskola]}}\n", encoding="utf-8"
    )
    assert mark() != alone


def test_check_tells_of_networks_too(home: Path, effektiv: Run) -> None:
    effektiv("ny", "0319")
    (home / "params" / "natverk").mkdir()
    file = home / "params" / "natverk" / "norr.yaml"
    file.write_text("start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [grundskola]}\n", encoding="utf-8")
    checked = "params/0319-alvby: inga fel mot frysningen liten.\n"
    assert effektiv("kontrollera") == (
        0,
        f"{checked}params/natverk/norr.yaml: inga fel mot frysningen liten.\n",
        "",
    )
    file.write_text(
        "start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [forskola]}\n  - {kommun: Norrköping, omraden: [grundskola]}\n",
        encoding="utf-8",
    )
    status, out, err = effektiv("kontrollera")
    assert (status, out) == (2, checked) and err.startswith(
        "params/natverk/norr.yaml, rad 4: nyckeln 'kommun' i deltagare"
    )
    file.write_text("start: 2024\ndeltagare:\n  - {kommun: Älvby, omraden: [forskola]}\n", encoding="utf-8")
    assert effektiv("kontrollera")[2] == (
        "params/natverk/norr.yaml, rad 3: nyckeln 'omraden' i deltagare, post 1: Älvby har inga värden i frysningen"
        " liten för forskola, så där finns ingen nulägesanalys.\n"
    )
    file.write_text("start: 2024\ndeltagare:\n  - {kommun: 0219, omraden: [grundskola]}\n", encoding="utf-8")
    assert "påhittade" in effektiv("kontrollera")[1]


def test_check_without_folders(home: Path, effektiv: Run) -> None:
    (home / "params").mkdir()
    assert effektiv("kontrollera") == (
        0,
        "Det finns inga mappar i params. Gör en med: effektiv ny KOMMUN\n",
        "",
    )


def test_check_against_the_example_says_that_its_municipalities_are_made_up(
    home: Path, effektiv: Run, example: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    effektiv("ny", "Älvby")
    monkeypatch.setenv("EFFEKTIV_DATA", str(example.path.parent))  # which takes long to make
    status, _, err = effektiv("kontrollera", "--data", "exempel")
    assert status == 2
    assert "rad 5: nyckeln 'kommun' stämmer inte: kommunkoden \"0319\" finns inte" in err
    assert "Exempeldatan har bara påhittade kommuner" in err


def test_check_and_reports_look_in_the_same_folder(
    home: Path, effektiv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when the command is given beside a project that has the notebooks and the params."""
    project = home / "projekt"
    (project / "notebooks").mkdir(parents=True)
    (project / "params" / "0319-alvby").mkdir(parents=True)
    (project / "params" / "0319-alvby" / "kommun.yaml").write_text("kommun: 0319\nnamn: Storstad\n", "utf-8")
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", str(project / "notebooks"))
    monkeypatch.setenv("EFFEKTIV_DATA", "data")  # undone after the test, like what the command sets
    monkeypatch.setenv("EFFEKTIV_PARAMS", "")
    assert cli._name_places() == project / "params"
    monkeypatch.setenv("EFFEKTIV_PARAMS", "")
    assert effektiv("kontrollera")[0] == 2


# Patterns, which the command window of Windows hands over as they are ---------------------------


def test_a_pattern_for_folders(home: Path, effektiv: Run) -> None:
    effektiv("ny", "0319")
    effektiv("ny", "0330")
    status, out, _ = effektiv("kontrollera", "params/03*")
    assert (status, out.count("inga fel")) == (0, 2)
    assert effektiv("kontrollera", "params/9*") == (2, "", "Inget passar mönstret params/9*.\n")


def test_status_says_what_is_there_and_what_is_not(home: Path, effektiv: Run) -> None:
    status, out, err = effektiv("status")
    assert (status, err) == (0, "")
    assert out.startswith("Frysning liten, skapad 2026-01-02. Påhittade värden för test\n")
    school = out.split("(grundskola)")[1]
    assert re.search(
        r"\n  1 av \d+ nyckeltal har värden, åren 2018-2025; i snitt har \d+ % av kommunerna", school
    )
    assert "    U15459  Meritvärde mot modellberäknat värde, meritpoäng, sista året 2024\n" in school
    assert re.search(r"Barn och unga \(barn-och-unga\)\n  0 av \d+ nyckeltal har värden\.\n", out)


# What a report rests on -----------------------------------------------------------------------


def test_foundation_follows_params_and_snapshot_only(home: Path, effektiv: Run) -> None:
    effektiv("ny", "0319")
    liten = open_snapshot("liten")
    first = cli._foundation(liten, load_params("0319"))
    assert cli._foundation(liten, load_params("0319")) == first
    (home / "params" / "0319-alvby" / ".DS_Store").write_text("x", encoding="utf-8")
    assert cli._foundation(liten, load_params("0319")) == first
    (home / "params" / "0319-alvby" / "egna.docx").write_text("x", encoding="utf-8")
    second = cli._foundation(liten, load_params("0319"))
    assert second != first
    (home / "params" / "0319-alvby" / "egna.docx").write_text("y", encoding="utf-8")
    assert cli._foundation(liten, load_params("0319")) not in {first, second}
    (home / "params" / "0319-alvby" / "egna.docx").unlink()
    assert cli._foundation(liten, load_params("0319")) == first
    with (home / "params" / "0319-alvby" / "grundskola.yaml").open("a", encoding="utf-8") as file:
        file.write("# en kommentar\n")
    assert cli._foundation(liten, load_params("0319")) != first
    other = small.write_small("annan", home / "data", year=2027)
    assert cli._foundation(other, load_params("0330")) != cli._foundation(liten, load_params("0330"))


def test_a_snapshot_is_named_where_a_name_is_enough(home: Path) -> None:
    elsewhere = small.write_small("annan", home / "annanstans")
    assert cli._name_of(open_snapshot("liten")) == "liten"
    assert cli._name_of(open_snapshot(home / "data" / "liten")) == "liten"
    assert cli._name_of(elsewhere) == str(home / "annanstans" / "annan")


# The notebooks' folder -------------------------------------------------------------------------


def test_notebooks_are_found_from_below(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("EFFEKTIV_NOTEBOOKS", raising=False)
    monkeypatch.chdir(root / "notebooks" / "1-nulagesanalys")
    assert cli.notebooks_root() == root / "notebooks"


def test_own_notebooks_come_before_the_projects(home: Path) -> None:
    (home / "notebooks" / "1-nulagesanalys").mkdir(parents=True)
    (home / "notebooks" / "1-nulagesanalys" / "egen.ipynb").write_text("{}", encoding="utf-8")
    assert cli.notebooks_root() == home / "notebooks"


def test_notebooks_named_by_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "egna").mkdir()
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", "egna")
    assert cli.notebooks_root() == home / "egna"
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", "inga")
    with pytest.raises(InputError, match="EFFEKTIV_NOTEBOOKS"):
        cli.notebooks_root()


def test_lab_opens_the_notebooks_with_the_folders_of_here(
    home: Path, root: Path, effektiv: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stand-in for JupyterLab tells what it was started with; Ctrl-C is left to it to act on."""
    stand_in = home / "jupyterlab.py"
    stand_in.write_text(
        "import json, os, sys\n"
        "names = ('EFFEKTIV_DATA', 'EFFEKTIV_PARAMS', 'EFFEKTIV_LAB')\n"
        "json.dump([sys.argv[1:], [os.environ.get(name) for name in names]], open('startad.json', 'w'))\n"
        "sys.exit(3)\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("EFFEKTIV_NOTEBOOKS", str(root / "notebooks"))
    options = [f"--ServerApp.root_dir={root / 'notebooks'}", "--ServerApp.open_browser=True"]
    for asked, expected in (
        ([], options),
        (["--ingen-webblasare"], [options[0], "--ServerApp.open_browser=False"]),
        (["--port", "18888"], [*options, "--ServerApp.port=18888", "--ServerApp.port_retries=0"]),
    ):
        status, _, _ = effektiv("lab", *asked)
        assert status == 3
        words, places = json.loads((home / "startad.json").read_text(encoding="utf-8"))
        assert words == expected
        assert places == [str((home / "data").resolve()), None, str(root)]


def test_lab_refuses_a_port_that_cannot_be_used(home: Path, root: Path, effektiv: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        for asked, sentence in (
            (port, f"Porten {port} går inte att använda: välj en annan med --port, till exempel 8890."),
            ("åtta", "Valet --port har värdet 'åtta' men ska vara ett heltal större än noll."),
            ("70000", "Valet --port har värdet '70000' men ska vara högst 65535."),
        ):
            status, _, err = effektiv("lab", "--port", asked)
            assert (status, err.strip()) == (2, sentence)


def test_hamta_updates_an_earlier_fetch(home: Path, effektiv: Run) -> None:
    with running(open_snapshot("liten")) as server:
        first, _, _ = effektiv("hamta", "--namn", "forst", "--fran-ar", "2025", "--bas-url", server.url)
        words = ("hamta", "--namn", "sedan", "--bas-url", server.url, "--uppdatera", "forst")
        second, out, _ = effektiv(*words)
    assert (first, second) == (0, 0)
    assert "Frysningen sedan är klar" in out
    before, after = open_snapshot("forst"), open_snapshot("sedan")
    assert compare_snapshots(before, after).empty
    assert after.manifest.rows == before.manifest.rows


def test_the_last_steps_are_made_of_the_example_of_after(
    home: Path, root: Path, example: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert cli._data_for(None, 4) is None  # there is a snapshot of their own
    monkeypatch.setenv("EFFEKTIV_DATA", str(home / "tom"))
    shutil.copytree(example.path, home / "tom" / "exempel")
    assert [cli._data_for(None, step) for step in (3, 4, 5, None)] == [None, *["exempel-efter"] * 3]
    assert (cli._data_for("exempel", 3), cli._data_for("exempel", 4)) == ("exempel", "exempel-efter")
    notebooks = find_notebooks(root / "notebooks", [1, 4, None])
    found = cli._by_snapshot(None, notebooks)
    assert [(snapshot.name, {item.steg for item in items}) for snapshot, items in found] == [
        ("exempel", {1}),
        ("exempel-efter", {4, None}),
    ]
    assert [snapshot.name for snapshot, _ in cli._by_snapshot("exempel-efter", notebooks)] == [
        "exempel-efter"
    ]
