"""The imprint: which release and method a document shows, and whether its data are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Imprint:
    """`wave` is the survey's name as people know it ("2026 survey"), `release` the number of what was published."""

    release: str | None = None
    method: str = "1"
    wave: str | None = None
    demonstration: bool = False
