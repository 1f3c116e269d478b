"""How often somebody is told to have gained where no project was, and whether a planted gain is found.

Participants are chosen for need, so what is counted is the worst tenth at every start: in the real country before any
project, and in countries where nothing changes (`benchmarks.calibration_null`). A one-sided 5 % test should tell 5 %.
``python -m benchmarks.calibration_effects`` prints the rates, the size of what can be seen, and what it costs.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from benchmarks import real
from benchmarks.calibration_models import CONDITIONS
from benchmarks.calibration_null import LINGERS, null_country
from benchmarks.calibration_precedents import with_levels
from effektiv.analysis.certainty import noise, noise_of
from effektiv.analysis.panels import Panel, country, published_years
from effektiv.analysis.placebos import ONE_SIDED, Evaluation, evaluate, together
from effektiv.analysis.rebound import AFTER, BEFORE, Rebound, Refused, Span, rebound, span
from effektiv.analysis.role_models import nearest
from effektiv.analysis.synthetic import DONORS, Synthetic, donor_pools, synthetic
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE_AFTER, open_snapshot
from effektiv.example.truths import OUTCOMES, PROJECT_YEAR
from effektiv.example.truths import PARTICIPANTS as PROJECT
from effektiv.types import Better

REAL = (("N15436", 2022, 1), ("N20900", 2018, -1), ("N30001", 2018, -1))
"""Figure, last year, and 1 where higher is better: the longest stretches there are."""

SHORT = (("N17461", "%"), ("N15814", "%"))
"""Figures that are too short for any answer."""

NULL = ("N20900", "N15008", "N15505")
NULL_YEARS = range(2005, 2023)
SEEDS = (21, 22, 23)

WORST = 0.1
"""Share of the country that is chosen for need."""

PARTICIPANTS, DRAWN = 15, 4
"""Participants of a project, and how many such projects are drawn at each start."""

RULES = ("like", "synthetic", "whole country")


def starts(panel: Panel) -> Iterator[Span]:
    """Yield every start with enough years on both sides, with `AFTER` years after it."""
    for start in published_years(panel):
        found = span(panel, start)
        if isinstance(found, Span):
            yield Span(found.before, found.after[:AFTER])


def worst(found: Evaluation, level: str = "recent") -> list[str]:
    """Return those that would have been chosen for need: the worst tenth by their level before."""
    order = (found.sign * found.frame[level]).sort_values(kind="stable").index
    return [str(code) for code in order[: int(WORST * len(order))]]


def plain_rank(found: Evaluation) -> pd.Series:
    """Return p of the change from the whole period before, ranked among the whole country in the figure's unit."""
    change = found.sign * found.frame["unmatched"]
    return change.rank(ascending=False, method="max") / len(change)


def told(
    panel: Panel, unit: str, sign: int, pools: dict[str, list[str]] | None, level: str = "recent"
) -> pd.DataFrame:
    """Return whether each of the worst tenth is told to have gained, at every start.

    Parameters
    ----------
    panel, unit
        A figure.
    sign
        1 when higher is better, -1 when lower is.
    pools
        Donors by municipality; without them there is no synthetic control.
    level
        What the worst are chosen by.

    Returns
    -------
    pandas.DataFrame
        A row a municipality and start: ``municipality``, ``start``, ``like``, ``synthetic`` (missing where refused) and
        ``whole country`` (p at most 0.05), ``least`` and ``detectable`` in the scale's unit; ``covered``, whether the
        interval holds the true effect, none; ``seen``, whether an effect of the detectable size would have been told.
    """
    people = real.population(2022)
    rows = []
    for years in starts(panel):
        known = noise(panel, people, years.before[-1], unit)
        found = evaluate(panel, known, years, sign)
        assert isinstance(found, Evaluation), found
        control = synthetic(panel, known, years, sign, pools) if pools else None
        plain = plain_rank(found)
        for code in worst(found, level):
            row = {
                "municipality": code,
                "start": years.after[0],
                "like": float(found.frame["p"][code] <= ONE_SIDED),
                "whole country": float(plain[code] <= ONE_SIDED),
                "least": float(found.frame["least"][code]),
                "detectable": float(found.frame["detectable"][code]),
                "covered": float(found.frame["low"][code] <= 0 <= found.frame["high"][code]),
            }
            gained = sign * float(found.frame["effect"][code]) + row["detectable"]
            row["seen"] = float(gained > row["least"])
            if isinstance(control, Synthetic) and control.refusal(code) is None:
                row["synthetic"] = float(control.evaluation.frame["p"][code] <= ONE_SIDED)
                row["least synthetic"] = float(control.evaluation.frame["least"][code])
            rows.append(row)
    return pd.DataFrame(rows)


def rate(rows: pd.DataFrame, rule: str) -> dict[str, float]:
    """Return how often a rule told of a gain, and the range that 5 % has with municipalities as clusters.

    Examples
    --------
    >>> rate(pd.DataFrame({"municipality": ["a", "a", "b", "c"], "like": [1.0, 1.0, 0.0, 0.0]}), "like")["andel"]
    0.5
    """
    known = rows[["municipality", rule]].dropna()
    share = float(known[rule].mean())
    sums = (known[rule] - share).groupby(known["municipality"]).sum()
    n = len(sums)
    error = float(np.sqrt(n / (n - 1) * (sums**2).sum())) / len(known)
    return {
        "andel": round(share, 4),
        "medelfel med kommuner som kluster": round(error, 4),
        "antal": len(known),
        "kommuner": n,
        "inom 3-7 %": float(0.03 <= share <= 0.07),
        "inom spannet för 5 %": float(abs(share - ONE_SIDED) <= 1.96 * error),
    }


def summary(rows: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Return the rates by rule, and the median size of what can be seen."""
    found = {rule: rate(rows, rule) for rule in RULES if rule in rows}
    sizes = {key: key for key in ("least", "detectable", "least synthetic") if key in rows}
    found["ordet"] = {
        "intervallet håller det sanna": round(float(rows["covered"].mean()), 4),
        "märkbar storlek märks": round(float(rows["seen"].mean()), 4),
    }
    found["storlek"] = {name: round(float(rows[key].median()), 4) for name, key in sizes.items()}
    return found


def pools_of(family: str) -> dict[str, list[str]]:
    """Return donors by municipality: Kolada's similar ones, then the nearest in size and structure."""
    near = nearest(real.panels(CONDITIONS), real.panel("N01951"), 2022)
    return donor_pools(real.groups(family), near, DONORS)


def real_panel(kpi: str, last: int) -> Panel:
    """Return a figure up to a year, the municipalities alone."""
    values = country(real.panel(kpi))
    return values[[year for year in values.columns if int(year) <= last]]


def real_rows(level: str = "recent", *, controls: bool = True) -> dict[str, dict[str, dict[str, float]]]:
    """Return the rates in the real country, by figure."""
    found = {}
    for kpi, last, sign in REAL:
        figure = real.figures()[kpi]
        pools = pools_of(figure.family) if controls else None
        found[kpi] = summary(told(real_panel(kpi, last), figure.unit, sign, pools, level))
    return found


def rebound_rows() -> dict[str, dict[str, float]]:
    """Return what the worst tenth was expected to do by itself, from earlier years alone, beside what it did."""
    found = {}
    for kpi, last, sign in (*REAL, ("N15428", 2022, 1)):
        panel, unit = real_panel(kpi, last), {"N15428": "%"}.get(kpi) or real.figures()[kpi].unit
        rows = []
        for years in starts(panel):
            before = years.before[-1]
            known = noise(panel, real.population(2022), before, unit)
            judged = evaluate(panel, known, years, sign)
            assert known is not None and isinstance(judged, Evaluation)
            deviation = panel - panel.median()
            did = deviation[list(years.after)].mean(axis=1) - deviation[list(years.recent)].mean(axis=1)
            for code in worst(judged):
                came = rebound(panel, known, before, code, sign)
                assert isinstance(came, Rebound), came
                inside = came.low <= did[code] <= came.high
                rows.append((came.change, did[code], inside, came.improved, sign * did[code] > 0))
        columns = ["väntat", "blev", "inom spannet", "väntad andel bättre", "andel bättre"]
        means = pd.DataFrame(rows, columns=columns).astype(float).mean()
        found[kpi] = {str(key): round(float(value), 3) for key, value in means.items()}
    return found


def together_rows() -> pd.DataFrame:
    """Return p of the mean of fifteen participants drawn among the worst tenth, at every real start."""
    rows = []
    for kpi, last, sign in REAL:
        panel, unit = real_panel(kpi, last), real.figures()[kpi].unit
        for years in starts(panel):
            known = noise(panel, real.population(2022), years.before[-1], unit)
            found = evaluate(panel, known, years, sign)
            assert isinstance(found, Evaluation), found
            draw = np.random.default_rng([*kpi.encode(), years.after[0]])
            for _ in range(DRAWN):
                chosen = [str(code) for code in draw.choice(worst(found), PARTICIPANTS, replace=False)]
                # As in a project: whoever takes part is compared with by nobody.
                apart = evaluate(panel, known, years, sign, chosen)
                assert isinstance(apart, Evaluation), apart
                mean = together(apart, chosen)
                assert mean is not None
                rows.append({"kpi": kpi, "start": years.after[0], "p": mean.p})
    return pd.DataFrame(rows)


def together_rate(rows: pd.DataFrame) -> dict[str, float]:
    """Return how often several together are told to have gained.

    Examples
    --------
    >>> together_rate(pd.DataFrame({"p": [0.04, 0.5]}))["andel"]
    0.5
    """
    return {"andel": round(float((rows["p"] <= ONE_SIDED).mean()), 4), "antal": len(rows)}


def null_rows(kpis: Sequence[str] = NULL, seeds: Sequence[int] = SEEDS) -> dict[str, dict[str, float]]:
    """Return the rates in countries where nothing changes, by kind of level and of years."""
    parts = []
    for kpi in kpis:
        unit = {"N15505": "meritpoäng"}.get(kpi) or real.figures()[kpi].unit
        for years, linger in LINGERS.items():
            for seed in seeds:
                null, judged = null_country(kpi, seed, linger, NULL_YEARS)
                own = with_levels(null, kpi, logarithmic=judged.logarithmic)
                for kind, panel in (("lika nivå", null), ("egen nivå", own)):
                    rows = told(panel, unit, 1, None)
                    rows["municipality"] = f"{seed}/{kpi}/" + rows["municipality"]
                    parts.append(rows.assign(kind=f"{kind}, {years}"))
    whole = pd.concat(parts, ignore_index=True)
    return {str(kind): rate(rows, "like") for kind, rows in whole.groupby("kind")}


def planted() -> pd.DataFrame:
    """Return what is said of every gain that is planted in the project that ships: a row a figure and municipality."""
    snapshot = open_snapshot(EXAMPLE_AFTER)
    without = [snapshot.kommun(title) for title in PROJECT]
    kpis = load_catalogue().kpis
    rows = []
    for outcome in OUTCOMES:
        figure, panel, code = (
            kpis[outcome.kpi],
            snapshot.panel(outcome.kpi),
            snapshot.kommun(outcome.municipality),
        )
        if figure.unit == "mnkr":  # has the word of the figure that it is computed from
            continue
        years = span(panel, PROJECT_YEAR + 1, figure.breaks)
        known = noise_of(figure, panel, snapshot.panel("N01951")[PROJECT_YEAR], PROJECT_YEAR, None)
        assert isinstance(years, Span) and known is not None
        found = evaluate(panel, known, years, 1 if figure.better is Better.HIGHER else -1, without)
        assert isinstance(found, Evaluation), found
        own = float(found.course(code)["own"].loc[list(years.after)].mean())
        size = float(np.log(own / (own - outcome.size))) if found.logarithmic else outcome.size
        row = found.frame.loc[code]
        rows.append(
            {
                "kpi": outcome.kpi,
                "municipality": code,
                "inside": float(row["low"] <= size <= row["high"]),
                "told": float(row["p"] <= ONE_SIDED),
                "of detectable": abs(size) / float(row["detectable"]),
            }
        )
    return pd.DataFrame(rows)


RULE_NAMES = {"like": "mot dem som låg lika", "synthetic": "mot en vägd blandning"}


def told_rows() -> dict[str, dict[str, float]]:
    """Return by figure how often the worst tenth of the real country is told to have gained, and what the words keep."""
    found = {}
    for kpi, rows in real_rows().items():
        found |= {f"{kpi}, {name}": rows[rule] for rule, name in RULE_NAMES.items()}
        found[f"{kpi}, spannet"] = rows["ordet"]
    return found


def planted_rows() -> dict[str, dict[str, float]]:
    """Return how often the planted size is in the interval, and how often it is told."""
    rows = planted()
    return {
        "exempellandet": {
            "antal": len(rows),
            "i spannet": round(float(rows["inside"].mean()), 4),
            "sagt": round(float(rows["told"].mean()), 4),
        }
    }


def refused_rows() -> dict[str, dict[str, float]]:
    """Return the share of starts at which a short figure is refused."""
    return {kpi: {"nekade": float("answered" not in reasons)} for kpi, reasons in refused().items()}


def refused() -> dict[str, list[str]]:
    """Return why the short figures are refused, at any start."""
    found = {}
    for kpi, _ in SHORT:
        panel = country(real.panel(kpi))
        answers = [span(panel, int(year)) for year in panel.columns]
        found[kpi] = sorted(
            {item.reason.value if isinstance(item, Refused) else "answered" for item in answers}
        )
    return found


def cost() -> dict[str, float]:
    """Return processor seconds of all municipalities' placebos of one figure and start."""
    panel, pools = real_panel("N20900", 2018), pools_of("äldreomsorg")
    years = next(starts(panel))
    known = noise(panel, real.population(2022), years.before[-1], "%")
    begun = time.process_time()
    evaluate(panel, known, years, -1)
    alike = time.process_time()
    synthetic(panel, known, years, -1, pools)
    return {
        "lika nivå, s": round(alike - begun, 3),
        "syntetisk kontroll, s": round(time.process_time() - alike, 3),
    }


if __name__ == "__main__":
    parts = {
        "verkliga landet": real_rows(),
        "verkliga landet, valda på ett år": real_rows("last", controls=False),
        "femton tillsammans": together_rate(together_rows()),
        "av sig själv": rebound_rows(),
        "utan ändringar": null_rows(),
        "för korta": refused(),
        "kostnad": cost(),
        "lägst år före": BEFORE,
    }
    print(json.dumps(parts, ensure_ascii=False, indent=1))
