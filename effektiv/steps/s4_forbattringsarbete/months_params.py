"""The files of the months in a municipality's folder: forms, lists, SIE files, their mapping, and the locks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from effektiv.data.local.amounts import COMMA, POINT
from effektiv.data.local.ledger import ENDINGS, LedgerRead, Plan, Rule, read_ledger, read_sie_months
from effektiv.params.fields import Line, Lines, ParamsModel, nothing_is_default, nothing_is_empty
from effektiv.params.formfile import FormFile
from effektiv.params.locks import Lock, LockFile
from effektiv.params.problems import Problem
from effektiv.params.registry import FileKind, Known, Read, YamlFile, register
from effektiv.steps.s4_forbattringsarbete.months_form import INDICATORS_FORM, MONTH_FORM
from effektiv.steps.s4_forbattringsarbete.months_rows import indicator_faults, month_faults
from effektiv.validation import Location

_HERE = Path(__file__).parent

Codes = Annotated[tuple[Line, ...], Field(max_length=500), BeforeValidator(nothing_is_empty)]
"""Codes of accounts or activities: what they begin with, ``45``, or from one to another, ``50-57``."""

Month = Annotated[str, Field(pattern=r"^[0-9]{4}-(0[1-9]|1[0-2])$")]


class KindRule(ParamsModel):
    """Which accounts are of a kind.

    Attributes
    ----------
    name
        ``intäkter``, ``personal``, ``övrigt``, ``kapital``, or the municipality's own.
    codes
        Of the accounts.
    activities
        Codes of the activities that it holds for; all when empty.
    first, last
        First and last month that it holds for, where the code plan has changed.
    """

    name: Line = Field(alias="slag")
    codes: Codes = Field((), alias="konton")
    activities: Codes = Field((), alias="verksamheter")
    first: Month | None = Field(None, alias="fran")
    last: Month | None = Field(None, alias="till")


class ActivityRule(ParamsModel):
    """Which codes an activity, or a unit, has."""

    name: Line = Field(alias="namn")
    codes: Codes = Field((), alias="koder")
    first: Month | None = Field(None, alias="fran")
    last: Month | None = Field(None, alias="till")


class ListColumns(ParamsModel):
    """Headings of a list's columns, by what they hold; those it lacks are left out."""

    account: Line = Field("Konto", alias="konto")
    unit: Line | None = Field("Ansvar", alias="ansvar")
    activity: Line = Field("Verksamhet", alias="verksamhet")
    counterpart: Line | None = Field("Motpart", alias="motpart")
    period: Line = Field("Period", alias="period")
    amount: Line = Field("Belopp", alias="belopp")
    budget: Line | None = Field(None, alias="budget")
    sort: Line | None = Field(None, alias="typ")


class Signs(ParamsModel):
    """How the lists write costs and income."""

    costs: Literal["plus", "minus"] = Field("plus", alias="kostnader")
    income: Literal["plus", "minus"] = Field("minus", alias="intakter")


class SieDimensions(ParamsModel):
    """Numbers of the dimensions that hold unit and activity in a SIE file."""

    unit: Line | None = Field("1", alias="ansvar")
    activity: Line | None = Field("6", alias="verksamhet")


class Outside(ParamsModel):
    """Codes that are left out on purpose: balance accounts, activities that are not followed."""

    accounts: Codes = Field((), alias="konton")
    activities: Codes = Field((), alias="verksamheter")


class FollowUp(ParamsModel):
    """``uppfoljning.yaml``: how the economy system's lists are read.

    Attributes
    ----------
    columns
        Headings of the lists.
    kinds, exceptions
        Which accounts are of which kind, and the exceptions, which go before.
    activities, units
        Which codes each has; without any, the code is the name.
    income
        The kinds that are income.
    signs
        How costs and income are written in the lists.
    decimal
        What stands before the öre, where a list does not tell.
    budget_words, actual_words
        What the column of the sort says of budget and actual.
    budget_lists
        Names of lists that hold budget and nothing else.
    persons
        Units of volumes that count persons.
    few
        Fewer persons than this are not shown.
    """

    columns: Annotated[ListColumns, BeforeValidator(nothing_is_default)] = Field(
        default_factory=ListColumns, alias="kolumner"
    )
    signs: Annotated[Signs, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Signs, alias="tecken"
    )
    decimal: Literal["komma", "punkt"] | None = Field(None, alias="decimaltecken")
    budget_words: Lines = Field(("Budget",), alias="budgetord")
    actual_words: Lines = Field(("Utfall",), alias="utfallsord")
    budget_lists: Lines = Field((), alias="budgetlistor")
    kinds: Annotated[tuple[KindRule, ...], Field(max_length=60), BeforeValidator(nothing_is_empty)] = Field(
        (), alias="kostnadsslag"
    )
    exceptions: Annotated[tuple[KindRule, ...], Field(max_length=200), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="undantag")
    )
    income: Lines = Field(("intäkter",), alias="intaktsslag")
    activities: Annotated[
        tuple[ActivityRule, ...], Field(max_length=200), BeforeValidator(nothing_is_empty)
    ] = Field((), alias="verksamheter")
    units: Annotated[tuple[ActivityRule, ...], Field(max_length=500), BeforeValidator(nothing_is_empty)] = (
        Field((), alias="enheter")
    )
    outside: Annotated[Outside, BeforeValidator(nothing_is_default)] = Field(
        default_factory=Outside, alias="utanfor"
    )
    sie: Annotated[SieDimensions, BeforeValidator(nothing_is_default)] = Field(
        default_factory=SieDimensions, alias="sie_dimensioner"
    )
    persons: Lines = Field(("barn", "elever", "personer", "brukare", "placeringar"), alias="personer")
    few: Annotated[int, Field(ge=1, le=50)] = Field(5, alias="minst_personer")

    def plan(self) -> Plan:
        """Return it as the readers of lists take it."""
        columns = self.columns
        headings = {
            "account": columns.account,
            "activity": columns.activity,
            "unit": columns.unit,
            "counterpart": columns.counterpart,
            "period": columns.period,
            "amount": columns.amount,
            "budget": columns.budget,
            "sort": columns.sort,
        }
        return Plan(
            headings={role: heading for role, heading in headings.items() if heading},
            kinds=tuple(map(_kind, self.kinds)),
            exceptions=tuple(map(_kind, self.exceptions)),
            activities=tuple(map(_activity, self.activities)),
            units=tuple(map(_activity, self.units)),
            income=self.income,
            costs_positive=self.signs.costs == "plus",
            income_positive=self.signs.income == "plus",
            mark={"komma": COMMA, "punkt": POINT, None: None}[self.decimal],
            budget_words=self.budget_words,
            actual_words=self.actual_words,
            budget_lists=self.budget_lists,
            outside_accounts=self.outside.accounts,
            outside_activities=self.outside.activities,
            sie_unit=self.sie.unit,
            sie_activity=self.sie.activity,
        )


def _kind(said: KindRule) -> Rule:
    return Rule(said.name, said.codes, said.first or "", said.last or "9999-12", said.activities)


def _activity(said: ActivityRule) -> Rule:
    return Rule(said.name, said.codes, said.first or "", said.last or "9999-12")


def _plan_faults(said: FollowUp, _folder: Path, _known: Known) -> Iterator[tuple[Location, str]]:
    plan = said.plan()
    for key, rules in (
        ("kostnadsslag", plan.kinds),
        ("verksamheter", plan.activities),
        ("enheter", plan.units),
    ):
        for at, text in plan.faults_of(rules):
            yield (key, at), text
    for at, text in plan.faults_of(plan.exceptions, may_overlap=True):
        yield ("undantag", at), text


FOLLOW_UP_FILE = YamlFile("uppfoljning.yaml", 4, FollowUp, _HERE / "uppfoljning.yaml", _plan_faults)


@dataclass(frozen=True)
class _MonthList(FileKind[LedgerRead]):
    """A list or a SIE file of the economy system; it is used whole or not at all, and stops no report."""

    waits = True

    def read(self, path: Path, known: Known) -> Read[LedgerRead]:
        """Read one file by the mapping of the folder."""
        said = self.of(path, settings_in(path.parents[self.name.count("/")], known))
        return Read(
            said,
            [],
            passed=[Problem(path, None, fault) for fault in said.faults],
            notes=[Problem(path, None, note) for note in said.notes],
        )

    def of(self, path: Path, settings: FollowUp | None) -> LedgerRead:
        """Read one file by a mapping."""
        raise NotImplementedError


_UNMAPPED = (
    "filen läses inte utan uppfoljning.yaml, som säger vilka konton som är vad: gör den med effektiv ny"
)


@dataclass(frozen=True)
class ListFile(_MonthList):
    """A list with code strings, long or with months as columns."""

    def of(self, path: Path, settings: FollowUp | None) -> LedgerRead:
        """Read a list."""
        if path.suffix.lower() not in ENDINGS:
            return LedgerRead(
                faults=(f"filen ska sluta på {', '.join(ENDINGS)}: spara listan som en sådan fil",)
            )
        return LedgerRead(faults=(_UNMAPPED,)) if settings is None else read_ledger(path, settings.plan())


@dataclass(frozen=True)
class SieMonthFile(_MonthList):
    """A SIE file."""

    def of(self, path: Path, settings: FollowUp | None) -> LedgerRead:
        """Read a SIE file."""
        return LedgerRead(faults=(_UNMAPPED,)) if settings is None else read_sie_months(path, settings.plan())


def settings_in(folder: Path, known: Known) -> FollowUp | None:
    """Return a folder's mapping; None where it has none that can be used."""
    path = folder / FOLLOW_UP_FILE.name
    return FOLLOW_UP_FILE.read(path, known).said if path.is_file() else None


MONTH_FILE = FormFile(
    name="uppfoljning/*.xlsx",
    step=4,
    form=MONTH_FORM,
    new_name="uppfoljning/2026-01.xlsx",
    more_faults=month_faults,
)
LIST_FILE = ListFile("uppfoljning/listor/*", 4)
SIE_FILE = SieMonthFile("uppfoljning/sie/*", 4)
INDICATORS_FILE = FormFile(
    name="indikatorer.xlsx", step=4, form=INDICATORS_FORM, more_faults=indicator_faults
)


@dataclass(frozen=True)
class MonthLockFile(LockFile):
    """A month's lock; one that is named after neither a month nor an area is told of, for nobody reads it as what it was."""

    def read(self, path: Path, known: Known) -> Read[Lock]:
        """Read a lock and check its name."""
        found = super().read(path, known)
        if re.fullmatch(r"\d{4}-\d{2}", path.stem):
            return found
        text = "låset ska heta som ett fokusområde eller en månad, till exempel 2026-03.yaml: ge filen sitt namn tillbaka"
        return replace(found, passed=[*found.passed, Problem(path, None, text)])


MONTH_LOCK = MonthLockFile("las/*.yaml", 4)
"""Locks of months, ``las/2026-03.yaml``; one with an area's name is step 3's."""

register(FOLLOW_UP_FILE, MONTH_FILE, LIST_FILE, SIE_FILE, INDICATORS_FILE, MONTH_LOCK)
