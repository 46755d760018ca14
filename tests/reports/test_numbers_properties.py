"""What must hold of every wave, whatever the answers: order, names, copies, other authorities, keys, scales of weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from questionnaires import loader
from questionnaires.definition import Questionnaire
from reports import publication
from reports.files import writing
from reports.frames import HEADCOUNTS, Responses
from reports.rules import Rules

Asked = Callable[[str], Questionnaire]
AREAS, TIERS = ("housing", "ict", "planning"), ("elected", "frontline", "manager", "senior")
BESIDE_OTHERS = ["reliability"]  # how far a score sets authorities apart does rest on the others
seeds = st.integers(0, 2**32 - 1)
few = settings(
    max_examples=20 if os.environ.get("ASSURANCE") == "long" else 3,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],  # a seed is no simpler for being small
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def wave(questionnaire: Questionnaire, seed: int, *, authorities: int = 12, weighted: bool = False) -> Responses:
    """Authorities of 3 to 45 people, some answers missing, some people without service area or tier.

    The first four have 70 each and scales hold together, so that no gate of the whole wave opens or shuts on the way:
    those are meant to look at everybody.
    """
    chance = np.random.default_rng(seed)
    sizes = np.append(np.full(4, 70), chance.integers(3, 45, authorities - 4))
    authority = np.repeat(np.arange(authorities, dtype=np.int32), sizes)
    count, items = len(authority), questionnaire.scored_items
    level = chance.normal(2.0, 0.4, authorities)[authority] + chance.normal(0.0, 0.8, count)
    shape = (count, len(items))
    answers = np.clip(np.rint(level[:, np.newaxis] + chance.normal(0.0, 0.7, shape)), 0, 4).astype(np.int8)
    keyed = np.array([item.reverse for item in items])
    answers[:, keyed] = 4 - answers[:, keyed]
    answers[chance.random(shape) < 0.06] = -2
    return Responses(
        tuple(f"a{place:02}" for place in range(authorities)),
        authority,
        tuple(item.code for item in items),
        answers,
        AREAS,
        chance.integers(-1, 3, count).astype(np.int32),
        TIERS,
        chance.choice(np.array([-1, 0, 1, 1, 1, 1, 2, 3], dtype=np.int32), count),
        chance.uniform(0.5, 2.0, count) if weighted else None,
    )


def staff(codes: tuple[str, ...], seed: int) -> pd.DataFrame:
    """Headcounts by service area and tier, for some of the authorities more people than answered and for some fewer."""
    chance = np.random.default_rng(seed)
    rows = [
        (code, area, tier, int(chance.integers(1, 40)))
        for code in codes[::2]
        for area in AREAS
        for tier in ("frontline", "manager", "senior")
    ]
    return HEADCOUNTS.check(pd.DataFrame(rows, columns=list(HEADCOUNTS.columns)))


def rows_of(answers: Responses, places: np.ndarray) -> Responses:
    return replace(
        answers,
        authority=answers.authority[places],
        answers=answers.answers[places],
        service_area=None if answers.service_area is None else answers.service_area[places],
        tier=None if answers.tier is None else answers.tier[places],
        weight=None if answers.weight is None else answers.weight[places],
    )


def tables(
    answers: Responses, questionnaire: Questionnaire, headcounts: pd.DataFrame | None = None
) -> publication.Results:
    return publication.compute(answers, questionnaire, Rules(), headcounts=headcounts)


def files(found: publication.Results) -> Mapping[str, bytes]:
    """Every file for both audiences; the rows of `respondents` are numbered in their order."""
    return {
        f"{audience} {name}": writing.csv_bytes(frame)
        for audience in ("research", "published")
        for name, frame in publication.for_file(found, audience).frames.items()
        if name != "respondents"
    }


@few
@given(seeds)
def test_another_order_of_the_rows_gives_the_same_bytes(asked: Asked, seed: int) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed, weighted=seed % 2 == 0)
    known = staff(answers.authorities, seed)
    other = np.random.default_rng(seed + 1).permutation(len(answers))
    first = files(tables(answers, questionnaire, known))
    second = files(tables(rows_of(answers, other), questionnaire, known.iloc[::-1]))
    assert {name for name in first if first[name] != second[name]} == set()


@few
@given(seeds)
def test_other_names_of_authorities_and_service_areas_change_no_number(asked: Asked, seed: int) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    known = staff(answers.authorities, seed)
    codes = {code: f"z{99 - place:02}" for place, code in enumerate(answers.authorities)}  # the order is turned round
    areas = {"housing": "planning", "planning": "ict", "ict": "housing"}
    renamed = replace(
        answers,
        authorities=tuple(codes.values()),
        service_areas=tuple(areas[area] for area in answers.service_areas),
    )
    known_as = known.assign(authority=known["authority"].map(codes), service_area=known["service_area"].map(areas))
    before, after = (
        tables(one, questionnaire, two).frames for one, two in ((answers, known), (renamed, HEADCOUNTS.check(known_as)))
    )
    for name, keys in (("scores", ["measure"]), ("tier_gaps", ["measure"]), ("divergence", ["measure"])):
        left = before[name].assign(authority=before[name]["authority"].map(codes))
        check_equal(left, after[name], ["authority", *keys])
    groups = before["group_scores"].assign(
        authority=before["group_scores"]["authority"].map(codes),
        group=before["group_scores"]["group"].map(lambda one: areas.get(one, one)),
    )
    check_equal(
        groups.drop(columns="reason"),
        after["group_scores"].drop(columns="reason"),
        ["authority", "kind", "group", "measure"],
    )


def check_equal(left: pd.DataFrame, right: pd.DataFrame, keys: list[str]) -> None:
    one, two = (frame.sort_values(keys, ignore_index=True) for frame in (left, right))
    pd.testing.assert_frame_equal(one, two, check_exact=False, check_dtype=False, rtol=1e-9, atol=1e-9)


@few
@given(seeds, st.booleans())
def test_everybody_twice_gives_the_same_scores_and_errors_that_shrink_as_they_must(
    asked: Asked, seed: int, weighted: bool
) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed, weighted=weighted)
    twice = rows_of(answers, np.tile(np.arange(len(answers)), 2))
    once, double = (tables(one, questionnaire).frames["scores"] for one in (answers, twice))
    assert (2 * once["n"] == double["n"]).all()
    np.testing.assert_allclose(double["score"].astype(float), once["score"].astype(float), atol=1e-9)
    np.testing.assert_allclose(double["deff"].astype(float), once["deff"].astype(float), atol=1e-9)
    # n / (n - 1) S / W^2 becomes 2n / (2n - 1) 2S / 4W^2: the variance times (n - 1) / (2n - 1)
    n = once["n"].astype(float).to_numpy()
    some = n > 1
    expected = once["se"].astype(float).to_numpy()[some] * np.sqrt((n[some] - 1) / (2 * n[some] - 1))
    np.testing.assert_allclose(double["se"].astype(float).to_numpy()[some], expected, rtol=1e-9, atol=1e-9)


@few
@given(seeds)
def test_one_more_authority_moves_nothing_of_the_others_that_is_not_a_comparison(asked: Asked, seed: int) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    known = staff(answers.authorities, seed)
    fewer = rows_of(answers, np.flatnonzero(answers.authority != 5))
    left = replace(
        fewer,
        authorities=tuple(code for place, code in enumerate(answers.authorities) if place != 5),
        authority=np.where(fewer.authority > 5, fewer.authority - 1, fewer.authority).astype(np.int32),
    )
    many, few_ = (tables(one, questionnaire, known).frames for one in (answers, left))
    for name in ("scores", "group_scores", "items", "divergence", "tier_gaps", "elected_gaps", "within_agreement"):
        own = many[name][many[name]["authority"] != "a05"].reset_index(drop=True)
        kept = few_[name][few_[name]["authority"] != "a05"].reset_index(drop=True)
        columns = own.columns.difference(BESIDE_OTHERS)
        pd.testing.assert_frame_equal(own[columns], kept[columns], check_exact=True)


@few
@given(seeds)
def test_answers_turned_round_give_a_hundred_minus_the_score(asked: Asked, seed: int) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    turned = replace(
        answers, answers=np.where(answers.answers >= 0, 4 - answers.answers, answers.answers).astype(np.int8)
    )
    up, down = (tables(one, questionnaire).frames["scores"] for one in (answers, turned))
    np.testing.assert_allclose(down["score"].astype(float), 100 - up["score"].astype(float), atol=1e-9)
    np.testing.assert_allclose(down["se"].astype(float), up["se"].astype(float), atol=1e-9)
    np.testing.assert_allclose(down["upper"].astype(float), 100 - up["lower"].astype(float), atol=1e-9)


@few
@given(seeds)
def test_an_item_keyed_the_other_way_and_answered_the_other_way_is_the_same_item(asked: Asked, seed: int) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    item = questionnaire.scored_items[3]
    assert item.reverse
    other = replace(
        questionnaire,
        sections=tuple(
            replace(
                section,
                pages=tuple(
                    replace(
                        page,
                        items=tuple(
                            replace(one, reverse=False) if one.code == item.code else one for one in page.items
                        ),
                    )
                    for page in section.pages
                ),
            )
            for section in questionnaire.sections
        ),
    )
    column = answers.items.index(item.code)
    chosen = answers.answers.copy()
    chosen[:, column] = np.where(chosen[:, column] >= 0, 4 - chosen[:, column], chosen[:, column])
    before, after = tables(answers, questionnaire).frames, tables(replace(answers, answers=chosen), other).frames
    for name in ("scores", "reliability", "agreement"):
        pd.testing.assert_frame_equal(before[name], after[name], check_exact=False, rtol=1e-9, atol=1e-9)


FOUR = Path(__file__).parents[1] / "questionnaires" / "four-dimensions.toml"
SCALE = '  { code = "2", label = "Disagree", score = 25 },\n'


@few
@given(seeds)
def test_a_scale_with_options_that_nobody_chose_gives_the_same_scores(asked: Asked, seed: int) -> None:
    # The ends of the scale count, and not what was answered: one more option between the others moves nothing.
    text = FOUR.read_text()
    assert SCALE in text
    finer = loader.parse(text.replace(SCALE, SCALE + '  { code = "2b", label = "Rather disagree", score = 37.5 },\n'))
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    moved = np.where(answers.answers >= 2, answers.answers + 1, answers.answers).astype(np.int8)
    before, after = tables(answers, questionnaire).frames, tables(replace(answers, answers=moved), finer).frames
    columns = ["authority", "measure", "n", "score", "se", "lower", "upper"]
    pd.testing.assert_frame_equal(before["scores"][columns], after["scores"][columns], check_exact=True)


@few
@given(seeds)
def test_everybody_one_level_higher_moves_scores_by_a_level_and_no_error_difference_or_finding(
    asked: Asked, seed: int
) -> None:
    # 25 points of 100 on a scale of five; nobody stands on the highest level before, so that nobody is held by its end
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed)
    keyed = np.array([item.reverse for item in questionnaire.scored_items])
    chosen = np.where(keyed, 4 - answers.answers, answers.answers)
    level = np.where(answers.answers >= 0, np.minimum(chosen, 3), answers.answers)
    low, high = (
        replace(answers, answers=np.where(level < 0, level, np.where(keyed, 4 - one, one)).astype(np.int8))
        for one in (level, level + 1)
    )
    known = staff(answers.authorities, seed)
    before, after = tables(low, questionnaire, known).frames, tables(high, questionnaire, known).frames
    moved, found = before["scores"].copy(), after["scores"]
    for column in ("score", "unweighted_score"):
        moved[column] += 25
    left = ["lower", "upper", "reason"]  # near an end of the scale less may be told of few people
    check_equal(*(one.drop(columns=left) for one in (moved, found)), ["authority", "measure"])
    for end in ("lower", "upper"):  # bounds stop at 0 and 100
        inside = (moved[end] > 0) & (found[end] < 100)
        near = (found[end] - moved[end])[inside.fillna(value=False)].astype(float)
        np.testing.assert_allclose(near, 25.0, atol=1e-9)
    for name in ("reliability", "agreement", "within_agreement"):
        check_equal(before[name], after[name], [key for key in ("authority", "measure") if key in before[name]])
    for name, column in (("divergence", "sd_between"), ("tier_gaps", "gap"), ("own_profile", "gap")):
        columns = ["authority", "measure", column]
        check_equal(before[name][columns], after[name][columns], columns[:2])
    columns = ["authority", "peer_group", "measure", "gap", "p_value"]
    check_equal(before["standings"][columns], after["standings"][columns], columns[:3])


@few
@given(seeds, st.floats(0.01, 100.0))
def test_design_weights_have_no_unit(asked: Asked, seed: int, factor: float) -> None:
    questionnaire = asked("four-dimensions")
    answers = wave(questionnaire, seed, weighted=True)
    assert answers.weight is not None
    own = np.random.default_rng(seed).uniform(0.5, 2.0, len(answers.authorities))[answers.authority]
    scaled = replace(answers, weight=answers.weight * own * factor)
    known = staff(answers.authorities, seed)
    before, after = tables(answers, questionnaire, known).frames, tables(scaled, questionnaire, known).frames
    for name in ("scores", "items"):
        pd.testing.assert_frame_equal(before[name], after[name], check_exact=False, rtol=1e-9, atol=1e-9)
