"""Texts with gaps: drawn once, then only filled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from markupsafe import Markup

# Characters of the private use area: no questionnaire and no template contains them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
MOST_PREPARED = 2_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text with gaps: even parts are text, odd parts are empty; `gaps` says which of them have which name."""

    parts: tuple[str, ...]
    gaps: Mapping[str, tuple[int, ...]]

    @classmethod
    def of(cls, html: str) -> Prepared:
        parts = _SLOT.split(html)
        gaps: dict[str, tuple[int, ...]] = {}
        for place in range(1, len(parts), 2):
            gaps[parts[place]] = (*gaps.get(parts[place], ()), place)
            parts[place] = ""
        return cls(tuple(parts), gaps)

    def filled(self, values: Mapping[str, str]) -> Markup:
        """The text with these values, escaped by whoever gives them; a gap without a value stays empty."""
        parts = list(self.parts)
        for name, value in values.items():
            for place in self.gaps.get(name, ()):
                parts[place] = value
        return Markup("".join(parts))  # noqa: S704 - prepared from autoescaped templates; values come escaped


@dataclass
class PreparedPages:
    """What this process has drawn so far. An edition's digest is part of the key, so nothing here grows old."""

    kept: dict[tuple[str, ...], Prepared] = field(default_factory=dict)

    def get(self, key: tuple[str, ...], draw: Callable[[], str]) -> Prepared:
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= MOST_PREPARED:
                self.kept.clear()
            found = self.kept[key] = Prepared.of(draw())
        return found


def slot(name: str) -> Markup:
    """A gap of this name in a text that is being prepared."""
    return Markup(f"{_OPEN}{name}{_CLOSE}")  # noqa: S704 - a fixed pair of characters around a code
