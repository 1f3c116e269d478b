"""Index pages: every municipality and network of a folder, and every report of each.

Beside that of all municipalities, which is a table, lies the same table as an Excel file.

They are made from the reports that lie in the folder, each of which tells what it is
(`effektiv.render.pages.Record`), and from what failed in the run that has just ended. Reports
of earlier runs are therefore still found. All links are relative: a folder can be zipped,
mailed and put on a server as it is.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from babel.numbers import format_decimal
from markupsafe import Markup

from effektiv.render.files import write_file, write_together
from effektiv.render.overview import STEP, Municipality, is_sound, make_overview, make_sheet
from effektiv.render.pages import (
    TEMPLATES,
    Record,
    is_unreadable,
    read_record,
    render_page,
    sentence,
    swedish_date,
)
from effektiv.render.results import ReportResult
from effektiv.steg import NETWORK, STEPS, step_of

INDEX = "index.html"
SHEET = "kommuner.xlsx"
THIN = "tunt underlag"

_FOLDER = re.compile(r"\d{4}(-.*)?|natverk-.+")
_UNREADABLE = (
    "Det finns en rapport från en tidigare körning, men den går inte att läsa: den är skadad eller gjord av en"
    " annan version av arbetsboken. Gör om den med effektiv rendera."
)


_Key = tuple[int | None, str]
"""Step and area of a report."""


@dataclass(frozen=True)
class Line:
    """A report in an index of reports; `href`, `xlsx` and `pdf` are empty when there is no such file.

    `thin` says that there is too little data for more than a page.
    """

    omrade_namn: str
    href: str
    xlsx: str
    pdf: str
    finding: str
    fault: str
    status: str
    thin: bool = False


@dataclass(frozen=True)
class SubjectLine:
    """A network in the index of all."""

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
    """Write ``index.html`` for the folder and for the municipalities and networks of a run, and ``kommuner.xlsx``.

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
        # What a network's report calls it is known when there is one.
        if result.job.kod is not None or not municipality.name:
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
    write_together(_top_files(ut, municipalities, area_names))
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
            if record is not None and is_sound(record):
                found[folder].name = record.kommun.strip()
                found[folder].records[step.number, path.stem] = record
            elif record is not None or is_unreadable(path):
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
    href, thin = f"{relative}.html", record.underlag == "tunt"
    return Line(record.omrade_namn, href, xlsx, pdf, record.slutsats, fault, status, thin)


def _is_example(municipality: _Subject) -> bool:
    return any(record.exempel for record in municipality.records.values())


def _top_files(
    ut: Path, municipalities: Mapping[str, _Subject], area_names: Mapping[str, str]
) -> dict[Path, bytes | None]:
    """Return the page of all municipalities and its table as an Excel file, which an empty folder has not."""
    lines: list[Municipality] = []
    networks: list[SubjectLine] = []
    letters: list[str] = []
    for folder, municipality in sorted(municipalities.items(), key=lambda item: swedish_order(item[1].name)):
        href = f"{folder}/{INDEX}"
        if not folder[0].isdigit():
            networks.append(SubjectLine(municipality.name, href, _count(municipality)))
            continue
        letter = first_letter(municipality.name)
        is_new = letter not in letters
        letters += [letter] if is_new else []
        records = {area: record for (step, area), record in municipality.records.items() if step == STEP}
        status = _status(municipality, area_names)
        lines.append(Municipality(municipality.name, href, letter if is_new else "", records, status))
    example = any(_is_example(municipality) for municipality in municipalities.values())
    page = render_page(
        "kommuner.html.j2",
        {
            "title": "Rapporter per kommun – Effektivare kommun",
            "exempel": example,
            "summary": _summary(municipalities, len(networks)),
            "networks": networks,
            "letters": letters,
            "table": make_overview(lines),
            "xlsx": SHEET,
            "script": _script(),
            "script_hash": _script_hash(),
        },
    )
    made = [
        record.framstalld
        for municipality in municipalities.values()
        for record in municipality.records.values()
    ]
    day = dt.date.fromisoformat(max(made, default=dt.date.today().isoformat()))
    return {
        ut / SHEET: make_sheet(lines, example=example, made=day) if lines else None,
        ut / INDEX: page,
    }


@cache
def _script() -> Markup:
    """Return the script of the page of all municipalities; it only adds buttons that sort the table."""
    return Markup((TEMPLATES / "sortera.js").read_text(encoding="utf-8"))


@cache
def _script_hash() -> str:
    """Return what the page's policy allows: that script and no other, from wherever it may come."""
    return f"sha256-{base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()}"


def _summary(municipalities: Mapping[str, _Subject], networks: int) -> str:
    reports = sum(len(municipality.records) for municipality in municipalities.values())
    failed = sum(municipality.failed for municipality in municipalities.values())
    counted = [_number(len(municipalities) - networks, "kommun", "kommuner")]
    counted += [f"{networks} nätverk"] if networks else []
    summary = f"{', '.join(counted)}, {_number(reports, 'rapport', 'rapporter')}."
    if failed:
        summary += f" {_number(failed, 'rapport', 'rapporter')} misslyckades i den senaste körningen."
    return summary


def _status(municipality: _Subject, area_names: Mapping[str, str]) -> str:
    """Return ``klar``, or the reports that failed and those with too little data."""
    faulty = {key for key, result in municipality.in_run.items() if result.status == "fel"}
    faulty |= municipality.unreadable.keys()
    thin = {key for key, record in municipality.records.items() if record.underlag == "tunt"} - faulty
    texts = []
    for word, keys in (("fel", faulty), (THIN, thin)):
        names = [
            area_names.get(area, area) + ("" if step == STEP else f" (steg {step})")
            for step, area in sorted(keys, key=_report_order)
        ]
        texts += [f"{word}: {', '.join(names)}"] if names else []
    return "; ".join(texts) or "klar"


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
