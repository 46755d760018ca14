"""Own profile: contrasts by hand, the pairing within officers, and sentences that say no more than the verdicts."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports import estimation, own_profile, own_profile_reading, publication
from reports.disclosure.reasons import Reason
from reports.own_profile_reading import Leaning
from reports.profile import Row
from reports.rules import Rules
from reports.statistics import sums

RULES = Rules()
# Two themes of three items: ready (the third is reverse-keyed) and trusted.
EVEN = ["3 3 3 3 3 3", "4 4 2 4 4 4"] * 6  # 50 or 75 on both themes: contrast 0 for everybody
LEANS = ["5 5 1 3 3 3", "4 4 2 2 2 2", "4 4 2 3 3 3"] * 4  # ready 100, 75, 75; trusted 50, 25, 50


def computed(asked, respond, people, *, safe=False, name="two-themes"):
    instrument = asked(name)
    found = publication.compute(respond(instrument, people), instrument, RULES)
    return (publication.published(found) if safe else found).frames["own_profile"]


def sector(first, others=EVEN, count=11):
    return [("a00", given) for given in first] + [(f"a{n:02}", given) for n in range(1, count) for given in others]


def row(frame, measure, authority="a00"):
    return frame[(frame["authority"] == authority) & (frame["measure"] == measure)].iloc[0]


def test_a_theme_is_set_against_the_own_mean_and_the_middle_authority(asked, respond):
    # a00: ready (100 + 75 + 75) / 3 = 83.33, trusted (50 + 25 + 50) / 3 = 41.67; own mean 62.5; contrasts +-20.83.
    # The other ten have contrast 0, so the median over eleven is 0 and the gap is the contrast.
    frame = computed(asked, respond, sector(LEANS))
    found = row(frame, "ready")
    assert found["own_contrast"] == pytest.approx(125 / 6)
    assert found["sector_contrast"] == 0.0
    assert found["gap"] == pytest.approx(125 / 6)
    assert row(frame, "trusted")["gap"] == pytest.approx(-125 / 6)


def test_the_error_is_that_of_each_officers_own_contrast_and_of_the_middle_authority(asked, respond):
    # Each officer's contrast on ready is half of ready minus trusted: (50, 50, 25) / 2. In the other ten nobody's
    # differs from anybody's, so the mean error over eleven is V / 11 and that of their median pi / 2 V / 11 / 11.
    own = np.array([25.0, 25.0, 12.5] * 4)
    found = row(computed(asked, respond, sector(LEANS)), "ready")
    variance = own.var(ddof=1) / 12
    error = np.sqrt(variance + np.pi / 2 * variance / 11 / 11)
    half = stats.t.ppf(0.975, 11) * error
    assert found["lower"] == pytest.approx(own.mean() - half)
    assert found["upper"] == pytest.approx(own.mean() + half)
    p = 2 * stats.t.sf(own.mean() / error, 11)
    assert found["p_value"] == pytest.approx(p)
    assert found["p_adjusted"] == pytest.approx(2 * p)  # Holm over two themes of equal p
    assert (found["verdict"], row(computed(asked, respond, sector(LEANS)), "trusted")["verdict"]) == ("ABOVE", "BELOW")


def test_what_all_authorities_share_is_no_leaning(asked, respond):
    frame = computed(asked, respond, sector(LEANS, others=LEANS))
    assert row(frame, "ready")["sector_contrast"] == pytest.approx(125 / 6)
    assert row(frame, "ready")["gap"] == pytest.approx(0.0, abs=1e-12)
    assert row(frame, "ready")["verdict"] == "SIMILAR"


def test_a_contrast_without_any_spread_cannot_be_tested(asked, respond):
    frame = computed(asked, respond, sector(["5 5 1 3 3 3"] * 12))
    found = row(frame, "ready")
    assert found["gap"] == 25.0
    assert pd.isna(found["lower"])
    assert pd.isna(found["p_adjusted"])
    assert found["verdict"] == "CANNOT_TELL"


def test_every_measure_has_a_row_and_only_themes_have_figures(asked, respond):
    frame = computed(asked, respond, sector(LEANS))
    mine = frame[frame["authority"] == "a00"]
    assert mine["measure"].tolist() == ["overall", "mindset", "ready", "trusted"]
    assert mine["reason"].tolist()[:2] == [Reason.NOT_A_THEME] * 2
    assert mine["gap"].notna().tolist() == [False, False, True, True]


def test_a_withheld_theme_takes_the_whole_profile_with_it(asked, respond):
    # Ten officers of a00 answer on trusted: with the mean over themes their score could be computed from ready's gap.
    people = [given.replace(given[6:], ". . .") if place < 2 else given for place, given in enumerate(LEANS)]
    frame = computed(asked, respond, sector(people), safe=True)
    assert row(frame, "trusted")["reason"] == Reason.TOO_FEW_PEOPLE
    assert row(frame, "ready")["reason"] == Reason.THEME_WITHHELD
    assert frame[frame["authority"] == "a00"][["gap", "lower", "own_contrast", "n", "verdict"]].isna().all().all()
    # Ten other authorities are left: still enough for a median.
    assert row(frame, "ready", "a01")["reason"] is pd.NA


def test_nine_authorities_have_no_sector_to_set_against(asked, respond):
    frame = computed(asked, respond, sector(LEANS, count=9))
    assert row(frame, "ready")["reason"] == Reason.TOO_FEW_AUTHORITIES


def test_one_theme_has_nothing_beside_it(asked, respond):
    instrument = asked("two-themes")
    given = respond(instrument, sector(LEANS))
    only_ready = given.answers.copy()
    only_ready[:, 3:] = -2
    found = publication.compute(
        type(given)(given.authorities, given.authority, given.items, only_ready), instrument, RULES
    ).frames["own_profile"]
    assert row(found, "ready")["reason"] == Reason.TOO_FEW_THEMES
    assert row(found, "trusted")["reason"] == Reason.NO_ANSWERS


def test_influences_give_the_variance_of_a_score_and_of_a_difference():
    rng = np.random.default_rng(4)
    groups = sums.grouped(rng.integers(0, 4, 300), 4)
    values, weights = rng.uniform(0, 100, (300, 2)), rng.uniform(0.5, 2.0, 300)
    found = estimation.estimate(values, groups, weights=weights)
    z = estimation.influences(values, groups, weights=weights)
    for group in range(4):
        mine = z[groups.of_row == group]
        n = len(mine)
        assert np.sqrt(n / (n - 1) * (mine**2).sum(axis=0)) == pytest.approx(found.se_comparison[group])
        rows = groups.order[groups.of_row == group]
        w, apart = weights[rows], values[rows, 0] - values[rows, 1]
        mean = (w * apart).sum() / w.sum()
        by_hand = n / (n - 1) * ((w * (apart - mean)) ** 2).sum() / w.sum() ** 2
        assert n / (n - 1) * ((mine[:, 0] - mine[:, 1]) ** 2).sum() == pytest.approx(by_hand)


def test_contrasts_know_no_order_of_the_rows():
    rng = np.random.default_rng(5)
    member, values = rng.integers(0, 5, 400), np.round(rng.uniform(0, 100, (400, 6)), 3)
    values[rng.random(values.shape) < 0.05] = np.nan

    def made(order):
        groups = sums.grouped(member[order], 5)
        found = estimation.estimate(values[order], groups)
        return own_profile.contrasts(found.score, found.n, estimation.influences(values[order], groups), groups)

    first, second = made(np.arange(400)), made(rng.permutation(400))
    assert first.contrast.tobytes() == second.contrast.tobytes()
    assert first.se.tobytes() == second.se.tobytes()


def leaning(measure, verdict):
    return Leaning(measure, f"Theme {measure}", 9.0, 5.0, 13.0, verdict)


def dimension(verdict):
    return Row("mindset", "Mindset", 60.0, 55.0, 65.0, 40, None, 58.0, None, None, 20, verdict, False, 0.8)


def test_sentences_name_the_themes_with_a_verdict_and_no_others():
    verdicts = ("ABOVE", "BELOW", "SIMILAR", "CANNOT_TELL", None)
    for pair in itertools.product(verdicts, repeat=2):
        given = [leaning(name, verdict) for name, verdict in zip("ab", pair, strict=True)]
        said = own_profile_reading.sentence(given, "Avon")
        towards, _, away = said.partition("away from")
        for one in given:
            word = f"theme {one.measure}"
            assert (word in towards) == (one.verdict == "ABOVE")
            assert (word in away) == (one.verdict == "BELOW")
        assert bool(said) == bool({"ABOVE", "BELOW"} & set(pair))


def test_the_supported_finding_leads():
    leans, finding = [leaning("a", "ABOVE")], "Avon is as it is."
    said = own_profile_reading.sentence(leans, "Avon")
    for verdict in ("SIMILAR", "CANNOT_TELL", None):
        assert own_profile_reading.leading(finding, [dimension(verdict)], leans, "Avon") == f"{said} {finding}"
    for verdict in ("ABOVE", "BELOW"):
        assert own_profile_reading.leading(finding, [dimension(verdict)], leans, "Avon") == f"{finding} {said}"
    assert own_profile_reading.leading(finding, [dimension("SIMILAR")], [leaning("a", "SIMILAR")], "Avon") == finding


def test_a_withheld_row_is_read_as_nothing_whatever_it_holds(asked, respond):
    instrument = asked("two-themes")
    frame = computed(asked, respond, sector(LEANS, count=9))  # research values beside a reason
    assert row(frame, "ready")["verdict"] == "ABOVE"
    read = own_profile_reading.rows(frame, instrument, authority="a00")
    assert [(one.measure, one.gap, one.verdict) for one in read] == [("ready", None, None), ("trusted", None, None)]
