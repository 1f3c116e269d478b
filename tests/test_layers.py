"""Imports point one way: cli -> render -> (notebook) -> steps -> exhibits -> analysis -> data."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from effektiv.outputs import CASE_MIME, EXAMPLE_BAND, EXHIBIT_MIME
from effektiv.steg import NETWORK, STEPS

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
    "stepfiles": set(),  # finds the steps' own modules by their place
    "validation": PLAIN,
    "forms": PLAIN | {"data", "validation"},
    "params": PLAIN | {"data", "forms", "validation"},
    "data": PLAIN | {"validation"},
    "example": PLAIN | {"data", "forms", "params", "stepfiles"},
    "analysis": {"types"},
    "exhibits": PLAIN | {"analysis"},
    "national": PLAIN | {"analysis", "data"},
    "peers": PLAIN | {"analysis", "data"},
    "checking": PLAIN | {"data", "params", "peers", "steg"},
    "steps": PLAIN
    | {"validation"}
    | {"analysis", "data", "exhibits", "forms", "national", "params", "peers", "steg", "stepfiles"},
    "render": PLAIN | {"steg"},
    "chain": PLAIN | {"data", "params", "render", "steg"},
    "console": PLAIN,
    "progress": PLAIN | {"render"},
    "cli": PLAIN
    | {"chain", "checking", "console", "data", "params", "progress", "render", "steg", "stepfiles", "steps"},
    "__main__": {"cli"},
    "notebook": PLAIN | {"cli", "console"},
    "lab": set(),  # loaded by JupyterLab's server
    # effektiv/__init__.py: what a notebook imports, and the source of data that only it may name
    "": {"steps", "data", "example", "exhibits", "notebook"},
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
            if target not in MAY_IMPORT[layer] | {layer} or not between_steps(place, module):
                found.append(f"{path.relative_to(package.parent).as_posix()}:{line} imports {module}")
    return found


PACKAGES = {step.package for step in (*STEPS.values(), NETWORK)}


def between_steps(place: tuple[str, ...], module: str) -> bool:
    """Say whether a module may import another as far as steps go.

    What all steps share knows none of them, and a step knows of another, an earlier one, its facts.
    """
    own, asked = _step(place), _step(tuple(module.split(".")[1:]))
    if asked is None or asked == own or place == ("cli",):  # a command may be one step's
        return True
    order = [*(step.package for step in STEPS.values()), NETWORK.package]
    earlier = own is not None and order.index(own) > order.index(asked)
    return earlier and module.split(".")[3:4] == ["facts"]


def _step(place: tuple[str, ...]) -> str | None:
    """Return the step's package that a module of the library lies in."""
    return place[1] if place[0] == "steps" and place[1:2] and place[1] in PACKAGES else None


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
            # "from effektiv import steps" names a module only in its list, and so does a package's.
            listed = (
                start == package.name or package.parent.joinpath(*start.split("."), "__init__.py").is_file()
            )
            names = [f"{start}.{alias.name}" for alias in node.names] if listed else [start]
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


@pytest.mark.parametrize("layer", ["steps", "exhibits", "analysis", "data"])
def test_render_may_not_know_municipal_economics(layer: str) -> None:
    assert layer not in MAY_IMPORT["render"]


RUNNER = "render/runner.py"
SHARED = "steps/base.py"
SECOND = "steps/s2_orsaksanalys/drivers.py"
PLANTED = [
    (RUNNER, "import effektiv.steps", "1 imports effektiv.steps"),
    (RUNNER, "from effektiv.data.snapshot import Snapshot", "1 imports effektiv.data.snapshot"),
    (RUNNER, "from effektiv import analysis", "1 imports effektiv.analysis"),
    (RUNNER, "from ..exhibits import exhibit", "1 imports effektiv.exhibits"),
    (RUNNER, "def late():\n    import effektiv.steps", "2 imports effektiv.steps"),
    (RUNNER, "import importlib\nimportlib.import_module('effektiv.steps')", "2 imports effektiv.steps"),
    (
        RUNNER,
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from effektiv.steps.base import Case",
        "3 imports effektiv.steps.base",
    ),
    (
        "exhibits/words.py",
        "import effektiv.steps.s1_nulagesanalys",
        "1 imports effektiv.steps.s1_nulagesanalys",
    ),
    ("analysis/gap.py", "from effektiv.steps.base import Case", "1 imports effektiv.steps.base"),
    (
        SHARED,
        "import effektiv.steps.s1_nulagesanalys.worth",
        "1 imports effektiv.steps.s1_nulagesanalys.worth",
    ),
    (
        SHARED,
        "from effektiv.steps.s1_nulagesanalys import facts",
        "1 imports effektiv.steps.s1_nulagesanalys",
    ),
    (
        SECOND,
        "from effektiv.steps.s1_nulagesanalys.worth import x",
        "1 imports effektiv.steps.s1_nulagesanalys.worth",
    ),
    (SECOND, "from ..s1_nulagesanalys import gap", "1 imports effektiv.steps.s1_nulagesanalys"),
    (SECOND, "from effektiv.steps.s3_atgarder.facts import x", "1 imports effektiv.steps.s3_atgarder.facts"),
    (SECOND, "import effektiv.steps.natverk.facts", "1 imports effektiv.steps.natverk.facts"),
]


def planted(package: Path, place: str, source: str) -> list[str]:
    """Return what is wrong with one file of a package of its own."""
    path = package / place
    path.parent.mkdir(parents=True)
    path.write_text(source, encoding="utf-8")
    return violations(package)


@pytest.mark.parametrize(("place", "source", "found"), PLANTED)
def test_a_planted_violation_is_found(place: str, source: str, found: str, tmp_path: Path) -> None:
    (line,) = planted(tmp_path / "effektiv", place, source)
    assert line.startswith(f"effektiv/{place}:{found}")


@pytest.mark.parametrize(
    ("place", "source"),
    [
        (SECOND, "from effektiv.steps.s1_nulagesanalys.facts import deviation"),
        (SECOND, "from effektiv.steps.base import AreaBase"),
        ("steps/natverk/pairs.py", "from effektiv.steps.s5_avslutning.facts import effect"),
        ("steps/natverk/pairs.py", "import effektiv.steps.s1_nulagesanalys.facts"),
    ],
)
def test_a_step_may_read_the_facts_of_earlier_ones(place: str, source: str, tmp_path: Path) -> None:
    assert planted(tmp_path / "effektiv", place, source) == []


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


def test_no_two_classes_have_one_name_where_steps_would_meet_them(root: Path) -> None:
    """A class of a step is named for what it is, apart from all others that a step may import."""
    package = root / "effektiv"
    places: dict[str, list[str]] = {}
    for layer in ("steps", "analysis", "types.py", "national.py", "params.py", "exhibits"):
        for path in sorted((package / layer).rglob("*.py") if layer[-3:] != ".py" else [package / layer]):
            if path.is_file():
                for node in ast.parse(path.read_text(encoding="utf-8")).body:
                    if isinstance(node, ast.ClassDef):
                        places.setdefault(node.name, []).append(path.relative_to(package).as_posix())
    # Of the layers below, two have one name where one is the other's drawing.
    doubles = {name: found for name, found in places.items() if len(found) > 1}
    assert not {name for name, found in doubles.items() if any(place.startswith("steps/") for place in found)}
