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
        if found.ispkg and find_spec(f"{found.name}.params"):
            import_module(f"{found.name}.params")
