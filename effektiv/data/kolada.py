"""Kolada's API v3 over HTTP: polite, patient, and strict about what it reads.

Every assumption about the API is in this module. A response that does not have the
expected shape is an error that names the address; nothing is guessed.

The client never leaves the host it was given: of a ``next_url`` only the query is
used, on the address that was asked for. Kolada may stand behind a proxy that makes it
write http for https or an internal host name, and a damaged or hostile response must
not be able to send the client elsewhere. Nor can a response make it use much memory or
wait for ever.

Certificates are those that the system trusts (`effektiv.data.web`).
"""

from __future__ import annotations

import json
import math
import re
import ssl
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from types import TracebackType
from typing import Any, NoReturn, Self
from urllib.parse import unquote, urlencode, urlsplit

import pandas as pd
import requests
from requests.utils import get_environ_proxies, select_proxy
from urllib3.exceptions import HTTPError

from effektiv.data import observations as obs
from effektiv.data.identifiers import CODE, GROUP, UNIT
from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import GROUP_COLUMNS, KPI_COLUMNS, KPI_FLAG_COLUMNS
from effektiv.data.web import TrustingAdapter, api_address, brief, trust
from effektiv.errors import InputError, KoladaError

KOLADA = "Kolada"

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

LONGEST_BACKOFF = 60.0
"""Seconds between two attempts, at most, when Kolada does not say."""

MOST_PAGES = 2000
"""Pages of one listing (ten million rows) after which something must be wrong."""

BODY_ATTEMPTS = 4
"""Times a response that ends too early or is not JSON is fetched."""

MOST_BYTES = 32_000_000
"""Of one response, unpacked: six times the largest, 5 000 key figures with descriptions."""

LONGEST_BODY = 300.0
"""Seconds that one response may take, however steadily it trickles."""

GROUP_ID = re.compile(GROUP)
"""Id of a group of municipalities, which Kolada accepts in place of a municipality."""

DATA_COLUMNS = (*obs.COLUMNS, "isdeleted")


class EndlessError(KoladaError):
    """The pages of a listing lead round in a circle, or are too many; those already read are not to be trusted."""


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
        When `base_url` is no http or https address or holds a password, or the
        environment names certificates that cannot be read.

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
        self.base_url = api_address(base_url, KOLADA, BASE_URL)
        self._timeout = timeout
        self._backoff = backoff
        self._limiter = _Limiter(1.0 / requests_per_second)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"effektiv/{version('effektiv')}"
        self._session.headers["Accept"] = "application/json"
        # No other coding than what `_unpacked` knows how to bound.
        self._session.headers["Accept-Encoding"] = "gzip"
        if self.base_url.startswith("https"):
            self._session.mount("https://", TrustingAdapter(trust()))

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

    def units(self, municipality: str) -> pd.DataFrame:
        """Return the units of a municipality: id, title (perhaps ""), municipality.

        Raises
        ------
        KoladaError
            When Kolada does not answer, or answers something unexpected.
        """
        return self._frame("ou", read_units, {"municipality": municipality})

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
            When Kolada does not answer, or answers something unexpected; `EndlessError`
            when the pages lead round in a circle.
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
                raise EndlessError(f"Kolada svarade oväntat på {url}: sidorna tar aldrig slut.")
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
        """Fetch one page; what may be better the next time is tried again."""
        attempt = 0
        while True:
            self._limiter.wait()
            try:
                return read_page(self._body(url), url, path)
            except _PassingError as error:
                attempt += 1
                if attempt >= error.attempts:
                    raise KoladaError(f"{error.text}, trots {attempt} försök: försök igen senare.") from error
                backoff = min(self._backoff * 2 ** (attempt - 1), LONGEST_BACKOFF)
                time.sleep(backoff if error.wait is None else error.wait)

    def _body(self, url: str) -> bytes:
        """Return the unpacked body of a response from our host with status 200."""
        try:
            # A redirect could lead to another host; Kolada gives none on these paths.
            response = self._session.get(url, timeout=self._timeout, stream=True, allow_redirects=False)
        except (requests.exceptions.RequestException, HTTPError, ValueError) as error:
            self._raise_unreached(url, error)
        with response:
            _check_status(response, url, self._proxy)
            return _unpacked(_packed(response, url), response.headers.get("Content-Encoding", ""), url)

    @property
    def _proxy(self) -> str:
        """Host of the proxy that the environment or Windows names, without password; "" for none."""
        proxy = select_proxy(self.base_url, get_environ_proxies(self.base_url)) or ""
        return proxy.rpartition("@")[2].rpartition("//")[2]

    def _raise_unreached(self, url: str, error: Exception) -> NoReturn:
        """Say why there was no response; only what may pass is tried again."""
        host = urlsplit(self.base_url).netloc
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(error)):
            raise KoladaError(
                f"Datorn litar inte på certifikatet från {host}, kanske för att en proxy byter ut det: be IT om "
                "kommunens rotcertifikat som en fil och ange den i miljövariabeln REQUESTS_CA_BUNDLE."
            ) from error
        if isinstance(error, requests.exceptions.ProxyError):
            code = re.search(r"Tunnel connection failed: (\d{3})", str(error))
            raise (_refused_by_proxy(self._proxy, code[1]) if code else _no_proxy(self._proxy)) from error
        # Our own address was tried when the client was made, so it is the proxy's that cannot be read.
        unreadable = isinstance(error, ValueError) and not isinstance(
            error, requests.exceptions.InvalidHeader
        )
        if self._proxy and unreadable:
            raise _no_proxy(self._proxy) from error
        proxy = f"proxyn {brief(self._proxy)}" if self._proxy else "om det behövs en proxy"
        raise _PassingError(
            f"Kolada svarar inte på {url} (kontrollera nätet, adressen och {proxy})", RETRIES + 1
        ) from error


def data_path(
    *,
    kpis: Sequence[str] = (),
    municipalities: Sequence[str] = (),
    units: Sequence[str] = (),
    years: Sequence[int] = (),
) -> str:
    """Return the path of a data request.

    Parameters
    ----------
    kpis, municipalities, years
        At least two of them, at most `IDS_PER_SEGMENT` of each.
    units
        Instead of municipalities: what is published of these.

    Returns
    -------
    str
        Such as ``data/kpi/N15001,N15030/year/2024``.

    Raises
    ------
    ValueError
        When there are fewer than two segments or too many ids in one.
    """
    place = {"ou": units} if units else {"municipality": municipalities}
    segments = {"kpi": kpis, **place, "year": years}
    chosen = {name: ids for name, ids in segments.items() if ids}
    if len(chosen) < 2:
        raise ValueError("a data request needs at least two of kpis, municipalities and years")
    for name, ids in chosen.items():
        if len(ids) > IDS_PER_SEGMENT:
            raise ValueError(f"at most {IDS_PER_SEGMENT} ids in a segment, not {len(ids)} ({name})")
    return ("oudata/" if units else "data/") + "/".join(
        f"{name}/{','.join(map(str, ids))}" for name, ids in chosen.items()
    )


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
        envelope = json.loads(
            body.decode("utf-8-sig"),
            parse_constant=_refuse_constant,
            parse_int=_whole,
            object_pairs_hook=_object,
        )
        if _HALF.search(body):
            json.dumps(envelope, ensure_ascii=False).encode("utf-8")
    except RecursionError as error:
        raise _unexpected(url, "svaret har fler nivåer än Kolada använder") from error
    except UnicodeEncodeError as error:
        raise _unexpected(url, "svaret innehåller ett halvt tecken (\\u och ett surrogat)") from error
    except KeyError as error:
        raise _unexpected(url, "svaret anger samma uppgift två gånger") from error
    except ValueError as error:
        what = "en webbsida, inte JSON" if body.lstrip()[:1] == b"<" else "inte JSON"
        raise _broken(url, f"det är {what}") from error
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
    return _read_data(values, url, "municipality")


def read_unit_data(values: list[Any], url: str) -> pd.DataFrame:
    """Return data rows of units as a frame: as `read_data`, with ``unit`` instead of municipality."""
    return _read_data(values, url, "ou").rename(columns={"ou": "unit"})


def _read_data(values: list[Any], url: str, place: str) -> pd.DataFrame:
    rows: list[tuple[str, str, int, str, float | None, str | None, bool]] = []
    for row in values:
        kpi, where, year, cells = _data_key(row, url, place)
        for cell in cells:
            gender, value, status, deleted = _data_value(cell, row, url)
            rows.append((kpi, where, year, gender, value, status, deleted))
    columns = ("kpi", place, "year", "gender", "value", "status", "isdeleted")
    frame = pd.DataFrame(rows, columns=list(columns))
    return frame.astype(
        {"kpi": "str", place: "str", "year": "int64", "gender": "str", "value": "float64"}
        | {"status": "str", "isdeleted": "bool"}
    )


def read_units(values: list[Any], url: str) -> pd.DataFrame:
    """Return units as a frame with id, title and municipality; a unit may lack a title, which is "" then.

    Raises
    ------
    KoladaError
        When id or municipality is missing or not of the shape that it has, or the title is not text.
    """
    rows = []
    for row in values:
        unit, municipality = _texts(row, ("id", "municipality"), url, "enheten")
        shaped = re.fullmatch(UNIT, unit) and re.fullmatch(CODE, municipality)
        _require(bool(shaped), url, "enheten har ett id eller en kommun som inte går att läsa", row)
        rows.append((unit, _optional_text(row, "title", url), municipality))
    return pd.DataFrame(rows, columns=["id", "title", "municipality"], dtype="str")


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


class _PassingError(Exception):
    """A fault that may have passed the next time.

    Attributes
    ----------
    text
        Swedish sentence without its end.
    attempts
        How many to make before giving up.
    wait
        Seconds to wait before the next one, None when Kolada has not said.
    """

    def __init__(self, text: str, attempts: int, wait: float | None = None) -> None:
        super().__init__(text)
        self.text = text
        self.attempts = attempts
        self.wait = wait


class _Limiter:
    """Lets calls through no oftener than every `interval` seconds."""

    def __init__(self, interval: float) -> None:
        self._interval = interval
        self._next = time.monotonic()

    def wait(self) -> None:
        now = time.monotonic()
        time.sleep(max(0.0, self._next - now))
        self._next = max(now, self._next) + self._interval


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield an error and all that it was raised for; requests and urllib3 put them in three places."""
    seen: list[BaseException] = []
    waiting: list[object] = [error]
    while waiting:
        cause = waiting.pop()
        if isinstance(cause, BaseException) and cause not in seen:
            seen.append(cause)
            yield cause
            waiting += [*cause.args, getattr(cause, "reason", None), cause.__cause__, cause.__context__]


def _refused_by_proxy(proxy: str, code: str) -> KoladaError:
    why = "kräver inloggning" if code == "407" else "släpper inte fram anropet"
    return KoladaError(
        f"Proxyn {proxy} {why} (fel {code}): be IT om rätt proxy och ange den i miljövariabeln HTTPS_PROXY, "
        "till exempel http://namn:lösenord@proxy:8080"
    )


def _no_proxy(proxy: str) -> KoladaError:
    return KoladaError(
        f"Proxyn {brief(proxy)} går inte att nå Kolada genom: kontrollera miljövariabeln HTTPS_PROXY (eller "
        "HTTP_PROXY, ALL_PROXY), som ska se ut som http://proxy:8080"
    )


def _check_status(response: requests.Response, url: str, proxy: str) -> None:
    code = response.status_code
    if code in RETRY_STATUSES:
        wait = _seconds_to_wait(response.headers.get("Retry-After", ""))
        if wait is not None and wait > LONGEST_WAIT:
            raise KoladaError(
                f"Kolada ber oss att vänta mer än {LONGEST_WAIT / 60:.0f} minuter innan nästa fråga (fel {code} på "
                f"{url}): försök igen senare."
            )
        raise _PassingError(f"Kolada svarar med fel {code} på {url}", RETRIES + 1, wait)
    if code == requests.codes.proxy_authentication_required:
        raise _refused_by_proxy(proxy, str(code))
    if response.is_redirect:
        place = re.sub(r"//[^/?#]*@", "//", response.headers["Location"])
        raise KoladaError(
            f"Kolada skickar vidare från {url} till {brief(place)}: ange den rätta adressen som bas-adress."
        )
    if code != requests.codes.ok:
        raise KoladaError(f"Kolada svarade med fel {code} på {url}.")


def _seconds_to_wait(text: str) -> float | None:
    """Return what a Retry-After asks for, as seconds or as a date; None when that is nothing or cannot be read."""
    text = text.strip()
    if re.fullmatch(r"[0-9]+", text):
        return float(text) or None
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
        return seconds if seconds > 0 else None
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _packed(response: requests.Response, url: str) -> bytes:
    """Return a body as it was sent, within what a response may take of bytes and seconds."""
    parts, size, end = [], 0, time.monotonic() + LONGEST_BODY
    try:
        while part := response.raw.read1(1 << 16, decode_content=False):
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                raise _too_large(url)
            if time.monotonic() > end:
                raise _broken(url, f"det tog mer än {LONGEST_BODY:.0f} sekunder")
    except (HTTPError, OSError) as error:
        raise _broken(url, "det bröts av") from error
    return b"".join(parts)


def _unpacked(body: bytes, coding: str, url: str) -> bytes:
    """Return a body without its coding; never more than `MOST_BYTES`."""
    if coding.strip().lower() in ("", "identity"):
        return body
    if coding.strip().lower() not in ("gzip", "x-gzip"):
        raise _unexpected(url, f"svaret är packat som {brief(coding)}, som ingen bett om")
    packed = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
    try:
        whole = packed.decompress(body, MOST_BYTES)
    except zlib.error as error:
        raise _broken(url, "det är inte packat som det säger") from error
    if packed.unconsumed_tail:
        raise _too_large(url)
    if not packed.eof:
        raise _broken(url, "det bröts av")
    return whole


def _broken(url: str, why: str) -> _PassingError:
    return _PassingError(f"Svaret från {url} går inte att läsa ({why})", BODY_ATTEMPTS)


def _too_large(url: str) -> KoladaError:
    return _unexpected(url, f"svaret är större än {MOST_BYTES // 1_000_000} MB")


def _next_query(next_url: object, url: str, path: str) -> str | None:
    """Return the query of the next page; it must lead to the same listing."""
    if next_url is None:
        return None
    _require(isinstance(next_url, str), url, "next_url är inte text", next_url)
    try:
        parts = urlsplit(str(next_url))
    except ValueError as error:
        raise _unexpected(url, f"next_url är ingen adress: {brief(next_url)}") from error
    same = unquote(parts.path).endswith("/" + unquote(path))
    _require(same and bool(parts.query), url, "next_url leder till något annat", next_url)
    return parts.query


def _data_key(row: Any, url: str, place: str) -> tuple[str, str, int, list[Any]]:
    """Return kpi, municipality or unit, year and the list of values of a data row."""
    _require(isinstance(row, dict), url, "raden är inte ett objekt", row)
    kpi, where = row.get("kpi"), row.get(place)
    _require(isinstance(kpi, str) and bool(kpi), url, "raden saknar kpi", row)
    if place == "ou":
        known = isinstance(where, str) and re.fullmatch(UNIT, where)
        _require(bool(known), url, "raden har en enhet vars id inte går att läsa", row)
    else:
        known = isinstance(where, str) and (re.fullmatch(CODE, where) or GROUP_ID.fullmatch(where))
        _require(bool(known), url, "raden har en kommun som inte är fyra siffror eller en grupp", row)
    year = row.get("period")
    _require(type(year) is int and obs.FIRST_YEAR <= year <= obs.LAST_YEAR, url, "period är inget årtal", row)
    cells = row.get("values")
    _require(isinstance(cells, list), url, "raden saknar listan values", row)
    return kpi, str(where), year, cells


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
        raise _unexpected(url, f"{complaint}: {brief(found)}")


def _unexpected(url: str, complaint: str) -> KoladaError:
    return KoladaError(f"Kolada svarade oväntat på {url}: {complaint}.")


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")


def _whole(text: str) -> int | float:
    """Return a whole number; one of very many digits as the float it is read as anyway, or infinity."""
    return int(text) if len(text) < 20 else float(text)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object; of two members with one name there is no telling which holds."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise KeyError
    return found


_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
"""Escapes that stand for half a character, unless two of them stand together."""
