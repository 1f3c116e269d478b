"""Whom a municipality is compared with: ``jamfor_med`` as codes, for its reports and for the check of its params.

The notebooks' cases and the check before a run ask here, so that what is refused in the
one is refused in the other.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from effektiv.analysis.peers import OfficialGroups, PeerGroup, county_group
from effektiv.data.identifiers import CODE, clean
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError

Kind = Literal["liknande", "lan", "riket", "egna"]


@dataclass(frozen=True)
class Chosen:
    """The municipalities that one is compared with.

    Attributes
    ----------
    kind
        How they were chosen.
    members
        Codes, never the municipality's own; at least one.
    group
        The official group, for ``liknande``.
    """

    kind: Kind
    members: tuple[str, ...]
    group: PeerGroup | None = None


@lru_cache(maxsize=2)
def official_groups(snapshot: Snapshot) -> OfficialGroups:
    """Return the official groups of a snapshot, the same object within a process."""
    return OfficialGroups(snapshot.groups, kommuner(snapshot))


@lru_cache(maxsize=2)
def kommuner(snapshot: Snapshot) -> dict[str, str]:
    """Return the names of a snapshot's municipalities by code, in the order of the codes."""
    frame = snapshot.municipalities
    frame = frame[frame["type"] == "K"]
    return dict(zip(frame["id"], frame["title"], strict=True))


def choose(
    jamfor_med: str,
    *,
    snapshot: Snapshot,
    municipality: str,
    family: str,
    year: int,
    own: Sequence[str],
) -> Chosen:
    """Resolve ``jamfor_med``: liknande, lan, riket, egna, or municipalities.

    Parameters
    ----------
    jamfor_med
        A word, or codes or names with commas between.
    snapshot
        Whose municipalities and groups there are to choose from.
    municipality
        Code of the one that is compared.
    family
        Family of official groups (`effektiv.types.FocusArea.family`).
    year
        Latest year of the data.
    own
        Codes that the municipality has chosen itself (``egna``).

    Raises
    ------
    InputError
        The words mean nothing, or no municipality.
    """
    match jamfor_med.strip():
        case "liknande":
            return _similar(snapshot, municipality, family, year)
        case "lan":
            return _county(snapshot, municipality)
        case "riket":
            return Chosen("riket", tuple(code for code in kommuner(snapshot) if code != municipality))
        case "egna" if own:
            return _own(snapshot, municipality, own, "egna i kommun.yaml")
        case "egna":
            raise InputError(
                f'jamfor_med är "egna" men {kommuner(snapshot)[municipality]} har inga koder under egna i '
                "kommun.yaml; fyll i dem eller välj liknande, lan eller riket."
            )
    return _own(snapshot, municipality, _listed(snapshot, jamfor_med), "parametern jamfor_med")


def _listed(snapshot: Snapshot, jamfor_med: str) -> list[str]:
    """Return the codes of municipalities given by code or name, with commas between."""
    codes = []
    for word in jamfor_med.split(","):
        code = clean(word)
        try:
            # A code that the snapshot lacks is told as one in the params is.
            codes.append(code if re.fullmatch(CODE, code) else snapshot.places.kommun(code))
        except InputError as error:
            raise InputError(
                f'jamfor_med är "{jamfor_med}"; skriv liknande, lan, riket, egna eller kommuner med '
                f'komma mellan, till exempel "0319,0380". {error}'
            ) from error
    return codes


def _similar(snapshot: Snapshot, municipality: str, family: str, year: int) -> Chosen:
    name = kommuner(snapshot)[municipality]
    group = official_groups(snapshot).find(family, name, year, municipality)
    if group is None or not group.members:
        raise InputError(
            f"Frysningen {snapshot.name} har ingen grupp ”{family}” för {name}; välj jamfor_med lan, riket eller "
            "egna koder, eller läs in grupperna med --metadata."
        )
    return Chosen("liknande", group.members, group)


def _county(snapshot: Snapshot, municipality: str) -> Chosen:
    members = county_group(snapshot.municipalities, municipality)
    if not members:
        raise InputError(
            f"{kommuner(snapshot)[municipality]} är ensam i sitt län i frysningen {snapshot.name}; "
            "välj jamfor_med liknande, riket eller egna koder."
        )
    return Chosen("lan", members)


def _own(snapshot: Snapshot, municipality: str, codes: Sequence[str], where: str) -> Chosen:
    known = kommuner(snapshot)
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise InputError(
            f"Koden {unknown[0]} i {where} finns inte i frysningen {snapshot.name}; "
            "använd kommunkoder med fyra siffror."
        )
    members = tuple(dict.fromkeys(code for code in codes if code != municipality))
    if not members:
        raise InputError(f"Listan i {where} har ingen annan kommun än kommunen själv; lägg till minst en.")
    return Chosen("egna", members)
