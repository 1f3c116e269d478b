"""Index pages: every municipality and network of a folder, and every report of each.

They are made from the reports that lie in the folder, each of which tells what it is
(`effektiv.render.pages.Record`), and from what failed in the run that has just ended. Reports
of earlier runs are therefore still found. All links are relative: a folder can be zipped,
mailed and put on a server as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from babel.numbers import format_decimal

from effektiv.render.files import write_file
from effektiv.render.pages import Record, is_unreadable, read_record, render_page, sentence, swedish_date
from effektiv.render.results import ReportResult
from effektiv.steg import NETWORK, STEPS, step_of

INDEX = "index.html"

_FOLDER = re.compile(r"\d{4}(-.*)?|natverk-.+")
_UNREADABLE = (
    "Det finns en rapport från en tidigare körning, men den går inte att läsa: den är skadad eller gjord av en"
    " annan version av arbetsboken. Gör om den med effektiv rendera."
)


_Key = tuple[int | None, str]
"""Step and area of a report."""


@dataclass(frozen=True)
class Line:
    """A report in an index of reports; `href`, `xlsx` and `pdf` are empty when there is no such file."""

    omrade_namn: str
    href: str
    xlsx: str
    pdf: str
    finding: str
    fault: str
    status: str


@dataclass(frozen=True)
class SubjectLine:
    """A municipality or network in the index of all."""

    kommun: str
    href: str
    summary: str


@dataclass
class _Subject:
    """What the folder has of a municipality or a network.

    Attributes
    ----------
    name
        Its name.
    records
        The reports there are, by step (None for a network) and area or topic.
    in_run
        How the reports of this run went, by step and area.
    unreadable
        The reports whose records cannot be read, by step and area.
    """

    name: str = ""
    records: dict[_Key, Record] = field(default_factory=dict)
    in_run: dict[_Key, ReportResult] = field(default_factory=dict)
    unreadable: dict[_Key, Path] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        """Number of reports that failed in this run."""
        return sum(result.status == "fel" for result in self.in_run.values())


def write_index(ut: Path, results: Sequence[ReportResult]) -> list[Path]:
    """Write ``index.html`` for the folder and for the municipalities and networks of a run.

    Parameters
    ----------
    ut
        The output folder.
    results
        The reports that the run has finished with, those that failed included.

    Returns
    -------
    list of Path
        Reports in the folder that cannot be read: the index has no link to them.
    """
    municipalities = _scan(ut)
    for result in results:
        municipality = municipalities[result.job.folder]
        municipality.name = result.job.kommun.strip()
        municipality.in_run[result.job.steg, result.job.omrade] = result
    area_names = {
        omrade: record.omrade_namn
        for municipality in municipalities.values()
        for (_, omrade), record in municipality.records.items()
    }
    for folder, municipality in municipalities.items():
        # One without a name of its own is listed by its folder, which begins with its code or with natverk.
        municipality.name = municipality.name or folder
        page = ut / folder / INDEX
        if municipality.in_run or municipality.unreadable or not page.exists():
            write_file(page, _municipality_page(municipality, ut / folder, area_names))
    write_file(ut / INDEX, _top_page(municipalities))
    return [path for municipality in municipalities.values() for path in municipality.unreadable.values()]


def _scan(ut: Path) -> defaultdict[str, _Subject]:
    """Find the reports in the folder."""
    found: defaultdict[str, _Subject] = defaultdict(_Subject)
    for step in (*STEPS.values(), NETWORK):
        for path in sorted(ut.glob(f"*/{step.folder}/*.html")):
            folder = path.parts[-3]
            if not _FOLDER.fullmatch(folder):
                continue
            record = read_record(path)
            if record is not None:
                found[folder].name = record.kommun.strip()
                found[folder].records[step.number, path.stem] = record
            elif is_unreadable(path):
                found[folder].unreadable[step.number, path.stem] = path
    return found


def _municipality_page(municipality: _Subject, folder: Path, area_names: Mapping[str, str]) -> bytes:
    steps: dict[int | None, list[Line]] = defaultdict(list)
    keys = sorted(
        municipality.records.keys() | municipality.in_run.keys() | municipality.unreadable.keys(),
        key=_report_order,
    )
    for step, area in keys:
        steps[step].append(_line(municipality, folder, step, area, area_names))
    return render_page(
        "kommun.html.j2",
        {
            "title": f"Rapporter för {municipality.name}",
            "kommun": municipality.name,
            "exempel": _is_example(municipality),
            "steps": [(step_of(step), lines) for step, lines in steps.items()],
        },
    )


def _report_order(key: _Key) -> tuple[str, tuple[int, int, str]]:
    step = step_of(key[0])
    return step.folder, step.order(key[1])


def _line(
    municipality: _Subject, folder: Path, step: int | None, area: str, area_names: Mapping[str, str]
) -> Line:
    record = municipality.records.get((step, area))
    result = municipality.in_run.get((step, area))
    fault = sentence(result.fel) if result is not None and result.fel else ""
    report = folder / step_of(step).folder / f"{area}.html"
    relative = f"{step_of(step).folder}/{area}"
    if record is None:
        status = _UNREADABLE if (step, area) in municipality.unreadable else "Det finns ingen rapport."
        return Line(area_names.get(area, area), "", "", "", "", fault, status)
    made = f"{swedish_date(record.framstalld)} ur frysningen {record.frysning}"
    if result is not None and result.filer:
        status = f"Resten av rapporten är klar. Framställd {made}."
    elif fault:
        status = f"Rapporten är från en tidigare körning, framställd {made}."
    elif result is None:
        status = f"Från en tidigare körning. Framställd {made}."
    elif result.status == "oforandrad":
        status = f"Oförändrad. Framställd {made}."
    else:
        status = f"Klar. Framställd {made}."
    xlsx, pdf = (
        f"{relative}{suffix}" if report.with_suffix(suffix).is_file() else "" for suffix in (".xlsx", ".pdf")
    )
    return Line(record.omrade_namn, f"{relative}.html", xlsx, pdf, record.slutsats, fault, status)


def _is_example(municipality: _Subject) -> bool:
    return any(record.exempel for record in municipality.records.values())


def _top_page(municipalities: Mapping[str, _Subject]) -> bytes:
    groups: dict[str, list[SubjectLine]] = defaultdict(list)
    networks: list[SubjectLine] = []
    for folder, municipality in sorted(municipalities.items(), key=lambda item: swedish_order(item[1].name)):
        line = SubjectLine(municipality.name, f"{folder}/{INDEX}", _count(municipality))
        where = groups[first_letter(municipality.name)] if folder[0].isdigit() else networks
        where.append(line)
    reports = sum(len(municipality.records) for municipality in municipalities.values())
    failed = sum(municipality.failed for municipality in municipalities.values())
    counted = [_number(len(municipalities) - len(networks), "kommun", "kommuner")]
    counted += [f"{len(networks)} nätverk"] if networks else []
    summary = f"{', '.join(counted)}, {_number(reports, 'rapport', 'rapporter')}."
    if failed:
        summary += f" {_number(failed, 'rapport', 'rapporter')} misslyckades i den senaste körningen."
    return render_page(
        "kommuner.html.j2",
        {
            "title": "Rapporter per kommun – Effektivare kommun",
            "exempel": any(_is_example(municipality) for municipality in municipalities.values()),
            "summary": summary,
            "networks": networks,
            "groups": list(groups.items()),
        },
    )


def _count(municipality: _Subject) -> str:
    text = _number(len(municipality.records), "rapport", "rapporter")
    if municipality.failed:
        text += f", {municipality.failed} misslyckades"
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
