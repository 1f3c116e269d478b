"""Every report of a municipality keeps to the form, whatever the municipality is like.

Six kinds of municipality of the example country: the README's, the largest, the smallest, the one that is
truly best, the one that is truly worst, and one with hardly any values.
"""

from __future__ import annotations

import datetime as dt
import re
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot, open_snapshot
from effektiv.example.truths import EXAMPLE_MUNICIPALITY, truths
from effektiv.render import Job
from effektiv.render.pdf import find_browser, print_pdf
from effektiv.render.report import make_report
from effektiv.render.tasks import Task
from effektiv.steg import STEPS
from effektiv.steps.opening import open_case
from tests.report_form import faults, page_of
from tests.steps.subsets import subset

OVERVIEW = "oversikt"
REPORTS = [
    (1, OVERVIEW),
    *((step, area) for step in (1, 2, 3) for area in load_catalogue().areas),
]
KINDS = ("vanlig", "stor", "mycket liten", "bäst", "sämst", "tunn")
THIN = ("N01951", "N20900", "N15505")
"""Inhabitants, one cost and one result: too little for any report."""

MADE_BY = ("vanlig", "mycket liten", "tunn")
"""Who shows step 3: Exempelby alone has written any forms, and without them only the place and its data differ."""

CASES = [(kind, *report) for kind in KINDS for report in REPORTS if report[0] < 3 or kind in MADE_BY]

MOST_PAGES = {OVERVIEW: 4}
MOST_PAGES_OF_AN_AREA = 6

Maker = Callable[[str, int, str], bytes]


@pytest.fixture(scope="module")
def kinds(example: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, str]]:
    """Return name and data of a municipality of each kind."""
    code = dict(zip(example.municipalities["id"], example.municipalities["title"], strict=True))
    inhabitants = example.panel("N01951").iloc[:, -1].drop("0000", errors="ignore").dropna()
    inhabitants = inhabitants[[place for place in inhabitants.index if not str(place).startswith("00")]]
    good = _goodness()
    thin = subset(example, tmp_path_factory.mktemp("tunn"), THIN)
    return {
        "vanlig": (EXAMPLE_MUNICIPALITY, "exempel"),
        "stor": (code[inhabitants.idxmax()], "exempel"),
        "mycket liten": (code[inhabitants.idxmin()], "exempel"),
        "bäst": (code[good.idxmax()], "exempel"),
        "sämst": (code[good.idxmin()], "exempel"),
        "tunn": (EXAMPLE_MUNICIPALITY, thin),
    }


def _goodness() -> pd.Series:
    """Return how much better and cheaper than its conditions each municipality truly is, over all areas."""
    known = truths().efficiency
    late = known[known["year"] >= known["year"].max() - 2]
    both = (late["log_quality"].fillna(0.0) - late["log_unit_cost"]).groupby(
        [late["area"], late["municipality"]]
    )
    means = both.mean().reset_index(name="good").pivot_table("good", "municipality", "area")
    return ((means - means.mean()) / means.std()).mean(axis=1)


@pytest.fixture(scope="module")
def made(kinds: dict[str, tuple[str, str]], root: Path) -> Maker:
    """Make a report's page once."""

    @cache
    def make(kind: str, step: int, area: str) -> bytes:
        name, data = kinds[kind]
        code = open_snapshot(data).kommun(name)
        notebook = root / "notebooks" / STEPS[step].folder / f"{area}.ipynb"
        job = Job(code, name, step, area, notebook, {"kommun": code, "data": data})
        task = Task(job, "", dt.date(2026, 11, 21), ("html",), "effektiv", 60.0)
        return make_report(task, lambda _: None)["html"]

    return make


@pytest.mark.parametrize(("kind", "step", "area"), CASES)
def test_a_report_keeps_to_the_form(
    made: Maker, kinds: dict[str, tuple[str, str]], kind: str, step: int, area: str
) -> None:
    name, data = kinds[kind]
    case = open_case(area, steg=step, kommun=name, data=data)
    names = case.national.names
    html = made(kind, step, area).decode("utf-8")
    found = faults(
        html,
        is_overview=area == OVERVIEW,
        peers=[names[code] for code in case.peers.members],
        places=set(names.values()),
    )
    assert found == []
    # Exempelby's forms carry step 3 whatever the data are; nobody else has written any.
    assert page_of(html).is_thin == (kind == "tunn" if step < 3 else name != EXAMPLE_MUNICIPALITY)


@pytest.mark.parametrize(("step", "area"), REPORTS)
def test_exempelbys_reports_are_few_pages_on_paper(made: Maker, step: int, area: str, tmp_path: Path) -> None:
    if shutil.which("chromium") is None or shutil.which("pdfinfo") is None:
        pytest.skip("chromium och pdfinfo finns inte här")
    path = tmp_path / "r.pdf"
    path.write_bytes(print_pdf(made("vanlig", step, area), find_browser()))
    told = subprocess.run(["pdfinfo", str(path)], capture_output=True, encoding="utf-8", check=True).stdout
    (pages,) = re.findall(r"^Pages:\s+(\d+)$", told, re.MULTILINE)
    assert int(pages) <= MOST_PAGES.get(area, MOST_PAGES_OF_AN_AREA)


# --- the rules themselves -----------------------------------------------------------------------

GOOD = """<header>Exempelby</header><main><figure class="ex first" id="ex-forsta-sidan">
<h2 class="ex-title">Skolan kostar mer</h2><ol><li>Det är 12 miljoner kronor sedan 2019.</li></ol>
<ul><li>Se på hyran.</li></ul></figure>
<section aria-labelledby="det-viktigaste"><figure class="ex"><h3 class="ex-title">Hyran är hög</h3>
<p class="ex-sub">Kronor</p><p>Den är 1 200 kronor.</p></figure></section>
<details class="part underlag">Kornlunda</details></main>"""

BROKEN = {
    "nan": ("Den är 1 200 kronor.", "Den är nan kronor.", "nan i text"),
    "digits": ("Den är 1 200 kronor.", "Den är 1 234 kronor.", "1 234 har fler än 3"),
    "decimals": ("Den är 1 200 kronor.", "Den är 12,34 kronor.", "12,34 har fler än 3"),
    "repeated": ("Den är 1 200 kronor.", "Se på hyran.", "sagt 2 gånger: Se på hyran"),
    "machinery": ("Den är 1 200 kronor.", "Den står i params.", "ordet params syns"),
    "long finding": ("Den är", "Så " * 61, "ett fynd på 6"),
    "long report": ("<p>Den är", f"<p>{'Så. ' * 1800}", "synliga ord"),
    "peers": ("Kornlunda", "Ingen", "namnges inte"),
    "numbers": ("12 miljoner", " och ".join(map(str, range(10, 26))), "tal på första sidan"),
    "unreadable": ("Se på hyran.", "Kostnadsutjämningens bruttokostnadsjusteringar " * 9, "LIX"),
    "no findings": ('<figure class="ex">', "<figure>", "inga fynd"),
    "first page": ('id="ex-forsta-sidan"', "", "ingen första sida"),
    "points": ("<ol>", "<ol><li>En.</li><li>Två.</li><li>Tre.</li><li>Fyra.</li><li>Fem.</li>", "för många punkter"),
    "boxes": (
        "</section>",
        "<ul>" + "".join(f'<li class="ex-flag">{word}.</li>' for word in "ABCD") + "</ul></section>",
        "4 rutor",
    ),
    "machinery in the underlay": ("Kornlunda</d", "Kornlunda i frysningen</d", "frysning står i underlaget"),
    "marks": (
        "</section>",
        '<table><tr><th>Rest</th><td>-<span class="vh">finns inte i datauttaget</span></td></tr></table>'
        "</section>",
        "raden 'Rest'",
    ),
}  # fmt: skip


def check(html: str) -> list[str]:
    return faults(html, is_overview=False, peers=["Kornlunda"], places={"Exempelby", "Kornlunda"})


def test_a_good_page_breaks_no_rule() -> None:
    assert check(GOOD.replace("1 200", "1\u00a0200")) == []


@pytest.mark.parametrize("name", BROKEN)
def test_a_rule_that_is_broken_is_told(name: str) -> None:
    old, new, told = BROKEN[name]
    assert old in GOOD
    found = check(GOOD.replace(old, new).replace("1 2", "1\u00a02"))
    assert [item for item in found if told in item.replace("\u00a0", " ")], found
