"""Mät hur ofta självskattningen av styrningen tar slumpen för en skillnad mellan roller, och hur ofta den ser en verklig.

Svaren är påhittade: 28 påståenden på skalan 1-5, personer som svarar olika högt, och i de första raderna ingen
skillnad alls mellan rollerna. Den högsta andelen där är den som rapporten säger (`role_gaps.MEASURED`).
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass

import numpy as np
import pandas as pd

from benchmarks.tell import number
from effektiv.analysis.agreement import protect
from effektiv.analysis.role_gaps import DEALS, MEASURED, RoleGaps, role_gaps
from effektiv.data.governance import self_assessment

OTHER = "U3"
"""The other statement with a planted gap, beside the one that is asked for beforehand."""


@dataclass(frozen=True)
class Setting:
    """What is made: sizes of the groups, how persons differ, share not answered, and the planted gap in steps."""

    name: str
    sizes: tuple[int, int, int, int]
    person: float = 0.4
    spread: float = 0.9
    missing: float = 0.0
    gap: float = 0.0


NULL = (
    Setting("5 i varje roll", (5, 5, 5, 5)),
    Setting("5 i varje roll, alla svarar lika högt", (5, 5, 5, 5), person=0.0),
    Setting("5, 6, 9 och 5, var tionde svar saknas", (5, 6, 9, 5), missing=0.1),
    Setting("8, 7, 25 och 6, stor spridning", (8, 7, 25, 6), spread=1.3),
)
REAL = (
    Setting("5 i varje roll, två steg", (5, 5, 5, 5), gap=2.0),
    Setting("5, 6, 9 och 5, två steg", (5, 6, 9, 5), gap=2.0),
    Setting("8, 7, 25 och 6, ett och ett halvt steg", (8, 7, 25, 6), gap=1.5),
)


def made(draw: np.random.Generator, setting: Setting) -> tuple[pd.DataFrame, pd.Series]:
    """Return one assessment: answers, and the role of each respondent."""
    asked = self_assessment()
    roles = np.repeat([role.id for role in asked.roles], setting.sizes)
    ids = list(asked.statements)
    level = 3.4 + draw.normal(0, 0.5, len(ids)) + draw.normal(0, setting.person, len(roles))[:, None]
    values = level + draw.normal(0, setting.spread, level.shape)
    chefs = np.isin(roles, asked.first.low)
    for statement in (asked.first.statement, OTHER):
        values[:, ids.index(statement)] += np.where(chefs, -setting.gap / 2, setting.gap / 2)
    values = np.clip(np.rint(values), 1, 5)
    values[draw.random(values.shape) < setting.missing] = np.nan
    return pd.DataFrame(values, columns=ids), pd.Series(roles)


def gaps(draw: np.random.Generator, setting: Setting, deals: int) -> RoleGaps:
    """Return the gaps that are found in one assessment."""
    asked = self_assessment()
    answers, roles = made(draw, setting)
    first = (asked.first.statement, asked.first.high, asked.first.low)
    return role_gaps(answers, roles, protect(answers, roles, list(asked.groups)), first, deals=deals)


def claims(found: RoleGaps) -> set[str]:
    """Return the statements that a report would say differ more than chance gives."""
    told = {gap.statement for gap in found.flagged}
    if found.first is not None and found.first.is_step and found.first.beyond_chance:
        told.add(found.first.statement)
    return told


def measure(setting: Setting, times: int, deals: int) -> tuple[float, float, float]:
    """Return the shares of assessments with any claim, with the first gap and with the other planted one."""
    draw = np.random.default_rng(1)
    told = [claims(gaps(draw, setting, deals)) for _ in range(times)]
    first = self_assessment().first.statement
    return (
        float(np.mean([bool(one) for one in told])),
        float(np.mean([first in one for one in told])),
        float(np.mean([OTHER in one for one in told])),
    )


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--antal", type=int, default=1000, help="självskattningar av varje slag")
    parser.add_argument("--delningar", type=int, default=DEALS)
    options = parser.parse_args()
    highest = 0.0
    for setting in NULL:
        any_claim, *_ = measure(setting, options.antal, options.delningar)
        highest = max(highest, any_claim)
        print(
            f"utan skillnad, {setting.name}: {number(100 * any_claim, 1)} % får någon skillnad utpekad",
            flush=True,
        )
    print(f"högst {number(100 * highest, 1)} %; rapporten säger {number(100 * MEASURED, 1)} %")
    for setting in REAL:
        _, first, other = measure(setting, options.antal // 4, options.delningar)
        print(
            f"verklig skillnad, {setting.name}: budgetdialogen utpekas i {number(100 * first)} %, "
            f"ett annat påstående i {number(100 * other)} %",
            flush=True,
        )


if __name__ == "__main__":
    main()
