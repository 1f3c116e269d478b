from __future__ import annotations

import json
import re

from effektiv.data.catalogue import load_catalogue
from effektiv.exhibits import glossary as glossary_module
from effektiv.exhibits.glossary import Group

TERMS = load_catalogue().terms


def glossary() -> list[Group]:
    return glossary_module.glossary(TERMS)


def swedish(word: str) -> str:
    return word.lower().translate(str.maketrans("åäö", "{|}"))


def test_terms_are_in_swedish_order_and_told_once() -> None:
    words = [term.word for term in TERMS]
    assert words == sorted(words, key=swedish)
    assert len(set(words)) == len(words)


def test_explanations_are_sentences_that_are_easy_to_read() -> None:
    for term in TERMS:
        assert re.fullmatch(r"[A-ZÅÄÖ].*\.", term.explanation), term.word
        assert all(len(sentence.split()) <= 24 for sentence in term.explanation.split(". ")), term.word


def test_a_term_is_met_as_itself() -> None:
    for group in glossary():
        for entry in group["ord"]:
            assert any(
                entry["ord"].lower().startswith(form.split()[0].lower()[:6]) for form in entry["former"]
            )


def test_the_first_sentence_stands_alone_where_the_term_is_met() -> None:
    for term in TERMS:
        assert re.fullmatch(r"[A-ZÅÄÖ][^.]*\.", term.short), term.word
        assert 2 <= len(term.short.split()) <= 25, term.word
        assert term.explanation.startswith(term.short)


def test_whatever_is_explained_in_running_text_is_also_listed() -> None:
    for group in glossary():
        for entry in group["ord"]:
            assert entry["bojningar"], entry["ord"]
            for form in entry["bojningar"]:
                assert any(form.lower().startswith(start.lower()) for start in entry["former"]), form


def test_no_word_stands_for_two_terms() -> None:
    forms = [form.lower() for group in glossary() for entry in group["ord"] for form in entry["bojningar"]]
    assert len(forms) == len(set(forms))


def test_it_can_travel_as_json() -> None:
    assert json.loads(json.dumps(glossary())) == glossary()
