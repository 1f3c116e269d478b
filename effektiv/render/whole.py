"""The five steps of a municipality as one document: every report without its underlag, step by step.

The notebooks are run by the same workers as those of reports, which here give a `MainPart`. Of these are made a page,
the same printed, and a Word file, with one table of contents. What is missing is named and nothing is put in its place.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from html import escape
from pathlib import Path
from types import MappingProxyType

from markupsafe import Markup

from effektiv.errors import EffektivError
from effektiv.render.appendix import put_in_place
from effektiv.render.document import Document, Entry, Ids, Section, unique_ids
from effektiv.render.excerpt import MAIN_PART, MainPart
from effektiv.render.files import prepare_folder
from effektiv.render.jobs import Job, check_jobs
from effektiv.render.office import find_office, heading_pages
from effektiv.render.pages import render_page, sentence, swedish_date
from effektiv.render.pdf import draw_png, find_browser, page_numbers, print_pdf
from effektiv.render.pool import Outcome, WorkerPool
from effektiv.render.tasks import Task
from effektiv.steg import STEPS, Step

NAME = "alla-steg"
FORMATS = ("html", "pdf", "docx")

_DEEPER = 2
"""So much lower are a report's headings here than in the report itself: below those of its step and its name."""

_SECONDS = 600.0
"""Longest time for the browser: the document is as long as all reports together."""

_MOST_PRINTS = 3
"""The second print has the numbers of the first; a third is needed only if they moved a heading."""

_HEADING = re.compile(r"(</?h)([1-6])(?=[\s>])")
_LINK = re.compile(
    r'<a\b[^>]*?\shref="(?:\.\./(?P<folder>[^"/]+)/)?(?P<name>[^"/:#]+)\.html(?:#[^"]*)?"[^>]*>(?P<text>.*?)</a>',
    re.DOTALL,
)


def make_whole(
    jobs: Sequence[Job],
    ut: Path,
    *,
    formats: Sequence[str] = FORMATS,
    workers: int = 1,
    timeout: float = 120.0,
    preload: Sequence[str] = (),
) -> list[Path]:
    """Make the document of all steps of a municipality.

    Parameters
    ----------
    jobs
        The municipality's reports of every step that there are notebooks of. The first topic of step 1 is among them:
        it says which focus areas are chosen, and only their reports are taken, with those of all topics.
    ut
        Output folder; the files lie in the municipality's folder there.
    formats
        Of `FORMATS`.
    workers, timeout, preload
        As for `effektiv.render.run`.

    Returns
    -------
    list of Path
        The files, in the order of the formats.

    Raises
    ------
    InputError
        The call is wrong, or there is no browser; nothing was started.
    EffektivError
        A notebook failed, or a file could not be written; no file was changed.
    """
    browser = None
    if set(formats) - {"html"}:
        browser = find_browser("Dokumentet som PDF och som Wordfil", "html")
    check_jobs(jobs)
    prepare_folder(ut)
    today = dt.date.today()
    leading = next(job for job in jobs if job.steg == 1 and job.omrade in STEPS[1].first)

    def task(job: Job) -> Task:
        return Task(job, "", today, (MAIN_PART,), "effektiv", timeout)

    with closing(WorkerPool(workers, preload)) as pool:
        first = _part(pool.make(task(leading)))
        chosen = tuple(dict.fromkeys(first.case.get("valda") or ()))
        rest = [task(job) for job in jobs if job != leading and _is_taken(job, chosen)]
        found = {outcome.task.job: _part(outcome) for outcome in pool.outcomes(rest)}
    found[leading] = first
    whole = _Whole(first, chosen, _by_step(found, chosen), today)

    made = {"html": _html(whole)}
    if browser is not None and "pdf" in formats:
        made["pdf"] = _pdf(whole, browser)
    if browser is not None and "docx" in formats:
        made["docx"] = _docx(whole, browser, workers)
    files = {ut / leading.folder / f"{NAME}.{name}": made[name] for name in formats}
    put_in_place(files, ut)
    return list(files)


def _is_taken(job: Job, chosen: Sequence[str]) -> bool:
    return job.steg is not None and (job.omrade in STEPS[job.steg].topics or job.omrade in chosen)


def _part(outcome: Outcome) -> MainPart:
    """Return what a worker has taken from a notebook; raises `EffektivError` when it could not."""
    if outcome.files is None:
        notebook = "/".join(outcome.task.job.notebook.parts[-2:])
        raise EffektivError(
            sentence(f"Dokumentet med alla steg kunde inte göras: {notebook}, {outcome.message}")
        )
    return MainPart.from_bytes(outcome.files[MAIN_PART])


@dataclass(frozen=True)
class _Report:
    """A report in the document: its step, its topic or area, and what was taken from it."""

    step: Step
    omrade: str
    part: MainPart

    @property
    def id(self) -> str:
        return f"steg-{self.step.number}-{self.omrade}"


@dataclass(frozen=True)
class _Whole:
    """All that the document is made of: the overview, the chosen areas, the reports by step, the day of making."""

    first: MainPart
    chosen: tuple[str, ...]
    steps: Mapping[int, Sequence[_Report]]
    made: dt.date

    @property
    def reports(self) -> list[_Report]:
        return [report for reports in self.steps.values() for report in reports]


def _by_step(found: Mapping[Job, MainPart], chosen: Sequence[str]) -> dict[int, list[_Report]]:
    """Return the reports of each step, topics and areas in the order that they have in it."""

    def place(report: _Report) -> tuple[int, int, str]:
        group, at, name = report.step.order(report.omrade)
        return group, chosen.index(name) if name in chosen else at, name

    return {
        number: sorted(
            (_Report(step, job.omrade, part) for job, part in found.items() if job.steg == number), key=place
        )
        for number, step in STEPS.items()
    }


# What it says ------------------------------------------------------------------------------


def _title(whole: _Whole) -> str:
    return f"De fem stegen för {whole.first.case['kommun']}"


def _heading(step: Step) -> str:
    return f"Steg {step.number}: {step.name}"


def _listed(names: Sequence[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} och {last}" if most else last


def _contents(whole: _Whole) -> str:
    """Return what the document holds, in a sentence or two."""
    names = {report.omrade: report.part.name.lower() for report in whole.reports}
    areas = [names.get(area, area) for area in whole.chosen]
    what = "Dokumentet har rapporterna från varje steg, utan underlag"
    if not areas:
        return f"{what}. Inget fokusområde är valt eller utpekat, så bara det gemensamma är med."
    kind = "fokusområdena" if len(areas) > 1 else "fokusområdet"
    return f"{what}, för {kind} {_listed(areas)}."


def _lacking(whole: _Whole, step: Step) -> list[str]:
    """Return sentences on what is missing in a step."""
    assert step.number is not None
    reports = whole.steps[step.number]
    if not reports:
        return ["Steget har inga rapporter i den här versionen av arbetsboken."]
    names = {report.omrade: report.part.name.lower() for report in whole.reports}
    there = {report.omrade for report in reports}
    said = []
    without = [names.get(area, area) for area in whole.chosen if area not in there]
    if without:
        said.append(f"Steget har ingen rapport för {_listed(without)}.")
    thin = [report.part.name for report in reports if report.part.is_thin]
    if thin:
        said.append(
            f"Underlaget är tunt för {_listed([name.lower() for name in thin])}: där står vad som finns och vad som saknas."
        )
    return said


def _about(whole: _Whole) -> dict[str, str]:
    """Return what stands of the document itself: Swedish term to text."""
    case = whole.first.case
    data: dict[str, list[int]] = {}
    for number, reports in whole.steps.items():
        for report in reports:
            shown = report.part.case
            text = (
                f"datauttag {shown['frysning']}, {swedish_date(shown['skapad'])}. {sentence(shown['kalla'])}"
            )
            data.setdefault(text, []).append(number)
    lines = [
        f"Steg {_listed([str(each) for each in dict.fromkeys(at)])}: {text}" for text, at in data.items()
    ]
    said = {
        "Källor": ("Alla värden är påhittade. " if case["exempel"] else "")
        + "Källan står vid varje figur och tabell. ”Källa: Kolada” betyder att värdet visas som "
        "Kolada har publicerat det, ”Egen bearbetning” att det är beräknat här; för det svarar inte Kolada eller RKA.",
        "Data": " ".join(lines),
        "Jämförs med": case["jamfor_med"],
        "Version": f"Effektivare kommun {case['version']}. Dokumentet framställt {swedish_date(whole.made.isoformat())}.",
    }
    return {term: text for term, text in said.items() if text}


# The page ----------------------------------------------------------------------------------


def _pdf(whole: _Whole, browser: Path) -> bytes:
    """Print the page, and again with the numbers of the pages that its headings have come on.

    Raises
    ------
    EffektivError
        The browser did not print, or the headings do not stay on their pages.
    """
    pages: dict[str, int] = {}
    for _ in range(_MOST_PRINTS):
        pdf = print_pdf(_html(whole, pages), browser, _SECONDS)
        found = page_numbers(pdf)
        if found == pages:
            return pdf
        pages = found
    raise EffektivError(
        f"Dokumentet fick inte samma sidnummer två gånger i rad på {_MOST_PRINTS} utskrifter; välj --format html,docx."
    )


def _html(whole: _Whole, pages: Mapping[str, int] = MappingProxyType({})) -> bytes:
    """Make the page; with the pages of its headings, by id, the table of contents says them in print."""
    case = whole.first.case
    return render_page(
        "bilaga.html.j2",
        {
            "title": _title(whole),
            "case": case,
            "exempel": case["exempel"],
            "kind": "alla steg",
            "what": "De fem stegen",
            "contents": _contents(whole),
            "document": _document(whole),
            "about": _about(whole),
            "about_title": "Om dokumentet",
            "whole": True,
            "pages": pages,
            "contact": case.get("tillganglighet"),
        },
    )


def _document(whole: _Whole) -> Document:
    """Return the steps as sections, and in each its reports, with ids that are unique in the page."""
    reports = whole.reports
    document = Document()
    document.ids |= {f"steg-{number}" for number in whole.steps} | {report.id for report in reports}
    here = {(report.step.folder, report.omrade): report.id for report in reports}
    for number, step in STEPS.items():
        identity, title = f"steg-{number}", Markup(escape(_heading(step)))
        heading = Markup(f'<h2 id="{identity}">{title}</h2>')
        parts = [str(heading), *(f"<p>{escape(text)}</p>" for text in _lacking(whole, step))]
        entries = []
        for report in whole.steps[number]:
            name = escape(report.part.name)
            entries.append(Entry(report.id, Markup(name)))
            parts.append(
                f'<article class="report" aria-labelledby="{report.id}">\n<h3 id="{report.id}">{name}</h3>\n'
                f"{_fitted(report, here, document.ids)}</article>"
            )
        document.sections.append(Section(identity, title, heading, Markup("\n".join(parts)), entries))
    return document


def _fitted(report: _Report, here: Mapping[tuple[str, str], str], ids: Ids) -> str:
    """Return a report's own HTML as a part of the document: lower headings, other ids, links that stay in it."""

    def lower(found: re.Match[str]) -> str:
        return f"{found[1]}{min(int(found[2]) + _DEEPER, 6)}"

    def lead(found: re.Match[str]) -> str:
        target = here.get((found["folder"] or report.step.folder, found["name"]))
        return found["text"] if target is None else f'<a href="#{target}">{found["text"]}</a>'

    html = unique_ids(_HEADING.sub(lower, report.part.html), ids)
    return _LINK.sub(lead, html)


# The Word file -----------------------------------------------------------------------------


def _docx(whole: _Whole, browser: Path, workers: int) -> bytes:
    """Make the Word file, and where LibreOffice is found again with the numbers of its pages."""
    # Takes half a second to load, and only a Word file needs it.
    from effektiv.render.docx import CONTENTS_LEVELS, Chapter, figure_size, make_docx  # noqa: PLC0415

    chapters = []
    for number, step in STEPS.items():
        chapters.append(Chapter(_heading(step), (), 1, _lacking(whole, step)))
        for report in whole.steps[number]:
            chapters.append(Chapter(report.part.name, (), 2))
            chapters += [
                Chapter(title, exhibits, 3 if title else 2) for title, exhibits in report.part.sections
            ]
    figures = {each["svg"] for chapter in chapters for each in chapter.exhibits if each.get("svg")}
    with ThreadPoolExecutor(workers) as threads:
        drawn = threads.map(lambda svg: (svg, draw_png(svg, figure_size(svg), browser)), figures)
        pictures = dict(drawn)

    def make(pages: Sequence[int]) -> bytes:
        return make_docx(
            chapters,
            title=_title(whole),
            intro=[_contents(whole)],
            about=_about(whole),
            example=whole.first.case["exempel"],
            made=whole.made,
            draw=lambda svg, _: pictures[svg],
            contents="Innehåll",
            pages=pages,
        )

    made, office = make(()), find_office()
    if office is None:
        return made
    return make([page for _, page in heading_pages(made, office, CONTENTS_LEVELS)])
