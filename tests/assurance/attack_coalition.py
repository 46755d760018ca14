"""What a coalition makes of everything that was told of groups: worlds, linear programmes and programmes in whole numbers."""

from __future__ import annotations

import math
import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import attack_worlds
import numpy as np
from attack_authorities import LITTLE, Attack, Figure
from attack_scraped import DRAWN, FEWEST, code_of
from attacked_sector import HEADER, Attacked
from scraper import Fact

from reports.rules import Rules
from reports.statistics import bootstrap

BOUNDS = ("median_lower", "median_upper")
SHARES = {"lower_quartile": 0.25, "median": 0.5, "upper_quartile": 0.75}
KINDS = {"type": ("type",), "nation": ("nation",), "region": ("region",), "type_rurality": ("type", "rurality")}
KINDS |= {"deprivation_fifth": ("deprivation_fifth",)}
NEAREST = 15
TENTH = 0.05 + 1e-6

Groups = dict[str, tuple[str, ...]]


def members(made: Attacked, release: str) -> Groups:
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
        far = dict(zip(codes, np.sqrt(((z - z[at]) ** 2).sum(axis=1)).round(9).tolist(), strict=True))
        others = sorted((one for one in codes if one != code), key=lambda one, far=far: (far[one], one))
        found[f"nearest:{code}"] = [code, *others[:NEAREST]]
    return found


@dataclass
class Knowledge:
    """All that was read about one measure, ordered once for every coalition."""

    made: Attacked
    measure: str
    facts: list[Fact]
    groups: dict[str, Groups] = field(default_factory=dict)  # by release
    truth: dict[tuple[str, str], float] = field(default_factory=dict)  # by authority and release; for worlds alone
    few: set[tuple[str, str]] = field(default_factory=set)  # of whom too few answered for a score
    answered: dict[str, dict[str, tuple[int, ...]]] = field(default_factory=dict)  # who, by release and authority

    def __post_init__(self) -> None:
        for release, codes in self.made.taking_part.items():
            people = defaultdict(list)
            for person in self.made.known[release].people:
                if person.counts:
                    people[person.authority].append(person)
            self.groups[release] = members(self.made, release)
            self.answered[release] = {code: tuple(one.row for one in people[code]) for code in codes}
            for code in codes:
                own = [one for one in people[code] if self.measure in one.scores]
                total = math.fsum(one.raked * one.scores[self.measure] for one in own)
                self.truth[code, release] = total / math.fsum(one.raked for one in own)
                if len(own) < FEWEST:
                    self.few.add((code, release))
        self.own = {
            (one.authority, one.release): one.value
            for one in self.facts
            if one.statistic == "score" and one.within == 0.05 and not one.group
        }
        self.figures = self._figures()

    def _figures(self) -> dict[str, list[Figure]]:
        """By release, each median and quartile that was read about a group in which everybody counts."""
        told: dict[tuple[str, str, str], tuple[float, float]] = {}
        counts: dict[tuple[str, str], float] = {}
        for one in self.facts:
            statistic = one.statistic.removeprefix(DRAWN)
            if not one.group or ":Label" in one.group:
                continue
            if statistic == "authorities":
                counts[one.release, one.group] = one.value
            elif statistic in SHARES or statistic in BOUNDS:
                exact = one.statistic.startswith(DRAWN) and abs(one.value - round(one.value)) > 0.03
                reach = one.within if exact else 0.5
                low, high = told.get((one.release, one.group, statistic), (0.0, 100.0))
                told[one.release, one.group, statistic] = (max(low, one.value - reach), min(high, one.value + reach))
        found: dict[str, list[Figure]] = defaultdict(list)
        for (release, group, statistic), (low, high) in sorted(told.items()):
            inside = self.groups[release][group]
            if counts.get((release, group), len(inside)) != len(inside):
                continue
            if statistic in SHARES:
                found[release].append(Figure(inside, SHARES[statistic], (low + high) / 2, (high - low) / 2))
            else:
                found[release] += bounds_of(inside, BOUNDS.index(statistic), low, high)
        return dict(found)

    def by_gaps(self, coalition: Collection[str]) -> Iterator[tuple[str, Figure]]:
        """Medians to a tenth, from what members of the coalition read of their own distance from them."""
        for one in self.facts:
            mine = self.own.get((one.authority, one.release))
            if one.statistic == "gap" and one.authority in coalition and mine is not None:
                inside = self.groups[one.release][one.group]
                if not any((code, one.release) in self.few for code in inside):
                    yield one.release, Figure(inside, 0.5, mine - one.value, 2 * TENTH)


def knowledge(facts: Iterable[Fact], made: Attacked, measure: str) -> Knowledge:
    return Knowledge(made, measure, list(dict.fromkeys(one for one in facts if code_of(one.measure) == measure)))


def bounds_of(inside: tuple[str, ...], which: int, low: float, high: float) -> list[Figure]:
    """What a bound of a median says of the values at two places; the seed of its draws is published, so anybody knows them."""
    rules, last = Rules(), len(inside) - 1
    first, second = bootstrap.bound_places(
        len(inside), replicates=rules.bootstrap_replicates, seed=rules.seed, confidence=rules.confidence
    )[which]
    most, least = high / 2, (low + 100.0) / 2
    return [Figure(inside, first / last, most, most), Figure(inside, second / last, least, 100.0 - least)]


@dataclass
class Target:
    """A wave and a measure as a coalition attacks them: unknowns by name, and the truth, which only this harness knows."""

    attack: Attack
    truth: dict[str, float]


def target(told: Knowledge, wave: str, coalition: Sequence[str]) -> Target:
    """Everything ever told of a wave's groups, with what the coalition knows of itself.

    An authority of which other people answered in the correction is another unknown in each release, as is one that left.
    """
    labels = [label for label in told.made.taking_part if label.startswith(f"{wave}.")]
    changed = {
        code
        for code in told.made.taking_part[labels[0]]
        if len({told.answered[label].get(code, ()) for label in labels}) > 1
    }
    truth: dict[str, float] = {}
    known: dict[str, float] = {}
    names: dict[str, dict[str, str]] = {label: {} for label in labels}
    for label in labels:
        for code in told.made.taking_part[label]:
            name = names[label][code] = f"{code} {label}" if code in changed else code
            truth[name] = told.truth[code, label]
            if code in coalition and (code, label) in told.own:
                known[name] = told.own[code, label]
    figures = [(label, one) for label in labels for one in told.figures.get(label, ())]
    figures += [(label, one) for label, one in told.by_gaps(coalition) if label in names]
    stand = any(abs(score % 1.0 - 0.5) < LITTLE for score in truth.values())
    found = Attack(sorted(truth), known, TENTH, LITTLE if stand else 0.0)
    found.learn(merged(
        Figure(tuple(names[label][code] for code in one.members), one.share, one.value, one.within)
        for label, one in figures
    ))  # fmt: skip
    return Target(found, truth)


def merged(figures: Iterable[Figure]) -> list[Figure]:
    """A figure that was told more than once lies where all of its tellings overlap."""
    found: dict[tuple[tuple[str, ...], float], tuple[float, float]] = {}
    for one in figures:
        low, high = found.get((one.members, one.share), (-math.inf, math.inf))
        found[one.members, one.share] = max(low, one.value - one.within), min(high, one.value + one.within)
    return [Figure(*key, (low + high) / 2, (high - low) / 2) for key, (low, high) in found.items()]


@dataclass
class Outcome:
    """What the attack on a measure of a wave came to: whom worlds and programmes let go, and whom they do not."""

    figures: int
    asked: int
    apart: int  # of whom two worlds with the same figures were found
    let_go: int = 0  # by the linear programme, of the others
    whole: int = 0  # by one in whole numbers, of the most exposed of these
    undecided: list[str] = field(default_factory=list)  # which it had no time to let go
    pinned: list[str] = field(default_factory=list)
    solved: int = 0
    cpu: float = 0.0


def outcome(against: Target, asked: Collection[str], *, sweeps: int, exposed: int) -> Outcome:
    """Whom of those asked about a coalition pins: two worlds are looked for first, programmes answer for the rest.

    The world to begin with is the true one, which only this harness knows; the attacker's answer does not rest on it.
    The linear programme is asked about everybody of the rest, programmes in whole numbers about so many who are
    exposed most: whose score moved least in all worlds that were found.
    """
    started, found = time.process_time(), against.attack
    wanted = [one for one in found.authorities if one not in found.known and one.partition(" ")[0] in asked]
    worlds = attack_worlds.searched(against.truth, found.figures, found.known)
    moved = {one: worlds.most[one] - worlds.least[one] for one in worlds.wander(wanted, sweeps=sweeps)}
    came = Outcome(len(found.figures), len(wanted), len(wanted) - len(moved))
    between = {one: (worlds.least[one], worlds.most[one]) for one in moved}
    held = found.held(between)
    came.pinned = [one for one in held if found.is_pinned(one)]
    came.let_go = len(moved) - len(came.pinned)
    for one in sorted(moved, key=lambda one: (one not in held, moved[one], one))[:exposed]:
        is_pinned = one not in came.pinned and in_whole_numbers(found, one, between[one])
        came.pinned += [one] if is_pinned else []
        came.undecided += [one] if is_pinned is None else []
        came.whole += is_pinned is False
    came.solved, came.cpu = found.solved, round(time.process_time() - started, 1)
    return came


def in_whole_numbers(found: Attack, who: str, between: tuple[float, float]) -> bool | None:
    """Whether programmes in whole numbers pin somebody; None where they had no time to tell."""
    found.given_up = 0
    if found.is_wide(who, *between, whole=True):
        return False
    return found.is_pinned(who, whole=True) or (None if found.given_up else False)
