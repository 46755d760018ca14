"""The caterpillar: every authority as a bar, from the lowest score to the highest, so that pairs can be told apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from reports.charts import furniture, panels, style
from reports.charts.canvas import Canvas
from reports.charts.furniture import Mark
from reports.charts.panels import Grid, Place
from reports.charts.style import Size
from reports.narrative import Caption
from reports.places_reading import Bars

_ALL: dict[Size, Grid] = {"wide": Grid(2, 170.0, 16.0), "narrow": Grid(1, 150.0, 16.0)}
_TYPES: dict[Size, Grid] = {"wide": Grid(4, 110.0, 14.0), "narrow": Grid(2, 110.0, 14.0)}
_WIDEST, _THINNEST = 9.0, 0.7  # of a bar and of the step of its score


def caterpillar(shown: Sequence[Bars], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG: a panel a dimension. Authorities have no name and no mark of their own."""
    return _written(draw(shown, caption, size=size), caption)


def by_type(groups: Mapping[str, Sequence[Bars]], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG: for each type of authority a panel a dimension."""
    return _written(draw_by_type(groups, caption, size=size), caption)


def draw(shown: Sequence[Bars], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    return _draw([(one.title, one) for one in shown], caption, _ALL[size], size)


def draw_by_type(groups: Mapping[str, Sequence[Bars]], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture of all types before it is written."""
    titled = [(f"{name}: {one.title}", one) for name, found in groups.items() for one in found]
    return _draw(titled, caption, _TYPES[size], size)


def _draw(titled: Sequence[tuple[str, Bars]], caption: Caption, grid: Grid, size: Size) -> Canvas:
    key: list[tuple[Mark, str]] = [("upright", caption.own)]
    if any(one.middle is not None for _, one in titled):
        key.append(("level", caption.peers))
    canvas, top = furniture.begin(caption, key, size)
    grid = grid.over(end for _, one in titled for bar in one.bars for end in bar)
    found, bottom = panels.places(canvas, [title for title, _ in titled], top, grid, size)
    for number, ((_, one), at) in enumerate(zip(titled, found, strict=True)):
        _bars(canvas, one, at, f"{number}-{one.measure}")
    return furniture.finish(canvas, caption, size, bottom)


def _bars(canvas: Canvas, one: Bars, at: Place, name: str) -> None:
    """All bars of a panel as one shape, all scores as another: a sector has hundreds of each."""
    if one.middle is not None:
        y = at.y(one.middle)
        canvas.line((at.left, y), (at.right, y), colour=style.MEDIAN, width=1.4, name=f"middle-{name}")
    step = (at.right - at.left) / max(len(one.bars), 1)
    across = [at.left + (place + 0.5) * step for place in range(len(one.bars))]
    half = min(max(step * 0.45, _THINNEST), _WIDEST)
    uprights = [((x, at.y(low)), (x, at.y(high))) for x, (_, low, high) in zip(across, one.bars, strict=True)]
    canvas.lines(uprights, colour=style.OWN, width=min(max(step * 0.3, 0.5), 2.4), name=f"bars-{name}")
    marks = [
        ((x - half, at.y(score)), (x + half, at.y(score))) for x, (score, _, _) in zip(across, one.bars, strict=True)
    ]
    canvas.lines(marks, colour=style.OWN, width=min(max(step * 0.5, 1.4), 3.0), name=f"scores-{name}")


def _written(canvas: Canvas, caption: Caption) -> bytes:
    return canvas.svg(title=caption.heading, description=caption.sentence, language=caption.language)
