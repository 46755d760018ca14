"""Exports of other tools become the frame of the computation: by wording, by label, and never by a guess."""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from questionnaires import loader
from reports.files import cells, inputs, mapping, proposal, tool_exports
from reports.files.inputs import Files
from reports.files.mapping import ToolMapping
from reports.files.tables import FileFaults
from reports.files.tool_columns import seconds_between
from reports.files.tool_exports import Export
from survey.cli import main

QUESTIONNAIRES = Path(__file__).parents[1] / "questionnaires"
SHARED = Path(__file__).parents[2] / ".." / "shared" / "data"
EVERY_KIND = QUESTIONNAIRES / "every-kind.toml"
LABELS = {
    "1": "Strongly Disagree ",
    "2": "disagree",
    "3": "Neither agree nor disagree",
    "4": "Agree",
    "5": "Strongly agree",
}
QUALITY = {"1": "Very poor", "2": "Poor", "3": "Fair", "4": "Good ", "5": "VERY GOOD"}


@pytest.fixture
def written(tmp_path):
    def write(text: str, name: str = "export.csv") -> Path:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path / name

    return write


def proposed(path: Path) -> proposal.Proposal:
    return tool_exports.propose(Export(path, (loader.read(EVERY_KIND),)))


def targets(path: Path) -> dict[str, str]:
    return {one.header: one.target for one in proposed(path).columns}


def test_a_column_is_known_by_its_wording_however_a_tool_decorates_it(written):
    path = written(
        "Authority,3. Change is  WELCOME here!,Q4: Which programmes have you taken part in? Choose all that apply.,"
        "About you [How many years have you worked here?],What would you change? *\nA,4,,,\n"
    )
    assert list(targets(path).values()) == ["authority", "mindset_1", "programmes", "years", "one_change"]
    assert proposed(path).is_certain


def test_a_close_wording_is_proposed_and_asked(written):
    path = written("authority,mindset_1,What would you chnge?\nA,4,Forms\n")
    (asked,) = proposed(path).asked_columns
    assert (asked.target, asked.why, asked.wording) == ("one_change", proposal.Why.CLOSE, "What would you change?")
    with pytest.raises(FileFaults) as refusal:
        tool_exports.certain(Export(path, (loader.read(EVERY_KIND),)), remedy="Decide.")
    assert "Proposed: one_change" in refusal.value.faults[0]


def test_a_list_of_labels_is_taken_apart_however_a_tool_joins_them():
    asked = loader.read(EVERY_KIND)
    labels = cells.of_item(asked.items["programmes"], (asked,), ToolMapping("every-kind"))
    for cell in ("Mentoring;A course;", "a course, mentoring", "mentoring course", "Mentoring\nA course"):
        assert {labels.code(part) for part in labels.parts(cell)} == {"mentoring", "course"}, cell
    assert [labels.code(part) for part in labels.parts("Mentoring;Chess;")] == ["mentoring", None]


def test_two_labels_of_the_same_words_stand_for_none():
    found = proposal.headers((loader.read(EVERY_KIND),))
    assert found.find("Change is welcome here.") == "mindset_1"
    assert found.find("Change is welcome here. / What would you change?") is None  # two languages must agree


@pytest.mark.parametrize(
    ("start", "end", "seconds"),
    [
        ("2026-05-04 09:00:00", "2026-05-04T09:01:30", "90"),
        ("5/4/26 23:59:30", "5/5/26 0:00:30", "60"),
        ("14/05/2026 10:00", "14/05/2026 10:05", "300"),
        ("46146.375", "46146.376", "86"),  # days since 1899, as a date that lost its format; 0.001 day is 86.4 s
        ("2026-05-04 09:00", "2026-05-04 08:00", ""),
        ("2026-05-04 09:00", "", ""),
    ],
)
def test_two_times_become_seconds_where_they_can_be_read(start, end, seconds):
    assert seconds_between(start, end) == seconds


def test_a_mapping_survives_being_written_and_read():
    kept = ToolMapping(
        "every-kind", {'Why "so"? \\ = [x]\t#1': "mindset_1", "Ŵ": "leave out"}, {"agree5": {"Cytuno’n gryf": "5"}}, "A"
    )
    assert mapping.parse(mapping.written(kept, {"Ŵ": "check: a\nnote"}), "M.toml") == kept


def test_what_is_written_can_be_read_again_however_long_or_strange_the_file_was():
    """A header in two languages is easily longer than what is compared; it must not spoil the mapping for next year."""
    header = "In this authority, we agree. " * 30
    strange = 'a"b\\ # ] = \x1f\x7f\u0085'
    before = ToolMapping("small", {header: "q1", strange: "q2"}, {strange: {header: "1"}})
    after = mapping.parse(mapping.written(before, {header: "like\x00 this\x1b"}), "kept.toml")
    assert (after.target(header), after.target(strange)) == ("q1", "q2")
    assert [len(label) for label in after.cells[strange]] == [600]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("columns = 5", "columns: not a table"),
        ('[columns]\n"A" = 5', "'A' leads to no code"),
        ('[columns]\n"A" = "mindset_9"', "'mindset_9' is no item"),
        ('[cells.agree5]\n"Yes" = "9"', "'9' is no option. Use one of 1, 2, 3"),
        ('[cells.agree7]\n"Yes" = "1"', "no such set of options"),
        ('questionnaire = "other"', "made for the questionnaire 'other'"),
        ("shape = 1", "shape is no part of a mapping"),
        ("[columns", "not TOML"),
    ],
)
def test_a_mapping_that_leads_nowhere_is_refused_with_its_place(written, text, expected):
    with pytest.raises(FileFaults) as refusal:
        mapping.read(written(text, "M.toml"), loader.read(EVERY_KIND))
    assert expected in "\n".join(refusal.value.faults)


def test_a_mapping_of_an_earlier_edition_keeps_what_still_fits():
    earlier = ToolMapping(
        "every-kind", {"A": "mindset_1", "B": "gone"}, {"agree5": {"Aye": "5", "Nay": "0"}, "gone": {"x": "1"}}
    )
    fitting = mapping.fitting(earlier, loader.read(EVERY_KIND))
    assert fitting.columns == {"A": "mindset_1"}
    assert fitting.cells["agree5"] == {"Aye": "5"}


def test_analyse_proposes_a_mapping_and_then_reads_with_it(written, tmp_path):
    answers = "".join(f"A,{label},Mentoring;\n" for label in ("Agree", "Strongly agree ", "agree") for _ in range(5))
    path = written("Your council,Change is welcome here.,Which programmes have you taken part in?\n" + answers)
    command = ["analyse", "--questionnaire", EVERY_KIND, "--responses", path, "--mapping", tmp_path / "M.toml"]
    command += ["--no-pictures", "--out", tmp_path / "out"]
    first = CliRunner().invoke(main, [str(one) for one in command])
    assert first.exit_code == 1
    assert "column 'Your council'" in first.stderr
    assert not (tmp_path / "out").exists()
    second = CliRunner().invoke(main, [str(one) for one in command])
    assert second.exit_code == 0, second.stderr
    (row,) = [
        one
        for one in csv.DictReader((tmp_path / "out" / "scores.csv").read_text().splitlines())
        if one["measure"] == "mindset"
    ]
    assert float(row["score"]) == pytest.approx((75 + 100 + 75) / 3)


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared data are not here")
def test_a_real_file_with_wording_as_headers_and_labels_as_cells_gives_the_same_answers(tmp_path):
    questionnaire = loader.read(QUESTIONNAIRES / "public-staff-survey.toml")
    wording = {
        row["item"]: row["text"]
        for row in csv.DictReader((SHARED / "public_staff_survey_items.csv").read_text().splitlines())
    }
    source = SHARED / "public_staff_survey_responses.csv.gz"
    with (
        gzip.open(source, "rt") as file,
        (tmp_path / "plain.csv").open("w") as plain,
        (tmp_path / "tool.csv").open("w") as tool,
    ):
        rows = csv.reader(file)
        header = next(rows)
        csv.writer(plain).writerow(header)
        csv.writer(tool).writerow(
            [f"{at}. {wording[one]} " if one in wording else one for at, one in enumerate(header)]
        )
        scales = [_scale(questionnaire, one) for one in header]
        for number, row in enumerate(rows):
            if number % 20 == 0:
                csv.writer(plain).writerow(row)
                csv.writer(tool).writerow([scale.get(cell, cell) for scale, cell in zip(scales, row, strict=True)])
    expected = inputs.read(Files(tmp_path / "plain.csv"), questionnaire).responses
    with pytest.raises(FileFaults) as refusal:
        inputs.read(Files(tmp_path / "tool.csv", mapping=tmp_path / "M.toml"), questionnaire)
    assert len(refusal.value.faults) == 71 - 17 + 1  # the other items of the survey, and where the proposal is
    found = inputs.read(Files(tmp_path / "tool.csv", mapping=tmp_path / "M.toml"), questionnaire).responses
    assert found.items == expected.items
    assert np.array_equal(found.answers, expected.answers)
    assert len(found) > 3_000


def _scale(questionnaire, code: str) -> dict[str, str]:
    """The label of each code in a column, as a tool writes it; columns that are not asked keep their codes."""
    item = questionnaire.items.get(code)
    if item is None or item.option_set is None or item.option_set.code == "tiers":
        return {}
    return QUALITY if item.option_set.code == "quality5" else LABELS
