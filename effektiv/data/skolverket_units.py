"""Tables of single schools, as Skolverket and Skolinspektionen publish them: which layouts are read, and how.

Each layout is known by its headings, which may stand below some lines that say what the table is of. A cell is taken
as it stands; what is left out becomes the status that Kolada gives the same value: ``.`` and ``-`` are missing,
``..``, ``~100`` (all but a few pupils) and stars in a survey are hidden for the pupils' sake, and so is a sum of
parts of which one is. Rows of all holders are taken: schools are compared with all of the country's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from effektiv.data import observations as obs
from effektiv.data.identifiers import Places, display_name
from effektiv.data.skolverket import APPROXIMATE, NUMBER, SCHOOL_YEAR, STATUS, autumn, spring
from effektiv.data.tables import Sheet, read_sheet
from effektiv.data.units import MUNICIPAL, SCHOOL
from effektiv.errors import InputError
from effektiv.names import shown

CODE_HEADINGS = ("skol-enhetskod", "skolenhetskod", "skol_enhetskod")
"""Headings, in lower case, by which a table of schools is known."""

_CODE = re.compile(r"[0-9]{8}")
_ROLES = {
    "code": CODE_HEADINGS,
    "name": ("skola", "skolenhet", "namn"),
    "municipality": ("kommun-kod", "kommunkod", "kommun"),
    "holder": ("typ av huvudman", "huvudman"),
    "year": ("läsår", "lasar"),
}
_HIDDEN = r"\*{1,3}"
_SURVEY_YEAR = re.compile(r"ak8.*?((?:19|20)[0-9]{2})", re.IGNORECASE)


@dataclass(frozen=True)
class UnitLayout:
    """One table of schools.

    Attributes
    ----------
    about
        What it is a table of, as a Swedish sentence goes on after "tabellen över".
    figures
        Figure's id -> the headings that it goes by, of which the table has one.
    year
        The year that Kolada gives a figure of a school year; raises ValueError.
    dash
        The status that ``-`` stands for.
    factor
        What published values are multiplied by: shares of one become per cent.
    total
        Figures that are the sum of two columns: id -> their headings.
    """

    about: str
    figures: Mapping[str, tuple[str, ...]]
    year: Callable[[str], int]
    dash: str = "Missing"
    factor: Mapping[str, float] = field(default_factory=dict)
    total: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def needed(self) -> tuple[tuple[str, ...], ...]:
        """Headings by which the table is known: one of each."""
        return (*self.figures.values(), *((name,) for names in self.total.values() for name in names))


_SAFE = "Känner du dig trygg i skolan? | "

LAYOUTS = (
    UnitLayout(
        "slutbetygen i årskurs 9",
        {
            "S-ELEVER-AK9": ("Antal elever",),
            "S-ALLA-AMNEN": (
                "Andel som uppnått kunskapskraven i alla ämnen",
                "Andel (%) elever som uppnått kunskapskraven i alla ämnen",
                "Andel (%) elever som uppfyllt betygskriterierna i alla ämnen",
            ),
            "S-YRKESPROGRAM": ("Andel (%) elever behöriga till yrkesprog.",),
            "S-MERITVARDE": ("Genomsnittligt meritvärde (17 ämnen)",),
        },
        spring,
    ),
    UnitLayout(
        "lärarna",
        {
            "S-LARARE": ("Heltidstjänster: Totalt antal",),
            "S-BEHORIGA-LARARE": ("Heltidstjänster: Andel med lärarlegitimation och behörighet",),
        },
        autumn,
    ),
    UnitLayout("eleverna", {"S-ELEVER": ("Elever, årskurs 1-9",)}, autumn),
    UnitLayout(
        "Skolenkäten i årskurs 8",
        {"S-SVAR-AK8": ("Antal",)},
        int,
        dash="Privacy",
        factor={"S-TRYGGHET-AK8": 100.0},
        total={"S-TRYGGHET-AK8": (f"{_SAFE}Helt och hållet | Andel", f"{_SAFE}Till stor del | Andel")},
    ),
)
"""The tables that have a column for each figure."""

REGISTER = ("skolenhetskod", "namn", "kommunkod", "huvudman", "skolformer")
"""Headings of the list of schools, which has no figures."""

LONG = ("skolenhetskod", "matt", "lasar", "varde")
"""Headings of the long list of figures of Skolverket's interface for planned educations."""

MEASURES: dict[str, tuple[str, Callable[[str], int]]] = {
    "ratioOfPupilsIn9thGradeWithAllSubjectsPassed": ("S-ALLA-AMNEN", spring),
    "ratioOfPupils9thGradeEligibleForNationalProgramYR": ("S-YRKESPROGRAM", spring),
    "averageGradesMeritRating9thGrade": ("S-MERITVARDE", spring),
    "certifiedTeachersQuota": ("S-BEHORIGA-LARARE", autumn),
}
"""Its figures that are read; the number of pupils is rounded in it, and therefore is not."""


_KEEP = frozenset(
    name.casefold()
    for names in (*_ROLES.values(), REGISTER, LONG, *(item for layout in LAYOUTS for item in layout.needed))
    for name in names
)


@dataclass(frozen=True)
class UnitTables:
    """What was read of tables of schools.

    Attributes
    ----------
    units
        Columns of `effektiv.data.units.COLUMNS`.
    observations
        Columns of `effektiv.data.observations.UNIT_COLUMNS`.
    notes
        Swedish sentences on what was left out.
    """

    units: pd.DataFrame
    observations: pd.DataFrame
    notes: tuple[str, ...]


@dataclass(frozen=True)
class UnitFile:
    """One file of schools, before what other files say of the same schools is known.

    Attributes
    ----------
    path
        The file.
    schools
        code, name, municipality (code or name as it stands), holder; one row each, the latest year's.
    rows
        kpi, code, year, value, status and line.
    notes
        Swedish sentences on it.
    """

    path: Path
    schools: pd.DataFrame
    rows: pd.DataFrame
    notes: tuple[str, ...]


def unit_of(code: str) -> str:
    """Return the id of a school by its code at Skolverket, which is Kolada's for the same school.

    Examples
    --------
    >>> unit_of("16944234")
    'V15E16944234'
    """
    return f"{SCHOOL}E{code}"


def read_unit_file(path: Path) -> UnitFile | None:
    """Return a file of schools; None when it is no table of schools.

    Raises
    ------
    InputError
        When it is one but of another layout, or a cell cannot be read for certain.
    """
    sheet = read_sheet(path, CODE_HEADINGS, _KEEP)
    if sheet is None:
        return None
    cells = sheet.cells
    known = {heading.casefold(): heading for heading in cells.columns}
    roles = {
        role: next((known[name] for name in names if name in known), "") for role, names in _ROLES.items()
    }
    if all(name in known for name in REGISTER):
        cells = _without_footnotes(path, cells, roles["code"])
        return UnitFile(path, _schools(cells, roles), _no_values(), ())
    if all(name in known for name in LONG):
        return _long(path, _without_footnotes(path, cells, roles["code"]), known, roles)
    layout = _layout(path, sheet, known)
    _require(path, roles, ("code", "name", "municipality"))
    cells = _without_footnotes(path, cells, roles["code"])
    years = _years(path, cells, roles, sheet.above, layout)
    parts = [
        _values(path, cells, known, kpi, names, years, roles, layout)
        for kpi, names in (*layout.figures.items(), *layout.total.items())
    ]
    values = pd.concat(parts, ignore_index=True)
    order = years.sort_values(kind="stable").index
    return UnitFile(path, _schools(cells.loc[order], roles), values, _said(path, values))


def join_unit_files(
    files: Sequence[UnitFile], places: Places, known: pd.DataFrame | None = None
) -> UnitTables:
    """Put files of schools together: who a school is may be told by another file than its figures.

    Parameters
    ----------
    files
        In the order they were named.
    places
        Which municipalities there are.
    known
        Units that the snapshot has already.

    Raises
    ------
    InputError
        When a municipality is not known, or two files say different things of one value.
    """
    schools = _joined_schools(files, places)
    if known is not None:
        schools = pd.concat([schools, known[~known["id"].isin(schools["id"])]], ignore_index=True)
    values = _one_of_each(files)
    values["unit"] = values["code"].map(unit_of)
    placed = values["unit"].isin(schools["id"])
    notes = [note for file in files for note in file.notes]
    lost = values.loc[~placed, "unit"].nunique()
    if lost:
        notes.append(
            f"Utelämnade skolenheter vars kommun inte framgår av filerna: {lost}. Importera en fil med deras kommun "
            "samtidigt."
        )
    values = values[placed]
    schools = schools[schools["id"].isin(values["unit"])]
    nameless = int((schools["title"] == "").sum())
    if nameless:
        notes.append(f"Skolenheter utan namn, som visas med sin kod: {nameless}.")
    return UnitTables(
        schools.reset_index(drop=True),
        values.assign(gender="T")[list(obs.UNIT_COLUMNS)].reset_index(drop=True),
        tuple(notes),
    )


def _layout(path: Path, sheet: Sheet, known: Mapping[str, str]) -> UnitLayout:
    for layout in LAYOUTS:
        if all(any(name.casefold() in known for name in names) for names in layout.needed):
            return layout
    tables = "; ".join(
        f"{layout.about} ({', '.join(names[0] for names in layout.needed)})" for layout in LAYOUTS
    )
    raise InputError(
        f"{path}: tabellen har skolenhetskoder men kolumnerna {shown(', '.join(sheet.headings), 200)}, och de som kan "
        f"läsas är tabellen över {tables}; listan över skolenheter ({', '.join(REGISTER)}); eller den långa tabellen "
        f"({', '.join(LONG)})."
    )


def _require(path: Path, roles: Mapping[str, str], needed: Sequence[str]) -> None:
    missing = [_ROLES[role][0].capitalize() for role in needed if not roles[role]]
    if missing:
        raise InputError(f"{path}: kolumnen {', '.join(missing)} saknas.")


def _without_footnotes(path: Path, cells: pd.DataFrame, code: str) -> pd.DataFrame:
    """Leave out lines below the schools: blank ones and remarks, and a survey's rows for all of a holder's schools."""
    codes = cells[code].str.fullmatch(_CODE)
    filled = (cells != "").sum(axis=1)
    # A remark fills one or two cells, a row of a school nearly all of them.
    wrong = cells[~codes & (filled > 2) & (cells[code] != "")]
    if not wrong.empty:
        line = wrong.index[0]
        raise InputError(
            f'{path}, rad {line}, kolumn {code}: "{shown(wrong.loc[line, code])}" ska vara en skolenhetskod med åtta '
            "siffror."
        )
    if not codes.any():
        raise InputError(f"{path}: ingen rad har en skolenhetskod med åtta siffror.")
    return cells[codes]


def _years(
    path: Path, cells: pd.DataFrame, roles: Mapping[str, str], above: Sequence[str], layout: UnitLayout
) -> pd.Series:
    """Return the year of each row: its own, that of the lines above the table, or that of the file's name."""
    if roles["year"]:
        found: dict[str, int] = {}
        for line, text in cells[roles["year"]].drop_duplicates().items():
            try:
                found[text] = layout.year(text)
            except ValueError as error:
                raise InputError(
                    f'{path}, rad {line}, kolumn {roles["year"]}: "{shown(text)}" {error}'
                ) from error
        return cells[roles["year"]].map(found).astype("int64")
    if layout.year is int:
        named = _SURVEY_YEAR.search(path.name)
        if named is None:
            raise InputError(
                f"{path}: enkätens årskurs och år står inte i tabellen, så filens namn ska säga dem, till exempel "
                "elever_ak8_2022.csv"
            )
        return pd.Series(int(named[1]), index=cells.index)
    years = {match[0] for line in above if (match := SCHOOL_YEAR.search(line))}
    if len(years) != 1:
        raise InputError(
            f'{path}: läsåret saknas. Det ska stå i kolumnen Läsår eller ovanför tabellen, "Valt läsår: 2024/25".'
        )
    return pd.Series(layout.year(years.pop()), index=cells.index)


def _values(
    path: Path,
    cells: pd.DataFrame,
    known: Mapping[str, str],
    kpi: str,
    names: Sequence[str],
    years: pd.Series,
    roles: Mapping[str, str],
    layout: UnitLayout,
) -> pd.DataFrame:
    """Return one figure: a column, or the sum of two where the layout says so."""
    headings = [known[name.casefold()] for name in names if name.casefold() in known]
    headings = headings if kpi in layout.total else headings[:1]
    parts = [_numbers(path, cells[heading], heading, layout.dash) for heading in headings]
    value, status = parts[0]
    for more, other in parts[1:]:
        value = value + more
        # A hidden part hides the sum; a missing one leaves it missing.
        status = status.mask((status == "") | (other == "Privacy"), other)
    value = value.where(status == "") * layout.factor.get(kpi, 1.0)
    rows = pd.DataFrame(
        {
            "kpi": kpi,
            "code": cells[roles["code"]],
            "year": years,
            "value": value.round(6),
            "status": status,
            "line": cells.index,
        }
    )
    # An empty cell says nothing.
    return rows[rows["value"].notna() | (rows["status"] != "")]


def _numbers(path: Path, cells: pd.Series, heading: str, dash: str) -> tuple[pd.Series, pd.Series]:
    """Return numbers, and the status of those left out ("" where there is a number or nothing)."""
    hidden = cells.str.fullmatch(APPROXIMATE) | cells.str.fullmatch(_HIDDEN)
    left_out = cells.isin(STATUS) | hidden | (cells == "-")
    number = cells.str.fullmatch(NUMBER) | cells.str.fullmatch(r"[0-9]+[.,][0-9]+")
    wrong = ~(left_out | (cells == "") | number)
    if wrong.any():
        line = cells.index[wrong][0]
        raise InputError(
            f'{path}, rad {line}, kolumn {heading}: "{shown(cells[line])}" ska vara ett tal som "73,3", eller ett av '
            'märkena ".", "..", "~100", "-" och "*".'
        )
    plain = cells.str.replace(r"[ \u00a0\u202f]", "", regex=True).str.replace(",", ".", regex=False)
    values = pd.to_numeric(plain.where(number))
    status = cells.map(lambda cell: STATUS.get(cell, dash if cell == "-" else "Privacy"))
    return values, status.where(left_out, "").astype("str")


def _schools(cells: pd.DataFrame, roles: Mapping[str, str]) -> pd.DataFrame:
    """Return who each school is, as its last row says."""
    columns = {
        role: cells[roles[role]] if roles[role] else pd.Series("", index=cells.index)
        for role in ("code", "name", "municipality", "holder")
    }
    frame = pd.DataFrame(columns | {"line": cells.index}, dtype="object")
    return frame.drop_duplicates("code", keep="last")


def _no_values() -> pd.DataFrame:
    return pd.DataFrame(columns=["kpi", "code", "year", "value", "status", "line"])


def _long(path: Path, cells: pd.DataFrame, known: Mapping[str, str], roles: Mapping[str, str]) -> UnitFile:
    """Return the figures that are read of the long list."""
    what, years = cells[known["matt"]], cells[known["lasar"]]
    parts = []
    for measure, (kpi, year) in MEASURES.items():
        rows = cells[(what == measure) & (years != "")]
        if rows.empty:
            continue
        layout = UnitLayout("", {}, year)
        found = _years(path, rows, {**roles, "year": known["lasar"]}, (), layout)
        # A star: teachers who need no certificate are left out, and nobody is left.
        starred = rows.assign(**{known["varde"]: rows[known["varde"]].replace("*", ".")})
        parts.append(_values(path, starred, known, kpi, (known["varde"],), found, roles, layout))
    if not parts:
        raise InputError(
            f"{path}: kolumnen {known['matt']} ska ha något av måtten {', '.join(MEASURES)}, men har "
            f"{shown(', '.join(what.drop_duplicates().head(5)), 200)}."
        )
    values = pd.concat(parts, ignore_index=True)
    return UnitFile(path, _schools(cells.iloc[:0], roles), values, _said(path, values))


def _said(path: Path, values: pd.DataFrame) -> tuple[str, ...]:
    hidden = int((values["status"] == "Privacy").sum())
    schools = values["code"].nunique()
    notes = [f"Tabellen {path.name}: {schools} skolenheter lästes."]
    if hidden:
        notes.append(f"Värden som döljs (.., ~100 och *) i {path.name}: {hidden}.")
    return tuple(notes)


def _joined_schools(files: Sequence[UnitFile], places: Places) -> pd.DataFrame:
    """Return the units frame of all schools that some file says the municipality of; the file named last wins."""
    rows: dict[str, tuple[str, str, str]] = {}
    for file in files:
        codes = {
            str(text): _municipality(file, text, line, places)
            for text, line in file.schools.drop_duplicates("municipality")[
                ["municipality", "line"]
            ].to_numpy()
        }
        for code, name, where, holder, line in file.schools.to_numpy():
            before = rows.get(code, ("", "", ""))
            try:
                title = display_name(name) if name else before[0]
            except InputError as error:
                raise InputError(f"{file.path}, rad {line}: {error}") from error
            rows[code] = (title, codes[str(where)] or before[1], _holder(holder) or before[2])
    return pd.DataFrame(
        [
            (unit_of(code), name, municipality, SCHOOL, holder)
            for code, (name, municipality, holder) in rows.items()
            if municipality
        ],
        columns=["id", "title", "municipality", "type", "holder"],
        dtype="str",
    )


def _municipality(file: UnitFile, text: str, line: int, places: Places) -> str:
    """Return a municipality's code; "" for a name that is none, which a survey has cut the end of ("Grum")."""
    if not text:
        return ""
    try:
        return places.kommun(text)
    except InputError as error:
        if not any(sign.isdigit() for sign in text):
            return ""
        raise InputError(f"{file.path}, rad {line}: {error}") from error


def _holder(text: str) -> str:
    """Return the kind of holder; a survey's name of one tells only of municipalities."""
    plain = text.casefold()
    if plain == MUNICIPAL or plain.endswith((" kommun", " stad")) or plain == "region gotland":
        return MUNICIPAL
    return "enskild" if plain == "fristående" else plain if plain in _HOLDERS else ""


_HOLDERS = ("enskild", "statlig", "sameskolan", "landsting", "region")


def _one_of_each(files: Sequence[UnitFile]) -> pd.DataFrame:
    """Return each value once; two files that differ in one are refused."""
    keys = ["kpi", "code", "year"]
    values = pd.concat([file.rows.assign(file=str(file.path)) for file in files], ignore_index=True)
    # A list of schools has no values, and columns without a type.
    values = values.astype(
        {"kpi": "str", "code": "str", "year": "int64", "value": "float64", "status": "str"}
    )
    again = values.duplicated(keys)
    if not again.any():
        return values
    both = values[again].merge(values[~again], on=keys, suffixes=("", "_first"))
    # A table may hide what another shows; then the shown one is taken.
    both = both[both["value"].notna() & both["value_first"].notna()]
    differ = both[~obs.same(both["value"], both["value_first"])]
    # One decimal in one table and none in another is rounding.
    differ = differ[(differ["value"] - differ["value_first"]).abs() > 0.5]
    if not differ.empty:
        row = differ.iloc[0]
        raise InputError(
            f"{row['file']}, rad {row['line']}: {row['kpi']} för skolenheten {row['code']} år {row['year']} är "
            f"{row['value']:g}, men {row['value_first']:g} i {row['file_first']}, rad {row['line_first']}. Importera "
            "bara den tabell som gäller."
        )
    shown_first = values.assign(lacks=values["value"].isna()).sort_values("lacks", kind="stable")
    return shown_first.drop_duplicates(keys).drop(columns="lacks").sort_index()
