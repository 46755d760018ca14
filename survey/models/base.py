"""The base of every table: naming of constraints, column types that both databases share."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import JSON, DateTime, Dialect, MetaData, String
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """A moment, aware and in UTC in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("A moment needs its time zone before it is stored.")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Declarative base with named constraints, so that migrations can name what they change."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - read once by SQLAlchemy
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),  # JSON columns hold what their writer's dataclass says; see each column
    }


Code = Annotated[str, mapped_column(String(80))]
Name = Annotated[str, mapped_column(String(300))]
Digest = Annotated[str, mapped_column(String(64))]
RandomId = Annotated[str, mapped_column(String(32))]
Identifier = Annotated[int, mapped_column(primary_key=True)]


def one_of(column: str, words: type[Any]) -> str:
    """The text of a CHECK that a column holds one word of a closed list."""
    return f"{column} IN ({', '.join(repr(str(word.value)) for word in words)})"
