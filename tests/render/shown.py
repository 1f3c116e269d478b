"""A made-up report in the form that readers are promised: first page, findings, problem statement, underlay.

The cells need nothing of the library, as rendering must not.
"""

from __future__ import annotations

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell

from .conftest import EXHIBIT, OPENING, PARAMETERS

FORM = '''
WORDS = "hemtjänst äldreomsorg kommun kostnad invånare jämfört grannar hälften flera elever skola resultat varje".split()


def prose(count, start=0):
    """Sentences of eleven made-up words."""
    words = [WORDS[(start + 5 * place) % len(WORDS)] for place in range(count)]
    return " ".join(" ".join(words[i:i + 11]).capitalize() + "." for i in range(0, count, 11))


def svg(width=640, height=330):
    bars = "".join(
        f'<rect x="180" y="{20 + place * 36}" width="{60 + 47 * place % 400}" height="20" fill="var(--own, #08427e)"/>'
        f'<text x="170" y="{35 + place * 36}" text-anchor="end" font-size="14">Verksamhet {place}</text>'
        for place in range((height - 30) // 36)
    )
    return (f'<svg class="ex-only" role="img" aria-label="Staplar" viewBox="0 0 {width} {height}" width="{width}"'
            f' height="{height}" xmlns="http://www.w3.org/2000/svg" fill="var(--ink, #1a1a1a)">{bars}</svg>')


def made(name, title, *, css="ex", picture="", blocks="", table=None, subtitle="kronor per invånare"):
    body = f'<p class="ex-sub">{subtitle}</p>' if subtitle else ""
    body += f'<div class="ex-figure">{picture}</div>' if picture else ""
    body += blocks
    if table:
        cells = "".join(f"<tr><th scope='row'>{row[0]}</th><td>{row[1]}</td></tr>" for row in table["rows"])
        body += ('<details class="ex-data"><summary>Visa tabellen</summary><div class="ex-scroll" role="group"'
                 f' tabindex="0" aria-label="{title}"><table class="ex-table"><caption>{title}</caption><thead><tr>'
                 f'<th scope="col">Kommun</th><th scope="col">Kostnad</th></tr></thead><tbody>{cells}</tbody></table>'
                 '</div></details>')
    tag, about = ("figure", "figcaption") if picture else ("section", "div")
    html = (f'<{tag} class="{css}" id="ex-{name}"><h3 class="ex-title" id="ex-{name}-title">{title}</h3>{body}'
            f'<{about} class="ex-about"><p class="ex-source">Beräknat ur N15001, N15045. Egen bearbetning</p></{about}>'
            f'</{tag}>')
    return html, {"id": name, "title": title, "finding": "", "source": "Egen bearbetning", "flags": [], "notes": "",
                  "table": table, "subtitle": subtitle, "blocks": [], "alt": "Staplar", "svg": picture or None}


def show(*several):
    style = "<style>.ex { color: red; }</style>"
    display({"text/plain": "x", "text/html": style + style.join(html for html, _ in several),
             "application/vnd.effektiv.exhibit+json": [said for _, said in several]}, raw=True)


def table(rows=20):
    return {"caption": "Kostnad", "row_header": "kommun", "marks": [],
            "columns": [{"key": "kommun", "label": "Kommun", "kind": "text", "unit": "", "decimals": 0},
                        {"key": "kr", "label": "Kostnad", "kind": "number", "unit": "kr", "decimals": 0}],
            "rows": [[f"Kommun {place}", 1000.0 + place] for place in range(rows)]}
'''

FIRST_PAGE = """
points = "".join(f"<li>{prose(33, place)}</li>" for place in range(5))
leads = "".join(f"<li>{prose(16, place)}</li>" for place in range(3))
show(made("forsta-sidan", "Äldreomsorgen kostar 22 miljoner mer än väntat, och nästan allt är hemtjänst",
          css="ex first", picture=svg(),
          blocks=f"<ul>{points}</ul><h4>Att titta på härnäst</h4><ol>{leads}</ol>"))
"""

FINDINGS = """
show(*(made(f"fynd-{place}", f"Hemtjänsten ger fler timmar än grannkommunerna, fynd {place} av sex",
            picture=svg(), blocks=f"<p>{prose(55, place)}</p>", table=table()) for place in range(1, 7)))
"""

PROBLEM = """
show(made("problemformulering", "Kommunens problem i en mening", css="ex problem", subtitle="",
          blocks=f"<p>{prose(77)}</p>"))
"""

UNDERLAY = """
show(*(made(f"grund-{place}", f"Grund {place}", picture=svg(), table=table(60)) for place in range(4)))
show(made("grund-text", "Grund i text", blocks="<p>Medelvärdet räknas om vart tredje år.</p>"))
"""

VALUES = """
display({"text/plain": "hemlig tabell", "text/html": "<p>hemlig tabell</p>", "application/vnd.effektiv.data+json": {
    "columns": ["kommun", "kod", "nyckeltal", "id", "år", "kön", "värde", "enhet", "status", "källa"],
    "rows": [["Älvby", "0001", "Kostnad", "N15001", 2025, "alla", 1234.5, "kr", "", "Kolada"],
             ["Åstad", "9002", "=Kostnad", "N15001", 2024, "alla", None, "kr", "sekretess", "Kolada"]]}}, raw=True)
"""


def term(word: str) -> str:
    return (
        f'{{"ord": "{word}", "forklaring": "Vad {word} är. Mer om saken.", "kort": "Vad {word} är.",'
        f' "former": ["{word}"], "bojningar": ["{word}"]}}'
    )


WORDS = ", ".join(map(term, ["hemtjänst", "kostnad", "invånare", "resultat", "medelvärdet"]))
ABOUT = (
    '"underlag": "fullt", "lage": {"avvikelse_procent": 18.5}, "valda": ["hemtjanst"],'
    f' "ordlista": [{{"rubrik": "Begrepp", "ord": [{WORDS}]}}],'
)


def form_cells(about: str = ABOUT) -> list[nbformat.NotebookNode]:
    """Return the cells of a report with all its parts; `about` is what its case says beside the usual."""
    opening = OPENING.replace('"version"', f'{about} "version"').replace('"ar": 2025', '"ar": None')
    return [
        new_markdown_cell("# Titeln i JupyterLab"),
        new_code_cell(PARAMETERS, metadata={"tags": ["parameters"]}),
        new_code_cell(opening + EXHIBIT + FORM),
        new_code_cell(FIRST_PAGE),
        new_markdown_cell("## Det viktigaste"),
        new_code_cell(FINDINGS),
        new_markdown_cell("## Problemformulering"),
        new_code_cell(PROBLEM),
        new_markdown_cell("## Underlag\n\n### Förutsättningar"),
        new_code_cell(UNDERLAY),
        new_code_cell(VALUES),
    ]
