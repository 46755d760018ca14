"""Gates: what must hold of a wave's answers before a dimension is published or authorities are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from reports import profile
from reports.agreement import LEAST_RWG
from reports.disclosure.reasons import Reason
from reports.quality import Json
from reports.rules import Rules

LEAST_OMEGA = 0.70
LEAST_ITEM_TOTAL = 0.20
LEAST_ITEMS = 4
LEAST_PEOPLE = 200

_STAY = ("reliability", "item_analysis", "agreement", "within_agreement", "dont_know", "sector_dont_know")
"""Frames that tell why a dimension is withheld, or of single answers, so that it is not withheld in them."""
_NO_NUMBER = (Reason.NO_ANSWERS, Reason.TOO_FEW_PEOPLE, Reason.NOT_A_THEME, Reason.NOT_ASSESSED)


class State(StrEnum):
    """What came of a gate."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One dimension at a gate, with the figure that was looked at; None where there is none."""

    state: State
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Gate:
    """A gate of the wave: its state, and that of each dimension where it asks about dimensions one by one."""

    state: State
    dimensions: Mapping[str, Outcome]

    @property
    def failed(self) -> frozenset[str]:
        """The dimensions that fail it."""
        return frozenset(code for code, one in self.dimensions.items() if one.state is State.FAILED)


def of_scales(scales: pd.DataFrame, items: pd.DataFrame, dimensions: Sequence[str]) -> dict[str, Gate]:
    """The two gates that decide whether a dimension is published: `reliability` and `item_total`.

    omega >= 0.70, and every corrected item-total correlation >= 0.20 (below it a key is usually wrong), on data centred
    within authority. Fewer than 4 items or 200 people, or a figure that cannot be computed: not tested. `scales` is
    RELIABILITY, `items` ITEM_ANALYSIS. Methodology 2.3 and 2.6.

    >>> scales = pd.DataFrame({"measure": ["a", "b", "c"], "n_items": [5, 5, 3], "n": 900, "omega": [0.8, 0.6, 0.6]})
    >>> totals = pd.DataFrame({"measure": ["a", "a", "b"], "item_total": [0.4, 0.1, 0.5]})
    >>> found = of_scales(scales, totals, ["a", "b", "c"])
    >>> [str(one.state) for one in found["reliability"].dimensions.values()], found["item_total"].failed
    (['passed', 'failed', 'not tested'], frozenset({'a'}))
    """
    by_code = scales.set_index("measure").to_dict("index")
    enough = {
        code
        for code in dimensions
        if code in by_code and by_code[code]["n_items"] >= LEAST_ITEMS and by_code[code]["n"] >= LEAST_PEOPLE
    }
    omega = {code: by_code[code]["omega"] if code in enough else None for code in dimensions}
    lowest = items.groupby("measure")["item_total"].min()
    weakest = {code: lowest.get(code) if code in enough else None for code in dimensions}
    return {"reliability": _gate(omega, LEAST_OMEGA), "item_total": _gate(weakest, LEAST_ITEM_TOTAL)}


def of_agreement(agreement: pd.DataFrame, dimensions: Sequence[str]) -> dict[str, Gate]:
    """The two gates of averaging to authorities: `icc` and `agreement`.

    An interval of ICC(1) that leaves out 0, without which nothing is compared; a median rwg(j) of at least 0.70 under
    the uniform null, without which nothing is withheld. `agreement` is AGREEMENT; with fewer authorities than a
    benchmark needs (its `reason`) nothing is tested, and nothing is compared either. Methodology 4.

    >>> table = pd.DataFrame({"measure": ["a", "b"], "icc1_lower": [0.02, 0.0], "rwg_median": [0.9, float("nan")]})
    >>> found = of_agreement(table.assign(reason=None), ["a", "b"])
    >>> str(found["icc"].state), [str(one.state) for one in found["agreement"].dimensions.values()]
    ('failed', ['passed', 'not tested'])
    """
    by_code = agreement[agreement["reason"].isna()].set_index("measure")
    lower = {code: by_code["icc1_lower"].get(code) for code in dimensions}
    agreed = {code: by_code["rwg_median"].get(code) for code in dimensions}
    return {"icc": _gate(lower, 0.0, beyond=True), "agreement": _gate(agreed, LEAST_RWG)}


def entered(rules: Rules) -> dict[str, Gate]:
    """The two gates that are tested outside of the program and entered in the rules with their source. Methodology 2.6
    and 2.7.

    >>> {name: str(gate.state) for name, gate in entered(Rules()).items()}
    {'four_dimensions': 'not tested', 'invariance': 'not tested'}
    """
    return {
        "four_dimensions": Gate(State(rules.four_dimensions), {}),
        "invariance": Gate(State(rules.invariance), {}),
    }


def refused(gates: Mapping[str, Gate]) -> frozenset[str]:
    """The dimensions of which only the items are published. Methodology 2.3 and 2.6.

    >>> bad, good = (Gate(state, {"a": Outcome(state)}) for state in (State.FAILED, State.PASSED))
    >>> refused({"reliability": bad, "item_total": good})
    frozenset({'a'})
    """
    return gates["reliability"].failed | gates["item_total"].failed


def withheld(tables: Mapping[str, pd.DataFrame], measures: frozenset[str]) -> dict[str, pd.DataFrame]:
    """The frames with the reason of the gate against every figure of these measures; their items stay.

    A reason that says that there is no number, or one about too few people, comes first. Methodology 2.6.

    >>> table = pd.DataFrame({"measure": ["a", "b"], "reason": pd.array([None, None], "string")})
    >>> withheld({"scores": table}, frozenset({"a"}))["scores"]["reason"].fillna("").tolist()
    ['unreliable_scale', '']
    """
    if not measures:
        return dict(tables)
    return {
        name: frame
        if name in _STAY or not {"measure", "reason"} <= set(frame.columns)
        else frame.assign(reason=_reasoned(frame, measures))
        for name, frame in tables.items()
    }


def as_json(gates: Mapping[str, Gate], rules: Rules) -> dict[str, Json]:
    """The gates as quality.json has them: a state for the wave, and for each dimension its state and figure.

    Methodology 2.6, 2.7 and 4.

    >>> as_json({"icc": Gate(State.PASSED, {"a": Outcome(State.PASSED, 0.04)})}, Rules())
    {'icc': {'state': 'passed', 'dimensions': {'a': {'state': 'passed', 'value': 0.04}}}}
    """
    sources = {"four_dimensions": rules.four_dimensions_source, "invariance": rules.invariance_source}
    found: dict[str, Json] = {}
    for name, gate in gates.items():
        told: dict[str, Json] = {"state": str(gate.state)}
        if gate.dimensions:
            told["dimensions"] = {
                code: {"state": str(one.state), "value": one.value} for code, one in gate.dimensions.items()
            }
        if sources.get(name):
            told["source"] = sources[name]
        found[name] = told
    return found


def state_of(gate: Json) -> str:
    """The state of a gate in quality.json; of a release from before gates were computed it is the value itself.
    Methodology 2.6.

    >>> state_of({"state": "passed"}), state_of("not tested")
    ('passed', 'not tested')
    """
    return str(gate.get("state", State.NOT_TESTED)) if isinstance(gate, Mapping) else str(gate)


def _gate(values: Mapping[str, object], least: float, *, beyond: bool = False) -> Gate:
    """`values` are the figures by dimension, missing where there is none; `beyond`: the least is not enough itself."""
    tested = {}
    for code, value in values.items():
        number = profile.number(value)
        if number is None:
            tested[code] = Outcome(State.NOT_TESTED)
            continue
        passes = number > least if beyond else number >= least
        tested[code] = Outcome(State.PASSED if passes else State.FAILED, number)
    states = {one.state for one in tested.values()}
    if State.FAILED in states:
        return Gate(State.FAILED, tested)
    return Gate(State.PASSED if states == {State.PASSED} else State.NOT_TESTED, tested)


def _reasoned(frame: pd.DataFrame, measures: frozenset[str]) -> pd.Series:
    hit = frame["measure"].isin(list(measures)) & ~frame["reason"].isin([str(one) for one in _NO_NUMBER])
    return frame["reason"].mask(hit, str(Reason.UNRELIABLE_SCALE)).astype(frame["reason"].dtype)
