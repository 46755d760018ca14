"""Microdata of a wave: only when it has closed, only for researchers, nobody in a group of fewer than eleven, audited."""

from __future__ import annotations

import csv
import io
from collections import Counter

import pytest
from sqlalchemy import select, update

from questionnaires import loader
from reports.rules import Rules
from survey import microdata, register
from survey.errors import NotAllowed, NotNow
from survey.microdata import Form
from survey.models import AuditEntry, Participation, Submission
from survey.vocabulary import ParticipationState, WaveState


def exported(closed, form: Form = Form.LABELS) -> tuple[microdata.Outline, list[dict[str, str]]]:
    found, target = microdata.outline(closed.session, closed.wave, by=closed.people["researcher"]), io.BytesIO()
    microdata.write(closed.session, found, form, target)
    return found, list(csv.DictReader(io.StringIO(target.getvalue().decode(), newline="")))


def test_every_combination_that_is_told_has_eleven_rows_or_more(closed) -> None:
    # Each authority but the last: 11 frontline and 3 senior in housing; the last: 5, with nobody to join.
    found, rows = exported(closed)
    cells = Counter((row["authority"], row["service_area"], row["tier"]) for row in rows)
    assert min(cells.values()) >= 11
    assert len(rows) == found.rows == 13 * 14
    assert found.coarsening.left_out == 5
    assert "A14" not in {row["authority"] for row in rows}
    # 3 senior lose tier and area, and take the 11 of the only other cell with them: 14 rows with the authority alone.
    assert set(cells.values()) == {14}
    assert {(row["service_area"], row["tier"]) for row in rows} == {("[c]", "[c]")}


def test_rows_hold_words_or_codes_as_asked(closed) -> None:
    item = closed.questionnaire.scored_items[0]
    labels = {option.label for option in item.options}
    assert {row[item.code] for row in exported(closed)[1]} <= labels
    assert {row[item.code] for row in exported(closed, Form.CODES)[1]} <= {option.code for option in item.options}
    assert exported(closed)[1][0]["name"].startswith("Town A")


def test_no_identifier_leaves_with_the_rows(closed) -> None:
    _, rows = exported(closed)
    assert not {"id", "submission", "invitation", "too_fast", "date"} & set(rows[0])
    target = io.BytesIO()
    microdata.write(closed.session, exported(closed)[0], Form.LABELS, target)
    ids = closed.session.scalars(select(Submission.id)).all()
    assert not [one for one in ids if one.encode() in target.getvalue()]


def test_each_row_and_the_codebook_say_from_which_versions_it_comes(closed) -> None:
    found, rows = exported(closed)
    asked = f"{found.questionnaire.code} {found.questionnaire.version} "
    told = {(row["wave"], row["questionnaire"], row["method"]) for row in rows}
    assert len(told) == 1
    wave, questionnaire, method = told.pop()
    assert (wave, method) == (closed.wave.code, Rules().method_version)
    assert questionnaire == asked + loader.measurement_digest(found.questionnaire)[:12]
    target = io.BytesIO()
    microdata.write(closed.session, found, Form.CODEBOOK, target)
    named = {row["column"]: row["code"] for row in csv.DictReader(io.StringIO(target.getvalue().decode()))}
    assert (named["wave"], named["questionnaire"], named["method"]) == (wave, questionnaire, method)


def test_who_left_the_wave_is_not_in_the_file(closed) -> None:
    left = register.by_code(closed.session, "A03").id
    with closed.database.write(closed.session):
        closed.session.execute(
            update(Participation).where(Participation.authority_id == left).values(state=ParticipationState.WITHDRAWN)
        )
        closed.session.commit()
    assert "A03" not in {row["authority"] for row in exported(closed)[1]}


@pytest.mark.parametrize("state", [WaveState.PLANNED, WaveState.OPEN, WaveState.GRACE])
def test_a_wave_that_has_not_closed_has_no_microdata(closed, state: WaveState) -> None:
    closed.wave.state = state
    with pytest.raises(NotNow, match="when it has closed"), closed.session.no_autoflush:
        microdata.outline(closed.session, closed.wave, by=closed.people["researcher"])


def test_only_researchers_take_microdata(closed) -> None:
    with pytest.raises(NotAllowed, match="for researchers"):
        microdata.outline(closed.session, closed.wave, by=closed.people["publisher"])


def test_each_export_is_in_the_audit_trail_with_what_was_withheld_and_no_answer(closed) -> None:
    found, by = exported(closed)[0], closed.people["researcher"]
    with closed.database.write(closed.session):
        microdata.record(closed.session, found, Form.LABELS, by=by, now=closed.now)
        closed.session.commit()
    entry = closed.session.scalars(select(AuditEntry).where(AuditEntry.action == "microdata.exported")).one()
    assert (entry.actor, entry.object_code) == (by.actor, "2026")
    assert entry.details == {
        "form": "labels", "rows": 182, "left_out": 5, "authority": 0, "service_area": 182, "tier": 182,
    }  # fmt: skip


def test_the_number_of_statements_does_not_grow_with_the_rows(closed, statements) -> None:
    with statements(closed.database) as seen:
        exported(closed)
    assert len(seen) == 7, (
        seen
    )  # what the person took before; edition, names; who stayed and the answers, twice: counted, then written
