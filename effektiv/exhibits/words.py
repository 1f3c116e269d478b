"""From analysis results to the fixed words of `effektiv.exhibits.swedish`."""

from __future__ import annotations

from effektiv.analysis.comparison import Comparison
from effektiv.analysis.panels import RunEnd, Since
from effektiv.analysis.sizes import Classified
from effektiv.exhibits import swedish
from effektiv.exhibits.context import Context
from effektiv.exhibits.swedish import Subject
from effektiv.types import Better, Kpi, Role


def subject(kpi: Kpi) -> Subject:
    """Return what words suit a key figure: dearer, better, or only higher."""
    if kpi.role is Role.RESOURCE and kpi.better is Better.LOWER:
        return "cost"
    return "quality" if kpi.better is Better.HIGHER and kpi.role is Role.QUALITY else "level"


def size_text(size: Classified | None, about: Subject = "level") -> str:
    """Write a size: "tydligt högre"; says so when it cannot be judged."""
    return "går inte att bedöma" if size is None else swedish.size_words(size, about)


def against_text(size: Classified | None, comparator: str) -> str:
    """Write a size against a comparator, to follow "Det är".

    Returns
    -------
    str
        "något högre än medianen", "ungefär lika högt som medianen"; "inte säkert jämförbart med
        medianen" when the size cannot be judged.
    """
    if size is None:
        return f"inte säkert jämförbart med {comparator}"
    if size.sign == 0:
        return f"ungefär lika högt som {comparator}"
    return f"{size_text(size)} än {comparator}"


def named(kpi: Kpi) -> str:
    """Write a key figure's name inside a sentence: as it reads there, else its label in quotation marks."""
    return kpi.in_text or f"”{kpi.label}”"


def named_first(kpi: Kpi) -> str:
    """Write a key figure's name as the first words of a sentence."""
    return swedish.capitalise(named(kpi))


def value(kpi: Kpi, number: float) -> str:
    """Write a key figure's value with its short unit."""
    return swedish.number(number, kpi.decimals, unit=kpi.unit)


def value_in_text(kpi: Kpi, number: float, *, signed: bool = False) -> str:
    """Write a key figure's value for running text, unit in words."""
    return swedish.amount(number, kpi.unit, kpi.decimals, signed=signed)


def difference_unit(kpi: Kpi) -> str:
    """Return the unit of a difference: per cent become percentage points."""
    return "procentenheter" if kpi.unit == "%" else kpi.unit


def difference_in_text(kpi: Kpi, number: float, *, signed: bool = False) -> str:
    """Write a difference for running text, unit in words."""
    return swedish.amount(number, difference_unit(kpi), kpi.decimals, signed=signed)


def people(count: float) -> str:
    """Write a number of persons that is itself an estimate: "ungefär 8 personer"."""
    return "mindre än en person" if count < 1 else f"ungefär {swedish.persons(count)}"


def held_text(comparison: Comparison) -> str:
    """Say in how many of the last years the difference had the sign it has now."""
    return swedish.years_held(comparison.held.true, comparison.held.of)


def since_text(since: Since) -> str:
    """Say since when, and no more than the data can carry."""
    if since.years == 1:
        return f"{since.year}"
    if since.ended_by is RunEnd.OTHER_SIDE:
        return f"sedan {since.year}"
    reason = {
        RunEnd.BREAK: "mätningen ändrades då",
        RunEnd.MISSING: "året före saknas",
        RunEnd.DATA_START: "längre tillbaka finns inga värden",
    }[since.ended_by]
    return f"åtminstone sedan {since.year} ({reason})"


def year_text(context: Context, kpi: Kpi, year: int) -> str:
    """Write the year of a figure's value, and that it is preliminary where it is."""
    return swedish.year(year, preliminary=context.is_preliminary(kpi.id, year))


def against_peers(context: Context, comparison: Comparison) -> str:
    """Say how large the difference to the peers' median is, how sure, and for how long it has been so."""
    median, size = context.peers.median, comparison.size
    if size is None:
        return f"Hur stor skillnaden mot {median} är går inte att bedöma."
    if size.sign == 0:
        return f"{context.name} är {size_text(size, 'cost')} som {median}."
    run = comparison.since
    since = f", {since_text(run)}" if run is not None and run.years > 1 else ""
    side = "över" if comparison.difference > 0 else "under"
    return (
        f"{context.name} är {size_text(size, 'cost')} än {median}, och har legat {side} den {held_text(comparison)}"
        f"{since}. {certainty(comparison)}"
    )


def comparator_text(context: Context, *, riket: bool) -> str:
    """Name what a split is against, to follow "högre än": the peers' mean, or Riket where they lack values."""
    return "i riket" if riket else f"medelvärdet för {context.peers.definite}"


def versus(*, riket: bool) -> str:
    """Name the same in a table's cell."""
    return "riket" if riket else "gruppens medelvärde"


def group_text(context: Context, fewest: int) -> str:
    """Name the peers behind a mean: all of them, or those that have every figure."""
    if fewest == len(context.peers.members):
        return context.peers.definite
    return f"de av {context.peers.definite} som har alla värden (minst {swedish.number(fewest)})"


_QUARTERS = {1: "lägsta", 2: "näst lägsta", 3: "näst högsta", 4: "högsta"}


def quarter_text(span: tuple[int, int] | None, of: str = "kommunerna") -> str:
    """Write which quarters of the municipalities the last three years lie in.

    Parameters
    ----------
    span
        Lowest and highest quarter (`effektiv.analysis.uncertainty.quarter_span`).
    of
        Which municipalities.

    Returns
    -------
    str
        "i den lägsta fjärdedelen av kommunerna"; empty when there is none.
    """
    if span is None:
        return ""
    low, high = span
    if low == high:
        return f"i den {_QUARTERS[low]} fjärdedelen av {of}"
    if (low, high) == (1, 4):
        return f"ömsom i den lägsta och i den högsta fjärdedelen av {of}"
    if high - low == 1:
        return f"i den {_QUARTERS[low]} eller {_QUARTERS[high]} fjärdedelen av {of}"
    return f"mellan den {_QUARTERS[low]} och den {_QUARTERS[high]} fjärdedelen av {of}"


def quarter_words(span: tuple[int, int]) -> str:
    """Write where a municipality has been: one quarter, or from one to another."""
    low, high = span
    return f"{_QUARTERS[low]}{'' if low == high else f' till {_QUARTERS[high]}'} fjärdedelen"
