"""Reports in a real browser: nothing leaves the page, it fits a telephone, the keyboard gets in."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from effektiv.render.index import write_index
from effektiv.render.report import make_report
from effektiv.render.results import ReportResult

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")


class Server(ThreadingHTTPServer):
    """Serves a folder and remembers what was asked for."""

    def __init__(self, folder: Path) -> None:
        self.paths: list[str] = []
        super().__init__(("127.0.0.1", 0), partial(Handler, directory=str(folder)))


class Handler(SimpleHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        super().do_GET()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, make_notebook, make_task) -> Iterator[tuple[str, Server]]:
    folder = tmp_path_factory.mktemp("sajt")
    server = Server(folder)
    hostile = (
        f'<img src="http://127.0.0.1:{server.server_port}/bild.png" alt="x">'
        f"<script>document.title = 'kapad'</script>"
        f'<p style="background: url(http://127.0.0.1:{server.server_port}/bakgrund.png)">x</p>'
        f'<iframe src="http://127.0.0.1:{server.server_port}/ram.html"></iframe>'
    )
    wide = '[["' + "Långtkommunnamn" * 4 + '", 2025, 123456789.5]]'
    extra = [
        f"exhibit('illvillig', 'Utifrån', '', [['a', 2025, 1.0]], {hostile!r})",
        f"exhibit('bred', 'Bred tabell', '', {wide})",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    ]
    task = make_task(make_notebook("webb", extra))
    report = folder / task.job.address
    report.parent.mkdir(parents=True)
    for name, content in make_report(task, lambda place: None).items():
        report.with_suffix(f".{name}").write_bytes(content)
    write_index(folder, [ReportResult(task.job, "ok")])
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{task.job.address}", server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Chrome]:
    if not (CHROMIUM and DRIVER):
        pytest.skip("chromium och chromedriver finns inte här")
    options = ChromeOptions()
    options.binary_location = CHROMIUM
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,900"):
        options.add_argument(argument)
    driver = Chrome(options=options, service=Service(DRIVER))
    yield driver
    driver.quit()


def size(browser: Chrome, width: int) -> None:
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


def test_no_request_leaves_the_page_and_no_script_runs(browser: Chrome, site: tuple[str, Server]) -> None:
    address, server = site
    server.paths.clear()
    browser.get(address)
    browser.execute_async_script("setTimeout(arguments[0], 300)")
    assert [path for path in server.paths if not address.endswith(path)] == []
    assert browser.title == "Nulägesanalys: Grundskola – Älvby"


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_pages_never_scroll_sideways(browser: Chrome, site: tuple[str, Server], width: int) -> None:
    size(browser, width)
    report = site[0]
    for page in (report, report.rsplit("/", 2)[0] + "/index.html", report.rsplit("/", 3)[0] + "/index.html"):
        browser.get(page)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width


def test_keyboard_gets_past_the_contents_and_to_the_tables(browser: Chrome, site: tuple[str, Server]) -> None:
    size(browser, 1280)
    browser.get(site[0])
    body = browser.find_element(By.TAG_NAME, "body")
    body.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.text == "Hoppa till innehållet"
    assert browser.switch_to.active_element.is_displayed()
    browser.switch_to.active_element.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "innehall"
    browser.switch_to.active_element.send_keys(Keys.TAB)
    assert browser.switch_to.active_element.get_attribute("role") == "group", "första tabellen"


def test_contents_follow_on_a_wide_screen_and_are_not_printed(
    browser: Chrome, site: tuple[str, Server]
) -> None:
    size(browser, 1280)
    browser.get(site[0])
    contents = browser.find_element(By.CSS_SELECTOR, "nav.toc")
    assert contents.value_of_css_property("position") == "sticky"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not contents.is_displayed()
        assert browser.find_element(By.CSS_SELECTOR, ".band").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_dark_colours_when_the_reader_prefers_them(browser: Chrome, site: tuple[str, Server]) -> None:
    dark = {"features": [{"name": "prefers-color-scheme", "value": "dark"}]}
    browser.get(site[0])
    body = browser.find_element(By.TAG_NAME, "body")
    light = body.value_of_css_property("background-color")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", dark)
    try:
        assert body.value_of_css_property("background-color") == "rgba(20, 24, 29, 1)" != light
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
