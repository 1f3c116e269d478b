"""What the pages of step 4 say: deviations first, fixed words, few months, and nothing that chance alone could give."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.forecast import backtest
from effektiv.analysis.portfolio import Benefit
from effektiv.analysis.spc import Variation
from effektiv.data.catalogue import load_catalogue
from effektiv.data.identifiers import Places
from effektiv.data.local.months import Indicators, Months
from effektiv.data.snapshot import Snapshot
from effektiv.data.store import Store
from effektiv.forms import FormRead
from effektiv.national import National
from effektiv.params.formfile import FormFile
from effektiv.params.registry import Known
from effektiv.steps.base import Case
from effektiv.steps.form import Said
from effektiv.steps.s3_atgarder.measures import planned
from effektiv.steps.s3_atgarder.measures_form import MEASURES_FORM
from effektiv.steps.s4_forbattringsarbete import indicators, money, progress
from effektiv.steps.s4_forbattringsarbete.chart_settings import ChartSettings, DecidedChange
from effektiv.steps.s4_forbattringsarbete.deviations import found_in, without_action
from effektiv.steps.s4_forbattringsarbete.economy import by_month
from effektiv.steps.s4_forbattringsarbete.meeting import services
from effektiv.steps.s4_forbattringsarbete.months_in import read_indicators, read_months
from effektiv.steps.s4_forbattringsarbete.national import BACKTEST, MonthSeries
from effektiv.steps.s4_forbattringsarbete.report import leads, points, title
from effektiv.steps.s4_forbattringsarbete.status_form import STATUS_FORM
from effektiv.steps.s4_forbattringsarbete.thin import thin_page
from effektiv.steps.s4_forbattringsarbete.trials import trials_finding
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView, of_area, setting_faults
from tests.steps.s4_forbattringsarbete import made
from tests.steps.s4_forbattringsarbete.made import HOME_CARE, day

AREA = load_catalogue().areas[HOME_CARE]
MEASURES = (
    {"id": "A5", "area": HOME_CARE, "name": "Pröva besluten igen", "benefit": "frigör pengar", "unit": "kr per år",
     "resource_low": 1e6, "resource_likely": 2e6, "resource_high": 3e6, "support": "egen erfarenhet",
     "start": day("2027-01-01"), "first": 2027, "full": 2027, "indicator": "sjukfrånvaron", "stop": "Över 9 procent."},
    {"id": "A6", "area": HOME_CARE, "name": "Planera resorna", "benefit": "frigör tid", "unit": "timmar per år",
     "resource_low": 500, "resource_likely": 1000, "resource_high": 1500, "support": "egen erfarenhet",
     "start": day("2028-01-01"), "first": 2028, "full": 2028, "indicator": "tid hos brukaren"},
    {"id": "A7", "area": HOME_CARE, "name": "Utbilda", "benefit": "värderas inte", "support": "översikt"},
)  # fmt: skip
STATUS = {
    "status": ({"measure": "A5", "day": day("2028-06-30"), "status": "efter plan", "comment": "Två tjänster är vakanta."},),
    "effekt": (
        {"measure": "A5", "year": 2027, "to": day("2027-12-31"), "realised": 1_200_000},
        {"measure": "A5", "year": 2028, "to": day("2028-06-30"), "realised": 900_000},
    ),
    "avvikelser": (
        {"about": "sjuk", "action": "Enhetscheferna ringer dag tre.", "owner": "HR-chef", "due": day("2028-09-30")},
    ),
}  # fmt: skip


UNKEPT = SimpleNamespace(result=lambda kind, *about: kind.compute(None, *about))
"""National results that are computed whenever they are asked for."""


def followed(
    months: Months | None = None, known: Indicators | None = None, status: FormRead | None = None, **more: Any
) -> FollowUpView:
    case = cast(Case, SimpleNamespace(name="Exempelby", national=UNKEPT))
    return FollowUpView(case, AREA, months or Months(), known or Indicators(), status=status, **more)


@pytest.fixture(scope="module")
def view() -> FollowUpView:
    return followed(
        made.months({"Hemtjänst": 10e6}, first="2027-01"),
        made.home_care(),
        made.filled(STATUS_FORM, **STATUS),
        measures=planned(made.filled(MEASURES_FORM, atgarder=MEASURES)),
    )


def test_deviations_come_first_with_what_is_done_by_whom_and_when(view: FollowUpView) -> None:
    found = found_in(view)
    assert [(item.kind, item.is_bad) for item in found] == [
        ("pengar", True),
        ("indikator", True),
        ("åtgärd", True),
    ]
    told = found[1].to_text()
    assert "försämring som inte är slump" in told
    assert told.endswith("Enhetscheferna ringer dag tre. Ansvarig: HR-chef, senast september 2028.")
    assert "Hemtjänst" in without_action(found) and "sjuk" not in without_action(found)
    assert title(view, found) == "Juni 2028: prognosen över budget och två avvikelser i kvalitet eller arbete"
    assert points(view, found)[0].startswith("Hemtjänst: prognosen för året är 2,9")
    assert [lead.strong for lead in leads(view, found)] == ["Saknar åtgärd.", "Pröva stoppregeln."]


def test_only_what_signals_is_drawn_large_and_the_rest_is_one_compact_table(view: FollowUpView) -> None:
    large = indicators.picture(view)
    rest = indicators.compact(view, without=view.signalling)
    assert large is not None and rest is not None and rest.table is not None
    assert "sjukfrånvaron" in large.alt
    assert [row[0] for row in rest.table.rows] == [
        "Tid hos brukaren",
        "Olika personer på två veckor",
        "Klagomål",
    ]
    assert rest.title == "Övriga indikatorer visar vanlig variation"
    assert {row[-2] for row in rest.table.rows} == {"vanlig variation", "för få månader"}
    (text,) = rest.blocks
    assert "nya signaler i månaden bland tre indikatorer" in str(text)


def test_stop_or_go_only_on_a_signal(view: FollowUpView) -> None:
    assert [progress.verdict(view, item) for item in view.measures] == [
        "pröva stoppregeln",
        "för tidigt att säga",
        "ingen indikator följs",
    ]


def test_effect_is_counted_by_class_and_what_is_lacking_is_carried_on(view: FollowUpView) -> None:
    found = progress.harvests(view)
    assert progress.carried_on(found, Benefit.MONEY, 2028) == pytest.approx(800_000)
    plan, real = progress.brought_home(found, Benefit.MONEY, 2028) or (0.0, 0.0)
    assert plan == pytest.approx(2e6 * 182 / 366) and real == 900_000
    assert progress.brought_home(found, Benefit.TIME, 2028) is None
    said = progress.money_sentence(view, found).replace("\u00a0", " ")
    assert said == (
        "Hittills i år har 900 000 kronor tagits hem av planens 995 000 kronor. Från tidigare år fattas 800 000 kronor, "
        "som läggs till årets plan."
    )
    shown = progress.measures_finding(view)
    assert shown is not None and shown.title == "En av tre åtgärder är efter sin plan"


def test_volume_and_price_are_told_apart(view: FollowUpView) -> None:
    table = money.volume_table(view)
    assert table is not None
    total, volume, price = table.rows[0][-3:]
    assert total == pytest.approx(float(volume or 0) + float(price or 0))
    assert "volymen kostar 3" in money.volume_sentence(view)


def test_the_year_end_says_where_it_is_not_surely_better(view: FollowUpView) -> None:
    shown = money.activity_table(view)
    assert shown is not None and shown.title.startswith("Prognosen är 2,9")
    text = " ".join(map(str, shown.blocks)).replace("\u00a0", " ")
    assert "i åtta fall av tio" in text and "över budget" in text
    assert view.year_end is not None and not view.year_end.is_better
    assert services(view) is not None


def test_the_trial_of_a_forecast_is_made_once_for_the_same_months(
    example: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []
    monkeypatch.setattr(
        "effektiv.steps.s4_forbattringsarbete.national.backtest",
        lambda values: tried.append(len(values)) or backtest(values),
    )
    store = Store(tmp_path / "kvar")
    values = by_month(made.months({"Hemtjänst": 1e6}, first="2025-07").frame, "actual_sek").dropna()
    found = [
        National(example, load_catalogue(), Store(tmp_path / "kvar")).result(BACKTEST, MonthSeries(months))
        for months in (values, values.copy(), values * 1.01)
    ]
    assert store.folder is not None and len(list(store.folder.iterdir())) == len(tried) == 2
    assert found[0] is not None and found[0].ratio == found[1].ratio
    pd.testing.assert_frame_equal(found[0].errors, backtest(values).errors, check_names=False)


def test_what_is_decided_for_a_budget_in_balance_is_set_against_what_is_missing(view: FollowUpView) -> None:
    assert money.balance_sentence(view) == "Inga åtgärder för budget i balans är skrivna."
    action = {
        "about": "hemtjänst",
        "action": "Stopp.",
        "effect": 600_000,
        "owner": "A",
        "due": day("2028-09-30"),
    }
    acted = followed(view.months, status=made.filled(STATUS_FORM, avvikelser=(action,)))
    said = money.balance_sentence(acted).replace("\u00a0", " ")
    assert said == "Åtgärder för budget i balans ger 600 000 kronor, och 2,3 miljoner kronor saknas."
    calm = followed(made.months({"Hemtjänst": 1e6}, over=1.0, first="2027-01"))
    assert money.balance_sentence(calm) == ""


def test_a_decided_new_level_quiets_the_chart_and_a_bad_baseline_is_told() -> None:
    change = DecidedChange("2027-09", "Ja.", "Ny bemanning.", "Nej.", "Ja.")
    alone = made.joined(*(rows for key, rows in made.home_care().frame.groupby("indicator") if key == "sjuk"))
    calm = followed(known=alone, settings={"sjuk": ChartSettings(changes=(change,))})
    assert calm.followed[0].chart.variation in (Variation.COMMON, Variation.FEW)
    wrong = followed(known=alone, settings={"sjuk": ChartSettings(span=("2031-01", "2031-12"))})
    assert "används inte" in setting_faults(wrong.followed[0])[0]
    assert wrong.followed[0].chart.variation is Variation.WORSE


def test_an_improvement_is_told_and_asks_for_nothing() -> None:
    better = made.steady(70.0, sd=1.0)
    better[18:] += 6
    view = followed(known=made.joined(made.indicator("tid", better, name="tid hos brukaren", better="högre")))
    found = found_in(view)
    assert [item.is_bad for item in found] == [False]
    assert "förbättring som inte är slump" in title(view, found)
    assert without_action(found) == ""


def test_null_series_ask_for_nothing() -> None:
    calm = made.joined(*(made.indicator(f"I{at}", made.steady(50.0, seed=at), target=55) for at in range(3)))
    view = followed(made.months({"Hemtjänst": 1e6}, over=1.0, first="2027-01"), calm)
    found = found_in(view)
    assert found == () and title(view, found) == "Juni 2028: inget avviker mer än slumpen brukar ge"
    assert indicators.picture(view) is None


def test_two_months_give_half_a_page_without_judgement() -> None:
    short = made.joined(made.indicator("sjuk", [8.0, 12.0], name="sjukfrånvaro", target=7.0))
    view = followed(made.months({"Hemtjänst": 1e6}, first="2026-01", last="2026-02"), short)
    assert view.is_thin
    text = thin_page(view, Said()).to_text().replace("\u00a0", " ")
    assert "Två månader finns för äldreomsorg" in text or "Två månader finns" in text
    assert "sjukfrånvaro 12 (mål 7)" in text
    assert "slump" not in text.replace("för få för att skilja förändring från slump", "").replace(
        "prövas de mot slumpen", ""
    )
    assert len(text.split()) < 130


def test_no_months_say_what_is_missing_and_how_to_get_it() -> None:
    view = followed()
    assert view.month is None and view.is_thin
    text = thin_page(view, Said()).to_text()
    assert "uppfoljning" in text and "indikatorer.xlsx" in text


def test_a_missing_forecast_is_named_and_no_number_is_made_up() -> None:
    months = made.months({"Hemtjänst": 1e6, "Särskilt boende": 2e6}, first="2027-01")
    gone = months.frame["activity"] == "Särskilt boende"
    months.frame.loc[gone, "forecast_sek"] = np.nan
    view = followed(months)
    assert money.missing_sentence(view) == "Särskilt boende saknar prognos."
    shown = money.activity_table(view)
    assert shown is not None and shown.title.startswith("Utfallet hittills")
    assert trials_finding(view) is None


@pytest.fixture(scope="module")
def exempelby(root: Path) -> FollowUpView:
    folder = root / "params" / "0219-exempelby"
    form = (
        FormFile(name="status.xlsx", step=4, form=STATUS_FORM)
        .read(folder / "status.xlsx", Known(Places(None)))
        .said
    )
    assert form is not None
    known = read_indicators(folder)
    own = Indicators(known.frame[known.frame["area"] == HOME_CARE].reset_index(drop=True))
    return followed(of_area(read_months(folder), AREA, ()), own, form)


def test_what_is_planted_in_the_example_is_found_and_nothing_else(exempelby: FollowUpView) -> None:
    found = {item.id: item.chart.variation for item in exempelby.followed}
    assert found == {"I2": Variation.WORSE, "I1": Variation.BETTER, "I3": Variation.COMMON}
    # I1 falls from September 2027 and is marked within the months that the rules promise.
    chart = next(item.chart for item in exempelby.followed if item.id == "I1")
    first = chart.points.loc[chart.points["is_signal"], "month"].iloc[0]
    assert "2027-09" <= first <= "2028-06"


def test_the_examples_bad_forecasts_show_in_their_record(exempelby: FollowUpView) -> None:
    rows = exempelby.record.frame
    early = rows[rows["month"].str[5:] == "03"]["error_sek"].abs().mean()
    late = rows[rows["month"].str[5:] == "11"]["error_sek"].abs().mean()
    assert exempelby.record.years == 3 and early > 3 * late
    assert "Prognoserna i augusti har tidigare år" in money.record_sentence(exempelby)
    assert exempelby.standings["a5"].is_behind
