"""The questionnaire files that ship with the product."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent
STAFF = ("digital-maturity-staff", "1")
SELF_ASSESSMENT = ("digital-maturity-authority", "1")


def path(code: str, version: str, lang: str | None = None) -> Path:
    """Where an instrument, or its translation, is written.

    >>> path("digital-maturity-staff", "1", "cy").name
    'digital-maturity-staff-1.cy.toml'
    """
    return FOLDER / (f"{code}-{version}.{lang}.toml" if lang else f"{code}-{version}.toml")


def translations(code: str, version: str) -> dict[str, Path]:
    """The translations that ship of an instrument: language to file.

    >>> sorted(translations("digital-maturity-staff", "1"))
    ['cy']
    """
    found = sorted(FOLDER.glob(f"{code}-{version}.*.toml"))
    return {file.name.removeprefix(f"{code}-{version}.").removesuffix(".toml"): file for file in found}
