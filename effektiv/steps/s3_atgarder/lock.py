"""Locking an area's goal before the work begins: what will be judged, against what, on which data."""

from __future__ import annotations

from pathlib import Path

from effektiv.data.contents import checksum_of
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError
from effektiv.params import Params, shown
from effektiv.params.common import AREA_FILE, Aim
from effektiv.params.locks import Lock, write_lock
from effektiv.params.registry import AREA
from effektiv.steps.s3_atgarder.measures import planned
from effektiv.steps.s3_atgarder.measures_params import LOCK_FILE, form_of, locks_in


def lock_area(params: Params, area: str, snapshot: Snapshot, reason: str | None = None) -> Path:
    """Write down an area's goal.

    Parameters
    ----------
    params
        What the municipality's folder says.
    area
        Id of the focus area.
    snapshot
        The data that the goal rests on.
    reason
        Why it is locked anew; None for the first time.

    Returns
    -------
    Path
        The lock.

    Raises
    ------
    InputError
        The municipality has no folder or no goal in numbers, or the lock is there already.
    """
    if params.folder is None:
        raise InputError(
            f"Kommun {params.code} har ingen mapp i params. Gör den med: effektiv ny {params.code}"
        )
    address = AREA_FILE.name.replace(AREA, area)
    aim = params.area(area).aim
    if aim.primary is None:
        raise InputError(
            f"{shown(params.folder / address)} har inget mål att låsa: skriv nyckeln primar under mal, se effektiv ny."
        )
    starts = [item.start for item in planned(form_of(params.files), area) if item.start is not None]
    said = {
        "omrade": area,
        **told(aim),
        "forsta_start": min(starts).isoformat() if starts else "",
        "frysning": snapshot.name,
        "frysning_sha256": checksum_of(snapshot),
    }
    path = params.folder / LOCK_FILE.name.replace(AREA, area)
    write_lock(path, said, how=f"{params.code} --omrade {area}", reason=reason)
    return path


def told(aim: Aim) -> dict[str, str | tuple[str, ...]]:
    """Return a goal as a lock has it."""
    primary = aim.primary
    assert primary is not None
    return {
        "primar": primary.kpi,
        "riktning": primary.direction,
        "referens": primary.reference,
        "ovriga": aim.others,
        "baslinje_fran": "" if aim.baseline_from is None else str(aim.baseline_from),
        "utfallsar": tuple(map(str, aim.outcome_years)),
    }


def lock_of(params: Params, area: str) -> Lock | None:
    """Return an area's lock; None where it has not been locked."""
    return locks_in(params.files).get(area)


def differs(aim: Aim, lock: Lock) -> bool:
    """Whether the goal that is written now is another than the locked one."""
    latest = lock.latest
    if latest is None or aim.primary is None:
        return latest is not None
    return any(latest.get(key, "") != value for key, value in told(aim).items() if value or latest.get(key))
