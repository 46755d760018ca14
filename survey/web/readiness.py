"""Whether the service can take answers, looked up at most once in a while: asking often makes no work."""

from __future__ import annotations

import threading
from collections.abc import Callable

KEPT_SECONDS = 5.0


class Readiness:
    """The faults that were found last, kept for a moment."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: tuple[str, ...] = ()
        self._until = 0.0

    def faults(self, look: Callable[[], tuple[str, ...]], *, at: float) -> tuple[str, ...]:
        """What was found, or is found now (seconds of a steady clock); who asks meanwhile waits for the same answer."""
        with self._lock:
            if at >= self._until:
                self._faults, self._until = look(), at + KEPT_SECONDS
            return self._faults
