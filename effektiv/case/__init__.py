"""Cases: one municipality in one area, and what its reports show.

`open_case` is what a notebook calls. A case is put together from mixins, one a topic;
each method returns an `effektiv.exhibits.exhibit.Exhibit`.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from effektiv.case.conditions import Conditions
from effektiv.case.core import Opened, find_in
from effektiv.case.maps import Maps
from effektiv.case.overview import OverviewView
from effektiv.case.quality import Quality
from effektiv.case.resource import Resource
from effektiv.case.structure import StructureView
from effektiv.case.summary import Written
from effektiv.case.volume import Volume
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import open_snapshot
from effektiv.errors import InputError
from effektiv.national import national
from effektiv.params import load_params
from effektiv.steg import STEPS
from effektiv.types import Catalogue, FocusArea, Overview

__all__ = ["AreaCase", "OverviewCase", "open_case"]


class AreaCase(Written, Conditions, Resource, Volume, Quality, StructureView):
    """En kommun i ett fokusområde: varje metod visar en del av rapporten."""


class OverviewCase(OverviewView, Conditions, Maps):
    """En kommun i alla verksamheter: varje metod visar en del av översikten."""


def open_case(
    area: str,
    *,
    kommun: str,
    data: str | Path = "exempel",
    jamfor_med: str | Sequence[str] = "liknande",
    steg: int = 1,
) -> AreaCase | OverviewCase:
    """Öppna en kommun i ett fokusområde, eller i översikten.

    Parameters
    ----------
    area
        Fokusområdets id, till exempel ``grundskola``, eller ``oversikt``.
    kommun
        Namn eller fyrsiffrig kod, koden som text så att 0319 behåller sin nolla.
    data
        Frysning: ``exempel``, ett namn eller en mapp.
    jamfor_med
        Vilka kommunen jämförs med: ``liknande``, ``lan``, ``riket``, ``egna``, eller koder i en
        lista eller med komma mellan.
    steg
        Projektets steg som notebooken hör till, 1-5.

    Returns
    -------
    AreaCase or OverviewCase
        Metoderna visar rapportens delar; ``case.frame()`` ger siffrorna bakom.

    Raises
    ------
    InputError
        Området, kommunen eller steget finns inte, eller `jamfor_med` eller kommunens params är fel.
    SnapshotError
        Frysningen saknas eller är skadad.

    Examples
    --------
    >>> open_case("grundskola", kommun="Exempelby").name  # doctest: +SKIP
    'Exempelby'
    """
    catalogue = load_catalogue()
    chosen = _area(area, catalogue)
    if steg not in STEPS:
        raise InputError(f"Steg {steg} finns inte. Välj ett av stegen {min(STEPS)}–{max(STEPS)}.")
    snapshot = open_snapshot(data)
    code = find_in(snapshot, kommun)
    results = national(snapshot).for_report()
    opened = Opened(
        area=chosen,
        municipality=code,
        snapshot=snapshot,
        national=results,
        params=load_params(code, areas=tuple(catalogue.areas), places=snapshot.places),
        jamfor_med=jamfor_med if isinstance(jamfor_med, str) else ",".join(map(str, jamfor_med)),
        step=steg,
    )
    case: AreaCase | OverviewCase = OverviewCase(opened) if isinstance(chosen, Overview) else AreaCase(opened)
    # A wrong comparison should stop the notebook here, not at the first figure.
    _ = case.peers
    return case


def _area(area: str, catalogue: Catalogue) -> FocusArea | Overview:
    if area == catalogue.overview.id:
        return catalogue.overview
    if area in catalogue.areas:
        return catalogue.areas[area]
    known = [*catalogue.areas, catalogue.overview.id]
    close = difflib.get_close_matches(area, known, n=1)
    hint = f" Menade du {close[0]}?" if close else ""
    raise InputError(f'Området "{area}" finns inte.{hint} Välj bland {", ".join(known)}.')
