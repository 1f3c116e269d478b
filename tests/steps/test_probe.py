"""Steps and topics that have no package yet, and networks, are ordinary all the way from notebook to index."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from effektiv import open_case
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError
from effektiv.render import Job, find_notebooks, run
from effektiv.steg import NETWORK, STEPS
from effektiv.steps.natverk.report import NetworkReportCase
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.steps.s5_avslutning.case import ClosingAreaCase, ClosingSummaryCase

EXHIBIT = """from effektiv import Exhibit, Source

latest = case.frame("N01951", municipalities=["Exempelby"])["value"].iloc[-1]
Exhibit(id="prov", title="Ett prov", source=Source.KOLADA, alt=None, finding="Det går.", blocks=(f"{latest:.0f}",))"""


def notebook(root: Path, folder: str, name: str, opening: str, subject: str) -> None:
    cells = [
        new_markdown_cell(f"# Prov: {name}"),
        new_code_cell(f'{subject} = "Exempelby"\ndata = "exempel"', metadata={"tags": ["parameters"]}),
        new_code_cell(f"from effektiv import open_case\n\ncase = open_case({opening}, data=data)\ncase"),
        new_markdown_cell("## Provet"),
        new_code_cell(EXHIBIT),
    ]
    path = root / folder / f"{name}.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(new_notebook(cells=cells)), encoding="utf-8")


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One notebook of an area with its step and one that forgets it, one of a topic, one of a network."""
    root = tmp_path_factory.mktemp("notebooks")
    second = STEPS[2].folder
    notebook(root, second, "grundskola", '"grundskola", kommun=kommun, steg=2', "kommun")
    notebook(root, second, "barn-och-unga", '"barn-och-unga", kommun=kommun', "kommun")
    notebook(root, second, "styrning", '"styrning", kommun=kommun, steg=2', "kommun")
    notebook(root, NETWORK.folder, "urval", '"urval", natverk=natverk', "natverk")
    return root


@pytest.fixture(autouse=True)
def bergslagen(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A network of one participant, and no applicants."""
    root = tmp_path_factory.mktemp("params")
    (root / "natverk").mkdir()
    text = "start: 2026\ndeltagare:\n  - kommun: Exempelby\n    omraden: [grundskola]\n"
    (root / "natverk" / "bergslagen.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(root))


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("motor", ["effektiv", "kernel"])
def test_they_are_rendered_by_both_engines(
    motor: str, notebooks: Path, example: Snapshot, tmp_path: Path
) -> None:
    code = example.places.kommun("Exempelby")
    jobs = [
        Job(code, "Exempelby", each.steg, each.omrade, each.path, {"kommun": code, "data": "exempel"}, "x")
        for each in find_notebooks(notebooks)
    ] + [
        Job(
            None,
            "Bergslagen",
            None,
            each.omrade,
            each.path,
            {"natverk": "Bergslagen", "data": "exempel"},
            "x",
        )
        for each in find_notebooks(notebooks, [None])
    ]
    result = run(jobs, tmp_path, snapshot="exempel", motor=motor, formats=("html", "xlsx"))  # type: ignore[arg-type]
    went = {report.job.omrade: report for report in result.rapporter}
    assert {area: report.status for area, report in went.items()} == {
        "barn-och-unga": "fel", "grundskola": "ok", "styrning": "ok", "urval": "ok",
    }  # fmt: skip
    assert "öppnar sitt fall i steg 1; skriv steg=2 i open_case" in str(went["barn-och-unga"].fel)

    own = f"{code}-exempelby"
    school = (tmp_path / own / "2-orsaksanalys/grundskola.html").read_text(encoding="utf-8")
    assert "steg 2 av 5" in school and "Ett prov" in school and "Källa: Kolada" in school
    topic = (tmp_path / own / "2-orsaksanalys/styrning.html").read_text(encoding="utf-8")
    assert "Orsaksanalys: Styrning" in topic
    network = (tmp_path / "natverk-bergslagen/natverk/urval.html").read_text(encoding="utf-8")
    assert "Nätverk: Urval" in network and "Bergslagen" in network
    assert "av 5" not in network and "Jämförs med" not in network
    index = (tmp_path / own / "index.html").read_text(encoding="utf-8")
    assert index.index("grundskola.html") < index.index("styrning.html")
    entries = json.loads((tmp_path / "korning.json").read_text(encoding="utf-8"))["reports"]
    assert [(entry["kommun"], entry["steg"], entry["omrade"]) for entry in entries] == [
        (code, 2, "barn-och-unga"), (code, 2, "grundskola"), (code, 2, "styrning"), (None, None, "urval"),
    ]  # fmt: skip
    assert entries[-1]["fil"] == "natverk-bergslagen/natverk/urval.html"

    again = run(jobs[1:], tmp_path, snapshot="exempel", motor=motor, formats=("html", "xlsx"))  # type: ignore[arg-type]
    assert {report.status for report in again.rapporter} == {"oforandrad"}


@pytest.mark.usefixtures("example")
def test_a_step_gives_its_own_class_and_no_other_s_methods(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(root / "params"))  # what Exempelby has locked
    assert type(open_case("grundskola", kommun="Exempelby")) is AreaCase
    assert type(open_case("oversikt", kommun="Exempelby")) is OverviewCase
    for area, kind in (("grundskola", ClosingAreaCase), ("sammanfattning", ClosingSummaryCase)):
        case = open_case(area, kommun="Exempelby", steg=5)
        assert type(case) is kind
        assert {"figures", "find", "frame", "municipality", "name", "peers", "year"} < set(dir(case))
        assert not {"control_charts", "measures_in_full", "cost"} & set(dir(case))
        assert len(case.frame()) and len(case.find("nettokostnad"))
    # Years after the start are still to come in these data.
    assert (
        "2028 och 2029 är preliminära eller inte publicerade och räknas inte"
        in open_case("grundskola", kommun="Exempelby", steg=5).first_page().to_text()
    )


@pytest.mark.usefixtures("example")
def test_a_network_opens_without_a_municipality() -> None:
    case = open_case("natverk", natverk="Bergslagen")
    assert type(case) is NetworkReportCase
    assert (case.name, case.describe()["kod"], case.describe()["steg"]) == ("Bergslagen", None, None)
    assert case.frame("N15505", municipalities="Exempelby", years=2024)["name"].tolist() == ["Exempelby"]
    with pytest.raises(InputError, match="Ange både nyckeltal och kommuner"):
        case.frame("N15505")


@pytest.mark.parametrize(
    ("area", "asked", "said"),
    [
        ("styrning", {"kommun": "Exempelby"}, '"styrning" finns inte i steg 1'),
        ("oversikt", {"kommun": "Exempelby", "steg": 5}, "Välj bland .*sammanfattning"),
        ("urval", {"kommun": "Exempelby"}, '"urval" finns inte i steg 1'),
        ("grundskola", {"natverk": "Bergslagen"}, "finns inte för ett nätverk. Välj bland natverk, urval"),
        ("urval", {}, "Ange kommun eller natverk"),
        ("urval", {"kommun": "Exempelby", "natverk": "Bergslagen"}, "det ena av dem"),
    ],
)
def test_a_topic_of_another_step_is_refused(area: str, asked: dict[str, object], said: str) -> None:
    with pytest.raises(InputError, match=said):
        open_case(area, **asked)  # type: ignore[arg-type]
