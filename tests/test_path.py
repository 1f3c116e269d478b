"""The new user's path in docs/ is walked as it is written, on the example data.

Of the reports those that the form and the lock lead to are made, which takes about ten seconds each. With
EFFEKTIV_TEST_HELA_VAGEN=1 all are, and the document of all steps. Steps without notebooks are passed over.
"""

from __future__ import annotations

import datetime as dt
import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest

from effektiv import cli
from effektiv.data.snapshot import EXAMPLE, open_snapshot
from effektiv.render import find_notebooks
from effektiv.steg import STEPS

EVERYTHING = "EFFEKTIV_TEST_HELA_VAGEN"
ALWAYS = {3, 5}
"""Steps whose reports are made in any case."""

GUIDE = "docs/fran-start-till-avslut.md"


def blocks(text: str) -> list[list[str]]:
    """Return the indented blocks of a text, line by line."""
    found = re.findall(r"(?:(?<=\n\n)|\A)((?: {4}.*\n)+)", text)
    return [[line[4:] for line in block.splitlines()] for block in found]


def rows(text: str) -> dict[str, str]:
    """Return the table of what is written in the form: by heading."""
    table = re.findall(r"^\| (.+?) \| (.+?) \|$", text, re.MULTILINE)
    assert table[0] == ("Kolumn", "Skriv")
    return dict(table[1:])


def fill(path: Path, said: dict[str, str]) -> None:
    """Write on the first row of the form, below the headings."""
    book = openpyxl.load_workbook(path)
    sheet = book["Åtgärdslista"]
    head = next(row for row in sheet.iter_rows() if any(cell.value == "Fokusområde" for cell in row))
    places = {str(cell.value): cell.column for cell in head}
    assert set(said) <= set(places), "every heading of the guide is one of the form's"
    for heading, text in said.items():
        value: str | int | dt.date = text
        if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
            value = dt.date.fromisoformat(text)
        elif text.isdigit():
            value = int(text)
        sheet.cell(head[0].row + 1, places[heading], value)
    book.save(path)


def exchange(path: Path, line: str, lines: list[str]) -> None:
    """Replace a line that the guide says is to be replaced."""
    text = path.read_text(encoding="utf-8")
    assert text.count(f"\n{line}\n") == 1
    path.write_text(text.replace(f"\n{line}\n", "\n" + "\n".join(lines) + "\n"), encoding="utf-8")


@pytest.fixture(scope="module")
def walked(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[str]]]:
    """Walk the path; return the folder it was walked in and the commands that were run."""
    place = tmp_path_factory.mktemp("vagen")
    data = open_snapshot(EXAMPLE).path.parent
    text = (root / GUIDE).read_text(encoding="utf-8")
    folder, run = place / "params/0213-holmbruk", []
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(place)
        patch.setenv("EFFEKTIV_DATA", str(data))
        patch.setenv("EFFEKTIV_NOTEBOOKS", str(root / "notebooks"))
        patch.delenv("EFFEKTIV_PARAMS", raising=False)
        for block in blocks(text):
            if block[0].startswith("fokusomraden:"):
                exchange(folder / "oversikt.yaml", "fokusomraden: []", block)
            elif block[0] == "mal:":
                exchange(folder / "grundskola.yaml", "mal: >", block)
                fill(folder / "atgarder.xlsx", rows(text))
            else:
                for line in block:
                    step(line, patch, root, run)
        yield place, run


def step(line: str, patch: pytest.MonkeyPatch, root: Path, run: list[str]) -> None:
    """Do what a line says."""
    word, *rest = shlex.split(line)
    if word == "export":
        patch.setenv(*rest[0].split("=", 1))
    elif word == "unset":
        patch.delenv(rest[0])
    elif word == "effektiv":
        if rest[0] == "bilaga" and not os.environ.get(EVERYTHING):
            return
        if rest[0] == "rendera":
            number, area = int(rest[rest.index("--steg") + 1]), rest[rest.index("--omrade") + 1]
            if not list((root / "notebooks" / STEPS[number].folder).glob("*.ipynb")):
                return
            assert find_notebooks(root / "notebooks", [number], [area])
            if number not in ALWAYS and not os.environ.get(EVERYTHING):
                return
            rest += ["--jobb", "1"]
        assert cli.main(rest) == 0, line
        run.append(line)
    else:
        # What installs is tried by tests/test_make.py, and this environment is active.
        assert line in {"make rapport", "source .venv/bin/activate"}


def test_every_command_of_the_guide_does_what_it_says(walked: tuple[Path, list[str]]) -> None:
    place, run = walked
    words = [line.split()[1] for line in run if "rendera" not in line and "bilaga" not in line]
    assert words == ["ny", "ny", "kontrollera", "las", "status"]
    steps = [int(line.split("--steg ")[1][0]) for line in run if line.startswith("effektiv rendera")]
    assert 3 in steps
    for number in steps:
        page = place / "output/0213-holmbruk" / STEPS[number].folder / "grundskola.html"
        assert "Holmbruk" in page.read_text(encoding="utf-8")
    third = (place / "output/0213-holmbruk/3-atgarder/grundskola.html").read_text(encoding="utf-8")
    assert "Lästräning i årskurs 7" in third
    lock = (place / "params/0213-holmbruk/las/grundskola.yaml").read_text(encoding="utf-8")
    assert 'datum: "2026-01-15"' in lock
    assert 'primar: "N15505"' in lock


def test_the_whole_document(walked: tuple[Path, list[str]]) -> None:
    if not os.environ.get(EVERYTHING):
        pytest.skip(f"gör alla kommunens rapporter; körs med {EVERYTHING}=1")
    place, _ = walked
    made = {path.name for path in (place / "output/0213-holmbruk").glob("alla-steg.*")}
    assert made == {"alla-steg.html", "alla-steg.pdf", "alla-steg.docx"}
