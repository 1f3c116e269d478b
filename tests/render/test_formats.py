from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from effektiv.errors import InputError
from effektiv.render import Job, run
from effektiv.render.pdf import BROWSER_VARIABLE


def test_pdf_without_a_browser_starts_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make_notebook
) -> None:
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "borta"))
    job = Job("9001", "Älvby", 1, "format", make_notebook("format"), {"kommun": "9001"})
    with pytest.raises(InputError, match=BROWSER_VARIABLE):
        run([job], tmp_path / "ut", snapshot="exempel", formats=("html", "pdf"))
    assert not (tmp_path / "ut").exists()


@pytest.mark.usefixtures("here")
def test_files_of_an_earlier_run_do_not_stay_beside_a_new_report(tmp_path: Path, make_notebook) -> None:
    job = Job("9001", "Älvby", 1, "format", make_notebook("format"), {"kommun": "9001"}, "ett")
    report = tmp_path / job.address
    run([job], tmp_path, snapshot="exempel")
    report.with_suffix(".pdf").write_bytes(b"%PDF-1.4 av en tidigare rapport")
    run([job], tmp_path, snapshot="exempel", formats=("html",))
    assert report.with_suffix(".pdf").exists(), "rapporten är oförändrad, och därmed filerna bredvid"
    run([replace(job, underlag="två")], tmp_path, snapshot="exempel", formats=("html",))
    assert sorted(path.name for path in report.parent.iterdir()) == ["format.html"]
