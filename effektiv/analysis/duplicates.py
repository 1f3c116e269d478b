"""Texts that may say the same: suggestions for people to decide on, never a decision.

Two texts are as like as their words: each word is cut to its stem (Swedish Snowball), small words are left
out, and the rest is compared in alphabetical order (`rapidfuzz.fuzz.token_sort_ratio`), titles with titles
and whole texts with whole texts. Words that mean the same but are spelt otherwise are not found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LIKE = 75.0
"""Likeness from which two texts are suggested, of 100; how many are found is measured in the tests."""

FEWEST_WORDS = 2
"""Titles with fewer words than this are compared by their whole texts only: "Cykelbanor" says too little."""

_SMALL_WORDS = """
alla allt att av bli blir borde bör de dem den denna det detta dess dessa dig din du där då efter eller en er ett finns
från för få får göra ha har hur här i in inte ja jag kan kommun kommunen kunna man med men mer mot ni nu något några
nya när och om oss på samt sig sin sina ska skall skulle som så till under upp ut vara var varje vi vid vill vår våra
vårt än är över
"""
_SMALL = frozenset(_SMALL_WORDS.split())
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Pair:
    """Two texts that are alike.

    Attributes
    ----------
    first, second
        Their places among the texts, the lower first.
    likeness
        0 to 100, 100 for the same words.
    """

    first: int
    second: int
    likeness: float


def words_of(texts: Sequence[str]) -> list[list[str]]:
    """Return the stems of each text's words, small words left out; of a text with no others, all of its words.

    Examples
    --------
    >>> words_of(["Cyklar", "cykel"])
    [['cykl'], ['cykel']]
    """
    from snowballstemmer import stemmer  # noqa: PLC0415  few reports compare texts

    split = [_WORD.findall(text.casefold()) for text in texts]
    every = sorted({word for found in split for word in found})
    stems = dict(zip(every, stemmer("swedish").stemWords(every), strict=True))
    return [
        [stems[word] for word in ([word for word in found if word not in _SMALL] or found)] for found in split
    ]


def alike(titles: Sequence[str], texts: Sequence[str], least: float = LIKE) -> list[Pair]:
    """Return the pairs of ideas that may be the same, the most alike first.

    Parameters
    ----------
    titles, texts
        The title of each idea and all that is written of it, in the same order; "" where there is nothing.
    least
        Likeness from which a pair is returned.

    Examples
    --------
    >>> title = "Samlad planering av hemtjänstens resor"
    >>> [(pair.first, pair.second) for pair in alike([title, title, "Elcyklar i centrum"], ["", "", ""])]
    [(0, 1)]
    """
    if len(titles) < 2:
        return []
    named = words_of(titles)
    likeness = np.maximum(
        _likeness([found if len(found) >= FEWEST_WORDS else [] for found in named]),
        _likeness([[*title, *text] for title, text in zip(named, words_of(texts), strict=True)]),
    )
    upper = np.argwhere(np.triu(likeness >= least, k=1)).tolist()
    found = [Pair(first, second, float(likeness[first, second])) for first, second in upper]
    return sorted(found, key=lambda pair: (-pair.likeness, pair.first, pair.second))


def _likeness(words: Sequence[Sequence[str]]) -> np.ndarray:
    """Return how like each text is each other, 0 to 100; one without words is like none."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415  few reports compare texts

    joined = [" ".join(sorted(found)) for found in words]
    # The words stand in order already, and plain ratios are far faster than those that sort.
    likeness = process.cdist(joined, joined, scorer=fuzz.ratio, dtype=np.float32)
    empty = np.array([not text for text in joined])
    likeness[empty, :] = likeness[:, empty] = 0.0
    return np.asarray(likeness)
