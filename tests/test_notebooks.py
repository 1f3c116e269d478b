"""The notebooks as a controller runs them: top to bottom in a kernel, with only `kommun` changed."""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest
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


@pytest.mark.parametrize("path", NOTEBOOKS, ids=names)
def test_a_notebook_runs_from_top_to_bottom_for_another_municipality(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    # JupyterLab starts the kernel in the notebook's folder, without the command line's help.
    for variable in ("EFFEKTIV_DATA", "EFFEKTIV_PARAMS"):
        monkeypatch.delenv(variable, raising=False)
    code[0].source = code[0].source.replace('"Exempelby"', '"Tallhyttan"')
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(path.parent)}})
    client.execute()
    assert code[1].outputs[0].data[CASE_MIME]["kommun"] == NAMES.get(path.stem, "Tallhyttan")
    for cell in code[2:]:
        (output,) = cell.outputs
        assert (DATA_MIME if cell.source == "case.values()" else EXHIBIT_MIME) in output.data
        assert output.data["text/html"]
