"""Letters as outlines: widths and paths from the open font that ships with the project, so that the look is fixed."""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from threading import Lock

from fontTools.pens.svgPathPen import SVGPathPen
from fontTools.ttLib import TTFont

UNITS = 1000  # font units to the em; `load` asserts it
_PACKAGE = "font_source_sans_pro"
_FILES = {"regular": "SourceSansPro-Regular.ttf", "bold": "SourceSansPro-Semibold.ttf"}


@dataclass(frozen=True, slots=True)
class Glyph:
    """One letter: how far the pen moves on, and its outline (empty for a space), both in font units."""

    advance: int
    outline: str


@dataclass(frozen=True)
class Typeface:
    """One weight of the font. Glyphs are read once, under a lock, because the font's tables are read lazily."""

    weight: str
    font: TTFont
    glyphs: dict[str, Glyph] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def glyph(self, character: str) -> Glyph:
        """The outline of a character; one that the font lacks shows the font's empty box."""
        found = self.glyphs.get(character)
        if found is None:
            with self.lock:
                found = self.glyphs[character] = self._read(character)
        return found

    def width(self, text: str, size: float) -> float:
        """How wide a text is at a size, in the units of the size."""
        return sum(self.glyph(character).advance for character in text) * size / UNITS

    def _read(self, character: str) -> Glyph:
        name = self.font.getBestCmap().get(ord(character), ".notdef")
        drawn = self.font.getGlyphSet()
        pen = SVGPathPen(drawn, ntos=lambda number: str(round(number)))
        drawn[name].draw(pen)
        return Glyph(advance=self.font["hmtx"][name][0], outline=pen.getCommands())


@lru_cache
def load(weight: str) -> Typeface:
    """The typeface of a weight, `regular` or `bold`. Raises RuntimeError where the font package is not installed."""
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"The font package {_PACKAGE} is not installed.")
    font = TTFont(Path(found.submodule_search_locations[0]) / "files" / _FILES[weight], lazy=False)
    if font["head"].unitsPerEm != UNITS:
        raise RuntimeError(f"The font {_FILES[weight]} has {font['head'].unitsPerEm} units to the em, not {UNITS}.")
    return Typeface(weight, font)


def wrapped(text: str, *, weight: str, size: float, width: float) -> list[str]:
    """A text as lines no wider than `width`; a single word that is wider is broken, so that nothing is ever cut.

    Lines break at spaces, never at no-break spaces.
    """
    face = load(weight)
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and face.width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, face, size, width)
    return lines or [""]


def _pieces(word: str, face: Typeface, size: float, width: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and face.width(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
