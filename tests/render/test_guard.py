"""The guard of loaded code: what it puts back, and what it leaves."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from types import ModuleType, SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from effektiv.render.guard import Guard

MODULE = "effektiv.provmodul"


class Sample:
    """A class in the module that is tampered with."""

    size = 1
    _cache: object = None

    def method(self) -> str:
        return "metod"

    @property
    def shown(self) -> str:
        return "egenskap"


@pytest.fixture
def module(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A module of this library with a bit of everything."""
    made = ModuleType(MODULE)
    content = {
        "function": len,
        "NUMBER": 17,
        "TABLE": {"a": [1, 2], "b": {"c": {3}}},
        "LIST": [1, 2],
        "ARRAY": np.arange(3),
        "FRAME": pd.DataFrame({"a": [1, 2]}),
        "Sample": type("Sample", (), dict(vars(Sample))),
        "_lazy": None,
        "_count": 0,
    }
    vars(made).update(content)
    monkeypatch.setitem(sys.modules, MODULE, made)
    return made


def state(module: ModuleType) -> dict[str, object]:
    return {
        "names": {name: id(value) for name, value in vars(module).items()},
        "class": {name: id(value) for name, value in vars(module.Sample).items()},
        "containers": repr((module.TABLE, module.LIST)),
        "json": [json.dumps, json.JSONEncoder.default, sorted(vars(json))],
        "os": [os.path, os.sep, os.getcwd],
        "modules": [sys.modules.get(name) for name in ("json", "os", MODULE)],
        "pandas": [pd.read_csv, pd.DataFrame.head, pd.DataFrame.merge, hasattr(pd.DataFrame, "eget")],
    }


CHANGES: dict[str, Callable[[ModuleType], object]] = {
    "a function": lambda module: setattr(module, "function", None),
    "a constant": lambda module: setattr(module, "NUMBER", 18),
    "an array": lambda module: setattr(module, "ARRAY", np.arange(3)),
    "a frame": lambda module: setattr(module, "FRAME", module.FRAME + 1),
    "a name removed": lambda module: delattr(module, "TABLE"),
    "a name added": lambda module: setattr(module, "len", None),
    "an entry": lambda module: module.TABLE.update(a=None),
    "an inner entry": lambda module: module.TABLE["b"]["c"].clear(),
    "a list": lambda module: module.LIST.append(3),
    "a method": lambda module: setattr(module.Sample, "method", None),
    "a method removed": lambda module: delattr(module.Sample, "method"),
    "a method added": lambda module: setattr(module.Sample, "__repr__", lambda _: "annat"),
    "a property": lambda module: setattr(module.Sample, "shown", 1),
    "a value of a class": lambda module: setattr(module.Sample, "size", 2),
    "the whole class": lambda module: setattr(module, "Sample", SimpleNamespace),
    "json.dumps": lambda _: setattr(json, "dumps", None),
    "a method of json": lambda _: setattr(json.JSONEncoder, "default", None),
    "a builtin hidden": lambda _: setattr(json, "isinstance", lambda *_: False),
    "os.sep": lambda _: setattr(os, "sep", "|"),
    "a module replaced": lambda _: sys.modules.update(json=ModuleType("json")),
    "a module removed": lambda _: sys.modules.pop("os"),
    "pandas": lambda _: setattr(pd, "read_csv", None),
    "a method of pandas": lambda _: setattr(pd.DataFrame, "merge", None),
    "an inherited method": lambda _: setattr(pd.DataFrame, "head", None),
    "an accessor": lambda _: setattr(pd.DataFrame, "eget", property(len)),
}


@pytest.mark.parametrize("settled", [False, True])
@pytest.mark.parametrize("change", CHANGES)
def test_what_is_put_back(module: ModuleType, change: str, settled: bool) -> None:
    guard = Guard()
    guard.look()
    guard.look(only_new=settled)
    before = state(module)
    CHANGES[change](module)
    assert guard.put_back()
    assert state(module) == before
    # And once more, from what was noted then.
    guard.look(only_new=settled)
    CHANGES[change](module)
    assert guard.put_back()
    assert state(module) == before


def test_what_modules_keep_for_themselves_is_left(module: ModuleType) -> None:
    guard = Guard()
    guard.look()
    module._lazy, module.TABLE["ny"] = {}, 1
    module.Sample._cache = {}
    vars(json)["_eget"] = 1
    vars(json)["__warningregistry__"] = {}
    try:
        assert guard.put_back()
        assert (module._lazy, module.TABLE["ny"], module.Sample._cache) == ({}, 1, {})
        assert json._eget == 1  # type: ignore[attr-defined]
    finally:
        del vars(json)["_eget"], vars(json)["__warningregistry__"]


def test_what_was_changed_before_it_looked_is_not_its_business(module: ModuleType) -> None:
    guard = Guard()
    guard.look()
    module.NUMBER = 99
    guard.look()
    module.function = None
    assert guard.put_back()
    assert (module.NUMBER, module.function) == (99, len)


def test_a_package_that_comes_keeps_what_it_adds(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """It will not be executed again; what it has changed is put back, and the process is not as it was."""
    guard = Guard()
    guard.look()
    monkeypatch.setitem(sys.modules, "nytt_paket", ModuleType("nytt_paket"))
    module.Sample.accessor = property(len)
    assert guard.put_back()
    assert guard.packages == {"nytt_paket"}
    assert module.Sample.accessor
    guard.look()
    monkeypatch.setitem(sys.modules, "ett_till", ModuleType("ett_till"))
    module.function = None
    assert not guard.put_back()
    assert module.function is len
