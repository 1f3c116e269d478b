"""Small numbers of persons among volumes and indicators: withheld, with what they could be worked out from."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from effektiv.analysis.suppression import hidden_cells
from effektiv.data.local.months import COUNT, SHARE


def hide_volumes(frame: pd.DataFrame, units: Sequence[str], few: int) -> tuple[pd.DataFrame, list[str]]:
    """Withhold volumes of few persons, and of one unit more where the sum would tell.

    Parameters
    ----------
    frame
        `effektiv.data.local.months.Months.frame`.
    units
        Volume units that count persons.
    few
        The least number that is shown.

    Returns
    -------
    frame, sentences
        With volumes missing and ``is_suppressed`` where they are withheld, and a Swedish sentence on how many.
    """
    frame = frame.copy()
    if frame.empty:
        return frame, []
    words = {unit.casefold() for unit in units}
    counts = frame["volume_unit"].str.casefold().isin(words)
    hidden = pd.Series(False, index=frame.index)
    for name in ("volume_budget", "volume_actual"):
        value = frame[name].where(counts)
        small = value.gt(0) & value.lt(few)
        mask = pd.Series(False, index=frame.index)
        for _, rows in value[value.notna()].groupby([frame["activity"], frame["month"]]):
            if small[rows.index].any():
                mask.loc[rows.index] = _hidden(rows.to_numpy(), few)
        frame[name] = frame[name].mask(mask)
        hidden |= mask
    frame["is_suppressed"] = hidden
    many = int(hidden.sum())
    text = (
        f"{many} volymer visas inte, eftersom de räknar färre än {few} personer eller röjer ett sådant tal."
    )
    return frame, [text] if many else []


def _hidden(values: np.ndarray, few: int) -> np.ndarray:
    """Return which units' numbers of an activity and month to withhold, where its sum may be known."""
    each = np.eye(len(values))
    sums = np.vstack([each, np.ones(len(values))]) if len(values) > 1 else each
    return hidden_cells(values, sums, few)[: len(values)]


def hide_indicators(frame: pd.DataFrame, few: int) -> pd.DataFrame:
    """Withhold the months of indicators that count few persons, by numerator or by those who are left.

    Parameters
    ----------
    frame
        `effektiv.data.local.months.Indicators.frame` with ``persons``, whether the indicator counts persons.
    few
        The least number that is shown.
    """
    frame = frame.copy()
    persons = frame["persons"].astype(bool)
    counted = frame["numerator"].where(frame["kind"] != COUNT, frame["value"])
    small = counted.gt(0) & counted.lt(few)
    rest = (frame["denominator"] - frame["numerator"]).where(frame["kind"] == SHARE)
    small |= rest.gt(0) & rest.lt(few)
    small |= frame["denominator"].gt(0) & frame["denominator"].lt(few)
    frame["is_suppressed"] = persons & small
    withheld = ["numerator", "denominator", "value"]
    frame[withheld] = frame[withheld].mask(frame["is_suppressed"])
    return frame
