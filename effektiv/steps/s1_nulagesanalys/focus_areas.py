"""The basis for choosing focus areas, completed by the municipality's own text."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from effektiv.exhibits.context import Context
from effektiv.exhibits.exhibit import (
    Block,
    Bullets,
    Exhibit,
    Source,
    Strong,
    SubHeading,
    Text,
    own_paragraphs,
)
from effektiv.exhibits.series import lower_first
from effektiv.exhibits.swedish import amount, join, sentence, years_held
from effektiv.steps.s1_nulagesanalys.services import (
    ServicesCase,
    ServiceView,
    candidates_sentence,
    quarters_text,
    when_of,
)


@dataclass(frozen=True)
class OwnChoice:
    """What the municipality has decided and written itself (params/).

    `areas` holds the names of the focus areas it has chosen; the rest are its own words,
    None where nothing is written.
    """

    areas: tuple[str, ...]
    reasons: str | None = None
    limits: str | None = None
    decision: str | None = None
    record_number: str | None = None


class FocusAreasCase(ServicesCase):
    """The choice of focus areas."""

    @cached_property
    def own_choice(self) -> OwnChoice:
        """What the municipality has decided and written itself."""
        own = self.params.overview
        return OwnChoice(
            areas=tuple(self.catalogue.areas[area].label for area in own.focus_areas),
            reasons=own.reasons,
            limits=own.limits,
            decision=own.decision,
            record_number=own.record_number,
        )

    def problem_statement(self) -> Exhibit:
        """Visa underlaget för valet av fokusområden."""
        context, views, own = self.context, self._views, self.own_choice
        chosen = (
            f"{context.name} har valt {join([lower_first(name) for name in own.areas])}."
            if own.areas
            else f"{context.name} har ännu inte skrivit in sitt val i params-mappens oversikt.yaml."
        )
        blocks: list[Block | str] = [
            SubHeading("Vad siffrorna pekar på"),
            candidates_sentence(context, views),
            SubHeading("Verksamheter med fokusområde i arbetsboken"),
            Bullets(tuple(_focus_line(context, view) for view in views if view.service.focus_area)),
            SubHeading("Kommunens val"),
            chosen,
            *own_paragraphs(own.reasons),
        ]
        if own.limits:
            blocks += [SubHeading("Avgränsning"), *own_paragraphs(own.limits)]
        blocks += [
            sentence([f"{label}: {text}"])
            for label, text in (("Beslut", own.decision), ("Diarienummer", own.record_number))
            if text
        ]
        return Exhibit(
            id="problemformulering",
            title=f"Underlag för val av fokusområden i {context.name}",
            source=Source.OWN,
            alt=None,
            blocks=tuple(blocks),
            how_to_read="Stycken märkta ”Kommunens text” kommer från kommunens params-mapp. Resten är skrivet av siffrorna.",
            flags=self.flags(*self._deviations, *self._indices),
        )


def _focus_line(context: Context, view: ServiceView) -> Text:
    parts = ["Nettokostnadsavvikelse saknas."]
    if view.has("gap_mnkr"):
        side = "över" if view.value("gap_mnkr") > 0 else "under"
        held = years_held(int(view.row["years_same_sign"]), int(view.row["years_judged"]))
        worth = amount(abs(view.value("gap_mnkr")), "mnkr", 1)
        parts = [f"{worth} {side} referenskostnaden {when_of(context, view)}. Så var det {held}."]
    parts.append(f"Kvalitet: {quarters_text(view, 'quality')}.")
    return (Strong(f"{view.service.label}: "), " ".join(parts))
