"""What every report asks of its data: panels, peers, names, flags, and the tidy frame."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from html import escape
from importlib.metadata import version
from typing import Any

import pandas as pd

from effektiv.analysis.comparison import Comparison, compare
from effektiv.analysis.data_quality import data_quality
from effektiv.analysis.panels import Panel, row
from effektiv.analysis.peers import OfficialGroups, county_group
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.flags import flags
from effektiv.exhibits.glossary import glossary
from effektiv.exhibits.style import jupyter_css
from effektiv.exhibits.swedish import Mark, date, genitive, mark
from effektiv.national import National
from effektiv.outputs import CASE_MIME, EXAMPLE_BAND
from effektiv.params import Params
from effektiv.steg import STEPS
from effektiv.types import RIKET, Catalogue, Flag, FocusArea, IndexDefinition, Kpi, Overview

_CODES = re.compile(r"\d{4}(\s*,\s*\d{4})*")


@dataclass(frozen=True)
class Opened:
    """What `open_case` has found: the parts that every case is made of."""

    area: FocusArea | Overview
    municipality: str
    snapshot: Snapshot
    national: National
    params: Params
    jamfor_med: str
    step: int = 1


class CaseCore:
    """One municipality, one area, one snapshot.

    Parameters
    ----------
    opened
        The parts, as `effektiv.open_case` finds them.

    Attributes
    ----------
    municipality
        Four-digit code.
    snapshot, national, params
        Data, national results, and what the municipality itself has decided.
    """

    def __init__(self, opened: Opened) -> None:
        self._opened = opened
        self.municipality = opened.municipality
        self.snapshot = opened.snapshot
        self.national = opened.national
        self.params = opened.params
        self._comparisons: dict[tuple[str, str], Comparison | None] = {}

    @property
    def catalogue(self) -> Catalogue:
        """Key figures, areas and indices."""
        return self.national.catalogue

    @property
    def name(self) -> str:
        """Name of the municipality."""
        return self.national.names[self.municipality]

    def kpi(self, kpi: str) -> Kpi:
        """Return a key figure of the catalogue."""
        return self.catalogue.kpis[kpi]

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a key figure's values: municipality x year, missing where there is none."""
        return self.national.panel(kpi, gender)

    def own(self, kpi: str, gender: str = "T") -> pd.Series:
        """Return the municipality's own values of a key figure by year."""
        return row(self.panel(kpi, gender), self.municipality)

    @cached_property
    def year(self) -> int:
        """Latest year of the snapshot's data for the area's own figures."""
        years = [
            int(self.panel(kpi).columns.max()) for kpi in self._dating_figures if len(self.panel(kpi).columns)
        ]
        return max(years, default=max(self.snapshot.manifest.years))

    @property
    def _dating_figures(self) -> tuple[str, ...]:
        area = self._opened.area
        if isinstance(area, FocusArea):
            return (area.deviation_pct, area.unit_cost, area.headline_quality)
        return (area.total_deviation_pct, *(s.deviation_pct for s in area.services if s.deviation_pct))

    @cached_property
    def peers(self) -> Peers:
        """The group that the municipality is compared with."""
        return _peers(self._opened, self.year)

    @cached_property
    def context(self) -> Context:
        """Names, peers and years for the exhibits."""
        return Context(
            municipality=self.municipality,
            names=self.national.names,
            peers=self.peers,
            kpis=self.catalogue.kpis,
            year=self.year,
            preliminary_year=self.snapshot.manifest.preliminary_year,
        )

    def frame(
        self,
        *kpis: str,
        municipalities: Iterable[str] | None = None,
        years: Iterable[int] | None = None,
        genders: Iterable[str] = ("T",),
    ) -> pd.DataFrame:
        """Return the tidy data, for exploring beyond the report.

        Parameters
        ----------
        *kpis
            Key figure ids; all of the area's when left out. Computed ones (``E-...``) too.
        municipalities
            Codes; the municipality itself, its peers and Riket when left out.
        years
            Years; all when left out.
        genders
            T (all), K (women), M (men).

        Returns
        -------
        pandas.DataFrame
            kpi, label, unit, municipality, name, year, gender, value, status.

        Raises
        ------
        InputError
            A key figure is not in the catalogue, or a code not in the snapshot.
        """
        wanted = kpis or self.figures
        unknown = [kpi for kpi in wanted if kpi not in self.catalogue.kpis]
        if unknown:
            raise InputError(
                f"Nyckeltalet {unknown[0]} finns inte i katalogen. Områdets nyckeltal står i case.figures."
            )
        codes = list(municipalities or (self.municipality, *self.peers.members, RIKET))
        strangers = [code for code in codes if code not in self.national.names]
        if strangers:
            raise InputError(f"Koden {strangers[0]} finns inte i frysningen {self.snapshot.name}.")
        parts = [self._tidy(kpi, gender, codes) for kpi in wanted for gender in genders]
        tidy = pd.concat(parts, ignore_index=True)
        return tidy if years is None else tidy[tidy["year"].isin(set(years))].reset_index(drop=True)

    def _tidy(self, kpi: str, gender: str, codes: list[str]) -> pd.DataFrame:
        figure = self.kpi(kpi)
        panel = self.panel(kpi, gender).reindex(codes)
        tidy = panel.reset_index().melt(id_vars="municipality", var_name="year", value_name="value")
        status = pd.Series("", index=tidy.index)
        marks = self.national.statuses(kpi, gender)
        if marks is not None:
            status = marks.reindex(codes).reset_index().melt(id_vars="municipality")["value"]
        tidy = tidy.assign(
            kpi=kpi,
            label=figure.label,
            unit=figure.unit,
            name=tidy["municipality"].map(self.national.names),
            gender=gender,
            status=status,
        )
        return tidy[["kpi", "label", "unit", "municipality", "name", "year", "gender", "value", "status"]]

    @cached_property
    def figures(self) -> tuple[str, ...]:
        """Ids of all key figures that the area's report uses, those of its sections first."""
        area = self._opened.area
        if isinstance(area, FocusArea):
            return tuple(dict.fromkeys((*_section_figures(area), *_computed_from(area, self.catalogue))))
        services = (
            kpi
            for item in area.services
            for kpi in (item.deviation_pct, item.deviation_mnkr, item.reference_cost, item.net_cost)
            if kpi
        )
        indices = (kpi for index in area.indices for kpi in _published(index))
        totals = (area.population, area.total_deviation_pct, area.total_net_cost)
        return tuple(dict.fromkeys((*area.conditions, *area.forecast, *totals, *services, *indices)))

    @cached_property
    def data_facts(self) -> pd.DataFrame:
        """State of every key figure of the area (see `effektiv.analysis.data_quality`)."""
        return self._facts(self.figures)

    @cached_property
    def _statuses(self) -> dict[str, object]:
        """Kolada's status of each of the area's figures in the country's latest year."""
        return dict(zip(self.data_facts.index.tolist(), self.data_facts["status"].tolist(), strict=True))

    def _facts(self, kpis: Sequence[str]) -> pd.DataFrame:
        figures = [self.kpi(kpi) for kpi in kpis]
        behind = sorted({kpi.denominator for kpi in figures if kpi.denominator})
        return data_quality(
            figures,
            self.national.panels((*kpis, *behind)),
            self.national.known_statuses(kpis),
            self.municipality,
            preliminary_year=self.context.preliminary_year,
        )

    def flags(self, *kpis: str) -> tuple[Flag, ...]:
        """Return the data-quality flags of the key figures behind an exhibit."""
        figures = list(dict.fromkeys(kpis))
        unlisted = [kpi for kpi in figures if kpi not in self._statuses]
        facts = pd.concat([self.data_facts, self._facts(unlisted)]) if unlisted else self.data_facts
        return flags(facts, self.catalogue.kpis, self.context.preliminary_year, figures)

    def mark(self, kpi: str) -> Mark:
        """Return why the municipality lacks a value of one of the area's figures in its latest year."""
        return mark(self._statuses[kpi])

    def compare(self, kpi: str, gender: str = "T") -> Comparison | None:
        """Compare the municipality's latest value with its peers' median."""
        key = (kpi, gender)
        if key not in self._comparisons:
            figure = self.kpi(kpi)
            # Kolada has no counts by gender, so only the total's share has a known number behind it.
            count = figure.denominator if figure.is_share and gender == "T" else None
            self._comparisons[key] = compare(
                self.panel(kpi, gender),
                self.municipality,
                self.peers.members,
                breaks=figure.breaks,
                counts=None if count is None else self.panel(count),
                yardstick=self.national.yardstick(kpi, gender),
            )
        return self._comparisons[key]

    # --- what the notebook's opening cell shows, and the report's head reads -----------------

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        opened, manifest = self._opened, self.snapshot.manifest
        return {
            "kommun": self.name,
            "kod": self.municipality,
            "omrade": opened.area.id,
            "omrade_namn": opened.area.label,
            "steg": opened.step,
            "steg_namn": STEPS[opened.step].name,
            "frysning": manifest.name,
            "skapad": manifest.created,
            "kalla": manifest.source,
            "exempel": self.snapshot.is_example,
            "jamfor_med": self.peers.label,
            "version": version("effektiv"),
            "ar": self.year,
            "preliminart_ar": manifest.preliminary_year,
            "tillganglighet": self.params.municipality.accessibility.contact,
            "ordlista": glossary(),
        }

    def _repr_mimebundle_(
        self,
        include: Iterable[str] | None = None,  # noqa: ARG002  IPython's signature
        exclude: Iterable[str] | None = None,  # noqa: ARG002
    ) -> Mapping[str, Any]:
        return {"text/html": self._head_html(), "text/plain": repr(self), CASE_MIME: self.describe()}

    def _head_html(self) -> str:
        facts = self.describe()
        band = f"<p><strong>{EXAMPLE_BAND}</strong></p>" if facts["exempel"] else ""
        return (
            f"<style>{jupyter_css()}</style>{band}"
            f"<p><strong>{escape(self.name)}</strong> ({self.municipality}), "
            f"{escape(facts['omrade_namn'].lower())}. Jämförs med {escape(self.peers.label)}. "
            f"Frysningen {escape(facts['frysning'])} skapades {date(facts['skapad'])}.</p>"
        )

    def __repr__(self) -> str:
        area = self._opened.area
        return f"{self.name} ({self.municipality}), {area.label.lower()}, frysning {self.snapshot.name}"


class AreaCore(CaseCore):
    """A case in a focus area."""

    @property
    def area(self) -> FocusArea:
        """The focus area."""
        area = self._opened.area
        assert isinstance(area, FocusArea)  # open_case makes an AreaCore only of a focus area
        return area


class OverviewCore(CaseCore):
    """A case over all service areas."""

    @property
    def overview(self) -> Overview:
        """The overview's services and indices."""
        area = self._opened.area
        assert isinstance(area, Overview)  # open_case makes an OverviewCore only of the overview
        return area


def _section_figures(area: FocusArea) -> tuple[str, ...]:
    parts = area.sections
    return (*parts.conditions, *parts.forecast, *parts.resource, *parts.volume, *parts.quality)


def _computed_from(area: FocusArea, catalogue: Catalogue) -> Iterator[str]:
    """Yield the figures that the area's computations rest on, as the catalogue orders them."""
    yield from (area.deviation_pct, area.deviation_mnkr, area.reference_cost, area.population)
    yield from (area.unit_cost, area.volume, area.headline_quality, *area.quality_for_k)
    for gap in area.gaps:
        parts = (gap.deviation, gap.reference_cost, gap.population, gap.unit_cost, gap.volume)
        yield from (kpi for kpi in parts if kpi)
    for tree in area.cost_trees:
        yield from (tree.parent, *tree.children)
    for product in area.products:
        yield from (product.result, *product.factors)
    yield from (area.structural_model.cost, area.structural_model.quality, *area.structural_model.structure)
    if area.own_index is not None:
        yield from (area.own_index.cost, *area.own_index.quality, *area.own_index.structure)
    if area.index is not None:
        yield from _published(catalogue.index(area.index))


def _published(index: IndexDefinition) -> tuple[str, ...]:
    return (index.resource.published, index.quality.published, index.efficiency)


def _peers(opened: Opened, year: int) -> Peers:
    """Resolve ``jamfor_med``: liknande, lan, riket, egna, or codes."""
    words = opened.jamfor_med.strip()
    if _CODES.fullmatch(words):
        return _own_list(opened, tuple(re.split(r"\s*,\s*", words)), "parametern jamfor_med")
    choices = {"liknande": _similar, "lan": _county, "riket": _all, "egna": _own}
    if words not in choices:
        raise InputError(
            f'jamfor_med är "{opened.jamfor_med}"; skriv liknande, lan, riket, egna eller fyrsiffriga koder '
            'med komma mellan, till exempel "0319,0380".'
        )
    return choices[words](opened, year)


@lru_cache(maxsize=2)
def official_groups(snapshot: Snapshot) -> OfficialGroups:
    """Return the official groups of a snapshot, the same object within a process."""
    return OfficialGroups(snapshot.groups)


def _similar(opened: Opened, year: int) -> Peers:
    name = opened.national.names[opened.municipality]
    group = official_groups(opened.snapshot).find(opened.area.family, name, year, opened.municipality)
    known = set(opened.national.municipalities)
    if group is None or not set(group.members) & known:
        raise InputError(
            f"Frysningen {opened.snapshot.name} har ingen grupp ”{opened.area.family}” för {name}; välj "
            "jamfor_med lan, riket eller egna koder, eller läs in grupperna med --metadata."
        )
    late = " Gruppen är nyare än uppgifterna, för Kolada har ingen äldre." if group.after_data else ""
    return Peers(
        members=tuple(code for code in group.members if code in known),
        label="liknande kommuner",
        definite="de liknande kommunerna",
        description=f"Gruppen är Koladas ”{group.title}” ({group.group_id}).{late}",
        official=True,
    )


def _county(opened: Opened, year: int) -> Peers:  # noqa: ARG001  one signature for all choices
    frame = opened.snapshot.municipalities
    members = county_group(frame, opened.municipality)
    if not members:
        raise InputError(
            f"{opened.national.names[opened.municipality]} är ensam i sitt län i frysningen "
            f"{opened.snapshot.name}; välj jamfor_med liknande, riket eller egna koder."
        )
    county = frame.loc[frame["id"] == opened.municipality, "county"].iloc[0]
    region = opened.national.names.get(f"00{county}", "")
    place = f" ({region})" if region else ""
    return Peers(
        members=members,
        label="kommuner i samma län",
        definite="kommunerna i samma län",
        description=f"Gruppen är de andra kommunerna i länet{place}.",
    )


def _all(opened: Opened, year: int) -> Peers:  # noqa: ARG001
    members = tuple(code for code in opened.national.municipalities if code != opened.municipality)
    return Peers(
        members=members,
        label="alla kommuner",
        definite="alla kommuner",
        description=f"Gruppen är alla andra {len(members)} kommuner i frysningen.",
        whole_country=True,
    )


def _own(opened: Opened, year: int) -> Peers:  # noqa: ARG001
    codes = opened.params.municipality.own_peers
    if not codes:
        name = genitive(opened.national.names[opened.municipality])
        raise InputError(
            f'jamfor_med är "egna" men {name} params har inga koder under egna i kommun.yaml; '
            "fyll i dem eller välj liknande, lan eller riket."
        )
    return _own_list(opened, codes, "egna i kommun.yaml")


def _own_list(opened: Opened, codes: tuple[str, ...], where: str) -> Peers:
    known = set(opened.national.municipalities)
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InputError(
            f"Koden {unknown[0]} i {where} finns inte i frysningen {opened.snapshot.name}; "
            "använd kommunkoder med fyra siffror."
        )
    members = tuple(dict.fromkeys(code for code in codes if code != opened.municipality))
    if not members:
        raise InputError(f"Listan i {where} har ingen annan kommun än kommunen själv; lägg till minst en.")
    return Peers(
        members=members,
        label="de valda kommunerna",
        definite="de valda kommunerna",
        description="Gruppen är kommunens eget val.",
    )
