"""Opening a case: what is wrong is said in one sentence, and all that an opened case shows holds together."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot, find_municipality
from effektiv.errors import InputError, SnapshotError
from effektiv.example.truths import NO_ACCOUNTS, NO_UPPER_SCHOOL
from effektiv.exhibits.exhibit import Exhibit, Source
from effektiv.outputs import EXHIBIT_MIME
from effektiv.steps.opening import open_case
from effektiv.steps.s1_nulagesanalys.case import AreaCase
from effektiv.types import Direction
from tests.small_snapshot import write_small
from tests.steps.shown import AREAS, FOCUS_AREAS, called, exhibits, faults, methods, plain, sentences, undrawn
from tests.steps.subsets import subset

SCHOOL = "grundskola"
ALONE = "Gölfors"
"""The only municipality of its county."""

TOWNS = (
    "Exempelby",
    "Kornlunda",
    *NO_UPPER_SCHOOL,
    *(name for name, _ in NO_ACCOUNTS),
    "Stormvik",
    "Smedtuna",
    "Mårdåker",
)
"""Among them the smallest, the largest, and those that lack accounts or a year 9."""


# --- errors: one sentence, with what would be right -------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    ("area", "asked", "expected"),
    [
        ("grundskolan", {}, 'Området "grundskolan" finns inte i steg 1. Menade du grundskola? Välj bland aldreomsorg-'),
        ("zzz", {}, f'Området "zzz" finns inte i steg 1. Välj bland {", ".join(AREAS)}.'),
        (SCHOOL, {"kommun": "Exempelbi"}, 'Kommunen "Exempelbi" finns inte i datamängden. Menade du Exempelby?'),
        (SCHOOL, {"kommun": "9999"}, 'Kommunkoden "9999" finns inte i datamängden.'),
        (SCHOOL, {"kommun": "Älvkarleby"}, "Exempeldatan har bara påhittade kommuner, till exempel Exempelby: hämta"),
        (SCHOOL, {"steg": 6}, "Steg 6 finns inte. Välj ett av stegen 1–5."),
        (SCHOOL, {"jamfor_med": "grannar"}, 'jamfor_med är "grannar"; skriv liknande, lan, riket, egna eller'),
        (SCHOOL, {"jamfor_med": "0319,38"}, 'jamfor_med är "0319,38"; skriv liknande'),
        (SCHOOL, {"jamfor_med": "9999"}, "Koden 9999 i parametern jamfor_med finns inte i frysningen exempel"),
        (SCHOOL, {"jamfor_med": "0000"}, "Koden 0000 i parametern jamfor_med finns inte"),
        (SCHOOL, {"jamfor_med": "egna"}, 'jamfor_med är "egna" men Exempelby har inga koder under egna'),
        (SCHOOL, {"kommun": ALONE, "jamfor_med": "lan"}, f"{ALONE} är ensam i sitt län i frysningen exempel"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_would_be_right(area: str, asked: dict[str, object], expected: str) -> None:
    with pytest.raises(InputError, match=re.escape(expected)):
        open_case(area, **({"kommun": "Exempelby"} | asked))  # type: ignore[arg-type]


@pytest.mark.usefixtures("example")
def test_the_own_code_alone_is_no_comparison() -> None:
    code = open_case(SCHOOL, kommun="Exempelby").municipality
    with pytest.raises(InputError, match="har ingen annan kommun än kommunen själv"):
        open_case(SCHOOL, kommun="Exempelby", jamfor_med=code)


def test_an_unknown_snapshot() -> None:
    with pytest.raises(SnapshotError, match='Frysningen "ingen-sådan" finns inte'):
        open_case(SCHOOL, kommun="Exempelby", data="ingen-sådan")


def test_no_official_group_says_what_to_choose(tmp_path: Path) -> None:
    folder = str(write_small("liten", tmp_path).path)
    with pytest.raises(InputError, match="har ingen grupp ”Liknande kommuner grundskola” för Habo; välj"):
        open_case(SCHOOL, kommun="Habo", data=folder)


# --- whom to compare with ---------------------------------------------------------------------


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    "words", ["Kornlunda, Svansjöby kommun", "  kornlunda ,\u00a0'{}", ["Kornlunda", "{}"]]
)
def test_peers_may_be_named(example: Snapshot, words: str | list[str]) -> None:
    codes = [find_municipality(name, example.municipalities) for name in ("Kornlunda", "Svansjöby")]
    chosen = words.format(codes[1]) if isinstance(words, str) else [word.format(codes[1]) for word in words]
    assert list(open_case(SCHOOL, kommun="Exempelby", jamfor_med=chosen).peers.members) == codes


@pytest.mark.parametrize(("left", "words"), [(2, "fem av dem"), (6, "en av dem"), (7, None)])
def test_a_group_that_lacks_members_says_so(
    example: Snapshot, tmp_path: Path, left: int, words: str | None
) -> None:
    """Kolada gives seven; a report on fewer is another comparison and must not look like Kolada's."""
    kpis = [load_catalogue().areas[SCHOOL].deviation_pct]
    groups = example.groups[example.groups["group_title"] == "Liknande kommuner grundskola, Exempelby, 2024"]
    folder = subset(example, tmp_path, kpis, groups=groups.iloc[:left])
    opened = open_case(SCHOOL, kommun="Exempelby", data=folder)
    assert len(opened.peers.members) == left
    said = plain(opened.peer_group())
    if words is None:
        assert "Kolada ger gruppen" not in said
    else:
        assert f"Kolada ger gruppen sju kommuner, men {words} finns inte i datauttaget." in said


@pytest.mark.usefixtures("example")
def test_choices_of_peers() -> None:
    similar, county, country = (
        open_case(SCHOOL, kommun="Exempelby", jamfor_med=choice) for choice in ("liknande", "lan", "riket")
    )
    assert len(similar.peers.members) == 7
    assert similar.peers.official
    assert len(country.peers.members) == 289
    assert country.peers.whole_country
    frame = county.snapshot.municipalities.set_index("id")
    assert {frame.loc[code, "county"] for code in county.peers.members} == {
        frame.loc[county.municipality, "county"]
    }
    for case in (similar, county, country):
        assert case.municipality not in case.peers.members


@pytest.mark.usefixtures("example")
def test_codes_in_a_list_or_with_commas() -> None:
    codes = open_case(SCHOOL, kommun="Exempelby").peers.members[:3]
    listed = open_case(SCHOOL, kommun="Exempelby", jamfor_med=[*codes, codes[0]])
    written = open_case(SCHOOL, kommun="Exempelby", jamfor_med=" , ".join(codes))
    assert listed.peers == written.peers
    assert listed.peers.members == codes
    assert listed.describe()["jamfor_med"] == "de valda kommunerna"


# --- the municipality's own params ----------------------------------------------------------------


@pytest.fixture
def params(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Params of Exempelby with its own peers, direction, text and role models."""
    case = open_case(SCHOOL, kommun="Exempelby")
    peers = ", ".join(case.peers.members[:4])
    folder = tmp_path / f"{case.municipality}-exempelby"
    folder.mkdir()
    (folder / "kommun.yaml").write_text(
        f"kommun: {case.municipality}\negna: [{peers}]\nkontakt:\n  namn: Eva Ek\n  epost: eva@exempelby.se\n",
        encoding="utf-8",
    )
    (folder / "grundskola.yaml").write_text(
        f"riktning: resurs\nforebilder: [{case.peers.members[6]}]\nvad: Vi <b>vill</b> mer\nmal: '=1+1'\n"
        "beslut: KS § 12\negna_underlag:\n  - kalla: Enkät <i>x</i>\n    iakttagelse: Många & nöjda\n",
        encoding="utf-8",
    )
    (folder / "oversikt.yaml").write_text(
        "fokusomraden: [grundskola, barn-och-unga]\nmotiv: Störst <u>skäl</u>\navgransning: Inte LSS\n"
        "diarienummer: KS 2026/9\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("EFFEKTIV_PARAMS", str(tmp_path))
    return folder


def area_case(**asked: str) -> AreaCase:
    case = open_case(SCHOOL, kommun="Exempelby", **asked)  # type: ignore[arg-type]
    assert isinstance(case, AreaCase)
    return case


@pytest.mark.usefixtures("params")
def test_own_peers_direction_text_and_role_models_are_used() -> None:
    case = area_case(jamfor_med="egna")
    assert len(case.peers.members) == 4
    assert case.params.area(SCHOOL).direction is Direction.RESOURCE
    text = plain(case.problem_statement())
    assert "sänka kostnaden utan att kvaliteten blir sämre" in text
    assert "- Beslut: KS § 12" in text and "- Kontakt: Eva Ek, eva@exempelby.se" in text


@pytest.mark.usefixtures("params")
def test_markup_in_own_text_stays_text() -> None:
    case = area_case()
    shown = case.problem_statement().to_html() + case.limits().to_html()
    overview = open_case("oversikt", kommun="Exempelby")
    shown += overview.problem_statement().to_html()
    for written in (
        "Vi &lt;b&gt;vill&lt;/b&gt; mer",
        "Enkät &lt;i&gt;x&lt;/i&gt;",
        "Många &amp; nöjda",
        "&lt;u&gt;skäl",
    ):
        assert written in shown
    for markup in ("<b>", "<i>", "<u>"):
        assert markup not in shown


@pytest.mark.usefixtures("params")
def test_the_overview_tells_the_choice_its_limits_and_number() -> None:
    text = plain(open_case("oversikt", kommun="Exempelby").problem_statement())
    assert "Exempelby har valt grundskola och barn och unga." in text
    assert "Kommunens text: Inte LSS" in text
    assert "- Diarienummer: KS 2026/9" in text


def test_a_role_model_that_no_municipality_has_is_an_error_with_its_place(params: Path) -> None:
    (params / "grundskola.yaml").write_text("forebilder: [9999]\n", encoding="utf-8")
    with pytest.raises(
        InputError, match=r"grundskola.yaml, rad 1: nyckeln 'forebilder', post 1 stämmer inte: .*9999"
    ):
        open_case(SCHOOL, kommun="Exempelby")


# --- everything that opened cases show -----------------------------------------------------------


@pytest.fixture(scope="module", autouse=True)
def _without_drawings() -> Iterator[None]:
    with undrawn():
        yield


@cache
def shown(
    area: str, kommun: str = "Exempelby", data: str = "exempel", jamfor_med: str = "liknande"
) -> dict[str, Exhibit]:
    """Return all that a notebook may show, by method and, of findings, by id."""
    opened = open_case(area, kommun=kommun, data=data, jamfor_med=jamfor_med)
    found = {item.id: item for item in opened.findings()}  # type: ignore[attr-defined]
    return exhibits(opened) | found


def sound(shown: dict[str, Exhibit]) -> None:
    """Check what holds of every exhibit of a case."""
    ids = [exhibit.id for exhibit in shown.values()]
    assert len(set(ids)) == len(ids)
    for name, exhibit in shown.items():
        assert faults(sentences(exhibit)) == [], name
        table = "" if exhibit.table is None else exhibit.table.to_text()
        assert not re.search(r"\b(nan|inf|None)\b", table), name
        assert EXHIBIT_MIME in exhibit._repr_mimebundle_()


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("kommun", TOWNS)
def test_all_exhibits_of_a_municipality_hold_together(kommun: str) -> None:
    for area in AREAS:
        sound(shown(area, kommun))


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", [SCHOOL, "oversikt"])
@pytest.mark.parametrize("jamfor_med", ["riket", "lan", "two"])
def test_all_exhibits_hold_together_whomever_one_compares_with(area: str, jamfor_med: str) -> None:
    codes = ",".join(open_case(area, kommun="Exempelby").peers.members[:2])
    sound(shown(area, jamfor_med=codes if jamfor_med == "two" else jamfor_med))


AREAS_ONLY = {"efficiency", "structure"}
"""What is computed in each area by itself, so that the overview's notebook leaves it out."""


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("areas", [FOCUS_AREAS, ("oversikt",)], ids=["area", "oversikt"])
def test_what_the_notebooks_call_is_there_and_nothing_else(areas: tuple[str, ...]) -> None:
    there = {*methods(open_case(areas[0], kommun="Exempelby")), "findings", "values"}
    wanted = there - AREAS_ONLY if areas == ("oversikt",) else there
    for area in areas:
        assert called(area) == wanted, area


@pytest.fixture(scope="module")
def lacking(example: Snapshot, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A snapshot with a few structure figures and nothing of the areas themselves."""
    return subset(example, tmp_path_factory.mktemp("frysningar"), ["N01951", "N00954"])


@pytest.mark.parametrize("area", AREAS)
def test_a_snapshot_that_lacks_the_figures_says_what_is_missing(area: str, lacking: str) -> None:
    opened = open_case(area, kommun="Exempelby", data=lacking)
    first = opened.first_page()  # type: ignore[attr-defined]
    assert first.title.startswith("Tunt underlag") and first.figure is None
    assert "saknas" in plain(first) and "Hämta ett nytt datauttag" in plain(first)
    assert len(opened.findings()) == 0  # type: ignore[attr-defined]
    assert opened.describe()["underlag"] == "tunt"


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize("area", AREAS)
def test_a_table_with_processed_values_is_never_said_to_be_kolada_s(area: str) -> None:
    """Medians, quarters and gaps are computed here; Kolada's terms forbid naming it as their source."""
    for name, exhibit in shown(area).items():
        if exhibit.source is Source.KOLADA:
            assert exhibit.table is not None, name
            heads = " ".join(column.label.lower() for column in exhibit.table.columns)
            assert not re.search(r"median|kvartil|skillnad|gap|fjärdedel|osäkerhet", heads), name


@pytest.mark.usefixtures("example")
def test_a_case_gives_the_same_exhibits_again() -> None:
    again = exhibits(open_case("oversikt", kommun="Exempelby"))
    first = exhibits(open_case("oversikt", kommun="Exempelby"))
    assert {name: item.to_text() for name, item in again.items()} == {
        name: item.to_text() for name, item in first.items()
    }


@pytest.mark.usefixtures("example")
def test_charts_can_be_left_out_of_these_tests() -> None:
    exhibit = area_case().first_page()
    assert exhibit.figure is not None
    assert exhibit.figure.wide.width == 1.0
