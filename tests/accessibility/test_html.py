"""The Nu HTML checker, and what every page's source must say."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.accessibility.conftest import PAGES, REPORTS, checker

MOST_BYTES = 400_000


FAULTY = "<!DOCTYPE html><html lang=sv><title>x</title><p id=a><p id=a>"


@pytest.fixture(scope="module")
def complaints(folder: Path, form_page: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What the checker says of all pages, and of one with a fault: Java takes its time to start."""
    java = shutil.which("java")
    if java is None:
        pytest.skip("java finns inte här")
    jar = checker("vnu-jar", "build", "dist", "vnu.jar")
    faulty = tmp_path_factory.mktemp("nu") / "fel.html"
    faulty.write_text(FAULTY, encoding="utf-8")
    pages = [faulty, form_page, *(folder / page for page in PAGES)]
    command = [java, "-jar", str(jar), "--format", "json", "--stdout", *map(str, pages)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=300, check=False)
    return [
        f"{Path(each['url']).name}:{each.get('lastLine')} {each['type']}: {each['message']}"
        for each in json.loads(run.stdout)["messages"]
        if (each["type"] != "info" or each.get("subType") == "warning")
        # It does not compute hashes of scripts; tests/render/test_index.py runs the one there is in a browser.
        and "Inline script violates Content Security Policy" not in each["message"]
    ]


def test_the_nu_checker_finds_no_fault_in_any_page(complaints: list[str]) -> None:
    assert [each for each in complaints if not each.startswith("fel.html")] == []


def test_the_nu_checker_sees_a_fault(complaints: list[str]) -> None:
    assert any(each.startswith("fel.html") and "Duplicate ID" in each for each in complaints)


@pytest.mark.parametrize("page", PAGES)
def test_every_page_says_its_language_title_and_policy(folder: Path, page: str) -> None:
    text = (folder / page).read_text(encoding="utf-8")
    assert '<html lang="sv">' in text
    assert len(re.findall("<h1", text)) == 1
    assert re.search("<title>[^<]{10,}</title>", text)
    policy = re.search('<meta http-equiv="Content-Security-Policy" content="([^"]*)">', text)
    assert policy
    assert policy[1].startswith("default-src 'none';")
    # The table of all municipalities has a script of its own that sorts it, and the policy knows it by its hash.
    allowed = re.findall(r"script-src '(.*?)'", policy[1])
    assert len(allowed) == len(re.findall("<script", text)) == (page == "index.html")
    assert all(each.startswith("sha256-") for each in allowed)


@pytest.mark.parametrize("page", REPORTS)
def test_reports_weigh_at_most_400_kb(folder: Path, page: str) -> None:
    assert (folder / page).stat().st_size <= MOST_BYTES
