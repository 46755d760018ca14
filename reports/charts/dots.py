"""The dot-and-whisker picture: one row a measure, 0 to 100, own score and interval beside the peers' middle half."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pandas as pd

from reports import narrative
from reports.charts import furniture, style, typeface
from reports.charts.canvas import Canvas
from reports.charts.furniture import Mark
from reports.charts.precision import drawn
from reports.charts.style import Size
from reports.narrative import Caption
from reports.profile import Row, rows
from reports.wording import enumeration, text, whole

_TITLES, _BESIDE = 190.0, 170.0  # widest column of titles and of verdicts; longer ones wrap
_NUMBER, _GAP = 34.0, 20.0
_BELOW = 11.0  # from the middle of a row to a mark that must not hide the score
_WORDS_ABOVE = 0.52  # the part of a narrow row that its words take


@dataclass(frozen=True, slots=True)
class Plot:
    """The canvas, where the 0 to 100 scale lies on it, the distance of two rows, and what all rows have in common."""

    canvas: Canvas
    left: float
    right: float
    step: float
    size: Size
    language: str
    compared: bool

    def x(self, score: float) -> float:
        return self.left + (self.right - self.left) * drawn(score) / 100

    def beside(self, row: Row) -> str:
        """The words after the score: the verdict, or where nothing on the picture has one, the interval."""
        if self.compared or row.score is None:
            return narrative.verdict_word(row, self.language)
        return narrative.interval_words(row, self.language)


def dots(profile: pd.DataFrame, caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG. Rows stand in the order of the profile; a withheld score leaves an empty row that says so."""
    return draw(profile, caption, size=size).svg(
        title=caption.heading, description=alternative(profile, caption), language=caption.language
    )


def alternative(profile: pd.DataFrame, caption: Caption) -> str:
    """What the picture shows in words: its sentence, and the scores of elected members where they have a mark."""
    marked = [row for row in rows(profile) if row.elected is not None]
    if not marked:
        return caption.sentence
    scores = [
        text("picture.elected_on", caption.language, measure=narrative.in_sentence(row.title), score=whole(row.elected))
        for row in marked
        if row.elected is not None
    ]
    elected = text("picture.elected_scores", caption.language, scores=enumeration(scores, caption.language))
    return f"{caption.sentence} {elected}"


def draw(profile: pd.DataFrame, caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    measures = rows(profile)
    canvas, top = furniture.begin(caption, _key(measures, caption), size)
    plot = _plot(canvas, measures, caption.language, size)
    bottom = top + plot.step * len(measures)
    _scale(plot, top, bottom, len(measures))
    for place, row in enumerate(measures):
        _row(plot, row, top + place * plot.step)
    return furniture.finish(canvas, caption, size, bottom + style.SMALL[size] * 2.2)


def _key(measures: Sequence[Row], caption: Caption) -> list[tuple[Mark, str]]:
    language = caption.language
    key: list[tuple[Mark, str]] = [("own", caption.own)]
    if any(row.lower_quartile is not None for row in measures):
        key.append(("quartiles", text("picture.quartiles", language, group=caption.peers)))
    if any(row.median is not None for row in measures):
        key.append(("median_tick", text("picture.median", language)))
    if any(row.before is not None for row in measures):
        key.append(("before", text("picture.before", language)))
    if any(row.elected is not None for row in measures):
        key.append(("diamond", text("picture.elected", language)))
    return key


def _plot(canvas: Canvas, measures: Sequence[Row], language: str, size: Size) -> Plot:
    margin, words = style.MARGIN[size], style.WORDS[size]
    compared = any(row.verdict is not None for row in measures)
    plot = Plot(canvas, margin + 8, canvas.width - margin - 8, 84.0, size, language, compared)
    if size == "narrow":
        return plot
    bold = typeface.load("bold")
    titles = max((bold.width(row.title, words) for row in measures), default=0.0)
    beside = max((bold.width(plot.beside(row), words) for row in measures), default=0.0)
    left = margin + min(titles, _TITLES) + _GAP
    right = canvas.width - margin - min(beside, _BESIDE) - _NUMBER - _GAP
    return replace(plot, left=left, right=right, step=58.0)


def _scale(plot: Plot, top: float, bottom: float, count: int) -> None:
    """The scale's lines; narrow rows have their words above the marks, where no line may run through them."""
    small = style.SMALL[plot.size]
    spans = [(top, bottom)]
    if plot.size == "narrow":
        starts = [top + place * plot.step for place in range(count)]
        spans = [(row + plot.step * _WORDS_ABOVE, row + plot.step) for row in starts]
    at = [plot.x(value) for value in style.SCALE]
    plot.canvas.lines([((x, start), (x, end)) for x in at for start, end in spans], colour=style.WEB, width=1)
    for value, x in zip(style.SCALE, at, strict=True):
        plot.canvas.text((x, bottom + small * 1.15), str(value), size=small, colour=style.QUIET, anchor="middle")


def _row(plot: Plot, row: Row, top: float) -> None:
    words = style.WORDS[plot.size]
    if plot.size == "narrow":
        margin, baseline = style.MARGIN["narrow"], top + words * 1.1
        plot.canvas.text((margin, baseline), row.title, size=words, weight="bold")
        _beside(plot, row, (margin, baseline + words * 1.3))
        _marks(plot, row, top + plot.step * 0.76)
    else:
        middle = top + plot.step / 2
        _title(plot, row.title, middle)
        _beside(plot, row, (plot.right + _GAP, middle + words * 0.34))
        _marks(plot, row, middle)


def _beside(plot: Plot, row: Row, place: tuple[float, float]) -> None:
    """The score as a number, then the verdict; both in words, so that no colour or shape has to be read."""
    size = style.WORDS[plot.size]
    weight = "bold" if row.verdict in (narrative.ABOVE, narrative.BELOW) else "regular"
    colour = style.QUIET if row.score is None else style.OWN
    x, y = place
    if row.score is not None:
        plot.canvas.text(place, whole(row.score), size=size, weight="bold", colour=colour)
        x += _NUMBER
    lines = typeface.wrapped(plot.beside(row), weight=weight, size=size, width=plot.canvas.width - x - 8)
    y -= (len(lines) - 1) * size * style.LEADING / 2
    for line in lines:
        plot.canvas.text((x, y), line, size=size, weight=weight, colour=colour)
        y += size * style.LEADING


def _title(plot: Plot, title: str, middle: float) -> None:
    size = style.WORDS[plot.size]
    lines = typeface.wrapped(title, weight="bold", size=size, width=_TITLES)
    baseline = middle + size * 0.34 - (len(lines) - 1) * size * style.LEADING / 2
    for line in lines:
        plot.canvas.text((plot.left - _GAP, baseline), line, size=size, weight="bold", anchor="end")
        baseline += size * style.LEADING


def _marks(plot: Plot, row: Row, y: float) -> None:
    canvas = plot.canvas
    if row.lower_quartile is not None and row.upper_quartile is not None:
        left, right = plot.x(row.lower_quartile), plot.x(row.upper_quartile)
        canvas.box(
            left, y - 11, right - left, 22, fill=style.PEERS, edge=style.PEERS_EDGE, name=f"quartiles-{row.measure}"
        )
    if row.median is not None:
        x = plot.x(row.median)
        canvas.line((x, y - 16), (x, y + 16), colour=style.MEDIAN, width=style.WHISKER, name=f"median-{row.measure}")
    if row.score is None:
        return
    if row.lower is not None and row.upper is not None:
        ends = (plot.x(row.lower), y), (plot.x(row.upper), y)
        canvas.line(*ends, colour=style.OWN, width=style.WHISKER, name=f"whisker-{row.measure}")
        canvas.lines([((x, y - style.CAP), (x, y + style.CAP)) for x, _ in ends], colour=style.OWN, width=2)
    if row.before is not None:
        canvas.dot(
            (plot.x(row.before), y), 6, fill=style.PAPER, edge=style.OWN, width=2.2, name=f"before-{row.measure}"
        )
    canvas.dot(
        (plot.x(row.score), y), style.DOT, fill=style.OWN, edge=style.PAPER, width=1.2, name=f"dot-{row.measure}"
    )
    if row.elected is not None:
        furniture.diamond(canvas, (plot.x(row.elected), y + _BELOW), 6.5, name=f"elected-{row.measure}")
