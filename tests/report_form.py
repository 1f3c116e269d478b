"""What a report may be at most, and what it never says: the rules of a report's form, for any page.

`faults` reads a finished page as a reader meets it, and knows nothing of how it was made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from functools import lru_cache

from bs4 import BeautifulSoup, Tag

from effektiv.data.catalogue import load_catalogue
from effektiv.exhibits.swedish import Mark
from tests.steps.readability import lix

MOST_WORDS, MOST_BOXES, MOST_LIX = 1800, 3, 42
MOST_NUMBERS, MOST_POINTS, MOST_LEADS = 15, 5, 3
MOST_FINDINGS, MOST_IN_OVERVIEW, MOST_IN_FINDING = 6, 5, 60
MOST_DIGITS = 3
MACHINERY = ("params", "notebook", "frysning", "jamfor_med")

_NUMBER = re.compile(r"(?<![\w,])[+−-]?(\d[\d\u00a0]*(?:,\d+)?)")
_YEAR = re.compile(r"(?:19|20)\d\d")
_END = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖ0-9])")
_NOT_A_VALUE = re.compile(r"(?<![\w-])(?:nan|NaN|None|inf|NaT)(?![\w-])")


def words(element: Tag | None) -> str:
    """Return the text of an element on one line; ordinary spaces alone are joined."""
    return "" if element is None else re.sub(r"[ \n\t]+", " ", element.get_text("")).strip()


def numbers(text: str) -> list[str]:
    """Return the numbers in a text, years not counted."""
    found = (match.strip("\u00a0") for match in _NUMBER.findall(text))
    return [item for item in found if not _YEAR.fullmatch(item)]


def digits(number: str) -> int:
    """Return how many significant digits a number is written with: zeros at its ends may be rounding."""
    whole, _, decimals = number.replace("\u00a0", "").partition(",")
    if decimals:
        return len((whole + decimals).lstrip("0"))
    return len(whole.strip("0"))


def sentences(text: str) -> list[str]:
    """Return the sentences of a text."""
    return [item for item in _END.split(text) if item]


def _said(main: Tag) -> Iterator[str]:
    """Yield what stands open and is said in running text: titles, paragraphs and points, not labels and sources."""
    for element in main.select(".ex-title, p, li, dd"):
        if not {"ex-sub", "ex-source"} & set(element.get("class") or ()):
            yield words(element)


class Page:
    """A report's page, as a reader meets it.

    Parameters
    ----------
    html
        The page.
    """

    def __init__(self, html: str) -> None:
        soup = BeautifulSoup(html, "html.parser")
        main = soup.find("main")
        assert isinstance(main, Tag)
        self.head = words(soup.find("header"))
        self.underlay = words(main.select_one("details.underlag"))
        self.everything = words(main)
        self.spoken = " ".join(str(each["aria-label"]) for each in main.select("[aria-label]"))
        self.absent = {words(row.find("th")) for row in main.select("tr") if Mark.ABSENT.words in words(row)}
        # What a screen reader alone is told, and what is drawn, are no visible words.
        for element in main.select("details, svg, .vh, style"):
            element.decompose()
        self.main = main
        self.visible = words(main)
        self.first = main.select_one("#ex-forsta-sidan")
        self.findings = main.select("section[aria-labelledby='det-viktigaste'] .ex")

    @property
    def is_thin(self) -> bool:
        """Whether it says that there is too little data for a report."""
        return "tunt underlag" in self.head.lower()

    def first_page_text(self) -> list[str]:
        """Return title, points and leads of the first page."""
        if self.first is None:
            return []
        return [words(each) for each in self.first.select(".ex-title, li")]

    def finding_texts(self) -> list[str]:
        """Return the running text of each finding."""
        return [
            " ".join(words(each) for each in finding.select("p, li") if not _is_about(each))
            for finding in self.findings
        ]


@lru_cache(maxsize=1)
def page_of(html: str) -> Page:
    """Return a page, read once however much is asked of it."""
    return Page(html)


def _is_about(element: Tag) -> bool:
    return bool({"ex-sub", "ex-source", "ex-how"} & set(element.get("class") or ()))


def faults(html: str, *, is_overview: bool, peers: Collection[str], places: Collection[str]) -> list[str]:
    """Return the rules that a report breaks, each with what breaks it.

    Parameters
    ----------
    html
        The page.
    is_overview
        Whether it is the overview, which has fewer findings.
    peers
        Names of those it is compared with.
    places
        Names of all municipalities. A value can be unpublished for a municipality, a year and a key figure that
        the snapshot has; all else that lacks a value cannot have one.
    """
    page = page_of(html)
    return [
        *_size(page, is_overview=is_overview),
        *_first_page(page),
        *_repeated(page),
        *_language(page),
        *_values(page, places),
        *_named(page, peers),
    ]


def _size(page: Page, *, is_overview: bool) -> Iterator[str]:
    if (count := len(page.visible.split())) > MOST_WORDS:
        yield f"{count} synliga ord"
    boxes = page.main.select(".ex-flag, [role='note'], .box")
    if len(boxes) > MOST_BOXES:
        yield f"{len(boxes)} rutor: {[words(box) for box in boxes]}"
    most = MOST_IN_OVERVIEW if is_overview else MOST_FINDINGS
    if len(page.findings) > most:
        yield f"{len(page.findings)} fynd"
    if not page.findings and not page.is_thin:
        yield "inga fynd, men inte märkt tunt underlag"
    for text in page.finding_texts():
        if len(text.split()) > MOST_IN_FINDING:
            yield f"ett fynd på {len(text.split())} ord: {text}"


_PER = re.compile(r"per 1[\u00a0 ]000")
"""What a unit is per is no number of its own."""


def _first_page(page: Page) -> Iterator[str]:
    if page.first is None:
        yield "ingen första sida"
        return
    text = page.first_page_text()
    if (count := sum(len(numbers(_PER.sub("", each))) for each in text)) > MOST_NUMBERS:
        yield f"{count} tal på första sidan: {text}"
    if len(page.first.select("ol > li")) > MOST_POINTS:
        yield f"för många punkter på första sidan: {text}"
    if not 1 <= len(page.first.select("ul > li")) <= MOST_LEADS:
        yield f"fel antal saker att titta på härnäst: {text}"


def _repeated(page: Page) -> Iterator[str]:
    # A title and a sentence may be the same words but for the full stop.
    said = Counter(item.rstrip(".") for text in _said(page.main) for item in sentences(text))
    yield from (f"sagt {count} gånger: {item}" for item, count in said.items() if count > 1)


def _language(page: Page) -> Iterator[str]:
    first = " ".join(
        text if text.endswith((".", "?", "!")) else f"{text}." for text in page.first_page_text()
    )
    text = " ".join([first, *page.finding_texts()])
    # A thin page is a list of what is missing, by name.
    if not page.is_thin and (value := lix(text)) > MOST_LIX:
        yield f"LIX {value:.1f} på första sidan och i fynden: {text}"
    for place, text in (("syns", f"{page.head} {page.visible}"), ("står i underlaget", page.underlay)):
        for word in MACHINERY:
            if (at := text.lower().find(word)) >= 0:
                yield f"ordet {word} {place}: {text[max(0, at - 80) : at + 40]}"
    for text in _said(page.main):
        for number in numbers(text):
            if digits(number) > MOST_DIGITS:
                yield f"{number} har fler än {MOST_DIGITS} värdesiffror: {text}"


def _values(page: Page, places: Collection[str]) -> Iterator[str]:
    labels = {kpi.label for kpi in load_catalogue().kpis.values()}
    for head in sorted(page.absent):
        if head not in places and head not in labels and not re.match(_YEAR, head):
            yield f"raden {head!r} har en cell som sägs sakna sitt värde fast den inte kan ha något"
    for text in (page.everything, page.spoken):
        for match in _NOT_A_VALUE.finditer(text):
            yield f"{match.group()} i text: {text[max(0, match.start() - 60) : match.end() + 30]}"


def _named(page: Page, peers: Collection[str]) -> Iterator[str]:
    lacking = sorted(name for name in peers if name not in page.underlay)
    if lacking:
        yield f"namnges inte i underlaget: {lacking}"
