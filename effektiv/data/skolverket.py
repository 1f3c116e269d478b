"""Skolverket's tables of municipalities, as it publishes them: which layouts are read, and how.

Each layout is known by its headings. A table becomes columns as `effektiv.data.importer` reads them from any file,
one set for each figure that the catalogue has under an id of its own (``S-...``). A cell is taken as it stands, but
for the space between thousands; what Skolverket leaves out becomes the status that Kolada gives the same value:
``.`` is missing, ``..`` and ``~100`` (all but a few pupils) are hidden for the pupils' sake.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from effektiv.data.catalogue import load_catalogue
from effektiv.data.tables import Column, read_columns, read_headings
from effektiv.errors import InputError
from effektiv.names import shown

HOLDER = "typ av huvudman"
"""Heading, in lower case, that Skolverket's tables of municipalities have and no one else's."""

MUNICIPAL = "kommunal"
"""The holder whose rows are taken: the catalogue's figures are of the municipality's own schools."""

_PLACE = {"code": ("kommunkod", "kommun-kod"), "municipality": ("kommun",), "holder": (HOLDER,)}
_YEAR = {"year": ("år/läsår",)}
_WHAT = {"what": ("uppgift",)}
SCHOOL_YEAR = re.compile(r"([0-9]{4})/([0-9]{2})")
"""How Skolverket writes a school year."""

NUMBER = r"-?(?:[0-9]+|[1-9][0-9]{0,2}(?:[ \u00a0\u202f][0-9]{3})+)(?:[.,][0-9]{1,2})?"
"""How it writes a number."""

APPROXIMATE = r"~[0-9]+"
"""What it writes when all but a few pupils have reached something."""

STATUS = {".": "Missing", "..": "Privacy"}
"""Its marks, and the status that Kolada gives the same value."""


@dataclass(frozen=True)
class Layout:
    """One of Skolverket's tables.

    Attributes
    ----------
    about
        What it is a table of, as a Swedish sentence goes on after "Skolverkets tabell över".
    figures
        The figure's id by its heading, or by its text under Uppgift.
    year
        The year that Kolada gives a figure of a year as Skolverket writes it; raises ValueError.
    by_year
        Whether every school year is a column, and every figure a row.
    """

    about: str
    figures: Mapping[str, str]
    year: Callable[[str], int]
    by_year: bool = False

    @property
    def needed(self) -> tuple[str, ...]:
        """Headings by which the table is known, beside the municipality's and the holder's."""
        return ("Uppgift",) if self.by_year else ("År/läsår", *self.figures)


@dataclass(frozen=True)
class Tables:
    """What was read of one file.

    Attributes
    ----------
    columns
        Role -> column, of each column of values.
    notes
        Swedish sentences on what was left out.
    """

    columns: list[dict[str, Column]]
    notes: tuple[str, ...] = field(default=())


def _calendar(text: str) -> int:
    if not re.fullmatch("[0-9]{4}", text):
        raise ValueError("ska vara ett årtal med fyra siffror.")
    return int(text)


def autumn(text: str) -> int:
    """Return the year a school year begins: teachers and pupils are counted on 15 October."""
    found = SCHOOL_YEAR.fullmatch(text)
    if found is None or (int(found[1]) + 1) % 100 != int(found[2]):
        raise ValueError('ska vara ett läsår som "2020/21".')
    return int(found[1])


def spring(text: str) -> int:
    """Return the year a school year ends, when grades are given."""
    return autumn(text) + 1


LAYOUTS = (
    Layout(
        "grundskolans kostnader per elev",
        {
            "Totalt per elev": "S-KOSTNAD",
            "Undervisning per elev": "S-UNDERVISNING",
            "Lokaler per elev": "S-LOKALER",
            "Måltider per elev": "S-MALTIDER",
            "Lärverktyg per elev": "S-LARVERKTYG",
            "Elevhälsa per elev": "S-ELEVHALSA",
            "Övrigt per elev": "S-OVRIGT",
        },
        _calendar,
    ),
    Layout(
        "grundskolans lärare",
        {"#Heltidstjänster | Andel med lärarlegitimation och behörighet": "S-BEHORIGA-LARARE"},
        autumn,
    ),
    Layout("grundskolans elever", {"Elever, årskurs 1-9": "S-ELEVER"}, autumn),
    Layout(
        "betygen i årskurs 9",
        {
            "Totalt antal elever årskurs 9": "S-ELEVER-AK9",
            "Genomsnittligt meritvärde (17 ämnen)": "S-MERITVARDE",
            "Andel (%) behöriga till yrkesprogram": "S-YRKESPROGRAM",
            "Andel (%) som fått godkänt betyg i alla ämnen": "S-ALLA-AMNEN",
        },
        spring,
        by_year=True,
    ),
)
"""The tables that are read."""


def read_tables(path: Path) -> Tables | None:
    """Return a file's columns when it is one of Skolverket's tables, None when it is another's.

    Raises
    ------
    InputError
        When it is Skolverket's but of another layout, or a cell cannot be read for certain.
    """
    headings = read_headings(path, {HOLDER, *(name for names in _PLACE.values() for name in names)})
    known = {heading.casefold(): heading for heading in headings}
    if HOLDER not in known:
        return None
    layout = _layout(path, known)
    if layout.by_year:
        years = {heading: (heading.casefold(),) for heading in headings if SCHOOL_YEAR.fullmatch(heading)}
        read = read_columns(path, _PLACE | _WHAT | years, _required(_PLACE | _WHAT))
    else:
        figures = {heading: (heading.casefold(),) for heading in layout.figures}
        read = read_columns(path, _PLACE | _YEAR | figures, _required(_PLACE | _YEAR | figures))
    own = read["holder"].cells.str.casefold() == MUNICIPAL
    if not own.any():
        raise InputError(
            f"{path}: kolumnen {read['holder'].heading} har ingen rad med Kommunal, och det är de raderna som läses."
        )
    kept = {role: Column(column.heading, column.cells[own]) for role, column in read.items()}
    found = list(_by_year(path, layout, kept) if layout.by_year else _by_figure(path, layout, kept))
    return _without_the_empty(path, found, taken=int(own.sum()), rows=len(own))


def skolverkets_titles(ids: Iterable[str]) -> pd.DataFrame:
    """Return id and title of those of some figures that are Skolverket's, as the catalogue has them."""
    kpis = load_catalogue().kpis
    theirs = [
        kpis[kpi] for kpi in ids if kpi in kpis and kpis[kpi].source in ("skolverket", "skolinspektionen")
    ]
    return pd.DataFrame(
        {"id": [kpi.id for kpi in theirs], "title": [kpi.title for kpi in theirs]}, dtype="str"
    )


def _layout(path: Path, known: Mapping[str, str]) -> Layout:
    """Return the layout that a file has."""

    def lacks(layout: Layout) -> list[str]:
        return [name for name in layout.needed if name.casefold() not in known]

    found = [layout for layout in LAYOUTS if not lacks(layout)]
    if found:
        return found[0]
    tables = "; ".join(f"{layout.about} ({', '.join(layout.needed)})" for layout in LAYOUTS)
    raise InputError(
        f"{path}: tabellen ser ut att vara Skolverkets men har kolumnerna {shown(', '.join(known.values()), 200)}, och "
        f"de som kan läsas är {tables}."
    )


def _required(roles: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {names[0].capitalize(): (role,) for role, names in roles.items()}


def _by_figure(path: Path, layout: Layout, read: Mapping[str, Column]) -> Iterator[dict[str, Column]]:
    """Yield the columns of each figure of a table with one column a figure."""
    years: dict[str, str] = {}
    for line, text in read["year"].cells.drop_duplicates().items():
        try:
            years[text] = str(layout.year(text))
        except ValueError as error:
            raise InputError(
                f'{path}, rad {line}, kolumn {read["year"].heading}: "{shown(text)}" {error}'
            ) from error
    year = Column(read["year"].heading, read["year"].cells.map(years).astype("str"))
    for heading, kpi in layout.figures.items():
        yield _columns(path, read, read[heading], _same(read["code"], kpi), year)


def _by_year(path: Path, layout: Layout, read: Mapping[str, Column]) -> Iterator[dict[str, Column]]:
    """Yield the columns of each school year of a table with one column a school year."""
    what = read["what"].cells.map(dict(layout.figures))
    wanted = what.notna()
    years = {role: column for role, column in read.items() if SCHOOL_YEAR.fullmatch(role)}
    if not wanted.any() or not years:
        raise InputError(
            f"{path}: Skolverkets tabell över {layout.about} ska ha en kolumn för varje läsår, till exempel 2021/22, "
            f"och under Uppgift något av {', '.join(layout.figures)}."
        )
    kept = {role: Column(column.heading, column.cells[wanted]) for role, column in read.items()}
    kpi = Column(read["what"].heading, what[wanted].astype("str"))
    for heading in years:
        try:
            year = layout.year(heading)
        except ValueError as error:
            raise InputError(f'{path}: kolumnen "{shown(heading)}" {error}') from error
        yield _columns(path, kept, kept[heading], kpi, _same(kept["code"], str(year), heading))


def _same(like: Column, text: str, heading: str = "") -> Column:
    return Column(heading or like.heading, pd.Series(text, index=like.cells.index, dtype="str"))


def _columns(
    path: Path, read: Mapping[str, Column], values: Column, kpi: Column, year: Column
) -> dict[str, Column]:
    """Return one column of values as the importer reads columns."""
    cells = values.cells
    left_out = cells.isin(STATUS) | cells.str.fullmatch(APPROXIMATE)
    wrong = ~(left_out | (cells == "") | cells.str.fullmatch(NUMBER))
    if wrong.any():
        line = cells.index[wrong][0]
        raise InputError(
            f'{path}, rad {line}, kolumn {values.heading}: "{shown(cells[line])}" ska vara ett tal som "3 593" eller '
            '"73,3", eller ett av Skolverkets märken ".", ".." och "~100".'
        )
    numbers = cells.str.replace(r"[ \u00a0\u202f]", "", regex=True).str.replace(",", ".", regex=False)
    status = cells.map(lambda cell: STATUS.get(cell, "Privacy"))
    return {
        "kpi": kpi,
        "code": read["code"],
        "municipality": read["municipality"],
        "year": year,
        # Decimals are two at most, so the mark cannot be one between thousands.
        "value": Column(values.heading, numbers.mask(left_out, ""), typed=True),
        "status": Column(values.heading, status.where(left_out, "")),
    }


def _without_the_empty(path: Path, found: list[dict[str, Column]], *, taken: int, rows: int) -> Tables:
    """Leave out empty cells, and say what was left out and what Skolverket hides."""
    empty = 0
    hidden = 0
    kept = []
    for columns in found:
        status = columns["status"].cells
        some = (columns["value"].cells != "") | (status != "")
        empty += int((~some).sum())
        hidden += int((status == "Privacy").sum())
        kept.append(
            {
                role: Column(column.heading, column.cells[some], column.typed)
                for role, column in columns.items()
            }
        )
    notes = [f"Skolverkets tabell {path.name}: {taken} av {rows} rader har huvudmannen Kommunal och lästes."]
    if hidden:
        notes.append(f"Värden som Skolverket döljer (.. och ~100) i {path.name}: {hidden}.")
    if empty:
        notes.append(f"Utelämnade tomma celler i {path.name}: {empty}.")
    return Tables(kept, tuple(notes))
