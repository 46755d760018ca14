"""The public staff survey's file fits the public answers, and the one-feature files stay sound."""

from __future__ import annotations

import csv
import gzip
from itertools import islice
from pathlib import Path

import pytest

from questionnaires import loader
from questionnaires.definition import Role

HERE = Path(__file__).parent
DATA = HERE.parents[1] / ".." / "shared" / "data"
PUBLIC = loader.read(HERE / "public-staff-survey.toml")
SOUND = sorted(path for path in HERE.glob("*.toml") if path.name != "twenty-faults.toml")


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_a_one_feature_file_is_sound(path: Path) -> None:
    assert loader.read(path).code == path.stem


def test_it_maps_17_items_to_the_four_dimensions() -> None:
    counts = {one.code: len(PUBLIC.items_of(one.code)) for one in PUBLIC.dimensions}
    assert counts == {"mindset": 4, "agile": 4, "silos": 4, "leadership": 5}
    assert PUBLIC.role_item(Role.SERVICE_AREA) is None


@pytest.mark.skipif(not DATA.is_dir(), reason="the public answers are not here")
def test_its_codes_and_options_are_those_of_the_answers() -> None:
    with gzip.open(DATA / "public_staff_survey_responses.csv.gz", "rt", newline="") as stream:
        rows = list(islice(csv.DictReader(stream), 2000))
    for item in PUBLIC.items.values():
        assert {row[item.code] for row in rows} <= {option.code for option in item.options}


@pytest.mark.skipif(not DATA.is_dir(), reason="the wordings are not here")
def test_its_wording_is_that_of_the_survey() -> None:
    with (DATA / "public_staff_survey_items.csv").open(newline="") as stream:
        wording = {row["item"]: row["text"] for row in csv.DictReader(stream)}
    assert {item.code: str(item.text) for item in PUBLIC.scored_items} == {
        item.code: wording[item.code] for item in PUBLIC.scored_items
    }
