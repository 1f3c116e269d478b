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
from effektiv.analysis.agreement import protect, stands_out
from effektiv.analysis.role_gaps import DEALS, MEASURED, RoleGaps, changed_areas, role_gaps
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


def made(
    draw: np.random.Generator, setting: Setting, level: np.ndarray | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Return one assessment: answers, and the role of each respondent; the statements' levels are drawn where not given."""
    asked = self_assessment()
    roles = np.repeat([role.id for role in asked.roles], setting.sizes)
    ids = list(asked.statements)
    level = draw.normal(3.4, 0.5, len(ids)) if level is None else level
    values = level + draw.normal(0, setting.person, len(roles))[:, None]
    values = values + draw.normal(0, setting.spread, values.shape)
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


def others(setting: Setting, times: int, deals: int) -> tuple[float, float]:
    """Return how often an area is said to have changed, and one to be at an end, where neither is so.

    Two rounds are made at the same levels, and in the latter all areas have the same.
    """
    draw = np.random.default_rng(2)
    asked = self_assessment()
    areas = {area.id: [one.id for one in area.statements] for area in asked.areas}
    changed = ends = 0
    for _ in range(times):
        level = draw.normal(3.4, 0.5, len(asked.statements))
        (now, roles), (before, _) = (made(draw, setting, level) for _ in range(2))
        changed += any(changed_areas(now, before, (roles, roles), areas, deals=deals).values())
        flat, _ = made(draw, setting, np.full(len(level), 3.4))
        means = pd.DataFrame({area: flat[ids].mean(axis=1) for area, ids in areas.items()})
        by_mean = means.mean()
        ends += stands_out(means, str(by_mean.idxmin()), lowest=True) or stands_out(
            means, str(by_mean.idxmax()), lowest=False
        )
    return changed / times, ends / times


def rows(times: int = 1000, deals: int = DEALS) -> dict[str, dict[str, float]]:
    """Return by setting the shares of assessments with a claim, and with the planted gaps."""
    found = {
        f"ingen skillnad, {setting.name}": {"andel med påstående": measure(setting, times, deals)[0]}
        for setting in NULL
    }
    changed, ends = others(NULL[2], times // 2, deals)
    found["två omgångar på samma nivå"] = {"andel med påstående": changed}
    found["alla områden på samma nivå"] = {"andel med påstående": ends}
    for setting in REAL:
        _, first, other = measure(setting, times // 4, deals)
        found[f"verklig skillnad, {setting.name}"] = {
            "budgetdialogen utpekad": first,
            "ett annat påstående utpekat": other,
        }
    return found


def main() -> None:
    """Measure and tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--antal", type=int, default=1000, help="självskattningar av varje slag")
    parser.add_argument("--delningar", type=int, default=DEALS)
    options = parser.parse_args()
    for name, row in rows(options.antal, options.delningar).items():
        print(f"{name}: {', '.join(f'{key} {number(100 * share, 1)} %' for key, share in row.items())}")
    print(f"rapporten säger högst {number(100 * MEASURED, 1)} % där inget skiljer")


if __name__ == "__main__":
    main()
