"""The project as it is installed from a wheel, outside its own folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import papermill
import pytest
from nbformat.v4 import new_code_cell, new_notebook

OPENING = """
from effektiv import open_case
case = open_case("grundskola", kommun="Exempelby")
case
"""


@pytest.fixture(scope="module")
def wheel(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the wheel, built in a copy of the project: setuptools leaves things where it builds."""
    place = tmp_path_factory.mktemp("hjul")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, place / name)
    shutil.copytree(root / "effektiv", place / "effektiv", ignore=shutil.ignore_patterns("__pycache__"))
    (place / "effektiv" / "exhibits" / "__pycache__").mkdir()
    (place / "effektiv" / "exhibits" / "__pycache__" / "old.pyc").touch()
    words = ["wheel", "--quiet", "--disable-pip-version-check", "--no-deps", "--wheel-dir", place, place]
    made = subprocess.run([sys.executable, "-m", "pip", *words], capture_output=True, text=True, check=False)
    if "No matching distribution found for setuptools" in made.stderr:
        pytest.skip("setuptools, som bygger hjulet, går inte att hämta härifrån")
    assert made.returncode == 0, made.stderr
    (found,) = place.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def python(wheel: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the Python of an environment that holds the locked packages and the wheel.

    With EFFEKTIV_TEST_HEL_MILJO in the environment they are all installed anew, which takes minutes. Else the
    packages are those of the environment that runs the tests, which ``make`` installs from the same lock;
    without its own link to the project.
    """
    place = tmp_path_factory.mktemp("miljo")
    whole = "EFFEKTIV_TEST_HEL_MILJO" in os.environ
    venv.create(place, with_pip=whole)
    folder = "Scripts" if sys.platform == "win32" else "bin"
    python = place / folder / "python"
    pip = [python if whole else sys.executable, "-m", "pip"]
    quiet = ["install", "--quiet", "--disable-pip-version-check"]
    if whole:
        subprocess.run([*pip, *quiet, "-r", root / "requirements.lock"], check=True)
    else:
        packages = [path for path in sys.path if Path(path).name in {"site-packages", "dist-packages"}]
        (_site(python) / "locked.pth").write_text("\n".join(packages), encoding="utf-8")
        pip += ["--python", python]
    before = subprocess.run([python, "-c", "import effektiv"], cwd=place, capture_output=True, check=False)
    assert b"No module named 'effektiv'" in before.stderr, "the project can be imported without its wheel"
    subprocess.run([*pip, *quiet, "--no-deps", "--force-reinstall", wheel], check=True)
    return python


def _site(python: Path) -> Path:
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    return Path(
        subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()
    )


def test_the_wheel_holds_every_file_of_the_library(wheel: Path, root: Path) -> None:
    found = {name for name in zipfile.ZipFile(wheel).namelist() if name.startswith("effektiv/")}
    files = (path for path in (root / "effektiv").rglob("*") if path.is_file() and path.suffix != ".pyc")
    assert found == {path.relative_to(root).as_posix() for path in files}


def test_a_case_opens_in_a_kernel_of_an_installed_wheel(
    python: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kernel = tmp_path / "jupyter" / "kernels" / "hjul"
    kernel.mkdir(parents=True)
    argv = [str(python), "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": argv, "display_name": "hjul", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    for name in [name for name in os.environ if name.startswith("EFFEKTIV_") or name == "PYTHONPATH"]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    where = "import effektiv, sys; print(effektiv.__file__)"
    cells = [new_code_cell(source) for source in (where, OPENING, "case.first_page()")]
    done = papermill.execute_notebook(
        new_notebook(cells=cells),
        None,
        kernel_name="hjul",
        language="python",
        progress_bar=False,
        cwd=tmp_path,
    )
    (place,), (opened,), (figure,) = (cell.outputs for cell in done.cells)
    assert Path(place.text.strip()).is_relative_to(_site(python))
    assert "<strong>Exempelby</strong>" in opened.data["text/html"]
    assert "<svg" in figure.data["text/html"]
