"""The files of step 4 in a municipality's folder."""

from __future__ import annotations

import effektiv.steps.s4_forbattringsarbete.followup_params
import effektiv.steps.s4_forbattringsarbete.months_params  # noqa: F401  registers the files of months, as the other of the work
