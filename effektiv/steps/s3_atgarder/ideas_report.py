"""The report on ideas: its first page, and the findings that it rests on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from effektiv.analysis.priority import HIGHEST, LOWEST
from effektiv.exhibits.charts import BarRow, Bars, Matrix, Scored, bars, matrix
from effektiv.exhibits.exhibit import Exhibit, Exhibits, Source
from effektiv.exhibits.swedish import capitalise, cardinal, join, lower_first
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.base import OverviewBase
from effektiv.steps.form import Lead, Picture, Said, first_page, without_repeats
from effektiv.steps.s3_atgarder.ideas_form import BENEFIT, CRITERIA, EFFORT
from effektiv.steps.s3_atgarder.ideas_params import IDEAS_FILE, SCORES_FILE, ideas_of
from effektiv.steps.s3_atgarder.ideas_ranking import PROPOSED, IdeaStanding, Outcome, Ranking
from effektiv.steps.s3_atgarder.ideas_words import (
    best,
    how_many,
    number_of,
    percent_cell,
    quoted,
    reason,
    ways,
)
from effektiv.steps.wording import fit

NEXT = "Att göra härnäst"
MOST_SHOWN = 10
MOST_PAIRS = 8
ROBUST = 0.9
"""An idea that is among the best in at least this share of the ways of weighing does not depend on the weights."""

_HOW_RANKED = (
    "Alla sätt att väga nytta, genomförbarhet, insats och risk mot varandra räknas som lika troliga, och poängen är så "
    "spridda som bedömarnas egna. Andelen säger hur mycket placeringen beror på vad man tycker är viktigast, inte hur bra "
    "idén är."
)


@dataclass(frozen=True)
class IdeasReport:
    """What the report shows before its underlag.

    Attributes
    ----------
    first
        Its first page.
    findings
        At most five.
    is_thin
        Whether there are no ideas, or nothing is said of them.
    """

    first: Exhibit
    findings: tuple[Exhibit, ...]
    is_thin: bool


def cut(text: str, most: int = 70) -> str:
    """Return a title that fits in a chart or a cell."""
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


# -- the picture ------------------------------------------------------------------------


def picture(ranking: Ranking) -> Picture | None:
    """Draw the scored ideas between effort and benefit; None where none is scored."""
    scored = ranking.scored
    if not scored:
        return None
    forward = {item.entry.id for item in ranking.forward}
    drawn = matrix(
        Matrix(
            points=tuple(
                Scored(entry.id, entry.mean(EFFORT), entry.mean(BENEFIT), entry.id in forward)
                for entry in scored
            ),
            x_label="Mer insats",
            y_label="Mer nytta",
            strong_text="Går vidare, beslutat eller föreslaget",
            other_text="Övriga idéer",
            corners=(
                "Nytta för liten insats",
                "Nytta för stor insats",
                "Lite nytta, liten insats",
                "Lite nytta, stor insats",
            ),
        )
    )
    return Picture(
        drawn,
        "Ett diagram med insats åt höger och nytta uppåt. Varje prick är en idé, och de som går vidare har annan form.",
        f"Nytta och insats, medel av {_scorers(ranking)} poäng från 1 till 5",
        table=scores_table(ranking),
    )


def _scorers(ranking: Ranking) -> str:
    return "en bedömares" if ranking.scorers == 1 else f"{cardinal(ranking.scorers)} bedömares"


def scores_table(ranking: Ranking) -> Table:
    """Return the means of the scores of each scored idea, the one most often among the best first."""
    order = {idea: place for place, idea in enumerate(ranking.among_best)}
    entries = sorted(ranking.scored, key=lambda entry: order.get(entry.id, 0))
    rows: list[tuple[Value, ...]] = [
        (
            entry.id,
            entry.title,
            percent_cell(ranking.among_best.get(entry.id)),
            *(entry.mean(item.key) for item in CRITERIA),
            entry.scorers,
            entry.votes,
        )
        for entry in entries
    ]
    return Table(
        caption="Poäng i medel, 1 till 5, och hur ofta idén är " + (best(ranking) if ranking.top else "bland de bästa"),
        columns=(
            Column("nr", "Nr"),
            Column("ide", "Idé"),
            Column("bland", capitalise(best(ranking)) if ranking.top else "Bland de bästa", kind="number", unit="%",
                   decimals=0, may_lack=True),
            *(Column(item.key, item.label, kind="number", decimals=1) for item in CRITERIA),
            Column("bedomare", "Bedömare", kind="number", decimals=0),
            Column("roster", "Röster", kind="number", decimals=0, may_lack=True),
        ),
        rows=tuple(rows),
    )  # fmt: skip


# -- findings ---------------------------------------------------------------------------


def ranked(ranking: Ranking) -> Exhibit | None:
    """Show which ideas are among the best however the criteria are weighed; None where too few are scored."""
    shares = ranking.among_best
    if not shares:
        return None
    forward = {item.entry.id for item in ranking.forward}
    first = [
        (ranking.entry_of[idea], share) for idea, share in list(shares.items())[:MOST_SHOWN] if share > 0
    ]
    robust = [entry for entry, share in first if share >= ROBUST]
    told = [f"{capitalise(quoted(entry))} är {best(ranking)} i {ways(share)}." for entry, share in first[:2]]
    left = len(shares) - len(first)
    return Exhibit(
        id="rangordning",
        title=_ranked_title(ranking, len(robust)),
        subtitle=f"Hur ofta varje idé är {best(ranking)}, procent av alla sätt att väga",
        source=Source.OWN,
        alt="En stapel för varje idé: i hur stor del av alla sätt att väga den är bland de bästa.",
        figure=bars(
            Bars(
                rows=tuple(
                    BarRow(
                        f"{entry.id}. {cut(entry.title)}",
                        100.0 * share,
                        strong=share >= ROBUST,
                        pale=entry.id not in forward,
                    )
                    for entry, share in first
                ),
                unit="procent",
                decimals=0,
                signed=False,
                ordered=False,
            )
        ),
        blocks=(
            fit([*told, f"{capitalise(how_many(left, 'idé', 'idéer'))} till är bedömda." if left else ""]),
        ),
        table=scores_table(ranking),
        how_to_read=_HOW_RANKED,
    )


def _ranked_title(ranking: Ranking, robust: int) -> str:
    where = best(ranking)
    if robust:
        return f"{capitalise(how_many(robust, 'idé', 'idéer'))} är {where} nästan hur man än väger"
    return f"Vilka idéer som är {where} beror på vad man tycker är viktigast"


def disagreement(ranking: Ranking) -> Exhibit | None:
    """Show the ideas that the scorers see differently; None where there are none."""
    found = ranking.disagreements
    if not found:
        return None
    rows = tuple(
        (
            item.entry.id,
            cut(item.entry.title),
            item.criterion.label,
            ", ".join(map(str, item.given)),
            item.agreement,
        )
        for item in found[:MOST_SHOWN]
    )
    first = found[0]
    return Exhibit(
        id="oenighet",
        title=f"Om {how_many(len(found), 'idé', 'idéer')} är bedömarna oense",
        subtitle="Idéer där poängen för någon fråga skiljer minst tre steg, den största oenigheten först",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            f"Mest oense är de om {quoted(first.entry)}: {lower_first(first.criterion.label)} får från "
            f"{first.given[0]} till {first.given[-1]}. Tala om vad var och en vet innan idén väljs bort.",
        ),
        table=Table(
            caption="Idéer som bedömarna ser olika på",
            columns=(
                Column("nr", "Nr"),
                Column("ide", "Idé"),
                Column("fraga", "Fråga"),
                Column("poang", "Poängen"),
                Column("enighet", "Enighet", kind="number", decimals=1),
            ),
            rows=rows,
        ),
        how_to_read="Enighet 1 betyder att alla gav samma poäng, −1 att de delar sig i två läger (van der Eijks mått).",
    )


def alike(ranking: Ranking) -> Exhibit | None:
    """Show the pairs of ideas that may be the same and that nobody has decided on; None where there are none."""
    found = ranking.undecided
    if not found:
        return None
    more = len(found) - MOST_PAIRS
    return Exhibit(
        id="lika-ideer",
        title=f"{capitalise(how_many(len(found), 'par', 'par'))} idéer kan vara samma sak".replace(
            "En par", "Ett par"
        ),
        subtitle="Idéer med nästan samma ord, som ingen har tagit ställning till",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    f"Bestäm om varje par på bladet Sammanslagningar i {IDEAS_FILE.name}.",
                    "Båda idéerna finns kvar, och beslutet går att ångra.",
                    f"{capitalise(how_many(more, 'par', 'par'))} till står i underlaget." if more > 0 else "",
                ]
            ),
        ),
        table=pairs_table(ranking, MOST_PAIRS),
        how_to_read="Jämförelsen ser ord, inte mening: samma sak med andra ord hittas inte.",
    )


def pairs_table(ranking: Ranking, most: int | None = None) -> Table:
    """Return the undecided pairs with how like they are."""
    return Table(
        caption="Par att ta ställning till",
        columns=(
            Column("nr", "Nr"),
            Column("ide", "Idé"),
            Column("nr2", "Nr"),
            Column("ide2", "Idé"),
            Column("likhet", "Likhet, av 100", kind="number", decimals=0),
        ),
        rows=tuple(
            (pair.first.id, cut(pair.first.title), pair.second.id, cut(pair.second.title), pair.likeness)
            for pair in ranking.undecided[:most]
        ),
    )


def forward(ranking: Ranking) -> Exhibit | None:
    """Show the ideas that go on, decided and proposed; None where there are none."""
    found = ranking.forward
    if not found:
        return None
    decided = [item for item in found if item.outcome is Outcome.FORWARD]
    proposed = len(found) - len(decided)
    rows = tuple(
        (
            item.entry.id,
            cut(item.entry.title),
            ", ".join(dict.fromkeys(idea.cause for idea in item.entry.ideas if idea.cause)),
            percent_cell(item.among_best),
            "beslutat" if item.outcome is Outcome.FORWARD else "föreslaget",
            "" if item.decision is None else item.decision.measure,
        )
        for item in found[:MOST_SHOWN]
    )
    against = [item for item in decided if item.among_best is not None and item.among_best < PROPOSED]
    lacking = [item for item in decided if item.decision is not None and not item.decision.measure]
    sentences = [
        f"{_count(len(decided))} är beslutade och {_count(proposed).lower()} föreslås av poängen."
        if decided and proposed
        else "Inget är beslutat än: poängen föreslår, ni bestämmer."
        if proposed
        else "Alla är beslutade.",
        f"{join([number_of(item.entry.id) for item in lacking[:4]])} är ännu ingen åtgärd."
        if lacking
        else "",
        f"{join([number_of(item.entry.id) for item in against[:4]])} går vidare av andra skäl än poängen."
        if against
        else "",
        f"{capitalise(how_many(len(found) - MOST_SHOWN, 'idé', 'idéer'))} till står i underlaget."
        if len(found) > MOST_SHOWN
        else "",
    ]
    return Exhibit(
        id="gar-vidare",
        title=_forward_title(len(decided), proposed),
        subtitle="Idéer som går vidare, och vilken orsak de svarar mot",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(fit(sentences),),
        table=Table(
            caption="Idéer som går vidare",
            columns=(
                Column("nr", "Nr"),
                Column("ide", "Idé"),
                Column("orsak", "Orsak"),
                Column(
                    "bland",
                    capitalise(best(ranking)) if ranking.top else "Bland de bästa",
                    kind="number",
                    unit="%",
                    decimals=0,
                    may_lack=True,
                ),
                Column("lage", "Läge"),
                Column("atgard", "Åtgärd"),
            ),
            rows=rows,
        ),
    )


def _count(number: int) -> str:
    return capitalise(cardinal(number, common=True))


def _forward_title(decided: int, proposed: int) -> str:
    if decided and proposed:
        return f"{capitalise(how_many(decided, 'idé', 'idéer'))} går vidare och {cardinal(proposed, common=True)} föreslås"
    if decided:
        return f"{capitalise(how_many(decided, 'idé', 'idéer'))} går vidare"
    return f"{capitalise(how_many(proposed, 'idé', 'idéer'))} föreslås gå vidare"


def rest(ranking: Ranking) -> Exhibit | None:
    """Show how many ideas do not go on, by what becomes of them; None where all do."""
    counts = Counter(item.outcome for item in ranking.standings.values() if not item.outcome.is_forward)
    if not counts:
        return None
    rows: list[tuple[Value, ...]] = []
    for outcome in Outcome:
        if counts[outcome]:
            example = next(idea for idea, item in ranking.standings.items() if item.outcome is outcome)
            rows.append(
                (capitalise(outcome.value), counts[outcome], f"{example}: {reason(ranking, example)}")
            )
    return Exhibit(
        id="gar-inte-vidare",
        title=f"{capitalise(how_many(counts.total(), 'idé', 'idéer'))} går inte vidare nu, var och en med ett skäl",
        subtitle="Idéer som inte går vidare, efter vad som händer med dem",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            "Skälet till varje idé står i underlaget, efter idéns nummer, så att den som lämnade idén kan läsa det.",
        ),
        table=Table(
            caption="Vad som händer med de idéer som inte går vidare",
            columns=(
                Column("vad", "Vad som händer"),
                Column("antal", "Idéer", kind="number", decimals=0),
                Column("exempel", "Ett exempel och skälet"),
            ),
            rows=tuple(rows),
        ),
    )


FINDINGS: tuple[Callable[[Ranking], Exhibit | None], ...] = (ranked, forward, rest, disagreement, alike)
"""The pool, the most important first; each gives None where there is nothing to say."""


# -- the first page ---------------------------------------------------------------------


def title(ranking: Ranking) -> str:
    """Return the report's finding."""
    found, every = ranking.forward, len(ranking.entries)
    if not found:
        return (
            f"Ingen av {cardinal(every)} idéer går vidare ännu" if every > 1 else "Idén går inte vidare ännu"
        )
    decided = any(item.outcome is Outcome.FORWARD for item in found)
    verb = (
        "går eller föreslås gå vidare"
        if decided and any(_is_proposed(item) for item in found)
        else ("går vidare" if decided else "föreslås gå vidare")
    )
    apart = len(ranking.disagreements)
    end = f", och om {cardinal(apart, common=True)} är bedömarna oense" if apart else ""
    return f"{capitalise(cardinal(len(found), common=True))} av {cardinal(every)} idéer {verb}{end}"


def _is_proposed(item: IdeaStanding) -> bool:
    return item.outcome is Outcome.PROPOSED


def points(ranking: Ranking) -> list[str]:
    """Return the points of the first page."""
    return [
        _gathered(ranking),
        _top_point(ranking),
        _cheap_point(ranking),
        _apart_point(ranking),
        _alike_point(ranking),
    ]


def _gathered(ranking: Ranking) -> str:
    ideas, merged = len(ranking.found.ideas), len(ranking.found.ideas) - len(ranking.entries)
    left = len(ranking.entries) - len(ranking.scored)
    text = f"{capitalise(how_many(ideas, 'idé', 'idéer'))} är {'insamlad' if ideas == 1 else 'insamlade'}."
    if merged:
        text += f" Efter sammanslagning är de {cardinal(len(ranking.entries))}."
    if not ranking.scorers:
        return text + " Ingen har bedömt dem."
    who = "en person har" if ranking.scorers == 1 else f"{cardinal(ranking.scorers)} personer har"
    text += f" {capitalise(who)} satt poäng."
    if left:
        text += (
            f" {capitalise(how_many(left, 'idé', 'idéer'))} är inte färdigbedömda."
            if left > 1
            else (" En idé är inte färdigbedömd.")
        )
    return text


def _top_point(ranking: Ranking) -> str:
    shares = list(ranking.among_best.items())[:2]
    if not shares or shares[0][1] <= 0:
        return ""
    (idea, share), *others = shares
    first = capitalise(quoted(ranking.entry_of[idea]))
    text = f"{first} är {best(ranking)} i {ways(share)} nytta, genomförbarhet, insats och risk"
    return f"{text}. Näst oftast är {quoted(ranking.entry_of[others[0][0]])}." if others else f"{text}."


def _cheap_point(ranking: Ranking) -> str:
    middle = (LOWEST + HIGHEST) / 2
    found = [entry for entry in ranking.scored if entry.mean(BENEFIT) > middle > entry.mean(EFFORT)]
    than = "än mitten av skalan"
    if not found:
        return f"Ingen idé ger mer nytta och kräver mindre insats {than}." if ranking.scored else ""
    order = {idea: place for place, idea in enumerate(ranking.among_best)}
    named = join(
        [number_of(entry.id) for entry in sorted(found, key=lambda entry: order.get(entry.id, 0))[:3]]
    )
    which = f"Till dem hör {named}." if len(found) > 3 else f"Det är {named}."
    return f"{capitalise(how_many(len(found), 'idé', 'idéer'))} ger mer nytta och kräver mindre insats {than}. {which}"


def _apart_point(ranking: Ranking) -> str:
    if not ranking.disagreements:
        return (
            "Ingen fråga skiljer bedömarna tre steg eller mer."
            if ranking.scorers > 1
            else ("En enda bedömare säger inget om hur eniga ni är." if ranking.scorers == 1 else "")
        )
    first = ranking.disagreements[0]
    return (
        f"Bedömarna är mest oense om {quoted(first.entry)}: {lower_first(first.criterion.label)} får poäng från "
        f"{first.given[0]} till {first.given[-1]}."
    )


def _alike_point(ranking: Ranking) -> str:
    count = len(ranking.undecided)
    if not count:
        return ""
    first = ranking.undecided[0]
    if count == 1:
        both = f"{capitalise(number_of(first.first.id))} och {number_of(first.second.id)}"
        return f"{both} liknar varandra, och ingen har tagit ställning till om de är samma."
    return (
        f"{capitalise(cardinal(count))} par idéer liknar varandra utan att någon har tagit ställning. Mest lika är "
        f"{number_of(first.first.id)} och {number_of(first.second.id)}."
    )


def leads(ranking: Ranking) -> list[Lead]:
    """Return what to do next."""
    found: list[Lead] = []
    if not ranking.scorers:
        found.append(
            Lead(f"Låt några personer var för sig fylla i {SCORES_FILE.new_name}, en kopia var.", "Bedöm.")
        )
    if ranking.undecided:
        found.append(
            Lead("Ta ställning till paren innan poängen jämförs, så att rösterna räknas rätt.", "Lika idéer.")
        )
    if ranking.disagreements:
        found.append(
            Lead("Låt bedömarna berätta vad de vet om dem, och bedöm dem en gång till.", "Oenighet.")
        )
    if ranking.forward:
        found.append(
            Lead(
                "Skriv varje idé som åtgärd, med vad den kostar och ger och vem som ansvarar.", "Går vidare."
            )
        )
    found.append(
        Lead("Berätta för var och en vad som hände med idén; listan står i underlaget.", "Återkoppla.")
    )
    return found


class IdeasReportCase(OverviewBase):
    """A case with the report on ideas."""

    @cached_property
    def ranking(self) -> Ranking:
        """The municipality's ideas."""
        return Ranking(ideas_of(self.params))

    @cached_property
    def report(self) -> IdeasReport:
        """All that the report shows before its underlag, made in one order so that nothing is said twice."""
        ranking, said = self.ranking, Said()
        if not ranking.found.ideas:
            return IdeasReport(_empty_page(self, said), (), is_thin=True)
        if not ranking.scored and not ranking.found.decisions:
            return IdeasReport(_unscored_page(ranking, said), (), is_thin=True)
        first = first_page(
            title(ranking), picture(ranking), points(ranking), leads(ranking), said, heading=NEXT
        )
        found = [item for kind in FINDINGS if (item := kind(ranking)) is not None]
        return IdeasReport(first, without_repeats(found, said), is_thin=False)

    def first_page(self) -> Exhibit:
        """Visa första sidan: vilka idéer som går vidare, vad de ger och kräver, och vad som är oklart."""
        return self.report.first

    def findings(self) -> Exhibits:
        """Visa fynden; ``case.findings()[0]`` är det första."""
        return Exhibits(self.report.findings)


def _empty_page(case: OverviewBase, said: Said) -> Exhibit:
    refused = bool(case.params.folder) and any(
        name in case.params.files for name in (IDEAS_FILE.name, SCORES_FILE.name)
    )
    there = (
        "Filerna finns, men ingen idé står i dem."
        if refused
        else "Det finns ingen fil med idéer för kommunen."
    )
    return first_page(
        f"Inga idéer är insamlade i {case.name}",
        None,
        [there, "Därför finns det inget att rangordna, och rapporten tar slut här."],
        [
            Lead("Bjud in alla som arbetar nära frågan till en idéverkstad.", "Samla."),
            Lead(
                f"Skriv idéerna i {IDEAS_FILE.name}, eller lägg en fil som redan finns i mappen ideer.",
                "Skriv.",
            ),
            Lead("Låt sedan några personer bedöma idéerna var för sig.", "Bedöm."),
        ],
        said,
        heading=NEXT,
    )


def _unscored_page(ranking: Ranking, said: Said) -> Exhibit:
    ideas = len(ranking.found.ideas)
    areas = Counter(idea.area for idea in ranking.found.ideas.values() if idea.area)
    return first_page(
        f"{capitalise(how_many(ideas, 'idé', 'idéer'))} {'är insamlad' if ideas == 1 else 'är insamlade'} men inte bedömda",
        None,
        [
            _gathered(ranking),
            f"{cardinal(sum(areas.values()))} av dem gäller ett av fokusområdena.".capitalize()
            if areas
            else "",
            _alike_point(ranking),
            "Utan poäng går det inte att säga vilka som bör gå vidare.",
        ],
        leads(ranking),
        said,
        heading=NEXT,
    )
