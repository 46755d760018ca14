"""The statistics beside R's survey, psych, multilevel, lme4 and stats: run where they are installed, recorded otherwise.

`other_programs/figures.R` computes the figures from `other_programs/answers.csv` (made up) and from examples that the
packages bring; `recorded.csv` is what it printed, with the version of each package. Where R and the packages are
installed the script runs again, so that a recorded figure cannot be a wrong one. `figures.py` and
`recorded_python.csv` are the same of pingouin and weightipy.
"""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from reports import agreement, estimation, reliability, weighting
from reports.statistics import holm, intervals, quantiles, sums, welch
from reports.weighting import Margin

FOLDER = Path(__file__).parent / "other_programs"
PACKAGES = ("survey", "psych", "multilevel", "lme4")
STAFF = {"area": [30.0, 28.0, 22.0], "tier": [50.0, 30.0]}  # of 80, as in the script
NAMES = {"area": ["A", "B", "C"], "tier": ["frontline", "senior"]}
CLOSED, MEANS, OPTIMUM, REML = 1e-8, 1e-9, 1e-6, 1e-4  # methodology 15


def r_is_here() -> bool:
    if shutil.which("Rscript") is None:
        return False
    tried = " && ".join(f"requireNamespace('{name}', quietly = TRUE)" for name in PACKAGES)
    asked = subprocess.run(["Rscript", "-e", f"cat({tried})"], capture_output=True, text=True, timeout=60, check=False)
    return asked.stdout.strip() == "TRUE"


@pytest.fixture(scope="module")
def computed(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.Series, Path]:
    """What R says now, and the folder with the packages' own examples."""
    if not r_is_here():
        pytest.skip("R with survey, psych, multilevel and lme4 is not here; the recorded figures are compared with")
    place = tmp_path_factory.mktemp("examples")
    script = ["Rscript", "--vanilla", str(FOLDER / "figures.R"), str(FOLDER / "answers.csv"), str(place)]
    said = subprocess.run(script, capture_output=True, text=True, timeout=120, check=True).stdout
    (place / "figures.csv").write_text(said)
    return figures(place / "figures.csv"), place


def figures(path: Path) -> pd.Series:
    return pd.read_csv(path, dtype={"version": str}).set_index("figure")["value"]


RECORDED = figures(FOLDER / "recorded.csv")
PYTHON = figures(FOLDER / "recorded_python.csv")
PEOPLE = pd.read_csv(FOLDER / "answers.csv")
ITEMS = PEOPLE[[f"q{n}" for n in range(1, 6)]].to_numpy(dtype=float)
SCORE = ((ITEMS - 1) * 25).mean(axis=1)
CODES = sorted(PEOPLE["authority"].unique())
AUTHORITY = PEOPLE["authority"].map({code: at for at, code in enumerate(CODES)}).to_numpy()


def test_r_still_says_what_was_recorded(computed: tuple[pd.Series, Path]) -> None:
    found, _ = computed
    assert found.index.tolist() == RECORDED.index.tolist()
    np.testing.assert_allclose(found.to_numpy(), RECORDED.to_numpy(), rtol=1e-7, atol=1e-9)


def raked(code: str, margins: tuple[str, ...]) -> weighting.Weights:
    """Weights of one authority, raked to these margins by the service."""
    own = PEOPLE[PEOPLE["authority"] == code]
    people = np.zeros(len(own), dtype=np.int64)
    known = [
        Margin(
            own[kind].map({name: at for at, name in enumerate(NAMES[kind])}).to_numpy(),
            np.array([STAFF[kind] if kind in margins else [np.nan] * len(NAMES[kind])]),
        )
        for kind in ("area", "tier")
    ]
    made = weighting.rake(people, (known[0], known[1]), authorities=1, counted=people == 0)
    assert made.weighting[0].is_weighted == bool(margins)
    return made


def of_authority(code: str, margins: tuple[str, ...], invited: float | None) -> tuple[float, float]:
    """Score and standard error of one authority, raked to these margins by the service."""
    y = SCORE[PEOPLE["authority"] == code][:, np.newaxis]
    made = raked(code, margins)
    found = estimation.estimate(
        y,
        sums.grouped(np.zeros(len(y), dtype=np.int64), 1),
        weights=made.values,
        categories=made.categories,
        invited=None if invited is None else np.array([invited]),
    )
    return float(found.score[0, 0]), float(found.se[0, 0])


@pytest.mark.parametrize("code", ["a05", "a06", "a12"])
@pytest.mark.parametrize(
    ("design", "margins"),
    [
        ("simple", ()),
        ("poststratified", ("area",)),
        ("raked", ("area", "tier")),
        ("calibrated", ("area", "tier")),  # R's other way to the same weights
    ],
)
@pytest.mark.parametrize(("correction", "invited"), [("with", 80.0), ("without", None)])
def test_means_and_their_errors_are_those_of_survey(code, design, margins, correction, invited):
    mean, se = of_authority(code, margins, invited)
    assert mean == pytest.approx(RECORDED[f"svymean {code} {design} {correction} mean"], abs=MEANS)
    assert se == pytest.approx(RECORDED[f"svymean {code} {design} {correction} se"], abs=MEANS)


def check_scale(name: str, values: np.ndarray, group: np.ndarray | None, expected: pd.Series) -> None:
    matrix = reliability.covariances(values, group)
    found = reliability.scale(matrix)
    correlations, without = reliability.item_totals(matrix)
    assert found.alpha == pytest.approx(expected[f"alpha {name} raw"], abs=CLOSED)
    assert found.alpha_standardised == pytest.approx(expected[f"alpha {name} std"], abs=CLOSED)
    assert found.omega == pytest.approx(expected[f"factanal {name} omega"], abs=OPTIMUM)
    for place in range(values.shape[1]):
        assert correlations[place] == pytest.approx(expected[f"alpha {name} r.drop {place + 1}"], abs=CLOSED)
        assert without[place] == pytest.approx(expected[f"alpha {name} if dropped {place + 1}"], abs=CLOSED)


@pytest.mark.parametrize(("name", "group"), [("people", None), ("centred", AUTHORITY)])
def test_alpha_omega_and_item_totals_are_those_of_psych_and_factanal(name, group):
    check_scale(name, ITEMS, group, RECORDED)


def test_feldts_interval_is_that_of_psych():
    found = reliability.scale(reliability.covariances(ITEMS))
    assert found.alpha_lower == pytest.approx(RECORDED["alpha people feldt lower"], abs=CLOSED)
    assert found.alpha_upper == pytest.approx(RECORDED["alpha people feldt upper"], abs=CLOSED)


def test_icc_by_analysis_of_variance_is_that_of_multilevel():
    found = agreement.between(SCORE, sums.grouped(AUTHORITY, len(CODES)))
    # multilevel divides by the plain mean group size, the method by n0: the mean squares are the same
    msb, msw = float(found.variance.mean_between[0]), float(found.variance.mean_within[0])
    plain = len(SCORE) / len(CODES)
    assert (msb - msw) / (msb + (plain - 1) * msw) == pytest.approx(RECORDED["ICC1 people"], abs=CLOSED)
    assert (msb - msw) / msb == pytest.approx(RECORDED["ICC2 people"], abs=CLOSED)


def agreements(items: np.ndarray, group: np.ndarray) -> dict[str, float]:
    names = sorted(set(group.tolist()))
    variances = np.array([items[group == name].var(axis=0, ddof=1) for name in names])
    null = np.full(items.shape[1], agreement.uniform_null(5))
    return dict(zip(map(str, names), agreement.within_agreement(variances, null).tolist(), strict=True))


def test_agreement_inside_authorities_is_that_of_multilevel():
    for code, value in agreements(ITEMS, PEOPLE["authority"].to_numpy()).items():
        assert value == pytest.approx(RECORDED[f"rwg.j {code}"], abs=CLOSED)


def check_reml(name: str, y: np.ndarray, group: np.ndarray, expected: pd.Series) -> None:
    place = np.unique(group, return_inverse=True)[1]
    model = agreement.between(y, sums.grouped(place, int(place.max()) + 1)).model
    found = {"tau2": model.tau2, "sigma2": model.sigma2, "mean": model.mean, "se": model.variance_of_mean**0.5}
    for what, value in found.items():
        assert value == pytest.approx(expected[f"lmer {name} {what}"], rel=REML), what


def test_reml_is_that_of_lme4():
    check_reml("people", SCORE, AUTHORITY, RECORDED)


# Yield of dyestuff by batch, grams of standard colour (Davies & Goldsmith 1972, table 6.1; Box & Tiao 1973, 5.1.2)
DYESTUFF = np.array([
    [1545, 1440, 1440, 1520, 1580], [1540, 1555, 1490, 1560, 1495], [1595, 1550, 1605, 1510, 1560],
    [1445, 1440, 1595, 1465, 1545], [1595, 1630, 1515, 1635, 1625], [1520, 1455, 1450, 1480, 1445],
])  # fmt: skip


def test_the_classic_dyestuff_has_the_figures_that_lme4_documents():
    check_reml("Dyestuff", DYESTUFF.ravel().astype(float), np.repeat(np.arange(6), 5), RECORDED)
    # printed in Bates, "lme4: Mixed-effects modeling with R", section 1.3: 1764.05, 2451.25, 1527.5 and 19.38
    model = agreement.between(DYESTUFF.ravel().astype(float), sums.grouped(np.repeat(np.arange(6), 5), 6)).model
    assert [round(model.tau2, 2), round(model.sigma2, 2), round(model.mean, 2)] == [1764.05, 2451.25, 1527.5]
    assert round(model.variance_of_mean**0.5, 2) == 19.38


def test_quartiles_holm_t_and_wilson_are_those_of_r():
    found = quantiles.quartiles(SCORE)
    assert found == pytest.approx([RECORDED[f"quantile {q}"] for q in (25, 50, 75)], abs=CLOSED)
    adjusted = holm.adjusted(np.array([0.012, 0.2, 0.004, 0.03]))
    assert adjusted == pytest.approx([RECORDED[f"p.adjust {n}"] for n in range(1, 5)], abs=CLOSED)
    lower, upper = intervals.wilson_interval(np.array([7 / 23]), np.array([23.0]))
    assert lower[0] == pytest.approx(RECORDED["prop.test lower"], abs=CLOSED)
    assert upper[0] == pytest.approx(RECORDED["prop.test upper"], abs=CLOSED)


def test_welch_and_the_test_of_one_sample_are_those_of_r():
    groups = [SCORE[PEOPLE["authority"] == code] for code in ("a05", "a06")]
    n = [np.array([len(one)]) for one in groups]
    means = [np.array([one.mean()]) for one in groups]
    errors = [np.array([stats.sem(one)]) for one in groups]
    found = welch.difference((means[0], means[1]), (errors[0], errors[1]), (n[0], n[1]))
    for what, value in (("p", found.p_value), ("lower", found.lower), ("upper", found.upper)):
        assert value[0] == pytest.approx(RECORDED[f"t.test {what}"], abs=CLOSED)
    whole = sums.grouped(np.zeros(len(groups[0]), dtype=np.int64), 1)
    alone = estimation.estimate(groups[0][:, np.newaxis], whole)
    assert float(alone.lower[0, 0]) == pytest.approx(RECORDED["t.test one lower"], abs=CLOSED)
    assert float(alone.upper[0, 0]) == pytest.approx(RECORDED["t.test one upper"], abs=CLOSED)


def test_the_examples_of_the_packages_give_their_figures(computed: tuple[pd.Series, Path]) -> None:
    expected, place = computed
    schools = pd.read_csv(place / "apisrs.csv")["api00"].to_numpy(dtype=float)[:, np.newaxis]
    one = sums.grouped(np.zeros(len(schools), dtype=np.int64), 1)
    # the index stands above 100 points, where only the interval is clipped; printed 656.58 and 9.2497 (Lumley 2010, 2.2)
    found = estimation.estimate(schools, one, invited=np.array([6194.0]))
    assert float(found.score[0, 0]) == pytest.approx(expected["svymean apisrs mean"], abs=MEANS)
    assert float(found.se[0, 0]) == pytest.approx(expected["svymean apisrs se"], abs=MEANS)
    assert (float(found.score[0, 0]), round(float(found.se[0, 0]), 4)) == (pytest.approx(656.585), 9.2497)

    hours = pd.read_csv(place / "bh1996.csv")
    check_reml("bh1996", hours["HRS"].to_numpy(dtype=float), hours["GRP"].to_numpy(), expected)
    check_scale("bfi", pd.read_csv(place / "bfi.csv").to_numpy(dtype=float), None, expected)
    lead = pd.read_csv(place / "lq2002.csv")
    agreed = agreements(lead.iloc[:, 1:].to_numpy(dtype=float), lead["COMPID"].to_numpy())
    assert np.mean(list(agreed.values())) == pytest.approx(expected["rwg.j lq2002 mean"], abs=CLOSED)


# Rating of 30 departments by their clerks, per cent favourable (Chatterjee & Price 1977, table 3.3)
ATTITUDE = np.array([
    [43, 51, 30, 39, 61, 92, 45], [63, 64, 51, 54, 63, 73, 47], [71, 70, 68, 69, 76, 86, 48],
    [61, 63, 45, 47, 54, 84, 35], [81, 78, 56, 66, 71, 83, 47], [43, 55, 49, 44, 54, 49, 34],
    [58, 67, 42, 56, 66, 68, 35], [71, 75, 50, 55, 70, 66, 41], [72, 82, 72, 67, 71, 83, 31],
    [67, 61, 45, 47, 62, 80, 41], [64, 53, 53, 58, 58, 67, 34], [67, 60, 47, 39, 59, 74, 41],
    [69, 62, 57, 42, 55, 63, 25], [68, 83, 83, 45, 59, 77, 35], [77, 77, 54, 72, 79, 77, 46],
    [81, 90, 50, 72, 60, 54, 36], [74, 85, 64, 69, 79, 79, 63], [65, 60, 65, 75, 55, 80, 60],
    [65, 70, 46, 57, 75, 85, 46], [50, 58, 68, 54, 64, 78, 52], [50, 40, 33, 34, 43, 64, 33],
    [64, 61, 52, 62, 66, 80, 41], [53, 66, 52, 50, 63, 80, 37], [40, 37, 42, 58, 50, 57, 49],
    [63, 54, 42, 48, 66, 75, 33], [66, 77, 66, 63, 88, 76, 72], [78, 75, 58, 74, 80, 78, 49],
    [48, 57, 44, 45, 51, 83, 38], [85, 85, 71, 71, 77, 74, 55], [82, 82, 39, 59, 64, 78, 39],
])  # fmt: skip


def test_the_classic_ratings_have_the_figures_of_psych():
    check_scale("attitude", ATTITUDE.astype(float), None, RECORDED)


def test_pingouin_and_weightipy_still_say_what_was_recorded() -> None:
    if any(importlib.util.find_spec(name) is None for name in ("pingouin", "weightipy")):
        pytest.skip("pingouin and weightipy are not here; the recorded figures are compared with")
    script = [sys.executable, "-W", "ignore", str(FOLDER / "figures.py"), str(FOLDER / "answers.csv")]
    said = subprocess.run(script, capture_output=True, text=True, timeout=120, check=True).stdout
    now = dict(line.split(",")[:2] for line in said.splitlines()[1:])
    assert {figure: float(value) for figure, value in now.items()} == pytest.approx(PYTHON.to_dict(), rel=1e-9)


def test_alpha_and_icc_with_its_interval_are_those_of_pingouin():
    assert reliability.scale(reliability.covariances(ITEMS)).alpha == pytest.approx(PYTHON["alpha people"], abs=CLOSED)
    first = PEOPLE.groupby("authority").cumcount().to_numpy() < 20
    found = agreement.between(SCORE[first], sums.grouped(AUTHORITY[first], len(CODES))).variance
    assert float(found.icc1[0]) == pytest.approx(PYTHON["ICC1 first"], abs=CLOSED)
    assert float(found.f[0]) == pytest.approx(PYTHON["F first"], abs=CLOSED)
    bounds = [round(float(found.lower[0]), 2), round(float(found.upper[0]), 2)]  # pingouin rounds these
    assert bounds == [PYTHON["ICC1 first lower"], PYTHON["ICC1 first upper"]]


@pytest.mark.parametrize("code", ["a05", "a06", "a12"])
def test_weights_are_those_of_weightipy(code):
    weights = raked(code, ("area", "tier")).values
    own = SCORE[PEOPLE["authority"] == code]
    assert np.average(own, weights=weights) == pytest.approx(PYTHON[f"raked {code} mean"], abs=CLOSED)
    assert weights.max() == pytest.approx(PYTHON[f"raked {code} largest weight"], abs=CLOSED)
