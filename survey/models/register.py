"""The register: authorities, their attributes by date, and who succeeded whom."""

from __future__ import annotations

from datetime import date

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, Code, Identifier, Name


class Authority(Base):
    """A unit that results are about: a council, a combined authority, a municipality abroad."""

    __tablename__ = "authority"
    __table_args__ = (UniqueConstraint("code"),)

    id: Mapped[Identifier]
    code: Mapped[Code]
    name: Mapped[Name]

    attributes: Mapped[list[AuthorityAttribute]] = relationship(
        lazy="raise_on_sql", order_by="AuthorityAttribute.name, AuthorityAttribute.valid_from"
    )


class AuthorityAttribute(Base):
    """What was true of an authority between two dates: type, nation, region and whatever a file brought."""

    __tablename__ = "authority_attribute"
    __table_args__ = (
        UniqueConstraint("authority_id", "name", "valid_from"),
        CheckConstraint("valid_to IS NULL OR valid_to > valid_from", name="dates_in_order"),
    )

    id: Mapped[Identifier]
    authority_id: Mapped[int] = mapped_column(ForeignKey("authority.id"))
    name: Mapped[Code]
    value: Mapped[str] = mapped_column(String(300))
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class AuthoritySuccession(Base):
    """From this date, the successor stands where the predecessor stood."""

    __tablename__ = "authority_succession"
    __table_args__ = (CheckConstraint("predecessor_id <> successor_id", name="not_its_own_successor"),)

    predecessor_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    successor_id: Mapped[int] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    on: Mapped[date]
