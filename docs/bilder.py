"""Make the README's pictures: the five steps' first pages in a row, and the first screen of a report.

Run with ``make bilder``. Needs Debian's chromium, chromedriver and pdftoppm (poppler-utils).
"""

from __future__ import annotations

import base64
import io
import subprocess
import tempfile
from pathlib import Path

from PIL import Image
from selenium import webdriver

from effektiv.steg import STEPS

DOCS = Path(__file__).resolve().parent
REPORTS = DOCS.parent / "output" / "0219-exempelby"
AREA = "grundskola"
CHROMIUM, CHROMEDRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
WIDTH, HEIGHT = 1180, 860
STRIP_HEIGHT = 372
COLOURS = 64
"""So many are enough for pages in miniature, and make the file a third as large."""


def browser() -> webdriver.Chrome:
    """Start a headless browser that fetches nothing of its own."""
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM
    for flag in (
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--hide-scrollbars",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        f"--window-size={WIDTH},{HEIGHT}",
    ):
        options.add_argument(flag)
    return webdriver.Chrome(options=options, service=webdriver.ChromeService(CHROMEDRIVER))


def take(driver: webdriver.Chrome, page: Path, height: int, sharpness: int) -> bytes:
    """Return a picture of the first so many pixels of a page, so many times as sharp."""
    driver.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": WIDTH, "height": height, "deviceScaleFactor": sharpness, "mobile": False},
    )
    driver.get(page.as_uri())
    return driver.get_screenshot_as_png()


def first_page(driver: webdriver.Chrome, report: Path, folder: Path) -> str:
    """Return the first printed page of a report, as an address that holds it."""
    driver.get(report.as_uri())
    printed = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    pdf = folder / "rapport.pdf"
    pdf.write_bytes(base64.b64decode(printed["data"]))
    command = ["pdftoppm", "-png", "-r", "60", "-f", "1", "-l", "1", "-singlefile", pdf, folder / "sida"]
    subprocess.run(command, check=True)
    return f"data:image/png;base64,{base64.b64encode((folder / 'sida.png').read_bytes()).decode()}"


def strip(driver: webdriver.Chrome) -> bytes:
    """Return a picture of the steps' first pages, in a row below the names of the steps."""
    figures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, step in STEPS.items():
            page = first_page(driver, REPORTS / step.folder / f"{AREA}.html", folder)
            figures.append(
                f"<figure><figcaption><b>{number}</b> {step.name}</figcaption><img src='{page}'></figure>"
            )
        row = folder / "stegen.html"
        row.write_text(
            "<!DOCTYPE html><meta charset='utf-8'><style>"
            "body { display: flex; gap: 20px; margin: 0; padding: 12px; background: #e8ecf2; font: 15px Arial, sans-serif }"
            "figure { flex: 1; margin: 0 } figcaption { padding: 0 0 8px; color: #08427e; white-space: nowrap }"
            "b { display: inline-block; width: 1.5em; border-radius: 1em; background: #08427e; color: #fff;"
            " line-height: 1.5em; text-align: center } img { display: block; width: 100%; box-shadow: 0 1px 4px #8896a8 }"
            f"</style>{''.join(figures)}",
            encoding="utf-8",
        )
        taken = take(driver, row, STRIP_HEIGHT, 2)
    stream = io.BytesIO()
    with Image.open(io.BytesIO(taken)) as picture:
        picture.convert("RGB").quantize(COLOURS).save(stream, "png", optimize=True)
    return stream.getvalue()


def main() -> None:
    """Take both pictures, of Exempelby's reports on grundskola."""
    driver = browser()
    try:
        (DOCS / "stegen.png").write_bytes(strip(driver))
        report = REPORTS / STEPS[1].folder / f"{AREA}.html"
        (DOCS / "rapport.png").write_bytes(take(driver, report, HEIGHT, 1))
    finally:
        driver.quit()
    print(f"Bilderna finns i {DOCS.name}/: stegen.png och rapport.png")


if __name__ == "__main__":
    main()
