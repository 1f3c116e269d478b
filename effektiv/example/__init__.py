"""The example data: a small model of Sweden with invented municipalities and values.

290 invented municipalities with codes that SCB does not use, and invented values for
every key figure of the catalogue: 2012-2025 in the snapshot ``exempel``, to 2029 in
``exempel-efter``. What is planted in them, to be found again, stands in
`effektiv.example.truths`. Modules, in the order they build on each other:

- `years`; `noise`: seeded draws; `country`: municipalities, people, conditions;
- `ledger`: the published figures; `effects`: why municipalities differ;
- `structure`, `school`, `eldercare`, `aid`, `children`, `other`: the figures by area;
- `default`: the figures that none of these models;
- `units`: schools and home care units; `indices`: RKA's indices; `groups`: similar municipalities; `describe`: metadata;
- `build`: all of it; `cache`: the snapshot.

The values are the same on every platform for one version of numpy (its generators may
change between versions): draws come from PCG64, conditions are rounded before they are
used and values before they are published.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from effektiv.example.cache import example_snapshot

if TYPE_CHECKING:
    from effektiv.example.build import ExampleData, build_example, build_truths

__all__ = ["ExampleData", "build_example", "build_truths", "example_snapshot"]


def __getattr__(name: str) -> Any:
    """Load the generator when it is first asked for: to open the snapshot it made takes none of it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module("effektiv.example.build"), name)
