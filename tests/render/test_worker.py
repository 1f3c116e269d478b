"""A warm worker's memory: what reports leave behind is collected in the end."""

from __future__ import annotations

import weakref

from effektiv.render.worker import AGAIN, settle


class Held:
    """Refers to itself, as a case does through what it has computed."""

    def __init__(self) -> None:
        self.itself = self


def test_what_was_set_apart_while_somebody_held_it_is_collected_later() -> None:
    held = Held()
    seen = weakref.ref(held)
    settle()
    del held
    for _ in range(AGAIN):
        settle()
    assert seen() is None
