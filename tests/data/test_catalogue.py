"""The catalogue agrees with Kolada's metadata, with METHOD.md and with itself."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from effektiv.data.catalogue import CATALOGUE_FOLDER, load_catalogue, source_kpis
from effektiv.errors import InputError
from effektiv.types import Better, Catalogue, CostTree, FocusArea, Kpi, Role

METADATA = "data/kolada-metadata"
ENDED = re.compile(r"\(-\s?(\d{4})\)\s*$")

RKA_AREAS = {"forskola", "grundskola", "gymnasieskola", "aldreomsorg", "lss", "ekonomiskt-bistand"}

# METHOD.md section 5 names these; they are left out for the reason that stands in the YAML.
LEFT_OUT = {
    "U15414": "SALSA: bara skolnivå sedan 2013",
    "U15416": "SALSA: bara skolnivå sedan 2013",
    "N33877": "säger inget om hur väl insatsen lyckas",
}
# METHOD.md gives these as ranges; the most summarising questions are in, at least this many.
RANGES = {
    ("U33750", "U33761"): 4,
    ("N33840", "N33859"): 4,
    ("U33575", "U33581"): 3,
    ("N33870", "N33877"): 3,
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def metadata(shared: Path) -> pd.DataFrame:
    """Kolada's key figures of March 2026, by id."""
    return pd.read_csv(shared / METADATA / "kpi_2026-03.csv.gz", dtype={"id": str}).set_index("id")


def fetched(catalogue: Catalogue) -> list[Kpi]:
    return [catalogue.kpis[kpi] for kpi in source_kpis(catalogue)]


def all_areas(catalogue: Catalogue) -> list[FocusArea]:
    return list(catalogue.areas.values())


# -- against Kolada's metadata -----------------------------------------------------------


def test_every_title_is_koladas_own(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    ours = {kpi.id: kpi.title for kpi in fetched(catalogue)}
    theirs = {kpi: metadata["title"].get(kpi) for kpi in ours}
    assert ours == theirs


def test_gender_flags_are_koladas(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    ours = {kpi.id: kpi.gender for kpi in fetched(catalogue)}
    theirs = {kpi: bool(metadata.loc[kpi, "is_divided_by_gender"]) for kpi in ours}
    assert ours == theirs


def test_all_are_published_for_municipalities(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    assert set(metadata.loc[source_kpis(catalogue), "municipality_type"]) <= {"K", "A"}


def test_last_years_are_those_in_the_titles(catalogue: Catalogue) -> None:
    marked = {kpi.id: int(m[1]) for kpi in fetched(catalogue) if (m := ENDED.search(kpi.title))}
    assert {kpi.id: kpi.valid_to for kpi in fetched(catalogue) if kpi.valid_to} == marked
    assert len(marked) >= 7


def test_preliminary_are_those_kolada_publishes_twice(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    ours = {kpi.id: kpi.preliminary_until_final for kpi in fetched(catalogue)}
    theirs = {kpi: isinstance(metadata.loc[kpi, "prel_publication_date"], str) for kpi in ours}
    assert ours == theirs


def test_breaks_that_descriptions_state_are_there(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    stated = {
        2019: "Från och med 2019 beräknas nettokostnadsavvikelse",
        2020: "modellen har uppdaterats from 2020",
        2021: "från 2021 (avses )?en kommunindividuell median",
        2023: "Fram till och med 2022 beräknades medelvärdet|2023 gjordes en förändring",
    }
    for year, words in stated.items():
        matching = metadata.loc[source_kpis(catalogue), "description"].str.contains(
            words.replace("(", "(?:"), regex=True
        )
        assert matching.any()
        missing = [
            kpi
            for kpi in matching.index[matching]
            if year not in {item.year for item in catalogue.kpis[kpi].breaks}
        ]
        assert not missing, f"{missing} har inget brott {year}"


def test_no_riket_value_where_kolada_has_none(catalogue: Catalogue) -> None:
    """Net cost deviations, reference costs and RKA's indices compare municipalities only."""
    for kpi in fetched(catalogue):
        relative = kpi.title.startswith(("Nettokostnadsavvikelse", "Referenskostnad"))
        if relative or kpi.role is Role.INDEX or "avvikelse från modellberäknat" in kpi.title:
            assert not kpi.riket, kpi.id


def test_riket_agrees_with_the_real_extract(catalogue: Catalogue, shared: Path) -> None:
    extract = _kungsbacka(shared)
    with_riket = set(extract.loc[extract["municipality_id"] == "0000", "kpi"])
    known = set(extract["kpi"]) & set(catalogue.kpis)
    assert {kpi for kpi in known if catalogue.kpis[kpi].riket} == with_riket & known
    assert len(known) >= 9


def test_families_have_a_group_for_every_municipality(catalogue: Catalogue, shared: Path) -> None:
    groups = pd.read_csv(shared / METADATA / "municipality_groups_2026-03.csv.gz", dtype=str)
    municipalities = pd.read_csv(shared / METADATA / "municipality_2026-03.csv", dtype=str)
    names = municipalities.loc[municipalities["type"] == "K", "title"]
    assert len(names) == 290
    titles = set(groups["group_title"])
    known = {
        match[1] for title in titles if (match := re.fullmatch(r"(Liknande kommuner.*), [^,]+, \d{4}", title))
    }
    assert set(catalogue.overview.families) == known
    for family in [area.family for area in all_areas(catalogue)] + [catalogue.overview.family]:
        year = max(title[-4:] for title in titles if title.startswith(f"{family}, "))
        lacking = [name for name in names if f"{family}, {name}, {year}" not in titles]
        assert not lacking, (family, year)


def test_deviation_is_net_cost_against_reference_cost(shared: Path) -> None:
    """N15001 = 100 * (U15011 / N15058 - 1) on Kungsbacka's published values, to four decimals."""
    extract = _kungsbacka(shared)
    own = extract[extract["municipality_id"] == "1384"].pivot_table("value", index="year", columns="kpi")
    # Before 2018 the two reference costs follow different models.
    own = own.loc[2018:]
    assert len(own) == 8
    expected = 100 * (own["U15011"] / own["N15058"] - 1)
    pd.testing.assert_series_equal(own["N15001"], expected, check_names=False, atol=1e-4, rtol=0)


def _kungsbacka(shared: Path) -> pd.DataFrame:
    path = shared / "data/kolada-grundskola-kostnad-2016-2025/grundskola_kungsbacka_riket.csv"
    return pd.read_csv(path, dtype={"municipality_id": str})


# -- against METHOD.md -------------------------------------------------------------------


def test_figures_named_in_the_method_are_there_or_explained(catalogue: Catalogue, shared: Path) -> None:
    text = (shared / "METHOD.md").read_text(encoding="utf-8")
    section = text.split("## 5. Focus areas")[1].split("## 6.")[0]
    named = set(re.findall(r"\b[NU]\d{5}\b", section)) - {end for ends in RANGES for end in ends}
    assert len(named) > 70
    assert named - set(catalogue.kpis) == set(LEFT_OUT) - {end for ends in RANGES for end in ends}
    yaml_text = "".join(path.read_text(encoding="utf-8") for path in CATALOGUE_FOLDER.glob("*.yaml"))
    for kpi in LEFT_OUT:
        assert kpi in yaml_text, f"{kpi} saknas utan förklaring"


@pytest.mark.parametrize(("ends", "least"), RANGES.items())
def test_ranges_in_the_method_are_represented(
    catalogue: Catalogue, ends: tuple[str, str], least: int
) -> None:
    assert sum(ends[0] <= kpi <= ends[1] for kpi in catalogue.kpis) >= least


def test_all_six_rka_areas_with_published_figures(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    indices = catalogue.overview.indices
    assert {index.id for index in indices} == RKA_AREAS
    for index in indices:
        assert metadata.loc[index.resource.published, "title"].startswith("Resursindex")
        assert metadata.loc[index.quality.published, "title"].startswith("Kvalitetsindex")
        assert metadata.loc[index.efficiency, "title"].startswith("Effektivitetsindex")


def test_index_inputs_point_the_right_way(catalogue: Catalogue) -> None:
    """The engine turns an input by `better`; one without direction could not be placed on 0-100."""
    for index in catalogue.overview.indices:
        for item in index.resource.inputs:
            assert catalogue.kpis[item.kpi].better is Better.LOWER, item.kpi
        for item in index.quality.inputs:
            assert catalogue.kpis[item.kpi].better is not Better.NEITHER, item.kpi
    gymnasium = catalogue.index("gymnasieskola").quality.inputs
    assert {item.kpi: item.weight for item in gymnasium} == {"U17449": 0.75, "U17508": 0.25}


def test_every_net_cost_deviation_of_a_service_is_in_the_overview(
    catalogue: Catalogue, metadata: pd.DataFrame
) -> None:
    municipal = metadata[metadata["municipality_type"].isin(["K", "A"])]
    all_deviations = set(municipal.index[municipal["title"].str.startswith("Nettokostnadsavvikelse")])
    services = catalogue.overview.services
    ours = {service.deviation_pct for service in services} | {service.deviation_mnkr for service in services}
    ours |= {catalogue.overview.total_deviation_pct}
    assert ours - {None} == all_deviations


def test_unknown_index_raises(catalogue: Catalogue) -> None:
    with pytest.raises(KeyError, match="barn-och-unga"):
        catalogue.index("barn-och-unga")


# -- against itself ----------------------------------------------------------------------


def test_the_three_focus_areas(catalogue: Catalogue) -> None:
    first = {"grundskola", "aldreomsorg-ordinart-boende", "barn-och-unga"}
    assert first <= set(catalogue.areas)
    assert first <= {service.focus_area for service in catalogue.overview.services}


def test_every_key_figure_is_used(catalogue: Catalogue) -> None:
    """A figure that nothing shows or computes with is only fetched in vain."""
    text = ""
    for path in CATALOGUE_FOLDER.glob("*.yaml"):
        lines = path.read_text(encoding="utf-8").splitlines()
        text += "\n".join(line.split("#")[0] for line in lines if not line.lstrip().startswith("- id:"))
    unused = [kpi for kpi in catalogue.kpis if not re.search(rf"(?<![\w-]){kpi}(?![\w-])", text)]
    assert not unused


def test_labels_fit_figures_and_tables(catalogue: Catalogue) -> None:
    assert not [kpi.label for kpi in catalogue.kpis.values() if len(kpi.label) > 45]


def test_labels_of_an_area_tell_its_figures_apart(catalogue: Catalogue) -> None:
    for area in all_areas(catalogue):
        for name, section in area.sections:
            shown = [(catalogue.kpis[kpi].label, catalogue.kpis[kpi].unit) for kpi in section]
            assert len(shown) == len(set(shown)), f"{area.id}.{name}"


def test_costs_per_inhabitant_have_no_good_direction(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        if kpi.unit.startswith("kr/inv"):
            # U31003 is adjusted for structure, so municipalities compare.
            assert (kpi.better is Better.NEITHER) == (kpi.id != "U31003"), kpi.id


def test_quality_for_k_is_ratio_scaled_positive_and_not_ended(catalogue: Catalogue) -> None:
    for area in all_areas(catalogue):
        assert area.headline_quality in area.sections.quality
        for kpi in (catalogue.kpis[item] for item in area.quality_for_k):
            assert kpi.riket, f"{kpi.id}: K räknas mot riket"
            assert kpi.unit not in {"index", "procentenheter", "mnkr"}, f"{kpi.id}: ingen kvotskala"
            assert kpi.valid_to is None, f"{kpi.id}: avslutad"
            assert kpi.better is not Better.NEITHER


def test_every_area_says_what_it_cannot_show(catalogue: Catalogue) -> None:
    for limits in [area.limits for area in all_areas(catalogue)] + [catalogue.overview.limits]:
        assert 3 <= len(limits) <= 5
        for sentence in limits:
            assert sentence.endswith(".")
            assert "\n" not in sentence
            assert "eftersom" not in sentence, "en orsak hör inte hemma i steg 1"


def test_trees_are_those_of_the_method(catalogue: Catalogue) -> None:
    trees = {tree.parent: set(tree.children) for area in all_areas(catalogue) for tree in area.cost_trees}
    of_the_method = {
        "N15008": {"N15011", "N15009", "N15013", "N15012", "N15014", "N15010"},
        "N15060": {"N15061", "N15062", "N15063"},
        "N21020": {"N21009", "N21014", "N21021", "N21003"},
        "N33006": {"N33002", "N33004", "N33021"},
    }
    assert {parent: trees.get(parent) for parent in of_the_method} == of_the_method


def test_trees_keep_one_unit(catalogue: Catalogue) -> None:
    for area in all_areas(catalogue):
        for tree in area.cost_trees:
            assert len({catalogue.kpis[kpi].unit for kpi in (tree.parent, *tree.children)}) == 1


def test_products_are_identities_where_a_factor_is_computed(catalogue: Catalogue) -> None:
    """Put the formula into the product: the powers and factors must cancel to the result itself."""
    checked = 0
    for area in all_areas(catalogue):
        for product in area.products:
            constant, powers = product.factor, dict.fromkeys([product.result], -1)
            for factor in product.factors:
                formula = catalogue.kpis[factor].formula
                constant *= formula.factor if formula else 1
                for kpi, power in (formula.powers if formula else {factor: 1}).items():
                    powers[kpi] = powers.get(kpi, 0) + power
            if any(catalogue.kpis[factor].formula for factor in product.factors):
                assert constant == pytest.approx(1), product.label
                assert not any(powers.values()), product.label
                checked += 1
            assert product.approximate, f"{product.label}: säg varför den är ungefärlig"
    assert checked >= 4


def test_shares_of_persons_rest_on_a_count(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        if kpi.denominator is not None:
            assert catalogue.kpis[kpi.denominator].unit == "antal", kpi.id
        if kpi.persons is not None:
            assert catalogue.kpis[kpi.persons].unit == "antal", kpi.id
    assert catalogue.kpis["U21468"].is_share
    assert not catalogue.kpis["U21454"].is_share, "ett medelvärde av tre andelar är ingen andel"


def told(catalogue: Catalogue) -> set[str]:
    """Return the figures that reports tell in sentences: those of services, findings, quality and cost."""
    figures: set[str] = set()
    for service in catalogue.overview.services:
        figures |= {part.cost for part in service.parts}
        figures |= {kpi for side in service.quality for kpi in (*side.kpis, side.shown)}
    for area in all_areas(catalogue):
        figures |= {area.unit_cost, *area.sections.quality}
        for finding in area.findings:
            figures |= {*finding.kpis, *(factor.kpi for factor in finding.factors)}
    return figures


def test_every_figure_that_is_told_has_a_sentence_and_a_name(catalogue: Catalogue) -> None:
    lacking = [kpi for kpi in told(catalogue) if not catalogue.kpis[kpi].sentence]
    assert not lacking
    shown = {
        kpi
        for area in all_areas(catalogue)
        for part in ("resource", "volume")
        for kpi in getattr(area.sections, part)
    }
    assert not [kpi for kpi in told(catalogue) | shown if not catalogue.kpis[kpi].in_text]


def test_names_in_text_are_definite_phrases_that_stand_inside_a_sentence(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        if kpi.in_text:
            assert not re.search(r"[\"”“'.]", kpi.in_text), kpi.id
            # An abbreviation keeps its capitals.
            assert kpi.in_text[0].islower() or kpi.in_text[:3].isupper(), kpi.id
            first = re.split(r"[ ,]", re.sub(r"^\w+- och ", "", kpi.in_text))[0]
            definite = first.endswith(("en", "et", "t", "n", "na")) or first.endswith("s")
            assert definite or first in {"de", "det", "den"}, f"{kpi.id}: {kpi.in_text}"
    assert len({kpi.in_text for kpi in catalogue.kpis.values() if kpi.in_text}) > 150


def test_sentences_read_as_one_when_the_value_is_in_them(catalogue: Catalogue) -> None:
    for kpi in catalogue.kpis.values():
        if kpi.sentence:
            assert kpi.sentence[0].isupper(), kpi.id
            assert len(kpi.sentence) < 115, kpi.id
            for word in ("brist", "tyvärr", "bara ", "endast ", "hela "):
                assert word not in kpi.sentence.replace("hela årskurs 9", ""), f"{kpi.id}: {word}"
            told = kpi.sentence.format("12 procent")
            assert "12 procent" in told and not re.search(r"[{}]|procent procent", told), kpi.id


def test_parts_of_a_service_are_counted_in_kronor_per_person(catalogue: Catalogue) -> None:
    """The sum of cost x population is kronor only when the population is the one of the unit."""
    persons = {"N01951": "kr/inv", "N01957": "kr/inv 80+"}
    parts = {service.id: service.parts for service in catalogue.overview.services if service.parts}
    assert {name: len(found) for name, found in parts.items()} == {"aldreomsorg": 5, "ifo": 3}
    for found in parts.values():
        for part in found:
            assert catalogue.kpis[part.cost].unit == persons[part.population], part.id


def test_outcomes_are_those_of_the_golden_rule(catalogue: Catalogue, shared: Path) -> None:
    text = (shared / "golden" / "GOLDEN.md").read_text(encoding="utf-8")
    block = text.split("### 1.2 Quality")[1].split("förskola, fritidshem, LSS, IFO:")[0]
    sides = {
        (service.id, side.id): side for service in catalogue.overview.services for side in service.quality
    }
    assert {kpi for side in sides.values() for kpi in side.kpis} == set(re.findall(r"[NU]\d{5}", block))
    assert {service for service, _ in sides} == {"grundskola", "gymnasieskola", "aldreomsorg"}
    assert len(sides) == 4
    for side in sides.values():
        shown = catalogue.kpis[side.shown]
        assert shown.valid_to is None, f"{shown.id}: avslutad, och ska visas"
        assert shown.riket, f"{shown.id}: jämförs med riket"


def test_outcome_and_what_is_shown_of_it_speak_of_the_same_schools(catalogue: Catalogue) -> None:
    for service in catalogue.overview.services:
        if service.id in {"grundskola", "gymnasieskola"}:
            (side,) = service.quality
            for kpi in (*side.kpis, side.shown):
                assert "kommunala skolor" in catalogue.kpis[kpi].title, kpi


def test_areas_lie_where_the_overview_says(catalogue: Catalogue) -> None:
    places = {area.id: (area.service, area.part) for area in all_areas(catalogue)}
    assert places == {
        "aldreomsorg-ordinart-boende": ("aldreomsorg", "hemtjanst"),
        "barn-och-unga": ("ifo", "barn-och-unga"),
        "forskola": ("forskola", ""),
        "grundskola": ("grundskola", ""),
    }
    families = {service.id: service.family for service in catalogue.overview.services}
    for area in all_areas(catalogue):
        assert area.family == families[area.service]
        assert not area.volume_is_output, "antalet är behov eller givet i lag, inget att öka"
        assert area.wish.startswith("I steg 2 behöver vi ") and area.wish.endswith("."), area.id


def test_factors_of_a_finding_multiply_to_its_figure(catalogue: Catalogue) -> None:
    """Put the formulas in: what is left is the figure, or what a product of the area says of it."""
    checked = 0
    for area in all_areas(catalogue):
        known = {product.result: product for product in area.products}
        for finding in area.findings:
            if finding.kind != "drivers":
                continue
            (result,) = finding.kpis
            product, constant = {result: -1}, finding.factor
            for factor in finding.factors:
                formula = catalogue.kpis[factor.kpi].formula
                constant *= formula.factor if formula else 1
                for kpi, power in (formula.powers if formula else {factor.kpi: 1}).items():
                    product[kpi] = product.get(kpi, 0) + power
                assert factor.more != factor.less, factor.kpi
            left = {kpi for kpi, power in product.items() if power}
            if left:  # share x cost per user, which is approximate
                assert left == {result, *known[result].factors}, finding.id
                assert constant == pytest.approx(known[result].factor), finding.id
            else:
                assert constant == pytest.approx(1), finding.id
            checked += 1
    assert checked == 3


def test_cost_and_outcome_together_are_of_the_same_schools(catalogue: Catalogue) -> None:
    (together,) = [item for item in catalogue.areas["grundskola"].findings if item.kind == "together"]
    assert together.kpis == ("N15008", "N15505")


def test_counts_are_rates_of_the_persons_named(catalogue: Catalogue) -> None:
    (counts,) = [item for item in catalogue.areas["barn-och-unga"].findings if item.kind == "counts"]
    assert {catalogue.kpis[kpi].unit for kpi in counts.kpis} == {"per 1 000 inv 0–20", "%"}
    assert catalogue.kpis[str(counts.persons)].title == "Invånare 0-20 år, antal"


def test_no_efficiency_where_cost_and_answers_are_of_other_children(catalogue: Catalogue) -> None:
    area = catalogue.areas["barn-och-unga"]
    assert area.quality_for_k == ()
    assert "familjehem" in area.no_efficiency and area.no_efficiency.endswith(".")
    assert all(other.quality_for_k for other in all_areas(catalogue) if other.id != area.id)


def test_second_best_figures_are_those_of_the_method(catalogue: Catalogue) -> None:
    found = {kpi.id: kpi.stand_in for kpi in catalogue.kpis.values() if kpi.stand_in}
    found = {kpi: other for kpi, other in found.items() if catalogue.kpis[other].is_koladas}
    assert found == {"N15060": "N15008", "N21020": "N21022", "N33006": "N33001"}


def test_figures_over_six_years_say_so(catalogue: Catalogue, metadata: pd.DataFrame) -> None:
    merged = metadata.loc[source_kpis(catalogue), "description"].str.contains("de fem föregående åren")
    pooled = {kpi.id: kpi.pooled_years for kpi in catalogue.kpis.values() if kpi.pooled_years}
    assert pooled == dict.fromkeys(merged.index[merged], 6)
    assert len(pooled) == 3


def test_the_pupil_survey_is_another_from_2022(catalogue: Catalogue) -> None:
    for kpi in ("U15402", "U17508"):
        assert 2022 in {item.year for item in catalogue.kpis[kpi].breaks}, kpi


def test_source_kpis_leave_out_what_is_computed_here(catalogue: Catalogue) -> None:
    ids = source_kpis(catalogue)
    assert ids == sorted(set(ids))
    assert set(catalogue.kpis) - set(ids) == {kpi for kpi in catalogue.kpis if kpi.startswith(("E-", "S-"))}
    assert all(re.fullmatch(r"[NU]\d{5}", kpi) for kpi in ids)


def test_the_default_is_read_once() -> None:
    assert load_catalogue() is load_catalogue()
    assert load_catalogue(CATALOGUE_FOLDER) == load_catalogue()


# -- planted faults ----------------------------------------------------------------------

Edit = Callable[[Path], None]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(CATALOGUE_FOLDER, tmp_path / "katalog"))


def replace(name: str, old: str, new: str) -> Edit:
    def edit(folder: Path) -> None:
        path = folder / f"{name}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} finns inte i {name}.yaml"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def drop(name: str) -> Edit:
    return lambda folder: (folder / f"{name}.yaml").unlink()


def write(name: str, content: bytes) -> Edit:
    def edit(folder: Path) -> None:
        (folder / f"{name}.yaml").write_bytes(content)

    return edit


AREA = "grundskola"
ELDERLY = "aldreomsorg-ordinart-boende"

FAULTS: list[tuple[Edit, str, list[str]]] = [
    (
        replace(AREA, "  label: Resursindex", "  labl: Resursindex"),
        AREA,
        ["kpis[U15010].labl", "finns inte", "Menade du 'label'?"],
    ),
    (
        replace(AREA, "  decimals: 0", "  decimal: 0"),
        AREA,
        ["kpis[U15010].decimal", "finns inte", "Menade du 'decimals'?"],
    ),
    (
        replace(AREA, "  volume_word: elever", "  volymord: elever"),
        AREA,
        ["area.volymord", "finns inte", "Menade du 'volume_word'?"],
    ),
    (replace(AREA, "\narea:", "\nomrade:"), AREA, ["omrade", "finns inte", "Det som finns är area"]),
    (replace(AREA, "  unit: index\n", ""), AREA, ["kpis[U15010].unit saknas"]),
    (
        replace(AREA, "role: index", "role: kvalitet"),
        AREA,
        ["kpis[U15010].role", "'kvalitet'", "resource, volume, quality, structure eller index"],
    ),
    (
        replace(AREA, "direction: quality", "direction: upp"),
        AREA,
        ["area.direction", "'upp'", "quality eller resource"],
    ),
    (
        replace(AREA, "year: 2019", "year: nittonhundra"),
        AREA,
        ["kpis[N15001].breaks[0].year", "'nittonhundra'", "ett heltal"],
    ),
    (replace(AREA, "  riket: false", "  riket: kanske"), AREA, [".riket", "'kanske'", "true eller false"]),
    (replace(AREA, "  unit: index", "  unit: 7"), AREA, ["kpis[U15010].unit", "'7'", "en text"]),
    (
        replace(AREA, "quality_for_k: [N15505, N15419, N15436]", "quality_for_k: N15505"),
        AREA,
        ["area.quality_for_k", "'N15505'", "en lista"],
    ),
    (
        replace(AREA, "    result: N15011\n    factor: 0.01", "    result: N15011\n    factor: en hundradel"),
        AREA,
        ["area.products[", ".factor", "'en hundradel'", "ett tal"],
    ),
    (
        replace(AREA, "- id: U15401", "- id: U15010"),
        AREA,
        ["kpis[U15010] finns redan i grundskola.yaml", "ett ställe"],
    ),
    (
        replace(AREA, "- id: U15401", "- id: N20900"),
        AREA,
        ["kpis[N20900] finns redan i aldreomsorg-ordinart-boende.yaml"],
    ),
    (
        replace(AREA, "unit_cost: N15060\n", "unit_cost: N15006O\n"),
        AREA,
        ["area.unit_cost är 'N15006O'", "Menade du 'N15006'?"],
    ),
    (
        replace(AREA, "quality: [N15505, N15419", "quality: [N15515, N15419"),
        AREA,
        ["area.sections.quality är 'N15515'", "Menade du 'N15505'?"],
    ),
    (
        replace(AREA, "powers: {N15809: 1}", "powers: {N99999: 1}"),
        AREA,
        ["kpis[E-ELEVER-PER-ARSKURS].formula.powers är 'N99999'", "inget nyckeltal"],
    ),
    (
        replace(AREA, "children: [N15062,", "children: [N15064,"),
        AREA,
        ["area.cost_trees[N15060].children är 'N15064'", "Menade du"],
    ),
    (
        replace(AREA, "children: [N15062,", "children: [N15060,"),
        AREA,
        ["area.cost_trees[N15060] har 'N15060' mer än en gång"],
    ),
    (
        replace(AREA, "  denominator: E-ELEVER-PER-ARSKURS\n", "  denominator: E-ELEVER-ARSKURS\n"),
        AREA,
        ["kpis[N15505].denominator är 'E-ELEVER-ARSKURS'", "Menade du 'E-ELEVER-PER-ARSKURS'?"],
    ),
    (
        replace(AREA, "  min_denominator: 30\n", ""),
        AREA,
        ["kpis[N15505]", "både denominator och min_denominator"],
    ),
    (
        replace(AREA, "powers: {N15809: 1}", "powers: {E-KR-PER-LARARE: 1}"),
        AREA,
        ["kpis[E-ELEVER-PER-ARSKURS].formula", "'E-KR-PER-LARARE'", "själv är beräknat"],
    ),
    (
        replace(AREA, "- id: U15402\n", "- id: E-ENKAT\n"),
        AREA,
        ["kpis[E-ENKAT] ska ha en formula"],
    ),
    (
        replace(ELDERLY, "- id: E-KR-PER-TIMME\n", "- id: KR-PER-TIMME\n"),
        ELDERLY,
        ["kpis[KR-PER-TIMME] ska ha ett id som börjar med E-"],
    ),
    (
        replace(AREA, "  index: grundskola", "  index: grundskolan"),
        AREA,
        ["area.index är 'grundskolan'", "Menade du 'grundskola'?"],
    ),
    (
        replace(AREA, "  id: grundskola\n", "  id: skola\n"),
        AREA,
        ["area.id är 'skola' men ska vara 'grundskola'"],
    ),
    (
        replace("oversikt", "    index: lss", "    index: LSS"),
        "oversikt",
        ["overview.services[lss].index är 'LSS'", "Menade du 'lss'?"],
    ),
    (
        replace("oversikt", "    focus_area: barn-och-unga", "    focus_area: barn-unga"),
        "oversikt",
        ["overview.services[ifo].focus_area är 'barn-unga'", "Menade du 'barn-och-unga'?"],
    ),
    (
        replace("oversikt", "inputs: [{kpi: U15049}]", "inputs: [{kpi: U15149}]"),
        "oversikt",
        ["overview.indices[grundskola].resource.inputs.kpi är 'U15149'", "Menade du"],
    ),
    (
        replace("oversikt", "inputs: [{kpi: U15049}]", "inputs: [{kpi: U15049, vikt: 1}]"),
        "oversikt",
        ["overview.indices[grundskola].resource.inputs[0].vikt", "Menade du 'weight'?|Det som finns är"],
    ),
    (
        replace(
            "oversikt", "  total_net_cost: N00096\n", "  total_net_cost: N00096\n  total_net_cost: N03067\n"
        ),
        "oversikt",
        ["rad ", "'total_net_cost' står två gånger"],
    ),
    (replace("oversikt", "overview:\n", "overview: [\n"), "oversikt", ["rad ", "YAML", "indrag"]),
    # What measures something else than the field is for.
    (
        replace(AREA, "headline_quality: N15505", "headline_quality: N15060"),
        AREA,
        ["area.headline_quality är 'N15060'", "rollen resource", "rollen quality"],
    ),
    (
        replace(AREA, "  unit_cost: N15060\n", "  unit_cost: N15833\n"),
        AREA,
        ["area.unit_cost är 'N15833'", "rollen volume", "rollen resource"],
    ),
    (
        replace(AREA, "forecast: [N02917,", "forecast: [N15833,"),
        AREA,
        ["area.sections.forecast är 'N15833'", "rollen volume", "rollen structure"],
    ),
    (
        replace(AREA, "parent: N15060", "parent: N15505"),
        AREA,
        ["area.cost_trees[N15505].parent är 'N15505'", "rollen quality", "rollen resource"],
    ),
    (
        replace(
            "oversikt", "inputs: [{kpi: N11032}, {kpi: N11024}]", "inputs: [{kpi: N11032}, {kpi: N11810}]"
        ),
        "oversikt",
        ["overview.indices[forskola].resource.inputs.kpi är 'N11810'", "rollen quality", "rollen resource"],
    ),
    (
        replace("oversikt", "      published: U11404", "      published: N11810"),
        "oversikt",
        ["overview.indices[forskola].quality.published är 'N11810'", "rollen index"],
    ),
    # What is empty.
    (
        replace(AREA, "quality_for_k: [N15505, N15419, N15436]", "quality_for_k: []"),
        AREA,
        ["antingen quality_for_k eller no_efficiency", "bara en av dem"],
    ),
    (
        replace(
            AREA,
            "cost: N15060\n    quality: N15505\n    structure: [",
            "cost: N15060\n    quality: N15505\n    structure: []\n    # [",
        ),
        AREA,
        ["area.structural_model.structure är tom", "minst en post"],
    ),
    (
        replace(AREA, "volume: [N15833, N15809, N15829]", "volume: []"),
        AREA,
        ["area.sections.volume är tom", "minst en post"],
    ),
    (
        replace(AREA, "children: [N15062, N15061, N15063]", "children: []"),
        AREA,
        ["area.cost_trees[N15060].children är tom", "minst en post"],
    ),
    (
        replace(AREA, "powers: {N15809: 1}", "powers: {}"),
        AREA,
        ["kpis[E-ELEVER-PER-ARSKURS].formula.powers är tom", "minst en post"],
    ),
    (
        replace("oversikt", "inputs: [{kpi: U15049}]", "inputs: []"),
        "oversikt",
        ["overview.indices[grundskola].resource.inputs är tom", "minst en post"],
    ),
    (
        replace("ordlista", "forms: [egen bearbetning]", "forms: []"),
        "ordlista",
        ["terms[Egen bearbetning].forms är tom", "minst en post"],
    ),
    # What one part of a file, or one file, says and another does not.
    (
        replace(AREA, "volume: [N15833, N15809", "volume: [N15809"),
        AREA,
        ["area.volume är 'N15833'", "saknas i area.sections.volume", "ska också visas"],
    ),
    (
        replace(AREA, "quality: [N15505, N15419, N15436, U15402", "quality: [N15505, N15419, U15402"),
        AREA,
        ["area.quality_for_k är 'N15436'", "saknas i area.sections.quality"],
    ),
    (
        replace(AREA, "family: Liknande kommuner grundskola", "family: Liknande kommuner grundskolan"),
        AREA,
        ["area.family är 'Liknande kommuner grundskolan'", "Menade du 'Liknande kommuner grundskola'?"],
    ),
    (
        replace(
            "oversikt", "family: Liknande kommuner, övergripande", "family: Liknande kommuner övergripande"
        ),
        "oversikt",
        ["overview.family är", "Menade du 'Liknande kommuner, övergripande'?"],
    ),
    (
        replace("oversikt", "    focus_area: barn-och-unga\n", ""),
        "barn-och-unga",
        ["ingen tjänst i oversikt.yaml", "focus_area: barn-och-unga"],
    ),
    (
        replace("oversikt", "inputs: [{kpi: U15049}]", "inputs: [{kpi: N15018}]"),
        "oversikt",
        ["overview.indices[grundskola].resource.inputs", "'N15018', som saknar riktning"],
    ),
    # Services, their parts and outcomes, and where an area lies.
    (
        replace("oversikt", "    family: Liknande kommuner LSS", "    family: Liknande kommuner lss"),
        "oversikt",
        ["overview.services[lss].family är", "Menade du 'Liknande kommuner LSS'?"],
    ),
    (
        replace("oversikt", "cost: N21023, population: N01957", "cost: N21029, population: N01957"),
        "oversikt",
        ["overview.services[aldreomsorg].parts[korttidsvard].cost är 'N21029'", "Menade du"],
    ),
    (
        replace("oversikt", "cost: N21023, population: N01957", "cost: N21702, population: N01957"),
        "oversikt",
        ["parts[korttidsvard].cost är 'N21702'", "rollen volume", "rollen resource"],
    ),
    (
        replace("oversikt", "cost: N21023, population: N01957", "cost: N21023, population: N21702"),
        "oversikt",
        ["parts[korttidsvard].population är 'N21702'", "rollen volume", "rollen structure"],
    ),
    (
        replace("oversikt", "{id: korttidsvard,", "{id: hemtjanst,"),
        "oversikt",
        ["overview.services[aldreomsorg].parts har 'hemtjanst' mer än en gång"],
    ),
    (
        replace("oversikt", "  - id: fritidshem\n", "  - id: forskola\n"),
        "oversikt",
        ["overview.services har 'forskola' mer än en gång"],
    ),
    (
        replace("oversikt", "      kpis: [U17449]", "      kpis: [U17448]"),
        "oversikt",
        ["overview.services[gymnasieskola].quality[examen].kpis är 'U17448'", "Menade du"],
    ),
    (
        replace("oversikt", "      kpis: [U17449]", "      kpis: [U17031]"),
        "oversikt",
        ["quality[examen].kpis är 'U17031'", "rollen resource", "rollen quality"],
    ),
    (
        replace("oversikt", "      kpis: [U17449]", "      kpis: [U23593]"),
        "oversikt",
        ["quality[examen].kpis är 'U23593', som saknar riktning"],
    ),
    (
        replace("oversikt", "      shown: N17467", "      shown: U23593"),
        "oversikt",
        ["quality[examen].shown är 'U23593', som saknar riktning"],
    ),
    (
        replace(
            "oversikt",
            "id: sarskilt-boende\n      label: Särskilt boende\n      in_text: omdömet",
            "id: hemtjanst\n      label: Särskilt boende\n      in_text: omdömet",
        ),
        "oversikt",
        ["overview.services[aldreomsorg].quality har 'hemtjanst' mer än en gång"],
    ),
    (
        replace(ELDERLY, "  service: aldreomsorg\n", "  service: aldreomsorgen\n"),
        ELDERLY,
        ["area.service är 'aldreomsorgen'", "Menade du 'aldreomsorg'?"],
    ),
    (
        replace(ELDERLY, "  part: hemtjanst\n", "  part: hemtjansten\n"),
        ELDERLY,
        ["area.part är 'hemtjansten'", "overview.services[aldreomsorg]", "Menade du 'hemtjanst'?"],
    ),
    (
        replace(ELDERLY, "  service: aldreomsorg\n  part: hemtjanst\n", "  service: lss\n"),
        ELDERLY,
        ["area.service är 'lss'", "'aldreomsorg' som har focus_area", "samma tjänst"],
    ),
    # Findings that lack what their kind is made of.
    (
        replace(ELDERLY, "    kpis: [N20900, U21468]\n", "    kpis: [N20900, U21469]\n"),
        ELDERLY,
        ["area.findings[tillsammans].kpis är 'U21469'", "Menade du"],
    ),
    (
        replace(ELDERLY, "    kpis: [N20900, U21468]\n", "    kpis: [N20900]\n"),
        ELDERLY,
        ["area.findings[tillsammans] är av slaget together", "ska ha 2 nyckeltal i kpis men har 1"],
    ),
    (
        replace(ELDERLY, "    kpis: [N23801]\n", ""),
        ELDERLY,
        ["area.findings[sarskilt-boende] är av slaget level", "minst 1 nyckeltal i kpis men har 0"],
    ),
    (
        replace(ELDERLY, "    kind: parts\n", "    kind: parts\n    kpis: [N21024]\n"),
        ELDERLY,
        ["area.findings[delar] är av slaget parts", "ska ha inga nyckeltal i kpis men har 1"],
    ),
    (
        replace(ELDERLY, "    kind: parts\n", "    kind: part\n"),
        ELDERLY,
        ["area.findings[delar].kind", "'part'", "cost, parts, drivers"],
    ),
    (
        replace(ELDERLY, "    kind: drivers\n", "    kind: level\n"),
        ELDERLY,
        ["area.findings[drivkrafter] är av slaget level", "inga factors men har 3"],
    ),
    (
        replace(ELDERLY, "    kind: level\n", "    kind: drivers\n"),
        ELDERLY,
        ["area.findings[sarskilt-boende] är av slaget drivers", "minst två factors men har 0"],
    ),
    (
        replace(ELDERLY, "    - kpi: N21826\n", "    - kpi: N21829\n"),
        ELDERLY,
        ["area.findings[drivkrafter].factors.kpi är 'N21829'", "Menade du"],
    ),
    (
        replace(ELDERLY, "    persons: N01938\n", ""),
        ELDERLY,
        ["area.findings[drivkrafter] är av slaget drivers", "ska ha persons"],
    ),
    (
        replace("barn-och-unga", "    persons: N01948\n", "    persons: N01949\n"),
        "barn-och-unga",
        ["area.findings[antal-barn].persons är 'N01949'", "Menade du"],
    ),
    (
        replace("barn-och-unga", "  - id: delar\n", "  - id: kostnad\n"),
        "barn-och-unga",
        ["area.findings har 'kostnad' mer än en gång"],
    ),
    (
        replace(
            AREA,
            "    kind: course\n    side: cost\n    kpis: [N15008]\n",
            "    kind: parts\n    side: cost\n",
        ),
        AREA,
        [
            "area.findings[kostnad-over-tid] är av slaget parts",
            "overview.services[grundskola] har inga parts",
        ],
    ),
    (
        replace("forskola", "    kpis: [N11032, N11034, N11033]\n", "    kpis: [N11032, N11033, N11034]\n"),
        "forskola",
        ["area.findings[forskolans-kostnader] är av slaget split", "area.cost_trees", "parent först"],
    ),
    # What stands in, and how a figure is told.
    (
        replace(AREA, "  stand_in: N15008\n", "  stand_in: N15007\n"),
        AREA,
        ["kpis[N15060].stand_in är 'N15007'", "Menade du"],
    ),
    (
        replace(AREA, "  stand_in: N15008\n", "  stand_in: N15833\n"),
        AREA,
        ["kpis[N15060].stand_in är 'N15833'", "rollen volume", "samma roll"],
    ),
    (
        replace(AREA, "  stand_in: N15008\n", "  stand_in: N15060\n"),
        AREA,
        ["kpis[N15060].stand_in går i cirkel (N15060 → N15060)"],
    ),
    (
        replace(AREA, "  stand_in: S-KOSTNAD\n", "  stand_in: N15060\n"),
        AREA,
        ["stand_in går i cirkel (N15060 → N15008 → N15060)"],
    ),
    (
        replace(AREA, "Meritvärdet i kommunens skolor var {}", "Meritvärdet i kommunens skolor var N"),
        AREA,
        ["kpis[N15505].sentence", "ska ha {} en gång"],
    ),
    (
        replace(AREA, "Meritvärdet i kommunens skolor var {}", "Meritvärdet var {} av {max}"),
        AREA,
        ["kpis[N15505].sentence", "ska ha {} en gång"],
    ),
    (
        replace(AREA, "Meritvärdet i kommunens skolor var {}", "Meritvärdet i kommunens skolor var {}."),
        AREA,
        ["kpis[N15505].sentence slutar med punkt"],
    ),
    (
        replace(AREA, "- id: S-KOSTNAD\n  source: skolverket\n", "- id: S-KOSTNAD\n"),
        AREA,
        ["kpis[S-KOSTNAD].source är 'kolada'", "source: skolverket"],
    ),
    (
        replace(AREA, "first: 7, last: 9}", "first: 7, last: 10}"),
        AREA,
        ["area.ages[1-3] går in i area.ages[4-6]", "ingen ålder får räknas två gånger"],
    ),
    (replace(AREA, "  ages_word: barn 6–15 år\n", ""), AREA, ["både ages och ages_word"]),
    # The glossary.
    (
        replace("ordlista", "- word: modell", "- word: förebild"),
        "ordlista",
        ["terms[förebild] har ordet 'förebild'", "redan står för terms[förebild]", "ett ställe"],
    ),
    (
        replace("ordlista", "forms: [egen bearbetning]", "forms: [egen bearbetning, Förebilden]"),
        "ordlista",
        ["terms[förebild] har ordet 'förebilden'", "redan står för terms[Egen bearbetning] i ordlista.yaml"],
    ),
    (
        replace("ordlista", "- word: effektivitet\n", "- ord: effektivitet\n"),
        "ordlista",
        ["terms[0].ord|terms[1].ord", "finns inte", "Menade du 'word'?|Det som finns är"],
    ),
    (write("oversikt", b"kpis: []\n"), "oversikt", ["antingen area eller overview"]),
    (write("oversikt", b"- N15001\n"), "oversikt", ["nycklarna kpis och area"]),
    (write("oversikt", b"kpis:\noverview:\n"), "oversikt", ["kpis är tom men ska vara en lista"]),
    (write("oversikt", "# Översikt\n".encode("latin-1")), "oversikt", ["UTF-8"]),
]


@pytest.mark.parametrize(
    ("edit", "name", "parts"), FAULTS, ids=[f"{n:02}-{fault[2][0]}" for n, fault in enumerate(FAULTS)]
)
def test_a_planted_fault_is_named(copy: Path, edit: Edit, name: str, parts: list[str]) -> None:
    edit(copy)
    with pytest.raises(InputError) as caught:
        load_catalogue(copy)
    message = str(caught.value)
    assert message.startswith(f"{name}.yaml: ")
    assert message.endswith((".", "?"))
    assert "\n" not in message
    for part in parts:
        assert any(option in message for option in part.split("|")), message


def test_a_second_overview_is_an_error(copy: Path) -> None:
    shutil.copy(copy / "oversikt.yaml", copy / "oversikt-2.yaml")
    text = (copy / "oversikt-2.yaml").read_text(encoding="utf-8")
    (copy / "oversikt-2.yaml").write_text("overview:" + text.split("\noverview:")[1], encoding="utf-8")
    with pytest.raises(InputError, match="bara en fil ska ha nyckeln overview"):
        load_catalogue(copy)


def test_no_overview_is_an_error(copy: Path) -> None:
    drop("oversikt")(copy)
    with pytest.raises(InputError, match=r"oversikt\.yaml saknas"):
        load_catalogue(copy)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="ingen katalogfil"):
        load_catalogue(tmp_path)


def test_a_folder_in_place_of_a_file_is_an_error(copy: Path) -> None:
    (copy / "ny.yaml").mkdir()
    with pytest.raises(InputError, match=r"ny\.yaml: filen kan inte läsas"):
        load_catalogue(copy)


def test_a_new_file_is_enough_for_a_new_area(copy: Path) -> None:
    """Upper secondary school, written with figures that others already have, becomes an area of its own."""
    (copy / "gymnasieskola.yaml").write_text(NEW_AREA, encoding="utf-8")
    chosen = "    index: gymnasieskola\n"
    replace("oversikt", chosen, f"{chosen}    focus_area: gymnasieskola\n")(copy)
    area = load_catalogue(copy).areas["gymnasieskola"]
    assert area.cost_trees == (CostTree(parent="N17014", children=("U17031",)),)
    assert area.index == "gymnasieskola"


NEW_AREA = """
area:
  id: gymnasieskola
  label: Gymnasieskola
  in_text: gymnasieskolan
  service: gymnasieskola
  direction: quality
  family: Liknande kommuner gymnasieskola
  index: gymnasieskola
  deviation_pct: N17001
  deviation_mnkr: N17030
  reference_cost: N17016
  population: N01951
  unit_cost: U17031
  volume: N15833
  volume_word: elever
  quality_for_k: [U17508]
  headline_quality: U17508
  cost_trees:
  - {parent: N17014, children: [U17031]}
  structural_model: {cost: U17031, quality: U17508, structure: [N00954]}
  sections:
    conditions: [N01799]
    forecast: [N02918]
    resource: [U17031, N17001]
    volume: [N15833]
    quality: [U17508]
  limits: [Siffrorna visar att kommuner skiljer sig åt.]
"""
