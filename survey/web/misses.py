"""Guessing stops: wrong links and codes are counted in memory, a client at a time, and no address is kept."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict

MISSES_ALLOWED = 20
WINDOW_SECONDS = 600.0
CLIENTS_KEPT = 20_000


class Misses:
    """Counts wrong guesses of each client over ten minutes.

    A client is a keyed hash of its address; the key lives as long as the process, so that nothing can be traced back.
    Right links are never refused: hundreds of officers may sit behind one address.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._lock = threading.Lock()
        self._clients: OrderedDict[bytes, tuple[float, int]] = OrderedDict()

    def count(self, address: str, *, at: float) -> bool:
        """Note one miss at this moment (seconds of a steady clock); true while the client may go on guessing."""
        client = self._client(address)
        with self._lock:
            since, number = self._clients.get(client, (at, 0))
            if at - since > WINDOW_SECONDS:
                since, number = at, 0
            self._clients[client] = (since, number + 1)
            self._clients.move_to_end(client)
            while len(self._clients) > CLIENTS_KEPT:
                self._clients.popitem(last=False)
        return number + 1 <= MISSES_ALLOWED

    def is_stopped(self, address: str, *, at: float) -> bool:
        with self._lock:
            since, number = self._clients.get(self._client(address), (at, 0))
        return number >= MISSES_ALLOWED and at - since <= WINDOW_SECONDS

    def _client(self, address: str) -> bytes:
        return hashlib.blake2b(address.encode(), key=self._key, digest_size=16).digest()
