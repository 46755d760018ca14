"""What a file of authorities would change in the register: found first, shown, and only then written."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from survey import register_file, register_words
from survey.models import Authority, AuthorityAttribute, AuthoritySuccession
from survey.register_file import Row
from survey.register_words import Word


@dataclass(frozen=True, slots=True)
class Changed:
    """One thing that differs: `attribute` is "name" or the name of an attribute; an empty text is "not known"."""

    code: str
    name: str
    attribute: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Ended:
    """An authority that is no more from a day on, and who stands in its place."""

    code: str
    name: str
    on: date
    successors: tuple[str, ...]


@dataclass(slots=True)
class Difference:
    """Everything that a file would change, in the order of its rows."""

    added: list[tuple[str, str]] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    ended: list[Ended] = field(default_factory=list)
    unchanged: int = 0
    new_words: frozenset[Word] = frozenset()

    @property
    def changed_codes(self) -> frozenset[str]:
        """Authorities of the register in which something differs."""
        new = {code for code, _ in self.added}
        return frozenset({one.code for one in self.changed} | {one.code for one in self.ended}) - new

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.ended)


@dataclass(slots=True)
class Plan:
    """A difference, and the writes that bring it about."""

    difference: Difference = field(default_factory=Difference)
    new: list[Authority] = field(default_factory=list)
    renamed: list[tuple[Authority, str]] = field(default_factory=list)
    put: list[tuple[str, AuthorityAttribute]] = field(default_factory=list)  # the code of the authority beside it
    closed: list[tuple[AuthorityAttribute, date]] = field(default_factory=list)
    corrected: list[tuple[AuthorityAttribute, str]] = field(default_factory=list)  # empty: taken away
    successions: list[tuple[str, str, date]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


_Held = Mapping[tuple[int, str], AuthorityAttribute]


def plan(session: Session, rows: Sequence[Row], *, on: date) -> Plan:
    """Compare rows with the register as it is. Only reads; every fault refuses the file."""
    codes = {row.code for row in rows} | {code for row in rows for code in row.successors}
    known = {one.code: one for one in session.scalars(select(Authority).where(Authority.code.in_(codes)))}
    held = _newest(session, [authority.id for authority in known.values()])
    followed = _successions(session, [authority.id for authority in known.values()])
    found, listed = Plan(), {row.code for row in rows}
    for row in rows:
        before = _size(found.difference)
        authority = known.get(row.code)
        if authority is None:
            _add(found, row, on)
        else:
            _compare(found, row, authority, held, on)
        _succeed(found, row, known.keys() | listed, followed.get(row.code, frozenset()))
        found.difference.unchanged += _size(found.difference) == before
    if found.faults:
        raise register_file.refusal(found.faults)
    words = {(name, value) for row in rows for name, value in row.attributes.items() if value}
    kinds = {word for word in words if word[0] in register_words.KINDS}
    found.difference.new_words = frozenset(kinds - register_words.known(session))
    return found


def write(session: Session, found: Plan) -> None:
    """Write a plan, its successions apart: those are the register's own step."""
    session.add_all(found.new)
    for authority, name in found.renamed:
        authority.name = name
    for row, day in found.closed:
        row.valid_to = day
    for row, value in found.corrected:
        if value:
            row.value = value
        else:
            session.delete(row)
    session.flush()
    codes = {code for code, _ in found.put}
    ids = {
        row.code: row.id
        for row in session.execute(select(Authority.code, Authority.id).where(Authority.code.in_(codes)))
    }
    for code, attribute in found.put:
        attribute.authority_id = ids[code]
    session.add_all([attribute for _, attribute in found.put])
    session.flush()


def _newest(session: Session, ids: Collection[int]) -> dict[tuple[int, str], AuthorityAttribute]:
    in_order = (
        select(AuthorityAttribute)
        .where(AuthorityAttribute.authority_id.in_(ids))
        .order_by(AuthorityAttribute.valid_from)
    )
    return {(row.authority_id, row.name): row for row in session.scalars(in_order)}


def _successions(session: Session, ids: Collection[int]) -> dict[str, frozenset[str]]:
    """The codes of those who stand in the place of each of these, by its code."""
    rows = select(AuthoritySuccession).where(AuthoritySuccession.predecessor_id.in_(ids))
    pairs = [(row.predecessor_id, row.successor_id) for row in session.scalars(rows)]
    wanted = {one for pair in pairs for one in pair}
    codes = {
        row.id: row.code
        for row in session.execute(select(Authority.id, Authority.code).where(Authority.id.in_(wanted)))
    }
    found: dict[str, frozenset[str]] = {}
    for predecessor, successor in pairs:
        found[codes[predecessor]] = found.get(codes[predecessor], frozenset()) | {codes[successor]}
    return found


def _add(found: Plan, row: Row, on: date) -> None:
    begins = row.start or on
    if row.end and row.end <= begins:
        found.faults.append(f"row {row.number}, column start: say when it began: it has ended before {on.isoformat()}.")
        return
    found.new.append(Authority(code=row.code, name=row.name))
    found.difference.added.append((row.code, row.name))
    found.put += [
        (row.code, _attribute(name, value, begins, row.end)) for name, value in row.attributes.items() if value
    ]
    if row.end:
        found.difference.ended.append(Ended(row.code, row.name, row.end, row.successors))


def _compare(found: Plan, row: Row, authority: Authority, held: _Held, on: date) -> None:
    if authority.name != row.name:
        found.renamed.append((authority, row.name))
        found.difference.changed.append(Changed(row.code, row.name, "name", authority.name, row.name))
    for name, value in row.attributes.items():
        last = held.get((authority.id, name))
        stands = last is not None and (last.valid_to is None or last.valid_to == row.end)
        old = last.value if last is not None and stands else ""
        if old != value:
            fault = _too_late(row, name, last, on) if row.end is None else None
            if fault:
                found.faults.append(fault)
                continue
            found.difference.changed.append(Changed(row.code, row.name, name, old, value))
            _replace(found, row, name, last if stands else None, on=on)
    if row.end:
        _end(found, row, row.end, [one for (owner, _), one in held.items() if owner == authority.id])


def _too_late(row: Row, name: str, last: AuthorityAttribute | None, on: date) -> str | None:
    if last is None or max(last.valid_from, last.valid_to or last.valid_from) <= on:
        return None
    return (
        f"row {row.number}, column {name}: what was true after {on.isoformat()} is already known. "
        "Import with a later date."
    )


def _replace(found: Plan, row: Row, name: str, old: AuthorityAttribute | None, *, on: date) -> None:
    value = row.attributes[name]
    # What begins on the day itself is a correction and leaves no empty interval behind; so is what has ended before it.
    if old is not None and (old.valid_from >= on or (row.end is not None and row.end <= on)):
        found.corrected.append((old, value))
        return
    if old is not None:
        found.closed.append((old, on))
    if value and (row.end is None or row.end > on):
        found.put.append((row.code, _attribute(name, value, on, row.end)))


def _end(found: Plan, row: Row, end: date, held: Sequence[AuthorityAttribute]) -> None:
    replaced = {id(one) for one, _ in found.closed}
    still = [one for one in held if one.valid_to is None and id(one) not in replaced]
    late = [one for one in held if one.valid_from >= end]
    if late:
        found.faults.append(
            f"row {row.number}, column end: what is true from {late[0].valid_from.isoformat()} is already known. "
            "Give a later end."
        )
        return
    if still:
        found.closed += [(one, end) for one in still]
        found.difference.ended.append(Ended(row.code, row.name, end, row.successors))


def _succeed(found: Plan, row: Row, known: Collection[str], already: frozenset[str]) -> None:
    if row.end is None:
        return
    fresh = [code for code in row.successors if code not in already]
    for code in fresh:
        if code not in known:
            found.faults.append(
                f"row {row.number}, column successor: {register_file.shown(code)} is not in the register and not in "
                "the file. Add it."
            )
    found.successions += [(row.code, code, row.end) for code in fresh]
    told = {one.code for one in found.difference.ended}
    if fresh and row.code not in told:
        found.difference.ended.append(Ended(row.code, row.name, row.end, row.successors))


def _attribute(name: str, value: str, begins: date, ends: date | None) -> AuthorityAttribute:
    return AuthorityAttribute(name=name, value=value, valid_from=begins, valid_to=ends)


def _size(found: Difference) -> int:
    return len(found.added) + len(found.changed) + len(found.ended)


def lines(found: Difference) -> Iterator[str]:
    """The difference as lines of plain text: what is new, what changes from what to what, what ends.

    >>> found = Difference([("E1", "Avon")], [Changed("E2", "Bryn", "type", "district", "unitary")])
    >>> list(lines(found))
    ['new: E1 Avon', 'change: E2 Bryn: type “district” becomes “unitary”']
    """
    for code, name in found.added:
        yield f"new: {code} {name}"
    for one in found.changed:
        old = f"“{one.old}”" if one.old else "not known"
        new = f"“{one.new}”" if one.new else "not known"
        yield f"change: {one.code} {one.name}: {one.attribute} {old} becomes {new}"
    for end in found.ended:
        after = f"; in its place {' and '.join(end.successors)}" if end.successors else ""
        yield f"end: {end.code} {end.name}: no more from {end.on.isoformat()}{after}"
