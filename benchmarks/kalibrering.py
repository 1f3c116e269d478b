"""Mät hur ofta rapporternas ord stämmer: på det verkliga landet år för år framåt, och i länder utan skillnader.

Kräver de verkliga utdragen bredvid projektet (shared/). Varje påstående som en rapport kan göra i ord står här
med sin felfrekvens; ett påstående som inte står här görs inte. Figurerna och måtten är de i CERTAINTY.md.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import numpy as np
import pandas as pd

from benchmarks import calibration_effects, calibration_need, calibration_precedents, real, samsyn
from benchmarks.calibration_drivers import cause_null_rows, cause_rows
from benchmarks.calibration_focus import focus_rows
from benchmarks.calibration_forward import (
    REFERENCE,
    change_rows,
    change_summary,
    deviation_rows,
    outside,
    summary,
    walk_forward,
)
from benchmarks.calibration_made import made_rows
from benchmarks.calibration_models import model_rows
from benchmarks.calibration_null import null_models, null_rows
from benchmarks.calibration_parts import driver_rows, part_rows
from benchmarks.calibration_patterns import gender_rows, lens_rows, pattern_rows
from benchmarks.calibration_structure import structure_null_rows, structure_rows
from benchmarks.tell import number
from effektiv.exhibits.swedish import cardinal

ROOT = Path(__file__).resolve().parents[1]
FIGURES = ROOT / "docs" / "kalibrering.json"

Result: TypeAlias = Mapping[str, Mapping[str, Mapping[str, float]]]
"""By kind of claim and what it is measured on: the measures by name."""

BEGIN = "<!-- Raderna hit till slutmärket skrivs av: python -m benchmarks.kalibrering --readme -->"
END = "<!-- slut på kalibreringen -->"


def main() -> None:
    """Measure, tell, and keep the figures."""
    options = _options()
    if options.readme:
        write_readme(json.loads(FIGURES.read_text(encoding="utf-8")))
        return
    if not real.is_there():
        sys.exit(
            f"De verkliga utdragen finns inte i {real.SHARED.name}/ bredvid projektet: inget att mäta på."
        )
    started = time.monotonic()
    result = measured(options.only)
    print(f"\n{FIGURES.relative_to(ROOT)} skrevs efter {time.monotonic() - started:.0f} s.")
    print(table(result))


def _forward() -> dict[str, dict[str, dict[str, float]]]:
    rows = pd.concat(walk_forward(real.figures().values()))
    return {"framåt": summary(rows), "utanför": {"intervallet": outside(rows)}}


def _project() -> dict[str, dict[str, dict[str, float]]]:
    return {
        "utan projekt": calibration_effects.told_rows(),
        "utan projekt, flera tillsammans": {
            "femton": calibration_effects.together_rate(calibration_effects.together_rows())
        },
        "av sig självt": calibration_effects.rebound_rows(),
        "utan projekt och ändringar": calibration_effects.null_rows(),
        "planterade ändringar": calibration_effects.planted_rows(),
        "för kort tid": calibration_effects.refused_rows(),
    }


MEASURES: Mapping[str, Callable[[], dict[str, dict[str, dict[str, float]]]]] = {
    "skillnader": _forward,
    "avvikelser": lambda: {"mot det väntade": deviation_rows()},
    "ändringar": lambda: {"ändringar": change_summary(pd.concat(change_rows()))},
    "generatorn": lambda: {"generatorn utan skillnader": made_rows()},
    "utan": lambda: {"utan skillnader": null_rows(), "förebilder utan skillnader": null_models()},
    "förebilder": lambda: {"förebilder": model_rows()},
    "fokusområden": lambda: {"fokusområden": focus_rows()},
    "mönster": lambda: {"mönster": pattern_rows()},
    "synsätt": lambda: {"tre synsätt": lens_rows(), "kön": gender_rows()},
    "delar": lambda: {"delar": part_rows(), "det som driver": driver_rows()},
    "struktur": lambda: {"struktur": structure_rows(), "struktur utan skillnader": structure_null_rows()},
    "drivkrafter": lambda: {
        "drivkrafter": cause_rows(),
        "drivkrafter utan skillnader": cause_null_rows(),
    },
    "gjort förut": lambda: {"gjort förut utan skillnader": calibration_precedents.null_rows()},
    "självskattning": lambda: {"självskattning": samsyn.rows()},
    "projektet": _project,
    "sökande": lambda: {
        "sökandes behov": calibration_need.need_rows(),
        "sökandes plats": calibration_need.place_rows(),
        "sökandes plats utan skillnader": calibration_need.place_null_rows(),
    },
}
"""What can be measured by itself, in the order that it is told."""


def measured(only: str | None = None) -> dict[str, dict[str, dict[str, float]]]:
    """Measure all of it, or one kind of claim anew with the others as they were; what is measured is kept at once."""
    result: dict[str, dict[str, dict[str, float]]] = {}
    if only is not None:
        result = json.loads(FIGURES.read_text(encoding="utf-8"))
    for name, measure in MEASURES.items():
        if only in (None, name):
            started = time.monotonic()
            result |= measure()
            FIGURES.write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
            print(f"{name}: {time.monotonic() - started:.0f} s", flush=True)
    return result


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kalibrering", description=__doc__)
    parser.add_argument("--readme", action="store_true", help="skriv bara om raderna i README.md")
    parser.add_argument("--bara", dest="only", choices=list(MEASURES), help="mät bara en sorts påståenden om")
    return parser.parse_args()


# --- telling ----------------------------------------------------------------------------


def percent(value: float) -> str:
    """Return a share as Swedish per cent with one decimal."""
    return f"{number(100 * value)} %"


GROUP, COUNTRY = "gruppen", "landet"

AGAINST = {
    GROUP: "gruppens mitt",
    "riket": "riket",
    "landets mitt": "landets mitt",
    REFERENCE: REFERENCE,
}

YEARS = "det verkliga landet 2005–2021"


def table(result: Result) -> str:
    """Return what reports claim, what counts as right, and how often it was, as a Markdown table."""
    lines = ["| Påstående | Rätt när | Mätt på | Rätt |", "|---|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in (*_differences(result), *_others(result))]
    lines += [
        "",
        "| Sägs fast inget skiljer | Land utan skillnader | Oberoende år | Beroende år |",
        "|---|---|---|---|",
    ]
    lines += [f"| {' | '.join(row)} |" for row in _nulls(result)]
    return "\n".join(lines)


def _differences(result: Result) -> Iterator[tuple[str, ...]]:
    forward = result["framåt"]
    for use, on in (("tuning", YEARS), ("held out", "LSS och gymnasieskola, undanhållna")):
        for against in (GROUP, COUNTRY):
            row = forward[f"{use}, {against}"]
            sizes = [value for key, value in row.items() if key.startswith("täckning_95 ")]
            yield (
                f"Nästa års skillnad mot {against}, intervall",
                "den låg i intervallet, utlovat 95 %",
                f"{on}, {row['nyckeltal']:.0f} nyckeltal",
                f"{percent(row['täckning_95'])}; i storleksklasserna {percent(min(sizes))}–{percent(max(sizes))}",
            )
    for word in ("säkert", "troligen"):
        for against, what in AGAINST.items():
            row = forward[f"tuning, {against}"] if against != REFERENCE else result["mot det väntade"]["alla"]
            yield (
                f"*{word.capitalize()}* mer eller mindre än {what}",
                "åt samma håll ett år senare; tre år senare",
                YEARS,
                f"{percent(row[f'{word} ett år'])}; {percent(row[f'{word} tre år'])}",
            )
    row = forward[f"tuning, {GROUP}"]
    one_year = row["troligen, bara ett år att jämföra"]
    yield (
        "*Troligen*, när bara ett år går att jämföra",
        "åt samma håll ett år senare",
        YEARS,
        percent(one_year),
    )
    for span in (2, 4):
        row = result["ändringar"][f"{GROUP}, {span}"]
        yield (
            f"*Säkert* ändrat mot gruppen på {cardinal(span)} år",
            "åt samma håll med båda ändarna ett år längre ut",
            YEARS,
            percent(row["säkert utflyttade ändar"]),
        )


def _others(result: Result) -> Iterator[tuple[str, ...]]:
    focus = result["fokusområden"]
    for side, claim, right in (
        ("kostnad", "*Pekas ut* för kostnaden", "över landets mitt de två åren efter"),
        ("nära gränsen", "*Nära gränsen* för kostnaden", "över landets mitt de två åren efter"),
        ("kvalitet", "*Pekas ut* för kvaliteten", "under landets mitt de två åren efter"),
    ):
        rows = [row for key, row in focus.items() if key.split(", ")[0] == side and row["antal"]]
        low, high = min(row["kvar"] for row in rows), max(row["kvar"] for row in rows)
        yield (
            claim,
            right,
            _cases(rows),
            f"{_mean(rows, 'kvar')}; verksamheterna {percent(low)}–{percent(high)}",
        )
    rows = [row for key, row in focus.items() if key.startswith("kvalitet")]
    yield (
        "*Hör till landets lägsta*",
        "i landets lägsta fjärdedel de två åren efter",
        _cases(rows),
        _mean(rows, "i lägsta fjärdedelen"),
    )
    rows = [row for key, row in result["delar"].items() if key.endswith("som bär")]
    yield (
        "*Det mesta finns i* en del",
        "den delen över det väntade de två åren efter",
        _cases(rows),
        _mean(rows, "fortfarande över"),
    )
    yield (
        "*Det mesta finns i* en del",
        "samma del bär mest de två åren efter",
        _cases(rows),
        _mean(rows, "samma del"),
    )
    rows = [row for key, row in result["delar"].items() if key.endswith("mest över")]
    yield (
        "En del *kostar mer än väntat*",
        "över det väntade året efter",
        _cases(rows),
        _mean(rows, "över ett år senare"),
    )
    rows = list(result["det som driver"].values())
    for measure, right in (
        ("mer än hälften", "mer än hälften av skillnaden samma år"),
        ("samma håll ett år senare", "åt samma håll året efter"),
        ("samma faktor ett år senare", "samma faktor störst året efter"),
    ):
        yield (
            "En faktor *står för det mesta* av skillnaden mot riket",
            right,
            _cases(rows),
            _mean(rows, measure),
        )
    yield from _step_two(result)
    yield from _causes(result)
    yield from _project_told(result)
    yield from _applicants(result)
    models = result["förebilder"]["alla"]
    yield (
        "*Förebild*: både billigare och bättre",
        f"båda tre år senare, utlovat {percent(models['utlovat'])}",
        f"{models['fönster']:.0f} treårsperioder",
        percent(models["håller"]),
    )


def _step_two(result: Result) -> Iterator[tuple[str, ...]]:
    lenses = result["tre synsätt"]["alla"]
    yield (
        "*Tre sätt att se är eniga*",
        "samma tredjedel på minst två av tre, tre år senare",
        f"{number(lenses['antal'], 0)} kommuner",
        f"{percent(lenses['samma tredjedel, minst två'])}; motsatt {percent(lenses['motsatt tredjedel, minst två'])}",
    )
    gender = result["kön"]["mot noll"]
    for word in ("säkert", "troligen"):
        yield (
            f"Kvinnor och män *{word}* olika",
            "åt samma håll ett år senare; tre år senare",
            f"{YEARS}, {gender['nyckeltal']:.0f} nyckeltal",
            f"{percent(gender[f'{word} ett år'])}; {percent(gender[f'{word} tre år'])}",
        )
    real_gaps = {key: row for key, row in result["självskattning"].items() if key.startswith("verklig")}
    yield (
        "Självskattningen: roller svarar *olika* om budgetdialogen",
        "en planterad skillnad på ett och ett halvt till två steg pekas ut",
        f"{len(real_gaps)} slag av påhittade svar",
        "–".join(
            percent(end(row["budgetdialogen utpekad"] for row in real_gaps.values())) for end in (min, max)
        ),
    )
    patterns = result["mönster"]
    for size in ("0,3", "0,4"):
        yield (
            "*Förekommer ihop med* bättre resultat",
            f"ett planterat samband på {size} finns med",
            f"{patterns[f'planterat {size}']['länder']:.0f} slumpade länder",
            percent(patterns[f"planterat {size}"]["funnet"]),
        )


def _causes(result: Result) -> Iterator[tuple[str, ...]]:
    """Yield what step 2 says of structure and of drivers."""
    structure = result["struktur"]
    for word in ("säkert", "troligen"):
        row = structure["kostnad, alla"]
        yield (
            f"Kostnaden *{word}* högre eller lägre än förutsättningarna förutsäger",
            "åt samma håll ett år senare; tre år senare",
            f"{number(row['antal'], 0)} fall, fyra områden",
            f"{percent(row[f'{word} ett år'])}; {percent(row[f'{word} tre år'])}",
        )
    others = [row for key, row in structure.items() if not key.startswith("kostnad")]
    yield (
        "Kvaliteten eller volymen *säkert* högre eller lägre än förutsagt",
        "åt samma håll ett år senare",
        _cases(others),
        f"{_told_mean(others, 'säkert')}; som lägst {percent(min(row['säkert ett år'] for row in others))}",
    )
    every = result["drivkrafter"]["alla"]
    for word in ("säkert", "troligen"):
        yield (
            f"En drivkraft *{word}* över eller under de andra",
            "dess del åt samma håll ett år senare; tre år senare",
            f"{number(every[word], 0)} fall",
            f"{percent(every[f'{word} ett år'])}; {percent(every[f'{word} tre år'])}",
        )
    for measure, right in (
        ("först ett år", "fortfarande störst (av ett par: någon av dem)"),
        ("bland de två största ett år", "bland de två största"),
    ):
        yield (
            "Drivkraften som står *först*, eller paret",
            f"{right} ett år senare",
            f"{number(every['först'], 0)} fall",
            percent(every[measure]),
        )


def _project_told(result: Result) -> Iterator[tuple[str, ...]]:
    """Yield what step 5 says of a project, where there was none and where a gain is planted."""
    told = result["utan projekt"]
    for key, row in told.items():
        kpi, name = key.split(", ", maxsplit=1)
        if name == "spannet":
            continue
        # A one-sided test at 5 per cent: what may come of chance when a municipality is one case, not several.
        away = 1.96 * row["medelfel med kommuner som kluster"]
        yield (
            f"*Bättre än väntat utan projektet*, {kpi}, {name}",
            f"sägs utan projekt om 5 % av den värsta tiondelen; {_between(0.05 - away, 0.05 + away)} med kommuner som kluster",
            f"{number(row['antal'], 0)} fall, {number(row['kommuner'], 0)} kommuner",
            percent(row["andel"]),
        )
    spans = [row["intervallet håller det sanna"] for key, row in told.items() if key.endswith("spannet")]
    seen = [row["märkbar storlek märks"] for key, row in told.items() if key.endswith("spannet")]
    yield (
        "Spannet för skillnaden mot det väntade",
        "det sanna låg i spannet, utlovat 90 %",
        "värsta tiondelen, tre nyckeltal",
        _between(min(spans), max(spans)),
    )
    yield (
        "Skillnad som *syns fyra gånger av fem*",
        "den sägs, utlovat 80 %",
        "värsta tiondelen, tre nyckeltal",
        _between(min(seen), max(seen)),
    )
    row = result["planterade ändringar"]["exempellandet"]
    yield (
        "Spannet för skillnaden mot det väntade",
        "den planterade storleken låg i spannet, utlovat 90 %",
        f"exempellandet, {number(row['antal'], 0)} planterade ändringar",
        f"{percent(row['i spannet'])}; {percent(row['sagt'])} sägs",
    )
    row = result["utan projekt, flera tillsammans"]["femton"]
    yield (
        "*Tillsammans bättre än väntat utan projektet*",
        "sägs utan projekt om 5 % av projekten",
        f"{number(row['antal'], 0)} gånger femton kommuner ur den värsta tiondelen",
        percent(row["andel"]),
    )
    usual = result["av sig självt"]
    shares = [row["inom spannet"] for row in usual.values()]
    yield (
        "*Brukar ändras på tre år* utan särskilda insatser",
        "ändringen låg där fyra av fem väntas ligga",
        f"värsta tiondelen, {cardinal(len(usual))} nyckeltal",
        _between(min(shares), max(shares)),
    )
    short = result["för kort tid"]
    yield (
        "*Går inte att avgöra*, för kort tid",
        "sägs vid varje start",
        " och ".join(short),
        percent(float(np.mean([row["nekade"] for row in short.values()]))),
    )


def _applicants(result: Result) -> Iterator[tuple[str, ...]]:
    """Yield what is said of a network's applicants."""
    places = result["sökandes plats"]
    for name, right in (
        ("nästan hur man än väger", "plats med de flesta vikter när de tre åren efter är kända"),
        ("sällan", "ingen plats med de flesta vikter när de tre åren efter är kända"),
    ):
        row = places[name]
        yield f"Sökande får plats *{name}*", right, f"{number(row['antal'], 0)} fall", percent(row["håller"])
    needs = result["sökandes behov"].values()
    gains = [1.0 - row["fel, krympt"] / row["fel, publicerat"] for row in needs]
    slopes = [[row[f"lutning, {kind}"] for row in needs] for kind in ("krympt", "publicerat")]
    yield (
        "Sökandes behov, utan det som väntas vara tillfälligt",
        "nivån de tre åren efter följer det ett till ett",
        f"{number(sum(row['antal'] for row in needs), 0)} fall, {cardinal(len(needs))} nyckeltal",
        f"{_slopes(slopes[0])} mot {_slopes(slopes[1])} för den publicerade nivån; kvadratfelet"
        f" {_between(min(gains), max(gains))} mindre",
    )


def _between(low: float, high: float) -> str:
    return f"{number(100 * low)}–{percent(high)}"


def _slopes(found: Sequence[float]) -> str:
    return f"{number(min(found), 2)}–{number(max(found), 2)}"


def _told_mean(rows: Sequence[Mapping[str, float]], word: str) -> str:
    """Return how often a word came true a year later, over figures, by how many cases each has."""
    told = [row["antal"] * row[word] for row in rows]
    right = sum(row[f"{word} ett år"] * n for row, n in zip(rows, told, strict=True))
    return percent(right / sum(told))


def _cases(rows: Sequence[Mapping[str, float]]) -> str:
    return f"{number(sum(row['antal'] for row in rows), 0)} fall"


def _mean(rows: Sequence[Mapping[str, float]], measure: str) -> str:
    """Return the mean of a share over services, by how many cases each has."""
    whole = sum(row["antal"] for row in rows)
    return percent(sum(row[measure] * row["antal"] for row in rows) / whole)


def _nulls(result: Result) -> Iterator[tuple[str, ...]]:
    made, drawn = result["generatorn utan skillnader"], result["utan skillnader"]
    for name, starts, rows in (
        ("Skillnad *säkert*: nettokostnadsavvikelse och kronor", "mot ", made),
        ("Skillnad *säkert*: kostnad per enhet och kvalitet", "mot ", drawn),
        ("Ändring *säkert*: nettokostnadsavvikelse", "ändring", made),
        ("Ändring *säkert*: kostnad per enhet och kvalitet", "ändring", drawn),
        ("*Pekas ut* för kostnaden", "pekas ut", made),
    ):
        shares = [
            [
                row["andel utpekade" if starts == "pekas ut" else "andel säkert"]
                for key, row in rows.items()
                if _is_of(key, starts, kind)
            ]
            for kind in ("oberoende år", "beroende år")
        ]
        where = "generatorns, sju verksamheter" if rows is made else "slumpat, sex nyckeltal"
        yield (
            name,
            where,
            *(f"{percent(float(np.mean(item)))}, högst {percent(max(item))}" for item in shares),
        )
    patterns = result["mönster"]
    by_chance = f"slumpat {percent(patterns['slumpat']['andel med mönster'])}"
    yield (
        "*Förekommer ihop med* bättre resultat",
        f"generatorns, fyra områden; {by_chance}",
        *(
            percent(patterns[f"generatorn, {kind}"]["andel med mönster"])
            for kind in ("oberoende år", "beroende år")
        ),
    )
    for name, kind_of, where in (
        ("Kostnaden *säkert* över eller under det förutsagda", "struktur", "slumpat, två nyckeltal"),
        ("Minst en drivkraft *säkert*", "drivkrafter", "slumpat, tre områden"),
    ):
        shares = [
            [
                row["andel säkert"]
                for key, row in result[f"{kind_of} utan skillnader"].items()
                if key.endswith(kind)
            ]
            for kind in ("oberoende år", "beroende år")
        ]
        yield (
            name,
            where,
            *(f"{percent(float(np.mean(item)))}, högst {percent(max(item))}" for item in shares),
        )
    before = result["gjort förut utan skillnader"]
    shares = [
        [row["andel sagda ha hållit"] for key, row in before.items() if key.split(", ")[1] == kind]
        for kind in ("oberoende år", "beroende år")
    ]
    yield (
        "*Har gjort ändringen och hållit den*, andel av kommuner i samma läge",
        "slumpat, sex nyckeltal",
        *(f"{percent(float(np.mean(item)))}, högst {percent(max(item))}" for item in shares),
    )
    without = result["utan projekt och ändringar"]
    shares = [
        [row["andel"] for key, row in without.items() if key.split(", ")[1] == kind]
        for kind in ("oberoende år", "beroende år")
    ]
    yield (
        "*Bättre än väntat utan projektet*, kommuner med störst behov",
        "slumpat, tre nyckeltal; utlovat 5 %",
        *(f"{percent(float(np.mean(item)))}, högst {percent(max(item))}" for item in shares),
    )
    places = result["sökandes plats utan skillnader"]
    yield (
        "Sökande får plats *nästan hur man än väger*",
        "slumpat, två nyckeltal",
        *(percent(places[kind]["andel nästan hur man än väger"]) for kind in ("oberoende år", "beroende år")),
    )
    governance = result["självskattning"]
    for claim, kind in (
        ("Självskattningen: roller svarar *olika*", "ingen skillnad"),
        ("Självskattningen: ett område har *ändrats*", "två omgångar på samma nivå"),
        ("Självskattningen: ett område *ligger ytterst*", "alla områden på samma nivå"),
    ):
        told = [row["andel med påstående"] for key, row in governance.items() if key.startswith(kind)]
        yield claim, "påhittade svar", f"{percent(float(np.mean(told)))}, högst {percent(max(told))}", "–"
    models = result["förebilder utan skillnader"]
    per = [
        f"{number(models[kind]['förebilder per kommun'], 2)} per kommun"
        for kind in ("oberoende år", "beroende år")
    ]
    yield "*Förebild*", "slumpat, två nyckeltal", *per


def _is_of(key: str, starts: str, kind: str) -> bool:
    claim = key.split(", ")[1]
    return claim.startswith(starts) and key.rsplit(", ", maxsplit=1)[-1] == kind


def write_readme(result: Result) -> None:
    """Put the table between the two markers of README.md."""
    path = ROOT / "README.md"
    text = path.read_text(encoding="utf-8")
    start, end = text.index(BEGIN) + len(BEGIN), text.index(END)
    path.write_text(f"{text[:start]}\n\n{table(result)}\n\n{text[end:]}", encoding="utf-8")


if __name__ == "__main__":
    main()
