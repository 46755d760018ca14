"""People with accounts: who they are, what they may do, how they signed in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from survey.models.base import Base, Digest, Identifier, Name, one_of
from survey.models.register import Authority
from survey.vocabulary import RoleName


class Person(Base):
    """Somebody with an account. Officers who answer have none."""

    __tablename__ = "person"

    id: Mapped[Identifier]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[Name]
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]

    roles: Mapped[list[RoleGrant]] = relationship(lazy="raise_on_sql", order_by="RoleGrant.id")


class RoleGrant(Base):
    """A role of a person, for one authority where the role belongs to one. A revoked grant stays as history."""

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint(one_of("role", RoleName), name="role"),
        CheckConstraint(
            "(role IN ('RESEARCHER', 'PUBLISHER', 'OPERATOR')) = (authority_id IS NULL)",
            name="authority_roles_have_one",
        ),
        Index("ix_role_grant_person_id", "person_id"),
    )

    id: Mapped[Identifier]
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str] = mapped_column(String(20))
    authority_id: Mapped[int | None] = mapped_column(ForeignKey("authority.id"))
    granted_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    authority: Mapped[Authority | None] = relationship(lazy="raise_on_sql")


class SignInCode(Base):
    """A one-time code, good only in the browser that asked for it. Asked for an unknown address, it has no person.

    The code itself is stored nowhere: it is derived from the secret key and `browser_key_hash` when the mail is written
    and when it is typed. `address_hash` is keyed with the secret and only counts how often an address is asked for.
    """

    __tablename__ = "sign_in_code"
    __table_args__ = (
        CheckConstraint("tries BETWEEN 0 AND 5", name="tries"),
        Index("ix_sign_in_code_address_hash", "address_hash"),
    )

    id: Mapped[Identifier]
    browser_key_hash: Mapped[Digest] = mapped_column(String(64), unique=True)
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    address_hash: Mapped[Digest]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)


class WebSession(Base):
    """A signed-in browser. The cookie holds the key, the table only its hash."""

    __tablename__ = "web_session"
    __table_args__ = (Index("ix_web_session_person_id", "person_id"),)

    key_hash: Mapped[Digest] = mapped_column(String(64), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]

    person: Mapped[Person] = relationship(lazy="raise_on_sql")
