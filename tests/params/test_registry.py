"""A file that a step adds: declared once, and known to all who read, check, make or name files."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest

from effektiv import cli, stepfiles
from effektiv.errors import InputError
from effektiv.params import check, content_mark, load_params, read_folder, write_new
from effektiv.params.problems import Problem
from effektiv.params.registry import FileKind, Known, Read, register
from effektiv.types import Direction, FocusArea
from tests import small_snapshot as small

AREAS = [
    FocusArea.model_construct(id=name, label=name, direction=Direction.QUALITY)
    for name in ("grundskola", "barn-och-unga")
]
IDS = [area.id for area in AREAS]

PROBE_STEP = """
from pathlib import Path
from pydantic import Field
from effektiv.params.fields import Line, ParamsModel
from effektiv.params.registry import AREA, YamlFile, register

class Plan(ParamsModel):
    start: Line | None = Field(None, alias="start")

HERE = Path(__file__).parent
PLAN = YamlFile("planen.yaml", 2, Plan, HERE / "planen.yaml")
LOCK = YamlFile(f"prov/{AREA}.yaml", 2, Plan)
register(PLAN, LOCK)
"""


@dataclass(frozen=True)
class Sheet(FileKind[bytes]):
    """A form that is no text; its first sign must be right."""

    def read(self, path: Path, known: Known) -> Read[bytes]:
        content = path.read_bytes()
        if content.startswith(b"PK"):
            return Read(content, [])
        return Read(None, [Problem(path, None, f"bladet för {known.code} går inte att läsa")])

    def new(self, code: str, name: str, areas: Iterable[FocusArea]) -> dict[str, bytes]:
        return {} if "*" in self.name else {self.name: b"PK" + name.encode()}


FORM = Sheet("blankett.xlsx", 2)
ANSWERS = Sheet("sjalvskattning/*/*.xlsx", 2)


pytestmark = pytest.mark.usefixtures("common_files_only")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EFFEKTIV_PARAMS", raising=False)
    return write_new(tmp_path / "params", "0319", "Älvkarleby", AREAS)[0].parent


@pytest.fixture
def probes(folder: Path) -> Path:
    register(FORM, ANSWERS)
    return folder


@pytest.fixture
def probe_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a package of steps with one that has files of its own, and one without."""
    steps = tmp_path / "bibliotek" / "provsteg"
    for step in ("s1_utan", "s2_prov"):
        (steps / step).mkdir(parents=True)
        (steps / step / "__init__.py").touch()
    (steps / "__init__.py").touch()
    (steps / "s2_prov" / "params.py").write_text(PROBE_STEP, encoding="utf-8")
    (steps / "s2_prov" / "planen.yaml").write_text("# Projektet i $namn\nstart:\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path / "bibliotek")
    for module in ("", ".s1_utan", ".s2_prov", ".s2_prov.params"):
        monkeypatch.delitem(sys.modules, f"provsteg{module}", raising=False)
    return "provsteg"


def said(folder: Path) -> list[str]:
    reading = read_folder(folder, areas=IDS)
    return [str(item).removeprefix("params/0319-alvkarleby/") for item in [*reading.problems, *reading.notes]]


# What a registered kind gives ---------------------------------------------------------------


def test_a_file_is_a_stranger_until_its_kind_is_registered(folder: Path) -> None:
    (folder / "blankett.xlsx").write_bytes(b"PK")
    (note,) = said(folder)
    assert note.startswith("blankett.xlsx: filen läses inte, det som läses är kommun.yaml, ")
    register(FORM)
    assert said(folder) == []


def test_what_files_say_is_read_by_their_kind(probes: Path) -> None:
    for address in ("blankett.xlsx", "sjalvskattning/host/anna.xlsx", "sjalvskattning/var/bo.xlsx"):
        (probes / address).parent.mkdir(parents=True, exist_ok=True)
        (probes / address).write_bytes(b"PK" + address.encode())
    params = load_params("0319", areas=IDS)
    assert params.of(FORM) == {"blankett.xlsx": b"PKblankett.xlsx"}
    assert list(params.of(ANSWERS)) == ["sjalvskattning/host/anna.xlsx", "sjalvskattning/var/bo.xlsx"]
    assert params.area("grundskola").direction is Direction.QUALITY


def test_a_fault_in_such_a_file_is_told_with_the_others(probes: Path) -> None:
    (probes / "blankett.xlsx").write_bytes(b"nej")
    (probes / "grundskola.yaml").write_text("riktning: upp\n", encoding="utf-8")
    assert [line.partition(" ")[0] for line in said(probes)] == ["grundskola.yaml,", "blankett.xlsx:"]
    assert "blankett.xlsx: bladet för 0319 går inte att läsa." in said(probes)


STRANGERS = {
    "blankett - Kopia.xlsx": ("filen läses inte, den ska heta blankett.xlsx", True),
    "blankett.csv": ("filen läses inte, uppgifterna skrivs i blankett.xlsx", False),
    "blankett.txt": ("filen läses inte, den ska heta blankett.xlsx", True),
    "sjalvskattning.xlsx": ("filen läses inte, det som läses är kommun.yaml, oversikt.yaml, grundskola.yaml,"
                            " barn-och-unga.yaml, egna.xlsx, blankett.xlsx", False),
    "sjalvskattning/anna.xlsx": ("filen läses inte, det som läses är ", False),
    "sjalvskattning/host/anna.docx": ("filen läses inte, det som läses är *.xlsx", False),
    "sjalvskattning/host/djupare": ("det som ligger i mappen läses inte", False),
    "annat": ("det som ligger i mappen läses inte", False),
}  # fmt: skip


@pytest.mark.parametrize("address", STRANGERS)
def test_what_is_not_read_is_named_at_any_depth(address: str, probes: Path) -> None:
    text, misleads = STRANGERS[address]
    path = probes / address
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix:
        path.write_bytes(b"PK")
    else:
        path.mkdir()
    reading = read_folder(probes, areas=IDS)
    told = reading.problems if misleads else reading.notes
    assert [item.text for item in told] == [text]
    assert [item.path for item in told] == [path]


def test_two_kinds_cannot_have_one_name(probes: Path) -> None:
    register(FORM)  # once more is no other
    with pytest.raises(ValueError, match=r"blankett\.xlsx"):
        register(Sheet("blankett.xlsx", 3))


# New files ----------------------------------------------------------------------------------


def test_a_steps_files_are_added_to_a_folder_and_never_written_over(probes: Path) -> None:
    before = {path: path.read_bytes() for path in probes.iterdir()}
    assert write_new(probes.parent, "0319", "Älvkarleby", AREAS, 2) == [probes / "blankett.xlsx"]
    assert check(probes, areas=IDS) == []
    assert {path: path.read_bytes() for path in before} == before
    with pytest.raises(InputError, match="har redan alla filer för steg 2, och de skrivs inte över"):
        write_new(probes.parent, "0319", "Älvkarleby", AREAS, 2)
    (probes / "grundskola.yaml").unlink()
    assert write_new(probes.parent, "0319", "Älvkarleby", AREAS, 1) == [probes / "grundskola.yaml"]


def test_a_new_folder_for_a_later_step_has_the_first_steps_files_too(probes: Path) -> None:
    files = write_new(probes.parent, "0330", "Knivsta", AREAS, 2)
    assert [path.name for path in files] == [
        "kommun.yaml", "oversikt.yaml", "grundskola.yaml", "barn-och-unga.yaml", "egna.xlsx", "blankett.xlsx"]  # fmt: skip
    assert check(files[0].parent, areas=IDS) == []


# The mark of all files ----------------------------------------------------------------------


@pytest.mark.parametrize("linked", [False, True], ids=["a folder", "a link to a folder"])
def test_a_changed_form_counts_in_the_mark(linked: bool, probes: Path, tmp_path: Path) -> None:
    place = tmp_path / "delad" if linked else probes / "sjalvskattning"
    (place / "host").mkdir(parents=True)
    if linked:
        try:
            (probes / "sjalvskattning").symlink_to(place, target_is_directory=True)
            (place / "host" / "tillbaka").symlink_to(place, target_is_directory=True)
        except OSError:
            pytest.skip("systemet låter inte testet göra länkar")
    marks = []
    for content in (b"PK\0\1", b"PK\0\2"):
        (place / "host" / "anna.xlsx").write_bytes(content)
        assert load_params("0319", areas=IDS).of(ANSWERS) == {"sjalvskattning/host/anna.xlsx": content}
        marks.append(content_mark(probes))
    assert marks[0] != marks[1]


# A step that registers its own --------------------------------------------------------------


def test_the_commands_know_the_files_of_every_step(
    probe_step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(name, raising=False)
    small.write_small("liten", tmp_path / "data", groups=small.every_group())
    monkeypatch.setattr(cli, "register_step_files", lambda: stepfiles.register_step_files(probe_step))
    assert cli.main(["ny", "Älvby"]) == 0
    capsys.readouterr()
    assert cli.main(["ny", "Älvby", "--steg", "2"]) == 0
    assert capsys.readouterr().out == (
        "params/0319-alvby/planen.yaml\n"
        "Fyll i filerna och kontrollera dem med: effektiv kontrollera params/0319-alvby\n"
    )
    assert (tmp_path / "params/0319-alvby/planen.yaml").read_text("utf-8") == "# Projektet i Älvby\nstart:\n"
    (tmp_path / "params/0319-alvby/prov").mkdir()
    (tmp_path / "params/0319-alvby/prov/grundskola.yaml").write_text("stort: 2026\n", encoding="utf-8")
    assert cli.main(["kontrollera"]) == 2
    assert capsys.readouterr().err == (
        "params/0319-alvby/prov/grundskola.yaml, rad 1: nyckeln 'stort' finns inte. Menade du 'start'?\n"
    )


def test_a_new_process_knows_them_when_the_steps_are_told(
    probe_step: str, folder: Path, tmp_path: Path
) -> None:
    """As a worker does: nothing is handed over from the process that started it."""
    (folder / "planen.yaml").write_text("start: 2026\n", encoding="utf-8")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'bibliotek')!r})\n"
        "from effektiv.params import load_params\n"
        "from effektiv.stepfiles import register_step_files\n"
        "register_step_files()\n"
        f"register_step_files({probe_step!r})\n"
        f"from {probe_step}.s2_prov.params import PLAN\n"
        f"print(load_params('0319', areas={IDS}).of(PLAN)['planen.yaml'].start)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert done.stdout == "2026\n"
