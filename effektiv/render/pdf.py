"""A report's HTML printed to PDF by a browser.

The browser that draws the page on the screen also prints it, so the two agree, and it
makes a tagged file with alternative texts, language, title and bookmarks. It is asked for
by its command line, which Chromium, Chrome and Edge have in common; every Windows machine
has the last, so a controller installs nothing.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from effektiv.errors import EffektivError, InputError, system_reason
from effektiv.render.processes import end_tree

BROWSER_VARIABLE = "EFFEKTIV_WEBBLASARE"

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "chrome",
)
_PLACES = {
    "win32": (
        "%ProgramFiles(x86)%/Microsoft/Edge/Application/msedge.exe",
        "%ProgramFiles%/Microsoft/Edge/Application/msedge.exe",
        "%ProgramFiles%/Google/Chrome/Application/chrome.exe",
    ),
    "darwin": (
        "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
        "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
        "/Applications/Chromium.app/Contents/MacOS/Chromium",
    ),
}
"""Where the browsers are on systems that do not put them on the path."""

_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--disable-extensions",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--export-tagged-pdf",
    "--generate-pdf-document-outline",
)
_SECONDS = 120.0
_MORE_SECONDS = 10.0
"""How long a browser that has printed may take to end; some never do."""

_POLL = 0.05
_MESSAGE_LENGTH = 300
_EDGE_LENGTH = 1024
"""Bytes at a PDF's start and end where its marks are."""


def find_browser() -> Path:
    """Return a browser that can print.

    The environment variable ``EFFEKTIV_WEBBLASARE`` decides; without it, Chromium, Chrome or
    Edge where it is usually found.

    Raises
    ------
    InputError
        There is none, or the variable names something else than a file.
    """
    named = os.environ.get(BROWSER_VARIABLE)
    if named:
        if not Path(named).is_file():
            raise InputError(f"Webbläsaren {named} som {BROWSER_VARIABLE} anger finns inte.")
        return Path(named)
    found = (shutil.which(command) for command in _COMMANDS)
    usual = (os.path.expandvars(place) for place in _PLACES.get(sys.platform, ()))
    for candidate in (*found, *usual):
        if candidate and Path(candidate).is_file():
            return Path(candidate)
    raise InputError(
        "PDF skrivs ut med Chromium, Chrome eller Edge, men ingen av dem hittas: installera en, ange dess fil i "
        f"{BROWSER_VARIABLE} eller välj --format html,xlsx."
    )


def print_pdf(html: bytes, browser: Path, seconds: float = _SECONDS) -> bytes:
    """Print a page.

    Parameters
    ----------
    html
        The page, which must need nothing but itself.
    browser
        As from `find_browser`.
    seconds
        Longest time to wait.

    Returns
    -------
    bytes
        The PDF, whole. The browser and all that it has started have ended.

    Raises
    ------
    EffektivError
        The browser did not print, or not all.
    """
    # On Windows the browser may still hold a file of its profile for a moment after it has ended.
    with tempfile.TemporaryDirectory(prefix="effektiv-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, target = folder / "rapport.html", folder / "rapport.pdf"
        page.write_bytes(html)
        command = [
            str(browser),
            *_FLAGS,
            *_sandbox_flags(),
            f"--user-data-dir={folder / 'profil'}",
            f"--print-to-pdf={target}",
            page.as_uri(),
        ]
        said = folder / "sagt.txt"
        try:
            # Not a pipe, which what the browser leaves behind could keep open.
            with said.open("wb") as stream:
                code = _run(command, stream, target, seconds)
        except OSError as error:
            raise EffektivError(f"{browser} kan inte startas ({system_reason(error)})") from error
        content = target.read_bytes() if target.is_file() else b""
        if _is_whole(content):
            return content
        what = "en halv PDF-fil" if content else "ingen PDF-fil"
        if code is None:
            raise EffektivError(
                f"{browser.name} blev inte klar med PDF-filen på {_swedish(seconds)} sekunder och hade gjort {what}"
            )
        words = " ".join(said.read_text(encoding="utf-8", errors="replace").split())[-_MESSAGE_LENGTH:]
        raise EffektivError(f"{browser.name} gjorde {what} (avslutningskod {code}): {words}".rstrip(": "))


def _run(command: Sequence[str], stream: IO[bytes], target: Path, seconds: float) -> int | None:
    """Run a browser until it ends, or has printed and does not; return its exit code, or None if it was ended."""
    options: dict[str, Any] = {"start_new_session": True}
    if sys.platform == "win32":
        options = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=stream, **options
    )
    deadline = time.monotonic() + seconds
    printed = False
    try:
        while time.monotonic() < deadline:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(timeout=_POLL)
            if not printed and target.is_file() and _is_whole(target.read_bytes()):
                printed = True
                deadline = min(deadline, time.monotonic() + _MORE_SECONDS)
        return None
    finally:
        end_tree(process)


def _swedish(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def _is_whole(content: bytes) -> bool:
    """Say whether a PDF has its first and last mark; a browser may stop in the middle and say that all is well."""
    return content[:_EDGE_LENGTH].lstrip().startswith(b"%PDF-") and b"%%EOF" in content[-_EDGE_LENGTH:]


def _sandbox_flags() -> list[str]:
    """Return what lets the browser run as root, as in containers; the page has no script to fear."""
    return ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []
