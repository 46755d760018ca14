"""The register: authorities, what was true of them between two dates, and who succeeded whom."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from survey import audit, register_words
from survey.errors import BadInput, NotFound, Refusal
from survey.models import Authority, AuthorityAttribute, AuthoritySuccession
from survey.register_words import Word

LARGEST_FILE = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
LONGEST_CODE = 80
LONGEST_NAME = 300
MOST_FAULTS = 50
_NOTHING_CHANGED = "The file of authorities has faults. Nothing was changed."


@dataclass(frozen=True, slots=True)
class ImportedAuthorities:
    """What an import did: authorities that are new, that differ in something, that were as the file says."""

    added: int
    changed: int
    unchanged: int
    new_words: frozenset[Word] = field(default=frozenset(), compare=False)  # types, nations, regions


@dataclass(slots=True)
class _Row:
    """One line of the file, with its number as a spreadsheet shows it."""

    number: int
    code: str
    name: str
    attributes: dict[str, str] = field(default_factory=dict)


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


def import_authorities(session: Session, content: bytes, *, on: date, now: datetime, actor: str) -> ImportedAuthorities:
    """Bring the register to what a CSV file says, from a day on: all of it or nothing.

    Columns are `code` and `name`, then `type`, `nation`, `region` and any further attribute. A value that differs ends
    the old one on that day; an empty cell says that nothing is known from that day. Authorities that the file does not
    name stay as they are.
    """
    rows, words = _read(content), register_words.known(session)
    known = by_codes(session, [row.code for row in rows])
    new = [Authority(code=row.code, name=row.name) for row in rows if row.code not in known]
    session.add_all(new)
    session.flush()
    everyone = known | {authority.code: authority for authority in new}
    differing = _apply(session, rows, everyone, on)
    changed = len(differing - {authority.code for authority in new})
    session.flush()
    fresh = register_words.known(session) - words
    done = ImportedAuthorities(len(new), changed, len(rows) - len(new) - changed, fresh)
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


def _apply(session: Session, rows: list[_Row], everyone: dict[str, Authority], on: date) -> set[str]:
    """Write names and attributes; gives the codes of those in which something differed."""
    ids = [authority.id for authority in everyone.values()]
    in_order = (
        select(AuthorityAttribute)
        .where(AuthorityAttribute.authority_id.in_(ids))
        .order_by(AuthorityAttribute.valid_from)
    )
    newest = {(row.authority_id, row.name): row for row in session.scalars(in_order)}
    differing: set[str] = set()
    faults: list[str] = []
    for row in rows:
        authority = everyone[row.code]
        if authority.name != row.name:
            authority.name = row.name
            differing.add(row.code)
        for name, value in row.attributes.items():
            last = newest.get((authority.id, name))
            old = last if last is not None and last.valid_to is None else None
            if (old.value if old else "") == value:
                continue
            if last is not None and max(last.valid_from, last.valid_to or last.valid_from) > on:
                faults.append(
                    f"row {row.number}, column {name}: what was true after {on.isoformat()} is already known. "
                    "Import with a later date."
                )
                continue
            differing.add(row.code)
            _replace(session, authority, name, value, old=old, on=on)
    if faults:
        raise BadInput(_NOTHING_CHANGED, tuple(faults[:MOST_FAULTS]))
    return differing


def _replace(
    session: Session, authority: Authority, name: str, value: str, *, old: AuthorityAttribute | None, on: date
) -> None:
    if old is not None and old.valid_from == on:  # a correction on the same day leaves no empty interval behind
        if value:
            old.value = value
        else:
            session.delete(old)
        return
    if old is not None:
        old.valid_to = on
    if value:
        session.add(AuthorityAttribute(authority_id=authority.id, name=name, value=value, valid_from=on))


def _read(content: bytes) -> list[_Row]:
    """The rows of the file, or every fault with row, column and remedy."""
    if len(content) > LARGEST_FILE:
        raise BadInput(f"The file is larger than {LARGEST_FILE // 2**20} MiB. Is it the right file?")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadInput(f"Row {line} is not written in UTF-8. Save the file as “CSV UTF-8”.") from None
    if "\0" in text:
        raise BadInput("This is not a text file. Save the spreadsheet as CSV.")
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        filled = ((reader.line_num, [cell.strip() for cell in line]) for line in reader if any(map(str.strip, line)))
        lines = list(islice(filled, MOST_ROWS + 1))  # one too many tells that there are too many
    except csv.Error as error:
        raise BadInput(f"Row {reader.line_num} is not CSV: {error}. Check its quotation marks.") from None
    faults = list(_header_faults(header))
    if not faults:
        rows, more = _rows(header, lines)
        faults = more
    if faults:
        left = f"… and {len(faults) - MOST_FAULTS} more."
        shown = faults if len(faults) <= MOST_FAULTS else [*faults[:MOST_FAULTS], left]
        raise BadInput(_NOTHING_CHANGED, tuple(shown))
    return rows


def _header_faults(header: list[str]) -> Iterator[str]:
    if not any(header):
        yield "row 1: the file is empty. Its first row names the columns: code,name,type,nation,region."
        return
    if len(header) > MOST_COLUMNS:
        yield f"row 1: there are {len(header)} columns; at most {MOST_COLUMNS} are read."
        return
    for needed in ("code", "name"):
        if needed not in header:
            yield f"row 1: the column {needed} is missing. The first row names the columns: code,name,…"
    for name in sorted({name for name in header if header.count(name) > 1}):
        yield f"row 1, column {_shown(name)}: this column is there {header.count(name)} times. Keep one."
    if "" in header and header.count("") == 1:
        yield "row 1: a column has no name. Name it or remove it."
    for name in header:
        if len(name) > LONGEST_CODE or not name.isprintable():
            yield f"row 1, column {_shown(name)}: give a name of 1 to {LONGEST_CODE} printable characters."


def _rows(header: list[str], lines: list[tuple[int, list[str]]]) -> tuple[list[_Row], list[str]]:
    rows: list[_Row] = []
    faults: list[str] = []
    if not lines:
        faults.append("row 2: there is no authority in the file.")
    if len(lines) > MOST_ROWS:
        return [], [f"row {lines[MOST_ROWS][0]}: there are more than {MOST_ROWS} authorities. Is it the right file?"]
    first_row_of: dict[str, int] = {}
    for number, line in lines:
        if len(line) != len(header):
            faults.append(
                f"row {number}: {len(line)} cells under {len(header)} columns. Check commas and quotation marks."
            )
            continue
        cells = dict(zip(header, line, strict=True))
        faults.extend(f"row {number}, column {name}: {fault}" for name, fault in _cell_faults(cells))
        code = cells.pop("code")
        if code and code in first_row_of:
            faults.append(
                f"row {number}, column code: {_shown(code)} is already in row {first_row_of[code]}. Keep one."
            )
        first_row_of.setdefault(code, number)
        rows.append(_Row(number, code, cells.pop("name"), cells))
    return rows, faults


def _cell_faults(cells: dict[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in cells.items():
        longest = LONGEST_CODE if name == "code" else LONGEST_NAME
        if name in {"code", "name"} and not value:
            yield name, "the cell is empty. Every authority has a code and a name."
        elif len(value) > longest:
            yield name, f"{len(value)} characters; at most {longest} fit."
        elif not value.isprintable():
            yield name, "there is a line break or a control character. Take it out."
        elif name == "code" and not _is_code(value):
            yield name, f"{_shown(value)} is no code. Use letters and digits, after the first also . _ and -."


def _is_code(value: str) -> bool:
    """A code stands in addresses of pages and in names of files."""
    return value[0].isalnum() and all(sign.isalnum() or sign in "._-" for sign in value)


def _shown(text: str) -> str:
    """A cell as it may be shown in a sentence: short and printable."""
    plain = "".join(sign if sign.isprintable() else "�" for sign in text)
    return f"“{plain if len(plain) <= 40 else plain[:39] + '…'}”"
