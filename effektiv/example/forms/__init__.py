"""What Exempelby has filled in: its folder in ``params/``, which ships with the project.

The contents are data, and are written by the forms' own engine: a form that changes is filled in
anew with ``python -m effektiv.example.forms``. The package lies below the generator of the figures,
which does not depend on it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from effektiv.data.catalogue import load_catalogue
from effektiv.example.forms.allocation import GIVEN, RULES, VOLUMES
from effektiv.example.forms.closing import CLOSING, LOCK_DAY, LOCKED
from effektiv.example.forms.decision import PROJECT
from effektiv.example.forms.followup import ACTIONS, EFFECTS, MILESTONES, STATUSES, TRIALS
from effektiv.example.forms.governance import assessments
from effektiv.example.forms.hypotheses import HYPOTHESES
from effektiv.example.forms.ideas import IDEA_FORMS
from effektiv.example.forms.measures import COUNCIL_GOALS, EARLIER, GOALS, MEASURES
from effektiv.example.forms.months import INDICATORS, MONTH_FORMS, indicator_values, other_files
from effektiv.example.forms.population import POPULATION
from effektiv.example.forms.units import UNITS, VALUES
from effektiv.example.truths import EXAMPLE_MUNICIPALITY
from effektiv.forms import write
from effektiv.names import folder_name
from effektiv.params.common import AREA_FILE, MUNICIPALITY_FILE
from effektiv.params.formfile import FormFile, Rows
from effektiv.params.locks import first_lock
from effektiv.params.registry import kind_of
from effektiv.staging import write_whole
from effektiv.stepfiles import register_step_files

CODE = "0219"
"""Exempelby's."""

FORMS: Mapping[str, Rows] = {
    "hypoteser.xlsx": {"hypoteser": HYPOTHESES},
    "enheter.xlsx": {
        "enheter": UNITS,
        "varden": VALUES,
        "fordelning": GIVEN,
        "volymer": VOLUMES,
    },
    **assessments(),
    **IDEA_FORMS,
    "befolkning.xlsx": {"befolkning": POPULATION},
    "atgarder.xlsx": {"atgarder": MEASURES, "tidigare": EARLIER},
    **{address: {"manad": rows} for address, rows in MONTH_FORMS.items()},
    "indikatorer.xlsx": {"indikatorer": INDICATORS, "varden": indicator_values()},
    "status.xlsx": {"status": STATUSES, "milstolpar": MILESTONES, "effekt": EFFECTS, "avvikelser": ACTIONS},
    "pdsa.xlsx": {"cykler": TRIALS},
}
"""What each form says, by its place in the folder."""


def contents() -> dict[str, bytes]:
    """Return the files of Exempelby's folder, by their place in it."""
    register_step_files()
    areas = load_catalogue().areas
    labels = {area.id: area.label for area in areas.values()}
    files = MUNICIPALITY_FILE.new(CODE, EXAMPLE_MUNICIPALITY, areas.values())
    ((place, said),) = files.items()
    files[place] = said.replace(b"\nmal: []\n", f"\n{COUNCIL_GOALS}".encode())
    for area, goal in GOALS.items():
        ((address, content),) = AREA_FILE.new(CODE, EXAMPLE_MUNICIPALITY, [areas[area]]).items()
        said = content.replace(b"\nmal: >\n", f"\n{goal}".encode())
        files[address] = said.replace(b"\nfordelning:\n", f"\n{RULES[area]}".encode())
    files["projekt.yaml"] = PROJECT.encode()
    files["avslutning.yaml"] = CLOSING.encode()
    for area, locked in LOCKED.items():
        files[f"las/{area}.yaml"] = first_lock(locked, how=f"{CODE} --omrade {area}", day=LOCK_DAY)
    for address, rows in FORMS.items():
        kind = kind_of(address, areas)
        assert isinstance(kind, FormFile), address
        files[address] = write(kind.form, areas=labels, rows=rows, about=EXAMPLE_MUNICIPALITY)
    return files | other_files()


def write_forms(root: Path) -> list[Path]:
    """Write Exempelby's folder, over what is there of it.

    Parameters
    ----------
    root
        Folder of the municipalities' folders.

    Returns
    -------
    list of Path
        The files written.
    """
    folder = root / folder_name(CODE, EXAMPLE_MUNICIPALITY)
    written = []
    for address, content in contents().items():
        path = folder / address
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
        written.append(path)
    return written
