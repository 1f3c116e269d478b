"""The findings on governance: gaps between roles, areas, statements, what is written, and an earlier round."""

from __future__ import annotations

from collections.abc import Sequence

from effektiv.analysis.role_gaps import MEASURED, RoleGap
from effektiv.exhibits.charts import OpinionRow, Opinions, opinions
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.exhibits.saying import plain
from effektiv.exhibits.swedish import capitalise, cardinal, date, join, number
from effektiv.exhibits.table import Column, Table, Value
from effektiv.steps.s2_orsaksanalys.governance_view import (
    SCALE,
    AreaLevel,
    GovernanceView,
    groups_picture,
    markers,
)

_MOST_ROWS = 6
_ENDS = 3
_AGREED, _SPLIT = 0.5, 0.25
"""Agreement from which those who answered are called in agreement, and under which they are not."""


def governance_findings(view: GovernanceView) -> list[Exhibit]:
    """Return the findings that the answers carry, the most important first."""
    made = (gaps_finding, areas_finding, statements_finding, documents_finding, rounds_finding)
    return [exhibit for one in made if (exhibit := one(view)) is not None]


def gaps_finding(view: GovernanceView) -> Exhibit | None:
    """Show the statements that the roles answer most differently; None where no two roles can be compared."""
    gaps = [gap for gap in view.gaps.largest if gap.statement != view.asked.first.statement]
    if not gaps:
        return None
    sure = view.other_gaps
    shown = gaps[: max(_MOST_ROWS, min(len(sure), 2 * _MOST_ROWS))]
    subtitle = f"De största skillnaderna: {SCALE}"
    picture = groups_picture(
        view, [gap.statement for gap in shown], subtitle, {gap.statement for gap in sure}
    )
    steps = sum(gap.is_step for gap in gaps)
    also = view.sure_first is not None
    if sure:
        title = f"{capitalise(_many(len(sure)))} {'till ' if also else ''}skiljer rollerna mer än slumpen brukar göra"
    else:
        title = f"Inget {'annat ' if also else ''}påstående skiljer rollerna mer än slumpen brukar göra"
    return Exhibit(
        id="rollerna",
        title=title,
        subtitle=subtitle,
        source=Source.OWN,
        alt=picture.alt,
        figure=picture.figure,
        table=picture.table,
        blocks=(
            *([_gap_sentence(view, sure[0])] if sure else ()),
            f"{capitalise(_many(steps))} har minst ett steg mellan två roller. Med så få svar uppstår sådana avstånd "
            "ofta av en slump. "
            f"Här utpekas bara större skillnader: när rollerna tycker lika händer det i ungefär "
            f"{_of_hundred(MEASURED)} självskattningar av hundra.",
        ),
    )


def _many(count: int) -> str:
    return f"{cardinal(count)} påstående{'n' if count != 1 else ''}"


def _of_hundred(share: float) -> str:
    return cardinal(max(1, round(100 * share)), common=True)


def _gap_sentence(view: GovernanceView, gap: RoleGap) -> str:
    return (
        f"Störst är skillnaden om {view.about(gap.statement)}: {view.said(gap.high)} {plain(gap.high_mean)}, "
        f"{view.said(gap.low)} {plain(gap.low_mean)}."
    )


def areas_finding(view: GovernanceView) -> Exhibit:
    """Show level and spread of each area."""
    low, high = view.lowest[0], view.highest[0]
    groups = [
        group for group in view.shown.respondents if any(group in level.groups for level in view.levels)
    ]
    rows = [
        OpinionRow(
            level.area.label,
            (level.mean, *(level.groups.get(group) for group in groups))[: len(groups) + 1],
            number(level.mean, 1),
            level.area.id in (low.area.id, high.area.id),
        )
        for level in sorted(view.levels, key=lambda level: -level.mean)
    ]
    # The marks of the roles alone: with the mean of all there would be five of them.
    drawn = [
        OpinionRow(row.label, row.means[1:] if groups else row.means[:1], row.text, row.strong)
        for row in rows
    ]
    names = tuple(view.label(group) for group in groups) or ("Alla som har svarat",)
    split = min(view.levels, key=lambda level: level.agreement)
    return Exhibit(
        id="omraden",
        title=f"{capitalise(high.area.in_text)} får högst svar, {low.area.in_text} lägst",
        subtitle=f"Områdenas påståenden i snitt: {SCALE}; talet är allas medelvärde",
        source=Source.OWN,
        alt=f"Medelvärden för {len(rows)} områden, från {rows[0].label.lower()} {rows[0].text} till "
        f"{rows[-1].label.lower()} {rows[-1].text}.",
        figure=opinions(Opinions(tuple(drawn), names, markers(groups))),
        table=_areas_table(view, groups),
        blocks=(f"Minst eniga är de som har svarat om {split.area.in_text}. {_what_agreement(split)}",),
    )


def _what_agreement(level: AreaLevel) -> str:
    return (
        f"Enigheten där är {number(level.agreement, 1)}, på en skala där 1 betyder att alla svarar lika, "
        "0 att svaren sprids jämnt och \u22121 att de delar sig i två läger."
    )


def _areas_table(view: GovernanceView, groups: Sequence[str]) -> Table:
    columns = [
        Column("area", "Område"),
        Column("alla", "Alla", "number", decimals=1),
        Column("enighet", "Enighet", "number", decimals=2),
        *(
            Column(f"grupp{at}", view.label(group), "number", decimals=1, may_lack=True)
            for at, group in enumerate(groups)
        ),
    ]
    rows: list[tuple[Value, ...]] = [
        (level.area.label, level.mean, level.agreement, *(level.groups.get(group) for group in groups))
        for level in view.levels
    ]
    return Table(f"Nivå och enighet i varje område ({view.round.label})", tuple(columns), tuple(rows))


def statements_finding(view: GovernanceView) -> Exhibit | None:
    """Show the statements with the highest and the lowest answers; None where there are too few to choose from."""
    known = view.known
    if len(known) < 2 * _ENDS:
        return None
    ordered = sorted(known, key=lambda key: -known[key])
    rows: list[tuple[Value, ...]] = []
    for key in (*ordered[:_ENDS], *ordered[-_ENDS:]):
        spread = view.shown.spreads[key]
        rows.append((capitalise(view.about(key)), spread.mean, spread.median, spread.agreement, spread.n))
    lowest, highest = ordered[-1], ordered[0]
    agreed = view.shown.spreads[lowest].agreement
    tells = (
        f"Om {view.about(lowest)} är de som svarar ganska eniga."
        if agreed >= _AGREED
        else f"Men om {view.about(lowest)} går svaren isär."
        if agreed < _SPLIT
        else ""
    )
    return Exhibit(
        id="pastaenden",
        title=f"Högst svar får {view.about(highest)}, lägst {view.about(lowest)}",
        subtitle=f"De {cardinal(_ENDS)} påståenden som får högst svar och de {cardinal(_ENDS)} som får lägst",
        source=Source.OWN,
        alt=None,
        table=Table(
            f"Starkast och svagast ({view.round.label})",
            (
                Column("about", "Påstående om"),
                Column("medel", "Medel", "number", decimals=1),
                Column("median", "Median", "number", decimals=1),
                Column("enighet", "Enighet", "number", decimals=2),
                Column("svar", "Svar", "number"),
            ),
            tuple(rows),
        ),
        blocks=(
            *([tells] if tells else ()),
            "Några påståenden hamnar alltid ytterst, så börja med dem som också rollerna skiljer sig om.",
        ),
    )


def documents_finding(view: GovernanceView) -> Exhibit:
    """Show where there is a document behind the statements, and where nobody knows one."""
    rows: list[tuple[Value, ...]] = []
    empty = []
    for area in view.asked.areas:
        ids = {one.id for one in area.statements}
        there = ids & view.documented
        days = [one.date for one in view.round.documents if one.id in ids and one.date is not None]
        rows.append((area.label, len(ids), len(there), date(max(days)) if days else None))
        if not there:
            empty.append(area.in_text)
    found, every = len(view.documented), len(view.asked.statements)
    text = f"Inget dokument nämns om {join(empty)}." if empty else "I varje område nämns minst ett dokument."
    return Exhibit(
        id="dokument",
        title=f"För {number(found)} av {number(every)} påståenden vet någon var det står"
        if found
        else "Ingen har angett var något av det står",
        subtitle="Antal påståenden i varje område, och hur många av dem som någon har angett ett dokument för",
        source=Source.OWN,
        alt=None,
        table=Table(
            f"Var står det? ({view.round.label})",
            (
                Column("area", "Område"),
                Column("antal", "Påståenden", "number"),
                Column("med", "Med dokument", "number"),
                Column("senast", "Senaste dokument"),
            ),
            tuple(rows),
        ),
        blocks=(f"{text} Ett svar är vad någon anser; ett dokument går att slå upp.",),
    )


def rounds_finding(view: GovernanceView) -> Exhibit | None:
    """Show the areas beside an earlier round; None where there is none to show."""
    before = view.before
    if before is None:
        return None
    rows, cells = [], list[tuple[Value, ...]]()
    for level in view.levels:
        both = view.both_rounds(level.area)
        if both is not None:
            now, then = both
            is_moved = bool(view.changed.get(level.area.id))
            change = number(round(now, 1) - round(then, 1), 1, signed=True)
            rows.append(OpinionRow(level.area.label, (now, then), change, is_moved))
            cells.append((level.area.label, then, now, "ja" if is_moved else "nej"))
    if not rows:
        return None
    moved = moved_areas(view)
    title = (
        f"Svaren {moved} mer än slumpen kan ge"
        if moved
        else f"Inget område har ändrats tydligt sedan {before.label}"
    )
    names = (capitalise(view.round.label), capitalise(before.label))
    return Exhibit(
        id="tidigare-omgang",
        title=title,
        subtitle=f"Medelvärde i varje område, {before.label} och {view.round.label}; talet är ändringen",
        source=Source.OWN,
        alt=f"Medelvärden för {len(rows)} områden i två omgångar. "
        + ", ".join(f"{row.label.lower()} {row.text}" for row in rows if row.text)
        + ".",
        figure=opinions(Opinions(tuple(rows), names)),
        table=Table(
            "Områdena i två omgångar",
            (
                Column("area", "Område"),
                Column("da", names[1], "number", decimals=1),
                Column("nu", names[0], "number", decimals=1),
                Column("mer", "Mer än slumpen kan ge"),
            ),
            tuple(cells),
        ),
        blocks=(
            f"Här ingår de roller som kan visas i båda omgångarna: {join(view.label(one).lower() for one in view.in_both)}. "
            "Det behöver inte vara samma personer som har svarat.",
        ),
    )


def moved_areas(view: GovernanceView) -> str:
    """Say which areas have risen and fallen more than chance: "om målen har stigit"; empty where none has."""
    risen, fallen = list[str](), list[str]()
    for level in view.levels:
        both = view.both_rounds(level.area)
        if both is not None and view.changed.get(level.area.id):
            (risen if both[0] > both[1] else fallen).append(level.area.in_text)
    parts = [
        f"om {join(areas)} har {verb}" for areas, verb in ((risen, "stigit"), (fallen, "sjunkit")) if areas
    ]
    return " och ".join(parts)
