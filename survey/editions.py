"""Editions: questionnaires and their translations as stored text with digests. Files are only loaded from.

What a wave asks is what is stored here, not what lies in a folder. A page must not pay for reading it: an edition is
parsed once per digest and process, and the digest covers the translations, which may be mended in the field.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from questionnaires import files, loader
from questionnaires.definition import Questionnaire
from questionnaires.faults import QuestionnaireFaults
from survey import transitions
from survey.errors import BadInput, NotAllowed, NotFound, NotNow
from survey.models import Edition, EditionTranslation
from survey.people import Principal
from survey.vocabulary import EditionState

_FIXED = frozenset({EditionState.FIELDED, EditionState.RETIRED})
_MOST_KEPT = 200

Key = tuple[int, str, str, tuple[str, ...] | None]


def store(
    session: Session,
    text: str,
    translations: Mapping[str, str],
    *,
    file: str,
    now: datetime,
    actor: str,
    author_id: int | None = None,
) -> Edition:
    """Keep a questionnaire and its translations. The same content again is the same edition.

    A draft takes the new content. Once approved, only translations and texts outside the measurement may change.
    """
    questionnaire = _parsed(text, translations, file=file)
    measurement = loader.measurement_digest(questionnaire)
    known = _find(session, questionnaire.code, questionnaire.version)
    if known is not None and known.measurement_digest != measurement and known.state != EditionState.DRAFT:
        raise NotNow(
            f"{file}: {known.code} version {known.version} is {known.state.replace('_', ' ')}, so what it measures is "
            "fixed. Give the changed questionnaire a new version."
        )
    edition = known or Edition(
        code=questionnaire.code, version=questionnaire.version, audience=questionnaire.audience, author_id=author_id
    )
    digest = _digest(text, translations)
    if known is not None and known.digest == digest:
        return known
    edition.body, edition.digest, edition.measurement_digest = text, digest, measurement
    if known is None:
        session.add(edition)
        transitions.begin(session, transitions.EDITION, edition, now=now, actor=actor)
    else:
        transitions.note(session, transitions.EDITION, edition, "edition.changed", now=now, actor=actor)
    _store_translations(session, edition, translations)
    return edition


def store_file(session: Session, path: Path, *, now: datetime, actor: str, author_id: int | None = None) -> Edition:
    """Keep the questionnaire of a file, with the translations `<name>.<language>.toml` that lie beside it."""
    beside = {
        file.name.removeprefix(f"{path.stem}.").removesuffix(".toml"): loader.contents(file)
        for file in sorted(path.parent.glob(f"{path.stem}.*.toml"))
    }
    text = _contents(path)
    return store(session, text, beside, file=path.name, now=now, actor=actor, author_id=author_id)


def store_shipped(session: Session, code: str, version: str, *, now: datetime, actor: str) -> Edition:
    """Keep a questionnaire that ships with the product."""
    path = files.path(code, version)
    if not path.is_file():
        raise NotFound(f"No questionnaire {code} version {version} ships with this product.")
    return store_file(session, path, now=now, actor=actor)


def get(session: Session, edition_id: int) -> Edition:
    edition = session.get(Edition, edition_id)
    if edition is None:
        raise NotFound("There is no such questionnaire.")
    return edition


def find(session: Session, code: str, version: str) -> Edition:
    edition = _find(session, code, version)
    if edition is None:
        raise NotFound(f"There is no questionnaire {code} version {version}.")
    return edition


def newest(session: Session, code: str) -> Edition:
    """The edition of this code that was stored last."""
    edition = session.scalars(select(Edition).where(Edition.code == code).order_by(Edition.id.desc()).limit(1)).first()
    if edition is None:
        raise NotFound(f"There is no questionnaire {code}.")
    return edition


def listed(session: Session) -> list[Edition]:
    return list(session.scalars(select(Edition).order_by(Edition.code, Edition.id)))


# States


def submit_for_review(session: Session, edition: Edition, *, by: Principal, now: datetime) -> None:
    if edition.author_id is None:
        edition.author_id = by.person_id
    _follow(session, edition, EditionState.IN_REVIEW, by=by, now=now)


def return_to_author(session: Session, edition: Edition, *, by: Principal, now: datetime, reason: str) -> None:
    """Not yet: the author changes it and hands it in again."""
    _follow(session, edition, EditionState.DRAFT, by=by, now=now, reason=reason)


def approve(session: Session, edition: Edition, *, by: Principal, now: datetime) -> None:
    """A second person says that this may go to officers."""
    if edition.author_id == by.person_id:
        raise NotAllowed("Somebody other than the author approves a questionnaire.")
    edition.approver_id = by.person_id
    _follow(session, edition, EditionState.APPROVED, by=by, now=now)


def field(session: Session, edition: Edition, *, actor: str, now: datetime) -> None:
    """The first answer is about to come: from here on, what is measured is fixed. Fielding again changes nothing."""
    if edition.state != EditionState.FIELDED:
        transitions.follow(session, transitions.EDITION, edition, EditionState.FIELDED, now=now, actor=actor)


def retire(session: Session, edition: Edition, *, by: Principal, now: datetime) -> None:
    """No new wave can ask it; what was answered stays."""
    _follow(session, edition, EditionState.RETIRED, by=by, now=now)


def _follow(
    session: Session, edition: Edition, target: EditionState, *, by: Principal, now: datetime, reason: str = ""
) -> None:
    transitions.follow(
        session, transitions.EDITION, edition, target, now=now, actor=by.actor, roles=by.roles, reason=reason
    )


# Reading


class _Shelf:
    """Parsed questionnaires of this process; the least recently put ones go when it is full."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Key, Questionnaire] = {}

    def get(self, key: Key) -> Questionnaire | None:
        return self._kept.get(key)

    def put(self, key: Key, questionnaire: Questionnaire) -> Questionnaire:
        with self._lock:
            while len(self._kept) >= _MOST_KEPT:
                del self._kept[next(iter(self._kept))]
            return self._kept.setdefault(key, questionnaire)


_SHELF = _Shelf()


def questionnaire(
    session: Session,
    edition_id: int,
    digest: str,
    language: str = "",
    optional_sections: Sequence[str] | None = None,
) -> Questionnaire:
    """The edition in a language, as a wave fields it; no statement where this process has read this digest before.

    `optional_sections` are the codes of those that the wave asks (as a list, or joined by a space as `Wave` holds
    them); without it every section stays. A language that the edition lacks gives the base language.
    """
    sections = optional_sections.split() if isinstance(optional_sections, str) else optional_sections
    key = (edition_id, digest, language, None if sections is None else tuple(sections))
    kept = _SHELF.get(key)
    if kept is not None:
        return kept
    edition = get(session, edition_id)
    if edition.digest != digest:  # changed since the caller looked: what is read now is kept under its own digest
        key = (edition_id, edition.digest, *key[2:])
    return _SHELF.put(key, _read(session, edition, language, sections))


def questionnaire_of(
    session: Session, edition: Edition, language: str = "", optional_sections: Sequence[str] | None = None
) -> Questionnaire:
    """The same for an edition that is at hand."""
    return questionnaire(session, edition.id, edition.digest, language, optional_sections)


def languages(session: Session, edition_id: int) -> tuple[str, ...]:
    """The languages in which an edition can be answered, the one it was written in first."""
    edition = get(session, edition_id)
    rows = select(EditionTranslation.language).where(EditionTranslation.edition_id == edition_id)
    translated = session.scalars(rows.order_by(EditionTranslation.language))
    return (loader.parse(edition.body).language, *translated)


def _read(session: Session, edition: Edition, language: str, sections: Sequence[str] | None) -> Questionnaire:
    base = loader.parse(edition.body, file=f"{edition.code}-{edition.version}")
    if language and language != base.language:
        translation = session.get(EditionTranslation, (edition.id, language))
        if translation is not None:
            base = loader.translate(base, translation.body, file=f"{edition.code}-{edition.version}.{language}")
    return base if sections is None else base.without_optional_sections(sections)


def _find(session: Session, code: str, version: str) -> Edition | None:
    return session.scalars(select(Edition).where(Edition.code == code, Edition.version == version)).first()


def _contents(path: Path) -> str:
    try:
        return loader.contents(path)
    except OSError:
        raise BadInput(f"{path.name}: this file cannot be read.") from None
    except QuestionnaireFaults as faults:
        raise _refusal(faults) from None


def _parsed(text: str, translations: Mapping[str, str], *, file: str) -> Questionnaire:
    try:
        base = loader.parse(text, file=file)
        for language, translation in sorted(translations.items()):
            loader.translate(base, translation, file=f"{Path(file).stem}.{language}.toml")
    except QuestionnaireFaults as faults:
        raise _refusal(faults) from None
    return base


def _refusal(faults: QuestionnaireFaults) -> BadInput:
    return BadInput("The questionnaire has faults. Nothing was stored.", tuple(str(fault) for fault in faults.faults))


def _store_translations(session: Session, edition: Edition, translations: Mapping[str, str]) -> None:
    rows = select(EditionTranslation).where(EditionTranslation.edition_id == edition.id)
    stored = {row.language: row for row in session.scalars(rows)}
    for language, text in sorted(translations.items()):
        row = stored.get(language) or EditionTranslation(edition_id=edition.id, language=language)
        row.body, row.digest = text, loader.digest(text)
        session.add(row)
    for language in stored.keys() - translations.keys():
        session.delete(stored[language])
    session.flush()


def _digest(text: str, translations: Mapping[str, str]) -> str:
    """Over the questionnaire and all its translations: the key under which parsed editions are kept."""
    parts = [text, *(f"{language}\n{body}" for language, body in sorted(translations.items()))]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
