"""Finding on the hypotheses: which suspected causes have support, which are dismissed, what is still open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from effektiv.exhibits.charts import Branch, Cause, Standing, driver_diagram, fishbone
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, date, join
from effektiv.exhibits.table import Column, Table, Value
from effektiv.forms import FormRead
from effektiv.params.formfile import only
from effektiv.steps.s2_orsaksanalys.beside import beside_sentence, standing_out
from effektiv.steps.s2_orsaksanalys.drivers import driver_point
from effektiv.steps.s2_orsaksanalys.forms import CATEGORIES
from effektiv.steps.s2_orsaksanalys.hypotheses import Hypothesis, hypotheses
from effektiv.steps.s2_orsaksanalys.params import HYPOTHESES_FILE
from effektiv.steps.s2_orsaksanalys.view import CauseCase, CauseView
from effektiv.steps.wording import fit

ID = "hypoteser"
NO_CATEGORY = "Utan kategori"
_TITLE = "Vad avvikelsen kan bero på"


def hypotheses_of(view: CauseView) -> tuple[Hypothesis, ...]:
    """Return what the working group has written of the area."""
    return hypotheses(_form(view), view.area.id)


def _form(view: CauseView) -> FormRead | None:
    return only(view.case.params.of(HYPOTHESES_FILE))


def _faults(view: CauseView) -> str:
    """Say that something in the form could not be used, with the first such thing; empty where all could."""
    form = _form(view)
    if form is None or not form.faults:
        return ""
    first = form.faults[0]
    place = f"{first.place}: " if first.place else ""
    rest = len(form.faults) - 1
    more = f" Det finns {cardinal(rest)} fel till." if rest else ""
    return f"Allt i {HYPOTHESES_FILE.name} gick inte att använda. {capitalise(place + first.text)}.{more}"


def causes(view: CauseView) -> Exhibit | None:
    """Show the suspected causes as a fishbone; None where the working group has written none."""
    found = hypotheses_of(view)
    if not found:
        return None
    supported = [item for item in found if _standing(item) is Standing.SUPPORTED]
    undecided = [item for item in found if item.is_open]
    dismissed = [item for item in found if item.is_dismissed]
    lacking = [item for item in undecided if item.lacks]
    sentences = [
        *(
            f"{item.id}, {_strength(item)} stöd: {_sentence(item.conclusion or item.cause)}"
            for item in supported[:2]
        ),
        f"Avfärdad: {join([item.id for item in dismissed])}." if dismissed else "",
        f"Inte avgjord: {join([item.id for item in undecided])}." if undecided else "",
        f"{join([item.id for item in lacking])} saknar vem eller när." if lacking else "",
    ]
    return Exhibit(
        id=ID,
        title=_count_title(len(found), len(supported), len(dismissed)),
        subtitle=f"{capitalise(view.area.in_text)}: arbetsgruppens misstänkta orsaker, efter slag",
        source=Source.MUNICIPALITY,
        alt="Ett fiskben: varje ben är ett slags orsak, med de misstänkta orsakerna vid benet.",
        figure=fishbone(_effect(found), _by_category(found)),
        blocks=(fit(sentences),),
        table=hypotheses_table(view, found),
        notes=_faults(view),
        how_to_read="Orsakerna är arbetsgruppens bedömningar. Siffrorna kan stödja en orsak men inte bevisa den.",
    )


def _count_title(count: int, supported: int, dismissed: int) -> str:
    of = f"av {cardinal(count)} misstänkta orsaker" if count > 1 else "misstänkt orsak"
    if supported:
        return f"{capitalise(cardinal(supported, common=True))} {of} har stöd"
    if dismissed == count:
        return "Alla misstänkta orsaker är avfärdade" if count > 1 else "Den misstänkta orsaken är avfärdad"
    return f"Ingen {of} har stöd ännu" if count > 1 else "Den misstänkta orsaken är inte avgjord"


def _standing(item: Hypothesis) -> Standing:
    if item.is_dismissed:
        return Standing.DISMISSED
    return Standing.OPEN if item.is_open else Standing.SUPPORTED


def _strength(item: Hypothesis) -> str:
    return {"stark": "starkt", "måttlig": "måttligt", "svag": "svagt"}[item.strength]


def _sentence(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _effect(found: Sequence[Hypothesis]) -> str:
    said = list(dict.fromkeys(item.deviation for item in found if item.deviation))
    return said[0] if len(said) == 1 else "Det som avviker"


def _cause(item: Hypothesis) -> Cause:
    return Cause(f"{item.id}. {item.cause}", _standing(item))


def _by_category(found: Iterable[Hypothesis]) -> list[Branch]:
    by: dict[str, list[Cause]] = {category: [] for category in (*CATEGORIES, NO_CATEGORY)}
    for item in found:
        by[item.category or NO_CATEGORY].append(_cause(item))
    return [Branch(capitalise(category), tuple(items)) for category, items in by.items() if items]


def hypotheses_table(view: CauseView, found: Sequence[Hypothesis]) -> Table:
    """Return all that is written of each hypothesis."""
    rows: list[tuple[Value, ...]] = [
        (
            item.id, item.deviation, item.cause, item.evidence_for, item.evidence_against, item.exhibit,
            item.to_find_out, item.owner, "" if item.due is None else date(item.due), item.conclusion, item.strength,
        )
        for item in found
    ]  # fmt: skip
    return Table(
        caption=f"Hypoteser om {view.area.in_text} i {view.case.name}",
        columns=(
            Column("nr", "Nr"),
            Column("avvikelse", "Avvikelse"),
            Column("orsak", "Misstänkt orsak"),
            Column("for", "Belägg för"),
            Column("emot", "Belägg emot"),
            Column("pekar", "Pekar på"),
            Column("behover", "Vad vi mer behöver veta"),
            Column("vem", "Vem"),
            Column("senast", "Senast"),
            Column("slutsats", "Slutsats"),
            Column("styrka", "Styrka"),
        ),
        rows=tuple(rows),
    )


class HypothesesCase(CauseCase):
    """A case with the hypotheses and what is still open."""

    def driver_diagram(self) -> Exhibit:
        """Visa de misstänkta orsakerna under det som avviker, som ett drivdiagram."""
        found = hypotheses_of(self.view)
        if not found:
            return nothing("drivdiagram", _TITLE, _none_written(self.view))
        by: dict[str, list[Cause]] = {}
        for item in found:
            by.setdefault(item.deviation or "Avvikelsen är inte skriven", []).append(_cause(item))
        return Exhibit(
            id="drivdiagram",
            title=_TITLE,
            source=Source.MUNICIPALITY,
            alt="Ett drivdiagram: det som avviker till vänster, och de misstänkta orsakerna till höger om det.",
            figure=driver_diagram(
                capitalise(self.area.in_text), [Branch(label, tuple(items)) for label, items in by.items()]
            ),
            table=hypotheses_table(self.view, found),
        )

    def open_questions(self) -> Exhibit:
        """Visa vad som ännu inte är avgjort: vad som ska tas reda på, av vem och när."""
        title, name = "Det som inte är avgjort", "inte-avgjort"
        found = [item for item in hypotheses_of(self.view) if item.is_open]
        if not hypotheses_of(self.view):
            return nothing(name, title, _none_written(self.view))
        if not found:
            return nothing(name, title, "Alla hypoteser har en slutsats.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.MUNICIPALITY,
            alt=None,
            table=Table(
                caption=f"Öppna frågor om {self.area.in_text}",
                columns=(
                    Column("nr", "Nr"),
                    Column("orsak", "Misstänkt orsak"),
                    Column("behover", "Vad vi mer behöver veta"),
                    Column("vem", "Vem"),
                    Column("senast", "Senast"),
                    Column("saknas", "Saknas"),
                ),
                rows=tuple(
                    (
                        item.id, item.cause, item.to_find_out, item.owner,
                        "" if item.due is None else date(item.due), join(list(item.lacks)) if item.lacks else "",
                    )
                    for item in found
                ),
            ),
        )  # fmt: skip

    def first_hypotheses(self) -> Exhibit:
        """Visa förslag på de första raderna i formuläret med hypoteser, skrivna ur siffrorna."""
        title, name = "Första rader till hypoteserna", "forslag-hypoteser"
        view, found = self.view, self.view.driven
        rows: list[tuple[Value, ...]] = []
        if found is not None:
            rows += [
                (f"{capitalise(item.told)}: {plain(item.mnkr, signed=True)} miljoner kronor mot {view.than}.",
                 item.words.ask, driver_point(view, item), "Drivkrafter")
                for item in found.sure
            ]  # fmt: skip
        rows += [
            (beside_sentence(view, judged), item.ask, "", "Bredvid kostnaden")
            for item, judged in standing_out(view)
        ]
        if not rows:
            return nothing(name, title, "Siffrorna pekar inte ut någon avvikelse att börja med.", flags=())
        return Exhibit(
            id=name,
            title=title,
            source=Source.OWN,
            alt=None,
            how_to_read=(
                "Siffrorna säger vad som avviker, inte varför. Orsaken skriver de som känner verksamheten, "
                "med vad som talar för och emot."
            ),
            table=Table(
                caption=f"Förslag till formuläret Hypoteser om orsaker, {view.area.in_text}",
                columns=(
                    Column("avvikelse", "Avvikelse"),
                    Column("behover", "Vad vi mer behöver veta"),
                    Column("belagg", "Siffrorna bakom"),
                    Column("pekar", "Pekar på"),
                ),
                rows=tuple(rows),
            ),
        )


def _none_written(view: CauseView) -> str:
    return (
        _faults(view)
        or f"Arbetsgruppen har inte skrivit några hypoteser om området i {HYPOTHESES_FILE.name}."
    )
