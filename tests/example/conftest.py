"""The example data as the generator makes it, built once for all tests of it."""

from __future__ import annotations

import pytest

from effektiv.example.build import ExampleData, build_example


@pytest.fixture(scope="session")
def built() -> ExampleData:
    return build_example()
