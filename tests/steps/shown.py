"""All that a case shows: every method that returns an exhibit, with or without its drawings."""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.svg import Drawing, Figure
from effektiv.exhibits.swedish import NBSP
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase

FOCUS_AREAS = tuple(load_catalogue().areas)
AREAS = (*FOCUS_AREAS, "oversikt")

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"


def called(area: str, step: str = "1-nulagesanalys") -> set[str]:
    """Return the methods of the case that an area's notebook calls."""
    cells = nbformat.read(NOTEBOOKS / step / f"{area}.ipynb", as_version=4).cells
    found = (re.fullmatch(r"case\.(\w+)\(\)", cell.source) for cell in cells if cell.cell_type == "code")
    return {match[1] for match in found if match}


def methods(case: AreaCase | OverviewCase) -> list[str]:
    """Return the names of the methods that a notebook may call for an exhibit."""
    return [
        name
        for name, method in inspect.getmembers(type(case), inspect.isfunction)
        if not name.startswith("_") and method.__annotations__.get("return") in ("Exhibit", Exhibit)
    ]


def exhibits(case: AreaCase | OverviewCase) -> dict[str, Exhibit]:
    """Return every exhibit of the case by the name of its method."""
    return {name: getattr(case, name)() for name in methods(case)}


def plain(exhibit: Exhibit) -> str:
    """Return all that the exhibit says, with ordinary spaces."""
    return exhibit.to_text().replace(NBSP, " ")


@contextmanager
def undrawn() -> Iterator[None]:
    """Leave out the drawing of charts, which takes most of the time and has its own tests."""
    blank = Figure(Drawing(1.0, 1.0, ""))
    with pytest.MonkeyPatch.context() as patch:
        for name, module in list(sys.modules.items()):
            if name.startswith("effektiv.exhibits.charts.") and hasattr(module, "responsive"):
                patch.setattr(module, "responsive", lambda _: blank)
        yield


_FAULTS = {
    "a missing number": r"\b(nan|inf|None|NaT)\b",
    "none of a kind": r"\b(0|noll) (personer|kommuner|nyckeltal|elever|mått)\b",
    "one with a plural": r"(?<![\d,.] )\b(1|en|ett) (personer|kommuner|verksamheter|förebilder)\b",
    "a doubled word": r"\b([a-zåäö]{2,}) \1\b",
    "two full stops": r"(?<!\.)\.\.(?!\.)",
    "an empty pair": r"\( ?\)|””",
    "a space before a comma or a full stop": r"\w [,.](?= |$)",
    "a comparison with the wrong word": r"\b(lika \w+|hög) än\b",
}


def faults(text: str) -> list[str]:
    """Return what is wrong with a running text, with its surroundings."""
    return [
        f"{what}: ...{text[max(0, found.start() - 60) : found.end() + 40]}..."
        for what, pattern in _FAULTS.items()
        for found in re.finditer(pattern, text)
    ]


def sentences(exhibit: Exhibit) -> str:
    """Return the running text of an exhibit: not its table, whose cells are no sentences."""
    without = Exhibit(
        id=exhibit.id,
        title=exhibit.title,
        source=exhibit.source,
        alt=None,
        finding=exhibit.finding,
        how_to_read=exhibit.how_to_read,
        blocks=(*exhibit.blocks, exhibit.alt or exhibit.title),
        flags=exhibit.flags,
        notes=exhibit.notes,
    )
    return plain(without)
