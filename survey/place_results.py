"""Every authority of one release at once, without names: what the research team may look at, and nobody else."""

from __future__ import annotations

import pandas as pd
from sqlalchemy.orm import Session

from reports.documents import place_pictures, place_tables, reading
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.documents.place_pictures import Shown
from reports.frames import AGREEMENT, SCORES, STANDINGS
from reports.peers import ALL
from reports.rules import Rules
from survey import results, stored_results
from survey.models import Release

EXPLAINED = reading.PLACES
_TYPE = "type:"


def of(session: Session, release: Release) -> tuple[Shown, ...]:
    """The pictures of a release, from its stored rows: of authorities whose score may be shown."""
    types = [
        (code, group.removeprefix(_TYPE))
        for group, code in stored_results.members(session, release)
        if group.startswith(_TYPE)
    ]
    return place_pictures.shown(
        stored_results.rows(session, SCORES, release),
        stored_results.rows(session, AGREEMENT, release),
        pd.DataFrame(types, columns=["code", "type"]),
        results.questionnaire(release),
        rules=Rules(**release.rules),
        imprint=Imprint(release.label, release.method_version, None, release.wave.demonstration),
    )


def bands(session: Session, release: Release) -> Table | None:
    """How many authorities can be placed in a part of all, and how many cannot."""
    standings = stored_results.rows(session, STANDINGS, release, peer_group=ALL)
    return place_tables.bands(standings, results.questionnaire(release))
