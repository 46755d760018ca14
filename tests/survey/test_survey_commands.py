"""The command line: what the pages can do, for scripts; every refusal a line, every wrong use a 2."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select, text

from questionnaires import files
from survey.cli import main
from survey.db import Database
from survey.models import AuditEntry, Edition

OPERATIONS = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a service of its own, whose schema is up to date."""
    monkeypatch.setenv("SOUNDINGS_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "HOST", "PORT", "SOUNDINGS_DEMONSTRATION"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    assert invoke("migrate").exit_code == 0
    return invoke


@pytest.fixture
def database(run: Run, tmp_path: Path) -> Database:
    return Database(f"sqlite:///{tmp_path / 'soundings.sqlite'}")


def done(result: Result) -> str:
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def refused(result: Result) -> list[str]:
    assert (result.exit_code, result.stdout) == (1, "")
    return result.stderr.splitlines()


def actions(database: Database) -> list[str]:
    with database.session() as session:
        return list(session.scalars(select(AuditEntry.action).order_by(AuditEntry.id)))


def test_migrating_twice_changes_nothing(run: Run):
    assert done(run("migrate")).startswith("The schema is ")


def test_a_command_on_an_empty_database_says_what_to_run(run: Run):
    done(run("migrate", "--to", "base", "--down"))
    assert refused(run("people", "list")) == ["DATABASE_URL: the database has no tables yet. Run: soundings migrate"]


def test_a_person_is_added_granted_listed_revoked_and_closed(run: Run, database: Database, tmp_path: Path):
    register = tmp_path / "authorities.csv"
    register.write_text("code,name,type\nE1,Avonmere,district\n")
    first = done(run("authorities", "import", str(register), "--on", "2026-04-01")).splitlines()
    assert first[:3] == [
        "new: E1 Avonmere",
        "1 added, 0 changed, 0 as they were.",
        "New types in the register: “district”.",
    ]
    again = done(run("authorities", "import", str(register), "--on", "2026-04-01"))
    assert again == "0 added, 0 changed, 1 as they were.\n"
    assert done(run("authorities", "list", "--on", "2026-04-02")) == "E1\tAvonmere\ttype=district\n"
    done(run("people", "add", "rhian@example.org", "Rhian Price"))
    done(run("people", "grant", "rhian@example.org", "researcher"))
    done(run("people", "grant", "rhian@example.org", "MEMBER", "--authority", "E1"))
    assert done(run("people", "list")) == "rhian@example.org\tRhian Price\tRESEARCHER, MEMBER of E1\n"
    done(run("people", "revoke", "rhian@example.org", "RESEARCHER"))
    done(run("people", "sign-out", "rhian@example.org"))
    done(run("people", "close", "rhian@example.org"))
    assert done(run("people", "list")) == ""
    assert actions(database) == [
        "authorities.imported",
        "authorities.imported",
        "person.added",
        "person.granted",
        "person.granted",
        "person.revoked",
        "person.signed_out_everywhere",
        "person.deactivated",
    ]


def test_a_file_with_faults_is_refused_with_a_line_for_each(run: Run, database: Database, tmp_path: Path):
    register = tmp_path / "authorities.csv"
    register.write_text("code,name\n,Avonmere\nE2,\n")
    assert refused(run("authorities", "import", str(register))) == [
        "The file of authorities has faults. Nothing was changed.",
        "row 2, column code: the cell is empty. Every authority has a code and a name.",
        "row 3, column name: the cell is empty. Every authority has a code and a name.",
    ]
    assert actions(database) == []


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("people", "add", "rhian", "Rhian"), "That is not an e-mail address. Give it as name@example.org."),
        (("people", "grant", "nobody@example.org", "LEAD"), "There is no account with this e-mail address."),
        (("questionnaire", "approve", "none", "1", "--as", "a@b.org"), "There is no questionnaire none version 1."),
    ],
)
def test_a_refusal_is_one_line_on_standard_error(run: Run, arguments: tuple[str, ...], line: str):
    assert refused(run(*arguments)) == [line]


@pytest.mark.parametrize(
    "arguments",
    [
        ("nothing",),
        ("people", "grant", "a@b.org", "KING"),
        ("authorities", "import", "no-such-file.csv"),
        ("people", "add"),
    ],
)
def test_wrong_use_is_told_apart_from_a_refusal(run: Run, arguments: tuple[str, ...]):
    assert run(*arguments).exit_code == 2


def test_a_questionnaire_is_stored_reviewed_and_approved_by_a_second_person(run: Run, database: Database):
    for name in ("rhian", "idris"):
        done(run("people", "add", f"{name}@example.org", name.title()))
        done(run("people", "grant", f"{name}@example.org", "RESEARCHER"))
    code, version = files.STAFF
    done(run("questionnaire", "store", str(files.path(code, version)), "--as", "rhian@example.org"))
    done(run("questionnaire", "review", code, version, "--as", "rhian@example.org"))
    assert refused(run("questionnaire", "approve", code, version, "--as", "rhian@example.org")) == [
        "Somebody other than the author approves a questionnaire."
    ]
    back = (
        "questionnaire",
        "return",
        code,
        version,
        "--reason",
        "Item 3 asks two things.",
        "--as",
        "idris@example.org",
    )
    assert done(run(*back)) == f"{code} version {version} is a draft again.\n"
    done(run("questionnaire", "review", code, version, "--as", "rhian@example.org"))
    done(run("questionnaire", "approve", code, version, "--as", "idris@example.org"))
    assert done(run("questionnaire", "list")) == f"{code}\t{version}\tapproved\n"
    with database.session() as session:
        edition = session.scalars(select(Edition)).one()
        assert edition.author_id != edition.approver_id


def test_audit_verify_passes_names_the_first_bad_entry_and_needs_the_anchor_for_a_cut_tail(
    run: Run, database: Database, tmp_path: Path
):
    for name in ("rhian", "idris", "ceri"):
        done(run("people", "add", f"{name}@example.org", name.title()))
    anchors = tmp_path / "anchors.txt"
    anchors.write_text(done(run("audit", "head")))
    assert (
        done(run("audit", "verify", "--anchors", str(anchors)))
        == "3 entries, each in its place, and against 1 anchors.\n"
    )
    assert len(done(run("audit", "list", "--last", "2")).splitlines()) == 2
    change(database, "DELETE FROM audit_entry WHERE sequence = 3")
    assert done(run("audit", "verify")) == "2 entries, each in its place.\n"
    assert "cut off" in refused(run("audit", "verify", "--anchors", str(anchors)))[0]
    change(database, "UPDATE audit_entry SET actor = 'person:9' WHERE sequence = 2")
    assert refused(run("audit", "verify")) == ["Entry 2 was changed after it was written."]


def change(database: Database, statement: str) -> None:
    with database.engine.begin() as connection:
        connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_update"))
        connection.execute(text("DROP TRIGGER IF EXISTS audit_entry_no_delete"))
        connection.execute(text(statement))


def test_every_command_helps(run: Run):
    for name in main.list_commands(None):  # type: ignore[arg-type]
        assert done(run(name, "--help")).startswith("Usage: ")


def test_the_first_run_of_the_documents_works_as_written(
    run: Run, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    shutil.copytree(files.FOLDER, tmp_path / "questionnaires", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (tmp_path / "authorities.csv").write_text("code,name,type\nE06000001,Avonmere,unitary\nE06000002,Bryn,unitary\n")
    (tmp_path / "headcounts.csv").write_text("authority,service_area,tier,headcount\nE06000001,,,120\n")
    (tmp_path / "addresses.csv").write_text("authority,address\nE06000001,ceri@avonmere.example\n")
    for command in documented_first_run():
        if command != ["serve"]:
            done(run(*command))
    assert "/r/" in (tmp_path / "links.csv").read_text()
    assert done(run("wave", "list")).startswith("2026\topen")
    assert actions(database)[-2:] == ["edition.fielded", "invitations.made"]
    done(run("audit", "verify"))


def documented_first_run() -> list[list[str]]:
    """The commands of docs/operations.md, with a wave that is open today."""
    section = OPERATIONS.partition("## The first run of a real service")[2]
    block = section.partition("```sh\n")[2].partition("```")[0]
    opens, ends = (f"{datetime.now(UTC) + timedelta(days=days):%Y-%m-%d %H:%M}" for days in (-1, 20))
    for written, today in (("2026-05-04 09:00", opens), ("2026-05-31 17:00", ends)):
        assert written in block
        block = block.replace(written, today)
    lines = block.replace("\\\n", " ").splitlines()
    return [shlex.split(line, comments=True)[1:] for line in lines]
