"""What is the same for all municipalities of a snapshot: panels, and what steps compute of them once.

A report asks here for anything national. It is computed once for a snapshot and kept
beside it (`effektiv.data.store`), under a key that changes with the snapshot's content,
with the code that computes and with the libraries it rests on; nothing here depends on
which municipality asks. The panels are one file, made when the first is asked for, since
to read all at once takes a fraction of the time that reading them one by one does. Every
other result is a file of its own, so that a controller waits for no more than the open
notebook needs; `National.prepare` computes all of them before many reports are made. Which
they are the steps say (`Result`), each in its package's module ``national``: the code that
the results follow from is found from these modules, so that a change in a step's sentences
makes nothing anew.

Noise and spread of single figures (`National.noise`, `National.spread`) are quicker to compute
than to read, and are not kept.
"""

from __future__ import annotations

import hashlib
import platform
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from functools import cache, cached_property, lru_cache
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import Any, Generic, TypeVar

import numpy as np
import pandas as pd

from effektiv.analysis.certainty import Noise, noise_of
from effektiv.analysis.panels import Panel, country, derived
from effektiv.analysis.peers import robust_sd
from effektiv.data.catalogue import CATALOGUE_FOLDER, load_catalogue
from effektiv.data.observations import GENDERS
from effektiv.data.snapshot import Snapshot, status_words
from effektiv.data.store import Kept, Store, store_of
from effektiv.types import Better, Catalogue, Shared

_Value = TypeVar("_Value")

PANELS = "paneler"
"""File of all panels."""

_IMPORT = re.compile(
    r"^ *(?:from (effektiv[\w.]*) import (?:\(([^)]*)\)|(\w[^\n]*))|import (effektiv[\w.]*))", re.MULTILINE
)


@dataclass(frozen=True)
class Result(Generic[_Value]):
    """A kind of result that is the same for all municipalities, and kept.

    Attributes
    ----------
    name
        Plain ASCII; the files' names begin with it.
    compute
        Makes one, from the national results and what it is of: models of the catalogue, numbers.
        It lies in a step's module ``national``.
    wanted
        Gives, for each that reports of a country ask for, what it is of.
    types
        Dataclasses that one is made of, beside frames and plain values.
    on_disk
        False of what is as quick to compute as to read: each process keeps its own.
    """

    name: str
    compute: Callable[..., _Value]
    wanted: Callable[[National], Iterable[tuple[Any, ...]]]
    types: tuple[type, ...] = ()
    on_disk: bool = True

    def file(self, *about: Any) -> str:
        """Return the name of the file that one is kept in."""
        return "-".join([self.name, *(str(getattr(item, "id", item)) for item in about)])


class National(Shared):
    """Panels, indices and efficiency of all municipalities in one snapshot.

    Frames are shared by all who ask, and their numbers cannot be written to. A report, whose
    notebook may do more with a frame than write in it, asks its own (`for_report`).

    Parameters
    ----------
    snapshot
        The opened snapshot.
    catalogue
        Key figures and areas.
    store
        Where results are kept; in memory only when left out. It must be the store of
        this snapshot and catalogue.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    _store: Store
    _statuses: dict[tuple[str, str], pd.DataFrame]
    _noises: dict[tuple[str, str, int], Noise | None]
    _spreads: dict[tuple[str, str, int], float]
    _inhabitants: dict[int, pd.Series]
    _held: dict[str, Any]

    def __init__(self, snapshot: Snapshot, catalogue: Catalogue, store: Store | None = None) -> None:
        vars(self).update(
            snapshot=snapshot,
            catalogue=catalogue,
            _store=Store(None) if store is None else store,
            _statuses={},
            _noises={},
            _spreads={},
            _inhabitants={},
            _held={},
        )

    @cached_property
    def _panels(self) -> Kept:
        return self._store.values(PANELS, self._all_panels)

    def _all_panels(self) -> dict[str, object]:
        """Return values and statuses of every key figure and gender of the catalogue."""
        formulas = {kpi.id: kpi.formula for kpi in self.catalogue.kpis.values()}
        read = self.snapshot.panels(kpi for kpi, formula in formulas.items() if formula is None)
        panels = {key: values for key, (values, _) in read.items()}

        def panel(kpi: str, gender: str) -> Panel:
            formula = formulas[kpi]
            if (kpi, gender) not in panels and formula is not None:
                panels[kpi, gender] = derived({part: panel(part, gender) for part in formula.powers}, formula)
            return panels[kpi, gender]

        kept: dict[str, object] = {
            _name(kpi, gender): panel(kpi, gender) for kpi in formulas for gender in GENDERS
        }
        return kept | {f"{_name(*key)} status": item for key, (_, item) in read.items()}

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        """Return a key figure's values, municipality x year; computed ones from their formula.

        Raises
        ------
        KeyError
            The key figure is not in the catalogue.
        ValueError
            When `gender` is not one of Kolada's marks.
        """
        found: Panel = self._panels[_name(kpi, gender)]
        return found

    def statuses(self, kpi: str, gender: str = "T") -> pd.DataFrame | None:
        """Return why a key figure's values are missing, shaped as its panel; None for a computed one."""
        if self.catalogue.kpis[kpi].formula is not None:
            return None
        if (kpi, gender) not in self._statuses:
            self._statuses[kpi, gender] = status_words(self._panels[f"{_name(kpi, gender)} status"])
        return self._statuses[kpi, gender]

    def known_statuses(self, kpis: Sequence[str]) -> dict[str, pd.DataFrame]:
        """Return the statuses of those of some key figures that have any; shared by all, to be read only."""
        return {kpi: found for kpi in kpis if (found := self.statuses(kpi)) is not None}

    def panels(self, kpis: Sequence[str]) -> dict[str, Panel]:
        """Return the panels of several key figures by id."""
        return {kpi: self.panel(kpi) for kpi in kpis}

    def noise(self, kpi: str, year: int, gender: str = "T") -> Noise | None:
        """Return the year-to-year noise of a key figure in all municipalities, as it could be known in a year."""
        key = (kpi, gender, year)
        if key not in self._noises:
            figure = self.catalogue.kpis[kpi]
            # Kolada has no counts by gender, so only the total's share has a known number behind it.
            behind = figure.denominator if figure.is_share and gender == "T" else None
            counts = None if behind is None else self.panel(behind)
            self._noises[key] = noise_of(
                figure, self.panel(kpi, gender), self.inhabitants(year), year, counts
            )
        return self._noises[key]

    def inhabitants(self, year: int) -> pd.Series:
        """Return inhabitants by municipality, of the year or the nearest before it that has any."""
        if year not in self._inhabitants:
            known = country(self.panel(self.catalogue.overview.population))
            years = [int(item) for item in known.columns if int(item) <= year and known[item].notna().any()]
            found = known[max(years)] if years else pd.Series(np.nan, index=known.index)
            self._inhabitants[year] = found
        return self._inhabitants[year]

    def spread(self, kpi: str, year: int, gender: str = "T") -> float:
        """Return the robust SD of a key figure between municipalities; missing in a year without values."""
        key = (kpi, gender, year)
        if key not in self._spreads:
            panel = self.panel(kpi, gender)
            self._spreads[key] = robust_sd(country(panel)[year]) if year in panel.columns else float("nan")
        return self._spreads[key]

    @cached_property
    def better(self) -> Mapping[str, Better]:
        """Which direction is better, by key figure."""
        return MappingProxyType({kpi.id: kpi.better for kpi in self.catalogue.kpis.values()})

    def result(self, kind: Result[_Value], *about: Any) -> _Value:
        """Return a result of a kind, computed if it is not kept."""
        name = kind.file(*about)
        if kind.on_disk:
            self._store.know(kind.types)
            found: _Value = self._store.value(name, lambda: kind.compute(self, *about))
            return found
        if name not in self._held:
            self._held[name] = kind.compute(self, *about)
        held: _Value = self._held[name]
        return held

    def prepare(self, kinds: Iterable[Result[Any]]) -> None:
        """Compute and keep all that the reports of a country will ask for.

        Nothing where results can only be kept in memory: each worker then computes what it needs.
        """
        if not (len(self._panels) and self._store.has(PANELS)):
            return
        for kind in kinds:
            for about in kind.wanted(self) if kind.on_disk else ():
                self.result(kind, *about)

    def for_report(self) -> National:
        """Return the same results with frames that one report may do what it likes with.

        They share their numbers with everyone's until somebody writes in them.
        """
        return _ForReport(self)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Code -> name of every municipality and region."""
        frame: pd.DataFrame = self.snapshot.municipalities
        return MappingProxyType(dict(zip(frame["id"].astype(str), frame["title"].astype(str), strict=True)))

    @cached_property
    def municipalities(self) -> tuple[str, ...]:
        """Codes of all municipalities, sorted."""
        frame = self.snapshot.municipalities
        return tuple(sorted(frame.loc[frame["type"] == "K", "id"].astype(str)))


class _ForReport(National):
    """The same results for one report: what it is given once is its own, and nobody else's."""

    _shared: National
    _given: dict[object, Any]

    def __init__(self, shared: National) -> None:
        # What is computed when first asked for is computed by the one that all share.
        _ = shared.names, shared.better, shared.municipalities
        vars(self).update(vars(shared), _shared=shared, _given={})

    def _own(self, key: object, ask: Callable[[], _Value]) -> _Value:
        if key not in self._given:
            self._given[key] = _own(ask())
        found: _Value = self._given[key]
        return found

    def panel(self, kpi: str, gender: str = "T") -> Panel:
        return self._own(("panel", kpi, gender), lambda: self._shared.panel(kpi, gender))

    def statuses(self, kpi: str, gender: str = "T") -> pd.DataFrame | None:
        return self._own(("statuses", kpi, gender), lambda: self._shared.statuses(kpi, gender))

    def known_statuses(self, kpis: Sequence[str]) -> dict[str, pd.DataFrame]:
        # A report asks for those of all its figures, to look up one row of each.
        return self._shared.known_statuses(kpis)

    def noise(self, kpi: str, year: int, gender: str = "T") -> Noise | None:
        return self._shared.noise(kpi, year, gender)

    def inhabitants(self, year: int) -> pd.Series:
        return self._own(("inhabitants", year), lambda: self._shared.inhabitants(year))

    def spread(self, kpi: str, year: int, gender: str = "T") -> float:
        return self._shared.spread(kpi, year, gender)

    def result(self, kind: Result[_Value], *about: Any) -> _Value:
        return self._own(kind.file(*about), lambda: self._shared.result(kind, *about))


def _own(value: _Value) -> _Value:
    """Return a result with frames of its own, which share their numbers with those they are copies of."""
    if isinstance(value, (pd.DataFrame, pd.Series)):
        return value.copy(deep=False)  # type: ignore[return-value]
    if isinstance(value, dict):
        return {key: _own(item) for key, item in value.items()}  # type: ignore[return-value]
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{item.name: _own(getattr(value, item.name)) for item in fields(value)})
    return value


def _name(kpi: str, gender: str) -> str:
    """Return the name that a panel is kept under."""
    if gender not in GENDERS:
        raise ValueError(f"gender must be one of {GENDERS}, not {gender!r}")
    return f"{kpi} {gender}"


@lru_cache(maxsize=2)
def national(snapshot: Snapshot) -> National:
    """Return the national results of a snapshot, the same object within a process."""
    store = store_of(snapshot.path, snapshot.manifest.checksums, _code_checksum())
    return National(snapshot, load_catalogue(), store)


@cache
def _code_checksum() -> str:
    """Return a checksum of everything but the snapshot that the results follow from.

    Also the platform: the last bits of a sum may differ between them.
    """
    sources = [*national_code(Path(__file__).parent), *sorted(CATALOGUE_FOLDER.glob("*.yaml"))]
    libraries = [f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "scipy", "statsmodels")]
    python = f"{sys.version_info.major}.{sys.version_info.minor} {sys.platform} {platform.machine()}"
    digest = hashlib.sha256("\n".join([*libraries, python]).encode("utf-8"))
    for source in sources:
        # Line ends differ between checkouts on Windows and elsewhere; the values do not.
        digest.update(source.name.encode("utf-8") + source.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()


def national_code(package: Path) -> list[Path]:
    """Return the modules of the library that national results follow from.

    These are this one and each step's own of the same name, and whatever they import, at once or late, by
    whatever chain.
    """
    waiting = [package / "national.py", *package.glob("steps/*/national.py")]
    found: set[Path] = set()
    while waiting:
        path = waiting.pop()
        if path not in found and path.is_file():
            found.add(path)
            waiting += _imported(path.read_text(encoding="utf-8"), package)
    return sorted(found)


def _imported(source: str, package: Path) -> Iterator[Path]:
    """Yield where the modules that a module names in its imports may lie."""
    for start, within, line, plain in _IMPORT.findall(source):
        listed = re.findall(r"\w+", within or line)
        names = [plain] if plain else [start, *(f"{start}.{name}" for name in listed)]
        for name in names:
            place = package.joinpath(*name.split(".")[1:])
            yield from (place.with_suffix(".py"), place / "__init__.py")
