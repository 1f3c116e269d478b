"""A worksheet of very many plain cells.

XlsxWriter takes eleven microseconds a cell and keeps each as an object until the file is closed; with tens of
thousands of cells in every report's file that was a quarter of the time a whole country takes (PyExcelerate, which
has no tables, takes as long). So these cells' XML is written here, in one pass, and all else of the sheet and the
file by XlsxWriter, which lets a workbook have worksheets of another class. The names that begin with an underscore
are its inner ones: a test compares each cell with what XlsxWriter writes itself.
"""

from __future__ import annotations

from collections.abc import Sequence

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

FORMULA_START = ("=", "+", "-", "@", "\t", "\r")
"""Text that begins so is taken for a formula when somebody edits its cell, unless its format says that it is text."""

LONGEST = 16_000
"""Text is cut here; Excel opens no file with more than 32 767 UTF-16 units in a cell."""


class LongSheet(Worksheet):  # type: ignore[misc]  # XlsxWriter is half typed
    """A worksheet whose first row is written as usual and whose other rows are given at once."""

    _xml_rows: Sequence[str] = ()

    def give(
        self,
        rows: Sequence[Sequence[str | float | None]],
        formats: Sequence[Format | None],
        text: Format,
    ) -> None:
        """Take all rows below the first; no cell there may be written in any other way.

        Parameters
        ----------
        rows
            Texts, finite numbers and None; no cell is made for None and the empty text.
        formats
            Format of each column's numbers.
        text
            Format of text that begins as a formula does.
        """
        columns = [
            (xl_col_to_name(place), "" if look is None else _style(look))
            for place, look in enumerate(formats)
        ]
        as_text = _style(text)
        # Gives a text's number in the workbook's table of texts, whose writer escapes what XML does not take.
        number_of = self.str_table._get_shared_string_index
        made = []
        for at, row in enumerate(rows, start=2):
            cells = []
            for (column, look), value in zip(columns, row, strict=True):
                if isinstance(value, str):
                    if value:
                        style = as_text if value.startswith(FORMULA_START) else ""
                        cells.append(
                            f'<c r="{column}{at}"{style} t="s"><v>{number_of(value[:LONGEST])}</v></c>'
                        )
                elif value is not None:
                    cells.append(f'<c r="{column}{at}"{look}><v>{value:.16G}</v></c>')
            made.append(f'<row r="{at}">{"".join(cells)}</row>')
        self._xml_rows = made
        self._check_dimensions(len(rows), len(columns) - 1)

    def _write_rows(self) -> None:
        super()._write_rows()
        self.fh.write("".join(self._xml_rows))


def _style(look: Format) -> str:
    return f' s="{look._get_xf_index()}"'
