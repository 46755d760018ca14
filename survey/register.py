"""The register: authorities, what was true of them between two dates, and who succeeded whom."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from survey import audit, register_changes, register_file
from survey.errors import NotFound, Refusal
from survey.models import Authority, AuthorityAttribute, AuthoritySuccession
from survey.register_changes import Difference
from survey.register_words import Word


@dataclass(frozen=True, slots=True)
class ImportedAuthorities:
    """What an import did: authorities that are new, that differ in something, that were as the file says."""

    added: int
    changed: int
    unchanged: int
    new_words: frozenset[Word] = field(default=frozenset(), compare=False)  # types, nations, regions
    difference: Difference = field(default_factory=Difference, compare=False)


def by_code(session: Session, code: str) -> Authority:
    found = session.scalars(select(Authority).where(Authority.code == code)).first()
    if found is None:
        raise NotFound(f"There is no authority {code} in the register.")
    return found


def by_codes(session: Session, codes: Collection[str]) -> dict[str, Authority]:
    """Those of these codes that the register knows."""
    found = session.scalars(select(Authority).where(Authority.code.in_(set(codes))).order_by(Authority.code))
    return {authority.code: authority for authority in found}


def all_authorities(session: Session) -> list[Authority]:
    return list(session.scalars(select(Authority).order_by(Authority.code)))


def attributes_on(session: Session, authority_ids: Collection[int], day: date) -> dict[int, dict[str, str]]:
    """What was true of each of these authorities on a day, in one statement."""
    held = (
        select(AuthorityAttribute.authority_id, AuthorityAttribute.name, AuthorityAttribute.value)
        .where(
            AuthorityAttribute.authority_id.in_(set(authority_ids)),
            AuthorityAttribute.valid_from <= day,
            or_(AuthorityAttribute.valid_to.is_(None), AuthorityAttribute.valid_to > day),
        )
        .order_by(AuthorityAttribute.authority_id, AuthorityAttribute.name)
    )
    found: dict[int, dict[str, str]] = {one: {} for one in authority_ids}
    for authority_id, name, value in session.execute(held):
        found[authority_id][name] = value
    return found


def succeed(
    session: Session, predecessor: Authority, successor: Authority, *, on: date, now: datetime, actor: str
) -> None:
    """From this day, the successor stands where the predecessor stood."""
    if predecessor.id == successor.id or predecessor in _line(session, successor.id):
        raise Refusal("An authority cannot come after itself.")
    session.add(AuthoritySuccession(predecessor_id=predecessor.id, successor_id=successor.id, on=on))
    session.flush()
    audit.record(
        session,
        now=now,
        actor=actor,
        action="authority.succeeded",
        object_type="authority",
        object_code=predecessor.code,
        details={"successor": successor.code, "on": on.isoformat()},
    )


def successors(session: Session, authority_id: int, day: date) -> tuple[Authority, ...]:
    """Who stands in an authority's place on a day, by code; nobody while it still stands itself."""
    return tuple(_line(session, authority_id, day))


def ended(session: Session, authorities: Collection[Authority], day: date) -> dict[str, tuple[str, ...]]:
    """Those that are no more on a day, by code, each with the codes of those that stand in its place.

    Gone is who has successors on that day, or of whom all that the register knew has ended.
    """
    ids = [one.id for one in authorities]
    last = func.max(func.coalesce(AuthorityAttribute.valid_to, date.max))
    lapsed = select(AuthorityAttribute.authority_id).where(AuthorityAttribute.authority_id.in_(ids))
    replaced = select(AuthoritySuccession.predecessor_id).where(
        AuthoritySuccession.predecessor_id.in_(ids), AuthoritySuccession.on <= day
    )
    gone = set(session.scalars(replaced))
    gone |= set(session.scalars(lapsed.group_by(AuthorityAttribute.authority_id).having(last <= day)))
    return {
        one.code: tuple(after.code for after in successors(session, one.id, day))
        for one in authorities
        if one.id in gone
    }


def _line(session: Session, authority_id: int, day: date | None = None) -> list[Authority]:
    """The last of each line of successors; without a day, every one that comes after."""
    rows = select(AuthoritySuccession)
    if day is not None:
        rows = rows.where(AuthoritySuccession.on <= day)
    follows: dict[int, set[int]] = {}
    for row in session.scalars(rows):
        follows.setdefault(row.predecessor_id, set()).add(row.successor_id)
    after: set[int] = set()
    waiting = [authority_id]
    while waiting:
        for one in follows.get(waiting.pop(), set()) - after:
            after.add(one)
            waiting.append(one)
    last = after if day is None else {one for one in after if one not in follows}
    return list(session.scalars(select(Authority).where(Authority.id.in_(last)).order_by(Authority.code)))


# Importing


def compare(session: Session, content: bytes, *, on: date) -> Difference:
    """What `import_authorities` would change. Writes nothing; refuses what it would refuse."""
    return register_changes.plan(session, register_file.read(content), on=on).difference


def import_authorities(session: Session, content: bytes, *, on: date, now: datetime, actor: str) -> ImportedAuthorities:
    """Bring the register to what a CSV file says, from a day on: all of it or nothing.

    Columns are `code` and `name`, then `type`, `nation`, `region` and any further attribute. A value that differs ends
    the old one on that day; an empty cell says that nothing is known from that day. Authorities that the file does not
    name stay as they are. Three columns are days and codes: an authority that is new begins on `start`, not on the day
    of the import; from `end` on there is none, and `successor` (codes, separated by a space) stands in its place.
    """
    found = register_changes.plan(session, register_file.read(content), on=on)
    register_changes.write(session, found)
    everyone = by_codes(session, {code for one, other, _ in found.successions for code in (one, other)})
    for predecessor, successor, day in found.successions:
        succeed(session, everyone[predecessor], everyone[successor], on=day, now=now, actor=actor)
    told = found.difference
    done = ImportedAuthorities(len(told.added), len(told.changed_codes), told.unchanged, told.new_words, told)
    audit.record(
        session,
        now=now,
        actor=actor,
        action="authorities.imported",
        object_type="register",
        object_code="authorities",
        details={"on": on.isoformat(), "added": done.added, "changed": done.changed, "unchanged": done.unchanged},
    )
    return done
