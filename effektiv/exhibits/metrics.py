"""How wide text is: by Arial's widths, whatever fonts are installed here.

A report must not depend on the machine that makes it, so nothing is measured in a font that
happens to be there. The figures ask the reader's browser for Arial or a font with its widths
(`effektiv.exhibits.style.FONT_FAMILY`), and those widths stand here, in thousandths of the
text's size. An accented letter is as wide as its base letter.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ASCENT, DESCENT = 0.73, 0.21
"""How far letters reach above and below the base line, as shares of the text's size."""

_WIDEST = 1000
"""Of a character that is not in the tables: the width of a square."""

_REGULAR = {
    191: "'",
    222: "ijlł‘’‚",
    260: "|¦",
    278: " !,./:;I[\\]ft·ıìíîïĩīĭ",
    333: "()-`r¡¨²³´¸¹‐‑“”„‹›",
    334: "{}",
    350: "•",
    355: '"″',
    365: "º",
    370: "ª",
    389: "*",
    400: "°",
    469: "^",
    500: "Jcksvxyz↑↓",
    537: "¶",
    549: "±÷≈≠≤≥√",
    552: "¯",
    556: "#$0123456789?L_abdeghnopqu¢£¤¥§«»ðþđŁ–†‡€",
    576: "µ",
    584: "+<=>~¬×−",
    604: "●○■",
    611: "FTZ¿ßøŦ",
    615: "ď",
    667: "&ABEKPSVXYÞ",
    713: "∑∞",
    722: "CDHNRUwÐĐ",
    737: "©®",
    778: "GOQØ",
    833: "Mm",
    834: "¼½¾",
    889: "%æ",
    944: "Wœ",
    1000: "ÆŒ—…‰™←→↔",
    1015: "@",
}

_BOLD = {
    238: "'",
    278: " ,./I\\ijl·ıł‘’‚ìíîïĩīĭ",
    280: "|¦",
    333: "!()-:;[]`ft¡¨²³´¸¹‐‑‹›",
    350: "•",
    365: "º",
    370: "ª",
    389: "*r{}",
    400: "°",
    474: '"″',
    500: "z“”„↑↓",
    549: "±÷≈≠≤≥√",
    552: "¯",
    556: "#$0123456789J_aceksvxy¢£¤¥§«¶»–†‡€",
    576: "µ",
    584: "+<=>^~¬×−",
    604: "●○■",
    611: "?FLTZbdghnopqu¿ßðøþđŁŦ",
    667: "EPSVXYÞ",
    713: "∑∞",
    719: "ď",
    722: "&ABCDHKNRUÐĐ",
    737: "©®",
    778: "GOQwØ",
    833: "M",
    834: "¼½¾",
    889: "%mæ",
    944: "Wœ",
    975: "@",
    1000: "ÆŒ—…‰™←→↔",
}

_WIDTHS = tuple(
    {character: width for width, characters in table.items() for character in characters}
    for table in (_REGULAR, _BOLD)
)


def measure(text: str, size: float, *, bold: bool = False) -> float:
    """Return the width of a line of text, in the unit of its size."""
    return sum(_width(character, bold) for character in text) * size / 1000


@lru_cache(maxsize=4096)
def _width(character: str, bold: bool) -> int:
    widths = _WIDTHS[bold]
    if character in widths:
        return widths[character]
    # An accented letter is its base letter and a mark on it; a no-break space is a space.
    parts = unicodedata.normalize("NFKD", character)
    return sum(widths.get(part, _WIDEST) for part in parts if not unicodedata.combining(part))
