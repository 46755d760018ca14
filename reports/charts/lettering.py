"""A line of text as a matplotlib artist: letter outlines in a row, the same in every renderer and at every size."""

from __future__ import annotations

import numpy as np
from matplotlib.artist import Artist
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.path import Path

from reports.charts.svg import Point, SvgRenderer
from reports.charts.typeface import UNITS, Glyph, Typeface


class Lettering(Artist):
    """Text from `place`, the left end of its baseline; `rim` is the width of an outline in the same colour.

    Not matplotlib's own text: that asks the renderer how wide words are, so that lines would break differently in
    SVG and PNG, takes letters that the font lacks from another font, and keeps its fonts in caches of each thread.
    """

    zorder = 1  # as shapes have, so that what is added later lies above

    def __init__(self, place: Point, words: str, face: Typeface, *, size: float, colour: str, rim: float = 0.0) -> None:
        super().__init__()
        self._place, self._scale = place, size / UNITS
        self._colour, self._rim = colour, rim
        self._letters: list[tuple[Glyph, int]] = []  # with the distance from the left end, in font units
        aside = 0
        for character in words:
            glyph = face.glyph(character)
            if len(glyph.codes):
                self._letters.append((glyph, aside))
            aside += glyph.advance

    def draw(self, renderer: RendererBase) -> None:
        if isinstance(renderer, SvgRenderer):
            left, baseline = self.get_transform().transform(self._place).tolist()
            renderer.draw_letters(self._letters, (left, baseline), self._scale, colour=self._colour, rim=self._rim)
        elif self._letters:
            gc = renderer.new_gc()
            gc.set_foreground(self._colour)
            gc.set_linewidth(np.asarray(renderer.points_to_pixels(self._rim)).item())
            gc.set_joinstyle("round")
            renderer.draw_path(gc, self._outlines(), self.get_transform(), to_rgb(self._colour))
            gc.restore()

    def _outlines(self) -> Path:
        """All letters as one path on the canvas, where y grows downwards."""
        x, y = self._place
        vertices = [
            glyph.vertices * (self._scale, -self._scale) + (x + aside * self._scale, y)
            for glyph, aside in self._letters
        ]
        return Path(np.concatenate(vertices), np.concatenate([glyph.codes for glyph, _ in self._letters]))
