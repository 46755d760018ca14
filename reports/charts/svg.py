"""A drawing surface that writes small, strict SVG: attributes only, letters as shared outlines, the same bytes each time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias
from xml.sax.saxutils import escape, quoteattr

from reports.charts import style, typeface

Point: TypeAlias = tuple[float, float]
Anchor: TypeAlias = Literal["start", "middle", "end"]
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # characters XML cannot hold


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

    Deliberately no `style` attribute and no `<style>`: under a strict Content-Security-Policy both would be ignored.
    `name` becomes the element's id, so that a shape can be found again.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        self.height = 0.0
        self.texts: list[Placed] = []
        self._shapes: list[str] = []
        self._glyphs: dict[str, str] = {}

    def line(self, start: Point, end: Point, *, colour: str, width: float, name: str = "") -> None:
        (x1, y1), (x2, y2) = start, end
        self._add("line", name, x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=width)

    def chain(self, points: Sequence[Point], *, colour: str, width: float, dashes: str = "", name: str = "") -> None:
        """A line through points, never filled."""
        place = " ".join(f"{_short(x)},{_short(y)}" for x, y in points)
        dash = {"stroke_dasharray": dashes} if dashes else {}
        self._add(
            "polyline",
            name,
            points=place,
            fill="none",
            stroke=colour,
            stroke_width=width,
            stroke_linejoin="round",
            **dash,
        )

    def box(
        self, left: float, top: float, width: float, height: float, *, fill: str, edge: str = "", name: str = ""
    ) -> None:
        outline = {"stroke": edge} if edge else {}
        self._add("rect", name, x=left, y=top, width=width, height=height, fill=fill, **outline)

    def dot(self, centre: Point, radius: float, *, fill: str, edge: str, width: float, name: str = "") -> None:
        x, y = centre
        self._add("circle", name, cx=x, cy=y, r=radius, fill=fill, stroke=edge, stroke_width=width)

    def outline(self, path: str, *, fill: str, edge: str, name: str = "") -> None:
        self._add("path", name, d=path, fill=fill, stroke=edge)

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
        scale = size / typeface.UNITS
        rim = f' stroke="{style.PAPER}" stroke-width="{_short(4 / scale)}" stroke-linejoin="round"' if halo else ""
        open_group = f'<g transform="matrix({scale:.4g} 0 0 -{scale:.4g} {_short(left)} {_short(y)})"'
        letters = self._letters(words, face)
        if halo:
            self._shapes.append(f'{open_group} fill="{style.PAPER}"{rim}>{letters}</g>')
        self._shapes.append(f'{open_group} fill="{colour}">{letters}</g>')
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
        """The picture as UTF-8 SVG with its name and its sentence for people who cannot see it."""
        size = f"{_short(self.width)} {_short(self.height)}"
        width, height = size.split(" ")
        definitions = "".join(f'<path id="{code}" d="{outline}"/>' for code, outline in sorted(self._glyphs.items()))
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'role="img" aria-labelledby="title description" lang={quoteattr(language)} '
            f'width="{width}" height="{height}" viewBox="0 0 {size}">'
            f'<title id="title">{_words(title)}</title><desc id="description">{_words(description)}</desc>'
            f'<defs>{definitions}</defs><rect width="{width}" height="{height}" fill="{style.PAPER}"/>'
            f"{''.join(self._shapes)}</svg>\n"
        ).encode()

    def _letters(self, words: str, face: typeface.Typeface) -> str:
        drawn, x = [], 0
        for character in words:
            glyph = face.glyph(character)
            if glyph.outline:
                code = f"{face.weight[0]}{ord(character):x}"
                self._glyphs[code] = glyph.outline
                drawn.append(f'<use xlink:href="#{code}"' + (f' x="{x}"/>' if x else "/>"))
            x += glyph.advance
        return "".join(drawn)

    def _add(self, tag: str, name: str, **attributes: str | float) -> None:
        parts = [f'id="{name}"'] if name else []
        for key, value in attributes.items():
            shown = value if isinstance(value, str) else _short(value)
            parts.append(f'{key.replace("_", "-")}="{shown}"')
        self._shapes.append(f"<{tag} {' '.join(parts)}/>")


def _short(number: float) -> str:
    """Two decimals at most, no trailing noughts, no minus nought.

    >>> _short(12.0), _short(3.14159), _short(-0.001)
    ('12', '3.14', '0')
    """
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def _words(text: str) -> str:
    return escape(_FORBIDDEN.sub("�", text))
