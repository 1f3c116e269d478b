"""Every example in a docstring of effektiv/analysis runs and gives what it says."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

import effektiv.analysis

MODULES = [f"effektiv.analysis.{item.name}" for item in pkgutil.iter_modules(effektiv.analysis.__path__)]

BY_FRAMES = {
    *("certainty", "focus", "parts", "place", "role_models", "units"),
    *("precedents", "role_gaps", "portfolio"),
}
"""Modules whose functions take panels of a whole country, or all answers: an example would be longer than their tests."""


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0 or name.rpartition(".")[2] in BY_FRAMES
    assert result.failed == 0


@pytest.mark.parametrize("name", [item for item in MODULES if item.rpartition(".")[2] not in BY_FRAMES])
def test_every_public_function_has_an_example(name):
    module = importlib.import_module(name)
    functions = [
        item
        for key, item in vars(module).items()
        if inspect.isfunction(item) and item.__module__ == name and not key.startswith("_")
    ]
    assert [item.__name__ for item in functions if ">>>" not in (item.__doc__ or "")] == []
