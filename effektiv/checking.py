"""What must be right before reports are made: one check, for ``rendera`` and ``kontrollera`` alike.

Everything that a municipality's own files say is held against the snapshot that its
reports will rest on, by the same reading and the same choice of peers as the reports
themselves use.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from effektiv.data.identifiers import COUNTIES
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError
from effektiv.params import (
    MUNICIPALITY_FILE,
    MunicipalityParams,
    Params,
    Problem,
    Reading,
    find_params,
    read_folder,
    read_network,
)
from effektiv.params.folders import FOLDER_NAME
from effektiv.params.locks import Entry, Lock
from effektiv.params.networks import Network
from effektiv.params.registry import AREA, Known, Read
from effektiv.params.textyaml import Document
from effektiv.peers import choose
from effektiv.steg import STEPS
from effektiv.types import Catalogue


@dataclass(frozen=True)
class Checker:
    """Checks municipalities against one snapshot.

    Attributes
    ----------
    snapshot
        What their reports rest on.
    catalogue
        The focus areas there are.
    root
        Folder of the municipalities' folders.
    """

    snapshot: Snapshot
    catalogue: Catalogue
    root: Path

    def municipality(self, code: str, areas: Collection[str] | None = None) -> Reading:
        """Check what a municipality says, in its folder if it has one.

        Parameters
        ----------
        code
            Its code, which the snapshot has.
        areas
            The areas that it will have reports of; all when left out.
        """
        try:
            folder = find_params(code, self.root, self.snapshot.places.titles[code])
        except InputError as error:
            return Reading(None, [Problem(None, None, str(error).removesuffix("."))], [], Document())
        if folder is not None:
            return self.folder(folder, areas)
        params = Params(MunicipalityParams(kommun=code))
        problems = [Problem(None, None, text) for text in self._without_peers(params, areas)]
        return Reading(params, problems, [], Document())

    def folder(self, folder: Path, areas: Collection[str] | None = None) -> Reading:
        """Check a municipality's folder.

        Parameters
        ----------
        folder
            In `root` or elsewhere.
        areas
            The areas that it will have reports of; all when left out.

        Raises
        ------
        InputError
            If the folder does not exist, or cannot be read.
        """
        reading = read_folder(folder, areas=tuple(self.catalogue.areas), places=self.snapshot.places)
        if reading.params is not None:
            reading.problems.extend(self._against_the_rest(reading, folder, areas))
            reading.passed.extend(self._unknown_locked(reading.params, folder))
            reading.notes.extend(self._locked_figures(reading.params, folder))
        return reading

    def _unknown_locked(self, params: Params, folder: Path) -> Iterator[Problem]:
        """Yield each lock of a figure that there is none of."""
        for address, entry in _locked(params):
            if (kpi := str(entry.get("primar") or "")) not in self.catalogue.kpis:
                text = f"nyckeltalet '{kpi}' finns inte i katalogen: lås målet på nytt med ett nyckeltal som finns"
                yield Problem(folder / address, None, text)

    def _locked_figures(self, params: Params, folder: Path) -> Iterator[Problem]:
        """Yield what of the locked figures cannot be judged, or not in all years: it stops no report."""
        for address, entry in _locked(params):
            kpi = self.catalogue.kpis.get(str(entry.get("primar") or ""))
            years = _years(entry.get("utfallsar"))
            if kpi is None or not years:
                continue
            name, (first, *_) = f"{kpi.label} ({kpi.id})", (*_years(entry.get("baslinje_fran")), 0)
            late = [year for year in years if kpi.valid_to is not None and year > kpi.valid_to]
            if late:
                text = f"{name} slutade {kpi.valid_to}, så {' och '.join(map(str, late))} får inget värde och räknas inte"
                yield Problem(folder / address, None, text)
            for broken in kpi.breaks:
                if first < broken.year <= max(years):
                    text = f"{name} räknas på ett annat sätt från {broken.year}, och åren på var sin sida jämförs inte"
                    yield Problem(folder / address, None, text)
            waits = self.snapshot.manifest.preliminary_year
            if kpi.preliminary_until_final and waits in years:
                text = f"utfallsåret {waits} är preliminärt i frysningen {self.snapshot.name} för {name}, och räknas inte"
                yield Problem(folder / address, None, text)

    def network(self, path: Path) -> Read[Network]:
        """Check a network's file; a participant without the figures of step 1 is told of, but stops no report.

        Parameters
        ----------
        path
            In the folder of the networks.
        """
        read = read_network(path, Known(self.snapshot.places, tuple(self.catalogue.areas)))
        if read.said is None or read.problems:
            return read
        told = [
            Problem(
                path,
                read.document.line((key, place)),
                f"nyckeln 'omraden' i {key}, post {place + 1}: {self.snapshot.places.titles[item.code]} har inga värden"
                f" i frysningen {self.snapshot.name} för {area}, så där finns ingen nulägesanalys",
            )
            for key, items in read.said.lists.items()
            for place, item in enumerate(items)
            for area in item.areas
            if not self._has_figures(item.code, area)
        ]
        return replace(read, passed=[*read.passed, *told])

    def _has_figures(self, code: str, area_id: str) -> bool:
        """Whether the snapshot has a value of any figure that step 1 tells an area by."""
        area = self.catalogue.areas[area_id]
        panels = (self.snapshot.panel(kpi) for kpi in (area.deviation_pct, area.headline_quality))
        return any(code in panel.index and bool(panel.loc[code].notna().any()) for panel in panels)

    def passes_over(self, folder: Path) -> bool:
        """Whether a folder is of the example's municipalities, and the snapshot of the real ones.

        Exempelby's ships with the project, so it lies among the others; no other county has its digits.
        """
        named = FOLDER_NAME.fullmatch(folder.name)
        if named is None or self.snapshot.is_example or named["code"] in self.snapshot.places.titles:
            return False
        return named["code"][:2] not in COUNTIES

    def _against_the_rest(
        self, reading: Reading, folder: Path, areas: Collection[str] | None
    ) -> Iterator[Problem]:
        """Yield what is wrong though each file by itself is right."""
        params = reading.params
        assert params is not None
        try:
            find_params(params.code, folder.absolute().parent, self.snapshot.places.titles[params.code])
        except InputError as error:
            yield Problem(None, None, str(error).removesuffix("."))
        line = reading.document.line(("jamfor_med",))
        compared = params.municipality.compare_with
        if compared != "egna" or params.municipality.own_peers:
            for text in self._without_peers(params, areas):
                yield Problem(
                    folder / MUNICIPALITY_FILE.name, line, f"nyckeln 'jamfor_med' är {compared}: {text}"
                )

    def _without_peers(self, params: Params, areas: Collection[str] | None) -> list[str]:
        """Return why there is nobody to compare with, once for each reason."""
        catalogue = self.catalogue
        overview, wanted = catalogue.overview, catalogue.areas.keys() | {catalogue.overview.id}
        # A topic that is no focus area is of the whole municipality, and compared as the overview is.
        topics = {topic for step in STEPS.values() for topic in step.topics}
        if areas is not None:
            wanted = {area for area in areas if area in wanted} | {
                overview.id for area in areas if area in topics
            }
        families = [
            (overview.id, overview.family),
            *((area.id, area.family) for area in catalogue.areas.values()),
        ]
        reasons: dict[str, None] = {}
        for area, family in families:
            if area not in wanted:
                continue
            try:
                choose(
                    params.jamfor_med,
                    snapshot=self.snapshot,
                    municipality=params.code,
                    family=family,
                    year=max(self.snapshot.manifest.years),
                    own=params.municipality.own_peers,
                )
            except InputError as error:
                reasons[str(error).removesuffix(".")] = None
        return list(reasons)


def _locked(params: Params) -> Iterator[tuple[str, Entry]]:
    """Yield the address and what holds now of each lock of a focus area's goal that is as it was written."""
    for address, lock in params.files.get(f"las/{AREA}.yaml", {}).items():
        if isinstance(lock, Lock) and not lock.fault and lock.latest is not None:
            yield address, lock.latest


def _years(value: object) -> list[int]:
    texts = value if isinstance(value, tuple) else (value,)
    return sorted(int(text) for text in map(str, texts) if text.isdigit())
