from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell

from effektiv.errors import InputError
from effektiv.names import folder_name
from effektiv.render.fingerprint import fingerprint
from effektiv.render.jobs import (
    Job,
    check_jobs,
    find_notebooks,
    parameter_names,
    read_notebook,
)


def test_address_of_a_report() -> None:
    job = Job("0319", "Älvkarleby", 1, "grundskola", Path("n.ipynb"))
    assert str(job.address) == "0319-alvkarleby/1-nulagesanalys/grundskola.html"


@pytest.mark.parametrize("kod", ["319", "03190", "abcd", ""])
def test_a_code_that_has_lost_its_zero_is_refused(kod: str) -> None:
    with pytest.raises(InputError, match="fyra siffror"):
        Job(kod, "Älvkarleby", 1, "grundskola", Path("n.ipynb"))


def test_parameters_are_text() -> None:
    with pytest.raises(TypeError, match="kommun"):
        Job("0319", "Älvkarleby", 1, "g", Path("n.ipynb"), {"kommun": 319})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    "area",
    [
        *("CON", "nul", "com1", "LPT9", "aux.skola", "COM¹", "CONOUT$"),
        *("skola.", "skola ", "a:b", "a/b", "a\\b", 'a"b', "a?", "a*", "<a>", "a|b", "a\tb", "", "."),
    ],
)
def test_a_report_s_file_has_a_name_that_windows_takes(area: str) -> None:
    with pytest.raises(InputError, match="Windows tar inte emot filnamnet"):
        Job("0319", "Älvkarleby", 1, area, Path("1-nulagesanalys") / f"{area}.ipynb")


@pytest.mark.parametrize(
    "area", ["grundskola", "barn-och-unga", "Grundskola (kopia)", "konsol", "a.b", "com10", "åäö"]
)
def test_other_names_are_taken(area: str) -> None:
    assert Job("0319", "Älvkarleby", 1, area, Path("n.ipynb")).address.stem == area


@given(st.text())
def test_a_folder_s_name_is_one_that_windows_takes(kommun: str) -> None:
    """Whatever the municipality is called in the data."""
    assert re.fullmatch(r"0319(-[a-z0-9]+)*", folder_name("0319", kommun))


@pytest.fixture
def tree(tmp_path: Path, make_notebook) -> Path:
    for folder, area in (
        ("1-nulagesanalys", "grundskola"),
        ("1-nulagesanalys", "oversikt"),
        ("1-nulagesanalys", "barn-och-unga"),
        ("2-orsaksanalys", "grundskola"),
    ):
        make_notebook(area, step_folder=folder, root=tmp_path)
    (tmp_path / "1-nulagesanalys" / ".ipynb_checkpoints").mkdir()
    (tmp_path / "1-nulagesanalys" / "läsmig.txt").write_text("hej", encoding="utf-8")
    return tmp_path


def test_all_notebooks_with_the_overview_first(tree: Path) -> None:
    found = [(notebook.steg, notebook.omrade) for notebook in find_notebooks(tree)]
    assert found == [(1, "oversikt"), (1, "barn-och-unga"), (1, "grundskola"), (2, "grundskola")]


def test_chosen_steps_and_areas(tree: Path) -> None:
    found = find_notebooks(tree, [1, 1], ["grundskola"])
    assert [notebook.path for notebook in found] == [tree / "1-nulagesanalys" / "grundskola.ipynb"]


def test_unknown_area_is_answered_with_a_suggestion(tree: Path) -> None:
    with pytest.raises(InputError, match="Menade du grundskola"):
        find_notebooks(tree, [1], ["grundskolan"])


@pytest.mark.parametrize(("steg", "text"), [([6], "Steg 6 finns inte"), ([3], "3-atgarder")])
def test_steps_without_notebooks(tree: Path, steg: list[int], text: str) -> None:
    with pytest.raises(InputError, match=text):
        find_notebooks(tree, steg)


def test_area_that_only_another_step_has(tree: Path) -> None:
    with pytest.raises(InputError, match="för steg 2"):
        find_notebooks(tree, [2], ["oversikt"])


def test_unknown_parameter_names_those_there_are(make_notebook) -> None:
    path = make_notebook("parametrar")
    job = Job("9001", "Älvby", 1, "parametrar", path, {"komun": "9001"})
    with pytest.raises(InputError, match=r"ingen parameter 'komun'; den har data, kommun"):
        check_jobs([job])


def test_the_same_report_twice(make_notebook) -> None:
    job = Job("9001", "Älvby", 1, "dubbel", make_notebook("dubbel"))
    with pytest.raises(InputError, match="begärs två gånger"):
        check_jobs([job, job])
    # On Windows and macOS these are one file.
    other = Job("9001", "Älvby", 1, "Dubbel", job.notebook)
    with pytest.raises(InputError, match="begärs två gånger"):
        check_jobs([job, other])


def test_parameter_cell_may_be_typed_and_commented(make_notebook) -> None:
    cell = new_code_cell('# namn\nkommun: str = "x"  # hej\na = b = 1', metadata={"tags": ["parameters"]})
    path = make_notebook("typer", cells=[new_markdown_cell("# Hej"), cell])
    assert parameter_names(read_notebook(path), path) == {"kommun", "a", "b"}


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("inte json", "inte giltig JSON"),
        ("[]", "format 4"),
        ('{"worksheets": []}', "format 4"),
        ('{"cells": []}', "taggen parameters"),
        (
            '{"cells": [{"metadata": {"tags": ["parameters"]}, "source": ["x ="]}]}',
            "inte giltig Python",
        ),
    ],
)
def test_files_that_are_no_usable_notebooks(tmp_path: Path, content: str, text: str) -> None:
    path = tmp_path / "n.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=text):
        check_jobs([Job("9001", "Älvby", 1, "n", path)])


def test_missing_notebook(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="kan inte läsas"):
        check_jobs([Job("9001", "Älvby", 1, "n", tmp_path / "n.ipynb")])


def test_fingerprint_changes_with_what_the_report_rests_on(make_notebook) -> None:
    path = make_notebook("avtryck")

    def mark(**changes: object) -> str:
        values: dict[str, object] = {
            "kod": "9001",
            "kommun": "Älvby",
            "steg": 1,
            "omrade": "avtryck",
            "notebook": path,
            "parameters": {"kommun": "9001"},
            "underlag": "a",
        }
        return fingerprint(Job(**(values | changes)))  # type: ignore[arg-type]

    first = mark()
    assert first == mark()
    assert len({first, mark(underlag="b"), mark(parameters={"kommun": "9002"}), mark(kommun="Ny")}) == 4
    assert mark(underlag="") == "", "utan känt underlag görs rapporten om"

    content = json.loads(path.read_text(encoding="utf-8"))
    content["cells"][2]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "rest"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert mark() == first, "det en körning har lämnat i filen räknas inte"
    content["cells"][3]["source"] = "## Annan rubrik"
    path.write_text(json.dumps(content), encoding="utf-8")
    assert mark() != first


# --- networks and topics ------------------------------------------------------------------------


def test_a_network_is_ordinary() -> None:
    job = Job(None, "Bergslagen 2026", None, "urval", Path("n.ipynb"))
    assert str(job.address) == "natverk-bergslagen-2026/natverk/urval.html"


@pytest.mark.parametrize(
    ("kod", "steg", "kommun", "said"),
    [
        (None, 1, "Bergslagen", "hör inte till något steg"),
        ("0319", None, "Älvkarleby", "hör inte till något steg"),
        (None, None, "?!", "kan inte bli en mapp"),
    ],
)
def test_a_job_is_of_a_municipality_in_a_step_or_of_a_network(
    kod: str | None, steg: int | None, kommun: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Job(kod, kommun, steg, "urval", Path("n.ipynb"))


def test_notebooks_come_as_the_table_of_steps_has_them(tmp_path: Path) -> None:
    names = {
        "3-atgarder": ["beslut", "grundskola", "barn-och-unga", "ideer"],
        "2-orsaksanalys": ["styrning", "grundskola"],
        "natverk": ["urval", "natverk"],
    }
    for folder, stems in names.items():
        (tmp_path / folder).mkdir()
        for stem in stems:
            (tmp_path / folder / f"{stem}.ipynb").write_text("{}", encoding="utf-8")
    assert [(notebook.steg, notebook.omrade) for notebook in find_notebooks(tmp_path)] == [
        (2, "grundskola"), (2, "styrning"), (3, "ideer"), (3, "barn-och-unga"), (3, "grundskola"), (3, "beslut"),
    ]  # fmt: skip
    assert [notebook.omrade for notebook in find_notebooks(tmp_path, [None])] == ["natverk", "urval"]
    with pytest.raises(InputError, match="för steg nätverk"):
        find_notebooks(tmp_path, [None], ["grundskola"])
