"""National results are computed once a snapshot, and are what the analysis gives."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, is_dataclass

import numpy as np
import pandas as pd
import pytest

from effektiv.analysis.certainty import noise_of
from effektiv.analysis.panels import country, value_at
from effektiv.analysis.peers import robust_sd
from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import EXAMPLE, Snapshot, open_snapshot
from effektiv.national import National, national
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.national import EFFICIENCY, FOCUS
from effektiv.steps.structural import STRUCTURAL
from effektiv.types import RIKET, Better
from tests.small_snapshot import write_small


@pytest.fixture(scope="module")
def results(example: Snapshot) -> National:
    # Opened again: a test before may have touched its files, and what is opened then is another object.
    return national(open_snapshot(example.name))


def test_one_object_for_one_snapshot(example: Snapshot, results: National, tmp_path) -> None:
    assert national(open_snapshot(EXAMPLE)) is results
    for case in (open_case("grundskola", kommun="Exempelby"), open_case("oversikt", kommun="Kornlunda")):
        # Its frames are its own, and their numbers everyone's.
        assert case.national.names is results.names
        assert case.panel("N15505") is not results.panel("N15505")
        assert case.panel("N15505") is case.panel("N15505")
        assert one_memory(case.panel("N15505"), results.panel("N15505"))
        assert case.national.noise("N15505", 2024) is case.national.noise("N15505", 2024)
    other = write_small("liten", tmp_path)
    assert national(other) is not results
    assert national(other) is national(open_snapshot(other.path))


def test_results_are_kept(results: National) -> None:
    area = results.catalogue.areas["grundskola"]
    assert results.panel("N15505") is results.panel("N15505")
    assert results.panel("N15505", "K") is not results.panel("N15505")
    assert results.statuses("N15505") is results.statuses("N15505")
    assert results.noise("N15505", 2024) is results.noise("N15505", 2024)
    assert results.noise("N15505", 2024, "K") is not results.noise("N15505", 2024)
    assert results.result(EFFICIENCY, area) is results.result(EFFICIENCY, area)
    assert results.result(STRUCTURAL, area, 2024, 3) is results.result(STRUCTURAL, area, 2024, 3)
    assert results.result(STRUCTURAL, area, 2024, 1) is not results.result(STRUCTURAL, area, 2024, 3)
    assert results.result(FOCUS, 2025) is results.result(FOCUS, 2025)


def one_memory(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    """Say whether two frames are the same numbers: not computed, read or copied twice."""
    return any(
        np.shares_memory(one.iloc[:, column].to_numpy(), other.iloc[:, column].to_numpy())
        for column in range(one.shape[1])
    )


def frames_in(value: object) -> list[pd.DataFrame]:
    """Return the frames that a result holds, however deep."""
    if isinstance(value, pd.DataFrame):
        return [value]
    if is_dataclass(value):
        value = [getattr(value, item.name) for item in fields(value)]
    elif isinstance(value, dict):
        value = list(value.values())
    return [frame for item in value for frame in frames_in(item)] if isinstance(value, list | tuple) else []


def test_what_is_kept_is_not_changed_by_those_who_use_it(example: Snapshot, results: National) -> None:
    """A report must not leave a mark on the next one's numbers."""
    before = {kpi: results.panel(kpi).copy() for kpi in ("N15505", "N15060", "N15001", "U15900")}
    case = open_case("grundskola", kommun="Smedtuna")
    case.first_page()
    case.data_quality()
    for kpi, panel in before.items():
        pd.testing.assert_frame_equal(results.panel(kpi), panel)
        pd.testing.assert_frame_equal(results.panel(kpi), example.panel(kpi))


SHARED: dict[str, Callable[[National], object]] = {
    "panel": lambda results: results.panel("N15505"),
    "computed panel": lambda results: results.panel("E-KR-PER-FAMILJEHEM"),
    "statuses": lambda results: results.statuses("N15505"),
    "focus areas": lambda results: results.result(FOCUS, 2025),
    "efficiency": lambda results: results.result(EFFICIENCY, results.catalogue.areas["grundskola"]),
    "structure": lambda results: results.result(STRUCTURAL, results.catalogue.areas["grundskola"], 2024, 1),
    "noise": lambda results: results.noise("N15505", 2024).sd.to_frame(),
    "municipalities": lambda results: results.snapshot.municipalities,
    "groups": lambda results: results.snapshot.groups,
    "kpis": lambda results: results.snapshot.kpis,
    "case": lambda results: open_case("grundskola", kommun="Exempelby").panel("N15505"),
}


@pytest.mark.parametrize("name", SHARED)
def test_a_frame_that_is_given_out_can_be_changed_and_harms_nobody(results: National, name: str) -> None:
    given = frames_in(SHARED[name](results.for_report()))
    before = [frame.copy(deep=True) for frame in given]
    assert given
    for frame in given:
        for change in CHANGES:
            with suppress(ValueError, TypeError, KeyError):  # refused, which is as well
                change(frame)
    after = frames_in(SHARED[name](results.for_report()))
    for frame, was in zip(after, before, strict=True):
        pd.testing.assert_frame_equal(frame, was, check_names=True)
        assert frame.attrs == {}


def _double(frame: pd.DataFrame) -> None:
    frame *= 2


def _write(frame: pd.DataFrame) -> None:
    array = frame.iloc[:, 0].to_numpy()
    array.flags.writeable = True
    array[:] = array[-1]


CHANGES: tuple[Callable[[pd.DataFrame], object], ...] = (
    lambda frame: frame.iloc.__setitem__((slice(None), 0), frame.iloc[-1, 0]),
    _write,
    _double,
    lambda frame: frame.__setitem__("ny", 1),
    lambda frame: setattr(frame.index, "name", "annat"),
    lambda frame: setattr(frame.columns, "name", "annat"),
    lambda frame: frame.pop(frame.columns[0]),
    lambda frame: frame.loc.__setitem__("ny", frame.iloc[0]),
    lambda frame: frame.attrs.update(ny=1),
    lambda frame: setattr(frame, "index", range(len(frame))),
)


def test_what_reports_share_cannot_be_written_to(results: National) -> None:
    formula = results.catalogue.kpis["E-KR-PER-FAMILJEHEM"].formula
    assert formula is not None
    for mapping in (
        results.names,
        results.better,
        results.catalogue.kpis,
        results.catalogue.areas,
        formula.powers,
        results.snapshot.manifest.checksums,
    ):
        with pytest.raises(TypeError):
            mapping["0180"] = mapping[next(iter(mapping))]  # type: ignore[index]
    for holder, name in ((results, "catalogue"), (results, "names"), (results.snapshot, "path")):
        with pytest.raises(AttributeError, match=f"{name} kan inte ändras: alla rapporter delar"):
            setattr(holder, name, None)
        with pytest.raises(AttributeError, match="tas bort"):
            delattr(holder, name)


@pytest.mark.parametrize(
    "force", [object.__setattr__, lambda kpi, name, value: vars(kpi).update({name: value})]
)
def test_a_label_that_is_forced_into_the_catalogue_is_not_met_by_the_next_report(
    force: Callable[[object, str, str], object],
) -> None:
    right = load_catalogue().kpis["N15505"].label
    case = open_case("grundskola", kommun="Exempelby")
    force(case.catalogue.kpis["N15505"], "label", "FEL")
    assert load_catalogue().kpis["N15505"].label == right
    again = open_case("grundskola", kommun="Exempelby")
    assert again.catalogue.kpis["N15505"].label == right
    assert again.national.catalogue.kpis["N15505"].label == right


def test_panels_are_the_snapshot_s_or_computed_by_formula(example: Snapshot, results: National) -> None:
    pd.testing.assert_frame_equal(results.panel("N15505"), example.panel("N15505"))
    formula = results.catalogue.kpis["E-KR-PER-FAMILJEHEM"].formula
    assert formula is not None
    code = open_case("barn-och-unga", kommun="Exempelby").municipality
    expected = formula.factor
    for kpi, power in formula.powers.items():
        expected *= value_at(results.panel(kpi), code, 2024) ** power
    assert results.panel("E-KR-PER-FAMILJEHEM").loc[code, 2024] == pytest.approx(expected)
    assert results.statuses("E-KR-PER-FAMILJEHEM") is None
    with pytest.raises(KeyError):
        results.panel("N99999")


def test_noise_and_spread_are_the_analysis_s(results: National) -> None:
    panel, kpi = results.panel("N15001"), results.catalogue.kpis["N15001"]
    assert kpi.breaks
    kept, expected = (
        results.noise("N15001", 2025),
        noise_of(kpi, panel, results.inhabitants(2025), 2025, None),
    )
    assert kept is not None and expected is not None
    pd.testing.assert_series_equal(kept.sd, expected.sd)
    assert results.spread("N15001", 2025) == robust_sd(country(panel)[2025])


def test_names_codes_and_directions(example: Snapshot, results: National) -> None:
    assert len(results.municipalities) == 290
    assert list(results.municipalities) == sorted(results.municipalities)
    assert RIKET not in results.municipalities
    assert results.names[RIKET] == "Riket"
    assert results.better["N15505"] is Better.HIGHER
    assert set(results.better) == set(results.catalogue.kpis)


def test_a_snapshot_without_the_figures_gives_empty_results(tmp_path) -> None:
    results = national(write_small("liten", tmp_path))
    assert results.result(EFFICIENCY, results.catalogue.areas["grundskola"]).ln_e.empty
    assert np.isnan(results.spread("N15505", 2025))
    assert results.noise("N15505", 2025) is None
    assert set(results.result(FOCUS, 2025).cost) == {"grundskola"}
    assert results.result(FOCUS, 2025).quality == {}
    assert results.result(STRUCTURAL, results.catalogue.areas["grundskola"], 2024, 1).cost is None
