"""What Exempelby has filled in: written by the forms' engine, shipped, and without a fault."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.example.forms import CODE, contents, write_forms
from effektiv.example.truths import EXAMPLE_MUNICIPALITY
from effektiv.names import folder_name
from effektiv.params import load_params, read_folder
from effektiv.params.formfile import only
from effektiv.steps.s2_orsaksanalys.hypotheses import hypotheses
from effektiv.steps.s2_orsaksanalys.params import HYPOTHESES_FILE

FOLDER = folder_name(CODE, EXAMPLE_MUNICIPALITY)


def parts(content: bytes) -> dict[str, bytes]:
    """Return what a workbook holds: how it is packed differs between versions of zlib."""
    with ZipFile(BytesIO(content)) as pack:
        return {name: pack.read(name) for name in pack.namelist()}


def test_the_files_that_ship_are_those_that_are_made(root: Path) -> None:
    """If this fails, a form or what is filled in has changed: python -m effektiv.example.forms."""
    made = contents()
    there = {
        path.relative_to(root / "params" / FOLDER).as_posix(): path.read_bytes()
        for path in (root / "params" / FOLDER).rglob("*")
        if path.is_file()
    }
    assert there.keys() == made.keys()
    for address, content in made.items():
        if address.endswith(".xlsx"):
            assert parts(there[address]) == parts(content), address
        else:
            assert there[address] == content, address


def test_they_have_no_fault(root: Path, example: Snapshot) -> None:
    assert example.places.kommun(EXAMPLE_MUNICIPALITY) == CODE
    reading = read_folder(
        root / "params" / FOLDER, areas=tuple(load_catalogue().areas), places=example.places
    )
    # A list tells of its total row, and a SIE file of the tag that lies: both are there on purpose.
    lists = {"huvudbok-2027.csv", "2028.se"}
    notes = [note for note in reading.notes if note.path.name not in lists]
    assert (reading.problems, reading.passed, notes) == ([], [], [])


def test_they_have_something_of_each_kind(tmp_path: Path) -> None:
    write_forms(tmp_path)
    areas = load_catalogue().areas
    said = only(load_params(CODE, tmp_path, areas=tuple(areas)).of(HYPOTHESES_FILE))
    found = hypotheses(said)
    assert len(found) == 8 and {one.area for one in found} == set(areas)
    assert {one.strength for one in found} == {"stark", "måttlig", "svag", "avfärdad", "öppen"}
    assert [one.id for one in found if one.lacks == ("vem", "när")] == ["H3", "H8"]
    assert [one.id for one in found if one.is_open and not one.lacks] == ["H6"]
    assert all(one.conclusion for one in found if not one.is_open)


def test_a_folder_is_written_over(tmp_path: Path) -> None:
    (path, *_) = [one for one in write_forms(tmp_path) if one.suffix == ".xlsx"]
    before = path.read_bytes()
    path.write_bytes(b"")
    write_forms(tmp_path)
    assert path.read_bytes() == before and path == tmp_path / FOLDER / "hypoteser.xlsx"


@pytest.mark.parametrize("word", ["exempel", "påhitt"])
def test_what_is_written_is_no_persons(word: str) -> None:
    """It is read as a municipality's own text, which says nothing of what the data are."""
    book = parts(contents()["hypoteser.xlsx"])["xl/sharedStrings.xml"].decode()
    assert word not in book.lower().replace("exempelby", "").replace("till exempel", "")
