"""Wording of published figures on screen."""

from __future__ import annotations

from collections.abc import Callable

FILTERS: dict[str, Callable[..., str]] = {}
