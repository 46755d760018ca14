"""The only road by which numbers leave: the steps of the method in order, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from questionnaires.definition import Questionnaire
from reports import (
    aggregation,
    alone,
    assembly,
    average_officer,
    change,
    comparison,
    crossed,
    disagreement,
    distributions,
    divergence,
    dont_know,
    evidence,
    frames,
    gaps,
    gates,
    inside,
    item_gaps,
    leadership,
    measures,
    nested,
    ordinal,
    own_profile,
    peer_safety,
    programmes,
    quality,
    restated,
    robustness,
    say_do,
    scale_quality,
    sector_change,
    sector_inside,
    splits,
    told_parts,
)
from reports import headcounts as staff
from reports.aggregation import Aggregation
from reports.case import Case, prepare
from reports.change import Before
from reports.disclosure import guard, late, participation, threshold
from reports.disclosure import items as item_rules
from reports.disclosure.peer_audit import Audit
from reports.disclosure.reasons import Reason, Reasons, withheld
from reports.disclosure.told_figures import Shown
from reports.estimation import Estimates
from reports.frames import Responses
from reports.gates import Gate
from reports.peers import Register
from reports.quality import Json
from reports.rules import Rules
from reports.statistics.sums import Floats, Groups, Ints

Progress: TypeAlias = Callable[[str], None]

STEPS = ("Scores of people", "Scores of authorities", "Answers to each item", "Inside the authorities", "Benchmarks")


@dataclass(frozen=True)
class Results:
    """Everything that was computed: one frame a published file, by its stem, and the content of quality.json."""

    frames: Mapping[str, pd.DataFrame]
    quality: Mapping[str, Json]
    rules: Rules


@dataclass(frozen=True)
class _Own:
    """What authorities' own figures are made of, for every step after them; N and the N that intervals may tell."""

    case: Case
    groups: Groups
    invited: Floats
    said: Floats
    found: Estimates
    reasons: Reasons
    aggregated: Aggregation
    alone: nested.Told


def compute(
    responses: Responses,
    questionnaire: Questionnaire,
    rules: Rules,
    *,
    authorities: pd.DataFrame | Register | None = None,
    headcounts: pd.DataFrame | None = None,
    assessments: pd.DataFrame | None = None,
    previous: Before | None = None,
    progress: Progress | None = None,
) -> Results:
    """Every number that the answers carry, for researchers: values with the reason why publication withholds them.

    `authorities` (AUTHORITIES) adds names and peer groups, and authorities without answers, with the frozen menu as
    a Register; `headcounts` (HEADCOUNTS) gives N; `assessments` (ASSESSMENTS) are the levels that authorities chose
    for themselves, without which there is no frame `say_do`; `previous` is an earlier wave, without which there is
    no `change`: items that are new since then do not count in scores yet. `progress` is told the name of each of
    the STEPS as it begins. No input is changed. The frames are those of `frames.py`, sorted by authority code, then
    overall, dimensions and themes in file order. Methodology 0.

    >>> from reports import example
    >>> found = compute(example.responses(), example.questionnaire(), Rules(), authorities=example.authorities())
    >>> row = published(found).frames["scores"].iloc[0]
    >>> row["authority"], row["measure"], int(row["n"]), round(float(row["score"]), 1)
    ('a01', 'overall', 44, 42.6)
    """
    tell = progress or (lambda _: None)
    tell(STEPS[0])
    authorities, menu = (
        (authorities.authorities, authorities.menu) if isinstance(authorities, Register) else (authorities, None)
    )
    going_on = None if previous is None else previous.continued(responses, questionnaire)
    lists = None if going_on is None else going_on.index
    prepared = prepare(responses, questionnaire, rules, authorities, headcounts, lists=lists)
    case, passed, scales = _through_scale_gates(prepared)
    tell(STEPS[1])
    own = _own(case)
    tables = scales | _own_tables(own)
    tell(STEPS[2])
    tables |= _items(own)
    tell(STEPS[3])
    tables |= _insides(case, own.found, own.reasons)
    tell(STEPS[4])
    register = authorities if authorities is not None else pd.DataFrame({"code": []})
    tables |= _compared(own, register, menu)
    if assessments is not None:
        apart = say_do.say_do(case, assessments, invited=own.invited, said=own.said)
        tables |= {"say_do": apart.computed, guard.told("say_do"): apart.told}
    told_apart = _quality(own, passed, tables)
    if previous is not None and going_on is not None:
        tables |= _changed(case, previous, register)
        told_apart["earlier_wave"] = change.quality(previous, going_on, tables["change"])
    single = alone.reasons(case, own.found, own.alone)
    told = late.withhold(gates.withheld(tables, case.refused_codes), single, case.codes, case.measure_codes)
    return Results(told, told_apart | {"disagreement": disagreement.disagreements(case, told)}, rules)


def audited(
    results: Results,
    earlier: Sequence[Shown] = (),
    *,
    beside: Sequence[Shown] = (),
    named: Collection[str] = (),
    tell: Progress | None = None,
) -> tuple[Results, Audit | None]:
    """The same with a reason against every peer group that would let somebody work out an authority's score.

    `earlier` is what was told of the same wave before, `beside` what other waves told of the same scores, `named`
    who is named to others. Without the frames that only `compute` gives, the results have been through this
    already.
    """
    if peer_safety.COMPARED not in results.frames:
        return results, None
    found = peer_safety.audit(results.frames, earlier, beside=beside, named=named, rules=results.rules, tell=tell)
    safe = without(results, found.dropped)
    kept = {name: frame for name, frame in safe.frames.items() if name != peer_safety.COMPARED}
    return replace(safe, frames=kept), found


def without(results: Results, dropped: Collection[tuple[str, str]]) -> Results:
    """The same with a reason against these pairs of a peer group and a measure."""
    return replace(results, frames=peer_safety.without(results.frames, dropped))


def published(results: Results) -> Results:
    """What disclosure control lets out, at full precision: withheld numbers are empty, their reason stays.

    This is what the service stores and shows; the frames of people are left out.
    """
    return replace(
        results,
        frames=guard.published(results.frames, results.rules),
        quality=guard.published_quality(results.quality, results.rules),
    )


def for_team(results: Results) -> dict[str, pd.DataFrame]:
    """Frames for the research team of a service alone, beside the published ones; never in a file or a bundle."""
    return guard.for_team(results.frames)


def for_file(results: Results, audience: str) -> Results:
    """The frames as a file of an audience shows them: `research` as computed, `published` guarded and rounded."""
    if audience == "research":
        kept = {name: frame for name, frame in results.frames.items() if name not in guard.INTERNAL}
        return replace(results, frames=_with_restated(kept))
    if audience != "published":
        raise ValueError(f"The audience is research or published, not {audience!r}.")
    safe = published(audited(results)[0])  # also where it was done before: guarding twice changes nothing
    return replace(safe, frames=_with_restated(guard.rounded(safe.frames)))


def _with_restated(tables: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The benchmarks that are restated to show change stand below those of the wave, marked by `restated_for`."""
    restated = tables.pop("benchmarks_restated", None)
    if restated is not None:
        tables["benchmarks"] = pd.concat([tables["benchmarks"], restated], ignore_index=True)
    return tables


def _through_scale_gates(case: Case) -> tuple[Case, dict[str, Gate], dict[str, pd.DataFrame]]:
    """The case without the dimensions whose items do not belong together; the gates; the two tables about scales."""
    scales, items = scale_quality.scale_quality(case)
    passed = gates.of_scales(scales, items, _dimensions(case))
    return case.without(gates.refused(passed)), passed, {"reliability": scales, "item_analysis": items}


def _dimensions(case: Case) -> list[str]:
    return [dimension.code for dimension in case.questionnaire.dimensions]


def _own(case: Case) -> _Own:
    groups = case.officers
    invited = staff.totals(case.staff_rows, case.codes)
    found = case.estimate(invited)
    return _Own(
        case=case,
        groups=groups,
        invited=invited,
        said=participation.said(invited, case.scored(case.kinds.groups)),
        found=found,
        reasons=_score_reasons(case, found),
        aggregated=aggregation.aggregate(case, found, groups),
        alone=nested.told(case, case.kinds.groups, case.kinds.weight),
    )


def _own_tables(own: _Own) -> dict[str, pd.DataFrame]:
    """Scores of people and of authorities, and whether answers may be averaged to authorities."""
    case = own.case
    within = aggregation.within_frame(case, own.found, own.groups)
    return {
        "respondents": assembly.respondents(case.codes, case.authority, case.people, case.counted),
        "scores": _scores(own, own.found),
        guard.told("scores"): _scores(own, case.told(own.found, own.said)),
        "agreement": aggregation.agreement_frame(case, own.aggregated, own.found, within),
        "within_agreement": within,
    }


def _scores(own: _Own, found: Estimates) -> pd.DataFrame:
    return assembly.scores(
        own.case.codes,
        own.case.measure_codes,
        found,
        own.reasons,
        weights=own.case.weights,
        weighted=own.case.is_weighted,
        plain=own.aggregated.plain,
        reliability=own.aggregated.reliability,
    )


def _score_reasons(case: Case, found: Estimates) -> Reasons:
    """Reasons of the authorities' own scores; a withheld dimension takes the overall with it."""
    reasons = threshold.people(found.n, case.rules)
    reasons[~withheld(reasons) & case.refused] = Reason.UNRELIABLE_SCALE
    dimensions = case.dimensions
    if len(dimensions) < case.rules.overall_dimensions:
        reasons[:, 0] = Reason.TOO_FEW_DIMENSIONS
        return reasons
    hidden = withheld(reasons)
    reasons[hidden[:, dimensions].any(axis=1) & ~hidden[:, 0], 0] = Reason.DIMENSION_WITHHELD
    return reasons


def _insides(case: Case, found: Estimates, reasons: Reasons) -> dict[str, pd.DataFrame]:
    """Service areas, tiers and elected members: their scores, how far they lie apart, and that of all authorities."""
    areas, tiers = (splits.split(case, kind, found) for kind in ("service_area", "tier"))
    both = crossed.crossing(case, areas, tiers)
    areas, tiers = (splits.unlike(case, one) for one in crossed.both_ways(case, areas, tiers, both))
    cells = crossed.cell_scores(case, areas, tiers, both)
    groups = inside.group_scores(case, (areas, tiers))
    between = divergence.divergence(case, areas, found)
    tables = {
        "group_scores": groups.computed,
        guard.told("group_scores"): groups.told,
        "cell_scores": cells.computed,
        guard.told("cell_scores"): cells.told,
        "divergence": between.computed,
        guard.told("divergence"): between.told,
        **gaps.gaps(case, tiers, found, reasons),
        **item_gaps.item_gaps(case, tiers, found),
    }
    told = {**tables, "divergence": between.told}
    return {
        **tables,
        **dont_know.dont_know(case),
        "sector_inside": sector_inside.distribution(told, case.measure_codes, case.rules),
        "sector_programmes": programmes.sector_programmes(case),
    }


def _compared(own: _Own, register: pd.DataFrame, menu: pd.DataFrame | None) -> dict[str, pd.DataFrame]:
    """Authorities beside each other: benchmarks, standings, how firm the overall's quarter is, the average officer."""
    case, found, reasons, aggregated = own.case, own.found, own.reasons, own.aggregated
    firm = robustness.of_case(case, reasons)
    return {
        **comparison.compare(case, found, reasons, register, aggregated, stable=firm.stable, menu=menu),
        "average_officer": average_officer.average_officer(case, found, reasons, aggregated),
        "robustness": robustness.frame(case, firm, reasons),
        "own_profile": own_profile.own_profile(case, found, reasons, own.groups),
        told_parts.WHOLES: _wholes(case),
    }


def _wholes(case: Case) -> pd.DataFrame:
    """WHOLES: which measures are means of others, for the audit of authorities."""
    shown = [case.measure_codes[place] for place in case.dimensions]
    rows = measures.wholes(case.measures, case.questionnaire, shown)
    return frames.WHOLES.check(pd.DataFrame(rows, columns=list(frames.WHOLES.columns)))


def _changed(case: Case, previous: Before, register: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What changed since the earlier wave, of each authority and over the sector."""
    found = change.change(case, previous, register)
    told = late.withhold({"change": found.change}, found.late, case.codes, case.measure_codes)
    return {
        **told,
        "benchmarks_restated": found.benchmarks_restated,
        told_parts.MENU_BEFORE: restated.menu_before(previous.authorities),
        "sector_change": sector_change.sector_change(found.change, case.measure_codes, case.rules),
    }


def _items(own: _Own) -> dict[str, pd.DataFrame]:
    """Distributions as computed, and as publication tells them: by options and drawn together; the leadership profile."""
    case = own.case
    people = distributions.Answerers(case.officers.order, case.kinds.rows.of_row, case.kinds.weight, case.kinds.groups)
    given = [(answers, case.questionnaire.items[code]) for code, answers in case.counts.items()]
    made = distributions.distributions(given, people, invited=own.invited, rules=case.rules)
    found = list(zip(case.counts, made, strict=True))
    told = list(zip(case.counts, distributions.all_corrected(made, own.said, case.rules), strict=True))
    drawn = [(code, one.collapsed) for code, one in told if one.collapsed is not None]
    alone = _alone_in_items(own, [(code, one.n) for code, one in found])
    computed, collapsed = (
        assembly.items(case.codes, rows, [item_rules.reasons(one, case.rules, alone=alone[code]) for code, one in rows])
        for rows in (found, drawn)
    )
    tables = {
        "items": computed,
        guard.told("items"): assembly.items_told(computed, told),
        guard.COLLAPSED_ITEMS: collapsed,
    }
    mine, safe, of_all = leadership.leadership(case, dict(found), people, invited=own.invited, said=own.said)
    return tables | {"leadership": mine, guard.told("leadership"): safe, "sector_leadership": of_all}


def _alone_in_items(own: _Own, counted: Sequence[tuple[str, Ints]]) -> dict[str, NDArray[np.bool_]]:
    """For each item the authorities where it is hidden, the one with fewest answers of its dimension, to protect
    somebody.
    """
    case, number = own.case, dict(counted)
    result = {code: np.zeros(len(case.codes), dtype=np.bool_) for code in number}
    for place in case.dimensions:
        items = [code for code in case.measures[place].items if code in number]
        for authority in np.flatnonzero(own.alone.items[:, place]).tolist():
            result[min(items, key=lambda code: number[code][authority])][authority] = True
    return result


def _quality(own: _Own, passed: dict[str, Gate], tables: Mapping[str, pd.DataFrame]) -> dict[str, Json]:
    """The content of quality.json: how good the answers are, every gate, what a choice of method would move."""
    case = own.case
    averaged = gates.of_agreement(tables["agreement"], _dimensions(case))
    counts = quality.report(
        responses=case.responses,
        questionnaire=case.questionnaire,
        tally=case.tally,
        flags=case.flags,
        elected=case.elected,
        response_rates=quality.response(case.codes, case.scored(case.kinds.groups), own.invited),
        rules=case.rules,
    )
    return {
        **counts,
        **evidence.evidence(case, own.found, invited=own.invited, reasons=own.reasons),
        "robustness": robustness.summary(tables["robustness"], case.rules),
        "ordinal": ordinal.ordinal(case),
        "gates": gates.as_json(passed | averaged | gates.entered(case.rules), case.rules),
    }
