"""What every case rests on: years, figures, tidy data, flags, comparison and the report's head."""

from __future__ import annotations

import inspect
import json
import re
from functools import cache

import pandas as pd
import pytest

from effektiv.data.snapshot import Snapshot, write_snapshot
from effektiv.errors import InputError
from effektiv.exhibits.swedish import Mark
from effektiv.outputs import CASE_MIME, EXAMPLE_BAND
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase, OverviewCase
from effektiv.types import RIKET
from tests.steps.shown import AREAS, methods, undrawn
from tests.steps.subsets import subset

pytestmark = pytest.mark.usefixtures("example")


@cache
def case(
    area: str = "grundskola", kommun: str = "Exempelby", data: str = "exempel"
) -> AreaCase | OverviewCase:
    return open_case(area, kommun=kommun, data=data)


# --- the tidy frame -----------------------------------------------------------------------


def test_frame_holds_the_values_of_the_snapshot(example: Snapshot) -> None:
    opened = case()
    frame = opened.frame("N15505", years=[2023, 2024])
    assert list(frame.columns) == [
        "kpi", "label", "unit", "municipality", "name", "year", "gender", "value", "status",
    ]  # fmt: skip
    assert set(frame["municipality"]) == {opened.municipality, *opened.peers.members, RIKET}
    assert set(frame["year"]) == {2023, 2024}
    raw = example.observations(["N15505"], [opened.municipality], [2024], ["T"])
    mine = frame[(frame["municipality"] == opened.municipality) & (frame["year"] == 2024)]
    assert mine["value"].tolist() == raw["value"].tolist()
    assert mine["name"].tolist() == ["Exempelby"]
    assert mine["unit"].tolist() == ["meritpoäng"]


def test_frame_tells_why_a_value_is_missing(example: Snapshot) -> None:
    opened = case(kommun="Snöträsk")
    frame = opened.frame("N15505", municipalities=[opened.municipality])
    raw = example.observations(["N15505"], [opened.municipality], genders=["T"])
    assert raw["status"].eq("Not applicable").all()
    given = frame[frame["year"].isin(raw["year"])]
    assert given["status"].eq("Not applicable").all()
    assert given["value"].isna().all()


def test_frame_of_computed_figures_and_genders() -> None:
    opened = case("barn-och-unga")
    frame = opened.frame("E-KR-PER-FAMILJEHEM", "U33580", genders=("T", "K", "M"))
    computed = frame[frame["kpi"] == "E-KR-PER-FAMILJEHEM"]
    assert (computed["status"] == "").all()
    assert computed.loc[computed["gender"] == "T", "value"].notna().any()
    assert set(frame.loc[frame["kpi"] == "U33580", "gender"]) == {"T", "K", "M"}


def test_frame_of_a_figure_that_the_snapshot_lacks_is_empty(example: Snapshot, tmp_path) -> None:
    folder = subset(example, tmp_path, ["N01951"])
    assert case(data=folder).frame("N15505").empty


def test_frame_refuses_what_it_does_not_know() -> None:
    with pytest.raises(InputError, match="Nyckeltalet N99999 finns inte i katalogen"):
        case().frame("N99999")
    with pytest.raises(InputError, match='Kommunkoden "9999" finns inte'):
        case().frame("N15505", municipalities=["9999"])
    with pytest.raises(InputError, match="Exempeldatan har bara påhittade kommuner, till exempel Exempelby"):
        case().frame("N15505", municipalities="Tierp")
    with pytest.raises(InputError, match='Kommunkoden "219" har tappat sin inledande nolla: skriv "0219"'):
        case().frame("N15505", municipalities=[219])
    with pytest.raises(InputError, match="Könet X finns inte: skriv T, K eller M"):
        case().frame("N15505", genders="X")


def test_frame_takes_lists_names_and_single_values() -> None:
    listed = case().frame(
        ["N15505", "N15419"], municipalities=["exempelby", "Riket"], years=2024, genders="K"
    )
    assert listed["kpi"].unique().tolist() == ["N15505", "N15419"]
    assert listed["name"].unique().tolist() == ["Exempelby", "Riket"]
    assert set(listed["year"]) == {2024} and set(listed["gender"]) == {"K"}
    opened = case()
    named = opened.frame(
        "N15505", "N15419", municipalities=[opened.municipality, RIKET], years=[2024], genders=["K"]
    )
    assert named.equals(listed)
    assert case().frame(case().find("meritvärde åk"))["kpi"].unique().tolist() == ["N15505", "U15459"]


# --- what a controller sees and finds ------------------------------------------------------------


def test_figures_are_a_table_to_read_and_to_go_on_with() -> None:
    figures = case().figures
    frame = figures.to_frame()
    assert list(frame.columns) == ["kpi", "label", "unit", "role", "title", "year"]
    assert frame["kpi"].tolist() == list(figures)
    merit = frame.set_index("kpi").loc["N15505"]
    assert (merit["label"], merit["unit"], merit["role"], merit["year"]) == (
        "Meritvärde, åk 9", "meritpoäng", "kvalitet", 2025,
    )  # fmt: skip
    assert "meritvärde kommunala skolor" in merit["title"]
    html = figures._repr_html_()
    assert html.startswith("<style>") and html.count("<tr>") == len(figures) + 1
    opened = open_case("grundskola", kommun="Exempelby")
    assert "Områdets nyckeltal" in repr(opened.figures) and "N15505" in repr(opened.figures)


def test_figures_are_found_by_words_in_any_case_those_of_the_area_first() -> None:
    opened = case()
    assert opened.find("MERITVÄRDE åk 9 (17")[0] == "N15505"
    assert opened.find("n15505")[0] == "N15505"
    costs = opened.find("nettokostnadsavvikelse")
    figures = open_case("grundskola", kommun="Exempelby").figures
    assert costs[0] in figures and costs[-1] not in figures
    assert all(
        "nettokostnadsavvikelse" in f"{row.label} {row.title}".lower()
        for row in costs.to_frame().itertuples()
    )
    no_value = case(kommun="Snöträsk").find("N15505").to_frame()
    assert no_value["year"].isna().all()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("meritvrde", "Inget nyckeltal i katalogen har ”meritvrde”. Menade du ”meritvärde”?"),
        ("xyzzy", "Inget nyckeltal i katalogen har ”xyzzy”. Sök med färre eller kortare ord."),
    ],
)
def test_words_that_no_figure_has(words: str, sentence: str) -> None:
    with pytest.raises(InputError) as raised:
        case().find(words)
    assert str(raised.value) == sentence


@pytest.mark.parametrize("area", ["grundskola", "oversikt"])
def test_tab_shows_what_a_notebook_uses_each_with_a_swedish_line(area: str) -> None:
    opened = case(area)
    names = set(dir(opened))
    assert names == {
        *methods(opened),
        "figures",
        "find",
        "frame",
        "municipality",
        "name",
        "peers",
        "year",
        "findings",
        "values",
    }
    for name in names - {"municipality"}:  # set for each case, and said by its class
        member = getattr(type(opened), name)
        line = inspect.getdoc(getattr(member, "func", member)).splitlines()[0]
        assert line.endswith("."), name
        assert not re.search(r"\b(the|of|and|show|return|list|every)\b", line, re.IGNORECASE), line


# --- figures, facts and flags -----------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_figures_are_in_the_catalogue_and_each_once(area: str) -> None:
    opened = case(area)
    assert len(set(opened.figures)) == len(opened.figures)
    assert set(opened.figures) <= set(opened.catalogue.kpis)
    assert opened.data_facts.index.tolist() == list(opened.figures)


def test_figures_hold_what_the_computations_rest_on() -> None:
    figures = open_case("grundskola", kommun="Exempelby").figures
    # Published index, reference cost and a child of a cost tree stand in no section.
    assert {"U15010", "U15401", "U15900", "N15018", "N15061"} <= set(figures)
    assert figures[: len(case().catalogue.areas["grundskola"].sections.conditions)] == (
        case().catalogue.areas["grundskola"].sections.conditions
    )


def area_case() -> AreaCase:
    opened = open_case("grundskola", kommun="Exempelby")
    assert isinstance(opened, AreaCase)
    return opened


def test_figures_are_those_behind_what_has_been_shown() -> None:
    opened = area_case()
    opened.frame("N15505")
    opened.find("nettokostnadsavvikelse")
    assert opened.used == ()
    with undrawn():
        shown = opened.findings()
        behind = {kpi for exhibit in shown for kpi in exhibit.kpis}
        assert behind and behind <= set(opened.used)
        assert "Rapportens nyckeltal" in repr(opened.figures)
        opened.measures()
        listed = opened.data_quality().table
    used = [str(row[1]) for row in listed.rows]  # type: ignore[union-attr]
    assert used == list(opened.figures) == opened.data_facts.index.tolist()
    assert behind <= set(used)


def test_the_order_of_what_is_shown_does_not_matter() -> None:
    one, other = area_case(), area_case()
    with undrawn():
        for name in ("findings", "conditions", "structure"):
            getattr(one, name)()
        for name in ("structure", "conditions", "findings"):
            getattr(other, name)()
    assert one.used == other.used


def codes(opened: AreaCase | OverviewCase, *kpis: str) -> list[str]:
    return [flag.code for flag in opened.flags(*kpis)]


def test_flags_of_figures_behind_an_exhibit() -> None:
    assert codes(case(), "N15505") == ["break"]
    assert codes(case(), "N15060") == ["preliminary"]
    assert codes(case(), "U15459") == ["ended", "break"]
    assert codes(case(kommun="Snöträsk"), "N15505") == ["missing", "break"]
    assert codes(case("barn-och-unga", "Snöträsk"), "E-KR-PER-FAMILJEHEM")[-1] == "own"
    assert "small" in codes(case("barn-och-unga", "Snöträsk"), "E-KR-PER-FAMILJEHEM")
    assert codes(case()) == []


def test_flags_also_of_a_figure_that_no_section_lists() -> None:
    unlisted = "N11810"
    assert unlisted not in open_case("grundskola", kommun="Exempelby").figures
    assert unlisted in case().catalogue.kpis
    assert [flag.code for flag in case().flags("N15060", unlisted)] == ["preliminary"]


def test_no_accounts_is_a_missing_latest_year() -> None:
    opened = case(kommun="Siskahamn")
    facts = opened.data_facts.loc["N15060"]
    assert (facts["year"], facts["status"]) == (2024, "Missing")
    assert "missing" in codes(opened, "N15060")
    assert "preliminary" not in codes(opened, "N15060")
    assert opened.mark("N15060") is Mark.MISSING
    assert case(kommun="Snöträsk").mark("N15505") is Mark.NOT_APPLICABLE


# --- years and the report's head ------------------------------------------------------------------


def test_the_year_is_the_latest_of_the_area_s_own_figures(example: Snapshot, tmp_path) -> None:
    assert case().year == 2025
    observations = example.observations(["N15505", "N01951"])
    observations = observations[(observations["kpi"] == "N01951") | (observations["year"] <= 2022)]
    folder = subset(example, tmp_path, ["N01951"], name="befolkning")
    assert case(data=folder).year == 2025
    write_snapshot(
        "aldre",
        observations=observations.reset_index(drop=True),
        kpis=example.kpis[example.kpis["id"].isin(["N15505", "N01951"])].reset_index(drop=True),
        municipalities=example.municipalities,
        groups=example.groups,
        source="Del av exempeldata",
        kind="import",
        folder=tmp_path,
    )
    assert case(data=str(tmp_path / "aldre")).year == 2022


def test_the_head_of_a_report(example: Snapshot) -> None:
    opened = case()
    facts = opened._repr_mimebundle_()[CASE_MIME]
    assert json.loads(json.dumps(facts)) == facts
    assert facts.pop("ordlista")  # tested with the words themselves
    where = facts.pop("lage")
    assert where["avvikelse_ar"] == 2025 and where["avvikelse_procent"] == opened.own("N15001")[2025]
    assert where["avvikelse_sakerhet"] in ("säkert", "troligen", "går inte att skilja")
    assert (facts.pop("underlag"), facts.pop("valda")) == ("fullt", [])
    assert facts | {"version": "", "skapad": ""} == {
        "kommun": "Exempelby",
        "kod": opened.municipality,
        "omrade": "grundskola",
        "omrade_namn": "Grundskola",
        "steg": 1,
        "steg_namn": "Nulägesanalys",
        "frysning": "exempel",
        "skapad": "",
        "kalla": example.manifest.source,
        "exempel": True,
        "jamfor_med": "liknande kommuner",
        "version": "",
        "ar": 2025,
        "preliminart_ar": 2025,
        "tillganglighet": None,
    }
    pd.Timestamp(facts["skapad"])


def test_the_opening_cell_shows_whom_what_and_that_values_are_invented(example: Snapshot, tmp_path) -> None:
    html = case()._repr_mimebundle_()["text/html"]
    assert EXAMPLE_BAND in html
    assert "<strong>Exempelby</strong>" in html
    assert "<style" not in html
    assert "Jämförs med liknande kommuner." in html
    imported = case(data=subset(example, tmp_path, ["N01951"]))
    assert EXAMPLE_BAND not in imported._repr_mimebundle_()["text/html"]
    assert repr(case()).startswith("Exempelby (")


def test_context_marks_preliminary_costs_only() -> None:
    context = case().context
    assert context.is_preliminary("N15060", 2025)
    assert not context.is_preliminary("N15060", 2024)
    assert not context.is_preliminary("N15505", 2025)
    assert context.name == "Exempelby"
    assert context.riket == "Riket"
    assert set(context.peer_names) == set(context.peers.members)
    assert context.peers.median == "medianen för de liknande kommunerna"
