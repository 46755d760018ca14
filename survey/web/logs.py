"""Logs as JSON lines: when, which request, which route, how it ended; nothing about the person or what was typed."""

from __future__ import annotations

import json
import logging
import secrets
import time
from datetime import UTC, datetime
from typing import TextIO

from flask import Flask, Response, g, request

ROOT = "soundings"
_KEPT = ("request", "method", "route", "status", "milliseconds", "action", "kind", "frames")
_access = logging.getLogger(f"{ROOT}.access")


class JsonLines(logging.Formatter):
    """One JSON object a line, made of a fixed list of fields, so that nothing else can slip in."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "log": record.name,
            "event": record.msg,
        }
        line |= {name: record.__dict__[name] for name in _KEPT if name in record.__dict__}
        return json.dumps(line, ensure_ascii=True)


def to_stream(stream: TextIO, *, least: int = logging.INFO) -> logging.Handler:
    """Send the service's log to a stream: everything from this level on."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    logger = logging.getLogger(ROOT)
    logger.addHandler(handler)
    logger.setLevel(least)
    logger.propagate = False
    return handler


def install(app: Flask) -> None:
    def begin() -> None:
        g.request_id = secrets.token_hex(8)
        g.began = time.perf_counter()

    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.request_id
        if _access.isEnabledFor(logging.INFO):
            # Made by hand: to look up the line of this file for each request takes longer than to write it.
            record = logging.LogRecord(_access.name, logging.INFO, __file__, 0, "request", None, None)
            record.__dict__ |= {
                "request": g.request_id,
                "method": request.method,
                "route": request.url_rule.rule if request.url_rule else None,
                "status": response.status_code,
                "milliseconds": round((time.perf_counter() - g.began) * 1000, 1),
            }
            _access.handle(record)
        return response

    app.before_request(begin)
    app.after_request(end)
