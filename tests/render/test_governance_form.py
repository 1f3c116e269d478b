"""The report on governance keeps to the form: with answers, and with none."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from effektiv.data.snapshot import Snapshot
from effektiv.example.truths import EXAMPLE_MUNICIPALITY
from effektiv.render import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from effektiv.steg import STEPS
from tests.report_form import Page, faults

MOST_PAGES = 6


def made(root: Path, example: Snapshot, name: str, formats: tuple[str, ...]) -> dict[str, bytes]:
    code = example.kommun(name)
    notebook = root / "notebooks" / STEPS[2].folder / "styrning.ipynb"
    job = Job(code, name, 2, "styrning", notebook, {"kommun": code, "data": "exempel"})
    return make_report(Task(job, "", dt.date(2026, 11, 21), formats, "effektiv", 60.0), lambda _: None)


@pytest.mark.parametrize(("name", "is_thin"), [(EXAMPLE_MUNICIPALITY, False), ("Aftonborg", True)])
def test_it_keeps_to_the_form(
    root: Path, example: Snapshot, name: str, is_thin: bool, tmp_path: Path
) -> None:
    has_pdf = shutil.which("chromium") is not None and shutil.which("pdfinfo") is not None
    report = made(root, example, name, ("html", "pdf") if has_pdf else ("html",))
    html = report["html"].decode("utf-8")
    assert faults(html, is_overview=False, peers=(), places=()) == []
    page = Page(html)
    assert page.is_thin == is_thin
    assert "jämförs med" not in page.head.lower()
    if has_pdf:
        path = tmp_path / "r.pdf"
        path.write_bytes(report["pdf"])
        told = subprocess.run(
            ["pdfinfo", str(path)], capture_output=True, encoding="utf-8", check=True
        ).stdout
        (pages,) = re.findall(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
        assert int(pages) <= (1 if is_thin else MOST_PAGES)
