"""A matplotlib renderer for small, strict SVG: attributes only, letters as shared outlines, the same bytes each time."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeAlias
from xml.sax.saxutils import escape, quoteattr

import numpy as np
from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.path import Path
from matplotlib.transforms import Transform
from matplotlib.typing import ColorType

from reports.charts.typeface import Glyph

Point: TypeAlias = tuple[float, float]

DPI = 72.0  # a pixel of the picture is a point of the figure
_CIRCLE, _RECTANGLE = Path.unit_circle(), Path.unit_rectangle()  # the very objects that matplotlib's patches draw
_COMMANDS = {1: ("M", 1), 2: ("L", 1), 3: ("Q", 2), 4: ("C", 3)}  # matplotlib's code: letter, number of points
_CLOSE = 79
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters XML cannot hold


def written(figure: Figure, *, title: str, description: str, language: str) -> bytes:
    """A figure as UTF-8 SVG with its name and its sentence for people who cannot see it."""
    width, height = (side * DPI for side in figure.get_size_inches().tolist())
    renderer = SvgRenderer(width, height)
    figure.draw(renderer)
    size = f"{_short(width)} {_short(height)}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
        f'role="img" aria-labelledby="title description" lang={quoteattr(language)} '
        f'width="{_short(width)}" height="{_short(height)}" viewBox="0 0 {size}">'
        f'<title id="title">{_words(title)}</title><desc id="description">{_words(description)}</desc>'
        f"{renderer.elements()}</svg>\n"
    ).encode()


class SvgRenderer(RendererBase):
    """Collects the elements of one figure of 72 dots to the inch; an artist's gid becomes the id of its element.

    Circles, rectangles and straight lines stay what they are, so that a position can be read from the file.
    Deliberately no `style` attribute and no `<style>`: under a strict Content-Security-Policy both would be ignored.
    """

    def __init__(self, width: float, height: float) -> None:
        super().__init__()
        self._width, self._height = width, height
        self._name = ""
        self._glyphs: dict[str, Glyph] = {}
        self._elements: list[str] = []

    def elements(self) -> str:
        """What has been drawn, after the outlines of its letters."""
        outlines = (f'<path id="{code}" d="{_letter(glyph)}"/>' for code, glyph in sorted(self._glyphs.items()))
        return f"<defs>{''.join(outlines)}</defs>{''.join(self._elements)}"

    def get_canvas_width_height(self) -> tuple[float, float]:
        return self._width, self._height

    def open_group(self, s: str, gid: str | None = None) -> None:  # noqa: ARG002 - the kind of artist is not written
        self._name = f' id="{gid}"' if gid else ""

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: ColorType | None = None,  # noqa: N803 - matplotlib's name
    ) -> None:
        (a, c, e), (b, d, f), _ = transform.get_matrix().tolist()
        fill = "none" if rgbFace is None else _hex(rgbFace)
        if path is _CIRCLE and math.isclose(abs(a), abs(d)):
            tag, place = "circle", f'cx="{_short(e)}" cy="{_short(self._height - f)}" r="{_short(abs(a))}"'
        elif path is _RECTANGLE:
            tag, place = "rect", _box(e, self._height - f, a, -d)
        else:
            vertices = np.asarray(path.vertices).tolist()
            points = [(a * x + c * y + e, self._height - (b * x + d * y + f)) for x, y in vertices]
            if path.codes is not None:
                tag, place = "path", f'd="{_outline(points, np.asarray(path.codes).tolist())}"'
            elif len(points) == 2 and gc.get_joinstyle() == "miter":
                tag, place = "line", _straight(*points)
            else:
                tag, place = "polyline", f'points="{" ".join(f"{_short(x)},{_short(y)}" for x, y in points)}"'
        inside = "" if tag == "line" else f' fill="{fill}"'
        self._elements.append(f"<{tag}{self._name} {place}{inside}{_stroke(gc)}/>")

    def draw_letters(
        self, letters: Sequence[tuple[Glyph, int]], place: Point, scale: float, *, colour: str, rim: float = 0.0
    ) -> None:
        """Letters of one line as one group, whose transform turns font units into pixels; outlines stand once a file."""
        x, y = place
        edge = f' stroke="{colour}" stroke-width="{_short(rim / scale)}" stroke-linejoin="round"' if rim else ""
        drawn = []
        for glyph, aside in letters:
            self._glyphs[glyph.code] = glyph
            drawn.append(f'<use xlink:href="#{glyph.code}"' + (f' x="{aside}"/>' if aside else "/>"))
        matrix = f"{scale:.4g} 0 0 -{scale:.4g} {_short(x)} {_short(self._height - y)}"
        self._elements.append(f'<g transform="matrix({matrix})" fill="{colour}"{edge}>{"".join(drawn)}</g>')


def _straight(start: Point, end: Point) -> str:
    (x1, y1), (x2, y2) = start, end
    return f'x1="{_short(x1)}" y1="{_short(y1)}" x2="{_short(x2)}" y2="{_short(y2)}"'


def _box(x: float, y: float, width: float, height: float) -> str:
    """A rectangle from one of its corners; sides that run to the left or upwards are turned round."""
    left, top = min(x, x + width), min(y, y + height)
    return f'x="{_short(left)}" y="{_short(top)}" width="{_short(abs(width))}" height="{_short(abs(height))}"'


def _stroke(gc: GraphicsContextBase) -> str:
    width = gc.get_linewidth()
    if not width:
        return ""
    look = f' stroke="{_hex(gc.get_rgb())}" stroke-width="{_short(width)}"'
    if gc.get_joinstyle() == "round":
        look += ' stroke-linejoin="round"'
    _, dashes = gc.get_dashes()
    if dashes is not None:
        look += f' stroke-dasharray="{" ".join(_short(dash) for dash in np.asarray(dashes).tolist())}"'
    return look


@lru_cache(64)
def _hex(colour: ColorType) -> str:
    return to_hex(colour)


@lru_cache(512)
def _letter(glyph: Glyph) -> str:
    return _outline(glyph.vertices.tolist(), glyph.codes.tolist(), decimals=0)


def _outline(points: Sequence[Sequence[float]], codes: Sequence[int], decimals: int = 2) -> str:
    """A path as SVG says it; the points of a curve come one by one, with the same code."""
    said, place = [], 0
    while place < len(codes):
        if codes[place] == _CLOSE:
            said.append("Z")
            place += 1
            continue
        command, count = _COMMANDS[codes[place]]
        numbers = (_short(number, decimals) for point in points[place : place + count] for number in point)
        said.append(command + " ".join(numbers))
        place += count
    return "".join(said)


def _short(number: float, decimals: int = 2) -> str:
    """So many decimals at most, no trailing noughts, no minus nought.

    >>> _short(12.0), _short(3.14159), _short(-0.001), _short(120.4, 0)
    ('12', '3.14', '0', '120')
    """
    text = f"{number:.{decimals}f}"
    if decimals:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _words(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))
