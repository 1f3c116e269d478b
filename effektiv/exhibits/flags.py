"""Data-quality facts in words: the flags that stand on an exhibit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from effektiv.exhibits.swedish import join, number
from effektiv.exhibits.words import named, named_first
from effektiv.types import Flag, Kpi

_MANY = 4
"""More figures than this are counted, not named."""


def flags(
    facts: pd.DataFrame,
    kpis: Mapping[str, Kpi],
    preliminary_year: int | None,
    figures: Sequence[str] | None = None,
) -> tuple[Flag, ...]:
    """Word the flags of the key figures behind an exhibit.

    Parameters
    ----------
    facts
        Rows of `effektiv.analysis.data_quality.data_quality`.
    kpis
        Id -> key figure.
    preliminary_year
        Year whose cost figures are preliminary.
    figures
        Ids of the exhibit's figures, each once; all rows of `facts` when left out.

    Returns
    -------
    tuple of Flag
        In a fixed order: missing, suppressed, small, preliminary, ended, break, own. One a
        kind, except one for each ended series and each break.
    """
    codes = dict(zip(facts.index.tolist(), facts["flags"].tolist(), strict=True))
    shown = list(codes) if figures is None else figures
    marked = {
        code: [kpi for kpi in shown if code in codes[kpi]]
        for code in ("missing", "suppressed", "small", "preliminary", "ended", "break", "own")
    }
    # A suppressed value is missing for a known reason, and an ended series is not a gap.
    explained = {*marked["suppressed"], *marked["ended"]}
    marked["missing"] = [kpi for kpi in marked["missing"] if kpi not in explained]
    result: list[Flag] = []
    if marked["missing"]:
        result.append(Flag(code="missing", text=_missing(marked["missing"], facts, kpis)))
    if marked["suppressed"]:
        text = (
            f"Senaste värdet är dolt för {_named(marked['suppressed'], kpis)}: för få personer ligger bakom."
        )
        result.append(Flag(code="suppressed", text=text))
    if marked["small"]:
        result.append(Flag(code="small", text=_small(marked["small"], facts, kpis)))
    if preliminary_year is not None and marked["preliminary"]:
        text = f"{preliminary_year} års värden är preliminära för {_named(marked['preliminary'], kpis)}."
        result.append(Flag(code="preliminary", text=text))
    for kpi in marked["ended"]:
        text = f"{named_first(kpis[kpi])} publiceras inte efter {kpis[kpi].valid_to}."
        result.append(Flag(code="ended", text=text))
    result += [Flag(code="break", text=text) for text in _breaks(marked["break"], facts, kpis)]
    if marked["own"]:
        text = f"Värden för {_named(marked['own'], kpis)} är beräknade här ur andra nyckeltal."
        result.append(Flag(code="own", text=text))
    return tuple(result)


def _fact(facts: pd.DataFrame, kpi: str, column: str) -> Any:
    return facts.loc[kpi, column]


def _named(ids: list[str], kpis: Mapping[str, Kpi]) -> str:
    names = list(dict.fromkeys(named(kpis[kpi]) for kpi in ids))
    return f"{number(len(ids))} nyckeltal" if len(names) > _MANY else join(names)


def _missing(ids: list[str], facts: pd.DataFrame, kpis: Mapping[str, Kpi]) -> str:
    never = [kpi for kpi in ids if pd.isna(_fact(facts, kpi, "year"))]
    older = [kpi for kpi in ids if kpi not in never]
    parts = []
    if never:
        parts.append(f"Värden saknas helt för {_named(never, kpis)}.")
    if older:
        parts.append(
            f"Senaste årets värde saknas för {_named(older, kpis)}; äldre värden visas där de finns."
        )
    return " ".join(parts)


def _small(ids: list[str], facts: pd.DataFrame, kpis: Mapping[str, Kpi]) -> str:
    fewest = min(float(_fact(facts, kpi, "persons")) for kpi in ids)
    return (
        f"Få personer ligger bakom {_named(ids, kpis)}, som minst omkring {number(fewest)}. Slumpen kan då ändra "
        "värdena mycket."
    )


def _breaks(ids: list[str], facts: pd.DataFrame, kpis: Mapping[str, Kpi]) -> list[str]:
    """One sentence for each break, naming the year once however many figures share it."""
    texts: dict[str, None] = {}
    for kpi in ids:
        latest = int(_fact(facts, kpi, "break_year"))
        texts |= {f"{item.year}: {item.reason}": None for item in kpis[kpi].breaks if item.year == latest}
    return list(texts)
