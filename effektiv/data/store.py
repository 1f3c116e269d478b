"""Results kept on disk beside the snapshot they follow from, and read without being copied.

A store is a folder ``.nationellt/<snapshot>-<key>`` beside the snapshot's own. The key is
a checksum of the snapshot's content and of the code that computed, so what is found under
it is what would be computed now; entries with other keys, and of snapshots that are gone,
are removed when a new one is made. Nothing in the folder is needed: a file that is
missing, damaged or half-written is computed again, and where nothing can be written (a
data folder shared for reading) results stay in memory.

One file holds named values: numbers, texts, tuples, mappings, frames, and dataclasses of
these. Frames are mapped into memory, so that all processes share one copy, and cannot be
written to. Nothing in a file is ever executed (it is not a pickle): a data folder may be
shared with others. Layout of a file: `MAGIC`, the size of the table of contents and its
SHA-256, the table (JSON), the arrays. The table has each array's SHA-256, checked when
the array is first used.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import mmap
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from effektiv.staging import remove_abandoned, write_whole

FOLDER = ".nationellt"
"""Folder of all stores; the dot keeps it out of the list of snapshots."""

MAGIC = b"effektiv national 1\n"
KEY_LENGTH = 16
_ALIGNMENT = 64
_DIGEST = hashlib.sha256().digest_size
_START = len(MAGIC) + 8 + _DIGEST
_DTYPES = ("<f8", "<i8", "|i1", "|b1")
_PLAIN = (str, int, float, bool, type(None))
_MANIFEST = "manifest.json"


class DamagedError(Exception):
    """A file is not as it was written."""


class Store:
    """Values computed once and kept.

    What a store returns has always been written and read, also when it stays in memory,
    so that a number cannot depend on whether it was found or computed.

    Parameters
    ----------
    folder
        Where files are kept; None keeps values in memory only.
    types
        Dataclasses that values may be made of.
    """

    def __init__(self, folder: Path | None, types: Sequence[type] = ()) -> None:
        self.folder = folder
        self._types = {item.__name__: item for item in types}
        self._kept: dict[str, Kept] = {}

    def know(self, types: Sequence[type]) -> None:
        """Let values be made of these dataclasses too."""
        self._types.update({item.__name__: item for item in types})

    def values(self, name: str, make: Callable[[], Mapping[str, object]]) -> Kept:
        """Return the named values of one file, computed by `make` if they are not there.

        Parameters
        ----------
        name
            Plain ASCII name of the file.
        make
            Computes all values of the file.

        Raises
        ------
        TypeError
            A value is of a kind that cannot be kept.
        """
        if name not in self._kept:
            self._kept[name] = Kept(self, name, make)
        return self._kept[name]

    def value(self, name: str, make: Callable[[], object]) -> Any:
        """Return the only value of a file, computed by `make` if it is not there."""
        return self.values(name, lambda: {"": make()})[""]

    def has(self, name: str) -> bool:
        """Say whether there is a file of that name, whole or not."""
        return self.folder is not None and (self.folder / name).is_file()

    def read(self, name: str) -> Contents | None:
        """Return a file's contents; None when it is missing, unreadable or damaged."""
        if self.folder is None:
            return None
        try:
            with (self.folder / name).open("rb") as file:
                return Contents(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), self._types)
        except (OSError, ValueError, DamagedError):  # an empty file cannot be mapped: ValueError
            return None

    def write(self, name: str, values: Mapping[str, object]) -> Contents:
        """Put values in a file, if that is possible, and return its contents."""
        content = _encoded(values, self._types)
        if self.folder is not None and self._put(name, content):
            written = self.read(name)
            if written is not None:
                return written
        return Contents(content, self._types)

    def _put(self, name: str, content: bytes) -> bool:
        """Write a file whole or not at all; False when the folder takes no files."""
        assert self.folder is not None
        try:
            if not self.folder.is_dir():
                self.folder.mkdir(parents=True, exist_ok=True)
                _remove_outdated(self.folder)
            remove_abandoned(self.folder)
            write_whole(self.folder / name, content)
        except OSError:
            # Another process may have been first, and on Windows a file in use cannot be replaced.
            return False
        return True


class Kept(Mapping[str, Any]):
    """The values of one file, each read and checked when first asked for."""

    def __init__(self, store: Store, name: str, make: Callable[[], Mapping[str, object]]) -> None:
        self._store = store
        self._name = name
        self._make = make
        self._values: dict[str, Any] = {}
        self._contents = store.read(name) or self._made()

    def __getitem__(self, key: str) -> Any:
        if key not in self._values:
            try:
                self._values[key] = self._contents[key]
            except DamagedError:
                self._contents = self._made()
                self._values[key] = self._contents[key]
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._contents.names)

    def __len__(self) -> int:
        return len(self._contents.names)

    def _made(self) -> Contents:
        return self._store.write(self._name, self._make())


def store_of(snapshot: Path, checksums: Mapping[str, str], code: str, types: Sequence[type] = ()) -> Store:
    """Return the store beside a snapshot; nothing is written until a value is.

    Parameters
    ----------
    snapshot
        The snapshot's folder.
    checksums
        Its verified content: SHA-256 by file name.
    code
        Checksum of all code and libraries that values follow from.
    types
        Dataclasses that values may be made of.
    """
    content = json.dumps([sorted(checksums.items()), code])
    key = hashlib.sha256(content.encode("utf-8")).hexdigest()[:KEY_LENGTH]
    return Store(snapshot.parent / FOLDER / f"{snapshot.name}-{key}", types)


def _remove_outdated(current: Path) -> None:
    """Remove the same snapshot's other entries, and those of snapshots that are gone.

    One that another process has open stays on Windows, until the next time.
    """
    snapshot = _snapshot_of(current)
    for entry in current.parent.iterdir():
        gone = not (current.parents[1] / _snapshot_of(entry) / _MANIFEST).is_file()
        if entry != current and (gone or _snapshot_of(entry) == snapshot):
            shutil.rmtree(entry, ignore_errors=True)


def _snapshot_of(entry: Path) -> str:
    return entry.name.rpartition("-")[0]


# How a file is written and read -----------------------------------------------------------


class _Writer:
    """Values as a tree of JSON, their arrays beside it."""

    def __init__(self, types: Mapping[str, type]) -> None:
        self._types = types
        self.arrays: list[np.ndarray] = []
        self.places: list[list[object]] = []
        self.indexes: list[dict[str, object]] = []
        self._known: dict[str, int] = {}
        self._end = 0

    def tree(self, value: object) -> object:
        """Return a value as JSON; text and numbers as they are, the rest as ``[kind, ...]``."""
        if isinstance(value, _PLAIN):
            return value
        if isinstance(value, tuple):
            return ["tuple", *map(self.tree, value)]
        if isinstance(value, dict):
            return ["dict", *([self.tree(key), self.tree(item)] for key, item in value.items())]
        if isinstance(value, pd.DataFrame):
            return self._frame(value)
        name = type(value).__name__
        if self._types.get(name) is type(value):
            fields = dataclasses.fields(value)  # type: ignore[arg-type]  # only dataclasses are registered
            return ["class", name, *([item.name, self.tree(getattr(value, item.name))] for item in fields)]
        raise TypeError(f"a {name} cannot be kept in a store")

    def _frame(self, frame: pd.DataFrame) -> object:
        axes = [self._index(frame.index), self._index(frame.columns)]
        if len(set(frame.dtypes)) <= 1:
            # Columns are kept one after the other if they are so in memory: sums over rows and
            # columns differ in the last bits by how the numbers lie.
            values = frame.to_numpy()
            by_column = bool(values.flags.f_contiguous)
            return ["frame", *axes, by_column, self._array(values.T if by_column else values)]
        return ["columns", *axes, [self._array(frame.iloc[:, i].to_numpy()) for i in range(frame.shape[1])]]

    def _array(self, array: np.ndarray) -> int:
        array = np.ascontiguousarray(array)
        dtype = array.dtype.newbyteorder("<").str
        if dtype not in _DTYPES and array.size:
            raise TypeError(f"an array of {array.dtype} cannot be kept in a store")
        array = array.astype(dtype, copy=False)
        place = -(-self._end // _ALIGNMENT) * _ALIGNMENT
        self._end = place + array.nbytes
        self.arrays.append(array)
        digest = hashlib.sha256(array.tobytes()).hexdigest()
        self.places.append([place, dtype, list(array.shape), digest])
        return len(self.places) - 1

    def _index(self, index: pd.Index) -> int:
        described = _described(index)
        text = json.dumps(described)
        if text not in self._known:
            self._known[text] = len(self.indexes)
            self.indexes.append(described)
        return self._known[text]


def _described(index: pd.Index) -> dict[str, object]:
    if isinstance(index, pd.RangeIndex):
        return {"name": index.name, "dtype": None, "range": [index.start, index.stop, index.step]}
    if str(index.dtype) not in ("str", "object", "int64"):
        raise TypeError(f"an index of {index.dtype} cannot be kept in a store")
    values = index.to_list()
    if not all(type(value) in (str, int) for value in values):
        raise TypeError("an index of anything but text and whole numbers cannot be kept in a store")
    return {"name": index.name, "dtype": str(index.dtype), "values": values}


def _encoded(values: Mapping[str, object], types: Mapping[str, type]) -> bytes:
    writer = _Writer(types)
    trees = {name: writer.tree(value) for name, value in values.items()}
    table = {"values": trees, "indexes": writer.indexes, "arrays": writer.places, "end": writer._end}
    head = json.dumps(table, separators=(",", ":")).encode("ascii")
    first = -(-(_START + len(head)) // _ALIGNMENT) * _ALIGNMENT
    content = bytearray(first + writer._end)
    content[: len(MAGIC)] = MAGIC
    content[len(MAGIC) : _START] = len(head).to_bytes(8, "little") + hashlib.sha256(head).digest()
    content[_START : _START + len(head)] = head
    for array, place in zip(writer.arrays, writer.places, strict=True):
        start = first + place[0]  # type: ignore[operator]
        content[start : start + array.nbytes] = array.tobytes()
    return bytes(content)


class Contents:
    """What stands in one file, read from a map of it or from memory.

    Parameters
    ----------
    buffer
        The whole file.
    types
        Dataclasses by name.

    Raises
    ------
    DamagedError
        It is not whole.
    """

    def __init__(self, buffer: mmap.mmap | bytes, types: Mapping[str, type]) -> None:
        if len(buffer) < _START or buffer[: len(MAGIC)] != MAGIC:
            raise DamagedError
        size = int.from_bytes(buffer[len(MAGIC) : len(MAGIC) + 8], "little")
        head = buffer[_START : _START + size]
        if hashlib.sha256(head).digest() != buffer[_START - _DIGEST : _START]:
            raise DamagedError
        table = json.loads(head)
        self._first = -(-(_START + size) // _ALIGNMENT) * _ALIGNMENT
        if len(buffer) != self._first + table["end"]:
            raise DamagedError
        self._buffer = memoryview(buffer).toreadonly()
        self._types = types
        self._trees: dict[str, Any] = table["values"]
        self._described: list[dict[str, Any]] = table["indexes"]
        self._places: list[list[Any]] = table["arrays"]
        self._indexes: dict[int, pd.Index] = {}

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the values."""
        return tuple(self._trees)

    def __getitem__(self, name: str) -> Any:
        """Return a value.

        Raises
        ------
        KeyError
            There is none of that name.
        DamagedError
            An array of it is not as it was written.
        """
        return self._value(self._trees[name])

    def _value(self, tree: Any) -> Any:
        if not isinstance(tree, list):
            return tree
        kind, *parts = tree
        if kind == "tuple":
            return tuple(map(self._value, parts))
        if kind == "dict":
            return {self._value(key): self._value(item) for key, item in parts}
        if kind == "class":
            return self._types[parts[0]](**{name: self._value(item) for name, item in parts[1:]})
        index, columns = self._index(parts[0]), self._index(parts[1])
        if kind == "frame":
            values = self._array(parts[3])
            return pd.DataFrame(values.T if parts[2] else values, index=index, columns=columns, copy=False)
        arrays = {number: self._array(place) for number, place in enumerate(parts[2])}
        frame = pd.DataFrame(arrays, index=index, copy=False)
        frame.columns = columns
        return frame

    def _array(self, number: int) -> np.ndarray:
        place, dtype, shape, digest = self._places[number]
        start = self._first + place
        count = int(np.prod(shape))
        if not count:  # of any type, also one that cannot be read from a file
            return np.empty(shape, dtype)
        part = self._buffer[start : start + count * np.dtype(dtype).itemsize]
        if hashlib.sha256(part).hexdigest() != digest:
            raise DamagedError
        return np.frombuffer(part, dtype).reshape(shape)

    def _index(self, number: int) -> pd.Index:
        if number not in self._indexes:
            described = self._described[number]
            values = range(*described["range"]) if "range" in described else described["values"]
            self._indexes[number] = pd.Index(values, dtype=described["dtype"], name=described["name"])
        return self._indexes[number]
