"""The publisher's brand on pages: its two colours as a style sheet and its logo, served as the built files are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from reports.documents import brand as brands
from reports.documents import logos
from reports.documents.brand import Brand, BrandFaults
from survey import kept_files
from survey.config import SettingFault, Settings

PREFIX = "static/brand/"


@dataclass(frozen=True, slots=True)
class Look:
    """What pages add for the brand: the addresses of its style sheet and its logo; empty where it is the one that ships."""

    main: str
    style: str = ""
    logo: str = ""


def written(settings: Settings) -> tuple[Look, Path | None]:
    """The look, and the folder with its files; none for the brand that ships, whose colours the built styles have.

    Raises SettingFault where the logo cannot be drawn.
    """
    brand = settings.brand
    if brand == brands.default():
        return Look("#0b3c52"), None
    folder = settings.data / "brand"
    try:
        drawn = logos.png(brand)
    except BrandFaults as error:
        raise SettingFault(f"SOUNDINGS_BRAND: {error.faults[0]}") from None
    style = _kept(folder, "brand", "css", _style(brand))
    logo = _kept(folder, "logo", "png", drawn) if drawn else ""
    return Look(brand.main, style, logo), folder


def _style(brand: Brand) -> bytes:
    """Two custom properties; brand.py checked that they are hexadecimal codes with enough contrast."""
    return f":root{{--app-brand:{brand.main};--app-accent:{brand.accent}}}\n".encode("ascii")


def _kept(folder: Path, name: str, kind: str, content: bytes) -> str:
    """The address of a file that is named after its content, so that browsers may keep it for a year."""
    file = f"{name}.{hashlib.sha256(content).hexdigest()[:12]}.{kind}"
    if not (folder / file).exists():
        kept_files.write(folder / file, content)
    return f"/{PREFIX}{file}"
