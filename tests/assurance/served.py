"""Serve the real application from a process that forks: a killed server is back in a moment. Run as a script.

A line `start` on standard input forks a server in a group of its own, a line `kill` kills that group with signal 9.
`--defect` plants a fault that the harness must catch.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import waitress
from flask import Flask, request
from sqlalchemy.orm import Session

from survey import config, submissions
from survey.config import Settings
from survey.db import Database
from survey.web.application import create_app

Write = Callable[[Database, Session], AbstractContextManager[None]]
Take = Callable[[Session, submissions.Current], bool]
DEFECTS = ("commit-after-the-response", "two-transactions")
LATE_SECONDS = 0.2  # long enough that a kill falls into it


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--defect", choices=DEFECTS)
    settings = config.read()
    application = prepared(settings, parser.parse_args().defect)
    child = 0
    for line in sys.stdin:
        if line.strip() == "kill":
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)  # only now is its port free
        else:
            child = os.fork()
            if child == 0:
                os.setsid()
                waitress.serve(application, host=settings.host, port=settings.port, threads=8, _quiet=True)
        print(child, flush=True)  # noqa: T201 - tells the harness that it is done


def prepared(settings: Settings, defect: str | None) -> Flask:
    """The application with every template compiled, so that kills fall into requests; nothing is connected yet."""
    if defect == "commit-after-the-response":
        Database.write = _late_when_sent(Database.write)  # type: ignore[method-assign]
    elif defect == "two-transactions":
        submissions._take_draft_and_receipt = _commit_receipt_first(submissions._take_draft_and_receipt)
    application = create_app(settings)
    for name in application.jinja_env.list_templates(["html"]):
        application.jinja_env.get_template(name)
    return application


def _late_when_sent(write: Write) -> Write:
    """The planted defect: when answers are sent, the reply goes out and the transaction is committed a moment later."""

    @contextmanager
    def written(self: Database, session: Session) -> Iterator[None]:
        if request.path != "/respond/check":
            with write(self, session):
                yield
            return
        session.commit()
        lock = self._lock or nullcontext()
        lock.__enter__()
        asked: list[bool] = []
        session.connection(execution_options={"soundings_writing": True})
        commit, close = session.commit, session.close

        def finish() -> None:
            time.sleep(LATE_SECONDS)
            if asked:
                commit()
            close()
            lock.__exit__(None, None, None)

        session.commit = lambda: asked.append(True)  # type: ignore[method-assign]
        session.rollback = session.close = lambda: None  # type: ignore[method-assign]
        try:
            yield
        finally:
            threading.Thread(target=finish).start()

    return written


def _commit_receipt_first(take: Take) -> Take:
    """The planted defect: receipt and sealed row are no longer one transaction."""

    def taken(session: Session, draft: submissions.Current) -> bool:
        done = take(session, draft)
        if done:
            session.commit()
            time.sleep(LATE_SECONDS)
            session.connection(execution_options={"soundings_writing": True})
        return done

    return taken


if __name__ == "__main__":
    main()
