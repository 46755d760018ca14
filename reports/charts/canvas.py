"""The vocabulary in which pictures are drawn: lines, boxes, dots and words, put as artists on a matplotlib figure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch, Rectangle
from matplotlib.path import Path
from matplotlib.transforms import Affine2D

from reports.charts import style, svg, typeface
from reports.charts.lettering import Lettering
from reports.charts.svg import DPI, Point

_EIGHT = tuple((math.cos(turn * math.pi / 4), math.sin(turn * math.pi / 4)) for turn in range(8))

Anchor: TypeAlias = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a text stands: left, top, right and bottom of its letters."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


class Canvas:
    """Shapes in the order in which they are drawn; y grows downwards, units are pixels at full size.

    The figure has no axes: the scale of a picture is its own arithmetic. `name` becomes the artist's gid and in SVG
    the element's id, so that a shape can be found again.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.texts: list[Placed] = []
        self.figure = Figure(figsize=(width / DPI, 0), dpi=DPI, facecolor=style.PAPER, edgecolor="none", linewidth=0)
        self._downwards = Affine2D()
        self._pixels = self._downwards + self.figure.dpi_scale_trans

    @property
    def height(self) -> float:
        """Known last, when everything has its place."""
        return float(self.figure.get_figheight()) * DPI

    @height.setter
    def height(self, height: float) -> None:
        self.figure.set_size_inches(self.width / DPI, height / DPI)
        self._downwards.clear().scale(1 / DPI, -1 / DPI).translate(0, height / DPI)

    def line(self, start: Point, end: Point, *, colour: str, width: float, name: str = "") -> None:
        self._path(Path((start, end)), name, edgecolor=colour, linewidth=width)

    def lines(self, ends: Sequence[tuple[Point, Point]], *, colour: str, width: float, name: str = "") -> None:
        """Straight lines of one look, as one shape."""
        path = Path([point for pair in ends for point in pair], [Path.MOVETO, Path.LINETO] * len(ends))
        self._path(path, name, edgecolor=colour, linewidth=width)

    def chain(
        self, points: Sequence[Point], *, colour: str, width: float, dashes: Sequence[float] = (), name: str = ""
    ) -> None:
        """A line through points, never filled; dashes are lengths in pixels, on and off."""
        dashed = (0, [length / width for length in dashes]) if dashes else "solid"  # counted in widths of the line
        self._path(Path(points), name, edgecolor=colour, linewidth=width, linestyle=dashed, joinstyle="round")

    def box(
        self, left: float, top: float, width: float, height: float, *, fill: str, edge: str = "", name: str = ""
    ) -> None:
        self._add(Rectangle((left, top), width, height, facecolor=fill, edgecolor=edge or "none", linewidth=1), name)

    def dot(self, centre: Point, radius: float, *, fill: str, edge: str, width: float, name: str = "") -> None:
        self._add(Circle(centre, radius, facecolor=fill, edgecolor=edge, linewidth=width), name)

    def points(self, centres: Sequence[Point], radius: float, *, fill: str, edge: str, name: str = "") -> None:
        """Many small eight-sided points of one look, as one shape: a picture of a whole sector has hundreds."""
        corners = [
            (x + radius * across, y + radius * down) for x, y in centres for across, down in (*_EIGHT, _EIGHT[0])
        ]
        codes = [Path.MOVETO, *[Path.LINETO] * 7, Path.CLOSEPOLY] * len(centres)
        self._path(Path(corners, codes), name, facecolor=fill, edgecolor=edge, linewidth=1)

    def outline(self, corners: Sequence[Point], *, fill: str, edge: str, name: str = "") -> None:
        """A closed shape with straight sides."""
        self._path(Path([*corners, corners[0]], closed=True), name, facecolor=fill, edgecolor=edge, linewidth=1)

    def text(
        self,
        place: Point,
        words: str,
        *,
        size: float,
        colour: str = style.INK,
        weight: str = "regular",
        anchor: Anchor = "start",
        halo: bool = False,
    ) -> Placed:
        """One line of text with its baseline at `place`; a halo keeps it readable where lines pass behind it."""
        face = typeface.load(weight)
        width = face.width(words, size)
        x, y = place
        left = x - {"start": 0.0, "middle": width / 2, "end": width}[anchor]
        if halo:
            self._add(Lettering((left, y), words, face, size=size, colour=style.PAPER, rim=4.0))
        self._add(Lettering((left, y), words, face, size=size, colour=colour))
        placed = Placed(words, left, y - 0.72 * size, left + width, y + 0.22 * size)
        self.texts.append(placed)
        return placed

    def paragraph(
        self,
        place: Point,
        words: str,
        *,
        size: float,
        width: float,
        colour: str = style.INK,
        weight: str = "regular",
    ) -> float:
        """Wrapped text from its first baseline at `place`; returns the baseline of a following line."""
        x, y = place
        for line in typeface.wrapped(words, weight=weight, size=size, width=width):
            self.text((x, y), line, size=size, colour=colour, weight=weight)
            y += size * style.LEADING
        return y

    def svg(self, *, title: str, description: str, language: str) -> bytes:
        """The picture as SVG with its name and its sentence for people who cannot see it."""
        return svg.written(self.figure, title=title, description=description, language=language)

    def _path(self, path: Path, name: str, **look: Any) -> None:
        self._add(PathPatch(path, **{"facecolor": "none", "joinstyle": "miter", **look}), name)

    def _add(self, artist: Artist, name: str = "") -> None:
        if name:
            artist.set_gid(name)
        artist.set_transform(self._pixels)
        self.figure.add_artist(artist)
