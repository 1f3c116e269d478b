"""Make the README's pictures: the first screen of a report, and its first printed page.

Run with ``make bilder``. Needs Debian's chromium, chromedriver and pdftoppm (poppler-utils).
"""

from __future__ import annotations

import base64
import subprocess
import tempfile
from pathlib import Path

from selenium import webdriver

DOCS = Path(__file__).resolve().parent
REPORT = DOCS.parent / "output" / "0219-exempelby" / "1-nulagesanalys" / "grundskola.html"
CHROMIUM, CHROMEDRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
WIDTH, HEIGHT = 1180, 860


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


def main() -> None:
    """Take both pictures of Exempelby's report on grundskola."""
    driver = browser()
    try:
        driver.get(REPORT.as_uri())
        driver.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1, "mobile": False},
        )
        driver.save_screenshot(str(DOCS / "rapport.png"))
        printed = driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})
    finally:
        driver.quit()
    with tempfile.TemporaryDirectory() as folder:
        pdf = Path(folder) / "rapport.pdf"
        pdf.write_bytes(base64.b64decode(printed["data"]))
        subprocess.run(
            ["pdftoppm", "-png", "-r", "80", "-f", "1", "-l", "1", "-singlefile", pdf, DOCS / "utskrift"],
            check=True,
        )
    print(f"Bilderna finns i {DOCS.name}/: rapport.png och utskrift.png")


if __name__ == "__main__":
    main()
