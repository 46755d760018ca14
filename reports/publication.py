"""The only road by which numbers leave: the steps of the method in order, once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Questionnaire, Role, Standing
from reports import (
    assembly,
    benchmarks,
    distributions,
    estimation,
    frames,
    headcounts as staff,
    measures,
    peers,
    quality,
    scoring,
    standings,
)
from reports.disclosure import groups as group_rules, guard, items as item_rules, threshold
from reports.disclosure.reasons import Reason
from reports.estimation import Estimates
from reports.frames import Responses
from reports.measures import Measure, MeasureKind
from reports.quality import Json
from reports.rules import Rules
from reports.scoring import PersonScores
from reports.statistics import sums
from reports.statistics.sums import Floats, Groups

Reasons: TypeAlias = NDArray[np.object_]
Progress: TypeAlias = Callable[[str], None]

STEPS = ("Scores of people", "Scores of authorities", "Answers to each item", "Inside the authorities", "Benchmarks")
GROUP_KINDS = ("service_area", "tier")
ELECTED = "elected"


@dataclass(frozen=True)
class Results:
    """Everything that was computed: one frame a published file, by its stem, and the content of quality.json."""

    frames: Mapping[str, pd.DataFrame]
    quality: Mapping[str, Json]
    rules: Rules


@dataclass(frozen=True)
class _Case:
    """What every step looks at: the answers, who counts as an officer, where each row belongs."""

    responses: Responses
    questionnaire: Questionnaire
    rules: Rules
    codes: tuple[str, ...]
    authority: NDArray[np.int64]  # of each respondent, a place in codes
    elected: NDArray[np.bool_]
    counted: NDArray[np.bool_]  # officers whose answers are not careless
    staff_rows: pd.DataFrame
    people: PersonScores

    @property
    def measures(self) -> tuple[Measure, ...]:
        return self.people.measures

    @property
    def measure_codes(self) -> list[str]:
        return [measure.code for measure in self.people.measures]

    def places(self, kind: MeasureKind) -> list[int]:
        return [place for place, measure in enumerate(self.measures) if measure.kind is kind]

    def estimate(self, groups: Groups, invited: Floats | None) -> Estimates:
        return estimation.estimate(
            self.people.values,
            groups,
            weights=self.responses.weight,
            invited=invited,
            confidence=self.rules.confidence,
        )


def compute(
    responses: Responses,
    questionnaire: Questionnaire,
    rules: Rules,
    *,
    authorities: pd.DataFrame | None = None,
    headcounts: pd.DataFrame | None = None,
    progress: Progress | None = None,
) -> Results:
    """Every number that the answers carry, for researchers: values with the reason why publication withholds them.

    `authorities` (AUTHORITIES) adds names and peer groups, and authorities without answers; `headcounts` (HEADCOUNTS)
    gives N. `progress` is told the name of each of the STEPS as it begins. No input is changed. The frames are those
    of `frames.py`, sorted by authority code, then overall, dimensions and themes in file order.
    """
    tell = progress or (lambda _: None)
    tell(STEPS[0])
    flags = quality.careless(responses, questionnaire, rules)
    case = _case(responses, questionnaire, rules, authorities, headcounts, flags)
    tell(STEPS[1])
    groups = sums.grouped(np.where(case.counted, case.authority, -1), len(case.codes))
    invited = staff.totals(case.staff_rows, case.codes)
    found = case.estimate(groups, invited)
    reasons = _score_reasons(case, found)
    tell(STEPS[2])
    item_frames = _items(case, groups, invited)
    tell(STEPS[3])
    inside = _inside(case, found)
    tell(STEPS[4])
    register = authorities if authorities is not None else pd.DataFrame({"code": []})
    compared = _compared(case, found, reasons, register)
    row_codes = np.array(case.codes, dtype=object)[case.authority]
    report = quality.report(
        responses=responses,
        questionnaire=questionnaire,
        flags=flags,
        elected=case.elected,
        response_rates=quality.response(case.codes, _scored(case, groups), invited),
        rules=rules,
    )
    weighted = responses.weight is not None
    tables = {
        "respondents": assembly.respondents(row_codes.tolist(), case.people),
        "scores": assembly.scores(case.codes, case.measure_codes, found, reasons, weighted=weighted),
        **item_frames,
        "group_scores": inside,
        **compared,
    }
    return Results(tables, report, rules)


def published(results: Results) -> Results:
    """What disclosure control lets out, at full precision: withheld numbers are empty, their reason stays.

    This is what the service stores and shows; the frames of people are left out.
    """
    return replace(
        results,
        frames=guard.published(results.frames, results.rules),
        quality=guard.published_quality(results.quality, results.rules),
    )


def for_file(results: Results, audience: str) -> Results:
    """The frames as a file of an audience shows them: `research` as computed, `published` guarded and rounded."""
    if audience == "research":
        return replace(results, frames={k: v for k, v in results.frames.items() if k != guard.COLLAPSED_ITEMS})
    if audience != "published":
        raise ValueError(f"The audience is research or published, not {audience!r}.")
    safe = results if guard.COLLAPSED_ITEMS not in results.frames else published(results)
    return replace(safe, frames=guard.rounded(safe.frames))


def _case(
    responses: Responses,
    questionnaire: Questionnaire,
    rules: Rules,
    authorities: pd.DataFrame | None,
    headcounts: pd.DataFrame | None,
    flags: quality.Careless,
) -> _Case:
    register = [] if authorities is None else [str(code) for code in authorities["code"]]
    codes = tuple(sorted({*responses.authorities, *register}))
    place = {code: position for position, code in enumerate(codes)}
    lookup = np.array([place[code] for code in responses.authorities], dtype=np.int64)
    elected_tiers = _elected_tiers(questionnaire)
    elected = np.zeros(len(responses), dtype=np.bool_)
    if responses.tier is not None and responses.tiers:
        is_elected = np.array([*(code in elected_tiers for code in responses.tiers), False])
        elected = is_elected[responses.tier]  # -1, not said, is the last place
    people = scoring.excluded(scoring.person_scores(responses, questionnaire, rules), flags.excluded)
    return _Case(
        responses,
        questionnaire,
        rules,
        codes,
        lookup[responses.authority] if len(responses) else np.empty(0, dtype=np.int64),
        elected,
        ~elected & ~flags.excluded,
        staff.employed(headcounts, elected_tiers),
        people,
    )


def _elected_tiers(questionnaire: Questionnaire) -> list[str]:
    item = questionnaire.role_item(Role.TIER)
    return [option.code for option in item.options if option.standing is Standing.ELECTED] if item else []


def _score_reasons(case: _Case, found: Estimates) -> Reasons:
    """Reasons of the authorities' own scores; a withheld dimension takes the overall with it."""
    reasons = threshold.people(found.n, case.rules)
    dimensions = case.places(MeasureKind.DIMENSION)
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
        return reasons
    withheld = (reasons[:, dimensions] != None).any(axis=1)  # noqa: E711 - compares each element
    reasons[withheld & (reasons[:, 0] == None), 0] = Reason.DIMENSION_WITHHELD  # noqa: E711
    return reasons


def _items(case: _Case, groups: Groups, invited: Floats) -> dict[str, pd.DataFrame]:
    columns = {code: place for place, code in enumerate(case.responses.items)}
    found = []
    for item in case.questionnaire.scored_items:
        if item.code in columns:
            chosen = case.responses.answers[:, columns[item.code]]
            weights = case.responses.weight
            one = distributions.distribution(chosen, item, groups, weights=weights, invited=invited, rules=case.rules)
            found.append((item.code, one))
    collapsed = [(code, one.collapsed) for code, one in found if one.collapsed is not None]
    return {
        "items": assembly.items(case.codes, found, [item_rules.reasons(one, case.rules) for _, one in found]),
        guard.COLLAPSED_ITEMS: assembly.items(
            case.codes, collapsed, [item_rules.reasons(one, case.rules) for _, one in collapsed]
        ),
    }


def _inside(case: _Case, whole: Estimates) -> pd.DataFrame:
    """Service areas, tiers and elected members of every authority."""
    parts = [_one_way(case, kind, whole) for kind in GROUP_KINDS]
    parts.append(_elected_members(case))
    together = pd.concat(parts, ignore_index=True)
    return together.sort_values("authority", kind="stable", ignore_index=True)


def _one_way(case: _Case, kind: str, whole: Estimates) -> pd.DataFrame:
    codes = case.responses.service_areas if kind == "service_area" else case.responses.tiers
    member = case.responses.service_area if kind == "service_area" else case.responses.tier
    known = staff.group_totals(case.staff_rows, kind)
    pairs = {pair for pair in known if pair[0] in case.codes}
    inside = case.counted & (member >= 0) if member is not None else np.zeros(len(case.responses), dtype=np.bool_)
    cell = np.full(len(case.responses), -1, dtype=np.int64)
    if member is not None:
        cell[inside] = case.authority[inside] * len(codes) + member[inside]
        used = np.unique(cell[inside]).tolist()
        pairs |= {(case.codes[one // len(codes)], codes[one % len(codes)]) for one in used}
    ordered = sorted(pairs)
    if codes:
        cell = _renumbered(cell, ordered, case.codes, codes)
    found = case.estimate(sums.grouped(cell, len(ordered)), np.array([known.get(pair, np.nan) for pair in ordered]))
    place = {code: position for position, code in enumerate(case.codes)}
    owner = np.array([place[authority] for authority, _ in ordered], dtype=np.int64)
    reasons = group_rules.reasons(found.n, whole.n, owner, case.places(MeasureKind.DIMENSION), case.rules)
    return assembly.group_scores(ordered, kind, case.measure_codes, found, _with_overall(case, reasons))


def _renumbered(
    cell: NDArray[np.int64], ordered: Sequence[tuple[str, str]], authorities: Sequence[str], codes: Sequence[str]
) -> NDArray[np.int64]:
    """From authority x code numbers to places in the ordered list of groups that exist."""
    authority_place = {code: place for place, code in enumerate(authorities)}
    code_place = {code: place for place, code in enumerate(codes)}
    table = np.full(len(authorities) * len(codes) + 1, -1, dtype=np.int64)  # the last place is for nobody's group
    for position, (authority, code) in enumerate(ordered):
        if code in code_place:
            table[authority_place[authority] * len(codes) + code_place[code]] = position
    return table[cell]


def _elected_members(case: _Case) -> pd.DataFrame:
    """Elected members are a group of their own, without headcount or correction."""
    answering = case.elected & (case.authority >= 0)
    places = np.unique(case.authority[answering])
    table = np.full(len(case.codes) + 1, -1, dtype=np.int64)
    table[places] = np.arange(len(places))
    groups = sums.grouped(np.where(answering, table[case.authority], -1), len(places))
    found = case.estimate(groups, None)
    owner = np.arange(len(places), dtype=np.int64)
    reasons = group_rules.reasons(found.n, found.n, owner, case.places(MeasureKind.DIMENSION), case.rules)
    pairs = [(case.codes[place], ELECTED) for place in places.tolist()]
    return assembly.group_scores(pairs, ELECTED, case.measure_codes, found, _with_overall(case, reasons))


def _with_overall(case: _Case, reasons: Reasons) -> Reasons:
    if len(case.places(MeasureKind.DIMENSION)) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
    return reasons


def _compared(case: _Case, found: Estimates, reasons: Reasons, register: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Benchmarks of every peer group and standings of its authorities."""
    listed = {str(code) for code in register["code"]}
    extra = pd.DataFrame({"code": [code for code in case.codes if code not in listed]})
    menu = peers.groups(pd.concat([register, extra], ignore_index=True))
    place = {code: position for position, code in enumerate(case.codes)}
    tested = np.array([measure.kind is MeasureKind.DIMENSION for measure in case.measures])
    benchmark_parts, standing_parts = [], []
    for name, members in menu.groupby("peer_group", sort=False)["authority"]:
        rows = np.array([place[code] for code in members], dtype=np.int64)
        shown = reasons[rows] == None  # noqa: E711 - compares each element
        middle = benchmarks.benchmark(found.score[rows], shown, case.rules, with_interval=name == peers.ALL)
        against = threshold.authorities(middle.n, case.rules)
        benchmark_parts.append(assembly.benchmark_rows(str(name), case.measure_codes, middle, against))
        why = _standing_reasons(reasons[rows], against)
        result = standings.standings(
            score=found.score[rows],
            se_comparison=found.se_comparison[rows],
            n=found.n[rows],
            median=middle.median,
            shown=why == None,  # noqa: E711
            tested=tested,
            rules=case.rules,
        )
        standing_parts.append(
            assembly.standing_rows(str(name), list(members), case.measure_codes, found.score[rows], result, why)
        )
    return {
        "benchmarks": frames.BENCHMARKS.check(pd.concat(benchmark_parts, ignore_index=True)),
        "standings": _sorted_standings(standing_parts),
    }


def _standing_reasons(own: Reasons, against: Reasons) -> Reasons:
    """The authority's own reason, else the group's; without quartiles the median is still shown."""
    group = np.where(against == Reason.TOO_FEW_FOR_QUARTILES, None, against)
    return np.where(own == None, np.broadcast_to(group, own.shape), own)  # noqa: E711


def _sorted_standings(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """By authority, then peer groups and measures in the order in which they came."""
    together = frames.STANDINGS.check(pd.concat(parts, ignore_index=True))
    return together.sort_values("authority", kind="stable", ignore_index=True)


def _scored(case: _Case, groups: Groups) -> NDArray[np.int64]:
    """People of each authority who are scored on anything."""
    scored = ~np.isnan(case.people.values[groups.order]).all(axis=1)
    return np.bincount(groups.of_row[scored], minlength=groups.count).astype(np.int64)
