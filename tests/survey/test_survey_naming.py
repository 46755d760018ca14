"""Named comparison: chosen by the authority, frozen with the first release, told to those who chose it and to nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from survey import ledger, named_results, naming, participation, releases, stored_results
from survey.errors import NotFound, NotNow
from survey.models import RESULT_TABLES, AuditEntry


def choose(closed, code: str, *, is_named: bool = True) -> bool:
    with closed.database.write(closed.session):
        mine = participation.one(closed.session, closed.wave, code)
        done = naming.choose(closed.session, closed.wave, mine, is_named=is_named, actor="person:7", now=closed.now)
        closed.session.commit()
    return done


def test_a_choice_can_be_taken_back_and_both_are_in_the_audit_trail(closed) -> None:
    assert choose(closed, "A01")
    assert not choose(closed, "A01")  # twice is once
    assert choose(closed, "A01", is_named=False)
    assert naming.chosen(closed.session, closed.wave) == frozenset()
    entries = closed.session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("naming")))
    assert sorted(entries) == ["naming.chosen", "naming.taken_back"]


def test_names_are_frozen_with_the_first_release_and_hold_for_every_correction(closed) -> None:
    for code in ("A02", "A01"):
        choose(closed, code)
    first = closed.published()
    for wish in (True, False):
        with pytest.raises(NotNow, match="choose again for the next survey"):
            choose(closed, "A03" if wish else "A01", is_named=wish)
        closed.session.rollback()
    second = closed.compute()
    for release in (first, second):
        assert stored_results.named(closed.session, release) == {"A01": "Town A01", "A02": "Town A02"}
    assert ledger.shown(closed.session, first).named == {"A01", "A02"}  # the audit takes their scores as known


def test_a_choice_while_the_numbers_are_computed_does_not_slip_into_the_release(closed) -> None:
    choose(closed, "A01")
    found = releases.calculation(closed.session, "2026")
    choose(closed, "A02")
    with closed.database.write(closed.session):
        release = releases.store(closed.session, found, by=closed.people["researcher"], now=closed.now)
        closed.session.commit()
    assert set(stored_results.named(closed.session, release)) == {"A01"}


def test_only_those_who_chose_it_see_each_other(closed) -> None:
    for code in ("A01", "A02"):
        choose(closed, code)
    release = closed.published()

    def seen(own: str, *wanted: str):
        return named_results.of(closed.session, release, own, name=f"Town {own}", wanted=wanted)

    assert [set(seen(own).others) for own in ("A01", "A02", "A03")] == [{"A02"}, {"A01"}, set()]
    beside = seen("A02", "A01").dimensions
    assert [[row.title for row in one.rows] for one in beside] == [["Town A01", "Town A02"]] * 4
    for own, wanted in (("A01", "A03"), ("A03", "A01"), ("A01", "X99"), ("A01", "A01")):
        with pytest.raises(NotFound) as refused:
            seen(own, wanted)
        assert str(refused.value) == "This release has no results for this authority."


def test_a_correction_that_moves_fewer_than_eleven_people_is_refused_and_nothing_is_kept(closed) -> None:
    release = closed.published()
    table = RESULT_TABLES["group_scores"]
    shown = (table.c.release_id == release.id, table.c.authority == "A03", table.c.n.is_not(None))
    with closed.database.write(closed.session):  # as if other people had been in these groups when they were told
        closed.session.execute(update(table).where(*shown).values(n=table.c.n + 5))
        closed.session.commit()
    with pytest.raises(NotNow, match=r"not cut anew.*fewer than 11 people.*A03"):
        closed.compute()
    closed.session.rollback()
    with closed.database.write(closed.session):
        closed.session.execute(update(table).where(*shown).values(n=table.c.n + 6))
        closed.session.commit()
    assert closed.compute().number == 2  # eleven more or fewer may stand beside each other


def test_a_service_area_under_another_name_is_a_closed_wave_cut_anew(closed) -> None:
    release = closed.published()
    table = RESULT_TABLES["group_scores"]
    with closed.database.write(closed.session):
        area = (table.c.release_id == release.id, table.c.authority == "A04", table.c.group == "housing")
        closed.session.execute(update(table).where(*area).values(group="homes"))
        closed.session.commit()
    with pytest.raises(NotNow, match="A04 homes, A04 housing"):
        closed.compute()
