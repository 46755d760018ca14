"""What the pages of jobs show: each job with its words, and whether it waits longer than it should."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from survey import jobs
from survey.vocabulary import JobState
from survey.web import job_words
from survey.web.access import Asked

if TYPE_CHECKING:
    from survey.models import Job

LONG_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class JobPage:
    """A job as it is shown."""

    job: Job
    title: str
    result: job_words.Result | None
    is_under_way: bool
    waits_long: bool


def listed(asked: Asked) -> tuple[JobPage, ...]:
    return tuple(page_of(one, asked) for one in jobs.recent(asked.session))


def job(asked: Asked) -> Job:
    return jobs.get(asked.session, asked.args["code"])


def page(asked: Asked) -> JobPage:
    return page_of(job(asked), asked)


def page_of(found: Job, asked: Asked) -> JobPage:
    words = job_words.of(found.kind)
    waits = found.state == JobState.QUEUED and found.attempt == 0
    return JobPage(
        found,
        words.title(found.payload),
        words.result(found.result) if found.state == JobState.DONE and words.result else None,
        found.state in jobs.UNFINISHED,
        waits and asked.now - found.queued_at > LONG_WAIT,
    )
