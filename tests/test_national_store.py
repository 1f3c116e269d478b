"""National results on disk: the same numbers as computed, whoever comes first and whatever is damaged."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import multiprocessing
import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pandas as pd
import pytest

import effektiv.national
import effektiv.steps.opening
from effektiv.data.snapshot import Snapshot, list_snapshots, open_snapshot
from effektiv.data.store import FOLDER, Store, store_of
from effektiv.national import PANELS, National, national, national_code
from effektiv.steg import NETWORK, STEPS
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.national import EFFICIENCY, FOCUS, RESULTS
from effektiv.steps.structural import SPANS, STRUCTURAL
from tests.small_snapshot import MEAN, small_observations, write_small
from tests.steps.shown import AREAS, exhibits, undrawn
from tests.steps.subsets import subset
from tests.test_layers import imports


@pytest.fixture(scope="module")
def snapshot(example: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """The example data in a folder of its own, with the national results that other tests have use of too."""
    filled = on_disk(example)
    filled.prepare(RESULTS)
    kept = filled._store.folder
    assert kept is not None
    folder = tmp_path_factory.mktemp("data")
    shutil.copytree(example.path, folder / "exempel")
    (folder / FOLDER / kept.name).mkdir(parents=True)
    for name in prepared(filled):
        shutil.copy(kept / name, folder / FOLDER / kept.name / name)
    return open_snapshot(folder / "exempel")


@pytest.fixture(scope="module")
def computed(snapshot: Snapshot) -> National:
    """Every result computed now, and kept in memory only."""
    return National(snapshot, effektiv.national.load_catalogue())


@pytest.fixture(scope="module")
def found(snapshot: Snapshot) -> National:
    """Every result read from a store that another object has filled."""
    source = on_disk(snapshot)
    assert source._store.folder is not None and source._store.folder.parents[1] == snapshot.path.parent
    assert all(source._store.has(name) for name in prepared(source))
    return source


def prepared(source: National) -> set[str]:
    """Return the names of the files that a run over the country makes of step 1."""
    return {PANELS, *(kind.file(*about) for kind in RESULTS for about in kind.wanted(source))}


def on_disk(snapshot: Snapshot) -> National:
    """Return results as a new process would get them."""
    national.cache_clear()
    return national(snapshot)


def results(from_here: National) -> Iterator[tuple[str, object]]:
    """Yield every national result that reports ask for."""
    catalogue = from_here.catalogue
    for kpi in catalogue.kpis:
        for gender in "TKM":
            yield f"{kpi} {gender}", from_here.panel(kpi, gender)
        yield f"{kpi} status", from_here.statuses(kpi)
    yield "focus areas", from_here.result(FOCUS, 2025)
    for area in catalogue.areas.values():
        if area.quality_for_k:
            yield f"{area.id} E", from_here.result(EFFICIENCY, area)
        for year in (2023, 2024, 2025):
            for span in SPANS:
                yield f"{area.id} {year} {span}", from_here.result(STRUCTURAL, area, year, span)


def assert_same(one: object, other: object, name: str) -> None:
    """Hold two results to the same types and bits, and to the same order in memory."""
    assert type(one) is type(other), name
    if isinstance(one, pd.DataFrame):
        # Quicker by far than assert_frame_equal.
        assert one.equals(other), name
        assert one.dtypes.equals(other.dtypes), name  # type: ignore[attr-defined]
        for axis, theirs in zip(one.axes, other.axes, strict=True):  # type: ignore[attr-defined]
            assert axis.identical(theirs), name
        if set(map(str, one.dtypes)) == {"float64"}:
            assert one.to_numpy().tobytes("A") == other.to_numpy().tobytes("A"), name  # type: ignore[attr-defined]
    elif dataclasses.is_dataclass(one):
        for field in dataclasses.fields(one):
            assert_same(getattr(one, field.name), getattr(other, field.name), f"{name}.{field.name}")
    elif isinstance(one, dict):
        assert list(one) == list(other), name  # type: ignore[call-overload]
        for key, value in one.items():
            assert_same(value, other[key], f"{name}[{key}]")  # type: ignore[index]
    else:
        assert one == other, name


def test_what_is_found_is_what_is_computed(computed: National, found: National) -> None:
    for (name, mine), (_, kept) in zip(results(computed), results(found), strict=True):
        assert_same(mine, kept, name)


def test_panels_are_the_snapshot_s(snapshot: Snapshot, found: National) -> None:
    for kpi in ("N15505", "N15001", "U15900"):
        for gender in "TKM":
            pd.testing.assert_frame_equal(found.panel(kpi, gender), snapshot.panel(kpi, gender))
            pd.testing.assert_frame_equal(found.statuses(kpi, gender), snapshot.statuses(kpi, gender))


@pytest.mark.parametrize(
    ("area", "municipality"),
    [*((area, "Exempelby") for area in AREAS), ("grundskola", "Tallhyttan"), ("barn-och-unga", "Smedtuna")],
)
def test_reports_are_the_same_with_and_without_a_store(
    area: str, municipality: str, computed: National, found: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = []
    for source in (computed, found):
        monkeypatch.setattr(effektiv.steps.opening, "national", lambda _, source=source: source)
        case = open_case(area, kommun=municipality, data=str(source.snapshot.path))
        assert vars(case.national)["_shared"] is source
        with undrawn():
            bundles = {name: item._repr_mimebundle_() for name, item in exhibits(case).items()}
        shown.append(json.dumps(bundles, sort_keys=True))
    assert shown[0] == shown[1]


def test_prepare_leaves_nothing_for_the_reports(
    snapshot: Snapshot, found: National, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No report may meet a result that the run over the country has not computed."""
    assert found._store.folder is not None
    before = {path.name for path in found._store.folder.iterdir()}
    monkeypatch.setattr(Store, "write", lambda *_: pytest.fail("something was not prepared"))
    source = on_disk(snapshot)
    monkeypatch.setattr(effektiv.steps.opening, "national", lambda _: source)
    codes = list(source.municipalities)
    with undrawn():
        for area in AREAS:
            case = open_case(area, kommun=codes[7], data=str(snapshot.path))
            exhibits(case)
    for area in source.catalogue.areas.values():
        for kpi in (area.structural_model.cost, area.structural_model.quality):
            known = source.panel(kpi).notna()
            latest = {
                int(row[row].index.max()) for code, row in known.iterrows() if code in codes and row.any()
            }
            for year in latest:
                for span in SPANS:
                    assert f"struktur-{area.id}-{year}-{span}" in before


def test_a_store_is_no_snapshot_and_the_snapshot_stays_as_it_was(snapshot: Snapshot, found: National) -> None:
    folder = snapshot.path.parent
    assert [path.name for path in sorted(folder.iterdir())] == [FOLDER, "exempel"]
    assert [manifest.name for manifest in list_snapshots(folder)] == ["exempel"]
    assert sorted(path.name for path in snapshot.path.iterdir()) == sorted(
        ["manifest.json", *snapshot.manifest.checksums]
    )
    size = sum(path.stat().st_size for path in (folder / FOLDER).rglob("*"))
    assert size < 25_000_000


# The rest on a snapshot of a few key figures ------------------------------------------------


def entries(folder: Path) -> list[Path]:
    return sorted((folder / FOLDER).iterdir())


def test_another_version_of_the_code_computes_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = write_small("liten", tmp_path)
    on_disk(small).panel(MEAN)
    (old,) = entries(tmp_path)
    on_disk(small).panel(MEAN)
    assert entries(tmp_path) == [old]
    monkeypatch.setattr(effektiv.national, "_code_checksum", lambda: "nyare")
    on_disk(small).panel(MEAN)
    (new,) = entries(tmp_path)
    assert new != old


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the library, which the checksum is taken of."""
    folder = tmp_path / "effektiv"
    shutil.copytree(
        Path(effektiv.national.__file__).parent,
        folder,
        ignore=shutil.ignore_patterns("__pycache__", "render"),
    )
    monkeypatch.setattr(effektiv.national, "__file__", str(folder / "national.py"))
    monkeypatch.setattr(effektiv.national, "CATALOGUE_FOLDER", folder / "data" / "catalogue")
    return folder


NATIONAL = [
    *(
        "analysis/focus.py",
        "analysis/panels.py",
        "data/store.py",
        "data/snapshot.py",
        "national.py",
        "types.py",
    ),
    *("steps/s1_nulagesanalys/national.py", "data/catalogue/grundskola.yaml"),
]
NOT_NATIONAL = [
    *("exhibits/words.py", "steps/base.py", "steps/opening.py", "steps/s1_nulagesanalys/worth.py"),
    "params/reading.py",
    *("steps/s1_nulagesanalys/together.py", "steps/s1_nulagesanalys/__init__.py", "data/fetch.py", "cli.py"),
]


@pytest.mark.parametrize("changed", NATIONAL)
def test_the_code_s_checksum_follows_what_the_results_do(changed: str, copy: Path) -> None:
    checksum = effektiv.national._code_checksum.__wrapped__
    before, content = checksum(), (copy / changed).read_bytes()
    (copy / changed).write_bytes(content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"))
    assert checksum() == before, "line ends of a checkout count"
    (copy / changed).write_bytes(content + b"\n# annat\n")
    assert checksum() != before


def test_the_code_s_checksum_follows_nothing_else(copy: Path) -> None:
    checksum = effektiv.national._code_checksum.__wrapped__
    before = checksum()
    for changed in NOT_NATIONAL:
        (copy / changed).write_bytes((copy / changed).read_bytes() + b"\n# annat\n")
    assert checksum() == before


def test_a_step_s_own_results_count_as_soon_as_it_has_some(copy: Path) -> None:
    checksum = effektiv.national._code_checksum.__wrapped__
    before = checksum()
    late = copy / "analysis" / "late.py"
    late.write_text("X = 1\n", encoding="utf-8")
    assert checksum() == before
    module = copy / "steps" / "s9_annat" / "national.py"
    module.parent.mkdir()
    module.write_text("def late():\n    from effektiv.analysis import late\n", encoding="utf-8")
    first = checksum()
    assert first != before
    late.write_text("X = 2\n", encoding="utf-8")
    assert checksum() != first


def test_all_that_is_imported_is_found() -> None:
    """The quick search for imports finds what a reading of the syntax does."""
    package = Path(effektiv.national.__file__).parent
    found = national_code(package)
    for path in found:
        for _, module in imports(path, package):
            place = package.joinpath(*module.split(".")[1:])
            files = [item for item in (place.with_suffix(".py"), place / "__init__.py") if item.is_file()]
            # What is no module is a name of the package that it is imported from.
            assert set(files or [place.parent / "__init__.py"]) <= set(found), f"{path.name}: {module}"
    names = {path.relative_to(package).parts[0] for path in found}
    assert not names & {"exhibits", "render", "cli.py", "params"}


def test_what_is_kept_is_made_in_a_module_that_the_checksum_follows() -> None:
    followed = national_code(Path(effektiv.national.__file__).parent)
    for step in (*STEPS.values(), NETWORK):
        package = None if step.module is None else import_module(step.module)
        for kind in getattr(package, "NATIONAL", ()):
            assert Path(import_module(kind.compute.__module__).__file__ or "") in followed


@pytest.mark.parametrize("library", ["numpy", "pandas", "scipy", "statsmodels"])
def test_the_code_s_checksum_follows_the_libraries(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    checksum, version = effektiv.national._code_checksum.__wrapped__, effektiv.national.version
    before = checksum()
    monkeypatch.setattr(
        effektiv.national, "version", lambda name: "0.0" if name == library else version(name)
    )
    assert checksum() != before


def test_a_changed_snapshot_is_computed_anew(tmp_path: Path) -> None:
    before = write_small("liten", tmp_path)
    on_disk(before).panel(MEAN)
    (old,) = entries(tmp_path)
    shutil.rmtree(before.path)
    observations = small_observations()
    observations["value"] += 1.0
    after = write_small("liten", tmp_path, observations)
    pd.testing.assert_frame_equal(on_disk(after).panel(MEAN), after.panel(MEAN))
    assert not on_disk(after).panel(MEAN).equals(before_panel := before_values(tmp_path / "b"))
    assert before_panel.notna().any(axis=None)
    assert old not in entries(tmp_path) and len(entries(tmp_path)) == 1


def before_values(folder: Path) -> pd.DataFrame:
    return write_small("liten", folder).panel(MEAN)


def test_the_entry_of_a_snapshot_that_is_gone_is_removed(tmp_path: Path) -> None:
    gone, stays = write_small("borttagen", tmp_path), write_small("kvar", tmp_path)
    on_disk(gone).panel(MEAN)
    shutil.rmtree(gone.path)
    on_disk(stays).panel(MEAN)
    assert [path.name.startswith("kvar-") for path in entries(tmp_path)] == [True]


@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "remove"])
def test_damage_is_never_shown(damage: str, tmp_path: Path) -> None:
    small = write_small("liten", tmp_path)
    on_disk(small).panel(MEAN)
    file = entries(tmp_path)[0] / PANELS
    whole = file.read_bytes()
    place = whole.index(small.panel(MEAN).to_numpy().tobytes("A")) + 3
    flipped = whole[:place] + bytes([whole[place] ^ 64]) + whole[place + 1 :]
    if damage == "remove":
        file.unlink()
    else:
        file.write_bytes({"flip": flipped, "cut": whole[: len(whole) // 2], "empty": b""}[damage])
    pd.testing.assert_frame_equal(on_disk(small).panel(MEAN), small.panel(MEAN), check_exact=True)
    assert file.read_bytes() == whole


def test_a_data_folder_for_reading_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small = write_small("liten", tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, "mkdir", refuse)
    results = on_disk(small)
    pd.testing.assert_frame_equal(results.panel(MEAN), small.panel(MEAN))
    assert results.result(STRUCTURAL, results.catalogue.areas["grundskola"], 2024, 1).cost is None
    monkeypatch.setattr(National, "result", lambda *_: pytest.fail("computed in vain"))
    results.prepare(RESULTS)
    assert not (tmp_path / FOLDER).exists()


def test_another_catalogue_has_no_part_in_the_store(tmp_path: Path) -> None:
    """The key tells of the project's own catalogue only."""
    small = write_small("liten", tmp_path)
    National(small, effektiv.national.load_catalogue()).panel(MEAN)
    assert not (tmp_path / FOLDER).exists()


def test_unknown_figures_and_genders_are_errors(tmp_path: Path) -> None:
    results = on_disk(write_small("liten", tmp_path))
    for read in (results.panel, results.statuses):
        with pytest.raises(KeyError, match="N99999"):
            read("N99999")
        with pytest.raises(ValueError, match="gender"):
            read(MEAN, "X")


def _fingerprint(path: str, barrier) -> str:
    """Compute or find all results in this process, and return a checksum of them."""
    results = national(open_snapshot(path))
    barrier.wait(60)
    results.prepare(RESULTS)
    digest = hashlib.sha256()
    for kpi in results.catalogue.kpis:
        digest.update(results.panel(kpi).to_numpy().tobytes("A"))
    fit = results.result(STRUCTURAL, results.catalogue.areas["grundskola"], 2024, 3).cost
    assert fit is not None
    digest.update(fit.frame.to_json().encode())
    return digest.hexdigest()


@pytest.fixture
def school(example: Snapshot, tmp_path: Path) -> Path:
    """A snapshot with what the models of one area need, where the processes compute as they do for all."""
    area = effektiv.national.load_catalogue().areas["grundskola"]
    model = area.structural_model
    kpis = {"N01951", model.cost, model.quality, *model.structure, *area.quality_for_k, area.unit_cost}
    return Path(subset(example, tmp_path, kpis))


def test_two_processes_at_once_agree(school: Path, tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Manager() as manager, context.Pool(2) as pool:
        barrier = manager.Barrier(2)
        first, second = pool.starmap(_fingerprint, [(str(school), barrier)] * 2, chunksize=1)
    assert first == second
    (entry,) = entries(tmp_path)
    names = {path.name for path in entry.iterdir()}
    assert PANELS in names and not [name for name in names if name.startswith(".")], "a half file is left"
    assert "effektivitet-grundskola" in names and "struktur-grundskola-2024-3" in names
    checksums = open_snapshot(school).manifest.checksums
    store = store_of(school, checksums, effektiv.national._code_checksum())
    assert all(store.read(name) is not None for name in names)
