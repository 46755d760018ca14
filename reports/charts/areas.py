"""Service areas of one authority: a panel a dimension, areas in fixed order, drawn towards the authority's own score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from reports.area_reading import Area, Areas, Panel
from reports.charts import furniture, style, typeface
from reports.charts.canvas import Anchor, Canvas
from reports.charts.furniture import Mark
from reports.charts.precision import drawn
from reports.charts.style import Size
from reports.narrative import Caption
from reports.wording import text

_MOST = 4  # panels beside each other
_TITLES, _GAP = 200.0, 18.0
_ROW: dict[Size, float] = {"wide": 30.0, "narrow": 44.0}
_TICKS = (0, 50, 100)
_TITLE_LINES = 2
_WORDS_ABOVE = 0.46  # the part of a narrow row that its words take


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a panel lies: its scale from left to right, its first row, the distance of two rows."""

    left: float
    right: float
    top: float
    row: float

    def x(self, score: float) -> float:
        return self.left + (self.right - self.left) * drawn(score) / 100


def areas(shown: Areas, caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG; an area of which nothing is shown on a dimension leaves its row empty there."""
    return draw(shown, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(shown: Areas, caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    key: list[tuple[Mark, str]] = [
        ("own", caption.own),
        ("before", text("areas.plain", caption.language)),
        ("median_tick", caption.peers),
    ]
    canvas, y = furniture.begin(caption, key, size)
    each = _MOST if size == "wide" else 1
    for start in range(0, len(shown.panels), each):
        y = _band(canvas, shown, shown.panels[start : start + each], y, size)
    return furniture.finish(canvas, caption, size, y)


def _band(canvas: Canvas, shown: Areas, panels: Sequence[Panel], top: float, size: Size) -> float:
    """Panels beside each other, which share their rows; returns where the next may begin."""
    small, row, margin = style.SMALL[size], _ROW[size], style.MARGIN[size]
    titles = _titles(shown.titles, size)
    room = canvas.width - 2 * margin - titles
    width = room / min(_MOST, max(len(shown.panels), 1)) if size == "wide" else room
    headings = [typeface.wrapped(one.title, weight="bold", size=small, width=width - _GAP) for one in panels]
    first = top + max(len(lines) for lines in headings) * small * style.LEADING + 6
    bottom = first + row * len(shown.titles)
    _rules(canvas, (margin, canvas.width - margin), (first, row), len(shown.titles))
    for place, (panel, lines) in enumerate(zip(panels, headings, strict=True)):
        left = margin + titles + place * width
        at = _Place(left + _GAP / 2, left + width - _GAP / 2, first, row)
        for number, line in enumerate(lines):
            baseline = first - 8 - (len(lines) - 1 - number) * small * style.LEADING
            canvas.text((at.left if size == "wide" else margin, baseline), line, size=small, weight="bold")
        _panel(canvas, panel, at, bottom, size)
    for place, title in enumerate(shown.titles):
        _title(canvas, title, first + place * row, size)
    return bottom + small * 2.0


def _titles(titles: Sequence[str], size: Size) -> float:
    """How wide the column of titles is; narrow rows have theirs above the marks."""
    if size == "narrow":
        return 0.0
    face = typeface.load("regular")
    return min(_TITLES, max((face.width(one, style.SMALL[size]) for one in titles), default=0.0)) + _GAP


def _rules(canvas: Canvas, across: tuple[float, float], rows: tuple[float, float], count: int) -> None:
    """Fine lines between the areas, so that an eye finds its row in the last panel too."""
    first, row = rows
    ends = [((across[0], first + place * row), (across[1], first + place * row)) for place in range(count + 1)]
    canvas.lines(ends, colour=style.WEB, width=0.6)


def _title(canvas: Canvas, title: str, top: float, size: Size) -> None:
    small = style.SMALL[size] if size == "narrow" else style.SMALL[size] - 1
    width = canvas.width - 2 * style.MARGIN[size] if size == "narrow" else _TITLES
    lines = typeface.wrapped(title, weight="regular", size=small, width=width)
    if len(lines) > 1 and size == "wide":
        small -= 2
        lines = typeface.wrapped(title, weight="regular", size=small, width=width)
    if len(lines) > _TITLE_LINES:
        lines = [*lines[: _TITLE_LINES - 1], f"{lines[_TITLE_LINES - 1]}…"]
    leading = small * 1.08
    middle = top + (small * 1.1 if size == "narrow" else _ROW[size] / 2 + small * 0.34)
    for number, line in enumerate(lines):
        y = middle + (number - (len(lines) - 1) / 2) * leading if size == "wide" else middle + number * leading
        canvas.text((style.MARGIN[size], y), line, size=small)


def _panel(canvas: Canvas, panel: Panel, at: _Place, bottom: float, size: Size) -> None:
    """One dimension; narrow rows have their words above the marks, where no line may run through them."""
    small = style.SMALL[size]
    spans = [(at.top, bottom)]
    if size == "narrow":
        starts = [at.top + number * at.row for number in range(len(panel.areas))]
        spans = [(row + at.row * _WORDS_ABOVE, row + at.row) for row in starts]
    ends = [((at.x(value), start), (at.x(value), end)) for value in _TICKS for start, end in spans]
    canvas.lines(ends, colour=style.WEB, width=1)
    anchors: tuple[Anchor, ...] = ("start", "middle", "end")
    for value, anchor in zip(_TICKS, anchors, strict=True):
        place = (at.x(value), bottom + small * 1.1)
        canvas.text(place, str(value), size=small - 2, colour=style.QUIET, anchor=anchor)
    if panel.authority is not None:
        x = at.x(panel.authority)
        line = [((x, start), (x, end)) for start, end in spans]
        canvas.lines(line, colour=style.MEDIAN, width=2, name=f"authority-{panel.measure}")
    part = 0.5 if size == "wide" else 0.72
    for number, area in enumerate(panel.areas):
        _marks(canvas, area, at, at.top + (number + part) * at.row, f"{panel.measure}-{number}")


def _marks(canvas: Canvas, area: Area, at: _Place, y: float, name: str) -> None:
    if area.drawn is None or area.lower is None or area.upper is None:
        middle, words = (at.left + at.right) / 2, text("note.not_shown")
        canvas.text((middle, y + 4), words, size=12, colour=style.QUIET, anchor="middle", halo=True)
        return
    ends = (at.x(area.lower), y), (at.x(area.upper), y)
    canvas.line(*ends, colour=style.OWN, width=2.4, name=f"whisker-{name}")
    canvas.lines([((x, y - 6), (x, y + 6)) for x, _ in ends], colour=style.OWN, width=1.6)
    if area.score is not None:
        canvas.dot((at.x(area.score), y), 4.6, fill=style.PAPER, edge=style.OWN, width=1.8, name=f"plain-{name}")
    canvas.dot((at.x(area.drawn), y), 4.2, fill=style.OWN, edge=style.PAPER, width=0.8, name=f"drawn-{name}")
