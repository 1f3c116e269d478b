"""One municipality in one area: what each step's notebooks open and show."""
