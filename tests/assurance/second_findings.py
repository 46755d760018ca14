"""Don't know, the leadership profile and people of programmes computed a second time from the written method."""

from __future__ import annotations

import csv
import math
import random
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from scipy import stats
from second_opinion import FOR_MEDIAN, PEOPLE, Person, Row, Tables, Wave, few, holm, table, verdict, wilson
from second_tables import FULL, bands, item_reason

PARTS = ("leading", "managing", "skill", "competency", "characteristic")
HIDDEN = 3
Z = 1.959963984540054


def enrich(folder: Path, seed: int) -> None:
    """Some questions belong to the leadership profile, and people say which programmes they took part in."""
    draw = random.Random(seed)  # noqa: S311 - waves that anybody can draw again, no secrets
    lines = []
    for line in (folder / "Q.toml").read_text("utf-8").splitlines():
        lines.append(line)
        if line.startswith("reverse = ") and draw.random() < 0.6:
            lines.append(f'profile = "{draw.choice(PARTS[:3])}"')
    lines += ["[[sections.pages.items]]", 'code = "programmes"', 'text = "Which?"', 'kind = "choices"']
    lines += ['option_set = "programmes"', 'role = "programmes"']
    options = ["[[option_sets]]", 'code = "programmes"', "options = ["]
    options += ['  { code = "one", label = "One" }, { code = "two", label = "Two" },']
    options += ['  { code = "none", label = "None", exclusive = true },', "]"]
    place = lines.index("[[option_sets]]")
    (folder / "Q.toml").write_text("\n".join(lines[:place] + options + lines[place:]) + "\n", encoding="utf-8")
    rows = table(folder / "R.csv")
    for row in rows:
        row["programmes"] = draw.choice(["", "none", "none", "one", "one two"])
    with (folder / "R.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def tables(case: Wave, folder: Path) -> Tables:
    told = [row.get("programmes", "") for row in table(folder / "R.csv")]
    own = [dont_know(case, code) for code in case.codes]
    parts = [one for code in case.codes for one in leadership(case, code)]
    return {
        "sector_programmes": programmes(case, told),
        "dont_know": [row for rows in own for row in rows],
        "sector_dont_know": sector_dont_know(case, own),
        "leadership": parts,
        "sector_leadership": sector_leadership(parts),
    }


# Programmes


def programmes(case: Wave, told: list[str]) -> list[Row]:
    rows = {measure: stratified(case, told, measure) for measure in case.instrument.measures}
    shown = [
        one for one in case.instrument.dimensions if rows[one]["reason"] is None and rows[one]["p_value"] is not None
    ]
    tested = [one for one in case.instrument.dimensions if rows[one]["p_value"] is not None]
    for measure, row in rows.items():
        family = shown if measure in shown else tested
        row["p_adjusted"] = row["verdict"] = None
        if measure not in case.instrument.dimensions:
            row["p_value"] = None
        elif row["gap"] is not None:
            if measure in tested:
                row["p_adjusted"] = holm([rows[one]["p_value"] for one in family])[family.index(measure)]
            row["verdict"] = verdict(row["gap"], row["p_adjusted"])
    overall = rows["overall"]
    if len(case.instrument.shown) < 3:
        overall["reason"] = "too_few_dimensions"
    elif overall["reason"] is None and any(rows[one]["reason"] for one in case.instrument.shown):
        overall["reason"] = "dimension_withheld"
    return list(rows.values())


def stratified(case: Wave, told: list[str], measure: str) -> Row:
    strata: dict[tuple[str, str], tuple[list[Person], list[Person]]] = defaultdict(lambda: ([], []))
    for one in case.people:
        answer = told[one.row - 1]
        if one.counts and one.tier and answer and measure in one.scores:
            strata[one.authority, one.tier][0 if answer != "none" else 1].append(one)
    both = {at: pair for at, pair in strata.items() if pair[0] and pair[1]}
    n = [sum(len(pair[side]) for pair in both.values()) for side in (0, 1)]
    clusters: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (code, _), (took, others) in both.items():
        weight = len(took) * len(others) / (len(took) + len(others))
        clusters[code].append((weight, mean(took, measure) - mean(others, measure)))
    total = math.fsum(w for one in clusters.values() for w, _ in one)
    row: Row = {"measure": measure, "authorities": len(clusters), "n_took_part": n[0], "n_others": n[1]}
    row |= dict.fromkeys(("gap", "lower", "upper", "p_value"))
    if clusters:
        gap = math.fsum(w * d for one in clusters.values() for w, d in one) / total
        row["gap"] = gap
        if len(clusters) > 1:
            squares = [math.fsum(w * (d - gap) for w, d in one) ** 2 for one in clusters.values()]
            se = math.sqrt(len(squares) / (len(squares) - 1) * math.fsum(squares)) / total
            se = 0.0 if se < 1e-9 else se
            half = float(stats.t.ppf(0.975, len(squares) - 1)) * se
            row |= {"lower": gap - half, "upper": gap + half}
            row["p_value"] = 2 * float(stats.t.sf(abs(gap / se), len(squares) - 1)) if se else None
    heaviest = max((math.fsum(w for w, _ in one) for one in clusters.values()), default=0.0)
    row["reason"] = few(min(n)) or of_few_authorities(len(clusters)) or ("dominance" if heaviest > total / 2 else None)
    if row["reason"] is None and case.instrument.is_refused(measure):
        row["reason"] = "unreliable_scale"
    return row


def mean(people: list[Person], measure: str) -> float:
    return math.fsum(one.weight * one.scores[measure] for one in people) / math.fsum(one.weight for one in people)


def of_few_authorities(count: int) -> str | None:
    return "no_authorities" if count == 0 else "too_few_authorities" if count < FOR_MEDIAN else None


# Don't know


def dont_know(case: Wave, code: str) -> list[Row]:
    """The rows of one authority, each with what the sector needs of it under names that no file has."""
    rows = []
    whole = case.of(code)
    for kind in ("all", "service_area", "tier"):
        groups = {"all": whole} if kind == "all" else case.groups(code, kind)
        filled = {name: people for name, people in groups.items() if people}
        reasons = {}
        for measure in case.instrument.dimensions:
            sizes = {name: len(people) if answers(case, people, measure) else 0 for name, people in filled.items()}
            n = len(whole) if answers(case, whole, measure) else 0
            hidden = {name for name, size in sizes.items() if size < PEOPLE}
            if kind != "all":
                hidden |= complement(sizes, n, hidden)
            for name, size in sizes.items():
                reasons[name, measure] = few(size) or ("complement" if name in hidden else None)
        for name, people in filled.items():
            for measure in case.instrument.dimensions:
                counted = answers(case, people, measure)
                row: Row = {"authority": code, "kind": kind, "group": name, "measure": measure, "n": len(counted)}
                row |= share(counted)
                reason = reasons[name, measure]
                if reason is None and sum(h for h, _ in counted) > 0.9 * sum(m for _, m in counted):
                    reason = "nearly_everyone"
                rows.append(row | {"reason": reason, "_people": people})
    return rows


def complement(sizes: dict[str, int], whole: int, already: set[str]) -> set[str]:
    """Further groups to hide, smallest first, until what is left is nobody or enough people."""
    hidden, more = set(already), set()
    left = whole - sum(size for name, size in sizes.items() if name not in hidden)
    while 0 < left < PEOPLE and len(hidden) < len(sizes):
        smallest = min((size, name) for name, size in sizes.items() if name not in hidden)
        hidden.add(smallest[1])
        more.add(smallest[1])
        left += smallest[0]
    return more


def answers(case: Wave, people: Iterable[Person], measure: str) -> list[tuple[int, int]]:
    """Of each person how many answers to the measure (or to one item) were don't know, of how many asked for."""
    items = [one for one in case.instrument.items if measure in (one["dimension"], one["code"])]
    result = []
    for person in people:
        unknown = 0
        for item in items:
            missing = {one["code"] for one in case.instrument.options[item["option_set"]] if "score" not in one}
            unknown += person.given[item["code"]] in missing
        if items:
            result.append((unknown, len(items)))
    return result


def share(clusters: list[tuple[float, float]], most: float | None = None) -> Row:
    """The share of hits with the interval that knows that the answers of a cluster go together."""
    total = math.fsum(m for _, m in clusters)
    if not total:
        return dict.fromkeys(("share", "lower", "upper"))
    p = math.fsum(h for h, _ in clusters) / total
    n_star = effective(clusters, total if most is None else most)
    if n_star is None:
        return {"share": p, "lower": None, "upper": None}
    lower, upper = wilson(p, n_star, 1, None)
    return {"share": p, "lower": lower, "upper": upper}


def effective(clusters: list[tuple[float, float]], most: float) -> float | None:
    total, count = math.fsum(m for _, m in clusters), len(clusters)
    if count < 2:
        return None
    p = math.fsum(h for h, _ in clusters) / total
    squares = math.fsum((h - p * m) ** 2 for h, m in clusters)
    if squares <= 1e-12 * math.fsum(m * m for _, m in clusters):
        return float(count)
    variance = count / (count - 1) * squares / total**2
    return min(most, p * (1 - p) / variance * (Z / float(stats.t.ppf(0.975, count - 1))) ** 2)


def sector_dont_know(case: Wave, own: list[list[Row]]) -> list[Row]:
    rows = []
    dimensions = case.instrument.dimensions
    items = [(one["code"], one["dimension"]) for one in case.instrument.items]
    for measures in ([(one, one) for one in dimensions], items):
        whole = {measure: pooled(case, own, ("all", "all"), measure, home) for measure, home in measures}
        for kind in ("all", "service_area", "tier"):
            names = ["all"] if kind == "all" else named(case, kind)
            made = {(g, m): pooled(case, own, (kind, g), m, home) for g in names for m, home in measures}
            for measure, _ in measures:
                sizes = {g: int(str(made[g, measure]["n"])) for g in names}
                if kind != "all":
                    hidden = {g for g in names if made[g, measure]["reason"] or sizes[g] < PEOPLE}
                    for name in complement(sizes, int(str(whole[measure]["n"])), hidden):
                        made[name, measure]["reason"] = "complement"
            rows += [made[g, m] for g in names for m, _ in measures]
    return rows


def named(case: Wave, kind: str) -> list[str]:
    """The groups of the questionnaire, or without it those of the file, in the order of their codes."""
    item = "service_area" if kind == "service_area" else "tier"
    options = case.instrument.options.get("areas" if item == "service_area" else "tiers")
    if options:
        return sorted(one["code"] for one in options)
    return sorted({one.area if kind == "service_area" else one.tier for one in case.people} - {""})


def pooled(case: Wave, own: list[list[Row]], where: tuple[str, str], measure: str, home: str) -> Row:
    kind, group = where
    cells = [row for rows in own for row in rows if (row["kind"], row["group"], row["measure"]) == (kind, group, home)]
    cells = [row for row in cells if row["n"]]
    hidden = [row for row in cells if row["reason"] is not None]
    enough = len(hidden) >= HIDDEN and sum(int(str(row["n"])) for row in hidden) >= PEOPLE
    inside = [row for row in cells if row["reason"] is None or enough]
    found = [answers(case, row["_people"], measure) for row in inside]  # type: ignore[arg-type]  # people
    clusters = [(float(sum(h for h, _ in one)), float(sum(m for _, m in one))) for one in found]
    n, total = sum(len(one) for one in found), sum(m for _, m in clusters)
    reason = few(n) or of_few_authorities(len(found))
    if reason is None and max(m for _, m in clusters) > total / 2:
        reason = "dominance"
    row: Row = {"kind": kind, "group": group, "measure": measure, "n": n, "authorities": len(found)}
    return row | share(clusters) | {"reason": reason}


# Leadership


def leadership(case: Wave, code: str) -> list[Row]:
    rows = []
    for part in PARTS:
        items = [one for one in case.instrument.items if one.get("profile") == part]
        single = [question(case, code, one) for one in items]
        if len(single) == 1:
            rows += [single[0] | {"item": "overall"}, single[0]]
        elif single:
            rows += [together(case, code, part, items, [row["reason"] for row in single]), *single]
    for row in rows:
        nearly = row["reason"] == "nearly_everyone"
        row["nearly"] = ("most" if float(str(row["share"])) > 0.5 else "few") if nearly else None
    return rows


def agrees(case: Wave, item: dict, code: str) -> bool | None:
    score = case.instrument.score(item, code)
    return None if score is None else score > 50


def question(case: Wave, code: str, item: dict) -> Row:
    options = [one["code"] for one in case.instrument.options[item["option_set"]] if "score" in one]
    scored = [one for one in case.of(code) if one.given[item["code"]] in options]
    shown = [[one] for one in options]
    if len(scored) < FULL and len(options) > 3:
        shown = bands(options)
    counts = [len([one for one in scored if one.given[item["code"]] in those]) for those in shown]
    weights = [math.fsum(one.raked for one in scored if one.given[item["code"]] in those) for those in shown]
    row: Row = {"authority": code, "profile": item["profile"], "item": item["code"], "n": len(scored)}
    row["reason"] = item_reason(len(scored), counts, weights, collapsed=False)
    if not scored:
        return row | dict.fromkeys(("share", "lower", "upper"))
    total = math.fsum(one.raked for one in scored)
    p = math.fsum(one.raked for one in scored if agrees(case, item, one.given[item["code"]])) / total
    n_eff = total**2 / math.fsum(one.raked**2 for one in scored)
    lower, upper = wilson(p, n_eff, len(scored), case.invited(code))
    return row | {"share": p, "lower": lower, "upper": upper}


def together(case: Wave, code: str, part: str, items: list[dict], hidden: list) -> Row:
    clusters, answered = [], 0
    for one in case.of(code):
        said = [agrees(case, item, one.given[item["code"]]) for item in items]
        given = [agreed for agreed in said if agreed is not None]
        if given:
            clusters.append((one.raked * sum(given), one.raked * len(given)))
            answered += len(given)
    row: Row = {"authority": code, "profile": part, "item": "overall", "n": len(clusters), "reason": few(len(clusters))}
    row |= share(clusters, most=answered)
    if row["reason"] is None and len([one for one in hidden if one]) == 1:
        row["reason"] = "complement"
    if row["share"] is not None:
        n_star, n = effective(clusters, answered), len(clusters)
        if n_star is not None:
            row["lower"], row["upper"] = wilson(float(str(row["share"])), n_star, n, case.invited(code))
        if row["reason"] is None and not 0.1 <= float(str(row["share"])) <= 0.9:
            row["reason"] = "nearly_everyone"
    return row


def sector_leadership(own: list[Row]) -> list[Row]:
    rows = []
    for part, item in dict.fromkeys((row["profile"], row["item"]) for row in own):
        mine = [row for row in own if (row["profile"], row["item"]) == (part, item)]
        hidden = [row for row in mine if row["reason"] and int(str(row["n"])) >= PEOPLE]
        inside = [row for row in mine if row["reason"] is None] + (hidden if len(hidden) >= HIDDEN else [])
        sizes = [float(str(row["n"])) for row in inside]
        clusters = [(n * float(str(row["share"])), n) for n, row in zip(sizes, inside, strict=True)]
        reason = of_few_authorities(len(inside))
        if reason is None and max(sizes) > sum(sizes) / 2:
            reason = "dominance"
        row: Row = {"profile": part, "item": item, "authorities": len(inside), "n": int(sum(sizes)), "reason": reason}
        rows.append(row | share(clusters))
    order = {part: place for place, part in enumerate(PARTS)}
    return sorted(rows, key=lambda row: order[str(row["profile"])])


def guard(row: Row) -> None:
    """What a published file leaves out; what only the second opinion knows is taken away."""
    keys = ("authority", "measure", "item", "kind", "group", "profile", "nearly", "reason")
    if row["reason"] is not None:
        row |= {column: None for column in row if column not in keys}
        row["reason"] = "withheld"
