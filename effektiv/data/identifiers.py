"""What identifies something in Kolada: one reading of ids and names.

Every id and name that comes from outside is read here, whether it stands in a file of
values, a list of metadata, a municipality's params, a command or a notebook. What can be
taken away without loss is taken away (`clean`); everything else must be exact, and is
otherwise refused with what would be right. Nothing is guessed: a report on the wrong
municipality, or with another group of peers, is worse than none.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from effektiv.errors import InputError
from effektiv.names import invisible, shown
from effektiv.types import RIKET

if TYPE_CHECKING:
    import pandas as pd

MISSING = ("", "NA", "NaN", "nan", "None", "null")
"""How programs write that nothing is there, in files of values and of metadata alike."""

CODE = r"[0-9]{4}"
"""Id of a municipality, a region or Riket."""

COUNTIES = frozenset(f"{number:02}" for number in (1, *range(3, 11), 12, 13, 14, *range(17, 26)))
"""First digits of the municipalities' codes: SCB's numbers of the counties."""

GROUP = r"G[0-9]+"
"""Id of a group of municipalities."""

KPI = r"(?:[A-Z][0-9]+|[ES](?:-[A-Z0-9]+)+)"
"""Id of a key figure: Kolada's, one that the catalogue computes itself (E-), or Skolverket's (S-)."""

UNIT = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38}[A-Za-z0-9])?"
"""Id of a unit: Kolada's (V15E16944234), Skolverket's (16944234), or a municipality's own code."""

_IRREGULAR = {"falun": ("falu kommun",), "gotland": ("region gotland",)}
"""Official names, by name, that are not the name, or its genitive, with kommun or stad after it."""

_EXCEL_MARK = "'"
"""Excel's mark of a cell that is text, which shows in the file when it was typed twice."""


def clean(text: object) -> str:
    r"""Return text without what is lost on every reader.

    Parameters
    ----------
    text
        Anything; what is not text is taken as Python writes it.

    Returns
    -------
    str
        In Unicode's composed form (NFC), without invisible marks, without white space of
        any kind around it, and without the apostrophe that Excel puts before text. Marks
        that turn the reading order are kept, since the text reads otherwise without them.

    Examples
    --------
    >>> clean("\u00a0'0319\u200b ")
    '0319'
    """
    plain = str(text)
    if not plain.isascii():
        if not plain.isprintable():
            plain = "".join(sign for sign in plain if not _is_lost(sign))
        plain = unicodedata.normalize("NFC", plain)
    plain = plain.strip()
    return plain[1:].lstrip() if plain.startswith(_EXCEL_MARK) else plain


def is_missing(text: object) -> bool:
    """Return whether a program means by this text that nothing is there (`MISSING`)."""
    return clean(text) in MISSING


def display_name(text: object, what: str = "Namnet") -> str:
    """Return a name or title that may be shown to a reader.

    Parameters
    ----------
    text
        The name as it came.
    what
        What it is, as a Swedish sentence begins.

    Returns
    -------
    str
        The text of `clean` with every tab or line break as a space.

    Raises
    ------
    InputError
        When it is missing, or holds a sign that nobody can see (`effektiv.names.invisible`).
    """
    plain = re.sub(r"[\t\n\v\f\r\x85\u2028\u2029]+", " ", clean(text))
    if plain in MISSING:
        raise InputError(f"{what} saknas.")
    sign = None if plain.isprintable() else invisible(plain)
    if sign is not None:
        raise InputError(
            f'{what} "{shown(plain)}" innehåller det osynliga tecknet U+{ord(sign):04X}: ta bort det.'
        )
    return plain


def municipality_code(text: object) -> str:
    """Return the code of a municipality, region or Riket, by its shape alone.

    Where it is known which there are, `Places` is the one to ask.

    Raises
    ------
    InputError
        When it is not four digits.
    """
    return Places(None).place(text)


def kpi_id(text: object) -> str:
    """Return the id of a key figure.

    Raises
    ------
    InputError
        When it does not have the shape of one (`KPI`).
    """
    return _id(text, KPI, 'ett nyckeltals-id som "N15001"')


def group_id(text: object) -> str:
    """Return the id of a group of municipalities.

    Raises
    ------
    InputError
        When it does not have the shape of one (`GROUP`).
    """
    return _id(text, GROUP, 'ett grupp-id som "G35865"')


def unit_id(text: object) -> str:
    """Return the id of a unit.

    Raises
    ------
    InputError
        When it does not have the shape of one (`UNIT`).
    """
    return _id(text, UNIT, "enhetens kod, bokstäver a-z, siffror och bindestreck")


def _id(text: object, shape: str, wanted: str) -> str:
    plain = clean(text)
    if re.fullmatch(shape, plain):
        return plain
    likely = re.sub(r"[^A-Z0-9-]", "", _ascii_digits(unicodedata.normalize("NFKC", plain)).upper())
    hint = f'; skriv "{likely}"' if re.fullmatch(shape, likely) else ""
    raise InputError(f'"{shown(plain)}" ska vara {wanted}{hint}.')


def read_frame(frame: pd.DataFrame, readings: Mapping[str, Callable[[object], str]]) -> pd.DataFrame:
    """Return a copy of a frame with its ids and names read, each distinct one once.

    Parameters
    ----------
    frame
        Columns of text; what is missing in it stays so.
    readings
        Column -> function of this module; a column that the frame lacks is passed over.

    Raises
    ------
    InputError
        From the readings.
    """
    read = frame.copy()
    for column, reading in readings.items():
        if column in read:
            distinct = read[column].dropna().unique().tolist()
            read[column] = read[column].map({text: reading(text) if text != "" else "" for text in distinct})
    return read


class Places:
    """What ids and names of municipalities, regions and Riket mean, in one list of them.

    Parameters
    ----------
    rows
        Id, title and type (K for kommun, L for region and Riket) of each that exists. None
        when that is not known: then every code of four digits is taken, and no name.

    Attributes
    ----------
    titles
        Title by id.

    Examples
    --------
    >>> places = Places([("0360", "Tierp", "K"), ("0003", "Region Uppsala", "L")])
    >>> places.kommun("Tierps kommun"), places.place("region uppsala")
    ('0360', '0003')
    """

    def __init__(self, rows: Iterable[tuple[str, str, str]] | None) -> None:
        self._unknown = rows is None
        self.titles: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._by_title: dict[str, list[str]] = {}
        self._by_official: dict[str, list[str]] = {}
        for code, title, kind in rows or ():
            self.titles[code], self._kinds[code] = title, kind
            self._by_title.setdefault(_key(clean(title)), []).append(code)
            if kind == "K":
                for name in _official_names(clean(title)):
                    self._by_official.setdefault(name, []).append(code)

    @classmethod
    def of(cls, municipalities: pd.DataFrame | None) -> Places:
        """Return the places of a municipalities frame, or where there is none."""
        if municipalities is None:
            return cls(None)
        columns = (municipalities[name].astype(str).tolist() for name in ("id", "title", "type"))
        return cls(zip(*columns, strict=True))

    @classmethod
    def of_kommuner(cls, names: Mapping[str, str]) -> Places:
        """Return the places of municipalities given as code -> name."""
        return cls((code, name, "K") for code, name in names.items())

    def kommun(self, text: object) -> str:
        """Return the code of the municipality that a code or name means.

        Parameters
        ----------
        text
            Four-digit code ("0319"), name ("Älvkarleby", in any case) or official name
            ("Älvkarleby kommun", "Malmö stad", "Region Gotland").

        Raises
        ------
        InputError
            When it means none, more than one, or a region; with what would be right.
        """
        plain = self._required(text)
        if self._kinds.get(plain) == "K" or self._is_bare_code(plain):
            return plain
        kommuner, others = self._named(plain)
        if len(kommuner) == 1:
            return kommuner[0]
        if not kommuner:
            self._refuse_region(plain if plain in self.titles else next(iter(others), ""))
        raise self._error(plain, kommuner, ("K",))

    def place(self, text: object, kind: str = "") -> str:
        """Return the code of the municipality, region or Riket that a code or name means.

        Parameters
        ----------
        text
            As for `kommun`, or the code or title of a region or of Riket.
        kind
            Whom the figures are about, as Kolada marks its key figures: K (kommuner), L
            (regioner). It decides what a name means that both a municipality and a region
            bears, as Region Gotland does; any other text leaves that to be asked.

        Raises
        ------
        InputError
            When it means none, or more than one; with what would be right.
        """
        plain = self._required(text)
        if plain in self.titles or self._is_bare_code(plain):
            return plain
        kommuner, others = self._named(plain)
        if kommuner and (others or _key(plain).startswith("region ")):
            chosen = {"K": kommuner, "L": others}.get(kind, [])
            if len(chosen) != 1:
                meant = _either([f"{self.titles[code]} ({code})" for code in (*kommuner, *others)])
                raise InputError(f'"{shown(plain)}" kan vara kommun eller region: skriv koden för {meant}.')
            return chosen[0]
        found = kommuner or others
        if len(found) == 1:
            return found[0]
        raise self._error(plain, found, ("K", "L"))

    def member(self, code: str, name: str) -> str:
        """Return the code of a member of a group, given by code, by name, or by both.

        Raises
        ------
        InputError
            When neither says who it is, or one of them speaks against the other.
        """
        if is_missing(code) or is_missing(name):
            return self.place(name if is_missing(code) else code)
        try:
            found = self.place(code)
        except InputError as error:
            bearers = self.bearers(name)
            right = f" {clean(name)} har koden {_either(bearers)}." if bearers else ""
            raise InputError(f"{error}{right}") from error
        self.require_name(found, name)
        return found

    def require_name(self, code: str, name: object) -> None:
        """Raise when a name is not that of a code, where it is known which names there are.

        Raises
        ------
        InputError
            With whose name it is, when it is another's.
        """
        if self._unknown or self.is_called(code, name) or clean(name) == code:
            return
        bearers = [self.label(other) for other in self.bearers(name)]
        other = f", som är {_either(bearers)}" if bearers else ""
        raise InputError(
            f'Koden {self.label(code)} och namnet "{shown(clean(name))}"{other} hör inte ihop: rätta det av dem '
            "som är fel."
        )

    def bearers(self, name: object) -> list[str]:
        """Return the codes of all that a name, official names included, or a code may mean."""
        plain = clean(name)
        kommuner, others = self._named(plain)
        return [plain] if plain in self.titles else [*kommuner, *others]

    def is_called(self, code: str, text: object) -> bool:
        """Return whether a municipality or region bears a name, official names included."""
        key = _key(clean(text))
        return code in self._by_title.get(key, ()) or code in self._by_official.get(key, ())

    def is_kommun(self, code: str) -> bool:
        """Return whether a code is known to be a municipality's."""
        return self._kinds.get(code) == "K"

    def label(self, code: str) -> str:
        """Return code and name for a message: ``0319 (Älvkarleby)``."""
        title = self.titles.get(code)
        return code if title is None else f"{code} ({title})"

    def _required(self, text: object) -> str:
        plain = clean(text)
        if plain in MISSING:
            raise InputError("Kommunens namn eller kod saknas.")
        return plain

    def _is_bare_code(self, text: str) -> bool:
        return self._unknown and re.fullmatch(CODE, text) is not None

    def _named(self, name: str) -> tuple[list[str], list[str]]:
        """Return the municipalities, and the others, that bear a name."""
        key = _key(name)
        bearers = self._by_title.get(key, [])
        kommuner = [code for code in bearers if self._kinds[code] == "K"]
        others = [code for code in bearers if self._kinds[code] != "K"]
        return kommuner or self._by_official.get(key, []), others

    def _refuse_region(self, code: str) -> None:
        """Raise when the code is a region's or Riket's, with the municipality that it also is."""
        if self._kinds.get(code, "K") == "K":
            return
        title = self.titles[code]
        kommuner = self._by_official.get(_key(title), [])
        right = f"kommunen är {self.titles[kommuner[0]]} ({kommuner[0]})" if kommuner else "ange en kommun"
        raise InputError(f"{title} ({code}) är ingen kommun: {right}.")

    def _error(self, text: str, bearers: Sequence[str], kinds: Sequence[str]) -> InputError:
        """Return why a text means no single one of the places of these kinds."""
        if bearers:
            return InputError(
                f'Flera kommuner heter "{shown(text)}": ange koden i stället, {_either(bearers)}.'
            )
        titles = {code: title for code, title in self.titles.items() if self._kinds[code] in kinds}
        if any(sign.isnumeric() for sign in text):
            return self._code_error(text, titles)
        if self._unknown:
            return InputError(
                f'"{shown(text)}" är ingen kommunkod med fyra siffror, och namn kräver --metadata.'
            )
        return _name_error(text, list(titles.values()))

    def _code_error(self, text: str, titles: Mapping[str, str]) -> InputError:
        """Return what is wrong with a text that should be a code."""
        start = f'Kommunkoden "{shown(text)}"'
        likely = _likely_code(text)
        if not re.fullmatch(CODE, text) and (likely in titles or (likely and self._unknown)):
            right = f'skriv "{likely}"' + (f" ({titles[likely]})" if likely in titles else "")
            lost = {3: "har tappat sin inledande nolla", 2: "har tappat sina inledande nollor"}
            fault = lost.get(len(text)) if re.fullmatch(r"[0-9]+", text) else None
            return InputError(f"{start} {fault or 'ska vara fyra siffror'}: {right}.")
        if not re.fullmatch(CODE, text):
            example = min((code for code in titles if code != RIKET), default="0319")
            return InputError(f'{start} ska vara fyra siffror, till exempel "{example}".')
        near = difflib.get_close_matches(text, list(titles), n=3, cutoff=0.7)
        return InputError(f"{start} finns inte i datamängden.{_did_you_mean([self.label(c) for c in near])}")


def _likely_code(text: str) -> str:
    """Return the code that a spreadsheet or a data frame has made something else of, "" when none shows.

    Such as ``319``, ``319.0``, ``="0319"``, digits of another script, or a code with a name beside it.
    """
    found = re.fullmatch(r"\D{0,3}(\d{1,4})(?:[.,]0+)?\D{0,2}", text) or re.search(
        r"(?<!\d)(\d{4})(?!\d)", text
    )
    return "" if found is None else _ascii_digits(found[1]).zfill(4)


def _ascii_digits(text: str) -> str:
    return re.sub(r"\d", lambda digit: str(unicodedata.digit(digit[0])), text)


def _name_error(name: str, titles: Sequence[str]) -> InputError:
    """Return what is wrong with a name that no place bears, with the names that are like it."""
    start = fold(_without_kind(name))
    begun = sorted(title for title in titles if fold(title).startswith(start)) if start else []
    if len(begun) > 1:
        return InputError(f'Kommunnamnet "{shown(name)}" är tvetydigt. Menade du {_either(begun[:8])}?')
    near = begun or _near(start, titles)
    return InputError(f'Kommunen "{shown(name)}" finns inte i datamängden.{_did_you_mean(near)}')


def _near(folded: str, titles: Sequence[str]) -> list[str]:
    """Return the titles most like a folded name."""
    by_fold: dict[str, list[str]] = {}
    for title in titles:
        by_fold.setdefault(fold(title), []).append(title)
    near = difflib.get_close_matches(folded, list(by_fold), n=3, cutoff=0.6)
    return [title for key in near for title in by_fold[key]]


def fold(text: str) -> str:
    """Return the text in lower case without diacritics ("Älvkarleby" -> "alvkarleby")."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def _key(name: str) -> str:
    """Return a name so that two spellings of it are equal: case and inner white space do not count."""
    return " ".join(name.casefold().split())


def _without_kind(name: str) -> str:
    return re.sub(r"\s+(kommun|stad)$", "", name.strip(), flags=re.IGNORECASE)


def _official_names(title: str) -> list[str]:
    """Return the keys of the official names that a municipality may have."""
    key = _key(title)
    genitive = key if key.endswith(("s", "x", "z")) else f"{key}s"
    regular = {f"{form} {word}" for form in (key, genitive) for word in ("kommun", "stad")}
    return [*sorted(regular), *_IRREGULAR.get(key, ())]


def _is_lost(sign: str) -> bool:
    """Return whether a sign is a mark that a text reads the same without."""
    return unicodedata.category(sign) == "Cf" and not _is_turning(sign)


def _is_turning(sign: str) -> bool:
    """Return whether a sign embeds, overrides or isolates the direction of what follows."""
    return "\u202a" <= sign <= "\u202e" or "\u2066" <= sign <= "\u2069"


def _did_you_mean(names: Sequence[str]) -> str:
    return f" Menade du {_either(names)}?" if names else ""


def _either(names: Sequence[str]) -> str:
    """Join names as Swedish running text: "A, B eller C"."""
    *first, last = names
    return f"{', '.join(first)} eller {last}" if first else last
