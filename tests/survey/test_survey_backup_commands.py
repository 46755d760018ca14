"""`soundings backup`, `restore`, `digest`, `mail` and `migrate`: what they say, keep and refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import main

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a service of its own, with one person and its schema up to date."""
    monkeypatch.setenv("SOUNDINGS_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("SOUNDINGS_LINK_KEY", "zyxwvutsrqponmlkjihgfedcba9876543210")
    for name in ("DATABASE_URL", "HOST", "PORT", "SOUNDINGS_DEMONSTRATION"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: object) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    assert invoke("migrate").exit_code == 0
    assert invoke("people", "add", "rhian@example.org", "Rhian Price").exit_code == 0
    return invoke


def kept(tmp_path: Path) -> list[str]:
    return sorted(path.name.rpartition("-")[0] for path in (tmp_path / "data" / "backups").glob("*.backup"))


def test_what_a_backup_says_is_what_digest_says_before_and_after_a_restore(run: Run, tmp_path: Path):
    made = run("backup", tmp_path / "a.backup").stdout.split("\t")
    digest = run("digest").stdout.split("\t")
    assert (made[0], made[1], made[2].split()[1]) == (str(tmp_path / "a.backup"), digest[1], digest[0])
    run("people", "add", "later@example.org", "Later")
    assert run("digest").stdout.split("\t")[0] != digest[0]
    done = run("restore", "--replace", tmp_path / "a.backup")
    assert done.exit_code == 0
    assert digest[0] in done.stdout
    assert "Everybody has to sign in again." in done.stderr
    assert run("digest").stdout.split("\t") == digest
    assert kept(tmp_path) == ["before-restore"]


def test_each_table_has_its_digest(run: Run):
    lines = run("digest", "--tables").stdout.splitlines()
    tables = [line.split("\t")[2] for line in lines[1:]]
    assert tables == sorted(tables)
    assert {"person", "audit_entry", "submission"} <= set(tables)


def test_a_restore_over_something_is_refused_without_the_word_for_it(run: Run, tmp_path: Path):
    run("backup", tmp_path / "a.backup")
    refused = run("restore", tmp_path / "a.backup")
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith("The database is not empty.")


def test_what_is_no_backup_is_refused_before_anything_is_kept(run: Run, tmp_path: Path):
    (tmp_path / "a.backup").write_text("no backup")
    for name in ("a.backup", "nothing-here.backup", "."):
        refused = run("restore", "--replace", tmp_path / name)
        assert (refused.exit_code, refused.stdout, len(refused.stderr.splitlines())) == (1, "", 1)
    assert kept(tmp_path) == []


def test_another_link_key_is_refused_until_new_links_are_wanted(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    run("backup", tmp_path / "a.backup")
    monkeypatch.setenv("SOUNDINGS_LINK_KEY", "0123456789zyxwvutsrqponmlkjihgfedcba")
    assert "another link key" in run("restore", "--check", tmp_path / "a.backup").stderr
    assert "another link key" in run("restore", "--replace", tmp_path / "a.backup").stderr
    assert run("restore", "--replace", "--new-links", tmp_path / "a.backup").exit_code == 0


def test_a_trial_changes_nothing_and_goes_with_no_other_option(run: Run, tmp_path: Path):
    run("backup", tmp_path / "a.backup")
    run("people", "add", "later@example.org", "Later")
    before = run("digest").stdout
    assert "can be restored" in run("restore", "--check", tmp_path / "a.backup").stdout
    assert run("digest").stdout == before
    assert run("restore", "--check", "--replace", tmp_path / "a.backup").exit_code == 2


def test_a_folder_keeps_what_it_is_told_to_keep(run: Run, tmp_path: Path):
    for day in range(10, 20):
        (tmp_path / f"soundings-202605{day}T013000Z.backup").write_bytes(b"")
    done = run("backup", "--keep", "2/0/0", tmp_path)
    assert done.exit_code == 0
    assert len(list(tmp_path.glob("*.backup"))) == 2  # today's and the newest of May
    assert done.stdout.count("deleted\t") == 9
    assert run("backup", "--keep", "2/0/0", tmp_path / "file.backup").exit_code == 1
    assert run("backup", "--keep", "two", tmp_path).exit_code == 1


def test_a_migration_backs_up_first_and_says_where(run: Run, tmp_path: Path):
    assert "kept" not in run("migrate").stdout  # nothing to change
    assert "What was there is kept in" in run("migrate", "--to", "-1", "--down").stdout
    assert "What was there is kept in" in run("migrate").stdout
    assert kept(tmp_path) == ["before-migrate", "before-migrate"]
    run("migrate", "--to", "-1", "--down", "--no-backup")
    run("migrate", "--no-backup")
    assert kept(tmp_path) == ["before-migrate", "before-migrate"]


def test_an_empty_database_has_neither_backup_nor_digest(run: Run, tmp_path: Path):
    run("migrate", "--to", "base", "--down", "--no-backup")
    for words in (("backup", tmp_path / "a.backup"), ("digest",)):
        refused = run(*words)
        assert (refused.exit_code, refused.stdout) == (1, "")
    assert not list(tmp_path.glob("*.backup"))


def test_mails_are_counted_and_queued_again(run: Run):
    assert run("mail", "list").stdout == "queued\t0\nsending\t0\nsent\t0\nfailed\t0\n"
    assert run("mail", "retry").stdout == "0 mails are queued again.\n"
