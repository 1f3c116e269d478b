"""The pages of a Word file, as LibreOffice lays them out: what its table of contents says before anybody has counted.

Word itself counts when it prints, or is asked to, but shows what the file says until then.
"""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from effektiv.errors import EffektivError, system_reason
from effektiv.render.pdf import is_whole_pdf, run_until_whole

_COMMANDS = ("soffice", "libreoffice")
_PLACES = {
    "win32": (
        "%ProgramFiles%/LibreOffice/program/soffice.com",
        "%ProgramFiles(x86)%/LibreOffice/program/soffice.com",
    ),
    "darwin": ("/Applications/LibreOffice.app/Contents/MacOS/soffice",),
}
_SECONDS = 300.0


def find_office() -> Path | None:
    """Return LibreOffice where it is usually found, or None where there is none."""
    found = (shutil.which(command) for command in _COMMANDS)
    usual = (os.path.expandvars(place) for place in _PLACES.get(sys.platform, ()))
    return next((Path(each) for each in (*found, *usual) if each and Path(each).is_file()), None)


def heading_pages(docx: bytes, office: Path, levels: int, seconds: float = _SECONDS) -> list[tuple[str, int]]:
    """Return the headings of a Word file and their pages.

    Parameters
    ----------
    docx
        The file.
    office
        As from `find_office`.
    levels
        So many levels of headings, from the highest.
    seconds
        Longest time to wait.

    Returns
    -------
    list of tuple
        Text and page, from 1, in the order of the file.

    Raises
    ------
    EffektivError
        LibreOffice did not lay it out, or not all.
    """
    # Only the document of all steps needs it.
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(_as_pdf(docx, office, seconds)))

    def walk(outline: list[Any], level: int) -> Iterator[tuple[str, int]]:
        for item in outline:
            if isinstance(item, list):
                if level < levels:
                    yield from walk(item, level + 1)
            elif (number := reader.get_destination_page_number(item)) is not None:
                yield str(item.title), number + 1

    return list(walk(reader.outline, 1))


def _as_pdf(docx: bytes, office: Path, seconds: float) -> bytes:
    with tempfile.TemporaryDirectory(prefix="effektiv-docx-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        source, target, said = folder / "dokument.docx", folder / "dokument.pdf", folder / "sagt.txt"
        source.write_bytes(docx)
        command = [
            str(office),
            "--headless",
            "--norestore",
            # Or it would wait for a window that the user has open.
            f"-env:UserInstallation={(folder / 'profil').as_uri()}",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            str(source),
        ]
        try:
            with said.open("wb") as stream:
                run_until_whole(command, stream, target, seconds, is_whole_pdf)
        except OSError as error:
            raise EffektivError(f"{office} kan inte startas ({system_reason(error)}).") from error
        content = target.read_bytes() if target.is_file() else b""
        if not is_whole_pdf(content):
            words = " ".join(said.read_text(encoding="utf-8", errors="replace").split())[-300:]
            raise EffektivError(
                f"Wordfilens sidnummer kunde inte räknas: {office.name} läste inte filen till slut på {seconds:g} sekunder. "
                f"{words}".rstrip()
            )
        return content
