"""SCB's population and projection, from its statistical database (PxWebApi 2): strict about what it reads.

Three tables make one series. ``TAB638`` (BefolkningNy) ends with 2024; ``TAB5557`` (BefolkningCKM) goes on from 2025,
protected by the cell key method and with other codes; ``TAB698`` (BefProgOsiktRegN) is the projection. Each table is
asked for what it holds, and then for a municipality's persons by single years of age. What stands where is read from
the table's own description; a shape that was not expected, an age that is missing or a year between two tables that
none has is a `ScbError`, and nothing is guessed.

pxstatspy, the package for this API, was tried and is not used: it waits without limit for an answer, tries nothing
again, prints while it fetches, asks for a table's description four times for each question, takes codes in the order
they are written and not by their index, and drops why a number is missing. The tests read their server with it too.

Certificates and proxies are those of Kolada's client (`effektiv.data.web`).
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from itertools import product
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError
from urllib3.response import BaseHTTPResponse
from urllib3.util import Retry

from effektiv.data.population import COLUMNS
from effektiv.data.web import TrustingAdapter, api_address, brief, trust
from effektiv.errors import ScbError

BASE_URL = "https://statistikdatabasen.scb.se/api/v2/"

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two pieces of a response."""

RETRIES = 4
"""Times a question is asked again after a fault on the way or one of `RETRY_STATUSES`."""

RETRY_STATUSES = (429, 500, 502, 503, 504)

LONGEST_WAIT = 60.0
"""Seconds of Retry-After that are waited, however many SCB asks for; it takes 30 questions in 10 seconds."""

BODY_ATTEMPTS = 3
"""Times a response that ends too early is fetched."""

MOST_BYTES = 16_000_000
"""Of one response: the description of the largest of the tables is under 1 MB."""

FIRST_YEAR = 2015
"""First year that is asked for."""


@dataclass(frozen=True)
class ScbTable:
    """One of SCB's tables.

    Attributes
    ----------
    id
        In PxWebApi 2.
    name
        In the database, as the snapshot gives the source of a row.
    contents
        Code of the number of persons among what the table measures.
    is_projection
        Whether it is of years to come.
    """

    id: str
    name: str
    contents: str
    is_projection: bool = False


HISTORY = ScbTable("TAB638", "BefolkningNy", "BE0101N1")
LATEST = ScbTable("TAB5557", "BefolkningCKM", "000007ME")
PROJECTION = ScbTable("TAB698", "BefProgOsiktRegN", "000004LG", is_projection=True)
TABLES = (HISTORY, LATEST, PROJECTION)

REGION, AGE, CONTENTS, TIME = "Region", "Alder", "ContentsCode", "Tid"

_SINGLE, _OPEN = re.compile(r"[0-9]{1,2}"), re.compile(r"([0-9]{2,3})\+1?")
"""Codes of one age, and of an age and all above: SCB writes "100+", and "100+1" where groups of ages have codes too."""

_WHOLE = {"Kon": {"1", "2"}, "Civilstand": {"OG", "G", "SK", "ÄNKL"}}
"""Codes that are all of a variable together, where it has none for the sum."""


@dataclass(frozen=True)
class Dimension:
    """A variable of a table.

    Attributes
    ----------
    codes
        In the order of the numbers.
    labels
        What each is called.
    may_be_left_out
        Whether numbers are the sum of all when nothing is asked of it.
    """

    codes: tuple[str, ...]
    labels: Mapping[str, str]
    may_be_left_out: bool


class ScbClient:
    """Reads SCB's population.

    Parameters
    ----------
    base_url
        Address of the API, ending in its version.
    timeout
        Seconds to connect, seconds between two pieces of a response.
    backoff
        Seconds to wait before asking again, doubled for each further attempt.

    Attributes
    ----------
    requests
        Questions asked, not counting those asked again.

    Raises
    ------
    InputError
        When `base_url` is no http or https address or holds a password.

    Notes
    -----
    Use it as a context manager, so that connections are closed.
    """

    def __init__(
        self, base_url: str = BASE_URL, *, timeout: tuple[float, float] = TIMEOUT, backoff: float = 0.5
    ) -> None:
        self.base_url = api_address(base_url, "SCB", BASE_URL)
        self.requests = 0
        self._timeout = timeout
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"effektiv/{version('effektiv')}"
        self._session.headers["Accept"] = "application/json"
        again = _Again(
            total=RETRIES,
            status_forcelist=RETRY_STATUSES,
            allowed_methods=("GET",),
            backoff_factor=backoff,
            raise_on_status=False,
        )
        self._session.mount("http://", HTTPAdapter(max_retries=again))
        if self.base_url.startswith("https"):
            self._session.mount("https://", TrustingAdapter(trust(), max_retries=again))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def population(self, municipality: str, first_year: int = FIRST_YEAR) -> pd.DataFrame:
        """Return a municipality's persons by age, as they were and as SCB projects them.

        Parameters
        ----------
        municipality
            Four digits.
        first_year
            First year.

        Returns
        -------
        pandas.DataFrame
            Columns `effektiv.data.population.COLUMNS`, every year and age once; the highest age is it and all above.

        Raises
        ------
        ScbError
            SCB does not answer, answers something unexpected, or the tables together have a hole.
        """
        return spliced(
            {table: self.persons(table, municipality, first_year) for table in TABLES}, municipality
        )

    def persons(self, table: ScbTable, municipality: str, first_year: int = FIRST_YEAR) -> pd.DataFrame:
        """Return the persons of one table: columns age, year and value, no number missing.

        Raises
        ------
        ScbError
            As `population`.
        """
        path = f"tables/{table.id}"
        body, url = self._json(f"{path}/metadata", {"lang": "sv", "outputFormat": "json-stat2"})
        dimensions = read_dimensions(body, url)
        asked = selection(dimensions, table, municipality, first_year, url)
        query = {f"valueCodes[{name}]": ",".join(codes) for name, codes in asked.items()}
        body, url = self._json(f"{path}/data", {"lang": "sv", "outputFormat": "json-stat2", **query})
        return read_persons(body, asked, table, municipality, url)

    def _json(self, path: str, parameters: Mapping[str, str]) -> tuple[dict[str, Any], str]:
        """Return an answer, an object of JSON, and the address it was read from, without its query."""
        url = f"{self.base_url}{path}"
        self.requests += 1
        text = self._body(f"{url}?{urlencode(parameters)}", url)
        try:
            answer = json.loads(text.decode("utf-8"))
        except (ValueError, RecursionError) as error:
            raise _unexpected(url, "svaret är inte JSON") from error
        if not isinstance(answer, dict):
            raise _unexpected(url, "svaret är inget objekt")
        return answer, url

    def _body(self, address: str, url: str) -> bytes:
        attempt = 0
        while True:
            attempt += 1
            try:
                # A redirect could lead to another host; SCB gives none on these paths.
                answer = self._session.get(address, timeout=self._timeout, stream=True, allow_redirects=False)
            except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
                raise ScbError(
                    f"SCB svarar inte på {url}, trots flera försök: kontrollera nätet och adressen, eller ange kommunens "
                    "egen prognos i befolkning.xlsx."
                ) from error
            with answer:
                _check_status(answer, url)
                try:
                    return _read_whole(answer, url)
                except (requests.exceptions.RequestException, HTTPError, OSError) as error:
                    if attempt == BODY_ATTEMPTS:
                        raise ScbError(
                            f"Svaret från {url} bryts av, trots {attempt} försök: försök igen senare."
                        ) from error


class _Again(Retry):
    """When to ask again; never waits longer than `LONGEST_WAIT`."""

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        wait = super().get_retry_after(response)
        return None if wait is None else min(wait, LONGEST_WAIT)


def _check_status(answer: requests.Response, url: str) -> None:
    code = answer.status_code
    if code in RETRY_STATUSES:
        raise ScbError(f"SCB svarar med fel {code} på {url}, trots flera försök: försök igen senare.")
    if answer.is_redirect:
        host = urlsplit(answer.headers["Location"]).hostname or ""
        raise ScbError(
            f"SCB skickar vidare från {url} till {brief(host)}: ange den rätta adressen som bas-adress."
        )
    if code == requests.codes.not_found:
        raise ScbError(
            f"SCB har ingen tabell på {url} (fel 404): den kan ha bytt namn, säg till den som sköter arbetsboken."
        )
    if code != requests.codes.ok:
        raise ScbError(f"SCB svarade med fel {code} på {url}.")


def _read_whole(answer: requests.Response, url: str) -> bytes:
    parts, size = [], 0
    for part in answer.iter_content(1 << 16):
        parts.append(part)
        size += len(part)
        if size > MOST_BYTES:
            raise _unexpected(url, f"svaret är större än {MOST_BYTES // 1_000_000} MB")
    return b"".join(parts)


# What an answer says (JSON-stat 2) ----------------------------------------------------------


def read_dimensions(answer: Mapping[str, Any], url: str) -> dict[str, Dimension]:
    """Return the variables of a table, in order.

    Raises
    ------
    ScbError
        When it is no dataset of JSON-stat 2.
    """
    names, sizes, about = answer.get("id"), answer.get("size"), answer.get("dimension")
    whole = (
        isinstance(names, list)
        and isinstance(sizes, list)
        and isinstance(about, dict)
        and len(names) == len(sizes)
    )
    if answer.get("class") != "dataset" or not whole:
        raise _unexpected(url, "svaret är ingen tabell i JSON-stat 2")
    assert isinstance(names, list)
    assert isinstance(sizes, list)
    assert isinstance(about, dict)
    found = {}
    for name, size in zip(names, sizes, strict=True):
        try:
            inside = about[name]
            category = inside["category"]
            # A variable with one code may be without an index.
            codes = _in_order(
                category["index"] if "index" in category or size != 1 else list(category["label"])
            )
            labels = {str(code): str(label) for code, label in category.get("label", {}).items()}
            left_out = inside.get("extension", {}).get("elimination", False)
        except (KeyError, TypeError, AttributeError, ValueError) as error:
            raise _unexpected(url, f"variabeln {brief(name)} går inte att läsa") from error
        if len(codes) != size or len(set(codes)) != len(codes):
            raise _unexpected(url, f"variabeln {brief(name)} har {len(codes)} koder men ska ha {brief(size)}")
        found[str(name)] = Dimension(codes, labels, left_out is True)
    lacking = [name for name in (REGION, AGE, CONTENTS, TIME) if name not in found]
    if lacking:
        raise _unexpected(url, f"tabellen saknar variabeln {lacking[0]}")
    return found


def _in_order(index: Any) -> tuple[str, ...]:
    """Return codes by their place, which is written as a list or as a number for each."""
    if isinstance(index, list):
        return tuple(str(code) for code in index)
    places = sorted((int(place), str(code)) for code, place in index.items())
    if [place for place, _ in places] != list(range(len(places))):
        raise ValueError("the places are not those of a list")
    return tuple(code for _, code in places)


def selection(
    dimensions: Mapping[str, Dimension], table: ScbTable, municipality: str, first_year: int, url: str
) -> dict[str, tuple[str, ...]]:
    """Return what to ask a table for: codes by variable, so that each age and year is counted once.

    Raises
    ------
    ScbError
        When the table lacks the municipality, an age or the number of persons, or is divided in an unknown way.
    """
    if municipality not in dimensions[REGION].codes:
        raise ScbError(f"SCB:s tabell {table.name} har ingen kommun {municipality}.")
    if table.contents not in dimensions[CONTENTS].codes:
        raise _unexpected(url, f"tabellen {table.name} har inte folkmängden under koden {table.contents}")
    years = tuple(
        code for code in dimensions[TIME].codes if re.fullmatch(r"[0-9]{4}", code) and int(code) >= first_year
    )
    if not years:
        raise ScbError(f"SCB:s tabell {table.name} har inga år från {first_year}.")
    asked = {
        REGION: (municipality,),
        AGE: _ages(dimensions[AGE], table),
        CONTENTS: (table.contents,),
        TIME: years,
    }
    for name, dimension in dimensions.items():
        if name not in asked and not dimension.may_be_left_out:
            asked[name] = _all_of(name, dimension, table, url)
    # In the table's own order, as its numbers come.
    return {name: asked[name] for name in dimensions if name in asked}


def _ages(dimension: Dimension, table: ScbTable) -> tuple[str, ...]:
    single = {int(code): code for code in dimension.codes if _SINGLE.fullmatch(code)}
    opened = {int(match[1]): code for code in dimension.codes if (match := _OPEN.fullmatch(code))}
    top = max(opened, default=None)
    if top is None:
        raise ScbError(f"SCB:s tabell {table.name} saknar den öppna åldern, som 100+.")
    lacking = [age for age in range(top) if age not in single]
    if lacking:
        raise ScbError(f"SCB:s tabell {table.name} saknar åldern {lacking[0]}.")
    return (*(single[age] for age in range(top)), opened[top])


def _all_of(name: str, dimension: Dimension, table: ScbTable, url: str) -> tuple[str, ...]:
    """Return the code of the sum, which adds no noise, else those that are all together."""
    sums = [
        code for code in dimension.codes if dimension.labels.get(code, "").casefold().startswith("totalt")
    ]
    if sums:
        return (sums[0],)
    if set(dimension.codes) == _WHOLE.get(name):
        return dimension.codes
    raise _unexpected(url, f"tabellen {table.name} är uppdelad på {brief(name)} utan en kod för alla")


def read_persons(
    answer: Mapping[str, Any],
    asked: Mapping[str, Sequence[str]],
    table: ScbTable,
    municipality: str,
    url: str,
) -> pd.DataFrame:
    """Return the numbers of an answer: columns age, year and value.

    Raises
    ------
    ScbError
        When it holds something else than was asked for, or a number is missing or none.
    """
    dimensions = read_dimensions(answer, url)
    for name, codes in asked.items():
        there = dimensions.get(name)
        if there is None or sorted(there.codes) != sorted(codes):
            raise _unexpected(url, f"svaret har annat i variabeln {name} än det som efterfrågades")
    extra = [
        name for name, dimension in dimensions.items() if name not in asked and len(dimension.codes) != 1
    ]
    if extra:
        raise _unexpected(url, f"svaret är uppdelat på {brief(extra[0])}, som ingen frågat efter")
    size = math.prod(len(item.codes) for item in dimensions.values())
    values = _values(answer.get("value"), size, url)
    names = list(dimensions)
    summed: dict[tuple[int, int], float] = {}
    for place, value in zip(product(*(item.codes for item in dimensions.values())), values, strict=True):
        told = dict(zip(names, place, strict=True))
        if type(value) not in (int, float) or not math.isfinite(value) or value < 0:
            what = "saknar antalet" if value is None else f"har {brief(value)} som antalet"
            raise ScbError(
                f"SCB:s tabell {table.name} {what} för åldern {told[AGE]} år {told[TIME]} i kommunen {municipality}, så "
                "inget av den används."
            )
        # By sex and marital status where there is no code for the sum.
        key = int(told[TIME]), int(told[AGE].partition("+")[0])
        summed[key] = summed.get(key, 0.0) + float(value)
    rows = [(age, year, value) for (year, age), value in sorted(summed.items())]
    return pd.DataFrame(rows, columns=["age", "year", "value"])


def _values(values: Any, size: int, url: str) -> list[Any]:
    """Return the numbers as a list, None where there is none: JSON-stat writes a list, or an object of those there are."""
    if isinstance(values, dict):
        try:
            places = {int(place): value for place, value in values.items()}
        except ValueError as error:
            raise _unexpected(url, "talen har platser som inte är tal") from error
        values = [places.get(place) for place in range(size)]
    if not isinstance(values, list) or len(values) != size:
        raise _unexpected(url, f"tabellen ska ha {size} tal")
    return values


def spliced(parts: Mapping[ScbTable, pd.DataFrame], municipality: str) -> pd.DataFrame:
    """Return the tables as one series; where two have the same year, the first of them counts.

    Parameters
    ----------
    parts
        Persons by table, columns age, year and value, in the order that they follow each other.
    municipality
        Whose they are.

    Raises
    ------
    ScbError
        When no table has a year between two, or they have other ages.
    """
    rows: list[pd.DataFrame] = []
    last, before, ages = 0, "", set[int]()
    for table, persons in parts.items():
        if rows and set(persons["age"]) != ages:
            raise ScbError(
                f"SCB:s tabeller {before} och {table.name} har olika åldrar, så serien går inte att sätta ihop."
            )
        new = persons[persons["year"] > last]
        if new.empty:
            continue
        years = sorted(set(new["year"].tolist()))
        expected = range(last + 1 if rows else years[0], years[-1] + 1)
        hole = [year for year in expected if year not in years]
        if hole:
            place = f"mellan {before} och {table.name}" if rows and hole[0] < years[0] else f"i {table.name}"
            raise ScbError(f"SCB:s serie har ett hål {place}, där {hole[0]} saknas, så inget av den används.")
        rows.append(
            new.assign(municipality=municipality, source=table.name, is_projection=table.is_projection)
        )
        last, before, ages = years[-1], table.name, set(new["age"].tolist())
    return pd.concat(rows, ignore_index=True)[list(COLUMNS)]


def _unexpected(url: str, complaint: str) -> ScbError:
    return ScbError(f"SCB svarade oväntat på {url}: {complaint}.")
