"""Names as folders bear them, and signs that nobody can see."""

from __future__ import annotations

import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from effektiv.names import folder_name, invisible, slug


@pytest.mark.parametrize(
    ("code", "name", "folder"),
    [
        ("0319", "Älvkarleby", "0319-alvkarleby"),
        ("0114", "Upplands Väsby", "0114-upplands-vasby"),
        ("2023", "Malung-Sälen", "2023-malung-salen"),
        ("1407", "Öckerö", "1407-ockero"),
        ("0305", "Håbo", "0305-habo"),
        ("2026", "Gagnef / Öst", "2026-gagnef-ost"),
        ("9999", "日本", "9999"),
    ],
)
def test_folder_of_a_municipality(code: str, name: str, folder: str) -> None:
    assert folder_name(code, name) == folder


@given(st.text())
def test_slug_is_safe_as_a_file_name(text: str) -> None:
    assert all(char in "abcdefghijklmnopqrstuvwxyz0123456789-" for char in slug(text))
    assert slug(slug(text)) == slug(text)


@pytest.mark.parametrize(
    "sign",
    [
        "\0", "\a", "\x1b", "\x7f", "\x85", "\x9b",  # control signs
        "\u00ad", "\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u2060", "\ufeff", "\u061c",  # no width
        "\u202a", "\u202e", "\u2066", "\U000e0041",  # directions, tags
        "\ue000", "\U000f0000", "\ud83d", "\ufdd0", "\ufffe", "\U0001ffff",  # no characters
    ],
)  # fmt: skip
def test_a_sign_that_nobody_sees_is_found(sign: str) -> None:
    assert invisible(f"Älvkarleby{sign}s") == sign
    assert invisible(sign) == sign


@pytest.mark.parametrize(
    "text",
    ["", "Älvkarleby\tå\n", "hårt\u00a0mellanslag", "שלום", "e\u0301", "👍🏽", "👩\u200d👩\u200d👧",
     "❤\ufe0f\u200d🔥", "\U0001fae8"],
)  # fmt: skip
def test_what_can_be_seen_is_no_fault(text: str) -> None:
    assert invisible(text) is None


def test_every_sign_is_decided_by_its_category() -> None:
    hidden = {"Cc", "Cf", "Cs", "Co"}
    wrong = [
        number
        for number in range(sys.maxunicode + 1)
        if (kind := unicodedata.category(chr(number))) != "Cn"
        and (invisible(chr(number)) is not None) != (kind in hidden and chr(number) not in "\t\n")
    ]
    assert wrong == []
