"""From notebooks to reports: papermill engine, batch runner, HTML, xlsx and index pages.

`run` makes the reports of some `Job`s; `find_notebooks` says which there can be. Nothing
here knows municipal economics: a report is what a notebook's cells show, and what is said
about it comes from two kinds of output (`effektiv.outputs`).
"""

from effektiv.render.files import OutputFullError
from effektiv.render.jobs import Job, Notebook, find_notebooks
from effektiv.render.results import ReportResult, RunResult, Status
from effektiv.render.runner import Progress, run

__all__ = [
    "Job",
    "Notebook",
    "OutputFullError",
    "Progress",
    "ReportResult",
    "RunResult",
    "Status",
    "find_notebooks",
    "run",
]
