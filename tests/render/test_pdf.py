from __future__ import annotations

import os
import stat
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from effektiv.errors import EffektivError, InputError
from effektiv.render import Job, run
from effektiv.render.pdf import BROWSER_VARIABLE, find_browser, print_pdf
from effektiv.render.report import ReportError, make_report
from tests.render.test_run import alive

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="ett skalskript får stå för webbläsaren")


WHOLE = b"%PDF-1.7\n<p>sidan</p>\n%%EOF\n"
TARGET = """
for word in "$@"; do case "$word" in
--print-to-pdf=*) target="${word#*=}";; --user-data-dir=*) profile="${word#*=}";; file:*) page="${word#file://}";;
esac; done"""


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
        tmp_path, f'{TARGET}\n[ "$(dirname "$profile")" = "$(dirname "$page")" ] && cat "$page" > "$target"'
    )
    assert print_pdf(WHOLE, browser) == WHOLE


@POSIX
@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "gjorde ingen PDF-fil"),
        ("<html>", "gjorde en halv PDF-fil"),
        ("%PDF-1.7 sidor", "gjorde en halv PDF-fil"),
        ("sidor %%EOF", "gjorde en halv PDF-fil"),
    ],
)
def test_a_file_that_is_not_whole_is_no_pdf(tmp_path: Path, content: str, told: str) -> None:
    """Also when the browser itself is content."""
    browser = fake_browser(tmp_path, f"{TARGET}\nprintf '{content.replace('%', '%%')}' > \"$target\"; exit 0")
    with pytest.raises(EffektivError, match=rf"{told} \(avslutningskod 0\)$"):
        print_pdf(b"", browser)


@POSIX
@pytest.mark.parametrize("whole", [True, False])
def test_a_browser_that_never_ends(tmp_path: Path, whole: bool) -> None:
    """What it has printed is taken at the deadline if it is whole, and all that it has started is ended."""
    content = "%%PDF-1.7 sidor %%%%EOF" if whole else "%%PDF-1.7 si"
    children = tmp_path / "barn"
    browser = fake_browser(
        tmp_path,
        f"{TARGET}\nprintf '{content}' > \"$target\"\nsleep 600 &\necho $! > '{children}'\n"
        f"setsid sleep 600 &\necho $! >> '{children}'\nwait",
    )
    if whole:
        assert print_pdf(b"", browser, seconds=2) == b"%PDF-1.7 sidor %%EOF"
    else:
        with pytest.raises(
            EffektivError, match=r"blev inte klar .* på 1,5 sekunder och hade gjort en halv PDF-fil"
        ):
            print_pdf(b"", browser, seconds=1.5)
    pids = [int(word) for word in children.read_text(encoding="utf-8").split()]
    assert len(pids) == 2
    assert [pid for pid in pids if alive(pid)] == []


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
    with pytest.raises(ReportError, match=BROWSER_VARIABLE) as caught:
        make_report(task, lambda place: None)
    # What could be made comes along, without a link to what could not.
    assert set(caught.value.files) == {"html"}
    assert b"utan-webblasare.pdf" not in caught.value.files["html"]


@pytest.mark.usefixtures("here")
@POSIX
def test_html_and_tables_are_kept_when_printing_fails(
    monkeypatch: pytest.MonkeyPatch, make_notebook, tmp_path: Path
) -> None:
    """The report counts as failed with its reason, and is made again when it is asked for again."""
    monkeypatch.setenv(BROWSER_VARIABLE, str(fake_browser(tmp_path, f'{TARGET}\n: > "$target"')))
    notebook = make_notebook("utskrift-som-slutar")
    job = Job("9001", "Älvby", 1, notebook.stem, notebook, {"kommun": "9001"}, "underlag")
    report = tmp_path / "ut" / job.address
    report.parent.mkdir(parents=True)
    report.with_suffix(".pdf").write_bytes(b"en gammal, med andra siffror")
    for _ in range(2):
        result = run([job], tmp_path / "ut", snapshot="s", formats=("html", "xlsx", "pdf"))
        (one,) = result.rapporter
        assert (one.status, one.filer) == ("fel", ("html", "xlsx"))
        assert (one.fel or "").endswith("PDF: webbläsare gjorde ingen PDF-fil (avslutningskod 0)")
    assert report.read_bytes().rstrip().endswith(b"</html>")
    assert report.with_suffix(".xlsx").is_file()
    assert not report.with_suffix(".pdf").exists()
    index = (report.parents[1] / "index.html").read_text(encoding="utf-8")
    assert "Resten av rapporten är klar." in index
    assert "tidigare körning" not in index
    assert ".pdf" not in index


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
