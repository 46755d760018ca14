"""For machines that watch: does the process run, and can it take answers. Two words, nothing else."""

from __future__ import annotations

import logging
import time

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from survey import health
from survey.web import context

blueprint = Blueprint("health", __name__)
_LOG = logging.getLogger("soundings.health")


@blueprint.get("/healthz")
def alive() -> ResponseReturnValue:
    """The process answers."""
    return _word("ok", 200)


@blueprint.get("/readyz")
def ready() -> ResponseReturnValue:
    """It can take answers: the database can be written to and has our schema, the clock is right, the disk has room."""
    readiness = context.service().readiness
    faults = readiness.faults(_looked, at=time.monotonic())
    return _word("not ready", 503) if faults else _word("ready", 200)


def _looked() -> tuple[str, ...]:
    faults = health.faults(context.database(), context.settings().data, now=context.now())
    for fault in faults:
        _LOG.error("The service is not ready.", extra={"kind": fault})
    return faults


def _word(word: str, status: int) -> Response:
    return Response(f"{word}\n", status=status, mimetype="text/plain")
