"""`soundings anonymity`: a line a check, exit code 1 with a finding, and the rewrite by hand."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from survey.cli import main
from survey.db import Database


@pytest.fixture
def run(tmp_path, monkeypatch):
    monkeypatch.setenv("SOUNDINGS_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "HOST", "PORT", "SOUNDINGS_DEMONSTRATION"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*arguments):
        return CliRunner().invoke(main, arguments, catch_exceptions=False)

    assert invoke("migrate").exit_code == 0
    return invoke


def change(tmp_path, statement):
    database = Database(f"sqlite:///{tmp_path / 'soundings.sqlite'}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
    database.dispose()


def test_a_sound_service_gets_a_line_for_each_check(run):
    result = run("anonymity", "check")
    lines = result.stdout.splitlines()
    assert (result.exit_code, result.stderr) == (0, "")
    assert [line[8:].partition(":")[0] for line in lines] == [
        "columns", "ties", "identifiers", "content", "place", "log", "rewrite", "elsewhere", "audit", "receipts", "alone",
    ]  # fmt: skip
    assert all(line.startswith("ok      ") for line in lines)


def test_a_finding_is_told_on_standard_error_and_ends_with_1(run, tmp_path):
    change(tmp_path, "ALTER TABLE submission ADD COLUMN sent_at DATETIME")
    result = run("anonymity", "check")
    assert result.exit_code == 1
    assert result.stderr == (
        "finding columns: submission has a column sent_at that the service does not know. "
        "submission.sent_at holds a time.\n"
    )


def test_a_log_file_is_looked_through_as_well(run, tmp_path):
    (tmp_path / "service.log").write_text('{"route": "/r/<token>"}\n')
    result = run("anonymity", "check", "--log", str(tmp_path / "service.log"))
    assert result.stdout.splitlines()[-1].startswith("ok      files: 1 log files hold no link")
    assert run("anonymity", "check", "--log", str(tmp_path / "none.log")).exit_code == 2


def test_the_rewrite_by_hand_leaves_its_mark(run):
    assert run("anonymity", "rewrite").stdout == "Sealed rows were put down anew, in the order of their random ids.\n"
    assert "Nothing was sealed since the last rewrite at " in run("anonymity", "check").stdout
