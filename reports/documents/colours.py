"""Colours: hexadecimal codes, their contrast as WCAG 2.2 defines it, and lighter tints of them."""

from __future__ import annotations

import re

WHITE, INK = "#ffffff", "#1d2733"
_CODE = re.compile(r"#[0-9a-f]{6}")


def normal(text: str) -> str | None:
    """The code in small letters, or None where the text is none.

    >>> normal("#0B4F6C"), normal("teal")
    ('#0b4f6c', None)
    """
    lowered = text.strip().lower()
    return lowered if _CODE.fullmatch(lowered) else None


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21: (L1 + 0.05) / (L2 + 0.05) of the relative luminances, lighter first.

    Source: WCAG 2.2, definition of contrast ratio.

    >>> contrast("#ffffff", "#000000"), round(contrast("#767676", "#ffffff"), 2)
    (21.0, 4.54)
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tint(colour: str, share: float) -> str:
    """The colour mixed into white; `share` is the part of the colour, 0 to 1.

    >>> tint("#000000", 0.0), tint("#0b4f6c", 1.0), tint("#000000", 0.2)
    ('#ffffff', '#0b4f6c', '#cccccc')
    """
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in _parts(colour))


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5))


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
