"""Step 5's finished pages: an area keeps to the form, and the project is told on two pages."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from effektiv.data.snapshot import EXAMPLE_AFTER, open_snapshot
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, OUTCOMES, PARTICIPANTS
from effektiv.render import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from effektiv.steg import STEPS
from effektiv.steps.base import AreaBase
from effektiv.steps.opening import open_case
from effektiv.steps.s5_avslutning import facts
from tests.report_form import Page, faults

HAS_BROWSER = shutil.which("chromium") is not None and shutil.which("pdfinfo") is not None


def made(root: Path, topic: str, formats: tuple[str, ...]) -> dict[str, bytes]:
    code = open_snapshot(EXAMPLE_AFTER).kommun(EXAMPLE_MUNICIPALITY)
    notebook = root / "notebooks" / STEPS[5].folder / f"{topic}.ipynb"
    job = Job(code, EXAMPLE_MUNICIPALITY, 5, topic, notebook, {"kommun": code, "data": EXAMPLE_AFTER})
    return make_report(Task(job, "", dt.date(2030, 3, 1), formats, "effektiv", 60.0), lambda _: None)


def broken(html: str, topic: str) -> list[str]:
    case = open_case(topic, steg=5, kommun=EXAMPLE_MUNICIPALITY, data=EXAMPLE_AFTER)
    names = case.national.names
    peers = [names[code] for code in case.peers.members]
    return faults(html, is_overview=topic == "sammanfattning", peers=peers, places=set(names.values()))


def test_an_area_keeps_to_the_form(root: Path) -> None:
    html = made(root, "grundskola", ("html",))["html"].decode("utf-8")
    assert broken(html, "grundskola") == []
    assert (
        "Provet tar med alla år från starten till det sista låsta" in html
    )  # 2026–2029; 2028 and 2029 are locked
    page = Page(html)
    assert not page.is_thin
    assert (
        "Utan projektet hade vi väntat oss" in page.visible and "kommuner som låg lika hade" in page.visible
    )


def test_the_planted_effect_is_told_with_its_size() -> None:
    case = open_case("grundskola", steg=5, kommun=EXAMPLE_MUNICIPALITY, data=EXAMPLE_AFTER)
    assert isinstance(case, AreaBase)
    found = facts.judged(case)
    assert found is not None and found.kpi.id == "N15505" and found.is_told
    (planted,) = [
        item for item in OUTCOMES if (item.municipality, item.kpi) == (EXAMPLE_MUNICIPALITY, "N15505")
    ]
    after = found.evaluation.years.after
    # Its first year is the year after the project's, so the mean of all years after the start is less.
    size = planted.size * sum(year >= planted.from_year for year in after) / len(after)
    low, high = found.interval
    assert low < size < high
    assert not {case.snapshot.kommun(title) for title in PARTICIPANTS} & _alike(found)


def _alike(found: facts.Counterfactual) -> set[str]:
    frame = found.evaluation.frame
    return {str(frame.index[at]) for at in found.evaluation.like[frame.index.get_loc(found.municipality)]}


def test_the_project_is_told_on_two_pages(root: Path, tmp_path: Path) -> None:
    formats = ("html", "pdf") if HAS_BROWSER else ("html",)
    found = made(root, "sammanfattning", formats)
    assert broken(found["html"].decode("utf-8"), "sammanfattning") == []
    if not HAS_BROWSER:
        pytest.skip("chromium och pdfinfo finns inte här")
    path = tmp_path / "r.pdf"
    path.write_bytes(found["pdf"])
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    (pages,) = re.findall(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    assert int(pages) <= 2
