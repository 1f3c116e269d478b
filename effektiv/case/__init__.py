"""Cases: one municipality in one focus area, and what its reports show."""
