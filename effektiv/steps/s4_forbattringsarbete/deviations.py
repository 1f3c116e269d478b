"""What deviates, what is done about it, by whom and by when: the points of a page that begins with deviations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from effektiv.analysis.spc import Variation
from effektiv.exhibits.swedish import join, lower_first
from effektiv.steps.s4_forbattringsarbete.indicators import signal_sentence
from effektiv.steps.s4_forbattringsarbete.money import deviations
from effektiv.steps.s4_forbattringsarbete.progress import behind, late_milestones
from effektiv.steps.s4_forbattringsarbete.status import DeviationAction, actions_on
from effektiv.steps.s4_forbattringsarbete.view import FollowUpView
from effektiv.steps.s4_forbattringsarbete.words import kronor, month_name

MONEY, INDICATOR, MEASURE = "pengar", "indikator", "åtgärd"


@dataclass(frozen=True)
class Deviation:
    """One thing that deviates.

    Attributes
    ----------
    kind
        `MONEY`, `INDICATOR` or `MEASURE`.
    name
        Of the activity, the indicator or the measure.
    text
        What deviates, in whole sentences.
    is_bad
        Whether something must be done about it; what has become better is told too, and asks for nothing.
    actions
        What is done about it.
    """

    kind: str
    name: str
    text: str
    is_bad: bool
    actions: tuple[DeviationAction, ...] = ()

    def to_text(self) -> str:
        """Write it with what is done, by whom and by when."""
        if not self.actions:
            return self.text
        first = self.actions[0]
        who = f" Ansvarig: {lower_first(first.owner)}" if first.owner else ""
        when = f"senast {month_name(first.due.isoformat()[:7])}" if first.due is not None else ""
        tail = f"{who}, {when}." if who and when else f"{who}." if who else f" Klart {when}." if when else ""
        action = first.text.rstrip(".")
        return f"{self.text} {action}.{tail}"


def found_in(view: FollowUpView) -> tuple[Deviation, ...]:
    """Return all that deviates, the worst first: worsened indicators, forecasts over budget, measures behind, what is better."""
    bad = [
        Deviation(
            INDICATOR, item.name, signal_sentence(item), True, actions_on(view.actions, item.id, item.name)
        )
        for item in view.signalling
        if item.chart.variation is not Variation.BETTER
    ]
    money = [
        Deviation(
            MONEY, str(name), f"{name}: prognosen för året är {kronor(value)} över budget.", True,
            actions_on(view.actions, str(name)),
        )
        for name, value in deviations(view).items()
        if value < 0
    ]  # fmt: skip
    work = [
        Deviation(
            MEASURE, item.id, _behind_sentence(view, item.id, item.name), True,
            actions_on(view.actions, item.id, item.name),
        )
        for item in behind(view)
    ]  # fmt: skip
    good = [
        Deviation(INDICATOR, item.name, signal_sentence(item), False)
        for item in view.signalling
        if item.chart.variation is Variation.BETTER
    ]
    return (*_alternate(money, bad), *work, *good)


def _alternate(one: Sequence[Deviation], other: Sequence[Deviation]) -> list[Deviation]:
    """Join two lists by taking from each in turn, so that neither drives the other off the page."""
    longest = max(len(one), len(other))
    return [item for place in range(longest) for some in (one, other) for item in some[place : place + 1]]


def _behind_sentence(view: FollowUpView, measure: str, name: str) -> str:
    late = [item for item in late_milestones(view) if item.measure.casefold() == measure.casefold()]
    if late:
        when = month_name(late[0].planned.isoformat()[:7])
        return f"{measure} {name}: {lower_first(late[0].name)} skulle ha varit klart i {when}."
    status = view.standings[measure.casefold()]
    return f"{measure} {name}: efter sin plan. {status.comment}".strip()


def without_action(found: Sequence[Deviation]) -> str:
    """Say which bad deviations nobody has written anything about; empty where all have."""
    names = [
        lower_first(item.name) if item.kind == INDICATOR else item.name
        for item in found
        if item.is_bad and not item.actions
    ]
    if not names:
        return ""
    more = f" och {len(names) - 3} till" if len(names) > 3 else ""
    listed = ", ".join(names[:3]) + more if more else join(names)
    return f"Bestäm vad som görs, vem och till när: {listed}."


def late_actions(view: FollowUpView) -> tuple[DeviationAction, ...]:
    """Return the actions that should have been done by now."""
    return tuple(
        item for item in view.actions if item.done is None and item.due is not None and item.due <= view.day
    )
