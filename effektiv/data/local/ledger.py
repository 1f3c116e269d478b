"""Lists of the economy system: a row a code string and month, or months as columns; and SIE files, by the same mapping.

A file is used whole or not at all. Every row is read to the öre or told of by its number, total rows are found, left
out and checked against what they sum, and what the mapping takes, leaves out and keeps outside sums to the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from effektiv.data.identifiers import fold
from effektiv.data.local.amounts import Amounts, kronor, read_amounts
from effektiv.data.local.lists import ENDINGS, ListError, ListTable, open_list
from effektiv.data.local.months import SOURCE_COLUMNS
from effektiv.data.local.periods import PeriodError, is_month_name, month_of
from effektiv.data.local.sie import ACTUAL, BUDGET, SieFile, read_sie
from effektiv.names import shown

__all__ = ["ENDINGS", "LedgerRead", "Plan", "Rule", "read_ledger", "read_sie_months"]

MOST_FAULTS = 20
"""Rows that are told of one by one; more are counted."""

_MOST_CODES = 8
"""Codes that are named in a sentence."""

_TOTAL_WORDS = ("summa", "delsumma", "total", "netto", "resultat", "differens")
_ROW_TOTALS = ("summa", "total", "totalt", "helar", "hela aret", "aret", "ar")
_CODES = ("account", "activity", "unit", "counterpart")
_SWEDISH = {"account": "konto", "activity": "verksamhet", "unit": "ansvar"}


@dataclass(frozen=True)
class Rule:
    """Which codes are called what.

    Attributes
    ----------
    name
        What they are called.
    codes
        What codes begin with, ``45``, or from one to another, ``50-57``, by their first digits.
    first, last
        First and last month that it holds for.
    activities
        Codes of activities that it is kept to; all when empty.
    """

    name: str
    codes: tuple[str, ...]
    first: str = ""
    last: str = "9999-12"
    activities: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """How a municipality's lists are read: nothing of it is known beforehand.

    Attributes
    ----------
    headings
        Heading by role: ``account``, ``activity``, ``period``, ``amount`` and, where there are such, ``unit``,
        ``counterpart``, ``budget`` and ``sort``.
    kinds, exceptions
        Which accounts are of which kind of cost or income; the first exception that fits goes before.
    activities, units
        Which codes each has. Without rules an activity is called by its code, and units are not told apart.
    income
        Names of the kinds that are income.
    costs_positive, income_positive
        How the lists write them.
    mark
        What stands before the öre; None where the list tells.
    budget_words, actual_words
        What the column ``sort`` says.
    budget_lists
        Names of files that hold budget alone.
    outside_accounts, outside_activities
        Codes that are left out on purpose.
    sie_unit, sie_activity
        Numbers of the dimensions of a SIE file.
    """

    headings: Mapping[str, str]
    kinds: tuple[Rule, ...] = ()
    exceptions: tuple[Rule, ...] = ()
    activities: tuple[Rule, ...] = ()
    units: tuple[Rule, ...] = ()
    income: tuple[str, ...] = ("intäkter",)
    costs_positive: bool = True
    income_positive: bool = False
    mark: str | None = None
    budget_words: tuple[str, ...] = ("Budget",)
    actual_words: tuple[str, ...] = ("Utfall",)
    budget_lists: tuple[str, ...] = ()
    outside_accounts: tuple[str, ...] = ()
    outside_activities: tuple[str, ...] = ()
    sie_unit: str | None = "1"
    sie_activity: str | None = "6"

    @staticmethod
    def faults_of(rules: Sequence[Rule], *, may_overlap: bool = False) -> Iterator[tuple[int, str]]:
        """Yield the place and what is wrong of each rule that cannot be read, or takes codes that another takes."""
        for at, rule in enumerate(rules):
            wrong = next((code for code in rule.codes if _span(code) is None), None)
            if wrong is not None:
                yield at, f"har koden '{shown(wrong)}' men ska ha koder som 45 eller 50-57"
            if not rule.codes:
                yield at, f"har inga koder för {shown(rule.name)}"
            for other in rules[:at] if not may_overlap else ():
                code = next(
                    (code for code in rule.codes if any(_meet(code, one) for one in other.codes)), None
                )
                at_once = rule.first <= other.last and other.first <= rule.last
                if code is not None and at_once and (not rule.activities or not other.activities):
                    yield (
                        at,
                        (
                            f"tar koden {shown(code)} till {shown(rule.name)}, men {shown(other.name)} tar den också: "
                            "låt bara en av dem ha den, eller skriv ett undantag"
                        ),
                    )


def _span(code: str) -> tuple[str, str] | None:
    """Return the first and the last beginning that a code stands for, None where it is not one."""
    first, _, last = (part.strip() for part in code.partition("-"))
    last = last or first
    is_right = first.isalnum() and last.isalnum() and len(first) == len(last) and first <= last
    return (first, last) if is_right else None


def _meet(one: str, other: str) -> bool:
    a, b = _span(one), _span(other)
    if a is None or b is None:
        return False
    length = min(len(a[0]), len(b[0]))
    return a[0][:length] <= b[1][:length] and b[0][:length] <= a[1][:length]


@dataclass(frozen=True)
class LedgerRead:
    """What one list gives.

    Attributes
    ----------
    rows
        As `effektiv.data.local.months.MonthSource.rows`; none when anything is wrong.
    total_ore
        Sum of all rows of the file, as it is written there, by ``budget_ore`` and ``actual_ore``.
    read
        How many rows with amounts were read.
    faults
        Swedish clauses; nothing of the file is used.
    left_out
        Swedish clauses on the accounts and activities that the mapping has no place for, with their sum.
    notes
        Swedish clauses on total rows and what is kept outside on purpose.
    """

    rows: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(SOURCE_COLUMNS)))
    total_ore: Mapping[str, int] = field(default_factory=dict)
    read: int = 0
    faults: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass
class _Said:
    """What is found on the way."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    broken: int = 0

    def row(self, number: int, text: str) -> None:
        self.broken += 1
        if self.broken <= MOST_FAULTS:
            self.faults.append(f"rad {number}: {text}")

    def rows(
        self, places: Sequence[int] | np.ndarray, number: Callable[[int], int], text: Callable[[int], str]
    ) -> None:
        for place in places[:MOST_FAULTS]:
            self.row(number(int(place)), text(int(place)))
        self.broken += max(len(places) - MOST_FAULTS, 0)

    def read(self, **said: object) -> LedgerRead:
        if self.broken > MOST_FAULTS:
            self.faults.append(f"{self.broken - MOST_FAULTS} rader till är fel")
        told = {"faults": tuple(self.faults), "left_out": tuple(self.left_out), "notes": tuple(self.notes)}
        return LedgerRead(**told) if self.faults else replace(LedgerRead(**told), **said)  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Coded:
    """Rows as numbers: the place of each code among those there are, and the öre."""

    codes: Mapping[str, np.ndarray]
    names: Mapping[str, Sequence[str]]
    month: np.ndarray
    months: Sequence[str]
    ore: Mapping[str, np.ndarray]
    given: Mapping[str, np.ndarray]

    @cached_property
    def size(self) -> int:
        return len(self.month)


def read_ledger(path: Path, plan: Plan) -> LedgerRead:
    """Read a list of the economy system.

    Parameters
    ----------
    path
        A .csv, .txt, .tsv, .xlsx, .xlsm, .xls or .ods file.
    plan
        The municipality's mapping.

    Returns
    -------
    LedgerRead
        Rows by unit, activity, kind and month, or faults and none.
    """
    said = _Said()
    try:
        table = open_list(path, plan.headings)
    except ListError as error:
        return LedgerRead(faults=tuple(error.faults))
    coded = _coded(table, plan, path, said)
    return said.read() if coded is None or said.faults else _mapped(coded, plan, said)


# -- from a table to coded rows ---------------------------------------------------------


def _coded(table: ListTable, plan: Plan, path: Path, said: _Said) -> _Coded | None:
    amounts = _amount_columns(table, plan, path, said)
    missing = [
        plan.headings[role]
        for role in ("account", "activity")
        if role in plan.headings and role not in table.places
    ]
    if missing:
        said.faults.append(
            f"rubriken {', '.join(map(shown, missing))} saknas, filen har {table.told_headings}: rätta listan, eller "
            "nyckeln kolumner i uppfoljning.yaml"
        )
    if said.faults or not amounts:
        return None
    codes = {role: table.coded(table.places[role]) for role in (*_CODES, "sort") if role in table.places}
    is_total = _total_rows(table, {role: codes[role] for role in _CODES if role in codes}, amounts)
    read = {name: _amounts_of(table, column, plan, said) for name, column in _columns_of(amounts)}
    if said.faults:
        return None
    _check_totals(table, is_total, read, said)
    _check_row_totals(table, plan, is_total, read, said)
    keep = ~is_total
    parts = [_part(table, codes, amounts_of, read, keep, plan, said) for amounts_of in amounts]
    if said.faults:
        return None
    months = sorted({month for part in parts for month in part[1]})
    place = {month: number for number, month in enumerate(months)}
    month = np.concatenate(
        [np.array([place.get(name, -1) for name in names], "int64")[index] for index, names, *_ in parts]
    )
    rows = np.concatenate([part[2] for part in parts])
    return _Coded(
        codes={role: index[rows] for role, (index, _) in codes.items()},
        names={role: names for role, (_, names) in codes.items()},
        month=month,
        months=months,
        ore={
            name: np.concatenate([part[3][name] for part in parts]) for name in ("budget_ore", "actual_ore")
        },
        given={
            name: np.concatenate([part[4][name] for part in parts]) for name in ("budget_ore", "actual_ore")
        },
    )


@dataclass(frozen=True)
class _AmountColumns:
    """Columns of one month, or of the month that each row says."""

    columns: Mapping[str, int]
    month: str = ""


def _columns_of(amounts: Sequence[_AmountColumns]) -> Iterator[tuple[int, int]]:
    """Yield each column of amounts once, by its place."""
    for place in dict.fromkeys(place for one in amounts for place in one.columns.values()):
        yield place, place


def _amount_columns(table: ListTable, plan: Plan, path: Path, said: _Said) -> list[_AmountColumns]:
    """Return the columns with amounts: that of the mapping, or one a month."""
    is_budget = path.name in plan.budget_lists
    first = "budget_ore" if is_budget else "actual_ore"
    if "amount" in table.places or "budget" in table.places:
        if "period" not in table.places:
            said.faults.append(
                f"rubriken {shown(plan.headings.get('period', 'Period'))} saknas, filen har {table.told_headings}: rätta "
                "listan, eller nyckeln kolumner i uppfoljning.yaml"
            )
            return []
        columns = {first: table.places["amount"]} if "amount" in table.places else {}
        return [
            _AmountColumns(
                columns | ({"budget_ore": table.places["budget"]} if "budget" in table.places else {})
            )
        ]
    found: dict[str, int] = {}
    for place, heading in enumerate(table.headings):
        if place in table.places.values():
            continue
        try:
            month = month_of(heading, year=_year_in(path.stem))
        except PeriodError:
            if is_month_name(heading):
                said.faults.append(
                    f"kolumnen {shown(heading)} har inget år: skriv det i rubriken, som {shown(heading)}-26, eller i filens namn"
                )
            continue
        if month in found:
            said.faults.append(
                f"månaden {month} har två kolumner, {shown(table.headings[found[month]])} och {shown(heading)}"
            )
        found.setdefault(month, place)
    if not found and not said.faults:
        said.faults.append(
            f"varken rubriken {shown(plan.headings.get('amount', 'Belopp'))} eller månader som rubriker finns, filen har "
            f"{table.told_headings}: rätta listan, eller nyckeln kolumner i uppfoljning.yaml"
        )
    return [_AmountColumns({first: place}, month) for month, place in found.items()]


def _year_in(stem: str) -> int | None:
    digits = "".join(sign if sign.isdigit() else " " for sign in stem).split()
    years = [int(word) for word in digits if len(word) == 4 and word.startswith("20")]
    return years[0] if len(years) == 1 else None


def _amounts_of(table: ListTable, column: int, plan: Plan, said: _Said) -> Amounts:
    amounts = read_amounts(table.column(column), plan.mark)
    heading = shown(table.headings[column])
    if amounts.is_unsure:
        said.faults.append(
            f"kolumnen {heading} har tal som 1.234 och inget som visar om det är tusental eller decimaler: skriv nyckeln "
            "decimaltecken i uppfoljning.yaml, komma eller punkt"
        )
    said.rows(
        amounts.wrong,
        table.row,
        lambda place: (
            f"{heading} är '{shown(table.column(column)[place])}' men ska vara ett belopp med högst två decimaler, "
            "till exempel -1 234,50"
        ),
    )
    return amounts


def _total_rows(
    table: ListTable, codes: Mapping[str, tuple[np.ndarray, Sequence[str]]], amounts: Sequence[_AmountColumns]
) -> np.ndarray:
    """Return which rows are totals: those that say so where a code or a name stands, or have amounts and no codes."""
    texts = [*codes.values()]
    if 0 not in {place for one in amounts for place in one.columns.values()}:
        texts.append(table.coded(0))
    if "period" in table.places:
        texts.append(table.coded(table.places["period"]))
    is_total = np.zeros(table.size, bool)
    for index, names in texts:
        said = np.array([fold(str(name)).lstrip("* ").startswith(_TOTAL_WORDS) for name in names], bool)
        is_total |= said[index]
    blank = np.ones(table.size, bool)
    for index, names in codes.values():
        blank &= np.array([not name for name in names], bool)[index]
    return is_total | blank


def _check_totals(table: ListTable, is_total: np.ndarray, read: Mapping[int, Amounts], said: _Said) -> None:
    """Hold each total row against the rows above it: all of them, or those since some total row before it."""
    places = np.flatnonzero(is_total)
    if not len(places):
        return
    checked = 0
    for column, amounts in read.items():
        running = np.concatenate([[0], np.cumsum(np.where(is_total, 0, amounts.ore))])
        starts = {0}
        last = 0
        for place in places:
            if not amounts.is_given[place]:
                continue
            above, total = int(running[place]), int(amounts.ore[place])
            checked += 1
            if above - total not in starts:
                nearest = min((above - start for start in (last, 0)), key=lambda sum_: abs(sum_ - total))
                said.row(
                    table.row(int(place)),
                    f"{shown(table.headings[column])} är en summa på {kronor(total)} men raderna ovanför ger "
                    f"{kronor(nearest)}, skillnaden är {kronor(total - nearest)}: hämta listan igen",
                )
            starts.add(above)
            last = above
    many = f"{len(places)} rader är summor" if len(places) > 1 else "1 rad är en summa"
    agree = "de stämmer" if len(places) > 1 else "den stämmer"
    said.notes.append(f"{many} och räknas inte med" + (f", {agree} till öret" if checked else ""))


def _check_row_totals(
    table: ListTable, plan: Plan, is_total: np.ndarray, read: Mapping[int, Amounts], said: _Said
) -> None:
    """Hold a column that sums the months against them, row by row."""
    if len(read) < 2 or "amount" in table.places or "budget" in table.places:
        return
    for place, heading in enumerate(table.headings):
        if place in read or place in table.places.values() or fold(heading) not in _ROW_TOTALS:
            continue
        total = _amounts_of(table, place, plan, said)
        summed = np.sum([amounts.ore for amounts in read.values()], axis=0)
        wrong = np.flatnonzero(total.is_given & (total.ore != summed) & ~is_total)
        said.rows(
            wrong,
            table.row,
            lambda at, total=total, summed=summed, heading=heading: (  # type: ignore[misc]
                f"{shown(heading)} är {kronor(int(total.ore[at]))} men månaderna ger {kronor(int(summed[at]))}, skillnaden är "
                f"{kronor(int(total.ore[at] - summed[at]))}: hämta listan igen"
            ),
        )


_Part = tuple[np.ndarray, list[str], np.ndarray, dict[str, np.ndarray], dict[str, np.ndarray]]


def _part(
    table: ListTable,
    codes: Mapping[str, tuple[np.ndarray, Sequence[str]]],
    columns: _AmountColumns,
    read: Mapping[int, Amounts],
    keep: np.ndarray,
    plan: Plan,
    said: _Said,
) -> _Part:
    """Return the place of each row's month, the months, the rows, and their amounts by measure."""
    given = np.zeros(table.size, bool)
    for place in columns.columns.values():
        given |= read[place].is_given
    rows = np.flatnonzero(keep & given)
    if columns.month:
        index, months = np.zeros(len(rows), "int64"), [columns.month]
    else:
        every, names = table.coded(table.places["period"])
        months, wrong = _months_of(names)
        index = every[rows]
        is_wrong = np.isin(index, list(wrong))
        said.rows(rows[is_wrong], table.row, lambda place: f"perioden {wrong[int(every[place])]}")
    ore, is_given = {}, {}
    for name in ("budget_ore", "actual_ore"):
        column = columns.columns.get(name)
        ore[name] = read[column].ore[rows] if column is not None else np.zeros(len(rows), "int64")
        is_given[name] = read[column].is_given[rows] if column is not None else np.zeros(len(rows), bool)
    if "sort" in codes and "budget" not in table.places:
        _sorted_out(table, codes["sort"], rows, plan, ore, is_given, said)
    return index, months, rows, ore, is_given


def _months_of(names: Sequence[object]) -> tuple[list[str], dict[int, str]]:
    """Return the month of each way that one is written, and what is wrong with those that are none."""
    months, wrong = [], dict[int, str]()
    for place, name in enumerate(names):
        try:
            months.append(month_of(name))
        except PeriodError as error:
            months.append("")
            wrong[place] = str(error) if str(name) else "saknas: skriv månaden som 2026-03"
    return months, wrong


def _sorted_out(
    table: ListTable,
    sort: tuple[np.ndarray, Sequence[str]],
    rows: np.ndarray,
    plan: Plan,
    ore: dict[str, np.ndarray],
    given: dict[str, np.ndarray],
    said: _Said,
) -> None:
    """Move the amounts of rows that say budget from actual."""
    index, names = sort
    budget, actual = ({fold(word) for word in words} for words in (plan.budget_words, plan.actual_words))
    words = [fold(name) for name in names]
    known = np.array([word in budget | actual for word in words], bool)[index[rows]]
    said.rows(
        rows[~known],
        table.row,
        lambda place: (
            f"{shown(plan.headings['sort'])} är '{shown(names[int(index[place])])}' men ska vara "
            f"{' eller '.join((*plan.actual_words, *plan.budget_words))}: rätta raden, eller nycklarna utfallsord och budgetord"
        ),
    )
    is_budget = np.array([word in budget for word in words], bool)[index[rows]]
    amount, is_given = ore["actual_ore"], given["actual_ore"]
    ore["budget_ore"], given["budget_ore"] = np.where(is_budget, amount, 0), is_given & is_budget
    ore["actual_ore"], given["actual_ore"] = np.where(is_budget, 0, amount), is_given & ~is_budget


# -- from coded rows to months ----------------------------------------------------------


def _mapped(coded: _Coded, plan: Plan, said: _Said) -> LedgerRead:
    """Map coded rows, and hold what is taken, left out and outside against the sum of the file."""
    accounts = coded.names["account"]
    account = coded.codes["account"]
    activity = coded.codes.get("activity", np.zeros(coded.size, "int64"))
    activities: Sequence[str] = coded.names.get("activity", [""])
    total = {name: int(coded.ore[name].sum()) for name in coded.ore}
    is_outside = (
        _takes(plan.outside_accounts, accounts)[account]
        | _takes(plan.outside_activities, activities)[activity]
    )
    kind = _assigned(coded, "account", plan.kinds, said, skip=is_outside)
    for number, rule in reversed(list(enumerate(plan.exceptions))):
        fits = _fits(coded, "account", rule)
        kind = np.where(fits, len(plan.kinds) + number, kind)
    names = [rule.name for rule in (*plan.kinds, *plan.exceptions)]
    if plan.activities:
        called = _assigned(coded, "activity", plan.activities, said, skip=is_outside)
        activity_names = [rule.name for rule in plan.activities]
    else:
        called, activity_names = activity, list(activities)
    unit = _assigned(coded, "unit", plan.units, said) if plan.units and "unit" in coded.codes else None
    lacks_kind, lacks_activity = (kind < 0) & ~is_outside, (called < 0) & ~is_outside
    _tell_left_out(coded, "account", lacks_kind, said)
    _tell_left_out(coded, "activity", lacks_activity & ~lacks_kind, said)
    taken = ~(is_outside | lacks_kind | lacks_activity)
    if is_outside.any():
        sums = int(sum(ore[is_outside].sum() for ore in coded.ore.values()))
        many = f"{int(is_outside.sum())} rader" if is_outside.sum() > 1 else "1 rad"
        said.notes.append(f"{many} ligger utanför med avsikt, tillsammans {kronor(sums)}")
    for name, ore in coded.ore.items():
        parts = [
            int(ore[rows].sum()) for rows in (taken, is_outside, (lacks_kind | lacks_activity) & ~is_outside)
        ]
        if sum(parts) != total[name]:
            said.faults.append(
                f"det som läses ger {kronor(sum(parts))} men filen {kronor(total[name])}, skillnaden är "
                f"{kronor(sum(parts) - total[name])}"
            )
    if said.faults:
        return said.read()
    places = np.flatnonzero(taken)
    is_income = np.array([name in plan.income for name in names] or [False], bool)[kind[places]]
    sign = np.where(is_income, -1 if plan.income_positive else 1, 1 if plan.costs_positive else -1)
    frame = pd.DataFrame(
        {
            "unit": unit[places] if unit is not None else -1,
            "activity": called[places],
            "kind": kind[places],
            "month": coded.month[places],
            **{name: coded.ore[name][places] * sign for name in coded.ore},
            **{f"has_{name}": coded.given[name][places] for name in coded.ore},
        }
    )
    grouped = frame.groupby(["unit", "activity", "kind", "month"], as_index=False).sum()
    grouped["kind"] = [names[place] for place in grouped["kind"]]
    grouped["activity"] = [activity_names[place] for place in grouped["activity"]]
    grouped["unit"] = [plan.units[place].name if place >= 0 else "" for place in grouped["unit"]]
    grouped["month"] = [coded.months[place] for place in grouped["month"]]
    # Two rules, or an exception, may have one name.
    rows = grouped.groupby(["unit", "activity", "kind", "month"], as_index=False).sum()
    _check_signs(rows, plan, said)
    for name in coded.ore:
        rows[name] = rows[name].astype("Int64").mask(rows[f"has_{name}"] == 0)
    rows["forecast_ore"] = pd.array([pd.NA] * len(rows), "Int64")
    rows = rows.assign(volume_budget=np.nan, volume_actual=np.nan, volume_unit="", comment="")
    return said.read(rows=rows[list(SOURCE_COLUMNS)], total_ore=total, read=coded.size)


def _takes(codes: Sequence[str], names: Sequence[str]) -> np.ndarray:
    """Return which of the codes there are begin as the rules say."""
    spans = [span for code in codes if (span := _span(code)) is not None]
    return np.array(
        [
            any(first <= name[: len(first)] <= last and len(name) >= len(first) for first, last in spans)
            for name in names
        ],
        bool,
    )


def _fits(coded: _Coded, role: str, rule: Rule) -> np.ndarray:
    """Return which rows a rule takes."""
    fits = _takes(rule.codes, coded.names[role])[coded.codes[role]]
    if rule.activities and "activity" in coded.codes:
        fits &= _takes(rule.activities, coded.names["activity"])[coded.codes["activity"]]
    if rule.first or rule.last < "9999-12":
        fits &= np.array([rule.first <= month <= rule.last for month in coded.months], bool)[coded.month]
    return np.asarray(fits)


def _assigned(
    coded: _Coded, role: str, rules: Sequence[Rule], said: _Said, *, skip: np.ndarray | None = None
) -> np.ndarray:
    """Return the place of the rule that takes each row, -1 for none; a code that two rules take is a fault."""
    found = np.full(coded.size, -1, "int64")
    for number, rule in enumerate(rules):
        fits = _fits(coded, role, rule)
        twice = fits & (found >= 0) & (True if skip is None else ~skip)
        if twice.any():
            place = int(np.flatnonzero(twice)[0])
            code = coded.names[role][int(coded.codes[role][place])]
            said.faults.append(
                f"{_SWEDISH[role]} {shown(code)} tas av både {shown(rules[int(found[place])].name)} och {shown(rule.name)}: "
                "låt bara en av dem ha det i uppfoljning.yaml"
            )
        found = np.where(fits, number, found)
    return found


def _tell_left_out(coded: _Coded, role: str, lacks: np.ndarray, said: _Said) -> None:
    """Name the codes that the mapping has no place for, the largest sums first."""
    if not lacks.any():
        return
    index, names = coded.codes[role][lacks], coded.names[role]
    ore = np.sum([one[lacks] for one in coded.ore.values()], axis=0)
    sums = pd.Series(ore).groupby(index).sum()
    order = sums.abs().sort_values(ascending=False, kind="stable").index[:_MOST_CODES]
    told = ", ".join(f"{shown(names[int(place)]) or 'tomt'} ({kronor(int(sums[place]))})" for place in order)
    more = f" och {len(sums) - len(order)} till" if len(sums) > len(order) else ""
    said.left_out.append(
        f"{_SWEDISH[role]} som ingen regel i uppfoljning.yaml tar räknas inte med, tillsammans {kronor(int(sums.sum()))}: "
        f"{told}{more}"
    )


def _check_signs(rows: pd.DataFrame, plan: Plan, said: _Said) -> None:
    """Refuse a list whose costs or income have the sign turned."""
    is_income = rows["kind"].isin(plan.income)
    for name, measure in (("actual_ore", "utfall"), ("budget_ore", "budget")):
        costs, income = int(rows.loc[~is_income, name].sum()), int(rows.loc[is_income, name].sum())
        if costs < 0:
            said.faults.append(
                f"kostnadernas {measure} blir {kronor(costs)} med kostnader som {'plus' if plan.costs_positive else 'minus'}: "
                "är tecknet vänt, ändra nyckeln kostnader under tecken i uppfoljning.yaml"
            )
        if income > 0:
            said.faults.append(
                f"intäkternas {measure} blir en kostnad på {kronor(income)} med intäkter som "
                f"{'plus' if plan.income_positive else 'minus'}: är tecknet vänt, ändra nyckeln intakter under tecken i "
                "uppfoljning.yaml"
            )


# -- SIE --------------------------------------------------------------------------------


def read_sie_months(path: Path, plan: Plan) -> LedgerRead:
    """Read a SIE file by the municipality's mapping: unit and activity are objects of its dimensions.

    Debit is positive whatever the lists' signs are. Balance accounts are those to keep outside.
    """
    sie = read_sie(path)
    said = _Said(faults=list(sie.faults), notes=list(sie.notes))
    if said.faults:
        return said.read()
    rows = _with_rest(sie)
    objects = [dict(pairs) for pairs in rows["objects"]]
    coded = _Coded(
        codes={}, names={}, month=np.empty(0), months=sorted(set(rows["month"])), ore={}, given={}
    )  # fmt: skip
    codes: dict[str, np.ndarray] = {}
    names: dict[str, Sequence[str]] = {}
    columns = {"account": list(rows["account"])}
    columns["activity"] = [one.get(plan.sie_activity or "", "") for one in objects]
    columns["unit"] = [one.get(plan.sie_unit or "", "") for one in objects]
    for role, values in columns.items():
        index, found = pd.factorize(np.array(values, object))
        codes[role], names[role] = index.astype("int64"), [str(name) for name in found]
    place = {month: number for number, month in enumerate(coded.months)}
    kinds = {"budget_ore": BUDGET, "actual_ore": ACTUAL}
    given = {name: (rows["kind"] == kind).to_numpy() for name, kind in kinds.items()}
    coded = _Coded(
        codes,
        names,
        np.array([place[month] for month in rows["month"]], "int64"),
        coded.months,
        {name: np.where(given[name], rows["ore"].to_numpy("int64"), 0) for name in kinds},
        given,
    )
    return _mapped(coded, replace(plan, costs_positive=True, income_positive=False), said)


def _with_rest(sie: SieFile) -> pd.DataFrame:
    """Return balances that sum to the accounts: where whole accounts are given, their objects and what is left."""
    rows = sie.months
    if not sie.has_wholes:
        return rows
    is_whole = rows["objects"].map(len) == 0
    key = ["kind", "year", "month", "account"]
    parts = rows[~is_whole].groupby(key)["ore"].sum()
    whole = rows[is_whole].set_index(key)["ore"]
    # An account may have objects' balances and none of its own: then they are all there is.
    rest = whole.sub(parts.reindex(whole.index).fillna(0).astype("int64"))
    left = rest[rest != 0].reset_index()
    left["objects"] = [()] * len(left)
    return pd.concat([rows[~is_whole], left], ignore_index=True)
