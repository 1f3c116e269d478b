"""Plain types that every layer may use: the catalogue's models.

The names follow Kolada's API (kpi, municipality, period as year, gender) and the
efficiency literature (resource, volume, quality). Texts that a controller reads
(`label`, `unit`, `reason`, ...) are Swedish. The models only describe; reading
them from YAML is the work of `effektiv.data.catalogue`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, NoReturn, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WrapSerializer

RIKET = "0000"
"""Municipality id of Sweden as a whole in Kolada."""

SIMILAR_MEMBERS = 7
"""Members that Kolada gives every group of similar municipalities."""


_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

ReadOnly = Annotated[
    Mapping[_Key, _Value],
    AfterValidator(MappingProxyType),
    WrapSerializer(lambda mapping, write: write(dict(mapping))),
]
"""Type of a mapping in a model: a dict in a file, and then one that cannot be written to."""


class Model(BaseModel):
    """Frozen model that refuses unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Shared:
    """What all reports of a process share, so that no attribute of it can be bound anew.

    A subclass sets its own in ``__init__`` by ``vars(self).update``.
    """

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{name} kan inte ändras: alla rapporter delar samma {type(self).__name__}.")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{name} kan inte tas bort: alla rapporter delar samma {type(self).__name__}.")


class Role(StrEnum):
    """What a key figure measures in Effektivitet = Resultat x Volym / Resurs."""

    RESOURCE = "resource"
    VOLUME = "volume"
    QUALITY = "quality"
    STRUCTURE = "structure"
    INDEX = "index"


class Better(StrEnum):
    """Which direction is known to be better; `NEITHER` where none is."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Direction(StrEnum):
    """What a municipality wants in a focus area.

    `QUALITY` raises quality at unchanged cost, `RESOURCE` cuts cost without
    losing quality.
    """

    QUALITY = "quality"
    RESOURCE = "resource"


class Break(Model):
    """A break in a series: values from `year` on do not compare with earlier ones."""

    year: int
    reason: str


class Formula(Model):
    """A key figure computed here: ``factor * prod(kpi ** power)``."""

    factor: float = 1.0
    powers: ReadOnly[str, int]


class ExampleHint(Model):
    """What invented values of a key figure should look like, which unit and role cannot tell.

    Attributes
    ----------
    level
        Typical value about 2022, in the figure's unit; of numbers that grow with the
        population, in a municipality of 15 000. The usual one of its unit when left out.
    spread
        Standard deviation between municipalities of that size, in the figure's unit.
    """

    level: float | None = None
    spread: float | None = None


class Kpi(Model):
    """One key figure.

    Attributes
    ----------
    id
        Kolada's id, or an id starting with ``E-`` for one computed here and ``S-`` for one that
        Skolverket or Skolinspektionen publishes.
    title
        Official title, exactly as Kolada or Skolverket writes it; for a computed one, ours.
    label
        Short Swedish label for figures and tables (at most about 45 characters).
    in_text
        What it is called inside a sentence, where that needs no quotation marks: a noun phrase in the
        definite form, "kostnaden per elev". Without one the label stands in quotation marks.
    sentence
        A whole sentence without its full stop that tells the value, which stands at ``{}`` with its unit in words:
        "Av hemtjänsttagarna är {} nöjda". Without one reports write "<in_text> var <value>".
    stand_in
        The figure that is used in its place where a municipality has no value of this one.
    unit
        Swedish unit: ``%``, ``kr/elev``, ``kr/inv``, ``mnkr``, ``poäng``, ``antal``,
        ``index``, ``dagar``, ``per 1 000 inv``, ``procentenheter``, ...
    decimals
        Decimals to show.
    gender
        Whether Kolada divides it by gender.
    gender_note
        Sentence on what the division does not tell: whose gender it is, for example.
    riket
        Whether Kolada publishes a value for Riket.
    valid_to
        Last year of an ended series.
    preliminary_until_final
        Whether the latest year is published as preliminary first (cost figures).
    denominator
        Key figure that holds the number of persons behind a share or mean.
    min_denominator
        Below this number of persons a value is flagged as resting on small numbers.
    persons
        Key figure with the number of persons the figure speaks for, where they are more
        than those in `denominator`: all home care users, not only the ones who answered.
    uncertainty
        Key figure with Kolada's own margin of error (the value plus and minus it).
    pooled_years
        How many years a value pools; consecutive values then share most of their persons.
    formula
        Set when the value is computed here.
    source
        Who publishes it: only Kolada's figures are fetched, and the others are read from files.
    example
        What the example data need to know to invent values; nothing else reads it.
    """

    id: str
    title: str
    label: str
    in_text: str = ""
    sentence: str = ""
    unit: str
    role: Role
    better: Better = Better.NEITHER
    decimals: int = 1
    gender: bool = False
    gender_note: str = ""
    riket: bool = True
    valid_from: int | None = None
    valid_to: int | None = None
    breaks: tuple[Break, ...] = ()
    preliminary_until_final: bool = False
    denominator: str | None = None
    min_denominator: int | None = None
    persons: str | None = None
    uncertainty: str | None = None
    pooled_years: int | None = None
    formula: Formula | None = None
    stand_in: str | None = None
    source: Literal["kolada", "skolverket", "skolinspektionen", "egna"] = "kolada"
    example: ExampleHint | None = None

    @property
    def is_koladas(self) -> bool:
        """Whether Kolada publishes it: it is neither computed here nor another's."""
        return self.formula is None and self.source == "kolada"

    @property
    def is_share(self) -> bool:
        """Whether the value is a share in per cent of persons."""
        return self.unit == "%" and self.denominator is not None


class IndexInput(Model):
    """One input of an index part.

    Attributes
    ----------
    kpi
        Id of the input.
    weight
        Weight in the mean (RKA: 1 unless stated).
    lag_years
        Other years that may stand in for a missing value, as offsets in order of
        preference: ``(-1,)`` the year before, ``(1, -1)`` an adjacent year.
    whole_years
        Whether they stand in only for a year in which no municipality has a value. One
        that lacks a value alone then has no index.
    """

    kpi: str
    weight: float = 1.0
    lag_years: tuple[int, ...] = ()
    whole_years: bool = False


class IndexPart(Model):
    """Resource or quality part of an RKA index: published id and its inputs."""

    published: str
    inputs: tuple[IndexInput, ...]


class IndexDefinition(Model):
    """One of RKA's six efficiency indices."""

    id: str
    label: str
    resource: IndexPart
    quality: IndexPart
    efficiency: str
    note: str = ""


class CostTree(Model):
    """A parent cost and the children it is published as the sum of."""

    parent: str
    children: tuple[str, ...]


class Product(Model):
    """A cost as a product of factors, e.g. share with service x cost per user.

    ``result ~ factor * prod(factors)``; `approximate` says why it need not be exact.
    """

    label: str
    result: str
    factor: float = 1.0
    factors: tuple[str, ...]
    approximate: str = ""


class StructuralModel(Model):
    """Dependent figures and the structure figures that may explain them."""

    cost: str
    quality: str
    structure: tuple[str, ...]


class Sections(Model):
    """Which key figures each part of a report shows, in order."""

    conditions: tuple[str, ...]
    forecast: tuple[str, ...]
    resource: tuple[str, ...]
    volume: tuple[str, ...]
    quality: tuple[str, ...]


class Factor(Model):
    """One factor of a cost, as it is told.

    Attributes
    ----------
    in_text
        In the definite form: "timmarna per person".
    more, less
        What it means that the factor is higher or lower than elsewhere: "fler timmar per person".
    """

    kpi: str
    in_text: str
    more: str
    less: str


class FindingChoice(Model):
    """One finding that an area's report may hold, as the catalogue describes it.

    Attributes
    ----------
    id
        Of the finding in the report.
    kind
        How it is made; see `effektiv.steps.s1_nulagesanalys.pool`.
    side
        Which side of efficiency it speaks of; findings of the named side come first.
    kpis
        The figures it is made of, the one that its title speaks of first.
    label
        What is measured, for the subtitle; the first figure's label where it is empty.
    factor, factors, persons
        Of a cost as a product: ``result = factor x factors``, and the figure with the number of persons that it is
        divided by.
    note
        A sentence that the reader must have with it.
    """

    id: str
    kind: Literal[
        "cost",
        "parts",
        "drivers",
        "quality",
        "together",
        "worth",
        "course",
        "counts",
        "model",
        "level",
        "split",
    ]
    side: Literal["cost", "quality", "both"]
    kpis: tuple[str, ...] = ()
    label: str = ""
    factor: float = 1.0
    factors: tuple[Factor, ...] = ()
    persons: str | None = None
    note: str = ""


class DriverFactor(Factor):
    """One factor of a part of a cost, and what to ask those who work with it.

    Attributes
    ----------
    ask
        A question to the services, a whole sentence.
    """

    ask: str


class DriverPart(Model):
    """One part of a cost for a unit, divided further where it is a product.

    Attributes
    ----------
    kpi
        Its cost, in the unit of the whole.
    in_text
        In the definite form: "undervisningen".
    ask
        A question to the services, a whole sentence.
    factor, factors
        ``kpi = factor x factors``; none where it is not divided.
    fewest
        Figure with the number of persons behind the factors: of fewer than ten it is not divided.
    """

    kpi: str
    in_text: str
    more: str
    less: str
    ask: str
    factor: float = 1.0
    factors: tuple[DriverFactor, ...] = ()
    fewest: str | None = None


class Drivers(Model):
    """What a cost for a unit consists of, down to what a service can answer for.

    Attributes
    ----------
    total
        The cost for a unit.
    persons
        Figure with the number of units: total x persons is kronor.
    label
        What is divided, for subtitles.
    in_text
        The service that costs it, in the definite form: "de egna skolorna".
    parts
        Of the total; what they leave of it is shown as a rest.
    pooled_years
        How many years are divided together, where few persons make each year jump.
    note
        A sentence that the reader must have with it.
    """

    total: str
    persons: str
    label: str
    in_text: str
    parts: tuple[DriverPart, ...]
    pooled_years: int = 1
    note: str = ""


class Beside(Model):
    """A figure shown beside the drivers: what others may do differently.

    Attributes
    ----------
    ask
        A question to the services, a whole sentence.
    """

    kpi: str
    ask: str


class Causes(Model):
    """What step 2 asks of an area.

    Attributes
    ----------
    given, reach, unit
        The three questions: cost for each person in the target group, share who get the service, cost for a unit.
    everyone
        Said instead of the second where everybody gets the service.
    given_persons, unit_persons
        Figures with the number of persons in the target group, and of units: cost x persons is kronor.
    target
        The target group, plural: "invånare 65 år och äldre".
    fees
        Figure with the fee income, where Kolada has it.
    drivers
        What the cost consists of.
    beside
        What is shown beside them.
    """

    given: str
    reach: str | None = None
    everyone: str = ""
    unit: str
    given_persons: str
    unit_persons: str
    target: str
    fees: str | None = None
    drivers: Drivers
    beside: tuple[Beside, ...] = ()


class UnitMeasure(Model):
    """A figure that is known of single units.

    Attributes
    ----------
    kpi
        The figure; a share is compared in a funnel where the persons behind it are known.
    persons
        Figure with the number of persons behind it, of the same unit and year; None where nobody publishes it.
    who
        What these persons are called, plural: ``elever``.
    """

    kpi: str
    persons: str | None = None
    who: str


class UnitChoice(Model):
    """What an area's units are: schools, home care units.

    Attributes
    ----------
    kind
        First signs of their ids in Kolada: ``V15``.
    one, many, definite
        What one is called, several, and in the definite form: ``skola``, ``skolor``, ``skolorna``.
    note
        A sentence on what a difference between them does not tell.
    measures
        In order: the first that the units have values of is the one that a report speaks of.
    """

    kind: str
    one: str
    many: str
    definite: str
    note: str
    measures: tuple[UnitMeasure, ...]


class AgeGroup(Model):
    """Ages that an area's volume follows.

    Attributes
    ----------
    label
        What they are called, as a row of a table has it: "årskurs 1–3 (7–9 år)".
    first, last
        In whole years, both included; None means that age and all above.
    is_counted
        Whether the area's volume is counted from them; False for those that are only shown beside.
    """

    id: str
    label: str
    first: int = Field(ge=0, le=120)
    last: int | None = Field(None, ge=0, le=120)
    is_counted: bool = True


class FocusArea(Model):
    """A focus area: what its reports hold and how its efficiency is measured.

    Attributes
    ----------
    id
        Also the name of its notebooks: ``grundskola``.
    family
        Title of the official groups without municipality and year:
        ``Liknande kommuner grundskola``.
    index
        Id of the `IndexDefinition`, or None where Kolada has none.
    service, part
        The service of the overview that the area lies in, and the part of it that the area is about; an empty part
        is the whole service.
    unit_cost, volume
        The pair behind E = K x V / R: R = unit_cost * volume.
    volume_is_output
        Whether more volume is a gain: not where it is need, or given by law.
    volume_word
        What a unit of volume is called in running text, plural: ``elever``.
    quality_for_k
        Ratio-scaled quality figures whose geometric mean against Riket is K; none where no quality figure speaks of the
        same people as the cost, and then `no_efficiency` says why there is no E.
    findings
        The pool that a report's findings are chosen from, in order.
    wish
        What the municipality wants to learn in step 2, a sentence.
    headline_quality
        The figure whose gap is reported first.
    causes
        What step 2 asks; None and the area has no step 2.
    units
        What its units are; None where nothing is published of them.
    ages
        Ages of those that the area is for, one group for each part that is planned apart; none overlaps another.
    ages_word
        What they are called together in running text, plural: "barn och unga 6–15 år".
    limits
        Swedish sentences on what the figures cannot show.
    """

    id: str
    label: str
    in_text: str
    service: str
    part: str = ""
    direction: Direction
    family: str
    index: str | None = None
    deviation_pct: str
    deviation_mnkr: str
    reference_cost: str
    population: str
    unit_cost: str
    volume: str
    volume_is_output: bool = False
    volume_word: str
    quality_for_k: tuple[str, ...] = ()
    no_efficiency: str = ""
    headline_quality: str
    findings: tuple[FindingChoice, ...] = ()
    wish: str = ""
    cost_trees: tuple[CostTree, ...] = ()
    products: tuple[Product, ...] = ()
    causes: Causes | None = None
    structural_model: StructuralModel
    sections: Sections
    units: UnitChoice | None = None
    ages: tuple[AgeGroup, ...] = ()
    ages_word: str = ""
    limits: tuple[str, ...]


class ServicePart(Model):
    """A part of a service that has a cost of its own.

    Attributes
    ----------
    cost, population
        Its cost in kronor per person, and how many the persons are.
    in_text
        In the definite form: "hemtjänsten".
    """

    id: str
    label: str
    in_text: str
    cost: str
    population: str


class QualitySide(Model):
    """Outcomes of what the municipality itself runs in a service, or in a part of it.

    Attributes
    ----------
    kpis
        Figures that a service is named by; background is accounted for where it can be.
    shown
        The figure that is told to the reader.
    whom
        Whose results or opinions they are, in the definite form: "hemtjänsttagarna", "niorna".
    """

    id: str
    label: str
    in_text: str
    whom: str
    kpis: tuple[str, ...]
    shown: str


class Service(Model):
    """A service area compared in the overview.

    Attributes
    ----------
    in_text
        In the definite form: "äldreomsorgen".
    family
        Title of the official groups that it is compared in.
    net_cost
        kr per inhabitant.
    parts
        That its cost divides into; none where Kolada divides no further.
    quality
        Outcomes; none where there is no figure for enough municipalities.
    """

    id: str
    label: str
    in_text: str
    family: str
    parts: tuple[ServicePart, ...] = ()
    quality: tuple[QualitySide, ...] = ()
    deviation_pct: str | None = None
    deviation_mnkr: str | None = None
    reference_cost: str | None = None
    net_cost: str | None = None
    index: str | None = None
    focus_area: str | None = None
    note: str = ""


class Overview(Model):
    """What the overview compares.

    `total_net_cost` (kr per inhabitant) is the net budget that costs are set against;
    `families` are the titles of the official groups of similar municipalities, without
    municipality and year.
    """

    id: Literal["oversikt"] = "oversikt"
    label: str
    family: str
    families: tuple[str, ...]
    total_deviation_pct: str
    total_net_cost: str
    population: str
    services: tuple[Service, ...]
    indices: tuple[IndexDefinition, ...]
    conditions: tuple[str, ...]
    forecast: tuple[str, ...]
    limits: tuple[str, ...]

    @property
    def costed(self) -> tuple[Service, ...]:
        """The services that have a reference cost to be judged by."""
        return tuple(item for item in self.services if item.deviation_pct and item.reference_cost)


class Term(Model):
    """A word of the reports, with its explanation.

    Attributes
    ----------
    word
        As it is listed.
    explanation
        One or two sentences; the first can stand alone, and does so where the term is first used.
    met_as
        Beginnings of words, in any case, by which a text is known to use the term.
    forms
        Whole words, in any case, that stand for the term in running text: its inflections,
        and no compound that means something else.
    """

    word: str
    explanation: str
    met_as: tuple[str, ...]
    forms: tuple[str, ...]

    @property
    def short(self) -> str:
        """The explanation's first sentence."""
        first, stop, _ = self.explanation.partition(". ")
        return f"{first}." if stop else first


class Catalogue(Model):
    """Everything the project knows about key figures, areas and indices, and the words it explains."""

    kpis: ReadOnly[str, Kpi]
    areas: ReadOnly[str, FocusArea]
    overview: Overview
    terms: tuple[Term, ...] = ()

    def index(self, index_id: str) -> IndexDefinition:
        """Return the index definition with this id."""
        for definition in self.overview.indices:
            if definition.id == index_id:
                return definition
        raise KeyError(index_id)


class Flag(Model):
    """A data-quality mark that stands on the exhibit itself.

    `code` is one of missing, suppressed, preliminary, ended, break, small, own.
    """

    code: Literal["missing", "suppressed", "preliminary", "ended", "break", "small", "own"]
    text: str = Field(min_length=1)
