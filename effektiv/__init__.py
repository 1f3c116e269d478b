"""Effektivare kommun: the controller's workbook, from Kolada to report.

A notebook needs one name, `open_case`; `rendera` makes reports from one, and `Exhibit`, `Source`
and `look` show a figure of one's own. They are loaded when asked for, so that the command line
answers at once.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from effektiv.data.made import EXAMPLE, EXAMPLE_AFTER, MAKERS

if TYPE_CHECKING:
    from effektiv.data.snapshot import Snapshot
    from effektiv.exhibits.exhibit import Exhibit, Source
    from effektiv.exhibits.style import look
    from effektiv.notebook import rendera
    from effektiv.steps.opening import open_case

__all__ = ["Exhibit", "Source", "look", "open_case", "rendera"]


def __getattr__(name: str) -> Any:
    if name == "open_case":
        from effektiv.steps.opening import open_case  # noqa: PLC0415  loaded when asked for

        return open_case
    if name == "rendera":
        from effektiv.notebook import rendera  # noqa: PLC0415  loaded when asked for

        return rendera
    if name in {"Exhibit", "Source"}:
        from effektiv.exhibits import exhibit  # noqa: PLC0415  loaded when asked for

        return getattr(exhibit, name)
    if name == "look":
        from effektiv.exhibits.style import look  # noqa: PLC0415  loaded when asked for

        return look
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__


def _example(name: str) -> Snapshot:
    """Return one of the snapshots of example data; loaded when asked for, as the rest."""
    from effektiv.example import example_snapshot  # noqa: PLC0415

    return example_snapshot(name)


MAKERS.update({name: partial(_example, name) for name in (EXAMPLE, EXAMPLE_AFTER)})
