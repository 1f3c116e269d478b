"""What a run is asked to make: jobs, the notebooks they use, and where reports go.

A report's address follows from the job alone, so that links between reports can be
relative and a second run finds what the first one made.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from effektiv.errors import InputError, system_reason
from effektiv.names import folder_name, network_folder, slug
from effektiv.steg import STEPS, Step, step_of

_DEVICES = re.compile(r"con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³]", re.IGNORECASE)
"""What Windows takes for a device, whatever stands after a dot."""


@dataclass(frozen=True)
class Notebook:
    """A notebook that reports can be made of: ``<root>/<step folder>/<area or topic>.ipynb``.

    `steg` is None for those of a network.
    """

    steg: int | None
    omrade: str
    path: Path


@dataclass(frozen=True)
class Job:
    """One report to make, of a municipality or of a network of several.

    Attributes
    ----------
    kod
        Four-digit code of the municipality; None for a network.
    kommun
        Its name, or the network's.
    steg
        Step, 1-5; None for a network.
    omrade
        Id of the focus area or of the step's topic: the notebook's name.
    notebook
        The notebook to run.
    parameters
        Values for the notebook's parameter cell. They are text, always: a number would
        lose the leading zero of a code.
    underlag
        Checksum of everything outside the notebook that the report rests on: the
        snapshot and the municipality's own params. Empty when the caller cannot tell;
        such a report is made anew every time.
    med_underlag
        Whether the report is printed with the part that defends its findings (``--underlag``).
    grund
        What the report rests on, one mark for each thing, which it carries so that it can be told later
        what has changed since.
    """

    kod: str | None
    kommun: str
    steg: int | None
    omrade: str
    notebook: Path
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    underlag: str = ""
    med_underlag: bool = False
    grund: Mapping[str, str] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.kod is None or self.steg is None:
            if self.kod is not None or self.steg is not None:
                raise InputError(
                    "Ett nätverks rapporter hör inte till något steg, och en kommuns hör till ett."
                )
            if not slug(self.kommun):
                raise InputError(
                    f"Nätverkets namn {self.kommun!r} kan inte bli en mapp; det ska ha minst en bokstav eller siffra."
                )
        elif not re.fullmatch(r"\d{4}", self.kod):
            raise InputError(f"Kommunkoden {self.kod!r} ska vara fyra siffror, till exempel 0319.")
        elif self.steg not in STEPS:
            raise InputError(f"Steg {self.steg} finns inte; stegen är 1-5.")
        if not _is_portable(self.omrade):
            raise InputError(
                f"Notebooken {self.notebook} kan inte bli en rapport, för Windows tar inte emot filnamnet"
                f" {self.omrade + '.html'!r}; döp om den, till exempel till {slug(self.omrade) or 'omrade'}-1.ipynb."
            )
        for key, value in self.parameters.items():
            if not isinstance(value, str):
                raise TypeError(f"parametern {key!r} ska vara text, inte {value!r}")

    @property
    def folder(self) -> str:
        """Name of the folder of reports: ``0319-alvkarleby``, ``natverk-bergslagen``."""
        return network_folder(self.kommun) if self.kod is None else folder_name(self.kod, self.kommun)

    @property
    def address(self) -> PurePosixPath:
        """Address of the HTML report relative to the output folder."""
        return PurePosixPath(self.folder, step_of(self.steg).folder, f"{self.omrade}.html")


def _is_portable(name: str) -> bool:
    """Say whether files can have this name, with any ending, on every system and on a shared disk."""
    return (
        re.fullmatch(r"[^<>:\"/\\|?*\x00-\x1f]+", name) is not None
        and name[-1] not in ". "
        and _DEVICES.fullmatch(name.partition(".")[0].rstrip()) is None
    )


def find_notebooks(
    root: Path, steg: Iterable[int | None] | None = None, omrade: Iterable[str] | None = None
) -> list[Notebook]:
    """Find the notebooks of the chosen steps, focus areas and topics.

    Parameters
    ----------
    root
        Folder with one folder per step.
    steg, omrade
        Steps and ids of focus areas or topics; None means all that there are. ``[None]`` as steps means
        those of a network, which are not among the others.

    Returns
    -------
    list of Notebook
        By step; first and last the topics that the table of steps has so, between them the areas by name.

    Raises
    ------
    InputError
        A step does not exist, an area has no notebook, or nothing is left to do.
    """
    numbers: set[int | None] = set(STEPS if steg is None else steg)
    for number in numbers:
        if number is not None and number not in STEPS:
            raise InputError(f"Steg {number} finns inte; stegen är 1-5.")
    steps = sorted((step_of(number) for number in numbers), key=lambda step: step.folder)
    found = [
        Notebook(step.number, path.stem, path)
        for step in steps
        for path in sorted((root / step.folder).glob("*.ipynb"), key=lambda path: step.order(path.stem))
    ]
    wanted = None if omrade is None else list(dict.fromkeys(omrade))
    if wanted is not None:
        _check_areas(wanted, {notebook.omrade for notebook in found}, steps, root)
        found = [notebook for notebook in found if notebook.omrade in wanted]
    if not found:
        names = ", ".join(step.folder for step in steps)
        raise InputError(f"Det finns inga notebookar i {root} för {names}.")
    return found


def _check_areas(wanted: list[str], available: set[str], steps: list[Step], root: Path) -> None:
    for area in wanted:
        if area in available:
            continue
        close = difflib.get_close_matches(area, available, n=1)
        hint = f" Menade du {close[0]}?" if close else ""
        kinds = ", ".join(sorted(available)) or "inga"
        names = ", ".join("nätverk" if step.number is None else str(step.number) for step in steps)
        raise InputError(
            f"Fokusområdet {area!r} har ingen notebook i {root} för steg {names}.{hint} Områden som har: {kinds}."
        )


def read_notebook(path: Path) -> dict[str, Any]:
    """Read a notebook file as JSON.

    Raises
    ------
    InputError
        The file is missing or is no notebook.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"Notebooken {path} kan inte läsas: {system_reason(error)}.") from error
    except ValueError as error:
        raise InputError(f"Filen {path} är ingen notebook (den är inte giltig JSON: {error}).") from error
    if not isinstance(content, dict) or not isinstance(content.get("cells"), list):
        raise InputError(f"Filen {path} är ingen notebook i format 4: den saknar listan cells.")
    return content


def cell_source(cell: Mapping[str, Any]) -> str:
    """Return a cell's source, which the format lets be a string or a list of lines."""
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def parameter_names(notebook: Mapping[str, Any], path: Path) -> set[str]:
    """Return the names that the notebook's parameter cell sets.

    papermill only warns about a parameter that the notebook does not have (papermill
    issue 667), so a misspelt one would silently leave its default in the report.

    Raises
    ------
    InputError
        The notebook has no cell with the tag ``parameters``, or it is not plain Python.
    """
    tagged = [cell for cell in notebook["cells"] if "parameters" in cell.get("metadata", {}).get("tags", [])]
    if not tagged:
        raise InputError(f"Notebooken {path} saknar en cell med taggen parameters.")
    try:
        tree = ast.parse(cell_source(tagged[0]))
    except SyntaxError as error:
        raise InputError(f"Parametercellen i {path} är inte giltig Python: {error.msg}.") from error
    targets: list[ast.expr] = []
    for node in tree.body:
        if isinstance(node, ast.Assign):
            targets.extend(node.targets)
        elif isinstance(node, ast.AnnAssign):
            targets.append(node.target)
    return {target.id for target in targets if isinstance(target, ast.Name)}


def check_jobs(jobs: Iterable[Job]) -> None:
    """Check everything that can be known to be wrong before any cell has run.

    Raises
    ------
    InputError
        A notebook cannot be read or lacks a parameter, or two jobs have the same report.
    """
    names: dict[Path, set[str]] = {}
    addresses: set[str] = set()
    for job in jobs:
        if job.notebook not in names:
            names[job.notebook] = parameter_names(read_notebook(job.notebook), job.notebook)
        for key in job.parameters:
            if key not in names[job.notebook]:
                known = ", ".join(sorted(names[job.notebook]))
                raise InputError(f"Notebooken {job.notebook} har ingen parameter {key!r}; den har {known}.")
        # Capitals do not tell files apart on Windows and macOS.
        address = str(job.address).casefold()
        if address in addresses:
            raise InputError(f"Rapporten {job.address} begärs två gånger.")
        addresses.add(address)
