"""Microdata: sealed answers as de-identified rows for researchers, read as a stream and never kept."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import BinaryIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires import loader
from questionnaires.definition import Answers, Questionnaire
from reports import microdata
from reports.files import microdata as files
from reports.files import writing
from reports.microdata import TRAITS, WITHHELD, Cell, Coarsening, RowReader
from reports.rules import Rules
from survey import audit, editions, taken, waves
from survey.db import take_time
from survey.errors import BadInput, NotAllowed, NotNow
from survey.models import Authority, Participation, Submission, Wave
from survey.people import Principal
from survey.vocabulary import RoleName, WaveState
from survey.wave_inputs import LEFT

_PAGE = 1_000


class Form(StrEnum):
    """What a file holds: rows with the words of the answers, with their codes, a workbook of the former, the codebook."""

    LABELS = "labels"
    CODES = "codes"
    WORKBOOK = "workbook"
    CODEBOOK = "codebook"


@dataclass(frozen=True)
class Outline:
    """What an export of a wave will hold, before a row of it is written."""

    wave: Wave
    questionnaire: Questionnaire
    names: dict[str, str]
    coarsening: Coarsening
    threshold: int

    @property
    def rows(self) -> int:
        return self.coarsening.rows - self.coarsening.left_out

    @property
    def withheld(self) -> dict[str, int]:
        """In how many rows each trait that is asked is withheld."""
        asked = ("authority", *RowReader(self.questionnaire).traits)
        return {trait: self.coarsening.withheld[trait] for trait in TRAITS if trait in asked}

    def name(self, form: Form) -> str:
        """The name of the file."""
        ending = "xlsx" if form is Form.WORKBOOK else "csv"
        return f"{writing.file_name(f'microdata-{self.wave.code}-{form}')}.{ending}"


def outline(session: Session, wave: Wave, *, by: Principal) -> Outline:
    """Count the combinations by which somebody could be recognised, and decide what is withheld. Only reads.

    A wave that is not closed has no microdata: two exports of a growing wave would show who came in between.
    """
    if RoleName.RESEARCHER not in by.roles:
        raise NotAllowed("Microdata are for researchers.")
    if wave.state != WaveState.CLOSED:
        raise NotNow(f"The wave {wave.code} is {wave.state}. Microdata are exported when it has closed.")
    taken.refuse_both(session, by, taken.MICRODATA, [wave.code])
    edition = editions.get(session, wave.edition_id)
    questionnaire = editions.questionnaire_of(session, edition, optional_sections=wave.optional_sections.split())
    reader, threshold = RowReader(questionnaire), Rules().minimum_respondents
    counts: Counter[Cell] = Counter(reader.cell(code, given) for code, given in _submissions(session, wave))
    taking_part = select(Authority.code, Authority.name).join(Participation).where(Participation.wave_id == wave.id)
    names = {code: name for code, name in session.execute(taking_part.order_by(Authority.code))}  # noqa: C416 - a row is no pair to mypy
    return Outline(wave, questionnaire, names, microdata.coarsen(counts, k=threshold), threshold)


def write(session: Session, found: Outline, form: Form, target: BinaryIO) -> None:
    """Write the file, row by row. Their order is that of random ids, which tells nothing."""
    take_time(session.connection())
    reader = RowReader(found.questionnaire, labels=form is not Form.CODES)
    if form is Form.CODEBOOK:
        files.write_codebook(target, reader, versions(found))
    elif form is Form.WORKBOOK:
        if not files.fits_a_workbook(found.rows):
            raise BadInput("There are more rows than a sheet has room for. Take the CSV file.")
        files.write_xlsx(target, reader, _rows(session, found, reader), versions(found), about(found))
    else:
        files.write_csv(target, reader, _rows(session, found, reader), versions(found))


def versions(found: Outline) -> dict[str, str]:
    """What each row says of where it comes from. A row has no id: one that lasts would tie two exports together."""
    asked = found.questionnaire
    return {
        "wave": found.wave.code,
        "questionnaire": f"{asked.code} {asked.version} {loader.measurement_digest(asked)[:12]}",
        "method": Rules().method_version,
    }


def record(session: Session, found: Outline, form: Form, *, by: Principal, now: datetime) -> None:
    """Keep who took which file of how many rows."""
    audit.record(
        session,
        now=now,
        actor=by.actor,
        action=taken.MICRODATA,
        object_type="wave",
        object_code=found.wave.code,
        details={"form": str(form), "rows": found.rows, "left_out": found.coarsening.left_out, **found.withheld},
    )


def about(found: Outline) -> dict[str, str]:
    """What the rows are, for the cover: which versions they come from, and what was withheld by which rule."""
    withheld = "; ".join(f"{trait.replace('_', ' ')} in {count} rows" for trait, count in found.withheld.items())
    lines = {
        "Survey": found.wave.title,
        "Wave": found.wave.code,
        "Questionnaire": f"{found.questionnaire.code} {found.questionnaire.version}",
        "Digest of the questionnaire": loader.measurement_digest(found.questionnaire),
        "Rows": str(found.rows),
        "Rule": (
            f"Every combination of authority, service area, tier and years stands in at least {found.threshold} rows; "
            f"what had to be withheld for that is {WITHHELD}."
        ),
        "Withheld": withheld,
        "Left out": f"{found.coarsening.left_out} rows that no coarser detail could protect",
        "Not in this file": "free texts, numbers, development programmes, equality answers, times",
        "Use": (
            "For research under the agreement of the survey. Do not try to recognise anybody, pass on figures, not rows, "
            "and do not join these rows with a bundle of a release: it would undo what is withheld."
        ),
    }
    if found.wave.demonstration:
        lines["Demonstration"] = "All authorities, people and answers are made up."
    return lines


def of_wave(session: Session, code: str, *, by: Principal) -> Outline:
    """The outline of a wave by its code."""
    return outline(session, waves.by_code(session, code), by=by)


def _rows(session: Session, found: Outline, reader: RowReader) -> Iterator[list[str]]:
    row = reader.writer(found.names)
    for code, given in _submissions(session, found.wave):
        told = found.coarsening.of(reader.cell(code, given))
        if told is not None:
            yield row(told, given)


def _submissions(session: Session, wave: Wave) -> Iterator[tuple[str, Answers]]:
    """Authority and answers of those who stayed, a page at a time.

    The sum keeps the database from its index of waves: the rows lie in the order of their ids already, so they stream,
    where a sort would hold them all in memory.
    """
    stayed = (
        select(Authority.id, Authority.code)
        .join(Participation)
        .where(Participation.wave_id == wave.id, Participation.state.not_in(LEFT))
    )
    codes = {row.id: row.code for row in session.execute(stayed.order_by(Authority.id))}
    query = (
        select(Submission.authority_id, Submission.answers)
        .where(Submission.wave_id + 0 == wave.id)
        .order_by(Submission.id)
        .execution_options(yield_per=_PAGE)
    )
    for authority_id, text in session.execute(query):
        if authority_id in codes:
            yield codes[authority_id], json.loads(text)
