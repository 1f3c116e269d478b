"""The self-assessment of governance: roles, areas, statements and questions, read from ``governance.yaml``."""

from __future__ import annotations

from functools import cached_property, lru_cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_suffix(".yaml")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class AnsweringRole(_Part):
    """Who answers: an id, what it is called, and what it is called inside a sentence."""

    id: str
    label: str
    in_text: str


class RolesTogether(AnsweringRole):
    """Two roles that are one group where a part of it is too small to be shown."""

    roles: tuple[str, str]


class FirstGap(_Part):
    """The gap that is asked for before the answers are known: a statement and two sides of roles."""

    statement: str
    high: tuple[str, ...]
    low: tuple[str, ...]


class Statement(_Part):
    """What is answered 1-5: an id, the text, and what it is about, inside a sentence."""

    id: str
    about: str
    text: str


class GovernanceArea(_Part):
    """A theme with its statements, and what to ask where it is low."""

    id: str
    label: str
    in_text: str
    ask: str
    statements: tuple[Statement, ...]


class FactQuestion(_Part):
    """What is answered yes, no or don't know: an id, the theme and the text."""

    id: str
    area: str
    text: str


class SelfAssessment(_Part):
    """All that is asked."""

    roles: tuple[AnsweringRole, ...]
    together: RolesTogether
    first: FirstGap
    areas: tuple[GovernanceArea, ...]
    facts: tuple[FactQuestion, ...]

    @cached_property
    def statements(self) -> dict[str, Statement]:
        """The statements by id, in order."""
        return {one.id: one for area in self.areas for one in area.statements}

    @cached_property
    def groups(self) -> dict[str, AnsweringRole]:
        """The roles, and the two together, by id, in the order in which they are shown."""
        return {one.id: one for one in (self.roles[0], self.together, *self.roles[1:])}


@lru_cache(maxsize=1)
def self_assessment() -> SelfAssessment:
    """Return what is asked in the self-assessment of governance."""
    return SelfAssessment.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))
