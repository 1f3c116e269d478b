"""What a municipality decides and knows itself: the files of its folder in ``params/``.

A step that has files of its own registers their kinds; see `effektiv.params.registry`.
"""

from effektiv.params.common import (
    MUNICIPALITY_FILE,
    AreaParams,
    Evidence,
    MunicipalityParams,
    OverviewParams,
)
from effektiv.params.files import content_mark
from effektiv.params.folders import find_params, municipality_folders, params_root, strays
from effektiv.params.new import write_new
from effektiv.params.own import OWN_FIGURES_FILE
from effektiv.params.problems import ParamsError, Problem, shown
from effektiv.params.reading import Params, Reading, check, load_params, read_folder

__all__ = [
    "MUNICIPALITY_FILE",
    "OWN_FIGURES_FILE",
    "AreaParams",
    "Evidence",
    "MunicipalityParams",
    "OverviewParams",
    "Params",
    "ParamsError",
    "Problem",
    "Reading",
    "check",
    "content_mark",
    "find_params",
    "load_params",
    "municipality_folders",
    "params_root",
    "read_folder",
    "shown",
    "strays",
    "write_new",
]
