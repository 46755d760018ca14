"""Computing a release as a job: asked for by a person, worked out in a child process, stored when the job ends."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from reports import publication
from survey import jobs, people, releases, transitions
from survey.errors import NotAllowed
from survey.jobs import Ending, JobContext, Json
from survey.people import Principal
from survey.vocabulary import ReleaseState

if TYPE_CHECKING:
    from survey.models import Job, Wave

KIND = "release.compute"
STEPS = ("Reading the answers", *publication.STEPS, "Storing the numbers")


def ask(session: Session, wave: Wave, *, by: Principal, now: datetime) -> Job:
    """Ask for the next release of a closed wave. Asking twice while the first is under way is asking once."""
    if not transitions.targets(transitions.RELEASE, ReleaseState.COMPUTED, by.roles):
        raise NotAllowed("Your role does not allow this step.")
    releases.require_closed(wave)
    payload = {"wave": wave.code}
    return jobs.enqueue(session, KIND, payload, key=f"{KIND} {wave.code}", by=by.person_id, now=now)


def compute(context: JobContext) -> Ending:
    """The job's function: everything is worked out while only reading; the release is stored with the end of the job."""

    def tell(step: str) -> None:
        context.progress(step, STEPS.index(step) if step in STEPS else 0, len(STEPS))

    tell(STEPS[0])
    with context.database.session() as session:  # closed before the work begins: no reading stays open for its time
        gathered = releases.gather_with_earlier(session, context.payload["wave"])
    found = releases.computed(gathered, progress=tell)
    tell(STEPS[-1])

    def store(session: Session) -> Json:
        by = people.principal_by_id(session, context.person_id or 0)
        stored = releases.store(session, found, by=by, now=datetime.now(UTC))
        pinned = [] if found.audit is None else [list(pair) for pair in found.audit.pinned]
        return {"release": stored.label, "pinned": pinned}

    return store
