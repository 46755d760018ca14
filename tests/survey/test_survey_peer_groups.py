"""Uploaded lists join the menu until it is frozen; everything told is held against an attacker who knows all of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from reports.rules import Rules
from survey import ledger, peer_lists, releases, stored_results, wave_rules
from survey.errors import BadInput, NotNow
from survey.models import AuditEntry
from survey.wave_rules import Sizes

CODES = [f"A{number:02}" for number in range(1, 15)]


def listed(name: str, codes: list[str]) -> bytes:
    return "\n".join(["list,authority", *(f"{name},{code}" for code in codes)]).encode()


def upload(closed, content: bytes) -> dict[str, int]:
    with closed.database.write(closed.session):
        sizes = peer_lists.replace(closed.session, closed.wave, content, actor="system", now=closed.now)
        closed.session.commit()
    return sizes


def test_an_uploaded_list_is_a_peer_group_of_its_members(closed) -> None:
    assert upload(closed, listed("Coastal towns", CODES[:12])) == {"Coastal towns": 12}
    release = closed.published()
    groups = {code: size for _, code, size in stored_results.groups_of(closed.session, release, "A01")}
    assert groups["list:Coastal towns"] == 12
    assert "list:Coastal towns" not in {code for _, code, _ in stored_results.groups_of(closed.session, release, "A14")}
    told = closed.session.scalars(select(AuditEntry).where(AuditEntry.action == "peer_lists.uploaded")).one()
    assert told.details == {"lists": {"Coastal towns": 12}}


def test_the_menu_is_frozen_with_the_first_computation(closed) -> None:
    closed.compute()
    with pytest.raises(NotNow, match="frozen"):
        upload(closed, listed("Too late", CODES))


def test_a_list_that_is_too_short_or_names_a_stranger_changes_nothing(closed) -> None:
    with pytest.raises(BadInput) as refused:
        upload(closed, listed("Few", [*CODES[:8], "X99"]))
    assert refused.value.faults == (
        "row 10, column authority: “X99” does not take part in this wave. Correct the code.",
        "The list “Few” has 9 authorities; a group needs at least 10.",
    )
    with pytest.raises(BadInput, match="columns list and authority"):
        upload(closed, b"name,code\n")


def test_a_correction_has_the_same_menu_and_is_held_against_the_release_before(closed) -> None:
    first = closed.published()
    second = closed.compute()
    assert stored_results.members(closed.session, first) == stored_results.members(closed.session, second)
    looked = closed.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "release.audited").order_by(AuditEntry.id)
    ).all()
    assert [entry.details["releases"] for entry in looked] == [1, 2]


def test_a_release_that_was_not_held_against_a_newer_one_cannot_be_published(closed) -> None:
    first, second = closed.compute(), closed.compute()
    for release in (first, second):
        closed.approve(release)
    first.computed_at = second.computed_at = closed.now.replace(year=2025)
    closed.session.commit()
    closed.publish(second)
    with pytest.raises(NotNow, match="never held against it"):
        closed.publish(first)
    closed.session.rollback()


def test_the_audit_repeats_itself_over_everything_that_was_told(closed) -> None:
    closed.published()
    closed.published()
    (found,) = ledger.audit(closed.session)
    assert (found.wave, found.audit.releases) == ("2026", 2)
    assert not found.audit.dropped
    assert found.audit.pinned == ()
    rows = list(ledger.entries(closed.session))
    assert {one.release for one in rows} == {"2026.1", "2026.2"}  # superseded ones stay in the ledger
    assert {one.told_to for one in rows} == {ledger.EVERYBODY, ledger.OWN, ledger.TEAM}


def test_what_is_computed_knows_the_lists_and_what_was_told(closed) -> None:
    upload(closed, listed("Coastal towns", CODES[:12]))
    gathered = releases.gather(closed.session, "2026")
    assert "list:Coastal towns" in set(gathered.menu["peer_group"])
    assert gathered.told == ()


def test_who_is_pinned_by_earlier_releases_is_kept_and_told_to_the_research_team(closed) -> None:
    gathered = releases.gather(closed.session, "2026")
    found = releases.computed(gathered)
    assert found.audit is not None
    found = replace(found, audit=replace(found.audit, pinned=(("agile", "A03"),)))
    with closed.database.write(closed.session):
        release = releases.store(closed.session, found, by=closed.people["researcher"], now=closed.now)
        closed.session.commit()
    assert ledger.pinned_before(closed.session, release) == [("agile", "A03")]
    assert ledger.pinned_before(closed.session, closed.compute()) == []


def test_smaller_groups_are_told_with_a_recorded_reason_and_not_below_the_floor(closed) -> None:
    with pytest.raises(BadInput) as refused:
        wave_rules.set_sizes(closed.session, closed.wave, Sizes(4, 7), actor="system", now=closed.now)
    assert refused.value.faults == (
        "median: 4 is too few. Give 5 or more.",
        "quartiles: 7 is too few. Give 8 or more.",
        "because: say in one line of up to 300 characters why so few are enough.",
    )
    with pytest.raises(BadInput, match="not kept"):
        wave_rules.set_sizes(closed.session, closed.wave, Sizes(12, 10, "A pilot."), actor="system", now=closed.now)
    pilot = Sizes(5, 8, "A pilot with few authorities.")
    with closed.database.write(closed.session):
        wave_rules.set_sizes(closed.session, closed.wave, pilot, actor="system", now=closed.now)
        closed.session.commit()
    rules = wave_rules.of(closed.wave)
    assert (rules.minimum_authorities_median, rules.minimum_authorities_quartiles) == (5, 8)
    assert rules.lowered_because == "A pilot with few authorities."
    release = closed.published()
    assert release.rules["minimum_authorities_median"] == 5
    (found,) = ledger.audit(closed.session)
    assert not found.audit.dropped
    assert found.audit.pinned == ()
    entry = closed.session.scalars(select(AuditEntry).where(AuditEntry.action == "minimum_sizes.set")).one()
    assert entry.details == {"median": 5, "quartiles": 8, "because": "A pilot with few authorities."}


def test_sizes_as_usual_need_no_reason(closed) -> None:
    wave_rules.set_sizes(closed.session, closed.wave, Sizes(10, 12), actor="system", now=closed.now)
    assert wave_rules.of(closed.wave) == Rules()
