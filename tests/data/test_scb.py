"""SCB's population: read as it stands, spliced over the break, and refused in one sentence where it cannot be."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from effektiv import cli
from effektiv.data import scb
from effektiv.data.fetch import fetch_population
from effektiv.data.population import breaks_in, population_frame
from effektiv.data.scb import HISTORY, LATEST, PROJECTION, ScbClient, spliced
from effektiv.data.snapshot import FILES, POPULATION, Snapshot, open_snapshot, with_units
from effektiv.errors import InputError, ScbError, SnapshotError
from tests import small_snapshot as small
from tests.scb_server import ScbFault, ScbServer, noise, persons, running


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EFFEKTIV_DATA", raising=False)
    return tmp_path / "data"


@pytest.fixture(scope="module")
def server() -> Iterator[ScbServer]:
    with running() as running_server:
        yield running_server


@pytest.fixture(scope="module")
def found(server: ScbServer) -> pd.DataFrame:
    with ScbClient(server.url) as client:
        return client.population("0319")


def client_of(server: ScbServer) -> ScbClient:
    return ScbClient(server.url, timeout=(20.0, 20.0), backoff=0.0)


def test_each_age_and_year_is_read_once_from_the_table_that_has_it(found: pd.DataFrame) -> None:
    assert not found.duplicated(["age", "year"]).any()
    assert (len(found), found["age"].max(), found["year"].min(), found["year"].max()) == (
        101 * 56,
        100,
        2015,
        2070,
    )
    expected = [
        persons("0319", age, year) + (noise(age) if year == 2025 else 0)
        for age, year in zip(found["age"], found["year"], strict=True)
    ]
    assert found["value"].tolist() == [max(0, value) for value in expected]
    by_year = found.groupby("year")[["source", "is_projection"]].first()
    assert by_year.loc[[2024, 2025, 2026]].to_numpy().tolist() == [
        ["BefolkningNy", False], ["BefolkningCKM", False], ["BefProgOsiktRegN", True],
    ]  # fmt: skip


def test_the_break_between_the_tables_is_told(found: pd.DataFrame) -> None:
    ((year, sentence),) = breaks_in(found).items()
    assert year == 2025
    assert "2025" in sentence


def test_the_newer_table_is_asked_for_its_sums_so_that_noise_is_not_added_up(server: ScbServer) -> None:
    asked = next(path for path in server.log if "TAB5557/data" in path)
    assert "valueCodes%5BKon%5D=TotSa" in asked
    assert "valueCodes%5BCivilstand%5D=SC" in asked
    assert "TOT" not in asked
    assert max(map(len, server.log)) < 2048  # SCB's server answers 404 to a longer one


@pytest.mark.parametrize("kind", ["index", "sparse"])
def test_other_ways_to_write_the_same_are_read(kind: str, found: pd.DataFrame) -> None:
    with running(ScbFault(kind)) as other, client_of(other) as client:
        pd.testing.assert_frame_equal(client.population("0319"), found)


@pytest.mark.parametrize("kind", ["429", "503", "cut", "silent"])
def test_what_passes_is_tried_again(kind: str, found: pd.DataFrame) -> None:
    with running(ScbFault(kind, times=2, seconds=0)) as other, client_of(other) as client:
        pd.testing.assert_frame_equal(client.population("0319"), found)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("503", "fel 503"),
        ("silent", r"SCB svarar inte på http.*, trots flera försök: .*befolkning\.xlsx"),
        ("slow", "SCB svarar inte"),
        ("cut", "bryts av"),
        ("404", "ingen tabell på .*fel 404"),
        ("html", "inte JSON"),
        ("redirect", "skickar vidare .*example.invalid"),
        ("v1", "ingen tabell i JSON-stat 2"),
        ("large", "större än 16 MB"),
        ("text", "BefolkningNy har '.*' som antalet för åldern 0 år 2015 i kommunen 0319"),
        ("negative", "BefolkningNy har -1 som antalet för åldern 0 år 2015"),
        ("null", r"BefolkningNy saknar antalet för åldern \d+ år 20\d\d i kommunen 0319"),
        ("no age", "BefolkningNy saknar åldern 7"),
        ("hole", "hål mellan BefolkningNy och BefolkningCKM, där 2025 saknas"),
        ("contents", "inte folkmängden under koden BE0101N1"),
        ("division", "uppdelad på 'Fodelseland' utan en kod för alla"),
        ("short", r"ska ha \d+ tal"),
        ("other", "annat i variabeln Region än det som efterfrågades"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_one_sentence_and_changes_nothing(
    kind: str, said: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scb, "RETRIES", 1)
    before = small.write_small("liten", home, groups=small.every_group())
    with (
        running(ScbFault(kind, seconds=0.6 if kind == "slow" else 0)) as other,
        ScbClient(other.url, timeout=(20.0, 0.4 if kind == "slow" else 20.0), backoff=0.0) as client,
        pytest.raises(ScbError, match=said) as error,
    ):
        fetch_population("ny", client, before, ["0319"])
    text = str(error.value)
    assert text.endswith(".")
    assert "\n" not in text
    assert [path.name for path in home.iterdir() if not path.name.startswith(".")] == ["liten"]
    assert open_snapshot("liten").manifest == before.manifest


def test_tables_with_other_ages_or_a_hole_are_not_joined() -> None:
    def table(years: range, ages: range) -> pd.DataFrame:
        return pd.DataFrame(
            [(age, year, 1.0) for year in years for age in ages], columns=["age", "year", "value"]
        )

    whole = {HISTORY: table(range(2020, 2025), range(3)), LATEST: table(range(2025, 2026), range(3))}
    assert len(spliced(whole, "0319")) == 18
    with pytest.raises(ScbError, match="BefolkningCKM och BefProgOsiktRegN har olika åldrar"):
        spliced({**whole, PROJECTION: table(range(2025, 2027), range(4))}, "0319")
    with pytest.raises(ScbError, match="hål mellan BefolkningCKM och BefProgOsiktRegN, där 2026 saknas"):
        spliced({**whole, PROJECTION: table(range(2027, 2030), range(3))}, "0319")
    with pytest.raises(ScbError, match="hål i BefolkningNy, där 2022 saknas"):
        spliced({HISTORY: whole[HISTORY][whole[HISTORY]["year"] != 2022]}, "0319")


def test_an_address_that_is_none_is_said_to_be_scbs() -> None:
    with pytest.raises(InputError, match=r"statistikdatabasen\.scb\.se"):
        ScbClient("statistikdatabasen")


def test_a_municipality_that_scb_lacks_is_named(server: ScbServer) -> None:
    with client_of(server) as client, pytest.raises(ScbError, match="BefolkningNy har ingen kommun 0219"):
        client.population("0219")


# ---- the snapshot


def test_a_new_snapshot_has_the_population_and_all_that_was_there(
    home: Path, server: ScbServer, found: pd.DataFrame
) -> None:
    before = small.write_small("liten", home, groups=small.every_group())
    first = (home / "liten" / "manifest.json").read_bytes()
    with client_of(server) as client:
        one = fetch_population("ett", client, before, ["0319"]).snapshot
        two = fetch_population("tva", client, one, ["0330"]).snapshot
    assert (home / "liten" / "manifest.json").read_bytes() == first
    assert before.population is None
    assert one.population is not None
    assert two.population is not None
    kept = one.population[["age", "year", "value", "source", "is_projection"]]
    pd.testing.assert_frame_equal(kept, population_frame(found)[list(kept.columns)], check_dtype=False)
    assert set(two.population["municipality"]) == {"0319", "0330"}
    pd.testing.assert_frame_equal(two.observations(), before.observations())
    assert set(one.manifest.checksums) == {*FILES, POPULATION}
    assert "Befolkning: SCB (http://127.0.0.1" in two.manifest.source
    units, values = small.small_units(), small.small_unit_observations()
    also = with_units("enheter", two, units=units, unit_observations=values, source="Enheter")
    assert also.population is not None
    pd.testing.assert_frame_equal(also.population, two.population)
    assert also.units is not None


def test_the_command_makes_it_from_the_newest(
    home: Path, server: ScbServer, capsys: pytest.CaptureFixture[str]
) -> None:
    small.write_small("liten", home, groups=small.every_group())
    words = ["hamta", "--befolkning", "Älvby", "--namn", "med-befolkning", "--bas-url", server.url]
    assert cli.main(words) == 0
    assert "Befolkningen i 0319, åren 2015-2070. 6 frågor ställdes till SCB." in capsys.readouterr().out
    assert open_snapshot().name == "med-befolkning"
    assert cli.main([*words, "--enheter", "Älvby"]) == 2
    assert "--befolkning kan inte användas med --enheter" in capsys.readouterr().err


def test_the_command_says_that_scb_is_silent_and_makes_nothing(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scb, "RETRIES", 0)
    small.write_small("liten", home, groups=small.every_group())
    with running(ScbFault("503")) as other:
        assert cli.main(["hamta", "--befolkning", "Älvby", "--namn", "ny", "--bas-url", other.url]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "SCB svarar med fel 503" in line
    assert not (home / "ny").exists()


def test_damage_to_the_file_is_named(home: Path, server: ScbServer) -> None:
    before = small.write_small("liten", home, groups=small.every_group())
    with client_of(server) as client:
        path = fetch_population("ett", client, before, ["0319"]).snapshot.path
    (path / POPULATION).write_bytes(b"x")
    with pytest.raises(SnapshotError, match=r"skadad: filen .*population\.parquet"):
        open_snapshot("ett")


def test_invented_municipalities_are_not_asked_for(example: Snapshot, server: ScbServer) -> None:
    with client_of(server) as client, pytest.raises(InputError, match="påhittade och finns inte hos SCB"):
        fetch_population("ny", client, example, ["0219"])


def test_a_frame_that_cannot_be_right_is_refused(found: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="saknar kolumnen source"):
        population_frame(found.drop(columns="source"))
    with pytest.raises(InputError, match="åldern 0 år 2015 i kommunen 0319 mer än en gång"):
        population_frame(pd.concat([found, found.head(1)]))
    with pytest.raises(InputError, match="inget rätt antal för åldern 0 år 2015"):
        population_frame(found.assign(value=[-1.0, *found["value"][1:]]))


def test_the_package_for_the_api_reads_the_same_from_the_server(
    server: ScbServer, found: pd.DataFrame
) -> None:
    """The server has the shape that another client expects, so that it is not only ours that it fits."""
    pxstatspy = pytest.importorskip("pxstatspy", reason="pxstatspy är inte installerat")
    client = pxstatspy.PxAPI(pxstatspy.PxAPIConfig(base_url=server.url.rstrip("/"), language="sv"))
    frame = client.get_data_as_dataframe(
        "TAB698",
        value_codes={
            "Region": ["0319"],
            "Alder": ["7", "100+"],
            "ContentsCode": ["000004LG"],
            "Tid": ["2030", "2031"],
        },
        output_format_param=pxstatspy.OutputFormatParam.USE_CODES,
    )
    ours = found[found["age"].isin([7, 100]) & found["year"].isin([2030, 2031])]
    assert sorted(frame["000004LG"]) == sorted(ours["value"])
    assert sys.modules["pxstatspy"] is pxstatspy
