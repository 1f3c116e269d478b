"""What a municipality's reports rest on, whether they can be made again, and what has been revised since.

Every report carries marks of its snapshot, the municipality's own files, its locks, its notebook and the library
(`basis`). Here they are set against what there is now.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from effektiv.data.catalogue import load_catalogue
from effektiv.data.contents import checksum_of
from effektiv.data.snapshot import (
    EXAMPLE_AFTER,
    Snapshot,
    compare_snapshots,
    data_folder,
    list_snapshots,
    open_snapshot,
)
from effektiv.errors import SnapshotError
from effektiv.params import Params, shown
from effektiv.params.kept import kept, mark_of
from effektiv.params.locks import Lock
from effektiv.render.fingerprint import library_checksum, notebook_checksum
from effektiv.render.pages import Record, is_unreadable, read_record
from effektiv.render.runner import RUN_FILE
from effektiv.render.tasks import DEFAULT_FORMATS, FORMATS
from effektiv.steg import STEPS, Step, step_of

SNAPSHOT, OWN, LOCKS, NOTEBOOK, LIBRARY = "frysning", "params", "las", "notebook", "bibliotek"
"""Keys of what a report rests on."""

FIRST_LOCKED = 3
"""The first step that reads locks."""

AGAIN = "omgjord"
"""Folder that a report is made again in, so that the one that is there stays."""

_LENGTH = 16
_MOST = 20
"""So many revised values are listed."""

_GENDERS = {"T": "", "K": ", kvinnor", "M": ", män"}


def basis(snapshot: Snapshot, params: Params) -> dict[str, str]:
    """Return the marks of what all reports of a municipality rest on, but for locks and notebooks."""
    return {
        SNAPSHOT: checksum_of(snapshot)[:_LENGTH],
        OWN: mark_of(params.folder),
        LIBRARY: library_checksum()[:_LENGTH],
    }


def basis_of(
    common: Mapping[str, str], params: Params, steg: int | None, omrade: str, notebook: Path
) -> dict[str, str]:
    """Return the marks of what one report rests on, those of `basis` among them."""
    locks = locks_of(params, steg, omrade)
    return {
        **common,
        LOCKS: "; ".join(f"{name} {told}" for name, told in locks.items()),
        NOTEBOOK: notebook_checksum(notebook)[:_LENGTH],
    }


def locks_of(params: Params, steg: int | None, omrade: str) -> dict[str, str]:
    """Return the day and the checksum of each lock that a report reads, by the lock's name.

    A focus area's report reads the area's own and those of months, a topic's all there are.
    """
    if steg is None or steg < FIRST_LOCKED:
        return {}
    found = {
        Path(address).stem: lock
        for said in params.files.values()
        for address, lock in said.items()
        if isinstance(lock, Lock)
    }
    is_topic = omrade in step_of(steg).topics
    return {
        name: f"{entry['datum']} {str(entry['sha256'])[:_LENGTH]}"
        for name, lock in sorted(found.items())
        if (is_topic or name == omrade or name[:1].isdigit()) and (entry := lock.latest) is not None
    }


@dataclass(frozen=True)
class ChainLink:
    """A report and what it rests on.

    Attributes
    ----------
    record
        What the report says of itself.
    formats
        Its files.
    lacks
        Swedish clauses on what is no longer as it was; empty when it can be made again as it is.
    changed
        Swedish clauses on what has changed since, and is kept as it was.
    """

    record: Record
    formats: tuple[str, ...]
    lacks: tuple[str, ...]
    changed: tuple[str, ...]


@dataclass(frozen=True)
class Revised:
    """What has been revised since a snapshot that reports rest on.

    Attributes
    ----------
    old, new
        Names of the snapshots.
    own
        The municipality's own revised and withdrawn values; columns as `compare_snapshots`.
    counts
        How many values are ``ny``, ``reviderad``, ``borttagen``: the municipality's and all others'.
    """

    old: str
    new: str
    own: pd.DataFrame
    counts: tuple[Mapping[str, int], Mapping[str, int]]


@dataclass(frozen=True)
class Chain:
    """The reports of a municipality, step by step.

    Attributes
    ----------
    name, code
        The municipality.
    ut
        Folder of the reports.
    links
        The reports there are, by step and topic.
    failures
        What went wrong in the latest run, by step and topic.
    unreadable
        Reports that say nothing of themselves.
    notebooks
        Steps that there are notebooks of.
    revised
        Once for each older snapshot.
    unknown
        Sentences on comparisons that could not be made.
    own
        Mark of the municipality's own files now.
    """

    name: str
    code: str
    ut: Path
    links: tuple[ChainLink, ...]
    failures: Mapping[tuple[int, str], str]
    unreadable: tuple[Path, ...]
    notebooks: frozenset[int]
    revised: tuple[Revised, ...]
    unknown: tuple[str, ...]
    own: str


def chain_of(
    ut: Path,
    code: str,
    name: str,
    folder: str,
    params: Params,
    notebooks: Mapping[tuple[int, str], Path],
    root: Path,
) -> Chain:
    """Return what a municipality's reports rest on.

    Parameters
    ----------
    ut
        Folder of the reports.
    code, name
        The municipality.
    folder
        Name of its folder there.
    params
        What its own files say now.
    notebooks
        The notebooks there are, by step and topic.
    root
        Folder of the municipalities' own folders, beside which they are kept as they were.
    """
    links, unreadable = [], []
    opened = _Opened()
    own = mark_of(params.folder)
    for step in STEPS.values():
        place = ut / folder / step.folder
        for path in sorted(place.glob("*.html"), key=lambda path: step.order(path.stem)):
            record = read_record(path)
            if record is not None:
                was = record.grund.get(OWN, "")
                are_kept = was == own or kept(root, code, was) is not None
                lacks = tuple(_lacks(record, opened, params, notebooks, own_kept=are_kept))
                changed = tuple(_changed(record, params, own)) if are_kept else ()
                formats = tuple(name for name in FORMATS if path.with_suffix(f".{name}").is_file())
                links.append(ChainLink(record, formats, lacks, changed))
            elif is_unreadable(path):
                unreadable.append(path)
    names = list(dict.fromkeys(link.record.frysning for link in links))
    revised, unknown = _all_revised(names, opened, code)
    return Chain(
        name, code, ut, tuple(links), _failures(ut, code), tuple(unreadable),
        frozenset(steg for steg, _ in notebooks), tuple(revised), tuple(unknown), own,
    )  # fmt: skip


class _Opened:
    """Snapshots by name, each opened once; None where it is gone or damaged, with the sentence that says so."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Snapshot | None, str]] = {}

    def __call__(self, name: str) -> tuple[Snapshot | None, str]:
        if name not in self._found:
            try:
                self._found[name] = open_snapshot(name), ""
            except SnapshotError as error:
                self._found[name] = None, str(error)
        return self._found[name]


def _lacks(
    record: Record,
    opened: _Opened,
    params: Params,
    notebooks: Mapping[tuple[int, str], Path],
    *,
    own_kept: bool,
) -> Iterator[str]:
    """Yield clauses on what a report rests on that is no longer as it was."""
    was = record.grund
    if not was:
        yield "rapporten säger inte vad den vilar på, för den är gjord av en tidigare version av arbetsboken"
        return
    snapshot, _ = opened(record.frysning)
    if snapshot is None:
        yield f"frysningen {record.frysning} finns inte hel i {data_folder().as_posix()}; hämta tillbaka dess mapp"
    elif checksum_of(snapshot)[:_LENGTH] != was.get(SNAPSHOT):
        yield f"frysningen {record.frysning} har ett annat innehåll än då; hämta tillbaka mappen som den var"
    if not own_kept:
        yield (
            f"kommunens egna uppgifter i {_own_folder(params)} eller nätverkens filer har ändrats sedan dess;"
            " hämta tillbaka dem som de var"
        )
    path = notebooks.get((record.steg or 0, record.omrade))
    if path is None:
        yield "notebooken finns inte längre"
    elif notebook_checksum(path)[:_LENGTH] != was.get(NOTEBOOK):
        yield f"notebooken {'/'.join(path.parts[-2:])} har ändrats sedan dess"
    if library_checksum()[:_LENGTH] != was.get(LIBRARY):
        yield (
            f"arbetsboken är en annan än då; den som behövs är version {record.version} med märket"
            f" {was.get(LIBRARY, '')}, och nu är märket {library_checksum()[:_LENGTH]}"
        )


def _own_folder(params: Params) -> str:
    return "params" if params.folder is None else shown(params.folder)


def _changed(record: Record, params: Params, own: str) -> Iterator[str]:
    """Yield clauses on the municipality's own files and locks that have changed since, and are kept as they were."""
    was = record.grund
    if not was:
        return
    if was.get(OWN, "") != own:
        yield (
            f"kommunens egna uppgifter i {_own_folder(params)} eller nätverkens filer har ändrats sedan dess,"
            " men är sparade som de var"
        )
    now = locks_of(params, record.steg, record.omrade)
    for told in filter(None, was.get(LOCKS, "").split("; ")):
        name, _, mark = told.partition(" ")
        if name not in now:
            yield f"låset {name} finns inte längre"
        elif now[name] != mark:
            yield f"låset {name} har låsts om sedan dess"


def _failures(ut: Path, code: str) -> dict[tuple[int, str], str]:
    """Return what went wrong in the latest run; nothing where that cannot be read, which the next run writes anew."""
    try:
        content = json.loads((ut / RUN_FILE).read_text(encoding="utf-8"))
        return {
            (int(item["steg"]), str(item["omrade"])): str(item["fel"])
            for item in content["reports"]
            if item["kommun"] == code and item["status"] == "fel"
        }
    except (OSError, ValueError, TypeError, KeyError):
        return {}


# What has been revised -------------------------------------------------------------------------


def _all_revised(names: Sequence[str], opened: _Opened, code: str) -> tuple[list[Revised], list[str]]:
    """Compare each snapshot that reports rest on with the newest of its kind."""
    revised, unknown = [], []
    for name in names:
        old, fault = opened(name)
        if old is None:
            unknown.append(f"Vad som har reviderats sedan {name} går inte att säga. {fault}")
            continue
        try:
            new = _newest(old, names)
        except SnapshotError as error:
            unknown.append(f"Vad som har reviderats sedan {name} går inte att säga. {error}")
            continue
        if new is not None and new.path != old.path:
            revised.append(_revised(old, new, code))
    return revised, unknown


def _newest(old: Snapshot, names: Sequence[str]) -> Snapshot | None:
    """Return the newest snapshot of the same kind of values; of the example data only one that a report rests on."""
    if old.is_example:
        return open_snapshot(EXAMPLE_AFTER) if EXAMPLE_AFTER in names else None
    newest = next((found.name for found in list_snapshots() if found.kind != "exempel"), None)
    return None if newest is None else open_snapshot(newest)


def _revised(old: Snapshot, new: Snapshot, code: str) -> Revised:
    changes = compare_snapshots(old, new)
    is_own = changes["municipality"] == code
    own = changes[is_own & (changes["change"] != "ny")].reset_index(drop=True)
    mine, others = (
        {str(change): int(count) for change, count in changes["change"][rows].value_counts().items()}
        for rows in (is_own, ~is_own)
    )
    return Revised(old.name, new.name, own, (mine, others))


# What is said ----------------------------------------------------------------------------------


def told(chain: Chain) -> Iterator[str]:
    """Yield what `effektiv status --kedja` writes, line by line."""
    yield f"{chain.name} ({chain.code}): vad rapporterna i {chain.ut.as_posix()} vilar på."
    for step in STEPS.values():
        yield ""
        yield f"Steg {step.number}, {step.name.lower()}"
        yield from _step(chain, step)
    for path in chain.unreadable:
        yield f"Rapporten {path.as_posix()} går inte att läsa; gör om den med effektiv rendera."
    if chain.links:
        yield ""
        yield from _told_revised(chain)


def _step(chain: Chain, step: Step) -> Iterator[str]:
    assert step.number is not None
    groups: dict[tuple[object, ...], list[ChainLink]] = {}
    for link in chain.links:
        if link.record.steg == step.number:
            groups.setdefault(_alike(link), []).append(link)
    for group in groups.values():
        yield from _group(chain, step.number, group)
    for (steg, omrade), fault in chain.failures.items():
        if steg == step.number:
            yield f"  {omrade}: misslyckades i den senaste körningen. {fault}"
    if groups:
        return
    if step.number not in chain.notebooks:
        yield "  Steget har inga notebookar i den här arbetsboken."
    elif all(steg != step.number for steg, _ in chain.failures):
        yield f"  Ingen rapport är gjord; gör dem med: effektiv rendera --kommun {chain.code} --steg {step.number}"


def _alike(link: ChainLink) -> tuple[object, ...]:
    """Return what reports that are told together have in common."""
    record, was = link.record, link.record.grund
    common = tuple(was.get(key, "") for key in (SNAPSHOT, OWN, LIBRARY))
    return (
        record.frysning,
        record.framstalld,
        record.version,
        common,
        link.formats,
        record.med_underlag,
        bool(link.lacks),
    )


def _group(chain: Chain, steg: int, links: Sequence[ChainLink]) -> Iterator[str]:
    record, formats = links[0].record, links[0].formats
    was = record.grund
    made = f"gjord{'' if len(links) == 1 else 'a'} {record.framstalld}"
    yield f"  {_listed(link.record.omrade for link in links)}, {made}" + (
        f" med version {record.version}" if record.version else ""
    )
    if was:
        own = f"egna uppgifter {was[OWN]}" if was.get(OWN) else "inga egna uppgifter"
        yield f"    frysning {record.frysning} ({was.get(SNAPSHOT, '')}), {own}, arbetsbok {was.get(LIBRARY, '')}"
        locks = dict.fromkeys(
            told for link in links for told in link.record.grund.get(LOCKS, "").split("; ") if told
        )
        if steg >= FIRST_LOCKED:
            yield f"    lås: {'; '.join(locks) or 'inga'}"
    lacks = dict.fromkeys(clause for link in links for clause in link.lacks)
    for clause in dict.fromkeys(clause for link in links for clause in link.changed):
        yield f"    OBS: {clause}."
    for clause in lacks:
        yield f"    Blir inte likadan{'' if len(links) == 1 else 'a'}: {clause}."
    if not lacks:
        areas = " ".join(f"--omrade {link.record.omrade}" for link in links)
        asked = "" if set(formats) == set(DEFAULT_FORMATS) else f" --format {','.join(formats)}"
        underlag = " --underlag" if record.med_underlag else ""
        earlier = f" --uppgifter {was[OWN]}" if was.get(OWN) and was[OWN] != chain.own else ""
        yield (
            f"    görs om med: effektiv rendera --kommun {chain.code} --steg {steg} {areas}"
            f" --data {record.frysning}{earlier}{asked}{underlag} --ut {AGAIN}"
        )


def _listed(names: Iterable[str]) -> str:
    *most, last = names
    return f"{', '.join(most)} och {last}" if most else last


def _told_revised(chain: Chain) -> Iterator[str]:
    yield from chain.unknown
    if not chain.revised and not chain.unknown:
        yield "Inget nyare datauttag finns än det som rapporterna vilar på, så inget är reviderat sedan dess."
    labels = {kpi.id: kpi.label for kpi in load_catalogue().kpis.values()}
    for found in chain.revised:
        mine, others = found.counts
        yield f"Sedan {found.old} har i {found.new}:"
        yield f"  {chain.name}: {_counted(mine)}."
        for row in found.own.head(_MOST).to_dict("records"):
            label = labels.get(str(row["kpi"]), "")
            after = "borttaget" if pd.isna(row["after"]) else _number(row["after"])
            yield (
                f"    {row['kpi']} {label}, år {row['year']}{_GENDERS[str(row['gender'])]}: "
                f"{_number(row['before'])} blev {after}"
            )
        if len(found.own) > _MOST:
            yield f"    och {len(found.own) - _MOST} till."
        yield f"  Alla andra: {_counted(others)}."


def _counted(counts: Mapping[str, int]) -> str:
    new, revised, gone = (int(counts.get(change, 0)) for change in ("ny", "reviderad", "borttagen"))
    return f"{revised} reviderade, {gone} borttagna och {new} nya värden"


def _number(value: float) -> str:
    """Write a value as a Swede does, with the decimals it has but at most four."""
    text = f"{value:,.4f}".rstrip("0").rstrip(".")
    return text.replace(",", "\N{NO-BREAK SPACE}").replace(".", ",").replace("-", "\N{MINUS SIGN}")
