"""Hostile and damaged input by the thousand, and what must never come of it.

    python -m benchmarks.kampanj                        all of it, in about half an hour
    python -m benchmarks.kampanj --antal 0.1 --del tabeller frysningar
    python -m benchmarks.kampanj --fall kolada:17       one case again

Each campaign is a generator of cases and an oracle. A case has a random generator of its
own, seeded with the campaign, the seed and its number, so it can be made again by itself.
The oracle knows what must come of it: the values as they were, or a refusal in one
sentence (`EffektivError`). What is counted otherwise must be 0:

spår        any other exception, a case that never ends, a refusal that is no sentence
värde       a value that came through as another, or was lost without a word
fil         a file that is seen half written
process     a process that is left when its parent is gone
temporär    a temporary file or folder that is left after the next run

Cases run in this process, but for those that are killed.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import gzip
import io
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import unicodedata
import uuid
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import psutil

from effektiv import cli
from effektiv.data import kolada, snapshot
from effektiv.data import observations as obs
from effektiv.data.catalogue import load_catalogue, source_kpis
from effektiv.data.fetch import fetch
from effektiv.data.identifiers import Places
from effektiv.data.importer import import_files
from effektiv.data.snapshot import Snapshot, open_snapshot
from effektiv.errors import EffektivError, SnapshotError
from effektiv.forms import read as read_form
from effektiv.forms import write as write_form
from effektiv.params import Params, load_network, load_params, read_folder, write_new
from effektiv.params.locks import Lock, first_lock
from effektiv.stepfiles import register_step_files
from tests import small_snapshot as small
from tests.forms import books
from tests.kolada_server import FAULTS, Fault, KoladaServer, running

ROOT = Path(__file__).resolve().parents[1]
KINDS = {
    "spår": "tracebacks",
    "värde": "tyst ändrade värden",
    "fil": "halva filer",
    "process": "processer kvar",
    "temporär": "temporära filer kvar",
}
LONGEST_CASE = 120.0
"""Seconds, many times what any case takes but those that are killed."""

Case = Callable[[random.Random, Path], str]
"""Runs one case in an empty folder and returns how it ended; raises `Wrong` when it must not end so."""


class Wrong(Exception):  # noqa: N818  no error, but what is looked for
    """Something that is counted, of one of `KINDS`."""

    def __init__(self, kind: str, text: str) -> None:
        super().__init__(text)
        self.kind = kind


@dataclass
class Result:
    """How a campaign went: how its cases ended, and what was wrong with which."""

    ends: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[int, Wrong]] = field(default_factory=list)

    def count(self, kind: str) -> int:
        return sum(wrong.kind == kind for _, wrong in self.wrong)


def require(holds: bool, kind: str, text: str) -> None:
    if not holds:
        raise Wrong(kind, text)


def sentence(text: str) -> str:
    """Return a refusal, which must be one line."""
    require(bool(text.strip()) and "\n" not in text.strip(), "spår", f"ingen mening: {text[-300:]!r}")
    return text


def run(name: str, numbers: Sequence[int], seed: int = 8) -> Result:
    """Run some cases of a campaign."""
    result = Result()
    with tempfile.TemporaryDirectory() as shared, CAMPAIGNS[name][0](Path(shared)) as case:
        for number in numbers:
            end = "fel"
            try:
                with tempfile.TemporaryDirectory() as folder, deadline(LONGEST_CASE):
                    try:
                        end = case(random.Random(f"{name} {seed} {number}"), Path(folder))
                    except EffektivError as error:
                        sentence(str(error))
                        end = "vägrad"
            except Wrong as wrong:
                result.wrong.append((number, wrong))
            except Exception:
                lines = traceback.format_exc().strip().splitlines()
                result.wrong.append((number, Wrong("spår", f"{lines[-1]} | {lines[-3].strip()}")))
            result.ends[end] += 1
    return result


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """End what takes too long, where the platform can."""

    def late(*_: object) -> None:
        raise TimeoutError(f"not ready in {seconds:g} s")

    if not hasattr(signal, "setitimer"):
        yield
        return
    before = signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def flipped(rng: random.Random, content: bytes) -> bytes:
    """Return content with a bit, some bytes or a stretch of it other than they were."""
    place = rng.randrange(len(content) or 1)
    head, tail = content[:place], content[place:]
    changes = [
        bytes([tail[0] ^ 1 << rng.randrange(8)]) + tail[1:] if tail else b"x",
        rng.randbytes(rng.choice((1, 4))) + tail[1:],
        b"",
        bytes(min(512, len(tail))) + tail[512:],
        rng.randbytes(3) + tail,
        tail[rng.choice((1, 20)) :],
        tail[:20] + tail,
    ]
    return head + rng.choice(changes)


def differing(found: dict[Any, Any], original: dict[Any, Any]) -> str:
    keys = [key for key in {**original, **found} if found.get(key) != original.get(key)]
    return "; ".join(f"{key}: {original.get(key)!r} blev {found.get(key)!r}" for key in keys[:2])


# Params -----------------------------------------------------------------------------------


@contextmanager
def params(shared: Path) -> Iterator[Case]:
    """Every file of a municipality, filled in: changed by bytes, by lines and by structure."""
    areas = load_catalogue().areas
    for path in write_new(shared, "0319", "Älvby", areas.values()):
        if path.suffix == ".yaml":
            path.write_text(filled_in(path.read_text(encoding="utf-8"), list(areas)), encoding="utf-8")
        else:
            path.unlink()  # an empty form; its reader is tested by its own cases
    (home,) = shared.iterdir()
    places = Places.of(small.small_municipalities())

    def read(root: Path) -> dict[str, str]:
        return leaves(load_params("0319", root, areas=list(areas), places=places))

    original = read(shared)

    def case(rng: random.Random, folder: Path) -> str:
        copy = Path(shutil.copytree(home, folder / home.name))
        changed = rng.choice(sorted(copy.iterdir()))
        change = rng.choice(PARAMS_CHANGES)
        change(rng, changed)
        what = f"{change.__name__} {changed.name}"
        try:
            found = read(folder)
        except EffektivError:
            require(change not in HARMLESS, "värde", f"{what}: vägrad fast inget är ändrat")
            raise
        if change in HARMLESS:
            require(found == original, "värde", f"{what}: {differing(found, original)}")
        if change is renamed:
            named = {path.name for path in copy.iterdir()} - {path.name for path in home.iterdir()}
            told = {note.path.name for note in read_folder(copy, areas=list(areas), places=places).notes}
            require(named <= told, "värde", f"{what}: det som stod där lämnades utan ett ord")
            return "namngiven"
        written = " ".join(map(plain, copy.iterdir()))
        new = [text for text in found.values() if text not in (written, "liknande") and text not in written]
        require(
            "\\" in written or "''" in written or not new, "värde", f"{what}: {new[:1]} står inte i filen"
        )
        long = [text for text in original.values() if len(text) > 20 and text in written]
        lost = [text for text in long if not any(text in other for other in found.values())]
        require(not lost, "värde", f"{what}: {lost[:1]} står i filen men lästes inte")
        return "läst"

    yield case


def filled_in(text: str, areas: list[str]) -> str:
    """Fill in a new file as a municipality would."""
    lists = {
        "egna": "[0330, 2703]",
        "forebilder": "[0331]",
        "fokusomraden": f"[{', '.join(areas)}]",
        "verksamheter": "[Hemtjänst dag, Hemtjänst natt]",
    }
    items = {
        "mal": ["mal:", "  - id: M1", "    mal: Alla ska klara skolan, 3 av 4 är för få."],
        "indikatorer": ["indikatorer:", "  - id: I1"],
    }
    lines = []
    for line in text.replace("jamfor_med: liknande", "jamfor_med: egna").splitlines():
        entry = re.fullmatch(r"( *)(\w+): *(>|\[\])?", line)
        if entry is None or (not entry[1] and entry[2] in ("kontakt", "tillganglighet", "fordelning")):
            lines.append(line)
        elif entry[3] == "[]" and entry[2] in items:
            lines += items[entry[2]]
        elif entry[3] == ">":
            lines += [
                line,
                f"  Om {entry[2]}: 0127 och nej är text, inte tal,",
                "  och vi vill veta mer - 3 av 4.",
                "",
            ]
        elif entry[2] == "egna_underlag":
            lines += [
                "egna_underlag:",
                "  - kalla: Enkät våren 2026",
                "    iakttagelse: Var fjärde saknar ro (12 %).",
            ]
        else:
            text = "ks@alvby.se" if entry[2] == "kontakt" else f"Något om {entry[2]} 0127"
            lines.append(f"{entry[1]}{entry[2]}: {lists.get(entry[2], text)}")
    return "\n".join(lines) + "\n"


def leaves(found: Params) -> dict[str, str]:
    """Return each text that was written, by its place, in the words of the files."""
    result: dict[str, str] = {}

    def walk(place: str, value: Any) -> None:
        if isinstance(value, dict | list | tuple):
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                walk(f"{place}.{key}", item)
        elif value is not None:
            text = " ".join(str(value).split())
            result[place] = {"quality": "kvalitet", "resource": "resurs"}.get(text, text)

    areas = {area: found.area(area) for area in load_catalogue().areas}
    for name, part in {"kommun": found.municipality, "oversikt": found.overview, **areas}.items():
        walk(name, part.model_dump(exclude_unset=True))
    return result


def plain(path: Path) -> str:
    """Return a file's text without comments and line breaks."""
    text = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8", errors="replace"))
    return " ".join(" ".join(line for line in text.splitlines() if not line.startswith("#")).split())


CLOSING = """start: 2026
lardomar:
  - omrade: grundskola
    vad: Stödet kom tidigare när rektorn var med på mötet.
    grund: Två arbetslag prövade under en termin, 0127 och nej är text.
fungerade: >
  Att ledningen hade tid avsatt,
  och vi vill veta mer - 3 av 4.
rad: Välj få åtgärder och pröva dem i liten skala först.
fortsatter:
  - vad: Mötena fortsätter varje termin.
    ansvarig: Verksamhetschef grundskola
"""
NETWORK = """namn: Nätverket i norr
start: 2026
platser: 5
deltagare:
  - kommun: 0319
    omraden: [grundskola]
sokande:
  - kommun: 0330
    omraden: [grundskola, barn-och-unga]
    problemformulering: {klara_delar: [vad, mal], egen_text: ja, beslut: Kommunstyrelsen 2026-02-03 om ansökan}
"""
GOAL = {
    "omrade": "grundskola",
    "primar": "N15505",
    "riktning": "upp",
    "utfallsar": ("2028", "2029"),
    "skal": "",
}


@contextmanager
def closings(shared: Path) -> Iterator[Case]:
    """What ends a project: its own words, the lock of its goal, and the network's file, damaged as the others are."""
    register_step_files()
    areas, places = list(load_catalogue().areas), Places.of(small.small_municipalities())
    home = shared / "0319-alvby"
    (home / "las").mkdir(parents=True)
    (shared / "natverk").mkdir()
    (home / "kommun.yaml").write_text("kommun: 0319\n", encoding="utf-8")
    (home / "avslutning.yaml").write_text(CLOSING, encoding="utf-8")
    lock = home / "las" / "grundskola.yaml"
    lock.write_bytes(first_lock(GOAL, how="0319 --omrade grundskola", day=dt.date(2026, 1, 26)))
    (shared / "natverk" / "norr.yaml").write_text(NETWORK, encoding="utf-8")
    files = [
        path.relative_to(shared)
        for path in (home / "avslutning.yaml", lock, shared / "natverk" / "norr.yaml")
    ]

    def read(root: Path) -> tuple[dict[str, str], Lock | None]:
        found = load_params("0319", root, areas=areas, places=places)
        said = {name: item for by_name in found.files.values() for name, item in by_name.items()}
        network = load_network("norr", areas=areas, places=places, root=root)
        texts = texts_of(network.model_dump(by_alias=True, exclude_unset=True), "natverk")
        if (closing := said.get("avslutning.yaml")) is not None:
            texts |= texts_of(closing.model_dump(by_alias=True, exclude_unset=True), "avslutning")
        return texts, said.get("las/grundskola.yaml")

    home_file = Path(home.name, "kommun.yaml")
    original, locked = read(shared)

    def case(rng: random.Random, folder: Path) -> str:
        root = Path(shutil.copytree(shared, folder / "params"))
        changed = root / rng.choice(files)
        change = rng.choice(PARAMS_CHANGES)
        change(rng, changed)
        what = f"{change.__name__} {changed.name}"
        try:
            found, lock_now = read(root)
        except EffektivError:
            require(change not in HARMLESS, "värde", f"{what}: vägrad fast inget är ändrat")
            raise
        if change in HARMLESS:
            require((found, lock_now) == (original, locked), "värde", f"{what}: {differing(found, original)}")
        if change is renamed:
            # What is in a municipality's folder under another name is named; a network is found or refused.
            reading = read_folder(root / home.name, areas=areas, places=places)
            told = {problem.path for problem in (*reading.notes, *reading.passed)}
            new = (
                []
                if changed.parent.name == "natverk"
                else [p for p in changed.parent.iterdir() if p.is_file()]
            )
            lost = [p.name for p in new if p.relative_to(root) not in {*files, home_file} and p not in told]
            require(not lost, "värde", f"{what}: det som stod där lämnades utan ett ord, {lost}")
            return "namngiven"
        # A goal that reads as another is the worst there is: it must be told of.
        same = lock_now is not None and (lock_now.fault or lock_now.latest == locked.latest)  # type: ignore[union-attr]
        require(bool(same), "värde", f"{what}: låset läses som ett annat utan ett ord")
        written = " ".join(plain(root / path) for path in files)
        lost = [
            text
            for text in original.values()
            if len(text) > 20 and text in written and not any(text in other for other in found.values())
        ]
        require(not lost, "värde", f"{what}: {lost[:1]} står i filen men lästes inte")
        return "läst"

    yield case


def texts_of(value: Any, place: str) -> dict[str, str]:
    """Return each text by its place."""
    if isinstance(value, dict | list | tuple):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        return {key: text for at, item in items for key, text in texts_of(item, f"{place}.{at}").items()}
    return {} if value is None else {place: " ".join(str(value).split())}


def changed_bytes(rng: random.Random, path: Path) -> None:
    path.write_bytes(flipped(rng, path.read_bytes()))


def changed_sign(rng: random.Random, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    place = rng.randrange(len(text))
    sign = rng.choice("\t\u00a0\u200b\ufeff\u202e\x00\x1b\x85\u2028éÅ\ud800€😀:#-[]{}>|&*!%@`'\"\\,?~")
    text = text[:place] + sign + text[place + rng.randrange(2) :]
    path.write_bytes(text.encode("utf-8", errors="surrogatepass"))


def changed_line(rng: random.Random, path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    one, two = rng.randrange(len(lines)), rng.randrange(len(lines))
    odd = ("---", "...", "%YAML 1.1", "- x", "? a", "x: y", "<<: *a", "!!python/name:os.system x")
    lines[one : one + 1] = rng.choice(
        (
            [],
            [lines[one], lines[two]],
            [lines[two]],
            [rng.choice((" ", "  ", "\t")) + lines[one]],
            [lines[one].lstrip()],
            [lines[one] + lines[two]],
            [rng.choice(odd)],
        )
    )
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def changed_value(rng: random.Random, path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    place = rng.choice([number for number, line in enumerate(lines) if re.match(r" *\w+: ", line)])
    value = rng.choice(
        ("[]", "{}", "{a: b}", "[[0330]]", "null", "ja", "0o17", "1e3", "2026-01-01", "319", "'0330'", '"\\ud83d"',
         "x" * 5000, "[0330, 0330]", "!!int 7", "&a b", "*a", "| \n  a", "\x07")
    )  # fmt: skip
    lines[place] = f"{lines[place].partition(':')[0]}: {value}"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def other_coding(rng: random.Random, path: Path) -> None:
    coding = rng.choice(("cp1252", "utf-16", "mac-roman"))
    path.write_bytes(path.read_text(encoding="utf-8").encode(coding, errors="replace"))


def renamed(rng: random.Random, path: Path) -> None:
    """Notepad, a mail program and Explorer rename files."""
    names = (
        "{0}.yaml.txt",
        "{0}.yml",
        "{1}.YAML",
        "{0} (1).yaml",
        "{0} - Kopia.yaml",
        "{0}.yaml ",
        "{0}",
        ".{0}.yaml",
    )
    path.rename(path.with_name(rng.choice(names).format(path.stem, path.stem.upper())))


def other_line_ends(rng: random.Random, path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b"\n", rng.choice((b"\r\n", b"\r"))))


def marked(_: random.Random, path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())


def decomposed(_: random.Random, path: Path) -> None:
    path.write_text(unicodedata.normalize("NFD", path.read_text(encoding="utf-8")), encoding="utf-8")


def commented(_: random.Random, path: Path) -> None:
    text = re.sub(r"^(?=\w)", "# é: [\n\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    path.write_text(text, encoding="utf-8")


HARMLESS = (other_line_ends, marked, decomposed, commented)
PARAMS_CHANGES = (
    *[changed_bytes, changed_sign, changed_line, changed_value] * 5,
    other_coding,
    renamed,
    *HARMLESS,
)


# Tables -----------------------------------------------------------------------------------

NAMES = {**small.KOMMUNER, "0000": "Riket"}
FRACTIONS = (121.45, 1234.5, 98765.4, 0.5, -3.25, 1234.567, 0.001, 99.5, 12.0)
LARGE = (1234.0, 98765.0, 120000.0)
SWEDISH = str.maketrans(",.", "\u00a0,")
CONTINENTAL = str.maketrans(",.", ".,")

# How programs and people write what the first of each is the plain way to write.
# fmt: off
HABITS: dict[str, dict[str, Any]] = {
    "separator": {"": ",", "semicolon": ";", "tab": "\t", "bar": "|", "blank": " "},
    "number": {
        "": repr, "decimal comma": lambda v: repr(v).replace(".", ","), "thousands": lambda v: f"{v:,}",
        "Swedish": lambda v: f"{v:,}".translate(SWEDISH), "continental": lambda v: f"{v:,}".translate(CONTINENTAL),
        "whole thousands": lambda v: f"{v:,.0f}" if v == int(v) else repr(v), "three decimals": lambda v: f"{v:.3f}",
        "three and comma": lambda v: f"{v:.3f}".replace(".", ","), "exponent": lambda v: f"{v:.10e}",
        "per cent": lambda v: f"{v}%", "whole": lambda v: f"{v:.0f}" if v == int(v) else repr(v),
        "minus sign": lambda v: repr(v).replace("-", "−"), "plus": lambda v: f"{v:+}", "unit": lambda v: f"{v} kr",
        "both marks": lambda v: repr(v).replace(".", ",") if v > 1000 else repr(v),
    },
    "code": {
        "": str, "no zeros": lambda c: c.lstrip("0") or "0", "float": lambda c: f"{int(c)}.0", "apostrophe": lambda c: f"'{c}",
        "name": NAMES.get, "kommun": lambda c: NAMES[c] + ("" if c == "0000" else " kommun"), "blanks": lambda c: f" {c} ",
        "capitals": lambda c: NAMES[c].upper(), "decomposed": lambda c: unicodedata.normalize("NFD", NAMES[c]),
    },
    "year": {
        "": str, "float": lambda y: f"{y}.0", "day": lambda y: f"{y}-12-31", "blanks": lambda y: f" {y}",
        "short": lambda y: f"{y % 100}",
    },
    "missing": {"": "", "NA": "NA", "NaN": "NaN", "dash": "-", "dots": "..", "zero": "0", "null": "null"},
    "status": {"": "", "NA": "NA"},
    "gender": {"": "T", "word": "Totalt", "small": "t", "none": ""},
    "headings": {
        "": "kpi municipality_id year gender value status", "Swedish": "kpi kommun år kön värde status",
        "ASCII": "KPI KOMMUN AR KON VARDE STATUS", "v3": "kpi municipality period gender value status",
        "twice": "kpi municipality_id year gender value value", "unknown": "nyckeltal kommunkod år kön värde status",
    },
    "line end": {"": "\n", "Windows": "\r\n", "Mac": "\r"},
    "quoting": {"": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL, "text": csv.QUOTE_NONNUMERIC},
    "first line": {"": "", "sep": "sep=;\n", "title": "Uttag ur Kolada\n", "empty": "\n"},
    "last line": {"": "", "total": "Summa,,,,1,\n", "empty": "\n\n", "note": "Källa: Kolada\n"},
    "coding": {"": "utf-8", "mark": "utf-8-sig", "cp1252": "cp1252", "UTF-16": "utf-16", "Mac": "mac-roman"},
    "name": {"": "v.csv", "capitals": "V.CSV", "gz": "v.csv.gz", "txt": "v.txt", "tsv": "v.tsv", "xlsx": "v.xlsx"},
}
# fmt: on


@contextmanager
def tables(shared: Path) -> Iterator[Case]:
    """Valid long tables, written as other programs and other habits would write them, some damaged too."""
    small.small_kpis().to_csv(shared / "kpi_2026-03.csv", index=False)
    small.small_municipalities().to_csv(shared / "municipality_2026-03.csv", index=False)
    small.small_groups().to_csv(shared / "municipality_groups_2026-03.csv", index=False)

    def case(rng: random.Random, folder: Path) -> str:
        numbers = rng.choice((FRACTIONS, FRACTIONS, LARGE))
        expected = {
            (kpi, code, year): rng.choice(numbers) if rng.random() < 0.8 else rng.choice(obs.STATUSES)
            for kpi in (small.MEAN, small.REGIONAL)
            for code in rng.sample(sorted(NAMES), 4)
            for year in (2022, 2023)
        }
        habits = {
            part: rng.choice(sorted(ways)) if rng.random() < (0.4 if part == "number" else 0.08) else ""
            for part, ways in HABITS.items()
        }
        ways = {part: HABITS[part][way] for part, way in habits.items()}
        content, heading, lines = written(rng, expected, ways)
        damaged = rng.random() < 0.2
        if damaged:
            # What becomes of a damaged line cannot be known, nor of statuses without their heading.
            content = flipped(rng, content)
            known = [key for key, line in lines.items() if line in content]
            numbers_only = heading not in content
            expected = {
                key: expected[key] for key in known if not (numbers_only and isinstance(expected[key], str))
            }
        path = folder / HABITS["name"][habits["name"]]
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
        rows = import_files([path], "prov", shared, folder=folder / "data").observations()
        found = {
            (row.kpi, row.municipality, row.year): row.status if pd.isna(row.value) else row.value
            for row in rows.itertuples()
            if not damaged or (row.kpi, row.municipality, row.year) in expected
        }
        said = [f"{part}: {way}" for part, way in habits.items() if way] + ["skadad"] * damaged
        require(found == expected, "värde", f"{said}: {differing(found, expected)}")
        return "läst"

    yield case


def written(
    rng: random.Random, values: dict[tuple[str, str, int], Any], habit: dict[str, Any]
) -> tuple[bytes, bytes, dict[tuple[str, str, int], bytes]]:
    """Return a table, its heading, and the line that each value stands on."""
    order = rng.sample(range(6), 6)
    table = io.StringIO()
    writer = csv.writer(
        table, delimiter=habit["separator"], lineterminator=habit["line end"], quoting=habit["quoting"]
    )

    def write(cells: Sequence[str]) -> bytes:
        start = table.tell()
        writer.writerow([cells[place] for place in order])
        return table.getvalue()[start:].encode(habit["coding"].removesuffix("-sig"), errors="replace")

    heading = write(habit["headings"].split())
    lines = {}
    for (kpi, code, year), value in rng.sample(list(values.items()), len(values)):
        there = not isinstance(value, str)
        shown = (habit["number"](value), habit["status"]) if there else (habit["missing"], value)
        lines[kpi, code, year] = write(
            (kpi, habit["code"](code), habit["year"](year), habit["gender"], *shown)
        )
    text = habit["first line"] + table.getvalue() + habit["last line"]
    return text.encode(habit["coding"], errors="replace"), heading, lines


# Forms ------------------------------------------------------------------------------------

WORDS = (
    "",
    " ",
    "ja",
    "3,5",
    "1/2 2026",
    "=A1",
    "#REF!",
    "a" * 5000,
    "\u202eomvänt",
    "två\nrader",
    "'0",
    "Grundskolan",
)
HOSTILE = (*WORDS, 1e300, -1, 0.5, 2026, True, dt.datetime(1900, 1, 1), dt.time(7, 30))
"""What may stand in any cell."""


@contextmanager
def filled_forms(shared: Path) -> Iterator[Case]:
    """A filled-in form that people have edited in Excel, or that came damaged."""
    rows = [
        {**books.FULL, "id": f"H{number}", "name": f"sak {number}", "count": number}
        for number in range(1, 13)
    ]
    whole = write_form(books.FORM, areas=books.AREAS, rows={"saker": rows})
    (shared / "hel.xlsx").write_bytes(whole)

    def case(rng: random.Random, folder: Path) -> str:
        path = folder / "prov.xlsx"
        touched: set[str] = set()
        if rng.random() < 0.3:
            path.write_bytes(flipped(rng, whole))
        else:
            book = openpyxl.load_workbook(shared / "hel.xlsx")
            for _ in range(rng.randrange(1, 4)):
                touched |= rng.choice(FORM_CHANGES)(rng, book["Saker"])
            book.save(path)
        found = read_form(books.FORM, path, areas=books.AREAS)
        said = [sentence(str(one)) for one in (*found.faults, *found.notes)]
        there = {str(row["id"]): dict(row.values) for row in found.rows.get("saker", ())}
        for row in rows:
            key = str(row["id"])
            if key in there and key not in touched:
                # What is nothing now has lost its heading, and that is told.
                kept = {part: value for part, value in there[key].items() if value is not None or not said}
                require(kept.items() <= row.items(), "värde", differing(kept, row))
            require(key in there or key in touched or bool(said), "värde", f"{key} försvann utan ett ord")
        return "läst" if there else "vägrad"

    yield case


def other_cells(rng: random.Random, sheet: Any) -> set[str]:
    """Put something else in a few cells, of rows that are returned."""
    touched = set()
    for _ in range(rng.randrange(1, 5)):
        row, column = rng.randrange(4, 16), rng.randrange(1, 11)
        touched |= {str(sheet.cell(row, 1).value), f"H{row - 3}"}
        sheet.cell(row, column).value = rng.choice(HOSTILE)
        touched.add(str(sheet.cell(row, 1).value))
    return touched


def moved_rows(rng: random.Random, sheet: Any) -> set[str]:
    """Put empty rows above the table, or within it."""
    sheet.insert_rows(rng.choice((1, 2, 8)), rng.randrange(1, 4))
    return set()


def more_around(rng: random.Random, sheet: Any) -> set[str]:
    """Put columns, sheets and far-away cells beside the form's own."""
    sheet.cell(3, 15).value = rng.choice(("Egen kolumn", "Antal?", "Styrka och mer"))
    sheet.parent.create_sheet("Anteckningar").append([rng.choice(HOSTILE[:6])])
    sheet.cell(rng.choice((40, 200)), rng.choice((20, 120))).value = "x"
    return set()


FORM_CHANGES: tuple[Callable[[random.Random, Any], set[str]], ...] = (other_cells, moved_rows, more_around)


# Snapshots --------------------------------------------------------------------------------


@contextmanager
def snapshots(shared: Path) -> Iterator[Case]:
    """A whole snapshot: bits flipped, files cut, swapped, renamed or missing, the manifest rewritten."""
    made = small.write_small("liten", shared)
    old = Path(shutil.copytree(made.path, shared / "gammal" / "liten"))
    (old / snapshot.MANIFEST).write_text(made.manifest.model_dump_json(indent=2), encoding="utf-8")
    original = said_by(made)

    def case(rng: random.Random, folder: Path) -> str:
        origin, change = rng.choice((made.path, made.path, old)), rng.choice(SNAPSHOT_CHANGES)
        change(rng, Path(shutil.copytree(origin, folder / "liten")))
        snapshot._opened.clear()
        data = rng.choice(("liten", None))
        with (
            environment(EFFEKTIV_DATA=str(folder)),
            redirect_stdout(io.StringIO()),
            redirect_stderr(io.StringIO()) as err,
        ):
            status = cli.main(["status", *(["--data", data] if data else [])])
            found = said_by(open_snapshot(data))
        require(status == 0, "spår", f"status {status} för en frysning som går att öppna: {err.getvalue()}")
        # Nothing shows what became of a manifest without a checksum, or of one that was signed anew.
        known = slice(1 if origin == old or change is rewritten else 0, None)
        require(found[known] == original[known], "värde", f"{change.__name__}: annat innehåll utan ett ord")
        return "öppnad"

    yield case


@contextmanager
def environment(**variables: str) -> Iterator[None]:
    """Set environment variables for a while."""
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def said_by(one: Snapshot) -> tuple[str, ...]:
    """Return all that a snapshot says, the manifest first."""
    frames = (one.observations(), one.kpis, one.municipalities, one.groups, one.panel(small.BY_GENDER, "K"))
    return (one.manifest.model_dump_json(), *(frame.to_csv() for frame in frames))


def damaged_file(rng: random.Random, path: Path) -> None:
    changed_bytes(rng, path / rng.choice(snapshot.FILES))


def damaged_manifest(rng: random.Random, path: Path) -> None:
    changed_bytes(rng, path / snapshot.MANIFEST)


def missing(rng: random.Random, path: Path) -> None:
    file = path / rng.choice((*snapshot.FILES, snapshot.MANIFEST))
    file.unlink()
    if rng.random() < 0.5:
        file.mkdir()


def swapped(rng: random.Random, path: Path) -> None:
    one, two = rng.sample((*snapshot.FILES, snapshot.MANIFEST), 2)
    (path / one).rename(path / "x")
    (path / two).rename(path / one)
    (path / "x").rename(path / two)


def renamed_folder(rng: random.Random, path: Path) -> None:
    path.rename(path.with_name(rng.choice(("annan", "liten - Kopia", "Liten2"))))


def rewritten(rng: random.Random, path: Path) -> None:
    """Put something of another kind in the manifest, with or without its checksum made anew."""
    file = path / snapshot.MANIFEST
    content = json.loads(file.read_text(encoding="utf-8"))
    inner = rng.choice([content, *(value for value in content.values() if isinstance(value, dict))])
    key = rng.choice([*inner, "nytt"])
    inner[key] = rng.choice(
        (
            None,
            0,
            -1,
            2.5,
            True,
            "",
            "igår",
            "2026-01-02",
            [],
            {},
            [1],
            {"a": {}},
            "\ud800",
            10**400,
            "x" * 10_000,
        )
    )
    if rng.random() < 0.2:
        del inner[key]
    if rng.random() < 0.3:
        content["library_version"] = "9.0.0"
    if rng.random() < 0.7 and "checksum" in content:
        content["checksum"] = snapshot._own_checksum(content)
    file.write_text(json.dumps(content), encoding="utf-8")


SNAPSHOT_CHANGES = (*[damaged_file, damaged_manifest, rewritten] * 3, missing, swapped, renamed_folder)


# Kolada -----------------------------------------------------------------------------------

KPIS = (small.MEAN, small.BY_GENDER, small.ENDED, small.REGIONAL)
WAITS = (
    "-1",
    "0.05",
    "snart",
    "",
    "1e9",
    "9" * 400,
    "Fri, 31 Dec 1999 23:59:59 GMT",
    "Fri, 99 Foo 99999",
    "\x0b3",
)
FREE = {"count", "previous_url", "title", "description", "auspice", "operating_area", "perspective", "publ_period",
        "prel_publication_date", "publication_date", "member_title", "has_ou_data", "is_divided_by_gender",
        "municipality_type"}  # fmt: skip
"""Members that may say anything of their type without a value becoming another."""


@contextmanager
def faulty_kolada(shared: Path) -> Iterator[Case]:
    """A fetch from a Kolada that answers late, wrong, too much or not at all, and then a second try."""
    served = small.write_small("liten", shared)
    expected = served.observations()

    def fetched(server: KoladaServer, folder: Path) -> pd.DataFrame:
        with kolada.KoladaClient(
            server.url, requests_per_second=1e4, timeout=(2, 0.5), backoff=0.001
        ) as client:
            result = fetch("ny", client, kpis=KPIS, first_year=2015, folder=folder, progress=False)
        return result.snapshot.observations()

    def case(rng: random.Random, folder: Path) -> str:
        kind = rng.choice([*FAULTS, *["changed"] * 15, *["429"] * 5])
        change = rng.choice(ANSWER_CHANGES)
        server.change = lambda answer: change(rng, answer)
        server.faults[:] = [
            Fault(
                kind,
                path=rng.choice(("", "data/", "kpi", "municipality", "groups")),
                times=rng.choice((-1, 1, 3)),
                skip=rng.choice((0, 0, 1, 4)),
                seconds=1.0 if kind == "slow" else rng.choice((0, 0.01)),
                text=rng.choice(WAITS) if kind == "429" else "",
            )
        ]
        what = f"{kind} {change.__name__ if kind == 'changed' else ''}"
        try:
            require(
                fetched(server, folder).equals(expected), "värde", f"{what}: andra värden än de som finns"
            )
            end = "hämtad"
        except EffektivError as refusal:
            sentence(str(refusal))
            server.faults.clear()
            # What was kept must neither come back wrong nor stop the next try.
            try:
                require(
                    fetched(server, folder).equals(expected), "värde", f"{what}: andra värden andra gången"
                )
            except EffektivError as error:
                raise Wrong("värde", f"{what}: vägras även när felet är borta: {error}") from error
            end = "vägrad, sedan hämtad"
        left = [path.name for path in folder.iterdir() if path.name != "ny"]
        require(not left, "temporär", f"{what}: {left}")
        return end

    limits = {"PER_PAGE": 40, "MOST_PAGES": 30, "LONGEST_BODY": 2.0}
    usual = {name: getattr(kolada, name) for name in limits}
    vars(kolada).update(limits)
    try:
        with running(served) as server:
            yield case
    finally:
        vars(kolada).update(usual)


def another_type(rng: random.Random, answer: dict[str, Any]) -> None:
    """Put something of another kind in one place."""
    odd = rng.choice((None, True, -1, 2.5, "x", [], {}, [[]], 10**401, "1,5", "\x00", {"a": 1}))
    place: Any = answer
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = rng.choice(keys)
        if not isinstance(place[key], dict | list) or rng.random() < 0.1:
            break
        place = place[key]
    # Another value of the same type would be a true one, and so would a missing last page.
    same = type(odd) is type(place[key]) or {type(odd), type(place[key])} <= {int, float}
    if key not in FREE and not same and not (key == "next_url" and odd is None):
        place[key] = odd


def lost_member(rng: random.Random, answer: dict[str, Any]) -> None:
    if answer["values"]:
        row = rng.choice(answer["values"])
        del row[rng.choice([key for key in row if key not in FREE])]


def row_twice(rng: random.Random, answer: dict[str, Any]) -> None:
    if answer["values"]:
        answer["values"].insert(0, rng.choice(answer["values"]))


def stray_row(rng: random.Random, answer: dict[str, Any]) -> None:
    """Give a row that nobody has asked for."""
    if answer["values"] and "period" in answer["values"][0]:
        answer["values"].append(
            rng.choice(answer["values"]) | rng.choice(({"kpi": "N00001"}, {"period": 1901}))
        )


def leading_elsewhere(rng: random.Random, answer: dict[str, Any]) -> None:
    answer["next_url"] = rng.choice(
        (
            "http://[",
            "/",
            "?page=2",
            "http://x/v3/kpi",
            "http://x/v3/ou?page=2",
            "\ud83d?page=2",
            "http://x/data/?\n",
            7,
        )
    )


ANSWER_CHANGES = (another_type, another_type, lost_member, row_twice, stray_row, leading_elsewhere)


# Kills ------------------------------------------------------------------------------------

NOTEBOOK = """
import tempfile, time
from IPython.display import display
case = {"kommun": kommun, "kod": kommun, "omrade": "grundskola", "omrade_namn": "Grundskola", "steg": 1,
        "steg_namn": "Nulägesanalys", "frysning": data, "skapad": "2026-01-02T00:00:00+00:00", "kalla": "Prov",
        "exempel": False, "jamfor_med": jamfor_med, "version": "0.1.0", "ar": 2025, "preliminart_ar": None}
kept = tempfile.NamedTemporaryFile(delete=False)
time.sleep(0.1)
display({"application/vnd.effektiv.case+json": case, "text/plain": kommun}, raw=True)
display({"text/html": "<table><tr><td>1</td></tr></table>" * 2000, "text/plain": kommun}, raw=True)
"""
COMMANDS = {
    "hamta": "hamta --namn ny --bas-url {url}",
    "importera": "importera varden.csv --namn ny",
    "rendera": "rendera --kommun 0319 --kommun 0330 --kommun 0331 --data liten --jobb 2",
}


@contextmanager
def kills(shared: Path) -> Iterator[Case]:
    """A fetch, an import and a run of reports, killed or asked to end at any time, and then again."""
    rows = small.small_observations()
    imported = small.write_small("liten", shared / "data").observations()
    imported.to_csv(shared / "varden.csv", index=False)
    catalogue = source_kpis(load_catalogue())
    served = small.write_small("serverad", shared / "x", rows[rows["kpi"].isin(catalogue)])
    (shared / "notebooks" / "1-nulagesanalys").mkdir(parents=True)
    (shared / "notebooks" / "1-nulagesanalys" / "prov.ipynb").write_text(notebook(), encoding="utf-8")
    expected = {"importera": imported, "hamta": served.observations()}
    usual: dict[str, float] = {}

    def case(rng: random.Random, folder: Path) -> str:
        home = Path(shutil.copytree(shared, folder / "hem", ignore=shutil.ignore_patterns("x")))
        command = rng.choice(sorted(COMMANDS))
        words = COMMANDS[command].format(url=server.url).split()
        if command not in usual:
            start = time.monotonic()
            status, said = started(words, home)
            require(status == 0, "spår", f"{command} misslyckas ostört: {said[-300:]}")
            usual[command] = time.monotonic() - start
            home = Path(shutil.copytree(shared, folder / "hem 2", ignore=shutil.ignore_patterns("x")))
        wait = rng.random() * usual[command]
        stop = rng.choice((signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)))
        what = f"{command} {stop.name} efter {wait:.2f} s av {usual[command]:.1f}"
        first, said = started(words, home, wait, stop)
        whole_files(home, what)
        second, again = started(words, home)
        require("Traceback" not in said + again, "spår", f"{what}: {(said + again)[-300:]}")
        finished = "finns redan" in again  # it was ready when it was stopped, but had not told
        require(second == 0 or finished, "spår", f"{what}: sedan {second}, {again[-300:]}")
        whole_files(home, what)
        known = {
            ".nationellt",
            ".korning.las",
            *(path.name for path in home.glob("data/.hamtning-*") if finished),
        }
        hidden = [path for path in (home / "data", home / "output") for path in path.rglob(".*")]
        left = [path.name for path in (*hidden, *temporary(home).iterdir()) if path.name not in known]
        require(not left, "temporär", f"{what}: {left[:3]}")
        if command in expected:
            found = open_snapshot(home / "data" / "ny").observations()
            require(found.equals(expected[command]), "värde", f"{what}: andra värden")
        return f"{command} {stop.name} {first}"

    with running(served) as server:
        server.faults.append(Fault("slow", path="data/", seconds=0.2))
        yield case


def notebook() -> str:
    """Return a notebook that makes a report quickly."""
    sources = ('kommun = "0319"\ndata = ""\njamfor_med = ""', ["parameters"]), (NOTEBOOK, [])
    cells = [
        {"cell_type": "code", "id": f"c{number}", "source": source, "outputs": [], "execution_count": None,
         "metadata": {"tags": tags}}
        for number, (source, tags) in enumerate(sources)
    ]  # fmt: skip
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    return json.dumps({"cells": cells, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5})


def temporary(home: Path) -> Path:
    """Return the folder for temporary files of commands that run in a folder."""
    folder = home.with_name(f"{home.name} tmp")
    folder.mkdir(exist_ok=True)
    return folder


def started(
    words: Sequence[str], home: Path, wait: float | None = None, stop: signal.Signals = signal.SIGTERM
) -> tuple[int, str]:
    """Run a command, stopped after a while if so asked, and see that no process is left of it.

    Returns
    -------
    tuple of int and str
        Its status, and what it said.
    """
    mark = uuid.uuid4().hex
    kept = {name: value for name, value in os.environ.items() if not name.startswith("EFFEKTIV_")}
    own = {
        "TMPDIR": str(temporary(home)),
        "EFFEKTIV_KAMPANJ": mark,
        "PYTHONUTF8": "1",
        "PYTHONPATH": str(ROOT),
    }
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "effektiv", *words],
            cwd=home, env=kept | own, stdin=subprocess.DEVNULL, stdout=said, stderr=said,
        )  # fmt: skip
        with suppress(subprocess.TimeoutExpired):
            process.wait(LONGEST_CASE / 2 if wait is None else wait)
        if process.poll() is None:
            process.send_signal(stop)
        try:
            process.wait(30)
        finally:
            process.kill()
        end = time.monotonic() + 20
        while of_run(mark):
            require(time.monotonic() < end, "process", f"{words[0]} {stop.name}: {of_run(mark)}")
            time.sleep(0.1)
        said.seek(0)
        return process.returncode, said.read()


def of_run(mark: str) -> list[psutil.Process]:
    """Return the processes that have inherited a mark."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            if process.environ().get("EFFEKTIV_KAMPANJ") == mark:
                found.append(process)
    return found


def whole_files(home: Path, what: str) -> None:
    """See that what lies in its place is whole: snapshots, reports, tables and accounts."""
    for path in (home / "data").glob("[!.]*"):
        try:
            open_snapshot(path)
        except SnapshotError as error:
            raise Wrong("fil", f"{what}: {error}") from error
    for path in (home / "output").rglob("[!.]*.*"):
        content = path.read_bytes()
        if path.suffix == ".xlsx":
            whole = zipfile.is_zipfile(path) and zipfile.ZipFile(path).testzip() is None
        else:
            whole = content.rstrip().endswith(b"</html>" if path.suffix == ".html" else b"}")
        require(whole, "fil", f"{what}: {path.name}")


# All of them ------------------------------------------------------------------------------

CAMPAIGNS: dict[str, tuple[Callable[[Path], AbstractContextManager[Case]], int]] = {
    "params": (params, 5000),
    "avslutning": (closings, 1000),
    "tabeller": (tables, 1000),
    "formular": (filled_forms, 500),
    "frysningar": (snapshots, 500),
    "kolada": (faulty_kolada, 200),
    "avbrott": (kills, 50),
}


def main() -> int:
    """Run campaigns and tell what was wrong; status 1 when something was."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kampanj")
    parser.add_argument("--antal", type=float, default=1.0, metavar="FAKTOR", help="gånger så många fall (1)")
    parser.add_argument("--fro", type=int, default=8, help="frö (8)")
    parser.add_argument(
        "--del", nargs="+", dest="parts", choices=CAMPAIGNS, default=list(CAMPAIGNS), help="bara dessa"
    )
    parser.add_argument("--fall", metavar="DEL:NUMMER", help="bara ett fall")
    parser.add_argument("--visa", type=int, default=10, help="fel som visas av varje del (10)")
    options = parser.parse_args()
    one, _, number = (options.fall or "").partition(":")
    faulty = False
    for name in [one] if one else options.parts:
        numbers = [int(number)] if one else range(max(1, round(CAMPAIGNS[name][1] * options.antal)))
        start = time.monotonic()
        result = run(name, numbers, options.fro)
        faulty = faulty or bool(result.wrong)
        ends = ", ".join(f"{count} {end}" for end, count in result.ends.most_common())
        print(f"{name}: {len(numbers)} fall på {time.monotonic() - start:.0f} s ({ends})")
        print("  " + ", ".join(f"{result.count(kind)} {text}" for kind, text in KINDS.items()), flush=True)
        for case, wrong in result.wrong[: options.visa]:
            shown = str(wrong).encode("utf-8", "backslashreplace").decode("utf-8")[:400]
            print(f"  {name}:{case} {wrong.kind}: {shown}", flush=True)
    return int(faulty)


if __name__ == "__main__":
    sys.exit(main())
