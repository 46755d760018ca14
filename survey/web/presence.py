"""Who sits at this browser? After half an hour without a request, we ask before anything is shown."""

from __future__ import annotations

import time

from flask import session as cookie

SEEN_KEY = "seen"
IDLE_SECONDS = 30 * 60
WARNING_SECONDS = 25 * 60
_NOTED_EVERY = 60


def here() -> None:
    """Note that the officer is here now. Only this browser's cookie knows it."""
    now = int(time.time())
    if now - _seen() >= _NOTED_EVERY:
        cookie[SEEN_KEY] = now


def is_idle() -> bool:
    """Whether the browser was away so long that somebody else may be sitting at it; a clock set back counts as away."""
    away = time.time() - _seen()
    return away > IDLE_SECONDS or away < -_NOTED_EVERY


def leave() -> None:
    cookie.pop(SEEN_KEY, None)


def _seen() -> int:
    seen = cookie.get(SEEN_KEY)
    return seen if isinstance(seen, int) else 0
