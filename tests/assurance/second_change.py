"""Change between two waves computed a second time from the written method; it shares no code with the project."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from pathlib import Path

import second_opinion
import second_people
import second_scales
import second_tables
from scipy import stats
from second_opinion import PEOPLE, Asked, Estimate, Person, Row, Wave, holm, of_whole, verdict

FEWEST, SHARE = 3, 0.6


@dataclass
class Pair:
    """Two folders with the files of a wave each; in the later one A.csv may say who replaced whom."""

    old: Wave
    new: Wave
    same: set[str]
    series: dict[str, str]
    common: dict[str, list[str]]
    index: dict[str, list[str]]


@dataclass
class Side:
    """One authority, or several together, in the earlier wave."""

    n: int
    fewest: int
    score: float | None = None
    se: float | None = None
    freedom: float = 0.0


def pair(before: Path, after: Path) -> Pair:
    old, new = second_opinion.wave(before), second_opinion.wave(after)
    was = {one["code"]: one for one in old.instrument.items}
    same = {
        one["code"]
        for one in new.instrument.items
        if one["code"] in was
        and (one["text"], one.get("reverse", False))
        == (was[one["code"]]["text"], was[one["code"]].get("reverse", False))
        and new.instrument.options[one["option_set"]] == old.instrument.options[was[one["code"]]["option_set"]]
    }
    found = Pair(old, new, same, {}, {}, {})
    for measure in new.instrument.measures[1:]:
        lists = [_items(case.instrument, measure) for case in (old, new)]
        both = [code for code in lists[0] if code in lists[1] and code in same]
        goes_on = len(both) >= FEWEST and len(both) >= SHARE * max(map(len, lists))
        whole = bool(lists[0]) and len(both) == len(lists[0]) == len(lists[1])
        found.series[measure] = "same" if whole else "common" if goes_on else "broken"
        found.common[measure] = both
    for measure in new.instrument.measures[1:]:
        own = _items(new.instrument, measure)
        kept = [code for code in own if code in same]
        begins = found.series[_home(new.instrument, measure)] == "broken" or not kept
        found.index[measure] = own if begins else kept
    _index(found)
    return found


def _items(instrument: Asked, measure: str) -> list[str]:
    return [one["code"] for one in instrument.items if measure in (one["dimension"], one.get("theme"))]


def _home(instrument: Asked, measure: str) -> str:
    homes = {one.get("theme"): one["dimension"] for one in instrument.items}
    return measure if measure in instrument.dimensions else homes.get(measure, measure)


def _scored(person: Person, instrument: Asked, lists: dict[str, list[str]]) -> dict[str, float]:
    """The half rule on lists of items; somebody careless is scored on nothing."""
    by_code = {one["code"]: one for one in instrument.items}
    made = {}
    for measure, codes in lists.items():
        points = [instrument.score(by_code[code], person.given[code]) for code in codes]
        answered = [one for one in points if one is not None]
        if codes and len(answered) >= math.ceil(len(codes) / 2) and not person.careless:
            made[measure] = math.fsum(answered) / len(answered)
    return made


def _over(scores: dict[str, float], dimensions: list[str]) -> dict[str, float]:
    if len(dimensions) >= 3 and all(one in scores for one in dimensions):
        return scores | {"overall": math.fsum(scores[one] for one in dimensions) / len(dimensions)}
    return scores


def _index(found: Pair) -> None:
    """The later wave scored on the items that count in it: gates, overall and weights follow."""
    case = found.new
    instrument, counting = case.instrument, [one for one in case.people if one.counts]
    instrument.refused = set()
    for dimension in instrument.dimensions:
        own = [one for one in instrument.items if one["code"] in found.index[dimension]]
        scores = [[instrument.score(item, one.given[item["code"]]) for item in own] for one in counting]
        if own and not second_scales.belongs_together(scores, [one.authority for one in counting]):
            instrument.refused.add(dimension)
    for one in case.people:
        one.scores = _over(_scored(one, instrument, found.index), instrument.shown)
    for code in case.codes:
        case.weighting[code] = second_opinion._rake(case, code)


def scores(found: Pair) -> list[Row]:
    """What the later wave's scores are: without the items that are new."""
    case, made = found.new, []
    for code in case.codes:
        for measure in case.instrument.measures:
            one = of_whole([(p.scores[measure], p) for p in case.of(code) if measure in p.scores], case.invited(code))
            made.append({"authority": code, "measure": measure, "n": one.n, "score": one.score, "se": one.se})
    return made


def rows(found: Pair) -> list[Row]:
    """One row an authority and measure, as change.csv has them for researchers."""
    case, instrument = found.new, found.new.instrument
    dimensions = instrument.shown or instrument.dimensions
    words = {found.series[one] for one in dimensions}
    series = {"overall": next((one for one in ("broken", "common") if one in words), "same" if words else "broken")}
    series |= found.series
    common = {one: len(codes) for one, codes in found.common.items()}
    common["overall"] = sum(common[one] for one in dimensions)
    earlier, after = before(found), _estimates(case, _lists(found), instrument.shown)
    made: list[Row] = []
    for code in case.codes:
        those = behind(code, found)
        own: dict[str, Row] = {}
        for measure in instrument.measures:
            old, new = _side(found, those, earlier, measure), after[code, measure]
            own[measure] = {
                "authority": code, "measure": measure, "common_items": common[measure], "series": series[measure],
                "before": old.score, "after": None if series[measure] == "broken" else new.score,
                "n_before": old.n, "n_after": new.n,
                "predecessors": None if those in ([], [code]) else " ".join(those),
                "reason": _reason(found, series[measure], measure, absent=not those, n=min(old.fewest, new.n)),
            } | _tested(old, new)  # fmt: skip
        _of_overall(own, instrument)
        _judged(own, instrument)
        made += own.values()
    return made


def before(found: Pair) -> dict[tuple[str, str], Estimate]:
    """The earlier wave on the common items, the overall over the dimensions of this one."""
    return _estimates(found.old, _lists(found), found.new.instrument.shown)


def _lists(found: Pair) -> dict[str, list[str]]:
    return {one: codes if found.series[one] != "broken" else [] for one, codes in found.common.items()}


def _estimates(case: Wave, lists: dict[str, list[str]], dimensions: list[str]) -> dict[tuple[str, str], Estimate]:
    made = {}
    for code in case.codes:
        people = [(_over(_scored(one, case.instrument, lists), dimensions), one) for one in case.of(code)]
        for measure in ("overall", *lists):
            made[code, measure] = of_whole([(of[measure], one) for of, one in people if measure in of], None)
    return made


def behind(code: str, found: Pair) -> list[str]:
    """Who stood where this authority stands; nobody where one of them has no answers, or went to several."""
    there = {one.authority for one in found.old.people if one.counts}
    after = {one["code"]: (one.get("successor") or "").split() for one in found.new.authorities}
    parents = [old for old, some in after.items() if code in some]
    if not any(one in there for one in parents):
        return [code] if code in there else []
    if not all(one in there and len(after[one]) == 1 for one in parents):
        return []
    return sorted({*parents, *([code] if code in there else [])})


def _side(found: Pair, those: list[str], before: dict[tuple[str, str], Estimate], measure: str) -> Side:
    parts = [before[one, measure] for one in those]
    if not parts:
        return Side(0, 0)
    n, fewest = sum(one.n for one in parts), min(one.n for one in parts)
    if len(parts) == 1:
        return Side(n, fewest, parts[0].score, parts[0].se_comparison, n)
    if fewest == 0:
        return Side(n, 0)
    staff = [found.old.headcount(one) for one in those]
    known = all(one is not None and one >= part.n for one, part in zip(staff, parts, strict=True))
    size = [float(one or 0) for one in staff] if known else [float(one.n) for one in parts]
    share = [one / math.fsum(size) for one in size]
    score = math.fsum(w * (one.score or 0.0) for w, one in zip(share, parts, strict=True))
    if fewest < 2:
        return Side(n, fewest, score)
    each = [(w * (one.se_comparison or 0.0)) ** 2 for w, one in zip(share, parts, strict=True)]
    variance = math.fsum(each)
    lost = math.fsum(v * v / (one.n - 1) for v, one in zip(each, parts, strict=True))
    return Side(n, fewest, score, math.sqrt(variance), variance**2 / lost + 1 if lost else n)


def late(found: Pair, rows: list[Row]) -> list[Row]:
    """The same with the reasons for the sake of single people, who may stand alone in either wave."""
    both = [_single(case, found) for case in (found.new, found.old)]
    for row in rows:
        code, measure = str(row["authority"]), str(row["measure"])
        told = [both[0].get((code, measure)), *(both[1].get((one, measure)) for one in behind(code, found))]
        row["reason"] = row["reason"] or next((one for one in told if one), None)
    return second_tables.late({"change": rows}, found.new)["change"]


def _single(case: Wave, found: Pair) -> dict[tuple[str, str], str]:
    """Figures on the common items in which, or between which, one person would stand alone."""
    lists, shown = _lists(found), found.new.instrument.shown
    kept = [
        item | {"theme": item.get("theme") if lists.get(item.get("theme", "")) else None}
        for item in case.instrument.items
        if item["code"] in lists.get(item["dimension"], ())
    ]
    instrument = replace(case.instrument, items=kept, dimensions=shown, refused=set())
    told: dict[tuple[str, str], str] = {}
    for code in case.codes:
        own = [replace(one, scores=_over(_scored(one, case.instrument, lists), shown)) for one in case.of(code)]
        overall, themes, _ = second_people.alone(own, instrument, [one.raked for one in own])
        for measure in ("overall", *lists):
            alike = second_people.alike(second_opinion.of_people(case, own, measure, None, whole=True))
            heavy = second_tables.too_heavy(own, measure, "raked") if second_tables.is_weighted(case, code) else None
            heavy = heavy or ("too_alike" if alike else None)
            known = measure in themes or (measure == "overall" and overall)
            if known or heavy:
                told[code, measure] = "complement" if known else str(heavy)
        if (code, "overall") not in told and any((code, one) in told for one in shown):
            told[code, "overall"] = "dimension_withheld"
    return told


def _tested(old: Side, new: Estimate) -> Row:
    if old.score is None or new.score is None:
        return {"change": None}
    made: Row = {"change": new.score - old.score}
    if old.se is None or new.se_comparison is None or old.fewest < 2 or new.n < 2:
        return made
    v = (old.se**2, new.se_comparison**2)
    if sum(v) <= 0:
        return made
    df = sum(v) ** 2 / (v[0] ** 2 / (old.freedom - 1) + v[1] ** 2 / (new.n - 1))
    se = math.sqrt(sum(v))
    gap = new.score - old.score
    half = float(stats.t.ppf(0.975, df)) * se
    return made | {"lower": gap - half, "upper": gap + half, "p": 2 * float(stats.t.sf(abs(gap) / se, df))}


def _reason(found: Pair, series: str, measure: str, *, absent: bool, n: int) -> str | None:
    if measure != "overall" and found.new.instrument.is_refused(measure):
        return "unreliable_scale"
    if series == "broken":
        return "series_broken"
    if absent:
        return "not_before"
    return "no_answers" if n == 0 else "too_few_people" if n < PEOPLE else None


def _of_overall(own: dict[str, Row], instrument: Asked) -> None:
    if len(instrument.shown) < 3:
        own["overall"]["reason"] = "too_few_dimensions"
    elif own["overall"]["reason"] is None and any(own[one]["reason"] for one in instrument.shown):
        own["overall"]["reason"] = "dimension_withheld"


def _judged(own: dict[str, Row], instrument: Asked) -> None:
    """Holm over the dimensions; those of shown figures among shown ones."""
    p_values = {one: own[one].pop("p", None) for one in own}
    tested = [one for one in instrument.dimensions if p_values[one] is not None]
    shown = [one for one in tested if own[one]["reason"] is None]
    for family, kept in ((tested, [one for one in tested if one not in shown]), (shown, shown)):
        adjusted = dict(zip(family, holm([p_values[one] for one in family]), strict=True))
        for one in kept:
            own[one] |= {"p_value": p_values[one], "p_adjusted": adjusted[one]}
    for one in instrument.dimensions:
        if own[one]["change"] is not None:
            own[one]["verdict"] = verdict(own[one]["change"], own[one].get("p_adjusted"))
