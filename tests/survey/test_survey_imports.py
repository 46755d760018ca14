"""Answers from other tools: all of a file or nothing, once only."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from survey import imports, keys
from survey.answers import loaded
from survey.errors import BadInput, NotFound, NotNow
from survey.models import AuditEntry, Invitation, SealedText, Submission

Field = Any  # the fixture's own class stands in conftest.py, which cannot be imported


def imported(field: Field, path: Path, *, questionnaire: str = "every-kind") -> int:
    reading = imports.read(field.session, "2026", questionnaire, path)
    with field.database.write(field.session):
        count = imports.store(
            field.session, reading, link_key=field.link_key, new_id=keys.new_id, actor="system", now=field.wave.opens_at
        )
        field.session.commit()
    return count


def written(tmp_path: Path, text: str, name: str = "answers.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


GOOD = (
    "authority,mindset_1,programmes,years,one_change,condition,seconds\n"
    "X1,4,mentoring course,12,Fewer forms,yes,60\n"
    "X1,dk,,,,,1\n"
)


def test_each_row_becomes_a_sealed_submission_with_its_receipt(field: Field, tmp_path: Path) -> None:
    assert imported(field, written(tmp_path, GOOD)) == 2
    sealed = field.session.execute(select(Submission.answers, Submission.too_fast)).all()
    answers = [(loaded(text), fast) for text, fast in sealed]
    assert ({"mindset_1": "4", "programmes": ["mentoring", "course"], "years": 12}, False) in answers
    assert ({"mindset_1": "dk"}, True) in answers  # one second for one answer
    assert field.session.scalars(select(SealedText.text)).all() == ["Fewer forms"]
    assert field.session.scalars(select(Invitation.received)).all() == [2]


def test_the_same_answers_twice_are_refused(field: Field, tmp_path: Path) -> None:
    imported(field, written(tmp_path, GOOD))
    header, *rows = GOOD.splitlines()
    shuffled = written(tmp_path, "\n".join([header, *reversed(rows), ""]), "the-same-again.csv")
    with pytest.raises(NotNow, match="imported into the wave 2026 before"):
        imported(field, shuffled)
    assert field.session.scalar(select(func.count()).select_from(Submission)) == 2


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        (GOOD + "Z9,4,,,,,\n", "row 4", "Z9"),
        (GOOD + "X1,9,,,,,\n", "mindset_1", "row 4"),
        (GOOD + "X1,4,swimming,,,,\n", "programmes", "row 4"),
        (GOOD + "X1,4,,ninety,,,\n", "years", "row 4"),
        ("mindset_1\n4\n", "authority", "column"),
        ("authority,colour\nX1,red\n", "scored item", "every-kind"),
        ("authority,mindset_1,mindset_1\nX1,4,4\n", "mindset_1", "Keep one"),
        ("authority,mindset_1\n", "no respondents", "row"),
    ],
)
def test_one_fault_refuses_the_whole_file_and_names_its_place(
    field: Field, tmp_path: Path, text: str, place: str, remedy: str
) -> None:
    with pytest.raises(BadInput) as refusal:
        imported(field, written(tmp_path, text))
    told = "\n".join(refusal.value.faults)
    assert place in told
    assert remedy in told
    assert field.session.scalar(select(func.count()).select_from(Submission)) == 0
    assert imports.ACTION not in field.session.scalars(select(AuditEntry.action)).all()


def test_an_authority_outside_the_wave_is_called_so(field: Field, tmp_path: Path) -> None:
    with pytest.raises(BadInput) as refusal:
        imported(field, written(tmp_path, "authority,mindset_1\nX9,4\n"))
    assert "'X9' is not among the authorities of the wave." in refusal.value.faults[0]


def test_an_unknown_column_is_told_and_ignored(field: Field, tmp_path: Path) -> None:
    path = written(tmp_path, "authority,mindset_1,shoe_size\nX1,4,41\n")
    reading = imports.read(field.session, "2026", "every-kind", path)
    assert any("shoe_size" in note for note in reading.notes)
    assert imported(field, path) == 1


def test_answers_to_another_questionnaire_are_refused(field: Field, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="asks the questionnaire every-kind, not other"):
        imported(field, written(tmp_path, GOOD), questionnaire="other")


def test_a_wave_that_is_not_there_is_not_found(field: Field, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        imports.read(field.session, "1999", "every-kind", written(tmp_path, GOOD))


def test_a_closed_wave_takes_no_answers(field: Field, tmp_path: Path) -> None:
    field.wave.state = "closed"
    field.session.commit()
    with pytest.raises(NotNow, match="takes no answers"):
        imported(field, written(tmp_path, GOOD))


def test_an_import_is_one_audit_entry_without_answers(field: Field, tmp_path: Path) -> None:
    imported(field, written(tmp_path, GOOD))
    entry = field.session.scalars(select(AuditEntry).where(AuditEntry.action == "responses.imported")).one()
    assert (entry.object_code, entry.details["rows"], entry.details["authorities"]) == ("2026", 2, 1)
    assert set(entry.details) == {"rows", "authorities", "digest"}
