"""Letters as outlines: widths and paths from the open font that ships with the project, so that the look is fixed."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock

import numpy as np
from matplotlib.ft2font import FT2Font, GlyphIndexType, LoadFlags
from numpy.typing import NDArray

UNITS = 1000  # font units to the em; `load` asserts it
_PACKAGE = "font_source_sans_pro"
_FILES = {"regular": "SourceSansPro-Regular.ttf", "bold": "SourceSansPro-Semibold.ttf"}
WEIGHTS = tuple(_FILES)
_READING = Lock()  # FreeType reads one font at a time; what has been read is never changed


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """One letter, named by a code: how far the pen moves on, and its outline (empty for a space), in font units."""

    code: str
    advance: int
    vertices: NDArray[np.float64]
    codes: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Typeface:
    """One weight of the font; a character that it lacks shows the font's empty box."""

    glyphs: Mapping[str, Glyph]
    advances: Mapping[str, int]
    missing: Glyph

    def glyph(self, character: str) -> Glyph:
        return self.glyphs.get(character, self.missing)

    def width(self, text: str, size: float) -> float:
        """How wide a text is at a size, in the units of the size."""
        return sum([self.advances.get(character, self.missing.advance) for character in text]) * size / UNITS


@lru_cache
def load(weight: str) -> Typeface:
    """The typeface of a weight, `regular` or `bold`. Raises RuntimeError where the font package is not installed."""
    with _READING:
        font = FT2Font(_folder() / _FILES[weight])
        if font.units_per_EM != UNITS:
            raise RuntimeError(f"The font {_FILES[weight]} has {font.units_per_EM} units to the em, not {UNITS}.")
        font.set_size(UNITS, 72)  # one pixel is one unit
        glyphs = {
            chr(character): _read(font, index, f"{weight[0]}{character:x}")
            for character, index in font.get_charmap().items()
        }
        advances = {character: glyph.advance for character, glyph in glyphs.items()}
        return Typeface(glyphs, advances, _read(font, GlyphIndexType(0), f"{weight[0]}-"))


def files() -> tuple[Path, ...]:
    """The font's files, a weight each, for what sets text itself."""
    return tuple(_folder() / name for name in _FILES.values())


def _folder() -> Path:
    found = importlib.util.find_spec(_PACKAGE)
    if found is None or not found.submodule_search_locations:
        raise RuntimeError(f"The font package {_PACKAGE} is not installed.")
    return Path(found.submodule_search_locations[0]) / "files"


def _read(font: FT2Font, index: GlyphIndexType, code: str) -> Glyph:
    advance = font.load_glyph(index, LoadFlags.NO_HINTING).linearHoriAdvance / 65536
    vertices, codes = font.get_path()
    return Glyph(code, round(advance), vertices, codes)


def wrapped(text: str, *, weight: str, size: float, width: float) -> list[str]:
    """A text as lines no wider than `width`; a single word that is wider is broken, so that nothing is ever cut.

    Lines break at spaces, never at no-break spaces.
    """
    face = load(weight)
    if face.width(text, size) <= width:
        return [text]
    lines: list[str] = []
    for word in text.split(" "):
        joined = f"{lines[-1]} {word}" if lines else word
        if lines and face.width(joined, size) <= width:
            lines[-1] = joined
        else:
            lines += _pieces(word, face, size, width)
    return lines


def _pieces(word: str, face: Typeface, size: float, width: float) -> list[str]:
    pieces = [""]
    for character in word:
        if pieces[-1] and face.width(pieces[-1] + character, size) > width:
            pieces.append("")
        pieces[-1] += character
    return pieces
