"""Fonts that have the names of common ones and letters of another width."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from fontTools.ttLib import TTFont

FAMILIES = ("Arial", "Liberation Sans", "Helvetica", "DejaVu Sans")


def write_fonts(folder: Path) -> None:
    """Write a font for each of `FAMILIES`, regular and bold: DejaVu Sans Mono under another name."""
    for style, file in (("Regular", "DejaVuSansMono.ttf"), ("Bold", "DejaVuSansMono-Bold.ttf")):
        for family in FAMILIES:
            font = TTFont(Path(mpl.get_data_path()) / "fonts" / "ttf" / file)
            names = {1: family, 2: style, 4: f"{family} {style}", 6: f"{family.replace(' ', '')}-{style}"}
            for record in font["name"].names:
                if record.nameID in names:
                    record.string = names[record.nameID].encode(record.getEncoding())
            font.save(folder / f"{names[6]}.ttf")
