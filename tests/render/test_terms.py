"""Terms are listed at a report's end and linked where they are first used."""

from __future__ import annotations

import re
from html import escape, unescape

from hypothesis import given
from hypothesis import strategies as st

from effektiv.render.document import Document, arrange
from effektiv.render.terms import link_terms, words_used


def entry(word: str, *forms: str, said: str = "") -> dict[str, object]:
    said = said or f"Vad {word} är."
    return {
        "ord": word,
        "forklaring": f"{said} Mer om det.",
        "kort": said,
        "former": [forms[0] if forms else word],
        "bojningar": list(forms or (word,)),
    }


WORDS = [
    {
        "rubrik": "Begrepp",
        "ord": [
            entry("median", "median", "medianen", said="Värdet i mitten."),
            entry("riket", "riket", "rikets"),
            entry("IFO", "IFO"),
            entry("liknande kommuner", "liknande kommuner", "liknande kommunerna"),
            entry("kommuner", "kommuner"),
        ],
    },
    {"rubrik": "Storlek", "ord": [entry("något", "något högre", said="Lite.")]},
]


def text(html: str) -> str:
    return f"<!--effektiv:text-->{html}"


def shown(html: str) -> str:
    return f"<!--effektiv:visning-->{html}"


def whole(document: Document) -> str:
    return str(document.intro) + "".join(str(section.html) for section in document.sections)


def linked(html: str, words: list[dict[str, object]] | None = None) -> str:
    """Return a section's HTML, without its heading, with the words linked."""
    document = arrange(text("<h2>Läge</h2>") + html)
    (section,) = link_terms(document, words_used(document, WORDS if words is None else words)).sections
    return str(section.body)


def links(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="word" href="#([^"]*)">(.*?)</a>', html, re.DOTALL)


# --- the list ------------------------------------------------------------------------------------


def used(html: str) -> list[str]:
    return [word.word for group in words_used(arrange(html), WORDS) for word in group.words]


def test_the_words_a_report_uses_are_listed() -> None:
    html = text("<p>Först: Medianen.</p><h2>Rubrik</h2>") + shown("<table><tr><td>Riket</td></tr></table>")
    (group,) = words_used(arrange(html), WORDS)
    assert group.title == "Begrepp"
    assert [(word.word, word.short, word.more) for word in group.words] == [
        ("median", "Värdet i mitten.", "Mer om det."),
        ("riket", "Vad riket är.", "Mer om det."),
    ]


def test_an_explanation_that_does_not_begin_with_its_short_form_is_listed_whole() -> None:
    words = [{"rubrik": "B", "ord": [entry("median") | {"kort": "Mitten."}]}]
    ((word,),) = (group.words for group in words_used(arrange(text("<p>median</p>")), words))
    assert (word.short, word.more) == ("Vad median är. Mer om det.", "")


def test_words_of_the_underlay_alone_are_told_apart() -> None:
    """They are printed only when it is."""
    html = text("<h2>Läge</h2><p>median</p><h2>Underlag</h2>") + shown("<p>riket, median, något högre</p>")
    terms, sizes = words_used(arrange(html), WORDS)
    assert [(word.word, word.in_main) for word in terms.words] == [("median", True), ("riket", False)]
    assert (terms.in_main, sizes.in_main) == (True, False)


def test_a_word_is_met_at_its_beginning_and_not_across_cells() -> None:
    assert used(shown("<p>distriket, xmedian, bifogad</p>")) == []
    assert used(shown("<p>distriket och riket</p>")) == ["riket"]
    assert used(shown("<td>något</td><td>högre</td>")) == ["något"], "tabellens celler läses i följd"
    assert used(shown("<td>ri</td><td>ket</td>")) == []
    assert used(shown('<p class="median">n&aring;got <strong>högre</strong></p>')) == ["något"]
    assert words_used(arrange(text("<p>median</p>")), []) == []


def test_the_ids_of_the_list_are_the_page_s_only_ones() -> None:
    document = arrange(
        text('<h2 id="ord-median">Ord: median</h2><p>median</p>') + shown('<p id="ord-riket">riket</p>')
    )
    (group,) = words_used(document, WORDS)
    assert [word.id for word in group.words] == ["ord-median-2", "ord-riket-2"]
    html = whole(link_terms(document, [group]))
    assert links(html) == [("ord-median-2", "median"), ("ord-riket-2", "riket")]


# --- the first use -------------------------------------------------------------------------------


def test_the_first_use_is_linked() -> None:
    html = linked(text("<p>Under <em>Medianen</em>, högt.</p><p>Medianen igen.</p>"))
    assert html == (
        '<p>Under <em><a class="word" href="#ord-median">Medianen</a></em>, högt.</p><p>Medianen igen.</p>\n'
    )


def test_a_word_is_linked_once_in_a_report_and_not_before_its_first_section() -> None:
    document = arrange(
        text("<p>median</p><h2>Ett</h2><p>median, riket</p><h2>Två</h2><p>riket, median, IFO</p>")
    )
    done = link_terms(document, words_used(document, WORDS))
    assert done.intro == document.intro
    assert [[word for _, word in links(section.html)] for section in done.sections] == [
        ["median", "riket"],
        ["IFO"],
    ]


def test_only_whole_words_and_the_longest_form() -> None:
    assert links(linked(text("<p>medianlön, Rikets, liknande\nkommunerna, kommuner</p>"))) == [
        ("ord-riket", "Rikets"),
        ("ord-liknande-kommuner", "liknande\nkommunerna"),
        ("ord-kommuner", "kommuner"),
    ]


def test_what_is_no_running_text_is_left_alone() -> None:
    for html in (
        "<h3>Medianen</h3>",
        "<table><tr><td><p>Medianen</p></td></tr></table>",
        "<p><svg><g><svg></svg><text>Medianen</text></g></svg></p>",
        '<p><a href="#x">Medianen</a> <abbr title="medianen">x</abbr></p>',
        "<p><code>median</code></p><pre>median</pre>",
        "<details><summary>Visa</summary><p>Medianen</p></details>",
        '<p class="ex-source">Medianen</p>',
        '<p class="ex-sub">Medianen</p>',
        '<ul class="ex-flags"><li class="ex-flag ex-flag-own">Medianen</li></ul>',
        "<p><img alt=\"medianen > riket\" title='medianen'></p>",
        "<p><!-- medianen --></p>",
        "<div>Medianen</div>",
        "<svg><text>median</text>",
    ):
        (section,) = arrange(text("<h2>Läge</h2>") + shown(html)).sections
        assert linked(shown(html)) == section.body
        assert 'class="word' not in linked(shown(html)), html
    assert links(linked(shown("<h3>Medianen</h3><p>Medianen</p>"))) == [("ord-median", "Medianen")]


def test_paragraphs_whose_end_was_left_out_are_left_alone_or_closed() -> None:
    html = linked(text("<p>riket<p>median</p><ul><li>IFO</ul><p>kommuner</p>"))
    assert [word for _, word in links(html)] == ["median", "kommuner"]


def test_the_document_itself_is_left_as_it_was() -> None:
    document = arrange(text("<p>median</p><h2>Läge</h2><p>riket</p>"))
    before = whole(document)
    link_terms(document, words_used(document, WORDS))
    assert whole(document) == before
    assert link_terms(document, []) == document


MARKUP = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<li>", "</li>", "<ul>", "</ul>", "<strong>", "</strong>", "<a href='#'>", "</a>", "<svg>",
         "</svg>", "<td>", "<table>", "</table>", "medianen ", "riket, ", "liknande kommuner ", " och", "&amp;", "< ", "<!--",
         "-->", '<i title="riket">']
    ),
    max_size=25,
)  # fmt: skip


@given(MARKUP)
def test_nothing_of_the_text_is_lost_or_changed(pieces: list[str]) -> None:
    document = arrange(text(f"<h2>Läge</h2>{''.join(pieces)}"))
    html = whole(link_terms(document, words_used(document, WORDS)))
    assert re.sub(r'<a class="word" href="#[^"]*">(.*?)</a>', r"\1", html, flags=re.DOTALL) == whole(document)
    targets = [target for target, _ in links(html)]
    assert len(targets) == len(set(targets))


@given(st.text())
def test_escaped_text_stays_what_it_was(said: str) -> None:
    document = arrange(text(f"<h2>Läge</h2><p>{escape(said)}</p>"))
    html = whole(link_terms(document, words_used(document, WORDS)))
    assert unescape(re.sub("<[^>]*>", "", html)) == unescape(re.sub("<[^>]*>", "", whole(document)))
