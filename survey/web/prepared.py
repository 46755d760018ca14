"""Texts with gaps: drawn once, then only filled in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from markupsafe import Markup

# Characters of the private use area: no questionnaire and no template contains them.
_OPEN, _CLOSE = "\ue000", "\ue001"
_SLOT = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
MOST_PREPARED = 2_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text with gaps: even places are text, odd places name what goes there."""

    parts: tuple[str, ...]

    @classmethod
    def of(cls, html: str) -> Prepared:
        return cls(tuple(_SLOT.split(html)))

    def filled(self, value: Callable[[str], str]) -> Markup:
        parts = [value(part) if place % 2 else part for place, part in enumerate(self.parts)]
        return Markup("".join(parts))  # noqa: S704 - prepared from autoescaped templates; values are escaped by `value`


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
