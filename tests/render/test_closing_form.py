"""What ends a project keeps to the form: step 5 with a refused figure, without a lock and without a project, and the network.

Step 4 is in test_followup_page, and step 5's told effect and summary in test_closing_page.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from effektiv.data.snapshot import EXAMPLE_AFTER, open_snapshot
from effektiv.example.truths import EXAMPLE_MUNICIPALITY
from effektiv.render import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from effektiv.steg import NETWORK, STEPS
from effektiv.steps.base import Case
from effektiv.steps.opening import open_case
from tests.report_form import Page, faults, words

WITHOUT = "Kornlunda"
"""No project: nothing locked, no measures, in no network."""

REPORTS = [
    (EXAMPLE_MUNICIPALITY, "aldreomsorg-ordinart-boende", False),  # the locked figure has a break
    (EXAMPLE_MUNICIPALITY, "barn-och-unga", False),  # nothing was locked
    (WITHOUT, "grundskola", True),
]
NETWORKS = [("avslutat", "natverk"), ("urval", "urval")]

HAS_BROWSER = all(shutil.which(name) for name in ("chromium", "pdfinfo", "pdftotext"))


def made(job: Job, formats: tuple[str, ...] = ("html",)) -> dict[str, bytes]:
    return make_report(Task(job, "", dt.date(2030, 3, 1), formats, "effektiv", 60.0), lambda _: None)


def network_job(root: Path, name: str, topic: str) -> Job:
    notebook = root / "notebooks" / NETWORK.folder / f"{topic}.ipynb"
    return Job(None, name, None, topic, notebook, {"natverk": name, "data": EXAMPLE_AFTER})


@pytest.mark.parametrize(("name", "topic", "is_thin"), REPORTS)
def test_an_end_keeps_to_the_form(name: str, topic: str, is_thin: bool, root: Path) -> None:
    code = open_snapshot(EXAMPLE_AFTER).kommun(name)
    notebook = root / "notebooks" / STEPS[5].folder / f"{topic}.ipynb"
    job = Job(code, name, 5, topic, notebook, {"kommun": code, "data": EXAMPLE_AFTER})
    html = made(job)["html"].decode("utf-8")
    case = open_case(topic, steg=5, kommun=name, data=EXAMPLE_AFTER)
    assert isinstance(case, Case)
    names = case.national.names
    peers = [names[code] for code in case.peers.members]
    assert faults(html, is_overview=False, peers=peers, places=set(names.values())) == []
    assert Page(html).is_thin == is_thin


@pytest.mark.parametrize(("name", "topic"), NETWORKS)
def test_a_network_keeps_to_the_form(name: str, topic: str, root: Path, tmp_path: Path) -> None:
    formats = ("html", "pdf") if HAS_BROWSER else ("html",)
    found = made(network_job(root, name, topic), formats)
    html = found["html"].decode("utf-8")
    names = set(open_snapshot(EXAMPLE_AFTER).places.titles.values())
    assert faults(html, is_overview=False, peers=[], places=names) == []
    page = Page(html)
    assert not page.is_thin and page.first is not None
    # Its own name, and not that of its file.
    called = "Det avslutade projektet" if topic == "natverk" else "Ansökningarna till nästa omgång"
    assert f"{called} Nätverk: " in page.head and f"{name} Nätverk" not in page.head
    if not HAS_BROWSER:
        pytest.skip("chromium, pdfinfo och pdftotext finns inte här")
    path = tmp_path / "r.pdf"
    path.write_bytes(found["pdf"])
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    (pages,) = re.findall(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    sheets = len(page.main.select("[id^='ex-par-']"))
    assert int(pages) <= (6 + sheets if topic == "natverk" else 3)
    command = ["pdftotext", "-l", "1", str(path), "-"]
    sheet = subprocess.run(command, capture_output=True, encoding="utf-8", check=True).stdout
    last = words(page.first.select("li")[-1]).split()[-1]
    assert last in sheet and "Det viktigaste" not in sheet  # the first page is one sheet, and that alone
