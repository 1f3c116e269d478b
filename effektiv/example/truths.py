"""What is true in the example data, for tests to find again: one place.

Plain data on what is planted, and `truths` for what was drawn. Effects are logarithmic
unless said otherwise: 0.20 means about 22 % more than the municipality's conditions
explain. Names are those of the example municipalities. What is planted after 2025 is
seen in ``exempel-efter`` only.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from effektiv.example.years import LAST_YEAR

SCHOOL = "grundskola"
HOME_CARE = "aldreomsorg-ordinart-boende"
CHILDREN = "barn-och-unga"

EXAMPLE_MUNICIPALITY = "Exempelby"
"""The municipality of the README, with the profile of Älvkarleby."""


@dataclass(frozen=True)
class Pin:
    """A municipality whose size and conditions are chosen, not drawn.

    Attributes
    ----------
    title
        Name.
    population
        Inhabitants to aim at in 2022; the nearest drawn municipality is used.
    conditions
        Normal scores to aim at, by the names in `effektiv.example.country.LATENTS`;
        0 is the ordinary municipality.
    like
        Take the municipality most like this one instead.
    """

    title: str
    population: int | None = None
    conditions: tuple[tuple[str, float], ...] = ()
    like: str | None = None


@dataclass(frozen=True)
class Planted:
    """One planted effect.

    Attributes
    ----------
    municipality, area
        Where.
    factor
        What is changed, by the names in the area's module.
    effect
        Log points; for ``results`` and ``satisfaction`` see the module of the area.
    from_year
        First year of the effect; None means all years.
    """

    municipality: str
    area: str
    factor: str
    effect: float
    from_year: int | None = None


ORDINARY = (
    ("young", 0.0),
    ("old", 0.0),
    ("parents", 0.0),
    ("poverty", 0.0),
    ("foreign", 0.0),
    ("growth", 0.0),
)
"""Ordinary conditions, so that a planted cause is not mixed up with structure."""

PINS = (
    Pin(
        EXAMPLE_MUNICIPALITY,
        population=9_500,
        conditions=(
            *(("parents", -0.6), ("tertiary", -0.6), ("compulsory", 0.4), ("poverty", 0.3)),
            *(("old", 0.2), ("young", 0.0), ("growth", 0.0), ("foreign", 0.2)),
        ),
    ),
    Pin("Kornlunda", like=EXAMPLE_MUNICIPALITY),
    Pin("Mårdåker", like=EXAMPLE_MUNICIPALITY),
    Pin("Vinterhem", like=EXAMPLE_MUNICIPALITY),
    Pin("Skifferö", population=26_000, conditions=ORDINARY),
    Pin("Lönnköping", population=42_000, conditions=ORDINARY),
    Pin("Tallhyttan", population=46_000, conditions=ORDINARY),
    Pin("Älgköping", population=38_000, conditions=ORDINARY),
    Pin("Rågborg", population=35_000, conditions=ORDINARY),
    Pin("Kvartsnäs", population=31_000, conditions=ORDINARY),
    Pin("Strömköping", population=62_000, conditions=ORDINARY),
    Pin("Snöträsk", population=2_400),
    Pin("Måneträsk", population=3_400),
)

PLANTED = (
    # Exempelby: low results at ordinary cost, dear home care at ordinary quality, dear placements.
    Planted(EXAMPLE_MUNICIPALITY, SCHOOL, "results", -13.0),
    Planted(EXAMPLE_MUNICIPALITY, HOME_CARE, "hours", 0.16),
    Planted(EXAMPLE_MUNICIPALITY, HOME_CARE, "price", 0.11),
    Planted(EXAMPLE_MUNICIPALITY, CHILDREN, "foster_price", 0.26),
    Planted(EXAMPLE_MUNICIPALITY, CHILDREN, "foster_volume", 0.20),
    Planted(EXAMPLE_MUNICIPALITY, CHILDREN, "hvb_volume", 0.22),
    # Its role models: better and cheaper, each in one area, with much the same conditions.
    Planted("Kornlunda", SCHOOL, "results", 16.0),
    Planted("Kornlunda", SCHOOL, "teachers", -0.06),
    Planted("Mårdåker", HOME_CARE, "satisfaction", 0.50),
    Planted("Mårdåker", HOME_CARE, "hours", -0.12),
    Planted("Mårdåker", HOME_CARE, "price", -0.06),
    Planted("Vinterhem", CHILDREN, "satisfaction", 0.90),
    Planted("Vinterhem", CHILDREN, "foster_price", -0.15),
    Planted("Vinterhem", CHILDREN, "hvb_volume", -0.30),
    # One cause each.
    Planted("Skifferö", SCHOOL, "school_size", -0.60),
    Planted("Skifferö", SCHOOL, "premises", 0.45),
    Planted("Lönnköping", SCHOOL, "teachers", 0.20),
    Planted("Älgköping", HOME_CARE, "hours", 0.30),
    Planted("Rågborg", HOME_CARE, "price", 0.28),
    Planted("Strömköping", CHILDREN, "foster_price", 0.40),
    Planted("Strömköping", CHILDREN, "bought", 0.60),
    # Two causes that go together.
    Planted("Sommardal", HOME_CARE, "hours", 0.20),
    Planted("Sommardal", HOME_CARE, "price", 0.20),
    Planted("Daggköping", SCHOOL, "teachers", 0.16),
    Planted("Daggköping", SCHOOL, "premises", 0.40),
    # No cause at all: what is drawn is quiet here too.
    Planted("Grävlinghem", SCHOOL, "teachers", 0.0),
    Planted("Grävlinghem", HOME_CARE, "hours", 0.0),
    Planted("Grävlinghem", CHILDREN, "foster_price", 0.0),
    # A change of level in a known year.
    Planted("Tallhyttan", SCHOOL, "results", 14.0, from_year=2019),
    Planted("Kvartsnäs", HOME_CARE, "price", 0.18, from_year=2018),
)

PROJECT_YEAR = 2026
"""First year of the finished project whose participants `PARTICIPANTS` are."""

PARTICIPANTS = (
    *(EXAMPLE_MUNICIPALITY, "Lönnlycke", "Sälgmåla"),
    # In need in grundskola, äldreomsorg and individ- och familjeomsorg; nothing is planted in them.
    *("Stentunet", "Lerhamn", "Tranahed", "Falkbruk"),
    *("Vipahult", "Öringarp", "Häggsund", "Mårdby"),
    *("Enenäset", "Vindhyttan", "Rönnlanda", "Sävköping"),
)
"""Municipalities of the project, chosen for need: so they rise by themselves, as the worst do anywhere."""

PLANTED_AFTER = (
    Planted(EXAMPLE_MUNICIPALITY, SCHOOL, "results", 16.0, from_year=2027),
    Planted(EXAMPLE_MUNICIPALITY, HOME_CARE, "hours", -0.16, from_year=2027),
    Planted(EXAMPLE_MUNICIPALITY, HOME_CARE, "price", -0.11, from_year=2027),
    Planted("Lönnlycke", SCHOOL, "results", 16.0, from_year=2027),
    Planted("Sälgmåla", CHILDREN, "foster_price", -0.25, from_year=2027),
    Planted("Sälgmåla", CHILDREN, "foster_volume", -0.25, from_year=2027),
    Planted("Sälgmåla", CHILDREN, "hvb_price", -0.25, from_year=2027),
    Planted("Sälgmåla", CHILDREN, "hvb_volume", -0.25, from_year=2027),
)
"""What the project gave: only in years after `LAST_YEAR`, on top of what the municipality's own noise does."""


@dataclass(frozen=True)
class Outcome:
    """How far `PLANTED_AFTER` moves a published figure of one municipality.

    Attributes
    ----------
    municipality, area, kpi
        Where.
    from_year
        First year of the effect.
    size
        The published figure less what it would have been without the effect, in its own unit,
        mean of `from_year` to `LAST_YEAR_AFTER`.
    primary
        Whether it is the figure that the project would have locked.
    """

    municipality: str
    area: str
    kpi: str
    from_year: int
    size: float
    primary: bool = False


OUTCOMES = (
    Outcome(EXAMPLE_MUNICIPALITY, SCHOOL, "N15505", 2027, 16.0, primary=True),
    Outcome(EXAMPLE_MUNICIPALITY, SCHOOL, "N15436", 2027, 6.5),
    Outcome(EXAMPLE_MUNICIPALITY, HOME_CARE, "N20900", 2027, -10.6, primary=True),
    Outcome(EXAMPLE_MUNICIPALITY, HOME_CARE, "N20029", 2027, -22.1),
    Outcome(EXAMPLE_MUNICIPALITY, HOME_CARE, "N20014", 2027, -2160.0),
    Outcome("Lönnlycke", SCHOOL, "N15505", 2027, 16.0, primary=True),
    Outcome("Lönnlycke", SCHOOL, "N15436", 2027, 7.2),
    Outcome("Sälgmåla", CHILDREN, "N30001", 2027, -10.3, primary=True),
    Outcome("Sälgmåla", CHILDREN, "N30026", 2027, -24.6),
    Outcome("Sälgmåla", CHILDREN, "N30005", 2027, -483.0),
    Outcome("Sälgmåla", CHILDREN, "N33006", 2027, -2570.0),
)
"""Every figure named here moves in no other municipality, but for the country's reference cost (under 0.1 %)."""

ROLE_MODELS = {SCHOOL: "Kornlunda", HOME_CARE: "Mårdåker", CHILDREN: "Vinterhem"}
"""A truly better municipality in Exempelby's peer group, by area."""

SINGLE_CAUSE = {
    "Skifferö": (SCHOOL, "premises"),
    "Lönnköping": (SCHOOL, "teachers"),
    "Älgköping": (HOME_CARE, "hours"),
    "Rågborg": (HOME_CARE, "price"),
    "Strömköping": (CHILDREN, "foster_price"),
}
"""Municipalities whose cost in an area deviates for one reason only."""

PAIRED_CAUSES = {
    "Sommardal": (HOME_CARE, ("hours", "price")),
    "Daggköping": (SCHOOL, ("teachers", "premises")),
}
"""Municipalities whose cost in an area deviates for two reasons, about as large."""

NO_CAUSE = ("Grävlinghem",)
"""Municipalities whose cost deviates for no reason in any of the three areas."""

CAUSE_FIGURES = {
    "premises": "N15009",
    "teachers": "E-LARARE-PER-100-ELEVER",
    "hours": "N21826",
    "price": "E-KR-PER-TIMME",
    "foster_price": "E-KR-PER-FAMILJEHEM",
}
"""The figure that a planted cause of a cost is seen in."""

LEVEL_CHANGES = {"Tallhyttan": (SCHOOL, "results", 2019), "Kvartsnäs": (HOME_CARE, "price", 2018)}
"""Area, factor and first year of the new level."""

RESIDUALS = (
    ("Smedtuna", "N15008", 2023, 0.012),
    ("Smedtuna", "N15060", 2023, 0.012),
    ("Klipplanda", "N15008", 2021, -0.008),
    ("Aftonborg", "N21020", 2022, 0.020),
    ("Stormvik", "N33006", 2024, 0.030),
)
"""Municipality, parent cost and year whose published parent is more (share) than its children's sum."""

INDEX_OTHER_INPUT = {
    "grundskola": 2025,
    "gymnasieskola": 2025,
    "ekonomiskt-bistand": 2025,
    "aldreomsorg": 2024,
}
"""First year for which an index rests on something else than the catalogue's inputs, which have ended."""

INDEX_MISSING = (("Smedtuna", "grundskola", 2023), ("Stormvik", "aldreomsorg", 2022))
"""Municipality, index and year without a published index although its inputs are published."""

NO_UPPER_SCHOOL = ("Snöträsk", "Måneträsk")
"""Small municipalities without a year 9 of their own: results are Not applicable."""

NO_ACCOUNTS = (("Rågtuna", 2017), ("Siskahamn", 2025))
"""Municipality and year without accounts: every cost figure is Missing."""

QUIET = 0.15
"""How much of the drawn effects is left in an area where something is planted (Exempelby: in all)."""


@dataclass(frozen=True)
class Truths:
    """What lies behind the published figures.

    Attributes
    ----------
    efficiency
        Columns municipality (id), area, year, log_quality, log_unit_cost: quality and
        unit cost relative to what the municipality's conditions explain, without noise
        from few persons. True log efficiency is log_quality - log_unit_cost. Areas are
        the focus areas and the other services by their ids in the overview. Unit cost is
        kr per pupil in municipal schools (grundskola), per home care user
        (aldreomsorg-ordinart-boende) and per inhabitant 0-20 (barn-och-unga); quality is
        the merit value, satisfied users and satisfied young people.
    factors
        Columns municipality, area, factor, year, effect: each drawn or planted effect.
    """

    efficiency: pd.DataFrame
    factors: pd.DataFrame


def truths(last_year: int = LAST_YEAR) -> Truths:
    """Return what is true in the example data for every municipality, area and year to a last one."""
    # Imported here: the example data are built on the plain data of this module.
    from effektiv.example import build_truths  # noqa: PLC0415

    return build_truths(last_year)
