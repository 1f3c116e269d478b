"""Does the real Kolada still behave as KOLADA.md says? Skipped when it does not answer.

Each test confirms an assumption that `effektiv.data.kolada` and the local test server
rest on. A few small requests, at the client's ordinary pace.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import requests

from effektiv.data.kolada import BASE_URL, KoladaClient, data_path, read_data

TIMEOUT = 4


@pytest.fixture(scope="module")
def client() -> Iterator[KoladaClient]:
    try:
        answer = requests.get(BASE_URL + "municipality/0319", timeout=TIMEOUT)
        answer.json()
    except (requests.RequestException, ValueError) as error:
        pytest.skip(f"Kolada nås inte härifrån ({type(error).__name__}): {BASE_URL}")
    with KoladaClient(timeout=(TIMEOUT, 60)) as client:
        yield client


def test_municipalities(client: KoladaClient) -> None:
    frame = client.municipalities().set_index("id")
    assert (frame["type"] == "K").sum() == 290
    assert frame.loc["0319", "title"] == "Älvkarleby"
    assert frame.loc["0000", ["title", "type"]].tolist() == ["Riket", "L"]


def test_key_figures(client: KoladaClient) -> None:
    frame = client.kpis().set_index("id")
    assert len(frame) > 5000
    assert frame.loc["N15001", "title"].startswith("Nettokostnadsavvikelse")
    assert set(frame["municipality_type"]) <= {"K", "L", "A"}


def test_similar_municipalities_have_seven_members(client: KoladaClient) -> None:
    frame = client.groups()
    similar = frame[frame["group_title"].str.startswith("Liknande kommuner")]
    assert set(similar.groupby("group_id").size()) == {7}


def test_data_of_all_municipalities_without_naming_them(client: KoladaClient) -> None:
    frame = client.data(kpis=["N15030"], years=[2022, 2023])
    assert frame["municipality"].nunique() >= 290
    assert set(frame["gender"]) == {"T", "K", "M"}


def test_pages_lead_to_each_other(client: KoladaClient) -> None:
    path = data_path(kpis=["N15030", "N15001"], years=[2020, 2021, 2022])
    keys = ["kpi", "municipality", "year", "gender"]
    pages = list(client.pages(path, {"per_page": "400"}))
    assert len(pages) >= 3
    rows = [read_data(page.rows, page.url)[keys] for page in pages]
    assert sum(map(len, rows)) == len({tuple(row) for frame in rows for row in frame.to_numpy()})


def test_a_group_gives_the_mean_of_its_members(client: KoladaClient) -> None:
    groups = client.groups()
    group = groups[groups["group_title"].str.startswith("Liknande kommuner grundskola, Älvkarleby")]
    members = list(group["member_id"])[:7]
    one = client.data(kpis=["N15030"], municipalities=[group["group_id"].iloc[0]], years=[2022])
    each = client.data(kpis=["N15030"], municipalities=members, years=[2022])
    total = each.loc[each["gender"] == "T", "value"].mean()
    assert one.loc[one["gender"] == "T", "value"].item() == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize(
    "path",
    [
        "kpi?per_page=5001",
        "data/kpi/" + ",".join(f"N{i:05d}" for i in range(26)) + "/year/2022",
    ],
)
def test_too_much_is_refused(client: KoladaClient, path: str) -> None:
    assert requests.get(BASE_URL + path, timeout=TIMEOUT).status_code == 422


def test_changes_since_a_day_are_fewer(client: KoladaClient) -> None:
    everything = client.data(kpis=["N15030"], years=[2015])
    changed = client.data(kpis=["N15030"], years=[2015], from_date="2100-01-01")
    assert len(changed) < len(everything)
