"""Months, indicators and forms made by hand, for what reports say of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from effektiv.data.local.months import INDICATOR_COLUMNS, MONTH_COLUMNS, Indicators, Months
from effektiv.forms import Form, FormRead, FormRow, Value
from effektiv.steps.s4_forbattringsarbete.words import months_between

HOME_CARE = "aldreomsorg-ordinart-boende"


def months(
    activities: Mapping[str, float],
    first: str = "2027-01",
    last: str = "2028-06",
    *,
    volume: bool = True,
    over: float = 1.03,
    seed: int = 1,
) -> Months:
    """Return months of some activities: kronor a month by name; the last year's budget to December."""
    rng = np.random.default_rng(seed)
    rows = []
    for name, level in activities.items():
        for month in months_between(first, f"{last[:4]}-12"):
            known = month <= last
            for kind, share in (("intäkter", -0.1), ("personal", 0.8), ("övrigt", 0.3)):
                budget = round(level * share, 2)
                actual = round(budget * over * (1 + 0.01 * rng.standard_normal()), 2) if known else np.nan
                rows.append(
                    {
                        "unit": "",
                        "activity": name,
                        "kind": kind,
                        "month": month,
                        "budget_sek": budget,
                        "actual_sek": actual,
                        "forecast_sek": round(12 * budget * (1 + 0.8 * (over - 1)), 2) if known else np.nan,
                        "volume_budget": 1000.0 if volume else np.nan,
                        "volume_actual": 1050.0 if volume and known else np.nan,
                        "volume_unit": "timmar" if volume else "",
                        "comment": "",
                        "is_suppressed": False,
                    }
                )
    return Months(pd.DataFrame(rows, columns=list(MONTH_COLUMNS)))


def indicator(
    key: str,
    values: Iterable[float],
    *,
    first: str = "2026-01",
    area: str = HOME_CARE,
    unit: str = "%",
    better: str = "lägre",
    target: float = np.nan,
    name: str = "",
    kind: str = "mått",
) -> pd.DataFrame:
    """Return an indicator's rows."""
    found = list(values)
    span = [str(item) for item in pd.period_range(first, periods=len(found), freq="M")]
    return pd.DataFrame(
        {
            "indicator": key,
            "name": name or key,
            "area": area,
            "kind": kind,
            "unit": unit,
            "better": better,
            "month": span,
            "numerator": np.nan,
            "denominator": np.nan,
            "value": found,
            "target": target,
            "is_suppressed": False,
        }
    )


def joined(*frames: pd.DataFrame) -> Indicators:
    """Return several indicators as one table."""
    frame = pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=list(INDICATOR_COLUMNS))
    return Indicators(frame[list(INDICATOR_COLUMNS)])


def steady(level: float, months: int = 30, sd: float = 0.5, seed: int = 3) -> np.ndarray:
    """Return months without any change but chance."""
    return level + sd * np.random.default_rng(seed).standard_normal(months)


def home_care() -> Indicators:
    """Return four indicators of home care: one with a shift, one steady on its target, one far from it, one short."""
    shifted = steady(8.0, sd=0.4)
    shifted[20:] += 2.0
    return joined(
        indicator("sjuk", shifted, name="sjukfrånvaron", target=7.0),
        indicator("tid", steady(65, sd=1.5, seed=5), name="tid hos brukaren", better="högre", target=64),
        indicator(
            "kontinuitet",
            steady(16, sd=0.8, seed=7),
            name="olika personer på två veckor",
            unit="personer",
            target=12,
        ),
        indicator("klagomal", [2, 1, 3, 2, 2, 1], name="klagomål", unit="antal", first="2028-01"),
    )


def filled(form: Form, **sheets: Iterable[Mapping[str, Value]]) -> FormRead:
    """Return a form as it is read, from the rows that somebody has written."""
    rows = {}
    for sheet in form.sheets:
        keys = [column.key for column in sheet.columns]
        rows[sheet.key] = tuple(
            FormRow(
                sheet.title, 2 + at, {key: said.get(key) for key in keys}, dict.fromkeys(keys, f"A{2 + at}")
            )
            for at, said in enumerate(sheets.get(sheet.key, ()))
        )
    return FormRead(form, rows)


def day(text: str) -> dt.date:
    """Return a day."""
    return dt.date.fromisoformat(text)
