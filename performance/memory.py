"""Memory: what an idle server holds, one minute's worth of pages behind it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

MOST_BYTES = 250e6
PATIENCE_SECONDS = 60.0


def main() -> int:
    """Prints idle memory as a share of its bound; true if it is above."""
    held = idle_bytes()
    print(f"  idle: {held / MOST_BYTES:.2f} of {MOST_BYTES / 1e6:.0f} MB")
    return held > MOST_BYTES


def idle_bytes() -> int:
    """Resident memory of `soundings serve` with an empty database, after its first pages."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
        free.close()
        place = Path(folder) / "data"
        environment = {**os.environ, "SOUNDINGS_DATA": str(place), "PORT": str(port)}
        soundings = [sys.executable, "-c", "from survey.cli import main; main()"]
        subprocess.run([*soundings, "migrate"], env=environment, check=True, capture_output=True)
        server = subprocess.Popen([*soundings, "serve"], env=environment, stderr=subprocess.DEVNULL)
        try:
            for path in ("/", "/privacy", "/methods"):
                _fetched(f"http://127.0.0.1:{port}{path}")
            return _resident(server.pid)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)


def _fetched(url: str) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            with urllib.request.urlopen(url, timeout=10) as reply:  # noqa: S310 - our own server
                reply.read()
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.1)
        else:
            return


def _resident(process: int) -> int:
    found = re.search(r"^VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    assert found
    return int(found[1]) * 1024
