from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from string import ascii_letters, digits

import matplotlib as mpl
import pytest
import seaborn
from fontTools.agl import toUnicode

from effektiv.exhibits.metrics import measure
from effektiv.exhibits.mpl import from_matplotlib, look
from tests.exhibits.test_charts import all_figures
from tests.fake_fonts import write_fonts

ELSEWHERE = """
import json, sys
from pathlib import Path
from matplotlib import font_manager

found = [str(path) for path in Path(sys.argv[1]).glob("*.ttf")]
real = font_manager.findSystemFonts


def system_fonts(paths=None, fontext="ttf"):
    return real(paths, fontext) if paths else found if fontext == "ttf" else []


font_manager.findSystemFonts = system_fonts
font_manager.fontManager.__init__()
assert {"Arial", "Liberation Sans"} <= set(font_manager.fontManager.get_font_names())
from tests.exhibits.test_metrics import drawn
print(json.dumps(drawn()))
"""


def drawn() -> dict[str, str]:
    """Return the HTML of every kind of figure: the charts, and one drawn with seaborn."""
    with look():
        frame = {"a": [1, 2, 3], "b": [1000, 2000, 3000], "k": ["x", "y", "z"]}
        grid = seaborn.relplot(frame, x="a", y="b", hue="k", height=3)
        grid.axes.flat[0].set(title="Två rader\nav text $R^2$", ylabel="Kostnad, kronor per elev")
    figures = all_figures() | {"own": from_matplotlib(grid.figure, "eget")}
    return {name: figure.to_html("Alt") for name, figure in figures.items()}


def test_figures_are_the_same_whatever_fonts_are_installed(root: Path, tmp_path: Path) -> None:
    """Here, and where Arial, Liberation Sans, Helvetica and DejaVu Sans have letters of another width."""
    write_fonts(tmp_path)
    command = [sys.executable, "-c", ELSEWHERE, str(tmp_path)]
    elsewhere = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    assert json.loads(elsewhere) == drawn()


def published(name: str) -> dict[str, int]:
    """Widths that Adobe publishes for Helvetica, which Arial has as well, by character."""
    text = (Path(mpl.get_data_path()) / "fonts" / "pdfcorefonts" / name).read_text(encoding="latin-1")
    found = re.findall(r"^C -?\d+ ; WX (\d+) ; N (\w+) ;", text, re.MULTILINE)
    widths = {toUnicode(glyph): int(width) for width, glyph in found}
    return {character: width for character, width in widths.items() if len(character) == 1}


SIGNS = " !#$%&()*+,-./:;<=>?@[\\]_–−€§•×"


@pytest.mark.parametrize(("name", "bold"), [("Helvetica.afm", False), ("Helvetica-Bold.afm", True)])
def test_letters_figures_and_signs_have_the_widths_of_helvetica(name: str, bold: bool) -> None:
    characters = ascii_letters + digits + "åäöéüçñøæßðþœÅÄÖÉÜÇÑØÆÐÞŒì" + SIGNS
    widths = published(name)
    found = {character: measure(character, 1000, bold=bold) for character in characters}
    assert found == {character: widths[character] for character in characters}


def test_accents_no_break_spaces_and_unknown_characters() -> None:
    assert measure("Å", 10) == measure("A", 10) == measure("A\u030a", 10)
    assert measure("\u00a0", 10) == measure(" ", 10) == measure("\u202f", 10)
    assert measure("漢", 10) == measure("\U0001f600", 10) == 10
    assert measure("", 10) == 0
    assert measure("fet", 10, bold=True) > measure("fet", 10)
