"""Every word in a report is Swedish: hunspell's, or one of the project's own list."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterable
from html import unescape
from pathlib import Path

import pytest

from effektiv.data.catalogue import load_catalogue
from effektiv.data.snapshot import Snapshot
from effektiv.exhibits.glossary import glossary
from tests.accessibility.conftest import PAGES

OWN_WORDS = Path(__file__).with_name("ordlista.txt")

_WORD = re.compile(r"[^\W\d_]+(?:[-:][^\W\d_]+)*")
# What is not prose: drawn letters are, but code, ids of key figures, file names and web addresses are not.
_NOT_PROSE = re.compile(
    r"<style.*?</style>|<code>.*?</code>|\bwww\.[^\s<>\"]+|\b[\w-]+\.(?:yaml|html|xlsx)\b|\b[A-Z]\d{5,6}\b|\bE(?:-[A-Z0-9]+)+\b",
    re.DOTALL,
)
_SPOKEN = re.compile(r'\s(?:alt|aria-label)="([^"]*)"')
_DESCRIBED = re.compile(r'<meta name="description" content="([^"]*)"')


def words(html: str) -> set[str]:
    """Return the words that a page shows or a screen reader says."""
    body = _NOT_PROSE.sub(" ", html[html.index("<body") :])
    said = [*_SPOKEN.findall(body), *_DESCRIBED.findall(html), *re.findall("<title>(.*?)</title>", html)]
    # Inline markup does not end a word; other tags do.
    body = re.sub(r"<script\b.*?</script>", "", body, flags=re.DOTALL)
    shown = re.sub(r"</?(?:strong|em|span|a)\b[^>]*>", "", body)
    text = " ".join([re.sub(r"<[^>]*>", " ", shown), *said])
    return set(_WORD.findall(unescape(text).replace("\u00ad", "")))


def own_words() -> set[str]:
    lines = OWN_WORDS.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


def unknown(found: Iterable[str], names: set[str]) -> list[str]:
    """Return the words that neither hunspell, the project nor the country knows."""
    known = own_words() | names | {f"{name}s" for name in names}
    asked = sorted(set(found) - known)
    run = subprocess.run(
        ["hunspell", "-d", "sv_SE", "-i", "utf-8", "-l"],
        input="\n".join(asked) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if run.returncode != 0:
        pytest.skip(f"hunspell saknar svensk ordlista (hunspell-sv): {run.stderr.strip()}")
    return sorted(set(run.stdout.split()))


@pytest.fixture(scope="module")
def names(example: Snapshot) -> set[str]:
    if shutil.which("hunspell") is None:
        pytest.skip("hunspell finns inte här (Debians paket hunspell och hunspell-sv)")
    return {word for title in example.municipalities["title"] for word in _WORD.findall(title)}


@pytest.mark.parametrize("page", PAGES)
def test_no_unknown_word(folder: Path, names: set[str], page: str) -> None:
    found = words((folder / page).read_text(encoding="utf-8"))
    assert len(found) > 10
    assert unknown(found, names) == []


def test_no_unknown_word_in_the_list_of_words(names: set[str]) -> None:
    groups = glossary(load_catalogue().terms)
    text = " ".join(f"{entry['ord']} {entry['forklaring']}" for group in groups for entry in group["ord"])
    assert unknown(_WORD.findall(text), names) == []


def test_a_misspelt_word_is_seen(names: set[str]) -> None:
    html = '<body><p>Kåstnaden</p><img alt="Linjen stigger"><code>jamfor_med</code> U15401</body>'
    assert unknown(words(html), names) == ["Kåstnaden", "stigger"]


def test_the_projects_words_are_sorted_and_needed(names: set[str]) -> None:
    """A word that hunspell knows by itself has nothing to do in the list."""
    listed = [line for line in OWN_WORDS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    assert [word.lower() for word in listed] == sorted(word.lower() for word in set(listed))
    run = subprocess.run(
        ["hunspell", "-d", "sv_SE", "-i", "utf-8", "-G"],
        input="\n".join(listed) + "\n",
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.stdout.split() == []
