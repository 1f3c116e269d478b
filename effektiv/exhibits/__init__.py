"""From an analysis result to what a cell shows: figure, alt text, table, source, flags.

`exhibit` has the `Exhibit` itself, `table` its tables, `swedish` numbers and words,
`charts` the figures, `style` their colours, `svg` what they are drawn with. The builders
for each part of a report stand in modules of their own beside these.
"""
