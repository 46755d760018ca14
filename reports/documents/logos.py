"""Logos: the publisher's mark drawn anew as PNG, so that nothing else in its file goes any further."""

from __future__ import annotations

from functools import lru_cache

from reports.documents import typesetting
from reports.documents.brand import Brand, BrandFaults
from reports.documents.typesetting import TypesettingFault

BOX = (1200, 400)  # pixels that a logo is drawn into: 300 dots to the inch at 10 by 3.4 cm


@lru_cache(8)
def png(brand: Brand) -> bytes | None:
    """The logo as PNG on transparent ground, as large as fits into BOX; None where the brand has none.

    Raises BrandFaults where its file cannot be read.
    """
    if brand.logo is None:
        return None
    try:
        return typesetting.picture(brand.logo, width=BOX[0], height=BOX[1])
    except TypesettingFault:
        raise BrandFaults(["logo: cannot be read as PNG or SVG. Save it again as one of these."]) from None
