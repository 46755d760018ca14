"""Where the hexagon of each authority lies: by the published layout, or where it has none, region by region."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

Place = tuple[int, int]
_GAP = 1  # empty columns and rows between two regions


def placed(regions: Mapping[str, str], known: Mapping[str, Place]) -> dict[str, Place]:
    """Column and row of each authority, row 0 at the top, odd rows half a hexagon to the right (odd-r).

    `regions` has the region of each code. Where the published layout `known` (columns and rows counted from the south-west)
    has a place for any of them, those with a place stand there and the others are left out. Otherwise, as for made-up
    authorities, each region is a block: regions in the order of their names, three blocks in a row, in each block the
    authorities in the order of their codes, row by row, as many columns as the root of their number.

    >>> placed({"a": "North", "b": "North", "c": "South"}, {})
    {'a': (0, 0), 'b': (1, 0), 'c': (3, 0)}
    >>> placed({"a": "North", "b": "South"}, {"a": (4, 7), "b": (4, 6)})
    {'a': (0, 1), 'b': (0, 2)}
    """
    real = {code: known[code] for code in sorted(regions) if code in known}
    if real:
        left, top = min(q for q, _ in real.values()), max(r for _, r in real.values())
        even = top + top % 2  # counted from an even row, so that odd rows stay odd
        return {code: (q - left, even - r) for code, (q, r) in real.items()}
    found: dict[str, Place] = {}
    left = top = height = 0
    for number, region in enumerate(sorted(set(regions.values()))):
        codes = sorted(code for code, name in regions.items() if name == region)
        columns, rows = _size(codes)
        if number and number % 3 == 0:
            left, top, height = 0, top + height + _GAP + (height + _GAP) % 2, 0  # odd rows would lean the other way
        found |= {code: (left + at % columns, top + at // columns) for at, code in enumerate(codes)}
        left, height = left + columns + _GAP, max(height, rows)
    return found


def _size(codes: Sequence[str]) -> Place:
    """Columns and rows of a block."""
    columns = math.ceil(math.sqrt(len(codes)))
    return columns, math.ceil(len(codes) / columns)
