"""How step 5 writes differences, and why a figure cannot answer."""

from __future__ import annotations

from effektiv.analysis.rebound import Refused, Unanswered
from effektiv.exhibits.saying import plain, plain_amount
from effektiv.exhibits.swedish import MINUS, capitalise, cardinal, years
from effektiv.exhibits.words import named
from effektiv.steps.s5_avslutning.answers import Counterfactual
from effektiv.steps.wording import told
from effektiv.types import Kpi

CANNOT = "Går inte att avgöra med dessa uppgifter"

_STEPS = {"%": ("procentenhet", "procentenheter"), "index": ("enhet", "enheter"), "": ("enhet", "enheter")}


def as_read(value: float) -> float:
    """Return a number as running text shows it, so that a difference is that of what is shown.

    Examples
    --------
    >>> as_read(198.6), as_read(4.32), as_read(-12345.0)
    (199.0, 4.3, -12000.0)
    """
    return float(plain(value).replace("\u00a0", "").replace(MINUS, "-").replace(",", "."))


def step(kpi: Kpi, value: float, *, signed: bool = False) -> str:
    """Write a difference with its unit: per cent becomes percentage points."""
    if kpi.unit in _STEPS:
        one, many = _STEPS[kpi.unit]
        return f"{plain(value, signed=signed)}\u00a0{one if plain(abs(value)) == '1' else many}"
    if kpi.unit.startswith("kr/"):
        return plain_amount(value, "kr", signed=signed)
    if kpi.unit.startswith("per") or "/100" in kpi.unit:
        return plain(value, signed=signed)
    return plain_amount(value, kpi.unit, signed=signed)


def from_to(kpi: Kpi, before: float, after: float) -> str:
    """Write a move with its unit once: "från 58 till 68 procent"."""
    end = plain_amount(after, "kr") if kpi.unit.startswith("kr/") else told(kpi, after)
    return f"från {plain(before)} till {end}"


def in_table(answer: Counterfactual) -> float:
    """Return the difference of what a table shows."""
    decimals = answer.kpi.decimals
    return round(answer.became, decimals) - round(answer.expected, decimals)


def difference(answer: Counterfactual) -> float:
    """Return the difference of what is shown."""
    return as_read(answer.became) - as_read(answer.expected)


def span_words(answer: Counterfactual) -> str:
    """Write the interval: "från +2 till +14 procentenheter"."""
    low, high = answer.interval
    return f"från {plain(low, signed=True)} till {step(answer.kpi, high, signed=True)}"


def counterfactual(answer: Counterfactual) -> str:
    """Say what was expected, what it became, and the difference with its span."""
    kpi = answer.kpi
    return (
        f"Utan projektet hade vi väntat oss {told(kpi, answer.expected)}; det blev {told(kpi, answer.became)}; "
        f"skillnaden är {step(kpi, difference(answer), signed=True)} med ett spann {span_words(answer)}."
    )


def smallest(answer: Counterfactual) -> str:
    """Say which difference would be seen at all: it comes first, since no difference is the likely answer."""
    return f"Med era uppgifter skulle bara en skillnad på minst {step(answer.kpi, answer.least)} synas."


def ranked(answer: Counterfactual) -> str:
    """Say how many of those that lay alike changed at least as much."""
    others, beaten = int(answer.value("others")), int(answer.value("beaten"))
    many = cardinal(beaten, common=True) if beaten else "ingen"
    return f"Av {plain(others)} kommuner som låg lika hade {many} minst lika stor förändring åt rätt håll."


def usual(answer: Counterfactual) -> str:
    """Say what comes by itself after such a level; empty where that is not known."""
    change = answer.usual_change
    if change is None:
        return ""
    if abs(as_read(change)) < 0.05:
        return "Kommuner som ligger så här brukar inte ändras på tre år utan särskilda insatser."
    verb = "förbättras" if change * answer.sign > 0 else "försämras"
    return f"Kommuner som ligger så här brukar {verb} ungefär {step(answer.kpi, abs(change))} på tre år utan särskilda insatser."


def agreement(answer: Counterfactual) -> str:
    """Say whether the two ways of counting agree; empty where only one is asked for."""
    if answer.agrees is None:
        refused = answer.control_refused
        if refused is None:
            return ""
        return (
            f"Den andra uträkningen, en vägd blandning av kommuner, säger inget: {why(refused, answer.kpi)}."
        )
    if answer.agrees:
        seen = "en skillnad" if answer.is_told else "ingen skillnad"
        return f"Två sätt att räkna ger samma svar: {seen} utöver det som kommer av sig självt."
    effect = answer.control_effect
    assert effect is not None  # or it would not have been asked whether they agree
    other = f"en vägd blandning av kommuner ger {step(answer.kpi, effect, signed=True)}"
    if effect * difference(answer) > 0:
        return f"Två sätt att räkna pekar åt samma håll, men bara det ena ger mer än av sig självt: {other}."
    return f"Två sätt att räkna ger olika svar: {other}. Svaret är därför svagt."


def why(refused: Refused, kpi: Kpi) -> str:
    """Say why a question cannot be answered, as a clause."""
    known, needed = int(refused.known), int(refused.needed)
    if refused.reason == Unanswered.SHORT_AFTER and kpi.valid_to is not None:
        return f"serien slutade {kpi.valid_to}"
    words = {
        Unanswered.SHORT_BEFORE: f"{_years(known)} före starten går att jämföra, och det krävs {cardinal(needed)}",
        Unanswered.SHORT_AFTER: f"{_years(known)} efter starten är slutligt, och det krävs {cardinal(needed)}",
        Unanswered.BREAK: f"serien har ett brott {refused.year}, och {_of(known, needed)} år som krävs går att jämföra",
        Unanswered.NO_VALUES: "kommunen saknar värden före eller efter starten",
        Unanswered.FEW_ALIKE: f"bara {known} kommuner som låg lika har alla värden, och det krävs {needed}",
        Unanswered.NO_NOISE: "det går inte att räkna ut hur mycket värdet brukar variera",
        Unanswered.FEW_DONORS: f"bara {cardinal(known)} liknande kommuner har alla värden, och det krävs {cardinal(needed)}",
        Unanswered.EQUAL_WEIGHTS: "ingen blandning passar bättre än ett vanligt medelvärde",
        Unanswered.POOR_FIT: "ingen blandning följde kommunen före starten",
    }
    return words[Unanswered(refused.reason)]


def _years(count: int) -> str:
    return "inget år" if count == 0 else f"bara {cardinal(count)} år"


def _of(known: int, needed: int) -> str:
    return f"{f'bara {cardinal(known)}' if known else 'inget'} av de {cardinal(needed)}"


def cannot(answer: Counterfactual) -> str:
    """Say that a figure cannot answer, and why."""
    refused = answer.refused
    assert refused is not None
    if answer.not_final and refused.known == 0 and refused.reason == Unanswered.SHORT_AFTER:
        return f"{CANNOT}: {final_years(answer)}."
    return f"{CANNOT}: {why(refused, answer.kpi)}."


def final_years(answer: Counterfactual) -> str:
    """Say which of the lock's years are not final."""
    verb = (
        "är preliminärt eller inte publicerat"
        if len(answer.not_final) == 1
        else "är preliminära eller inte publicerade"
    )
    return f"{years(answer.not_final)} {verb} och räknas inte"


def heading(answer: Counterfactual) -> str:
    """Return the finding of a judged figure: better than what comes by itself, not so, or no answer."""
    first = capitalise(named(answer.kpi))
    if answer.refused is not None:
        return f"{first}: går inte att avgöra med dessa uppgifter"
    if answer.is_told:
        side = "högre" if answer.sign > 0 else "lägre"
        return f"{first} blev {step(answer.kpi, abs(difference(answer)))} {side} än väntat utan projektet"
    return f"{first}: ingen skillnad syns utöver det som kommer av sig självt"


def rank_title(answer: Counterfactual) -> str:
    """Return how many of those that lay alike changed as much, as a title."""
    others, beaten = int(answer.value("others")), int(answer.value("beaten"))
    many = {0: "Ingen", 1: "En"}.get(beaten, plain(beaten))
    only = "Bara " if answer.is_told and beaten > 0 else ""
    return f"{only}{many.lower() if only else many} av {plain(others)} kommuner som låg lika ändrades lika mycket åt rätt håll"
