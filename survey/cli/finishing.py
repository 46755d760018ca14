"""Waiting for a job: a command works on it itself, unless a worker was faster, and shows how far it is."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
from rich.progress import Progress as Bar

from survey import jobs
from survey.cli.opening import Opened
from survey.errors import Refusal
from survey.jobs import Json, Progress
from survey.vocabulary import JobState
from survey.worker import Watch, Worker

PAUSE = 0.5


def finished(service: Opened, code: str) -> Json:
    """The result of a job that was asked for and committed; its sentence as a refusal where it was given up."""
    service.session.close()  # no reading stays open while the job runs
    worker = Worker(service.database, service.settings)
    with _shown() as show:
        while True:
            worked = worker.perform_one(code=code, watch=show)
            with service.database.session() as session:
                job = jobs.get(session, code)
            if job.state == JobState.DONE:
                return job.result
            if job.state == JobState.DEAD:
                raise Refusal(job.sentence)
            show(Progress(job.step, job.done, job.total))
            if not worked:
                time.sleep(PAUSE)


@contextmanager
def _shown() -> Iterator[Watch]:
    """A bar on a terminal; nothing in a file or a pipe."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bar(*columns, console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Waiting", total=None)

        def show(progress: Progress) -> None:
            bar.update(
                task, description=progress.step or "Waiting", completed=progress.done, total=progress.total or None
            )

        yield show
