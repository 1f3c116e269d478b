"""What ``make`` says while it installs the project; a small program stands in for Python and pip."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name == "nt" or not shutil.which("make"), reason="make finns inte här")

PYTHON = """#!/bin/sh
case "$*" in
    *" venv "*) mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
    *requirements.lock*)
        i=0; while [ $i -lt 60 ]; do i=$((i + 1)); echo "Collecting package-$i==1.0"; echo "  Downloading it"; done
        if [ -e full ]; then echo "ERROR: No space left on device" >&2; exit 1; fi
        echo "Installing collected packages: many"; echo "Successfully installed many" ;;
    *" -e ."*) echo "Collecting nothing"; echo "Installing collected packages: effektiv" ;;
esac
"""


@pytest.fixture
def project(root: Path, tmp_path: Path) -> Path:
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(root / name, tmp_path / name)
    python = tmp_path / "python"
    python.write_text(PYTHON, encoding="utf-8")
    python.chmod(0o755)
    return tmp_path


def make(project: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", ".venv/.ready", f"PYTHON={project / 'python'}"]
    # A make that runs the tests leaves these to the make below it, which then says more than it would by itself.
    outer = ("MAKELEVEL", "MAKEFLAGS", "MFLAGS", "MAKEOVERRIDES", "GNUMAKEFLAGS", "MAKEFILES")
    clean = {key: value for key, value in os.environ.items() if key not in outer}
    return subprocess.run(command, cwd=project, env=clean, capture_output=True, text=True, check=False)


def test_an_installation_tells_what_it_does_and_how_far_it_has_come(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when pytest itself is run by ``make test``.
    monkeypatch.setenv("MAKELEVEL", "1")
    monkeypatch.setenv("MAKEFLAGS", "w --jobserver-auth=3,4")
    done = make(project)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "Arbetsboken installeras i .venv/, första gången och när requirements.lock har ändrats.",
        "Det behöver nätet och tar två till fem minuter.",
        "  1 av 3  en egen Pythonmiljö (några sekunder)",
        "  2 av 3  paketen i requirements.lock (några minuter; pip berättar mer i .venv/installation.log)",
        "          25 paket hittade",
        "          50 paket hittade",
        "          alla 60 paket är hämtade och packas upp",
        "  3 av 3  arbetsboken själv (några sekunder)",
        "Arbetsboken är installerad.",
    ]
    log = (project / ".venv" / "installation.log").read_text(encoding="utf-8")
    assert "Collecting package-60==1.0" in log
    assert "Installing collected packages: effektiv" in log
    assert "install" not in make(project).stdout


def test_an_installation_that_fails_says_why_and_is_tried_again(project: Path) -> None:
    (project / "full").touch()
    for _ in range(2):
        done = make(project)
        assert done.returncode != 0
        assert "Installationen misslyckades. Så här slutar .venv/installation.log:" in done.stderr
        assert "ERROR: No space left on device" in done.stderr
        assert "installerad" not in done.stdout
    (project / "full").unlink()
    assert make(project).returncode == 0
