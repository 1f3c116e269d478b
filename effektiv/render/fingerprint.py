"""When a report need not be made again.

A report rests on its notebook, its parameters, the data and params behind them
(`Job.underlag`), and this library with its templates. The fingerprint of all that stands
in the report; the same fingerprint means the same report.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from effektiv.render.jobs import Job, cell_source, read_notebook

_PACKAGE = Path(__file__).parents[1]
_LIBRARY_FILES = {".py", ".yaml", ".csv", ".json", ".j2", ".css"}


def fingerprint(job: Job) -> str:
    """Return the fingerprint of a report, or an empty text when its data are not known.

    Only what a notebook says counts, not what an earlier run has left in its file as
    outputs or execution counts.

    Raises
    ------
    InputError
        The notebook cannot be read.
    """
    if not job.underlag:
        return ""
    parts = [
        _cells(job.notebook),
        sorted(job.parameters.items()),
        [job.kod, job.kommun, job.steg, job.omrade],
        [job.underlag, job.med_underlag],
        library_checksum(),
    ]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode("utf-8")).hexdigest()


def notebook_checksum(path: Path) -> str:
    """Return a checksum of what a notebook says.

    Raises
    ------
    InputError
        The notebook cannot be read.
    """
    return hashlib.sha256(json.dumps(_cells(path), ensure_ascii=False).encode("utf-8")).hexdigest()


def _cells(path: Path) -> list[list[Any]]:
    return [
        [cell.get("cell_type"), cell_source(cell), cell.get("metadata", {}).get("tags", [])]
        for cell in read_notebook(path)["cells"]
    ]


@cache
def library_checksum() -> str:
    """Return a checksum of the library's files, templates included.

    The version number alone would call a report unchanged while the code that made it is
    being worked on. Line ends do not count: Git may write those of Windows into a clone.
    """
    digest = hashlib.sha256()
    for path in sorted(_PACKAGE.rglob("*")):
        if path.suffix in _LIBRARY_FILES and path.is_file():
            digest.update(path.relative_to(_PACKAGE).as_posix().encode("utf-8"))
            digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
