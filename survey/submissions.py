"""The staff survey of one officer: a draft, a page saved, answers submitted and sealed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from sqlalchemy import ColumnElement, String, Table, bindparam, delete, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from questionnaires.definition import AnswerValue, Item, Page, Questionnaire
from reports.rules import Rules
from survey import answers as answer
from survey import keys, links, own_scores, sealing
from survey.db import database_now
from survey.errors import BadInput, NotFound, NotNow, Unavailable
from survey.links import Found, LinkState
from survey.models import Draft, Invitation, Participation, SpentKey, Wave
from survey.statements import Statement
from survey.vocabulary import InvitationKind

GONE = "We cannot find your answers in this browser. Open your link again; your resume code brings them back while the survey is open."
CHANGED = "Your answers were changed in another tab or on another device. Check them again before you send them."
UNANSWERED = "Answer at least one question about how your council works before you send your answers."


@dataclass(frozen=True, kw_only=True)
class Current(Found):
    """The draft of a browser with its link, wave, edition and authority, read in one statement."""

    draft_id: str
    revision: int
    answers: Mapping[str, AnswerValue]
    started_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """One item whose stored answer is not the posted one."""

    item: Item
    stored: AnswerValue | None
    posted: AnswerValue | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """A page that was changed elsewhere since it was shown. Nothing was saved; the officer sees both values.

    The choice between them is posted with `shown`, the digest of the items as they are stored now.
    """

    page: Page
    differences: tuple[Difference, ...]
    shown: str
    current: Current


@dataclass(frozen=True, slots=True)
class Submitted:
    """The reply to a submission: what was sealed and the own scores. Sent again, it holds neither."""

    answers: Mapping[str, AnswerValue]
    scores: Mapping[str, float | None]
    again: bool = False


# A draft begins


def start(session: Session, found: Found, *, browser_key: str, draft_id: str, link_key: str) -> None:
    """Begin a draft for this browser. It costs the link nothing, however often it is done."""
    begun = _BEGIN.one(
        session,
        {
            "link": found.invitation_id,
            "draft": draft_id,
            "browser": keys.hashed(browser_key),
            "resume": keys.resume_hash(link_key, keys.resume_code(link_key, draft_id)),
        },
    )
    if begun is None:
        raise NotNow(links.find_by_id(session, found.invitation_id).refusal or links.BUSY)


def current(session: Session, browser_key: str) -> Current | None:
    """The draft of this browser, with everything that its pages need, or None."""
    return _current(session, _OF_BROWSER, keys.hashed(browser_key))


def resume(session: Session, found: Found, code: str, *, browser_key: str, link_key: str) -> None:
    """Bring a draft of this link to this browser. The browser that had it is asked for the code in its turn.

    A draft lives in one browser at a time, so that taking it home also takes it off a shared computer.
    """
    moved = session.execute(
        update(Draft)
        .where(Draft.invitation_id == found.invitation_id, Draft.resume_hash == keys.resume_hash(link_key, code))
        .values(browser_key_hash=keys.hashed(browser_key))
        .returning(Draft.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    if moved is None:
        raise NotFound("That code does not belong to this link. Check it and type it again.")


def finish_on_device(session: Session, browser_key: str, *, new_key: str) -> None:
    """Take the draft off this browser: the key it holds opens nothing any more, the resume code still does."""
    session.execute(
        update(Draft)
        .where(Draft.browser_key_hash == keys.hashed(browser_key))
        .values(browser_key_hash=keys.hashed(new_key))
        .execution_options(synchronize_session=False)
    )


# A page is saved


def save_page(
    session: Session,
    draft: Current,
    questionnaire: Questionnaire,
    page: Page,
    values: Mapping[str, AnswerValue | None],
    *,
    shown: str,
) -> Current | Conflict:
    """Save what a page posted; `shown` is the digest of its items as it was shown.

    Items of the page that were asked and not posted are blank now, and their answers are removed. Changes on other
    pages are kept. Where the page itself was changed elsewhere, nothing is saved and both values come back.
    """
    posted = answer.checked(page.items, values)
    for _ in range(2):
        if not draft.accepting:
            raise NotNow(draft.refusal or GONE)
        asked = questionnaire.asked_items(page, draft.answers)
        differences = _differences(asked, draft.answers, posted)
        if not differences:
            return draft
        now_shown = answer.shown_digest(asked, draft.answers)
        if now_shown != shown:
            return Conflict(page, differences, now_shown, draft)
        saved = _save(session, draft, differences)
        if saved is not None:
            return saved
        draft = _again(session, draft)
    raise Unavailable("Your answers are being changed in several places at once. Nothing was saved. Please try again.")


def _differences(
    asked: tuple[Item, ...], stored: Mapping[str, AnswerValue], posted: Mapping[str, AnswerValue | None]
) -> tuple[Difference, ...]:
    pairs = (Difference(item, stored.get(item.code), posted.get(item.code)) for item in asked)
    return tuple(pair for pair in pairs if not answer.same(pair.stored, pair.posted))


def _save(session: Session, draft: Current, differences: tuple[Difference, ...]) -> Current | None:
    """One conditional update: the revision is the one read, and the database's clock lets the wave take changes."""
    merged = dict(draft.answers)
    for difference in differences:
        if difference.posted is None:
            merged.pop(difference.item.code, None)
        else:
            merged[difference.item.code] = difference.posted
    read = {"draft": draft.draft_id, "read_revision": draft.revision, "merged": answer.stored(merged)}
    saved = _SAVE.one(session, read)
    return None if saved is None else replace(draft, answers=merged, revision=saved["revision"])


def _again(session: Session, draft: Current) -> Current:
    """The draft read once more, after an update that took nothing."""
    fresh = _current(session, _OF_ID, draft.draft_id)
    if fresh is None:
        raise NotNow(GONE)
    return fresh


# Answers are submitted


def submit(
    session: Session,
    draft: Current,
    questionnaire: Questionnaire,
    *,
    revision: int,
    browser_key: str,
    link_key: str,
    new_id: Callable[[], str] = keys.new_id,
) -> Submitted:
    """Seal the answers in one transaction: receipt, draft deleted, rows under random ids. Sent again, it says so.

    `revision` is that of the answers as they were shown for checking.
    """
    if revision != draft.revision:
        raise NotNow(CHANGED)
    sealed = answer.asked_only(questionnaire, draft.answers)
    if not any(item.is_scored and item.code in sealed for item in questionnaire.items.values()):
        raise BadInput(UNANSWERED)
    if not _take_draft_and_receipt(session, draft):
        return _sent_before(session, draft, browser_key=browser_key, link_key=link_key)
    rules = Rules()
    seconds = (draft.now - draft.started_at).total_seconds()
    place = sealing.Place(draft.wave_id, draft.edition_id, questionnaire)
    row = sealing.Answered(draft.authority_id, sealed, too_fast=seconds < rules.seconds_per_item * len(sealed))
    sealing.write(session, place, (row,), new_id=new_id)
    _SPEND.one(session, {"key": keys.spent_hash(link_key, browser_key)})
    return Submitted(sealed, own_scores.of(questionnaire, sealed, rules))


def was_submitted(session: Session, browser_key: str, *, link_key: str) -> bool:
    """Whether this browser's draft is gone because it was submitted: a double click, a lost reply, the back button."""
    spent = select(SpentKey.key_hash).where(SpentKey.key_hash == keys.spent_hash(link_key, browser_key))
    return session.execute(spent).one_or_none() is not None


def _take_draft_and_receipt(session: Session, draft: Current) -> bool:
    """Both or neither. False changes nothing; a refusal here is rolled back by the caller with the transaction.

    A personal link is locked by its receipt before its drafts are touched: two devices that send at once queue there.
    """
    if draft.invitation_kind == InvitationKind.PERSONAL:
        if not _take_receipt(session, draft):
            return False
        if draft.draft_id not in _delete_drafts(session, draft):
            raise NotNow(CHANGED)
        return True
    if not _delete_drafts(session, draft):
        return False
    if not _take_receipt(session, draft):
        raise NotNow(_why_not(session, draft))
    return True


def _take_receipt(session: Session, draft: Current) -> bool:
    personal = draft.invitation_kind == InvitationKind.PERSONAL
    return _TAKE[personal].one(session, {"link": draft.invitation_id}) is not None


def _delete_drafts(session: Session, draft: Current) -> frozenset[str]:
    """All drafts of a personal link, the one draft of a shared one; the ids of those that had the revision read."""
    if draft.invitation_kind == InvitationKind.PERSONAL:
        gone = _DELETE_ALL.all(session, {"link": draft.invitation_id})
    else:
        gone = _DELETE_ONE.all(session, {"draft": draft.draft_id, "read_revision": draft.revision})
    ours = {one["id"]: one["revision"] for one in gone}
    return frozenset(one for one, at in ours.items() if one != draft.draft_id or at == draft.revision)


def _sent_before(session: Session, draft: Current, *, browser_key: str, link_key: str) -> Submitted:
    if was_submitted(session, browser_key, link_key=link_key):
        return Submitted({}, {}, again=True)
    raise NotNow(_why_not(session, draft))


def _why_not(session: Session, draft: Current) -> str:
    found = links.find_by_id(session, draft.invitation_id)
    if found.state is LinkState.USABLE or found.state is LinkState.NO_NEW_STARTS:
        return CHANGED
    return found.refusal or GONE


def _current(session: Session, statement: Statement, wanted: str) -> Current | None:
    row = statement.one(session, {"wanted": wanted})
    return None if row is None else Current(**{**row, "answers": answer.loaded(row["answers"])})


def _wave_of_invitation(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """The invitation of the outer statement belongs to a wave that takes changes now."""
    return exists().where(
        Participation.id == Invitation.participation_id,
        Wave.id == Participation.wave_id,
        links.accepts_changes(),
        *conditions,
    )


# Built once: putting a statement together costs more than sending it.


def _drafts(condition: ColumnElement[bool]) -> Statement:
    statement = links.found_by(condition).join(Draft, Draft.invitation_id == Invitation.id)
    return Statement(statement.add_columns(Draft.id.label("draft_id"), Draft.revision, Draft.answers, Draft.started_at))


_OF_BROWSER = _drafts(Draft.browser_key_hash == bindparam("wanted"))
_OF_ID = _drafts(Draft.id == bindparam("wanted"))
_TABLE = cast("Table", Draft.__table__)
_SAVE = Statement(
    update(_TABLE)
    .where(
        _TABLE.c.id == bindparam("draft"),
        _TABLE.c.revision == bindparam("read_revision"),
        exists().where(
            Invitation.id == _TABLE.c.invitation_id, ~Invitation.revoked, ~Invitation.used, _wave_of_invitation()
        ),
    )
    .values(answers=bindparam("merged"), revision=_TABLE.c.revision + 1)
    .returning(_TABLE.c.revision)
)


_BEGIN = Statement(
    insert(_TABLE)
    .from_select(
        ["id", "invitation_id", "browser_key_hash", "resume_hash", "answers", "revision", "started_at"],
        select(
            bindparam("draft", type_=String),
            Invitation.id,
            bindparam("browser", type_=String),
            bindparam("resume", type_=String),
            literal("{}"),
            literal(0),
            database_now(),
        ).where(
            Invitation.id == bindparam("link"),
            ~Invitation.revoked,
            ~Invitation.used,
            (Invitation.cap.is_(None)) | (Invitation.received < Invitation.cap),
            _wave_of_invitation(database_now() < Wave.last_start_at),
        ),
    )
    .returning(_TABLE.c.id)
)
_GONE = (_TABLE.c.id, _TABLE.c.revision)
_DELETE_ALL = Statement(delete(_TABLE).where(_TABLE.c.invitation_id == bindparam("link")).returning(*_GONE))
_DELETE_ONE = Statement(
    delete(_TABLE)
    .where(_TABLE.c.id == bindparam("draft"), _TABLE.c.revision == bindparam("read_revision"))
    .returning(*_GONE)
)
_SPENT = cast("Table", SpentKey.__table__)
_SPEND = Statement(insert(_SPENT).values(key_hash=bindparam("key")).returning(_SPENT.c.key_hash))
_LINK = cast("Table", Invitation.__table__)


def _taking() -> dict[bool, Statement]:
    """How a receipt is taken: of a personal link (true), of a shared one."""
    taken = update(_LINK).where(_LINK.c.id == bindparam("link"), ~_LINK.c.revoked, _wave_of_invitation())
    shared = taken.where(_LINK.c.received < _LINK.c.cap).values(received=_LINK.c.received + 1)
    personal = taken.where(~_LINK.c.used).values(used=True)
    return {True: Statement(personal.returning(_LINK.c.id)), False: Statement(shared.returning(_LINK.c.id))}


_TAKE = _taking()
