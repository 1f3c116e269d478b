"""Volume in words, figure and table, on hand-made numbers."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.sizes import Size
from effektiv.steps.s1_nulagesanalys.volume import IndexSeries, VolumeView
from effektiv.types import Better, Break, Kpi, Role
from tests.steps.s1_nulagesanalys.shows import volume
from tests.steps.standing_samples import comparison, context, kpi, plain, standing, without_own


def pupils(**changes: Any) -> Kpi:
    fields = {"unit": "antal", "decimals": 0, "role": Role.VOLUME, "better": Better.NEITHER} | changes
    return kpi("V1", "Elever i kommunala skolor", **fields)


def changed(own: float, median: float, size: Size = Size.SOMEWHAT, **changes: Any) -> Comparison:
    """Index of the municipality and its peers, base year = 100."""
    found = comparison(own, median, size, low=median - 2.5, high=median + 2.5, riket=105.7, noise=2.0)
    return replace(found, **changes)


def view(figure: Kpi, change: Comparison | None, **changes: Any) -> VolumeView:
    fields: dict[str, Any] = {
        "standing": standing(figure, 878, 1_055),
        "base": None if change is None else 2015,
        "base_value": math.nan if change is None else 855.0,
        "after_break": False,
        "change": change,
    }
    return VolumeView(**(fields | changes))


SERIES = IndexSeries(
    own={2015: 100.0, 2016: 101.0, 2025: 102.7},
    median={2015: 100.0, 2016: 99.0, 2025: 98.6},
    low={2015: 100.0, 2016: 98.0, 2025: 96.1},
    high={2015: 100.0, 2016: 101.0, 2025: 101.1},
    riket={2015: 100.0, 2025: 105.7},
)


def test_the_finding_has_level_change_peers_and_noise():
    main = view(pupils(), changed(102.7, 98.6))
    made = volume(context(pupils()), main, SERIES, [main], ())
    assert plain(made.finding) == (
        "Elever i kommunala skolor i Lillby: 878 år 2025. Sedan 2015 har antalet ökat med 2,7 procent. Förändringen är "
        "något högre än i gruppen. Medianen för de liknande kommunerna är -1,4 procent och riket +5,7; mitthälften av "
        "gruppen ligger mellan -3,9 och +1,1. Variationen mellan enstaka år kan ge ±3,9 procentenheter."
    )
    assert made.figure is not None
    assert "Index, 2015 = 100" in made.figure.to_html("x")


def test_less_the_same_and_about_as_the_group_have_their_own_words():
    for own, words in ((95.0, "minskat med 5,0 procent"), (100.0, "är antalet oförändrat")):
        main = view(pupils(), changed(own, own, Size.ABOUT_EQUAL))
        finding = plain(volume(context(pupils()), main, SERIES, [main], ()).finding)
        assert words in finding
        assert "Det är ungefär som i gruppen." in finding


def test_a_change_counted_from_a_break_says_so():
    main = view(pupils(), changed(93.5, 99.1), base=2021, after_break=True)
    finding = volume(context(pupils()), main, SERIES, [main], ()).finding
    assert "Sedan 2021, då mätningen ändrades, har antalet minskat" in finding


def test_unknown_noise_and_riket_are_left_out_not_written_as_nan():
    unknown = replace(changed(93.5, 99.1, noise=math.nan, riket=math.nan), size=None)
    main = view(pupils(), unknown)
    text = volume(context(pupils()), main, SERIES, [main], ()).to_text()
    assert " nan" not in text
    assert "±" not in text


def test_one_year_alone_gives_a_level_and_no_figure():
    main = view(pupils(), None)
    made = volume(context(pupils()), main, None, [main], ())
    assert made.figure is None
    assert made.alt is None
    assert "Det finns inget tidigare år att jämföra med." in made.finding


def test_the_table_gives_changes_for_every_figure_and_no_level_words_for_numbers_of_people():
    share = kpi("V2", "Har hemtjänst", role=Role.VOLUME, better=Better.NEITHER)
    views = [
        view(pupils(), changed(102.7, 98.6)),
        view(share, None, standing=standing(share, 8.1, 9.0)),
    ]
    shown = volume(context(pupils(), share), views[0], SERIES, views, ()).to_json()["table"]
    keys = [column["key"] for column in shown["columns"]]
    first, second = (dict(zip(keys, row, strict=True)) for row in shown["rows"])
    assert round(first["andring"], 6) == 2.7
    assert round(first["andring_median"], 6) == -1.4
    assert first["niva"] is None or first["niva"] == ""
    assert second["niva"] == "tydligt lägre"
    assert second["andring"] is None
    assert second["fran"] is None


def test_a_preliminary_year_is_marked_in_text_and_on_the_axis():
    figure = pupils(preliminary_until_final=True)
    main = view(figure, changed(102.7, 98.6))
    made = volume(context(figure, preliminary=2025), main, SERIES, [main], ())
    assert "2025 (prel.)" in made.finding
    assert made.figure is not None
    assert "prel." in made.figure.to_html("x")


def test_a_break_is_drawn():
    figure = pupils(breaks=(Break(year=2017, reason="ny mätning"),))
    series = replace(SERIES, own={year: 100.0 + year - 2015 for year in range(2015, 2026)})
    main = view(figure, changed(110, 98.6))
    made = volume(context(figure), main, series, [main], ())
    assert made.figure is not None
    assert "Brott 2017" in made.figure.to_html("x")


def test_without_volume_the_text_says_what_is_missing():
    assert "saknar volymuppgifter" in volume(context(), None, None, [], ()).to_text()
    lacking = view(pupils(), None, standing=without_own(pupils()))
    made = volume(context(pupils()), None, None, [lacking], ())
    assert "saknar värde för Lillby" in made.finding
    assert made.figure is None
    assert made.table is not None
