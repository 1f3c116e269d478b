"""Read with the keyboard alone, and with nothing fetched from anywhere."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome
from selenium.webdriver.common.keys import Keys

from tests.accessibility.conftest import PAGES, show

FOCUSABLE = """
let number = 0;
for (const each of document.querySelectorAll('a[href], summary, [tabindex="0"], button, input, select')) {
  if (each.checkVisibility()) each.dataset.walk = number++;
}
document.querySelectorAll('*').forEach(each => {
  const style = getComputedStyle(each);
  if (each.scrollWidth > each.clientWidth + 1 && /auto|scroll/.test(style.overflowX) && !each.dataset.walk)
    each.dataset.walk = number++;
});
return number;
"""

FOCUSED = """
const at = document.activeElement, style = getComputedStyle(at), box = at.getBoundingClientRect();
return {
  walk: at.dataset.walk ?? null,
  tag: at.tagName,
  name: (at.getAttribute('aria-label') || at.textContent || '').trim().slice(0, 60)
    || at.getAttribute('aria-labelledby'),
  outline: style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2,
  seen: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
};
"""


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("page", PAGES)
def test_tab_reaches_everything_and_shows_where_it_is(
    browser: Chrome, folder: Path, page: str, width: int
) -> None:
    show(browser, folder / page, width=width)
    expected = browser.execute_script(FOCUSABLE)
    assert expected > 1
    reached = []
    for _ in range(expected + 1):
        ActionChains(browser, duration=0).send_keys(Keys.TAB).perform()
        focus = browser.execute_script(FOCUSED)
        if focus["tag"] in {"BODY", "HTML"} or (reached and focus["walk"] == reached[0]):
            break
        assert focus["outline"], f"fokus syns inte: {focus}"
        assert focus["seen"], f"fokus ligger utanför skärmen: {focus}"
        assert focus["name"], f"har inget namn: {focus}"
        reached.append(focus["walk"])
    assert sorted(map(int, reached)) == list(range(expected)), "allt nås, en gång"


@pytest.mark.parametrize("page", [page for page in PAGES if "nulagesanalys" in page])
def test_tables_open_with_the_keyboard(browser: Chrome, folder: Path, page: str) -> None:
    show(browser, folder / page)
    browser.execute_script(
        "document.querySelectorAll('details').forEach(each => each.open = false);"
        "document.querySelector('summary').focus()"
    )
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.execute_script("return document.querySelector('details').open")


def test_no_request_leaves_any_page(browser: Chrome, folder: Path) -> None:
    browser.get_log("performance")
    for page in PAGES:
        show(browser, folder / page)
        browser.execute_async_script(
            "window.scrollTo(0, document.body.scrollHeight); setTimeout(arguments[0], 150)"
        )
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = [
        event["params"]["request"]["url"]
        for event in events
        if event["method"] == "Network.requestWillBeSent"
    ]
    assert {url for url in asked if not url.startswith("data:")} == {
        (folder / page).as_uri() for page in PAGES
    }
    assert browser.get_log("browser") == [], "policyn hindrade något som sidan försökte med"


ON_PAPER = """
const paper = {width: arguments[0], height: arguments[1]};
return {
  wide: document.documentElement.scrollWidth > paper.width,
  tall: [...document.querySelectorAll('.ex-figure, .ex-finding, .ex-flags, tr')]
    .filter(each => each.getBoundingClientRect().height > 0.8 * paper.height)
    .map(each => each.closest('.ex').id),
  divisible: [...document.querySelectorAll('.ex-figure, svg, tr')]
    .filter(each => each.checkVisibility() && !each.closest('svg svg'))
    .filter(each => getComputedStyle(each.closest('.ex-figure') ?? each).breakInside !== 'avoid').length,
  loose: [...document.querySelectorAll('h2, h3, h4, caption')]
    .filter(each => each.checkVisibility() && getComputedStyle(each).breakAfter !== 'avoid')
    .map(each => each.textContent),
};
"""


@pytest.mark.parametrize("page", [page for page in PAGES if "nulagesanalys" in page])
def test_on_paper_nothing_is_cut_shrunk_or_left_alone(browser: Chrome, folder: Path, page: str) -> None:
    """What may not be divided is lower than a page, and nothing is wider: then all would be shrunk to fit it."""
    width, height = 665, 979  # A4 less the margins of the style sheet, in CSS pixels
    show(browser, folder / page)
    browser.execute_script("document.querySelectorAll('details').forEach(each => each.open = false)")
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        found = browser.execute_script(ON_PAPER, width, height)
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert found == {"wide": False, "tall": [], "divisible": 0, "loose": []}
