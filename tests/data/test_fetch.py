"""Fetching: fewest requests, equal to what is served, goes on after a stop, tells changes."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from math import ceil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from koladapy import KoladaAPI

from effektiv.data import fetch as fetching
from effektiv.data import kolada
from effektiv.data import observations as obs
from effektiv.data.catalogue import load_catalogue, source_kpis
from effektiv.data.fetch import fetch, fetch_update, plan, preliminary_year
from effektiv.data.kolada import IDS_PER_SEGMENT, PER_PAGE, KoladaClient
from effektiv.data.municipalities import municipalities_frame
from effektiv.data.snapshot import (
    Request,
    Snapshot,
    list_snapshots,
    manifest_bytes,
    open_snapshot,
    write_snapshot,
)
from effektiv.errors import InputError, KoladaError, SnapshotError
from tests import small_snapshot as small
from tests.kolada_server import Fault, KoladaServer, running

KPIS = [small.MEAN, small.BY_GENDER, small.ENDED, small.REGIONAL]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return small.write_small("liten", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def running_server(served: Snapshot) -> Iterator[KoladaServer]:
    with running(served) as server:
        yield server


@pytest.fixture
def server(running_server: KoladaServer, monkeypatch: pytest.MonkeyPatch) -> KoladaServer:
    """Return the server, with pages so small that there are many."""
    running_server.faults.clear()
    running_server.log.clear()
    monkeypatch.setattr(kolada, "PER_PAGE", 20)
    return running_server


def quick(server: KoladaServer) -> KoladaClient:
    return KoladaClient(server.url, requests_per_second=1000, timeout=(2, 2), backoff=0.001)


def run(server: KoladaServer, folder: Path, name: str = "ny", **options: object) -> fetching.FetchResult:
    chosen: dict[str, object] = {"kpis": KPIS, "first_year": 2015, "folder": folder, "progress": False}
    with quick(server) as client:
        return fetch(name, client, **(chosen | options))  # type: ignore[arg-type]


# ---- the plan


def real_lists(shared: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    folder = shared / "data/kolada-metadata"
    municipalities = pd.read_csv(folder / "municipality_2026-03.csv", dtype="str")
    rows = municipalities[["id", "title", "type"]].itertuples(index=False, name=None)
    return pd.read_csv(folder / "kpi_2026-03.csv.gz"), municipalities_frame(rows)


def test_the_catalogue_takes_few_requests(shared: Path) -> None:
    """The number that the README states; it fails when the catalogue grows past it."""
    kpis, municipalities = real_lists(shared)
    wanted = kpis[kpis["id"].isin(source_kpis(load_catalogue()))]
    listings = plan(wanted, municipalities, 2015, 2025)
    assert len(listings) == ceil(len(wanted) / IDS_PER_SEGMENT)
    pages = sum(listing.pages for listing in listings)
    rows = (np.where(wanted["municipality_type"] == "K", 291, 312) * 11).sum()
    assert rows / PER_PAGE <= pages <= rows / PER_PAGE + len(listings)
    assert pages + fetching.METADATA_PAGES <= 170


def test_the_plan_beats_every_other_choice_of_segments() -> None:
    """The arithmetic of the docstring: 216 key figures, 291 municipalities, 11 years."""

    def requests(kpis: int, municipalities: int, years: int, all_rows: tuple[int, int, int]) -> int:
        """Count pages; a dimension without segments (0) gives all its rows in each listing."""
        sizes = []
        for ids, everything in zip((kpis, municipalities, years), all_rows, strict=True):
            parts = ceil(ids / IDS_PER_SEGMENT) or 1
            total = ids or everything
            sizes.append([total * (i + 1) // parts - total * i // parts for i in range(parts)])
        return sum(ceil(a * b * c / PER_PAGE) for a, b, c in itertools.product(*sizes))

    everything = (6100, 291, 28)
    ours = requests(216, 0, 11, everything)
    assert ours == 144
    others = [requests(216, 291, 11, everything), requests(216, 291, 0, everything),
              requests(0, 291, 11, everything)]  # fmt: skip
    assert others[:2] == [216, 432]
    assert 3900 < others[2] < 3930
    frame = pd.DataFrame({"id": [f"N{i:05d}" for i in range(216)], "municipality_type": "K"})
    kommuner = municipalities_frame([(f"{i:04d}", f"K{i}", "K") for i in range(100, 390)])
    listings = plan(frame, kommuner, 2015, 2025)
    assert (len(listings), sum(listing.pages for listing in listings)) == (9, ours)


@settings(max_examples=50, deadline=None)
@given(count=st.integers(0, 120), first=st.integers(1990, 2026), length=st.integers(0, 60))
def test_every_key_figure_and_year_is_asked_for_once(count: int, first: int, length: int) -> None:
    ids = [f"N{i:05d}" for i in range(count)]
    frame = pd.DataFrame({"id": ids, "municipality_type": "A"})
    asked = []
    for listing in plan(frame, small.small_municipalities(), first, first + length):
        _, _, kpis, _, years = listing.path.split("/")
        assert len(kpis.split(",")) <= IDS_PER_SEGMENT
        assert len(years.split(",")) <= IDS_PER_SEGMENT
        asked += itertools.product(kpis.split(","), map(int, years.split(",")))
    assert sorted(asked) == sorted(itertools.product(ids, range(first, first + length + 1)))


# ---- a whole fetch


def test_the_snapshot_equals_what_is_served(server: KoladaServer, served: Snapshot, tmp_path: Path) -> None:
    result = run(server, tmp_path)
    made = result.snapshot
    pd.testing.assert_frame_equal(made.observations(), served.observations())
    for name in ("kpis", "municipalities", "groups"):
        pd.testing.assert_frame_equal(getattr(made, name), getattr(served, name))
    assert (made.manifest.kind, made.manifest.notes) == ("kolada", ())
    assert made.manifest.request is not None
    assert made.manifest.request.base_url == server.url
    assert result.requests == len(server.paths) > 15
    assert (result.resumed, result.previous, result.changes) == (0, None, None)
    assert [path.name for path in tmp_path.iterdir()] == ["ny"]


def test_only_asked_for_years_and_key_figures(server: KoladaServer, served: Snapshot, tmp_path: Path) -> None:
    made = run(server, tmp_path, kpis=[small.MEAN], first_year=2020, last_year=2022).snapshot
    expected = served.observations([small.MEAN], years=range(2020, 2023))
    pd.testing.assert_frame_equal(made.observations(), expected)
    assert made.kpis["id"].tolist() == [small.MEAN]


def test_a_key_figure_that_kolada_lacks_is_noted(server: KoladaServer, tmp_path: Path) -> None:
    made = run(server, tmp_path, kpis=[small.MEAN, "N99999"]).snapshot
    assert made.manifest.notes == ("Nyckeltal som inte finns i Kolada: N99999.",)
    assert not any("N99999" in path for path in server.paths)


def test_nothing_that_kolada_has(server: KoladaServer, tmp_path: Path) -> None:
    with pytest.raises(InputError, match='"ny" skulle bli tom'):
        run(server, tmp_path, kpis=["N99999"])


def test_values_of_unlisted_municipalities_are_left_out_and_noted(served: Snapshot, tmp_path: Path) -> None:
    with running(served) as server:
        rows = server.metadata["municipality"]
        server.metadata["municipality"] = [row for row in rows if row["id"] != "2704"]
        made = run(server, tmp_path).snapshot
    assert "2704" not in set(made.observations()["municipality"])
    assert "2704" in made.manifest.notes[0]


def test_progress_is_on_standard_error(
    server: KoladaServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(server, tmp_path, progress=True)
    out, err = capsys.readouterr()
    assert out == ""
    assert "Hämtar från Kolada" in err


def test_bad_calls_ask_nothing(server: KoladaServer, tmp_path: Path) -> None:
    run(server, tmp_path)
    server.log.clear()
    with pytest.raises(InputError, match="finns redan"):
        run(server, tmp_path)
    with pytest.raises(InputError, match="kan inte användas"):
        run(server, tmp_path, name="å ä")
    with pytest.raises(InputError, match="Första året 2999"):
        run(server, tmp_path, name="b", first_year=2999)
    assert server.paths == []


# ---- going on after a stop


@pytest.mark.parametrize("skip", [1, 4, 11])
def test_a_stopped_fetch_goes_on_and_asks_for_nothing_twice(
    server: KoladaServer, served: Snapshot, tmp_path: Path, skip: int
) -> None:
    server.faults.append(Fault("types" if skip > 3 else "redirect", skip=skip))
    with pytest.raises(KoladaError):
        run(server, tmp_path)
    assert list_snapshots(tmp_path) == []
    first = server.paths[:skip]
    server.faults.clear()
    server.log.clear()
    result = run(server, tmp_path, name="annat-namn")
    pd.testing.assert_frame_equal(result.snapshot.observations(), served.observations())
    assert not set(first) & set(server.paths)
    assert result.resumed == skip
    assert [path.name for path in tmp_path.iterdir()] == ["annat-namn"]


def test_a_killed_process_goes_on(server: KoladaServer, served: Snapshot, tmp_path: Path) -> None:
    """SIGKILL leaves no time to tidy up, and may strike in the middle of a write."""
    server.faults.append(Fault("slow", path="data/", seconds=0.15))
    code = (
        "import sys; from pathlib import Path\n"
        "from effektiv.data import kolada; kolada.PER_PAGE = 20\n"
        "from effektiv.data.fetch import fetch\n"
        "client = kolada.KoladaClient(sys.argv[1], requests_per_second=1000)\n"
        "fetch('ny', client, kpis=sys.argv[3:], first_year=2015, folder=Path(sys.argv[2]), progress=False)"
    )
    child = subprocess.Popen([sys.executable, "-c", code, server.url, str(tmp_path), *KPIS])
    while sum("data/" in path for path in server.paths) < 4 and child.poll() is None:
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
    assert child.wait(10) != 0
    server.faults.clear()
    result = run(server, tmp_path)
    assert result.resumed >= 5
    pd.testing.assert_frame_equal(result.snapshot.observations(), served.observations())
    assert [path.name for path in tmp_path.iterdir()] == ["ny"]


def stopped(server: KoladaServer, folder: Path, skip: int = 8) -> Path:
    """Stop a fetch after some pages; return its folder."""
    server.faults.append(Fault("redirect", skip=skip))
    with pytest.raises(KoladaError):
        run(server, folder)
    server.faults.clear()
    server.log.clear()
    (work,) = [path for path in folder.iterdir() if path.name.startswith(".hamtning-")]
    return work


@pytest.mark.parametrize("kind", ["loop", "endless"])
def test_pages_that_never_end_do_not_come_back(
    server: KoladaServer, served: Snapshot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(kolada, "MOST_PAGES", 30)
    server.faults.append(Fault(kind, path="data/", skip=2))
    with pytest.raises(KoladaError, match="sidorna tar aldrig slut"):
        run(server, tmp_path)
    server.faults.clear()
    pd.testing.assert_frame_equal(run(server, tmp_path).snapshot.observations(), served.observations())


def test_work_for_another_request_is_not_mixed_in(
    server: KoladaServer, served: Snapshot, tmp_path: Path
) -> None:
    work = stopped(server, tmp_path)
    result = run(server, tmp_path, name="b", first_year=2019)
    assert result.resumed == 0
    assert work.is_dir()
    expected = served.observations(years=range(2019, 2026))
    pd.testing.assert_frame_equal(result.snapshot.observations(), expected)
    assert run(server, tmp_path).resumed == 8


@pytest.mark.parametrize("content", ["in the middle", "empty", "not gzip"])
def test_a_damaged_page_is_fetched_again(
    server: KoladaServer, served: Snapshot, tmp_path: Path, content: str
) -> None:
    work = stopped(server, tmp_path)
    page = sorted(work.glob("003-0002-*"))[0]
    whole = page.read_bytes()
    page.write_bytes({"in the middle": whole[:60] + b"x" + whole[61:], "empty": b""}.get(content, b"nej"))
    result = run(server, tmp_path)
    assert result.resumed == 5
    pd.testing.assert_frame_equal(result.snapshot.observations(), served.observations())


def test_a_fetch_that_got_nothing_leaves_nothing(server: KoladaServer, tmp_path: Path) -> None:
    server.faults.append(Fault("redirect"))
    with pytest.raises(KoladaError):
        run(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_old_work_is_thrown_away(server: KoladaServer, tmp_path: Path) -> None:
    work = stopped(server, tmp_path)
    old = datetime.now(UTC) - fetching.WORK_EXPIRES - timedelta(minutes=1)
    (work / "started").write_text(old.isoformat(), encoding="utf-8")
    assert run(server, tmp_path, first_year=2019).resumed == 0
    assert [path.name for path in tmp_path.iterdir()] == ["ny"]
    work = stopped(server, tmp_path / "b")
    (work / "started").write_text("nej", encoding="utf-8")
    assert run(server, tmp_path / "b").resumed == 0


def test_the_snapshot_is_stamped_with_the_day_the_fetch_began(server: KoladaServer, tmp_path: Path) -> None:
    work = stopped(server, tmp_path)
    began = datetime.now(UTC) - timedelta(hours=23)
    (work / "started").write_text(began.isoformat(), encoding="utf-8")
    made = run(server, tmp_path).snapshot
    assert made.manifest.request is not None
    assert made.manifest.request.fetched == began.date().isoformat()
    assert began.date().isoformat() in made.manifest.source


def test_ctrl_c_keeps_the_pages_and_makes_no_snapshot(
    server: KoladaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = KoladaClient._body
    calls = itertools.count()

    def interrupted(client: KoladaClient, url: str) -> bytes:
        if next(calls) == 6:
            raise KeyboardInterrupt
        return real(client, url)

    monkeypatch.setattr(KoladaClient, "_body", interrupted)
    with pytest.raises(KeyboardInterrupt):
        run(server, tmp_path)
    monkeypatch.undo()
    monkeypatch.setattr(kolada, "PER_PAGE", 20)
    assert list_snapshots(tmp_path) == []
    assert run(server, tmp_path).resumed == 6


def test_a_full_disk_is_one_sentence(
    server: KoladaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, content: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(SnapshotError, match=r'"ny" kunde inte skrivas i .*: disken är full'):
            run(server, tmp_path)
    assert list_snapshots(tmp_path) == []


def test_a_row_given_twice_is_an_error_and_starts_afresh(
    server: KoladaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fetching.read_data

    def twice(values: list[object], url: str) -> pd.DataFrame:
        return pd.concat([real(values, url)] * 2)

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "read_data", twice)
        with pytest.raises(KoladaError, match="samma rad två gånger"):
            run(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_pages_of_real_size_from_the_example(tmp_path: Path) -> None:
    """Every eighteenth key figure of the whole example: pages of 5 000 rows, as from Kolada."""
    example = open_snapshot("exempel")
    kpis = list(example.kpis["id"])[::18]
    by_gender = example.kpis.loc[example.kpis["is_divided_by_gender"], "id"].iloc[0]
    with running(example) as server:
        made = run(server, tmp_path, kpis=kpis, first_year=2012).snapshot
        assert max(Counter(path.partition("?")[0] for path in server.paths).values()) > 5
        api = KoladaAPI(base_url=server.url, max_requests_per_second=1000)
        theirs = api.get_data_as_dataframe(kpi_id=by_gender, years=list(range(2012, 2026)))
        api.session.close()
    pd.testing.assert_frame_equal(made.observations(), example.observations(kpis))
    assert made.groups.equals(example.groups)
    theirs = theirs[~theirs["isdeleted"].astype("bool")].rename(columns={"period": "year"})
    theirs["value"] = theirs["value"].astype("float64")
    pd.testing.assert_frame_equal(obs.normalise(theirs), example.observations([by_gender]))


@pytest.mark.parametrize("column", ["kpi", "year"])
def test_a_row_that_nobody_asked_for_is_an_error(
    server: KoladaServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, column: str
) -> None:
    real = fetching.read_data

    def other(values: list[object], url: str) -> pd.DataFrame:
        return real(values, url).assign(**{column: {"kpi": "N00001", "year": 1999}[column]})

    with monkeypatch.context() as patched:
        patched.setattr(fetching, "read_data", other)
        with pytest.raises(KoladaError, match="ingen frågat efter: nyckeltal"):
            run(server, tmp_path)
    assert list(tmp_path.iterdir()) == []


# ---- the second fetch


def changed(before: pd.DataFrame) -> pd.DataFrame:
    """Return observations with one value revised, one withdrawn and one new."""
    with_value = before.index[before["value"].notna()]
    after = before.copy()
    after.loc[with_value[2], "value"] += 1
    after.loc[before.index[before["status"] == "Missing"][0], ["value", "status"]] = [3.5, None]
    return after.drop(index=with_value[30])


def test_a_second_fetch_tells_what_changed(server: KoladaServer, served: Snapshot, tmp_path: Path) -> None:
    first = run(server, tmp_path, name="host").snapshot
    after = small.write_small("efter", tmp_path / "x", changed(served.observations()))
    same = run(server, tmp_path, name="igen")
    assert same.previous is first
    assert same.changes is not None and same.changes.empty
    with running(after) as later:
        other = run(later, tmp_path, name="annan-adress")
        assert other.previous is None
        # The same address, as it is for the real Kolada.
        later.faults.clear()
        move(tmp_path, server.url, later.url)
        result = run(later, tmp_path, name="var")
    assert result.changes is not None
    assert result.changes["change"].value_counts().to_dict() == {"reviderad": 1, "borttagen": 1, "ny": 1}
    assert (first.revisions, same.snapshot.revisions) == (None, None)
    kept = result.snapshot.revisions
    assert kept is not None
    revised = result.changes[result.changes["change"] != "ny"].drop(columns="change")
    pd.testing.assert_frame_equal(kept, revised.reset_index(drop=True))
    assert open_snapshot(tmp_path / "host").observations().equals(served.observations())


def move(folder: Path, old: str, new: str) -> None:
    """Make earlier snapshots look fetched from another address, and the other one gone."""
    for manifest in list_snapshots(folder):
        if manifest.request is not None:
            address = {old: new, new: "http://annan/v3/"}[manifest.request.base_url]
            moved = manifest.model_copy(
                update={"request": manifest.request.model_copy(update={"base_url": address})}
            )
            (folder / manifest.name / "manifest.json").write_bytes(manifest_bytes(moved))


def test_a_damaged_snapshot_beside_stops_no_fetch(
    server: KoladaServer, served: Snapshot, tmp_path: Path
) -> None:
    run(server, tmp_path, name="host")
    (tmp_path / "host" / "manifest.json").write_text("{", encoding="utf-8")
    result = run(server, tmp_path, name="var")
    pd.testing.assert_frame_equal(result.snapshot.observations(), served.observations())
    assert result.previous is None
    assert result.changes is None
    assert result.problem is not None
    assert "host är skadad" in result.problem


@pytest.mark.parametrize(
    ("listing", "words"),
    [
        ("municipality", "finns mer än en gång"),
        ("kpi", "samma rad två gånger (N15001)"),
        ("municipality_groups", "samma rad två gånger (G1 0330)"),
    ],
)
def test_metadata_given_twice_are_kolada_s_fault_and_do_not_come_back(
    server: KoladaServer, served: Snapshot, tmp_path: Path, listing: str, words: str
) -> None:
    once = server.metadata[listing]
    with pytest.MonkeyPatch.context() as patched:
        patched.setitem(server.metadata, listing, [*once, once[0]])
        with pytest.raises(KoladaError) as error:
            run(server, tmp_path)
    assert words in str(error.value)
    assert server.url in str(error.value)
    assert list(tmp_path.iterdir()) == []
    assert run(server, tmp_path).resumed == 0


def test_a_key_figure_that_is_gone_is_no_revision(server: KoladaServer, tmp_path: Path) -> None:
    run(server, tmp_path, name="host")
    with pytest.MonkeyPatch.context() as patched:
        without = [row for row in server.metadata["kpi"] if row["id"] != small.ENDED]
        patched.setitem(server.metadata, "kpi", without)
        result = run(server, tmp_path, name="var")
    assert result.changes is not None
    assert set(result.changes["kpi"]) == {small.ENDED}
    assert result.snapshot.revisions is None


def test_changes_are_within_what_both_asked_for(server: KoladaServer, tmp_path: Path) -> None:
    run(server, tmp_path, name="host", kpis=[small.MEAN, small.ENDED], first_year=2019)
    result = run(server, tmp_path, name="var", first_year=2015)
    assert result.changes is not None and result.changes.empty


@pytest.mark.parametrize("days", [0, 3])
def test_an_update_gives_the_same_as_a_whole_fetch(
    server: KoladaServer, served: Snapshot, tmp_path: Path, days: int
) -> None:
    host = run(server, tmp_path, name="host").snapshot
    after = small.write_small("efter", tmp_path / "x", changed(served.observations()))
    today = datetime.now(UTC).date()
    with running(after, previous=served, updated=today.isoformat()) as later:
        move(tmp_path, server.url, later.url)
        host = open_snapshot(tmp_path / "host")
        with quick(later) as client:
            since = today - timedelta(days=days)
            result = fetch_update("var", client, host, from_date=since, progress=False)
        assert all("from_date" in path for path in later.paths if "data/" in path)
        # Only what changed is sent: three rows, not hundreds.
        assert result.requests == 1 + sum("data/" not in path for path in later.paths)
    pd.testing.assert_frame_equal(result.snapshot.observations(), after.observations())
    assert result.previous is host
    assert result.changes is not None
    assert sorted(result.changes["change"]) == ["borttagen", "ny", "reviderad"]
    assert result.snapshot.revisions is not None
    assert result.snapshot.revisions["after"].isna().sum() == 1
    assert result.snapshot.manifest.request is not None
    assert result.snapshot.manifest.request.fetched == today.isoformat()
    assert result.snapshot.manifest.notes == (
        f'Uppdaterad från frysningen "host": bara det som ändrats sedan {since} hämtades.',
    )


def test_an_update_asks_from_the_day_before_and_keeps_what_kolada_forgot(
    server: KoladaServer, served: Snapshot, tmp_path: Path
) -> None:
    host = run(server, tmp_path, name="host").snapshot
    without = [row for row in server.metadata["kpi"] if row["id"] != small.ENDED]
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    with pytest.MonkeyPatch.context() as patched, quick(server) as client:
        patched.setitem(server.metadata, "kpi", without)
        result = fetch_update("var", client, host, progress=False)
    pd.testing.assert_frame_equal(result.snapshot.observations(), host.observations())
    assert any(f"from_date={yesterday}" in path for path in server.paths)
    assert small.ENDED in result.snapshot.kpis["id"].tolist()


def test_an_update_needs_a_snapshot_from_the_same_address(
    server: KoladaServer, served: Snapshot, tmp_path: Path
) -> None:
    with quick(server) as client, pytest.raises(InputError, match='"liten" är inte hämtad från http'):
        fetch_update("var", client, served)
    assert server.paths == []


# ---- preliminary


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2026-06-09", None), ("2026-06-10", 2025), ("2026-08-27", 2025), ("2026-08-28", None)],
)
def test_a_year_is_preliminary_between_its_two_publications(day: str, expected: int | None) -> None:
    rows = obs.normalise(small.small_observations())
    assert preliminary_year(small.small_kpis(), rows, date.fromisoformat(day)) == expected


def test_a_year_without_values_is_not_preliminary() -> None:
    rows = obs.normalise(small.small_observations())
    rows = rows[(rows["kpi"] != small.MEAN) | (rows["year"] < 2025)]
    assert preliminary_year(small.small_kpis(), rows, date(2026, 7, 1)) is None


def test_the_year_stands_in_the_manifest(served: Snapshot, tmp_path: Path) -> None:
    today = datetime.now(UTC).date()
    kpis = small.small_kpis()
    kpis["prel_publication_date"] = (today - timedelta(days=1)).isoformat()
    kpis["publication_date"] = (today + timedelta(days=30)).isoformat()
    source = write_snapshot(
        "kalla", observations=small.small_observations(), kpis=kpis, groups=small.small_groups(),
        municipalities=small.small_municipalities(), source="x", kind="import", folder=tmp_path / "x",
    )  # fmt: skip
    with running(source) as server:
        assert run(server, tmp_path).snapshot.manifest.preliminary_year == 2025


def test_the_request_is_kept_for_the_next_time(server: KoladaServer, tmp_path: Path) -> None:
    made = run(server, tmp_path, last_year=2024).snapshot
    assert made.manifest.request == Request(
        base_url=server.url, first_year=2015, last_year=2024, kpis=tuple(sorted(KPIS)),
        fetched=datetime.now(UTC).date().isoformat(),
    )  # fmt: skip
