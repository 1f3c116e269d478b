"""Pure functions on data frames: no files, no figures, no Swedish text.

Conventions shared by every module here:

* A `Panel` holds one key figure and one gender: index municipality (four-digit
  text), columns year (int), values float with NaN for missing. Riket is a row.
* Missing stays missing. A number that cannot be computed is NaN; a whole result
  that cannot be made is None. Nothing is imputed.
* Riket never takes part in a distribution, a percentile or a regression over
  municipalities.
* Randomness is seeded, and results do not depend on the order of municipalities.
"""

from __future__ import annotations
