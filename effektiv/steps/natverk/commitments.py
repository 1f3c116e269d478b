"""How far the participants have come: the five commitments, and the steps that they have files of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.missing import nothing
from effektiv.exhibits.swedish import capitalise, cardinal
from effektiv.exhibits.table import Column, Table
from effektiv.params.registry import registered
from effektiv.steg import STEPS
from effektiv.steps.natverk.members import MembersCase, some_names
from effektiv.steps.s3_atgarder.facts import COMMITMENTS, STATUSES, promises, times
from effektiv.steps.wording import fit

MOST_SHOWN = 15
"""More participants than this are in the underlag's table only."""

_LABELS = {
    "ledningsbeslut": "Ledningsbeslut",
    "arbetstid": "Arbetstid",
    "styrgrupp": "Styrgrupp",
    "kontaktperson": "Kontaktperson",
    "arbetsgrupp": "Arbetsgrupp",
}


@dataclass(frozen=True)
class Progress:
    """How far one participant has come.

    Attributes
    ----------
    code
        Which municipality.
    promised
        Word for each commitment, by key; empty where nothing is written.
    step
        The last step that its folder has files of; None where it has no folder.
    planned
        The last step of its time plan, and its last month as ``2027-05``; None where there is no plan.
    """

    code: str
    promised: dict[str, str]
    step: int | None
    planned: tuple[int, str] | None

    @property
    def kept(self) -> int:
        """How many of the commitments are kept."""
        return sum(word == STATUSES["klart"] for word in self.promised.values())


class CommitmentsCase(MembersCase):
    """A network that knows how far its participants have come."""

    @cached_property
    def progress(self) -> tuple[Progress, ...]:
        """One for each participant."""
        return tuple(self._progress(item.code) for item in self.network.participants)

    def _progress(self, code: str) -> Progress:
        params = self.params_of(code)
        promised = {
            key: "" if promise is None or promise.status is None else STATUSES[promise.status]
            for key, promise in promises(params).items()
        }
        steps = [kind.step for kind in registered() if kind.name in params.files]
        # kommun.yaml is of no kind among the files, and all that a folder of step 1 needs.
        step = None if params.folder is None else max(steps, default=1)
        last = max(times(params), key=lambda item: item.step, default=None)
        planned = None if last is None else (last.step, f"{last.end:%Y-%m}")
        return Progress(code, promised, step, planned)


def commitments_finding(case: CommitmentsCase) -> Exhibit:
    """Show the status of the commitments and steps over all participants."""
    name, told = "utfastelser", [item for item in case.progress if item.step is not None]
    without = [case.called(item.code) for item in case.progress if item.step is None]
    if not told:
        return nothing(
            name,
            "Ingen deltagare har lämnat sina uppgifter",
            "Hur långt utfästelserna och stegen har kommit står i kommunernas egna uppgifter, och ingen har lämnat några.",
            flags=(),
        )
    answered = [item for item in told if any(item.promised.values())]
    kept = sum(item.kept == len(COMMITMENTS) for item in answered)
    last = max(item.step for item in told if item.step is not None)
    furthest = some_names(case.called(item.code) for item in told if item.step == last)
    missing = (
        f"{some_names(without)} har inte lämnat några uppgifter."
        if len(without) < 4
        else f"{capitalise(cardinal(len(without)))} deltagare har inte lämnat några uppgifter."
    )
    return Exhibit(
        id=name,
        title=_title(kept, len(answered)),
        subtitle="De fem utfästelserna i inbjudan, och det sista steg som kommunen har filer från",
        source=Source.MUNICIPALITY,
        alt=None,
        blocks=(
            fit(
                [
                    missing if without else "",
                    f"Längst har {furthest} kommit, med filer från steg {last}.",
                    "En tom cell betyder att kommunen inte har svarat.",
                ]
            ),
        ),
        table=commitments_table(case, told[:MOST_SHOWN]),
    )


def _title(kept: int, told: int) -> str:
    if not told:
        return "Ingen deltagare har svarat om utfästelserna"
    if told == 1:
        return f"Den enda som har svarat har {'' if kept else 'inte '}uppfyllt alla fem utfästelser"
    if kept == told:
        return "Alla som har svarat har uppfyllt de fem utfästelserna"
    who = capitalise(cardinal(kept, common=True)) if kept else "Ingen"
    return f"{who} av {cardinal(told)} som har svarat har uppfyllt alla fem utfästelser"


def commitments_table(case: CommitmentsCase, found: list[Progress] | tuple[Progress, ...]) -> Table:
    """Return a row a participant."""
    return Table(
        caption="Utfästelser och steg",
        columns=(
            Column("kommun", "Kommun"),
            *(Column(key, label) for key, label in _LABELS.items()),
            Column("steg", "Sista steg med filer"),
            Column("plan", "Tidplan till"),
        ),
        rows=tuple(
            (
                case.called(item.code),
                *(item.promised[key] for key in _LABELS),
                "inga filer" if item.step is None else f"{item.step} {STEPS[item.step].name.lower()}",
                "" if item.planned is None else f"steg {item.planned[0]}, {item.planned[1]}",
            )
            for item in found
        ),
    )
