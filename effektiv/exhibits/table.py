"""Tables for people and machines: accessible HTML, plain text, and real numbers.

A `Table` holds raw values; how they look is decided by its columns. pandas' own HTML has
neither caption nor row headers (pandas issue 61350), hence a renderer of our own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any, Literal

import pandas as pd

from effektiv.exhibits import swedish
from effektiv.exhibits.swedish import Mark

Kind = Literal["text", "number", "year"]
Value = str | float | int | None


@dataclass(frozen=True)
class Column:
    """How one column is headed and written.

    Attributes
    ----------
    key
        Name of the column in the frame and in the machine-readable table.
    label
        Swedish heading.
    kind
        "text", "number" (grouped, right-aligned) or "year" (never grouped).
    unit
        Shown in the heading, not in every cell.
    decimals
        Decimals of a number in every row; None leaves them to the row (`Table.row_decimals`), and without
        these there are none.
    signed
        Write plus before positive numbers, for differences.
    may_lack
        Whether some rows cannot have a value here. Their cells are empty, where else a mark would say that
        a value is missing.
    """

    key: str
    label: str
    kind: Kind = "text"
    unit: str = ""
    decimals: int | None = None
    signed: bool = False
    may_lack: bool = False

    def __post_init__(self) -> None:
        if not self.label.strip():
            raise ValueError(f"kolumnen {self.key!r} saknar rubrik")


@dataclass(frozen=True)
class Table:
    """A table behind a figure, or one that stands alone.

    Attributes
    ----------
    caption
        What the table shows; required, read first by a screen reader.
    columns
        At least one. The first text column is the row header unless `row_header` is set.
    rows
        One tuple of values per row, as long as `columns`; None or NaN is missing.
    marks
        (row number, column key) to why the value is missing; None where the row cannot have one, and the
        cell is empty. A missing number without an entry was never published, unless its column says that
        rows may lack a value; the year of nothing is empty too.
    row_header
        Key of the column whose cells head the rows.
    row_decimals
        Decimals per row, for tables whose rows are different key figures; a column's own win.
    own_rows
        Numbers of rows to set in bold: the municipality itself.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]
    marks: Mapping[tuple[int, str], Mark | None] = field(default_factory=dict)
    row_header: str = ""
    row_decimals: tuple[int, ...] | None = None
    own_rows: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        if not self.caption.strip():
            raise ValueError("tabellen saknar rubrik (caption)")
        if not keys or len(set(keys)) != len(keys):
            raise ValueError(f"tabellen {self.caption!r} behöver kolumner med olika nycklar, fick {keys}")
        header = self.row_header or next((c.key for c in self.columns if c.kind == "text"), keys[0])
        if header not in keys:
            raise ValueError(f"radrubriken {header!r} finns inte bland kolumnerna {keys}")
        object.__setattr__(self, "row_header", header)
        rows = tuple(tuple(_plain(value) for value in row) for row in self.rows)
        for index, row in enumerate(rows):
            if len(row) != len(keys):
                raise ValueError(f"rad {index} i {self.caption!r} har {len(row)} värden, inte {len(keys)}")
            if row[keys.index(header)] is None:
                raise ValueError(f"rad {index} i {self.caption!r} saknar radrubrik i kolumnen {header!r}")
        object.__setattr__(self, "rows", rows)
        self._check_numbers()
        self._check_places(keys)

    def _check_numbers(self) -> None:
        for place, column in enumerate(self.columns):
            for index, row in enumerate(self.rows):
                if column.kind != "text" and isinstance(row[place], str):
                    raise ValueError(
                        f"rad {index}, kolumn {column.key!r} i {self.caption!r} är text, inte ett tal"
                    )

    def _check_places(self, keys: Sequence[str]) -> None:
        for index, key in self.marks:
            if key not in keys or not 0 <= index < len(self.rows):
                raise ValueError(f"märket på rad {index}, kolumn {key!r} ligger utanför {self.caption!r}")
            if self.rows[index][keys.index(key)] is not None:
                raise ValueError(f"rad {index}, kolumn {key!r} i {self.caption!r} har både värde och märke")
        if self.row_decimals is not None and len(self.row_decimals) != len(self.rows):
            raise ValueError(f"row_decimals i {self.caption!r} har inte en siffra per rad")
        if any(not 0 <= index < len(self.rows) for index in self.own_rows):
            raise ValueError(f"own_rows i {self.caption!r} pekar utanför tabellen")

    def _cell(self, index: int, column: Column, value: Value) -> str | Mark | None:
        """Text of a cell, its mark when a number is missing, None for an empty text."""
        if value is None:
            unmarked = None if column.kind != "number" or column.may_lack else Mark.ABSENT
            return self.marks.get((index, column.key), unmarked)
        if isinstance(value, str):
            return value
        if column.kind == "year":
            return swedish.year(int(value))
        if column.kind == "text":
            return str(value)
        return swedish.number(value, self.decimals(index, column), signed=column.signed)

    def decimals(self, index: int, column: Column) -> int:
        """Return how many decimals a number in a row and a column is written with."""
        if column.decimals is not None:
            return column.decimals
        return 0 if self.row_decimals is None else self.row_decimals[index]

    @cached_property
    def _cells(self) -> tuple[tuple[str | Mark | None, ...], ...]:
        """What every cell shows, written once for all representations."""
        return tuple(
            tuple(self._cell(index, column, value) for column, value in zip(self.columns, row, strict=True))
            for index, row in enumerate(self.rows)
        )

    def to_html(self, *, id_prefix: str) -> str:
        """Render the table as HTML.

        Parameters
        ----------
        id_prefix
            Id of the exhibit; the caption gets the id ``<id_prefix>-caption``.

        Returns
        -------
        str
            ``<div class="ex-scroll">`` with the table. The div can be scrolled with the
            keyboard on a narrow screen and is named by the caption.
        """
        caption_id = escape(f"{id_prefix}-caption")
        head = "".join(
            f'<th scope="col"{_css(column)}>{escape(column.label)}{_unit(column)}</th>'
            for column in self.columns
        )
        body = "\n".join(self._row_html(index) for index in range(len(self.rows)))
        return (
            f'<div class="ex-scroll" role="group" tabindex="0" aria-labelledby="{caption_id}">\n'
            f'<table class="ex-table">\n<caption id="{caption_id}">{escape(self.caption)}</caption>\n'
            f"<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>\n</div>"
        )

    def _row_html(self, index: int) -> str:
        cells = []
        for column, cell in zip(self.columns, self._cells[index], strict=True):
            shown = _show(cell)
            if column.key == self.row_header:
                cells.append(f'<th scope="row"{_css(column)}>{shown}</th>')
            else:
                cells.append(f"<td{_css(column)}>{shown}</td>")
        own = ' class="ex-own"' if index in self.own_rows else ""
        return f"<tr{own}>{''.join(cells)}</tr>"

    def to_text(self) -> str:
        """Render the table as plain text with aligned columns."""
        heads = [_heading(column) for column in self.columns]
        grid = [heads, *([_sign(cell) for cell in cells] for cells in self._cells)]
        widths = [max(len(row[place]) for row in grid) for place in range(len(heads))]
        lines = [
            "  ".join(
                text.ljust(width) if column.kind == "text" else text.rjust(width)
                for text, width, column in zip(row, widths, self.columns, strict=True)
            ).rstrip()
            for row in grid
        ]
        return "\n".join([self.caption, *lines])

    def to_frame(self) -> pd.DataFrame:
        """Return the table as a data frame with the headings as columns; missing is missing."""
        frame = pd.DataFrame(list(self.rows), columns=self.headings)
        whole = [
            head for head, column in zip(self.headings, self.columns, strict=True) if column.kind == "year"
        ]
        return frame.astype(dict.fromkeys(whole, "Int64"))

    @cached_property
    def headings(self) -> list[str]:
        """Heading of each column with its unit; one that several columns share gets a number after it."""
        heads: list[str] = []
        for column in self.columns:
            head = _heading(column)
            same = sum(known == head or known.startswith(f"{head} #") for known in heads)
            heads.append(f"{head} #{same + 1}" if same else head)
        return heads

    def to_json(self) -> dict[str, Any]:
        """Return the table with real numbers, for the mime bundle and from there to xlsx.

        Missing values are None; `marks` says why, with Kolada's sign and the words.
        """
        missing = [
            {"row": index, "column": column.key, "mark": cell.sign, "text": cell.words}
            for index, cells in enumerate(self._cells)
            for column, cell in zip(self.columns, cells, strict=True)
            if isinstance(cell, Mark)
        ]
        return {
            "caption": self.caption,
            "columns": [
                {
                    "key": column.key,
                    "label": column.label,
                    "kind": column.kind,
                    "unit": column.unit,
                    "decimals": column.decimals,
                    "signed": column.signed,
                }
                for column in self.columns
            ],
            "rows": [list(row) for row in self.rows],
            "marks": missing,
            "row_header": self.row_header,
            "row_decimals": None if self.row_decimals is None else list(self.row_decimals),
        }


def _plain(value: Any) -> Value:
    """Return a value of Python's own types; missing becomes None."""
    if swedish.is_missing(value):
        return None
    if isinstance(value, str):
        return str(value)
    plain = value.item() if hasattr(value, "item") else value
    if isinstance(plain, bool):
        return "ja" if plain else "nej"
    if isinstance(plain, int):
        return plain
    if isinstance(plain, float) and math.isfinite(plain):
        return plain
    raise ValueError(f"{value!r} kan inte stå i en tabell; text, ändliga tal och saknat kan det")


def _css(column: Column) -> str:
    return "" if column.kind == "text" else ' class="ex-num"'


def _heading(column: Column) -> str:
    return column.label + (f" ({column.unit})" if column.unit else "")


def _unit(column: Column) -> str:
    return f' <span class="ex-unit">({escape(column.unit)})</span>' if column.unit else ""


def _show(cell: str | Mark | None) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Mark):
        # The sign is for the eye; a screen reader would read "-" as nothing at all.
        return f'<span aria-hidden="true">{cell.sign}</span><span class="vh">{cell.words}</span>'
    return escape(cell)


def _sign(cell: str | Mark | None) -> str:
    if cell is None:
        return ""
    return cell.sign if isinstance(cell, Mark) else cell
