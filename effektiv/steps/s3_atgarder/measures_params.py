"""The files of an area's measures in a municipality's folder: the form, and the lock."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from effektiv.forms import Fault, FormRead
from effektiv.params.common import MUNICIPALITY_FILE, MunicipalGoal
from effektiv.params.formfile import FormFile, only
from effektiv.params.locks import Lock, LockFile
from effektiv.params.population import POPULATION_FILE, own_population, population_in
from effektiv.params.registry import AREA, register
from effektiv.steps.s3_atgarder.measures import Planned, faults, faults_beside, planned
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM, PREPARED_ROWS


def not_written(goals: Iterable[MunicipalGoal], measures: Iterable[Planned]) -> Iterator[tuple[str, str]]:
    """Yield the goals that name a measure that is not written, and which."""
    written = {item.id.casefold() for item in measures}
    for goal in goals:
        yield from ((goal.id, name) for name in goal.measures if name.casefold() not in written)


def _after_the_forecast(
    measures: Iterable[Planned], every: Mapping[str, Mapping[str, Any]]
) -> Iterator[Fault]:
    """Yield the measure that is fully at work last, where the municipality's own population forecast ends before that."""
    people = own_population(population_in(every))
    years = [(year, item) for item in measures if (year := item.full or item.first) is not None]
    if people is None or not years:
        return
    year, latest = max(years, key=lambda found: found[0])
    last = max(int(column) for column in people.by_age.columns)
    if year > last:
        yield latest.row.fault(
            "full",
            f"effekten är hel {year}, men prognosen i {POPULATION_FILE.name} slutar {last}: skriv fler år där",
        )


LOCK_FILE = LockFile(f"las/{AREA}.yaml", 3)


def locks_in(every: Mapping[str, Mapping[str, Any]]) -> dict[str, Lock]:
    """Return the lock of each area that has one, from what a municipality's files say."""
    return {
        address.removeprefix("las/").removesuffix(".yaml"): lock
        for address, lock in every.get(LOCK_FILE.name, {}).items()
    }


def _beside(
    said: Mapping[str, FormRead], every: Mapping[str, Mapping[str, Any]]
) -> Iterator[tuple[str, Fault]]:
    from effektiv.steps.s2_orsaksanalys.facts import hypothesis_ids  # noqa: PLC0415  brings all that step 2 shows

    days = {area: lock.day for area, lock in locks_in(every).items()}
    own = every.get(MUNICIPALITY_FILE.name, {}).get(MUNICIPALITY_FILE.name)
    for address, form in said.items():
        for goal, measure in () if own is None else not_written(own.goals, planned(form)):
            yield (
                address,
                Fault(
                    f"målet {goal} i {MUNICIPALITY_FILE.name} har åtgärden {measure}, som inte finns: rätta numret"
                ),
            )
        yield from ((address, fault) for fault in _after_the_forecast(planned(form), every))
        known = {area: day for area, day in days.items() if day is not None}
        for fault in faults_beside(planned(form), hypothesis_ids(every), known):
            yield address, fault


MEASURES_FILE = FormFile(
    name="atgarder.xlsx",
    step=3,
    form=MEASURES_FORM,
    prefilled=PREPARED_ROWS,
    more_faults=faults,
    faults_beside=_beside,
)

register(MEASURES_FILE, LOCK_FILE)


def form_of(every: Mapping[str, Mapping[str, Any]]) -> FormRead | None:
    """Return the filled-in form among what a municipality's files say."""
    return only(every.get(MEASURES_FILE.name, {}))
