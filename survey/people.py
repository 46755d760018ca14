"""People with accounts: who they are, what they may do, and how they sign in.

A sign-in code is typed in the browser that asked for it. It is stored nowhere: it follows from the secret key and the
key of that browser, so the mail is written from the database and the secret, and neither alone holds a code.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import TypeAlias

from sqlalchemy import Row, Select, delete, func, select, update
from sqlalchemy.orm import Session

from survey import audit, keys, messages
from survey.errors import BadInput, NotFound, Refusal, TooMany
from survey.models import Authority, Person, RoleGrant, SignInCode, WebSession
from survey.vocabulary import AUTHORITY_ROLES, RoleName

# What a mail server can be given without quoting; stricter than the standard, on purpose.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")

CODE_DIGITS = 8
CODE_TRIES = 5
CODE_LIFE = timedelta(minutes=10)
CODES_AN_HOUR = 6  # for one address, whether it has an account or not
IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
TOUCH_EVERY = timedelta(minutes=1)

PrincipalRows: TypeAlias = Select[int, str, str, str, int | None, str, str]


@dataclass(frozen=True, slots=True)
class Grant:
    """One role of a person; the authority is empty for roles of the research team."""

    role: RoleName
    authority_id: int | None = None
    authority_code: str | None = None
    authority_name: str | None = None


@dataclass(frozen=True, slots=True)
class Principal:
    """Somebody with an account and what they may do at this moment: read anew for each request."""

    person_id: int
    name: str
    email: str
    grants: tuple[Grant, ...]
    stale: bool = False  # last seen over a minute ago: `touch` is due

    @property
    def actor(self) -> str:
        """How the audit trail names this person."""
        return f"person:{self.person_id}"

    @property
    def roles(self) -> frozenset[RoleName]:
        return frozenset(grant.role for grant in self.grants)

    def has(self, role: RoleName, authority_id: int | None = None) -> bool:
        """Whether the person has this role, for this authority where the role belongs to one."""
        return any(
            grant.role is role and (authority_id is None or grant.authority_id == authority_id) for grant in self.grants
        )

    def authority_ids(self, *roles: RoleName) -> frozenset[int]:
        """The authorities for which the person has one of these roles; any role of an authority when none is named."""
        wanted = roles or tuple(AUTHORITY_ROLES)
        return frozenset(g.authority_id for g in self.grants if g.role in wanted and g.authority_id is not None)


def address(text: str) -> str:
    """An e-mail address in the form in which it is stored, or a refusal."""
    cleaned = text.strip().lower()
    if len(cleaned) > 254 or not _ADDRESS.fullmatch(cleaned):
        raise BadInput("That is not an e-mail address. Give it as name@example.org.")
    return cleaned


def add(session: Session, email: str, name: str, *, now: datetime, actor: str) -> Person:
    """A new account without any role yet."""
    email, name = address(email), " ".join(name.split())
    if not name or len(name) > 300 or not name.isprintable():
        raise BadInput("Give the person's name in 1 to 300 characters.")
    if session.scalars(select(Person.id).where(Person.email == email)).first() is not None:
        raise Refusal("There is already an account with this e-mail address.")
    person = Person(email=email, name=name, active=True, created_at=now)
    session.add(person)
    session.flush()
    audit.record(
        session, now=now, actor=actor, action="person.added", object_type="person", object_code=f"person:{person.id}"
    )
    return person


def by_email(session: Session, email: str) -> Person:
    person = session.scalars(select(Person).where(Person.email == email.strip().lower())).first()
    if person is None:
        raise NotFound("There is no account with this e-mail address.")
    return person


def principal_of(session: Session, email: str) -> Principal:
    """The person on whose behalf a command runs."""
    found = _principal_rows().where(Person.email == email.strip().lower(), Person.active).order_by(RoleGrant.id)
    rows = session.execute(found).all()
    if not rows:
        raise NotFound("There is no account with this e-mail address.")
    return _principal(rows)


def principal_by_id(session: Session, person_id: int) -> Principal:
    """The person on whose behalf a job runs, with the roles of this moment."""
    rows = session.execute(_principal_rows().where(Person.id == person_id, Person.active).order_by(RoleGrant.id)).all()
    if not rows:
        raise NotFound("The person who asked for this has no account any more.")
    return _principal(rows)


def everybody(session: Session) -> list[Principal]:
    """All accounts that can sign in, by name."""
    rows = session.execute(_principal_rows().where(Person.active).order_by(Person.name, Person.id, RoleGrant.id)).all()
    return [_principal(list(of_one)) for _, of_one in groupby(rows, key=lambda row: row[0])]


def grant(
    session: Session, person_id: int, role: RoleName, *, authority_id: int | None = None, now: datetime, actor: str
) -> RoleGrant:
    """Give a role. Granting what the person already has changes nothing."""
    if (role in AUTHORITY_ROLES) != (authority_id is not None):
        belongs = "belongs to one authority: name it" if role in AUTHORITY_ROLES else "belongs to no authority"
        raise BadInput(f"The role {role} {belongs}.")
    held = _held(session, person_id, role, authority_id)
    if held is not None:
        return held
    granted = RoleGrant(person_id=person_id, role=str(role), authority_id=authority_id, granted_at=now)
    session.add(granted)
    session.flush()
    _record_grant(session, granted, "person.granted", now=now, actor=actor)
    return granted


def revoke(
    session: Session, person_id: int, role: RoleName, *, authority_id: int | None = None, now: datetime, actor: str
) -> None:
    """Take a role away; it stays as history. With the last role every session of the person ends."""
    held = _held(session, person_id, role, authority_id)
    if held is None:
        raise NotFound(f"The person does not have the role {role} there.")
    held.revoked_at = now
    session.flush()
    _record_grant(session, held, "person.revoked", now=now, actor=actor)
    left = select(RoleGrant.id).where(RoleGrant.person_id == person_id, RoleGrant.revoked_at.is_(None))
    if session.scalars(left).first() is None:
        session.execute(delete(WebSession).where(WebSession.person_id == person_id))


def deactivate(session: Session, person_id: int, *, now: datetime, actor: str) -> None:
    """Close an account: no sign-in, no session; what the person did stays in the audit trail."""
    session.execute(update(Person).where(Person.id == person_id).values(active=False))
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))
    audit.record(
        session,
        now=now,
        actor=actor,
        action="person.deactivated",
        object_type="person",
        object_code=f"person:{person_id}",
    )


def _held(session: Session, person_id: int, role: RoleName, authority_id: int | None) -> RoleGrant | None:
    held = select(RoleGrant).where(
        RoleGrant.person_id == person_id, RoleGrant.role == str(role), RoleGrant.revoked_at.is_(None)
    )
    same = RoleGrant.authority_id.is_(None) if authority_id is None else RoleGrant.authority_id == authority_id
    return session.scalars(held.where(same)).first()


def _record_grant(session: Session, granted: RoleGrant, action: str, *, now: datetime, actor: str) -> None:
    audit.record(
        session,
        now=now,
        actor=actor,
        action=action,
        object_type="person",
        object_code=f"person:{granted.person_id}",
        details={"role": granted.role, "authority_id": granted.authority_id},
    )


def _principal_rows() -> PrincipalRows:
    """One row for each role that a person holds now, or one with an empty role."""
    return (
        select(
            Person.id,
            Person.name,
            Person.email,
            func.coalesce(RoleGrant.role, ""),
            RoleGrant.authority_id,
            Authority.code,
            Authority.name,
        )
        .outerjoin(RoleGrant, (RoleGrant.person_id == Person.id) & RoleGrant.revoked_at.is_(None))
        .outerjoin(Authority, Authority.id == RoleGrant.authority_id)
    )


def _principal(rows: Sequence[Row[int, str, str, str, int | None, str, str]], *, stale: bool = False) -> Principal:
    person_id, name, email = rows[0][0], rows[0][1], rows[0][2]
    grants = tuple(Grant(RoleName(row[3]), row[4], row[5], row[6]) for row in rows if row[3])
    return Principal(person_id, name, email, grants, stale)


# Signing in


def request_code(session: Session, email: str, *, browser_key: str, secret_key: str, now: datetime) -> None:
    """Queue a code for this address. An unknown address costs the same work and gets the same answer; no mail."""
    email = address(email)
    address_hash = _keyed(secret_key, f"address:{email}")
    asked = select(func.count()).select_from(SignInCode)
    recently = asked.where(SignInCode.address_hash == address_hash, SignInCode.asked_at > now - timedelta(hours=1))
    if session.scalars(recently).one() >= CODES_AN_HOUR:
        raise TooMany("Too many codes were asked for this address. Try again in an hour.")
    key_hash = keys.hashed(browser_key)
    session.execute(delete(SignInCode).where(SignInCode.asked_at < now - timedelta(hours=1)))
    if session.scalars(select(SignInCode.id).where(SignInCode.browser_key_hash == key_hash)).first() is not None:
        raise Refusal("This browser has already asked for a code. Start again to ask for another.")
    person_id = session.scalars(select(Person.id).where(Person.email == email, Person.active)).first()
    code = SignInCode(
        browser_key_hash=key_hash,
        person_id=person_id,
        address_hash=address_hash,
        asked_at=now,
        expires_at=now + CODE_LIFE,
    )
    session.add(code)
    session.flush()
    messages.queue(session, "sign_in_code", now=now, sign_in_code_id=code.id)


def code_for(secret_key: str, browser_key_hash: str) -> str:
    """The digits that belong to a browser's request: known to who writes the mail, stored nowhere."""
    digits = int(_keyed(secret_key, f"sign-in-code:{browser_key_hash}"), 16) % 10**CODE_DIGITS
    return f"{digits:0{CODE_DIGITS}}"


def enter_code(
    session: Session,
    typed: str,
    *,
    browser_key: str,
    session_key: str,
    secret_key: str,
    now: datetime,
    old_key: str | None = None,
) -> int | None:
    """Sign in: the person's id, with a new session under a new key; or nothing, with one try less.

    Both ways the caller commits. Wrong, expired, used-up and unknown read the same.
    """
    key_hash = keys.hashed(browser_key)
    counted = session.execute(
        update(SignInCode)
        .where(SignInCode.browser_key_hash == key_hash, SignInCode.tries < CODE_TRIES, SignInCode.expires_at > now)
        .values(tries=SignInCode.tries + 1)
        .returning(SignInCode.id, SignInCode.person_id)
    ).first()
    digits = re.sub(r"[\s-]", "", typed)
    is_right = hmac.compare_digest(digits.encode(), code_for(secret_key, key_hash).encode())
    if counted is None or not is_right or counted.person_id is None:
        return None
    session.execute(delete(SignInCode).where(SignInCode.id == counted.id))
    start_session(session, counted.person_id, session_key=session_key, now=now, old_key=old_key)
    person_id: int = counted.person_id
    return person_id


def start_session(
    session: Session, person_id: int, *, session_key: str, now: datetime, old_key: str | None = None
) -> None:
    """A signed-in browser. The key is new at every sign-in and ends the old one; the table holds only its hash."""
    if len(session_key) < 32:
        raise ValueError("A session key has at least 32 random characters.")
    if old_key is not None:
        sign_out(session, old_key)
    session.add(WebSession(key_hash=keys.hashed(session_key), person_id=person_id, created_at=now, seen_at=now))
    audit.record(
        session,
        now=now,
        actor=f"person:{person_id}",
        action="person.signed_in",
        object_type="person",
        object_code=f"person:{person_id}",
    )


def principal(session: Session, session_key: str, *, now: datetime) -> Principal | None:
    """Who this browser is at this moment, with the roles of this moment, in one statement.

    Nobody after 30 idle minutes, after 12 hours, after signing out, or once the account is closed.
    """
    signed_in = (
        _principal_rows()
        .add_columns(WebSession.seen_at)
        .join(WebSession, WebSession.person_id == Person.id)
        .where(
            WebSession.key_hash == keys.hashed(session_key),
            WebSession.seen_at > now - IDLE,
            WebSession.created_at > now - ABSOLUTE,
            Person.active,
        )
        .order_by(RoleGrant.id)
    )
    rows = session.execute(signed_in).all()
    return _principal(rows, stale=rows[0].seen_at < now - TOUCH_EVERY) if rows else None


def touch(session: Session, session_key: str, *, now: datetime) -> None:
    """The person was here. Due at most once a minute, so that reading pages seldom writes."""
    session.execute(update(WebSession).where(WebSession.key_hash == keys.hashed(session_key)).values(seen_at=now))


def sign_out(session: Session, session_key: str) -> None:
    session.execute(delete(WebSession).where(WebSession.key_hash == keys.hashed(session_key)))


def sign_out_everywhere(session: Session, person_id: int, *, now: datetime, actor: str) -> None:
    """End every session of a person, on every device."""
    session.execute(delete(WebSession).where(WebSession.person_id == person_id))
    audit.record(
        session,
        now=now,
        actor=actor,
        action="person.signed_out_everywhere",
        object_type="person",
        object_code=f"person:{person_id}",
    )


def forget_ended(session: Session, *, now: datetime) -> None:
    """Delete codes and sessions that can no longer be used."""
    session.execute(delete(SignInCode).where(SignInCode.asked_at < now - timedelta(hours=1)))
    ended = (WebSession.seen_at < now - IDLE) | (WebSession.created_at < now - ABSOLUTE)
    session.execute(delete(WebSession).where(ended))


def _keyed(secret_key: str, content: str) -> str:
    return hmac.new(secret_key.encode(), content.encode(), hashlib.sha256).hexdigest()
