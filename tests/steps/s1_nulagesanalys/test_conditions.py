"""Conditions, forecasts and peers in words and tables, on hand-made numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from effektiv.analysis.peers import Neighbours, nearest_neighbours
from effektiv.analysis.sizes import Size
from effektiv.steps.s1_nulagesanalys.forecast import Forecast
from effektiv.steps.s1_nulagesanalys.peer_group import PeerList
from effektiv.types import Better, Flag, Kpi, Role
from tests.steps.s1_nulagesanalys.shows import conditions, forecast, peers
from tests.steps.standing_samples import context, kpi, plain, standing, without_own

FLAG = Flag(code="missing", text="Något saknas.")


def structure(ident: str, label: str, **changes: Any) -> Kpi:
    return kpi(ident, label, role=Role.STRUCTURE, better=Better.NEITHER, **changes)


# --- conditions ------------------------------------------------------------------------


def test_conditions_name_the_clear_differences_with_values_and_years():
    items = [
        standing(structure("A", "Bor i tätort"), 76.9, 58.6, spread=20.0),
        standing(structure("B", "Invånare 80+"), 5.0, 5.1, Size.ABOUT_EQUAL),
    ]
    made = conditions(context(), items, (FLAG,))
    assert plain(made.finding) == (
        "Lillby skiljer sig tydligt från medianen för de liknande kommunerna i en av två förutsättningar. "
        "Det gäller ”Bor i tätort” (2025: 76,9 mot 58,6 procent, högre två av de tre senaste åren)."
    )
    assert made.flags == (FLAG,)
    assert made.finding in (made.alt or "")


def test_conditions_name_three_at_most_largest_first():
    items = [
        standing(structure(letter, f"Mått {letter}"), 10 + step, 10, spread=1.0)
        for step, letter in enumerate("ABCDE", start=1)
    ]
    finding = conditions(context(), items, ()).finding
    assert "fem av fem" in finding
    assert [letter for letter in "ABCDE" if f"Mått {letter}" in finding] == ["C", "D", "E"]
    assert finding.index("Mått E") < finding.index("Mått D") < finding.index("Mått C")


def test_conditions_say_so_when_nothing_is_clear():
    items = [standing(structure("A", "Bor i tätort"), 60, 58.6, Size.SOMEWHAT)]
    finding = plain(conditions(context(), items, ()).finding)
    assert "inte tydligt" in finding
    assert "Störst är skillnaden i ”Bor i tätort”" in finding


def test_conditions_claim_neither_cause_nor_good_or_bad():
    text = plain(conditions(context(), [standing(structure("A", "Bor i tätort"), 76, 58)], ()).to_text())
    for word in ("bättre", "sämre", "beror på", "orsak", "därför att"):
        assert word not in text


def test_conditions_without_values_say_what_is_missing():
    for items in ([], [without_own(structure("A", "Bor i tätort"))]):
        made = conditions(context(), items, ())
        assert made.figure is None
        assert made.table is None
        assert "Frysningen saknar" in made.to_text()


def test_conditions_without_peers_still_show_the_own_values():
    alone = replace(standing(structure("A", "Bor i tätort"), 60, 50), comparison=None, peers=())
    made = conditions(context(), [alone], ())
    assert made.figure is None
    assert made.table is not None
    assert "kan inte jämföras" in made.finding


def test_markup_in_a_name_stays_text():
    made = conditions(context(), [standing(structure("A", "<b>Tätort</b>"), 60, 50)], ())
    assert "<b>Tätort" not in made.to_html()
    assert "&lt;b&gt;Tätort" in made.to_html()


# --- forecasts -------------------------------------------------------------------------


def children(own: float, median: float = -1.0, **changes: Any) -> Forecast:
    figure = structure("F1", "Invånare 6–15 år, kommande 5 år")
    fields: dict[str, Any] = {"persons": math.nan, "previous_year": 2022, "previous": 1.2} | changes
    return Forecast(standing=standing(figure, own, median), **fields)


def test_the_forecast_says_how_many_against_whom_and_what_was_said_before():
    made = forecast(context(), [children(-4.2, persons=-47.0)], ())
    assert plain(made.finding) == (
        "Invånare 6–15 år i Lillby väntas bli 4,2 procent färre, omkring 47 personer, de kommande 5 åren, enligt "
        "framskrivningen från 2025. Medianen för de liknande kommunerna är -1,0 procent och riket +1,0 procent. "
        "Framskrivningen från 2022 gav +1,2 procent på lika lång tid."
    )
    assert made.figure is not None
    assert "-4,2 procent" in plain(made.alt)


def test_growth_no_change_and_unknown_persons_have_their_own_words():
    assert "2,0 procent fler de kommande 5 åren" in plain(forecast(context(), [children(2.0)], ()).finding)
    assert "lika många som i dag" in plain(forecast(context(), [children(0.01)], ()).finding)


def test_the_largest_change_is_sought_among_the_same_number_of_years():
    old = Forecast(standing(structure("F2", "Invånare 80+, kommande 5 år"), 25, 20), math.nan, None, math.nan)
    far = Forecast(standing(structure("F3", "Invånare 80+, om 10 år"), 60, 50), math.nan, None, math.nan)
    finding = plain(forecast(context(), [children(-4.2), old, far], ()).finding)
    assert "Störst förändring på samma tid väntas för invånare 80+: +25,0 procent." in finding
    assert "60" not in finding


def test_a_number_of_people_is_only_in_the_table():
    figure = structure("F4", "Invånare 6–15 år om 5 år", unit="antal", decimals=0)
    number = Forecast(standing(figure, 1_120, 1_066), -23.4, 2022, 1_164.0)
    made = forecast(context(), [children(-2.0), number], ())
    shown = made.to_json()["table"]
    keys = [column["key"] for column in shown["columns"]]
    assert shown["rows"][1][keys.index("kommun")] == 1_120
    assert plain(shown["rows"][1][keys.index("personer")]) == "-23"
    assert made.figure is not None
    assert "1 120" not in plain(made.figure.to_html("x"))
    alone = forecast(context(), [number], ())
    assert alone.figure is None
    assert "väntas bli 1 120" in plain(alone.finding)


def test_no_forecast_is_said_in_words():
    lacking = Forecast(without_own(structure("F1", "Invånare")), math.nan, None, math.nan)
    for items in ([], [lacking]):
        assert "saknar befolkningsframskrivningar" in forecast(context(), items, ()).to_text()


def test_a_group_that_lacks_its_own_value_is_marked_not_drawn_as_zero():
    lacking = Forecast(without_own(structure("F2", "Invånare 80+, kommande 5 år")), math.nan, None, math.nan)
    made = forecast(context(), [children(-4.2), lacking], ())
    assert made.table is not None
    assert "uppgift saknas" in made.table.to_html(id_prefix="x")
    assert "80+" not in made.finding


# --- peers -----------------------------------------------------------------------------


def peer_list(**changes: Any) -> PeerList:
    frame = pd.DataFrame(
        {"A": [1.0, 2.0, 3.0, 4.0, 1.5], "B": [10.0, 11.0, 30.0, 40.0, 10.5]},
        index=["0001", "0002", "0003", "0004", "0005"],
    )
    fields: dict[str, Any] = {
        "population": structure("P", "Invånare", unit="antal", decimals=0),
        "inhabitants": pd.Series({"0001": 9_000.0, "0002": 12_000.0}),
        "population_year": 2025,
        "structure": frame,
        "structure_years": {"A": (2025,), "B": (2025,)},
        "shown": ("A", "B"),
        "absent": (),
        "neighbours": nearest_neighbours(frame, "0001", k=2),
        "official": ("0002", "0003", "0004"),
    }
    return PeerList(**(fields | changes))


def full_context(*, official: bool = True):  # type: ignore[no-untyped-def]
    base = context(structure("A", "Bor i tätort"), structure("B", "Invånare 80+"), official=official)
    return replace(base, names={**base.names, "0005": "Österby"})


def test_the_peers_are_named_and_held_against_the_nearest():
    made = peers(full_context(), peer_list(), ())
    assert plain(made.finding) == (
        "Lillby jämförs med tre kommuner: Storby, Norrby och Söderby. En av de två närmaste på struktur finns i gruppen."
    )
    text = plain(made.to_text())
    assert "Österby och Storby" in text
    assert "”Bor i tätort”" in text or "«Bor i tätort»" in text
    assert "4 kommuner har alla måtten" in text
    assert "I båda finns Storby." in text


def test_the_list_of_peers_shows_who_is_in_which_group():
    shown = peers(full_context(), peer_list(), ()).to_json()["table"]
    keys = [column["key"] for column in shown["columns"]]
    rows = {row[0]: dict(zip(keys, row, strict=True)) for row in shown["rows"]}
    assert list(rows) == ["Lillby", "Storby", "Norrby", "Söderby", "Österby"]
    assert (rows["Storby"]["grupp"], rows["Storby"]["nara"]) == ("ja", "ja")
    assert (rows["Norrby"]["grupp"], rows["Norrby"]["nara"]) == ("ja", "nej")
    assert (rows["Österby"]["grupp"], rows["Österby"]["nara"]) == ("nej", "ja")
    assert rows["Lillby"]["avstand"] == 0.0
    assert rows["Storby"]["P"] == 12_000
    assert rows["Norrby"]["P"] is None
    assert rows["Storby"]["B"] == 11.0
    assert shown["caption"].endswith("2025")


def test_other_peers_are_held_against_koladas_group_as_well():
    shown = peers(full_context(official=False), peer_list(official=("0005",)), ())
    assert "Koladas grupp av liknande kommuner" in shown.finding
    assert "I Koladas grupp" in shown.to_text()


def test_what_was_left_out_is_said():
    neighbours = peer_list().neighbours
    assert neighbours is not None
    left = replace(neighbours, figures=("A",), left_out={"B": "missing"})
    text = plain(peers(full_context(), peer_list(neighbours=left), ()).to_text())
    assert "saknar värde för Lillby" in text
    frame = peer_list().structure[["A"]]
    gone = peer_list(structure=frame, shown=("A",), absent=("B",), neighbours=replace(left, left_out={}))
    assert "saknar värden de senaste åren" in peers(full_context(), gone, ()).to_text()


def test_without_structure_the_group_is_still_listed():
    empty = peer_list(
        structure=pd.DataFrame(), structure_years={}, shown=(), absent=("A", "B"), neighbours=None,
        inhabitants=pd.Series(dtype=float), population_year=None,
    )  # fmt: skip
    made = peers(full_context(), empty, ())
    assert made.finding == "Lillby jämförs med tre kommuner: Storby, Norrby och Söderby."
    assert "kan inte räknas fram" in made.to_text()
    assert [column["key"] for column in made.to_json()["table"]["columns"]] == ["kommun", "grupp"]


@pytest.mark.parametrize(("near", "words"), [((), "Ingen av"), (("0002", "0003"), "Alla de två")])
def test_the_overlap_is_counted(near: tuple[str, ...], words: str):
    neighbours = peer_list().neighbours
    assert isinstance(neighbours, Neighbours)
    found = peer_list(neighbours=replace(neighbours, members=near or ("0005", "0006")))
    base = full_context()
    named = replace(base, names={**base.names, "0006": "Västby"})
    assert words in peers(named, found, ()).finding


def test_years_that_differ_stand_at_each_figure():
    found = peer_list(structure_years={"A": (2025,), "B": (2023,)})
    shown = peers(full_context(), found, ()).to_json()["table"]
    labels = [column["label"] for column in shown["columns"]]
    assert "Invånare 80+ 2023" in labels
    assert not shown["caption"].endswith("2025")
