"""Role models in words and table."""

from __future__ import annotations

import pytest

from effektiv.exhibits.swedish import NBSP
from effektiv.steps.s1_nulagesanalys.role_models import RoleModels, finding, short_list
from tests.steps.s1_nulagesanalys.shows import role_models
from tests.steps.s1_nulagesanalys.written_samples import context, plain
from tests.steps.s1_nulagesanalys.written_samples import role_models as found

WHAT = "både bättre kvalitet och lägre kostnad än Lillby under minst två av åren 2023–2025"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("0002", True, True)],
            f"I gruppen har Storby {WHAT}. I resten av landet har ingen kommun det. Skillnaden är säker.",
        ),
        (
            [("0002", True, False), ("0005", False, False)],
            f"I gruppen har Storby {WHAT}. I resten av landet har en kommun det. Skillnaden är säker för ingen av dem.",
        ),
        (
            [("0002", True, True), ("0003", True, False), ("0005", False, True)],
            f"I gruppen har Storby och Norrby {WHAT}. I resten av landet har en kommun det. "
            "Skillnaden är säker för två av dessa tre.",
        ),
        (
            [("0004", False, False), ("0005", False, False)],
            f"Ingen i gruppen har {WHAT}. I resten av landet har två kommuner det. "
            "Skillnaden är säker för ingen av dem.",
        ),
        ([("0005", False, False)], f"Ingen i gruppen har {WHAT}. I resten av landet har en kommun det. "
                                   "Skillnaden är inte säker."),
        ([], f"Ingen i gruppen har {WHAT}. I resten av landet har ingen kommun det."),
    ],
)  # fmt: skip
def test_who_and_how_certain(rows: list[tuple[str, bool, bool]], expected: str) -> None:
    assert finding(context(), found(*rows)) == expected


def test_when_the_group_is_the_country_nothing_is_left_of_it() -> None:
    text = finding(context(whole_country=True), found(("0002", True, True)))
    assert "resten av landet" not in text


def test_a_long_list_of_names_is_cut() -> None:
    assert short_list([*"ABCDEF"]) == "A, B, C, D, E och F"
    assert short_list([*"ABCDEFG"]) == "A, B, C, D, E och 2 till"


def test_the_table_tells_by_how_much_and_since_when() -> None:
    text = plain(role_models(context(), found(("0002", True, True), ("0005", False, False)), ()))
    assert "−3,0" in text
    assert "+4,0" in text
    assert "2 av 3" in text
    assert "”Nettokostnadsavvikelse”" in text
    assert "säger inte vad som ligger bakom" in text


def test_only_the_best_are_listed_and_the_rest_counted() -> None:
    many = found(
        *((f"00{place:02}", True, False) for place in range(10, 22)),
        *((f"00{place:02}", False, False) for place in range(30, 37)),
    )
    names = {code: f"By {code}" for code in many.frame.index}
    ctx = context()
    ctx = type(ctx)(
        ctx.municipality, {**ctx.names, **names}, ctx.peers, ctx.kpis, ctx.year, ctx.preliminary_year
    )
    exhibit = role_models(ctx, many, ())
    assert exhibit.table is not None
    assert len(exhibit.table.rows) == 10 + 5
    assert "ytterligare fyra förebilder" in exhibit.how_to_read
    assert "By 0010, By 0011, By 0012, By 0013, By 0014 och 7 till" in exhibit.finding.replace(NBSP, " ")


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        (
            {"0002": "Storby"},
            "Lillby har själv valt Storby som förebild. Den kommunen uppfyller villkoret.",
        ),
        (
            {"0003": "Norrby"},
            "Lillby har själv valt Norrby som förebild. Den kommunen uppfyller inte villkoret.",
        ),
        (
            {"0002": "Storby", "0003": "Norrby"},
            "Lillby har själv valt Storby och Norrby som förebilder. Av dem uppfyller Storby villkoret.",
        ),
        (
            {"0003": "Norrby", "0004": "Söderby"},
            "Lillby har själv valt Norrby och Söderby som förebilder. Av dem uppfyller ingen villkoret.",
        ),
    ],
)
def test_the_municipality_s_own_choice(chosen: dict[str, str], expected: str) -> None:
    assert expected in plain(role_models(context(), found(("0002", True, True), chosen=chosen), ()))


def test_no_role_models_is_said_without_a_table() -> None:
    exhibit = role_models(context(), found(), ())
    assert exhibit.table is None
    assert "ingen tabell" in plain(exhibit)


def test_missing_figures_are_said() -> None:
    text = plain(role_models(context(), None, ()))
    assert "kräver både kostnad och kvalitet för Lillby" in text


def test_codes_by_group_and_certainty() -> None:
    models: RoleModels = found(("0002", True, True), ("0003", True, False), ("0005", False, True))
    assert models.codes() == ("0002", "0003", "0005")
    assert models.codes(peer=True) == ("0002", "0003")
    assert models.codes(peer=True, certain=True) == ("0002",)
    assert models.codes(peer=False, certain=False) == ()
