"""`soundings questionnaire check` and `diff`: exit codes, and where each line goes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from questionnaires import files
from survey.cli.questionnaire import questionnaire

HERE = Path(__file__).parent
STAFF = files.path(*files.STAFF)


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(questionnaire, [str(argument) for argument in arguments])


def test_files_without_faults_end_with_0() -> None:
    result = run("check", STAFF, files.path(*files.STAFF, "cy"))
    assert result.exit_code == 0
    assert result.stderr == ""
    assert f"{STAFF.name}: no faults." in result.stdout


def test_advice_goes_to_standard_output_and_refuses_nothing() -> None:
    result = run("check", HERE / "public-staff-survey.toml")
    assert result.exit_code == 0
    assert "Advice: public-staff-survey.toml: dimension agile: no item is reverse-keyed." in result.stdout


def test_every_fault_is_one_line_on_standard_error_and_ends_with_1() -> None:
    result = run("check", HERE / "twenty-faults.toml", STAFF)
    assert result.exit_code == 1
    lines = result.stderr.splitlines()
    assert len(lines) >= 20
    assert all(line.startswith("twenty-faults.toml: ") for line in lines)
    assert result.stdout == f"{STAFF.name}: no faults.\n"


def test_a_translation_alone_is_refused_with_a_remedy(tmp_path: Path) -> None:
    lonely = Path(shutil.copy(files.path(*files.STAFF, "cy"), tmp_path))
    result = run("check", lonely)
    assert result.exit_code == 1
    assert "put it beside" in result.stderr


def test_a_translation_with_faults_ends_with_1(tmp_path: Path) -> None:
    shutil.copy(STAFF, tmp_path)
    wrong = tmp_path / "digital-maturity-staff-1.cy.toml"
    wrong.write_text(files.path(*files.STAFF, "cy").read_text().replace("items.tier.text", "items.teer.text"))
    result = run("check", wrong)
    assert result.exit_code == 1
    assert 'Did you mean "items.tier.text"?' in result.stderr


@pytest.mark.parametrize("arguments", [["check"], ["check", "no-such-file.toml"], ["diff", STAFF], ["differ"]])
def test_wrong_usage_ends_with_2(arguments: list[str | Path]) -> None:
    assert run(*arguments).exit_code == 2


def test_diff_says_what_changed_and_which_series_break(tmp_path: Path) -> None:
    new = tmp_path / "new.toml"
    text = (HERE / "four-items.toml").read_text()
    text = text.replace("Change works well", "Change goes well").replace("Trust works well", "Trust goes well")
    new.write_text(text.replace('version = "1"', 'version = "2"'))
    result = run("diff", HERE / "four-items.toml", new)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "From four-items 1 to four-items 2",
        "Reworded: mindset_1",
        "Reworded: mindset_2",
        "mindset: the series breaks: 2 of 4 items are common.",
    ]


def test_diff_of_a_file_with_itself_finds_nothing() -> None:
    result = run("diff", STAFF, STAFF)
    assert result.exit_code == 0
    assert "No item was added, removed, reworded, rescored or moved." in result.stdout
    assert result.stdout.count("every item is the same") == 18  # 4 dimensions and 14 themes


def test_diff_refuses_a_file_with_faults() -> None:
    result = run("diff", HERE / "twenty-faults.toml", STAFF)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert len(result.stderr.splitlines()) >= 20


@pytest.mark.parametrize("arguments", [["--help"], ["check", "--help"], ["diff", "--help"]])
def test_every_command_helps(arguments: list[str]) -> None:
    assert run(*arguments).exit_code == 0
