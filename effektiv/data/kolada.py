"""Kolada's API v3 over HTTP: polite, patient, and strict about what it reads.

Every assumption about the API is in this module. A response that does not have the
expected shape is an error that names the address; nothing is guessed.

The client never leaves the host it was given: of a ``next_url`` only the query is
used, on the address that was asked for. Kolada may stand behind a proxy that makes it
write http for https or an internal host name, and a damaged or hostile response must
not be able to send the client elsewhere.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote, urlencode, urlsplit

import pandas as pd
import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse
from urllib3.util import Retry

from effektiv.data import observations as obs
from effektiv.data.identifiers import CODE, GROUP
from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import GROUP_COLUMNS, KPI_COLUMNS, KPI_FLAG_COLUMNS
from effektiv.errors import InputError, KoladaError

BASE_URL = "https://api.kolada.se/v3/"

PER_PAGE = 5000
"""Rows on a page: Kolada's default and the most it allows."""

IDS_PER_SEGMENT = 25
"""Ids in one segment of a path; more gives status 422."""

REQUESTS_PER_SECOND = 5.0
"""No limit is documented; other clients keep to this."""

TIMEOUT = (10.0, 60.0)
"""Seconds to connect, and between two pieces of a response."""

RETRIES = 5
"""Times a request is tried again after a fault on the way or one of `RETRY_STATUSES`."""

RETRY_STATUSES = (429, 500, 502, 503, 504)

LONGEST_WAIT = 300.0
"""Seconds of Retry-After that are waited out; more is an error, not a silent pause."""

MOST_PAGES = 2000
"""Pages of one listing (ten million rows) after which something must be wrong."""

BODY_ATTEMPTS = 4
"""Times a response that ends too early or is not JSON is fetched."""

GROUP_ID = re.compile(GROUP)
"""Id of a group of municipalities, which Kolada accepts in place of a municipality."""

DATA_COLUMNS = (*obs.COLUMNS, "isdeleted")


@dataclass(frozen=True)
class Page:
    """One page of a listing.

    Attributes
    ----------
    url
        Address it was read from.
    body
        The response as it came.
    rows
        The list in its envelope.
    next_query
        Query of the next page, None on the last.
    """

    url: str
    body: bytes
    rows: list[Any]
    next_query: str | None


class KoladaClient:
    """Reads listings from Kolada, page by page.

    Parameters
    ----------
    base_url
        Address of the API, ending in its version.
    requests_per_second
        No more than this, retries included.
    timeout
        Seconds to connect, seconds between two pieces of a response.
    backoff
        Seconds to wait before trying again, doubled for each further attempt.

    Raises
    ------
    InputError
        When `base_url` is no http or https address.

    Notes
    -----
    Use it as a context manager, so that connections are closed.
    """

    def __init__(
        self,
        base_url: str = BASE_URL,
        *,
        requests_per_second: float = REQUESTS_PER_SECOND,
        timeout: tuple[float, float] = TIMEOUT,
        backoff: float = 0.5,
    ) -> None:
        parts = urlsplit(base_url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise InputError(f'Adressen "{base_url}" går inte att använda: den ska se ut som {BASE_URL}')
        self.base_url = base_url.rstrip("/") + "/"
        self._timeout = timeout
        self._backoff = backoff
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"effektiv/{version('effektiv')}"
        self._session.headers["Accept"] = "application/json"
        limiter = _Limiter(1.0 / requests_per_second)
        retry = _PoliteRetry(
            total=RETRIES,
            status_forcelist=RETRY_STATUSES,
            backoff_factor=backoff,
            backoff_max=60,
            respect_retry_after_header=True,
            raise_on_status=False,
        )
        retry.limiter = limiter
        adapter = _LimitedAdapter(limiter, retry)
        self._session.mount("http://", adapter)
        self._session.mount("https://", adapter)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def kpis(self) -> pd.DataFrame:
        """Return all key figures: columns `KPI_COLUMNS`, missing text as "".

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected.
        """
        return self._frame("kpi", read_kpis)

    def municipalities(self) -> pd.DataFrame:
        """Return all municipalities, regions and Riket: id, title, type, county.

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected.
        """
        return listed_municipalities(self._frame("municipality", read_municipalities), self.base_url)

    def groups(self) -> pd.DataFrame:
        """Return the members of all municipality groups, one row for each member.

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected.
        """
        return self._frame("municipality_groups", read_groups)

    def data(
        self,
        *,
        kpis: Sequence[str] = (),
        municipalities: Sequence[str] = (),
        years: Sequence[int] = (),
        from_date: str | None = None,
    ) -> pd.DataFrame:
        """Return observations, without those that Kolada has deleted.

        Parameters
        ----------
        kpis, municipalities, years
            At least two of them, at most `IDS_PER_SEGMENT` of each. A municipality may
            be the id of a group.
        from_date
            Only what has changed since this day (YYYY-MM-DD).

        Returns
        -------
        pandas.DataFrame
            Columns kpi, municipality, year, gender, value, status in Kolada's order.

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected.
        ValueError
            When the request could not be answered.
        """
        path = data_path(kpis=kpis, municipalities=municipalities, years=years)
        rows = self._frame(path, read_data, {} if from_date is None else {"from_date": from_date})
        return rows[~rows["isdeleted"]][list(obs.COLUMNS)].reset_index(drop=True)

    def pages(
        self, path: str, parameters: dict[str, str] | None = None, after: Page | None = None
    ) -> Iterator[Page]:
        """Yield the pages of a listing until there are no more.

        Parameters
        ----------
        path
            Path below the base address: ``kpi``, ``data/kpi/N15001/year/2024``.
        parameters
            More query parameters, such as ``from_date``.
        after
            Page already read, to go on from.

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected, or the pages
            lead round in a circle.
        """
        query = urlencode({"per_page": PER_PAGE, **(parameters or {})})
        if after is not None:
            if after.next_query is None:
                return
            query = after.next_query
        seen: set[str] = set()
        following: str | None = query
        while following is not None:
            url = f"{self.base_url}{path}?{following}"
            if following in seen or len(seen) >= MOST_PAGES:
                raise KoladaError(f"Kolada svarade oväntat på {url}: sidorna tar aldrig slut.")
            seen.add(following)
            page = self._page(url, path)
            yield page
            following = page.next_query

    def _frame(
        self,
        path: str,
        read: Callable[[list[Any], str], pd.DataFrame],
        parameters: dict[str, str] | None = None,
    ) -> pd.DataFrame:
        """Return all rows of a listing as read by `read`."""
        parts = [read(page.rows, page.url) for page in self.pages(path, parameters)]
        return pd.concat(parts, ignore_index=True)

    def _page(self, url: str, path: str) -> Page:
        """Fetch one page; a body that ends too early is fetched again."""
        for attempt in range(BODY_ATTEMPTS):
            try:
                body = self._body(url)
                return read_page(body, url, path)
            except _BrokenBodyError as error:
                if attempt == BODY_ATTEMPTS - 1:
                    raise KoladaError(
                        f"Svaret från {url} går inte att läsa, trots {BODY_ATTEMPTS} försök: {error}. "
                        "Försök igen senare."
                    ) from error
                time.sleep(self._backoff * 2**attempt)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _body(self, url: str) -> bytes:
        """Return the body of a response from our host with status 200."""
        try:
            # A redirect could lead to another host; Kolada gives none on these paths.
            response = self._session.get(url, timeout=self._timeout, stream=True, allow_redirects=False)
        except requests.exceptions.RequestException as error:
            raise KoladaError(
                f"Kolada svarar inte på {url}: kontrollera nätet och adressen, eller försök igen senare."
            ) from error
        with response:
            _check_status(response, url)
            try:
                return response.content
            except requests.exceptions.RequestException as error:
                raise _BrokenBodyError("svaret bröts av") from error


def data_path(
    *, kpis: Sequence[str] = (), municipalities: Sequence[str] = (), years: Sequence[int] = ()
) -> str:
    """Return the path of a data request.

    Parameters
    ----------
    kpis, municipalities, years
        At least two of them, at most `IDS_PER_SEGMENT` of each.

    Returns
    -------
    str
        Such as ``data/kpi/N15001,N15030/year/2024``.

    Raises
    ------
    ValueError
        When there are fewer than two segments or too many ids in one.
    """
    segments = {"kpi": kpis, "municipality": municipalities, "year": years}
    chosen = {name: ids for name, ids in segments.items() if ids}
    if len(chosen) < 2:
        raise ValueError("a data request needs at least two of kpis, municipalities and years")
    for name, ids in chosen.items():
        if len(ids) > IDS_PER_SEGMENT:
            raise ValueError(f"at most {IDS_PER_SEGMENT} ids in a segment, not {len(ids)} ({name})")
    return "data/" + "/".join(f"{name}/{','.join(map(str, ids))}" for name, ids in chosen.items())


def read_page(body: bytes, url: str, path: str) -> Page:
    """Return a response as a page.

    Parameters
    ----------
    body
        The response as it came.
    url
        Where it came from.
    path
        Path that was asked for; a ``next_url`` that leads to another is refused.

    Raises
    ------
    KoladaError
        When the envelope is not as expected.
    """
    try:
        envelope = json.loads(body, parse_constant=_refuse_constant)
    except ValueError as error:
        page = body.lstrip()[:1] == b"<"
        raise _BrokenBodyError("det är en webbsida, inte JSON" if page else "det är inte JSON") from error
    if not isinstance(envelope, dict) or not isinstance(envelope.get("values"), list):
        raise _unexpected(url, "svaret saknar listan values")
    if "next_url" not in envelope:
        raise _unexpected(url, "svaret saknar next_url, så det går inte att veta om det är helt")
    return Page(url, body, envelope["values"], _next_query(envelope["next_url"], url, path))


def read_data(values: list[Any], url: str) -> pd.DataFrame:
    """Return data rows as a frame.

    Parameters
    ----------
    values
        Rows of a page: ``{"kpi", "municipality", "period", "values": [{"gender",
        "value", "status", "isdeleted"}]}``. ``isdeleted`` may be left out of a value
        that is not deleted.
    url
        Where they came from, for messages.

    Returns
    -------
    pandas.DataFrame
        `DATA_COLUMNS`: the tidy columns and isdeleted (bool). `municipality` may be the
        id of a group. A deleted row may have neither value nor status.

    Raises
    ------
    KoladaError
        When a row has another shape, a type or mark that is not Kolada's, or both a
        value and a status, or neither.
    """
    rows: list[tuple[str, str, int, str, float | None, str | None, bool]] = []
    for row in values:
        kpi, municipality, year, cells = _data_key(row, url)
        for cell in cells:
            gender, value, status, deleted = _data_value(cell, row, url)
            rows.append((kpi, municipality, year, gender, value, status, deleted))
    columns = ("kpi", "municipality", "year", "gender", "value", "status", "isdeleted")
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(
        {"kpi": "str", "municipality": "str", "year": "int64", "gender": "str", "value": "float64"}
        | {"status": "str", "isdeleted": "bool"}
    )


def read_kpis(values: list[Any], url: str) -> pd.DataFrame:
    """Return key figures as a frame with `KPI_COLUMNS`, missing text as "".

    Raises
    ------
    KoladaError
        When id or title is missing, or something has another type.
    """
    rows = []
    for row in values:
        _require(isinstance(row, dict), url, "nyckeltalet är inte ett objekt", row)
        texts = {name: _optional_text(row, name, url) for name in KPI_COLUMNS if name not in KPI_FLAG_COLUMNS}
        _require(bool(texts["id"] and texts["title"]), url, "nyckeltalet saknar id eller title", row)
        flags = {name: _flag(row, name, url) for name in KPI_FLAG_COLUMNS}
        rows.append(texts | flags)
    frame = pd.DataFrame(rows, columns=list(KPI_COLUMNS))
    return frame.astype({name: "bool" if name in KPI_FLAG_COLUMNS else "str" for name in KPI_COLUMNS})


def read_municipalities(values: list[Any], url: str) -> pd.DataFrame:
    """Return municipalities as a frame with id, title and type.

    Raises
    ------
    KoladaError
        When one of them is missing or is not text.
    """
    rows = [_texts(row, ("id", "title", "type"), url, "kommunen") for row in values]
    return pd.DataFrame(rows, columns=["id", "title", "type"], dtype="str")


def listed_municipalities(rows: pd.DataFrame, url: str) -> pd.DataFrame:
    """Return all rows of `read_municipalities` as the municipalities frame.

    Raises
    ------
    KoladaError
        When a code is not four digits or comes twice, or a type is not K or L.
    """
    try:
        return municipalities_frame(rows.itertuples(index=False, name=None))
    except InputError as error:
        raise KoladaError(f"Kolada svarade oväntat på {url}municipality: {error}") from error


def read_groups(values: list[Any], url: str) -> pd.DataFrame:
    """Return the members of groups as a frame with group_id, group_title, member_id, member_title.

    Raises
    ------
    KoladaError
        When a part is missing or has another type.
    """
    rows = []
    for group in values:
        head = _texts(group, ("id", "title"), url, "gruppen")
        members = group.get("members")
        _require(isinstance(members, list), url, "gruppen saknar listan members", group)
        for member in members:
            rows.append(head + _texts(member, ("member_id", "member_title"), url, "gruppens medlem"))
    return pd.DataFrame(rows, columns=list(GROUP_COLUMNS), dtype="str")


class _BrokenBodyError(Exception):
    """A body that ended too early or is not JSON, and may be whole the next time."""


class _Limiter:
    """Lets calls through no oftener than every `interval` seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next = time.monotonic()

    def wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._interval


class _PoliteRetry(Retry):
    """Retries that keep to the rate limit too, and do not wait for ever."""

    limiter: _Limiter

    def new(self, **changes: Any) -> Self:
        copy = super().new(**changes)
        copy.limiter = self.limiter
        return copy

    def get_retry_after(self, response: BaseHTTPResponse) -> float | None:
        seconds = super().get_retry_after(response)
        if seconds is not None and seconds > LONGEST_WAIT:
            raise KoladaError(
                f"Kolada ber oss att vänta {seconds:.0f} sekunder innan nästa fråga: försök igen senare."
            )
        return seconds

    def sleep(self, response: BaseHTTPResponse | None = None) -> None:
        super().sleep(response)
        self.limiter.wait()


class _LimitedAdapter(HTTPAdapter):
    """Adapter that keeps to the rate limit."""

    def __init__(self, limiter: _Limiter, retry: Retry) -> None:
        self._limiter = limiter
        super().__init__(max_retries=retry)

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        self._limiter.wait()
        return super().send(*args, **kwargs)


def _check_status(response: requests.Response, url: str) -> None:
    if response.status_code in RETRY_STATUSES:
        raise KoladaError(
            f"Kolada svarar med fel {response.status_code} på {url}, trots {RETRIES + 1} försök: "
            "försök igen senare."
        )
    if response.is_redirect:
        raise KoladaError(
            f"Kolada skickar vidare från {url} till {response.headers['Location']}: "
            "ange den rätta adressen som bas-adress."
        )
    if response.status_code != requests.codes.ok:
        raise KoladaError(f"Kolada svarade med fel {response.status_code} på {url}.")


def _next_query(next_url: object, url: str, path: str) -> str | None:
    """Return the query of the next page; it must lead to the same listing."""
    if next_url is None:
        return None
    _require(isinstance(next_url, str), url, "next_url är inte text", next_url)
    parts = urlsplit(str(next_url))
    same = unquote(parts.path).endswith("/" + unquote(path))
    _require(same and bool(parts.query), url, "next_url leder till något annat", next_url)
    return parts.query


def _data_key(row: Any, url: str) -> tuple[str, str, int, list[Any]]:
    """Return kpi, municipality, year and the list of values of a data row."""
    _require(isinstance(row, dict), url, "raden är inte ett objekt", row)
    kpi, municipality = row.get("kpi"), row.get("municipality")
    _require(isinstance(kpi, str) and bool(kpi), url, "raden saknar kpi", row)
    known = isinstance(municipality, str) and (
        re.fullmatch(CODE, municipality) or GROUP_ID.fullmatch(municipality)
    )
    _require(bool(known), url, "raden har en kommun som inte är fyra siffror eller en grupp", row)
    year = row.get("period")
    _require(type(year) is int and obs.FIRST_YEAR <= year <= obs.LAST_YEAR, url, "period är inget årtal", row)
    cells = row.get("values")
    _require(isinstance(cells, list), url, "raden saknar listan values", row)
    return kpi, municipality, year, cells


def _data_value(cell: Any, row: Any, url: str) -> tuple[str, float | None, str | None, bool]:
    """Return gender, value, status and isdeleted of one value in a data row."""
    _require(isinstance(cell, dict), url, "värdet är inte ett objekt", row)
    gender = cell.get("gender")
    _require(gender in obs.GENDERS, url, "gender är inte T, K eller M", row)
    deleted = cell.get("isdeleted", False)
    _require(isinstance(deleted, bool), url, "isdeleted är inte sant eller falskt", row)
    _require("value" in cell and "status" in cell, url, "value eller status saknas", row)
    value, status = cell["value"], cell["status"] or None
    number = value is None or (type(value) in (int, float) and math.isfinite(value))
    _require(number, url, "value är inte ett tal", row)
    _require(status is None or status in obs.STATUSES, url, "status är okänd", row)
    one = (value is None) != (status is None)
    _require(one or deleted, url, "värdet har både value och status, eller varken eller", row)
    return gender, value, status, deleted


def _texts(row: Any, names: tuple[str, ...], url: str, what: str) -> tuple[str, ...]:
    _require(isinstance(row, dict), url, f"{what} är inte ett objekt", row)
    texts = tuple(row.get(name) for name in names)
    _require(
        all(isinstance(text, str) and text for text in texts), url, f"{what} saknar {', '.join(names)}", row
    )
    return texts


def _optional_text(row: dict[str, Any], name: str, url: str) -> str:
    """Return a text that may be missing as ""; a whole number (a year) as its digits."""
    value = row.get(name)
    _require(value is None or type(value) in (str, int), url, f"{name} är inte text", row)
    return "" if value is None else str(value)


def _flag(row: dict[str, Any], name: str, url: str) -> bool:
    """Return a truth value; Kolada has also written them as 0 and 1."""
    value = row.get(name)
    _require(
        value in (True, False) and type(value) in (bool, int), url, f"{name} är inte sant eller falskt", row
    )
    return bool(value)


def _require(holds: bool, url: str, complaint: str, found: object) -> None:
    if not holds:
        raise _unexpected(url, f"{complaint}: {str(found)[:200]}")


def _unexpected(url: str, complaint: str) -> KoladaError:
    return KoladaError(f"Kolada svarade oväntat på {url}: {complaint}.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
