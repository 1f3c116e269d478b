"""The step's cases: all that its notebooks may show."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from effektiv.analysis.certainty import Certainty
from effektiv.data.municipalities import county_of
from effektiv.steps.data import DataCase
from effektiv.steps.judging import Judgement
from effektiv.steps.own_figures import OwnFiguresCase
from effektiv.steps.s1_nulagesanalys.area import AreaReportCase, quality_judgement
from effektiv.steps.s1_nulagesanalys.national import RESULTS
from effektiv.steps.s1_nulagesanalys.overview import OverviewReportCase
from effektiv.steps.s1_nulagesanalys.underlag import UnderlagCase
from effektiv.steps.s1_nulagesanalys.wording import aim_text
from effektiv.steps.wording import position_words
from effektiv.types import FocusArea

WORDS = {Certainty.SURE: "säkert", Certainty.LIKELY: "troligen", Certainty.UNCLEAR: "går inte att skilja"}
"""How sure a difference is, as the index of all municipalities tells it."""


class AreaCase(AreaReportCase, UnderlagCase, OwnFiguresCase, DataCase):
    """En kommun i ett fokusområde: varje metod visar en del av rapporten."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        facts, judged = self.area_view.facts, quality_judgement(self.area_view)
        return super().describe() | {
            "ar": self.newest_year,
            "underlag": "tunt" if self.report.is_thin else "fullt",
            "valda": [],
            "lage": {
                "avvikelse_procent": None if facts is None else facts.now_pct,
                "avvikelse_mnkr": None if facts is None else facts.now,
                "avvikelse_ar": None if facts is None else facts.year,
                "avvikelse_sakerhet": _word(None if facts is None else facts.judged),
                "kvalitet": "" if judged is None else position_words(judged, "").strip(),
                "kvalitet_ar": None if judged is None else judged.year,
                "kvalitet_sakerhet": _word(judged),
            },
        }

    @cached_property
    def newest_year(self) -> int | None:
        """Latest year that any of the area's main figures has an own value for; None where none has."""
        found = (self.latest(self.best(kpi).id) for kpi in self._dating_figures)
        return max((item[0] for item in found if item is not None), default=None)


class OverviewCase(OverviewReportCase, UnderlagCase, OwnFiguresCase, DataCase):
    """En kommun i alla verksamheter: varje metod visar en del av översikten."""

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report and the index of all municipalities need."""
        inhabitants = float(self.national.inhabitants(self.focus_year).get(self.municipality, np.nan))
        return super().describe() | {
            "ar": max((facts.year for facts in self.service_facts.values()), default=None),
            "underlag": "tunt" if self.report.is_thin else "fullt",
            "valda": list(self.chosen_areas),
            "lage": {
                "invanare": None if np.isnan(inhabitants) else round(inhabitants),
                "lan": self.national.names.get(f"00{county_of(self.municipality)}", ""),
                "utpekade": [
                    {
                        "omrade": self.service(item.service).label,
                        "riktning": aim_text(item, measured=bool(self.service(item.service).quality)),
                    }
                    for item in self.named
                ],
                "andel_data": self.share_of_data,
            },
        }

    @property
    def share_of_data(self) -> float:
        """Share of the key figures of all focus areas that the municipality has a late value of, 0-1."""
        ids = dict.fromkeys(kpi for area in self.catalogue.areas.values() for kpi in _figures_of(area))
        return sum(self.latest(kpi) is not None for kpi in ids) / len(ids)


def _figures_of(area: FocusArea) -> tuple[str, ...]:
    return (*area.sections.resource, *area.sections.volume, *area.sections.quality)


def _word(judged: Judgement | None) -> str | None:
    return None if judged is None or not judged.found.is_judged else WORDS[judged.certainty]


AREA = AreaCase
"""What `effektiv.open_case` gives in a focus area."""

TOPICS = {"oversikt": OverviewCase}
"""What it gives in the step's other topics, by id."""

NATIONAL = RESULTS
"""What is computed once for all municipalities and kept."""
