"""`soundings authorities import`: what would change is shown first; on a terminal a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from survey.cli import authorities, main

Run = Callable[..., Result]
CHANGED = "change: E1 Avonmere: type “district” becomes “unitary”"


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a service that knows one authority; `typed` is what a person at a terminal answers."""
    monkeypatch.setenv("SOUNDINGS_DATA", str(tmp_path))
    for name in ("DATABASE_URL", "SOUNDINGS_DEMONSTRATION"):
        monkeypatch.delenv(name, raising=False)

    def invoke(*words: str, typed: str | None = None) -> Result:
        monkeypatch.setattr(authorities, "_on_a_terminal", lambda: typed is not None)
        return CliRunner().invoke(main, words, input=typed)

    (tmp_path / "A.csv").write_text("code,name,type\nE1,Avonmere,district\n")
    (tmp_path / "B.csv").write_text("code,name,type\nE1,Avonmere,unitary\n")
    assert invoke("migrate").exit_code == 0
    assert invoke("authorities", "import", str(tmp_path / "A.csv"), "--on", "2026-04-01").exit_code == 0
    return invoke


def held(run: Run) -> str:
    return run("authorities", "list", "--on", "2027-01-01").stdout


def test_a_dry_run_shows_the_difference_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    shown = run("authorities", "import", str(tmp_path / "B.csv"), "--dry-run", typed="y\n")
    assert shown.stdout.splitlines() == [CHANGED, "Nothing was written."]
    assert "type=district" in held(run)


@pytest.mark.parametrize(("typed", "kept"), [("n\n", "district"), ("y\n", "unitary")])
def test_on_a_terminal_nothing_is_written_without_a_yes(run: Run, tmp_path: Path, typed: str, kept: str) -> None:
    answer = run("authorities", "import", str(tmp_path / "B.csv"), typed=typed)
    assert answer.exit_code == (0 if typed == "y\n" else 1)
    assert answer.stdout.startswith(f"{CHANGED}\nWrite this to the register?")
    assert f"type={kept}" in held(run)


def test_with_yes_and_in_a_script_there_is_no_question(run: Run, tmp_path: Path) -> None:
    for words, typed in ((("--yes",), "n\n"), ((), None)):
        done = run("authorities", "import", str(tmp_path / "B.csv"), *words, typed=typed)
        assert done.exit_code == 0
        assert "Write this" not in done.stdout


def test_where_nothing_differs_nobody_is_asked(run: Run, tmp_path: Path) -> None:
    done = run("authorities", "import", str(tmp_path / "A.csv"), typed="n\n")
    assert (done.exit_code, done.stdout) == (0, "0 added, 0 changed, 1 as they were.\n")


def test_the_shipped_register_comes_in_with_its_first_lines_shown(run: Run) -> None:
    done = run("authorities", "import", "--shipped")
    lines = done.stdout.splitlines()
    assert lines[0] == "new: E06000001 Hartlepool Borough Council"
    assert lines[30].startswith("… and ")
    assert "445 added, 0 changed, 0 as they were." in lines
    listed = run("authorities", "list").stdout.splitlines()
    cumberland = next(line for line in listed if line.startswith("E06000063\tCumberland Council\t"))
    assert {"nation=England", "type=unitary"} < set(cumberland.split("\t"))


def test_a_demonstration_takes_no_real_authority(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOUNDINGS_DEMONSTRATION", "1")
    done = run("authorities", "import", "--shipped")
    assert done.exit_code == 1
    assert "made-up authorities only" in done.stderr


@pytest.mark.parametrize("words", [(), ("A.csv", "--shipped")])
def test_either_a_file_or_the_shipped_one_is_named(run: Run, tmp_path: Path, words: tuple[str, ...]) -> None:
    named = [str(tmp_path / word) if word == "A.csv" else word for word in words]
    assert run("authorities", "import", *named).exit_code == 2
