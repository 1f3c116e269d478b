"""From an analysis result to what a cell shows: figure, alt text, table, source, flags.

`exhibit` has the `Exhibit` itself, `table` its tables, `swedish` numbers and words,
`charts` the figures as matplotlib draws them, `style` their colours and fonts, `svg` how they
get into a page, `mpl` how a figure of one's own does. The builders for each part of a report
stand in modules of their own beside these.
"""
