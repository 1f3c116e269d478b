"""One job made into the files of a report; the work that a worker does.

Nothing here writes to the output folder: the files are returned as bytes, and whoever
asked for them puts them in place. A worker can therefore be killed at any moment without
leaving half a report, and can as well run on another machine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields, replace
from typing import Any, Self

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from papermill.engines import papermill_engines
from papermill.execute import raise_for_execution_errors

from effektiv import errors
from effektiv.outputs import CASE_MIME, DATA_MIME, EXHIBIT_MIME, UNDERLAG
from effektiv.render.document import build_document
from effektiv.render.engine import EffektivEngine, KernelEngine
from effektiv.render.excerpt import EXCERPT, MAIN_PART, Excerpt, MainPart
from effektiv.render.jobs import Job
from effektiv.render.pages import Record, render_page, swedish_date
from effektiv.render.pdf import find_browser, print_pdf
from effektiv.render.tasks import Task, timeout_message
from effektiv.render.terms import link_terms, words_used
from effektiv.render.xlsx import make_xlsx
from effektiv.steg import step_of

FIRST_PAGE = "forsta-sidan"
"""Id of the exhibit that is a report's first page."""

_MESSAGE_LENGTH = 600
_LINE_LENGTH = 70
_KERNEL = "python3"
_OWN_ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.EffektivError)
}

papermill_engines.register("effektiv", EffektivEngine)
papermill_engines.register("effektiv-kernel", KernelEngine)


class ReportError(Exception):
    """A report could not be made, or not all of it; the message is for the controller.

    Attributes
    ----------
    files
        What was made all the same: format to content.
    """

    def __init__(self, message: str, files: Mapping[str, bytes] | None = None) -> None:
        super().__init__(message)
        self.files = dict(files or {})


@dataclass(frozen=True)
class CaseInfo:
    """What a report's opening cell says about the case; see `CASE_MIME`.

    A network has no code and no step, and its file's name as `kommun`; `namn` is what its report calls it. All else is
    required but the latest year (`ar`)
    and whether it is preliminary, whom to tell of faults in accessibility (an e-mail address or one that
    begins with https://), the list of words, and what the index tells: whether there are values enough
    (`underlag`), the facts (`lage`), and the ids of the chosen focus areas (`valda`); `ett_blad` prints all but the
    underlay on one sheet.
    """

    kommun: str
    kod: str | None
    omrade: str
    omrade_namn: str
    steg: int | None
    steg_namn: str
    frysning: str
    skapad: str
    kalla: str
    exempel: bool
    jamfor_med: str
    version: str
    ar: int | None = None
    preliminart_ar: int | None = None
    tillganglighet: str | None = None
    ordlista: Sequence[Mapping[str, Any]] = ()
    underlag: str = "fullt"
    lage: Mapping[str, Any] = field(default_factory=dict)
    valda: Sequence[str] = ()
    ett_blad: bool = False
    namn: str = ""

    @property
    def subject(self) -> str:
        """What the report is about, as it calls it."""
        return self.namn or self.kommun

    @classmethod
    def from_notebook(cls, notebook: NotebookNode, job: Job) -> Self:
        """Find the case among the outputs and check that it is the one that was asked for.

        Raises
        ------
        ReportError
            The notebook shows no case, or that of another municipality or step.
        """
        bundles = outputs_of(notebook, CASE_MIME)
        if not bundles:
            raise ReportError("notebooken visar inget fall: låt den öppnande cellen sluta med raden case")
        known = fields(cls)
        required = [each.name for each in known if each.default is each.default_factory is MISSING]
        missing = [name for name in required if name not in bundles[0]]
        if missing:
            raise ReportError(f"fallet som notebooken visar saknar {', '.join(missing)}")
        case = cls(**{each.name: bundles[0][each.name] for each in known if each.name in bundles[0]})
        if case.kod != job.kod or (job.kod is None and case.kommun != job.kommun):
            shown, asked = (
                f"{each.kommun} ({each.kod})" if each.kod else each.kommun for each in (case, job)
            )
            parameter = "natverk" if job.kod is None else "kommun"
            raise ReportError(
                f"notebooken visar {shown} i stället för {asked}; den ska öppna fallet med parametern {parameter}"
            )
        if case.steg != job.steg:
            raise ReportError(
                f"notebooken ligger i mappen {step_of(job.steg).folder} men öppnar sitt fall i steg {case.steg}; "
                f"skriv steg={job.steg} i open_case"
            )
        if case.underlag not in UNDERLAG:
            raise ReportError(
                f"fallet som notebooken visar har underlag {case.underlag!r}; det ska vara {' eller '.join(UNDERLAG)}"
            )
        return case


def outputs_of(notebook: NotebookNode, mime: str) -> list[Any]:
    """Return what the cells have shown of one mime type, in order; what was shown in a list, one by one."""
    return [
        each
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
        if output.output_type in {"execute_result", "display_data"} and mime in output.data
        for each in (output.data[mime] if isinstance(output.data[mime], list) else [output.data[mime]])
    ]


def values_of(notebook: NotebookNode) -> Mapping[str, Any] | None:
    """Return all values behind the report (`DATA_MIME`), if a cell has shown them.

    Raises
    ------
    ReportError
        Several cells have, or a row has another number of values than there are columns.
    """
    shown = outputs_of(notebook, DATA_MIME)
    if not shown:
        return None
    if len(shown) > 1:
        raise ReportError(
            f"notebooken visar alla värden {len(shown)} gånger; låt case.values() stå i en cell"
        )
    columns = shown[0]["columns"]
    for place, row in enumerate(shown[0]["rows"], start=1):
        if len(row) != len(columns):
            raise ReportError(f"rad {place} av alla värden har {len(row)} celler men ska ha {len(columns)}")
    values: Mapping[str, Any] = shown[0]
    return values


@dataclass
class CellTracker:
    """Which cell a notebook is at, as its reader would point at it.

    Attributes
    ----------
    tell
        Told the description of each cell as it starts.
    places
        The descriptions by index: number among all cells, and first line of code.
    """

    tell: Callable[[str], None]
    places: dict[int, str] = field(default_factory=dict)
    _injected: bool = False

    def __call__(self, index: int, cell: NotebookNode) -> None:
        """Note that a cell starts. papermill's own cell of parameters is not in the notebook's file."""
        self._injected = self._injected or "injected-parameters" in cell.metadata.get("tags", [])
        number = index if self._injected else index + 1
        line = next((line.strip() for line in cell.source.splitlines() if line.strip()), "")
        line = line if len(line) <= _LINE_LENGTH else f"{line[:_LINE_LENGTH]}…"
        self.places[index] = f"cell {number} ({line})" if line else f"cell {number}"
        self.tell(self.places[index])

    @property
    def place(self) -> str:
        """The latest description."""
        return self.places[max(self.places)] if self.places else "notebooken"


def make_report(task: Task, tell: Callable[[str], None]) -> dict[str, bytes]:
    """Run a job's notebook and make its files.

    Parameters
    ----------
    task
        What to make.
    tell
        Told where the notebook is as each cell starts, and an empty text after the last.

    Returns
    -------
    dict
        Format to the file's content.

    Raises
    ------
    ReportError
        A cell failed, the notebook does not show what a report needs, or no browser printed
        it; what was made before that comes with the error.
    """
    notebook = run_notebook(task, tell)
    tell("")
    case = CaseInfo.from_notebook(notebook, task.job)
    if task.formats == (EXCERPT,):
        try:
            return {EXCERPT: Excerpt.from_notebook(notebook).to_bytes()}
        except ValueError as error:
            raise ReportError(str(error)) from error
    if task.formats == (MAIN_PART,):
        return {MAIN_PART: MainPart.from_notebook(notebook).to_bytes()}
    exhibits = outputs_of(notebook, EXHIBIT_MIME)
    values = values_of(notebook)
    files = {"html": _html(task, case, exhibits, notebook)}
    if "xlsx" in task.formats:
        files["xlsx"] = _xlsx(task, case, exhibits, values)
    for name, make in (("pdf", _pdf), ("docx", _docx)):
        if name not in task.formats:
            continue
        try:
            files[name] = make(task, case, notebook, files)
        except (errors.EffektivError, ValueError) as error:
            # Without the links to the files that are not there.
            rest = replace(task, formats=tuple(each for each in task.formats if each in files))
            files["html"] = _html(rest, case, exhibits, notebook)
            raise ReportError(f"{_NAMES[name]}: {error}", files) from error
    return files


_NAMES = {"pdf": "PDF", "docx": "Word"}


def _pdf(_task: Task, _case: CaseInfo, _notebook: NotebookNode, files: Mapping[str, bytes]) -> bytes:
    return print_pdf(files["html"], find_browser())


def _docx(task: Task, case: CaseInfo, notebook: NotebookNode, _files: Mapping[str, bytes]) -> bytes:
    # Takes half a second to load, and only a document's report needs it.
    from effektiv.render.paper import about_paper, make_paper  # noqa: PLC0415

    about = about_paper(case.kalla, case.frysning, case.skapad, case.version, task.made)
    return make_paper(
        notebook, about, example=case.exempel, made=task.made, browser=find_browser("Wordfilen", "html,xlsx")
    )


def run_notebook(task: Task, tell: Callable[[str], None]) -> NotebookNode:
    """Run a job's notebook through papermill; raises `ReportError` when a cell fails.

    papermill reads it, fills in the parameters, runs its engine and looks for errors. Its last step, to
    write what is nowhere saved as JSON, is left out: a twentieth of a warm report.
    """
    tracker = CellTracker(tell)
    engine, options = "effektiv", {}
    if task.motor == "kernel":
        engine, options = "effektiv-kernel", {"execution_timeout": task.timeout}
    # papermill fills in {parameters} in the path, which a folder name may look like by chance.
    path = str(task.job.notebook).replace("{", "{{").replace("}", "}}")
    try:
        prepared = papermill.execute_notebook(
            path,
            None,
            parameters=dict(task.job.parameters),
            kernel_name=_KERNEL,
            language="python",
            engine_name=engine,
            prepare_only=True,
        )
        notebook: NotebookNode = papermill_engines.execute_notebook_with_engine(
            engine, prepared, _KERNEL, progress_bar=False, on_cell=tracker, **options
        )
        raise_for_execution_errors(notebook, None)
    except papermill.PapermillExecutionError as error:
        place = tracker.places.get(error.cell_index, tracker.place)
        raise ReportError(f"{place}: {_message(error.ename, error.evalue)}") from error
    except CellTimeoutError as error:
        raise ReportError(timeout_message(tracker.place, task.timeout)) from error
    except DeadKernelError as error:
        raise ReportError(f"{tracker.place}: kerneln dog, till exempel för att minnet tog slut") from error
    if notebook.metadata.papermill.exception:
        # papermill takes exit() for success, but then the rest of the report is missing.
        raise ReportError(f"{tracker.place}: notebooken avslutade sig själv innan den var klar")
    return notebook


def _message(ename: str, evalue: str) -> str:
    """Return an error in one line; our own errors are sentences and need no name."""
    text = " ".join(evalue.split())
    text = text if len(text) <= _MESSAGE_LENGTH else f"{text[:_MESSAGE_LENGTH]}…"
    if ename in _OWN_ERRORS:
        return text
    return f"{ename}: {text}" if text else ename


def _title(case: CaseInfo) -> str:
    return f"{case.steg_namn}: {case.omrade_namn} – {case.subject}"


def _finding(exhibits: Sequence[dict[str, Any]]) -> str:
    """Return the report's finding: the title of its first page, else the first that an exhibit has."""
    if exhibits and exhibits[0]["id"] == FIRST_PAGE:
        return str(exhibits[0]["title"])
    return next((exhibit["finding"] for exhibit in exhibits if exhibit["finding"]), "")


def _notebook_name(job: Job) -> str:
    return "/".join(job.notebook.parts[-2:])


def _html(task: Task, case: CaseInfo, exhibits: list[dict[str, Any]], notebook: NotebookNode) -> bytes:
    job = task.job
    finding = _finding(exhibits)
    document = build_document(notebook)
    words = words_used(document, case.ordlista)
    record = Record(
        fingeravtryck=task.fingeravtryck,
        kod=job.kod,
        kommun=job.kommun if job.kod is not None else case.subject,
        steg=job.steg,
        steg_namn=case.steg_namn,
        omrade=job.omrade,
        omrade_namn=case.omrade_namn,
        slutsats=finding,
        frysning=case.frysning,
        exempel=case.exempel,
        framstalld=task.made.isoformat(),
        underlag=case.underlag,
        lage=dict(case.lage),
        valda=list(case.valda),
        version=case.version,
        grund=dict(job.grund),
        med_underlag=job.med_underlag,
    )
    return render_page(
        "rapport.html.j2",
        {
            "title": _title(case),
            "case": case,
            "exempel": case.exempel,
            "finding": finding,
            "record": record.to_text(),
            "document": link_terms(document, words),
            "ordlista": words,
            "med_underlag": job.med_underlag,
            "notebook": _notebook_name(job),
            "parameters": dict(job.parameters),
            "other_files": {
                name: f"{job.omrade}.{name}" for name in ("xlsx", "pdf", "docx") if name in task.formats
            },
            "made": task.made.isoformat(),
        },
    )


def _xlsx(
    task: Task, case: CaseInfo, exhibits: list[dict[str, Any]], values: Mapping[str, Any] | None
) -> bytes:
    about = {
        "Kommun" if case.kod else "Nätverk": f"{case.kommun} ({case.kod})" if case.kod else case.subject,
        "Fokusområde" if case.kod else "Rapport": case.omrade_namn,
        "Steg": f"{case.steg}, {case.steg_namn}" if case.steg else "",
        "Jämförs med": case.jamfor_med,
        "Datauttag": f"{swedish_date(case.skapad)} ({case.frysning})",
        "Data": case.kalla,
        "Märkning": "tunt underlag" if case.underlag == "tunt" else "",
        "Version": f"Effektivare kommun {case.version}",
        "Framställd": task.made.isoformat(),
    }
    return make_xlsx(
        exhibits,
        values=values,
        title=_title(case),
        about={term: said for term, said in about.items() if said},
        example=case.exempel,
        made=task.made,
    )
