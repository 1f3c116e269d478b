"""The Kolada client against a real local server: exact, patient, polite, strict."""

from __future__ import annotations

import json
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import requests

from effektiv.data import kolada
from effektiv.data import observations as obs
from effektiv.data.kolada import BODY_ATTEMPTS, KoladaClient, data_path, read_data, read_page
from effektiv.data.snapshot import Snapshot
from effektiv.errors import InputError, KoladaError
from tests import small_snapshot as small
from tests.kolada_server import Fault, KoladaServer, nothing_packed, running

YEARS = list(small.YEARS)


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return small.write_small("liten", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def running_server(snapshot: Snapshot) -> Iterator[KoladaServer]:
    with running(snapshot) as server:
        yield server


@pytest.fixture
def server(running_server: KoladaServer) -> KoladaServer:
    running_server.faults.clear()
    running_server.log.clear()
    return running_server


@pytest.fixture
def client(server: KoladaServer) -> Iterator[KoladaClient]:
    """Return a client in no hurry to be polite, so that tests are quick."""
    with KoladaClient(server.url, requests_per_second=1000, timeout=(2, 2), backoff=0.01) as client:
        yield client


def everything(client: KoladaClient) -> pd.DataFrame:
    return client.data(kpis=[small.MEAN, small.BY_GENDER, small.ENDED, small.REGIONAL], years=YEARS)


# ---- what is served is what is read


def test_data_are_read_exactly(client: KoladaClient, snapshot: Snapshot) -> None:
    pd.testing.assert_frame_equal(obs.normalise(everything(client)), snapshot.observations())


def test_metadata_are_read_exactly(client: KoladaClient, snapshot: Snapshot) -> None:
    by_id = client.kpis().sort_values("id", ignore_index=True)
    pd.testing.assert_frame_equal(by_id, snapshot.kpis)
    assert client.municipalities().equals(snapshot.municipalities)
    pd.testing.assert_frame_equal(client.groups(), snapshot.groups)


def test_pages_are_followed_to_the_end(
    client: KoladaClient, snapshot: Snapshot, server: KoladaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kolada, "PER_PAGE", 7)
    pd.testing.assert_frame_equal(obs.normalise(everything(client)), snapshot.observations())
    assert client.municipalities().equals(snapshot.municipalities)
    assert len(server.paths) > 30


def test_deleted_values_are_gone(client: KoladaClient, server: KoladaServer) -> None:
    """The server goes on serving a deleted value in the year before each series."""
    path = data_path(kpis=[small.MEAN], years=[2017])
    (row,) = next(client.pages(path)).rows
    assert row["values"][0]["isdeleted"] is True
    assert client.data(kpis=[small.MEAN], years=[2017]).empty


def test_groups_are_means_of_their_members(client: KoladaClient, snapshot: Snapshot) -> None:
    found = client.data(kpis=[small.BY_GENDER], municipalities=["G1"], years=YEARS)
    panel = snapshot.panel(small.BY_GENDER, "K").loc[["0330", "0331", "2702"]].mean()
    women = found[found["gender"] == "K"].set_index("year")["value"]
    np.testing.assert_allclose(women, panel.dropna())


def test_from_date_gives_only_changes(tmp_path: Path, snapshot: Snapshot) -> None:
    tidy = snapshot.observations()
    revised = tidy.index[tidy["value"].notna()][3]
    after = tidy.drop(index=tidy.index[0])
    after.loc[revised, "value"] += 1
    with (
        running(small.write_small("ny", tmp_path, after), previous=snapshot, updated="2026-05-05") as server,
        KoladaClient(server.url) as client,
    ):
        changed = client.data(kpis=[small.MEAN], years=YEARS, from_date="2026-05-05")
        assert changed["value"].tolist() == [tidy.loc[revised, "value"] + 1]
        assert client.data(kpis=[small.MEAN], years=YEARS, from_date="2026-05-06").empty


# ---- faults that pass


@pytest.mark.parametrize(
    "kind",
    ["429", "500", "502", "503", "504", "cut", "truncated", "html", "latin-1", "not gzip", "half gzip",
     "garbage", "headers", "lengths"],
)  # fmt: skip
def test_a_fault_that_passes_is_outlived(
    client: KoladaClient, server: KoladaServer, snapshot: Snapshot, kind: str
) -> None:
    server.faults.append(Fault(kind, path="data/", times=2, seconds=0))
    pd.testing.assert_frame_equal(obs.normalise(everything(client)), snapshot.observations())
    assert len(server.paths) == 3


def test_a_slow_answer_is_asked_for_again(server: KoladaServer, snapshot: Snapshot) -> None:
    server.faults.append(Fault("slow", times=1, seconds=0.6))
    with KoladaClient(server.url, timeout=(2, 0.3), backoff=0.01) as client:
        assert client.municipalities().equals(snapshot.municipalities)
    assert len(server.paths) == 2


def test_retry_after_is_waited_out(client: KoladaClient, server: KoladaServer) -> None:
    server.faults.append(Fault("429", times=1, seconds=1))
    start = time.monotonic()
    client.municipalities()
    assert time.monotonic() - start >= 1


def test_a_very_long_retry_after_is_told_not_waited_out(client: KoladaClient, server: KoladaServer) -> None:
    for text in ("3600", "9" * 5000, "Fri, 31 Dec 2100 23:59:59 GMT"):
        server.faults[:] = [Fault("429", text=text)]
        start = time.monotonic()
        with pytest.raises(KoladaError, match="vänta mer än 5 minuter"):
            client.municipalities()
        assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    "text",
    ["-5", "snart", "", "1e400", "٣", "Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 31 Dec 99999 23:59:59 GMT", "1;2",
     "Fri, 31 Dec 1999 23:59:59 +9999999", "Fri, 31 Dec 1999 23:59:59"],
)  # fmt: skip
def test_a_retry_after_that_says_nothing_is_passed_over(
    client: KoladaClient, server: KoladaServer, snapshot: Snapshot, text: str
) -> None:
    server.faults.append(Fault("429", text=text or " ", times=2))
    start = time.monotonic()
    assert client.municipalities().equals(snapshot.municipalities)
    assert time.monotonic() - start < 5


def test_no_more_requests_a_second_than_promised_retries_included(server: KoladaServer) -> None:
    server.faults.append(Fault("500", times=4))
    with KoladaClient(server.url, requests_per_second=20, backoff=0) as client:
        for _ in range(8):
            client.municipalities()
    times = [at for at, _ in server.log]
    assert len(times) == 12
    assert (times[-1] - times[0]) >= 11 / 20 * 0.95


def test_the_default_is_five_a_second(server: KoladaServer) -> None:
    with KoladaClient(server.url) as client:
        for _ in range(4):
            client.municipalities()
    times = [at for at, _ in server.log]
    assert times[-1] - times[0] >= 0.6 * 0.95


# ---- faults that stay


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("429", "fel 429"),
        ("500", "fel 500"),
        ("cut", "bröts av"),
        ("truncated", "inte JSON"),
        ("html", "webbsida"),
        ("types", "value är inte ett tal"),
        ("status", "status är okänd"),
        ("loop", "tar aldrig slut"),
        ("astray", "next_url leder till något annat"),
        ("redirect", "skickar vidare"),
        ("no address", "next_url är ingen adress"),
        ("endless", "tar aldrig slut"),
        ("digits", "value är inte ett tal"),
        ("deep", "fler nivåer"),
        ("half", "halvt tecken"),
        ("twice", "samma uppgift två gånger"),
        ("latin-1", "inte JSON"),
        ("not gzip", "inte packat som det säger"),
        ("half gzip", "bröts av"),
        ("bomb", "större än 32 MB"),
        ("large", "större än 32 MB"),
        ("brotli", "packat som 'br'"),
        ("garbage", "svarar inte"),
        ("headers", "svarar inte"),
        ("lengths", "svarar inte"),
    ],
)
def test_a_fault_that_stays_is_one_sentence_with_the_address(
    client: KoladaClient, server: KoladaServer, monkeypatch: pytest.MonkeyPatch, fault: str, words: str
) -> None:
    monkeypatch.setattr(kolada, "MOST_PAGES", 5)
    server.faults.append(Fault(fault, seconds=0))
    with pytest.raises(KoladaError) as error:
        everything(client)
    assert words in str(error.value)
    assert "\n" not in str(error.value)
    assert f"{server.url}data/kpi/N15001" in str(error.value)
    assert len(server.paths) <= max(BODY_ATTEMPTS, kolada.RETRIES + 1)


def test_a_packed_body_is_read(client: KoladaClient, server: KoladaServer, snapshot: Snapshot) -> None:
    server.faults.append(Fault("gzip"))
    pd.testing.assert_frame_equal(obs.normalise(everything(client)), snapshot.observations())


def test_connections_are_used_again(client: KoladaClient, server: KoladaServer) -> None:
    server.faults.append(Fault("gzip", times=1))
    opened: list[object] = []
    real = server.finish_request
    server.finish_request = lambda *a: (opened.append(a), real(*a))[1]  # type: ignore[assignment]
    try:
        for _ in range(4):
            client.municipalities()
    finally:
        del server.finish_request  # type: ignore[method-assign]
    assert len(opened) == 1


@pytest.mark.parametrize("kind", ["bomb", "large", "deep"])
def test_no_answer_takes_much_memory(client: KoladaClient, server: KoladaServer, kind: str) -> None:
    nothing_packed()
    server.faults.append(Fault(kind))
    tracemalloc.start()
    with pytest.raises(KoladaError):
        client.municipalities()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The server, in this process, holds 120 MB of what is large.
    assert peak < (250e6 if kind == "large" else 120e6)


def test_a_trickling_answer_ends_in_time(
    client: KoladaClient, server: KoladaServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kolada, "LONGEST_BODY", 0.3)
    server.faults.append(Fault("trickle", seconds=0.05))
    start = time.monotonic()
    with pytest.raises(KoladaError, match=r"det tog mer än .* försök"):
        client.municipalities()
    assert time.monotonic() - start < 10


def closed_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_kolada_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kolada, "RETRIES", 1)
    port = closed_port()
    with (
        KoladaClient(f"http://127.0.0.1:{port}/v3", backoff=0) as client,
        pytest.raises(KoladaError, match=rf"Kolada svarar inte på http://127\.0\.0\.1:{port}/v3/kpi"),
    ):
        client.kpis()


def test_refused_requests_are_told_with_their_status(client: KoladaClient) -> None:
    with pytest.raises(KoladaError, match="fel 404"):
        next(client.pages("finns-inte"))
    with pytest.raises(KoladaError, match="fel 422"):
        next(client.pages("kpi", {"page": "0"}))


@pytest.mark.parametrize(
    "url",
    ["", " ", "api.kolada.se/v3", "ftp://x/v3", "http:///v3", "http://x/v3?a=1", "http://x/v3?", "http://x/v3#a",
     "http://[", "http://[x]/v3", "http://x:port/v3", "http://x:99999/v3", "http://x/v 3", "http://x/\nv3",
     "http://*.se/v3", f"http://{'x' * 64}.se/v3", "http://x\0/v3", "\ud800", "http://x/\ud800"],
)  # fmt: skip
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(InputError, match=r"https://api\.kolada\.se/v3/") as error:
        KoladaClient(url)
    str(error.value).encode("utf-8")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    ["http://anna:hemligt@127.0.0.1/v3", "https://hemligt@x/v3", "anna:hemligt@x", "http://anna:hem[ligt@x:y/v3",
     "http://x/v3?losen=hemligt"],
)  # fmt: skip
def test_an_address_with_a_password_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InputError) as error:
        KoladaClient(url)
    assert "hem" not in str(error.value)
    assert "anna" not in str(error.value)


# ---- a proxy, and certificates


class Proxy(BaseHTTPRequestHandler):
    """A proxy that refuses with the status in its server's `refusal`."""

    def log_message(self, format: str, *args: object) -> None:
        """Keep quiet."""

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response(self.server.refusal)  # type: ignore[attr-defined]
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_CONNECT = do_GET  # noqa: N815  http.server's name


@contextmanager
def proxy(refusal: int) -> Iterator[tuple[str, list[str]]]:
    """Run a proxy; yield its host and what it has been asked for."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as server:
        server.refusal, server.asked = refusal, []  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield f"127.0.0.1:{server.server_address[1]}", server.asked  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return a way to set variables, where none of a proxy or certificates is set."""
    for name in (
        "http_proxy",
        "https_proxy",
        "all_proxy",
        "no_proxy",
        "requests_ca_bundle",
        "curl_ca_bundle",
    ):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize(("refusal", "words"), [(407, "kräver inloggning"), (403, "")])
def test_a_proxy_that_refuses_is_named_at_once(
    environment: pytest.MonkeyPatch, scheme: str, refusal: int, words: str
) -> None:
    with proxy(refusal) as (host, asked):
        environment.setenv(f"{scheme}_proxy", f"http://anna:hemligt@{host}")
        with KoladaClient(f"{scheme}://kolada.invalid/v3/") as client, pytest.raises(KoladaError) as error:
            client.kpis()
    if refusal == 407 or scheme == "https":
        assert f"Proxyn {host} {words or 'släpper inte fram'}" in str(error.value)
        assert "HTTPS_PROXY" in str(error.value)
    assert f"fel {refusal}" in str(error.value)
    assert "hemligt" not in str(error.value)
    assert len(asked) == 1


@pytest.mark.parametrize("value", ["http://anna:hemligt@127.0.0.1:{port}", "http://[", "kolada proxy"])
def test_a_proxy_that_cannot_be_reached_is_named_at_once(environment: pytest.MonkeyPatch, value: str) -> None:
    environment.setenv("https_proxy", value.format(port=closed_port()))
    start = time.monotonic()
    with KoladaClient("https://kolada.invalid/v3/") as client, pytest.raises(KoladaError) as error:
        client.kpis()
    assert re.match(r"Proxyn \S+.* går inte att nå Kolada genom: .*HTTPS_PROXY", str(error.value))
    assert "hemligt" not in str(error.value)
    assert time.monotonic() - start < 3


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a file with a key and a certificate that nobody trusts."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl finns inte här")
    file = tmp_path_factory.mktemp("certifikat") / "certifikat.pem"
    words = (
        "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=prov -addext subjectAltName=IP:127.0.0.1"
    )
    subprocess.run(
        [*words.split(), "-keyout", file, "-out", file.with_name("c")], check=True, capture_output=True
    )
    file.write_bytes(file.read_bytes() + file.with_name("c").read_bytes())
    return file


@pytest.fixture
def secure(snapshot: Snapshot, certificate: Path) -> Iterator[KoladaServer]:
    """Run a server behind that certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with running(snapshot) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server


def over_tls(server: KoladaServer) -> KoladaClient:
    return KoladaClient(server.url.replace("http:", "https:"), requests_per_second=1000, backoff=0.01)


def test_an_unknown_certificate_is_told_at_once(
    secure: KoladaServer, environment: pytest.MonkeyPatch
) -> None:
    start = time.monotonic()
    with over_tls(secure) as client, pytest.raises(KoladaError) as error:
        client.kpis()
    assert re.match(r"Datorn litar inte på certifikatet från 127\.0\.0\.1:\d+,", str(error.value))
    assert "REQUESTS_CA_BUNDLE" in str(error.value)
    assert secure.paths == []
    assert time.monotonic() - start < 3


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_certificates_of_a_file_and_of_the_system_are_trusted(
    secure: KoladaServer,
    snapshot: Snapshot,
    certificate: Path,
    environment: pytest.MonkeyPatch,
    variable: str,
) -> None:
    """OpenSSL takes the file that SSL_CERT_FILE names for the system's."""
    environment.setenv(variable, str(certificate))
    with over_tls(secure) as client:
        assert client.municipalities().equals(snapshot.municipalities)


@pytest.mark.parametrize("content", [None, b"", b"inget certifikat"])
def test_certificates_that_cannot_be_read(
    tmp_path: Path, environment: pytest.MonkeyPatch, content: bytes | None
) -> None:
    file = tmp_path / "rot.pem"
    if content is not None:
        file.write_bytes(content)
    environment.setenv("REQUESTS_CA_BUNDLE", str(file))
    with pytest.raises(InputError, match=r"REQUESTS_CA_BUNDLE anger .*rot\.pem"):
        KoladaClient("https://kolada.invalid/v3/")


# ---- the client stays on its host


def test_a_next_url_on_another_host_is_asked_of_our_own(
    client: KoladaClient, server: KoladaServer, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kolada, "PER_PAGE", 50)
    server.faults.append(Fault("elsewhere"))
    pd.testing.assert_frame_equal(obs.normalise(everything(client)), snapshot.observations())


@pytest.mark.parametrize(
    ("next_url", "query"),
    [
        (None, None),
        ("https://api.kolada.se/v3/kpi?page=2&per_page=5000", "page=2&per_page=5000"),
        ("http://intern:8080/kolada/v3/kpi?page=2", "page=2"),
    ],
)
def test_of_next_url_only_the_query_is_used(next_url: str | None, query: str | None) -> None:
    body = json.dumps({"values": [], "next_url": next_url}).encode()
    assert read_page(body, "u", "kpi").next_query == query


@pytest.mark.parametrize(
    "envelope",
    [
        [],
        {},
        {"values": {}, "next_url": None},
        {"values": []},
        {"values": [], "next_url": 2},
        {"values": [], "next_url": "https://api.kolada.se/v3/kpi"},
        {"values": [], "next_url": "https://api.kolada.se/v3/ou?page=2"},
        {"values": [], "next_url": "https://api.kolada.se/v3/xkpi?page=2"},
        {"values": [], "next_url": "http://[x"},
        {"values": [], "next_url": ["\x1b[2J"] * 10_000},
    ],
)
def test_an_envelope_of_another_shape_is_refused(envelope: object) -> None:
    with pytest.raises(KoladaError, match="oväntat på https://kolada/kpi"):
        read_page(json.dumps(envelope).encode(), "https://kolada/kpi", "kpi")


# ---- rows of another shape


def cell(**changes: Any) -> dict[str, Any]:
    return {"gender": "T", "count": 1, "status": "", "value": 1.5, "isdeleted": False} | changes


def data_row(*cells: object, **changes: Any) -> dict[str, Any]:
    row = {"kpi": "N15001", "municipality": "0319", "period": 2024, "values": list(cells) or [cell()]}
    return row | changes


def test_every_kind_of_value() -> None:
    rows = [
        data_row(
            cell(value=7), cell(gender="K", value=None, status="Privacy"), cell(gender="M", status=None)
        ),
        data_row(cell(value=None, isdeleted=True), municipality="G35865"),
        data_row(period=2023, values=[]),
    ]
    frame = read_data(rows, "u")
    assert frame["value"].fillna(-1).tolist() == [7.0, -1.0, 1.5, -1.0]
    assert frame["status"].fillna("").tolist() == ["", "Privacy", "", ""]
    assert frame["isdeleted"].tolist() == [False, False, False, True]
    assert frame["municipality"].tolist() == ["0319"] * 3 + ["G35865"]
    without = cell()
    del without["isdeleted"]
    assert read_data([data_row(without)], "u")["isdeleted"].tolist() == [False]


@pytest.mark.parametrize(
    "row",
    [
        7,
        {},
        data_row(kpi=None),
        data_row(kpi=15001),
        data_row(municipality=319),
        data_row(municipality="319"),
        data_row(municipality=None),
        data_row(period="2024"),
        data_row(period=2024.0),
        data_row(period=True),
        data_row(period=24),
        data_row(values=None),
        data_row("x"),
        data_row(cell(gender="F")),
        data_row(cell(gender=None)),
        data_row(cell(gender=["T"])),
        data_row(cell(value="1.5")),
        data_row(cell(value=True)),
        data_row(cell(value=None)),
        data_row(cell(status="Missing")),
        data_row(cell(value=None, status="Other")),
        data_row(cell(value=None, status=5)),
        data_row(cell(isdeleted="false")),
        data_row({"gender": "T", "value": 1}),
        data_row({"gender": "T", "status": ""}),
    ],
)
def test_a_row_of_another_shape_names_the_address(row: object) -> None:
    with pytest.raises(KoladaError, match="oväntat på https://kolada/data"):
        read_data([row], "https://kolada/data")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_numbers_that_json_does_not_have_are_refused(client: KoladaClient, text: str) -> None:
    body = json.dumps({"values": [data_row()], "next_url": None}).replace("1.5", text).encode()
    with pytest.raises(Exception, match="JSON"):
        read_page(body, "u", "data")


@pytest.mark.parametrize(
    ("read", "row"),
    [
        (kolada.read_kpis, {"id": "N1", "title": "x", "is_divided_by_gender": "ja", "has_ou_data": False}),
        (kolada.read_kpis, {"id": "N1", "is_divided_by_gender": True, "has_ou_data": False}),
        (kolada.read_kpis, {"id": "N1", "title": ["x"], "is_divided_by_gender": True, "has_ou_data": False}),
        (kolada.read_kpis, {"id": "N1", "title": "x", "is_divided_by_gender": True}),
        (kolada.read_kpis, 1),
        (kolada.read_municipalities, {"id": 319, "title": "x", "type": "K"}),
        (kolada.read_municipalities, {"id": "0319", "title": "x"}),
        (kolada.read_groups, {"id": "G1", "title": "x"}),
        (kolada.read_groups, {"id": "G1", "title": "x", "members": ["0319"]}),
        (kolada.read_groups, {"id": "G1", "title": "x", "members": [{"member_id": "0319"}]}),
    ],
)
def test_metadata_of_another_shape_name_the_address(read: Any, row: object) -> None:
    with pytest.raises(KoladaError, match="oväntat på https://kolada/meta"):
        read([row], "https://kolada/meta")


@pytest.mark.parametrize(
    "row", [{"id": "319", "title": "x", "type": "K"}, {"id": "0319", "title": "x", "type": "R"}]
)
def test_municipalities_that_are_none_name_the_address(
    client: KoladaClient, server: KoladaServer, monkeypatch: pytest.MonkeyPatch, row: dict[str, str]
) -> None:
    monkeypatch.setitem(server.metadata, "municipality", [row])
    with pytest.raises(KoladaError, match=f"{server.url}municipality"):
        client.municipalities()


def test_key_figures_with_years_as_numbers_and_flags_as_0_and_1() -> None:
    row = {"id": "N1", "title": "x", "publ_period": 2025, "is_divided_by_gender": 1, "has_ou_data": 0}
    frame = kolada.read_kpis([row], "u")
    assert frame.loc[0, ["publ_period", "is_divided_by_gender", "has_ou_data"]].tolist() == [
        "2025",
        True,
        False,
    ]
    assert frame.loc[0, "auspice"] == ""


def test_requests_that_could_not_be_answered_are_not_sent() -> None:
    with pytest.raises(ValueError, match="at least two"):
        data_path(kpis=["N15001"])
    with pytest.raises(ValueError, match="at most 25"):
        data_path(kpis=[f"N{i:05d}" for i in range(26)], years=[2024])
    assert data_path(municipalities=["0319"], years=[2023, 2024]) == "data/municipality/0319/year/2023,2024"


# ---- the server itself keeps to KOLADA.md


@pytest.mark.parametrize(
    "path",
    [
        "kpi?per_page=5001",
        "kpi?per_page=0",
        "kpi?page=x",
        "kpi/" + ",".join(f"N{i:05d}" for i in range(26)),
        "municipality/" + ",".join(f"{i:04d}" for i in range(26)),
        "data/kpi/" + ",".join(f"N{i:05d}" for i in range(26)) + "/year/2024",
        "data/kpi/N15001",
        "data/kpi/N15001/ou/x",
        "data/kpi/N15001/year/abc",
        "data",
    ],
)
def test_the_server_refuses_what_kolada_refuses(server: KoladaServer, path: str) -> None:
    answer = requests.get(server.url + path, timeout=5)
    assert answer.status_code == 422
    assert "detail" in answer.json()


def test_the_server_filters_and_pages(server: KoladaServer) -> None:
    def get(path: str) -> dict[str, Any]:
        return requests.get(server.url + path, timeout=5).json()

    assert [row["id"] for row in get("municipality?title=upplands")["values"]] == ["0332", "2701"]
    assert [row["id"] for row in get("municipality?region_type=L")["values"]] == ["0000", "0003", "0027"]
    assert [row["id"] for row in get("kpi/N15001,U15456,N00000")["values"]] == ["N15001", "U15456"]
    assert get("kpi_groups")["values"] == get("ou")["values"] == []
    assert get("oudata/ou/V15E1/year/2024") == {
        "values": [], "count": 0, "next_url": None, "previous_url": None,
    }  # fmt: skip
    first = get("municipality?per_page=4")
    second = requests.get(first["next_url"], timeout=5).json()
    assert first["count"] == second["count"] == 4
    assert requests.get(second["previous_url"], timeout=5).json() == first
    last = requests.get(second["next_url"], timeout=5).json()
    assert (last["count"], last["next_url"]) == (3, None)
    forms = ["data/kpi/N15030/municipality/0319/year/2024", "data/year/2024/kpi/N15030/municipality/0319",
             "data?kpi_id=N15030&municipality_id=0319&year=2024"]  # fmt: skip
    assert get(forms[0]) == get(forms[1])
    assert get(forms[0])["values"] == get(forms[2])["values"]


def test_faults_can_be_ordered_while_the_server_runs(server: KoladaServer, client: KoladaClient) -> None:
    control = server.url.replace("v3/", "_control/")
    requests.post(control + "faults", json=[{"kind": "500", "times": 1, "skip": 1}], timeout=5)
    for _ in range(2):
        client.municipalities()
    log = requests.get(control + "log", timeout=5).json()["log"]
    assert len(log) == 3
    requests.delete(control + "faults", timeout=5)
    assert server.faults == server.log == []


def test_many_may_ask_at_once(server: KoladaServer, snapshot: Snapshot) -> None:
    found: list[pd.DataFrame] = []

    def ask() -> None:
        with KoladaClient(server.url, requests_per_second=1000) as client:
            found.append(everything(client))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 6
    assert all(obs.normalise(frame).equals(snapshot.observations()) for frame in found)
