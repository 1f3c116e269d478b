"""Step 5, avslutning: what the project gave, and what was learnt."""
