"""Terms are listed at a report's end and explained where they are first used."""

from __future__ import annotations

import re
from html import escape, unescape

from hypothesis import given
from hypothesis import strategies as st

from effektiv.render.document import Document, arrange
from effektiv.render.terms import MOST_IN_SECTION, WordGroup, explain_terms, words_used


def entry(word: str, *forms: str, hard: bool = False, said: str = "") -> dict[str, object]:
    said = said or f"Vad {word} är."
    return {
        "ord": word,
        "forklaring": f"{said} Mer om det.",
        "kort": said,
        "former": [forms[0] if forms else word],
        "bojningar": list(forms or (word,)),
        "viktig": hard,
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


def explained(html: str, words: list[dict[str, object]] | None = None) -> str:
    document = arrange(html)
    return whole(explain_terms(document, words_used(document, WORDS if words is None else words)))


def notes(html: str) -> list[str]:
    return [re.sub("<[^>]*>", "", note) for note in re.findall(r'<p class="word-note">(.*?)</p>', html)]


def links(html: str) -> list[tuple[str, str]]:
    return re.findall(r'<a class="word" href="#([^"]*)">(.*?)</a>', html, re.DOTALL)


# --- the list ------------------------------------------------------------------------------------


def used(html: str) -> list[str]:
    return [word.word for group in words_used(arrange(html), WORDS) for word in group.words]


def test_the_words_a_report_uses_are_listed() -> None:
    html = text("<p>Först: Medianen.</p><h2>Rubrik</h2>") + shown("<table><tr><td>Riket</td></tr></table>")
    (group,) = words_used(arrange(html), WORDS)
    assert group.title == "Begrepp"
    assert [(word.word, word.explanation) for word in group.words] == [
        ("median", "Värdet i mitten. Mer om det."),
        ("riket", "Vad riket är. Mer om det."),
    ]


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
    html = whole(explain_terms(document, [group]))
    assert links(html) == [("ord-median-2", "median"), ("ord-riket-2", "riket")]


# --- the first use -------------------------------------------------------------------------------


def test_the_first_use_is_linked_and_explained_after_its_paragraph() -> None:
    html = explained(text("<p>Under <em>Medianen</em>, högt.</p><p>Medianen igen.</p>"))
    assert html == (
        '<p>Under <em><a class="word" href="#ord-median">Medianen</a></em>, högt.</p>'
        '<p class="word-note"><span><dfn>Median.</dfn> Värdet i mitten.</span></p><p>Medianen igen.</p>\n'
    )


def test_terms_of_a_paragraph_share_a_note_in_the_order_they_are_met() -> None:
    html = explained(text("<p>Mot riket och medianen.</p>"))
    assert notes(html) == ["Riket. Vad riket är. Median. Värdet i mitten."]


def test_a_note_on_an_item_or_a_definition_stands_in_it() -> None:
    assert explained(text("<ul><li>riket</li><li>IFO <ul><li>median</li></ul></li></ul>")) == (
        '<ul><li><a class="word" href="#ord-riket">riket</a>'
        '<p class="word-note"><span><dfn>Riket.</dfn> Vad riket är.</span></p></li>'
        '<li><a class="word" href="#ord-ifo">IFO</a> <ul><li><a class="word" href="#ord-median">median</a>'
        '<p class="word-note"><span><dfn>Median.</dfn> Värdet i mitten.</span></p></li></ul>'
        '<p class="word-note"><span><dfn>IFO.</dfn> Vad IFO är.</span></p></li></ul>\n'
    )
    assert "</span></p></dd>" in explained(text("<dl><dt>riket</dt><dd>median</dd></dl>"))


def test_only_whole_words_and_the_longest_form() -> None:
    assert links(explained(text("<p>medianlön, Rikets, liknande\nkommunerna, kommuner</p>"))) == [
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
        '<ul class="ex-flags"><li class="ex-flag ex-flag-own">Medianen</li></ul>',
        "<p><img alt=\"medianen > riket\" title='medianen'></p>",
        "<p><!-- medianen --></p>",
        "<div>Medianen</div>",
        "<svg><text>median</text>",
    ):
        assert explained(shown(html)).rstrip() == arrange(shown(html)).intro.rstrip() or "<h3" in html
        assert 'class="word' not in explained(shown(html)), html
    assert links(explained(shown("<h3>Medianen</h3><p>Medianen</p>"))) == [("ord-median", "Medianen")]


def test_paragraphs_whose_end_was_left_out_are_left_alone_or_closed() -> None:
    html = explained(text("<p>riket<p>median</p><ul><li>IFO</ul><p>kommuner</p>"))
    assert [word for _, word in links(html)] == ["median", "kommuner"]
    assert len(notes(html)) == 2


def test_a_section_explains_a_few_terms_the_hard_ones_first_and_the_next_section_the_rest() -> None:
    names = [f"ord{letter}" for letter in "abcdefg"]
    words = [{"rubrik": "B", "ord": [entry(name, hard=name in {"ordf", "ordg"}) for name in names]}]
    paragraphs = "".join(f"<p>{name}</p>" for name in names)
    document = arrange(text(f"<h2>Ett</h2>{paragraphs}<h2>Två</h2>{paragraphs}<h2>Tre</h2>{paragraphs}"))
    first, second, third = explain_terms(document, words_used(document, words)).sections
    assert len(notes(first.html)) == MOST_IN_SECTION == 5
    assert [note.split(".")[0] for note in notes(first.html)] == ["Orda", "Ordb", "Ordc", "Ordf", "Ordg"]
    assert [word for _, word in links(first.html)] == names
    assert [note.split(".")[0] for note in notes(second.html)] == ["Ordd", "Orde"]
    assert [word for _, word in links(second.html)] == ["ordd", "orde"]
    assert third.html == document.sections[2].html


def test_the_document_itself_is_left_as_it_was() -> None:
    document = arrange(text("<p>median</p><h2>Läge</h2><p>riket</p>"))
    before = whole(document)
    explain_terms(document, words_used(document, WORDS))
    assert whole(document) == before
    assert explain_terms(document, []) == document


def test_a_term_is_text_and_never_markup() -> None:
    words = [{"rubrik": "<b>", "ord": [entry("<i>x", "x", said="<script>1 & 2</script>.")]}]
    html = explained(text("<p>x</p>"), words)
    assert notes(html) == ["&lt;i&gt;x. &lt;script&gt;1 &amp; 2&lt;/script&gt;."]


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
    document = Document(intro=arrange(text("".join(pieces))).intro)
    html = whole(explain_terms(document, _all(document)))
    kept = re.sub(r'<p class="word-note">.*?</p>', "", html)
    assert re.sub(r'<a class="word" href="#[^"]*">(.*?)</a>', r"\1", kept, flags=re.DOTALL) == whole(document)
    targets = [target for target, _ in links(html)]
    assert len(targets) == len(set(targets))


def _all(document: Document) -> list[WordGroup]:
    return words_used(document, WORDS)


@given(st.text())
def test_escaped_text_stays_what_it_was(said: str) -> None:
    document = Document(intro=arrange(text(f"<p>{escape(said)}</p>")).intro)
    html = whole(explain_terms(document, _all(document)))
    kept = re.sub(r'<p class="word-note">.*?</p>', "", html)
    assert unescape(re.sub("<[^>]*>", "", kept)) == unescape(re.sub("<[^>]*>", "", whole(document)))
