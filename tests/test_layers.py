"""Imports point one way: cli -> render -> (notebook) -> case -> exhibits -> analysis -> data."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from effektiv.outputs import CASE_MIME, EXAMPLE_BAND, EXHIBIT_MIME
from effektiv.steg import STEPS

PLAIN = {"types", "errors", "names", "locking", "outputs", "staging"}
MAY_IMPORT = {
    # Layer (a module or package of effektiv): the other layers it may import.
    "types": set(),
    "errors": set(),
    "names": set(),
    "locking": set(),
    "outputs": set(),
    "steg": set(),
    "staging": {"locking"},
    "validation": PLAIN,
    "textfaults": PLAIN | {"validation"},
    "textyaml": PLAIN | {"textfaults", "validation"},
    "paramfiles": PLAIN,
    "params": PLAIN | {"data", "paramfiles", "textfaults", "textyaml", "validation"},
    "data": PLAIN | {"validation"},
    "example": PLAIN | {"data"},
    "analysis": {"types"},
    "exhibits": PLAIN | {"analysis"},
    "national": PLAIN | {"analysis", "data"},
    "peers": PLAIN | {"analysis", "data"},
    "checking": PLAIN | {"data", "params", "peers", "textyaml"},
    "case": PLAIN | {"analysis", "data", "exhibits", "national", "params", "peers", "steg"},
    "render": PLAIN | {"steg"},
    "console": PLAIN,
    "progress": PLAIN | {"render"},
    "cli": PLAIN | {"checking", "console", "data", "national", "paramfiles", "params", "progress", "render"},
    "__main__": {"cli"},
    "notebook": PLAIN | {"cli", "console"},
    "lab": set(),  # loaded by JupyterLab's server
    # effektiv/__init__.py: what a notebook imports, and the source of data that only it may name
    "": {"case", "data", "example", "exhibits", "notebook"},
}


def violations(package: Path) -> list[str]:
    """Return each import against the layers as ``file:line imports module``."""
    found = []
    for path in sorted(package.rglob("*.py")):
        place = path.relative_to(package).with_suffix("").parts
        layer = place[0] if place != ("__init__",) else ""
        if layer not in MAY_IMPORT:
            found.append(
                f"{path.relative_to(package.parent).as_posix()} has no layer in {Path(__file__).name}"
            )
            continue
        for line, module in imports(path, package):
            target = module.split(".")[1] if "." in module else ""
            if target not in MAY_IMPORT[layer] | {layer}:
                found.append(f"{path.relative_to(package.parent).as_posix()}:{line} imports {module}")
    return found


def imports(path: Path, package: Path) -> Iterator[tuple[int, str]]:
    """Yield line and full name of each module of the package that a file imports, however it does so."""
    here = path.relative_to(package.parent).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level] if node.level else ()
            start = ".".join([*above, *([node.module] if node.module else [])])
            # "from effektiv import case" names a module only in its list.
            names = [f"{start}.{alias.name}" for alias in node.names] if start == package.name else [start]
        elif isinstance(node, ast.Call) and _name(node.func).endswith(("import_module", "__import__")):
            names = [
                arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
            ]
        for name in names:
            if name.split(".")[0] == package.name:
                yield node.lineno, name


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_the_library_keeps_to_its_layers(root: Path) -> None:
    assert violations(root / "effektiv") == []


def test_layers_have_no_cycle() -> None:
    """The table itself must point one way."""
    left = {layer: set(targets) for layer, targets in MAY_IMPORT.items()}
    while left:
        lowest = {layer for layer, targets in left.items() if not targets}
        assert lowest, f"a cycle among {sorted(left)}"
        left = {layer: targets - lowest for layer, targets in left.items() if layer not in lowest}


@pytest.mark.parametrize("layer", ["case", "exhibits", "analysis", "data"])
def test_render_may_not_know_municipal_economics(layer: str) -> None:
    assert layer not in MAY_IMPORT["render"]


PLANTED = {
    "import effektiv.case": "effektiv/render/runner.py:1 imports effektiv.case",
    "from effektiv.data.snapshot import Snapshot": (
        "effektiv/render/runner.py:1 imports effektiv.data.snapshot"
    ),
    "from effektiv import analysis": "effektiv/render/runner.py:1 imports effektiv.analysis",
    "from ..exhibits import exhibit": "effektiv/render/runner.py:1 imports effektiv.exhibits",
    "def late():\n    import effektiv.case": "effektiv/render/runner.py:2 imports effektiv.case",
    "import importlib\nimportlib.import_module('effektiv.case')": (
        "effektiv/render/runner.py:2 imports effektiv.case"
    ),
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from effektiv.case import Case": (
        "effektiv/render/runner.py:3 imports effektiv.case"
    ),
}


@pytest.mark.parametrize("source", PLANTED)
def test_a_planted_violation_is_found(source: str, tmp_path: Path) -> None:
    folder = tmp_path / "effektiv" / "render"
    folder.mkdir(parents=True)
    (folder / "runner.py").write_text(source, encoding="utf-8")
    assert violations(tmp_path / "effektiv") == [PLANTED[source]]


def test_allowed_imports_are_not_found(tmp_path: Path) -> None:
    folder = tmp_path / "effektiv" / "render"
    folder.mkdir(parents=True)
    (folder / "runner.py").write_text(
        "import effektivare\nfrom . import jobs\nfrom effektiv.errors import InputError\n", encoding="utf-8"
    )
    assert violations(tmp_path / "effektiv") == []


def test_a_module_outside_the_layers_is_found(tmp_path: Path) -> None:
    (tmp_path / "effektiv").mkdir()
    (tmp_path / "effektiv" / "misc.py").write_text("", encoding="utf-8")
    assert violations(tmp_path / "effektiv") == ["effektiv/misc.py has no layer in test_layers.py"]


@pytest.mark.parametrize(
    "text",
    [
        CASE_MIME,
        EXHIBIT_MIME,
        EXAMPLE_BAND,
        *(word for step in STEPS.values() for word in (step.folder, f'"{step.name}"')),
    ],
)
def test_what_layers_share_is_written_once(root: Path, text: str) -> None:
    files = [path for kind in ("*.py", "*.j2") for path in (root / "effektiv").rglob(kind)]
    assert len([path.name for path in files if text in path.read_text(encoding="utf-8")]) == 1


def test_notebooks_use_the_library_only_through_its_front(root: Path) -> None:
    found = []
    for path in sorted((root / "notebooks").rglob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                for node in ast.walk(ast.parse("".join(cell["source"]))):
                    if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("effektiv."):
                        found.append(f"{path.name}: {node.module}")
                    elif isinstance(node, ast.Import):
                        found += [
                            f"{path.name}: {a.name}" for a in node.names if a.name.startswith("effektiv.")
                        ]
    assert found == []
