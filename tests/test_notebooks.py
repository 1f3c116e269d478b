"""The notebooks as a controller runs them: top to bottom in a kernel, with only `kommun` changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import KernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from effektiv.data.catalogue import load_catalogue
from effektiv.outputs import CASE_MIME, DATA_MIME, EXHIBIT_MIME

NOTEBOOKS = sorted((Path(__file__).resolve().parents[1] / "notebooks").rglob("*.ipynb"))
PARAMETERS = {"kommun", "data", "jamfor_med"}
OF_A_NETWORK = {"natverk", "data"}
MORE_PARAMETERS = {"beslut": {"arende"}}
NAMES = {"natverk": "avslutat", "urval": "urval"}
"""The networks that their notebooks are of."""


def read(path: Path) -> NotebookNode:
    return nbformat.read(path, as_version=4)


def names(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def test_every_area_has_its_notebook_in_step_one() -> None:
    catalogue = load_catalogue()
    found = {path.stem for path in NOTEBOOKS if path.parent.name == "1-nulagesanalys"}
    assert found == {*catalogue.areas, catalogue.overview.id}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_a_notebook_is_thin(path: Path) -> None:
    code = [cell for cell in read(path).cells if cell.cell_type == "code"]
    assert code[0].metadata["tags"] == ["parameters"]
    wanted = OF_A_NETWORK if path.stem in NAMES else PARAMETERS | MORE_PARAMETERS.get(path.stem, set())
    assert {line.split(" = ")[0] for line in code[0].source.splitlines()} == wanted
    assert f'open_case("{path.stem}"' in code[1].source
    for cell in code[2:]:
        assert cell.source.startswith("case.")
        assert len(cell.source.splitlines()) == 1


Kernels = Callable[[Path], KernelManager]


@pytest.fixture(scope="module")
def kernels() -> Iterator[Kernels]:
    """Return a kernel in a folder, started as JupyterLab does: in the folder, without the command line's help.

    The notebooks of a folder share one, as most of its time goes to loading the library; each finds it emptied.
    """
    started: dict[Path, KernelManager] = {}

    def kernel(folder: Path) -> KernelManager:
        if folder not in started:
            kept = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
            started[folder] = KernelManager(kernel_name="python3")
            started[folder].start_kernel(cwd=str(folder), env=kept)
        return started[folder]

    yield kernel
    for each in started.values():
        each.shutdown_kernel(now=True)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_a_notebook_runs_from_top_to_bottom_for_another_municipality(path: Path, kernels: Kernels) -> None:
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    code[0].source = "%reset -f\n" + code[0].source.replace('"Exempelby"', '"Tallhyttan"')
    client = NotebookClient(notebook, timeout=300, km=kernels(path.parent))
    try:
        client.execute()
    finally:
        if client.kc is not None:
            client.kc.stop_channels()
    assert code[1].outputs[0].data[CASE_MIME]["kommun"] == NAMES.get(path.stem, "Tallhyttan")
    for cell in code[2:]:
        (output,) = cell.outputs
        assert (DATA_MIME if cell.source == "case.values()" else EXHIBIT_MIME) in output.data
        assert output.data["text/html"]
