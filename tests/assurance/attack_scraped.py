"""What a reader makes of scraped figures of one authority: programmes and algebra over every number that was read."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import attack_spread
from attack_people import Sums, pinned, spanned
from attack_spread import Printed
from scraper import Fact
from second_opinion import Person, Wave

DRAWN = "drawn "
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
