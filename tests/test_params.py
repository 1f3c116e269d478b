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

from effektiv.errors import InputError
from effektiv.params import (
    AreaParams,
    MunicipalityParams,
    OverviewParams,
    Params,
    ParamsError,
    check,
    find_params,
    folder_name,
    load_params,
    params_root,
    write_new,
)
from effektiv.render import municipality_folder
from effektiv.types import Direction, FocusArea

AREAS = [
    FocusArea.model_construct(id="grundskola", label="Grundskola", direction=Direction.QUALITY),
    FocusArea.model_construct(id="barn-och-unga", label="Barn och unga", direction=Direction.RESOURCE),
]
IDS = [area.id for area in AREAS]
MUNICIPALITIES = {"0319": "Älvkarleby", "0330": "Knivsta", "0382": "Östhammar"}


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
        "grundskola.yaml",
        "kommun.yaml",
        "oversikt.yaml",
    ]
    assert check(folder, areas=IDS, municipalities=MUNICIPALITIES) == []
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
    for path in folder.iterdir():
        content = path.read_bytes()
        assert b"\r" not in content
        assert content.startswith(b"# ")
        assert all(key.isascii() for key in yaml.safe_load(content))


def test_the_examples_in_the_comments_can_be_used(folder: Path, said: Callable[..., list[str]]) -> None:
    """Taking away the comment signs as the file says must give a valid file."""
    text = (folder / "grundskola.yaml").read_text(encoding="utf-8")
    text = text.replace("egna_underlag: []", "egna_underlag:").replace("#  - kalla", "  - kalla")
    assert said(text.replace("#    iakttagelse", "    iakttagelse")) == []
    evidence = load_params("0319").area("grundskola").own_evidence
    assert [(e.source, e.observation) for e in evidence] == [
        ("Elevenkät våren 2026", "Var fjärde elev i årskurs 8 saknar studiero.")
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


def test_other_files_in_the_folder_are_left_alone(folder: Path) -> None:
    (folder / "anteckningar.txt").write_text("x: : :", encoding="utf-8")
    (folder / "grundskola.yaml~").write_text("x: : :", encoding="utf-8")
    assert check(folder, areas=IDS) == []


# What is wrong with a file ------------------------------------------------------------

QUOTE = "sätt den inom citattecken"
FAULTS = {
    "unknown key": ("rikting: kvalitet", ", rad 1: nyckeln 'rikting' finns inte. Menade du 'riktning'?"),
    "unlike any key": ("xyz: 1", ", rad 1: nyckeln 'xyz' finns inte."),
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
    "text wanted": ("mal:\n  a: b", ", rad 1: nyckeln 'mal' ska vara en text."),
    "list wanted": (
        "forebilder: 0330",
        ", rad 1: nyckeln 'forebilder' ska vara en lista, till exempel [0319, 0330].",
    ),
    "lost zero": (
        "forebilder:\n  - 0330\n  - 382",
        ", rad 3: nyckeln 'forebilder', post 2 har värdet '382', som saknar sin inledande nolla: skriv 0382.",
    ),
    "name for code": (
        "forebilder: [Gävle]",
        ", rad 1: nyckeln 'forebilder', post 1 har värdet 'Gävle' men ska vara en fyrsiffrig kommunkod,"
        " till exempel 0319.",
    ),
    "five digits": (
        "forebilder: [03190]",
        ", rad 1: nyckeln 'forebilder', post 1 har värdet '03190' men en kommunkod har fyra siffror.",
    ),
    "region": (
        "forebilder: [0003]",
        ", rad 1: nyckeln 'forebilder', post 1 har värdet '0003', som är riket eller en region"
        " och inte en kommun.",
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
        ", rad 6: nyckeln 'sida' i egna_underlag, post 2 finns inte.",
    ),
    "item of text": (
        "egna_underlag: [a]",
        ", rad 1: nyckeln 'egna_underlag', post 1 ska ha sina egna nycklar på indragna rader under sig.",
    ),
    "too long": (f"vad: {'a' * 3001}", ", rad 1: nyckeln 'vad' har fler än 3000 tecken."),
    "too many": (
        f"forebilder: [{', '.join(str(1000 + i) for i in range(41))}]",
        ", rad 1: nyckeln 'forebilder' har fler än 40 poster.",
    ),
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
    "no colon": ("riktning: resurs\nvad\nmal: x", ", rad 3: ett kolon saknas efter nyckeln."),
    "windows path": (
        'vad: "C:\\dokument"',
        ", rad 1: omvänt snedstreck (\\) i text inom dubbla citattecken, använd enkla citattecken.",
    ),
    "open list": (
        "forebilder: [0330\nmal: x",
        ", rad 2: ett kommatecken eller avslutande ] saknas i listan.",
    ),
    "two documents": ("vad: a\n---\nmal: b", ", rad 2: filen delas av en rad med ---, ta bort den."),
    "alias": ("mal: *x", f", rad 1: texten börjar med asterisk (*), {QUOTE}."),
    "anchor": ("mal: &x y", f", rad 1: texten börjar med och-tecken (&), {QUOTE}."),
    "tag": ("mal: !!python/name:os.system x", f", rad 1: texten börjar med utropstecken (!), {QUOTE}."),
    "reserved sign": ("mal: @x", f", rad 1: texten börjar med ett tecken som har egen betydelse, {QUOTE}."),
    "mapping as key": ("? [a]\n: b", ", rad 1: en nyckel ska vara ett ord följt av kolon."),
    "control sign": (
        "vad: a\n\nmal: b\x07",
        ", rad 3: raden innehåller ett osynligt styrtecken, skriv om den.",
    ),
    "escaped control sign": (
        'mal: "\\0"',
        ", rad 1: nyckeln 'mal' innehåller ett osynligt styrtecken, skriv om texten.",
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
    assert said(content) == [expected]


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
        ", rad 1: nyckeln 'kommun' har värdet '319', som saknar sin inledande nolla: skriv 0319.",
    ),
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
        ", rad 2: nyckeln 'egna', post 2 har värdet '0399', som ingen kommun i frysningen har.",
    ),
    "contact as text": (
        "kommun: 0319\nkontakt: Anna",
        ", rad 2: nyckeln 'kontakt' ska ha sina egna nycklar på indragna rader under sig.",
    ),
    "bare word for accessibility": (
        "kommun: 0319\ntillganglighet: Anna",
        ", rad 2: nyckeln 'tillganglighet' ska ha sina egna nycklar på indragna rader under sig.",
    ),
    "no address": (
        "kommun: 0319\ntillganglighet:\n  kontakt: Anna Ek",
        ", rad 3: nyckeln 'kontakt' i tillganglighet har värdet 'Anna Ek' men ska vara en e-postadress eller en"
        " webbadress som börjar med https://.",
    ),
    "unknown in contact": (
        "kommun: 0319\nkontakt:\n  mejl: a",
        ", rad 3: nyckeln 'mejl' i kontakt finns inte.",
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
    "no character": "\\uffff", "no character in a plane": "\\U0001fffe",
}  # fmt: skip


@pytest.mark.parametrize("sign", INVISIBLE)
@pytest.mark.parametrize(("key", "file"), [("vad", "grundskola.yaml"), ("namn", "kommun.yaml")])
def test_signs_that_no_reader_sees_are_refused(
    sign: str, key: str, file: str, said: Callable[..., list[str]]
) -> None:
    text = f'{key}: "Älvkarleby {INVISIBLE[sign]} x"'
    expected = f"nyckeln '{key}' innehåller ett osynligt styrtecken, skriv om texten."
    if file == "kommun.yaml":
        assert said(f"kommun: 0319\n{text}", file) == [f", rad 2: {expected}"]
    else:
        assert said(text, file) == [f", rad 1: {expected}"]


def test_a_sign_that_turns_text_around_is_refused_as_it_stands(said: Callable[..., list[str]]) -> None:
    assert said("vad: a\u202eb") == [
        ", rad 1: nyckeln 'vad' innehåller ett osynligt styrtecken, skriv om texten."
    ]
    assert said("vad: שלום\u200f a\u200eb \u200d \u00ad 👍🏽\n") == []


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
    assert said(content, "kommun.yaml", municipalities=MUNICIPALITIES) == [expected]


def test_name_may_say_more_than_the_snapshot_does(said: Callable[..., list[str]]) -> None:
    content = "kommun: 0319\nnamn: Älvkarleby kommun\nkontakt:\n"
    assert said(content, "kommun.yaml", municipalities=MUNICIPALITIES) == []


def test_overview_names_areas_that_exist(said: Callable[..., list[str]]) -> None:
    assert said("fokusomraden: [grundskola, barn-och-ungdom]", "oversikt.yaml") == [
        ", rad 1: nyckeln 'fokusomraden', post 2 har värdet 'barn-och-ungdom' men ska vara grundskola eller"
        " barn-och-unga. Menade du 'barn-och-unga'?"
    ]


def test_file_of_an_area_that_does_not_exist(said: Callable[..., list[str]]) -> None:
    assert said("riktning: resurs", "grundskolan.yaml") == [
        ": det finns inget fokusområde som heter 'grundskolan'. Menade du 'grundskola'?"
    ]


def test_file_with_the_wrong_ending(said: Callable[..., list[str]]) -> None:
    assert said("riktning: resurs", "forskola.yml") == [": filen ska heta forskola.yaml."]


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
@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Cn"]), max_size=200))
def test_quoted_text_comes_back_as_written(folder: Path, text: str) -> None:
    (folder / "grundskola.yaml").write_text(
        yaml.dump({"vad": text}, allow_unicode=True, default_style='"', width=10**6), encoding="utf-8"
    )
    written = load_params("0319").area("grundskola").what
    expected = " ".join(text.split())
    assert " ".join((written or "").split()) == " ".join(unicodedata.normalize("NFC", expected).split())


# Where folders are, and new ones -----------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "folder"),
    [
        ("Älvkarleby", "0319-alvkarleby"),
        ("Upplands Väsby", "0319-upplands-vasby"),
        ("Malung-Sälen", "0319-malung-salen"),
        ("Öckerö", "0319-ockero"),
        ("Håbo", "0319-habo"),
    ],
)
def test_folder_name(name: str, folder: str) -> None:
    assert folder_name("0319", name) == folder


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
def test_params_and_reports_lie_in_folders_of_the_same_name(name: str) -> None:
    assert folder_name("0319", name) == municipality_folder("0319", name)
