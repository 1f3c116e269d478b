"""Exempelby's months 2026-2028: its economy in a form, a list and a SIE file, and the indicators beside it.

Planted, for reports and tests to find again (`PLANTED`): sickness in home care falls from one month on, granted hours
drift upwards, absence from school only has its seasons, and what home care and placements thought of the year's end
stood still at the budget until autumn, whatever the months said. The other indicators are chance.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from effektiv.example.truths import CHILDREN, HOME_CARE, SCHOOL
from effektiv.forms import Value

YEARS = (2026, 2027, 2028)
MONTHS = tuple(f"{year}-{month:02}" for year in YEARS for month in range(1, 13))

KINDS = ("intäkter", "personal", "övrigt", "kapital")
_ACCOUNTS = {
    "intäkter": ("3110", "3510"),
    "personal": ("5010", "5610"),
    "övrigt": ("4510", "6410"),
    "kapital": ("7910",),
}

LATE, EARLY_MONTHS = 1.0, 8
"""What is thought of the year's end where forecasts are bad: the budget, until this month."""


@dataclass(frozen=True)
class Activity:
    """One unit's activity.

    Attributes
    ----------
    code, unit_code
        In the list and the SIE file.
    yearly
        Budget of 2026 in tusen kronor by kind.
    volume, volume_unit
        A month's volume, and what it counts.
    over
        What the year becomes against budget, by year.
    is_slow
        Whether its forecasts stay at the budget until autumn.
    """

    name: str
    code: str
    unit: str
    unit_code: str
    yearly: tuple[int, int, int, int]
    volume: float
    volume_unit: str
    over: tuple[float, float, float]
    is_slow: bool = False


ACTIVITIES = (
    Activity("Grundskola", "440", "Centralskolan", "4010", (-3_600, 31_200, 8_900, 2_400), 352, "elever", (1.004, 0.998, 1.006)),
    Activity("Grundskola", "440", "Bruksskolan", "4020", (-2_700, 24_500, 7_300, 1_900), 268, "elever", (1.011, 1.008, 1.002)),
    Activity("Grundskola", "440", "Hamnskolan", "4030", (-1_800, 16_100, 4_700, 1_300), 171, "elever", (0.995, 1.003, 0.999)),
    Activity("Förskola", "407", "", "3010", (-4_100, 41_600, 9_800, 2_200), 412, "barn", (0.997, 1.002, 1.001)),
    Activity(
        "Äldreomsorg i ordinärt boende", "513", "", "5010", (-2_900, 58_700, 11_300, 600), 6_900, "timmar",
        (1.031, 1.046, 1.022), is_slow=True,
    ),
    Activity(
        "Barn och unga", "554", "", "6010", (-1_500, 13_800, 15_900, 200), 690, "vårddygn", (1.052, 1.038, 0.991),
        is_slow=True,
    ),
)  # fmt: skip

FIRST_LOWER, DRIFT_FROM = "2027-09", "2027-04"

PLANTED: Mapping[str, str] = {"I1": FIRST_LOWER, "I2": DRIFT_FROM}
"""First month of what is planted, by indicator: a shift down and a drift up."""

_SEASON = np.array([1.9, 2.3, 1.4, 0.2, -0.7, -1.2, -1.6, -0.9, -0.5, 0.1, 0.6, 0.9])
"""Absence from school over its mean, in per cent of the time, January to December."""


def _budgets(activity: Activity) -> dict[tuple[str, str], int]:
    """Return the budget of each kind and month in whole hundreds of kronor, as öre."""
    found: dict[tuple[str, str], int] = {}
    for number, year in enumerate(YEARS):
        for kind, thousands in zip(KINDS, activity.yearly, strict=True):
            month = round(thousands * 1000 * 1.027**number / 12 / 100) * 100
            found |= {(kind, f"{year}-{at:02}"): month * 100 for at in range(1, 13)}
    return found


def _draw(name: str) -> np.random.Generator:
    return np.random.default_rng([2026, *name.encode("utf-8")])


def _actuals(activity: Activity) -> dict[tuple[str, str], int]:
    """Return the actual of each kind and month in öre: staff cost has its summer, the year its planted deviation."""
    draw = _draw(f"{activity.unit_code} utfall")
    summer = np.array([0, 0, 0, 0, 0.01, 0.05, 0.08, 0.02, -0.04, -0.04, -0.04, -0.04])
    budgets = _budgets(activity)
    found = {}
    for (kind, month), budget in budgets.items():
        over = activity.over[int(month[:4]) - YEARS[0]] if kind in ("personal", "övrigt") else 1.0
        season = summer[int(month[5:]) - 1] if kind == "personal" else 0.0
        noise = {"personal": 0.008, "kapital": 0.0}.get(kind, 0.03) * draw.standard_normal()
        found[kind, month] = round(budget * (over + season + noise))
    return found


def _forecasts(activity: Activity) -> dict[tuple[str, str], int]:
    """Return the year as it was thought of in each month, in öre, in whole thousands of kronor."""
    budgets, actuals = _budgets(activity), _actuals(activity)
    found = {}
    for kind, month in budgets:
        year, at = month[:4], int(month[5:])
        months = [f"{year}-{number:02}" for number in range(1, 13)]
        budget = sum(budgets[kind, one] for one in months)
        so_far = sum(actuals[kind, one] for one in months[:at])
        rest = sum(budgets[kind, one] for one in months[at:])
        drift = so_far / max(sum(budgets[kind, one] for one in months[:at]), 1) if budget > 0 else 1.0
        thought = budget * LATE if activity.is_slow and at < EARLY_MONTHS else so_far + rest * (drift + 2) / 3
        found[kind, month] = round(thought / 100_000) * 100_000
    return found


def _volumes(activity: Activity) -> dict[str, tuple[float, float]]:
    """Return the volume of the budget and that which became, by month."""
    draw = _draw(f"{activity.unit_code} volym")
    over = dict(zip(YEARS, activity.over, strict=True))
    return {
        month: (
            round(activity.volume),
            round(activity.volume * (1 + 0.8 * (over[int(month[:4])] - 1) + 0.008 * draw.standard_normal())),
        )
        for month in MONTHS
    }


def month_rows(months: tuple[str, ...], *, amounts: bool) -> list[dict[str, Value]]:
    """Return the rows of a month's form.

    Parameters
    ----------
    months
        That the form gives.
    amounts
        Whether budget and actual stand in it; where a list or a SIE file has them it leaves them empty.
    """
    rows: list[dict[str, Value]] = []
    for activity in ACTIVITIES:
        budgets, actuals, forecasts = _budgets(activity), _actuals(activity), _forecasts(activity)
        volumes = _volumes(activity)
        for month in months:
            for kind in KINDS:
                row: dict[str, Value] = {
                    "unit": activity.unit,
                    "activity": activity.name,
                    "kind": kind,
                    "period": month,
                    "forecast": forecasts[kind, month] / 100,
                }
                if amounts:
                    row |= {"budget": budgets[kind, month] / 100, "actual": actuals[kind, month] / 100}
                if kind == "personal":
                    planned, became = volumes[month]
                    row |= {
                        "volume_budget": planned,
                        "volume_actual": became,
                        "volume_unit": activity.volume_unit,
                        "comment": COMMENTS.get((activity.name, month))
                        if activity.unit in ("", "Centralskolan")
                        else None,
                    }
                rows.append(row)
    return rows


COMMENTS: Mapping[tuple[str, str], str] = {
    (
        "Äldreomsorg i ordinärt boende",
        "2027-08",
    ): "Fler timmar än budgeten räknar med. Besluten prövas om under hösten.",
    ("Äldreomsorg i ordinärt boende", "2028-12"): "Färre vikarier sedan schemana lades om.",
    ("Barn och unga", "2026-08"): "Två placeringar i HVB som inte fanns i budgeten.",
    ("Barn och unga", "2028-12"): "Tre egna familjehem har ersatt konsulentföretag.",
}

INDICATORS: tuple[Mapping[str, Value], ...] = (
    {"id": "I1", "name": "Sjukfrånvaro i hemtjänsten", "area": HOME_CARE, "kind": "andel", "unit": "procent", "better": "lägre",
     "target": 8.0},
    {"id": "I2", "name": "Beviljade timmar per person", "area": HOME_CARE, "kind": "mått", "unit": "timmar per månad",
     "better": "lägre", "target": 38.0},
    {"id": "I3", "name": "Personal per person, två veckor", "area": HOME_CARE, "kind": "mått", "unit": "antal", "better": "lägre",
     "target": 12.0},
    {"id": "I4", "name": "Frånvaro i grundskolan", "area": SCHOOL, "kind": "andel", "unit": "procent", "better": "lägre",
     "target": 7.0},
    {"id": "I5", "name": "Elever som får stöd i tid", "area": SCHOOL, "kind": "andel", "unit": "procent", "better": "högre",
     "target": 90.0, "persons": True},
    {"id": "I6", "name": "Vårddygn i HVB", "area": CHILDREN, "kind": "antal", "unit": "dygn", "better": "lägre", "target": 75.0},
    {"id": "I7", "name": "Dagar mellan sammanbrott i placeringar", "area": CHILDREN, "kind": "tid mellan", "unit": "dagar",
     "better": "högre"},
    {"id": "I8", "name": "Sjukfrånvaro i förskolan", "area": "forskola", "kind": "andel", "unit": "procent", "better": "lägre",
     "target": 7.5},
)  # fmt: skip


def indicator_values() -> list[dict[str, Value]]:
    """Return the values of each indicator and month, with what is planted."""
    return [
        {"indicator": key, "period": month, **said}
        for key, values in _series().items()
        for month, said in zip(MONTHS, values, strict=True)
        if said
    ]


def _series() -> dict[str, list[dict[str, Value]]]:
    count = len(MONTHS)
    at = np.arange(count)
    lower, drift = MONTHS.index(FIRST_LOWER), MONTHS.index(DRIFT_FROM)
    return {
        "I1": list(_shares("I1", np.where(at >= lower, 8.6, 11.4), days=2_350, spread=0.45)),
        "I2": [
            {"value": round(float(value), 1)}
            for value in 41.0 + 0.16 * np.maximum(at - drift, 0) + 0.55 * _draw("I2").standard_normal(count)
        ],
        "I3": [
            {"value": round(float(value), 1)} for value in 13.4 + 0.5 * _draw("I3").standard_normal(count)
        ],
        "I4": list(_shares("I4", 7.6 + _SEASON[at % 12], days=15_800, spread=0.35)),
        "I5": [
            {"numerator": int(_draw(f"I5 {month}").binomial(cases, 0.78)), "denominator": int(cases)}
            for month, cases in zip(MONTHS, _draw("I5").integers(34, 61, count), strict=True)
        ],
        "I6": [{"value": int(value)} for value in _draw("I6").poisson(88, count)],
        "I7": [
            {"value": int(value) + 1} if value < 60 else {} for value in _draw("I7").exponential(34, count)
        ],
        "I8": list(_shares("I8", np.full(count, 7.9), days=1_900, spread=0.5)),
    }


def _shares(name: str, level: np.ndarray, *, days: int, spread: float) -> Iterator[dict[str, Value]]:
    """Yield days and possible days of a share that varies more than chance of single days alone."""
    draw = _draw(name)
    for value in level:
        possible = round(days * (1 + 0.03 * draw.standard_normal()))
        share = max(float(value) + spread * draw.standard_normal(), 0.5) / 100
        yield {"numerator": round(possible * share), "denominator": possible}


# -- the list and the SIE file ----------------------------------------------------------


def _split(ore: int, accounts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    """Yield an amount by account: nine tenths on the first, the rest on the last."""
    first = ore if len(accounts) == 1 else ore * 9 // 10
    yield accounts[0], first
    if len(accounts) > 1:
        yield accounts[1], ore - first


def _entries(year: int) -> Iterator[tuple[Activity, str, str, int, int]]:
    """Yield activity, account, month, budget and actual in öre."""
    for activity in ACTIVITIES:
        budgets, actuals = _budgets(activity), _actuals(activity)
        for kind in KINDS:
            for month in (f"{year}-{at:02}" for at in range(1, 13)):
                budget = dict(_split(budgets[kind, month], _ACCOUNTS[kind]))
                for account, ore in _split(actuals[kind, month], _ACCOUNTS[kind]):
                    yield activity, account, month, budget[account], ore


def ledger_list(year: int) -> bytes:
    """Return a year as a list with code strings, as a Swedish system writes one: CP1252, total rows, minus last."""
    lines = ["Huvudbok Exempelby;;;;;;", "Ansvar;Konto;Verksamhet;Motpart;Period;Budget;Belopp"]
    sums = [0, 0]
    for activity, account, month, budget, actual in _entries(year):
        period = month.replace("-", "")
        amounts = f"{_written(budget)};{_written(actual)}"
        lines.append(f"{activity.unit_code};{account};{activity.code};81;{period};{amounts}")
        sums = [sums[0] + budget, sums[1] + actual]
    lines.append(f"Summa;;;;;{_written(sums[0])};{_written(sums[1])}")
    return ("\n".join(lines) + "\n").encode("cp1252")


def _written(ore: int) -> str:
    """Return an amount with marks between thousands and the minus last."""
    whole, rest = divmod(abs(ore), 100)
    digits = f"{whole:,}".replace(",", " ")
    return f"{digits},{rest:02}{'-' if ore < 0 else ''}"


def sie_file(year: int) -> bytes:
    """Return a year as SIE of type 3: in UTF-8, though its tag says otherwise, as those of new systems often do."""
    lines = [
        "#FLAGGA 0",
        "#FORMAT PC8",
        "#SIETYP 3",
        '#PROGRAM "Exempel" 1',
        f"#GEN {year + 1}0115",
        '#FNAMN "Exempelby kommun"',
        f"#RAR 0 {year}0101 {year}1231",
        '#DIM 1 "Ansvar"',
        '#DIM 6 "Verksamhet"',
    ]
    names = {activity.unit_code: activity.unit or activity.name for activity in ACTIVITIES}
    lines += [f'#OBJEKT 1 "{code}" "{name}"' for code, name in names.items()]
    lines += [f'#OBJEKT 6 "{code}" "{name}"' for code, name in {a.code: a.name for a in ACTIVITIES}.items()]
    called = {"3110": "Avgifter", "3510": "Bidrag", "4510": "Köp av verksamhet", "5010": "Löner", "5610": "Avgifter för löner",
              "6410": "Övriga tjänster", "7910": "Avskrivningar"}  # fmt: skip
    lines += [f'#KONTO {code} "{name}"' for code, name in called.items()]
    whole: dict[tuple[str, str, str], int] = {}
    parts: list[str] = []
    for activity, account, month, budget, actual in _entries(year):
        for record, ore in (("PSALDO", actual), ("PBUDGET", budget)):
            period = month.replace("-", "")
            parts.append(
                f'#{record} 0 {period} {account} {{1 "{activity.unit_code}" 6 "{activity.code}"}} {_point(ore)}'
            )
            whole[record, period, account] = whole.get((record, period, account), 0) + ore
    for (record, period, account), ore in whole.items():
        lines.append(f"#{record} 0 {period} {account} {{}} {_point(ore)}")
    for account in called:
        year_sum = sum(
            ore for (record, _, code), ore in whole.items() if record == "PSALDO" and code == account
        )
        lines.append(f"#RES 0 {account} {_point(year_sum)}")
    return ("\n".join([*lines, *parts]) + "\n").encode("utf-8")


def _point(ore: int) -> str:
    whole, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{whole}.{rest:02}"


MAPPING = """\
kolumner:
  konto: Konto
  ansvar: Ansvar
  verksamhet: Verksamhet
  motpart: Motpart
  period: Period
  belopp: Belopp
  budget: Budget
tecken:
  kostnader: plus
  intakter: minus
kostnadsslag:
  - slag: intäkter
    konton: ["3"]
  - slag: personal
    konton: ["5"]
  - slag: övrigt
    konton: ["4", "6", "70-78"]
  - slag: kapital
    konton: ["79"]
verksamheter:
  - namn: Grundskola
    koder: ["440"]
  - namn: Förskola
    koder: ["407"]
  - namn: Äldreomsorg i ordinärt boende
    koder: ["513"]
  - namn: Barn och unga
    koder: ["554"]
enheter:
  - namn: Centralskolan
    koder: ["4010"]
  - namn: Bruksskolan
    koder: ["4020"]
  - namn: Hamnskolan
    koder: ["4030"]
utanfor:
  konton: ["1", "2"]
"""
"""How the lists are read."""

_LAST = ("2028-11", "2028-12")
MONTH_FORMS: Mapping[str, list[dict[str, Value]]] = {
    "uppfoljning/2026.xlsx": month_rows(MONTHS[:12], amounts=True),
    "uppfoljning/2027.xlsx": month_rows(MONTHS[12:24], amounts=False),
    "uppfoljning/2028.xlsx": month_rows(MONTHS[24:34], amounts=False),
    **{f"uppfoljning/{month}.xlsx": month_rows((month,), amounts=False) for month in _LAST},
}
"""Rows of the months' forms, by their place: earlier years together, the latest months one by one."""


def other_files() -> dict[str, bytes]:
    """Return the files that are no forms, by their place in the folder."""
    return {
        "uppfoljning.yaml": MAPPING.encode("utf-8"),
        "uppfoljning/listor/huvudbok-2027.csv": ledger_list(2027),
        "uppfoljning/sie/2028.se": sie_file(2028),
    }
