"""The same reports from two versions of the code: are their files the same, byte for byte?

    python -m benchmarks.oforandrade HEAD~3 .                      a commit against this folder
    python -m benchmarks.oforandrade v1 v2 --kommun 0319 --data kolada-2026-09

Each version is a folder or a commit of this repository, which is laid out in a temporary folder. Step 1
of the municipalities is made with both, in all formats but PDF, by this Python. One thing is left out of
the comparison: the fingerprint in the page's record, which is a checksum of the code that made it. Ends
with status 1 when some file differs, and keeps both folders then.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KOMMUNER = ("Exempelby", "Kornlunda", "Snöträsk", "Rågtuna", "Tjäderåker")
"""A usual one, its peer, one without a year 9, one without accounts in a year, one of the smallest."""

_FINGERPRINT = re.compile(rb"(&#34;|&quot;)fingeravtryck\1: \1[0-9a-f]*\1")


def comparable(content: bytes) -> bytes:
    """Return a file without what names the code that made it."""
    return _FINGERPRINT.sub(b"", content)


def differences(before: Path, after: Path) -> tuple[list[str], int]:
    """Return the reports' files that differ or are there only once, and how many there are."""
    files = {
        path.relative_to(folder).as_posix()
        for folder in (before, after)
        for path in folder.glob("*/*/*")
        if path.suffix in {".html", ".xlsx"}
    }
    return sorted(name for name in files if not _same(before / name, after / name)), len(files)


def _same(one: Path, other: Path) -> bool:
    if not (one.is_file() and other.is_file()):
        return False
    return comparable(one.read_bytes()) == comparable(other.read_bytes())


@contextmanager
def laid_out(version: str) -> Iterator[Path]:
    """Give the folder of a version, that of a commit for as long as it is used."""
    if Path(version).is_dir():
        yield Path(version).resolve()
        return
    packed = subprocess.run(["git", "archive", version], cwd=ROOT, capture_output=True, check=True).stdout
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(folder, filter="data")
        yield Path(folder)


def make(version: Path, ut: Path, kommuner: Sequence[str], data: str) -> None:
    """Make the reports with a version of the code.

    Raises
    ------
    subprocess.CalledProcessError
        Some report failed.
    """
    chosen = [word for kommun in kommuner for word in ("--kommun", kommun)]
    command = [sys.executable, "-m", "effektiv", "rendera", "--tvinga", "--steg", "1", *chosen]
    # The folder's own code and notebooks, whatever else is installed or named.
    environment = os.environ | {"PYTHONPATH": str(version), "EFFEKTIV_NOTEBOOKS": str(version / "notebooks")}
    subprocess.run([*command, "--data", data, "--ut", str(ut)], cwd=version, env=environment, check=True)


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the reports twice and tell which files differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])  # type: ignore[union-attr]
    parser.add_argument("fore", help="mapp eller commit")
    parser.add_argument("efter", help="mapp eller commit")
    parser.add_argument("--kommun", action="append", help=f"utan valet: {', '.join(KOMMUNER)}")
    parser.add_argument("--data", default="exempel")
    chosen = parser.parse_args(arguments)
    folder = Path(tempfile.mkdtemp(prefix="oforandrade-"))
    made = [folder / "fore", folder / "efter"]
    for version, ut in zip((chosen.fore, chosen.efter), made, strict=True):
        with laid_out(version) as code:
            make(code, ut, chosen.kommun or KOMMUNER, chosen.data)
    differ, count = differences(*made)
    print(f"{count - len(differ)} av {count} filer är lika.")
    if differ or not count:
        print("\n".join([*differ, f"Båda finns i {folder}"]))
        return 1
    shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
