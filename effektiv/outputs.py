"""What a notebook shows and a report reads: the kinds of output, and the words for invented values.

The case and the exhibits write these, rendering reads them; neither knows more of the other.
"""

from __future__ import annotations

CASE_MIME = "application/vnd.effektiv.case+json"
"""What the opening cell shows: which municipality, area, step and snapshot the notebook is about."""

EXHIBIT_MIME = "application/vnd.effektiv.exhibit+json"
"""What an exhibit shows beside its HTML: its title, finding, source, flags, notes and table.

A cell that shows several has a list of them.
"""

DATA_MIME = "application/vnd.effektiv.data+json"
"""All values behind the report, one a row: ``{"columns": [...], "rows": [[...], ...]}``, for the Excel file."""

UNDERLAG = ("fullt", "tunt")
"""Whether there are values enough for a report's findings, as the case says."""

EXAMPLE_BAND = "Exempeldata: påhittade kommuner och värden"
"""Stands on everything that shows invented values; what is before the colon is in bold."""
