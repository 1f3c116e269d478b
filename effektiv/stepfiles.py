"""The files of each step, made known to whoever reads or makes a municipality's folder.

The folder is read as a whole: a report of step 1 must not take a form of step 4 for something
that nobody knows. So the command line and whatever opens a report's figures call
`register_step_files` first, in every process.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

_STEPS = "effektiv.steps"


@cache
def register_step_files(package: str = _STEPS) -> None:
    """Import the module ``params`` of each step that has one, which registers its files.

    Parameters
    ----------
    package
        Package whose packages are the steps.
    """
    steps = find_spec(package)
    places = steps.submodule_search_locations if steps else None
    for found in pkgutil.iter_modules(places or (), f"{package}."):
        # Looked for by its file: to find its spec would import all that the step shows.
        if found.ispkg and any(_has_params(place, found.name.rpartition(".")[2]) for place in places or ()):
            import_module(f"{found.name}.params")


def _has_params(place: str, step: str) -> bool:
    return (Path(place) / step / "params.py").is_file()
