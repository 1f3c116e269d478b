"""The words of the reports explained in plain Swedish, in the list at a report's end.

The terms are data, in the catalogue. Each has the beginnings of the words it is met as, so that whoever renders a report
can list those that it uses and no others, and the whole words that stand for it in running
text, where it is explained.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from effektiv.types import Term


class Entry(TypedDict):
    """A term as it stands in the case's own mime type."""

    ord: str
    forklaring: str
    kort: str
    former: list[str]
    bojningar: list[str]


class Group(TypedDict):
    """Terms under a heading, as they stand in the case's own mime type."""

    rubrik: str
    ord: list[Entry]


def glossary(terms: Iterable[Term]) -> list[Group]:
    """Return the catalogue's terms as a report lists them."""
    return [_group("Begrepp", terms)]


def _group(title: str, terms: Iterable[Term]) -> Group:
    return {"rubrik": title, "ord": [_entry(term) for term in terms]}


def _entry(term: Term) -> Entry:
    return {
        "ord": term.word,
        "forklaring": term.explanation,
        "kort": term.short,
        "former": list(term.met_as),
        "bojningar": list(term.forms),
    }
