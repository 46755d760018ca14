"""Lists of authorities that the research team adds to a wave's menu of peer groups, until the menu is frozen."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice

import pandas as pd
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from reports import frames, peers
from reports.rules import Rules
from survey import audit, participation, stored_results
from survey.errors import BadInput, NotNow
from survey.models import PeerList, Wave

MOST_LISTS = 20
MOST_ROWS = 10_000
LARGEST_FILE = 1024 * 1024
LONGEST_NAME = 60
COLUMNS = ("list", "authority")
NOTHING_CHANGED = "The lists of authorities have faults. Nothing was changed."


def replace(session: Session, wave: Wave, content: bytes, *, actor: str, now: datetime) -> dict[str, int]:
    """Take the lists of a wave from a CSV file (list, authority) in place of those that it had; sizes by name.

    Refused once the wave has a release: the menu is frozen with its first computation.
    """
    _refuse_frozen(session, wave)
    return _keep(session, wave, list(_rows(content)), actor=actor, now=now)


def put(session: Session, wave: Wave, name: str, codes: Sequence[str], *, actor: str, now: datetime) -> dict[str, int]:
    """Add one list of authorities, by name, to those that a wave has; a list of the same name is replaced.

    Rules, faults and audit entry are those of `replace`; "row 2" is the first code.
    """
    _refuse_frozen(session, wave)
    name = " ".join(name.split())
    kept = [row for row in lists(session, wave) if row[0] != name]
    rows = [*((0, *row) for row in kept), *((at, name, code) for at, code in enumerate(codes, start=2))]
    return _keep(session, wave, rows, actor=actor, now=now)


def _refuse_frozen(session: Session, wave: Wave) -> None:
    if is_frozen(session, wave):
        raise NotNow(
            f"The peer groups of wave {wave.code} were frozen when it was first computed. They stay as they are."
        )


def _keep(
    session: Session, wave: Wave, rows: Sequence[tuple[int, str, str]], *, actor: str, now: datetime
) -> dict[str, int]:
    """Put these lists (row of the file, name, code) in place of those that the wave had, if they have no fault."""
    taking_part = {one.authority.code for one in participation.of_wave(session, wave)}
    given: dict[str, set[str]] = {}
    for _, name, code in rows:
        given.setdefault(name, set()).add(code)
    faults = [*_row_faults(rows, taking_part), *_list_faults(given)]
    if faults:
        raise BadInput(NOTHING_CHANGED, tuple(faults[:50]))
    session.execute(delete(PeerList).where(PeerList.wave_id == wave.id))
    entries = [
        {"wave_id": wave.id, "name": name, "authority": code} for name in sorted(given) for code in sorted(given[name])
    ]
    if entries:
        session.execute(insert(PeerList), entries)
    sizes = {name: len(codes) for name, codes in sorted(given.items())}
    audit.record(
        session,
        now=now,
        actor=actor,
        action="peer_lists.uploaded",
        object_type="wave",
        object_code=wave.code,
        details={"lists": sizes},
    )
    return sizes


def is_frozen(session: Session, wave: Wave) -> bool:
    """Whether the wave was computed: then nothing joins its menu any more."""
    return stored_results.first_release(session, wave) is not None


def menu(session: Session, wave: Wave, authorities: pd.DataFrame) -> pd.DataFrame:
    """The peer groups of a wave (MENU): those of its first release; before that, made from who takes part and the lists."""
    first = stored_results.first_release(session, wave)
    if first is None:
        return frames.MENU.check(peers.groups(authorities, _lists(session, wave)))
    rows = stored_results.members(session, first)
    kept = pd.DataFrame(rows, columns=list(frames.MENU.columns))
    return frames.MENU.check(kept[kept["authority"].isin(authorities["code"])])


def lists(session: Session, wave: Wave) -> list[tuple[str, str]]:
    """The lists of a wave: name and code of each authority in it."""
    query = (
        select(PeerList.name, PeerList.authority)
        .where(PeerList.wave_id == wave.id)
        .order_by(PeerList.name, PeerList.authority)
    )
    return [(name, code) for name, code in session.execute(query)]


def sizes(session: Session, wave: Wave, authorities: pd.DataFrame) -> list[tuple[str, int]]:
    """The groups of a wave's menu with how many authorities each has: the frozen ones, or as they would be made now.

    Groups of one authority alone (its nearest) are left out. `authorities` as in `menu`.
    """
    found = menu(session, wave, authorities)["peer_group"].value_counts(sort=False)
    return [(str(name), int(size)) for name, size in found.items() if peers.owner(str(name)) is None]


def _lists(session: Session, wave: Wave) -> pd.DataFrame:
    rows = [(f"{peers.LIST}:{name}", code) for name, code in lists(session, wave)]
    return pd.DataFrame(rows, columns=list(frames.MENU.columns), dtype="string")


def _rows(content: bytes) -> Iterator[tuple[int, str, str]]:
    if len(content) > LARGEST_FILE:
        raise BadInput("The file is larger than 1 MiB. Is it the right file?")
    try:
        reader = csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)
        if not set(COLUMNS) <= set(reader.fieldnames or ()):
            raise BadInput("The file needs the columns list and authority. Name them in its first row.")
        lines = list(islice(reader, MOST_ROWS + 1))
    except (UnicodeDecodeError, csv.Error):
        raise BadInput("This is not a CSV file in UTF-8. Save the spreadsheet as “CSV UTF-8”.") from None
    if len(lines) > MOST_ROWS:
        raise BadInput(f"The file has more than {MOST_ROWS} rows. Is it the right file?")
    for number, line in enumerate(lines, start=2):
        yield number, " ".join((line["list"] or "").split()), (line["authority"] or "").strip()


def _row_faults(rows: Sequence[tuple[int, str, str]], taking_part: set[str]) -> Iterator[str]:
    if not rows:
        yield "row 2: there is no list in the file."
    for number, name, code in rows:
        if not name or len(name) > LONGEST_NAME or not name.isprintable():
            yield f"row {number}, column list: give a name of 1 to {LONGEST_NAME} characters."
        if code not in taking_part:
            yield f"row {number}, column authority: “{code[:40]}” does not take part in this wave. Correct the code."


def _list_faults(lists: Mapping[str, set[str]]) -> Iterator[str]:
    least = Rules().minimum_authorities_median
    if len(lists) > MOST_LISTS:
        yield f"There are {len(lists)} lists; at most {MOST_LISTS} join the menu."
    for name, codes in sorted(lists.items()):
        if name and len(codes) < least:
            yield f"The list “{name[:LONGEST_NAME]}” has {len(codes)} authorities; a group needs at least {least}."
