"""What a municipality writes, and what is said when it is wrong."""

from __future__ import annotations

import os
import re
import string
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from effektiv.data.identifiers import Places
from effektiv.errors import InputError
from effektiv.params import (
    AreaParams,
    MunicipalityParams,
    OverviewParams,
    Params,
    ParamsError,
    check,
    content_mark,
    find_params,
    load_params,
    municipality_folders,
    params_root,
    read_folder,
    strays,
    write_new,
)
from effektiv.render import Job
from effektiv.types import Direction, FocusArea

AREAS = [
    FocusArea.model_construct(id="grundskola", label="Grundskola", direction=Direction.QUALITY),
    FocusArea.model_construct(id="barn-och-unga", label="Barn och unga", direction=Direction.RESOURCE),
]
IDS = [area.id for area in AREAS]
NAMES = {"0319": "Älvkarleby", "0330": "Knivsta", "0382": "Östhammar", "1982": "Salala", "2080": "Falun"}
PLACES = Places([*((code, name, "K") for code, name in NAMES.items()), ("0003", "Region Uppsala", "L")])


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folder ``params`` in the working folder, with Älvkarleby's defaults."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EFFEKTIV_PARAMS", raising=False)
    write_new(tmp_path / "params", "0319", "Älvkarleby", AREAS)
    return tmp_path / "params"


@pytest.fixture
def folder(root: Path) -> Path:
    return root / "0319-alvkarleby"


@pytest.fixture
def said(folder: Path) -> Callable[..., list[str]]:
    """Write one file and return what is said of it, without the file's name."""

    def write(text: str | bytes, file: str = "grundskola.yaml", **known: object) -> list[str]:
        content = text if isinstance(text, bytes) else text.encode()
        (folder / file).write_bytes(content)
        problems = check(folder, areas=IDS, **known)
        assert all(problem.path == folder / file for problem in problems)
        start = f"params/0319-alvkarleby/{file}"
        assert all(str(problem).startswith(start) for problem in problems)
        return [str(problem).removeprefix(start) for problem in problems]

    return write


# A folder that is right ---------------------------------------------------------------


def test_new_folder_is_valid_and_says_the_defaults(root: Path, folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "barn-och-unga.yaml",
        "egna.xlsx",
        "grundskola.yaml",
        "kommun.yaml",
        "oversikt.yaml",
    ]
    assert check(folder, areas=IDS, places=PLACES) == []
    params = load_params("0319", root)
    assert (params.code, params.municipality.name) == ("0319", "Älvkarleby")
    assert params.jamfor_med == "liknande"
    assert params.overview == OverviewParams()
    assert params.area("grundskola") == AreaParams(riktning="kvalitet")
    assert params.area("barn-och-unga") == AreaParams(riktning="resurs")
    assert params.folder is not None
    assert params.folder.samefile(folder)


def test_every_key_that_exists_is_offered_in_the_new_files(folder: Path) -> None:
    models = {
        "kommun.yaml": MunicipalityParams,
        "oversikt.yaml": OverviewParams,
        "grundskola.yaml": AreaParams,
    }
    for file, model in models.items():
        written = yaml.safe_load((folder / file).read_text(encoding="utf-8"))
        assert set(written) == {field.alias for field in model.model_fields.values()}


def test_new_files_explain_themselves_in_ascii_keys_and_unix_lines(folder: Path) -> None:
    for path in folder.glob("*.yaml"):
        content = path.read_bytes()
        assert b"\r" not in content
        assert content.startswith(b"# ")
        assert all(key.isascii() for key in yaml.safe_load(content))


def test_the_examples_in_the_comments_can_be_used(folder: Path, said: Callable[..., list[str]]) -> None:
    """Taking away the comment signs as the file says must give a valid file."""
    text = (folder / "grundskola.yaml").read_text(encoding="utf-8")
    text = text.replace("egna_underlag: []", "egna_underlag:").replace("#  - kalla", "  - kalla")
    start = text.index("#fordelning:")
    end = text.index("\n\n", start)
    text = text[:start] + text[start:end].replace("#", "") + text[end:]
    text = text.replace("\nfordelning:\n\n", "\n", 1)
    assert said(text.replace("#    iakttagelse", "    iakttagelse")) == []
    allocation = load_params("0319").area("grundskola").allocation
    assert allocation is not None and allocation.stages[0].amount == 98_000
    evidence = load_params("0319").area("grundskola").own_evidence
    assert [(e.source, e.observation) for e in evidence] == [
        ("Egen enkät våren 2026", "Var fjärde svarar att de inte vet vem de ska vända sig till.")
    ]


def test_defaults_without_a_folder(tmp_path: Path) -> None:
    params = load_params("1384", tmp_path)
    assert params == Params(municipality=params.municipality)
    assert (params.code, params.jamfor_med, params.folder) == ("1384", "liknande", None)
    assert params.area("grundskola").direction is None


def test_own_text_stays_text(said: Callable[..., list[str]]) -> None:
    assert (
        said(
            "vad: nej\nfor_vem: on\nmal: 0127\navgransning: 2026-02-10\nbeslut: 1_000\n"
            "diarienummer: KS 2026/41\negna_underlag:\n- kalla: 1e3\n  iakttagelse: 0x1F\n"
        )
        == []
    )
    area = load_params("0319").area("grundskola")
    assert (area.what, area.for_whom, area.goal, area.limits) == ("nej", "on", "0127", "2026-02-10")
    assert (area.decision, area.record_number) == ("1_000", "KS 2026/41")
    assert (area.own_evidence[0].source, area.own_evidence[0].observation) == ("1e3", "0x1F")


def test_own_text_in_several_paragraphs_and_with_markup(said: Callable[..., list[str]]) -> None:
    assert said("vad: >\n  Första stycket\n  fortsätter.\n\n  <b>Andra</b> & sista: 5 % *\n") == []
    what = load_params("0319").area("grundskola").what
    assert what == "Första stycket fortsätter.\n<b>Andra</b> & sista: 5 % *"


@pytest.mark.parametrize("code", ["0127", "0114", "0319", "1384", "2580"])
@pytest.mark.parametrize("quote", ["", "'", '"'])
def test_codes_keep_their_zero(code: str, quote: str, said: Callable[..., list[str]]) -> None:
    if code != "0319":
        assert said(f"forebilder: [{quote}{code}{quote}]") == []
        assert load_params("0319").area("grundskola").role_models == (code,)


@pytest.mark.parametrize("empty", ["", " ", " ~", " null", " ''", ' ""', " >", " []"])
def test_a_key_left_empty_means_nothing_was_said(empty: str, said: Callable[..., list[str]]) -> None:
    assert said(f"forebilder:{empty if empty != ' >' else ''}\nmal:{empty if empty != ' []' else ''}\n") == []
    area = load_params("0319").area("grundskola")
    assert (area.role_models, area.goal) == ((), None)


def test_byte_order_mark_windows_line_ends_and_decomposed_letters(said: Callable[..., list[str]]) -> None:
    text = "\ufeffvad: Höja\r\nmal: a\u030aterta\r\n"
    assert said(text) == []
    area = load_params("0319").area("grundskola")
    assert (area.what, area.goal) == ("Höja", "återta")


def test_own_peers_become_the_notebooks_parameter(folder: Path) -> None:
    (folder / "kommun.yaml").write_text("kommun: 0319\njamfor_med: egna\negna: [0330, 0382]\n", "utf-8")
    assert load_params("0319").jamfor_med == "0330,0382"
    (folder / "kommun.yaml").write_text("kommun: 0319\njamfor_med: lan\negna: [0330]\n", "utf-8")
    assert load_params("0319").jamfor_med == "lan"


def test_codes_and_names_are_read_as_everywhere(said: Callable[..., list[str]]) -> None:
    """One reading of municipalities: codes, names and official names."""
    assert (
        said("kommun: Älvkarleby\negna: [Falu kommun, knivsta, '0382 ']\n", "kommun.yaml", places=PLACES)
        == []
    )
    municipality = load_params("0319", places=PLACES).municipality
    assert (municipality.code, municipality.own_peers) == ("0319", ("2080", "0330", "0382"))


# Every file of the folder is known or named -----------------------------------------------

STRANGERS = {
    # What lies in the folder beside its own files: what is said of it, and whether that stops a run.
    "grundskola.yaml.txt": ("filen läses inte, den ska heta grundskola.yaml", True),
    "Grundskola.YAML": ("filen läses inte, den ska heta grundskola.yaml", True),
    "GRUNDSKOLA.yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola.yml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola.txt": ("filen läses inte, den ska heta grundskola.yaml", True),
    "Barn och unga.yaml": ("filen läses inte, den ska heta barn-och-unga.yaml", True),
    "översikt.yaml": ("filen läses inte, den ska heta oversikt.yaml", True),
    "grundskola - Kopia.yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola - Copy (2).yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola-Copy1.yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "Kopia av grundskola.yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola (1).yaml": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskola.yaml (1)": ("filen läses inte, den ska heta grundskola.yaml", True),
    "grundskolan.yaml": ("det finns inget fokusområde som heter 'grundskolan'. Menade du 'grundskola'?", True),
    "grundskolan.yaml.txt": ("det finns inget fokusområde som heter 'grundskolan'. Menade du 'grundskola'?", True),
    "barn.yaml": ("det finns inget fokusområde som heter 'barn'. Menade du 'barn-och-unga'?", True),
    "xyz.yaml": ("det finns inget fokusområde som heter 'xyz'", True),
    "grundskola.docx": ("filen läses inte, text till rapporterna skrivs i grundskola.yaml", False),
    "grundskola.yaml.bak": ("filen läses inte, text till rapporterna skrivs i grundskola.yaml", False),
    "bilaga.xlsx": ("filen läses inte, det som läses är kommun.yaml, oversikt.yaml, grundskola.yaml, "
                    "barn-och-unga.yaml, egna.xlsx", False),
    "anteckningar.txt": ("filen läses inte, det som läses är kommun.yaml, oversikt.yaml, grundskola.yaml, "
                         "barn-och-unga.yaml, egna.xlsx", False),
}  # fmt: skip
TRACES = (".DS_Store", "._grundskola.yaml", "Thumbs.db", "desktop.ini", "~$protokoll.docx", ".~lock.egna.xlsx#",
          "grundskola.yaml~", ".grundskola.yaml.swp", ".gitkeep")  # fmt: skip


@pytest.mark.usefixtures("common_files_only")
@pytest.mark.parametrize("name", STRANGERS)
def test_a_file_that_is_not_read_is_named(name: str, folder: Path) -> None:
    text, misleads = STRANGERS[name]
    for area in ("grundskola.yaml", "barn-och-unga.yaml", "oversikt.yaml"):
        (folder / area).unlink()
    (folder / name).write_text("riktning: resurs\n", encoding="utf-8")
    reading = read_folder(folder, areas=IDS)
    told = [str(problem) for problem in (reading.problems if misleads else reading.notes)]
    assert told == [f"params/0319-alvkarleby/{name}: {text}{'' if text.endswith('?') else '.'}"]
    assert bool(reading.problems) == misleads


def test_a_copy_beside_the_file_that_counts_says_which_that_is(folder: Path) -> None:
    (folder / "grundskola - Kopia.yaml").write_text("riktning: resurs\n", encoding="utf-8")
    (problem,) = check(folder, areas=IDS)
    assert str(problem) == (
        "params/0319-alvkarleby/grundskola - Kopia.yaml: filen läses inte, det som gäller står i grundskola.yaml:"
        " flytta dit det som ska med och ta bort filen."
    )


@pytest.mark.parametrize("name", TRACES)
def test_what_systems_and_programs_leave_is_known(name: str, folder: Path) -> None:
    before = content_mark(folder)
    (folder / name).write_text("x: : :", encoding="utf-8")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "grundskola-checkpoint.yaml").write_text("x: : :", encoding="utf-8")
    reading = read_folder(folder, areas=IDS)
    assert (reading.problems, reading.notes) == ([], [])
    assert content_mark(folder) == before


def test_a_folder_is_named_and_no_file_is_found_under_it(folder: Path) -> None:
    (folder / "gammalt").mkdir()
    (folder / "gammalt" / "grundskola.yaml").write_text("x: : :", encoding="utf-8")
    reading = read_folder(folder, areas=IDS)
    assert reading.problems == []
    assert [str(note) for note in reading.notes] == [
        "params/0319-alvkarleby/gammalt: det som ligger i mappen läses inte."
    ]


def test_the_main_file_under_another_name_is_told_once(folder: Path) -> None:
    (folder / "kommun.yaml").rename(folder / "kommun.yaml.txt")
    assert [str(problem) for problem in check(folder, areas=IDS)] == [
        "params/0319-alvkarleby/kommun.yaml.txt: filen läses inte, den ska heta kommun.yaml."
    ]


@pytest.mark.parametrize("name", ["egna.xlsx", "underlag/enkat.pdf", "grundskola.yaml", "anteckningar.txt"])
def test_every_file_counts_in_the_mark(name: str, folder: Path) -> None:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    marks = [content_mark(folder)]
    for content in ("a", "b"):
        path.write_text(content, encoding="utf-8")
        marks.append(content_mark(folder))
    path.rename(path.with_name("annat"))
    marks.append(content_mark(folder))
    assert len(set(marks)) == 4


# What stands where a file should be ---------------------------------------------------------


def test_a_folder_named_as_a_file(folder: Path) -> None:
    (folder / "grundskola.yaml").unlink()
    (folder / "grundskola.yaml").mkdir()
    assert [str(problem) for problem in check(folder, areas=IDS)] == [
        "params/0319-alvkarleby/grundskola.yaml: det är en mapp och ingen fil."
    ]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows har inga rör i mappar")
def test_a_pipe_is_refused_and_not_waited_for(folder: Path) -> None:
    for name in ("grundskola.yaml", "egna.xlsx", "ovrigt.txt"):
        (folder / name).unlink(missing_ok=True)
        os.mkfifo(folder / name)
    assert [str(problem) for problem in check(folder, areas=IDS)] == [
        f"params/0319-alvkarleby/{name}: det är ett rör eller en enhet och ingen fil."
        for name in ("grundskola.yaml", "egna.xlsx")
    ]
    assert content_mark(folder)


@pytest.fixture
def link(folder: Path) -> Callable[[Path, str], None]:
    """Make a link, where the system lets us."""

    def make(place: Path, target: str) -> None:
        try:
            place.symlink_to(target)
        except OSError:
            pytest.skip("systemet låter inte testet göra länkar")

    return make


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("grundskola.yaml", "genvägen leder tillbaka till sig själv"),
        ("ingen.yaml", "filen eller mappen finns inte"),
    ],
)
def test_a_link_that_leads_nowhere(
    target: str, reason: str, folder: Path, link: Callable[[Path, str], None]
) -> None:
    (folder / "grundskola.yaml").unlink()
    link(folder / "grundskola.yaml", target)
    assert [str(problem) for problem in check(folder, areas=IDS)] == [
        f"params/0319-alvkarleby/grundskola.yaml: filen går inte att läsa: {reason}."
    ]
    assert content_mark(folder)


def test_a_linked_file_is_read_and_known_by_its_own_name(
    folder: Path, link: Callable[[Path, str], None]
) -> None:
    (folder / "grundskola.yaml").rename(folder.parent / "gemensam.yaml")
    (folder.parent / "gemensam.yaml").write_text("rikting: x\n", encoding="utf-8")
    link(folder / "grundskola.yaml", "../gemensam.yaml")
    (problem,) = check(folder, areas=IDS)
    assert str(problem).startswith("params/0319-alvkarleby/grundskola.yaml, rad 1: ")


def test_a_municipalitys_folder_that_is_a_loop(root: Path, link: Callable[[Path, str], None]) -> None:
    link(root / "0330-knivsta", "0330-knivsta")
    with pytest.raises(InputError, match="0330-knivsta går inte att läsa: genvägen leder tillbaka"):
        load_params("0330", root)
    assert root / "0330-knivsta" in municipality_folders(root)


@pytest.mark.parametrize("name", ["319-alvkarleby", "0319 Älvkarleby", "0319", "Älvkarleby", "alvkarleby"])
def test_a_folder_that_only_can_be_meant_for_it_is_refused_and_not_passed_over(
    name: str, root: Path, folder: Path
) -> None:
    folder.rename(root / name)
    with pytest.raises(ParamsError, match="mappen ska heta som kommunens kod och namn"):
        load_params("0319", root, areas=IDS, places=PLACES)
    assert load_params("0330", root, areas=IDS, places=PLACES).folder is None


def test_what_lies_beside_the_folders_is_named(root: Path, folder: Path) -> None:
    (root / "arkiv").mkdir()
    for name in ("grundskola.yaml", "README.md", ".gitkeep", "Thumbs.db"):
        (root / name).write_text("", encoding="utf-8")
    assert [str(stray) for stray in strays(root)] == [
        "params/arkiv: det som ligger i mappen läses inte: mappen ska heta som kommunens kod och namn, till exempel"
        " 0319-alvkarleby.",
        "params/grundskola.yaml: filen ligger utanför kommunernas mappar och läses inte.",
    ]
    assert municipality_folders(root) == [folder]


# What is wrong with a file ------------------------------------------------------------

QUOTE = "sätt den inom citattecken"
FAULTS = {
    "unknown key": ("rikting: kvalitet", ", rad 1: nyckeln 'rikting' finns inte. Menade du 'riktning'?"),
    "unlike any key": (
        "xyz: 1",
        ", rad 1: nyckeln 'xyz' finns inte. Det som finns är avgransning, beslut, diarienummer, egna_underlag,"
        " for_vem, fordelning, forebilder, indikatorer, mal, riktning, vad och verksamheter.",
    ),
    "other case": ("Riktning: resurs", ", rad 1: nyckeln 'Riktning' finns inte. Menade du 'riktning'?"),
    "duplicate": ("vad: a\n\nvad: b", ", rad 3: nyckeln 'vad' finns redan på rad 1."),
    "choice": (
        "riktning: kvalite",
        ", rad 1: nyckeln 'riktning' har värdet 'kvalite' men ska vara kvalitet eller resurs."
        " Menade du 'kvalitet'?",
    ),
    "choice of wrong kind": (
        "riktning: [a]",
        ", rad 1: nyckeln 'riktning' ska vara kvalitet eller resurs.",
    ),
    "text wanted": ("vad:\n  a: b", ", rad 1: nyckeln 'vad' ska vara en text."),
    "no such key of the goal": (
        "mal:\n  primar:\n    id: N15505\n    rikting: upp",
        ", rad 4: nyckeln 'rikting' i mal finns inte. Menade du 'riktning'?",
    ),
    "direction of the goal": (
        "mal:\n  primar:\n    id: N15505\n    riktning: hogre",
        ", rad 4: nyckeln 'riktning' i mal har värdet 'hogre' men ska vara upp eller ned.",
    ),
    "list wanted": (
        "forebilder: 0330",
        ", rad 1: nyckeln 'forebilder' ska vara en lista, till exempel [0319, 0330].",
    ),
    "lost zero": (
        "forebilder:\n  - 0330\n  - 382",
        ", rad 3: nyckeln 'forebilder', post 2 stämmer inte: kommunkoden \"382\" har tappat sin inledande nolla:"
        ' skriv "0382" (Östhammar).',
    ),
    "unknown name": (
        "forebilder: [Östhamar]",
        ", rad 1: nyckeln 'forebilder', post 1 stämmer inte: kommunen \"Östhamar\" finns inte i datamängden."
        " Menade du Östhammar?",
    ),
    "five digits": (
        "forebilder: [03190]",
        ", rad 1: nyckeln 'forebilder', post 1 stämmer inte: kommunkoden \"03190\" ska vara fyra siffror,"
        ' till exempel "0319".',
    ),
    "region": (
        "forebilder: [0003]",
        ", rad 1: nyckeln 'forebilder', post 1 stämmer inte: region Uppsala (0003) är ingen kommun:"
        " ange en kommun.",
    ),
    "same twice under two names": (
        "forebilder: [0330, 0382, Knivsta]",
        ", rad 1: nyckeln 'forebilder' har koden 0330 mer än en gång.",
    ),
    "same twice": (
        "forebilder: [0330, 0382, 0330]",
        ", rad 1: nyckeln 'forebilder' har koden 0330 mer än en gång.",
    ),
    "itself": (
        "forebilder:\n- 0319",
        ", rad 2: nyckeln 'forebilder', post 1 har värdet '0319', som är kommunen själv.",
    ),
    "empty item": ("forebilder:\n- 0330\n-", ", rad 3: nyckeln 'forebilder', post 2 är tom."),
    "missing in item": (
        "egna_underlag:\n- kalla: a",
        ", rad 2: nyckeln 'iakttagelse' i egna_underlag, post 1 saknas.",
    ),
    "unknown in item": (
        "egna_underlag:\n- kalla: a\n  iakttagelse: b\n- kalla: a\n  iakttagelse: b\n  sida: 3",
        ", rad 6: nyckeln 'sida' i egna_underlag, post 2 finns inte. Det som finns är iakttagelse och kalla.",
    ),
    "item of text": (
        "egna_underlag: [a]",
        ", rad 1: nyckeln 'egna_underlag', post 1 har värdet 'a' men ska ha sina egna nycklar på indragna rader"
        " under sig.",
    ),
    "too long": (f"vad: {'a' * 3001}", ", rad 1: nyckeln 'vad' har fler än 3000 tecken."),
    "empty": ("", ": filen är tom, fyll i den eller ta bort den."),
    "only comments": ("# bara\n", ": filen är tom, fyll i den eller ta bort den."),
    "a list": ("- a", ", rad 1: filen ska bestå av rader av formen nyckel: värde."),
    "a text": ("abc def", ", rad 1: filen ska bestå av rader av formen nyckel: värde."),
    "colon": (
        "riktning: resurs\nvad: a: b",
        f", rad 2: raden är fel indragen eller så står ett kolon i en text, {QUOTE}.",
    ),
    "tab before": (
        "riktning: resurs\n\tvad: x",
        ", rad 2: raden innehåller en tabb där det ska vara mellanslag.",
    ),
    "tab after": ("vad:\tx", ", rad 1: raden innehåller en tabb där det ska vara mellanslag."),
    "open quote": ('riktning: resurs\nvad: "x\nmal: y', ", rad 2: ett citattecken öppnas men stängs aldrig."),
    "no colon": ("riktning: resurs\nvad\nmal: x", ", rad 2: ett kolon saknas efter nyckeln 'vad'."),
    "windows path": (
        'vad: "C:\\dokument"',
        ", rad 1: omvänt snedstreck (\\) i text inom dubbla citattecken, använd enkla citattecken.",
    ),
    "open list": (
        "forebilder: [0330\n\n\nmal: x",
        ", rad 1: ett kommatecken eller avslutande ] saknas i listan.",
    ),
    "two documents": ("vad: a\n---\nmal: b", ", rad 2: filen delas av en rad med ---, ta bort den."),
    "alias": ("mal: *x", f", rad 1: texten börjar med asterisk (*), {QUOTE}."),
    "anchor": ("mal: &x y", f", rad 1: texten börjar med och-tecken (&), {QUOTE}."),
    "tag": ("mal: !!python/name:os.system x", f", rad 1: texten börjar med utropstecken (!), {QUOTE}."),
    "reserved sign": ("mal: @x", f", rad 1: texten börjar med ett tecken som har egen betydelse, {QUOTE}."),
    "mapping as key": ("? [a]\n: b", ", rad 1: en nyckel ska vara ett ord följt av kolon."),
    "control sign": (
        "vad: a\n\nmal: b\x07",
        ", rad 3: raden innehåller ett tecken som inte syns (U+0007) efter 'b', ta bort det.",
    ),
    "escaped control sign": (
        'mal: "\\0"',
        ", rad 1: nyckeln 'mal' innehåller ett tecken som inte syns (U+0000) allra först, ta bort det.",
    ),
    "latin-1": (
        "vad: a\nmal: högre".encode("latin-1"),
        ", rad 2: filen är inte sparad som UTF-8, spara om den så.",
    ),
    "utf-16": ("vad: å".encode("utf-16"), ": filen är sparad som UTF-16, spara om den som UTF-8."),
    "not a params file": (
        b"a" * 1_000_001,
        ": filen är större än 1 MB och kan inte vara en parameterfil.",
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_names_file_line_and_key(case: str, said: Callable[..., list[str]]) -> None:
    content, expected = FAULTS[case]
    assert said(content, places=PLACES) == [expected]


def test_too_many_codes(said: Callable[..., list[str]]) -> None:
    codes = ", ".join(str(1000 + number) for number in range(41))
    assert said(f"forebilder: [{codes}]") == [", rad 1: nyckeln 'forebilder' har fler än 40 poster."]


def test_all_faults_of_all_files_are_told_in_order(folder: Path) -> None:
    (folder / "kommun.yaml").write_text("kommun: 0319\nnamm: x\njamfor_med: alla\n", encoding="utf-8")
    (folder / "grundskola.yaml").write_text("vad: [a]\nvad: b\nrikting: x\n", encoding="utf-8")
    problems = check(folder, areas=IDS)
    assert [(problem.path.name, problem.line) for problem in problems] == [
        ("kommun.yaml", 2),
        ("kommun.yaml", 3),
        ("grundskola.yaml", 1),
        ("grundskola.yaml", 2),
        ("grundskola.yaml", 3),
    ]
    with pytest.raises(ParamsError) as raised:
        load_params("0319")
    assert str(raised.value) == f"{problems[0]} Det finns 4 fel till, kör: effektiv kontrollera"
    assert raised.value.problems == problems


MUNICIPALITY_FAULTS = {
    "other municipality": (
        "kommun: 0330",
        ", rad 1: nyckeln 'kommun' är 0330 men mappen tillhör kommun 0319.",
    ),
    "no code": ("namn: Älvkarleby", ": nyckeln 'kommun' saknas."),
    "empty code": ("kommun:", ", rad 1: nyckeln 'kommun' är tom."),
    "lost zero": (
        "kommun: 319",
        ", rad 1: nyckeln 'kommun' stämmer inte: kommunkoden \"319\" har tappat sin inledande nolla:"
        ' skriv "0319" (Älvkarleby).',
    ),
    "misspelt key": ("komun: 0319", ", rad 1: nyckeln 'komun' finns inte. Menade du 'kommun'?"),
    "other name": (
        "kommun: 0319\nnamn: Knivsta",
        ", rad 2: nyckeln 'namn' är 'Knivsta' men kommun 0319 heter Älvkarleby.",
    ),
    "choice with ä": (
        "kommun: 0319\njamfor_med: län",
        ", rad 2: nyckeln 'jamfor_med' har värdet 'län' men ska vara liknande, lan, riket eller egna."
        " Menade du 'lan'?",
    ),
    "own without list": (
        "kommun: 0319\njamfor_med: egna",
        ", rad 2: nyckeln 'jamfor_med' är egna men nyckeln 'egna' har inga koder.",
    ),
    "unknown peer": (
        "kommun: 0319\negna: [0330, 0399]",
        ", rad 2: nyckeln 'egna', post 2 stämmer inte: kommunkoden \"0399\" finns inte i datamängden."
        " Menade du 0319 (Älvkarleby)?",
    ),
    "contact as text": (
        "kommun: 0319\nkontakt: Anna",
        ", rad 2: nyckeln 'kontakt' har värdet 'Anna' men ska ha sina egna nycklar på indragna rader under sig.",
    ),
    "bare word for accessibility": (
        "kommun: 0319\ntillganglighet: Anna",
        ", rad 2: nyckeln 'tillganglighet' har värdet 'Anna' men ska ha sina egna nycklar på indragna rader under"
        " sig.",
    ),
    "no address": (
        "kommun: 0319\ntillganglighet:\n  kontakt: Anna Ek",
        ", rad 3: nyckeln 'kontakt' i tillganglighet har värdet 'Anna Ek' men ska vara en e-postadress eller en"
        " webbadress som börjar med https://.",
    ),
    "unknown in contact": (
        "kommun: 0319\nkontakt:\n  mejl: a",
        ", rad 3: nyckeln 'mejl' i kontakt finns inte. Det som finns är epost, namn, roll och telefon.",
    ),
}


ADDRESSES = (
    "kontaktcenter@alvkarleby.se",
    "anna.ek+rapporter@sub.älvkarleby.se",
    "https://www.alvkarleby.se",
    "https://www.alvkarleby.se:8443/tillganglighet/?a=1&b=%C3%A5#sida/2",
    "https://älvkarleby.se/om-webbplatsen/",
)
NO_ADDRESSES = (
    "Anna Ek", "anna@", "@alvkarleby.se", "anna@alvkarleby", "anna@@alvkarleby.se", "anna.@alvkarleby.se",
    "mailto:anna@alvkarleby.se", "Anna <anna@alvkarleby.se>", "a@alvkarleby.se b@alvkarleby.se",
    "a@alvkarleby.se?bcc=b@c.se", "http://alvkarleby.se", "www.alvkarleby.se", "https://", "https://alvkarleby",
    "https://anna@alvkarleby.se", "https://alvkarleby.se/a b", "https://alvkarleby.se/\"onclick=x",
    "https://alvkarleby.se/<b>", "https://alvkarleby.se/%zz", "https://-a.se", "https://a..se",
    "javascript:alert(1)", "JavaScript:alert(1)//https://a.se", "data:text/html,x", "//alvkarleby.se", "HTTPS://a.se",
)  # fmt: skip


@pytest.mark.parametrize("address", ADDRESSES)
def test_address_for_faults_in_accessibility(address: str, said: Callable[..., list[str]]) -> None:
    assert said(f"kommun: 0319\ntillganglighet:\n  kontakt: '{address}'\n", "kommun.yaml") == []
    assert load_params("0319").municipality.accessibility.contact == address


@pytest.mark.parametrize("address", NO_ADDRESSES)
def test_what_is_no_address_is_refused(address: str, said: Callable[..., list[str]]) -> None:
    (fault,) = said(f"kommun: 0319\ntillganglighet:\n  kontakt: '{address}'\n", "kommun.yaml")
    start, end = (
        ", rad 3: nyckeln 'kontakt' i tillganglighet har värdet '",
        "webbadress som börjar med https://.",
    )
    assert fault.startswith(start)
    assert fault.endswith(end)


@given(st.text(max_size=60))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_can_end_its_attribute(text: str) -> None:
    try:
        MunicipalityParams.model_validate({"kommun": "0319", "tillganglighet": {"kontakt": text}})
    except ValueError:
        return
    assert not set(text) & set(' "<>`\n\r\t')


def test_no_accessibility_contact_when_nothing_is_said(said: Callable[..., list[str]]) -> None:
    for text in ("", "tillganglighet:", "tillganglighet:\n  kontakt:"):
        assert said(f"kommun: 0319\n{text}\n", "kommun.yaml") == []
        assert load_params("0319").municipality.accessibility.contact is None


INVISIBLE = {
    "nul": "\\0", "bell": "\\a", "escape": "\\e", "next line": "\\N", "c1": "\\x9b",
    "override": "\\u202e", "embedding": "\\u202a", "isolate": "\\u2066",
    "zero width": "\\u200b", "byte order": "\\ufeff", "arabic mark": "\\u061c", "soft hyphen": "\\u00ad",
    "joiner of nothing": "\\u200d", "private use": "\\ue000", "tag": "\\U000e0041",
    "no character": "\\uffff", "no character in a plane": "\\U0001fffe",
}  # fmt: skip


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize(("key", "file"), [("vad", "grundskola.yaml"), ("namn", "kommun.yaml")])
def test_signs_that_no_reader_sees_are_refused(
    sign: str, key: str, file: str, said: Callable[..., list[str]]
) -> None:
    text = f'{key}: "Älvkarleby {INVISIBLE[sign]} x"'
    number = ord(yaml.safe_load(f'"{INVISIBLE[sign]}"'))
    expected = f"nyckeln '{key}' innehåller ett tecken som inte syns (U+{number:04X}) efter 'Älvkarleby', ta bort det."
    if file == "kommun.yaml":
        assert said(f"kommun: 0319\n{text}", file) == [f", rad 2: {expected}"]
    else:
        assert said(text, file) == [f", rad 1: {expected}"]


@pytest.mark.parametrize("sign", ["\u202e", "\u200b", "\ufeff", "\u061c", "\u200f", "\ue000", "\u00ad"])
def test_a_sign_that_no_reader_sees_is_refused_on_its_line(sign: str, said: Callable[..., list[str]]) -> None:
    assert said(f"vad: >\n  Ett.\n  Två{sign}tre.\nmal: x\n") == [
        f", rad 3: raden innehåller ett tecken som inte syns (U+{ord(sign):04X}) efter 'Två', ta bort det."
    ]


def test_signs_that_belong_to_what_is_seen_are_kept(said: Callable[..., list[str]]) -> None:
    assert said("vad: שלום e\u0301 👍🏽 👩\u200d👩\u200d👧 hårt\u00a0mellanslag\n") == []


def test_a_fault_can_always_be_printed(said: Callable[..., list[str]]) -> None:
    half = ": raden innehåller ett osynligt styrtecken, skriv om den."
    for text in (
        'vad: "a \\ud83d"',
        'forebilder: ["\\ud83d"]',
        'riktning: "\\x1b[2J"',
        '"\\ud83d": x',
        '"\\e": x',
    ):
        faults = said(text)
        assert all(fault.isprintable() and fault.encode("utf-8") for fault in faults)
        assert (f", rad 1{half}" in faults) == ("ud83d" in text), faults


@pytest.mark.parametrize("case", MUNICIPALITY_FAULTS)
def test_fault_in_the_municipality_file(case: str, said: Callable[..., list[str]]) -> None:
    content, expected = MUNICIPALITY_FAULTS[case]
    assert said(content, "kommun.yaml", places=PLACES) == [expected]


@pytest.mark.parametrize("name", ["Älvkarleby", "älvkarleby kommun", "Älvkarlebys kommun"])
def test_the_official_name_is_its_name(name: str, said: Callable[..., list[str]]) -> None:
    assert said(f"kommun: 0319\nnamn: {name}\nkontakt:\n", "kommun.yaml", places=PLACES) == []


@pytest.mark.parametrize(
    ("code", "name", "fault"),
    [
        ("2080", "Falu kommun", ""),
        ("1982", "Uppsalala", "nyckeln 'namn' är 'Uppsalala' men kommun 1982 heter Salala"),
    ],
)
def test_the_name_is_the_municipalitys_whole_name(code: str, name: str, fault: str, root: Path) -> None:
    """Nor is a name right that only holds the municipality's own."""
    folder = root / f"{code}-prov"
    folder.mkdir()
    (folder / "kommun.yaml").write_text(f"kommun: {code}\nnamn: {name}\n", encoding="utf-8")
    assert [problem.text for problem in check(folder, areas=IDS, places=PLACES)] == ([fault] if fault else [])


def test_overview_names_areas_that_exist(said: Callable[..., list[str]]) -> None:
    assert said("fokusomraden: [grundskola, barn-och-ungdom]", "oversikt.yaml") == [
        ", rad 1: nyckeln 'fokusomraden', post 2 har värdet 'barn-och-ungdom' men ska vara grundskola eller"
        " barn-och-unga. Menade du 'barn-och-unga'?"
    ]


def test_folder_without_its_main_file(folder: Path) -> None:
    (folder / "kommun.yaml").unlink()
    assert [str(problem) for problem in check(folder)] == [
        "params/0319-alvkarleby/kommun.yaml: filen saknas, den ska minst ha raden kommun: och kommunens kod."
    ]


def test_folder_with_a_name_of_its_own(folder: Path) -> None:
    renamed = folder.rename(folder.with_name("Älvkarleby"))
    assert [str(problem) for problem in check(renamed)] == [
        "params/Älvkarleby: mappen ska heta som kommunens kod och namn, till exempel 0319-alvkarleby."
    ]


def test_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"finns inte\.$"):
        check(tmp_path / "0319-alvkarleby")


TEXTS = st.text(
    alphabet=string.ascii_letters + string.digits + "åäö :-[]{}#&*!|>'\"%@`,?~\n\t\\", max_size=40
)
SCALARS = st.one_of(st.none(), TEXTS)
DATA = st.dictionaries(
    st.sampled_from([*(str(field.alias) for field in AreaParams.model_fields.values()), "annat"]),
    st.recursive(
        SCALARS,
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(st.sampled_from(["kalla", "iakttagelse", "x"]), inner),
        ),
        max_leaves=6,
    ),
)
ENGLISH = re.compile(
    r"\b(input|should|valid|expected|found|while|value|field|error|character)\b", re.IGNORECASE
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.one_of(TEXTS, DATA.map(lambda data: yaml.safe_dump(data, allow_unicode=True))))
def test_any_text_is_read_or_refused_in_swedish(folder: Path, text: str) -> None:
    (folder / "grundskola.yaml").write_text(text, encoding="utf-8", newline="")
    for problem in check(folder, areas=IDS):
        quoted = re.sub(r"'[^']*'+", "", problem.text)
        assert not ENGLISH.search(quoted), problem
        assert str(problem)[-1] in ".?"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Co", "Cs", "Cn"]), max_size=200))
def test_quoted_text_comes_back_as_written(folder: Path, text: str) -> None:
    (folder / "grundskola.yaml").write_text(
        yaml.dump({"vad": text}, allow_unicode=True, default_style='"', width=10**6), encoding="utf-8"
    )
    written = load_params("0319").area("grundskola").what
    expected = " ".join(text.split())
    assert " ".join((written or "").split()) == " ".join(unicodedata.normalize("NFC", expected).split())


# Where folders are, and new ones -----------------------------------------------------------


def test_existing_folder_is_not_overwritten(root: Path, folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match=r"^params/0319-alvkarleby finns redan"):
        write_new(root, "0319", "Ett annat namn", AREAS)
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert list(root.iterdir()) == [folder]


def test_failed_writing_leaves_nothing(tmp_path: Path) -> None:
    """A file name that no file system takes stops the writing half-way."""
    areas = [*AREAS, FocusArea.model_construct(id="x" * 300, label="X", direction=Direction.QUALITY)]
    with pytest.raises(OSError, match=r"."):
        write_new(tmp_path / "params", "0319", "Älvkarleby", areas)
    assert list((tmp_path / "params").iterdir()) == []


def test_two_folders_of_one_municipality(root: Path) -> None:
    (root / "0319-gammal").mkdir()
    with pytest.raises(InputError, match="0319-alvkarleby och params/0319-gammal"):
        find_params("0319", root)


def test_root_is_named_by_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    assert params_root() == tmp_path
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path / "ingen"))
    with pytest.raises(InputError, match="EFFEKTIV_PARAMS"):
        params_root()


def test_root_is_found_from_a_notebooks_folder(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step = tmp_path / "notebooks" / "1-nulagesanalys"
    step.mkdir(parents=True)
    monkeypatch.chdir(step)
    assert params_root().samefile(root)
    assert load_params("0319").folder is not None


@pytest.mark.skipif(os.name == "nt", reason="Windows har inga rättighetsbitar")
def test_new_files_can_be_read_by_others_as_usual(folder: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    assert folder.stat().st_mode & 0o777 == 0o777 & ~mask


@pytest.mark.parametrize("name", ["Älvkarleby", "Malung-Sälen", "Upplands Väsby", "Övre É"])
def test_params_and_reports_lie_in_folders_of_the_same_name(name: str, tmp_path: Path) -> None:
    (kommun, *_) = write_new(tmp_path, "0319", name, AREAS)
    assert kommun.parent.name == Job("0319", name, 1, "grundskola", Path("n.ipynb")).folder
