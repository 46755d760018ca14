"""Exports of other tools, as people have them: one accepted mapping, and next time no question."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from forms_exports import BUILDING, COUNCIL, HEARD, SECRETS, STAFF, forms_export
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from survey import imports, keys, mappings
from survey.answers import loaded
from survey.cli import main
from survey.db import Database
from survey.errors import BadInput
from survey.models import AuditEntry, Base, Edition, Participation, SavedMapping, Submission, Wave

Fielding = Callable[[Session, Path], tuple[Edition, Wave, Participation]]
CODE = "digital-maturity-staff"
LINK_KEY = "zyxwvutsrqponmlkjihgfedcba9876543210"


@pytest.fixture
def wave(database: Database, session: Session, in_the_field: Fielding) -> Wave:
    """The shipped questionnaire in the field, with its Welsh translation; one authority, X1, Exeborough."""
    with database.write(session):
        _, wave, _ = in_the_field(session, STAFF)
        session.commit()
    return wave


@pytest.fixture
def run(database: Database, wave: Wave, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    monkeypatch.setenv("SOUNDINGS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("DATABASE_URL", database.url.render_as_string(hide_password=False))
    monkeypatch.setenv("SOUNDINGS_LINK_KEY", LINK_KEY)
    monkeypatch.setattr("survey.schema.require_current", lambda _: None)

    def invoke(*arguments: object) -> object:
        return CliRunner().invoke(main, [str(one) for one in arguments], catch_exceptions=False)

    return invoke


def sealed(session: Session) -> list[dict[str, object]]:
    session.rollback()
    return [loaded(text) for text in session.scalars(select(Submission.answers))]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_forms_export_goes_in_with_one_accepted_mapping_and_next_time_without_a_question(
    session: Session, run: Callable[..., object], tmp_path: Path, kind: str
) -> None:
    path = getattr(forms_export("Exeborough"), kind)(tmp_path / f"export.{kind}")
    command = ("responses", "import", "--wave", "2026", "--questionnaire", CODE)
    mapping = tmp_path / "M.toml"

    asked = run(*command, "--mapping", mapping, path)
    assert asked.exit_code == 1
    questions = [line for line in asked.stderr.splitlines() if "Proposed" in line]
    assert len(questions) == 3  # of about ninety columns
    assert all(any(header in line for line in questions) for header in (COUNCIL, BUILDING, HEARD))
    assert sealed(session) == []

    accepted = run(*command, "--mapping", mapping, path)
    assert accepted.exit_code == 0, accepted.stderr
    assert "24 answers" in accepted.output  # 27 rows, three of them twice
    assert "3 rows stand twice" in accepted.stderr
    assert "dropped and not kept: ID, Start time, Completion time, Email, Name." in accepted.stderr

    next_year = getattr(forms_export("Exeborough", officers=30, seed=7), kind)(tmp_path / f"next.{kind}")
    again = run(*command, next_year)
    assert again.exit_code == 0, again.stderr
    assert len(sealed(session)) == 24 + 30


def test_both_languages_mean_the_same_codes(session: Session, run: Callable[..., object], tmp_path: Path) -> None:
    path = forms_export("X1", officers=12).csv(tmp_path / "export.csv")
    run("responses", "map", "--wave", "2026", "--out", tmp_path / "M.toml", path)
    done = run("responses", "import", "--wave", "2026", "--questionnaire", CODE, "--mapping", tmp_path / "M.toml", path)
    assert done.exit_code == 0, done.stderr
    answered = sealed(session)
    assert len(answered) == 12
    assert {len(one) for one in answered} == {len(answered[0])}  # who answered in Welsh has as many answers
    assert {str(one["tier"]) for one in answered} > {"manager"}


def test_nothing_of_who_answered_is_kept_anywhere(
    session: Session, run: Callable[..., object], database: Database, tmp_path: Path
) -> None:
    path = forms_export("X1").csv(tmp_path / "export.csv")
    command = ("responses", "import", "--wave", "2026", "--questionnaire", CODE, "--mapping", tmp_path / "M.toml", path)
    run(*command)
    assert run(*command).exit_code == 0
    with database.engine.connect() as connection:
        stored = [
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in connection.execute(table.select())
        ]
    assert stored
    assert not [row for row in stored for secret in (*SECRETS, "5/4/26") if secret in row]


def test_a_mapping_file_is_read_and_corrected_by_hand(
    session: Session, run: Callable[..., object], tmp_path: Path
) -> None:
    export = forms_export("X1")
    export.rows[0][7] = "In this place, clear decisions get made even when not everything is known "  # another wording
    path = export.csv(tmp_path / "export.csv")
    run("responses", "map", "--wave", "2026", "--out", tmp_path / "M.toml", path)
    mapping = tomllib.loads((tmp_path / "M.toml").read_text())
    assert mapping["questionnaire"] == CODE
    assert mapping["columns"][BUILDING] == "leave out"
    (tmp_path / "M.toml").write_text((tmp_path / "M.toml").read_text().replace(f'"{BUILDING}" = "leave', '"x" = "lose'))
    refused = run(
        "responses", "import", "--wave", "2026", "--questionnaire", CODE, "--mapping", tmp_path / "M.toml", path
    )
    assert refused.exit_code == 1
    assert "'lose out' is no item" in refused.stderr


def test_two_columns_of_one_item_that_differ_are_refused_with_their_row(
    session: Session, wave: Wave, tmp_path: Path
) -> None:
    export = forms_export("X1")
    first = 7
    second = first + (len(export.rows[0]) - 8) // 2
    export.rows[1][first], export.rows[1][second] = "Agree", "Anghytuno"
    path = export.csv(tmp_path / "export.csv")
    known = imports.propose(session, "2026", CODE, path).mapping
    with pytest.raises(BadInput) as refusal:
        imports.read(session, "2026", CODE, path, known=known)
    assert len(refusal.value.faults) == 1
    assert "row 2: columns" in refusal.value.faults[0]
    assert "differ. Empty one of the cells." in refusal.value.faults[0]


def test_a_label_that_nobody_knows_is_asked_and_never_guessed(session: Session, wave: Wave, tmp_path: Path) -> None:
    export = forms_export("X1")
    export.rows[1][7], export.rows[3][7] = "Stongly agree", "Perhaps"
    path = export.csv(tmp_path / "export.csv")
    found = imports.propose(session, "2026", CODE, path)
    asked = {one.label: (one.code, one.row) for one in found.asked_labels}
    assert asked == {"Stongly agree": ("5", 2), "Perhaps": ("?", 4)}
    with pytest.raises(BadInput) as refusal:
        imports.read(session, "2026", CODE, path)
    assert any("'Perhaps' is no answer of agree5" in line for line in refusal.value.faults)


def test_one_authority_can_be_named_for_the_whole_file(session: Session, wave: Wave, tmp_path: Path) -> None:
    export = forms_export("X1")
    for row in export.rows:
        del row[5]
    path = export.csv(tmp_path / "export.csv")
    known = imports.propose(session, "2026", CODE, path).mapping
    with pytest.raises(BadInput, match="not imported") as refusal:
        imports.read(session, "2026", CODE, path, known=known)
    assert "no column names the authority" in refusal.value.faults[0]
    reading = imports.read(session, "2026", CODE, path, known=known, authority="X1")
    assert len(reading.rows) == 24
    with pytest.raises(BadInput, match="Z9 is not among the authorities"):
        imports.read(session, "2026", CODE, path, known=known, authority="Z9")


def test_what_is_saved_forgets_the_one_authority_and_what_people_typed(
    database: Database, session: Session, wave: Wave, tmp_path: Path
) -> None:
    export = forms_export("X1")
    export.rows[1][7] = "Ask John Smith"
    path = export.csv(tmp_path / "export.csv")
    proposal = imports.propose(session, "2026", CODE, path, authority="X1")
    known = proposal.mapping
    (group,) = [one.group for one in proposal.asked_labels]
    known.cells[group]["Ask John Smith"] = "no answer"  # type: ignore[index]
    reading = imports.read(session, "2026", CODE, path, known=known)
    with database.write(session):
        imports.store(session, reading, link_key=LINK_KEY, new_id=keys.new_id, actor="system", now=wave.opens_at)
        session.commit()
    body = session.scalars(select(SavedMapping.body)).one()
    assert "John Smith" not in body
    assert mappings.of(session, CODE).authority == ""
    assert mappings.of(session, CODE).target(BUILDING) == "leave out"
    assert session.scalar(select(func.count()).where(AuditEntry.action == "mapping.saved")) == 1


def test_a_forgotten_mapping_is_asked_about_again(session: Session, run: Callable[..., object], tmp_path: Path) -> None:
    path = forms_export("X1").csv(tmp_path / "export.csv")
    command = ("responses", "import", "--wave", "2026", "--questionnaire", CODE)
    run(*command, "--mapping", tmp_path / "M.toml", path)
    assert run(*command, "--mapping", tmp_path / "M.toml", path).exit_code == 0
    assert run("responses", "forget-mapping", "--questionnaire", CODE).exit_code == 0
    later = forms_export("X1", seed=3).csv(tmp_path / "later.csv")
    assert run(*command, later).exit_code == 1
