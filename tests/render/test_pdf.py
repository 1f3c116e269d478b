from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from effektiv.errors import EffektivError, InputError
from effektiv.render.pdf import BROWSER_VARIABLE, find_browser, print_pdf
from effektiv.render.report import ReportError, make_report

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="ett skalskript får stå för webbläsaren")


def fake_browser(folder: Path, script: str) -> Path:
    """Write a program that is called as a browser would be."""
    path = folder / "webbläsare"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def test_without_a_browser_the_error_says_what_to_do(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("effektiv.render.pdf._PLACES", {})
    with pytest.raises(InputError, match=r"Chromium, Chrome eller Edge.*--format html,xlsx"):
        find_browser()


def test_the_variable_decides(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    browser = tmp_path / "min webbläsare"
    browser.write_bytes(b"")
    monkeypatch.setenv(BROWSER_VARIABLE, str(browser))
    assert find_browser() == browser
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "borta"))
    with pytest.raises(InputError, match=BROWSER_VARIABLE):
        find_browser()


@POSIX
def test_a_browser_on_the_path_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(BROWSER_VARIABLE, raising=False)
    fake_browser(tmp_path, "").rename(tmp_path / "microsoft-edge")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_browser() == tmp_path / "microsoft-edge"


@POSIX
def test_the_browser_gets_the_page_and_a_profile_of_its_own(tmp_path: Path) -> None:
    browser = fake_browser(
        tmp_path,
        'for word in "$@"; do case "$word" in\n'
        '--print-to-pdf=*) target="${word#*=}";; --user-data-dir=*) profile="${word#*=}";; file:*) page="${word#file://}";;\n'
        'esac; done\n[ "$(dirname "$profile")" = "$(dirname "$page")" ] && cat "$page" > "$target"',
    )
    assert print_pdf(b"<p>sidan</p>", browser) == b"<p>sidan</p>"


@POSIX
def test_a_browser_that_fails_hangs_or_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(EffektivError, match=r"gjorde ingen PDF-fil.*avslutningskod 3.*inget minne"):
        print_pdf(b"", fake_browser(tmp_path, "echo inget minne >&2; exit 3"))
    with pytest.raises(EffektivError, match="blev inte klar"):
        print_pdf(b"", fake_browser(tmp_path, "exec sleep 30"), seconds=0.2)
    path = tmp_path / "text"
    path.write_bytes(b"")
    with pytest.raises(EffektivError, match="kan inte startas"):
        print_pdf(b"", path)


def test_a_report_without_its_pdf_is_a_failed_report(
    monkeypatch: pytest.MonkeyPatch, make_notebook, make_task
) -> None:
    monkeypatch.setenv(BROWSER_VARIABLE, os.devnull + "-finns-inte")
    task = replace(make_task(make_notebook("utan-webblasare")), formats=("html", "pdf"))
    with pytest.raises(ReportError, match=BROWSER_VARIABLE):
        make_report(task, lambda place: None)


def test_a_report_as_pdf(make_notebook, make_task) -> None:
    try:
        find_browser()
    except InputError as error:
        pytest.skip(str(error))
    task = replace(make_task(make_notebook("utskrift")), formats=("html", "pdf"))
    files = make_report(task, lambda place: None)
    assert set(files) == {"html", "pdf"}
    assert files["pdf"].startswith(b"%PDF-")
    assert b'<a href="utskrift.pdf">' in files["html"]
    assert b".xlsx" not in files["html"]
