"""Step 2, orsaksanalys: why it looks as it does."""
