"""Is it so that no submission can be tied to an invitation? Named checks of the live database, its log and its trail."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from sqlalchemy import Connection, and_, func, or_, select
from sqlalchemy.orm import Session

from questionnaires.definition import Item, Kind, Questionnaire, Role
from survey import anonymity, editions, log_words, receipts, traces
from survey.db import Database, take_time
from survey.models import (
    AuditEntry,
    Base,
    Invitation,
    Participation,
    SealedEquality,
    SealedText,
    Submission,
    Wave,
)
from survey.traces import SEALED
from survey.vocabulary import InvitationKind, WaveState

COLLECTING = (WaveState.OPEN, WaveState.GRACE)
LATE = timedelta(hours=36)
_STRICT = (*SEALED, "invitation", "draft", "spent_key")
_MAY_POINT_TO = frozenset({"wave", "authority", "edition"})
_OF_ONE_PERSON = ("submission", "draft", "sealed_equality", "sealed_text")
_TIMES = ("DATE", "TIME")
_FEWEST_FOR_PLACES = 12  # ids, from which one character that never changes cannot be chance: 16 to the power of -11
_CHANCE = 1e-9


class Verdict(StrEnum):
    """How a check ended: nothing was found; nothing, within a limit that is told; something was."""

    FINE = "ok"
    LIMIT = "limit"
    FINDING = "finding"


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its name, how it ended, one plain sentence."""

    name: str
    verdict: Verdict
    line: str


@dataclass(frozen=True)
class _Look:
    """One look at the database: everything that several checks need."""

    database: Database
    session: Session
    connection: Connection
    now: datetime

    @cached_property
    def columns(self) -> Mapping[str, Mapping[str, str]]:
        return traces.live_columns(self.connection)

    @cached_property
    def ids(self) -> Mapping[str, frozenset[str]]:
        models = (Submission, SealedEquality, SealedText)
        return {one.__tablename__: frozenset(self.session.scalars(select(one.id))) for one in models}

    @cached_property
    def every_id(self) -> frozenset[str]:
        return frozenset().union(*self.ids.values())


def examine(database: Database, *, link_key: str, now: datetime, logs: Sequence[Path] = ()) -> tuple[Check, ...]:
    """Every check, in one reading of the database, and of the service's log files that are named. Nothing is changed."""
    with database.session() as session:
        look = _Look(database, session, session.connection(), now)
        take_time(look.connection)  # log files may be long
        of_kind = (_log,) if database.is_sqlite else (_transactions, _server)
        checks = (
            _columns,
            _ties,
            _identifiers,
            _content,
            _place,
            *of_kind,
            _rewrite,
            _elsewhere,
            _audit,
            _receipts,
            _alone,
        )
        found = [check(look) for check in checks]
        if logs:
            held = log_words.held(session, logs, sealed=look.every_id, link_key=link_key)
            found.append(
                _told("files", held, f"{len(logs)} log files hold no link, no address and no id of a sealed row.")
            )
        return tuple(found)


def _told(name: str, faults: Sequence[str], fine: str) -> Check:
    return Check(name, Verdict.FINDING, " ".join(faults)) if faults else Check(name, Verdict.FINE, fine)


def _columns(look: _Look) -> Check:
    """Sealed tables and those of links hold what the service put there, and no time."""
    faults = [
        f"{table} has a column {name} that the service does not know."
        for table in _STRICT
        for name in look.columns.get(table, {})
        if name not in Base.metadata.tables[table].columns
    ]
    faults += [
        f"{table}.{name} holds a time."
        for table in (*SEALED, "invitation", "spent_key")
        for name, kind in look.columns.get(table, {}).items()
        if any(word in kind for word in _TIMES)
    ]
    return _told(
        "columns", faults, "Sealed rows and receipts have no time and no column that the service does not know."
    )


def _ties(look: _Look) -> Check:
    """Nothing points from sealed rows to a link or back, and nothing else watches what is written."""
    faults = [f"There is a table {table} that the service does not know." for table in sorted(_unknown(look))]
    for table in look.columns:
        pointed = traces.foreign_keys(look.connection, table)
        wrong = pointed - _MAY_POINT_TO if table in SEALED else pointed & set(SEALED)
        faults += [f"{table} points to {other}." for other in sorted(wrong)]
    faults += [
        f"The trigger {name} watches {table}."
        for table, name in traces.triggers(look.connection, is_sqlite=look.database.is_sqlite)
        if table != "audit_entry"
    ]
    return _told("ties", faults, "No key and no trigger leads from sealed rows to links or back.")


def _unknown(look: _Look) -> set[str]:
    return set(look.columns) - set(Base.metadata.tables) - {"alembic_version"}


def _identifiers(look: _Look) -> Check:
    """Ids are random, and each is used once."""
    faults = [f"{table}: {fault}" for table, ids in look.ids.items() for fault in _not_random(ids)]
    if len(look.every_id) < sum(map(len, look.ids.values())):
        faults.append("One id stands in two sealed tables: it ties them.")
    return _told("identifiers", faults, "The ids of sealed rows are random and each is used once.")


def _not_random(ids: frozenset[str]) -> Iterator[str]:
    """Why ids cannot have been drawn: halves that repeat, a place that never changes, or not spread evenly (DKW)."""
    if not ids:
        return
    if any(len(one) != 32 or set(one) - set("0123456789abcdef") for one in ids):
        yield "ids that are not 128 bits in hexadecimal."
        return
    if any(len({one[part] for one in ids}) < len(ids) for part in (slice(16), slice(16, 32))):
        yield "ids share 64 of their 128 bits, so they were counted, not drawn."
    elif len(ids) >= _FEWEST_FOR_PLACES and any(len(set(column)) == 1 for column in zip(*ids, strict=True)):
        yield "ids have a place that never changes, so they were not drawn."
    places = sorted(int(one, 16) / 16**32 for one in ids)
    farthest = max(max(abs(at / len(ids) - one), abs((at + 1) / len(ids) - one)) for at, one in enumerate(places))
    if farthest > math.sqrt(math.log(2 / _CHANCE) / (2 * len(ids))):
        yield "ids are not spread evenly, so they were not drawn."


def _content(look: _Look) -> Check:
    """Sealed rows hold answers to questions that were asked, and nothing that came along with them."""
    waves = {wave.id: wave for wave in look.session.scalars(select(Wave))}
    asked = {key: _asked(look.session, wave) for key, wave in waves.items()}
    strange: Counter[str] = Counter()
    for wave_id, text in look.session.execute(select(Submission.wave_id, Submission.answers)):
        strange["submission"] += not _only_answers(asked[wave_id], text, equality=False)
    for wave_id, text in look.session.execute(select(SealedEquality.wave_id, SealedEquality.answers)):
        strange["sealed_equality"] += not _only_answers(asked[wave_id], text, equality=True)
    for wave_id, item in look.session.execute(select(SealedText.wave_id, SealedText.item)):
        found = asked[wave_id].get(item)
        strange["sealed_text"] += found is None or found.kind is not Kind.TEXT
    faults = [f"{table}: {rows} rows hold something that no question asks." for table, rows in strange.items() if rows]
    return _told("content", faults, "Sealed rows hold answers to questions of the wave, and nothing else.")


def _asked(session: Session, wave: Wave) -> Mapping[str, Item]:
    edition = editions.get(session, wave.edition_id)
    questionnaire: Questionnaire = editions.questionnaire_of(
        session, edition, optional_sections=wave.optional_sections.split()
    )
    return questionnaire.items


def _only_answers(asked: Mapping[str, Item], text: str, *, equality: bool) -> bool:
    given = json.loads(text)
    return isinstance(given, dict) and all(
        code in asked and (asked[code].role is Role.EQUALITY) is equality and _is_an_answer(asked[code], value)
        for code, value in given.items()
    )


def _is_an_answer(item: Item, value: object) -> bool:
    options = {option.code for option in item.options}
    if item.kind is Kind.CHOICE:
        return value in options
    if item.kind is Kind.CHOICES:
        return isinstance(value, list) and set(value) <= options
    return item.kind is Kind.NUMBER and isinstance(value, int | float)


def _place(look: _Look) -> Check:
    """Sealed rows lie in the order of their random ids."""
    if look.database.is_sqlite:
        faults = [
            f"{table} numbers its rows in the order in which they came."
            for table in traces.with_row_numbers(look.connection)
        ]
    else:
        faults = [f"{table} does not lie in the order of its ids." for table in traces.not_in_order(look.connection)]
    return _told("place", faults, "Sealed rows lie in the order of their random ids, not in that of coming.")


def _log(look: _Look) -> Check:
    """SQLite writes what changes into a log, in the order of changing."""
    rows = traces.in_log(look.database, look.every_id)
    if rows and not _since(look):
        line = f"The log still holds sealed rows ({anonymity.in_steps(rows).lower()}), although all were rewritten: something was reading meanwhile."
        return Check("log", Verdict.FINDING, f"{line} Run soundings anonymity rewrite.")
    if rows:
        line = f"{anonymity.in_steps(rows)} sealed rows or neighbours of them are in the log until the next rewrite."
        return Check("log", Verdict.LIMIT, line)
    return Check("log", Verdict.FINE, "The log of the database holds no sealed row.")


def _transactions(look: _Look) -> Check:
    """PostgreSQL keeps with each row the number of the transaction that wrote it."""
    tied = traces.tied_by_transaction(look.connection)
    over = sum(count for state, count in tied.items() if state not in COLLECTING)
    if over:
        line = f"{anonymity.in_steps(over)} submissions of waves that have closed carry the transaction of a receipt."
        return Check("transactions", Verdict.FINDING, f"{line} Run soundings anonymity rewrite.")
    if tied:
        line = f"{anonymity.in_steps(sum(tied.values()))} submissions carry the transaction of their receipt until the next rewrite."
        return Check("transactions", Verdict.LIMIT, line)
    return Check("transactions", Verdict.FINE, "No submission carries the transaction of a receipt.")


def _server(look: _Look) -> Check:
    """PostgreSQL can be told to write down what the service must not."""
    on = {name: traces.setting(look.connection, name) for name in _SERVER}
    faults = [words for name, (bad, words) in _SERVER.items() if bad(on[name])]
    if faults:
        return Check("server", Verdict.FINDING, " ".join(faults))
    if not traces.log_is_emptied(look.connection):
        kept = "The server keeps old files of its own log: who controls it could read in them. See docs/operations.md."
        return Check("server", Verdict.LIMIT, kept)
    return Check(
        "server", Verdict.FINE, "The server writes down no answers, and its own log is emptied by each rewrite."
    )


_SERVER: Mapping[str, tuple[Callable[[str], bool], str]] = {
    "track_commit_timestamp": (
        lambda now: now == "on",
        "track_commit_timestamp keeps the time of each transaction: turn it off.",
    ),
    "log_statement": (
        lambda now: now in {"mod", "all"},
        "log_statement writes answers into the server's log: set it to none.",
    ),
    "log_min_duration_statement": (
        lambda now: not now.startswith("-"),
        "log_min_duration_statement writes statements with answers into the server's log: set it to -1.",
    ),
}


def _since(look: _Look) -> int:
    """Submissions since the last rewrite."""
    mark = anonymity.last(look.session)
    return len(look.ids["submission"]) - (mark.sealed if mark else 0)


def _rewrite(look: _Look) -> Check:
    """The honest limit: what was sealed since the last rewrite can still be tied by whoever controls the machine."""
    since, mark = _since(look), anonymity.last(look.session)
    when = f"the last rewrite at {mark.at:%Y-%m-%d %H:%M} UTC" if mark else "the beginning, there was no rewrite yet"
    if since <= 0:
        return Check("rewrite", Verdict.FINE, f"Nothing was sealed since {when}.")
    line = f"{anonymity.in_steps(since)} sealed since {when}."
    open_since = look.session.scalar(select(func.min(Wave.opens_at)).where(Wave.state.in_(COLLECTING)))
    if open_since is None:
        return Check("rewrite", Verdict.FINDING, f"{line} No wave is open. Run soundings anonymity rewrite.")
    if look.now - (mark.at if mark else open_since) > LATE:
        return Check("rewrite", Verdict.FINDING, f"{line} It runs every night: look into the log why it did not.")
    return Check(
        "rewrite", Verdict.LIMIT, f"{line} Whoever controls the machine could tie them to their links until the next."
    )


def _elsewhere(look: _Look) -> Check:
    """The id of a sealed row stands nowhere else, in no text of any other table."""
    faults = []
    for name in sorted(set(look.columns) - set(SEALED)):
        texts = [column for column, kind in look.columns[name].items() if _is_text(kind)]
        if texts and any(
            one in look.every_id for row in _rows(look.connection, name, texts) for one in traces.ids_in(row)
        ):
            faults.append(f"The table {name} holds the id of a sealed row.")
    return _told("elsewhere", faults, "No other table holds the id of a sealed row.")


def _is_text(kind: str) -> bool:
    return any(word in kind for word in ("CHAR", "TEXT", "JSON"))


def _rows(connection: Connection, table: str, columns: Sequence[str]) -> Iterator[str]:
    """The texts of each row, apart from each other."""
    named = ", ".join(f'"{column}"' for column in columns)
    query = f'SELECT {named} FROM "{table}"'  # noqa: S608 - names that the database itself told
    with connection.exec_driver_sql(query, execution_options={"yield_per": 1_000}) as found:
        for row in found:
            yield " ".join(str(value) for value in row)


def _audit(look: _Look) -> Check:
    """The trail names acts of people with accounts, never that a single officer answered."""
    about_one = or_(
        AuditEntry.object_type.in_(_OF_ONE_PERSON),
        *(AuditEntry.action.startswith(f"{word}.") for word in _OF_ONE_PERSON),
    )
    rows = look.session.scalar(select(func.count()).select_from(AuditEntry).where(about_one)) or 0
    faults = [f"{rows} entries of the audit trail are about single submissions or drafts."] if rows else []
    naming = look.session.scalars(select(AuditEntry.details).where(AuditEntry.action.startswith("invitation.")))
    named = sum("invitation" in (details or {}) for details in naming)
    faults += [f"{named} entries of the audit trail name a single link."] if named else []
    return _told("audit", faults, "The audit trail has no entry about a single submission or link.")


def _receipts(look: _Look) -> Check:
    """Which link was used is known while a wave is open only; so are whom a reminder went to and who began a draft."""
    faults = receipts.left(look.session)
    faults += ["The service drops them at night: look into the log why it did not."] if faults else []
    return _told("receipts", faults, "Of closed waves nothing says any more which links were used.")


def _alone(look: _Look) -> Check:
    """Where one officer alone answered: while the wave is open the one receipt is theirs, afterwards the one link."""
    sealed = (
        select(Submission.wave_id, Submission.authority_id)
        .group_by(Submission.wave_id, Submission.authority_id)
        .having(func.count() == 1)
        .subquery()
    )
    same = and_(Participation.wave_id == sealed.c.wave_id, Participation.authority_id == sealed.c.authority_id)
    counted = (
        select(Participation.id)
        .join(sealed, same)
        .join(Wave, Wave.id == Participation.wave_id)
        .join(Invitation, Invitation.participation_id == Participation.id)
        .where(Invitation.kind == InvitationKind.PERSONAL, or_(Invitation.used, Wave.state == WaveState.CLOSED))
        .group_by(Participation.id)
        .having(func.count(Invitation.id) == 1)
        .subquery()
    )
    alone = look.session.scalar(select(func.count()).select_from(counted)) or 0
    if alone:
        line = f"In {alone} authorities one officer alone answered: whoever holds the database knows whose answers they are."
        return Check("alone", Verdict.LIMIT, line)
    return Check("alone", Verdict.FINE, "No submission is the only one of its authority and belongs to its only link.")
