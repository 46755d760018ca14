"""Marks that nobody else bears, laid over the small sector, and a walk that reads all that a visitor can reach."""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from html import unescape

import pypdf
import visitors
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session
from visitors import DRAFT_WORDS, HOME, SEALED_WORDS, World
from werkzeug.test import TestResponse

from survey import keys, people
from survey.models import (
    Authority,
    Draft,
    Invitation,
    Participation,
    Person,
    RoleGrant,
    SealedEquality,
    SealedText,
    Submission,
    Wave,
)
from survey.vocabulary import InvitationKind, RoleName

_LINK = re.compile(r'(?:href|src|action)="(/[^"]*)"')
_ID, _IDS = re.compile(r"[0-9a-f]{32}"), re.compile(r"(?=([0-9a-f]{32}))")
_LINE, _LETTER = re.compile(r"<g transform.*?</g>"), re.compile(r'href="#[a-z]([0-9a-f]+)"')
LIKE_THE_LEAD = {"Y": RoleName.DEPUTY, "Z": RoleName.CONTRIBUTOR}
EQUALITY_WORDS = "canary-of-an-equality-answer"


@dataclass
class Marks:
    """Every mark, by what it stands for; of authorities, people and addresses by the code of their authority."""

    answers: dict[str, str] = field(default_factory=dict)
    ids: set[str] = field(default_factory=set)
    tokens: set[str] = field(default_factory=set)
    addresses: dict[str, set[str]] = field(default_factory=dict)
    people: dict[str, set[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def of_others(self, own: str) -> dict[str, str]:
        """Marks of other authorities: names, people, addresses of officers, each with what it is."""
        found = {name: f"the name of {code}" for code, name in self.names.items() if code != own}
        for kind, marked in (("a person", self.people), ("the address of an officer", self.addresses)):
            mine = marked.get(own, set())  # somebody may have moved from one authority to another
            found |= {
                mark: f"{kind} of {code}" for code, marks in marked.items() if code != own for mark in marks - mine
            }
        return found

    def of_nobody(self) -> dict[str, str]:
        """What nobody may read: sealed words, drafts, ids of rows, links of others."""
        found = dict(self.answers)
        found |= dict.fromkeys(self.ids, "the id of a sealed row or a draft")
        return found | dict.fromkeys(self.tokens, "a link")


def lay(world: World) -> Marks:
    """Mark people, addresses, equality answers, links and rows of the made-up sector."""
    marks = Marks(
        answers={SEALED_WORDS: "a free text", DRAFT_WORDS: "a draft", EQUALITY_WORDS: "an equality answer"},
        names=dict(world.names),
    )
    with world.database.session() as session, world.database.write(session):
        _invite_away(session, world)
        _mark_addresses(session, world, marks)
        _mark_people(session, marks)
        session.execute(update(SealedEquality).values(answers=f'{{"gender":"{EQUALITY_WORDS}"}}'))
        wave_id = session.scalars(select(Wave.id).where(Wave.code == "2025")).one()
        sealed = {"id": keys.new_id(), "wave_id": wave_id, "answers": f'{{"gender":"{EQUALITY_WORDS}"}}'}
        session.execute(insert(SealedEquality), [sealed])
        for table in (Submission, SealedEquality, SealedText, Draft):
            marks.ids |= set(session.scalars(select(table.id)))
        session.commit()
    return marks


def let_in_more(world: World) -> None:
    """A deputy and a contributor of the home authority, whom the table of who may reach what sees as the lead is seen."""
    now = datetime.now(UTC)
    with world.database.session() as session, world.database.write(session):
        home = session.scalars(select(Authority.id).where(Authority.code == HOME)).one()
        for visitor, role in LIKE_THE_LEAD.items():
            person = people.add(session, f"{role.lower()}@council.example", role.title(), now=now, actor="system")
            people.grant(session, person.id, role, authority_id=home, now=now, actor="system")
            world.browsers[visitor] = world.app.test_client()
            visitors.sign_in(session, world.browsers[visitor], person.id)
        session.commit()


def _invite_away(session: Session, world: World) -> None:
    """Officers of the other authority, by name: in the made-up sector most have a shared link."""
    away = select(Participation.id).join(Authority).join(Wave)
    place = session.scalars(away.where(Authority.code == world.away, Wave.code == "2026")).one()
    for number in range(3):
        session.add(Invitation(
            participation_id=place, kind=InvitationKind.PERSONAL, address=f"officer{number}@away.example",
            token_hash=keys.hashed(keys.new_key()),
        ))  # fmt: skip
    session.flush()


def _mark_addresses(session: Session, world: World, marks: Marks) -> None:
    rows = session.execute(
        select(Invitation, Authority.code)
        .join(Participation, Participation.id == Invitation.participation_id)
        .join(Authority, Authority.id == Participation.authority_id)
    ).all()
    for link, code in rows:
        marks.tokens.add(keys.token(world.settings.link_key, link.id, link.epoch))
        if link.address:
            link.address = f"canary-{link.id}-{code.lower()}@officers.example"
            marks.addresses.setdefault(code, set()).add(link.address)


def _mark_people(session: Session, marks: Marks) -> None:
    rows = session.execute(
        select(Person, Authority.code)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .join(Authority, Authority.id == RoleGrant.authority_id)
    ).all()
    for person, code in rows:
        person.name = f"Canary Person {person.id:04d}"
        marks.people.setdefault(code, set()).update({person.name, person.email})


# The walk


def walk(world: World, visitor: str, starts: Iterable[str], *, most: int, documents: bool = True) -> dict[str, str]:
    """Every page and file that a visitor reaches from these by links, with all that its answer says.

    Without `documents`, PDFs are left out: reading one takes as long as fifty pages.
    """
    waiting, found = deque(starts), dict[str, str]()
    while waiting and len(found) < most:
        url = waiting.popleft()
        if url in found or (url.endswith(".pdf") and not documents):
            continue
        answer = world.visit(visitor, "GET", url)
        found[url] = said(answer)
        if answer.mimetype == "text/html":
            links = (unescape(link).partition("#")[0] for link in _LINK.findall(answer.text))
            waiting.extend(link for link in links if link and link not in found and not link.startswith("/static"))
    return found


def said(answer: TestResponse) -> str:
    """Headers and content in words: of a document its pages and its metadata, of an archive all its files."""
    return f"{answer.headers}\n{words_of(answer.data)}"


def kind(text: str) -> str:
    """The type of what was said, as its header tells it."""
    found = re.search(r"Content-Type: [\w.+-]+/([\w.-]+)", text)
    return found[1] if found else "other"


def words_of(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        return _words_of_pdf(content)
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            return "\n".join(f"{name}\n{words_of(packed.read(name))}" for name in packed.namelist())
    text = content.decode(errors="replace")
    return f"{text}\n{_drawn(text)}" if "<use " in text else text


def _drawn(picture: str) -> str:
    """The words of a picture: its letters are outlines, each of them named by the number of its character."""
    lines = (_LETTER.findall(line) for line in _LINE.findall(picture))
    return "\n".join("".join(chr(int(letter, 16)) for letter in line) for line in lines)


@lru_cache
def _words_of_pdf(content: bytes) -> str:
    """Reading a document takes far longer than making a page, and many visitors get the same one."""
    document = pypdf.PdfReader(io.BytesIO(content))
    pages = "\n".join(page.extract_text() for page in document.pages)
    return f"{document.metadata}\n{pages}\n{content.decode('latin-1')}"


def held(pages: Mapping[str, str], forbidden: Mapping[str, str]) -> list[str]:
    """Which page holds which mark that it must not, as sentences.

    There are thousands of ids: whatever in a page could be one is looked up, where other marks are looked for.
    """
    ids = {mark: what for mark, what in forbidden.items() if _ID.fullmatch(mark)}
    others = {mark: what for mark, what in forbidden.items() if mark not in ids}
    others |= {mark.replace(" ", ""): what for mark, what in others.items()}  # pictures draw no spaces
    found = []
    for url, text in pages.items():
        found += [f"{url} holds {what}" for mark, what in others.items() if mark in text]
        found += [f"{url} holds {ids[one]}" for one in {hit[1] for hit in _IDS.finditer(text)} if one in ids]
    return found


def own(world: World, visitor: str) -> str:
    return world.away if visitor in "OT" else HOME
