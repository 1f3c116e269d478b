from __future__ import annotations

import datetime as dt
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, pairwise

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.exhibits import charts
from effektiv.exhibits.charts import (
    Band,
    BarRow,
    Bars,
    BreakMark,
    DotRow,
    Dots,
    Funnel,
    FunnelUnit,
    Line,
    MeasureRow,
    OpinionRow,
    Opinions,
    Part,
    Place,
    Quadrant,
    Split,
    StripCell,
    StripRow,
    TimeRow,
    Trend,
    YearPlace,
)
from effektiv.exhibits.charts._plot import (
    new_figure,
    new_plot,
    present,
    shorten,
    spread,
    text_width,
    value_ticks,
    wrap,
)
from effektiv.exhibits.charts._points import PointLabels
from effektiv.exhibits.charts.opinions import _aside
from effektiv.exhibits.style import PALETTE, look
from effektiv.exhibits.svg import Drawing, Figure
from effektiv.exhibits.swedish import NBSP, Mark
from effektiv.types import Better

YEARS = range(2015, 2026)
RNG = np.random.default_rng(1)
OTHERS = tuple((float(x), float(y)) for x, y in RNG.uniform(0, 100, (290, 2)))
OWN = {year: 100000.0 + 2000 * (year - 2015) for year in YEARS}


def trend_data(**change) -> Trend:
    values = {
        "lines": (
            Line("Exempelby", OWN, "own"),
            Line("Liknande kommuner", {y: v - 4000 for y, v in OWN.items()}, "peer"),
            Line("Riket", {y: v - 3500 for y, v in OWN.items()}, "riket"),
        ),
        "unit": "kr/elev",
        "band": Band("Hälften", {y: v - 9000 for y, v in OWN.items()}, OWN),
        "breaks": (BreakMark(2019, "Ny metod 2019"),),
        "preliminary": frozenset({2025}),
    }
    return Trend(**{**values, **change})


def quadrant_data(**change) -> Quadrant:
    values = {
        "name": "Exempelby",
        "path": tuple(YearPlace(2019 + i, 60.0 - 5 * i, 40.0 + 3 * i) for i in range(6)),
        "others": OTHERS,
        "peers": tuple(Place(f"Granne {i}", 30.0 + 5 * i, 20.0 + 9 * i) for i in range(7)),
        "role_models": (Place("Förebilden", 80.0, 85.0),),
        "median": (50.0, 50.0),
        "x_label": "Resursindex",
        "y_label": "Kvalitetsindex",
        "x_interval": (25.0, 45.0),
        "y_interval": (45.0, 62.0),
        "preliminary": frozenset({2024}),
    }
    return Quadrant(**{**values, **change})


def bars_data(**change) -> Bars:
    rows = (
        BarRow("Förskola", -3.2, -5.0, -1.0),
        BarRow("Grundskola", 12.4, 8.0, 15.0, strong=True),
        BarRow("LSS", None, mark=Mark.PRIVACY),
    )
    return Bars(
        **{"rows": rows, "unit": "procent", "left_text": "Billigare", "right_text": "Dyrare", **change}
    )


MEASURED = MeasureRow(
    "Betyg, poäng", 208.4, (204.0, 210.0, 215.0), 213.0, 205.0, 211.0, 1, "Från 204 till 215"
)


def opinions_data(**changes):
    rows = (
        OpinionRow("Dialogen om budgeten", (4.2, 1.7, None, 4.2), "2,5", strong=True),
        OpinionRow("Vad en elev eller en brukare till betyder i kronor", (3.0, 3.05, 3.1, 1.0)),
    )
    return replace(
        Opinions(rows, ("Politik", "Enhetschefer", "Förvaltningsledning", "Ekonomi"), (2, 0, 1, 3)), **changes
    )


def dots_data(**change) -> Dots:
    rows = (
        DotRow("Exempelby", (12.0, 15.8, 18.5), strong=True),
        DotRow("Granne", (None, -3.0, 2.0), low=1.0, high=3.0),
        DotRow("Ny kommun", (None, None, None)),
    )
    values = {"rows": rows, "years": (2023, 2024, 2025), "unit": "%", "signed": True, "band": (-2.0, 6.0)}
    return Dots(**{**values, "reference": 0.0, **change})


def limits(persons):
    half = [300 / x**0.5 for x in persons]
    return [75 - x for x in half], [75 + x for x in half]


def funnel_data(**change) -> Funnel:
    values = {
        "own": (FunnelUnit("Ekskolan", 40.0, 55.0), FunnelUnit("Nya skolan", 90.0, 80.0)),
        "others": tuple((20 + x, 50 + y / 2) for x, y in OTHERS),
        "baseline": 75.0,
        "expected": lambda persons: ([40.0] * len(persons), [95.0] * len(persons)),
        "chance": limits,
        "own_name": "Skolor i Exempelby",
        "others_name": "Skolor i andra kommuner",
        "x_label": "Elever",
        "y_label": "Klarar alla ämnen, procent",
        "baseline_name": "Landets skolor tillsammans",
    }
    return Funnel(**{**values, **change})


TIMES = (
    TimeRow("1. Nulägesanalys", "januari–april 2026", dt.date(2026, 1, 1), dt.date(2026, 4, 30)),
    TimeRow("Styrgruppen", days=(dt.date(2026, 2, 3), dt.date(2027, 5, 18))),
)


def all_figures() -> dict[str, Figure]:
    cell = StripCell(40.0, (20.0, 60.0), tuple(x for x, _ in OTHERS))
    missing = StripCell(None, (), (), Mark.MISSING)
    return {
        "trend": charts.trend(trend_data()),
        "panels": charts.panels([trend_data(title=t, band=None) for t in ("E", "K", "Kostnad")]),
        "quadrant": charts.quadrant(quadrant_data()),
        "bars": charts.bars(bars_data(better=Better.LOWER)),
        "split": charts.split(Split((Part("A", 3.0), Part("Rest", -1.0, True)), "Summa", 2.0, "mnkr")),
        "measures": charts.measures([MEASURED], own_name="Exempelby", peers_name="Liknande kommuner"),
        "dots": charts.dots(dots_data()),
        "funnel": charts.funnel(funnel_data()),
        "opinions": charts.opinions(opinions_data()),
        "strips": charts.strips(
            [StripRow("LSS", (cell, missing, cell)), StripRow("Förskola", (cell, cell, cell))],
            ["Resurs", "Kvalitet", "Effektivitet"], own_name="Exempelby",
        ),
        "timeline": charts.timeline(TIMES),
    }  # fmt: skip


FIGURES = all_figures()
NAMES = list(FIGURES)


def drawings(figure: Figure) -> list[Drawing]:
    return [figure.wide, figure.narrow]


def parsed(drawing: Drawing) -> ET.Element:
    # Element.iter knows no wildcard for namespaces.
    return ET.fromstring(drawing.to_svg("a", css_class="b").replace('xmlns="http://www.w3.org/2000/svg"', ""))


def texts(drawing: Drawing) -> list[str]:
    return [text.text for text in parsed(drawing).iter("text")]


def painted(
    element: ET.Element, above: dict[str, str] | None = None
) -> Iterator[tuple[ET.Element, dict[str, str]]]:
    """All that is drawn, with its attributes and those of the groups around it."""
    own = {**(above or {}), **{k: v for k, v in element.attrib.items() if k != "opacity"}}
    if element.tag not in {"svg", "g"}:
        yield element, own
    elif element.tag != "defs":
        for child in element:
            yield from painted(child, own)


# --- what holds for all -----------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_charts_are_the_same_every_time(name):
    assert all_figures()[name] == FIGURES[name]


@pytest.mark.parametrize("name", NAMES)
def test_charts_are_small_and_hold_nothing_foreign(name):
    html = FIGURES[name].to_html("Alt")
    assert len(html.encode()) < (30_000 if name in ("quadrant", "funnel") else 25_000)
    for word in ("<image", " style=", "<style", "<script", "data:", "clip-path", "<metadata", "<!"):
        assert word not in html
    assert not re.search(r"\b(nan|inf)\b", html)
    assert html.count("http") == html.count("http://www.w3.org/2000/svg")


def test_ids_are_unique_in_a_page_and_refer_to_something():
    page = "".join(figure.to_html("Alt") for figure in FIGURES.values())
    ids = re.findall(r' id="([^"]+)"', page)
    assert ids and len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', page)) == set(ids)


@pytest.mark.parametrize("name", NAMES)
def test_every_colour_is_one_of_the_palette(name):
    html = FIGURES[name].to_html("Alt")
    known = {f"var(--{role}, {value.light})" for role, value in PALETTE.items()}
    used = {v for v in re.findall(r'(?:fill|stroke)="([^"]+)"', html) if v not in {"none", "stroke"}}
    assert used <= known


@pytest.mark.parametrize("name", NAMES)
def test_text_can_be_read_and_stays_inside(name):
    for drawing in drawings(FIGURES[name]):
        found = [(element, paint) for element, paint in painted(parsed(drawing)) if element.tag == "text"]
        assert len(found) > 2
        assert min(float(paint.get("font-size", 14)) for _, paint in found) >= 12
        for text, left, upper, right, lower in text_boxes(drawing):
            assert left >= -4 and right <= drawing.width + 4, text
            assert upper >= -1 and lower <= drawing.height + 3, text


def text_boxes(drawing: Drawing) -> Iterator[tuple[str, float, float, float, float]]:
    """Each text with its left, upper, right and lower edge."""
    for element, paint in painted(parsed(drawing)):
        if element.tag == "text":
            size = float(paint.get("font-size", 14))
            width = text_width(element.text, size, bold="font-weight" in paint)
            share = {"start": 0, "middle": 0.5, "end": 1}[paint.get("text-anchor", "start")]
            left, base = float(paint["x"]) - share * width, float(paint["y"])
            yield element.text, left, base - 0.72 * size, left + width, base + 0.2 * size


@pytest.mark.parametrize("name", NAMES)
def test_texts_do_not_run_into_each_other(name):
    for drawing in drawings(FIGURES[name]):
        for (text, *one), (other, *two) in combinations(text_boxes(drawing), 2):
            apart = (
                one[2] <= two[0] + 1 or two[2] <= one[0] + 1 or one[3] <= two[1] + 1 or two[3] <= one[1] + 1
            )
            assert apart, (text, other)


@pytest.mark.parametrize("name", NAMES)
def test_everything_drawn_stays_inside(name):
    for drawing in drawings(FIGURES[name]):
        for element, paint in painted(parsed(drawing)):
            numbers = [float(number) for number in re.findall(r"-?[\d.]+", paint.get("d", ""))]
            for x, y in zip(numbers[::2], numbers[1::2], strict=True):
                assert -1 <= x <= drawing.width + 1 and -1 <= y <= drawing.height + 1
            if element.tag == "use":
                assert 0 <= float(paint["x"]) <= drawing.width and 0 <= float(paint["y"]) <= drawing.height


@pytest.mark.parametrize("name", NAMES)
def test_both_drawings_have_their_widths(name):
    wide, narrow = drawings(FIGURES[name])
    assert (wide.width, narrow.width) == (720, 320)


# --- trend ------------------------------------------------------------------------------


def own_path_lengths(figure: Figure) -> list[int]:
    """Points in each run of the own line that joins at least two."""
    lines = [
        paint["d"]
        for element, paint in painted(parsed(figure.wide))
        if element.tag == "path"
        and paint.get("stroke", "").startswith("var(--own")
        and paint.get("stroke-width") == "3"
    ]
    runs = [run.count("L") + 1 for line in lines for run in line.split("M")[1:]]
    return [points for points in runs if points > 1]


def test_a_missing_year_is_a_gap_and_a_break_is_not_bridged():
    plain = charts.trend(trend_data(breaks=()))
    assert own_path_lengths(plain) == [11]
    gap = {**OWN, 2017: None, 2021: float("nan")}
    lines = (Line("Exempelby", gap, "own"), *trend_data().lines[1:])
    assert own_path_lengths(charts.trend(trend_data(lines=lines, breaks=()))) == [2, 3, 4]
    assert own_path_lengths(charts.trend(trend_data())) == [4, 7]


def test_trend_names_its_lines_with_last_values_and_marks_years():
    for drawing in drawings(charts.trend(trend_data())):
        found = " ".join(texts(drawing))
        for text in (f"Exempelby 120{NBSP}000", "Liknande", "Riket", "Ny metod 2019", "prel.", "2025"):
            assert text in found
        assert "kr/elev" in found and "Hälften" in found


def test_trend_accepts_a_row_of_a_panel_and_says_when_a_line_has_no_values():
    panel = pd.DataFrame({2023: [1.0], 2024: [np.nan], 2025: [3.0]}, index=["0319"])
    data = Trend((Line("A", panel.loc["0319"], "own"), Line("B", {}, "peer")), "index")
    assert present(panel.loc["0319"]) == {2023: 1.0, 2025: 3.0}
    assert "B: uppgift saknas" in texts(charts.trend(data).narrow)


def test_a_single_year_is_drawn():
    data = Trend((Line("A", {2024: 5.0}, "own"),), "index", band=Band("b", {2024: 4.0}, {2024: 6.0}))
    drawn = [paint.get("fill", "") for element, paint in painted(parsed(charts.trend(data).wide))
             if element.tag in {"use", "path"}]  # fmt: skip
    assert sum(fill.startswith("var(--own") for fill in drawn) == 1
    assert sum(fill.startswith("var(--peer") for fill in drawn) == 2  # the band and its key


def test_a_line_that_ended_says_when_and_has_no_leader():
    ended = Line("Riket", {2015: 100000.0, 2016: 101000.0}, "riket")
    data = trend_data(lines=(Line("Exempelby", OWN, "own"), ended), band=None, breaks=())
    drawing = charts.trend(data).wide
    assert any("(2016)" in text for text in texts(drawing))
    assert drawing.body.count('stroke="var(--riket') == 1


def test_labels_of_breaks_close_to_each_other_stand_apart():
    breaks = (BreakMark(2023, "Fler svar räknas 2023"), BreakMark(2024, "Ny undersökning 2024"))
    root = parsed(charts.trend(trend_data(breaks=breaks)).wide)
    heights = {e.attrib["y"] for e in root.iter("text") if e.text in {mark.label for mark in breaks}}
    assert len(heights) == 2


def test_trend_refuses_too_many_or_empty_lines():
    with pytest.raises(ValueError, match="1-5 linjer"):
        trend_data(lines=trend_data().lines * 2)
    with pytest.raises(ValueError, match="minst ett värde"):
        trend_data(lines=(Line("A", {2020: None}, "own"),))


def test_panels_must_share_lines_and_have_titles():
    with pytest.raises(ValueError, match="titlar och samma linjer"):
        charts.panels([trend_data(title="a"), trend_data(title="b", lines=trend_data().lines[:1])])
    with pytest.raises(ValueError, match="titlar"):
        charts.panels([trend_data()])


# --- quadrant ---------------------------------------------------------------------------


def test_quadrant_names_peers_role_models_corners_and_the_latest_year():
    found = " ".join(texts(charts.quadrant(quadrant_data()).wide))
    for text in (
        "Granne 0",
        "Granne 6",
        "Förebilden",
        "Exempelby 2024 (prel.)",
        "Högre kvalitet, lägre kostnad",
    ):
        assert text in found


def test_quadrant_always_names_the_own_place_on_a_telephone():
    crowd = tuple(Place(f"Kommun {i}", 33.0 + i % 6, 52.0 + i // 6) for i in range(36))
    found = texts(charts.quadrant(quadrant_data(peers=crowd)).narrow)
    assert any("Exempelby" in text or "2024" in text for text in found)


def test_quadrant_breaks_the_path_at_a_missing_year():
    def longest(data: Quadrant) -> int:
        return max(
            run.count("L")
            for _, paint in painted(parsed(charts.quadrant(data).wide))
            if "d" in paint and paint.get("stroke", "").startswith("var(--own")
            if paint.get("stroke-width") == "2"
            for run in paint["d"].split("M")
        )

    path = quadrant_data().path
    assert longest(quadrant_data()) == 5
    assert longest(quadrant_data(path=path[:2] + path[3:])) == 2


def test_quadrant_draws_each_of_290_municipalities_once():
    paths = [paint for _, paint in painted(parsed(charts.quadrant(quadrant_data()).wide)) if "d" in paint]
    (dots,) = (paint["d"] for paint in paths if paint.get("stroke-linecap") == "round")
    assert len(dots.split("M")) - 1 == len(OTHERS)


def test_quadrant_fits_its_axes_when_there_are_no_limits():
    data = quadrant_data(limits=None, others=((-300.0, 4000.0),))
    assert any("4" in text for text in texts(charts.quadrant(data).wide))
    with pytest.raises(ValueError, match="minst ett år"):
        quadrant_data(path=())
    with pytest.raises(ValueError, match="i ordning"):
        quadrant_data(path=quadrant_data().path[::-1])


# --- rows -------------------------------------------------------------------------------


def test_bars_are_sorted_with_missing_last_and_say_why():
    found = texts(charts.bars(bars_data()).wide)
    names = [text for text in found if text in {"Förskola", "Grundskola", "LSS"}]
    assert sorted(names, key=found.index) == names
    assert {"+12,4", "−3,2", "..", Mark.PRIVACY.words} <= set(found)


def test_bars_keep_their_order_when_asked():
    assert charts.bars(bars_data(ordered=False)) != charts.bars(bars_data())


def test_bars_are_coloured_only_where_a_direction_is_known():
    assert "--bad" not in charts.bars(bars_data()).wide.body
    better = charts.bars(bars_data(better=Better.LOWER)).wide.body
    assert "--bad" in better and "--good" in better


def test_parts_must_sum_to_the_total():
    Split((Part("A", 0.1), Part("B", 0.2)), "Summa", 0.3, "mnkr")
    with pytest.raises(ValueError, match="visa resten"):
        Split((Part("A", 3.0),), "Summa", 2.0, "mnkr")
    assert "stroke-dasharray" in FIGURES["split"].wide.body


def test_funnel_names_own_units_and_tells_what_its_limits_are():
    found = texts(charts.funnel(funnel_data()).wide)
    assert {"Ekskolan", "Nya skolan", "Skolor i Exempelby", "Här brukar enheter ligga"} <= set(found)
    alone = texts(charts.funnel(funnel_data(expected=None, others=())).wide)
    assert "Här brukar enheter ligga" not in alone and "Skolor i andra kommuner" not in alone
    with pytest.raises(ValueError, match="minst en egen enhet"):
        funnel_data(own=())


def test_funnel_draws_some_of_very_many_units_and_leaves_room_for_the_usual_ones():
    many = (*((20.0 + x % 97, 50.0 + x % 43) for x in range(6000)), (9000.0, 60.0))
    figure = charts.funnel(funnel_data(others=many))
    assert len(figure.to_html("Alt").encode()) < 40_000
    assert "Skolor i andra kommuner, ett urval" in texts(figure.wide)
    assert not any("000" in text for text in texts(figure.wide))
    large = charts.funnel(funnel_data(others=many, own=(FunnelUnit("Stor", 9000.0, 60.0),)))
    assert any("000" in text for text in texts(large.wide))


def test_measures_write_the_own_value_and_put_better_to_the_right():
    found = texts(charts.measures([MEASURED], own_name="Exempelby", peers_name="Liknande").wide)
    assert {"208,4", "Betyg, poäng", "Från 204 till 215"} <= set(found)
    turned = replace(MEASURED, lower_is_better=True)
    assert charts.measures([turned], own_name="A", peers_name="B") != charts.measures(
        [MEASURED], own_name="A", peers_name="B"
    )


def test_dots_come_highest_first_and_write_the_latest_value():
    found = texts(charts.dots(dots_data(rows=dots_data().rows[::-1])).wide)
    assert found.index("Exempelby") < found.index("Granne")
    assert {"+18,5", "+2,0"} <= set(found) and "+15,8" not in found
    kept = texts(charts.dots(dots_data(rows=dots_data().rows[::-1], ordered=False)).wide)
    assert kept.index("Granne") < kept.index("Exempelby")


def test_dots_need_a_value_a_year_and_at_most_three_years():
    with pytest.raises(ValueError, match="ett till 3 år"):
        dots_data(years=(2022, 2023, 2024, 2025))
    with pytest.raises(ValueError, match="vart och ett av åren"):
        dots_data(years=(2024, 2025))


def test_opinions_need_a_mean_and_a_marker_for_each_group():
    for wrong in ({"groups": ("A",)}, {"markers": (1, 1, 0, 2)}, {"rows": ()}):
        with pytest.raises(ValueError, match="grupp"):
            opinions_data(**wrong)


def test_opinions_that_meet_stand_under_each_other_and_others_in_the_middle():
    means = (3.0, 3.05, None, 4.5)
    assert [_aside(means, at) for at in (0, 1, 3)] == [-3.5, 3.5, 0.0]
    found = texts(charts.opinions(opinions_data()).wide)
    assert {"Dialogen om budgeten", "Politik", "2,5", "stämmer helt"} <= set(found)


def test_a_plan_in_time_needs_days_in_order() -> None:
    with pytest.raises(ValueError, match="minst en dag"):
        charts.timeline((TimeRow("A"),))
    with pytest.raises(ValueError, match="slutar före sin början"):
        charts.timeline((TimeRow("A", start=dt.date(2026, 5, 1), end=dt.date(2026, 4, 1)),))
    assert {"2026", "2027"} <= set(texts(charts.timeline(TIMES).wide))


def test_strips_need_a_cell_per_heading():
    with pytest.raises(ValueError, match="2 celler"):
        charts.strips([StripRow("A", ())], ["a", "b"], own_name="x")


# --- helpers ----------------------------------------------------------------------------


@given(
    st.lists(st.floats(0, 300), min_size=1, max_size=8),
    st.floats(5, 30),
)
def test_spread_keeps_distance_order_and_limits(wanted, gap):
    placed = spread(wanted, gap, 0, 300)
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    for one, other in pairwise(order):
        assert placed[other] - placed[one] >= gap - 1e-6
    if gap * (len(wanted) - 1) <= 300:
        assert min(placed) >= -1e-6 and max(placed) <= 300 + 1e-6


def test_spread_leaves_labels_that_do_not_touch():
    assert spread([10.0, 200.0, 100.0], 16, 0, 300) == [10.0, 200.0, 100.0]


@given(st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.integers(2, 8))
def test_ticks_are_round_even_and_inside(low, width, about):
    found, labels = value_ticks(low, low + width, about)
    # An end that rounding puts a hair outside makes room for two ticks only with the next finer step: six.
    assert 1 <= len(found) <= max(about + 1, 6)
    assert all(low <= value <= low + width for value in found)
    assert len(set(labels)) == len(found)
    steps = [after - before for before, after in pairwise(found)]
    assert not steps or steps == pytest.approx([steps[0]] * len(steps), rel=1e-3)


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0, 1e-9, 123456.0])
def test_values_that_are_all_equal_are_drawn(value):
    same = dict.fromkeys(YEARS, value)
    for zero in (False, True):
        charts.trend(Trend((Line("A", same, "own"),), "kr", zero=zero))
    charts.bars(Bars((BarRow("A", value), BarRow("B", value)), "kr"))
    charts.dots(Dots((DotRow("A", (value,)), DotRow("B", (value,))), (2025,), "%"))
    charts.measures([MeasureRow("A", value, (value, value))], own_name="A", peers_name="B")


def test_an_axis_that_should_hold_zero_does():
    data = Trend((Line("A", OWN, "own"),), "kr", zero=True)
    assert "0" in texts(charts.trend(data).wide)
    assert "0" not in texts(charts.trend(Trend(data.lines, "kr")).wide)


def test_labels_do_not_cover_each_other():
    with look():
        fig = new_figure(200, 100)
        labels = PointLabels(new_plot(fig, (0, 0, 200, 100), (0, 200), (0, 100)), 0)
        placed = [labels.place((100, 50), "Älvkarleby") for _ in range(12)]
        assert placed[0] and not all(placed)
        assert not labels.place((100, 50), "Ett namn som är bredare än hela bilden")
        assert labels.place((100, 50), "Älvkarleby", required=True)
        boxes = [label.place for label in fig.artists]
    assert len(set(boxes[:-1])) == len(boxes) - 1 == sum(placed)


def test_text_width_follows_arial():
    # Sum of the advance widths in Liberation Sans, which has Arial's: 4 946 thousandths.
    assert text_width("Exempelby") == pytest.approx(4.946 * 14 * 1.04, rel=1e-3)
    assert text_width("i") < text_width("m")
    assert text_width("fet", bold=True) > text_width("fet")


def test_wrap_breaks_at_spaces_but_not_at_no_break_spaces():
    assert wrap("ett två tre", text_width("ett två")) == ["ett två", "tre"]
    assert wrap("kostar 12\u00a0345 kr", 62) == ["kostar", "12\u00a0345 kr"]
    assert wrap("kort", 1) == ["k", "o", "r", "t"]
    broken = wrap("en oavbrutenlångtext", 60)
    assert broken[0] == "en" and "".join(broken[1:]) == "oavbrutenlångtext"
    assert max(text_width(line) for line in broken) <= 60


def test_a_text_that_must_stand_on_one_line_is_cut_where_it_does_not_fit():
    assert shorten("Älvkarleby", 80) == "Älvkarleby"
    cut = shorten("Älvkarleby", 60)
    assert cut.startswith("Älv") and cut.endswith("…") and text_width(cut) <= 60


@pytest.mark.parametrize("name", ["Å" * 120, "Sammanslagna kommuner " * 6])
def test_a_long_name_takes_nobody_elses_room(name):
    lines = (Line(name, OWN, "own"), *trend_data().lines[1:])
    cell = StripCell(40.0, (20.0, 60.0), (30.0, 50.0))
    figures = [
        charts.trend(trend_data(lines=lines)),
        charts.trend(trend_data(lines=(Line(name, {}, "own"), *lines[1:]))),
        charts.panels([trend_data(title=t, lines=lines) for t in ("E", "K", "Kostnad")]),
        charts.quadrant(quadrant_data(name=name)),
        charts.measures([MEASURED], own_name=name, peers_name="Liknande kommuner"),
        charts.funnel(funnel_data(own=(FunnelUnit(name, 40.0, 55.0),), own_name=name)),
        charts.dots(dots_data(rows=(DotRow(name, (1.0, 2.0, 3.0)),))),
        charts.strips([StripRow("LSS", (cell,))], ["Resurs"], own_name=name),
        charts.bars(bars_data(rows=(BarRow(name, 1.0), BarRow("B", 2.0)))),
    ]
    for figure in figures:
        for drawing in drawings(figure):
            for text, left, _, right, _ in text_boxes(drawing):
                assert left >= -4 and right <= drawing.width + 4, text
    for drawing in drawings(figures[0]):
        assert "2025" in texts(drawing)
        assert any(text.endswith("120\u00a0000") for text in texts(drawing))


def test_a_dollar_sign_and_unknown_characters_are_text():
    name = "Pris $x_2$ \U0001f600"
    figure = charts.trend(Trend((Line(name, OWN, "own"),), "$"))
    assert any(name in text for text in texts(figure.narrow))


def test_settings_of_matplotlib_neither_leak_nor_reach_a_chart():
    with mpl.rc_context({"lines.linewidth": 9, "font.size": 30, "text.parse_math": True}):
        before = dict(mpl.rcParams)
        assert charts.trend(trend_data()) == FIGURES["trend"]
        assert dict(mpl.rcParams) == before
