"""Snapshots that are made when they are first asked for: the example data.

What makes them builds on this layer, so it cannot be named here: `effektiv` itself fills in
the table. Whoever imports anything of the library has it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from effektiv.data.snapshot import Snapshot

EXAMPLE = "exempel"
"""Name that always means the example data."""

EXAMPLE_AFTER = "exempel-efter"
"""Name of the same country some years later, when a project has ended."""

MAKERS: dict[str, Callable[[], Snapshot]] = {}
"""Name -> what returns the snapshot of that name, made if need be."""
