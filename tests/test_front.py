"""What `import effektiv` gives a notebook."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell

import effektiv
from effektiv.errors import EffektivError, InputError, KoladaError, SnapshotError


def test_tab_shows_what_is_there_and_each_says_in_swedish_what_it_is_for() -> None:
    firsts = {
        "Exhibit": "Det en cell visar",
        "Source": "Var siffrorna kommer ifrån",
        "look": "Rita med matplotlib",
        "open_case": "Öppna en kommun",
        "rendera": "Gör rapporter",
    }
    assert dir(effektiv) == list(firsts)
    for name, first in firsts.items():
        assert inspect.getdoc(getattr(effektiv, name)).startswith(first)
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        effektiv.nothing  # noqa: B018


def test_nothing_is_loaded_before_it_is_asked_for() -> None:
    code = "import sys, effektiv; dir(effektiv); print('pandas' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


@pytest.mark.parametrize("kind", [EffektivError, InputError, SnapshotError, KoladaError])
def test_an_error_shows_as_its_sentence_alone(kind: type[EffektivError]) -> None:
    shell = InteractiveShell()
    shown: list[str] = []
    shell._showtraceback = lambda _kind, _value, lines: shown.extend(lines)
    shell.user_ns["fail"] = lambda: (_ for _ in ()).throw(kind("Kommunen finns inte."))
    shell.run_cell("fail()")
    assert shown == ["Kommunen finns inte."]
