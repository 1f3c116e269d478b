"""What a form is, and what a filled-in one says: data, with nothing of how Excel stores it.

A form is declared once, as a `Form`. `effektiv.forms.write` makes the workbook to fill in,
`effektiv.forms.read` reads one back, and both know no form of any step.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto

from effektiv.names import shown

Value = str | int | float | bool | dt.date | None
"""What a cell says; None where nothing is written, or what is written cannot be used."""

LONGEST_LINE, LONGEST_PARAGRAPH = 200, 4000
"""Characters of a text on one line, and of one with several."""

EXCEL_HELP = 255
"""Characters that Excel shows of a help text beside a cell."""


class Kind(Enum):
    """What a column's cells hold, and what they are read as."""

    TEXT = auto()
    """Text on one line: str."""
    PARAGRAPH = auto()
    """Text that may have several lines: str."""
    INTEGER = auto()
    """A whole number: int."""
    NUMBER = auto()
    """A number: float."""
    SHARE = auto()
    """A share, shown as percent: float, 0.25 for 25 %."""
    DATE = auto()
    """A day: datetime.date."""
    CHOICE = auto()
    """One of the column's `choices`: str."""
    AREA = auto()
    """One of the catalogue's focus areas, shown by its label: str, its id."""
    YES_NO = auto()
    """Ja or nej: bool."""


@dataclass(frozen=True)
class Column:
    """One column of a sheet.

    Attributes
    ----------
    key
        What it is called in code.
    heading
        Swedish heading, by which it is found.
    kind
        What its cells hold.
    help
        What to write, in at most 255 characters, and in a form that is read out.
    required
        Whether a row that says anything must have it; a row without it is left out.
    given
        Whether we have written it beforehand: a row where nothing else is written says nothing.
    choices
        The words of a `Kind.CHOICE`, in order.
    least, most
        Bounds of a number, or of how many characters a text has (`most`).
    width
        In characters.
    formerly
        Headings that earlier versions of the form had.
    """

    key: str
    heading: str
    kind: Kind = Kind.TEXT
    help: str = ""
    required: bool = False
    given: bool = False
    choices: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None
    width: int = 18
    formerly: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.help) > EXCEL_HELP:
            raise ValueError(f"the help of {self.key} is longer than {EXCEL_HELP} characters")
        if (self.kind is Kind.CHOICE) != bool(self.choices):
            raise ValueError(f"{self.key} must have choices if it is a choice, and only then")

    @property
    def headings(self) -> tuple[str, ...]:
        """Every heading that it goes by, its own first."""
        return (self.heading, *self.formerly)


@dataclass(frozen=True)
class Sheet:
    """One sheet of a form: a table, with lines of text above it.

    Attributes
    ----------
    key
        What it is called in code.
    title
        Swedish name of the sheet, at most 31 characters.
    columns
        Its columns in order.
    intro
        Lines above the table.
    rows
        How many rows are prepared with lists to choose from.
    may_lack
        Whether a workbook may be without the sheet.
    """

    key: str
    title: str
    columns: tuple[Column, ...]
    intro: tuple[str, ...] = ()
    rows: int = 60
    may_lack: bool = False


@dataclass(frozen=True)
class Form:
    """One form: a workbook that people fill in.

    Attributes
    ----------
    id
        ASCII word that tells it from other forms; stands in the workbook with `version`.
    name
        Swedish name.
    version
        Raised when a column or a choice changes; `Column.formerly` keeps earlier forms readable.
    sheets
        Its sheets in order.
    about
        What the form is for: lines on the sheet that explains it.
    """

    id: str
    name: str
    version: int
    sheets: tuple[Sheet, ...]
    about: tuple[str, ...] = ()


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a filled-in form.

    Attributes
    ----------
    text
        Swedish clause: what is wrong, and what would be right.
    sheet, cell
        Where; empty for the whole file or the whole sheet.
    """

    text: str
    sheet: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """``bladet Hypoteser, cell D7``, or what there is of it."""
        parts = (
            f"bladet {shown(self.sheet)}" if self.sheet else "",
            f"cell {self.cell}" if self.cell else "",
        )
        return ", ".join(part for part in parts if part)

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True)
class FormRow:
    """One row that somebody has filled in.

    Attributes
    ----------
    sheet
        The sheet's name in the file.
    number
        Its row there.
    values
        What it says, by the key of the column; every column of the form is there.
    cells
        Address of each cell, such as ``D7``, for the columns that the file has.
    """

    sheet: str
    number: int
    values: Mapping[str, Value]
    cells: Mapping[str, str]

    def __getitem__(self, key: str) -> Value:
        return self.values[key]

    def text(self, key: str) -> str:
        """Return what is written in a column of words, or ja and nej, "" for nothing."""
        value = self.values[key]
        if isinstance(value, bool):
            return "ja" if value else "nej"
        return "" if value is None else str(value)

    def fault(self, key: str, text: str) -> Fault:
        """Return what is wrong with one of its cells."""
        return Fault(text, self.sheet, self.cells.get(key, str(self.number)))


@dataclass(frozen=True)
class FormRead:
    """What a filled-in form says.

    Attributes
    ----------
    form
        The form it was read as.
    rows
        The rows that can be used, by the key of the sheet; every sheet of the form is there.
    faults
        All that is wrong, in the order of the form.
    notes
        What was passed over and misleads nobody: sheets and columns that are not the form's.
    version
        Of the form that was filled in; None when the workbook does not say.
    """

    form: Form
    rows: Mapping[str, tuple[FormRow, ...]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    notes: tuple[Fault, ...] = ()
    version: int | None = None

    @property
    def is_read(self) -> bool:
        """Whether the file could be opened as this form."""
        return bool(self.rows)

    def __iter__(self) -> Iterator[FormRow]:
        """Yield the rows of all sheets."""
        return (row for rows in self.rows.values() for row in rows)
