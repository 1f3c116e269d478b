"""Opening a case: the class that a step's package has for an area or topic, and what it is made of.

`open_case` is what a notebook calls. Which package a step has is in `effektiv.steg`; the package's module
``case`` says which class its areas (``AREA``) and topics (``TOPICS``) get, and which national results it wants
kept (``NATIONAL``). A step without one gives the plain case. The package itself is empty, so that whoever reads
a municipality's folder or keeps national results need not import all that the step shows.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot, open_snapshot
from effektiv.errors import InputError
from effektiv.national import national
from effektiv.params import load_params
from effektiv.steg import NETWORK, STEPS, Step
from effektiv.stepfiles import register_step_files
from effektiv.steps.base import AreaBase, Case, NetworkCase, Opened, OpenedNetwork, OverviewBase, SnapshotCase
from effektiv.types import Catalogue


def open_case(
    area: str,
    *,
    kommun: str | None = None,
    natverk: str | None = None,
    data: str | Path = "exempel",
    jamfor_med: str | Sequence[str] = "liknande",
    steg: int = 1,
) -> SnapshotCase:
    """Öppna en kommun i ett fokusområde, eller i något annat som steget har en notebook för.

    Parameters
    ----------
    area
        Fokusområdets id, till exempel ``grundskola``, eller notebookens namn, till exempel ``oversikt``.
    kommun
        Namn eller fyrsiffrig kod, koden som text så att 0319 behåller sin nolla.
    natverk
        Nätverkets namn, för ``natverk`` och ``urval``, som handlar om flera kommuner.
    data
        Frysning: ``exempel``, ett namn eller en mapp.
    jamfor_med
        Vilka kommunen jämförs med: ``liknande``, ``lan``, ``riket``, ``egna``, eller koder i en
        lista eller med komma mellan.
    steg
        Projektets steg som notebooken hör till, 1-5; nätverkets notebookar hör inte till något.

    Returns
    -------
    SnapshotCase
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
    if (kommun is None) == (natverk is None):
        raise InputError('Ange kommun eller natverk i open_case, det ena av dem: kommun="Exempelby".')
    if steg not in STEPS:
        raise InputError(f"Steg {steg} finns inte. Välj ett av stegen {min(STEPS)}–{max(STEPS)}.")
    if kommun is None:
        assert natverk is not None  # one of them is given
        return _open_network(area, natverk, data)
    catalogue = load_catalogue()
    kind = _kind(area, STEPS[steg], catalogue)
    snapshot = open_snapshot(data)
    code = snapshot.kommun(kommun)
    register_step_files()
    case = kind(
        Opened(
            area=catalogue.areas.get(area, catalogue.overview),
            topic=area,
            municipality=code,
            snapshot=snapshot,
            national=national(snapshot).for_report(),
            params=load_params(code, areas=tuple(catalogue.areas), places=snapshot.places),
            jamfor_med=jamfor_med if isinstance(jamfor_med, str) else ",".join(map(str, jamfor_med)),
            step=STEPS[steg],
        )
    )
    # A wrong comparison should stop the notebook here, not at the first figure.
    _ = case.peers
    return case


def _open_network(topic: str, name: str, data: str | Path) -> NetworkCase:
    if topic not in NETWORK.topics:
        raise InputError(f'"{topic}" finns inte för ett nätverk. Välj bland {", ".join(NETWORK.topics)}.')
    kinds: Mapping[str, type[NetworkCase]] = getattr(_package(NETWORK), "TOPICS", {})
    snapshot = open_snapshot(data)
    register_step_files()
    opened = OpenedNetwork(name.strip(), topic, snapshot, national(snapshot).for_report(), NETWORK)
    return kinds.get(topic, NetworkCase)(opened)


def _kind(topic: str, step: Step, catalogue: Catalogue) -> type[Case]:
    """Return the step's class for an area or topic.

    Raises
    ------
    InputError
        The step has no such topic, and the catalogue no such area.
    """
    package = _package(step)
    if topic in catalogue.areas:
        kind: type[Case] = getattr(package, "AREA", AreaBase)
        return kind
    if topic in step.topics:
        kinds: Mapping[str, type[Case]] = getattr(package, "TOPICS", {})
        return kinds.get(topic, OverviewBase)
    known = [*catalogue.areas, *step.topics]
    close = difflib.get_close_matches(topic, known, n=1)
    hint = f" Menade du {close[0]}?" if close else ""
    raise InputError(
        f'Området "{topic}" finns inte i steg {step.number}.{hint} Välj bland {", ".join(known)}.'
    )


def _package(step: Step) -> ModuleType | None:
    """Return the module that says which classes a step's cases have; None where the step has none yet."""
    return None if step.module is None else import_module(step.module)


def prepare(snapshot: Snapshot, steps: Collection[int | None]) -> None:
    """Compute what is the same for all municipalities once, before many reports are made.

    Parameters
    ----------
    snapshot
        The opened snapshot.
    steps
        Numbers of the steps that reports are made of, None for the network's. What earlier steps have is computed too, for
        a step builds on their facts, but nothing of later ones.
    """
    last = max((6 if number is None else number for number in steps), default=0)
    packages = [_package(step) for step in (*STEPS.values(), NETWORK) if (step.number or 6) <= last]
    national(snapshot).prepare([kind for package in packages for kind in getattr(package, "NATIONAL", ())])
