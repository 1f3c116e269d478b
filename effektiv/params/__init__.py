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
from effektiv.params.networks import find_network, is_invented, load_network, network_files, read_network
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
    "find_network",
    "find_params",
    "is_invented",
    "load_network",
    "load_params",
    "municipality_folders",
    "network_files",
    "params_root",
    "read_folder",
    "read_network",
    "shown",
    "strays",
    "write_new",
]
