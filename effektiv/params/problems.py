"""What is wrong in a municipality's folder, and where, as a controller reads it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from effektiv.errors import InputError
from effektiv.validation import sentence


@dataclass(frozen=True)
class Problem:
    """One fault in what a municipality says, as a Swedish sentence that says where it is.

    Attributes
    ----------
    path
        The file or folder; None for a municipality that has none.
    line
        Of a text file.
    place
        Of a workbook: ``bladet Hypoteser, cell D7``.
    """

    path: Path | None
    line: int | None
    text: str
    place: str = ""

    def __str__(self) -> str:
        """Return ``params/0319-alvkarleby/grundskola.yaml, rad 4: ...``."""
        if self.path is None:
            return sentence(self.text)
        place = f"rad {self.line}" if self.line else self.place
        where = f"{shown(self.path)}, {place}" if place else shown(self.path)
        return sentence(f"{where}: {self.text}")


class Note(Problem):
    """Something that is told but is no fault: what it says is shown as far as it goes, and nobody has to put it right."""


class ParamsError(InputError):
    """What municipalities say has problems; the message is the first of them."""

    def __init__(self, problems: list[Problem]) -> None:
        more = len(problems) - 1
        # The command checks folders: it has nothing to say of a municipality without one.
        how = ", kör: effektiv kontrollera" if any(problem.path for problem in problems[1:]) else "."
        super().__init__(f"{problems[0]} Det finns {more} fel till{how}" if more else str(problems[0]))
        self.problems = problems


def shown(path: Path) -> str:
    """Return the path as a reader knows it: from the working folder when it is there."""
    # The last part is left as it is: a link is known by its own name, and may lead nowhere.
    real = Path(os.path.realpath(path.parent), path.name)
    here = Path.cwd().resolve()
    return real.relative_to(here).as_posix() if real.is_relative_to(here) else str(path)
