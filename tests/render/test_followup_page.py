"""Step 4's finished pages: the meeting's sheet is one A4, an area keeps to the form, no months give one short page."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from effektiv.data.snapshot import Snapshot
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, HOME_CARE
from effektiv.render import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from effektiv.steg import STEPS
from effektiv.steps.base import AreaBase
from effektiv.steps.opening import open_case
from effektiv.steps.s4_forbattringsarbete import facts
from tests.report_form import Page, faults

WITHOUT = "Kornlunda"
HAS_BROWSER = shutil.which("chromium") is not None and shutil.which("pdfinfo") is not None
FORMATS = ("html", "pdf") if HAS_BROWSER else ("html",)


@cache
def made(root: Path, snapshot: Snapshot, name: str, topic: str) -> dict[str, bytes]:
    code = snapshot.kommun(name)
    notebook = root / "notebooks" / STEPS[4].folder / f"{topic}.ipynb"
    job = Job(code, name, 4, topic, notebook, {"kommun": code, "data": "exempel"})
    return make_report(Task(job, "", dt.date(2029, 1, 20), FORMATS, "effektiv", 60.0), lambda _: None)


@pytest.mark.parametrize("topic", ["oversikt", HOME_CARE])
def test_a_page_keeps_to_the_form(root: Path, example: Snapshot, topic: str) -> None:
    html = made(root, example, EXAMPLE_MUNICIPALITY, topic)["html"].decode("utf-8")
    case = open_case(topic, steg=4, kommun=EXAMPLE_MUNICIPALITY, data="exempel")
    names = case.national.names
    found = faults(
        html,
        is_overview=topic == "oversikt",
        peers=[names[code] for code in case.peers.members],
        places=set(names.values()),
    )
    assert found == []
    page = Page(html)
    assert not page.is_thin
    assert "försämring som inte är slump" in page.visible
    assert "nya signaler i månaden" in page.visible


@pytest.mark.parametrize(("topic", "most"), [("oversikt", 1), (HOME_CARE, 6)])
def test_pages_on_paper(root: Path, example: Snapshot, topic: str, most: int, tmp_path: Path) -> None:
    if not HAS_BROWSER:
        pytest.skip("chromium och pdfinfo finns inte här")
    path = tmp_path / "r.pdf"
    path.write_bytes(made(root, example, EXAMPLE_MUNICIPALITY, topic)["pdf"])
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    (pages,) = re.findall(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    assert int(pages) <= most


def test_a_municipality_without_months_gets_one_short_page(root: Path, example: Snapshot) -> None:
    html = made(root, example, WITHOUT, HOME_CARE)["html"].decode("utf-8")
    case = open_case(HOME_CARE, steg=4, kommun=WITHOUT, data="exempel")
    names = case.national.names
    peers = [names[code] for code in case.peers.members]
    assert faults(html, is_overview=False, peers=peers, places=set(names.values())) == []
    page = Page(html)
    assert page.is_thin and len(page.visible.split()) < 150
    assert "indikatorer.xlsx" in page.visible


@pytest.mark.usefixtures("example")
def test_later_steps_know_what_the_measures_brought_home() -> None:
    case = open_case(HOME_CARE, steg=4, kommun=EXAMPLE_MUNICIPALITY, data="exempel")
    assert isinstance(case, AreaBase)
    found = [item for item in facts.delivered(case) if item.measure == "A5"]
    assert [(item.year, item.realised) for item in found] == [
        (2026, 400_000),
        (2027, 1_300_000),
        (2028, 2_100_000),
    ]
    assert facts.statuses(case)["a5"].is_behind
    assert (facts.learning(case).cycles, facts.learning(case).predicted) == (4, 2)
