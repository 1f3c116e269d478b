"""Index pages: every municipality of a folder, and every report of a municipality.

They are made from the reports that lie in the folder, each of which tells what it is
(`effektiv.render.pages.Record`), and from what failed in the run that has just ended. Reports
of earlier runs are therefore still found. All links are relative: a folder can be zipped,
mailed and put on a server as it is.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from babel.numbers import format_decimal

from effektiv.render.files import write_file
from effektiv.render.jobs import STEP_FOLDERS, STEP_NAMES, Job
from effektiv.render.pages import Record, read_record, render_page, sentence, swedish_date

INDEX = "index.html"


class Step(NamedTuple):
    """A step as the index names it."""

    number: int
    name: str


@dataclass(frozen=True)
class Line:
    """A report in a municipality's index; `href` and `xlsx` are empty when there is no such file."""

    omrade_namn: str
    href: str
    xlsx: str
    finding: str
    fault: str
    status: str


@dataclass(frozen=True)
class MunicipalityLine:
    """A municipality in the index of all."""

    kommun: str
    href: str
    summary: str


@dataclass
class _Municipality:
    """What the folder has of a municipality.

    Attributes
    ----------
    name
        Its name.
    records
        The reports there are, by step and area.
    faults
        What failed in this run, by step and area, with the message.
    in_run
        Step and area of the reports of this run.
    """

    name: str = ""
    records: dict[tuple[int, str], Record] = field(default_factory=dict)
    faults: dict[tuple[int, str], str] = field(default_factory=dict)
    in_run: set[tuple[int, str]] = field(default_factory=set)


def write_index(ut: Path, jobs: Sequence[Job], faults: Mapping[Job, str]) -> None:
    """Write ``index.html`` for the folder and for the municipalities of a run.

    Parameters
    ----------
    ut
        The output folder.
    jobs
        The reports that the run has finished with, those that failed included.
    faults
        Why reports failed.
    """
    municipalities = _scan(ut)
    for job in jobs:
        municipality = municipalities[job.folder]
        municipality.name = job.kommun
        municipality.in_run.add((job.steg, job.omrade))
        if job in faults:
            municipality.faults[job.steg, job.omrade] = faults[job]
    area_names = {
        omrade: record.omrade_namn
        for municipality in municipalities.values()
        for (_, omrade), record in municipality.records.items()
    }
    for folder, municipality in municipalities.items():
        page = ut / folder / INDEX
        if municipality.in_run or not page.exists():
            write_file(page, _municipality_page(municipality, ut / folder, area_names))
    write_file(ut / INDEX, _top_page(municipalities))


def _scan(ut: Path) -> defaultdict[str, _Municipality]:
    """Find the reports in the folder."""
    found: defaultdict[str, _Municipality] = defaultdict(_Municipality)
    for step_folder in STEP_FOLDERS.values():
        for path in sorted(ut.glob(f"[0-9][0-9][0-9][0-9]-*/{step_folder}/*.html")):
            record = read_record(path)
            if record is not None:
                municipality = found[path.parts[-3]]
                municipality.name = record.kommun
                municipality.records[record.steg, path.stem] = record
    return found


def _municipality_page(municipality: _Municipality, folder: Path, area_names: Mapping[str, str]) -> bytes:
    steps: dict[int, list[Line]] = defaultdict(list)
    keys = sorted(municipality.records.keys() | municipality.faults.keys(), key=_report_order)
    for step, area in keys:
        steps[step].append(_line(municipality, folder, step, area, area_names))
    return render_page(
        "kommun.html.j2",
        {
            "title": f"Rapporter för {municipality.name}",
            "kommun": municipality.name,
            "exempel": _is_example(municipality),
            "steps": [(Step(step, STEP_NAMES[step]), lines) for step, lines in sorted(steps.items())],
        },
    )


def _report_order(key: tuple[int, str]) -> tuple[int, bool, str]:
    step, area = key
    return step, area != "oversikt", area


def _line(
    municipality: _Municipality, folder: Path, step: int, area: str, area_names: Mapping[str, str]
) -> Line:
    record = municipality.records.get((step, area))
    fault = municipality.faults.get((step, area), "")
    report = folder / STEP_FOLDERS[step] / f"{area}.html"
    relative = f"{STEP_FOLDERS[step]}/{area}"
    if record is None:
        return Line(area_names.get(area, area), "", "", "", sentence(fault), "Det finns ingen rapport.")
    made = f"{swedish_date(record.framstalld)} ur frysningen {record.frysning}"
    if fault:
        status = f"Rapporten är från en tidigare körning, framställd {made}."
    elif (step, area) in municipality.in_run:
        status = f"Klar. Framställd {made}."
    else:
        status = f"Från en tidigare körning. Framställd {made}."
    xlsx = f"{relative}.xlsx" if report.with_suffix(".xlsx").is_file() else ""
    return Line(
        record.omrade_namn,
        f"{relative}.html",
        xlsx,
        record.slutsats,
        sentence(fault) if fault else "",
        status,
    )


def _is_example(municipality: _Municipality) -> bool:
    return any(record.exempel for record in municipality.records.values())


def _top_page(municipalities: Mapping[str, _Municipality]) -> bytes:
    groups: dict[str, list[MunicipalityLine]] = defaultdict(list)
    for folder, municipality in sorted(municipalities.items(), key=lambda item: swedish_order(item[1].name)):
        groups[first_letter(municipality.name)].append(
            MunicipalityLine(municipality.name, f"{folder}/{INDEX}", _count(municipality))
        )
    reports = sum(len(municipality.records) for municipality in municipalities.values())
    failed = sum(len(municipality.faults) for municipality in municipalities.values())
    summary = (
        f"{_number(len(municipalities), 'kommun', 'kommuner')}, {_number(reports, 'rapport', 'rapporter')}."
    )
    if failed:
        summary += f" {_number(failed, 'rapport', 'rapporter')} misslyckades i den senaste körningen."
    return render_page(
        "kommuner.html.j2",
        {
            "title": "Rapporter per kommun – Effektivare kommun",
            "exempel": any(_is_example(municipality) for municipality in municipalities.values()),
            "summary": summary,
            "groups": list(groups.items()),
        },
    )


def _count(municipality: _Municipality) -> str:
    text = _number(len(municipality.records), "rapport", "rapporter")
    if municipality.faults:
        text += f", {len(municipality.faults)} misslyckades"
    return text


def _number(count: int, one: str, many: str) -> str:
    return f"{format_decimal(count, locale='sv_SE')} {one if count == 1 else many}"


def first_letter(name: str) -> str:
    """Return the letter a name is listed under: å, ä and ö are letters of their own, é is an e."""
    letter = name[:1].upper()
    return letter if letter in "ÅÄÖ" else unicodedata.normalize("NFKD", letter)[:1]


def swedish_order(name: str) -> str:
    """Return a sort key for Swedish order: å, ä, ö after z; other accents and capitals do not count."""
    letters = []
    for letter in unicodedata.normalize("NFC", name).lower():
        place = "åäö".find(letter)
        letters.append("{|}"[place] if place >= 0 else unicodedata.normalize("NFKD", letter)[:1])
    return "".join(letters)
