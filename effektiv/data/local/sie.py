"""SIE files, types 2 to 4: balances a month by account and object, read to the öre or refused by row.

The format is SIE-gruppens 4C: a record a line, ``#PSALDO year period account {dimension object ...} amount [quantity]``.
Its encoding should be CP437, and the tag #FORMAT says so whatever the bytes are, so that the bytes decide. Vouchers
(#VER, #TRANS) are summed by month where the file has no balances; their free text is never kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from effektiv.data.identifiers import clean
from effektiv.data.local.amounts import kronor
from effektiv.data.local.periods import PeriodError, month_of
from effektiv.data.local.persons import has_person_number
from effektiv.errors import system_reason
from effektiv.names import shown

ACTUAL, BUDGET = "PSALDO", "PBUDGET"
"""Kinds of monthly balances."""

OPENING, CLOSING, RESULT = "IB", "UB", "RES"
"""Kinds of yearly balances."""

MOST_FAULTS = 20
"""Rows that are told of one by one; more are counted."""

_SWEDISH = "åäöÅÄÖéÉüÜ"
_SETS = ("utf-8", "cp437", "cp1252")
_FIELD = re.compile(
    r'\{(?P<list>(?:"(?:\\.|[^"\\])*"|[^}"])*)\}|"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<plain>[^\s"{}]+)'
)
_AMOUNT = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2})0*)?")
_QUANTITY = re.compile(r"-?\d+(?:\.\d+)?")
_DATE = re.compile(r"\d{8}")
_SHAPES = {
    "RAR": "#RAR 0 20260101 20261231",
    "KONTO": '#KONTO 4010 "Köp av verksamhet"',
    "DIM": '#DIM 1 "Ansvar"',
    "UNDERDIM": '#UNDERDIM 21 "Underansvar" 1',
    "OBJEKT": '#OBJEKT 1 "4010" "Skola norr"',
    ACTUAL: "#PSALDO 0 202603 4010 {} 1234.50",
    BUDGET: "#PBUDGET 0 202603 4010 {} 1234.50",
    OPENING: "#IB 0 1510 1234.50",
    CLOSING: "#UB 0 1510 1234.50",
    RESULT: "#RES 0 4010 1234.50",
    "VER": '#VER A 1 20260331 ""',
    "TRANS": "#TRANS 4010 {} 1234.50",
}
"""Records that are read, and one of each that is right."""

_COLUMNS = ("kind", "year", "month", "account", "objects", "ore", "quantity")
_Objects = tuple[tuple[str, str], ...]
_Balance = tuple[str, int, str, str, _Objects, int, float]
_YEARLY = ("kind", "year", "account", "ore")


@dataclass(frozen=True)
class SieFile:
    """What a SIE file says.

    Attributes
    ----------
    company
        Whose it is.
    encoding
        By which the bytes were read: ``cp437``, ``cp1252`` or ``utf-8``.
    years
        First and last day of each financial year, as ``20260101``, by its number: 0 is this year, -1 the year before.
    accounts
        Name of each account by its number.
    dimensions, parents
        Name of each dimension by its number, and the dimension above it for one that has such.
    objects
        Name of each object, by dimension and object.
    months
        A row a (kind, account, month, objects): ``kind`` (`ACTUAL` or `BUDGET`), ``year``, ``month`` ("2026-03"),
        ``account``, ``objects`` (tuple of (dimension, object); empty for the whole account), ``ore`` (int64, debit
        positive) and ``quantity``, NaN where none is given.
    yearly
        A row a (kind, account, year): ``kind`` (`OPENING`, `CLOSING`, `RESULT`), ``year``, ``account``, ``ore``.
    faults
        Swedish clauses, one a row that is wrong; nothing of such a file should be used.
    notes
        Swedish clauses on what was passed over, or is not as the file says.
    has_wholes
        Whether a balance without objects is that of the whole account, or of what has no object: systems differ, and
        the year's figures tell which.
    """

    company: str = ""
    encoding: str = "utf-8"
    years: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    dimensions: Mapping[str, str] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    objects: Mapping[tuple[str, str], str] = field(default_factory=dict)
    months: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_COLUMNS)))
    yearly: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_YEARLY)))
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    has_wholes: bool = True

    def totals(self, kind: str = ACTUAL) -> pd.DataFrame:
        """Return what accounts have in all: the rows without objects, or all rows where these are the rest."""
        rows = self.months[self.months["kind"] == kind]
        return rows[rows["objects"].map(len) == 0] if self.has_wholes else rows


def encoding_of(content: bytes) -> str:
    """Return the encoding that makes Swedish of the bytes, whatever the file says of itself.

    UTF-8 that is right is UTF-8; of the others that which gives most of the letters that Swedish names have, and
    CP437, which the format prescribes, where neither gives any.

    Examples
    --------
    >>> [encoding_of("Inköp av tjänster".encode(name)) for name in ("cp437", "cp1252", "utf-8")]
    ['cp437', 'cp1252', 'utf-8']
    """
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        foreign = content.translate(None, bytes(range(128)))
        score = {
            name: sum(foreign.count(sign.encode(name)) * len(sign.encode(name)) for sign in _SWEDISH)
            for name in _SETS
        }
        # Two bytes a letter: damaged UTF-8 still has more of them than what it could be taken for.
        return max(("cp437", "cp1252", "utf-8"), key=lambda name: score[name])
    return "utf-8"


def read_sie(path: Path) -> SieFile:
    """Read a SIE file.

    Parameters
    ----------
    path
        With any ending.

    Returns
    -------
    SieFile
        With `SieFile.faults` where a record is broken or sums do not agree: a broken record's amounts are in none.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        return SieFile(faults=(f"filen går inte att läsa: {system_reason(error)}",))
    encoding = encoding_of(content)
    reader = _Reader()
    for number, line in enumerate(re.split(rb"\r\n|\n|\r", content), 1):
        try:
            reader.line(number, line.decode(encoding).lstrip("\ufeff"))
        except UnicodeDecodeError:
            reader.fault(number, "har tecken som inte går att läsa: exportera filen igen")
    if encoding != "cp437" and reader.format == "PC8" and not content.isascii():
        reader.notes.append(f"filen säger #FORMAT PC8 men är skriven i {encoding.upper()}, och läses så")
    return reader.told(encoding)


class _Reader:
    """Takes the records of a file, line by line."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self.notes: list[str] = []
        self.format = ""
        self._company = ""
        self._years: dict[int, tuple[str, str]] = {}
        self._accounts: dict[str, str] = {}
        self._dimensions: dict[str, str] = {}
        self._parents: dict[str, str] = {}
        self._objects: dict[tuple[str, str], str] = {}
        self._months: list[_Balance] = []
        self._lines: dict[tuple[object, ...], int] = {}
        self._vouchers: dict[tuple[str, str, tuple[tuple[str, str], ...]], list[float]] = {}
        self._yearly: list[tuple[str, int, str, int]] = []
        self._voucher_month = ""
        self._is_sie = False
        self._broken = 0

    def fault(self, number: int, text: str) -> None:
        self._broken += 1
        if self._broken <= MOST_FAULTS:
            self.faults.append(f"rad {number} {text}")

    def line(self, number: int, text: str) -> None:
        """Take one line; what is no record that is read is passed over."""
        text = text.strip()
        if not text.startswith("#"):
            return
        label, _, rest = text[1:].partition(" ") if " " in text else text[1:].partition("\t")
        label = label.strip().upper()
        if label == "SIETYP":
            self._is_sie = True
        elif label == "FORMAT":
            self.format = rest.strip().upper()
        elif label == "FNAMN":
            self._company = _unquoted(rest)
        elif label in _SHAPES:
            try:
                self._take(label, list(_fields(rest)), number)
            except _BrokenError as error:
                self.fault(number, f"är trasig ({error}): en rätt rad ser ut så här: {_SHAPES[label]}")

    def _take(self, label: str, words: list[str | tuple[str, ...]], number: int) -> None:
        texts = [word for word in words if isinstance(word, str)]
        if label in ("KONTO", "DIM", "UNDERDIM", "OBJEKT") and any(map(has_person_number, texts)):
            self.fault(number, "har ett personnummer: exportera filen utan uppgifter om personer")
        elif label == "RAR":
            year, first, last = (_text(words, at) for at in range(3))
            if not _DATE.fullmatch(first) or not _DATE.fullmatch(last):
                raise _BrokenError("räkenskapsåret ska ha två datum")
            self._years[_year(year)] = (first, last)
        elif label == "KONTO":
            self._accounts[_text(words, 0)] = clean(texts[1]) if len(texts) > 1 else ""
        elif label in ("DIM", "UNDERDIM"):
            self._dimensions[_text(words, 0)] = _text(words, 1)
            if label == "UNDERDIM":
                self._parents[_text(words, 0)] = _text(words, 2)
        elif label == "OBJEKT":
            self._objects[_text(words, 0), _text(words, 1)] = clean(texts[2]) if len(texts) > 2 else ""
        elif label in (ACTUAL, BUDGET):
            self._balance(label, words, number)
        elif label in (OPENING, CLOSING, RESULT):
            said = (label, _year(_text(words, 0)), _text(words, 1))
            self._once(said, number)
            self._yearly.append((*said, _ore(_text(words, 2))))
        elif label == "VER":
            self._voucher_month = _month(_text(words, 2))
        else:
            self._voucher(words)

    def _balance(self, label: str, words: list[str | tuple[str, ...]], number: int) -> None:
        year, month, account = _year(_text(words, 0)), _month(_text(words, 1)), _text(words, 2)
        objects, rest = _objects_in(words)
        self._once((label, year, month, account, objects), number)
        quantity = rest[1] if len(rest) > 1 else ""
        if quantity and not _QUANTITY.fullmatch(quantity):
            raise _BrokenError(f"antalet {shown(quantity)} är inget tal")
        amount = _ore(rest[0] if rest else "")
        self._months.append(
            (label, year, month, account, objects, amount, float(quantity) if quantity else float("nan"))
        )

    def _voucher(self, words: list[str | tuple[str, ...]]) -> None:
        account = _text(words, 0)
        objects, rest = _objects_in(words)
        day = rest[1] if len(rest) > 1 else ""
        month = _month(day) if day else self._voucher_month
        if not month:
            raise _BrokenError("raden hör inte till någon #VER")
        sums = self._vouchers.setdefault((account, month, objects), [0, 0.0, 0])
        sums[0] += _ore(rest[0] if rest else "")
        # After the day comes the text, which is not kept; then the quantity.
        if len(rest) > 3 and _QUANTITY.fullmatch(rest[3]):
            sums[1] += float(rest[3])
            sums[2] = 1

    def _once(self, key: tuple[object, ...], number: int) -> None:
        """Take each balance once: a file that gives one twice would count it twice."""
        first = self._lines.setdefault(key, number)
        if first != number:
            raise _BrokenError(f"samma saldo står redan på rad {first}")

    def told(self, encoding: str) -> SieFile:
        """Return what was read, with sums that do not agree among the faults."""
        if not self._is_sie and not self.faults:
            self.faults.append(
                "filen är ingen SIE-fil: den ska ha raden #SIETYP, exportera den som SIE typ 2, 3 eller 4"
            )
        if self._broken > MOST_FAULTS:
            self.faults.append(f"{self._broken - MOST_FAULTS} rader till är trasiga")
        self._pass_over_other_years()
        if self._vouchers and not any(row[0] == ACTUAL for row in self._months):
            self._sum_vouchers()
        if not self._months and not self.faults:
            self.faults.append(
                "filen har inga belopp månad för månad: exportera den som SIE typ 2, 3 eller 4 i stället för typ 1"
            )
        months = pd.DataFrame(self._months, columns=list(_COLUMNS)).astype({"ore": "int64"})
        yearly = pd.DataFrame(self._yearly, columns=list(_YEARLY)).astype({"ore": "int64"})
        said = SieFile(
            self._company, encoding, self._years, self._accounts, self._dimensions, self._parents, self._objects,
            months, yearly,
        )  # fmt: skip
        if not self.faults:
            rest = replace(said, has_wholes=False)
            wrong = list(_disagreements(said))
            if wrong and not list(_disagreements(rest)):
                said, wrong = rest, []
            self.faults += wrong
        return replace(said, faults=tuple(self.faults), notes=tuple(self.notes))

    def _pass_over_other_years(self) -> None:
        """Leave out balances whose month is not in the year that they name, where the right year has them too."""
        right: list[_Balance] = []
        strays: list[_Balance] = []
        for row in self._months:
            first, last = self._years.get(row[1], ("", "9"))
            (right if first[:6] <= row[2].replace("-", "") <= last[:6] else strays).append(row)
        there = {(row[0], row[2:6]) for row in right}
        for row in strays:
            if (row[0], row[2:6]) not in there:
                number = self._lines[row[0], row[1], row[2], row[3], row[4]]
                self.fault(
                    number,
                    f"har perioden {row[2]}, som inte ligger i år {row[1]} enligt #RAR: rätta årsnumret",
                )
        if strays and len(self.faults) == 0:
            self.notes.append(
                f"{len(strays)} saldon säger fel år och står också under rätt år: bara de senare räknas"
            )
        self._months = right

    def _sum_vouchers(self) -> None:
        """Make balances of vouchers: of whole accounts, and of the objects that have some."""
        whole: dict[tuple[str, str], int] = {}
        year_of = {
            month: year
            for year, (first, last) in self._years.items()
            for _, month, _ in self._vouchers
            if first[:6] <= month.replace("-", "") <= last[:6]
        }
        for (account, month, objects), (ore, quantity, has_quantity) in self._vouchers.items():
            whole[account, month] = whole.get((account, month), 0) + int(ore)
            if objects:
                volume = quantity if has_quantity else float("nan")
                row = (ACTUAL, year_of.get(month, 0), month, account, objects, int(ore), volume)
                self._months.append(row)
        for (account, month), ore in whole.items():
            self._months.append((ACTUAL, year_of.get(month, 0), month, account, (), ore, float("nan")))
        self.notes.append(
            "filen har inga månadssaldon: de är summerade ur verifikationerna, utan deras texter"
        )


def _disagreements(said: SieFile) -> Iterator[str]:
    """Yield accounts whose months do not sum to the year's result, or to closing less opening balance.

    Only where the file gives the year's figure and months of that year: it may have either alone.
    """
    whole = said.totals()
    sums = whole.groupby(["year", "account"])["ore"].sum()
    years = set(whole["year"])
    opened = set(said.yearly.loc[said.yearly["kind"] == OPENING, "year"])
    yearly = said.yearly.pivot_table(index=["year", "account"], columns="kind", values="ore", aggfunc="sum")
    for (year, account), row in zip(yearly.index.to_list(), yearly.to_dict("records"), strict=True):
        if year not in years:
            continue
        result, opening, closing = (row.get(kind) for kind in (RESULT, OPENING, CLOSING))
        if pd.notna(result):
            expected, name = int(result), "årets resultat (#RES)"
        elif pd.notna(closing) and year in opened:
            expected = int(closing) - (int(opening) if pd.notna(opening) else 0)
            name = "årets förändring (#UB minus #IB)"
        else:
            continue
        got = int(sums.get((year, account), 0))
        if got != expected:
            yield (
                f"konto {shown(account)}: månaderna ger {kronor(got)} men {name} är {kronor(expected)}, "
                f"skillnaden är {kronor(got - expected)}: exportera filen igen"
            )


class _BrokenError(ValueError):
    """A record cannot be read; the message is a Swedish clause."""


def _fields(text: str) -> Iterator[str | tuple[str, ...]]:
    """Yield the fields of a record: text, or the fields of a list in braces."""
    end = 0
    for found in _FIELD.finditer(text):
        if text[end : found.start()].strip():
            raise _BrokenError("ett citattecken eller en klammer är inte stängd")
        end = found.end()
        if found["list"] is not None:
            yield tuple(word for word in _fields(found["list"]) if isinstance(word, str))
        else:
            yield found["plain"] if found["quoted"] is None else re.sub(r"\\(.)", r"\1", found["quoted"])
    if text[end:].strip():
        raise _BrokenError("ett citattecken eller en klammer är inte stängd")


def _unquoted(text: str) -> str:
    try:
        return clean(" ".join(word for word in _fields(text) if isinstance(word, str)))
    except _BrokenError:
        return ""


def _text(words: list[str | tuple[str, ...]], at: int) -> str:
    word = words[at] if at < len(words) else ""
    if not isinstance(word, str) or not word:
        raise _BrokenError("en uppgift saknas")
    return clean(word)


def _objects_in(words: list[str | tuple[str, ...]]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """Return the objects of a record in order, and the fields after them."""
    at = next((place for place, word in enumerate(words) if isinstance(word, tuple)), None)
    if at is None:
        raise _BrokenError("klamrarna för objekt saknas")
    inside = words[at]
    assert isinstance(inside, tuple)
    if len(inside) % 2:
        raise _BrokenError("inom klamrarna ska dimension och objekt stå två och två")
    pairs = tuple(sorted(zip(map(clean, inside[::2]), map(clean, inside[1::2]), strict=True)))
    return pairs, [clean(word) for word in words[at + 1 :] if isinstance(word, str)]


def _year(text: str) -> int:
    if not re.fullmatch(r"0|-\d{1,2}", text):
        raise _BrokenError(f"årsnumret är {shown(text)} men ska vara 0 eller -1")
    return int(text)


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{6}(?:\d{2})?", text):
        raise _BrokenError(f"perioden är {shown(text)} men ska vara som 202603")
    try:
        return month_of(text)
    except PeriodError as error:
        raise _BrokenError(str(error)) from error


def _ore(text: str) -> int:
    found = _AMOUNT.fullmatch(text)
    if found is None:
        raise _BrokenError(f"beloppet är {shown(text) or 'tomt'} men ska vara ett tal med punkt före örena")
    ore = int(found[2]) * 100 + int((found[3] or "").ljust(2, "0"))
    return -ore if found[1] else ore
