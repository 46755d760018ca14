"""The radar of a self-assessment: the staff's scores as a solid line, the authority's own word as unconnected squares."""

from __future__ import annotations

from collections.abc import Sequence

from reports import say_do_reading
from reports.charts import radar
from reports.charts.canvas import Canvas
from reports.charts.style import Size
from reports.narrative import Caption
from reports.say_do_reading import Apart


def say_do(apart: Sequence[Apart], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG. Needs at least three measures, else ValueError: two axes are a line."""
    return draw(apart, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(apart: Sequence[Apart], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written: the two sides share a scale, so nothing is drawn between them."""
    return radar.draw(say_do_reading.profile(apart), caption, size=size, squares=[row.assessed for row in apart])
