"""A form among a folder's files: one, or as many as people send in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from effektiv.forms import Fault, FormRead, write
from effektiv.params import content_mark, load_params, read_folder, write_new
from effektiv.params.formfile import FormFile, only
from effektiv.params.registry import register
from effektiv.types import Direction, FocusArea
from tests.forms.books import AREAS, FORM, ods, written

pytestmark = pytest.mark.usefixtures("common_files_only")
IDS = [
    FocusArea.model_construct(id=area, label=label, direction=Direction.QUALITY)
    for area, label in AREAS.items()
]  # type: ignore[call-arg]


def twice(said: Mapping[str, FormRead]) -> Iterable[tuple[str, Fault]]:
    """Find the second file of one person."""
    first: dict[object, str] = {}
    for address, form in said.items():
        for row in form.rows.get("saker", ()):
            other = first.setdefault(row["name"], address)
            if other != address:
                yield address, row.fault("name", f"{row['name']} har redan svarat i {other}")


def empty(said: FormRead) -> Iterable[Fault]:
    return [] if list(said) else [Fault("formuläret är inte ifyllt")]


ONE = FormFile(name="prov.xlsx", step=2, form=FORM, prefilled={"saker": [{"id": "H1"}]}, more_faults=empty)
MANY = FormFile(
    name="svar/*/*.xlsx", step=2, form=FORM, new_name="svar/2026/formular.xlsx", faults_together=twice
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EFFEKTIV_PARAMS", raising=False)
    register(ONE, MANY)
    return write_new(tmp_path / "params", "0319", "Älvkarleby", IDS, 2)[0].parent


def test_new_files_are_written_where_they_are_read(folder: Path) -> None:
    assert (folder / "prov.xlsx").is_file() and (folder / "svar" / "2026" / "formular.xlsx").is_file()
    reading = read_folder(folder, areas=tuple(AREAS))
    assert (reading.problems, reading.notes) == ([], [])
    assert [str(one) for one in reading.passed] == [
        "params/0319-alvkarleby/prov.xlsx: formuläret är inte ifyllt."
    ]


def test_many_files_are_read_whatever_one_of_them_is(folder: Path) -> None:
    (folder / "prov.xlsx").unlink()
    place = folder / "svar" / "2026"
    written(place / "anna.xlsx")
    (place / "bo.xlsx").write_bytes(b"PK")
    (place / "formular.xlsx").unlink()
    before = content_mark(folder)
    (place / "cia.xlsx").write_bytes(write(FORM, areas=AREAS, rows={"saker": [{"id": "1", "name": "Nästa"}]}))
    assert content_mark(folder) != before
    reading = read_folder(folder, areas=tuple(AREAS))
    assert [str(one).removeprefix("params/0319-alvkarleby/svar/2026/") for one in reading.passed] == [
        "bo.xlsx: filen går inte att läsa som en arbetsbok: öppna den i Excel och spara den som .xlsx.",
        "cia.xlsx, bladet Saker, cell C4: Nästa har redan svarat i svar/2026/anna.xlsx.",
    ]
    said = load_params("0319", areas=tuple(AREAS)).of(MANY)
    assert {address: len(list(form)) for address, form in said.items()} == {
        "svar/2026/anna.xlsx": 3, "svar/2026/bo.xlsx": 0, "svar/2026/cia.xlsx": 1}  # fmt: skip


def test_a_workbook_of_another_kind_is_read_under_the_form_s_name(folder: Path) -> None:
    pytest.importorskip("python_calamine", reason="python-calamine finns inte här")
    (folder / "prov.xlsx").unlink()
    rows = [["Nr", "Vad det är", "Antal", "Senast", "Klart"], ["H1", "Sak", 7, None, "ja"]]
    ods(folder / "prov.ods", {"Saker": rows})
    said = only(load_params("0319", areas=tuple(AREAS)).of(ONE))
    assert said is not None and [row["count"] for row in said] == [7]
    assert only({}) is None


def test_what_is_no_workbook_is_still_a_stranger(folder: Path) -> None:
    (folder / "prov.xlsx").unlink()
    (folder / "prov.csv").write_text("Nr;Vad det är\n", encoding="utf-8")
    (note,) = read_folder(folder, areas=tuple(AREAS)).notes
    assert note.text == "filen läses inte, uppgifterna skrivs i prov.xlsx"
