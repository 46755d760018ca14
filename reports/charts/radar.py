"""The radar: the companion of the dots, with fixed axes, 0 in the middle and 100 at the rim, and no filled area."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from reports import narrative
from reports.charts import furniture, room, style, typeface
from reports.charts.canvas import Anchor, Canvas
from reports.charts.furniture import Mark
from reports.charts.precision import drawn
from reports.charts.room import Place, Stroke
from reports.charts.style import Size
from reports.charts.svg import Point
from reports.narrative import Caption
from reports.profile import Row, rows
from reports.wording import text, whole

RINGS = ((25, 2), (50, 3), (75, 4))  # score and the level whose name the ring carries
_SMALL = 100.0  # a radius below this gets small marks
_SEGMENT = 9.0  # half the width of the peers' segment on an axis
_INWARD: dict[Anchor, Anchor] = {"middle": "middle", "start": "end", "end": "start"}
_STEPS = 12  # places tried between two axes
_CLEAR = 2.0  # pixels kept free around the name of a ring
_GRID, _HIDDEN = 10.0, 100.0  # what it costs to lie on a bare axis, and on a mark or a line
_SQUARE: dict[Size, float] = {"wide": 8.0, "narrow": 7.0}  # half a side
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Web:
    """Axes in the order of the measures, the first upwards, the others clockwise."""

    centre: Point
    radius: float
    axes: int

    def direction(self, axis: float) -> Point:
        angle = 2 * math.pi * axis / self.axes
        return math.sin(angle), -math.cos(angle)

    def point(self, axis: float, score: float, aside: float = 0.0) -> Point:
        """Where a score lies on an axis; `aside` moves it at right angles, in pixels."""
        (x, y), (cx, cy), distance = self.direction(axis), self.centre, self.radius * drawn(score) / 100
        return cx + x * distance - y * aside, cy + y * distance + x * aside


def radar(profile: pd.DataFrame, caption: Caption, *, size: Size = "wide") -> bytes:
    """The picture as SVG. Needs at least three measures, else ValueError: two axes are a line."""
    return draw(profile, caption, size=size).svg(
        title=caption.heading, description=caption.sentence, language=caption.language
    )


def draw(
    profile: pd.DataFrame, caption: Caption, *, size: Size = "wide", squares: Sequence[float | None] = ()
) -> Canvas:
    """The picture before it is written. `squares` are further scores, one a measure, that no line connects."""
    measures = rows(profile)
    if len(measures) < 3:
        raise ValueError(f"A radar needs at least 3 measures; this profile has {len(measures)}.")
    canvas, top = furniture.begin(caption, _key(measures, caption, squares), size)
    web, bottom = _web(measures, top, canvas.width, size)
    draw_web(canvas, web, measures)
    for axis, score in enumerate(squares):
        if score is not None:
            furniture.square(canvas, web.point(axis, score), _SQUARE[size], name=f"square-{measures[axis].measure}")
    for axis, row in enumerate(measures):
        if size == "wide":
            _label(canvas, web, (axis, row), caption.language)
        else:
            letter(canvas, web, (axis, row), caption.language, size=style.WORDS[size])
            bottom = _listed(canvas, (axis, row), caption.language, bottom)
    _name_rings(canvas, web, _strokes(web, measures, squares), caption.language, size=style.SMALL[size])
    return furniture.finish(canvas, caption, size, bottom + (0 if size == "wide" else 8))


def draw_web(canvas: Canvas, web: Web, measures: Sequence[Row], *, mark: str = "") -> None:
    """Rings, axes, the peers' segments and both lines."""
    for ring in (*(score for score, _ in RINGS), 100):
        canvas.dot(web.centre, web.radius * ring / 100, fill="none", edge=style.WEB, width=1)
    for axis, row in enumerate(measures):
        canvas.line(web.centre, web.point(axis, 100), colour=style.WEB, width=1, name=f"axis-{mark}{row.measure}")
        _segment(canvas, web, axis, row, mark)
    peers = [row.median for row in measures]
    own = [row.score for row in measures]
    _lines(canvas, web, peers, colour=style.MEDIAN, width=2.0, dashes=(6, 4))
    _lines(canvas, web, own, colour=style.OWN, width=2.4)
    for axis, row in enumerate(measures):
        _own(canvas, web, axis, row, mark)


def _name_rings(canvas: Canvas, web: Web, strokes: Sequence[Stroke], language: str, *, size: float) -> None:
    """Each ring's score and level, on the ring where they hide least; drawn last, when all else has its place."""
    for score, level in reversed(RINGS):
        words = text("picture.ring", language, score=score, level=narrative.level_name(level, language))
        width = typeface.load("regular").width(words, size)
        found = room.freest(_places(web, score, width, size), strokes, canvas.texts)
        canvas.text(
            (found.left + _CLEAR, found.bottom - _CLEAR - size * 0.1), words, size=size, colour=style.QUIET, halo=True
        )


@lru_cache(maxsize=256)
def _places(web: Web, score: float, width: float, size: float) -> tuple[Place, ...]:
    """Boxes around the ring, inside the rim where that can be; best liked half way between the first two axes, centred on the ring."""
    (cx, cy), found = web.centre, []
    for step in range(_STEPS * web.axes):
        axis = step / _STEPS
        x, y = web.point(axis, score)
        for share in (0.5, 0.25, 0.75, 0.05, 0.95):
            left, top = x - share * width - _CLEAR, y - size * 0.45 - _CLEAR
            right, bottom = left + width + 2 * _CLEAR, top + size * 0.9 + 2 * _CLEAR
            reach = math.hypot(max(cx - left, right - cx), max(cy - top, bottom - cy))
            if reach < web.radius or share == 0.5:
                outside = _GRID / 2 if reach >= web.radius else 0.0
                found.append(Place(left, top, right, bottom, abs(axis - 0.5) + abs(share - 0.5) + outside))
    return tuple(found)


def _strokes(web: Web, measures: Sequence[Row], squares: Sequence[float | None]) -> list[Stroke]:
    """What a ring's name should not hide: scores and lines above all, then the peers, and bare axes least."""
    strokes = []
    for axis, row in enumerate(measures):
        following = measures[(axis + 1) % len(measures)]
        strokes.append(Stroke(web.centre, web.point(axis, 100), _GRID))
        for one, other in ((row.score, following.score), (row.median, following.median)):
            if one is not None and other is not None:
                strokes.append(Stroke(web.point(axis, one), web.point(axis + 1, other), _HIDDEN))
        for lower, upper in ((row.lower, row.upper), (row.lower_quartile, row.upper_quartile), (row.score, row.score)):
            if lower is not None and upper is not None:
                sides = (-_SEGMENT, 0.0, _SEGMENT)
                strokes += [
                    Stroke(web.point(axis, lower, side), web.point(axis, upper, side), _HIDDEN) for side in sides
                ]
    for axis, score in enumerate(squares):
        if score is not None:
            strokes.append(Stroke(web.point(axis, score, -_SEGMENT), web.point(axis, score, _SEGMENT), _HIDDEN))
    return strokes


def _key(measures: Sequence[Row], caption: Caption, squares: Sequence[float | None]) -> list[tuple[Mark, str]]:
    language = caption.language
    key: list[tuple[Mark, str]] = [("own_line", caption.own)]
    if any(score is not None for score in squares):
        key.append(("square", text("say_do.assessed", language)))
    if any(row.median is not None for row in measures):
        key.append(("median_line", text("picture.median", language)))
    if any(row.lower_quartile is not None for row in measures):
        key.append(("quartiles", text("picture.quartiles", language, group=caption.peers)))
    if any(row.before is not None for row in measures):
        key.append(("before", text("picture.before", language)))
    return key


def _web(measures: Sequence[Row], top: float, width: float, size: Size) -> tuple[Web, float]:
    """The web below `top`, and the y below its labels: titles beside wide axes, letters beside narrow ones."""
    words = style.WORDS[size]
    lines = 2 * words * style.LEADING if size == "wide" else words
    radius = 190.0 if size == "wide" else 118.0
    centre = width / 2, top + lines + 16 + radius
    return Web(centre, radius, len(measures)), centre[1] + radius + lines + (20 if size == "wide" else 14)


def _segment(canvas: Canvas, web: Web, axis: int, row: Row, mark: str) -> None:
    """The part of the ring between the peers' quartiles where it meets the axis, as wide at every score."""
    if row.lower_quartile is None or row.upper_quartile is None:
        return
    corners = [
        web.point(axis, score, aside)
        for score, aside in (
            (row.lower_quartile, -_SEGMENT),
            (row.lower_quartile, _SEGMENT),
            (row.upper_quartile, _SEGMENT),
            (row.upper_quartile, -_SEGMENT),
        )
    ]
    canvas.outline(corners, fill=style.PEERS, edge=style.PEERS_EDGE, name=f"quartiles-{mark}{row.measure}")


def _lines(
    canvas: Canvas, web: Web, scores: Sequence[float | None], *, colour: str, width: float, dashes: Sequence[float] = ()
) -> None:
    """A line between neighbouring axes that both have a score; an empty axis is never bridged."""
    for axis, score in enumerate(scores):
        following = scores[(axis + 1) % len(scores)]
        if score is not None and following is not None:
            points = web.point(axis, score), web.point(axis + 1, following)
            canvas.chain(points, colour=colour, width=width, dashes=dashes)


def _own(canvas: Canvas, web: Web, axis: int, row: Row, mark: str) -> None:
    if row.score is None:
        return
    small = web.radius < _SMALL
    dot, cap = (3.5, 5.0) if small else (5.0, 7.0)
    if row.lower is not None and row.upper is not None:
        ends = web.point(axis, row.lower), web.point(axis, row.upper)
        canvas.line(*ends, colour=style.OWN, width=style.WHISKER, name=f"whisker-{mark}{row.measure}")
        caps = [(web.point(axis, bound, -cap), web.point(axis, bound, cap)) for bound in (row.lower, row.upper)]
        canvas.lines(caps, colour=style.OWN, width=2)
    if row.before is not None:
        place = web.point(axis, row.before)
        canvas.dot(place, 5, fill=style.PAPER, edge=style.OWN, width=2.2, name=f"before-{mark}{row.measure}")
    canvas.dot(
        web.point(axis, row.score), dot, fill=style.OWN, edge=style.PAPER, width=1, name=f"dot-{mark}{row.measure}"
    )


def letter(canvas: Canvas, web: Web, place: tuple[int, Row], language: str, *, size: float, value: str = "") -> None:
    """A, B, C … at the end of an axis, where titles have no room; a withheld measure says so on its axis."""
    axis, row = place
    x, y = web.point(axis, 100)
    dx, dy = web.direction(axis)
    words = f"{LETTERS[axis]} {value}".strip()
    anchor: Anchor = "middle" if abs(dx) < 0.3 else ("start" if dx > 0 else "end")
    canvas.text((x + dx * 6, y + size * 0.35 + dy * size * 0.85), words, size=size, weight="bold", anchor=anchor)
    if row.score is None:
        small = style.SMALL["narrow"]
        inside = _INWARD[anchor]
        x, y = web.point(axis, 84 if inside == "middle" else 97)
        canvas.text(
            (x, y + small * (0.35 if inside == "middle" else 1.6)),
            text("note.not_shown", language),
            size=small,
            colour=style.QUIET,
            anchor=inside,
            halo=True,
        )


def _listed(canvas: Canvas, place: tuple[int, Row], language: str, y: float) -> float:
    axis, row = place
    words, margin = style.WORDS["narrow"], style.MARGIN["narrow"]
    canvas.text((margin, y + words), LETTERS[axis], size=words, weight="bold")
    left = margin + words * 1.3
    value = _value(row, language)
    room = typeface.load("regular").width(f" {value}", words)
    lines = typeface.wrapped(row.title, weight="regular", size=words, width=canvas.width - left - margin - room - 6)
    canvas.text(
        (canvas.width - margin, y + words),
        value,
        size=words,
        colour=style.OWN if row.score is not None else style.QUIET,
        anchor="end",
    )
    for line in lines:
        canvas.text((left, y + words), line, size=words)
        y += words * style.LEADING
    return y + 2


def _label(canvas: Canvas, web: Web, place: tuple[int, Row], language: str) -> None:
    """Title and value outside the end of an axis: centred above and below, beside it on the flanks."""
    axis, row = place
    words, (dx, dy) = style.WORDS["wide"], web.direction(axis)
    x, y = web.point(axis, 100)
    x += dx * 10
    upright = abs(dx) < 0.3
    anchor: Anchor = "middle" if upright else ("start" if dx > 0 else "end")
    room = {"middle": canvas.width - 2 * 16, "start": canvas.width - x - 12, "end": x - 12}[anchor]
    lines = [(line, "bold") for line in typeface.wrapped(row.title, weight="bold", size=words, width=room)]
    lines += [
        (line, "regular") for line in typeface.wrapped(_value(row, language), weight="regular", size=words, width=room)
    ]
    height = len(lines) * words * style.LEADING
    centre = y + dy * (height / 2 + 10) if upright else y + dy * height / 3
    baseline = centre - height / 2 + words
    for line, weight in lines:
        colour = style.INK if weight == "bold" or row.score is not None else style.QUIET
        canvas.text((x, baseline), line, size=words, weight=weight, colour=colour, anchor=anchor)
        baseline += words * style.LEADING


def _value(row: Row, language: str) -> str:
    if row.score is None:
        return text("note.not_shown", language)
    if row.lower is None or row.upper is None:
        return whole(row.score)
    return text("picture.interval", language, score=whole(row.score), lower=whole(row.lower), upper=whole(row.upper))
