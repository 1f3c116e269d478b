"""Step 1, nulägesanalys: where the municipality stands, against whom, since when and what it is worth."""
