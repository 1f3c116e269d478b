"""SIE files: real ones to the öre, in three encodings with a tag that lies, and broken ones by row."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from effektiv.data.local.sie import ACTUAL, BUDGET, RESULT, SieFile, encoding_of, read_sie

SMALL = """\
#FLAGGA 0
#FORMAT PC8
#SIETYP 3
#FNAMN "Övikens kommun"
#RAR 0 20260101 20261231
#DIM 1 "Ansvar"
#UNDERDIM 21 "Grupp" 1
#OBJEKT 1 "4010" "Skola \\"norr\\""
#KONTO 4510 "Köp av tjänster"
#KONTO 5010 Löner
#PSALDO 0 202601 4510 {} 1000.50 12
#PSALDO 0 202602 4510 {} -0.5
#PSALDO 0 202601 4510 {1 "4010"} 400.25
#PBUDGET 0 202601 4510 {} 900
#RES 0 4510 1000.00
#VER A 1 20260105 "Anna Andersson 640823-3234"
{
#TRANS 4510 {} 1.00 20260105 "Anna Andersson"
}
"""


def read(folder: Path, text: str, encoding: str = "cp437") -> SieFile:
    path = folder / "fil.se"
    path.write_bytes(text.encode(encoding))
    return read_sie(path)


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "utf-8"])
def test_the_bytes_decide_the_encoding_whatever_the_tag_says(encoding: str, tmp_path: Path) -> None:
    said = read(tmp_path, SMALL, encoding)
    assert (said.faults, said.encoding, said.company) == ((), encoding, "Övikens kommun")
    assert said.accounts == {"4510": "Köp av tjänster", "5010": "Löner"}
    assert said.objects == {("1", "4010"): 'Skola "norr"'}
    assert said.parents == {"21": "1"}
    assert [note for note in said.notes if "PC8" in note] == [] or encoding != "cp437"


def test_amounts_are_whole_ore_and_quantities_are_kept(tmp_path: Path) -> None:
    said = read(tmp_path, SMALL)
    whole = said.totals()
    assert whole[["month", "ore"]].values.tolist() == [["2026-01", 100050], ["2026-02", -50]]
    assert whole["quantity"].iloc[0] == 12
    assert np.isnan(whole["quantity"].iloc[1])
    assert said.totals(BUDGET)["ore"].tolist() == [90000]


def test_free_text_of_vouchers_is_kept_nowhere(tmp_path: Path) -> None:
    only_vouchers = re.sub(r"#(PSALDO|PBUDGET|RES).*\n", "", SMALL)
    said = read(tmp_path, only_vouchers)
    assert said.faults == ()
    assert said.totals()["ore"].tolist() == [100]
    assert "Andersson" not in repr(vars(said)) + said.months.to_string()


BROKEN = {
    "#PSALDO 0 202603 4510 {} 1 000,50": ("rad 20", "antalet 000,50 är inget tal"),
    "#PSALDO 0 202613 4510 {} 1.00": ("rad 20", "bokslutsperiod"),
    "#PSALDO 0 202603 4510 1.00": ("rad 20", "klamrarna för objekt saknas"),
    "#PSALDO 0 202603 4510 {1} 1.00": ("rad 20", "två och två"),
    '#PSALDO 0 202603 4510 {} "1.00': ("rad 20", "inte stängd"),
    "#PSALDO 0 202601 4510 {} 7.00": ("rad 20", "står redan på rad 11"),
    "#PSALDO 1 202603 4510 {} 7.00": ("rad 20", "årsnumret är 1"),
    "#PSALDO 0 202503 4510 {} 7.00": ("rad 20", "ligger i år 0"),
    "#RAR 0 2026": ("rad 20", "en uppgift saknas"),
    '#OBJEKT 1 "9" "640823-3234"': ("rad 20", "personnummer"),
    "#PSALDO 0 202603 4510 {} 7.00": ("konto 4510", "skillnaden är 7,00 kr"),
}


@pytest.mark.parametrize("line", BROKEN)
def test_a_broken_record_is_told_by_its_row_with_what_would_be_right(line: str, tmp_path: Path) -> None:
    place, words = BROKEN[line]
    (fault,) = read(tmp_path, SMALL + line + "\n").faults
    assert fault.startswith(place)
    assert words in fault.replace("inte ligger i år 0", "ligger i år 0")
    assert ":" in fault  # what would be right


def test_what_is_no_sie_file_or_has_no_months_is_told(tmp_path: Path) -> None:
    assert "ingen SIE-fil" in read(tmp_path, "hej\n").faults[0]
    assert "månad för månad" in read(tmp_path, "#SIETYP 1\n#RES 0 4510 1.00\n").faults[0]
    assert "går inte att läsa" in read_sie(tmp_path / "saknas.se").faults[0]


def test_damaged_utf8_is_told_and_not_taken_for_something_else(tmp_path: Path) -> None:
    path = tmp_path / "fil.se"
    path.write_bytes(SMALL.encode("utf-8").replace("Löner".encode(), b"L\xc3ner"))
    assert "tecken som inte går att läsa" in read_sie(path).faults[0]
    assert encoding_of(b"#SIETYP 2") == "utf-8"


REAL = {"objektsaldo_ovnbolag.se", "periodsaldo_ovnbolag.se", "typ2.se", "typ3.se", "typ4.se"}


@pytest.mark.parametrize("name", sorted(REAL))
def test_real_files_are_read_to_the_ore(name: str, shared: Path) -> None:
    """Sums of months are counted again here by a way of their own, on the lines as they stand."""
    path = shared / "data" / "sie-demo" / name
    if not path.is_file():
        pytest.skip("utdraget sie-demo saknas")
    said = read_sie(path)
    assert said.faults == ()
    assert said.encoding == "cp437"
    text = path.read_bytes().decode("cp437")
    results = {
        account: round(float(amount) * 100)
        for account, amount in re.findall(r"^#RES +0 +(\d+) +(-?[\d.]+)", text, re.MULTILINE)
    }
    whole = said.totals()
    sums = whole[whole["year"] == 0].groupby("account")["ore"].sum()
    assert results
    assert {account: int(sums.get(account, 0)) for account in results} == results
    assert said.yearly[(said.yearly["kind"] == RESULT) & (said.yearly["year"] == 0)]["ore"].sum() == sum(
        results.values()
    )
    if "#PSALDO" in text:
        lines = re.findall(r"^#PSALDO +(-?\d) .*\} +(-?[\d.]+)", text, re.MULTILINE)
        assert (said.months["kind"] == ACTUAL).sum() == len(lines)
        assert said.months.loc[said.months["kind"] == ACTUAL, "ore"].sum() == sum(
            round(float(amount) * 100) for _, amount in lines
        )
