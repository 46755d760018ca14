"""What a coalition makes of scraped figures: programmes and algebra over every number that was read, nothing else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from attack_authorities import Attack, Figure
from attack_people import Sums, pinned, spanned
from attacked_sector import HEADER, Attacked
from scraper import Fact
from second_opinion import Person, Wave

SHARES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
KINDS = {"type": ("type",), "nation": ("nation",), "region": ("region",), "type_rurality": ("type", "rurality")}
KINDS |= {"deprivation_fifth": ("deprivation_fifth",)}
DRAWN = "drawn "
NEAREST = 15
FEWEST = 11


def code_of(title: str) -> str:
    """The code behind a printed title, or behind the name of a mark in a picture."""
    return title.removeprefix("Dimension ").removeprefix("Theme ").removeprefix("Label ").lower()


def conflicts(facts: Iterable[Fact]) -> list[str]:
    """Where a picture tells a figure more exactly than words do: its mark lies at no whole number."""
    return [
        f"{one.where}: {one.measure} {one.value:.3f}"
        for one in facts
        if one.statistic.startswith(DRAWN) and abs(one.value - round(one.value)) > one.within + 0.002
    ]


# People


def sums_of(facts: Sequence[Fact], known: Wave, authority: str, measure: str) -> Sums:
    """Every score that was read of an authority and its parts, as intervals of sums over the people behind it."""
    found = Sums()
    own = [one for one in known.of(authority) if measure in one.scores]
    told: dict[str, tuple[float, float]] = {}
    for one in facts:
        if one.statistic.removeprefix(DRAWN) == "score" and code_of(one.measure) == measure:
            part = "" if one.statistic.startswith(DRAWN) else one.group
            low, high = told.get(part, (0.0, 100.0))
            reach = one.within if one.within == 0.05 or abs(one.value - round(one.value)) > 0.03 else 0.5
            told[part] = (max(low, one.value - reach), min(high, one.value + reach))
    for group, (low, high) in told.items():
        inside = [one for one in own if not group or group in parts_of(one)]
        weights = [one.weight if group else one.raked for one in inside]
        total = math.fsum(weights)
        pairs = zip((one.row for one in inside), weights, strict=True)
        found.add(pairs, (low - 1e-6) * total, (high + 1e-6) * total)
    return found


def parts_of(person: Person) -> tuple[str, str, str]:
    area, tier = f"Label {person.area}", f"Label {person.tier}"
    return f"service_area:{area}", f"tier:{tier}", f"cell:{area}: {tier}"


def people(facts: Sequence[Fact], known: Mapping[str, Wave], authority: str) -> list[str]:
    """Every person whom the figures of an authority give away, within a wave over all its releases."""
    by_release: dict[str, list[Fact]] = defaultdict(list)
    for one in facts:
        if one.authority == authority:
            by_release[one.release].append(one)
    found = []
    for wave in sorted({label.partition(".")[0] for label in by_release}):
        labels = [label for label in sorted(by_release) if label.startswith(f"{wave}.")]
        for measure in known[labels[0]].instrument.measures:
            sums = [sums_of(by_release[one], known[one], authority, measure) for one in labels]
            found += [f"{authority} {wave} {measure}: person {one}" for one in pinned(sums)]
            together = Sums([row for one in sums for row in one.rows])
            few = [len(behind) for behind, _, _ in together.rows if len(behind) < FEWEST]
            found += [f"{authority} {wave} {measure}: a score of {one}" for one in few]
            found += [f"{authority} {wave} {measure}: sum of {len(one)}" for one in spanned(together, FEWEST)]
    return found


def unshown(facts: Sequence[Fact]) -> list[str]:
    """Differences between tiers that were told where the score of a tier was not."""
    shown = {(one.authority, one.release, one.measure, one.group) for one in facts if one.statistic == "score"}
    return [
        f"{one.authority} {one.release} {one.measure}"
        for one in facts
        if one.statistic == "difference" and "/inside" in one.where and "elected" not in one.group
        and not all((one.authority, one.release, one.measure, f"tier:Label {tier}") in shown for tier in ("senior", "frontline"))
    ]  # fmt: skip


# Authorities


def members(made: Attacked, release: str) -> dict[str, tuple[str, ...]]:
    """Who is in which group, from the register, the lists and the formula: all of it can be looked up."""
    first = release if release not in ("2024.2",) else "2024.1"
    codes = made.taking_part[first]
    found: dict[str, list[str]] = {"all": codes}
    for code in codes:
        for kind, columns in KINDS.items():
            found.setdefault(f"{kind}:{', '.join(made.register[code][one] for one in columns)}", []).append(code)
    wave = release.partition(".")[0]
    found |= {f"list:{name}": listed for name, listed in made.lists[wave].items()}
    found |= nearest(made, codes)
    here = set(made.taking_part[release])
    return {name: tuple(one for one in group if one in here) for name, group in found.items()}


def nearest(made: Attacked, codes: Sequence[str]) -> dict[str, list[str]]:
    """The 15 most similar, by the formula of docs/peer-groups.md."""
    if not made.register[codes[0]]["functions"]:
        return {}
    table = np.array([[float(made.register[code][one]) for one in HEADER[-6:]] for code in codes])
    table[:, 4:] = np.log(table[:, 4:])
    z = (table - table.mean(axis=0)) / table.std(axis=0)
    found = {}
    for at, code in enumerate(codes):
        far = {other: round(float(np.sqrt(((z[at] - z[to]) ** 2).sum())), 9) for to, other in enumerate(codes)}
        others = sorted((one for one in codes if one != code), key=lambda one, far=far: (far[one], one))
        found[f"nearest:{code}"] = [code, *others[:NEAREST]]
    return found


def figures_of(facts: Iterable[Fact], made: Attacked, measure: str) -> dict[str, list[Figure]]:
    """By release, each median and quartile that was read about a group in which everybody counts."""
    told: dict[tuple[str, str, str], tuple[float, float]] = {}
    counts: dict[tuple[str, str], float] = {}
    for one in facts:
        if code_of(one.measure) != measure or not one.group or ":Label" in one.group:
            continue
        statistic = one.statistic.removeprefix(DRAWN)
        if statistic == "authorities":
            counts[one.release, one.group] = one.value
        elif statistic in SHARES:
            exact = one.statistic.startswith(DRAWN) and abs(one.value - round(one.value)) > 0.03
            reach = one.within if exact else 0.5
            low, high = told.get((one.release, one.group, statistic), (0.0, 100.0))
            told[one.release, one.group, statistic] = (max(low, one.value - reach), min(high, one.value + reach))
    groups = {release: members(made, release) for release, _, _ in told}
    found: dict[str, list[Figure]] = defaultdict(list)
    for (release, group, statistic), (low, high) in sorted(told.items()):
        inside = groups[release][group]
        if counts.get((release, group), len(inside)) == len(inside):
            found[release].append(Figure(inside, SHARES[statistic], (low + high) / 2, (high - low) / 2))
    return dict(found)


def attack(facts: Sequence[Fact], made: Attacked, wave: str, measure: str, coalition: Sequence[str]) -> Attack:
    """Everything ever told of a wave's groups, with what the coalition knows of itself.

    An authority whose printed score changed in the correction is another unknown in each release, as is one that left.
    """
    own = {
        (one.authority, one.release): one.value
        for one in facts
        if one.statistic == "score" and one.within == 0.05 and not one.group and code_of(one.measure) == measure
    }
    labels = [label for label in made.taking_part if label.startswith(f"{wave}.")]
    changed = {code for code in made.taking_part[labels[0]] if len({own.get((code, one)) for one in labels}) > 1}
    names = {one: (lambda code, one=one: f"{code} {one}" if code in changed else code) for one in labels}
    unknown = sorted({names[one](code) for one in labels for code in made.taking_part[one]})
    known = {names[one](code): own[code, one] for one in labels for code in coalition if (code, one) in own}
    found = Attack(unknown, known)
    for label, figures in figures_of(facts, made, measure).items():
        if label in names:
            name = names[label]
            found.learn(
                Figure(tuple(name(code) for code in one.members), one.share, one.value, one.within) for one in figures
            )
    return found
