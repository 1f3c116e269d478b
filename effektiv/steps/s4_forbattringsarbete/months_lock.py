"""Locking a month: what its files said then, and what was predicted of the tests before their outcome was known."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from pathlib import Path

from effektiv.errors import InputError
from effektiv.forms import FormRead, FormRow
from effektiv.names import shown
from effektiv.params import Params
from effektiv.params.locks import day_of, write_lock
from effektiv.steps.s4_forbattringsarbete.followup_params import log_of
from effektiv.steps.s4_forbattringsarbete.months_in import months_of
from effektiv.steps.s4_forbattringsarbete.months_params import MONTH_LOCK

_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])")
_FILES, _SUMS, _TESTS, _PREDICTED = "filer", "filer_sha256", "provningar", "forutsagelser"


def lock_month(params: Params, month: str, reason: str | None = None) -> Path:
    """Write down which files gave a month, with their checksums, and the predictions that stand in the log of tests.

    Parameters
    ----------
    params
        What the municipality's folder says.
    month
        Such as ``2026-03``.
    reason
        Why it is locked anew; None for the first time.

    Returns
    -------
    Path
        The lock.

    Raises
    ------
    InputError
        It is no month, no file gives it, or the lock is there already.
    """
    if not _MONTH.fullmatch(month):
        raise InputError(f"--manad är '{shown(month)}' men ska vara en månad, till exempel 2026-03.")
    if params.folder is None:
        raise InputError(
            f"Kommun {params.code} har ingen mapp i params. Gör den med: effektiv ny {params.code}"
        )
    months = months_of(params)
    given = months.versions[(months.versions["month"] == month) & months.versions["is_first"].astype(bool)]
    if given.empty:
        first = f" {months.faults[0]}" if months.faults else ""
        raise InputError(
            f"Ingen fil i {shown(params.folder / 'uppfoljning')} ger månaden {month}, så det finns inget att låsa.{first}"
        )
    tests = _predictions(log_of(params.files))
    said: dict[str, str | tuple[str, ...]] = {
        "manad": month,
        _FILES: tuple(map(str, given["file"])),
        _SUMS: tuple(map(str, given["sha256"])),
        _TESTS: tuple(tests),
        _PREDICTED: tuple(tests.values()),
    }
    path = params.folder / MONTH_LOCK.name.replace("*", month)
    write_lock(path, said, how=f"{params.code} --manad {month}", reason=reason)
    return path


def locked_predictions(params: Params) -> Mapping[str, dt.date]:
    """Return the day on which each test's prediction was locked as it is written now, by its number in lower case.

    One that has been written otherwise since is not locked.
    """
    now = _predictions(log_of(params.files))
    days: dict[str, dt.date] = {}
    for lock in params.of(MONTH_LOCK).values():
        for entry in lock.entries if not lock.fault else ():
            day = day_of(entry)
            for test, said in zip(entry.get(_TESTS, ()), entry.get(_PREDICTED, ()), strict=False):
                if day is not None and now.get(test) == said:
                    days[test] = min(day, days.get(test, day))
    return days


def _predictions(form: FormRead | None) -> dict[str, str]:
    """Return what each test's lock holds, by its number in lower case: those that have a prediction."""
    rows = form.rows.get("cykler", ()) if form is not None else ()
    return {
        row.text("id").casefold(): _told(row)
        for row in rows
        if row.text("prediction") or row["predicted"] is not None
    }


def _told(row: FormRow) -> str:
    numbers = (
        f"{name} {row[key]:g}"
        for name, key in (("mål", "aim"), ("förutsagt", "predicted"))
        if row[key] is not None
    )
    return " | ".join((*numbers, " ".join(row.text("prediction").split())))
