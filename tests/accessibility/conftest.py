"""Exempelby's reports, made once, and a browser to look at them with."""

from __future__ import annotations

import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_notebook
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service

from effektiv import cli
from effektiv.data.catalogue import load_catalogue
from effektiv.render import Job
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from tests.pool_here import reports_here
from tests.render.shown import form_cells

CHECKERS = Path(__file__).parent / "node_modules"
AREAS = ("oversikt", *load_catalogue().areas)
PAGES = (
    "index.html",
    "0219-exempelby/index.html",
    *(f"0219-exempelby/1-nulagesanalys/{area}.html" for area in AREAS),
)
REPORTS = PAGES[2:]


def render(ut: Path, notebooks: Path, *arguments: str, here: bool = True) -> None:
    """Run the command as from the project's folder."""
    before = os.environ.copy()
    os.environ["EFFEKTIV_NOTEBOOKS"] = str(notebooks)
    try:
        with pytest.MonkeyPatch.context() as patch:
            if here:
                reports_here(patch)
            assert cli.main(["rendera", *arguments, "--steg", "1", "--ut", str(ut)]) == 0
    finally:
        os.environ.clear()
        os.environ.update(before)


@pytest.fixture(scope="session")
def folder(once: Callable[[str, Callable[[Path], None]], Path], root: Path) -> Path:
    """Return the output folder of step 1 for Exempelby."""

    def make(ut: Path) -> None:
        render(ut, root / "notebooks", "--kommun", "Exempelby", "--data", "exempel")

    ut = once("rapporter", make)
    assert sorted(path.relative_to(ut).as_posix() for path in ut.rglob("*.html")) == sorted(PAGES)
    return ut


@pytest.fixture(scope="session")
def form_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a made-up report with each part that a report can have."""
    folder = tmp_path_factory.mktemp("form") / "1-nulagesanalys"
    folder.mkdir()
    notebook = folder / "form.ipynb"
    notebook.write_text(nbformat.writes(new_notebook(cells=form_cells())), encoding="utf-8")
    job = Job("9001", "Älvby", 1, notebook.stem, notebook, {"kommun": "9001"})
    task = Task(job, "", dt.date(2025, 11, 21), ("html", "xlsx"), "effektiv", 60.0)
    page = notebook.with_suffix(".html")
    page.write_bytes(make_report(task, lambda _: None)["html"])
    return page


def checker(*place: str) -> Path:
    """Return a checker from npm (see package.json); skips the test when it is not installed."""
    path = CHECKERS.joinpath(*place)
    if not path.is_file():
        pytest.skip(f"{place[0]} finns inte här: make verktyg hämtar den, om npm finns")
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Chrome]:
    """Start a headless Chromium that logs every request."""
    chromium, driver_path = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver_path):
        pytest.skip("chromium och chromedriver finns inte här")
    options = ChromeOptions()
    options.binary_location = chromium
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=Service(driver_path))
    driver.set_script_timeout(120)
    yield driver
    driver.quit()


def show(browser: Chrome, page: Path, *, width: int = 1280, scheme: str = "light") -> None:
    """Open a page with everything that can be folded out folded out."""
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    browser.get(page.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = true)")
