"""axe-core finds nothing to complain about, on any page, in any of the ways it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.accessibility.conftest import PAGES, checker, show

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice")
WAYS = {"ljust": (1280, "light"), "mörkt": (1280, "dark"), "320 px": (320, "light")}

RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {preload: false, runOnly: {type: 'tag', values: arguments[0]}, resultTypes: ['violations']})
  .then(result => done({
    passed: result.passes.length,
    violations: result.violations.map(each => ({
      id: each.id, help: each.help, nodes: each.nodes.slice(0, 5).map(node => node.html.slice(0, 200)
        + ' | ' + node.any.concat(node.all, node.none).map(check => check.message).join('; ').slice(0, 300))}))}))
  .catch(error => done({failure: String(error)}));
"""


@pytest.fixture(scope="session")
def axe() -> str:
    return checker("axe-core", "axe.min.js").read_text(encoding="utf-8")


def violations(browser: Chrome, axe: str) -> list[dict[str, object]]:
    # Through the driver, not a script element: the page's policy forbids it every script.
    browser.execute_script(axe)
    result = browser.execute_async_script(RUN, list(RULES))
    assert "failure" not in result, result
    assert result["passed"] > 10, "axe har inte prövat sidan"
    found: list[dict[str, object]] = result["violations"]
    return found


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("page", PAGES)
def test_no_violations(browser: Chrome, axe: str, folder: Path, page: str, way: str) -> None:
    width, scheme = WAYS[way]
    show(browser, folder / page, width=width, scheme=scheme)
    assert violations(browser, axe) == []


@pytest.mark.parametrize("folded", [True, False])
@pytest.mark.parametrize("way", WAYS)
def test_no_violations_on_a_page_with_all_its_parts(
    browser: Chrome, axe: str, form_page: Path, way: str, folded: bool
) -> None:
    width, scheme = WAYS[way]
    show(browser, form_page, width=width, scheme=scheme)
    if folded:
        browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = false)")
    assert violations(browser, axe) == []


def test_axe_sees_a_fault(browser: Chrome, axe: str, folder: Path) -> None:
    """The check itself can fail: a picture without text and a heading that is skipped."""
    show(browser, folder / "index.html")
    browser.execute_script("""
        const image = document.createElement('img');
        image.src = 'data:,';
        document.querySelector('main').append(image);""")
    assert [each["id"] for each in violations(browser, axe)] == ["image-alt"]
