"""``egna.xlsx``: what the municipality has measured itself, beside Kolada's figures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path

from effektiv.data.local.figures import AREA_HEADING, HEADINGS, OwnFigure, read_figures
from effektiv.params.problems import Problem
from effektiv.params.registry import FileKind, Known, Read, register
from effektiv.types import FocusArea

_SHEET, _ABOUT = "Uppgifter", "Läs mig"
_EXPLAINED = (
    ("nyckeltal", "Vad som är mätt, till exempel Frånvaro i årskurs 7-9. Samma namn alla år."),
    ("enhet", "Vad det mäts i: procent, kr/elev, antal."),
    ("år", "Årtalet som ett tal, ett år på varje rad."),
    ("värde", "Ett tal, utan enhet."),
    ("källa", "Varifrån värdet kommer, till exempel Skolans frånvarosystem, uttag 2026-02-01."),
    (
        "område",
        "Frivilligt: det fokusområde som nyckeltalet hör till. Utan område står det i alla rapporter.",
    ),
)
_CREATED = datetime(2026, 1, 1)
"""The same file is made every time."""


@dataclass(frozen=True)
class OwnFiguresFile(FileKind[tuple[OwnFigure, ...]]):
    """A workbook with the municipality's own figures."""

    def read(self, path: Path, known: Known) -> Read[tuple[OwnFigure, ...]]:
        """Read the figures; none is said when anything is wrong."""
        figures, faults = read_figures(path, known.areas)
        return Read(None if faults else figures, [Problem(path, None, fault) for fault in faults])

    def new(self, code: str, name: str, areas: Iterable[FocusArea]) -> dict[str, bytes]:  # noqa: ARG002
        """Return an empty workbook with headings, and a sheet that says what to write."""
        return {self.name: _template(name, [area.id for area in areas])}


def _template(name: str, areas: list[str]) -> bytes:
    import xlsxwriter  # noqa: PLC0415  takes a moment, and most commands write no workbook

    content = BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _CREATED, "title": f"Egna uppgifter, {name}"})
        bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(_SHEET)
        sheet.write_row(0, 0, (*HEADINGS, AREA_HEADING), bold)
        sheet.set_column(0, 5, 20)
        sheet.freeze_panes(1, 0)
        about = book.add_worksheet(_ABOUT)
        about.set_column(0, 0, 14)
        about.set_column(1, 1, 80, wrapped)
        about.write(0, 0, f"Egna uppgifter för {name}. De står i rapporternas underlag, med er källa.", bold)
        for row, (heading, text) in enumerate(_EXPLAINED, 2):
            about.write(row, 0, f"{heading}:")
            about.write(row, 1, text)
        about.write(len(_EXPLAINED) + 3, 0, "Områden:")
        about.write(len(_EXPLAINED) + 3, 1, ", ".join(areas))
    return content.getvalue()


OWN_FIGURES_FILE = OwnFiguresFile("egna.xlsx", 1)

register(OWN_FIGURES_FILE)
