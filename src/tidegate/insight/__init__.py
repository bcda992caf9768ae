"""Measurement: a continuous time release study, volumes, revenue, controls and hits, what waits.

`insight.controls` estimates from controls, and is imported by its own name: it needs frames.
"""

from tidegate.insight.behind import behind, waiting
from tidegate.insight.case import Case
from tidegate.insight.model import (
    BOUNDS,
    HOLDERS,
    STAGES,
    Age,
    Behind,
    By,
    ChapterRevenue,
    Point,
    Revenue,
    Span,
    Times,
    Volume,
)
from tidegate.insight.queries import (
    ages,
    case,
    offices,
    release_times,
    revenue,
    revenue_by_chapter,
    trend,
    volumes,
)
from tidegate.insight.reader import InsightReader

__all__ = [
    "BOUNDS",
    "HOLDERS",
    "STAGES",
    "Age",
    "Behind",
    "By",
    "Case",
    "ChapterRevenue",
    "InsightReader",
    "Point",
    "Revenue",
    "Span",
    "Times",
    "Volume",
    "ages",
    "behind",
    "case",
    "offices",
    "release_times",
    "revenue",
    "revenue_by_chapter",
    "trend",
    "volumes",
    "waiting",
]
