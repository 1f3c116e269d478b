"""Reports made from a notebook, as a controller does in JupyterLab."""

from __future__ import annotations

import os
from pathlib import Path

import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

import effektiv
from effektiv import cli, notebook
from effektiv.errors import InputError
from tests.render.test_faults import KOMMUNER, Project

CALL = 'import effektiv\neffektiv.rendera(["Kommun A", "0102"], steg=1, jobb=1, data="liten")'
RAISING = 'if kommun == "0102":\n    raise ValueError("talet är orimligt")'


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name in [name for name in os.environ if name.startswith("EFFEKTIV_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EFFEKTIV_DATA", str(tmp_path / "data"))  # as `effektiv lab` does
    monkeypatch.setenv("EFFEKTIV_LAB", str(tmp_path))
    return Project(tmp_path, dict(list(KOMMUNER.items())[:2]), {"skola": [RAISING]})


@pytest.mark.filterwarnings("default")
def test_reports_from_a_real_kernel(project: Project) -> None:
    done = papermill.execute_notebook(
        new_notebook(cells=[new_code_cell(CALL)]),
        None,
        kernel_name="python3",
        language="python",
        progress_bar=False,
        cwd=project.home / "notebooks" / "1-nulagesanalys",  # as JupyterLab does
    )
    outputs = done.cells[0].outputs
    progress, table = (output for output in outputs if output.output_type == "display_data")
    assert progress.data["text/plain"].startswith("2 av 2 rapporter, 1 misslyckad, efter ")
    assert (
        "Misslyckades: 0102 Kommun B, steg 1, skola: 1-nulagesanalys/skola.ipynb, cell 5"
        in (progress.data["text/html"])
    )
    assert "Misslyckade rapporter" in table.data["text/plain"]
    said = "".join(output.text for output in outputs if output.output_type == "stream")
    assert "2 rapporter på" in said
    assert f"Rapporterna finns i {(project.ut / 'index.html').as_posix()}" in said
    assert outputs[-1].data == {
        "text/plain": "",
        "text/html": '<p><a href="/rapporter/output/index.html" target="_blank">Öppna rapporterna</a></p>',
    }
    assert project.reports() == {"0101/skola"}
    assert (project.left_after(5), project.flawed()) == ([], [])


def test_wrong_calls_are_told_as_on_the_command_line(project: Project) -> None:
    for call, sentence in (
        ({}, "Ange vilken kommun"),
        ({"kommun": "Kommun A", "omrde": "skola"}, "Valet --omrde finns inte. Menade du --omrade?"),
        ({"kommun": "Kommun A", "steg": 6}, "Steget '6' finns inte"),
        ({"kommun": "Kommun A", "alla": True}, "kan inte användas tillsammans"),
    ):
        with pytest.raises(InputError, match=sentence):
            effektiv.rendera(**call)
    assert not project.ut.exists()


def test_keywords_become_the_options_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr("effektiv.console.call", lambda app, words: seen.append((app, words)) or 0)
    run = notebook.rendera(None, alla=True, tvinga=False, steg=[1, 2], format="html", ut=Path("mapp"), jobb=3)
    words = ["rendera", "--alla", "--steg", "1", "--steg", "2", "--format", "html", "--jobb", "3"]
    words += ["--ut", "mapp"]
    assert seen == [(cli.app, words)]
    assert run == notebook.Run(0, Path("mapp") / "index.html")


def test_there_is_a_link_only_to_pages_that_jupyterlab_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = tmp_path / "mina rapporter" / "index.html"
    served = ("/rapporter/mina%20rapporter/index.html", str(tmp_path))
    for there, (address, folder) in ((False, served), (True, served), (True, ("", str(tmp_path / "annan")))):
        monkeypatch.setenv("EFFEKTIV_LAB", folder)
        if there:
            index.parent.mkdir(exist_ok=True)
            index.touch()
        shown = notebook.Run(0, index)._repr_mimebundle_()["text/html"]
        assert (f'href="{address}"' in shown) if there and address else shown == ""
    monkeypatch.delenv("EFFEKTIV_LAB")
    assert notebook.Run(0, index)._repr_mimebundle_() == {"text/plain": "", "text/html": ""}
