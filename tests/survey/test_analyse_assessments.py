"""`soundings analyse` with self-assessments: two questionnaires, a second file, say_do.csv."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from questionnaires import files
from survey.cli import main

STAFF, SELF = files.path(*files.STAFF), files.path(*files.SELF_ASSESSMENT)
READY = ("mindset_hierarchy", "mindset_improvement", "mindset_ambiguity")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Eleven officers in each of ten authorities, who all see the theme "ready" alike; one authority says 5 of itself."""
    people = [f"a{n:02},{'4,4,2' if person % 2 else '3,3,3'}" for n in range(10) for person in range(11)]
    write(tmp_path / "R.csv", [f"authority,{','.join(READY)}", *people])
    said = [f"a{n:02},{'5' if n == 0 else '3'},dk" for n in range(10)]
    write(tmp_path / "S.csv", ["authority,level_ready,level_outcomes", *said])
    return tmp_path


def write(path: Path, lines: Sequence[str]) -> None:
    path.write_text("\n".join([*lines, ""]))


def run(folder: Path, *options: str) -> Result:
    files_ = ["--responses", str(folder / "R.csv"), "--no-pictures", "--out", str(folder / "out")]
    return CliRunner().invoke(main, ["analyse", *files_, *options])


def both(folder: Path, *options: str) -> Result:
    """The two questionnaires in either order: their audience says which is which."""
    instruments = ["--questionnaire", str(SELF), "--questionnaire", str(STAFF)]
    return run(folder, *instruments, "--assessments", str(folder / "S.csv"), *options)


def say_do(folder: Path) -> dict[tuple[str, str], dict[str, str]]:
    with (folder / "out" / "say_do.csv").open() as file:
        return {(row["authority"], row["measure"]): row for row in csv.DictReader(file)}


def test_say_do_has_a_row_for_every_authority_and_measure(folder: Path) -> None:
    result = both(folder)
    assert result.exit_code == 0, result.output
    rows = say_do(folder)
    assert len(rows) == 10 * (1 + 4 + 14)
    theme = rows["a00", "ready"]
    # six officers at 50 and five at 75: (6 * 50 + 5 * 75) / 11 = 61.36…; the others say 50, a00 says 100
    assert float(theme["staff"]) == pytest.approx((6 * 50 + 5 * 75) / 11)
    assert float(theme["assessed"]) == 100.0
    assert float(theme["gap"]) == pytest.approx(50.0)
    assert theme["verdict"] == ""
    assert rows["a00", "mindset"]["reason"] == "not_assessed"  # one of four themes is fewer than half


def test_the_published_file_keeps_both_sides_and_names_no_rule(folder: Path) -> None:
    assert both(folder, "--audience", "published").exit_code == 0
    rows = say_do(folder)
    assert {row["reason"] for row in rows.values()} == {"", "withheld"}
    assert rows["a00", "ready"]["gap"] == "50"


def test_who_has_a_self_assessment_gets_its_picture(folder: Path) -> None:
    people = (folder / "R.csv").read_text().splitlines()
    write(folder / "R.csv", [people[0], *people[1:12], "small,3,3,3"])  # a00, and an authority of one officer
    themes = ("ready", "outcomes", "means", "everybody")
    write(folder / "S.csv", [f"authority,{','.join(f'level_{theme}' for theme in themes)}", "a00,5,4,4,4"])
    instruments = ["--questionnaire", str(STAFF), "--questionnaire", str(SELF), "--assessments", str(folder / "S.csv")]
    words = ["analyse", *instruments, "--responses", str(folder / "R.csv"), "--out", str(folder / "out")]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    pictures = {
        path.parent.name: path.read_text() for path in (folder / "out").glob("authorities/*/self-assessment.svg")
    }
    assert list(pictures) == ["a00"]
    assert "square-mindset" in pictures["a00"]
    assert "square-agile" not in pictures["a00"]  # nothing was said of it
    assert "There is no self-assessment on agile adoption" in pictures["a00"]


def test_without_self_assessments_there_is_no_such_file(folder: Path) -> None:
    assert run(folder, "--questionnaire", str(STAFF)).exit_code == 0
    assert not (folder / "out" / "say_do.csv").exists()


def test_assessments_without_their_questionnaire_are_a_wrong_command(folder: Path) -> None:
    result = run(folder, "--questionnaire", str(STAFF), "--assessments", str(folder / "S.csv"))
    assert result.exit_code == 2
    assert "second --questionnaire" in result.output


def test_two_questionnaires_for_officers_are_refused(folder: Path) -> None:
    result = run(folder, "--questionnaire", str(STAFF), "--questionnaire", str(STAFF))
    assert result.exit_code == 1
    assert 'audience = "authority"' in result.output


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("a00,3,3", "row 12: 'a00' has a row already"),
        ("zzz,3,3", "'zzz' has no answers"),
        (",3,3", "no authority"),
        ("a00,6,3", "“level_ready”: '6' is not an option. Use one of 1, 2, 3, 4, 5, dk."),
    ],
)
def test_a_faulty_row_is_refused_with_its_place(folder: Path, line: str, fault: str) -> None:
    with (folder / "S.csv").open("a") as file:
        file.write(line + "\n")
    result = both(folder)
    assert result.exit_code == 1
    assert fault in result.output
    assert not (folder / "out").exists()


def test_columns_that_are_no_item_are_named_and_passed_over(folder: Path) -> None:
    text = (folder / "S.csv").read_text().splitlines()
    write(folder / "S.csv", [f"{text[0]},comment", *(f"{line},x" for line in text[1:])])
    result = both(folder)
    assert result.exit_code == 0
    assert "ignored columns that are no item: 'comment'" in result.output


def test_a_file_without_any_indicator_is_refused(folder: Path) -> None:
    write(folder / "S.csv", ["authority,comment", "a00,x"])
    result = both(folder)
    assert result.exit_code == 1
    assert "no column is a scored item" in result.output
