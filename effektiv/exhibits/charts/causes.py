"""Suspected causes of what deviates: by kind as a fishbone, by what deviates as a driver diagram."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from matplotlib.figure import Figure as MatplotlibFigure

from effektiv.exhibits.charts._plot import (
    Key,
    Plot,
    is_narrow,
    key,
    key_height,
    new_figure,
    new_plot,
    responsive,
    wrap,
    write,
)
from effektiv.exhibits.style import FONT_SIZE, SMALL, paint
from effektiv.exhibits.svg import Figure


class Standing(Enum):
    """How a suspected cause stands: what is written before it, and what that means."""

    SUPPORTED = ("●", "Har stöd")
    OPEN = ("○", "Inte avgjord")
    DISMISSED = ("×", "Avfärdad")


@dataclass(frozen=True)
class Cause:
    """One suspected cause."""

    text: str
    standing: Standing = Standing.OPEN


@dataclass(frozen=True)
class Branch:
    """A kind of causes, or something that deviates, and the causes under it."""

    label: str
    causes: tuple[Cause, ...]


_LINE = 16.0
"""Height of a line of small text."""

_BONE: dict[str, Any] = {"color": paint("muted"), "lw": 1.5, "zorder": 0}
_SPINE: dict[str, Any] = {"color": paint("own"), "lw": 3, "zorder": 0}
_MARK = 16.0
"""Room for the mark before a cause."""


def fishbone(effect: str, branches: Sequence[Branch]) -> Figure:
    """Draw causes as bones by their kind, with what deviates at the head.

    Raises
    ------
    ValueError
        There are no branches.
    """
    if not branches:
        raise ValueError("ett fiskben behöver minst en kategori")
    return responsive(
        lambda width: (
            _stacked(effect, branches, width) if is_narrow(width) else _fish(effect, branches, width)
        )
    )


def driver_diagram(aim: str, branches: Sequence[Branch]) -> Figure:
    """Draw what deviates, and the causes under each, from left to right.

    Raises
    ------
    ValueError
        There are no branches.
    """
    if not branches:
        raise ValueError("ett drivdiagram behöver minst en avvikelse")
    return responsive(
        lambda width: _stacked(aim, branches, width) if is_narrow(width) else _tree(aim, branches, width)
    )


def _keys(branches: Sequence[Branch]) -> list[Key]:
    used = {cause.standing for branch in branches for cause in branch.causes}
    return [Key(f"{item.value[0]}  {item.value[1]}", {"lw": 0}) for item in Standing if item in used]


def _texts(branch: Branch, room: float) -> list[tuple[str, list[str]]]:
    """Return each cause's mark and its lines."""
    return [(cause.standing.value[0], wrap(cause.text, room - _MARK, SMALL)) for cause in branch.causes]


def _height(branch: Branch, room: float) -> float:
    """Height of a branch's name and causes under each other."""
    name = len(wrap(branch.label, room, SMALL, bold=True))
    return _LINE * (name + sum(len(lines) for _, lines in _texts(branch, room))) + 4 * len(branch.causes) + 6


def _write_branch(fig: MatplotlibFigure, branch: Branch, at: tuple[float, float], room: float) -> float:
    """Write a branch's name and causes under each other; return where they end."""
    x, y = at
    name = wrap(branch.label, room, SMALL, bold=True)
    write(fig, (x, y + 12), name, weight="bold")
    y += _LINE * len(name) + 4
    for mark, lines in _texts(branch, room):
        write(fig, (x, y + 12), mark, color=paint("own"))
        write(fig, (x + _MARK, y + 12), lines)
        y += _LINE * len(lines) + 4
    return y


def _fish(effect: str, branches: Sequence[Branch], width: float) -> MatplotlibFigure:
    head = width * 0.2
    columns = (len(branches) + 1) // 2
    column = (width - head - 10) / columns
    room = column - 26
    upper, lower = branches[0::2], branches[1::2]
    above = max(_height(item, room) for item in upper) + 14
    below = max((_height(item, room) for item in lower), default=0.0) + 14
    keys = _keys(branches)
    top = key_height([one.name for one in keys], width) + 6
    spine = top + above
    fig = new_figure(width, spine + below + 4)
    plot = _pixels(fig)
    plot.line([(0, spine), (width - head, spine)], **_SPINE)
    for side, items in ((-1, upper), (1, lower)):
        for place, item in enumerate(items):
            left = place * column + 8
            far = top if side < 0 else spine + below - 4
            plot.line([(left, far), (left + 16, spine)], **_BONE)
            start = spine - _height(item, room) - 4 if side < 0 else spine + 8
            _write_branch(fig, item, (left + 20, start), room)
    lines = wrap(effect, head - 14, FONT_SIZE, bold=True)
    first = spine - 18 * len(lines) / 2 + 14
    write(fig, (width - head + 12, first), lines, size=FONT_SIZE, weight="bold", color=paint("own"))
    key(fig, keys)
    return fig


def _pixels(fig: MatplotlibFigure) -> Plot:
    """Return a plot whose values are pixels from the upper left corner."""
    width, height = fig.bbox.width, fig.bbox.height
    return new_plot(fig, (0, 0, width, height), (0, width), (height, 0))


def _stacked(effect: str, branches: Sequence[Branch], width: float) -> MatplotlibFigure:
    """Draw the branches under each other beside one spine, for a telephone."""
    room = width - 22
    keys = _keys(branches)
    top = key_height([one.name for one in keys], width) + 6
    title = wrap(effect, width, FONT_SIZE, bold=True)
    first = top + 18 * len(title) + 10
    fig = new_figure(width, first + sum(_height(item, room) + 8 for item in branches))
    plot = _pixels(fig)
    write(fig, (0, top + 14), title, size=FONT_SIZE, weight="bold", color=paint("own"))
    y = first
    for item in branches:
        plot.line([(4, y + 8), (14, y + 8)], **_BONE)
        end = _write_branch(fig, item, (20, y), room)
        plot.line([(4, y - 8), (4, end)], **_SPINE)
        y += _height(item, room) + 8
    key(fig, keys)
    return fig


def _tree(aim: str, branches: Sequence[Branch], width: float) -> MatplotlibFigure:
    aim_room, gap = width * 0.2, 26.0
    branch_room = width * 0.28
    cause_left = aim_room + branch_room + 2 * gap
    room = width - cause_left
    keys = _keys(branches)
    top = key_height([one.name for one in keys], width) + 8
    heights = [
        max(_of_causes(item, room), _LINE * len(wrap(item.label, branch_room, SMALL, bold=True))) + 14
        for item in branches
    ]
    fig = new_figure(width, top + sum(heights))
    plot = _pixels(fig)
    middles: list[float] = []
    y = top
    for item, height in zip(branches, heights, strict=True):
        middle = y + height / 2
        middles.append(middle)
        name = wrap(item.label, branch_room, SMALL, bold=True)
        write(fig, (aim_room + gap, middle - _LINE * len(name) / 2 + 12), name, weight="bold")
        for cause_middle, mark, lines in _places(item, room, middle):
            plot.line([(cause_left - gap + 4, middle), (cause_left - 6, cause_middle)], **_BONE)
            first = cause_middle - _LINE * len(lines) / 2 + 12
            write(fig, (cause_left, first), mark, color=paint("own"))
            write(fig, (cause_left + _MARK, first), lines)
        y += height
    lines = wrap(aim, aim_room, FONT_SIZE, bold=True)
    centre = (middles[0] + middles[-1]) / 2
    write(
        fig, (0, centre - 18 * len(lines) / 2 + 14), lines, size=FONT_SIZE, weight="bold", color=paint("own")
    )
    plot.lines([((aim_room + 4, centre), (aim_room + gap - 6, middle)) for middle in middles], **_BONE)
    key(fig, keys)
    return fig


def _of_causes(branch: Branch, room: float) -> float:
    return sum(_LINE * len(lines) + 6 for _, lines in _texts(branch, room))


def _places(branch: Branch, room: float, middle: float) -> Iterator[tuple[float, str, list[str]]]:
    """Yield the middle, mark and lines of each cause, together centred on the branch."""
    y = middle - _of_causes(branch, room) / 2
    for mark, lines in _texts(branch, room):
        height = _LINE * len(lines) + 6
        yield y + height / 2, mark, lines
        y += height
