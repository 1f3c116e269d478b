"""Charts: small data structures in, an `effektiv.exhibits.svg.Figure` out.

Every chart is drawn by matplotlib, and all twice: for a wide screen or paper and for a telephone.
None of them knows key figures, municipalities or files.

=============  ==========================================================================
`quadrant`     cost against quality, all municipalities, the way the own one has gone
`funnel`       units by their number of persons, with the limits of chance and of ordinary differences
`trend`        up to five lines over years, with breaks, gaps and preliminary years
`panels`       several small trends side by side
`bars`         deviations from zero, sorted, with whiskers; also gaps and the three ways
`dots`         a dot for each year in each row, by name
`split`        parts that add up to a total, with an explicit residual
`measures`     several key figures, each among the peers and Riket
`opinions`     what groups answered on one scale, a row a statement
`strips`       the indices of several services among all municipalities
`controls`     indicators by month between the limits of chance
`sparklines`   a compact table of small lines
`fishbone`     suspected causes by kind; `driver_diagram` the same by what deviates
`matrix`       many things between two scores, those that matter by their number
=============  ==========================================================================
"""

from __future__ import annotations

from effektiv.exhibits.charts._plot import ByYear
from effektiv.exhibits.charts.bars import BarRow, Bars, Part, Split, bars, split
from effektiv.exhibits.charts.causes import Branch, Cause, Standing, driver_diagram, fishbone
from effektiv.exhibits.charts.control import Control, ControlPoint, controls
from effektiv.exhibits.charts.dots import DotRow, Dots, dots
from effektiv.exhibits.charts.funnel import Funnel, FunnelUnit, funnel
from effektiv.exhibits.charts.matrix import Matrix, Scored, matrix
from effektiv.exhibits.charts.measures import MeasureRow, measures
from effektiv.exhibits.charts.opinions import OpinionRow, Opinions, opinions
from effektiv.exhibits.charts.quadrant import Place, Quadrant, YearPlace, quadrant
from effektiv.exhibits.charts.sparklines import SparkRow, sparklines
from effektiv.exhibits.charts.strips import StripCell, StripRow, strips
from effektiv.exhibits.charts.trend import Band, BreakMark, Line, Trend, panels, trend

__all__ = [
    "Band",
    "BarRow",
    "Bars",
    "Branch",
    "BreakMark",
    "ByYear",
    "Cause",
    "Control",
    "ControlPoint",
    "DotRow",
    "Dots",
    "Funnel",
    "FunnelUnit",
    "Line",
    "Matrix",
    "MeasureRow",
    "OpinionRow",
    "Opinions",
    "Part",
    "Place",
    "Quadrant",
    "Scored",
    "SparkRow",
    "Split",
    "Standing",
    "StripCell",
    "StripRow",
    "Trend",
    "YearPlace",
    "bars",
    "controls",
    "dots",
    "driver_diagram",
    "fishbone",
    "funnel",
    "matrix",
    "measures",
    "opinions",
    "panels",
    "quadrant",
    "sparklines",
    "split",
    "strips",
    "trend",
]
