"""Who took part in the same project: they are nobody's example, for they have done something too."""

from __future__ import annotations

from dataclasses import dataclass

from effektiv.params import params_root
from effektiv.params.networks import network_files, read_network
from effektiv.params.registry import Known
from effektiv.steps.base import Case


@dataclass(frozen=True)
class Fellowship:
    """The networks that a municipality takes part in.

    Attributes
    ----------
    others
        Codes of all others that take part, in order.
    starts
        By id of focus area: the first year in which its measures can have an effect, as the network's file has it.
    faults
        Sentences on files that cannot be read.
    """

    others: tuple[str, ...] = ()
    starts: tuple[tuple[str, int], ...] = ()
    faults: tuple[str, ...] = ()

    def start(self, area: str) -> int | None:
        """Return the earliest start in an area; None where no network says one."""
        return min((year for key, year in self.starts if key == area), default=None)


def fellows(case: Case) -> Fellowship:
    """Return who took part with a municipality, from the networks beside its folder."""
    folder = case.params.folder
    root = params_root() if folder is None else folder.parent
    known = Known(case.snapshot.places, tuple(case.catalogue.areas))
    others: dict[str, None] = {}
    starts, faults = [], []
    for path in network_files(root):
        said = read_network(path, known).said
        if said is None:
            faults.append(
                f"Nätverket {path.stem} går inte att läsa, så dess deltagare räknas med bland de andra."
            )
            continue
        own = [item for item in said.participants if item.code == case.municipality]
        if own:
            others |= dict.fromkeys(item.code for item in said.participants if item.code != case.municipality)
            starts += [(area, said.start_of(item)) for item in own for area in item.areas]
    return Fellowship(tuple(sorted(others)), tuple(starts), tuple(faults))
