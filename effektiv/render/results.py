"""How reports and runs went."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from effektiv.render.jobs import Job

Status = Literal["ok", "fel", "oforandrad"]


@dataclass(frozen=True)
class ReportResult:
    """How one report went.

    Attributes
    ----------
    job
        What was asked for.
    status
        ``ok`` made now, ``oforandrad`` already there from the same notebook, parameters,
        data and library, ``fel`` not made (one from an earlier run is left in place).
    sekunder
        Time it took.
    fel
        For ``fel``: notebook, cell and message.
    filer
        For ``fel``: names of the formats that were made and put in place all the same.
    underlag
        Whether there are values enough for the report's findings, of `effektiv.outputs.UNDERLAG`;
        None when there is no report to ask.
    """

    job: Job
    status: Status
    sekunder: float = 0.0
    fel: str | None = None
    filer: tuple[str, ...] = ()
    underlag: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the report's entry in korning.json; a network's has no kommun and no steg."""
        return {
            "kommun": self.job.kod,
            "steg": self.job.steg,
            "omrade": self.job.omrade,
            "status": self.status,
            "underlag": self.underlag,
            "sekunder": round(self.sekunder, 2),
            "fil": str(self.job.address),
            "fel": self.fel,
        }


@dataclass(frozen=True)
class RunResult:
    """How a run went.

    Attributes
    ----------
    ut
        The output folder.
    rapporter
        The finished reports, in the order they were asked for.
    sekunder
        Time of the whole run.
    avbruten
        Whether it was stopped by Ctrl-C; the reports that were not finished are left out.
    olasliga
        Earlier reports that could not be read, damaged ones for example: those asked for were
        made anew, the others are left out of the index.
    """

    ut: Path
    rapporter: tuple[ReportResult, ...]
    sekunder: float
    avbruten: bool
    olasliga: tuple[Path, ...] = ()

    def antal(self, status: Status) -> int:
        """Return the number of reports with a status."""
        return sum(report.status == status for report in self.rapporter)

    @property
    def fel(self) -> tuple[ReportResult, ...]:
        """The reports that failed."""
        return tuple(report for report in self.rapporter if report.status == "fel")
