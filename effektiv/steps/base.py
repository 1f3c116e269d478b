"""What every step's case is: one municipality, one area or topic, one snapshot, its params.

`SnapshotCase` is what any case has, whomever it is about; `Case` is about one municipality, `NetworkCase`
about several together.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from html import escape
from importlib.metadata import version
from typing import Any, TypeVar

import pandas as pd

from effektiv.analysis.data_quality import data_quality
from effektiv.analysis.panels import Panel, latest_year, published_years, row
from effektiv.data.municipalities import county_of
from effektiv.data.observations import GENDERS
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError
from effektiv.exhibits.context import Context, Peers
from effektiv.exhibits.flags import flags
from effektiv.exhibits.glossary import glossary
from effektiv.exhibits.swedish import Mark, cardinal, date, mark
from effektiv.national import National
from effektiv.outputs import CASE_MIME, EXAMPLE_BAND
from effektiv.params import Params
from effektiv.peers import choose
from effektiv.steg import Step
from effektiv.steps.figures import Figures, flat
from effektiv.types import RIKET, SIMILAR_MEMBERS, Catalogue, Flag, FocusArea, IndexDefinition, Kpi, Overview

Kind = TypeVar("Kind", bound="Case")
AreaKind = TypeVar("AreaKind", bound="AreaBase")

_FOR_NOTEBOOKS = ("figures", "find", "frame", "municipality", "name", "peers", "year", "calculator")
"""What a controller uses of a case beside that which shows something."""


@dataclass(frozen=True)
class Opened:
    """What `open_case` has found: the parts that every case is made of.

    Attributes
    ----------
    area
        The focus area; for a topic that is none, the overview of the whole municipality.
    topic
        Id of the area or topic: the notebook's name.
    municipality
        Four-digit code.
    snapshot, national, params
        Data, national results, and what the municipality itself has decided.
    jamfor_med
        Whom it is compared with, in words or codes.
    step
        Which step of the project.
    """

    area: FocusArea | Overview
    topic: str
    municipality: str
    snapshot: Snapshot
    national: National
    params: Params
    jamfor_med: str
    step: Step


@dataclass(frozen=True)
class OpenedNetwork:
    """What `open_case` has found for several municipalities together.

    Attributes
    ----------
    name
        Of the network.
    topic, snapshot, national, step
        As in `Opened`.
    """

    name: str
    topic: str
    snapshot: Snapshot
    national: National
    step: Step


class SnapshotCase:
    """A snapshot and its key figures, for one of a step's topics.

    Parameters
    ----------
    opened
        The parts, as `effektiv.open_case` finds them.

    Attributes
    ----------
    snapshot, national
        Data and national results.
    """

    def __init__(self, opened: Opened | OpenedNetwork) -> None:
        self.snapshot = opened.snapshot
        self.national = opened.national
        self._topic = opened.topic
        self._step = opened.step
        self._used: dict[str, None] = {}

    @property
    def catalogue(self) -> Catalogue:
        """Key figures, areas and indices."""
        return self.national.catalogue

    @property
    def name(self) -> str:
        """Namnet på den eller dem som rapporten handlar om."""
        raise NotImplementedError

    @property
    def label(self) -> str:
        """What the area or topic is called in reports."""
        area = self.catalogue.areas.get(self._topic)
        return self._step.topics[self._topic] if area is None else area.label

    def kpi(self, kpi: str) -> Kpi:
        """Return a key figure of the catalogue."""
        return self.catalogue.kpis[kpi]

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a key figure's values: municipality x year, missing where there is none.

        What is asked for is used in the report (`used`). The number of persons behind a value and margins of
        error are no figures of the report: they are read from `national`.
        """
        self._used[kpi] = None
        return self.national.panel(kpi, gender)

    def panels(self, kpis: Iterable[str]) -> dict[str, Panel]:
        """Return the values of several key figures by id; see `panel`."""
        return {kpi: self.panel(kpi) for kpi in kpis}

    @property
    def used(self) -> tuple[str, ...]:
        """Ids of the key figures that what has been shown so far rests on: the area's first, in its order."""
        own = [kpi for kpi in self._figure_ids() if kpi in self._used]
        return tuple(dict.fromkeys((*own, *self._used)))

    @cached_property
    def year(self) -> int:
        """Senaste året i frysningen."""
        return max(self.snapshot.manifest.years)

    @property
    def figures(self) -> Figures:
        """Nyckeltalen bakom det som har visats hittills, som en tabell; innan dess områdets alla. Se även ``find``."""
        if self._used:
            return self._listed(self.used, "Rapportens nyckeltal")
        return self._listed(self._figure_ids(), "Områdets nyckeltal")

    def _figure_ids(self) -> Iterable[str]:
        """Return all key figures that the topic's reports may use."""
        return ()

    def frame(
        self,
        *kpis: str | Iterable[str],
        municipalities: str | Iterable[str] | None = None,
        years: int | Iterable[int] | None = None,
        genders: Iterable[str] = ("T",),
    ) -> pd.DataFrame:
        """Ge värdena bakom rapporten som en tabell i pandas, för egna frågor och egna figurer.

        Parameters
        ----------
        *kpis
            Nyckeltalens id, ett eller flera eller en lista, även de egna (``E-...``). Utelämnat: de som står
            i ``case.figures``. ``case.find("ord")`` söker dem.
        municipalities
            Kommuners namn eller koder, och Riket. Utelämnat: kommunen, de den jämförs med och Riket. För ett
            nätverk måste de anges.
        years
            År. Utelämnat: alla.
        genders
            T (alla), K (kvinnor), M (män).

        Returns
        -------
        pandas.DataFrame
            En rad för varje värde: kpi, label, unit, municipality, name, year, gender, value, status.

        Raises
        ------
        InputError
            Ett nyckeltal finns inte i katalogen, eller en kommun inte i frysningen.
        """
        wanted = list(dict.fromkeys(map(str, flat(kpis)))) or list(self.figures)
        for kpi in wanted:
            if kpi not in self.catalogue.kpis:
                raise InputError(
                    f"Nyckeltalet {kpi} finns inte i katalogen. Områdets nyckeltal står i case.figures, "
                    'och case.find("ord") söker bland alla.'
                )
        sides = flat([genders])
        if strange := [side for side in sides if side not in GENDERS]:
            raise InputError(
                f"Könet {strange[0]} finns inte: skriv {', '.join(GENDERS[:-1])} eller {GENDERS[-1]}."
            )
        named = () if municipalities is None else flat([municipalities])
        codes = (
            self._usual_places() if municipalities is None else [self._code_of(str(text)) for text in named]
        )
        if not wanted or not codes:
            raise InputError(
                'Ange både nyckeltal och kommuner, till exempel case.frame("N15505", municipalities=["Exempelby"]).'
            )
        parts = [self._tidy(kpi, side, codes) for kpi in wanted for side in sides]
        tidy = pd.concat(parts, ignore_index=True)
        return tidy if years is None else tidy[tidy["year"].isin(flat([years]))].reset_index(drop=True)

    def _usual_places(self) -> list[str]:
        """Return the codes of those that a frame is of when nobody is named."""
        return []

    def _code_of(self, text: str) -> str:
        """Return the code of a place given by code or name: a municipality, a region or Riket."""
        if text in self.national.names:
            return text
        named = [code for code, name in self.national.names.items() if name.casefold() == text.casefold()]
        return named[0] if len(named) == 1 else self.snapshot.kommun(text)

    def _tidy(self, kpi: str, gender: str, codes: list[str]) -> pd.DataFrame:
        figure = self.kpi(kpi)
        panel = self.national.panel(kpi, gender).reindex(codes)
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

    def find(self, words: str) -> Figures:
        """Sök bland katalogens alla nyckeltal, områdets först: ``case.find("meritvärde")``.

        Parameters
        ----------
        words
            Ord eller delar av ord i nyckeltalets id, namn, enhet, roll eller titel.

        Returns
        -------
        Figures
            En tabell, som kan ges till ``frame``: ``case.frame(case.find("meritvärde"))``.

        Raises
        ------
        InputError
            Inget nyckeltal passar.
        """
        every = dict.fromkeys((*self._figure_ids(), *self.catalogue.kpis))
        return self._listed(every, "Katalogens nyckeltal").find(words)

    def _listed(self, kpis: Iterable[str], caption: str) -> Figures:
        return Figures([self.kpi(kpi) for kpi in kpis], self._latest_year, caption)

    def _latest_year(self, kpi: str) -> int | None:
        """Return the latest year with a value of those that the case is about."""
        return max(published_years(self.national.panel(kpi)), default=None)

    # --- what the notebook's opening cell shows, and the report's head reads -----------------

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs; no code and no step where it is of no municipality."""
        manifest = self.snapshot.manifest
        return {
            "kommun": self.name,
            "kod": None,
            "omrade": self._topic,
            "omrade_namn": self.label,
            "steg": self._step.number,
            "steg_namn": self._step.name,
            "frysning": manifest.name,
            "skapad": manifest.created,
            "kalla": manifest.source,
            "exempel": self.snapshot.is_example,
            "jamfor_med": "",
            "version": version("effektiv"),
            "ar": self.year,
            "preliminart_ar": manifest.preliminary_year,
            "tillganglighet": None,
            "ordlista": glossary(self.catalogue.terms),
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
            f"{band}"
            f"<p><strong>{escape(self.name)}</strong> {self._said()} "
            f"Frysningen {escape(facts['frysning'])} skapades {date(facts['skapad'])}.</p>"
        )

    def _said(self) -> str:
        """Say after the name what the case is about, as HTML."""
        return f"{escape(self.label.lower())}."

    def __dir__(self) -> Iterable[str]:
        """Names that a notebook uses, which TAB shows: what shows something, and `_FOR_NOTEBOOKS`."""
        shown = (
            name
            for name, member in inspect.getmembers_static(type(self), inspect.isfunction)
            if not name.startswith("_")
            and member.__annotations__.get("return") in ("Exhibit", "Exhibits", "Values")
        )
        return (*(name for name in _FOR_NOTEBOOKS if hasattr(type(self), name) or name in vars(self)), *shown)

    def __repr__(self) -> str:
        return f"{self.name}, {self.label.lower()}, frysning {self.snapshot.name}"


class Case(SnapshotCase):
    """One municipality, one area or topic, one snapshot.

    Parameters
    ----------
    opened
        The parts, as `effektiv.open_case` finds them.

    Attributes
    ----------
    municipality
        Four-digit code.
    params
        What the municipality itself has decided.
    """

    def __init__(self, opened: Opened) -> None:
        super().__init__(opened)
        self._opened = opened
        self.municipality = opened.municipality
        self.params = opened.params
        self._others: dict[type[Case], Case] = {}

    def seen_as(self, kind: type[Kind]) -> Kind:
        """Return the same case with another class's methods, for what an earlier step knows of it."""
        other = self._others.get(kind)
        if not isinstance(other, kind):
            other = kind(self._opened)
            other._used = self._used
            self._others[kind] = other
        return other

    @property
    def name(self) -> str:
        """Kommunens namn."""
        return self.national.names[self.municipality]

    def own(self, kpi: str, gender: str = "T") -> pd.Series:
        """Return the municipality's own values of a key figure by year."""
        return row(self.panel(kpi, gender), self.municipality)

    def lacks(self, kpis: Iterable[str]) -> tuple[Kpi, ...]:
        """Return the key figures that the municipality has no value of."""
        return tuple(self.kpi(kpi) for kpi in kpis if not self.own(kpi).notna().any())

    @cached_property
    def year(self) -> int:
        """Senaste året i frysningen för områdets egna nyckeltal."""
        panels = [self.national.panel(kpi) for kpi in self._dating_figures]
        years = [int(panel.columns.max()) for panel in panels if len(panel.columns)]
        return max(years, default=max(self.snapshot.manifest.years))

    @property
    def _dating_figures(self) -> tuple[str, ...]:
        area = self._opened.area
        if isinstance(area, FocusArea):
            return (area.deviation_pct, area.unit_cost, area.headline_quality)
        return (area.total_deviation_pct, *(s.deviation_pct for s in area.services if s.deviation_pct))

    @cached_property
    def peers(self) -> Peers:
        """Gruppen som kommunen jämförs med; ``members`` är deras koder."""
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

    def _usual_places(self) -> list[str]:
        return [self.municipality, *self.peers.members, RIKET]

    def _latest_year(self, kpi: str) -> int | None:
        return latest_year(self.national.panel(kpi), self.municipality)

    def _figure_ids(self) -> Iterable[str]:
        """Return all key figures that the area's reports may use, those of its sections first."""
        area = self._opened.area
        if isinstance(area, FocusArea):
            return dict.fromkeys((*_section_figures(area), *_computed_from(area, self.catalogue)))
        services = (
            kpi
            for item in area.services
            for kpi in (item.deviation_pct, item.deviation_mnkr, item.reference_cost, item.net_cost)
            if kpi
        )
        indices = (kpi for index in area.indices for kpi in _published(index))
        totals = (area.population, area.total_deviation_pct, area.total_net_cost)
        return dict.fromkeys((*area.conditions, *area.forecast, *totals, *services, *indices))

    @property
    def data_facts(self) -> pd.DataFrame:
        """State of each key figure of `figures` (see `effektiv.analysis.data_quality`)."""
        figures = list(self.figures)
        if "_area_facts" in vars(self):
            return self._facts_with(figures).loc[figures]
        return self._facts(figures)  # a thin report shows few of the area's figures

    @cached_property
    def _area_facts(self) -> pd.DataFrame:
        """State of all key figures that the area's reports may use, looked up together."""
        return self._facts(tuple(self._figure_ids()))

    def _facts_with(self, kpis: Sequence[str]) -> pd.DataFrame:
        """Return the state of the area's key figures, and of some that need not be the area's."""
        others = [kpi for kpi in kpis if kpi not in self._statuses]
        return pd.concat([self._area_facts, self._facts(others)]) if others else self._area_facts

    @cached_property
    def _statuses(self) -> dict[str, object]:
        """Kolada's status of each of the area's figures in the country's latest year."""
        facts = self._area_facts
        return dict(zip(facts.index.tolist(), facts["status"].tolist(), strict=True))

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
        self._used.update(dict.fromkeys(figures))
        return flags(self._facts_with(figures), self.catalogue.kpis, self.context.preliminary_year, figures)

    def mark(self, kpi: str) -> Mark:
        """Return why the municipality lacks a value of one of the area's figures in its latest year."""
        return mark(self._statuses[kpi])

    def describe(self) -> dict[str, Any]:
        """Return what the head of a report needs."""
        return super().describe() | {
            "kod": self.municipality,
            "jamfor_med": self.peers.label,
            "tillganglighet": self.params.municipality.accessibility.contact,
        }

    def _said(self) -> str:
        return f"({self.municipality}), {escape(self.label.lower())}. Jämförs med {escape(self.peers.label)}."

    def __repr__(self) -> str:
        return f"{self.name} ({self.municipality}), {self.label.lower()}, frysning {self.snapshot.name}"


class NetworkCase(SnapshotCase):
    """Flera kommuner tillsammans.

    Parameters
    ----------
    opened
        The parts, as `effektiv.open_case` finds them.
    """

    def __init__(self, opened: OpenedNetwork) -> None:
        super().__init__(opened)
        self._name = opened.name

    @property
    def name(self) -> str:
        """Nätverkets namn."""
        return self._name


class AreaBase(Case):
    """En kommun i ett fokusområde."""

    @property
    def area(self) -> FocusArea:
        """The focus area."""
        area = self._opened.area
        assert isinstance(area, FocusArea)  # open_case makes an AreaBase only of a focus area
        return area


class OverviewBase(Case):
    """En kommun som helhet: översikten, eller något annat som inte är ett fokusområde."""

    @property
    def overview(self) -> Overview:
        """The overview's services and indices."""
        area = self._opened.area
        assert isinstance(area, Overview)  # open_case makes an OverviewBase only of the overview
        return area

    def in_area(self, kind: type[AreaKind], area: FocusArea) -> AreaKind:
        """Return a case of the same municipality in a focus area, for what a topic of the whole tells of it."""
        other = kind(replace(self._opened, area=area, topic=area.id))
        other._used = self._used
        return other


def _section_figures(area: FocusArea) -> tuple[str, ...]:
    parts = area.sections
    return (*parts.conditions, *parts.forecast, *parts.resource, *parts.volume, *parts.quality)


def _computed_from(area: FocusArea, catalogue: Catalogue) -> Iterator[str]:
    """Yield the figures that the area's computations rest on, as the catalogue orders them."""
    yield from (area.deviation_pct, area.deviation_mnkr, area.reference_cost, area.population)
    yield from (area.unit_cost, area.volume, area.headline_quality, *area.quality_for_k)
    for tree in area.cost_trees:
        yield from (tree.parent, *tree.children)
    for product in area.products:
        yield from (product.result, *product.factors)
    yield from (area.structural_model.cost, area.structural_model.quality, *area.structural_model.structure)
    if area.index is not None:
        yield from _published(catalogue.index(area.index))


def _published(index: IndexDefinition) -> tuple[str, ...]:
    return (index.resource.published, index.quality.published, index.efficiency)


def _peers(opened: Opened, year: int) -> Peers:
    """Resolve ``jamfor_med`` (`effektiv.peers.choose`), and say whom it gave."""
    chosen = choose(
        opened.jamfor_med,
        snapshot=opened.snapshot,
        municipality=opened.municipality,
        family=opened.area.family,
        year=year,
        own=opened.params.municipality.own_peers,
    )
    if chosen.group is not None:
        group = chosen.group
        late = " Gruppen är nyare än uppgifterna, för Kolada har ingen äldre." if group.after_data else ""
        lacking = ""
        if group.lacking:
            lacking = (
                f" Kolada ger gruppen {cardinal(SIMILAR_MEMBERS)} kommuner, men "
                f"{cardinal(group.lacking, common=True)} av dem finns inte i datauttaget."
            )
        return Peers(
            members=chosen.members,
            label="liknande kommuner",
            definite="de liknande kommunerna",
            description=f"Gruppen är Koladas ”{group.title}” ({group.group_id}).{late}{lacking}",
            official=True,
        )
    if chosen.kind == "lan":
        region = opened.national.names.get(f"00{county_of(opened.municipality)}", "")
        place = f" ({region})" if region else ""
        return Peers(
            members=chosen.members,
            label="kommuner i samma län",
            definite="kommunerna i samma län",
            description=f"Gruppen är de andra kommunerna i länet{place}.",
        )
    if chosen.kind == "riket":
        return Peers(
            members=chosen.members,
            label="alla kommuner",
            definite="alla kommuner",
            description=f"Gruppen är alla andra {len(chosen.members)} kommuner i datauttaget.",
            whole_country=True,
        )
    return Peers(
        members=chosen.members,
        label="de valda kommunerna",
        definite="de valda kommunerna",
        description="Gruppen är kommunens eget val.",
    )
