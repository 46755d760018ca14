"""The real answers of a public staff survey, beside a computation of its own in pandas."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from reports import publication
from reports.files import register, responses
from reports.rules import Rules

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
ANSWERS = DATA / "public_staff_survey_responses.csv.gz"
ITEMS = {
    "mindset": ["Q32", "Q34", "Q45", "Q55"],
    "agile": ["Q2", "Q3", "Q11", "Q30"],
    "silos": ["Q20", "Q26", "Q58", "Q59"],
    "leadership": ["Q53", "Q54", "Q56", "Q60", "Q61"],
}

pytestmark = pytest.mark.skipif(not ANSWERS.is_file(), reason="the real answers are not here")


@pytest.fixture(scope="module")
def frames(asked):
    instrument = asked("public-staff-survey")
    authorities = register.read_authorities(DATA / "public_staff_survey_authorities.csv")
    answers = responses.read(ANSWERS, instrument, authorities=list(authorities["code"])).responses
    return publication.compute(answers, instrument, Rules(), authorities=authorities).frames


@pytest.fixture(scope="module")
def people():
    table = pd.read_csv(ANSWERS)
    for dimension, items in ITEMS.items():
        table[dimension] = (table[items].mean(axis=1) - 1) * 25
    table["overall"] = table[list(ITEMS)].mean(axis=1)
    return table


def test_every_score_is_the_weighted_mean_of_its_people(frames, people):
    expected = {
        (code, measure): np.average(own[measure], weights=own["weight"])
        for code, own in people.groupby("authority")
        for measure in (*ITEMS, "overall")
    }
    found = frames["scores"].set_index(["authority", "measure"])["score"]
    assert len(found) == 22 * 5
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, abs=1e-9)


def test_standard_errors_are_those_of_a_linearised_weighted_mean(frames, people):
    found = frames["scores"].set_index(["authority", "measure"])
    for code in ("AG", "KS", "SN"):
        own = people[people["authority"] == code]
        w, y = own["weight"].to_numpy(), own["silos"].to_numpy()
        e = y - np.average(y, weights=w)
        n = len(own)
        assert found.loc[(code, "silos"), "n"] == n
        assert found.loc[(code, "silos"), "se"] == pytest.approx(np.sqrt(n / (n - 1) * np.sum((w * e) ** 2)) / w.sum())
        assert found.loc[(code, "silos"), "deff"] == pytest.approx(n * np.sum(w**2) / w.sum() ** 2)


def test_the_benchmark_is_the_median_agency(frames, people):
    scores = {code: np.average(own["agile"], weights=own["weight"]) for code, own in people.groupby("authority")}
    found = frames["benchmarks"].set_index(["peer_group", "measure"]).loc[("all", "agile")]
    assert found["n"] == 22
    assert found["median"] == pytest.approx(np.median(list(scores.values())), abs=1e-9)
    assert found["upper_quartile"] == pytest.approx(np.quantile(list(scores.values()), 0.75), abs=1e-9)


def test_shares_of_an_item_are_weighted(frames, people):
    own = people[people["authority"] == "DL"]
    found = frames["items"].query("authority == 'DL' and item == 'Q20'").set_index("option")
    for option in "12345":
        expected = own.loc[own["Q20"] == int(option), "weight"].sum() / own["weight"].sum()
        assert found.loc[option, "share"] == pytest.approx(expected, abs=1e-12)


def test_units_and_supervisors_have_scores_of_their_own(frames, people):
    own = people[(people["authority"] == "DL") & (people["tier"] == "supervisor")]
    groups = frames["group_scores"]
    found = groups.query("authority == 'DL' and kind == 'tier' and group == 'supervisor' and measure == 'mindset'")
    assert found["score"].tolist() == [pytest.approx(np.average(own["mindset"], weights=own["weight"]), abs=1e-9)]
    assert groups.query("kind == 'service_area'")["group"].nunique() == people["service_area"].nunique()


def test_verdicts_are_the_four_words_and_indicative_where_the_score_is_less_reliable(frames):
    judged = frames["standings"].dropna(subset=["verdict"])
    assert len(judged) == 22 * 4 * 2  # all, and the one type
    relied = judged.merge(frames["scores"][["authority", "measure", "reliability"]], on=["authority", "measure"])
    assert (relied["indicative"] == (relied["reliability"] < 0.70)).all()
    assert (relied.loc[relied["reliability"] < 0.50, "verdict"] == "CANNOT_TELL").all()
    assert set(judged["verdict"]) <= {"ABOVE", "SIMILAR", "BELOW", "CANNOT_TELL"}
