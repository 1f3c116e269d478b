"""Step 3, åtgärder: from ideas and causes to decisions."""
