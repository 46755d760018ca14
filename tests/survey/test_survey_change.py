"""A release finds the wave before it, is compared with it, and can be computed again with it; on both databases."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from reports.files import bundle_reading, verification
from reports.files.tables import FileFaults
from survey import (
    bundles,
    change_results,
    earlier_waves,
    editions,
    keys,
    participation,
    register,
    results,
    stored_results,
    waves,
)
from survey.errors import NotFound, NotNow
from survey.models import Authority, Release, Submission, Wave
from survey.vocabulary import ReleaseState

if TYPE_CHECKING:
    from tests.survey.conftest import Closed

GONE, NEW = ("A01", "A02"), "M01"


def a_year_later(closed: Closed) -> Closed:
    """The same answers once more, a year later; A01 and A02 are one authority by then."""
    session, later = closed.session, closed.now + timedelta(days=365)
    merged = "code,name,type,nation,start,end,successor\n"
    day = (closed.now + timedelta(days=200)).date().isoformat()
    merged += "".join(f"{code},Town {code},unitary,Wales,,{day},{NEW}\n" for code in GONE)
    merged += f"{NEW},Town together,unitary,Wales,{day},,\n"
    with closed.database.write(session):
        register.import_authorities(session, merged.encode(), on=closed.now.date(), now=closed.now, actor="system")
        ids = {one.code: one.id for one in register.all_authorities(session)}
        codes = [code for code in ids if code not in GONE]
        dates = waves.Dates.of(later, later + timedelta(days=20))
        edition = editions.get(session, closed.wave.edition_id)
        wave = waves.plan(session, waves.Plan("2027", "Survey 2027", dates), edition, actor="system", now=later)
        participation.add(session, wave, codes, actor="system", now=later)
        waves.open_wave(session, wave, actor="system", now=later)
        owners = ids | dict.fromkeys(GONE, ids[NEW])
        rows = session.execute(
            select(Submission.answers, Authority.code)
            .join(Authority, Authority.id == Submission.authority_id)
            .where(Submission.wave_id == closed.wave.id)
        ).all()
        session.execute(
            insert(Submission),
            [
                {"id": keys.new_id(), "wave_id": wave.id, "authority_id": owners[code], "edition_id": edition.id}
                | {"answers": answers, "too_fast": False}
                for answers, code in rows
            ],
        )
        waves.close(session, wave, actor="system", now=wave.closes_at)
        session.commit()
    return dataclasses.replace(closed, wave=wave, now=later + timedelta(days=30))


def test_a_release_finds_the_wave_before_it_and_is_compared_with_it(closed: Closed, tmp_path: Path) -> None:
    first = closed.published()
    assert (first.previous_label, first.previous_digest) == (None, None)
    later = a_year_later(closed)
    second = later.published()
    assert (second.previous_label, len(second.previous_digest or "")) == ("2026.1", 64)
    session = closed.session
    with pytest.raises(NotFound, match="not compared"):
        change_results.of(session, results.get_any(session, first.label), "A03")
    release = results.get_any(session, second.label)
    change = stored_results.rows(session, change_results.CHANGE, release)
    same = change[(change["authority"] == "A03") & (change["measure"] == "agile")].iloc[0]
    assert (same["series"], same["change"], same["n_before"], same["n_after"]) == ("same", 0.0, 14, 14)
    seen = change_results.of(session, release, NEW)
    assert seen.replaced == "Town together is compared with Town A01 and Town A02 together, which it replaced."
    assert {(one.n_before, one.n_after) for one in seen.changed} == {(28, 28)}
    assert [one.change for one in seen.changed] == pytest.approx([0.0] * 4, abs=1e-9)
    assert seen.earlier == "Survey 2026"
    assert change[change["reason"].notna()][["before", "after", "change", "n_before"]].isna().all(axis=None)
    session.rollback()
    _bundle_is_verified(later, second.label, tmp_path)


def _bundle_is_verified(later: Closed, label: str, folder: Path) -> None:
    made = bundles.make(later.session, results.get_any(later.session, label), later.agreement())
    later.session.rollback()  # nothing waits for the database while the numbers are computed again
    path = folder / made.name
    path.write_bytes(made.content)
    found = bundle_reading.read(path)
    assert {"change", "benchmarks_restated", "sector_change"} <= set(found.tables)
    assert found.previous is not None
    assert found.previous.successions is not None
    assert found.previous.successions["predecessor"].tolist() == list(GONE)
    assert verification.verify(found).numbers > 500
    with pytest.raises(FileFaults, match="other answers of the earlier wave"):
        verification.verify(dataclasses.replace(found, previous_digest="0" * 64))


def test_the_earlier_wave_must_still_be_what_the_release_was_compared_with(closed: Closed) -> None:
    closed.published()
    later = a_year_later(closed)
    label = later.compute().label
    session = closed.session
    with closed.database.write(session):
        codes = register.by_codes(session, ["A03", "A04"])
        when = later.now + timedelta(days=1)  # what happens after the later wave opened is no matter
        register.succeed(session, codes["A03"], codes["A04"], on=when.date(), now=when, actor="system")
        bundles.make(session, results.get_any(session, label), later.agreement())
        one = session.scalars(select(Submission).where(Submission.wave_id == closed.wave.id)).first()
        session.delete(one)
        session.flush()
        with pytest.raises(NotNow, match="has changed since"):
            bundles.make(session, results.get_any(session, label), later.agreement())
        session.rollback()


def test_only_a_published_release_of_an_earlier_wave_of_the_same_kind_is_found(closed: Closed) -> None:
    release = closed.compute()
    wave = closed.wave
    later = Wave(edition_id=wave.edition_id, opens_at=wave.opens_at + timedelta(days=1), rehearsal=False)
    later.demonstration = False
    session = closed.session
    assert earlier_waves.latest(session, later) is None  # computed, and nobody has read it
    closed.approve(release)
    closed.publish(release)
    assert (earlier_waves.latest(session, later) or Release()).id == release.id
    assert earlier_waves.latest(session, wave) is None  # not with itself
    for name in ("rehearsal", "demonstration"):
        setattr(later, name, True)
        assert earlier_waves.latest(session, later) is None
        setattr(later, name, False)
    with closed.database.write(session):
        session.get_one(Release, release.id).state = ReleaseState.SUPERSEDED
        session.flush()
        assert earlier_waves.latest(session, later) is None
        session.rollback()


def test_a_correction_of_the_earlier_wave_makes_the_later_one_be_computed_again(closed: Closed) -> None:
    """The later release was held against the earlier wave as it was told then, and against no correction since."""
    closed.published()
    later = a_year_later(closed)
    release = later.compute()
    later.approve(release)
    dataclasses.replace(closed, now=later.now + timedelta(days=1)).published()
    with pytest.raises(NotNow, match=r"Release 2026\.2 was published after this one was computed"):
        dataclasses.replace(later, now=later.now + timedelta(days=2)).publish(release)
    closed.session.rollback()


def test_a_later_wave_that_is_told_makes_a_correction_of_the_earlier_one_be_computed_again(closed: Closed) -> None:
    closed.published()
    later = a_year_later(closed)
    correction = dataclasses.replace(closed, now=later.now - timedelta(days=1)).compute()
    closed.approve(correction)
    later.published()
    with pytest.raises(NotNow, match=r"Release 2027\.1 was published after this one was computed"):
        dataclasses.replace(later, wave=closed.wave, now=later.now + timedelta(days=1)).publish(correction)
    closed.session.rollback()
