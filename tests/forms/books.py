"""A form to try, and workbooks as people, programs and accidents make them."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape
from zipfile import ZipFile

import openpyxl

from effektiv.forms import Column, Form, FormRead, Kind, Sheet, read, write

AREAS = {"grundskola": "Grundskola", "barn-och-unga": "Barn och unga"}
FORM = Form(
    id="prov",
    name="Ett prov & mer",
    version=2,
    about=("Så fylls provet i.",),
    sheets=(
        Sheet(
            "saker",
            "Saker",
            intro=("En rad för varje sak.",),
            columns=(
                Column("id", "Nr", given=True, required=True, width=6),
                Column("area", "Fokusområde", Kind.AREA),
                Column("name", "Vad det är", required=True, help="Sakens namn.", formerly=("Sak",)),
                Column("about", "Beskrivning", Kind.PARAGRAPH),
                Column("count", "Antal", Kind.INTEGER, least=0, most=99),
                Column("cost", "Kostnad, mnkr", Kind.NUMBER),
                Column("share", "Andel", Kind.SHARE),
                Column("day", "Senast", Kind.DATE),
                Column("strength", "Styrka", Kind.CHOICE, choices=("stark", "svag", "öppen")),
                Column("done", "Klart", Kind.YES_NO),
            ),
            rows=5,
        ),
        Sheet("fler", "Fler", columns=(Column("word", "Ord", required=True), Column("n", "Tal", Kind.NUMBER)), may_lack=True),
    ),
)  # fmt: skip
FULL = {
    "id": "H1",
    "area": "barn-och-unga",
    "name": "=SUMMA(A1)",
    "about": "En rad\noch en till",
    "count": 7,
    "cost": 1.25,
    "share": 0.25,
    "day": dt.date(2026, 3, 31),
    "strength": "öppen",
    "done": False,
}
SECOND = {"id": "H2", "name": "Nästa"}
ROWS = {"saker": [FULL, SECOND, {"id": "H3"}], "fler": [{"word": "0123"}]}


def written(path: Path) -> Path:
    """Write the form with two rows on its first sheet (4 and 5) and one on its second."""
    path.write_bytes(write(FORM, areas=AREAS, rows=ROWS, about="Exempelby"))
    return path


def changed(path: Path, change: Callable[[Any], object]) -> Path:
    """Write the form as `written`, and then do to it what somebody does in Excel."""
    book = openpyxl.load_workbook(written(path))
    change(book)
    book.save(path)
    return path


def taken(path: Path) -> FormRead:
    return read(FORM, path, areas=AREAS)


def told(found: FormRead) -> list[str]:
    return [str(fault) for fault in found.faults]


def ids(found: FormRead) -> list[object]:
    return [row["id"] for row in found.rows["saker"]]


def encrypted(path: Path) -> Path:
    """Write what an .xlsx with a password is: a compound file whose streams are the encrypted package and its key."""

    def entry(name: str, kind: int, child: int = -1, right: int = -1) -> bytes:
        coded = name.encode("utf-16-le")
        head = coded.ljust(64, b"\0") + struct.pack("<HBBiii", len(coded) + 2, kind, 1, -1, right, child)
        return head.ljust(116, b"\0") + struct.pack("<iII", -2, 0, 0)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += bytes(6) + struct.pack("<IIiIIiIiI", 0, 1, 1, 0, 4096, -2, 0, -2, 0)
    header += struct.pack("<i", 0) + struct.pack("<i", -1) * 108
    table = struct.pack("<ii", -3, -2).ljust(512, b"\xff")
    folder = (
        entry("Root Entry", 5, child=1) + entry("EncryptionInfo", 2, right=2) + entry("EncryptedPackage", 2)
    )
    path.write_bytes(header + table + folder.ljust(512, b"\0"))
    return path


def ods(path: Path, sheets: dict[str, list[list[object]]], manifest: str = "") -> Path:
    """Write what LibreOffice saves: numbers and days typed, all else text."""

    def cell(value: object) -> str:
        if value is None:
            return "<table:table-cell/>"
        if isinstance(value, dt.date):
            kind = f'office:value-type="date" office:date-value="{value.isoformat()}"'
        elif isinstance(value, int | float):
            kind = f'office:value-type="float" office:value="{value}"'
        else:
            kind = 'office:value-type="string"'
        return f"<table:table-cell {kind}><text:p>{escape(str(value))}</text:p></table:table-cell>"

    tables = "".join(
        f'<table:table table:name="{name}">'
        + "".join(f"<table:table-row>{''.join(map(cell, row))}</table:table-row>" for row in rows)
        + "</table:table>"
        for name, rows in sheets.items()
    )
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    with ZipFile(path, "w") as pack:
        pack.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        pack.writestr("META-INF/manifest.xml", f"<manifest>{manifest}</manifest>")
        pack.writestr(
            "content.xml",
            f"<office:document-content{names}><office:body><office:spreadsheet>{tables}"
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return path
