"""Suggestions of ideas that may be the same: planted ones are found, and a real list is short."""

from __future__ import annotations

import csv
import gzip
import random
from pathlib import Path

import pytest

from effektiv.analysis.duplicates import alike, words_of

PLACES = (
    "Brunnsparken",
    "Storgatan",
    "Åsen",
    "Norra skolan",
    "Kyrkbyn",
    "Hamnen",
    "Torget",
    "Ängen",
    "Sjövik",
    "Berga",
)
WHAT = ("Bygg en cykelbana", "Sätt upp belysning", "Ordna fler läxhjälpsgrupper", "Byt ut matsedeln", "Samordna resorna",
        "Pröva besluten på nytt", "Laga taket", "Starta en odling", "Digitalisera anmälan", "Öppna fritidsgården")  # fmt: skip
TITLES = [f"{what} vid {place}" for what in WHAT for place in PLACES]


def reworded(title: str, lot: random.Random) -> str:
    """Say the same with the words in another order, another form of one of them, and small words added."""
    words = title.split()
    lot.shuffle(words)
    at = max(range(len(words)), key=lambda place: len(words[place]))
    words[at] += lot.choice(["en", "s", ""])
    return " ".join([lot.choice(["Vi vill att ni ska", "Jag önskar:", "Kommunen borde"]), *words])


def test_words_are_stems_without_small_ones() -> None:
    assert words_of(["Vi vill ha fler skolor", "Skolorna!", "och"]) == [["fler", "skol"], ["skol"], ["och"]]


def test_planted_duplicates_are_found() -> None:
    """Ideas that differ in a place only are suggested as well: words in common are seen, not meaning."""
    lot = random.Random(1)
    chosen = lot.sample(range(len(TITLES)), 30)
    titles = [*(TITLES[at] for at in chosen), *(reworded(TITLES[at], lot) for at in chosen)]
    found = {(pair.first, pair.second) for pair in alike(titles, [""] * len(titles))}
    planted = {(at, at + 30) for at in range(30)}
    assert len(planted & found) >= 28


def test_the_same_words_are_wholly_alike_whatever_their_order_and_form() -> None:
    (pair,) = alike(
        ["Cykelbanor till skolor", "Till skolorna: cykelbanor", "Köp en ny brandbil"], ["", "", ""]
    )
    assert (pair.first, pair.second, pair.likeness) == (0, 1, 100.0)


def test_a_title_of_one_word_is_compared_by_its_text() -> None:
    titles, texts = ["Belysning", "Belysning"], ["Lys upp gångvägen till stationen", "Byt lampor i ishallen"]
    assert alike(titles, texts) == []
    (pair,) = alike(titles, [texts[0], texts[0]])
    assert pair.likeness == 100.0


@pytest.mark.parametrize("titles", [[], ["Ensam idé"], ["", ""], ["!!", "??"]])
def test_nothing_is_like_nothing(titles: list[str]) -> None:
    assert alike(titles, titles) == []


def test_real_ideas_give_a_list_that_one_can_read(shared: Path) -> None:
    file = shared / "data/ideas-goteborgsforslaget-2017-2020/forslag.csv.gz"
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    found = alike([row["Rubrik"] for row in rows], [row["Sammanfattning"] for row in rows])
    assert 10 <= len(found) <= 60
    pairs = {frozenset((rows[pair.first]["Rubrik"], rows[pair.second]["Rubrik"])) for pair in found}
    assert frozenset({"Cykelbana i Brunnsparken", "Cykelbana genom Brunnsparken"}) in pairs
    assert frozenset({"Styr&Ställ", "Styr och ställ"}) in pairs
