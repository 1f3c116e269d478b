"""The figures as a controller reads them: on screen, and in the README between two markers."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from benchmarks.country import MOST_SECONDS, Growth, growth
from benchmarks.measure import Memory, Run, Spread
from benchmarks.result import FLOOR, OURS, OURS_XLSX, PLAIN, Result
from effektiv.progress import duration

BEGIN = "<!-- Raderna hit till slutmärket skrivs av: python -m benchmarks --readme -->"
END = "<!-- slutmärke -->"

WAYS = {
    PLAIN: "(a) papermill och nbconvert i en slinga",
    OURS: "(b) effektiv rendera, html",
    OURS_XLSX: "(b) effektiv rendera, html och xlsx",
    FLOOR: "(c) golvet: cellerna som Pythonfunktion",
}

WIDTH = 120
"""Characters in a line of the README."""

BUSY = 0.5
"""Load above which the machine had something else to do."""


@dataclass(frozen=True)
class Claim:
    """Something the project promises: what was found, what the limit is, and whether it is kept."""

    text: str
    found: str
    limit: str
    kept: bool


def number(value: float, decimals: int = 1) -> str:
    """Return a number as Swedish text."""
    return f"{value:,.{decimals}f}".replace(",", "\u00a0").replace(".", ",")


def spread(values: Spread, decimals: int = 1) -> str:
    """Return a median with the lowest and the highest."""
    low, high = number(values.low, decimals), number(values.high, decimals)
    return f"{number(values.median, decimals)} ({low}–{high})"


def percent(share: float) -> str:
    """Return a share as per cent with its sign."""
    return f"{number(100 * share).replace('-', '−') if share < 0 else '+' + number(100 * share)} %"


def _cpu(run: Run) -> float:
    return run.cpu or 0.0


def claims(result: Result) -> list[Claim]:
    """Return what the project promises of speed, memory and size."""
    faster, above = result.ratio(PLAIN, OURS), result.ratio(OURS, FLOOR, lambda run: run.working)
    largest = max(
        run.bytes_max for runs in result.rounds for way, run in runs.items() if way.startswith(OURS)
    )
    found = [
        Claim("snabbare än (a)", f"{spread(faster)} gånger", "minst 8", faster.median >= 8),
        Claim(
            "tid mot golvet (c)",
            f"{spread(above, 2)} gånger, utan start",
            "högst 1,25",
            above.median <= 1.25,
        ),
    ]
    if result.country is not None:
        on = growth(result.country)
        largest = max(largest, result.country.bytes_max)
        worst = max(on.memory)
        found += [
            Claim(
                "minnets tillväxt", f"{percent(worst)} från rapport 50 till sista", "under 10 %", worst < 0.1
            ),
            Claim(
                "hela landet, alla steg",
                duration(result.country.seconds),
                f"under {MOST_SECONDS // 60} min",
                result.country.seconds < MOST_SECONDS,
            ),
            Claim(
                "längst från en rät linje",
                f"{number(100 * on.departure)} % av hela tiden",
                "högst 3 %",
                on.departure <= 0.03,
            ),
        ]
    found.append(
        Claim("största rapporten", f"{number(largest / 1e3, 0)} kB", "högst 400 kB", largest <= 400e3)
    )
    return found


def report(result: Result) -> str:
    """Return the whole result as text for a terminal."""
    parts = [_heading(result), _table(result), _ratios(result)]
    if result.parts:
        parts.append(f"En varm rapport: {_parts(result)}")
    if result.country is not None:
        parts.append(_country(result.country, growth(result.country)))
    parts.append(
        "\n".join(
            f"{'håller' if claim.kept else 'HÅLLER INTE':<12} {claim.text}: {claim.found} ({claim.limit})"
            for claim in claims(result)
        )
    )
    return "\n\n".join(parts)


def _count(amount: int, noun: str, plural: str) -> str:
    return f"{amount} {noun}{plural if amount != 1 else ''}"


def _size(result: Result) -> str:
    reports = result.municipalities * result.notebooks
    rounds = f"{len(result.rounds)} varv" if len(result.rounds) > 1 else "ett varv"
    return (
        f"{_count(result.municipalities, 'kommun', 'er')} × {_count(result.notebooks, 'notebook', 'ar')}"
        f" = {reports} rapporter, {_count(result.workers, 'arbetsprocess', 'er')}, {rounds}"
    )


def _place(result: Result) -> str:
    machine = result.machine
    busy = ""
    if machine.load > BUSY:
        busy = f"; datorn gjorde även annat (belastning {number(machine.load)} före start)"
    return f"{machine.cores} kärnor, {machine.system}, Python {machine.python}{busy}"


def _heading(result: Result) -> str:
    return f"Mätt {result.made}: {_size(result)}.\n{_place(result)}.\nMedian (lägst–högst) av varven."


def _columns(result: Result) -> dict[str, Callable[[str], str]]:
    """Return the table's columns: heading, and what it says of a way."""

    def of(figure: Callable[[Run], float], decimals: int) -> Callable[[str], str]:
        return lambda way: spread(Spread.of(result.of(way, figure)), decimals)

    def startup(way: str) -> str:
        if any(runs[way].startup is None for runs in result.rounds):
            return "räknas inte" if way == FLOOR else "ingår"
        return number(Spread.of(result.of(way, lambda run: run.startup or 0.0)).median)

    def size(way: str) -> str:
        median = Spread.of(result.of(way, lambda run: run.bytes_median)).median / 1e3
        return f"{number(median, 0)} ({number(max(result.of(way, lambda run: run.bytes_max)) / 1e3, 0)})"

    columns = {"s per rapport": of(lambda run: run.per_report, 2)}
    if result.has_cpu:
        columns["CPU-s per rapport"] = of(lambda run: _cpu(run) / run.reports, 2)
    return columns | {
        "varav start, s": startup,
        "MB per process, högst": lambda way: number(max(result.of(way, lambda run: run.peak)), 0),
        "kB html, median (störst)": size,
    }


def _table(result: Result) -> str:
    columns = _columns(result)
    rows = [["", *columns], *([name, *(say(way) for say in columns.values())] for way, name in WAYS.items())]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(widths[k]) if k == 0 else cell.rjust(widths[k]) for k, cell in enumerate(row))
        for row in rows
    )


def _ratios(result: Result) -> str:
    lines = [
        ("a / b, hela kommandona", result.ratio(PLAIN, OURS)),
        ("b / c, b med sin start", result.ratio(OURS, FLOOR)),
        ("b / c, b utan sin start", result.ratio(OURS, FLOOR, lambda run: run.working)),
        ("b med xlsx / b", result.ratio(OURS_XLSX, OURS)),
    ]
    if result.has_cpu:
        lines += [
            ("a / b, CPU-sekunder", result.ratio(PLAIN, OURS, _cpu)),
            ("b / c, CPU-sekunder, b med sin start", result.ratio(OURS, FLOOR, _cpu)),
            ("b / c, CPU-sekunder, b utan sin start", result.ratio(OURS, FLOOR, lambda run: run.working_cpu)),
        ]
    return "Kvoter inom varje varv, median (lägst–högst)\n" + "\n".join(
        f"{name:<39} {spread(values, 2)}" for name, values in lines
    )


def _parts(result: Result) -> str:
    """Return what a warm report's time goes to, the most first."""
    ordered = sorted(result.parts.items(), key=lambda item: -item[1])
    return ", ".join(f"{name} {number(1e3 * seconds, 0)} ms" for name, seconds in ordered)


def _country(run: Run, on: Growth) -> str:
    lines = [
        f"Hela landet, alla steg och nätverken, html och xlsx: {run.reports} rapporter på {duration(run.seconds)},"
        f" {number(run.per_report, 3)} s per rapport",
        *(
            f"{count:>4} kommuner efter {number(seconds)} s, {number(seconds / count)} s per kommun"
            for count, seconds in on.at.items()
        ),
        f"Sekunder per rapport i varje tiondel: {', '.join(number(tenth, 3) for tenth in on.tenths)}",
        f"Längst från en rät linje: {number(100 * on.departure)} % av hela tiden",
        *(f"Minne i arbetsprocess {k}: {_memory(memory)}" for k, memory in enumerate(run.memory, start=1)),
    ]
    return "\n".join(lines)


def _memory(memory: Memory) -> str:
    """Return a process's memory after 50 reports and each fourth of the run, and its growth."""
    values = ", ".join(f"{number(megabytes, 0)} MB" for _, megabytes in memory.at)
    text = f"{values} efter {', '.join(str(count) for count, _ in memory.at)} rapporter"
    return (
        text if memory.growth is None else f"{text}; från rapport 50 till de sista {percent(memory.growth)}"
    )


def readme_lines(result: Result) -> str:
    """Return what the README says of speed."""
    columns = _columns(result)
    del columns["varav start, s"]
    table = [
        f"| | {' | '.join(columns)} |",
        f"|---|{'---:|' * len(columns)}",
        *(f"| {name} | {' | '.join(say(way) for say in columns.values())} |" for way, name in WAYS.items()),
    ]
    above = result.ratio(OURS, FLOOR)
    bare = result.ratio(OURS, FLOOR, lambda run: run.working)
    paragraphs = [
        f"Mätt {result.made} på exempeldata: {_size(result)}. Datorn: {_place(result)}."
        " Medianer, med lägsta och högsta varv inom parentes.",
        "\n".join(table),
        f"Den vanliga slingan tar {spread(result.ratio(PLAIN, OURS))} gånger så lång tid som `effektiv rendera`, som i sin"
        f" tur tar {spread(above, 2)} gånger golvets tid med sin egen start inräknad och {spread(bare, 2)} utan.",
    ]
    if result.parts:
        paragraphs.append(f"Vart en varm rapports tid går, i genomsnitt: {_parts(result)}.")
    if result.country is not None:
        run, on = result.country, growth(result.country)
        memory = " och ".join(percent(share) for share in on.memory)
        times = ", ".join(f"{count} efter {duration(seconds)}" for count, seconds in on.at.items())
        paragraphs.append(
            f"Hela landet, alla steg och nätverken, {number(run.reports, 0)} rapporter i html och xlsx, tar"
            f" {duration(run.seconds)}, med sin start på {duration(run.startup or 0)}. Så många"
            f" kommuner är klara: {times}. Tiondelarna av körningen tar {number(min(on.tenths), 2)}–{number(max(on.tenths), 2)}"
            f" s per rapport, och längst från en rät linje är den {number(100 * on.departure)} % av hela tiden."
            f" Från rapport 50 till de sista ändras minnet per arbetsprocess med {memory}."
        )
    # Lines of the table cannot be divided.
    return "\n\n".join(
        text if text.startswith("|") else textwrap.fill(text, WIDTH, break_on_hyphens=False)
        for text in paragraphs
    )


def update_readme(readme: Path, result: Result) -> None:
    """Write the figures into the README, between the markers.

    Raises
    ------
    ValueError
        The README lacks the markers.
    """
    text = readme.read_text(encoding="utf-8")
    between = re.compile(re.escape(BEGIN) + r".*?" + re.escape(END), re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{readme.name} has no line {BEGIN} followed by {END}")
    new = between.sub(lambda _: f"{BEGIN}\n\n{readme_lines(result)}\n\n{END}", text)
    readme.write_text(new, encoding="utf-8", newline="\n")
