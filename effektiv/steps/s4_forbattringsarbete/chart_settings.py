"""What has been decided of an indicator's control chart, as charts and the underlag need it."""

from __future__ import annotations

from dataclasses import dataclass

from effektiv.params.common import IndicatorDecisions


@dataclass(frozen=True)
class DecidedChange:
    """A decided change point, with the four answers that it rests on.

    Attributes
    ----------
    month
        First month of the new level.
    differs, cause, wanted, lasts
        Is it clearly another level, is the cause known, is it wanted, will it last.
    """

    month: str
    differs: str
    cause: str
    wanted: str
    lasts: str


@dataclass(frozen=True)
class ChartSettings:
    """What has been decided; without anything the whole series is one segment.

    Attributes
    ----------
    span
        First and last month of the baseline; None for all months.
    decided
        Who decided the baseline, and when.
    changes
        Decided change points.
    excluded
        Months that the limits are computed without, and why.
    screened
        Whether large moving ranges are left out once.
    """

    span: tuple[str, str] | None = None
    decided: str = ""
    changes: tuple[DecidedChange, ...] = ()
    excluded: tuple[tuple[str, str], ...] = ()
    screened: bool = True

    @property
    def change_months(self) -> tuple[str, ...]:
        """First month of each new level."""
        return tuple(item.month for item in self.changes)

    @property
    def excluded_months(self) -> tuple[str, ...]:
        """Months that the limits are computed without."""
        return tuple(month for month, _ in self.excluded)


def settings_of(said: IndicatorDecisions) -> ChartSettings:
    """Return what an area's file says of an indicator's chart."""
    base = said.baseline
    return ChartSettings(
        span=None if base is None else (base.first, base.last),
        decided="" if base is None else base.decided,
        changes=tuple(
            DecidedChange(item.month, item.differs, item.cause, item.wanted, item.lasts)
            for item in said.changes
        ),
        excluded=tuple((item.month, item.reason) for item in said.excluded),
        screened=said.screened == "ja",
    )
