"""A browser inside the process: calls the application as a server would and measures the CPU time of nothing else."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from performance._officer import Reply

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication, WSGIEnvironment

HOST = "127.0.0.1:8000"


class DirectDoor:
    """One browser's calls, with its cookies. Seconds are CPU time of this thread."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app
        self._cookies: dict[str, str] = {}

    def __call__(self, method: str, path: str, body: str) -> Reply:
        answered: list[tuple[str, list[tuple[str, str]]]] = []

        def answer(status: str, headers: list[tuple[str, str]], fault: object = None) -> Callable[[bytes], object]:
            del fault
            answered.append((status, headers))
            return io.BytesIO().write

        environ = self._environ(method, path, body.encode())
        begun = time.thread_time()
        chunks = self._app(environ, answer)
        content = b"".join(chunks)
        close = getattr(chunks, "close", None)
        if close is not None:
            close()
        seconds = time.thread_time() - begun
        status, headers = answered[0]
        location = ""
        for name, value in headers:
            if name.lower() == "set-cookie":
                key, _, kept = value.partition(";")[0].partition("=")
                self._cookies[key] = kept
            elif name.lower() == "location":
                location = value
        return Reply(int(status[:3]), location, content.decode(), seconds)

    def _environ(self, method: str, path: str, body: bytes) -> WSGIEnvironment:
        path, _, query = path.partition("?")
        environ: WSGIEnvironment = {
            "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": query,
            "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1", "HTTP_HOST": HOST,
            "REMOTE_ADDR": "127.0.0.1", "HTTP_ACCEPT_LANGUAGE": "en-GB,en;q=0.8", "HTTP_USER_AGENT": "Mozilla/5.0",
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self._cookies.items()),
            "wsgi.version": (1, 0), "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": sys.stderr, "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
        }  # fmt: skip
        if method == "POST":
            environ |= {
                "CONTENT_TYPE": "application/x-www-form-urlencoded",
                "CONTENT_LENGTH": str(len(body)),
                "HTTP_ORIGIN": f"http://{HOST}",
                "HTTP_SEC_FETCH_SITE": "same-origin",
            }
        return environ
