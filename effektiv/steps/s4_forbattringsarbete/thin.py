"""The one page of a municipality that has sent few months or none: what there is, what is missing, how to get it."""

from __future__ import annotations

from effektiv.analysis.panels import cell
from effektiv.exhibits.exhibit import Exhibit
from effektiv.exhibits.swedish import capitalise, cardinal, join, number
from effektiv.steps.form import Lead, Said, first_page
from effektiv.steps.s4_forbattringsarbete.economy import TOTAL
from effektiv.steps.s4_forbattringsarbete.view import FEWEST_MONTHS, FollowUpView, finite
from effektiv.steps.s4_forbattringsarbete.words import month_name, over_or_under

_MOST_NAMED = 4


def thin_page(view: FollowUpView, said: Said) -> Exhibit:
    """Return the page: with a month or two their values, never judged, without any what to begin with."""
    if view.month is None:
        return first_page(
            f"Inga månader är inlämnade för {view.what}",
            None,
            [
                "Det finns varken budget och utfall per månad eller indikatorer att följa.",
                _measures_sentence(view),
            ],
            [
                Lead(
                    "Lägg månadens ekonomi i mappen uppfoljning: formuläret, en lista ur ekonomisystemet eller en SIE-fil."
                ),
                Lead(
                    "Välj få indikatorer, helst tre till fem, och skriv dem i indikatorer.xlsx varje månad."
                ),
            ],
            said,
            heading="Så blir det en rapport",
        )
    count = cardinal(view.month_count, common=True)
    word = "månad" if view.month_count == 1 else "månader"
    return first_page(
        f"{capitalise(count)} {word} finns för {view.what}: för få för att skilja förändring från slump",
        None,
        [_money_sentence(view), _indicator_sentence(view), _measures_sentence(view)],
        [
            Lead(
                f"Från {cardinal(FEWEST_MONTHS)} månader visas kurvor, och från tolv prövas de mot slumpen."
            ),
            Lead(_lacking(view)),
        ],
        said,
        heading="Så blir det en rapport",
    )


def _money_sentence(view: FollowUpView) -> str:
    rows, month = view.by_activity, view.money_month
    if rows is None or month is None:
        return ""
    so_far = cell(rows, TOTAL, "budget_acc") - cell(rows, TOTAL, "actual_acc")
    text = f"Till och med {month_name(month)} är utfallet {over_or_under(so_far)}." if finite(so_far) else ""
    if finite(cell(rows, TOTAL, "deviation")):
        text += f" Prognosen för helåret är {over_or_under(cell(rows, TOTAL, 'deviation'))}."
    return text.strip()


def _indicator_sentence(view: FollowUpView) -> str:
    told = []
    for item in view.followed[:_MOST_NAMED]:
        target = "" if item.target is None else f" (mål {number(item.target, item.decimals)})"
        told.append(f"{item.name} {number(item.latest[1], item.decimals)}{target}")
    return f"Senaste värden: {join(told)}." if told else ""


def _measures_sentence(view: FollowUpView) -> str:
    count = len(view.measures)
    if not count:
        return "Inga åtgärder är skrivna."
    return f"{capitalise(cardinal(count, common=True))} {'åtgärd är skriven' if count == 1 else 'åtgärder är skrivna'}."


def _lacking(view: FollowUpView) -> str:
    if view.money_month is None:
        return "Budget och utfall saknas: lägg månadens ekonomi i mappen uppfoljning."
    if not view.followed:
        return "Indikatorer saknas: skriv tre till fem i indikatorer.xlsx varje månad."
    if not view.measures:
        return "Skriv åtgärderna i atgarder.xlsx, så följs de här."
    return "Skriv läget för varje åtgärd i status.xlsx."
