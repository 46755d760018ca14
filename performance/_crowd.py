"""Many officers at once: each application is served by waitress in a process of its own, and its waiting measured."""

from __future__ import annotations

import http.client
import itertools
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import waitress

from performance._officer import Reply, Surprise, walk
from performance._subjects import subject, ten_items_a_page

THREADS = 8


@dataclass(slots=True)
class Served:
    """One application behind its port, and the links that nobody has opened yet."""

    port: int
    process: int
    links: Iterator[str]
    pages: tuple[str, ...]
    check: str
    next_link: threading.Lock = field(default_factory=threading.Lock)

    def link(self) -> str:
        with self.next_link:
            return next(self.links)

    def resident_bytes(self) -> int:
        """Memory that is this process's own: pages shared with others count by their share."""
        found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{self.process}/smaps_rollup").read_text(), re.MULTILINE)
        return int(found[1]) * 1024 if found else 0


class WireDoor:
    """One browser over the wire. Seconds are what the officer waits."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def __call__(self, method: str, path: str, body: str) -> Reply:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if method == "POST":
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{self._port}",
            }
        begun = time.perf_counter()
        self._connection.request(method, path, body or None, headers)
        response = self._connection.getresponse()
        html = response.read().decode()
        seconds = time.perf_counter() - begun
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return Reply(response.status, response.headers.get("Location") or "", html, seconds)


@contextmanager
def serving(name: str, folder: Path, officers: int) -> Iterator[Served]:
    """The application in a process of its own, stopped at the end."""
    command = [sys.executable, "-m", "performance._crowd", name, str(folder), str(officers)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            port, check, *rest = process.stdout.readline().split()
            pages = tuple(one for one in rest if not one.startswith("/r/"))
            links = itertools.islice((one for one in rest if one.startswith("/r/")), officers)
            yield Served(int(port), process.pid, links, pages, check)
        finally:
            process.terminate()


def waits(served: Served, users: int, seconds: float) -> list[float]:
    """What saves took while so many officers answered, one page after the other without a pause."""
    until, taken, faults = time.monotonic() + seconds, list[float](), list[Exception]()

    def officer() -> None:
        try:
            while time.monotonic() < until:
                taken.extend(walk(WireDoor(served.port), served.link(), served.pages, served.check).saves)
        except (Surprise, OSError, http.client.HTTPException) as fault:
            faults.append(fault)

    threads = [threading.Thread(target=officer) for _ in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return taken


def _serve(name: str, folder: str, officers: str) -> None:
    made = subject(name, ten_items_a_page(), Path(folder), officers=int(officers))
    server = waitress.create_server(made.app, host="127.0.0.1", port=0, threads=THREADS, ident=None)
    print(server.effective_port, made.check, *made.pages, *made.links, flush=True)
    server.run()


if __name__ == "__main__":
    _serve(*sys.argv[1:4])
