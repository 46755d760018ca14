"""Sealing: answers become rows under random ids that lead to no invitation, no person and no time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from sqlalchemy import Table, bindparam, insert
from sqlalchemy.orm import Session

from questionnaires.definition import Answers, AnswerValue, Item, Kind, Questionnaire, Role
from survey import answers as answer
from survey import invitations, links, participation
from survey.errors import NotNow
from survey.models import SealedEquality, SealedText, Submission, Wave
from survey.statements import Statement


@dataclass(frozen=True, slots=True)
class Answered:
    """One filled-in questionnaire that did not come through a draft: imported, or made for the demonstration."""

    authority_id: int
    answers: Mapping[str, AnswerValue]
    too_fast: bool = False


@dataclass(frozen=True, slots=True)
class Sealed:
    """What is written for one person: the answers, the equality answers apart, each free text apart."""

    answers: dict[str, AnswerValue]
    equality: dict[str, AnswerValue]
    texts: tuple[tuple[str, str], ...]


def parted(questionnaire: Questionnaire, answers: Answers) -> Sealed:
    """The asked and answered items, in file order, in the three parts that are stored without a tie between them."""
    asked = answer.asked_only(questionnaire, answers)
    return Sealed(
        answers={code: value for code, value in asked.items() if not _stands_apart(questionnaire.items[code])},
        equality={code: value for code, value in asked.items() if questionnaire.items[code].role is Role.EQUALITY},
        texts=tuple(
            (code, str(value))
            for code, value in asked.items()
            if questionnaire.items[code].kind is Kind.TEXT and questionnaire.items[code].role is not Role.EQUALITY
        ),
    )


def _stands_apart(item: Item) -> bool:
    return item.kind is Kind.TEXT or item.role is Role.EQUALITY


@dataclass(frozen=True, slots=True)
class Place:
    """Where sealed rows belong: all that they know besides the answers."""

    wave_id: int
    edition_id: int
    questionnaire: Questionnaire


def write(session: Session, place: Place, rows: Iterable[Answered], *, new_id: Callable[[], str]) -> Counter[int]:
    """Insert the sealed rows; how many came from each authority. Receipts are the caller's, in the same transaction."""
    submissions: list[dict[str, object]] = []
    equality: list[dict[str, object]] = []
    texts: list[dict[str, object]] = []
    counts: Counter[int] = Counter()
    for row in rows:
        parts = parted(place.questionnaire, row.answers)
        belongs = {"wave_id": place.wave_id, "authority_id": row.authority_id}
        stored = answer.stored(parts.answers)
        submissions.append(
            {"id": new_id(), **belongs, "edition_id": place.edition_id, "answers": stored, "too_fast": row.too_fast}
        )
        if parts.equality:
            equality.append({"id": new_id(), "wave_id": place.wave_id, "answers": answer.stored(parts.equality)})
        texts.extend({"id": new_id(), **belongs, "item": item, "text": text} for item, text in parts.texts)
        counts[row.authority_id] += 1
    for table, written in zip(_TABLES, (submissions, equality, texts), strict=True):
        if written:
            written.sort(key=lambda one: str(one["id"]))  # the order of writing tells nothing about the order of coming
            _insert(session, table, written)
    return counts


def _insert(session: Session, table: Table, rows: list[dict[str, object]]) -> None:
    """What one officer sends goes the short way, a file of thousands the way for many."""
    if len(rows) == 1:
        _ROW[table.name].one(session, rows[0])
    else:
        session.execute(insert(table), rows)


def seal_many(
    session: Session,
    wave: Wave,
    questionnaire: Questionnaire,
    rows: Iterable[Answered],
    *,
    link_key: str,
    new_id: Callable[[], str],
) -> int:
    """Seal answers that are already checked, with one receipt each on the authority's shared link; how many."""
    if wave.state not in links.COLLECTING:
        raise NotNow(f"Wave {wave.code} is not open, so it takes no answers.")
    counts = write(session, Place(wave.id, wave.edition_id, questionnaire), rows, new_id=new_id)
    participations = participation.by_authority(session, wave, counts)
    for authority_id, count in sorted(counts.items()):
        invitations.count_on_shared_link(session, participations[authority_id], count, link_key=link_key)
    return counts.total()


# Built once: putting a statement together costs more than sending it.


def _one_row(table: Table) -> Statement:
    values = {column.name: bindparam(column.name, type_=column.type) for column in table.columns}
    return Statement(insert(table).values(values).returning(table.c.id))


_TABLES = tuple(cast("Table", model.__table__) for model in (Submission, SealedEquality, SealedText))
_ROW = {table.name: _one_row(table) for table in _TABLES}
