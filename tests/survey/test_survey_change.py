"""A release finds the wave before it, is compared with it, and can be computed again with it; on both databases."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from reports.files import bundle_reading, verification
from reports.files.tables import FileFaults
from survey import bundles, change_results, config, earlier_waves, register, releases, results
from survey.db import Database
from survey.demonstration import loading, people, sector
from survey.demonstration.sector import HOME, MERGED, Place
from survey.errors import NotFound, NotNow
from survey.models import Headcount, Participation, Release, Wave
from survey.people import principal_of
from survey.vocabulary import ReleaseState

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
NEW, REPLACED = "D122", MERGED["D122"]


@pytest.fixture
def places() -> tuple[Place, ...]:
    """Twelve districts, and those that merge."""
    districts = [place for place in sector.places() if place.type == "district"]
    return (*districts[:12], *[place for place in districts if place.code in (NEW, *REPLACED)])


@pytest.fixture
def loaded(database: Database, places: tuple[Place, ...], tmp_path: Path) -> Database:
    settings = config.read(
        {
            "SOUNDINGS_DATA": str(tmp_path),
            "DATABASE_URL": database.url.render_as_string(hide_password=False),
            "SOUNDINGS_SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz",
            "SOUNDINGS_LINK_KEY": "zyxwvutsrqponmlkjihgfedcba9876543210",
            "SOUNDINGS_DEMONSTRATION": "1",
        }
    )
    assert loading.load(database, settings, now=NOW, places=places)
    return database


def test_change_from_the_find_of_the_earlier_wave_to_the_page_and_the_bundle(loaded: Database, tmp_path: Path) -> None:
    with loaded.session() as session:
        first, second = (results.get(session, label, now=NOW) for label in ("2024.1", "2025.1"))
        assert (first.previous_label, first.previous_digest) == (None, None)
        assert (second.previous_label, len(second.previous_digest or "")) == ("2024.1", 64)
        assert not change_results.was_compared(first)
        with pytest.raises(NotFound, match="not compared"):
            change_results.of(session, first, HOME)
        seen = change_results.of(session, second, NEW)
        names = [register.by_code(session, code).name for code in REPLACED]
        assert seen.replaced.endswith(f"compared with {names[0]} and {names[1]} together, which it replaced.")
        assert seen.earlier == "Digital maturity survey 2024"
        assert "Senior leaders here make change happen" in seen.new_items
        own = change_results.of(session, second, HOME)
        assert [one.series for one in own.changed] == ["same", "same", "same", "common"]
        assert own.has_picture
        _bundle_is_verified(loaded, second, tmp_path)
        _the_register_of_later_days_is_no_matter(loaded, second)


def _bundle_is_verified(database: Database, release: Release, folder: Path) -> None:
    with database.session() as session:
        by = principal_of(session, f"researcher@{people.DOMAIN}")
        made = bundles.make(session, results.get_any(session, release.label), by=by)
    path = folder / made.name
    path.write_bytes(made.content)
    found = bundle_reading.read(path)
    assert {"change", "benchmarks_restated", "sector_change"} <= set(found.tables)
    assert found.previous is not None
    assert found.previous.successions is not None
    assert found.previous.successions["predecessor"].tolist() == list(REPLACED)
    assert verification.verify(found).numbers > 500
    with pytest.raises(FileFaults, match="other answers of the earlier wave"):
        verification.verify(dataclasses.replace(found, previous_digest="0" * 64))


def _the_register_of_later_days_is_no_matter(database: Database, release: Release) -> None:
    """Only what happened between the two waves counts, and the earlier wave must be as it was."""
    with database.session() as session, database.write(session):
        codes = register.by_codes(session, ["D018", "D020"])
        when = datetime(2025, 12, 1, tzinfo=UTC)
        register.succeed(session, codes["D018"], codes["D020"], on=when.date(), now=when, actor="system")
        by = principal_of(session, f"researcher@{people.DOMAIN}")
        found = results.get_any(session, release.label)
        bundles.make(session, found, by=by)  # still the same
        row = session.scalars(
            select(Headcount)
            .join(Participation, Participation.id == Headcount.participation_id)
            .join(Wave, Wave.id == Participation.wave_id)
            .where(Wave.code == "2024")
            .order_by(Headcount.id)
        ).first()
        assert row is not None
        row.headcount += 1
        session.flush()
        with pytest.raises(NotNow, match="has changed since"):
            bundles.make(session, found, by=by)


def test_only_a_published_release_of_the_same_questionnaire_and_kind_is_compared_with(loaded: Database) -> None:
    with loaded.session() as session:
        wave = session.scalars(select(Wave).where(Wave.code == "2025")).one()
        assert (earlier_waves.latest(session, wave) or Release()).number == 1
        last = session.scalars(select(Wave).where(Wave.code == "2026")).one()
        found = earlier_waves.latest(session, last)
        assert found is not None
        assert found.label == "2025.1"  # the latest of both
        with loaded.write(session):
            found.state = ReleaseState.APPROVED
            session.flush()
            assert (earlier_waves.latest(session, last) or Release()).label == "2024.1"
            wave.rehearsal = True
            session.flush()
            assert earlier_waves.latest(session, wave) is None
            assert releases.gather_with_earlier(session, "2025").earlier is None
