"""Don't know, the leadership profile, people of programmes and the ordinal check: arithmetic, rules, edges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from scipy import optimize

from questionnaires import loader
from reports import dont_know, ordinal, programmes, publication
from reports.case import prepare
from reports.frames import DONT_KNOW, NOT_ANSWERED, Responses
from reports.rules import Rules
from reports.statistics import ratios
from reports.statistics.ratios import Totals

HEAD = """
code = "findings"
version = "1"
language = "en"
audience = "officers"
title = "Findings"

[[option_sets]]
code = "agree5"
options = [
  { code = "1", label = "1", score = 0 }, { code = "2", label = "2", score = 25 }, { code = "3", label = "3", score = 50 },
  { code = "4", label = "4", score = 75 }, { code = "5", label = "5", score = 100 },
  { code = "dk", label = "Don't know", missing = "DONT_KNOW" },
]

[[option_sets]]
code = "tiers"
options = [
  { code = "senior", label = "Senior", standing = "senior" },
  { code = "frontline", label = "Frontline", standing = "frontline" },
]

[[option_sets]]
code = "areas"
options = [ { code = "housing", label = "Housing" }, { code = "planning", label = "Planning" } ]

[[dimensions]]
code = "d"
title = "Dimension"

[[sections]]
code = "s"
title = "S"
[[sections.pages]]
code = "p"
"""
ITEMS = ("a", "b", "turned")


def questionnaire():
    lines = [HEAD]
    for code in ITEMS:
        lines += [
            "[[sections.pages.items]]",
            f'code = "{code}"',
            f'text = "Leaders here do {code}."',
            'kind = "choice"',
        ]
        lines += [
            'option_set = "agree5"',
            'dimension = "d"',
            'profile = "skill"',
            f"reverse = {str(code == 'turned').lower()}",
        ]
    for code, options in (("tier", "tiers"), ("service_area", "areas")):
        lines += ["[[sections.pages.items]]", f'code = "{code}"', 'text = "Which?"', 'kind = "choice"']
        lines += [f'option_set = "{options}"', f'role = "{code}"']
    return loader.parse("\n".join(lines), file="findings")


def people(rows: list[tuple[int, list[int]]], **columns: list[int]) -> Responses:
    """Rows of (authority, answers to the three items)."""
    size = max(owner for owner, _ in rows) + 1
    given = {name: np.array(values) for name, values in columns.items()}
    return Responses(
        tuple(f"A{place:02d}" for place in range(size)),
        np.array([owner for owner, _ in rows], dtype=np.int32),
        ITEMS,
        np.array([answers for _, answers in rows], dtype=np.int8),
        ("housing", "planning"),
        given.get("area", np.full(len(rows), -1)).astype(np.int32),
        ("senior", "frontline"),
        given.get("tier", np.full(len(rows), -1)).astype(np.int32),
        took_part=given["took_part"].astype(np.int8) if "took_part" in given else None,
    )


def case_of(responses: Responses, rules: Rules | None = None):
    return prepare(responses, questionnaire(), rules or Rules(), None, None)


def test_the_share_of_dont_know_counts_all_answers_that_were_asked_for() -> None:
    rows = [(0, [4, 4, 4])] * 9 + [(0, [DONT_KNOW, DONT_KNOW, 2]), (0, [NOT_ANSWERED, 4, 4])]
    found = dont_know.dont_know(case_of(people(rows)))["dont_know"]
    own = found[(found["kind"] == "all")].iloc[0]
    assert own["n"] == 11
    assert own["share"] == pytest.approx(2 / 33)  # two of 11 people times three questions; a blank is no don't know
    assert pd.isna(own["reason"])


def test_two_dont_knows_of_one_person_tell_less_than_two_of_two() -> None:
    alone = dont_know.dont_know(case_of(people([(0, [4, 4, 4])] * 10 + [(0, [DONT_KNOW, DONT_KNOW, 2])])))["dont_know"]
    spread = [(0, [4, 4, 4])] * 9 + [(0, [DONT_KNOW, 4, 2]), (0, [4, DONT_KNOW, 2])]
    apart = dont_know.dont_know(case_of(people(spread)))["dont_know"]
    assert alone["share"].iloc[0] == apart["share"].iloc[0]
    assert alone["upper"].iloc[0] > apart["upper"].iloc[0]


def test_the_interval_of_a_share_is_that_of_a_ratio_with_clustered_error() -> None:
    hits, asked = np.array([2.0, 0.0, 1.0, 3.0, 0.0]), np.array([3.0, 3.0, 2.0, 3.0, 1.0])
    totals = Totals(*(np.array([x]) for x in (6.0, 12.0, 14.0, (hits * asked).sum(), (asked**2).sum(), 5.0)))
    model = sm.WLS(hits / asked, np.ones(5), weights=asked).fit(
        cov_type="cluster", cov_kwds={"groups": np.arange(5), "use_correction": False}
    )
    variance = float(model.bse[0]) ** 2 * 5 / 4
    expected = 0.25 / variance * (1.959963984540054 / 2.7764451051977987) ** 2  # p (1 - p) / V, t with 4 degrees
    assert float(ratios.effective_answers(totals, np.array([12.0]))[0]) == pytest.approx(expected, rel=1e-9)


def test_a_service_area_that_would_leave_a_few_people_is_hidden() -> None:
    rows = [(0, [4, 4, DONT_KNOW])] * 40
    area = [0] * 24 + [1] * 12 + [-1] * 4  # without the smaller area 4 would be left: 12 + 4 are enough
    found = dont_know.dont_know(case_of(people(rows, area=area)))["dont_know"]
    told = found[found["kind"] == "service_area"].set_index("group")["reason"]
    assert pd.isna(told["housing"])
    assert told["planning"] == "complement"


def test_over_the_sector_one_hidden_authority_does_not_count() -> None:
    sizes = [12] * 10 + [10]
    rows = [(owner, [4, 4, DONT_KNOW]) for owner, size in enumerate(sizes) for _ in range(size)]
    found = dont_know.dont_know(case_of(people(rows)))["sector_dont_know"]
    own = found[(found["kind"] == "all") & (found["measure"] == "d")].iloc[0]
    assert (own["n"], own["authorities"]) == (120, 10)  # the ten people of the eleventh could be had as a difference


def test_one_authority_with_most_of_the_answers_withholds_the_figure_of_the_sector() -> None:
    sizes = [12] * 10 + [200]
    rows = [(owner, [4, 4, DONT_KNOW]) for owner, size in enumerate(sizes) for _ in range(size)]
    found = dont_know.dont_know(case_of(people(rows)))["sector_dont_know"]
    assert set(found[found["kind"] == "all"]["reason"]) == {"dominance"}


def frames_of(rows: list[tuple[int, list[int]]]) -> dict[str, pd.DataFrame]:
    return dict(publication.compute(people(rows), questionnaire(), Rules()).frames)


def test_agreement_counts_four_and_five_and_turns_a_turned_statement_round() -> None:
    rows = [(0, [3, 1, 0])] * 6 + [(0, [1, 2, 4])] * 4 + [(0, [4, 2, DONT_KNOW])] * 2
    found = frames_of(rows)["leadership"].set_index("item")
    assert found.loc["a", "share"] == pytest.approx(8 / 12)
    assert found.loc["turned", "share"] == pytest.approx(6 / 10)  # who strongly disagrees with it; two do not know
    assert found.loc["overall", "share"] == pytest.approx((8 + 0 + 6) / (12 + 12 + 10))
    assert found.loc["overall", "n"] == 12


def test_a_part_goes_with_its_only_hidden_question() -> None:
    rows = [(0, [3, 1, 0])] * 6 + [(0, [1, 1, 4])] * 6  # nobody agrees with the second
    found = frames_of(rows)["leadership"].set_index("item")
    assert found["reason"].to_dict()["b"] == "nearly_everyone"
    assert found["nearly"].to_dict()["b"] == "few"
    assert found["reason"].to_dict()["overall"] == "complement"


def test_what_nearly_everybody_said_leaves_as_a_word_and_not_as_a_number() -> None:
    results = publication.compute(people([(0, [4, 4, 0])] * 20), questionnaire(), Rules())
    told = publication.for_file(results, "published").frames["leadership"]
    assert told["share"].isna().all()
    assert set(told["nearly"]) == {"most"}


def alumni(seed: int = 1) -> tuple[Responses, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    owner = np.repeat(np.arange(12), 30)
    tier, took = rng.integers(0, 2, 360), rng.integers(0, 2, 360)
    level = np.clip(rng.normal(1.5 + 0.1 * owner + 0.8 * took + 0.4 * tier, 1.0), 0, 4).astype(int)
    rows = [(int(a), [int(x), int(x), 4 - int(x)]) for a, x in zip(owner, level, strict=True)]
    given = people(rows, tier=tier.tolist(), took_part=took.tolist())
    return given, pd.DataFrame({"y": 25.0 * level, "took": took, "cell": owner * 2 + tier, "owner": owner})


def test_people_of_programmes_are_compared_inside_authorities_and_tiers() -> None:
    given, table = alumni()
    found = programmes.sector_programmes(case_of(given)).set_index("measure").loc["d"]
    dummies = pd.get_dummies(table["cell"], dtype=float)
    model = sm.OLS(table["y"], pd.concat([table["took"].astype(float), dummies], axis=1)).fit(
        cov_type="cluster", cov_kwds={"groups": table["owner"], "use_correction": False}
    )
    assert found["gap"] == pytest.approx(float(model.params["took"]), rel=1e-9)
    half = float(model.bse["took"]) * np.sqrt(12 / 11) * 2.200985160082949  # t with 11 degrees of freedom
    assert found["upper"] - found["gap"] == pytest.approx(half, rel=1e-9)
    assert found["verdict"] == "ABOVE"


def test_a_difference_between_authorities_or_tiers_is_none_of_the_programmes() -> None:
    rows, tier, took = [], [], []
    for owner in range(12):
        for place in range(30):
            senior = place % 2
            part = int(place % 3 == 0) if owner < 6 else int(place % 3 != 0)
            level = min(4, owner // 4 + 2 * senior)  # who takes part has no say in it
            rows.append((owner, [level, level, 4 - level]))
            tier.append(1 - senior)
            took.append(part)
    found = programmes.sector_programmes(case_of(people(rows, tier=tier, took_part=took))).set_index("measure").loc["d"]
    assert found["gap"] == pytest.approx(0.0, abs=1e-9)
    assert found["verdict"] in ("SIMILAR", "CANNOT_TELL")


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"took_part": None}, "no_answers"),
        ({"tier": None}, "no_answers"),
    ],
)
def test_without_programmes_or_tiers_there_is_a_reason_and_no_number(changed: dict, reason: str) -> None:
    given, _ = alumni()
    found = programmes.sector_programmes(case_of(replace(given, **changed))).set_index("measure").loc["d"]
    assert found["reason"] == reason
    assert pd.isna(found["gap"])


def test_ten_people_of_programmes_are_too_few() -> None:
    given, _ = alumni()
    few = np.where(np.arange(360) % 36 == 0, 1, 0).astype(np.int8)
    found = programmes.sector_programmes(case_of(replace(given, took_part=few))).set_index("measure").loc["d"]
    assert found["reason"] == "too_few_people"


def test_the_intercepts_are_where_the_penalised_likelihood_is_highest() -> None:
    counts = np.random.default_rng(3).multinomial(40, [0.1, 0.2, 0.3, 0.25, 0.15], size=8)
    counts[0] += np.array([30, 10, 0, 0, 0])
    u = ordinal.intercepts(counts)

    def against(x: np.ndarray, tau2: float) -> float:
        theta, place = np.sort(x[:4]), x[4:]
        above = np.hstack([np.ones((8, 1)), 1 / (1 + np.exp(theta - place[:, None])), np.zeros((8, 1))])
        return float(-(counts * np.log(above[:, :-1] - above[:, 1:])).sum() + (place**2).sum() / (2 * tau2))

    def spread(tau2: float) -> tuple[float, np.ndarray]:
        made = optimize.minimize(against, np.r_[-2.0, -0.7, 0.5, 1.7, np.zeros(8)], args=(tau2,), tol=1e-12)
        place = made.x[4:] - made.x[4:].mean()
        above = np.hstack(
            [np.ones((8, 1)), 1 / (1 + np.exp(np.sort(made.x[:4]) - made.x[4:][:, None])), np.zeros((8, 1))]
        )
        bend = (counts * ((above * (1 - above))[:, :-1] + (above * (1 - above))[:, 1:])).sum(axis=1) + 1 / tau2
        return float(np.mean(place**2 + 1 / bend)), place

    tau2 = 0.3
    for _ in range(60):
        tau2, place = spread(tau2)
    assert np.abs(u - place).max() < 1e-3


def test_another_order_on_another_scale_is_disclosed() -> None:
    levels = np.array([0.0, 25.0, 50.0, 75.0, 100.0])
    extremes = [np.array([20 - k, 0, 2 * k, 0, 20 - k]) for k in range(6)]
    middling = [np.array([0, 20 - k, 0, 20 + k, 0]) for k in range(6)]
    found = ordinal.compare(levels, np.array([*extremes, *middling]))
    assert found.lowest < ordinal.LEAST


@pytest.mark.parametrize("seed", range(3))
def test_the_order_of_rows_changes_no_bit(seed: int) -> None:
    given, _ = alumni(seed)
    order = np.random.default_rng(seed).permutation(len(given))
    turned = replace(
        given,
        authority=given.authority[order],
        answers=given.answers[order],
        service_area=given.service_area[order],
        tier=given.tier[order],
        took_part=given.took_part[order],
    )
    for name in ("dont_know", "sector_dont_know", "leadership", "sector_leadership", "sector_programmes"):
        one, other = (publication.compute(x, questionnaire(), Rules()).frames[name] for x in (given, turned))
        pd.testing.assert_frame_equal(one, other, check_exact=True)


def test_where_dimensions_move_together_no_profile_of_themes_is_published() -> None:
    given, _ = alumni()
    rules = replace(Rules(), four_dimensions="failed", four_dimensions_source="research team, 2026-11-20")
    made = publication.compute(given, questionnaire(), rules)
    assert made.quality["gates"]["four_dimensions"]["state"] == "failed"
    assert made.frames["own_profile"]["reason"].notna().all()
