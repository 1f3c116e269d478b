"""The files of step 3 in a municipality's folder."""

from __future__ import annotations

import effektiv.params.population
import effektiv.steps.s3_atgarder.decision_params
import effektiv.steps.s3_atgarder.ideas_params
import effektiv.steps.s3_atgarder.measures_params  # noqa: F401  registers the files of measures, as the others do theirs
