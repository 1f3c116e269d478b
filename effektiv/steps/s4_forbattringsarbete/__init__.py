"""Step 4, förbättringsarbete: is it working, month by month."""
