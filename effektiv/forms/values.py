"""What one cell says, as its column wants it: read where it can be read in one way, else refused."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from effektiv.data.identifiers import clean, fold
from effektiv.forms.form import LONGEST_LINE, LONGEST_PARAGRAPH, Column, Kind, Value
from effektiv.forms.workbook import Cell
from effektiv.forms.write import NO, YES, bounds
from effektiv.names import slug
from effektiv.validation import either, hidden_sign, no_choice, shortened

FIRST_YEAR, LAST_YEAR = 1990, 2100
"""Days outside these years are taken for errors."""

_MONTHS = ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober",
           "november", "december")  # fmt: skip
_ISO = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[ T]00:00(?::00)?)?")
_IN_WORDS = re.compile(r"(\d{1,2})\s+([a-z]+)\.?\s+(\d{4})")
_WITH_SIGNS = re.compile(r"(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.\s]\s*(\d{4})")
_ERRORS = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|N/A|NULL!|GETTING_DATA)")
_FEW = 12
"""Words to choose from that are named where a cell has none of them."""

_DAY = "skriv ett datum som 2026-03-31"


class WrongValueError(ValueError):
    """The cell cannot be used; the message is a Swedish clause that says why, and what would be right."""


def is_blank(cell: Cell | None) -> bool:
    """Whether a cell says nothing: nothing is in it, or only what cannot be seen."""
    return cell is None or (not cell.is_formula and (cell.value is None or not clean(cell.value)))


def value_of(column: Column, cell: Cell | None, areas: Mapping[str, str] | None) -> Value:
    """Return what a cell says.

    Parameters
    ----------
    column
        Whose cell it is.
    cell
        As the workbook has it; None for an empty one.
    areas
        Label of each focus area by its id; None takes every word that could be an id.

    Raises
    ------
    WrongValueError
        If it cannot be read, or only in more ways than one.
    """
    if cell is None or is_blank(cell):
        return None
    if cell.is_error or (isinstance(cell.value, str) and _ERRORS.fullmatch(cell.value.strip())):
        raise WrongValueError(
            f"cellen visar felet {shortened(cell.value)}: rätta formeln, eller skriv {_wanted(column)}"
        )
    if cell.is_formula and (cell.value is None or not clean(cell.value)):
        raise WrongValueError(
            "formeln har inget uträknat värde: öppna filen i Excel och spara den, eller skriv "
            f"{_wanted(column)} i stället"
        )
    return _READERS[column.kind](column, cell.value, areas)


def _wanted(column: Column) -> str:
    return {
        Kind.INTEGER: "ett heltal",
        Kind.NUMBER: "ett tal",
        Kind.SHARE: "en andel, till exempel 25 %",
        Kind.DATE: "ett datum",
        Kind.YES_NO: f"{YES} eller {NO}",
    }.get(column.kind, "texten")


def _as_text(value: Any) -> str:
    """Return what a cell shows, where it holds something else than text."""
    if isinstance(value, bool):
        return YES if value else NO
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat(" ", "minutes")
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def _text(column: Column, value: Any, _areas: Mapping[str, str] | None) -> str:
    is_paragraph = column.kind is Kind.PARAGRAPH
    lines = [
        " ".join(clean(line).split())
        for line in re.split(r"\r\n|[\r\n\v\f\x85\u2028\u2029]", _as_text(value))
    ]
    text = clean(("\n" if is_paragraph else " ").join(lines))
    most = column.most or (LONGEST_PARAGRAPH if is_paragraph else LONGEST_LINE)
    if len(text) > most:
        raise WrongValueError(
            f"texten '{shortened(text)}' har {len(text)} tecken men får ha högst {most:.0f}"
        )
    hidden = hidden_sign(text)
    if hidden is not None:
        raise WrongValueError(f"texten '{shortened(text)}' {hidden}")
    return text


def _number(column: Column, value: Any) -> float:
    if isinstance(value, str):
        example = "25 %" if column.kind is Kind.SHARE else "12"
        raise WrongValueError(
            f"'{shortened(clean(value))}' är text men ska vara {_wanted(column)}: skriv talet utan ord, till exempel "
            f"{example}, i en cell som inte har formatet text"
        )
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise WrongValueError(f"'{shortened(_as_text(value))}' ska vara {_wanted(column)}")
    number = float(value)
    least, most = bounds(column)
    if (least is not None and number < least) or (most is not None and number > most):
        raise WrongValueError(f"{_shown(column, number)} ska {_span(column, least, most)}")
    return number


def _span(column: Column, least: float | None, most: float | None) -> str:
    if least is None or most is None:
        end = f"vara minst {_shown(column, least)}" if least is not None else ""
        return end or f"vara högst {_shown(column, most or 0.0)}"
    return f"ligga mellan {_shown(column, least)} och {_shown(column, most)}"


def _shown(column: Column, number: float) -> str:
    if column.kind is Kind.SHARE:
        return f"{_decimals(number * 100)} %"
    return _decimals(number)


def _decimals(number: float) -> str:
    return f"{number:.10g}".replace(".", ",")


def _integer(column: Column, value: Any, _areas: Mapping[str, str] | None) -> int:
    number = _number(column, value)
    if not number.is_integer():
        raise WrongValueError(f"{_decimals(number)} ska vara ett heltal")
    return int(number)


def _decimal(column: Column, value: Any, _areas: Mapping[str, str] | None) -> float:
    return _number(column, value)


def _date(_column: Column, value: Any, _areas: Mapping[str, str] | None) -> dt.date:
    if isinstance(value, dt.datetime):
        value = value.date()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        # A day as the number 20260331 reads in one way; 46112 may be Excel's day, or anything.
        if len(str(value)) != 8:
            raise WrongValueError(f"{value} är ett tal men ska vara ett datum: {_DAY}")
        value = str(value)
    if isinstance(value, str):
        value = _written_date(value)
    if not isinstance(value, dt.date):
        raise WrongValueError(f"'{shortened(_as_text(value))}' ska vara ett datum: {_DAY}")
    if not FIRST_YEAR <= value.year <= LAST_YEAR:
        raise WrongValueError(f"{value.isoformat()} ska ligga mellan åren {FIRST_YEAR} och {LAST_YEAR}")
    return value


def _written_date(text: str) -> dt.date:
    """Return the day that a text means, where it can mean one only."""
    word = fold(clean(text))
    try:
        if found := _ISO.fullmatch(word):
            return dt.date(int(found[1]), int(found[2]), int(found[3]))
        if found := _IN_WORDS.fullmatch(word):
            month = [
                number
                for number, name in enumerate(_MONTHS, 1)
                if len(found[2]) >= 3 and name.startswith(found[2])
            ]
            if len(month) == 1:
                return dt.date(int(found[3]), month[0], int(found[1]))
        if found := _WITH_SIGNS.fullmatch(word):
            first, second = int(found[1]), int(found[2])
            if first > 12 or first == second:
                return dt.date(int(found[3]), second, first)
            if second > 12:
                return dt.date(int(found[3]), first, second)
            raise WrongValueError(f"'{shortened(text)}' kan läsas på två sätt: {_DAY}")
    except WrongValueError:
        raise
    except ValueError as error:
        raise WrongValueError(f"'{shortened(text)}' är ingen dag som finns: {_DAY}") from error
    raise WrongValueError(f"'{shortened(text)}' är text men ska vara ett datum: {_DAY}")


def _choice(column: Column, value: Any, _areas: Mapping[str, str] | None) -> str:
    text = " ".join(clean(_as_text(value)).split())
    found = [word for word in column.choices if fold(word) == fold(text)]
    if not found:
        raise WrongValueError(_no_choice(text, column.choices))
    return found[0]


def _no_choice(text: str, words: Sequence[str]) -> str:
    if len(words) <= _FEW:
        return no_choice(text, words)
    return f"'{shortened(text)}' finns inte bland de {len(words)} valen i cellens lista: välj ett av dem"


def _area(_column: Column, value: Any, areas: Mapping[str, str] | None) -> str:
    text = clean(_as_text(value))
    found = slug(text)
    if areas is None:
        return found
    by_word = {slug(word): area for area, label in areas.items() for word in (area, label)}
    if found not in by_word:
        raise WrongValueError(_no_choice(text, list(areas.values())))
    return by_word[found]


def _yes_no(_column: Column, value: Any, _areas: Mapping[str, str] | None) -> bool:
    if isinstance(value, bool):
        return value
    word = fold(clean(_as_text(value)))
    if word not in {YES, NO, "j", "n"}:
        raise WrongValueError(f"'{shortened(clean(_as_text(value)))}' ska vara {either((YES, NO))}")
    return word in {YES, "j"}


_READERS: dict[Kind, Callable[[Column, Any, Mapping[str, str] | None], Value]] = {
    Kind.TEXT: _text,
    Kind.PARAGRAPH: _text,
    Kind.INTEGER: _integer,
    Kind.NUMBER: _decimal,
    Kind.SHARE: _decimal,
    Kind.DATE: _date,
    Kind.CHOICE: _choice,
    Kind.AREA: _area,
    Kind.YES_NO: _yes_no,
}
