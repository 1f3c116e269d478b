"""A local Kolada v3: a real HTTP server that serves a snapshot by shared/KOLADA.md.

As a fixture::

    with running(snapshot) as server:
        client = KoladaClient(server.url)

By hand, with faults on demand::

    python -m tests.kolada_server --port 8765
    python -m tests.kolada_server --port 8765 --data NAMN --fault cut:3 --fault 429:2

While it runs, ``POST /_control/faults`` takes a JSON list of faults (the fields of
`Fault`), ``DELETE /_control/faults`` removes them and ``GET /_control/log`` tells what
has been asked for.
"""

from __future__ import annotations

import argparse
import copy
import gzip
import json
import re
import socket
import sys
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlencode, urlsplit

import numpy as np
import pandas as pd

from effektiv.data.snapshot import Snapshot, open_snapshot

PER_PAGE = 5000
IDS = 25
PREFIX = "/v3/"

FAULTS = {
    "429": "asks to wait `seconds`, or for what `text` says (Retry-After)",
    "500": "answers with a server error; likewise 502, 503, 504",
    "407": "answers as a proxy that wants a password",
    "502": "",
    "503": "",
    "504": "",
    "cut": "sends half the body and hangs up",
    "slow": "waits `seconds` before answering",
    "types": "writes values as text with a decimal comma",
    "html": "answers with a web page and status 200",
    "truncated": "sends half the body as if it were whole",
    "loop": "gives the page's own address as next_url",
    "elsewhere": "gives next_url with http and another host",
    "astray": "gives a next_url to another listing",
    "status": "gives an unknown status to values",
    "redirect": "redirects to `text`, or to another host",
    "no address": "gives a next_url that is no address",
    "endless": "gives every page another one after it",
    "digits": "writes values with 401 digits",
    "deep": "answers with lists in lists, 100 000 deep",
    "half": "puts half of a character in every text",
    "twice": "gives each member of an object twice",
    "latin-1": "writes in another coding than UTF-8",
    "gzip": "packs the body, which is no fault",
    "not gzip": "says that the body is packed, and it is not",
    "half gzip": "packs the body and sends half of it as if it were whole",
    "bomb": "packs 100 MB of nothing",
    "large": "answers with more than a client should read",
    "brotli": "says that the body is packed as nobody asked for",
    "trickle": "sends a byte each `seconds`",
    "garbage": "answers what is not HTTP",
    "headers": "answers with too many headers",
    "lengths": "gives two lengths",
    "changed": "does to the answer what the server's `change` does",
}


@dataclass
class Fault:
    """One fault: which requests it strikes, and how often.

    `path` is a regular expression searched for in path and query; the first `skip`
    matching requests go free, the next `times` are struck (-1: all).
    """

    kind: str
    path: str = ""
    times: int = -1
    skip: int = 0
    seconds: float = 1.0
    text: str = ""

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(FAULTS)}")

    def strikes(self, path: str) -> bool:
        if self.times == 0 or not re.search(self.path, path):
            return False
        if self.skip:
            self.skip -= 1
            return False
        self.times -= self.times > 0
        return True


class InvalidError(Exception):
    """A request that Kolada refuses with status 422."""


class Index:
    """Observations in arrays, so that a page is cut out without searching.

    One *entry* is what Kolada calls a row: key figure, municipality and period, with its
    values by gender in `first[i]:first[i + 1]`.
    """

    def __init__(self, rows: pd.DataFrame) -> None:
        rows = rows.sort_values(["kpi", "municipality", "year", "gender"], ignore_index=True)
        new = np.ones(len(rows), dtype=bool)
        keys = ["kpi", "municipality", "year"]
        new[1:] = (rows[keys] != rows[keys].shift())[1:].any(axis=1)
        starts = np.flatnonzero(new)
        self.first = np.append(starts, len(rows))
        self.kpi = rows["kpi"].to_numpy(dtype=object)[starts]
        self.municipality = rows["municipality"].to_numpy(dtype="U")[starts]
        self.year = rows["year"].to_numpy()[starts]
        self.gender = rows["gender"].to_numpy(dtype=object)
        self.value = rows["value"].to_numpy(dtype="float64")
        self.status = rows["status"].fillna("").to_numpy(dtype=object)
        self.deleted = rows["isdeleted"].to_numpy(dtype=bool)
        names, begins = np.unique(self.kpi, return_index=True)
        ends = [*begins[1:], len(starts)] if len(begins) else []
        self.spans = dict(zip(names, zip(begins, ends, strict=True), strict=True))

    def select(self, kpis: Sequence[str], ids: Sequence[str], years: Sequence[int]) -> np.ndarray:
        """Return the numbers of the entries asked for; an empty sequence asks for all."""
        spans = [self.spans[kpi] for kpi in sorted(set(kpis)) if kpi in self.spans]
        entries = (
            np.concatenate([np.arange(a, b) for a, b in spans] or [np.arange(0)])
            if kpis
            else np.arange(len(self.kpi))
        )
        if ids:
            entries = entries[np.isin(self.municipality[entries], list(ids))]
        if years:
            entries = entries[np.isin(self.year[entries], list(years))]
        return entries

    def row(self, entry: int) -> dict[str, Any]:
        return {
            "kpi": self.kpi[entry],
            "municipality": str(self.municipality[entry]),
            "period": int(self.year[entry]),
            "values": [self.cell(i) for i in range(self.first[entry], self.first[entry + 1])],
        }

    def cell(self, i: int) -> dict[str, Any]:
        value = None if np.isnan(self.value[i]) else float(self.value[i])
        return {
            "gender": self.gender[i],
            "count": 1,
            "status": self.status[i],
            "value": value,
            "isdeleted": bool(self.deleted[i]),
        }


class KoladaServer(ThreadingHTTPServer):
    """The server.

    Parameters
    ----------
    snapshot
        What to serve.
    previous
        Earlier state: what has changed since then is what ``from_date`` gives for days
        up to `updated`, and values that are gone are served as deleted. None means that
        everything came on the snapshot's own day.
    updated
        Day of the change (YYYY-MM-DD); None means the day the snapshot was made.
    faults
        Faults to begin with.
    port
        0 takes a free one.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        snapshot: Snapshot,
        *,
        previous: Snapshot | None = None,
        updated: str | None = None,
        faults: Sequence[Fault] = (),
        port: int = 0,
    ) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.faults = list(faults)
        self.change: Callable[[dict[str, Any]], object] = lambda answer: None
        self.log: list[tuple[float, str]] = []
        self.lock = threading.Lock()
        self.updated = updated or snapshot.manifest.created[:10]
        rows = snapshot.observations().assign(isdeleted=False)
        gone = deleted_rows(rows) if previous is None else withdrawn_rows(previous, rows)
        self.index = Index(pd.concat([rows, gone], ignore_index=True))
        self.changes = self.index if previous is None else Index(changed_rows(previous, rows, gone))
        self.unit_index = Index(unit_rows(snapshot))
        self.metadata = metadata(snapshot)
        self.members = snapshot.groups.groupby("group_id")["member_id"].agg(tuple).to_dict()
        # One listing is asked for page by page: keep the last ones' selections.
        self.select = lru_cache(maxsize=16)(self._select)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that has hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{PREFIX}"

    @property
    def paths(self) -> list[str]:
        """Paths asked for, in order."""
        return [path for _, path in self.log]

    def unit_page(
        self, kpis: tuple[str, ...], ids: tuple[str, ...], years: tuple[int, ...], part: slice
    ) -> tuple[list[dict[str, Any]], int]:
        """Return the rows of units of one page and how many there are on all."""
        entries = self.unit_index.select(kpis, ids, years)
        rows = [self.unit_index.row(entry) for entry in entries[part]]
        return [{"ou": row.pop("municipality"), **row} for row in rows], len(entries)

    def _select(
        self, kpis: tuple[str, ...], ids: tuple[str, ...], years: tuple[int, ...], from_date: str
    ) -> list[dict[str, Any]] | tuple[Index, np.ndarray]:
        """Return entries, or finished rows when groups are among the ids."""
        if from_date > self.updated:
            return []
        index = self.changes if from_date else self.index
        groups = [i for i in ids if i in self.members]
        plain = tuple(i for i in ids if i not in self.members)
        found = index.select(kpis, plain, years) if plain or not ids else np.arange(0)
        if not groups:
            return index, found
        rows = [index.row(entry) for entry in found]
        for group in groups:
            rows += group_rows(index, group, self.members[group], kpis, years)
        return rows

    def data_page(
        self, kpis: tuple[str, ...], ids: tuple[str, ...], years: tuple[int, ...], from_date: str, part: slice
    ) -> tuple[list[dict[str, Any]], int]:
        """Return the rows of one page and how many there are on all."""
        found = self.select(kpis, ids, years, from_date)
        if isinstance(found, list):
            return found[part], len(found)
        index, entries = found
        return [index.row(entry) for entry in entries[part]], len(entries)


def unit_rows(snapshot: Snapshot) -> pd.DataFrame:
    """Return what the snapshot has of units as rows of an `Index`, and one deleted value for each key figure."""
    if snapshot.unit_observations is None:
        return snapshot.observations([]).assign(isdeleted=False)
    rows = snapshot.unit_observations.rename(columns={"unit": "municipality"}).assign(isdeleted=False)
    return pd.concat([rows, deleted_rows(rows)], ignore_index=True)


def deleted_rows(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one deleted value for each key figure, where nothing is published.

    Kolada goes on serving values it has withdrawn, marked as deleted; a reader that
    overlooks the mark finds a value in a year that has none.
    """
    first = rows.groupby("kpi", as_index=False).agg({"municipality": "last", "year": "min"})
    return first.assign(year=first["year"] - 1, gender="T", value=-1.0, status=None, isdeleted=True)


def withdrawn_rows(previous: Snapshot, rows: pd.DataFrame) -> pd.DataFrame:
    """Return what an earlier state had and the rows do not, as deleted rows."""
    keys = ["kpi", "municipality", "year", "gender"]
    both = previous.observations().merge(rows[keys], on=keys, how="left", indicator=True)
    return both[both["_merge"] == "left_only"].drop(columns="_merge").assign(isdeleted=True)


def changed_rows(previous: Snapshot, rows: pd.DataFrame, gone: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that are new or other than in an earlier state, and those gone."""
    both = rows.merge(previous.observations(), how="left", indicator=True)
    return pd.concat([both[both["_merge"] == "left_only"].drop(columns="_merge"), gone], ignore_index=True)


def group_rows(
    index: Index, group: str, members: Sequence[str], kpis: Sequence[str], years: Sequence[int]
) -> list[dict[str, Any]]:
    """Return a group's rows: the unweighted mean of its members by year and gender."""
    found: dict[tuple[str, int], dict[str, list[float]]] = {}
    for entry in index.select(kpis, members, years):
        genders = found.setdefault((index.kpi[entry], int(index.year[entry])), {})
        for i in range(index.first[entry], index.first[entry + 1]):
            if not index.deleted[i] and not np.isnan(index.value[i]):
                genders.setdefault(index.gender[i], []).append(index.value[i])
    return [
        {
            "kpi": kpi,
            "municipality": group,
            "period": year,
            "values": [
                {
                    "gender": gender,
                    "count": len(values),
                    "status": "",
                    "value": float(np.mean(values)),
                    "isdeleted": False,
                }
                for gender, values in sorted(genders.items())
            ],
        }
        for (kpi, year), genders in sorted(found.items())
        if genders
    ]


def metadata(snapshot: Snapshot) -> dict[str, list[dict[str, Any]]]:
    """Return the rows of each metadata listing; unknown text is null, as in Kolada."""
    kpis = [
        {name: (None if value == "" else value) for name, value in row.items()}
        for row in snapshot.kpis.to_dict("records")
    ]
    groups: dict[str, dict[str, Any]] = {}
    for group, title, member, name in snapshot.groups.itertuples(index=False, name=None):
        row = groups.setdefault(group, {"id": group, "title": title, "members": []})
        row["members"].append({"member_id": member, "member_title": name})
    return {
        "kpi": kpis,
        "kpi_groups": [],
        "municipality": snapshot.municipalities[["id", "title", "type"]].to_dict("records"),
        "municipality_groups": list(groups.values()),
        "ou": []
        if snapshot.units is None
        else snapshot.units[["id", "title", "municipality"]].to_dict("records"),
    }


@dataclass
class Query:
    """What a request asks for, from path and query alike."""

    path: str
    parameters: dict[str, list[str]]
    page: int = field(init=False)
    per_page: int = field(init=False)

    def __post_init__(self) -> None:
        self.page = self._whole("page", 1, None)
        self.per_page = self._whole("per_page", PER_PAGE, PER_PAGE)

    @property
    def part(self) -> slice:
        return slice((self.page - 1) * self.per_page, self.page * self.per_page)

    def one(self, name: str) -> str:
        return self.parameters.get(name, [""])[-1]

    def _whole(self, name: str, default: int, most: int | None) -> int:
        text = self.one(name) or str(default)
        if not text.isdecimal() or int(text) < 1 or (most is not None and int(text) > most):
            raise InvalidError(f"{name} should be between 1 and {most}, not {text}")
        return int(text)

    def other_page(self, page: int) -> str:
        pairs = {name: values for name, values in self.parameters.items() if name not in ("page", "per_page")}
        return urlencode({**pairs, "page": page, "per_page": self.per_page}, doseq=True)


class Handler(BaseHTTPRequestHandler):
    """Answers one request."""

    protocol_version = "HTTP/1.1"
    # Headers and body in one packet: otherwise each answer waits 40 ms for an acknowledgement.
    disable_nagle_algorithm = True
    wbufsize = -1
    server: KoladaServer

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet: requests are in `KoladaServer.log`."""

    def do_GET(self) -> None:
        if self.path.startswith("/_control/"):
            self._control()
            return
        with self.server.lock:
            self.server.log.append((time.monotonic(), self.path))
            fault = next((fault for fault in self.server.faults if fault.strikes(self.path)), None)
        try:
            self._answer(fault)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        faults = [Fault(**fault) for fault in json.loads(self.rfile.read(length))]
        with self.server.lock:
            self.server.faults += faults
        self._send_json(200, [asdict(fault) for fault in faults])

    def do_DELETE(self) -> None:
        with self.server.lock:
            self.server.faults.clear()
            self.server.log.clear()
        self._send_json(200, [])

    def _control(self) -> None:
        with self.server.lock:
            answer = {"faults": [asdict(f) for f in self.server.faults], "log": self.server.log}
        self._send_json(200, answer)

    def _answer(self, fault: Fault | None) -> None:
        kind, seconds, text = (fault.kind, fault.seconds, fault.text) if fault else ("", 0.0, "")
        if kind == "slow":
            time.sleep(seconds)
        if kind == "429":
            self._send_json(429, {"detail": "Too many requests"}, {"Retry-After": text or f"{seconds:g}"})
        elif kind in ("407", "500", "502", "503", "504"):
            self._send_json(int(kind), {"detail": "Internal error"})
        elif kind == "html":
            self._send(200, b"<!DOCTYPE html><title>Underhall</title>", "text/html")
        elif kind == "redirect":
            self._send_json(302, {}, {"Location": text or "http://example.invalid/v3/kpi"})
        elif kind == "garbage":
            self.wfile.write(b"220 ftp.example.invalid\r\n")
            self.close_connection = True
        else:
            self._answer_query(kind, seconds)

    def _answer_query(self, kind: str, seconds: float) -> None:
        parts = urlsplit(self.path)
        try:
            query = Query(unquote(parts.path), parse_qs(parts.query))
            answer = self._envelope(query)
        except InvalidError as error:
            self._send_json(422, {"detail": [{"msg": str(error), "type": "value_error"}]})
            return
        if answer is None:
            self._send_json(404, {"detail": "Not Found"})
            return
        spoil(answer, kind, f"http://{self.headers['Host']}{self.path}")
        if kind == "changed":
            answer = copy.deepcopy(answer)
            self.server.change(answer)
        text = json.dumps(answer, ensure_ascii=False)
        body, headers = spoilt_body(text.encode("utf-8", "backslashreplace"), kind)
        if kind == "trickle":
            self._send(200, body[:1], "application/json", {"Content-Length": str(len(body))})
            for place in range(1, len(body)):
                self.wfile.flush()
                time.sleep(seconds)
                self.wfile.write(body[place : place + 1])
        else:
            sent = len(body) // 2 if kind == "cut" else len(body)
            self._send(200, body, "application/json", headers, sent=sent)

    def _envelope(self, query: Query) -> dict[str, Any] | None:
        found = self._rows(query)
        if found is None:
            return None
        rows, total = found
        address = f"http://{self.headers['Host']}{quote(query.path, safe='/,')}?"
        more = query.page * query.per_page < total
        return {
            "values": rows,
            "count": len(rows),
            "next_url": address + query.other_page(query.page + 1) if more else None,
            "previous_url": address + query.other_page(query.page - 1) if query.page > 1 else None,
        }

    def _rows(self, query: Query) -> tuple[list[dict[str, Any]], int] | None:
        """Return the rows of the page and their total number; None for an unknown path."""
        if not query.path.startswith(PREFIX):
            return None
        head, *rest = [part for part in query.path.removeprefix(PREFIX).split("/") if part]
        if head in self.server.metadata and len(rest) <= 1:
            return self._metadata(head, rest, query)
        if head == "data":
            kpis, ids, years = segments(rest, query, ("kpi", "municipality", "year"))
            return self.server.data_page(kpis, ids, whole_years(years), query.one("from_date"), query.part)
        if head == "oudata":
            kpis, ids, years = segments(rest, query, ("kpi", "ou", "year"))
            return self.server.unit_page(kpis, ids, whole_years(years), query.part)
        return None

    def _metadata(self, head: str, rest: list[str], query: Query) -> tuple[list[dict[str, Any]], int]:
        rows = self.server.metadata[head]
        if rest:
            wanted = split_ids(rest[0])
            rows = [row for row in rows if row["id"] in wanted]
        title, region = query.one("title").casefold(), query.one("region_type")
        rows = [row for row in rows if title in row["title"].casefold()]
        if region and head == "municipality":
            rows = [row for row in rows if row["type"] == region]
        place = query.one("municipality")
        if place and head == "ou":
            rows = [row for row in rows if row["municipality"] == place]
        return rows[query.part], len(rows)

    def _send_json(self, status: int, answer: object, headers: dict[str, str] | None = None) -> None:
        self._send(status, json.dumps(answer).encode("utf-8"), "application/json", headers)

    def _send(
        self,
        status: int,
        body: bytes,
        kind: str,
        headers: dict[str, str] | None = None,
        sent: int | None = None,
    ) -> None:
        """Send a response; `sent` bytes of the body, then hang up, when it is cut off."""
        self.send_response(status)
        for name, value in {
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None and sent < len(body):
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)


def spoil(answer: dict[str, Any], kind: str, url: str) -> None:
    """Make an answer wrong in the way of a fault."""
    cells = [cell for row in answer["values"] for cell in row.get("values", [])]
    if kind == "types":
        for cell in cells:
            cell["value"] = f"{cell['value']}".replace(".", ",")
    elif kind == "status":
        for cell in cells:
            cell.update(value=None, status="Mystery")
    elif kind == "loop":
        answer["next_url"] = url
    elif kind == "elsewhere" and answer["next_url"]:
        parts = urlsplit(answer["next_url"])
        answer["next_url"] = f"http://intern.example.invalid:8080/api{parts.path}?{parts.query}"
    elif kind == "astray":
        answer["next_url"] = url.partition("/v3/")[0] + "/v3/ou?page=2"
    elif kind == "no address":
        answer["next_url"] = "http://[x"
    elif kind == "endless":
        answer["next_url"] = url + "&again=x"
    elif kind == "digits":
        for cell in cells:
            cell["value"] = int("9" * 401)


def spoilt_body(body: bytes, kind: str) -> tuple[bytes, dict[str, str]]:
    """Return a body made wrong in the way of a fault, and the headers that go with it."""
    packed = {"Content-Encoding": "gzip"}
    if kind == "truncated":
        return body[: len(body) // 2], {}
    if kind == "deep":
        return b"[" * 100_000 + b"]" * 100_000, {}
    if kind == "half":
        return re.sub(rb'(: ")(?=[^"])', rb"\1\\ud83d", body), {}
    if kind == "twice":
        return re.sub(rb'("(?:value|title|id)": (?:"[^"]*"|[^,}]+))', rb"\1, \1", body), {}
    if kind == "latin-1":
        return body[:-1] + ', "note": "å"}'.encode("latin-1"), {}
    if kind == "gzip":
        return gzip.compress(body), packed
    if kind == "not gzip":
        return body, packed
    if kind == "half gzip":
        whole = gzip.compress(body)
        return whole[: len(whole) // 2], packed
    if kind == "bomb":
        return nothing_packed(), packed
    if kind == "large":
        return b" " * 40_000_000 + body, {}
    if kind == "brotli":
        return body, {"Content-Encoding": "br"}
    if kind == "headers":
        return body, {f"X-{number}": "x" for number in range(200)}
    if kind == "lengths":
        return body, {"content-length": str(len(body) + 7)}
    return body, {}


@lru_cache(maxsize=1)
def nothing_packed() -> bytes:
    """Return 100 MB of blanks, packed to less than 0.5 MB."""
    packer = zlib.compressobj(level=1, wbits=16 + zlib.MAX_WBITS)
    return b"".join([*(packer.compress(b" " * 1_000_000) for _ in range(100)), packer.flush()])


def split_ids(text: str) -> tuple[str, ...]:
    ids = tuple(part for part in text.split(",") if part)
    if len(ids) > IDS:
        raise InvalidError(f"at most {IDS} ids, not {len(ids)}")
    return ids


def segments(rest: list[str], query: Query, names: tuple[str, str, str]) -> list[tuple[str, ...]]:
    """Return the ids of each dimension, from path segments or from the query form."""
    if rest:
        if len(rest) % 2 or len(rest) < 4 or not set(rest[::2]) <= set(names):
            raise InvalidError(f"any two of {', '.join(names)} are needed")
        given = dict(zip(rest[::2], rest[1::2], strict=True))
        return [split_ids(given.get(name, "")) for name in names]
    asked = [query.parameters.get(name if name == "year" else f"{name}_id", []) for name in names]
    if not any(asked):
        raise InvalidError(f"any of {', '.join(names)} is needed")
    return [split_ids(",".join(values)) for values in asked]


def whole_years(years: Sequence[str]) -> tuple[int, ...]:
    if not all(year.isdecimal() for year in years):
        raise InvalidError("year should be whole numbers")
    return tuple(int(year) for year in years)


@contextmanager
def running(snapshot: Snapshot, **options: Any) -> Iterator[KoladaServer]:
    """Run a server in a thread for the length of a with statement."""
    server = KoladaServer(snapshot, **options)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parse_fault(text: str) -> Fault:
    """Read ``KIND[:TIMES[:SECONDS]]``."""
    kind, *rest = text.split(":")
    readers: list[tuple[str, Callable[[str], Any]]] = [("times", int), ("seconds", float)]
    return Fault(kind, **{name: read(part) for (name, read), part in zip(readers, rest, strict=False)})


def main() -> None:
    parser = argparse.ArgumentParser(description="A local Kolada v3 for tests.")
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--data", default="exempel", help="snapshot to serve (name or folder)")
    parser.add_argument(
        "--fault",
        action="append",
        type=parse_fault,
        default=[],
        metavar="KIND[:TIMES[:SECONDS]]",
        help="; ".join(f"{kind}: {text}" for kind, text in FAULTS.items() if text),
    )
    options = parser.parse_args()
    server = KoladaServer(open_snapshot(options.data), faults=options.fault, port=options.port)
    print(f"Kolada v3 ({options.data}) on {server.url}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
