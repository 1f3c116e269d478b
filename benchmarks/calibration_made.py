"""The generator's country without lasting differences: what the certainty rule and the naming say there is wrong.

Deviations, gaps in kronor (which have the deviation's word), changes and named focus areas. The generator's unit
costs and quality follow conditions that are real there, so those are in `benchmarks.calibration_null`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from benchmarks.calibration_forward import GROUP, MIDDLE, REFERENCE
from effektiv.analysis.certainty import (
    Certainty,
    against_country,
    against_peers,
    against_value,
    changes,
    differences,
    noise,
)
from effektiv.analysis.focus import Level, cost_side
from effektiv.analysis.panels import Panel, country
from effektiv.data.catalogue import load_catalogue
from effektiv.example.build import build_example
from effektiv.example.noise import Alike
from effektiv.types import Kpi, Service

SEEDS = (21, 22, 23)
KINDS = {"oberoende år": 0.0, "beroende år": 0.6}
SPANS = (2, 3, 4, 5)

POPULATION, NET_COST = "N01951", "N00096"


def made_panels(observations: pd.DataFrame, kpis: Sequence[str]) -> dict[str, Panel]:
    """Return figures of a made country: municipality x year."""
    rows = observations[observations["kpi"].isin(kpis) & (observations["gender"] == "T")]
    return {
        str(kpi): found.pivot_table(index="municipality", columns="year", values="value")
        for kpi, found in rows.groupby("kpi")
    }


def made_groups(groups: pd.DataFrame, municipalities: pd.DataFrame, family: str) -> dict[str, list[str]]:
    """Return the latest groups of a family, by the municipality that each is named after."""
    codes = dict(zip(municipalities["title"], municipalities["id"], strict=True))
    found: dict[str, list[str]] = {}
    titled = groups[groups["group_title"].str.startswith(f"{family}, ")]
    for title, members in sorted(titled.groupby("group_title")["member_id"]):
        found[codes[str(title).rsplit(", ", 2)[1]]] = members.tolist()
    return found


def service_words(
    deviation: Panel, kpi: Kpi, groups: Mapping[str, Sequence[str]], people: Panel
) -> Iterator[tuple[str, pd.Series]]:
    """Yield each claim on a service's deviation with the words of all municipalities, in its last year."""
    year = int(max(deviation.columns))
    judged = noise(deviation, country(people)[year], year, kpi.unit, kpi.breaks)
    assert judged is not None, kpi.id
    peers = against_peers(deviation, groups, judged)
    held_against = {
        GROUP: peers,
        MIDDLE: against_country(deviation),
        REFERENCE: against_value(deviation, 0.0),
    }
    for name, comparator in held_against.items():
        yield f"mot {name}", differences(deviation, comparator, judged, kpi.breaks).frame["certainty"]
    for span in SPANS:
        yield f"ändring mot gruppen, {span} år", changes(deviation, peers, judged, span)["certainty"]


def made_rows() -> dict[str, dict[str, float]]:
    """Return the share told, by service, claim and kind of years; all of it is false."""
    catalogue = load_catalogue()
    services = [item for item in catalogue.overview.services if item.deviation_pct and item.reference_cost]
    wanted = [POPULATION, NET_COST, *(str(item.deviation_pct) for item in services)]
    wanted += [str(item.reference_cost) for item in services]
    rows = []
    for kind, rho in KINDS.items():
        for seed in SEEDS:
            data = build_example(alike=Alike(seed, rho))
            panels = made_panels(data.observations, wanted)
            for service in services:
                assert service.deviation_pct is not None
                kpi = catalogue.kpis[service.deviation_pct]
                groups = made_groups(data.groups, data.municipalities, service.family)
                for claim, words in service_words(panels[kpi.id], kpi, groups, panels[POPULATION]):
                    sure, any_word = (words == Certainty.SURE).mean(), (words != Certainty.UNCLEAR).mean()
                    rows.append((service.id, claim, kind, sure, any_word))
                named = _named(service, kpi, panels, groups)
                rows.append((service.id, "pekas ut för kostnaden", kind, named, float("nan")))
    means = (
        pd.DataFrame(rows, columns=["service", "claim", "kind", "sure", "any"])
        .groupby(["service", "claim", "kind"])
        .mean()
    )
    return {", ".join(map(str, key)): _shares(row) for key, row in means.iterrows()}  # type: ignore[call-overload]


def _shares(row: pd.Series) -> dict[str, float]:
    if pd.isna(row["any"]):
        return {"andel utpekade": round(float(row["sure"]), 4)}
    return {
        "andel säkert": round(float(row["sure"]), 4),
        "andel säkert eller troligen": round(float(row["any"]), 4),
    }


def _named(
    service: Service, kpi: Kpi, panels: Mapping[str, Panel], groups: Mapping[str, Sequence[str]]
) -> float:
    """Return the share of the municipalities that a service is named in."""
    assert service.reference_cost is not None
    found = cost_side(
        panels[kpi.id],
        country(panels[service.reference_cost]),
        panels[POPULATION],
        panels[NET_COST],
        groups,
        year=int(max(panels[kpi.id].columns)),
        breaks=kpi.breaks,
    )
    return float((found["level"] == Level.NAMED).mean())
