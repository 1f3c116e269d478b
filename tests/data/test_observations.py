"""The tidy frame: exact types and order, and no row that needs a guess."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from effektiv.data import observations as obs
from effektiv.errors import InputError
from tests.small_snapshot import small_observations


def row(**changes: object) -> dict[str, object]:
    return {
        "kpi": "N15001",
        "municipality": "0319",
        "year": 2024,
        "gender": "T",
        "value": 1.5,
        "status": None,
    } | changes


def frame(*rows: dict[str, object]) -> pd.DataFrame:
    return pd.DataFrame(list(rows))


def test_normalise_gives_exact_types_and_order() -> None:
    tidy = obs.normalise(small_observations().sample(frac=1, random_state=1).assign(extra=1))
    assert list(tidy.columns) == list(obs.COLUMNS)
    assert [str(dtype) for dtype in tidy.dtypes] == ["str", "str", "int64", "str", "float64", "str"]
    expected = small_observations().sort_values(list(obs.KEYS), ignore_index=True)
    pd.testing.assert_frame_equal(tidy, expected[list(obs.COLUMNS)], check_dtype=False)


def test_empty_text_and_missing_status_mean_the_same() -> None:
    tidy = obs.normalise(frame(row(status=""), row(year=2023, status=np.nan), row(year=2022, status=None)))
    assert tidy["status"].isna().all()


def test_whole_floats_are_years() -> None:
    assert obs.normalise(frame(row(year=2024.0)))["year"].tolist() == [2024]


def test_no_rows_is_a_valid_frame() -> None:
    assert obs.normalise(pd.DataFrame(columns=list(obs.COLUMNS))).empty


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"municipality": "319"}, ["municipality", '"319"', "fyra siffror"]),
        ({"municipality": 319}, ["municipality", "319", "text"]),
        ({"municipality": "G35865"}, ["G35865"]),
        ({"kpi": "N15 001"}, ["kpi", "N15 001"]),
        ({"kpi": None}, ["kpi", "None"]),
        ({"year": 24}, ["year", "24", "1900"]),
        ({"year": 2024.5}, ["year", "2024.5"]),
        ({"year": np.nan}, ["year"]),
        ({"year": "2024"}, ["year", "2024"]),
        ({"gender": "F"}, ["gender", '"F"', "T, K, M"]),
        ({"status": "Saknas", "value": np.nan}, ["status", '"Saknas"', "Privacy"]),
        ({"value": np.inf}, ["value", "oändligt"]),
        ({"value": "1,5"}, ["value", "tal"]),
        ({"value": True}, ["value"]),
        ({"status": "Missing"}, ["N15001", "0319", "2024", "både", "Missing"]),
        ({"value": np.nan}, ["N15001", "0319", "2024", "varken"]),
    ],
)
def test_what_kolada_would_not_say_is_refused_by_name(changes: dict[str, object], words: list[str]) -> None:
    with pytest.raises(InputError) as error:
        obs.normalise(frame(row(**changes)))
    for word in words:
        assert word in str(error.value)


def test_a_repeated_row_is_refused_even_when_equal() -> None:
    with pytest.raises(
        InputError, match="nyckeltal N15001, kommun 0319, år 2024, kön T finns mer än en gång"
    ):
        obs.normalise(frame(row(), row(municipality="0330"), row()))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="saknar kolumnen gender"):
        obs.normalise(frame(row()).drop(columns="gender"))


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["N15001", "U15010", "N00003"]),
            st.integers(0, 9999).map("{:04d}".format),
            st.integers(1990, 2040),
            st.sampled_from(obs.GENDERS),
            st.one_of(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(obs.STATUSES)),
        ),
        unique_by=lambda key: key[:4],
        max_size=30,
    )
)
def test_arrow_and_back_changes_nothing(rows: list[tuple[str, str, int, str, object]]) -> None:
    tidy = obs.normalise(
        frame(
            *(
                row(
                    kpi=kpi,
                    municipality=code,
                    year=year,
                    gender=gender,
                    value=np.nan if isinstance(what, str) else what,
                    status=what if isinstance(what, str) else None,
                )
                for kpi, code, year, gender, what in rows
            )
        )
        if rows
        else pd.DataFrame(columns=list(obs.COLUMNS))
    )
    pd.testing.assert_frame_equal(obs.from_table(obs.to_table(tidy)), tidy)
