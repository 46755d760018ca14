"""`soundings analyse` on files: whole output or none, every fault at once."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from reports.files import pictures
from survey.cli.analyse import analyse

QUESTIONNAIRE = Path(__file__).parents[1] / "questionnaires" / "four-dimensions.toml"
ITEMS = [f"{dimension}_{n}" for dimension in ("mindset", "agile", "silos", "leadership") for n in range(1, 5)]
RESEARCH_ONLY = {"respondents", "item_analysis", "within_agreement", "robustness"}
TABLES = RESEARCH_ONLY | {
    "scores", "items", "group_scores", "cell_scores", "benchmarks", "standings", "reliability", "agreement", "own_profile",
    "divergence", "tier_gaps", "elected_gaps", "sector_tier_gaps", "sector_inside", "average_officer",
    "dont_know", "sector_dont_know", "leadership", "sector_leadership", "sector_programmes",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path):
    return filled(tmp_path)


@pytest.fixture(scope="module")
def analysed(tmp_path_factory):
    """A folder in which everything was written once, with every picture and report."""
    folder = filled(tmp_path_factory.mktemp("analysed"))
    done = run(folder, *everything(folder))
    assert done.exit_code == 0, done.output
    return folder


def filled(folder):
    rows = [["authority", "tier", *ITEMS]]
    for number in range(12):
        rows += [[f"a{number:02}", "frontline", *("4" if (number + k) % 3 else "2" for _ in ITEMS)] for k in range(12)]
    rows += [["small", "", *("3" for _ in ITEMS)]] * 3
    write(folder / "R.csv", rows)
    names = [[f"a{number:02}", f"Authority {number}", "unitary", "Wales"] for number in range(12)]
    write(folder / "A.csv", [["code", "name", "type", "nation"], *names, ["small", "=Small", "district", "Wales"]])
    write(folder / "H.csv", [["authority", "service_area", "tier", "headcount"], ["a00", "", "", "60"]])
    return folder


def write(path, rows):
    with path.open("w", newline="", encoding="utf-8") as handle:
        csv.writer(handle).writerows(rows)


def run(folder, *options):
    files = ["--questionnaire", str(QUESTIONNAIRE), "--responses", str(folder / "R.csv")]
    return CliRunner().invoke(analyse, [*files, "--out", str(folder / "out"), *options])


def everything(folder):
    return "--authorities", str(folder / "A.csv"), "--headcounts", str(folder / "H.csv")


def read(path):
    with path.open(newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_every_table_picture_and_report_is_written(analysed):
    out = analysed / "out"
    assert {path.stem for path in out.glob("*.csv")} == TABLES
    assert json.loads((out / "quality.json").read_text())["response"]["a00"]["rate"] == pytest.approx(12 / 60)
    for place in (out, out / "authorities" / "a00", out / "authorities" / "small"):
        assert {"dots.svg", "radar.svg", "report.html", "report.pdf"} <= {path.name for path in place.iterdir()}
    own = next(row for row in read(out / "scores.csv") if row["authority"] == "a00" and row["measure"] == "mindset")
    # a00: 4 of 12 people answer 2 and 8 answer 4; the last of four items is reverse-keyed:
    # (3 x 25 + 75) / 4 = 37.5 and (3 x 75 + 25) / 4 = 62.5, so (4 x 37.5 + 8 x 62.5) / 12 = 54.1666666667
    assert own["score"] == "54.1666666667"
    assert (own["n"], own["invited"], own["weighted"]) == ("12", "60", "false")
    assert [path.name for path in analysed.iterdir() if path.name.startswith(".")] == []


def test_the_published_audience_says_withheld_and_leaves_people_out(folder):
    assert run(folder, *everything(folder), "--audience", "published", "--no-pictures").exit_code == 0
    out = folder / "out"
    assert {path.stem for path in out.glob("*.csv")} == TABLES - RESEARCH_ONLY
    assert not (out / "authorities").exists()
    hidden = [row for row in read(out / "scores.csv") if row["authority"] == "small"]
    assert {row["reason"] for row in hidden} == {"withheld"}
    assert {row["score"] + row["n"] for row in hidden} == {""}


def test_faults_of_all_files_are_named_together_and_nothing_is_written(folder):
    write(folder / "R.csv", [["authority", *ITEMS], ["a00", "9", *["4"] * 15], ["zz", *["4"] * 16]])
    write(folder / "H.csv", [["authority", "headcount"], ["a00", "many"]])
    refused = run(folder, *everything(folder))
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 3
    for part in ("R.csv: row 2, column 'mindset_1'", "R.csv: row 3, column 'authority'", "H.csv: row 2"):
        assert part in refused.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["A.csv", "H.csv", "R.csv"]


def test_reports_wear_the_brand_that_is_named(folder, tmp_path_factory):
    brand = tmp_path_factory.mktemp("brand")
    (brand / "brand.toml").write_text('name = "Rhwydwaith Digidol"')
    write(folder / "R.csv", [["authority", *ITEMS], *([["a00", *("3" for _ in ITEMS)]] * 12)])
    assert run(folder, "--brand", str(brand)).exit_code == 0
    report = PdfReader(folder / "out" / "authorities" / "a00" / "report.pdf")
    assert report.metadata.author == "Rhwydwaith Digidol"
    assert "Rhwydwaith Digidol" in report.pages[0].extract_text()


def test_a_brand_without_contrast_is_refused_before_anything_is_written(folder, tmp_path_factory):
    brand = tmp_path_factory.mktemp("brand")
    (brand / "brand.toml").write_text('name = "x"\n[colours]\nmain = "#ffcc00"\naccent = "#ffffff"')
    refused = run(folder, *everything(folder), "--brand", str(brand))
    assert refused.exit_code == 1
    assert refused.stderr.count("\n") == 2  # a line for each colour
    assert "colours.main: #ffcc00 has a contrast of 1.51 to 1 with white" in refused.stderr
    assert not (folder / "out").exists()


def test_a_wrong_option_is_wrong_usage(folder):
    assert run(folder, "--audience", "everybody").exit_code == 2
    assert CliRunner().invoke(analyse, []).exit_code == 2


def test_the_same_files_give_the_same_bytes(analysed):
    first = {path.relative_to(analysed): path.read_bytes() for path in (analysed / "out").rglob("*") if path.is_file()}
    assert run(analysed, *everything(analysed)).exit_code == 0  # earlier results may be replaced
    second = {path.relative_to(analysed): path.read_bytes() for path in (analysed / "out").rglob("*") if path.is_file()}
    assert first == second


def test_every_authority_at_once_is_drawn_for_the_research_team_only(folder, monkeypatch):
    """The first authority has nobody of twelve who agrees, the last eleven: they differ beyond chance."""
    monkeypatch.setattr(pictures, "write_authorities", lambda *_, **__: iter(()))  # each one's own are not asked about
    only_for_them = {"authorities-caterpillar.svg", "report-research.pdf"}
    rows = [["authority", "tier", *ITEMS]]
    for number in range(12):
        rows += [[f"a{number:02}", "frontline", *("4" if k < number else "2" for _ in ITEMS)] for k in range(12)]
    write(folder / "R.csv", [*rows, *([["small", "", *("3" for _ in ITEMS)]] * 3)])
    assert run(folder, *everything(folder)).exit_code == 0
    found = {path.name for path in (folder / "out").iterdir()}
    assert only_for_them <= found
    shutil.rmtree(folder / "out")
    assert run(folder, *everything(folder), "--audience", "published").exit_code == 0
    left = {path.name for path in (folder / "out").iterdir()}
    assert "report.pdf" in left
    assert not {name for name in left if name.startswith("authorities-") or "research" in name}
