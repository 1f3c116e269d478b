"""The application's appendix: a municipality's overview and its chosen focus areas as one document.

The notebooks are run by the same workers as those of reports, which here give an `Excerpt`: the first page and the
problem statement. Of these are made a page, the same printed, and a Word file.
"""

# nbformat is half typed.
# mypy: disable-error-code="no-untyped-call"
from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import closing
from html import escape
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from effektiv.errors import EffektivError, system_reason
from effektiv.render.document import build_document
from effektiv.render.excerpt import EXCERPT, Excerpt
from effektiv.render.files import folder_lock, prepare_folder, remove_unfinished, write_together
from effektiv.render.jobs import Job, check_jobs
from effektiv.render.pages import render_page, sentence, swedish_date
from effektiv.render.pdf import draw_png, find_browser, print_pdf
from effektiv.render.pool import Outcome, WorkerPool
from effektiv.render.tasks import Task

NAME = "bilaga"
FORMATS = ("html", "pdf", "docx")
PAPER, PAPER_FORMATS = "tjansteskrivelse", ("pdf", "docx")
"""Name and formats of the paper that may go with it: what is signed is no page of links."""


def make_appendix(
    overview: Job,
    areas: Mapping[str, Job],
    ut: Path,
    *,
    formats: Sequence[str] = FORMATS,
    workers: int = 1,
    timeout: float = 120.0,
    preload: Sequence[str] = (),
    paper: Job | None = None,
) -> list[Path]:
    """Make a municipality's appendix.

    Parameters
    ----------
    overview
        The overview, which says which areas the municipality has chosen.
    areas
        The jobs of the focus areas that there are notebooks of, by id.
    ut
        Output folder; the files lie in the municipality's folder there.
    formats
        Of `FORMATS`.
    workers, timeout, preload
        As for `effektiv.render.run`.
    paper
        A report to be signed that goes with it (`effektiv.steg.DOCUMENTS`), made as Word file and print; None for none.

    Returns
    -------
    list of Path
        The files, in the order of the formats, the paper's last.

    Raises
    ------
    InputError
        The call is wrong, or there is no browser; nothing was started.
    EffektivError
        A notebook failed, a chosen area has no notebook, or a file could not be written; no file was changed.
    """
    browser = None
    if set(formats) - {"html"} or paper is not None:
        browser = find_browser("Bilagan som PDF och som Wordfil", "html")
    check_jobs([overview, *areas.values(), *([paper] if paper is not None else [])])
    prepare_folder(ut)
    today = dt.date.today()

    def task(job: Job) -> Task:
        return Task(job, "", today, (EXCERPT,), "effektiv", timeout)

    with closing(WorkerPool(workers, preload)) as pool:
        first = _excerpt(pool.make(task(overview)))
        tasks = [task(job) for job in _chosen(first, areas)]
        found = {outcome.task: _excerpt(outcome) for outcome in pool.outcomes(tasks)}
        signed = (
            {}
            if paper is None
            else _paper(pool.make(Task(paper, "", today, PAPER_FORMATS, "effektiv", timeout)))
        )
    excerpts = [first, *(found[each] for each in tasks)]

    html = _html(excerpts, today) if {"html", "pdf"} & set(formats) else b""
    made = {"html": html}
    if browser is not None and "pdf" in formats:
        made["pdf"] = print_pdf(html, browser)
    if browser is not None and "docx" in formats:
        made["docx"] = _docx(excerpts, today, browser)
    files = {ut / overview.folder / f"{NAME}.{name}": made[name] for name in formats}
    files |= {ut / overview.folder / f"{PAPER}.{name}": content for name, content in signed.items()}
    put_in_place(files, ut)
    return list(files)


def _paper(outcome: Outcome) -> dict[str, bytes]:
    """Return the files of a paper by format; raises `EffektivError` when it could not be made."""
    if outcome.message is not None or outcome.files is None:
        raise EffektivError(sentence(f"Tjänsteskrivelsen kunde inte göras: {outcome.message}"))
    return {name: outcome.files[name] for name in PAPER_FORMATS}


def _excerpt(outcome: Outcome) -> Excerpt:
    """Return what a worker has taken from a notebook; raises `EffektivError` when it could not."""
    if outcome.files is None:
        notebook = "/".join(outcome.task.job.notebook.parts[-2:])
        raise EffektivError(sentence(f"Bilagan kunde inte göras: {notebook}, {outcome.message}"))
    return Excerpt.from_bytes(outcome.files[EXCERPT])


def _chosen(overview: Excerpt, areas: Mapping[str, Job]) -> list[Job]:
    """Return the jobs of the areas that the municipality has chosen."""
    chosen = list(dict.fromkeys(overview.case.get("valda") or []))
    for area in chosen:
        if area not in areas:
            raise EffektivError(
                f"Det valda fokusområdet {area!r} har ingen notebook; områden som har: {', '.join(areas) or 'inga'}."
            )
    return [areas[area] for area in chosen]


def put_in_place(files: Mapping[Path, bytes], ut: Path) -> None:
    """Write the files, all or none."""
    try:
        with folder_lock(ut):
            remove_unfinished(ut)
            write_together(files)
    except OSError as error:
        name = error.filename2 or error.filename or next(iter(files))
        raise EffektivError(
            f"{name} kan inte skrivas ({system_reason(error)}); är filen öppen i ett annat program?"
        ) from error


# What it says ------------------------------------------------------------------------------


def _title(excerpts: Sequence[Excerpt]) -> str:
    return f"Bilaga till ansökan: {excerpts[0].case['steg_namn'].lower()} för {excerpts[0].case['kommun']}"


def _contents(excerpts: Sequence[Excerpt]) -> str:
    """Return what the appendix holds, in a sentence."""
    names = [excerpt.name.lower() for excerpt in excerpts[1:]]
    if not names:
        return "Inget fokusområde är valt eller utpekat, så bilagan har bara översikten."
    *most, last = names
    listed = f"{', '.join(most)} och {last}" if most else last
    kind = "fokusområdena" if most else "fokusområdet"
    return f"Bilagan har översikten och, för {kind} {listed}, det viktigaste och problemformuleringen."


def _about(case: Mapping[str, Any], made: dt.date) -> dict[str, str]:
    """Return what stands of the appendix itself: Swedish term to text."""
    sources = "Alla värden är påhittade. " if case["exempel"] else ""
    return {
        "Källor": sources
        + "Källan står vid varje figur och tabell. ”Källa: Kolada” betyder att värdet visas som "
        "Kolada har publicerat det, ”Egen bearbetning” att det är beräknat här; för det svarar inte Kolada eller RKA.",
        "Data": f"Datauttag {case['frysning']}, {swedish_date(case['skapad'])}. {sentence(case['kalla'])}",
        "Jämförs med": case["jamfor_med"],
        "Version": f"Effektivare kommun {case['version']}. Bilagan framställd {swedish_date(made.isoformat())}.",
    }


def _html(excerpts: Sequence[Excerpt], made: dt.date) -> bytes:
    case = excerpts[0].case
    return render_page(
        "bilaga.html.j2",
        {
            "title": _title(excerpts),
            "case": case,
            "exempel": case["exempel"],
            "kind": "bilaga till ansökan",
            "what": case["steg_namn"],
            "contents": _contents(excerpts),
            "about_title": "Om bilagan",
            "whole": False,
            "document": build_document(_as_notebook(excerpts)),
            "about": {term: said for term, said in _about(case, made).items() if said},
            "contact": case.get("tillganglighet"),
        },
    )


def _as_notebook(excerpts: Sequence[Excerpt]) -> NotebookNode:
    """Return the excerpts as one notebook that has been run: a heading each, and below it what was shown."""
    cells = []
    for excerpt in excerpts:
        outputs = [new_output("display_data", data={"text/html": html}) for html in excerpt.html]
        cells += [
            new_markdown_cell(f"<h2>{escape(excerpt.name)}</h2>"),
            new_code_cell("", outputs=outputs),
        ]
    notebook: NotebookNode = new_notebook(cells=cells)
    return notebook


def _docx(excerpts: Sequence[Excerpt], made: dt.date, browser: Path) -> bytes:
    # Takes half a second to load, and only a Word file needs it.
    from effektiv.render.docx import Chapter, make_docx  # noqa: PLC0415

    case = excerpts[0].case
    return make_docx(
        [Chapter(excerpt.name, excerpt.exhibits) for excerpt in excerpts],
        title=_title(excerpts),
        intro=[_contents(excerpts)],
        about={term: said for term, said in _about(case, made).items() if said},
        example=case["exempel"],
        made=made,
        draw=lambda svg, size: draw_png(svg, size, browser),
    )
