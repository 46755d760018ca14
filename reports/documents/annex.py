"""The technical annex: every gate, setting and count behind the numbers, as tables and sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict

from questionnaires.definition import Questionnaire
from reports.documents.cells import Table
from reports.quality import NOT_TESTED, Json
from reports.rules import Rules
from reports.wording import text, whole

GATES: Mapping[str, tuple[str, str]] = {
    "reliability": (
        "How well the questions of a dimension belong together",
        "omega at least 0.70",
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
"""What each gate asks, and what it needs to be passed (methodology 2.6, 2.7 and 4)."""


def gates(quality: Mapping[str, Json]) -> Table:
    """Every gate of the method with its result; one that has not been tested withholds nothing."""
    found = quality.get("gates")
    states = found if isinstance(found, Mapping) else {}
    body = [(*GATES[gate], _state(states.get(gate, NOT_TESTED))) for gate in GATES]
    body += [(gate.replace("_", " "), "", _state(state)) for gate, state in states.items() if gate not in GATES]
    body.append((
        "How well those who answered stand for all staff",
        "R at least 0.75 to be called somewhat even",
        _state(quality.get("representativeness", NOT_TESTED)),
    ))  # fmt: skip
    return Table("Each gate and its result", ("What is asked", "Needed", "Result"), tuple(body))


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


def _asked(one: Json) -> tuple[str, str]:
    count = one.get("asked") if isinstance(one, Mapping) else None
    return (f"{count:,}" if isinstance(count, int) else text("note.not_shown"), _share(one))


def _share(one: Json) -> str:
    share = one.get("share") if isinstance(one, Mapping) else None
    return _percent(share) if isinstance(share, (int, float)) else text("note.not_shown")


def _state(state: Json) -> str:
    if isinstance(state, Mapping):
        return "; ".join(f"{name.replace('_', ' ')}: {_state(one)}" for name, one in state.items())
    return f"{state:.2f}" if isinstance(state, float) else str(state)


def _percent(share: object) -> str:
    return text("answered.percent", percent=whole(100 * float(str(share))))


def _points(value: object) -> str:
    return f"{whole(float(str(value)))} points"


def _people(value: object) -> str:
    return f"{value} people"


def _authorities(value: object) -> str:
    return f"{value} authorities"


def _seconds(value: object) -> str:
    return f"{value} seconds"


SETTINGS: Mapping[str, tuple[str, Callable[[object], str]]] = {
    "method_version": ("Version of the method", str),
    "confidence": ("Probability of an interval", _percent),
    "answered_share": ("Questions of a dimension that a person must answer", _percent),
    "minimum_respondents": ("Fewest people behind a figure", _people),
    "minimum_authorities_median": ("Fewest authorities behind a middle authority", _authorities),
    "minimum_authorities_quartiles": ("Fewest authorities behind a middle half", _authorities),
    "lowered_because": ("Why fewer authorities are enough in this release", str),
    "smallest_difference": ("Smallest difference that is called one", _points),
    "significance": ("Adjusted p-value below which a difference is called one", str),
    "distribution_full": ("Fewest answers for each option on its own", _people),
    "dont_know_review": ("“Don’t know” above which a question is reviewed", _percent),
    "seconds_per_item": ("Time an answer below which it is too fast", _seconds),
    "overall_dimensions": ("Dimensions that an overall needs", str),
    "bootstrap_replicates": ("Repeated samples for the interval of a middle authority", str),
    "seed": ("Seed of the repeated samples", str),
}
"""Each setting of the rules in words, with how its value is said."""
