"""What safety costs, as it is written down: the real file's column of the table is counted again."""

from __future__ import annotations

import gzip
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from questionnaires import loader
from reports import publication
from reports.files import responses
from reports.rules import Rules

HERE = Path(__file__).parent
ANSWERS = HERE / ".." / ".." / ".." / "shared" / "data" / "public_staff_survey_responses.csv.gz"
TABLE = HERE / ".." / ".." / "docs" / "disclosure.md"
GROUPS, CELLS = "service areas, tiers, elected members", "service areas by tier"


def written() -> dict[str, str]:
    """The second column of the table, by the words of its row."""
    rows = re.findall(r"^\| ([^|]+) \| [\d.]+ % \| ([\d.]+) % \|$", TABLE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def share(frame: pd.DataFrame, *reasons: str) -> str:
    """Of all rows, in per cent; without reasons of all that is withheld."""
    hit = frame["reason"].isin(reasons) if reasons else frame["reason"].notna()
    found = f"{100 * hit.mean():.1f}"
    return "0" if found == "0.0" else found


def drawn_together(items: pd.DataFrame) -> str:
    """Of all distributions those with options side by side in one row."""
    options = items[~items["option"].isin(["dk", "blank"])]
    bands = options["option"].str.contains("-").groupby([options["authority"], options["item"]]).any()
    return f"{100 * bands.mean():.1f}"


def test_the_cost_of_safety_is_that_of_the_real_file(tmp_path: Path) -> None:
    if not ANSWERS.is_file():
        pytest.skip("the real answers are not here")
    instrument = loader.read(HERE / ".." / "questionnaires" / "public-staff-survey.toml")
    with gzip.open(ANSWERS, "rb") as packed, (tmp_path / "R.csv").open("wb") as file:
        shutil.copyfileobj(packed, file)
    given = responses.read(tmp_path / "R.csv", instrument).responses
    told = publication.published(publication.compute(given, instrument, Rules())).frames
    groups, cells, unsaid = told["group_scores"], told["cell_scores"], told["dont_know"]
    scored = pd.concat([told["scores"], groups, cells])
    assert written() == {
        "scores of authorities": share(told["scores"]),
        f"{GROUPS}: too few people": share(groups, "too_few_people"),
        f"{GROUPS}: the rest, both ways, between measures": share(groups, "complement"),
        f"{GROUPS}: with a dimension": share(groups, "dimension_withheld"),
        f"{GROUPS}: one carries too much": share(groups, "dominance"),
        "scores, service areas, tiers and cells: nearly alike": share(scored, "too_alike"),
        f"{CELLS}: too few people": share(cells, "too_few_people"),
        f"{CELLS}: to protect others": share(cells, "complement"),
        "answers to a question: options drawn together": drawn_together(told["items"]),
        "don't know: too few people": share(unsaid, "too_few_people"),
        "don't know: the rest": share(unsaid, "complement"),
        "divergence: fewer than three service areas": share(told["divergence"], "too_few_service_areas"),
        "senior leaders against the frontline": share(told["tier_gaps"]),
    }
