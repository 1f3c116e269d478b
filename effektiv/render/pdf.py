"""A report's HTML printed to PDF by a browser, and a figure drawn by it as a picture.

The browser that draws the page on the screen also prints it, so the two agree, and it
makes a tagged file with alternative texts, language, title and bookmarks. It is asked for
by its command line, which Chromium, Chrome and Edge have in common; every Windows machine
has the last, so a controller installs nothing.
"""

from __future__ import annotations

import io
import math
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from PIL import Image

from effektiv.errors import EffektivError, InputError, system_reason
from effektiv.render.pages import style_sheet
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
)
_PRINT_FLAGS = ("--no-pdf-header-footer", "--export-tagged-pdf", "--generate-pdf-document-outline")
_SCALE = 2
"""Pixels of a picture to each of a figure's, so that it is sharp on paper."""

_FRAME = 200
"""Some browsers take a part of the window's height for a frame that is not there."""
_SECONDS = 120.0
_MORE_SECONDS = 10.0
"""How long a browser that has printed may take to end; some never do."""

_POLL = 0.05
_MESSAGE_LENGTH = 300
_EDGE_LENGTH = 1024
"""Bytes at a PDF's start and end where its marks are."""


def find_browser(what: str = "PDF", instead: str = "html,xlsx") -> Path:
    """Return a browser that can print.

    The environment variable ``EFFEKTIV_WEBBLASARE`` decides; without it, Chromium, Chrome or
    Edge where it is usually found.

    Parameters
    ----------
    what, instead
        What is to be made, and the formats that need no browser, for the message.

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
        f"{what} görs med Chromium, Chrome eller Edge, men ingen av dem hittas: installera en, ange dess fil i "
        f"{BROWSER_VARIABLE} eller välj --format {instead}."
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
    return _made(
        html, browser, _Product("PDF-fil", ".pdf", "--print-to-pdf", _PRINT_FLAGS, is_whole_pdf), seconds
    )


def page_numbers(pdf: bytes) -> dict[str, int]:
    """Return the pages that links in a PDF lead to.

    Returns
    -------
    dict
        Name of each place, which in a printed page is its id, to the number of its page, from 1.
    """
    # Only the document of all steps needs it.
    from pypdf import PdfReader  # noqa: PLC0415

    reader = PdfReader(io.BytesIO(pdf))
    found = {}
    for name, place in reader.named_destinations.items():
        number = reader.get_destination_page_number(place)
        if number is not None:
            found[name.removeprefix("/")] = number + 1
    return found


def draw_png(svg: str, size: tuple[float, float], browser: Path, seconds: float = _SECONDS) -> bytes:
    """Draw a figure as a picture, for files that cannot hold an SVG.

    Parameters
    ----------
    svg
        The figure's ``<svg>`` element.
    size
        Its width and height in pixels of CSS.
    browser, seconds
        As for `print_pdf`.

    Raises
    ------
    EffektivError
        The browser did not draw it.
    """
    width, height = (math.ceil(side) for side in size)
    fonts = "".join(re.findall(r"@font-face \{[^}]*\}", style_sheet()))
    page = (
        f'<!DOCTYPE html><meta charset="utf-8"><style>{fonts} body {{ margin: 0; background: #fff }} '
        f"svg {{ display: block; width: {width}px; height: {height}px }}</style>{svg}"
    )
    flags = (
        f"--window-size={width},{height + _FRAME}",
        f"--force-device-scale-factor={_SCALE}",
        "--hide-scrollbars",
    )
    product = _Product("bild", ".png", "--screenshot", flags, _is_whole_png)
    with Image.open(io.BytesIO(_made(page.encode("utf-8"), browser, product, seconds))) as picture:
        stream = io.BytesIO()
        picture.convert("RGB").crop((0, 0, width * _SCALE, height * _SCALE)).save(
            stream, "png", optimize=True
        )
    return stream.getvalue()


@dataclass(frozen=True)
class _Product:
    """What a browser is asked for: its name in Swedish, its file's ending, the option that asks, more options, if it is whole."""

    name: str
    suffix: str
    option: str
    flags: tuple[str, ...]
    is_whole: Callable[[bytes], bool]


def _made(html: bytes, browser: Path, product: _Product, seconds: float) -> bytes:
    """Have a browser make something of a page; raises `EffektivError` when it does not, or not all."""
    # On Windows the browser may still hold a file of its profile for a moment after it has ended.
    with tempfile.TemporaryDirectory(prefix="effektiv-pdf-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        page, target = folder / "rapport.html", folder / f"gjort{product.suffix}"
        page.write_bytes(html)
        command = [
            str(browser),
            *_FLAGS,
            *product.flags,
            *_sandbox_flags(),
            f"--user-data-dir={folder / 'profil'}",
            f"{product.option}={target}",
            page.as_uri(),
        ]
        said = folder / "sagt.txt"
        try:
            # Not a pipe, which what the browser leaves behind could keep open.
            with said.open("wb") as stream:
                code = run_until_whole(command, stream, target, seconds, product.is_whole)
        except OSError as error:
            raise EffektivError(f"{browser} kan inte startas ({system_reason(error)})") from error
        content = target.read_bytes() if target.is_file() else b""
        if product.is_whole(content):
            return content
        what = f"en halv {product.name}" if content else f"ingen {product.name}"
        if code is None:
            raise EffektivError(
                f"{browser.name} blev inte klar med sin {product.name} på {_swedish(seconds)} sekunder och hade gjort {what}"
            )
        words = " ".join(said.read_text(encoding="utf-8", errors="replace").split())[-_MESSAGE_LENGTH:]
        raise EffektivError(f"{browser.name} gjorde {what} (avslutningskod {code}): {words}".rstrip(": "))


def run_until_whole(
    command: Sequence[str],
    stream: IO[bytes],
    target: Path,
    seconds: float,
    is_whole: Callable[[bytes], bool],
) -> int | None:
    """Run a program until it ends, or has made a file and does not.

    Parameters
    ----------
    command
        The program and its options.
    stream
        Takes what it says of errors.
    target, is_whole
        The file, and what says of its content whether it is all there.
    seconds
        Longest time to wait.

    Returns
    -------
    int or None
        Its exit code, or None if it was ended.
    """
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
            if not printed and target.is_file() and is_whole(target.read_bytes()):
                printed = True
                deadline = min(deadline, time.monotonic() + _MORE_SECONDS)
        return None
    finally:
        end_tree(process)


def _swedish(number: float) -> str:
    return f"{number:g}".replace(".", ",")


def is_whole_pdf(content: bytes) -> bool:
    """Say whether a PDF has its first and last mark; a browser may stop in the middle and say that all is well."""
    return content[:_EDGE_LENGTH].lstrip().startswith(b"%PDF-") and b"%%EOF" in content[-_EDGE_LENGTH:]


def _is_whole_png(content: bytes) -> bool:
    """Say whether a picture has its first and last mark."""
    return content.startswith(b"\x89PNG") and b"IEND" in content[-12:]


def _sandbox_flags() -> list[str]:
    """Return what lets the browser run as root, as in containers; the page has no script to fear."""
    return ["--no-sandbox"] if sys.platform != "win32" and os.geteuid() == 0 else []
