"""A report is the same whatever fonts its maker has, and its figures hold in whatever font its reader has."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from effektiv.exhibits.charts._plot import text_width
from tests.accessibility.conftest import REPORTS, render, show
from tests.fake_fonts import write_fonts

TEXTS = """
return [...document.querySelectorAll(".ex-figure text")].filter(text => text.getClientRects().length).map(text => {
    const look = getComputedStyle(text);
    return [text.textContent, text.getComputedTextLength(), parseFloat(look.fontSize), look.fontWeight];
});
"""


@pytest.mark.skipif(sys.platform != "linux", reason="matplotlib letar bara i XDG_DATA_HOME på Linux")
def test_reports_are_the_same_with_other_fonts_installed(
    folder: Path, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where Arial, Liberation Sans and DejaVu Sans are installed, with letters of another width."""
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    write_fonts(fonts)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("MPLCONFIGDIR", str(tmp_path / "matplotlib"))  # no list of fonts from before
    ut = tmp_path / "output"
    render(ut, root / "notebooks", "--kommun", "Exempelby", "--data", "exempel", here=False)
    cached = "".join(path.read_text("utf-8") for path in (tmp_path / "matplotlib").glob("fontlist*.json"))
    assert "Arial-Regular.ttf" in cached
    for page in REPORTS:
        for name in (page, page.replace(".html", ".xlsx")):
            assert (ut / name).read_bytes() == (folder / name).read_bytes(), name


@pytest.mark.parametrize("page", REPORTS)
def test_no_text_in_a_figure_is_wider_than_its_place(browser: Chrome, folder: Path, page: str) -> None:
    """Measured by Arial's widths, drawn in the font that the browser here has."""
    for width in (1280, 360):
        show(browser, folder / page, width=width)
        found = browser.execute_script(TEXTS)
        assert len(found) > 20
        for text, drawn, size, weight in found:
            assert drawn <= text_width(text, size, bold=int(weight) >= 600) + 2, (text, width)
