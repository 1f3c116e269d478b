"""The network's cases: all that its notebooks may show."""

from __future__ import annotations

from effektiv.steps.natverk.report import NetworkReportCase
from effektiv.steps.natverk.selection import SelectionCase

TOPICS = {"natverk": NetworkReportCase, "urval": SelectionCase}
"""What `effektiv.open_case` gives for a network, by topic."""

NATIONAL = ()
"""What is computed once and kept: nothing beside what the steps themselves keep."""
