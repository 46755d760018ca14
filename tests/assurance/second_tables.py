"""The tables of both audiences, written a second time from the file contract; it shares no code with the project."""

from __future__ import annotations

import math

import second_depth
import second_inside
import second_own_profile
import second_people
from scipy import stats
from second_opinion import (
    FOR_MEDIAN,
    PEOPLE,
    SMALL_STAFF,
    Estimate,
    Person,
    Row,
    Tables,
    Wave,
    estimate,
    estimates,
    few,
    for_quartiles,
    holm,
    of_people,
    peer_groups,
    reasons,
    reliability,
    scored_groups,
    type7,
    verdict,
    wilson,
)
from second_weights import lower_icc, variances

FULL = 30


def research(case: Wave) -> Tables:
    found = estimates(case)
    told = reasons(case, found)
    groups = group_scores(case, found)
    made = unreliable_too(
        {
            "respondents": respondents(case),
            "agreement": agreement(case),
            "within_agreement": within_agreement(case, found),
            "scores": scores(case, found, told),
            "items": items(case),
            "group_scores": groups,
            **second_inside.tables(case, found, groups, told),
            **compared(case, found, told),
            "own_profile": second_own_profile.rows(case, found, told),
            "average_officer": second_depth.average_officer(case, found, told),
            "robustness": second_depth.robustness(case, told),
        },
        case,
    )
    return late(made, case)


def unreliable_too(tables: Tables, case: Wave) -> Tables:
    """Of a dimension whose questions do not belong together no figure is shown, but those that tell why."""
    for name, rows in tables.items():
        for row in rows:
            told = "reason" in row and name not in ("agreement", "within_agreement")
            if told and case.instrument.is_refused(str(row.get("measure"))):
                first = row["reason"] in ("no_answers", "too_few_people", "not_a_theme", "not_assessed")
                row["reason"] = row["reason"] if first else "unreliable_scale"
    return tables


def agreement(case: Wave) -> list[Row]:
    rows: list[Row] = []
    for measure in case.instrument.measures:
        groups = scored_groups(case, measure)
        authorities = len([one for one in groups if one])
        made, lower = variances(groups), lower_icc(groups)
        tau2, sigma2 = made or (None, None)
        share = None if made is None or made[0] + made[1] == 0 else made[0] / (made[0] + made[1])
        few_of_them = (
            "no_authorities" if not authorities else "too_few_authorities" if authorities < FOR_MEDIAN else None
        )
        rows.append(
            {"measure": measure, "authorities": authorities, "n": sum(len(one) for one in groups)}
            | {"icc1_lower": None if math.isnan(lower) else lower, "icc1_reml": share, "tau2": tau2, "sigma2": sigma2}
            | {"reason": few_of_them}
        )
    return rows


def within_agreement(case: Wave, found: dict[tuple[str, str], Estimate]) -> list[Row]:
    """rwg(j) under the uniform null, from the variance of raw places of everybody who counts."""
    rows: list[Row] = []
    for code in case.codes:
        for measure in case.instrument.measures:
            ratios = []
            for item in case.instrument.items:
                scale = [one["code"] for one in case.instrument.options[item["option_set"]] if "score" in one]
                places = [
                    scale.index(one.given[item["code"]]) for one in case.of(code) if one.given[item["code"]] in scale
                ]
                if measure in (item["dimension"], item.get("theme")) and len(places) > 1:
                    mean = sum(places) / len(places)
                    variance = sum((one - mean) ** 2 for one in places) / (len(places) - 1)
                    ratios.append(variance / ((len(scale) ** 2 - 1) / 12))
            q, j, n = min(1.0, sum(ratios) / len(ratios)) if ratios else 0.0, len(ratios), found[code, measure].n
            rwg = j * (1 - q) / (j * (1 - q) + q) if ratios else None
            rows.append({"authority": code, "measure": measure, "n": n, "rwg": rwg, "reason": few(n)})
    return rows


def respondents(case: Wave) -> list[Row]:
    measures = [*case.instrument.dimensions, "overall"]
    return [
        {"row": one.row, "authority": one.authority} | {measure: one.scores.get(measure) for measure in measures}
        for one in case.people
    ]


def scores(case: Wave, found: dict[tuple[str, str], Estimate], told: dict[tuple[str, str], str | None]) -> list[Row]:
    rows: list[Row] = []
    relied = reliability(case, found)
    for code in case.codes:
        for measure in case.instrument.measures:
            one, invited = found[code, measure], case.headcount(code)
            rows.append(
                {"authority": code, "measure": measure, "n": one.n}
                | {"invited": invited if invited is not None and one.n <= invited else None}
                | {"score": one.score, "se": one.se, "lower": one.lower, "upper": one.upper}
                | {"se_comparison": one.se_comparison, "deff": one.deff, "weighted": is_weighted(case, code)}
                | {"reliability": relied[code, measure], "reason": told[code, measure]}
                | {"weighting": case.weighting[code], "unweighted_score": plain_mean(case, code, measure)}
            )
    return rows


def is_weighted(case: Wave, code: str) -> bool:
    return case.weighted or case.weighting[code] in ("service_area_and_tier", "service_area", "tier")


def plain_mean(case: Wave, code: str, measure: str) -> float | None:
    """The mean without weights, beside a weighted one."""
    values = [one.scores[measure] for one in case.of(code) if measure in one.scores]
    return math.fsum(values) / len(values) if values and is_weighted(case, code) else None


def too_heavy(own: list[Person], measure: str, column: str) -> str | None:
    """Nobody carries more than a tenth of the weight."""
    weights = [getattr(one, column) for one in own if measure in one.scores]
    return "dominance" if weights and max(weights) > 0.1 * math.fsum(weights) * (1 + 1e-12) else None


def late(tables: Tables, case: Wave) -> Tables:
    """Reasons against single authorities' own figures that leave the benchmarks alone."""
    for code in case.codes:
        own = case.of(code)
        weighted = is_weighted(case, code)
        overall, themes, _ = second_people.alone(own, case.instrument, [one.raked for one in own])
        told: dict[str, str] = {}
        for measure in case.instrument.measures:
            heavy = "too_alike" if second_people.alike(of_people(case, own, measure, None, whole=True)) else None
            heavy = (too_heavy(own, measure, "raked") if weighted else None) or heavy
            if measure in themes or (measure == "overall" and overall):
                heavy = "complement"
            if heavy:
                told[measure] = heavy
        if "overall" not in told and any(one in told for one in case.instrument.shown):
            told["overall"] = "dimension_withheld"
        for name in ("scores", "standings", "say_do", "change", "own_profile"):
            for row in tables.get(name, []):
                if row["authority"] != code or row["reason"] is not None or not told:
                    continue
                row["reason"] = "theme_withheld" if name == "own_profile" else told.get(str(row["measure"]))
    return tables


def items(case: Wave) -> list[Row]:
    rows = []
    for code in case.codes:
        own, hidden = case.of(code), set()
        _, _, dimensions = second_people.alone(own, case.instrument, [one.raked for one in own])
        for dimension in dimensions:
            mine = [one for one in case.instrument.items if one["dimension"] == dimension]
            hidden.add(min(mine, key=lambda item: len(answered(case, own, item)))["code"])
        for item in case.instrument.items:
            told = distribution(case, code, own, item)
            for row in told:
                over = row["reason"] in (None, "collapsed", "nearly_everyone") and row["option"] not in ("dk", "blank")
                row["reason"] = "complement" if item["code"] in hidden and over else row["reason"]
            rows += told
    return rows


def answered(case: Wave, own: list[Person], item: dict) -> list[Person]:
    return [one for one in own if case.instrument.score(item, one.given[item["code"]]) is not None]


def distribution(case: Wave, code: str, own: list[Person], item: dict) -> list[Row]:
    """Each option, or the bands that are published below 30 answers; then who did not know and who skipped."""
    options = [[one["code"]] for one in case.instrument.options[item["option_set"]] if "score" in one]
    given = item["code"]
    on_scale = [one for option in options for one in option]
    scored = [one for one in own if one.given[given] in on_scale]
    few_of_many = len(scored) < FULL and len(options) > 3
    if few_of_many and case.coarse:
        options = bands(on_scale)
    counts = [len([one for one in scored if one.given[given] in option]) for option in options]
    weights = [math.fsum(one.raked for one in scored if one.given[given] in option) for option in options]
    reason = item_reason(len(scored), counts, weights, collapsed=few_of_many and not case.coarse)
    rows = []
    for option, weight in zip(options, weights, strict=True):
        name = option[0] if len(option) == 1 else f"{option[0]}-{option[-1]}"
        row: Row = {"authority": code, "item": given, "option": name, "n": len(scored), "reason": reason}
        rows.append(row | share(weight, scored, case.invited(code)))
    blank = [one for one in own if not one.given[given]]
    unknown = [one for one in own if one.given[given] and one.given[given] not in on_scale]
    for name, those in (("dk", unknown), ("blank", blank)):
        row = {"authority": code, "item": given, "option": name, "n": len(scored), "reason": few(len(scored))}
        rows.append(row | share(math.fsum(one.raked for one in those), own, case.invited(code)))
    return rows


def bands(codes: list[str]) -> list[list[str]]:
    """Low, the middle one where there is one, high."""
    half = len(codes) // 2
    return [one for one in (codes[:half], codes[half : len(codes) - half], codes[len(codes) - half :]) if one]


def share(weight: float, base: list[Person], invited: float | None) -> Row:
    if not base:
        return {"share": None, "lower": None, "upper": None}
    total = math.fsum(one.raked for one in base)
    n_eff = total**2 / math.fsum(one.raked**2 for one in base)
    value = weight / total
    lower, upper = wilson(value, n_eff, len(base), invited)
    return {"share": value, "lower": lower, "upper": upper}


def item_reason(n: int, counts: list[int], weights: list[float], *, collapsed: bool) -> str | None:
    if few(n):
        return few(n)
    if max(weights) > 0.9 * sum(weights) or max(counts) > 0.9 * n or max(counts) >= n - 2:
        return "nearly_everyone"
    return "collapsed" if collapsed else None


def group_scores(case: Wave, found: dict[tuple[str, str], Estimate]) -> list[Row]:
    rows: list[Row] = []
    for code in case.codes:
        both = [of_kind(case, code, kind, case.groups(code, kind), found) for kind in ("service_area", "tier")]
        crossed(case, code, both)
        for kind, of_one in zip(("service_area", "tier"), both, strict=True):
            unlike(case, of_one, case.groups(code, kind), case.of(code))
        rows += [*both[0], *both[1]]
        elected = [one for one in case.people if one.authority == code and one.elected and not one.careless]
        if elected:
            rows += of_kind(case, code, "elected", {"elected": elected}, found)
            unlike(case, rows[-len(case.instrument.measures) :], {"elected": elected}, elected)
    return rows


def unlike(case: Wave, rows: list[Row], members: dict[str, list[Person]], everybody: list[Person]) -> None:
    """No part on a measure where a shown one, or those who are in none of them, are nearly alike."""
    for measure in case.instrument.measures:
        shown = [row for row in rows if row["measure"] == measure and not row["reason"]]
        parts = [members[str(row["group"])] for row in shown]
        inside = {one.row for part in parts for one in part}
        rest = [one.scores[measure] for one in everybody if one.row not in inside and measure in one.scores]
        found = [of_people(case, part, measure, None) for part in parts]
        if any(map(second_people.alike, [*found, estimate(rest, [1.0] * len(rest), None)])):
            for row in shown:
                row["reason"] = "too_alike"
    if len(case.instrument.shown) >= 3:
        overall_with_dimensions(case, [rows])


def crossed(case: Wave, code: str, both: list[list[Row]]) -> None:
    """What service areas and tiers together would tell about a few people is hidden as well."""
    for measure in [*case.instrument.measures[1:], "overall"]:
        if measure == "overall" and len(case.instrument.shown) >= 3:
            overall_with_dimensions(case, both)
        people = [(one.area, one.tier) for one in case.of(code) if measure in one.scores]
        own = [{str(r["group"]): r for r in rows if r["measure"] == measure and not r["reason"]} for rows in both]
        kept = second_people.both_ways(people, set(own[0]), set(own[1]))
        for rows, stay in zip(own, kept, strict=True):
            for group, row in rows.items():
                row["reason"] = None if group in stay else "complement"


def overall_with_dimensions(case: Wave, both: list[list[Row]]) -> None:
    for rows in both:
        told = {(r["group"], r["measure"]): r for r in rows}
        for (group, measure), row in told.items():
            hidden = any(told[group, one]["reason"] for one in case.instrument.shown)
            if measure == "overall" and not row["reason"] and hidden:
                row["reason"] = "dimension_withheld"


def of_kind(
    case: Wave,
    code: str,
    kind: str,
    members: dict[str, list[Person]],
    found: dict[tuple[str, str], Estimate],
) -> list[Row]:
    measures, told_here, estimated = case.instrument.measures, {}, {}
    for group, persons in members.items():
        staff = None if kind == "elected" else case.staff(code, kind, group)
        overall, themes, _ = second_people.alone(persons, case.instrument, [one.weight for one in persons])
        for measure in measures:
            estimated[group, measure] = of_people(case, persons, measure, staff)
            known = measure in themes or (measure == "overall" and overall)
            heavy = "complement" if known else too_heavy(persons, measure, "weight")
            told_here[group, measure] = few(estimated[group, measure].n) or heavy
    sizes = {measure: {group: estimated[group, measure].n for group in members} for measure in measures}
    whole = {measure: 0 if kind == "elected" else found[code, measure].n for measure in measures}
    for measure in measures[1:]:
        complement(told_here, measure, sizes[measure], whole[measure])
    for group in members:
        if len(case.instrument.shown) < 3:
            told_here[group, "overall"] = "too_few_dimensions"
        elif not told_here[group, "overall"] and any(told_here[group, one] for one in case.instrument.shown):
            told_here[group, "overall"] = "dimension_withheld"
    complement(told_here, "overall", sizes["overall"], whole["overall"])
    return [
        {"authority": code, "kind": kind, "group": group, "measure": measure, "n": estimated[group, measure].n}
        | {"score": estimated[group, measure].score, "lower": estimated[group, measure].lower}
        | {"upper": estimated[group, measure].upper, "reason": told_here[group, measure]}
        for group in members
        for measure in measures
    ]


def complement(told: dict[tuple[str, str], str | None], measure: str, sizes: dict[str, int], whole: int) -> None:
    """What is left without the shown groups is nobody or 11 people; else the smallest shown group is hidden too."""
    while shown := {group: n for group, n in sizes.items() if not told[group, measure]}:
        if not 0 < whole - sum(shown.values()) < PEOPLE:
            return
        told[min(shown, key=lambda group: (shown[group], group)), measure] = "complement"


def compared(case: Wave, found: dict[tuple[str, str], Estimate], told: dict[tuple[str, str], str | None]) -> Tables:
    """Benchmarks from the authorities whose score may be shown; standings of every authority of a group."""
    benchmarks: list[Row] = []
    standings: list[Row] = []
    relied = reliability(case, found)
    for measure in case.instrument.measures:
        if not lower_icc(scored_groups(case, measure)) > 0:  # authorities do not differ detectably
            relied |= {(code, measure): 0.0 for code in case.codes}
    needed = for_quartiles(len({code for (code, _), reason in told.items() if not reason}))
    for group, members in peer_groups(case):
        medians = {}
        for measure in case.instrument.measures:
            shown = [one for one in members if not told[one, measure]]
            values = [found[one, measure].score for one in shown]
            benchmarks.append(benchmark(group, measure, [one for one in values if one is not None], needed))
            medians[measure] = (benchmarks[-1]["median"], benchmarks[-1]["reason"], values)
        for code in members:
            standings += of_authority(case, code, group, medians, found=found, told=told, relied=relied)
    place = {group: at for at, (group, _) in enumerate(peer_groups(case))}
    standings.sort(key=lambda row: (str(row["authority"]), place[str(row["peer_group"])]))
    second_depth.fill(case, standings, found, told, relied)
    return {"benchmarks": benchmarks, "standings": standings}


def benchmark(group: str, measure: str, values: list[float], needed: int) -> Row:
    n = len(values)
    quartiles = [type7(values, one) if values else None for one in (0.25, 0.5, 0.75)]
    reason = (
        "no_authorities"
        if n == 0
        else "too_few_authorities"
        if n < FOR_MEDIAN
        else "too_few_for_quartiles"
        if n < needed
        else None
    )
    return {
        "peer_group": group,
        "measure": measure,
        "n": n,
        "lower_quartile": quartiles[0],
        "median": quartiles[1],
        "upper_quartile": quartiles[2],
        "restated_for": None,
        "reason": reason,
    }


def of_authority(
    case: Wave, code: str, group: str, medians: dict, *, found: dict, told: dict, relied: dict
) -> list[Row]:
    rows: dict[str, Row] = {}
    tested: dict[bool, dict[str, float]] = {True: {}, False: {}}
    for measure in case.instrument.measures:
        one, (median, few_peers, values) = found[code, measure], medians[measure]
        reason = told[code, measure] or (None if few_peers == "too_few_for_quartiles" else few_peers)
        gap = None if one.score is None or median is None else one.score - median
        rank = None
        if one.score is not None and values and not told[code, measure]:
            equal = sum(abs(value - one.score) < 1e-9 for value in values)
            below = sum(value < one.score - 1e-9 for value in values)
            rank = 100 * (below + 0.5 * equal) / len(values)
        rows[measure] = {"authority": code, "peer_group": group, "measure": measure, "score": one.score, "gap": gap}
        rows[measure] |= {"p_value": None, "p_adjusted": None, "verdict": None, "percentile_rank": rank}
        rows[measure] |= {"reason": reason, "indicative": False}
        if measure in case.instrument.dimensions and gap is not None and one.se_comparison:
            p_value = 2 * float(stats.t.sf(abs(gap / one.se_comparison), one.n - 1))
            rows[measure]["p_value"] = p_value
            tested[reason is None][measure] = p_value
    judged(rows, tested, {one: relied[code, one] for one in case.instrument.dimensions})
    return list(rows.values())


def judged(rows: dict[str, Row], tested: dict[bool, dict[str, float]], relied: dict[str, float | None]) -> None:
    """Holm over what is shown; what is withheld gets the family of everything, so that it moves no shown figure."""
    everything = tested[True] | tested[False]
    for family in (everything, tested[True]):
        for measure, value in zip(family, holm(list(family.values())), strict=True):
            rows[measure]["p_adjusted"] = value
    for measure, known in relied.items():
        gap, adjusted = rows[measure]["gap"], rows[measure]["p_adjusted"]
        if gap is not None:
            rows[measure]["verdict"] = verdict(float(gap), None if adjusted is None else float(adjusted), known)
            rows[measure]["indicative"] = known is None or bool(known < 0.70)


def response(case: Wave) -> dict[str, dict[str, object]]:
    """People scored of N; published from 11 people, and without N and to the nearest 5 % below 50 staff."""
    found: dict[str, dict[str, object]] = {}
    for code in case.codes:
        n, invited = len([one for one in case.of(code) if one.scores]), case.headcount(code)
        known = invited if invited and n <= invited else None
        rate = float(f"{n / known:.12g}") if known else None
        found[code] = {"scored": n, "invited": known, "rate": rate}
        if case.coarse and n < PEOPLE:
            found[code] = {"scored": None, "invited": None, "rate": None}
        elif case.coarse and known and known < SMALL_STAFF:
            found[code] = {"scored": n, "invited": None, "rate": min(0.95, round(20 * n / known) / 20)}
    return found


def published(case: Wave) -> Tables:
    """What leaves, before rounding: withheld numbers empty, research columns empty, staff below 50 unsaid."""
    tables = research(case)
    del tables["respondents"], tables["within_agreement"], tables["robustness"]
    for rows in tables.values():
        for row in rows:
            guard(row)
    tables["group_scores"] = named(tables["group_scores"])
    return tables


def named(rows: list[Row]) -> list[Row]:
    """Of service areas, tiers and elected members those with any figure: files for everybody have no row of others."""
    keys = ("authority", "kind", "group")
    shown = {tuple(row[key] for key in keys) for row in rows if row["reason"] is None}
    return [row for row in rows if tuple(row[key] for key in keys) in shown]


KEYS = ("authority", "measure", "item", "option", "kind", "group", "peer_group", "weighted", "weighting")
DECIMALS = {"score": 1, "se": 1, "lower": 1, "upper": 1, "se_comparison": 1, "gap": 1, "deff": 2, "p_value": 3}
PLACES = ("percentile_rank", "rank_lower", "rank_upper", "shrunken_score", "shrunken_se", "band_probability")
DECIMALS |= {"tau": 1, "p_adjusted": 3, "lower_quartile": 0, "median": 0, "upper_quartile": 0, "share": 3}
DECIMALS |= {"unweighted_score": 1, "reliability": 2, "icc1_lower": 3, "icc1_reml": 3, "tau2": 1, "sigma2": 1}
DECIMALS |= {"own_contrast": 1, "sector_contrast": 0}
DECIMALS |= {"sd_between": 1, "icc1": 3, "icc1_upper": 3, "omega2": 3}


def decimals(name: str, column: str) -> int | None:
    """To how many decimals a published column is rounded."""
    return 3 if name == "items" and column in ("lower", "upper") else DECIMALS.get(column)


def guard(row: Row) -> None:
    partly = row["reason"] == "too_few_for_quartiles"
    withheld = row["reason"] is not None and not partly
    for column in row:
        if (withheld and column not in KEYS) or column in PLACES or (partly and "quartile" in column):
            row[column] = None
    if row.get("unweighted_score") is not None and abs(row["score"] - row["unweighted_score"]) <= 2:
        row["unweighted_score"] = None
    if isinstance(row.get("invited"), int) and int(str(row["invited"])) < SMALL_STAFF:
        row["invited"] = None
    if withheld and "indicative" in row:
        row["indicative"] = False
    row["reason"] = "withheld" if withheld else None
