"""Slips of one sign, each told on the line where it was made, and texts that are no slips."""

from __future__ import annotations

import re
import string
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effektiv.params import AreaParams, Params, check, load_params
from effektiv.params.registry import keys_of
from effektiv.params.textfaults import line_faults

AREA = """\
# Grundskola
riktning: kvalitet

forebilder: [0330, 0382]

vad: >
  Rad ett.
  Rad två.

for_vem: >
  Elever.

mal: Höja

avgransning:
beslut: "KS 1: beslut"
diarienummer: 'KS 2026/41'

egna_underlag:
  - kalla: Enkät
    iakttagelse: >
      Något.
  - kalla: Besök
    iakttagelse: Annat.
"""
MUNICIPALITY = """\
kommun: 0319
namn: Älvkarleby

jamfor_med: liknande
egna: []

kontakt:
  namn: Anna
  roll: x
  epost:
  telefon: 1

tillganglighet:
  kontakt: a@b.se
"""
FILES = {"grundskola.yaml": AREA, "kommun.yaml": MUNICIPALITY}


def slips(line: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to get one line wrong by a sign."""
    yield "one space more", f" {line}"
    yield "two spaces more", f"  {line}"
    yield "tab", f"\t{line}"
    yield "hard space", f"\u00a0{line}"
    yield "zero width", f"\u200b{line}"
    if line.startswith(" "):
        yield "one space less", line[1:]
        yield "not indented", line.lstrip()
    if ": " in line:
        yield "no space after the colon", line.replace(": ", ":", 1)
    if ":" in line:
        yield "no colon", line.replace(":", "", 1)
    if "- " in line:
        yield "no space after the dash", line.replace("- ", "-", 1)
    for sign in "\"']":
        if line.endswith(sign):
            yield f"no closing {sign}", line[:-1]


SLIPS = [
    pytest.param(file, number, written, id=f"{file}-{number}-{slip}")
    for file, text in FILES.items()
    for number, line in enumerate(text.splitlines(), start=1)
    if line and not line.startswith("#")
    for slip, written in slips(line)
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("params") / "0319-alvkarleby"
    folder.mkdir()
    return folder


def write(folder: Path, file: str, text: str) -> None:
    for name, right in FILES.items():
        (folder / name).write_text(text if name == file else right, encoding="utf-8", newline="\n")


def read(folder: Path) -> Params:
    return load_params("0319", folder.parent, areas=["grundskola"])


@pytest.mark.parametrize(("file", "number", "written"), SLIPS)
def test_a_slip_is_told_on_its_line(file: str, number: int, written: str, folder: Path) -> None:
    """Or it changes nothing: an indent of one space is as good as one of two."""
    write(folder, "", "")
    right = read(folder)
    lines = FILES[file].splitlines()
    lines[number - 1] = written
    write(folder, file, "\n".join(lines) + "\n")
    problems = check(folder, areas=["grundskola"])
    if problems:
        assert problems[0].line == number, problems
    else:
        # Spaces within a text are the only thing that may differ.
        assert re.sub(r"\s+", " ", repr(read(folder)).replace("\\n", " ")) == re.sub(
            r"\s+", " ", repr(right).replace("\\n", " ")
        )


CAUSES = {
    # Text of grundskola.yaml: line and what is said.
    "text that is not indented": (
        "vad: >\nVi har låg kvalitet.\nDen är låg.\n\nmal: x\n",
        [(2, "texten under 'vad' ska vara indragen: börja raden med 2 mellanslag")],
    ),
    "text with a colon that is not indented": (
        "vad: >\n  Ett.\nProblemet: låg kvalitet.\n",
        [(3, "texten under 'vad' ska vara indragen: börja raden med 2 mellanslag")],
    ),
    "text on the line of its sign": (
        "vad: > Vi har\n  låg kvalitet\n",
        [(1, "texten ska börja på raden under tecknet >")],
    ),
    "second half of a plain text": (
        "mal: Vi ska höja\nkvaliteten\n",
        [(2, "texten under 'mal' ska vara indragen: börja raden med 2 mellanslag")],
    ),
    "key that the text above would swallow": (
        "vad: >\n  Ett.\n  mal: Höja\n",
        [(3, "nyckeln 'mal' är indragen och blir därför text under 'vad': ta bort mellanslagen före den")],
    ),
    "list that was empty": (
        "egna_underlag: []\n  - kalla: a\n    iakttagelse: b\n",
        [(2, "raden hör till 'egna_underlag', som redan har ett värde på rad 1: ta bort det")],
    ),
    "text after a quotation": (
        'vad: "Höja" sade nämnden\n',
        [(1, "efter det avslutande tecknet \" står mer text, sätt hela texten inom citattecken av det andra slaget")],
    ),
    "a slip and a fault elsewhere": (
        "riktning: kvalite\navgransning:\n beslut: KS 1\n",
        [
            (1, "nyckeln 'riktning' har värdet 'kvalite' men ska vara kvalitet eller resurs. Menade du 'kvalitet'?"),
            (3, "nyckeln 'beslut' är indragen och hör därför till 'avgransning': ta bort mellanslagen före den"),
        ],
    ),
    "misspelt key with keys of its own": (
        "egna_underlg:\n  - kalla: a\n    mal: b\n",
        [(1, "nyckeln 'egna_underlg' finns inte. Menade du 'egna_underlag'?")],
    ),
    "two slips": (
        "riktning:resurs\nvad: >\n  Ett.\nTvå.\n",
        [
            (1, "ett mellanslag saknas efter kolonet, skriv 'riktning: ' före värdet"),
            (4, "texten under 'vad' ska vara indragen: börja raden med 2 mellanslag"),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CAUSES)
def test_a_slip_is_told_with_its_cause(case: str, folder: Path) -> None:
    text, expected = CAUSES[case]
    write(folder, "grundskola.yaml", text)
    assert [(problem.line, problem.text) for problem in check(folder, areas=["grundskola"])] == expected


LINES = st.text(string.ascii_letters + "åäö :,.!?()-0123456789#'\"", min_size=1, max_size=30)
STARTS = st.sampled_from(["", "", "mal: ", "vad:", "mal ", "https://", "- ", "kalla:", "Obs: ", "riktning:x"])


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.builds(str.__add__, STARTS, LINES), min_size=1, max_size=5))
def test_an_indented_text_may_say_anything(folder: Path, lines: list[str]) -> None:
    """Also what looks like a key, when the file has that key."""
    text = "\n".join(f"  {line}" for line in lines)
    write(folder, "grundskola.yaml", f"vad: |\n  Början\n{text}\nmal:\nriktning: resurs\n")
    assert check(folder, areas=["grundskola"]) == []
    what = read(folder).area("grundskola").what
    assert what == "\n".join(["Början", *lines]).strip()


@pytest.mark.parametrize(
    "text",
    ["x" * 100_000, " " * 100_000 + "x", "a" + " " * 100_000 + "b", "vad: '" + "''" * 50_000, 'vad: "\n' + "x\n" * 50_000,
     "- " * 50_000, "vad: >\n" + "y\n" * 50_000, "egna: [\n" + "[\n" * 50_000, ":" * 100_000, "a:\n" * 50_000],
    ids=range(10),
)  # fmt: skip
def test_no_text_takes_long(text: str) -> None:
    """Time grows with the length of the text, and not with its square."""
    started = time.process_time()
    line_faults(text, keys_of(AreaParams))
    assert time.process_time() - started < 5
