"""Small multiples: one small radar a group, all on the same scale and axes, to be compared by eye."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from reports.charts import furniture, radar, style, typeface
from reports.charts.canvas import Canvas
from reports.charts.furniture import Mark
from reports.charts.style import Size
from reports.narrative import Caption, first_upper
from reports.profile import Row, rows
from reports.wording import text, whole

_COLUMNS: dict[Size, int] = {"wide": 3, "narrow": 1}
_RADIUS: dict[Size, float] = {"wide": 76.0, "narrow": 96.0}


def small_multiples(profiles: Mapping[str, pd.DataFrame], caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG: `profiles` maps a group's label to its sector profile; all have the same measures.

    Raises ValueError without groups, with different measures, or with fewer than three of them.
    """
    return draw(profiles, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(profiles: Mapping[str, pd.DataFrame], caption: Caption, *, size: Size = "wide") -> Canvas:
    """The picture before it is written."""
    groups = {label: rows(profile) for label, profile in profiles.items()}
    measures = _measures(groups)
    key: list[tuple[Mark, str]] = [("own_line", caption.own)]
    if any(row.lower_quartile is not None for group in groups.values() for row in group):
        key.append(("quartiles", text("picture.quartiles", caption.language, group=caption.peers)))
    canvas, top = furniture.begin(caption, key, size)
    top = _letters(canvas, measures, size, top)
    columns, radius = _COLUMNS[size], _RADIUS[size]
    width = (canvas.width - 2 * style.MARGIN[size]) / columns
    height = 2 * radius + 5.5 * style.WORDS[size]
    for place, (label, group) in enumerate(groups.items()):
        left = style.MARGIN[size] + (place % columns) * width
        _one(canvas, (left, top + place // columns * height, width), label, group, (caption.language, size))
    return furniture.finish(canvas, caption, size, top + -(-len(groups) // columns) * height)


def _measures(groups: Mapping[str, tuple[Row, ...]]) -> tuple[Row, ...]:
    if not groups:
        raise ValueError("Small multiples need at least one group.")
    codes = {tuple(row.measure for row in group) for group in groups.values()}
    if len(codes) > 1 or len(min(codes)) < 3:
        raise ValueError("Small multiples need the same three or more measures in every group.")
    return next(iter(groups.values()))


def _letters(canvas: Canvas, measures: tuple[Row, ...], size: Size, y: float) -> float:
    """The letters of the axes with their titles, once for all radars."""
    words = style.SMALL[size]
    x, right, face = style.MARGIN[size], canvas.width - style.MARGIN[size], typeface.load("bold")
    y += words * 0.6
    for axis, row in enumerate(measures):
        entry = f"{radar.LETTERS[axis]}  {row.title}"
        if x > style.MARGIN[size] and x + face.width(entry, words) > right:
            x, y = style.MARGIN[size], y + words * style.LEADING
        canvas.text((x, y), radar.LETTERS[axis], size=words, weight="bold")
        placed = canvas.text((x + words * 1.1, y), row.title, size=words)
        x = placed.right + 20
    return y + words * 1.4


def _one(
    canvas: Canvas, place: tuple[float, float, float], label: str, group: tuple[Row, ...], look: tuple[str, Size]
) -> None:
    (left, top, width), (language, size) = place, look
    words, radius = style.WORDS[size], _RADIUS[size]
    counts = {row.n for row in group if row.n is not None}
    title = f"{first_upper(label)} ({max(counts)})" if counts else first_upper(label)
    lines = typeface.wrapped(title, weight="bold", size=words, width=width - 8)
    for number, line in enumerate(lines[:2]):
        canvas.text(
            (left + width / 2, top + words * (1 + number * 1.2)), line, size=words, weight="bold", anchor="middle"
        )
    web = radar.Web((left + width / 2, top + 3.6 * words + radius), radius, len(group))
    mark = "".join(character if character.isalnum() else "-" for character in label.lower()) + "-"
    radar.draw_web(canvas, web, group, mark=mark)
    for axis, row in enumerate(group):
        value = "" if row.score is None else whole(row.score)
        radar.letter(canvas, web, (axis, row), language, size=style.SMALL[size], value=value)
