"""Values are kept on disk as they were, or computed again: never anything else."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from effektiv.data.store import FOLDER, Store, store_of


@dataclasses.dataclass(frozen=True)
class Pair:
    """A dataclass to keep."""

    frame: pd.DataFrame
    years: tuple[int, ...]


@dataclasses.dataclass(frozen=True)
class Stranger:
    """A dataclass that the stores here do not know."""

    number: int


TYPES = (Pair,)


def panel(values: np.ndarray) -> pd.DataFrame:
    rows = pd.Index([f"{i:04d}" for i in range(values.shape[0])], name="municipality", dtype="str")
    return pd.DataFrame(values, rows, pd.Index(range(2020, 2020 + values.shape[1]), name="year"))


def never() -> dict[str, object]:
    raise AssertionError("computed although it is kept")


def kept(folder: Path, values: dict[str, object]) -> dict[str, object]:
    """Return values as another process finds them."""
    Store(folder, TYPES).values("fil", lambda: values)
    return dict(Store(folder, TYPES).values("fil", never))


arrays = hnp.arrays(
    st.sampled_from(["f8", "i8", "i1", "?"]), hnp.array_shapes(min_dims=2, max_dims=2, min_side=0, max_side=6)
)


@given(values=arrays, by_column=st.booleans())
def test_a_frame_comes_back_bit_for_bit(values: np.ndarray, by_column: bool, tmp_path_factory) -> None:
    layout = np.asfortranarray(values) if by_column else np.ascontiguousarray(values)
    frame = pd.DataFrame(panel(layout), copy=False)
    found = kept(tmp_path_factory.mktemp("lager"), {"a": frame})["a"]
    pd.testing.assert_frame_equal(found, frame, check_exact=True)
    assert found.to_numpy().tobytes(order="A") == frame.to_numpy().tobytes(order="A")
    assert found.to_numpy().flags.f_contiguous == frame.to_numpy().flags.f_contiguous


plain = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
trees = st.recursive(
    plain,
    lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.integers() | st.text(), inner),
    max_leaves=8,
)


@given(value=trees)
def test_plain_values_come_back(value: object) -> None:
    assert Store(None).value("fil", lambda: value) == value


def test_what_frames_are_made_of_comes_back(tmp_path: Path) -> None:
    mixed = pd.DataFrame(
        {"n": [1, 2], "mean": [0.5, np.nan], "outside": [True, False]},
        index=pd.Index(["0319", "0320"], name="municipality"),
    )
    frames = {
        "mixed": mixed,
        "range": pd.DataFrame(np.eye(2)),
        "nothing": pd.DataFrame(),
        "no rows": mixed.iloc[:0],
        "no columns": mixed[[]],
        "objects": pd.DataFrame(columns=["n", "mean"], dtype=object),
    }
    found = kept(tmp_path, dict(frames))
    for name, frame in frames.items():
        pd.testing.assert_frame_equal(found[name], frame, obj=name)  # type: ignore[arg-type]
    whole = kept(tmp_path / "b", {"pair": Pair(mixed, (2023, 2024))})["pair"]
    assert isinstance(whole, Pair) and whole.years == (2023, 2024)
    pd.testing.assert_frame_equal(whole.frame, mixed)


@pytest.mark.parametrize(
    "value",
    [
        Stranger(1),
        {1, 2},
        np.int64(1),
        pd.DataFrame({"a": ["text"]}),
        pd.DataFrame({"a": [1 + 2j]}),
        pd.DataFrame({"a": [1.0]}, index=[0.5]),
        pd.DataFrame({"a": [1.0]}, index=pd.Index([("a", 1)], tupleize_cols=False)),
    ],
    ids=["dataclass", "set", "numpy", "text", "complex", "float index", "index of tuples"],
)
def test_what_would_not_come_back_is_refused(value: object, tmp_path: Path) -> None:
    with pytest.raises(TypeError, match="cannot be kept"):
        Store(tmp_path / "lager", TYPES).value("fil", lambda: value)
    assert not (tmp_path / "lager").exists()


@pytest.mark.parametrize("folder", [True, False], ids=["on disk", "in memory"])
def test_nobody_can_write_into_what_is_shared(folder: bool, tmp_path: Path) -> None:
    store = Store(tmp_path / "lager" if folder else None)
    frame = store.value("fil", lambda: panel(np.ones((3, 2))))
    with pytest.raises(ValueError, match="read-only"):
        frame.loc["0001", 2020] = 5.0
    with pytest.raises(ValueError, match="read-only"):
        frame.to_numpy()[0, 0] = 5.0
    changed = frame.copy()
    changed.loc["0001", 2020] = 5.0
    assert (store.value("fil", never) == 1.0).all(axis=None)


def test_one_file_one_computation(tmp_path: Path) -> None:
    store = Store(tmp_path / "lager")
    assert not store.has("fil")
    first = store.value("fil", lambda: panel(np.ones((3, 2))))
    assert store.value("fil", never) is first
    assert store.has("fil")
    assert [path.name for path in (tmp_path / "lager").iterdir()] == ["fil"]


def flip(content: bytes, place: int) -> bytes:
    changed = bytearray(content)
    changed[place] ^= 1
    return bytes(changed)


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:30],
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + b"\0",
        lambda content: bytes(len(content)),
        lambda content: flip(content, 3),
        lambda content: flip(content, 22),
        lambda content: flip(content, 40),
        lambda content: flip(content, 100),
        lambda content: flip(content, -3),
    ],
    ids=["empty", "start", "cut", "half", "longer", "zeros", "magic", "size", "digest", "table", "array"],
)
def test_a_damaged_file_is_made_again(damage, tmp_path: Path) -> None:
    values = {"a": panel(np.arange(24.0).reshape(4, 6)), "b": panel(np.arange(8.0).reshape(4, 2))}
    kept(tmp_path, values)
    (tmp_path / "fil").write_bytes(damage((tmp_path / "fil").read_bytes()))
    made: list[int] = []

    def make() -> dict[str, object]:
        made.append(1)
        return dict(values)

    found = dict(Store(tmp_path).values("fil", make))
    for name, frame in values.items():
        pd.testing.assert_frame_equal(found[name], frame, check_exact=True)
    assert made == [1]
    assert dict(Store(tmp_path).values("fil", never)).keys() == values.keys(), "the file was not made whole"


def test_any_flipped_bit_is_harmless(tmp_path: Path) -> None:
    frame = panel(np.arange(6.0).reshape(2, 3))
    kept(tmp_path, {"a": frame})
    content = (tmp_path / "fil").read_bytes()
    for place in range(0, len(content), 7):
        (tmp_path / "fil").write_bytes(flip(content, place))
        found = Store(tmp_path).values("fil", lambda: {"a": frame})["a"]
        pd.testing.assert_frame_equal(found, frame, check_exact=True)


@pytest.mark.parametrize("call", ["mkdir", "open", "replace"])
def test_a_folder_that_takes_no_files(call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(Path, call, refuse)
    store = Store(tmp_path / "lager")
    frame = panel(np.arange(6.0).reshape(2, 3))
    pd.testing.assert_frame_equal(store.value("fil", lambda: frame), frame, check_exact=True)
    assert not store.has("fil")
    assert not (tmp_path / "lager").exists() or list((tmp_path / "lager").iterdir()) == []


def test_a_file_in_the_way_of_the_folder(tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("mitt", encoding="utf-8")
    store = store_of(tmp_path / "fryst", {"a": "1"}, "kod")
    assert store.value("fil", lambda: 1) == 1
    assert (tmp_path / FOLDER).read_text(encoding="utf-8") == "mitt"


def snapshot(folder: Path, name: str) -> Path:
    path = folder / name
    path.mkdir(exist_ok=True)
    (path / "manifest.json").write_text("{}", encoding="utf-8")
    return path


def test_entries_that_nobody_will_ask_for_are_removed(tmp_path: Path) -> None:
    def entries() -> set[str]:
        return {path.name.rpartition("-")[0] for path in (tmp_path / FOLDER).iterdir()}

    one, two, three = (snapshot(tmp_path, name) for name in ("ett", "ett-a", "tre"))
    for path in (one, two, three):
        store_of(path, {"a": "1"}, "kod").value("fil", lambda: 1)
    assert entries() == {"ett", "ett-a", "tre"}
    old = store_of(one, {"a": "1"}, "kod")
    (three / "manifest.json").unlink()
    newer = store_of(one, {"a": "1"}, "ny kod")
    assert old.folder != newer.folder
    newer.value("fil", lambda: 2)
    assert entries() == {"ett", "ett-a"}, "the snapshot that is gone still has its entry"
    assert old.folder is not None and not old.folder.exists()
    assert old.value("fil", lambda: 1) == 1, "its process goes on without it"


@pytest.mark.parametrize("other", [({"a": "2"}, "kod"), ({"a": "1"}, "ny kod"), ({"b": "1"}, "kod")])
def test_other_content_or_code_is_another_store(other, tmp_path: Path) -> None:
    path = snapshot(tmp_path, "fryst")
    store_of(path, {"a": "1"}, "kod").value("fil", lambda: "gammalt")
    assert store_of(path, {"a": "1"}, "kod").value("fil", never) == "gammalt"
    assert store_of(path, *other).value("fil", lambda: "nytt") == "nytt"


@pytest.mark.skipif(os.name != "posix", reason="Windows håller kvar filer som är öppna")
def test_a_file_that_is_removed_while_in_use_is_still_read(tmp_path: Path) -> None:
    frame = panel(np.arange(6.0).reshape(2, 3))
    Store(tmp_path).values("fil", lambda: {"a": frame, "b": frame})
    found = Store(tmp_path).values("fil", never)
    (tmp_path / "fil").unlink()
    pd.testing.assert_frame_equal(found["b"], frame)
