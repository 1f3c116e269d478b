"""The project's own files agree with each other and hold nothing they should not."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

CONDA_NAMES = {"matplotlib-base": "matplotlib"}
"""Conda packages with another name than on the Python registry."""


@pytest.fixture(scope="module")
def project(root: Path) -> dict[str, Any]:
    content: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return content["project"]


@pytest.fixture(scope="module")
def lock(root: Path) -> dict[str, list[Requirement]]:
    """Pinned requirements by name; one package may have a pin for each platform or Python."""
    pins: dict[str, list[Requirement]] = {}
    for line in (root / "requirements.lock").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            pin = Requirement(line)
            pins.setdefault(canonicalize_name(pin.name), []).append(pin)
    return pins


@pytest.fixture(scope="module")
def tracked(root: Path) -> list[Path]:
    """Every file that git tracks."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if listed.returncode != 0:
        pytest.skip("projektet ligger inte i ett git-arkiv")
    return [root / name for name in listed.stdout.decode().split("\0") if name and (root / name).is_file()]


def bounds(requirements: list[str]) -> dict[str, str]:
    parsed = [Requirement(line) for line in requirements]
    return {
        CONDA_NAMES.get(canonicalize_name(r.name), canonicalize_name(r.name)): str(r.specifier)
        for r in parsed
    }


def test_conda_has_the_same_bounds_as_pyproject(root: Path, project: dict[str, Any]) -> None:
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    conda = bounds([line for line in environment["dependencies"] if isinstance(line, str)])
    assert conda.pop("python") == project["requires-python"]
    assert conda.pop("pip") == ""
    assert conda == bounds(project["dependencies"])


def test_conda_installs_the_project_itself(root: Path) -> None:
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    assert {"pip": ["-e ."]} in environment["dependencies"]


def test_the_lock_pins_every_requirement_within_its_bounds(
    project: dict[str, Any], lock: dict[str, list[Requirement]]
) -> None:
    wanted = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    for line in wanted:
        requirement = Requirement(line)
        pins = lock[canonicalize_name(requirement.name)]
        for pin in pins:
            (specifier,) = pin.specifier
            assert specifier.operator == "=="
            assert requirement.specifier.contains(Version(specifier.version)), f"{line} but {pin}"


def test_the_lock_pins_everything_exactly(lock: dict[str, list[Requirement]]) -> None:
    for pins in lock.values():
        for pin in pins:
            assert [specifier.operator for specifier in pin.specifier] == ["=="], pin
            assert pin.url is None


def test_the_lock_names_no_host(root: Path) -> None:
    text = (root / "requirements.lock").read_text(encoding="utf-8")
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host|@ ", text)


def test_make_and_ci_name_no_host_but_the_language_does(root: Path) -> None:
    for name in ("Makefile", ".ci/run", "environment.yml", "pyproject.toml"):
        assert not re.search(r"https?://(?!127\.0\.0\.1)", (root / name).read_text(encoding="utf-8")), name


def test_notebooks_are_committed_without_outputs(root: Path) -> None:
    notebooks = sorted((root / "notebooks").rglob("*.ipynb"))
    assert notebooks
    for path in notebooks:
        for number, cell in enumerate(json.loads(path.read_text(encoding="utf-8"))["cells"]):
            where = f"{path.relative_to(root)}, cell {number}"
            assert cell.get("outputs", []) == [], where
            assert cell.get("execution_count") is None, where


def test_nothing_names_a_place_on_one_machine(root: Path, tracked: list[Path]) -> None:
    here = str(root)
    home = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[\w.]+/")
    for path in tracked:
        if path.suffix not in {
            ".py",
            ".md",
            ".yml",
            ".yaml",
            ".toml",
            ".ipynb",
            ".lock",
            ".html",
            ".css",
            "",
        }:
            continue
        text = path.read_text(encoding="utf-8")
        assert here not in text, path
        assert not home.search(text), f"{path}: {home.search(text)}"


def test_data_and_reports_are_not_committed(root: Path, tracked: list[Path]) -> None:
    names = [path.relative_to(root).as_posix() for path in tracked]
    assert not [name for name in names if name.startswith("data/")]
    assert [name for name in names if name.startswith("output/")] == ["output/.gitkeep"]
    assert max(path.stat().st_size for path in tracked) < 2_000_000


@pytest.mark.usefixtures("tracked")
def test_a_clone_on_windows_has_the_same_line_ends(root: Path, tmp_path: Path) -> None:
    """What another machine compares, runs or reads as bytes must not depend on Git's settings there."""
    clone = tmp_path / "klon"
    command = ["git", "-c", "core.autocrlf=true", "clone", "--quiet", "--no-hardlinks", root, clone]
    subprocess.run(command, check=True)
    shutil.rmtree(clone / ".git")
    files = [path for path in clone.rglob("*") if path.is_file() and path.suffix not in (".png", ".xlsx")]
    assert clone / "Makefile" in files
    assert [path for path in files if b"\r\n" in path.read_bytes()] == []


TREE = re.compile(r"```text\n(?P<tree>effektivare-kommun/\n.*?)```", re.DOTALL)
TREE_LINE = re.compile(r"^(?P<indent> *)(?P<name>[\w.<>-]+/?)(?:  +\S.*)?$")


def tree_paths(readme: str) -> list[str]:
    """Return the paths of the README's tree; an indented name belongs to the folder above it."""
    match = TREE.search(readme)
    assert match, "README.md has no tree"
    above: list[tuple[int, str]] = []
    paths = []
    for line in match["tree"].splitlines()[1:]:
        found = TREE_LINE.match(line)
        if found is None:
            # The explanation goes on under itself.
            assert line.startswith(" " * 20), f"cannot read the tree's line {line!r}"
            continue
        indent = len(found["indent"])
        above = [(depth, name) for depth, name in above if depth < indent]
        paths.append("".join(name for _, name in above) + found["name"])
        if found["name"].endswith("/"):
            above.append((indent, found["name"]))
    return paths


def test_the_readmes_tree_is_the_repositorys(root: Path, tracked: list[Path]) -> None:
    paths = tree_paths((root / "README.md").read_text(encoding="utf-8"))
    made = {"data/", "output/"}
    for path in paths:
        assert path in made or (root / path).exists(), f"README.md shows {path}, which does not exist"
        assert (root / path).is_dir() == path.endswith("/") or path in made, path
    top = {path.relative_to(root).parts[0] for path in tracked}
    shown = {path.rstrip("/") for path in paths if "/" not in path.rstrip("/")}
    assert top - shown == {".gitattributes", ".gitignore", "requirements.lock", "LICENSE"} - shown
    library = {
        path.relative_to(root / "effektiv").parts[0]
        for path in tracked
        if path.is_relative_to(root / "effektiv")
    }
    in_library = {path.split("/")[1] for path in paths if path.startswith("effektiv/") and len(path) > 9}
    assert library - in_library <= {"__init__.py", "py.typed"}, "README.md leaves out a part of effektiv/"


def test_the_tree_reader_finds_nested_paths() -> None:
    readme = (
        "```text\neffektivare-kommun/\n  effektiv/         biblioteket\n    data/           siffror\n"
        "                    och mer\n    cli.py          kommandon\n  Makefile\n```\n"
    )
    assert tree_paths(readme) == ["effektiv/", "effektiv/data/", "effektiv/cli.py", "Makefile"]


def test_links_within_the_documents_lead_somewhere(root: Path) -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        text = (root / name).read_text(encoding="utf-8")
        for target in re.findall(r"\]\((?!https?://|#|mailto:)([^)#]+)", text):
            assert (root / target).exists(), f"{name} links to {target}"


def test_every_make_target_in_the_documents_exists(root: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (root / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for name in ("README.md", "CONTRIBUTING.md"):
        used = set(re.findall(r"`make ([a-z]+)", (root / name).read_text(encoding="utf-8")))
        assert used <= targets, name


def test_the_licence_is_the_one_pyproject_names(root: Path, project: dict[str, Any]) -> None:
    assert project["license"] == "MIT"
    assert (root / "LICENSE").read_text(encoding="utf-8").startswith("MIT License\n")
