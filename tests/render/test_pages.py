from __future__ import annotations

import json
import re
import tempfile
from dataclasses import asdict
from html import escape, unescape
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Template

from effektiv.exhibits.style import PALETTE
from effektiv.render.pages import (
    Record,
    css_string,
    is_unreadable,
    read_record,
    sentence,
    style_sheet,
    swedish_date,
)
from effektiv.steg import STEPS

RECORD = Record(
    "abc", "0319", "Älvkarleby", 1, "Nulägesanalys", "grundskola", "Grundskola", "", "f", False, "2025-11-21"
)


def colours(scheme: str) -> dict[str, str]:
    """Read the colour variables of the light or dark scheme from the style sheet."""
    blocks = re.findall(r":root\s*{([^}]*)}", style_sheet())
    light = dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", blocks[0]))
    return (
        light if scheme == "light" else light | dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6})", blocks[1]))
    )


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.1."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_and_figures_have_enough_contrast(scheme: str) -> None:
    colour = colours(scheme)
    for text in ("ink", "muted", "link"):
        for paper in ("paper", "wash"):
            assert contrast(colour[text], colour[paper]) >= 4.5, (text, paper)
    assert contrast(colour["ink"], colour["band"]) >= 4.5
    for mark in ("own", "peer", "riket", "role", "good", "bad"):
        assert contrast(colour[mark], colour["paper"]) >= 3, mark


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_colours_are_those_that_figures_fall_back_on(scheme: str) -> None:
    colour = colours(scheme)
    assert {role: colour[role] for role in PALETTE} == {
        role: getattr(pair, scheme) for role, pair in PALETTE.items()
    }


def test_the_style_sheet_fetches_nothing() -> None:
    for word in ("http", "url(", "@import"):
        assert word not in style_sheet()
    fonts = re.findall(r"@font-face \{.*? src: (.*?);", style_sheet())
    assert len(fonts) == style_sheet().count("@font-face")
    assert all(source.startswith("local(") for font in fonts for source in font.split(", "))
    assert len(style_sheet().encode()) < 16_000


def page_with(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "r.html"
    path.write_text(f'<head><meta name="effektiv-rapport" content="{content}">', encoding="utf-8")
    return path


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_record_survives_the_page(text: str) -> None:
    record = Record("abc", "0319", text, 1, text, "grundskola", text, text, text, True, "2025-11-21")
    html = Template("{{ text }}", autoescape=True).render(text=record.to_text())
    with tempfile.TemporaryDirectory() as folder:
        assert read_record(page_with(Path(folder), html)) == record
    assert Record.from_text(unescape(html)) == record


@pytest.mark.parametrize("content", ["", "ingen json", "[]", "{&#34;kod&#34;: &#34;0319&#34;}"])
def test_pages_that_are_no_reports_of_ours(tmp_path: Path, content: str) -> None:
    assert read_record(page_with(tmp_path, content)) is None
    assert is_unreadable(page_with(tmp_path, content))
    assert read_record(tmp_path / "finns-inte.html") is None
    assert not is_unreadable(tmp_path / "finns-inte.html")


@pytest.mark.parametrize(
    "change",
    [
        {"framstalld": "2p26-01-01"},
        {"framstalld": ""},
        {"steg": 7},
        {"steg": "1"},
        {"steg": True},
        {"kod": "319"},
        {"kommun": None},
        {"slutsats": "\ud800"},
        {"exempel": 0},
        {"nytt": "av en senare version"},
    ],
)
def test_a_damaged_record_is_as_none(tmp_path: Path, change: dict[str, object]) -> None:
    """Whatever has changed in it, nothing that later reads it meets a value that no report has."""
    page = page_with(tmp_path, escape(json.dumps(asdict(RECORD) | change)))
    assert (read_record(page), is_unreadable(page)) == (None, True)


def test_a_record_with_any_bit_flipped_is_read_or_not(tmp_path: Path) -> None:
    """What is read can be shown: its day is a day, its step a step."""
    whole = RECORD.to_text().encode("utf-8")
    read = 0
    for place in range(len(whole)):
        damaged = bytearray(whole)
        damaged[place] ^= 1 << place % 8
        page = page_with(tmp_path, escape(damaged.decode("utf-8", errors="replace")))
        record = read_record(page)
        if record is not None:
            read += 1
            assert swedish_date(record.framstalld)
            assert record.steg in STEPS
    assert 0 < read < len(whole)


@given(st.text())
def test_css_strings_cannot_be_ended_by_their_text(text: str) -> None:
    quoted = css_string(text)
    inner = quoted[1:-1]
    assert quoted[0] == quoted[-1] == '"'
    assert not set(inner) & set('"<>{}\n\r/')
    assert re.fullmatch(r"(?:[^\\]|\\[0-9a-f]{1,6} )*", inner, flags=re.DOTALL)


def test_dates_and_sentences() -> None:
    assert swedish_date("2025-11-21T08:00:00") == "21 november 2025"
    assert [sentence(text) for text in ("Hej", "Hej.", "")] == ["Hej.", "Hej.", ""]
