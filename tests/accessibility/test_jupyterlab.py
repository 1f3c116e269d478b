"""A notebook in the real JupyterLab, as `effektiv lab` starts it: what a controller sees, and that all of it ends."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from nbformat.v4 import new_code_cell, new_notebook
from selenium.webdriver import Chrome

from tests.exhibits.test_charts_colours import contrast

TOKEN = "prov"
PATIENCE = 240
CELLS = (
    'from effektiv import open_case\ncase = open_case("grundskola", kommun="Exempelby")',
    "case.first_page()",
    "case.peer_group()",
    "case.find('meritvärde')",
    'effektiv = __import__("effektiv")\neffektiv.rendera("Exempelby", omrade="grundskola", steg=1, data="exempel")',
    'open_case("grundskola", kommun="Exempelbi")',
)
"""The opening cell does not show the case, so no exhibit can rest on a style of its."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Path:
    home = tmp_path_factory.mktemp("lab")
    shutil.copytree(root / "notebooks", home / "notebooks")
    cells = [new_code_cell(source) for source in CELLS]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    notebook = new_notebook(cells=cells, metadata={"kernelspec": kernel})
    (home / "notebooks" / "prov.ipynb").write_text(json.dumps(notebook), encoding="utf-8")
    (home / ".hemlig.html").write_text("dold", encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def lab(project: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Start JupyterLab; return its process and address."""
    configs = {
        # Containers run tests as root.
        "jupyter_server_config": {"ServerApp": {"allow_root": True}, "IdentityProvider": {"token": TOKEN}},
        "jupyter_lab_config": {"LabApp": {"expose_app_in_browser": True}},  # so that the test can call it
    }
    (project / "config").mkdir()
    for name, config in configs.items():
        (project / "config" / f"{name}.json").write_text(json.dumps(config), encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
    environment["JUPYTER_CONFIG_DIR"] = str(project / "config")
    command = [sys.executable, "-m", "effektiv", "lab", "--port", str(port), "--ingen-webblasare"]
    log = (project / "lab.log").open("wb")
    process = subprocess.Popen(command, cwd=project, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        wait(lambda: process.poll() is not None or answers(f"{address}/api/status?token={TOKEN}"))
        assert process.poll() is None, (project / "lab.log").read_text(encoding="utf-8")
        yield process, address
    finally:
        for child in psutil.Process(process.pid).children(recursive=True) if process.poll() is None else []:
            child.kill()
        process.kill()
        process.wait()
        log.close()


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).ok
    except requests.ConnectionError:
        return False


def wait(is_so: Callable[[], Any]) -> None:
    end = time.monotonic() + PATIENCE
    while not is_so():
        assert time.monotonic() < end, "JupyterLab took too long"
        time.sleep(0.5)


@pytest.fixture(scope="module")
def page(browser: Chrome, lab: tuple[subprocess.Popen[bytes], str]) -> Chrome:
    """Open the notebook and run all its cells; without a browser nothing is started."""
    metrics = {"width": 1500, "height": 5000, "deviceScaleFactor": 1, "mobile": False}  # all cells are drawn
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(f"{lab[1]}/lab/tree/prov.ipynb?token={TOKEN}")
    wait(lambda: browser.execute_script("return !!document.querySelector('.jp-Notebook .jp-Cell')"))
    kernel = "window.jupyterapp.shell.currentWidget?.sessionContext?.session?.kernel?.status"
    wait(lambda: browser.execute_script(f"return {kernel}") == "idle")
    browser.execute_script("window.jupyterapp.commands.execute('notebook:run-all-cells').catch(() => null)")
    last = f"return {kernel} == 'idle' && !!document.querySelector('[data-mime-type=\"application/vnd.jupyter.stderr\"]')"
    wait(lambda: browser.execute_script(last))
    return browser


TEXTS = """
function ground(element) {
    for (let at = element; at; at = at.parentElement) {
        const colour = getComputedStyle(at).backgroundColor;
        if (!/, 0\\)$|transparent/.test(colour)) return colour;
    }
}
const texts = document.createTreeWalker(arguments[0], NodeFilter.SHOW_TEXT), found = [];
while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement, look = getComputedStyle(element);
    if (!text.data.trim() || !element.getClientRects().length || element.closest('style')) continue;
    const drawn = element.namespaceURI.endsWith('svg');
    found.push([text.data.trim(), drawn ? look.fill : look.color, ground(element)]);
}
return found;
"""


def rgb(colour: str) -> str:
    """Return a colour that the browser has computed as ``#rrggbb``."""
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


@pytest.mark.parametrize("theme", ["JupyterLab Light", "JupyterLab Dark"])
def test_every_word_of_an_exhibit_can_be_read_without_the_case_being_shown(page: Chrome, theme: str) -> None:
    page.execute_async_script(
        "window.jupyterapp.commands.execute('apputils:change-theme', {theme: arguments[0]}).then(arguments[1])",
        theme,
    )
    wait(
        lambda: (
            page.execute_script("return document.body.dataset.jpThemeLight") == str("Light" in theme).lower()
        )
    )
    time.sleep(1)  # the style sheet of the theme comes after its name
    found = [
        text
        for exhibit in page.find_elements("css selector", ".ex")
        for text in page.execute_script(TEXTS, exhibit)
    ]
    assert {"2024", "Abborrträsk", "meritpoäng"} <= {text for text, *_ in found}
    poor = [(text, fill, ground) for text, fill, ground in found if contrast(rgb(fill), rgb(ground)) < 4.5]
    assert not poor


def test_a_table_takes_the_room_there_is_and_the_own_row_is_bold(page: Chrome) -> None:
    table = page.find_element("xpath", "//table[contains(@class, 'ex-table')][.//th[text()='Abborrträsk']]")
    box = table.find_element("xpath", "..")
    room = page.execute_script("return [arguments[0].scrollWidth, arguments[0].clientWidth]", box)
    assert room[0] <= room[1] + 1 and room[1] > 46 * 16
    own = table.find_element("css selector", ".ex-own th")
    assert own.text == "Exempelby"
    assert own.value_of_css_property("font-weight") == "700"


def test_an_error_is_its_sentence_alone(page: Chrome) -> None:
    shown = page.find_elements("css selector", ".jp-OutputArea-output pre")[-1].text
    assert shown.startswith('Kommunen "Exempelbi" finns inte')
    assert "Menade du Exempelby?" in shown
    assert "Traceback" not in shown and "InputError" not in shown


def test_nobody_is_asked_in_english_for_news(page: Chrome) -> None:
    assert page.find_elements("css selector", ".Toastify__toast, .jp-Dialog") == []


def test_a_link_leads_from_a_run_to_its_reports_and_between_them(page: Chrome, lab: tuple[Any, str]) -> None:
    link = page.find_element("link text", "Öppna rapporterna")
    page.execute_script("arguments[0].click()", link)
    wait(lambda: len(page.window_handles) == 2)
    first, second = page.window_handles
    page.switch_to.window(second)
    try:
        wait(lambda: page.title == "Rapporter per kommun – Effektivare kommun")
        page.execute_script("document.querySelector('main a[href*=exempelby]').click()")
        wait(lambda: page.title == "Rapporter för Exempelby")
        page.execute_script("document.querySelector('main a[href*=grundskola]').click()")
        wait(lambda: "grundskola" in page.title.lower())
        assert page.current_url.startswith(f"{lab[1]}/rapporter/output/0219-exempelby/")
    finally:
        page.close()
        page.switch_to.window(first)


def test_pages_are_given_to_who_is_logged_in_and_run_no_script(page: Chrome, lab: tuple[Any, str]) -> None:
    address = f"{lab[1]}/rapporter/output/index.html"
    assert "Rapporter per kommun" not in requests.get(address, timeout=10).text  # it asks to log in
    given = requests.get(address, params={"token": TOKEN}, timeout=10)
    assert "Rapporter per kommun" in given.text
    policy = given.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';") and "script" not in policy
    for hidden in ("/rapporter/.hemlig.html", "/rapporter/..%2f..%2fetc/passwd"):
        assert requests.get(lab[1] + hidden, params={"token": TOKEN}, timeout=10).status_code in {403, 404}


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kan inte be en process att sluta")
def test_what_ends_lab_ends_its_server_and_kernels(
    page: Chrome, lab: tuple[subprocess.Popen[bytes], str]
) -> None:
    process = lab[0]
    family = psutil.Process(process.pid).children(recursive=True)
    assert any("ipykernel_launcher" in " ".join(one.cmdline()) for one in family)
    process.send_signal(signal.SIGTERM)
    process.wait(PATIENCE)
    _, alive = psutil.wait_procs(family, timeout=30)
    assert alive == []
