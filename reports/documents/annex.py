"""The technical annex: every gate, setting and count behind the numbers, as tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import profile
from reports.disclosure import threshold
from reports.documents.cells import Table
from reports.gates import LEAST_ITEM_TOTAL, State, state_of
from reports.quality import Json
from reports.representativeness import Evenness
from reports.rules import Rules
from reports.wording import percent, text, whole

GATES: Mapping[str, tuple[str, str]] = {
    "reliability": (
        "How well the questions of a dimension belong together",
        "omega at least 0.70, from 4 questions and 200 people",
    ),
    "item_total": (
        "Whether each question goes with the others of its dimension",
        "every corrected item-total correlation at least 0.20",
    ),
    "icc": (
        "How much of the differences lies between authorities",
        "an interval of ICC(1) that leaves out 0",
    ),
    "agreement": (
        "How far officers of one authority agree",
        "a median rwg(j) of at least 0.70",
    ),
    "four_dimensions": (
        "Whether the dimensions are distinct or move together",
        "CFI better by 0.01 than with one factor; correlations below 0.85",
    ),
    "invariance": (
        "Whether the questions mean the same to everybody",
        "CFI falls by at most 0.010 and RMSEA rises by at most 0.015",
    ),
}
"""What each gate asks, and what it needs to be passed (methodology 2.3, 2.6, 2.7 and 4)."""

FIGURES: Mapping[str, str] = {
    "reliability": "Omega",
    "item_total": "Lowest item-total",
    "icc": "ICC(1), lower bound",
    "agreement": "Median rwg(j)",
}
"""The figure that each gate looks at, dimension by dimension."""


def gates(quality: Mapping[str, Json]) -> Table:
    """Every gate of the method with its result; one that has not been tested withholds nothing."""
    found = quality.get("gates")
    states = found if isinstance(found, Mapping) else {}
    body = [(*GATES[gate], _state(states.get(gate, str(State.NOT_TESTED)))) for gate in GATES]
    body += [(gate.replace("_", " "), "", _state(state)) for gate, state in states.items() if gate not in GATES]
    return Table("Each gate and its result", ("What is asked", "Needed", "Result"), tuple(body))


def gates_by_dimension(quality: Mapping[str, Json], questionnaire: Questionnaire) -> Table:
    """Each dimension at each gate: the figure and what came of it."""
    found = quality.get("gates")
    states = found if isinstance(found, Mapping) else {}
    body = [
        (
            str(dimension.title),
            *(_at_gate(states.get(gate), dimension.code, _DECIMALS.get(gate, 2)) for gate in FIGURES),
        )
        for dimension in questionnaire.dimensions
    ]
    return Table("Each dimension at each gate", ("", *FIGURES.values()), tuple(body))


def ordinal(quality: Mapping[str, Json], questionnaire: Questionnaire) -> Table:
    """How alike the order of authorities is when answers are not read as equally spaced."""
    found = quality.get("ordinal")
    tested = found if isinstance(found, Mapping) else {}
    body = [(str(dimension.title), *_orders(tested.get(dimension.code))) for dimension in questionnaire.dimensions]
    caption = "Rank correlation of the order by mean score with two others; below 0.90 the order depends on the choice"
    return Table(caption, ("", "Share who agree", "Cumulative logit", "Authorities", "Result"), tuple(body))


def representativeness(quality: Mapping[str, Json]) -> Table:
    """How many authorities have which word for how evenly their staff answered."""
    found = quality.get("representativeness")
    ones = found.values() if isinstance(found, Mapping) else ()
    words = [one.get("word") if isinstance(one, Mapping) else None for one in ones]
    body = [(text(f"even_word.{word}"), str(words.count(word))) for word in Evenness]
    unknown = ("Staff by service area or tier not known, or too few answers", str(words.count(None)))
    caption = "How evenly the staff of each authority answered, by service area and tier as far as both are known"
    return Table(caption, ("", "Authorities"), (*body, unknown))


def scales(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> list[Table]:
    """The dimensions as scales, and how far authorities differ and agree; nothing where the frames are not given."""
    titles = {dimension.code: str(dimension.title) for dimension in questionnaire.dimensions}
    tables = []
    for name, caption, columns in _SCALES:
        frame = frames.get(name)
        if frame is not None and not frame.empty:
            rows = {str(row["measure"]): row for row in frame.to_dict("records")}
            found = [(title, rows[code]) for code, title in titles.items() if code in rows]
            body = [(title, *(_figure(row[column]) for column in columns)) for title, row in found]
            tables.append(Table(caption, ("", *columns.values()), tuple(body)))
    return tables


def items(analysis: pd.DataFrame, questionnaire: Questionnaire) -> list[Table]:
    """Each question beside the others of its dimension (ITEM_ANALYSIS), a table a dimension; no table without a figure."""
    known = analysis[analysis["reason"].isna() & analysis["item_total"].notna()]
    found = {(str(row["measure"]), str(row["item"])): row for row in known.to_dict("records")}
    tables = []
    for dimension in questionnaire.dimensions:
        rows = [
            (str(item.text), found[dimension.code, item.code])
            for item in questionnaire.items_of(dimension.code)
            if (dimension.code, item.code) in found
        ]
        body = tuple(
            (title, _figure(row["item_total"]), _figure(row["alpha_if_deleted"]), _item_word(row["item_total"]))
            for title, row in rows
        )
        if body:
            headings = ("", "Goes with the others", "Alpha without it", "Result")
            tables.append(Table(f"Each question of {dimension.title} beside the others", headings, body))
    return tables


def _item_word(value: object) -> str:
    found = profile.number(value)
    return f"below {LEAST_ITEM_TOTAL:.2f}" if found is not None and found < LEAST_ITEM_TOTAL else "enough"


def settings(rules: Rules) -> Table:
    """Every setting of the method that this release was computed with."""
    found = asdict(rules)
    body = [(words, said(found[name])) for name, (words, said) in SETTINGS.items() if found[name] not in ("", None)]
    return Table("Each setting and its value", ("", "Value"), tuple(body))


def questions(quality: Mapping[str, Json], questionnaire: Questionnaire) -> list[Table]:
    """For each dimension, how many were asked each question, and how many left it blank or did not know."""
    blank, unknown = quality.get("item_nonresponse"), quality.get("dont_know")
    if not isinstance(blank, Mapping) or not isinstance(unknown, Mapping):
        return []
    tables = []
    for dimension in questionnaire.dimensions:
        body = [
            (str(item.text), *_asked(blank.get(item.code)), _share(unknown.get(item.code)))
            for item in questionnaire.items_of(dimension.code)
            if item.code in blank
        ]
        if body:
            headings = ("", "Asked", "Left blank", "Don’t know")
            tables.append(Table(str(dimension.title), headings, tuple(body)))
    return tables


ORDERS = ("favourable", "cumulative_logit")
_DECIMALS: Mapping[str, int] = {"icc": 3}

_SCALES: tuple[tuple[str, str, Mapping[str, str]], ...] = (
    (
        "reliability",
        "The questions of each dimension as a scale, centred within authorities",
        {
            "n_items": "Questions",
            "n": "People",
            "alpha": "Alpha",
            "alpha_lower": "from",
            "alpha_upper": "to",
            "omega": "Omega",
            "alpha_uncentred": "Alpha, not centred",
            "omega_uncentred": "Omega, not centred",
        },
    ),
    (
        "agreement",
        "How far authorities differ, and how far officers of one authority agree",
        {
            "icc1_reml": "ICC(1)",
            "icc1_anova": "by ANOVA",
            "icc1_lower": "from",
            "icc1_upper": "to",
            "icc2": "ICC(2)",
            "rwg_median": "rwg(j)",
            "rwg_median_skewed": "rwg(j), skewed",
        },
    ),
)


def _orders(one: Json) -> tuple[str, str, str, str]:
    if not isinstance(one, Mapping):
        return text("note.not_shown"), text("note.not_shown"), text("note.not_shown"), str(State.NOT_TESTED)
    shares = [f"{value:.2f}" if isinstance(value := one.get(name), float) else "–" for name in ORDERS]
    return shares[0], shares[1], str(one.get("authorities")), str(one.get("state"))


def _asked(one: Json) -> tuple[str, str]:
    count = one.get("asked") if isinstance(one, Mapping) else None
    return (f"{count:,}" if isinstance(count, int) else text("note.not_shown"), _share(one))


def _share(one: Json) -> str:
    share = one.get("share") if isinstance(one, Mapping) else None
    return _percent(share) if isinstance(share, (int, float)) else text("note.not_shown")


def _at_gate(gate: Json, dimension: str, decimals: int) -> str:
    dimensions = gate.get("dimensions") if isinstance(gate, Mapping) else None
    one = dimensions.get(dimension) if isinstance(dimensions, Mapping) else None
    value = one.get("value") if isinstance(one, Mapping) else None
    if not isinstance(one, Mapping) or not isinstance(value, float):
        return str(State.NOT_TESTED)
    return f"{value:.{decimals}f}, {one['state']}"


def _figure(value: object) -> str:
    number = profile.number(value)
    if number is None:
        return text("note.not_shown")
    return f"{value:,}" if isinstance(value, int) else f"{number:.2f}"


def _state(state: Json) -> str:
    if isinstance(state, Mapping) and "state" in state:
        source = state.get("source")
        return f"{state_of(state)} ({source})" if source else state_of(state)
    if isinstance(state, Mapping):
        return "; ".join(f"{name.replace('_', ' ')}: {_state(one)}" for name, one in state.items())
    return f"{state:.2f}" if isinstance(state, float) else str(state)


def _percent(share: object) -> str:
    return percent(float(str(share)))


def _points(value: object) -> str:
    return f"{whole(float(str(value)))} points"


def _people(value: object) -> str:
    return f"{value} people"


def _authorities(value: object) -> str:
    return f"{value} authorities"


def _behind_quartiles(value: object) -> str:
    more = f"{threshold.QUARTILES_IN_LARGE} in a peer group where more than {threshold.LARGE_SECTOR} have a score"
    return f"{_authorities(value)}; {more}"


def _exactly(value: object) -> str:
    return f"{float(str(value)):.2f}"


def _seconds(value: object) -> str:
    return f"{value} seconds"


SETTINGS: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "method_version": ("Version of the method", str),
    "confidence": ("Probability of an interval", _percent),
    "answered_share": ("Questions of a dimension that a person must answer", _percent),
    "minimum_respondents": ("Fewest people behind a figure", _people),
    "minimum_authorities_median": ("Fewest authorities behind a middle authority", _authorities),
    "minimum_authorities_quartiles": ("Fewest authorities behind a middle half", _behind_quartiles),
    "lowered_because": ("Why fewer authorities are enough in this release", str),
    "reliability_least": ("Reliability below which authorities are not compared", _exactly),
    "reliability_normal": ("Reliability below which a comparison is indicative", _exactly),
    "smallest_difference": ("Smallest difference that is called one", _points),
    "significance": ("Adjusted p-value below which a difference is called one", str),
    "distribution_full": ("Fewest answers for each option on its own", _people),
    "dont_know_review": ("“Don’t know” above which a question is reviewed", _percent),
    "seconds_per_item": ("Time an answer below which it is too fast", _seconds),
    "overall_dimensions": ("Dimensions that an overall needs", str),
    "bootstrap_replicates": ("Repeated samples for the interval of a middle authority", str),
    "minimum_authorities_shrinkage": ("Fewest authorities behind places and bands", _authorities),
    "rank_draws": ("Drawn worlds behind places and bands", str),
    "band_probability": ("Probability below which no band is told", _percent),
    "seed": ("Seed of the repeated samples", str),
    "four_dimensions": ("The dimensions are distinct", str),
    "four_dimensions_source": ("Who tested this, and when", str),
    "invariance": ("The questions mean the same to everybody", str),
    "invariance_source": ("Who tested this, and when", str),
}
"""Each setting of the rules in words, with how its value is said."""
