"""Snapshots: whole or not at all, never changed, damage is found, reading is exact."""

from __future__ import annotations

import errno
import hashlib
import itertools
import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from effektiv.data import observations as obs
from effektiv.data import snapshot as snapshots
from effektiv.data.snapshot import (
    Snapshot,
    compare_snapshots,
    data_folder,
    list_snapshots,
    open_snapshot,
    write_snapshot,
)
from effektiv.errors import InputError, SnapshotError
from tests import small_snapshot as small


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return an empty data folder of our own."""
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return small.write_small("liten", tmp_path_factory.mktemp("data"))


def test_reading_gives_back_what_was_written(kept: Snapshot) -> None:
    pd.testing.assert_frame_equal(kept.observations(), obs.normalise(small.small_observations()))
    assert kept.municipalities.equals(small.small_municipalities())
    assert list(kept.kpis.columns) == list(snapshots.KPI_COLUMNS)
    assert kept.kpis.set_index("id").loc[small.BY_GENDER, "is_divided_by_gender"]
    assert len(kept.groups) == 5
    assert kept.manifest.years == tuple(small.YEARS)
    assert kept.manifest.rows["observations.parquet"] == len(small.small_observations())
    assert not kept.is_example


def test_selection_equals_filtering_everything(kept: Snapshot) -> None:
    whole = kept.observations()
    some = kept.observations(
        [small.ENDED, small.BY_GENDER, "N99999"], ["0319", "0000"], range(2020, 2023), ["T", "K"]
    )
    expected = whole[
        whole["kpi"].isin([small.ENDED, small.BY_GENDER])
        & whole["municipality"].isin(["0319", "0000"])
        & whole["year"].between(2020, 2022)
        & whole["gender"].isin(["T", "K"])
    ].reset_index(drop=True)
    assert len(some) > 5
    pd.testing.assert_frame_equal(some, expected)
    assert kept.observations(["N99999"]).dtypes.equals(whole.dtypes)
    assert kept.observations(kpis=[]).empty


def test_one_row_group_for_each_key_figure(kept: Snapshot) -> None:
    footer = pq.read_metadata(kept.path / "observations.parquet")
    assert footer.num_row_groups == 4


def test_panel_holds_every_kommun_and_riket_but_no_region(kept: Snapshot) -> None:
    panel, statuses = kept.panel(small.REGIONAL), kept.statuses(small.REGIONAL)
    assert panel.index.tolist() == ["0000", *small.KOMMUNER]
    assert (panel.index.name, panel.columns.name) == ("municipality", "year")
    assert panel.columns.tolist() == list(small.YEARS)
    rows = kept.observations([small.REGIONAL])
    rows = rows[rows["municipality"].isin(panel.index)]
    stacked = rows.set_index(["municipality", "year"])
    for code, year in itertools.product(panel.index, panel.columns):
        value = panel.loc[code, year]
        row = stacked.loc[(code, year)] if (code, year) in stacked.index else None
        assert np.isnan(value) if row is None else np.array_equal(value, row["value"], equal_nan=True)
        expected = "" if row is None or pd.isna(row["status"]) else row["status"]
        assert statuses.loc[code, year] == expected
    assert set(np.unique(statuses)) == {"", *obs.STATUSES}


def test_panel_of_what_was_never_published_is_empty(kept: Snapshot) -> None:
    assert kept.panel("N99999").shape == (9, 0)
    assert kept.panel(small.MEAN, "K").shape == (9, 0)
    with pytest.raises(ValueError, match="gender"):
        kept.panel(small.MEAN, "F")


def test_a_gap_in_the_years_is_a_column_of_missing(home: Path) -> None:
    frame = small.small_observations()
    gap = small.write_small("lucka", home, frame[frame["year"] != 2020])
    panel = gap.panel(small.MEAN)
    assert panel.columns.tolist() == list(small.YEARS)
    assert panel[2020].isna().all()


def test_changing_a_panel_does_not_change_the_kept_one(kept: Snapshot) -> None:
    before = kept.panel(small.MEAN)
    mine = kept.panel(small.MEAN)
    mine.iloc[:, :] = -1.0
    mine[1999] = 0.0
    pd.testing.assert_frame_equal(kept.panel(small.MEAN), before)


def test_opening_by_name_path_and_newest(home: Path) -> None:
    small.write_small("gammal", home, year=2024)
    newest = small.write_small("farsk", home, year=2026)
    assert open_snapshot("gammal").name == "gammal"
    assert open_snapshot(home / "gammal").name == "gammal"
    assert open_snapshot().name == "farsk"
    assert open_snapshot("farsk") is newest
    assert [manifest.name for manifest in list_snapshots()] == ["farsk", "gammal"]


def test_unknown_name_lists_what_there_is(home: Path) -> None:
    small.write_small("prov", home)
    with pytest.raises(SnapshotError, match=r'"porv" finns inte .* exempel, exempel-efter, prov'):
        open_snapshot("porv")


def test_the_data_folder_can_be_moved(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert data_folder() == home
    monkeypatch.delenv("EFFEKTIV_DATA")
    assert data_folder() == Path("data")


def test_half_written_and_foreign_folders_are_no_snapshots(home: Path) -> None:
    small.write_small("prov", home)
    (home / ".prov2.1234.tmp").mkdir()
    (home / "annat").mkdir()
    assert [manifest.name for manifest in list_snapshots()] == ["prov"]


# ---- never changed, never half


def test_an_existing_name_is_never_overwritten(home: Path) -> None:
    first = small.write_small("prov", home)
    marks = {file.name: file.read_bytes() for file in first.path.iterdir()}
    with pytest.raises(InputError, match="finns redan"):
        small.write_small("prov", home, small.small_observations(seed=8))
    assert {file.name: file.read_bytes() for file in first.path.iterdir()} == marks


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("höst 2026", '"host-2026"'),
        ("../utanfor", '"utanfor"'),
        ("a/b", '"a-b"'),
        ("a\\b", '"a-b"'),
        ("CON", '"frysning-1"'),
        ("con.2026", '"frysning-1"'),
        ("a:b", '"a-b"'),
        ("prov ", '"prov"'),
        ("nul", '"frysning-1"'),
        ("lpt1.txt", '"frysning-1"'),
        ("prov.", '"prov"'),
        ("", '"frysning-1"'),
        (".dold", '"dold"'),
        ("x" * 80, f'"{"x" * 64}"'),
    ],
)
def test_names_that_some_system_refuses(home: Path, name: str, usable: str) -> None:
    with pytest.raises(InputError) as error:
        small.write_small(name, home)
    assert usable in str(error.value)
    assert not home.exists()


def test_a_name_in_other_letters_is_taken(home: Path) -> None:
    """Windows and macOS do not tell them apart, and a data folder may be copied there."""
    small.write_small("Prov", home)
    with pytest.raises(InputError, match='"Prov" finns redan'):
        small.write_small("prov", home)


def test_the_word_exempel_is_taken(home: Path) -> None:
    with pytest.raises(InputError, match="exempeldatan"):
        small.write_small("Exempel", home)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES])
def test_a_failed_write_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    small.write_small("forra", home)
    calls = iter(range(100))
    real = os.fsync

    def failing(descriptor: int) -> None:
        if next(calls) == 2:
            raise OSError(number, os.strerror(number))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", failing)
    word = "disken är full" if number == errno.ENOSPC else "skrivrätt saknas"
    with pytest.raises(SnapshotError, match=rf'"prov" kunde inte skrivas i .*{word}'):
        small.write_small("prov", home)
    assert [path.name for path in home.iterdir()] == ["forra"]


def test_ctrl_c_leaves_nothing(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        small.write_small("prov", home)
    assert list(home.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="gränsen för filstorlek finns bara i Unix")
def test_a_file_that_the_system_cuts_off_leaves_nothing(home: Path) -> None:
    code = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))\n"
        "from pathlib import Path; from tests.small_snapshot import write_small; import os\n"
        "write_small('prov', Path(os.environ['EFFEKTIV_DATA']))"
    )
    root = Path(__file__).parents[2]
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert "SnapshotError" in run.stderr
    assert list(home.iterdir()) == []


def test_a_data_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "fil").write_text("", encoding="utf-8")
    with pytest.raises(SnapshotError, match='"prov" kunde inte skrivas'):
        small.write_small("prov", tmp_path / "fil")


def test_of_two_that_write_the_same_name_one_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other has found the name free, and finds it taken when it renames."""
    real = Path.rename

    def late(self: Path, target: Path) -> Path:
        monkeypatch.setattr(Path, "rename", real)
        small.write_small("prov", home)
        return real(self, target)

    monkeypatch.setattr(Path, "rename", late)
    with pytest.raises(InputError, match="finns redan"):
        small.write_small("prov", home, small.small_observations(seed=8))
    assert [path.name for path in home.iterdir()] == ["prov"]
    expected = obs.normalise(small.small_observations())
    pd.testing.assert_frame_equal(open_snapshot("prov").observations(), expected)


def test_rows_must_be_known_to_the_lists(home: Path) -> None:
    frame = small.small_observations()
    frame.loc[3, "municipality"] = "9999"
    with pytest.raises(InputError, match="9999, som inte finns i kommunlistan"):
        small.write_small("prov", home, frame)
    frame.loc[3, ["municipality", "kpi"]] = ["0319", "N00000"]
    with pytest.raises(InputError, match="N00000, som inte finns i nyckeltalslistan"):
        small.write_small("prov", home, frame)
    assert not home.exists()


@pytest.mark.parametrize(
    ("part", "column", "value"),
    [
        ("kpis", "title", "Kost\u202enad"),
        ("municipalities", "title", "Älv\u2067by"),
        ("groups", "group_title", "Liknande\0"),
        ("groups", "member_title", "Ås\ue000ele"),
        ("groups", "group_id", "nan"),
        ("groups", "member_id", "330"),
        ("kpis", "id", "٣"),
    ],
)
def test_ids_and_names_are_read_whatever_the_source(home: Path, part: str, column: str, value: str) -> None:
    lists = {
        "kpis": small.small_kpis(), "municipalities": small.small_municipalities(), "groups": small.small_groups(),
    }  # fmt: skip
    common = {"observations": small.small_observations(), "source": "Prov", "kind": "kolada", "folder": home}
    lists[part].loc[0, column] = f"\u200b{lists[part].loc[0, column]}\u00a0"
    made = write_snapshot("renad", **lists, **common)
    assert getattr(made, part).loc[0, column].isprintable()
    lists[part].loc[0, column] = value
    with pytest.raises(InputError) as error:
        write_snapshot("nekad", **lists, **common)
    assert str(error.value).isprintable()
    assert [snapshot.name for snapshot in list_snapshots(home)] == ["renad"]


def test_an_empty_snapshot_is_refused(home: Path) -> None:
    with pytest.raises(InputError, match='"prov" skulle bli tom'):
        small.write_small("prov", home, small.small_observations().iloc[:0])
    assert not home.exists()


def test_lists_without_a_column_or_with_a_repeated_key_are_refused(home: Path) -> None:
    parts = {
        "observations": small.small_observations(),
        "kpis": small.small_kpis(),
        "municipalities": small.small_municipalities(),
        "groups": small.small_groups(),
    }
    broken = [
        ("kpis", parts["kpis"].drop(columns="id"), "Nyckeltalslistan saknar kolumnen id"),
        ("kpis", pd.concat([parts["kpis"]] * 2), "Nyckeltalslistan har N15001 mer än en gång"),
        ("groups", parts["groups"].drop(columns="member_id"), "saknar kolumnen member_id"),
        ("groups", pd.concat([parts["groups"]] * 2), "Grupplistan har G1 0330 mer än en gång"),
    ]
    for name, frame, words in broken:
        with pytest.raises(InputError, match=words):
            write_snapshot("prov", source="x", kind="import", **(parts | {name: frame}))  # type: ignore[arg-type]


def test_only_ids_and_titles_are_needed_of_the_key_figures(home: Path) -> None:
    made = write_snapshot(
        "prov",
        observations=small.small_observations(),
        kpis=small.small_kpis()[["id", "title"]],
        municipalities=small.small_municipalities(),
        groups=small.small_groups().iloc[:0],
        source="x",
        kind="import",
    )
    assert (made.kpis["publ_period"] == "").all()
    assert not made.kpis["has_ou_data"].any()


# ---- damage


@pytest.mark.parametrize("name", snapshots.FILES)
@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_a_damaged_file_is_named(home: Path, name: str, damage: str) -> None:
    file = small.write_small("prov", home).path / name
    content = file.read_bytes()
    if damage == "changed":
        file.write_bytes(bytes([content[0] ^ 1]) + content[1:])
        os.utime(file, ns=(1, 1))
    elif damage == "cut":
        file.write_bytes(content[: len(content) // 2])
    else:
        file.unlink()
    with pytest.raises(SnapshotError) as error:
        open_snapshot("prov")
    assert name in str(error.value)
    assert "skadad" in str(error.value)


@pytest.mark.parametrize("content", ["", "{", '{"name": "prov"}', "[]"])
def test_a_damaged_manifest_is_named(home: Path, content: str) -> None:
    path = small.write_small("prov", home).path
    (path / "manifest.json").write_text(content, encoding="utf-8")
    for data in ["prov", path, None]:
        with pytest.raises(SnapshotError, match=r"prov är skadad: filen .*manifest\.json"):
            open_snapshot(data)


def test_a_missing_manifest_is_named(home: Path) -> None:
    path = small.write_small("prov", home).path
    (path / "manifest.json").unlink()
    for data in ("prov", path, None):
        # Not passed over: that would show other values, or the invented ones, without a word.
        with pytest.raises(SnapshotError, match=r"manifest\.json saknas"):
            open_snapshot(data)
    (path / "manifest.json").mkdir()
    with pytest.raises(SnapshotError, match=r"prov är skadad"):
        open_snapshot()


def edited(path: Path, sealed: bool = True, **changes: object) -> None:
    """Write other things in a manifest: as by this version, or as by 0.1.0, which had no checksum of its own."""
    file = path / "manifest.json"
    content = json.loads(file.read_text(encoding="utf-8")) | changes
    content = {key: value for key, value in content.items() if key != "checksum" and value is not ...}
    if sealed:
        content["checksum"] = snapshots._own_checksum(content)
    else:
        del content["format"]
    file.write_text(json.dumps(content), encoding="utf-8")


def test_any_flipped_bit_of_the_manifest_is_found(home: Path) -> None:
    made = small.write_small("prov", home)
    file = made.path / "manifest.json"
    whole = file.read_bytes()
    places = random.Random(8).sample(range(8 * len(whole)), 400)
    for place in places:
        content = bytearray(whole)
        content[place // 8] ^= 1 << place % 8
        file.write_bytes(bytes(content))
        with pytest.raises(
            SnapshotError, match=r"Frysningen prov är (skadad: |enligt .* om inte filen är skadad)"
        ):
            open_snapshot("prov")
    file.write_bytes(whole)
    assert open_snapshot("prov") is made


def test_a_manifest_that_is_only_laid_out_otherwise_is_whole(home: Path) -> None:
    file = small.write_small("prov", home).path / "manifest.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps(dict(reversed(content.items()))), encoding="utf-8", newline="\r\n")
    assert open_snapshot("prov").name == "prov"


def test_a_snapshot_of_the_first_version_is_opened(home: Path) -> None:
    made = small.write_small("prov", home)
    (made.path / "manifest.json").write_text(made.manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
    assert open_snapshot("prov").manifest == made.manifest
    assert open_snapshot().observations().equals(made.observations())


WRONG = {
    "created": ["igår", "2026-01-02", "2026-01-02T00:00:00", 20260102, None, ...],
    "years": [[], [2024.5], ["2024"], 2024, [24], None],
    "rows": [{}, {"observations.parquet": 1}, {"observations.parquet": "1"}, []],
    "checksums": [{}, dict.fromkeys(snapshots.FILES, 1), "x"],
    "kind": ["annat", 1],
    "notes": ["text", [1], {}],
    "name": [7, "\ud800"],
    "preliminary_year": ["2025", 25],
    "request": [
        {},
        {"base_url": "http://x", "first_year": 2015, "last_year": 2025, "kpis": [], "fetched": "igår"},
    ],
    "extra": [1],
    "format": ["2", None, True, -1.5],
}


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "first version"])
@pytest.mark.parametrize("key", WRONG)
def test_what_a_manifest_cannot_say_is_named(home: Path, key: str, sealed: bool) -> None:
    path = small.write_small("prov", home).path
    whole = (path / "manifest.json").read_bytes()
    for value in WRONG[key]:
        (path / "manifest.json").write_bytes(whole)
        edited(path, sealed, **{key: value})
        if key == "format" and not sealed:
            continue
        for data in ("prov", None):
            with pytest.raises(SnapshotError, match=r"prov är skadad: filen .*manifest\.json") as error:
                open_snapshot(data)
            if key not in ("format", "name"):
                assert key in str(error.value)
                assert not re.search(r"\b([Ii]nput|should|valid|None)\b", str(error.value))
            assert "\n" not in str(error.value)


@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "first version"])
def test_a_snapshot_of_a_newer_version_is_told_from_a_damaged_one(home: Path, sealed: bool) -> None:
    path = small.write_small("prov", home).path
    whole = (path / "manifest.json").read_bytes()
    edited(path, sealed, library_version="9.10.0", enheter=["x"])
    with pytest.raises(
        SnapshotError, match=r"nyare version av arbetsboken \(9\.10\.0; den här är .*\): installera"
    ):
        open_snapshot("prov")
    (path / "manifest.json").write_bytes(whole)
    edited(path, True, library_version="9.10.0", format=snapshots.FORMAT_WITH_REVISIONS + 1)
    with pytest.raises(SnapshotError, match=r"nyare version"):
        open_snapshot("prov")
    # A later version that has changed nothing here is read as any other.
    (path / "manifest.json").write_bytes(whole)
    edited(path, sealed, library_version="9.10.0")
    assert open_snapshot("prov").manifest.library_version == "9.10.0"


def test_a_renamed_snapshot_is_told_what_to_be_named(home: Path) -> None:
    small.write_small("annan", home, year=2024)
    made = small.write_small("liten", home, year=2026)
    made.path.rename(home / "stor")
    for data in ("stor", home / "stor", None):
        with pytest.raises(
            SnapshotError, match=r'stor innehåller frysningen "liten".*byt tillbaka .* till liten'
        ):
            open_snapshot(data)
    with pytest.raises(SnapshotError, match=r'"liten" finns inte .* annan, exempel, exempel-efter, stor'):
        open_snapshot("liten")
    assert open_snapshot("annan").name == "annan"
    (home / "stor").rename(home / "liten")
    shutil.copytree(home / "liten", home / "alltid - Kopia")
    assert open_snapshot().path == (home / "liten").resolve()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows kräver rättigheter för länkar")
def test_a_link_to_a_snapshot_is_no_renamed_one(home: Path) -> None:
    (home / "senaste").symlink_to(small.write_small("liten", home).path)
    assert open_snapshot("senaste").name == "liten"


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("kpis.parquet", lambda table: table.drop_columns(["title"]), "kolumnen title saknas"),
        ("kpis.parquet", lambda table: cast(table, "has_ou_data", pa.string()), "has_ou_data är string"),
        ("groups.parquet", lambda table: table.rename_columns(["a", "b", "c", "d"]), "group_id saknas"),
        ("municipalities.parquet", lambda table: cast(table, "id", pa.int64()), "kolumnen id är int64"),
        ("observations.parquet", lambda table: cast(table, "kpi", pa.string()), "kolumnen kpi är string"),
        ("observations.parquet", lambda table: cast(table, "year", pa.int64()), "kolumnen year är int64"),
        ("observations.parquet", lambda table: table.slice(1), "rader men ska ha"),
        ("kpis.parquet", lambda table: pa.table({}), "kolumnen id saknas"),
    ],
)
@pytest.mark.parametrize("sealed", [True, False], ids=["sealed", "first version"])
def test_a_file_that_is_laid_out_otherwise_is_told(
    home: Path, name: str, change: Callable[[pa.Table], pa.Table], words: str, sealed: bool
) -> None:
    """The manifest has its checksum: another program has written both, or another version."""
    path = small.write_small("prov", home).path
    pq.write_table(change(pq.read_table(path / name)), path / name)
    checksums = {file: hashlib.sha256((path / file).read_bytes()).hexdigest() for file in snapshots.FILES}
    edited(path, sealed, checksums=checksums)
    with pytest.raises(SnapshotError, match=rf"prov är skadad: filen .*{name} .*{words}"):
        open_snapshot("prov")


def cast(table: pa.Table, column: str, kind: pa.DataType) -> pa.Table:
    place = table.column_names.index(column)
    return table.set_column(place, column, table[column].cast(kind))


def test_files_in_each_others_places_are_damage(home: Path) -> None:
    path = small.write_small("prov", home).path
    (path / "kpis.parquet").rename(path / "x")
    (path / "groups.parquet").rename(path / "kpis.parquet")
    (path / "x").rename(path / "groups.parquet")
    with pytest.raises(SnapshotError, match="skadad"):
        open_snapshot("prov")


def test_a_password_that_the_first_version_kept_is_not_read(home: Path) -> None:
    made = small.write_small("prov", home)
    request = {"base_url": "http://anna:hemligt@x/v3/", "first_year": 2015, "last_year": 2025, "kpis": ["N15001"],
               "fetched": "2026-01-02"}  # fmt: skip
    edited(made.path, False, source="Kolada (http://anna:hemligt@x/v3/), hämtat 2026-01-02", request=request)
    manifest = open_snapshot("prov").manifest
    assert manifest.source == "Kolada (http://x/v3/), hämtat 2026-01-02"
    assert "hemligt" not in manifest.model_dump_json()


@pytest.mark.parametrize(
    "data", ["", "\0", "x" * 300, "CON", "a:b", "liten.", "../", "\ud800", "liten/manifest.json"]
)
def test_a_name_that_no_folder_can_have_is_not_there(home: Path, data: str) -> None:
    small.write_small("liten", home)
    with pytest.raises(SnapshotError, match=r"finns inte i .* exempel, exempel-efter, liten"):
        open_snapshot(data)


def test_files_that_vanish_after_opening_are_an_error_not_a_trace(home: Path) -> None:
    opened = small.write_small("prov", home)
    for name in snapshots.FILES:
        (opened.path / name).unlink()
    for read in [lambda: opened.kpis, opened.observations, lambda: opened.panel(small.MEAN)]:
        with pytest.raises(SnapshotError, match="skadad"):
            read()


# ---- comparing


def test_comparing_tells_new_revised_and_withdrawn_values(home: Path) -> None:
    before = obs.normalise(small.small_observations())
    with_value = before.index[before["value"].notna()]
    revised, suppressed, removed = with_value[0], with_value[20], with_value[40]
    published = before.index[before["status"] == "Missing"][0]
    reason = before.index[before["status"] == "Privacy"][0]
    after = before.copy()
    after.loc[revised, "value"] += 0.5
    after.loc[suppressed, ["value", "status"]] = [np.nan, "Privacy"]
    after.loc[published, ["value", "status"]] = [3.25, None]
    after.loc[reason, "status"] = "Missing"
    after = after.drop(index=removed)
    found = compare_snapshots(small.write_small("a", home, before), small.write_small("b", home, after))
    expected = before.loc[
        [revised, suppressed, removed, published], ["kpi", "municipality", "year", "gender"]
    ]
    expected["change"] = ["reviderad", "borttagen", "borttagen", "ny"]
    expected["before"] = [*before.loc[[revised, suppressed, removed], "value"], np.nan]
    expected["after"] = [before.loc[revised, "value"] + 0.5, np.nan, np.nan, 3.25]
    expected = expected.sort_values(list(obs.KEYS), ignore_index=True)
    pd.testing.assert_frame_equal(found, expected)


def test_comparing_within_chosen_key_figures_and_years(home: Path) -> None:
    a = small.write_small("a", home)
    b = small.write_small("b", home, small.small_observations(seed=8))
    found = compare_snapshots(a, b, kpis=[small.ENDED], years=[2019, 2025])
    assert set(found["kpi"]) == {small.ENDED}
    assert set(found["year"]) == {2019}
    assert compare_snapshots(a, a).empty
