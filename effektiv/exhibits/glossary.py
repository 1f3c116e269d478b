"""The words of the reports explained in plain Swedish, at their first use and in the list at a report's end.

The terms are data, in the catalogue; the words for size have their thresholds from the
analysis. Each has the beginnings of the words it is met as, so that whoever renders a report
can list those that it uses and no others, and the whole words that stand for it in running
text, where it is explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from effektiv.analysis.sizes import Size
from effektiv.exhibits.swedish import SIZE_WORDS, size_explanations
from effektiv.types import Term


class Entry(TypedDict):
    """A term as it stands in the case's own mime type."""

    ord: str
    forklaring: str
    kort: str
    former: list[str]
    bojningar: list[str]
    viktig: bool


class Group(TypedDict):
    """Terms under a heading, as they stand in the case's own mime type."""

    rubrik: str
    ord: list[Entry]


def glossary(terms: Iterable[Term]) -> list[Group]:
    """Return the catalogue's terms, and in a group of their own the words for size with their thresholds."""
    sizes = [
        Term(word=words, explanation=said, met_as=_words_for(size), forms=_words_for(size))
        for size, (words, said) in zip(Size, size_explanations(), strict=True)
    ]
    return [_group("Begrepp", terms), _group("Ord för hur stor en skillnad är", sizes)]


def _words_for(size: Size) -> tuple[str, ...]:
    return tuple(
        words for (of, _), subjects in SIZE_WORDS.items() if of == size for words in subjects.values()
    )


def _group(title: str, terms: Iterable[Term]) -> Group:
    return {"rubrik": title, "ord": [_entry(term) for term in terms]}


def _entry(term: Term) -> Entry:
    return {
        "ord": term.word,
        "forklaring": term.explanation,
        "kort": term.short,
        "former": list(term.met_as),
        "bojningar": list(term.forms),
        "viktig": term.hard,
    }
