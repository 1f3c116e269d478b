"""A network's file: what it says, and every fault in one sentence with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from effektiv.data.identifiers import Places
from effektiv.errors import InputError
from effektiv.params import ParamsError, municipality_folders, strays
from effektiv.params.networks import find_network, is_invented, load_network, read_network
from effektiv.params.registry import Known
from effektiv.types import Direction

PLACES = Places([("0319", "Älvkarleby", "K"), ("0330", "Knivsta", "K"), ("0360", "Tierp", "K")])
AREAS = ("grundskola", "forskola")
KNOWN = Known(PLACES, AREAS)

WHOLE = """namn: Mälardalen
start: 2026
platser: 1
deltagare:
  - kommun: 0319  # Älvkarleby
    omraden: [grundskola]
  - kommun: Tierp
    omraden: [forskola, grundskola]
    start: 2025
sokande:
  - kommun: Knivsta
    omraden: [grundskola]
    problemformulering:
      klara_delar: [vad, mal]
      egen_text: ja
      riktning: kvalitet
      beslut: Kommunstyrelsen 2029-01-01
"""


def written(root: Path, text: str, name: str = "malardalen") -> Path:
    path = root / "natverk" / f"{name}.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def said_of(root: Path, text: str) -> list[str]:
    read = read_network(written(root, text), KNOWN)
    return [str(problem).partition("malardalen.yaml")[2] for problem in (*read.problems, *read.passed)]


def test_what_a_file_says(tmp_path: Path) -> None:
    written(tmp_path, WHOLE)
    found = load_network("Mälardalen", areas=AREAS, places=PLACES, root=tmp_path)
    assert found.codes == ("0319", "0360", "0330") and found.areas == ("grundskola", "forskola")
    assert [found.start_of(item) for item in found.participants] == [2026, 2025]
    statement = found.applicants[0].statement
    assert statement is not None and statement.share == pytest.approx(2 / 7)
    assert statement.direction is Direction.QUALITY and found.places == 1


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("kommun: Tierp", "kommun: Tierpp", "rad 7: nyckeln 'kommun' i deltagare, post 2 stämmer inte: "),
        ("kommun: Tierp", "kommun: 0319", "rad 7: nyckeln 'kommun' i deltagare, post 2 är 0319, som redan"),
        ("[forskola, grundskola]", "[forskol]", "post 2 har värdet 'forskol' men ska vara grundskola eller forskola. Menade"),
        ("[forskola, grundskola]", "[]", "rad 8: nyckeln 'omraden' i deltagare, post 2 är tom: "),
        ("start: 2026\n", "", "nyckeln 'start' saknas: "),
        ("start: 2026\n", "start: i fjol\n", "rad 2: nyckeln 'start' har värdet 'i fjol' men ska vara ett heltal"),
        ("[vad, mal]", "[vad, mall]", "rad 14: nyckeln 'klara_delar' i sokande, post 2 har värdet 'mall' men"),
        ("egen_text: ja", "egen_text: kanske", "post 1 har värdet 'kanske' men ska vara ja eller nej"),
        ("sokande:", "sokanden:", "rad 10: nyckeln 'sokanden' finns inte. Menade du 'sokande'?"),
        (WHOLE[WHOLE.index("deltagare:"):], "deltagare: []\n", "rad 4: nyckeln 'deltagare' är tom: "),
        (WHOLE[WHOLE.index("    problemformulering"):], "", "saknas: Knivsta har ingen problemformulering och bedöms utan den."),
    ],
)  # fmt: skip
def test_every_fault_is_one_sentence_with_its_place(tmp_path: Path, old: str, new: str, fault: str) -> None:
    assert old in WHOLE
    (text,) = said_of(tmp_path, WHOLE.replace(old, new, 1))
    assert fault in text and text.endswith((".", "?"))


def test_a_file_that_is_right_has_no_faults_and_one_that_is_wrong_stops_the_report(tmp_path: Path) -> None:
    assert said_of(tmp_path, WHOLE) == []
    written(tmp_path, WHOLE.replace("0319", "0999"))
    with pytest.raises(ParamsError, match="0999"):
        load_network("malardalen", areas=AREAS, places=PLACES, root=tmp_path)


def test_a_network_that_does_not_exist_is_named_with_those_that_do(tmp_path: Path) -> None:
    path = written(tmp_path, WHOLE)
    assert find_network("MÄLARDALEN", tmp_path) == path
    with pytest.raises(InputError, match=r"Menade du malardalen\?"):
        find_network("malardaln", tmp_path)
    with pytest.raises(InputError, match="De som finns är malardalen"):
        find_network("x", tmp_path)
    with pytest.raises(InputError, match=r"där ska filen\n? ?x.yaml finnas\.$"):
        find_network("x", tmp_path / "tom")


def test_the_networks_are_no_municipality_and_nothing_astray(tmp_path: Path) -> None:
    written(tmp_path, WHOLE)
    assert municipality_folders(tmp_path) == [] and strays(tmp_path) == []


def test_the_examples_are_known_as_invented(root: Path, tmp_path: Path) -> None:
    for name in ("avslutat", "urval"):
        path = root / "params" / "natverk" / f"{name}.yaml"
        read = read_network(
            path, Known(Places(None), ("grundskola", "aldreomsorg-ordinart-boende", "barn-och-unga"))
        )
        assert read.said is not None and not read.problems and not read.passed and is_invented(path)
    assert not is_invented(written(tmp_path, WHOLE.replace("Tierp", "0360").replace("Knivsta", "0330")))
