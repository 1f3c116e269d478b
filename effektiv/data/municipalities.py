"""Municipalities: their frame, and which one a controller means by a name or a code."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Sequence

import pandas as pd

from effektiv.errors import InputError
from effektiv.types import RIKET

COLUMNS = ("id", "title", "type", "county")
"""Columns of the municipalities frame."""


def municipalities_frame(rows: Iterable[tuple[str, str, str]]) -> pd.DataFrame:
    """Return the municipalities frame from (id, title, type) as Kolada gives them.

    Parameters
    ----------
    rows
        Id (four digits), title and type: ``K`` for kommun, ``L`` for region; Riket has
        id 0000 and type L.

    Returns
    -------
    pandas.DataFrame
        Columns `COLUMNS`, all text, sorted by id. `county` is the two-digit county
        code: the first two digits of a kommun, the last two of a region (Kolada's
        ``00`` + county code), and "" for Riket.

    Raises
    ------
    InputError
        When an id is not four digits or occurs twice, or a type is not K or L.
    """
    frame = pd.DataFrame(list(rows), columns=["id", "title", "type"], dtype="str")
    for row in frame.itertuples(index=False):
        if not re.fullmatch(r"\d{4}", str(row.id)):
            raise InputError(f'Kommunkoden "{row.id}" ({row.title}) ska ha fyra siffror.')
        if row.type not in ("K", "L"):
            raise InputError(f'Kommunen {row.id} ({row.title}) har typen "{row.type}", men ska ha K eller L.')
    repeated = frame["id"][frame["id"].duplicated()]
    if not repeated.empty:
        raise InputError(f"Kommunkoden {repeated.iloc[0]} finns mer än en gång i kommunlistan.")
    frame["county"] = [county_of(code) for code in frame["id"]]
    return frame.astype("str").sort_values("id", ignore_index=True)


def county_of(municipality: str) -> str:
    """Return the two-digit county code of a municipality or region id, "" for Riket."""
    if municipality == RIKET:
        return ""
    return municipality[2:] if municipality.startswith("00") else municipality[:2]


def find_municipality(text: str, municipalities: pd.DataFrame) -> str:
    """Return the id of the municipality that a controller names.

    Only an exact name (in any case) or an exact code is accepted; everything else is
    an error that suggests, since a report on the wrong municipality is worse than none.

    Parameters
    ----------
    text
        Name ("Älvkarleby", "älvkarleby kommun") or four-digit code ("0319").
    municipalities
        Municipalities frame; only type K can be found.

    Returns
    -------
    str
        Four-digit id.

    Raises
    ------
    InputError
        When no municipality, or more than one, has that name or code.
    """
    kommuner = municipalities[municipalities["type"] == "K"]
    titles = dict(zip(kommuner["id"], kommuner["title"], strict=True))
    wanted = " ".join(unicodedata.normalize("NFC", str(text)).split())
    if not wanted:
        raise InputError("Kommunens namn eller kod saknas.")
    if wanted.isdecimal():
        return _find_code(wanted, titles, municipalities)
    return _find_name(wanted, titles, municipalities)


def _find_code(code: str, titles: dict[str, str], municipalities: pd.DataFrame) -> str:
    """Return `code` when it is a kommun; otherwise say what would be right."""
    if code in titles:
        return code
    padded = code.zfill(4)
    if len(code) < 4 and padded in titles:
        raise InputError(
            f'Kommunkoden "{code}" har tappat sin inledande nolla: skriv "{padded}" ({titles[padded]}).'
        )
    _refuse_region(municipalities, "id", code)
    if len(code) != 4:
        raise InputError(
            f'Kommunkoden "{code}" ska ha fyra siffror, till exempel "{min(titles, default="")}".'
        )
    near = difflib.get_close_matches(code, list(titles), n=3, cutoff=0.7)
    raise InputError(
        f'Kommunkoden "{code}" finns inte i datamängden.{_did_you_mean([f"{c} ({titles[c]})" for c in near])}'
    )


def _find_name(name: str, titles: dict[str, str], municipalities: pd.DataFrame) -> str:
    """Return the id of the kommun with this name; otherwise suggest."""
    spellings = {name.casefold(), re.sub(r"\s+kommun$", "", name.casefold())}
    hits = [code for code, title in titles.items() if title.casefold() in spellings]
    if len(hits) == 1:
        return hits[0]
    if hits:
        raise InputError(
            f'Flera kommuner heter "{name}": ange koden i stället, {_either([f"{c}" for c in hits])}.'
        )
    _refuse_region(municipalities, "title", name)
    starts = sorted(title for title in titles.values() if fold(title).startswith(fold(name)))
    if len(starts) > 1:
        raise InputError(f'Kommunnamnet "{name}" är tvetydigt. Menade du {_either(starts[:8])}?')
    near = starts or _near_titles(name, list(titles.values()))
    raise InputError(f'Kommunen "{name}" finns inte i datamängden.{_did_you_mean(near)}')


def _refuse_region(municipalities: pd.DataFrame, column: str, text: str) -> None:
    """Raise when the text names Riket or a region."""
    others = municipalities[municipalities["type"] != "K"]
    hit = others[others[column].str.casefold() == text.casefold()]
    if not hit.empty:
        raise InputError(f"{hit['title'].iloc[0]} ({hit['id'].iloc[0]}) är ingen kommun: ange en kommun.")


def _near_titles(name: str, titles: Sequence[str]) -> list[str]:
    """Return the titles most like `name`, with å, ä, ö and accents counted as a and o."""
    folded: dict[str, list[str]] = {}
    for title in titles:
        folded.setdefault(fold(title), []).append(title)
    near = difflib.get_close_matches(fold(name), list(folded), n=3, cutoff=0.6)
    return [title for key in near for title in folded[key]]


def fold(text: str) -> str:
    """Return the text in lower case without diacritics ("Älvkarleby" -> "alvkarleby")."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _did_you_mean(names: Sequence[str]) -> str:
    return f" Menade du {_either(names)}?" if names else ""


def _either(names: Sequence[str]) -> str:
    """Join names as Swedish running text: "A, B eller C"."""
    *first, last = names
    return f"{', '.join(first)} eller {last}" if first else last
