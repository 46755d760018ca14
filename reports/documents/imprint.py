"""The imprint: which release and method a document shows, and whether its data are made up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reports.quality import Json


@dataclass(frozen=True, slots=True)
class Imprint:
    """`wave` is the survey's name as people know it ("2026 survey"), `release` the number of what was published.

    `quality` is the published content of its quality.json, from which a document says how far to rely on it. `previous` is
    the release that it is compared with, `replaced` the names of authorities of that one that are no more, by code.
    """

    release: str | None = None
    method: str = "1"
    wave: str | None = None
    demonstration: bool = False
    quality: Mapping[str, Json] = field(default_factory=dict)
    previous: str | None = None
    replaced: Mapping[str, str] = field(default_factory=dict)
