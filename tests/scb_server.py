"""A local SCB: a real HTTP server that answers as PxWebApi 2 does, for the three tables of population.

As a fixture::

    with running() as server:
        client = ScbClient(server.url)

By hand, with faults on demand::

    python -m tests.scb_server --port 8766
    python -m tests.scb_server --port 8766 --fault 503:2 --fault hole

The shapes (json-stat2 with `extension.px`, `elimination` by variable, codes of ages, totals that only the newer table
has, what a refusal looks like) are those that clients of SCB's own service describe; the numbers are invented.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import socket
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PREFIX = "/api/v2/"

FAULTS = {
    "429": "asks to wait `seconds` (Retry-After)",
    "500": "answers with a server error; likewise 502, 503, 504",
    "502": "",
    "503": "",
    "504": "",
    "404": "has no such table",
    "cut": "sends half the body and hangs up",
    "slow": "waits `seconds` before answering",
    "silent": "hangs up without an answer",
    "html": "answers with a web page and status 200",
    "redirect": "redirects to another host",
    "v1": "answers in the shape of the older API",
    "large": "answers with more than a client should read",
    "text": "writes numbers as text",
    "negative": "gives a number below zero",
    "null": "gives no number for one age and year",
    "no age": "describes a table without the age of 7",
    "hole": "describes and gives no year 2025",
    "contents": "gives the number of persons another code",
    "division": "divides by something new that may not be left out",
    "short": "gives fewer numbers than it says",
    "other": "gives another municipality than was asked for",
    "index": "writes codes in another order than the numbers, which is no fault",
    "sparse": "writes numbers as an object, which is no fault",
}

AGES = [str(age) for age in range(100)]
KOMMUNER = {"0319": "Älvby", "0330": "Åsele", "0114": "Upplands Väsby"}


@dataclass(frozen=True)
class Served:
    """One table: its variables, with codes and labels, and those that may be left out."""

    label: str
    variables: dict[str, dict[str, str]]
    left_out: frozenset[str]


def _years(first: int, last: int) -> dict[str, str]:
    return {str(year): str(year) for year in range(first, last + 1)}


_REGION = {"00": "Riket", "03": "Uppsala län"} | KOMMUNER
_SEX = {"1": "män", "2": "kvinnor"}
_STATUS = {"OG": "ogifta", "G": "gifta", "SK": "skilda", "ÄNKL": "änkor/änklingar"}
_AGE = {age: f"{age} år" for age in AGES}
_TOTAL = "totalt, samtliga åldrar"

SERVED = {
    "TAB638": Served(
        "Folkmängden efter region, civilstånd, ålder och kön. År 1968-2024",
        {
            "Region": _REGION,
            "Civilstand": _STATUS,
            "Alder": {**_AGE, "100+": "100+ år", "tot": "totalt ålder"},
            "Kon": _SEX,
            "ContentsCode": {"BE0101N1": "Folkmängd", "BE0101N2": "Folkökning"},
            "Tid": _years(1968, 2024),
        },
        frozenset({"Region", "Civilstand", "Alder", "Kon"}),
    ),
    "TAB5557": Served(
        "Folkmängden efter region, civilstånd, ålder och kön. År 2025",
        {
            "Region": _REGION,
            "Civilstand": {**_STATUS, "SC": "totalt, samtliga civilstånd"},
            "Alder": {
                **_AGE,
                "100+1": "100+ år",
                "TOT1": _TOTAL,
                "-4": "0-4 år",
                "5-9": "5-9 år",
                "100+5": "100+ år",
                "TOT5": _TOTAL,
                "100+10": "100+ år",
                "TotSA": _TOTAL,
            },
            "Kon": {**_SEX, "TotSa": "totalt, samtliga män och kvinnor"},
            "ContentsCode": {"000007ME": "Folkmängd", "000007MG": "Folkökning"},
            "Tid": _years(2025, 2025),
        },
        frozenset({"Region"}),
    ),
    "TAB698": Served(
        "Beräknad folkmängd efter region, kön och ålder. År 2025-2070",
        {
            "Region": _REGION,
            "Kon": _SEX,
            "Alder": {**_AGE, "100+": "100+ år", "tot": "totalt ålder"},
            "ContentsCode": {"000004LG": "Folkmängd", "000004LH": "Födda"},
            "Tid": _years(2025, 2070),
        },
        frozenset({"Region", "Kon", "Alder"}),
    ),
}


def persons(region: str, age: int, year: int) -> int:
    """Return how many of an age there are in a municipality, invented; what the tests expect to read."""
    size = 1 + list(_REGION).index(region)
    return round(size * 40 * (1.3 - age / 100) * (1 + 0.1 * math.sin((year - age) / 6)))


def noise(age: int) -> int:
    """Return what the cell key method adds in the newer table."""
    return (0, 1, -1, 2, 0, -2)[age % 6]


@cache
def _number(table: str, told: tuple[tuple[str, str], ...]) -> int:
    """Return one number of a table, summed over what is left out."""
    codes = dict(told)
    match = re.fullmatch(r"([0-9]{1,3})(?:\+1?)?", codes.get("Alder", ""))
    if match is None:
        return -1  # a group or a total of ages, that no client here asks for
    age = int(match[1])
    whole = persons(codes["Region"], age, int(codes["Tid"]))
    part = 2 if codes.get("Kon") in _SEX else 1
    part *= 4 if codes.get("Civilstand") in _STATUS else 1
    if table == "TAB5557":
        return max(0, whole // part + noise(age))
    first = codes.get("Kon", "1") == "1" and codes.get("Civilstand", "OG") == "OG"
    return whole // part + (whole % part if first else 0)


@dataclass
class ScbFault:
    """One fault: which questions it strikes, and how often (-1: all)."""

    kind: str
    times: int = -1
    seconds: float = 1.0
    path: str = ""

    def __post_init__(self) -> None:
        if self.kind not in FAULTS:
            raise ValueError(f"unknown fault {self.kind!r}; there are {', '.join(FAULTS)}")

    def strikes(self, path: str) -> bool:
        if self.times == 0 or not re.search(self.path, path):
            return False
        self.times -= self.times > 0
        return True


class ScbServer(ThreadingHTTPServer):
    """The server; `log` has the paths asked for."""

    daemon_threads = True

    def __init__(self, faults: Sequence[ScbFault] = (), port: int = 0) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.faults, self.log, self.lock = list(faults), list[str](), threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{PREFIX}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Keep quiet about a client that has hung up."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ScbServer

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        with self.server.lock:
            self.server.log.append(self.path)
            struck = {fault.kind: fault for fault in self.server.faults if fault.strikes(self.path)}
        if "slow" in struck:
            time.sleep(struck["slow"].seconds)
        if "silent" in struck:
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if "redirect" in struck:
            self._send(302, b"", {"Location": "https://example.invalid/api/v2/"})
            return
        if "html" in struck:
            self._send(200, b"<html><body>Statistikdatabasen</body></html>", {"Content-Type": "text/html"})
            return
        refused = next((kind for kind in struck if kind.isdigit()), None)
        if refused is not None:
            headers = {"Retry-After": f"{struck[refused].seconds:.0f}"} if refused == "429" else {}
            self._refuse(int(refused), "Not available", headers)
            return
        self._answer(parts.path, parse_qsl(parts.query), set(struck))

    def _answer(self, path: str, query: list[tuple[str, str]], kinds: set[str]) -> None:
        if path == f"{PREFIX}config":
            self._json(
                {
                    "apiVersion": "2.0.0",
                    "maxDataCells": 150_000,
                    "maxCallsPerTimeWindow": 30,
                    "timeWindow": 10,
                },
                kinds,
            )
            return
        match = re.fullmatch(rf"{PREFIX}tables/(TAB[0-9]+)/(metadata|data)", path)
        if match is None or match[1] not in SERVED:
            self._refuse(404, "Non-existent table")
            return
        table = changed(match[1], kinds)
        if match[2] == "metadata":
            self._json(
                dataset(
                    match[1],
                    table,
                    {name: list(codes) for name, codes in table.variables.items()},
                    None,
                    kinds,
                ),
                kinds,
            )
            return
        asked = {
            name[11:-1]: value.split(",") for name, value in query if name.lower().startswith("valuecodes[")
        }
        wrong = [name for name in asked if not set(asked[name]) <= set(table.variables.get(name, ()))]
        lacking = [name for name in table.variables if name not in asked and name not in table.left_out]
        if wrong or lacking:
            self._refuse(400, "Non-existent value" if wrong else "Missing selection for mandantory variable")
            return
        if "other" in kinds:
            asked["Region"] = ["0114"]
        chosen = {name: asked[name] for name in table.variables if name in asked}
        numbers = [
            _number(match[1], tuple(zip(chosen, place, strict=True))) for place in product(*chosen.values())
        ]
        self._json(dataset(match[1], table, chosen, numbers, kinds), kinds)

    def _json(self, answer: dict[str, Any], kinds: set[str]) -> None:
        if "v1" in kinds:
            answer = {"columns": [{"code": "Region"}], "data": [{"key": ["0319"], "values": ["1"]}]}
        body = json.dumps(answer, ensure_ascii=False).encode("utf-8")
        if "large" in kinds:
            body = b" " * 20_000_000 + body
        self._send(
            200, body, {"Content-Type": "application/json"}, len(body) // 2 if "cut" in kinds else None
        )

    def _refuse(self, status: int, title: str, headers: dict[str, str] | None = None) -> None:
        body = json.dumps({"type": "Parameter error", "title": title, "status": status}).encode("utf-8")
        self._send(status, body, {"Content-Type": "application/problem+json", **(headers or {})})

    def _send(self, status: int, body: bytes, headers: dict[str, str], sent: int | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body[:sent])
        if sent is not None:
            self.wfile.flush()
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)


def changed(name: str, kinds: set[str]) -> Served:
    """Return a table as it is described under some faults."""
    table = SERVED[name]
    variables = {key: dict(codes) for key, codes in table.variables.items()}
    if "no age" in kinds:
        del variables["Alder"]["7"]
    if "hole" in kinds:
        variables["Tid"].pop("2025", None)
        variables["Tid"] = variables["Tid"] or {"2026": "2026"}
    if "contents" in kinds:
        variables["ContentsCode"] = {"X1": "Folkmängd"}
    if "division" in kinds:
        variables["Fodelseland"] = {"1": "Sverige", "2": "annat land"}
    return Served(table.label, variables, table.left_out)


def dataset(
    name: str, table: Served, chosen: dict[str, list[str]], numbers: list[int] | None, kinds: set[str]
) -> dict[str, Any]:
    """Return a table, or a part of it, as json-stat2."""
    dimensions = {}
    for variable, codes in chosen.items():
        places = {code: place for place, code in enumerate(codes)}
        if "index" in kinds:
            places = dict(sorted(places.items(), reverse=True))
        dimensions[variable] = {
            "label": variable.lower(),
            "category": {
                "index": places,
                "label": {code: table.variables[variable][code] for code in places},
            },
            "extension": {"elimination": variable in table.left_out, "show": "code_value"},
        }
    answer: dict[str, Any] = {
        "version": "2.0",
        "class": "dataset",
        "label": table.label,
        "source": "SCB",
        "updated": "2026-02-20T07:00:00Z",
        "role": {"time": ["Tid"], "geo": ["Region"], "metric": ["ContentsCode"]},
        "id": list(chosen),
        "size": [len(codes) for codes in chosen.values()],
        "dimension": dimensions,
        "extension": {"px": {"tableid": name, "decimals": 0}},
    }
    if numbers is not None:
        values: list[Any] = list(numbers)
        if "null" in kinds:
            values[len(values) // 2] = None
            answer["status"] = {str(len(values) // 2): ".."}
        if "negative" in kinds:
            values[0] = -1
        if "text" in kinds:
            values = [str(value) for value in values]
        if "short" in kinds:
            values = values[:-1]
        answer["value"] = dict(enumerate(values)) if "sparse" in kinds else values
    return answer


@contextmanager
def running(*faults: ScbFault) -> Iterator[ScbServer]:
    """Run a server in a thread for the length of a with statement."""
    server = ScbServer(faults)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def parse_fault(text: str) -> ScbFault:
    """Read ``KIND[:TIMES[:SECONDS]]``."""
    kind, *rest = text.split(":")
    return ScbFault(kind, int(rest[0]) if rest else -1, float(rest[1]) if len(rest) > 1 else 1.0)


def main() -> None:
    parser = argparse.ArgumentParser(description="A local SCB for tests.")
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument(
        "--fault",
        action="append",
        type=parse_fault,
        default=[],
        metavar="KIND[:TIMES[:SECONDS]]",
        help="; ".join(f"{kind}: {text}" for kind, text in FAULTS.items() if text),
    )
    options = parser.parse_args()
    server = ScbServer(options.fault, port=options.port)
    print(f"SCB on {server.url}, with {', '.join(KOMMUNER)}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
