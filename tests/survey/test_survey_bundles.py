"""The bundle of a release: its stored numbers with their answers, verified on both databases, for researchers only."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from reports import digest
from reports.files import bundle_reading, verification
from reports.files.tables import FileFaults
from survey import bundles, microdata, releases, results
from survey.errors import BadInput, NotAllowed, NotNow
from survey.microdata import Form
from survey.models import RESULT_TABLES, AuditEntry, Authority, Release, Submission
from survey.people import Grant, Principal
from survey.vocabulary import RoleName

if TYPE_CHECKING:
    from tests.survey.conftest import Closed


def bundle_of(closed: Closed, release: Release, folder: Path) -> Path:
    found = results.get_any(closed.session, release.label)
    made = bundles.make(closed.session, found, closed.agreement())
    path = folder / made.name
    path.write_bytes(made.content)
    return path


def test_every_stored_number_is_computed_again_from_the_bundle(closed: Closed, tmp_path: Path) -> None:
    path = bundle_of(closed, closed.compute(), tmp_path)
    found = bundle_reading.read(path)
    assert verification.verify(found).numbers > 500
    assert set(found.tables) <= set(RESULT_TABLES)
    assert {"scores", "items", "group_scores", "benchmarks", "standings"} <= set(found.tables)


def test_a_stored_number_that_is_not_what_was_computed_is_named(closed: Closed, tmp_path: Path) -> None:
    release = closed.compute()
    table = RESULT_TABLES["scores"]
    row = (table.c.release_id == release.id, table.c.authority == "A01", table.c.measure == "agile")
    with closed.database.write(closed.session):
        stored = closed.session.scalar(select(table.c.score).where(*row)) or 0.0
        closed.session.execute(table.update().where(*row).values(score=stored * (1 + 1e-10)))
        closed.session.commit()
    with pytest.raises(FileFaults, match="scores, authority A01, measure agile, score"):
        verification.verify(bundle_reading.read(bundle_of(closed, release, tmp_path)))


def test_the_answers_in_it_are_what_the_computation_needs(closed: Closed, tmp_path: Path) -> None:
    path = bundle_of(closed, closed.compute(), tmp_path)
    with zipfile.ZipFile(path) as archive:
        header = archive.read("responses.csv").decode().splitlines()[0].split(",")
        about = json.loads(archive.read("datapackage.json"))["soundings"]
    scored = [item.code for item in closed.questionnaire.scored_items]
    assert header == ["authority", "service_area", "tier", "too_fast", *scored]
    assert about["release"] == "2026.1"
    assert about["audience"] == "release"


def test_the_same_release_gives_the_same_bytes(closed: Closed) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    first, second = (bundles.make(closed.session, release, closed.agreement()) for _ in range(2))
    assert first.content == second.content
    assert zipfile.ZipFile(io.BytesIO(first.content)).testzip() is None


@pytest.mark.parametrize(
    ("by", "agreed_by", "why"),
    [
        ("publisher", "publisher", "for researchers"),
        ("researcher", "researcher", "another person must agree"),
        ("researcher", "lead", "another person must agree"),
    ],
)
def test_a_researcher_takes_answers_away_when_a_publisher_agrees(
    closed: Closed, by: str, agreed_by: str, why: str
) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    people = {**closed.people, "lead": Principal(99, "Lead", "lead@x.example", (Grant(RoleName.LEAD, 1),))}
    with pytest.raises(NotAllowed, match=why):
        bundles.make(closed.session, release, bundles.Agreement(people[by], people[agreed_by], "To check it."))


def test_nobody_agrees_with_themselves(closed: Closed) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    grants = (Grant(RoleName.RESEARCHER), Grant(RoleName.PUBLISHER))
    both = replace(closed.people["researcher"], grants=grants)
    with pytest.raises(NotAllowed, match="who is another person"):
        bundles.make(closed.session, release, bundles.Agreement(both, both, "To check it."))


@pytest.mark.parametrize("reason", ["", "  ", "x" * 1_001, "two\nlines"])
def test_a_bundle_needs_a_reason(closed: Closed, reason: str) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    with pytest.raises(BadInput, match="what the bundle is for"):
        bundles.make(closed.session, release, replace(closed.agreement(), reason=reason))


def test_a_bundle_says_that_it_is_not_de_identified(closed: Closed, tmp_path: Path) -> None:
    with zipfile.ZipFile(bundle_of(closed, closed.compute(), tmp_path)) as archive:
        about = json.loads(archive.read("datapackage.json"))
    assert about["description"].startswith("This file is not de-identified")


def take_microdata(closed: Closed) -> None:
    outline = microdata.outline(closed.session, closed.wave, by=closed.people["researcher"])
    with closed.database.write(closed.session):
        microdata.record(closed.session, outline, Form.CODES, by=closed.people["researcher"], now=closed.now)
        closed.session.commit()


def test_nobody_who_took_microdata_gets_a_bundle_of_the_wave(closed: Closed, tmp_path: Path) -> None:
    release = closed.compute()
    take_microdata(closed)
    with pytest.raises(NotAllowed, match="You have taken microdata of 2026"):
        bundle_of(closed, release, tmp_path)


def test_nobody_who_took_a_bundle_gets_microdata_of_the_wave(closed: Closed) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    made = bundles.make(closed.session, release, closed.agreement())
    with closed.database.write(closed.session):
        bundles.record(closed.session, release, made, closed.agreement(), now=closed.now)
        closed.session.commit()
    with pytest.raises(NotAllowed, match="You have taken a bundle of 2026"):
        take_microdata(closed)


def test_a_release_whose_answers_are_no_longer_the_same_has_no_bundle(closed: Closed, tmp_path: Path) -> None:
    release = closed.compute()
    with closed.database.write(closed.session):
        one = closed.session.scalars(select(Submission).order_by(Submission.id)).first()
        closed.session.delete(one)
        closed.session.commit()
    with pytest.raises(NotNow, match="changed since"):
        bundle_of(closed, release, tmp_path)


def rename(closed: Closed, code: str) -> None:
    with closed.database.write(closed.session):
        closed.session.scalars(select(Authority).where(Authority.code == code)).one().name = "Now called otherwise"
        closed.session.commit()


def test_a_release_has_its_bundle_after_an_authority_was_renamed(closed: Closed, tmp_path: Path) -> None:
    release = closed.compute()
    before = bundle_of(closed, release, tmp_path).read_bytes()
    rename(closed, "A01")
    after = bundle_of(closed, release, tmp_path)
    assert after.read_bytes() != before  # the list of authorities has the new name
    assert verification.verify(bundle_reading.read(after)).numbers > 500


def test_a_release_from_before_keeps_its_bundle_while_its_names_are_the_same(closed: Closed, tmp_path: Path) -> None:
    """Its digest was taken of names too, and nobody knows how what was renamed since was called then."""
    release = closed.compute()
    found = releases.gather(closed.session, "2026")
    tables = found.authorities, found.headcounts
    with closed.database.write(closed.session):
        release = closed.session.get_one(Release, release.id)
        release.input_digest = digest._hashed(digest._people(found.responses), tables, digest._lines)
        closed.session.commit()
    assert verification.verify(bundle_reading.read(bundle_of(closed, release, tmp_path))).numbers > 500
    rename(closed, "A01")
    with pytest.raises(NotNow, match="changed since"):
        bundle_of(closed, release, tmp_path)


def test_who_took_a_bundle_is_in_the_audit_trail(closed: Closed) -> None:
    release = results.get_any(closed.session, closed.compute().label)
    made = bundles.make(closed.session, release, closed.agreement())
    with closed.database.write(closed.session):
        bundles.record(closed.session, release, made, closed.agreement(), now=closed.now)
        closed.session.commit()
    entry = closed.session.scalars(select(AuditEntry).where(AuditEntry.action == "bundle.exported")).one()
    assert entry.object_code == "2026.1"
    assert entry.details["rows"] == made.rows
    assert entry.details["agreed_by"] == closed.people["publisher"].actor
    assert entry.details["reason"] == "The numbers are checked by the university."
    assert entry.details["waves"] == ["2026"]
