"""koladapy, a client that we did not write, reads the same values as ours from the server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from koladapy import KoladaAPI

from effektiv.data import observations as obs
from effektiv.data.kolada import KoladaClient
from effektiv.data.snapshot import Snapshot
from tests import small_snapshot as small
from tests.kolada_server import KoladaServer, running

KPIS = [small.MEAN, small.BY_GENDER, small.ENDED, small.REGIONAL]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KoladaServer]:
    with running(small.write_small("liten", tmp_path_factory.mktemp("data"))) as server:
        yield server


@pytest.fixture(scope="module")
def theirs(server: KoladaServer) -> Iterator[KoladaAPI]:
    api = KoladaAPI(base_url=server.url, max_requests_per_second=1000)
    yield api
    api.session.close()


@pytest.fixture
def ours(server: KoladaServer) -> Iterator[KoladaClient]:
    with KoladaClient(server.url, requests_per_second=1000) as client:
        yield client


def tidy(frame: pd.DataFrame) -> pd.DataFrame:
    """Return koladapy's frame in our shape; it leaves deleted values in."""
    kept = frame[~frame["isdeleted"].astype("bool")].rename(columns={"period": "year"})
    kept = kept.assign(
        status=kept["status"].replace("", None), value=pd.to_numeric(kept["value"]).astype("float64")
    )
    return obs.normalise(kept)


@pytest.mark.parametrize(
    "choice",
    [
        {"kpis": KPIS, "years": list(range(2015, 2026))},
        {"kpis": [small.BY_GENDER], "municipalities": ["0319", "0000", "2704"], "years": [2024, 2025]},
        {"kpis": [small.REGIONAL], "municipalities": ["0003", "0027"]},
        {"municipalities": ["0331"], "years": [2020]},
    ],
)
def test_the_same_values(theirs: KoladaAPI, ours: KoladaClient, choice: dict[str, list[object]]) -> None:
    frame = theirs.get_data_as_dataframe(
        kpi_id=choice.get("kpis"), municipality_id=choice.get("municipalities"), years=choice.get("years")
    )
    mine = obs.normalise(ours.data(**choice))
    assert len(mine) > 2
    pd.testing.assert_frame_equal(tidy(frame), mine)


def test_more_ids_than_a_segment_allows(theirs: KoladaAPI, ours: KoladaClient) -> None:
    """It splits 26 key figures by itself; none may be lost on the way."""
    many = [*KPIS, *(f"N{i:05d}" for i in range(22))]
    frame = theirs.get_data_as_dataframe(kpi_id=many, years=[2020, 2021])
    pd.testing.assert_frame_equal(tidy(frame), obs.normalise(ours.data(kpis=KPIS, years=[2020, 2021])))


def test_groups_have_the_same_means(theirs: KoladaAPI, ours: KoladaClient) -> None:
    frame = theirs.get_data_as_dataframe(kpi_id=small.BY_GENDER, municipality_id="G1", years=[2020, 2021])
    mine = ours.data(kpis=[small.BY_GENDER], municipalities=["G1"], years=[2020, 2021])
    np.testing.assert_array_equal(frame["value"], mine["value"])


def test_changes_since_a_day(theirs: KoladaAPI) -> None:
    assert theirs.get_values(kpi_id=KPIS, years=[2020], updated_since="2026-01-02")
    assert theirs.get_values(kpi_id=KPIS, years=[2020], updated_since="2026-01-03") == []


def test_the_same_metadata(theirs: KoladaAPI, ours: KoladaClient) -> None:
    kpis = theirs.search_kpis(as_dataframe=True).fillna("")
    mine = ours.kpis()
    assert kpis[list(mine.columns)].to_dict("records") == mine.to_dict("records")
    assert theirs.get_kpi(small.MEAN)["title"] == "Nettokostnadsavvikelse, (%)"
    municipalities = theirs.get_municipalities(as_dataframe=True)
    assert municipalities.to_dict("list") == ours.municipalities()[["id", "title", "type"]].to_dict("list")
    groups = theirs.get_municipality_groups(query="Liknande kommuner grundskola")
    assert [member["member_id"] for group in groups for member in group["members"]] == [
        "0330", "0331", "2702",
    ]  # fmt: skip
    assert theirs.get_municipality("0319")["title"] == "Älvby"


def test_pages_are_followed_alike(theirs: KoladaAPI, tmp_path: Path) -> None:
    """koladapy counts pages by itself; our server must agree with next_url."""
    rows = theirs._paginate_request("municipality", {"per_page": 4})
    assert [row["id"] for row in rows] == small.small_municipalities()["id"].tolist()


def test_snapshot_of_theirs_is_a_valid_snapshot_of_ours(theirs: KoladaAPI, tmp_path: Path) -> None:
    frame = tidy(theirs.get_data_as_dataframe(kpi_id=KPIS, years=list(range(2015, 2026))))
    made: Snapshot = small.write_small("deras", tmp_path, frame)
    pd.testing.assert_frame_equal(made.observations(), obs.normalise(small.small_observations()))
