"""What a coalition makes of scraped figures: programmes and algebra over every number that was read, nothing else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import attack_spread
import attack_worlds
import numpy as np
from attack_authorities import Attack, Figure
from attack_people import Sums, pinned, spanned
from attack_spread import Printed
from attacked_sector import HEADER, Attacked
from scraper import Fact
from second_opinion import Person, Wave

from reports.rules import Rules
from reports.statistics import bootstrap

BOUNDS = ("median_lower", "median_upper")
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


def printed_of(facts: Sequence[Fact], known: Wave, authority: str, measure: str) -> list[Printed]:
    """Every mean without weights that was read, with the narrowest reading of its interval."""
    own = [one for one in known.of(authority) if measure in one.scores]
    told: dict[tuple[str, str], dict[str, tuple[float, float]]] = defaultdict(dict)
    for one in facts:
        if one.statistic in ("score", "lower", "upper") and code_of(one.measure) == measure:
            finest = told[one.group, one.where].setdefault(one.statistic, (one.value, one.within))
            told[one.group, one.where][one.statistic] = min(finest, (one.value, one.within), key=lambda each: each[1])
    found = []
    for (group, _), ends in told.items():
        inside = [one for one in own if not group or group in parts_of(one)]
        weighted = not group and any(abs(one.raked - 1.0) > 1e-12 for one in inside)
        if len(ends) == 3 and len(inside) > 1 and not weighted:
            figures, within = (
                [ends[name][0] for name in ("score", "lower", "upper")],
                max(one[1] for one in ends.values()),
            )
            staff = staff_of(known, authority, group)
            found.append(Printed(frozenset(one.row for one in inside), *figures, within, staff))
    return list(dict.fromkeys(found))


def staff_of(known: Wave, authority: str, group: str) -> float | None:
    """What the interval was corrected with."""
    kind, _, title = group.partition(":")
    if not group:
        return known.invited(authority)
    code = title.removeprefix("Label ")
    return None if kind == "cell" or code not in known.groups(authority, kind) else known.staff(authority, kind, code)


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
            for label in labels:
                told = printed_of(by_release[label], known[label], authority, measure)
                found += [
                    f"{authority} {label} {measure}: person {one} by intervals" for one in attack_spread.pinned(told)
                ]
            together = Sums([row for one in sums for row in one.rows])
            few = [len(behind) for behind, _, _ in together.rows if len(behind) < FEWEST]
            found += [f"{authority} {wave} {measure}: a score of {one}" for one in few]
            found += [f"{authority} {wave} {measure}: sum of {len(one)}" for one in spanned(together, FEWEST)]
    return found


def unshown(facts: Sequence[Fact], known: Mapping[str, Wave]) -> list[str]:
    """Differences between tiers that were told where the score of a tier was not.

    Where senior leaders are too few, they are compared together with managers; that tells a sum over both.
    """
    shown = {(one.authority, one.release, one.measure, one.group) for one in facts if one.statistic == "score"}
    found = []
    for one in facts:
        if one.statistic != "difference" or "/inside" not in one.where or "elected" in one.group:
            continue
        own = [each for each in known[one.release].of(one.authority) if code_of(one.measure) in each.scores]
        tiers = [each.tier for each in own]
        both = tiers.count("senior") < FEWEST <= tiers.count("senior") + tiers.count("manager")
        needed = ("frontline",) if both else ("senior", "frontline")
        if not all((one.authority, one.release, one.measure, f"tier:Label {tier}") in shown for tier in needed):
            found.append(f"{one.authority} {one.release} {one.measure}")
    return found


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
        elif statistic in SHARES or statistic in BOUNDS:
            exact = one.statistic.startswith(DRAWN) and abs(one.value - round(one.value)) > 0.03
            reach = one.within if exact else 0.5
            low, high = told.get((one.release, one.group, statistic), (0.0, 100.0))
            told[one.release, one.group, statistic] = (max(low, one.value - reach), min(high, one.value + reach))
    groups = {release: members(made, release) for release, _, _ in told}
    found: dict[str, list[Figure]] = defaultdict(list)
    for (release, group, statistic), (low, high) in sorted(told.items()):
        inside = groups[release][group]
        if counts.get((release, group), len(inside)) != len(inside):
            continue
        if statistic in SHARES:
            found[release].append(Figure(inside, SHARES[statistic], (low + high) / 2, (high - low) / 2))
        else:
            found[release] += bounds_of(inside, BOUNDS.index(statistic), low, high)
    return dict(found)


def bounds_of(inside: tuple[str, ...], which: int, low: float, high: float) -> list[Figure]:
    """What a bound of a median says of the values at two places; the seed of its draws is published, so anybody knows them."""
    rules, last = Rules(), len(inside) - 1
    first, second = bootstrap.bound_places(
        len(inside), replicates=rules.bootstrap_replicates, seed=rules.seed, confidence=rules.confidence
    )[which]
    most, least = high / 2, (low + 100.0) / 2
    return [Figure(inside, first / last, most, most), Figure(inside, second / last, least, 100.0 - least)]


def attack(facts: Sequence[Fact], made: Attacked, wave: str, measure: str, coalition: Sequence[str]) -> Attack:
    """Everything ever told of a wave's groups, with what the coalition knows of itself.

    An authority of which other people answered in the correction is another unknown in each release, as is one that left.
    """
    own = {
        (one.authority, one.release): one.value
        for one in facts
        if one.statistic == "score" and one.within == 0.05 and not one.group and code_of(one.measure) == measure
    }
    labels = [label for label in made.taking_part if label.startswith(f"{wave}.")]
    changed = {code for code in made.taking_part[labels[0]] if len({_answered(made, code, one) for one in labels}) > 1}
    names = {one: (lambda code, one=one: f"{code} {one}" if code in changed else code) for one in labels}
    unknown = sorted({names[one](code) for one in labels for code in made.taking_part[one]})
    known = {names[one](code): own[code, one] for one in labels for code in coalition if (code, one) in own}
    found = Attack(unknown, known)
    for label, figures in (*figures_of(facts, made, measure).items(), *by_gaps(facts, made, measure, coalition, own)):
        if label in names:
            name = names[label]
            found.learn(
                Figure(tuple(name(code) for code in one.members), one.share, one.value, one.within) for one in figures
            )
    return found


def by_gaps(
    facts: Iterable[Fact], made: Attacked, measure: str, coalition: Sequence[str], own: Mapping[tuple[str, str], float]
) -> Iterator[tuple[str, list[Figure]]]:
    """Medians to a tenth, from what members of the coalition read of their own distance from them."""
    for one in facts:
        mine = own.get((one.authority, one.release))
        if (
            one.statistic == "gap"
            and one.authority in coalition
            and code_of(one.measure) == measure
            and mine is not None
        ):
            inside = members(made, one.release)[one.group]
            if not any(_hidden(made, code, one.release, measure) for code in inside):
                yield one.release, [Figure(inside, 0.5, mine - one.value, 0.1 + 1e-6)]


def _hidden(made: Attacked, code: str, release: str, measure: str) -> bool:
    return len([one for one in made.known[release].of(code) if measure in one.scores]) < FEWEST


def _answered(made: Attacked, code: str, release: str) -> tuple[int, ...]:
    return tuple(one.row for one in made.known[release].of(code))


@dataclass
class Outcome:
    """What the attack on a measure of a wave came to."""

    figures: int
    asked: int
    apart: int  # of whom two worlds with the same figures were found
    solved: int  # programmes for the others
    pinned: list[str]


def outcome(found: Attack, truth: Mapping[str, float], asked: Collection[str], *, sweeps: int) -> Outcome:
    """Whom of those asked about a coalition pins: two worlds are looked for first, a programme answers for the rest.

    The world to begin with is the true one, which only this harness knows; the attacker's answer does not rest on it.
    """
    wanted = [one for one in found.authorities if one not in found.known and one.partition(" ")[0] in asked]
    worlds = attack_worlds.searched(truth, found.figures, found.known)
    left = worlds.wander(wanted, sweeps=sweeps)
    hit = [one for one in left if not found.is_wide(one, worlds.least[one], worlds.most[one]) and found.is_pinned(one)]
    return Outcome(len(found.figures), len(wanted), len(wanted) - len(left), found.solved, hit)


def true_score(made: Attacked, wave: str, name: str, measure: str) -> float:
    """The score of an authority, or of one of its two releases (`code release`), from the answers themselves."""
    code, _, label = name.partition(" ")
    release = label or next(one for one in made.known if one.startswith(f"{wave}.") and made.known[one].of(code))
    own = [one for one in made.known[release].of(code) if measure in one.scores]
    return math.fsum(one.raked * one.scores[measure] for one in own) / math.fsum(one.raked for one in own)
