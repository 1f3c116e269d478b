"""The pages' frame: templates, the style sheet, and what stands in a page's head.

A report is filed, mailed and printed on its own, so its page tells what it is: a record
in ``<meta name="effektiv-rapport">`` holds its fingerprint and what the index pages need.
There is no other register of reports that could disagree with the folder.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any, Self

from babel.dates import format_date
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from effektiv.names import slug
from effektiv.outputs import EXAMPLE_BAND, UNDERLAG
from effektiv.steg import STEPS

TEMPLATES = Path(__file__).parent / "templates"

_RECORD = re.compile(r'<meta name="effektiv-rapport" content="([^"]*)">')
_HEAD_BYTES = 32_768


@dataclass(frozen=True)
class Record:
    """What a finished report says of itself.

    Attributes
    ----------
    fingeravtryck
        Checksum of all that the report rests on; see `effektiv.render.fingerprint`.
    kod, kommun, steg, steg_namn, omrade, omrade_namn
        What it is about. A network has no code and no step, and what its reports call it as `kommun`.
    slutsats
        Its finding in one sentence, for the index; may be empty.
    frysning
        Name of the snapshot.
    exempel
        Whether the values are invented.
    framstalld
        Day it was made, ISO.
    underlag
        Whether there are values enough for its findings, of `effektiv.outputs.UNDERLAG`.
    lage
        Facts for the index; see `effektiv.outputs.CASE_MIME`.
    valda
        Ids of the municipality's chosen focus areas, else of those that its overview names.
    version
        Version of the library that made it; empty in reports made before it was noted.
    grund
        What it rests on; see `effektiv.render.jobs.Job.grund`.
    med_underlag
        Whether it was made to be printed with its underlag.
    """

    fingeravtryck: str
    kod: str | None
    kommun: str
    steg: int | None
    steg_namn: str
    omrade: str
    omrade_namn: str
    slutsats: str
    frysning: str
    exempel: bool
    framstalld: str
    underlag: str = "fullt"
    lage: dict[str, Any] = field(default_factory=dict)
    valda: list[str] = field(default_factory=list)
    version: str = ""
    grund: dict[str, str] = field(default_factory=dict)
    med_underlag: bool = False

    def to_text(self) -> str:
        """Return the record as it stands in the page."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read what `to_text` wrote.

        Raises
        ------
        ValueError
            It is something else: no JSON, another version's fields, or values that no report has.
        """
        try:
            record = cls(**json.loads(text))
            record.to_text().encode("utf-8")
        except (TypeError, RecursionError) as error:
            raise ValueError("not a record") from error
        wrong = [each.name for each in fields(cls) if not _is_a(getattr(record, each.name), str(each.type))]
        if wrong or not _is_subject(record.kod, record.steg) or record.underlag not in UNDERLAG:
            raise ValueError("not a record's values")
        dt.date.fromisoformat(record.framstalld)
        return record


def _is_a(value: object, kind: str) -> bool:
    """Whether a value is of one of the plain types that an annotation lists; what a list holds is not looked at."""
    kinds = [each.partition("[")[0] for each in kind.split(" | ")]
    return ("None" if value is None else type(value).__name__) in kinds


def _is_subject(code: str | None, step: int | None) -> bool:
    """Whether code and step are a municipality's, or both a network's."""
    if code is None or step is None:
        return code is None and step is None
    return step in STEPS and re.fullmatch(r"\d{4}", code) is not None


def read_record(report: Path) -> Record | None:
    """Return the record of a report file; None when there is none that can be read."""
    text = _record_text(report)
    with suppress(ValueError):
        return None if text is None else Record.from_text(text)
    return None


def is_unreadable(report: Path) -> bool:
    """Say whether a file is one of our reports that is damaged, or that another version of the library made."""
    return _record_text(report) is not None and read_record(report) is None


def _record_text(report: Path) -> str | None:
    try:
        with report.open("rb") as stream:
            head = stream.read(_HEAD_BYTES).decode("utf-8", errors="replace")
    except OSError:
        return None
    found = _RECORD.search(head)
    return unescape(found[1]) if found else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["datum"] = swedish_date
    environment.filters["css_string"] = css_string
    environment.filters["mening"] = sentence
    environment.filters["adress"] = address
    environment.filters["bokstav_id"] = lambda letter: f"bokstav-{slug(letter) or 'ovriga'}-{ord(letter[0])}"
    environment.globals["css"] = style_sheet()
    environment.globals["exempelband"] = EXAMPLE_BAND
    return environment


@cache
def style_sheet() -> Markup:
    """Return the style sheet of all pages."""
    return Markup((TEMPLATES / "stil.css").read_text(encoding="utf-8"))


def render_page(template: str, values: Mapping[str, Any]) -> bytes:
    """Render one of the page templates to UTF-8."""
    return _environment().get_template(template).render(**values).encode("utf-8")


def swedish_date(value: str) -> str:
    """Write an ISO date or time as ``21 november 2025``."""
    return format_date(dt.date.fromisoformat(value[:10]), "d MMMM y", locale="sv_SE")


def sentence(text: str) -> str:
    """Return the text with a full stop at its end."""
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."


def address(contact: str) -> str:
    """Return what a link to a contact leads to; nothing but a web page or an e-mail, whatever it says."""
    return contact if contact.startswith("https://") else f"mailto:{contact}"


def css_string(text: str) -> Markup:
    """Quote text for CSS, so that nothing in it can end the string or the style sheet."""
    safe = re.sub(r"[^\w .,:;()\u2013-]", lambda match: f"\\{ord(match[0]):x} ", text)
    return Markup(f'"{safe}"')
