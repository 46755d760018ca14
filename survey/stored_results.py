"""The stored rows of a release as the frames that they were when they were computed."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

import pandas as pd
from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from reports.disclosure.reasons import NOTHING_THERE
from reports.frames import BENCHMARKS, EQUALITY_MIX, Shape
from reports.peers import NEAREST
from survey.models import (
    EQUALITY_TABLE,
    RESEARCH_TABLES,
    RESULT_TABLES,
    Authority,
    AuthorityAttribute,
    Release,
    ReleaseNamed,
    ReleasePeerGroup,
    Wave,
)

_TABLES = RESULT_TABLES | RESEARCH_TABLES


def rows(session: Session, shape: Shape, release: Release, **keys: str) -> pd.DataFrame:
    """The rows of one table, or those with these keys, in the order of their keys."""
    table = _TABLES[shape.name]
    query = _columns(shape).where(table.c.release_id == release.id)
    return _frame(session, shape, query.where(*(table.c[name] == value for name, value in keys.items())))


def benchmarks_of(session: Session, release: Release, authority: str, shape: Shape = BENCHMARKS) -> pd.DataFrame:
    """Benchmarks of every group that an authority is shown, of one wave or restated: of the nearest ones its own only."""
    mine = select(ReleasePeerGroup.peer_group).where(
        ReleasePeerGroup.release_id == release.id, ReleasePeerGroup.authority == authority, _is_shown(authority)
    )
    table = RESULT_TABLES[shape.name]
    query = _columns(shape).where(table.c.release_id == release.id, table.c.peer_group.in_(mine))
    return _frame(session, shape, query)


def groups_of(session: Session, release: Release, authority: str) -> list[tuple[str, str, int]]:
    """The authority's name beside each group that it is in, with how many authorities the group has."""
    other = aliased(ReleasePeerGroup)
    same = and_(other.release_id == ReleasePeerGroup.release_id, other.peer_group == ReleasePeerGroup.peer_group)
    query = (
        select(Authority.name, ReleasePeerGroup.peer_group, func.count(other.authority))
        .join(Authority, Authority.code == ReleasePeerGroup.authority)
        .join(other, same)
        .where(ReleasePeerGroup.release_id == release.id, ReleasePeerGroup.authority == authority, _is_shown(authority))
        .group_by(Authority.name, ReleasePeerGroup.peer_group)
        .order_by(ReleasePeerGroup.peer_group)
    )
    return [(name, code, size) for name, code, size in session.execute(query)]


def group_sizes(session: Session, release: Release) -> dict[str, int]:
    """Every group of the frozen menu with how many authorities it has, in the order of the menu."""
    query = (
        select(ReleasePeerGroup.peer_group, func.count().label("size"))
        .where(ReleasePeerGroup.release_id == release.id)
        .group_by(ReleasePeerGroup.peer_group)
        .order_by(ReleasePeerGroup.peer_group)
    )
    return {row.peer_group: row.size for row in session.execute(query)}


def members(session: Session, release: Release) -> list[tuple[str, str]]:
    """Every group of the frozen menu with each authority in it."""
    query = (
        select(ReleasePeerGroup.peer_group, ReleasePeerGroup.authority)
        .where(ReleasePeerGroup.release_id == release.id)
        .order_by(ReleasePeerGroup.peer_group, ReleasePeerGroup.authority)
    )
    return [(group, authority) for group, authority in session.execute(query)]


def named(session: Session, release: Release) -> dict[str, str]:
    """Code and name of the authorities that chose to be named in a release, in the order of their names."""
    query = (
        select(Authority.code, Authority.name)
        .join(ReleaseNamed, ReleaseNamed.authority == Authority.code)
        .where(ReleaseNamed.release_id == release.id)
        .order_by(Authority.name, Authority.code)
    )
    return {row.code: row.name for row in session.execute(query)}


def first_release(session: Session, wave: Wave) -> Release | None:
    """The first release of a wave, in any state: with it the menu and the names are frozen."""
    query = select(Release).where(Release.wave_id == wave.id).order_by(Release.number).limit(1)
    return session.scalars(query).first()


def withheld(session: Session, release: Release) -> list[tuple[str, str, int, float]]:
    """Table, reason, number of rows and their share of the table's, 0 to 1, of all that is withheld; one statement.

    In the order of the tables. It is what safety costs: rows that have nothing to withhold do not count.
    """
    counted = [
        select(literal(place).label("place"), table.c.reason.label("reason"), func.count().label("rows"))
        .where(table.c.release_id == release.id, or_(table.c.reason.is_(None), table.c.reason.not_in(NOTHING_THERE)))
        .group_by(table.c.reason)
        for place, table in enumerate(RESULT_TABLES.values())
    ]
    names = tuple(RESULT_TABLES)
    query = union_all(*counted).order_by("place", "reason")
    found = [(names[place], reason, count) for place, reason, count in session.execute(query)]
    rows: Counter[str] = Counter()
    for name, _, count in found:
        rows[name] += count
    return [(name, reason, count, count / rows[name]) for name, reason, count in found if reason is not None]


def told(session: Session, release: Release) -> dict[str, dict[str, int]]:
    """Of each table how many rows have figures, by authority; under "" those of all together; one statement."""
    counted, tables = [], _TABLES | {EQUALITY_MIX.name: EQUALITY_TABLE}
    for place, table in enumerate(tables.values()):
        whose = table.c.authority if "authority" in table.c else literal("")
        rows_told = select(literal(place).label("place"), whose.label("whose"), func.count().label("rows"))
        counted.append(
            rows_told.where(table.c.release_id == release.id, table.c.reason.is_(None)).group_by("place", "whose")
        )
    found: dict[str, dict[str, int]] = {}
    names = tuple(tables)
    for place, whose, count in session.execute(union_all(*counted).order_by("place", "whose")):
        found.setdefault(names[place], {})[whose] = count
    return found


def registered(session: Session, day: date) -> dict[str, int]:
    """How many authorities of each type and nation the register had on a day, by the code of the peer group."""
    attribute = AuthorityAttribute
    query = (
        select(attribute.name, attribute.value, func.count())
        .where(
            attribute.name.in_(("type", "nation")),
            attribute.valid_from <= day,
            or_(attribute.valid_to.is_(None), attribute.valid_to > day),
        )
        .group_by(attribute.name, attribute.value)
        .order_by(attribute.name, attribute.value)
    )
    return {f"{name}:{value}": count for name, value, count in session.execute(query)}


def regions(session: Session, day: date) -> dict[str, str]:
    """The region of every authority of the register on a day; where it has none, its nation."""
    attribute = AuthorityAttribute
    query = (
        select(Authority.code, attribute.name, attribute.value)
        .join(attribute, attribute.authority_id == Authority.id)
        .where(
            attribute.name.in_(("nation", "region")),
            attribute.valid_from <= day,
            or_(attribute.valid_to.is_(None), attribute.valid_to > day),
        )
        .order_by(Authority.code, attribute.name)
    )
    return {code: value for code, _, value in session.execute(query) if value}


def _is_shown(authority: str) -> ColumnElement[bool]:
    """The nearest authorities of one authority are its own group, and nobody else's."""
    group = ReleasePeerGroup.peer_group
    return or_(group.not_like(f"{NEAREST}:%"), group == f"{NEAREST}:{authority}")


def _columns(shape: Shape) -> Select[Any]:  # Any: as many columns as the shape has
    table = _TABLES[shape.name]
    columns = [table.c[name] for name in shape.columns]
    return select(*columns).order_by(*(column for column in table.primary_key.columns if column.name in shape.columns))


def _frame(session: Session, shape: Shape, query: Select[Any]) -> pd.DataFrame:
    return shape.check(pd.DataFrame(session.execute(query).all(), columns=list(shape.columns)))
