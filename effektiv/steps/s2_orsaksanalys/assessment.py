"""The self-assessments that a municipality has had filled in: a round a folder, a respondent a file."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
import pandas as pd

from effektiv.data.governance import self_assessment
from effektiv.forms import Fault, FormRead, FormRow
from effektiv.names import slug
from effektiv.steps.s2_orsaksanalys.assessment_form import ABOUT_YOU, ANSWERS, FACTS, STATEMENTS

_NAME = re.compile(r"(?P<year>20[0-9]{2})(?:-(?P<rest>.+))?")
_SEASONS = {"var": ("våren", 1), "vt": ("våren", 1), "host": ("hösten", 2), "ht": ("hösten", 2)}


@dataclass(frozen=True)
class Remark:
    """What somebody has written about a statement or a question: a comment, or where it is written."""

    id: str
    text: str
    date: dt.date | None = None


@dataclass(frozen=True)
class Round:
    """One round of the assessment, as it was answered: nothing of it is shown but through `protect`.

    Attributes
    ----------
    name
        Name of its folder.
    answers
        Respondent x statement: 1-5, NaN where there is no answer.
    roles
        The role of each respondent, by the same index.
    facts
        Respondent x question: ``ja``, ``nej``, ``vet ej`` or None.
    comments, documents
        Of all statements and questions, in alphabetical order: neither who wrote them nor in which file.
    unused, faulty
        Number of files that could not be used, and of those where something in them could not.
    """

    name: str
    answers: pd.DataFrame
    roles: pd.Series
    facts: pd.DataFrame
    comments: tuple[Remark, ...]
    documents: tuple[Remark, ...]
    unused: int
    faulty: int

    @property
    def label(self) -> str:
        """What it is called in a sentence: "hösten 2025", "omgång 2"; the folder's name where that says neither."""
        found = _NAME.fullmatch(self.name)
        if found is None:
            number = re.fullmatch("omgang-([0-9]+)", slug(self.name))
            return f"omgång {number[1]}" if number else f"omgången {self.name}"
        season = _SEASONS.get(slug(found["rest"] or ""))
        return f"{season[0]} {found['year']}" if season else self.name if found["rest"] else found["year"]


def rounds(said: Mapping[str, FormRead]) -> tuple[Round, ...]:
    """Return the rounds that anybody has answered in, the earliest first.

    Parameters
    ----------
    said
        What each file says, by its place in the municipality's folder.
    """
    by_name: dict[str, dict[str, FormRead]] = {}
    for address, form in said.items():
        by_name.setdefault(_round(address), {})[address] = form
    made = (_made(name, by_name[name]) for name in sorted(by_name, key=_order))
    return tuple(one for one in made if len(one.roles))


def _round(address: str) -> str:
    return PurePosixPath(address).parts[-2]


def _order(name: str) -> tuple[str, int, str]:
    found = _NAME.fullmatch(name)
    season = _SEASONS.get(slug(found["rest"] or "")) if found else None
    return (found["year"] if found else "", season[1] if season else 0, name)


def _made(name: str, said: Mapping[str, FormRead]) -> Round:
    asked = self_assessment()
    role_ids = {role.label: role.id for role in asked.roles}
    twice = {address for address, _ in _twice(said)}
    used = {address: form for address, form in said.items() if address not in twice and _who(form)}
    index = sorted(used)
    answers = pd.DataFrame(np.nan, index=index, columns=list(asked.statements))
    facts = pd.DataFrame(None, index=index, columns=[one.id for one in asked.facts], dtype=object)
    remarks: dict[str, list[Remark]] = {"comment": [], "document": []}
    for address, form in used.items():
        for key, table in ((STATEMENTS, answers), (FACTS, facts)):
            for row in _answered(form, key, table.columns):
                word = row.text("answer")
                if key == STATEMENTS:
                    table.loc[address, row.text("id").upper()] = float(word) if word in ANSWERS else np.nan
                else:
                    table.loc[address, row.text("id").upper()] = word or None
                date = row["date"]
                for kind, found in remarks.items():
                    if row.text(kind):
                        day = date if kind == "document" and isinstance(date, dt.date) else None
                        found.append(Remark(row.text("id").upper(), row.text(kind), day))
    roles = pd.Series(
        [role_ids[_who(used[address])[0].text("role")] for address in index], index=index, dtype=object
    )
    sorted_remarks = {kind: tuple(sorted(found, key=_alphabetical)) for kind, found in remarks.items()}
    return Round(
        name,
        answers,
        roles,
        facts,
        sorted_remarks["comment"],
        sorted_remarks["document"],
        sum(_is_answered(form) for address, form in said.items() if address not in used),
        sum(bool(form.faults) or any(assessment_faults(form)) for form in used.values()),
    )


def _alphabetical(one: Remark) -> tuple[str, str, str]:
    return one.id, one.text.casefold(), "" if one.date is None else one.date.isoformat()


def _who(form: FormRead) -> Sequence[FormRow]:
    return form.rows.get(ABOUT_YOU, ())


def _is_answered(form: FormRead) -> bool:
    """Whether a file says anything, or cannot be read: an empty form is no answer."""
    return not form.is_read or bool(form.faults) or any(form.rows.values())


def _answered(form: FormRead, key: str, known: Collection[str]) -> Iterator[FormRow]:
    """Yield the rows of a sheet whose number is asked, each number once."""
    seen = set()
    for row in form.rows.get(key, ()):
        number = row.text("id").upper()
        if number in known and number not in seen:
            seen.add(number)
            yield row


# --- what is wrong though each cell is right ---------------------------------------------


def assessment_faults(form: FormRead) -> Iterator[Fault]:
    """Yield what is wrong in one file: no role, several rows of it, numbers that are not asked or stand twice."""
    asked = self_assessment()
    who = _who(form)
    if not who and not form.faults and any(form.rows.values()):
        yield Fault("rollen saknas, och filen används inte: välj den i listan", "Om dig")
    for row in who[1:]:
        yield row.fault("role", "bara den första raden används: en fil är en persons svar")
    known = {STATEMENTS: tuple(asked.statements), FACTS: tuple(one.id for one in asked.facts)}
    for key, ids in known.items():
        first: dict[str, int] = {}
        for row in form.rows.get(key, ()):
            number = row.text("id").upper()
            if number not in ids:
                yield row.fault("id", f"det finns inget {number} att svara på, och raden används inte")
            elif first.setdefault(number, row.number) != row.number:
                text = (
                    f"{number} står redan på rad {first[number]}, och den här raden används inte: behåll en"
                )
                yield row.fault("id", text)


def twice_answered(said: Mapping[str, FormRead]) -> Iterator[tuple[str, Fault]]:
    """Yield the files of a round whose respondent has another one there, with what is wrong.

    Which is the newer no file says for sure, so the first by name is used.
    """
    by_name: dict[str, dict[str, FormRead]] = {}
    for address, form in said.items():
        by_name.setdefault(_round(address), {})[address] = form
    for files in by_name.values():
        for address, first in _twice(files):
            name = PurePosixPath(first).name
            row = _who(said[address])[0]
            text = f"koden {row.text('code')} finns också i {name}, och den här filen används inte: behåll en av dem"
            yield address, row.fault("code", text)


def _twice(said: Mapping[str, FormRead]) -> Iterator[tuple[str, str]]:
    """Yield each file of a round whose code another one before it has, and that one."""
    first: dict[str, str] = {}
    for address in sorted(said):
        who = _who(said[address])
        code = slug(who[0].text("code")) if who else ""
        if code and first.setdefault(code, address) != address:
            yield address, first[code]
