"""The one page of a municipality that has no project to end, or nothing to show of it."""

from __future__ import annotations

from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.steps.form import Lead, Said, first_page
from effektiv.steps.s5_avslutning.view import ClosingView


def thin_page(view: ClosingView, said: Said) -> Exhibit:
    """Return the page: what there is, what is missing, and how to get it."""
    if view.start is None:
        title = f"Inget arbete har börjat i {view.area.in_text}"
        lacking = "Det finns varken ett låst mål, åtgärder med en start eller ett startår att räkna från."
    else:
        title = f"Det finns inga värden att jämföra för {view.area.in_text}"
        lacking = f"Inget av områdets nyckeltal har värden både före och efter {view.start}."
    count = len(view.measures)
    measures = (
        f"{capitalise(cardinal(count, common=True))} {'åtgärd är skriven' if count == 1 else 'åtgärder är skrivna'}."
        if count
        else "Inga åtgärder är skrivna."
    )
    return first_page(
        title,
        None,
        [lacking, measures, *view.notes],
        [
            Lead("Lås målet innan arbetet börjar, så finns det ett nyckeltal att pröva."),
            Lead("Skriv startåret i avslutning.yaml, eller start för varje åtgärd i atgarder.xlsx."),
        ],
        said,
        heading="Så blir det en rapport",
    )
