"""Nobody can work out an authority's score from all medians and quartiles ever told; planted defects are caught (T14)."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from attack_authorities import Attack, Figure, pinned, recovered_from_means, sector, told

from reports.disclosure import peer_audit, row_space
from reports.disclosure.told_figures import Shown

LONG = os.environ.get("ASSURANCE") == "long"
COUNT = 120 if LONG else 40
MEASURE = "agile"


def shown(groups: dict[str, list[str]], scores: dict[str, float], dropped: frozenset[str] = frozenset()) -> Shown:
    """A release of one measure as the service tells it: medians from 10 authorities, quartiles from 12."""
    rows = []
    for name, members in groups.items():
        lower, middle, upper = np.quantile([scores[code] for code in members], [0.25, 0.5, 0.75])
        rows.append({
            "peer_group": name, "measure": MEASURE, "n": len(members),
            "lower_quartile": lower if len(members) >= 12 and name not in dropped else None,
            "median": middle if len(members) >= 10 and name not in dropped else None,
            "upper_quartile": upper if len(members) >= 12 and name not in dropped else None,
        })  # fmt: skip
    menu = pd.DataFrame(
        [(name, code) for name, codes in groups.items() for code in codes], columns=["peer_group", "authority"]
    )
    own = pd.DataFrame({"authority": list(scores), "measure": MEASURE, "n": 60, "score": list(scores.values())})
    return Shown("2026.1", menu, own, pd.DataFrame(rows), pd.DataFrame({"measure": [MEASURE], "score": [55.0]}))


def figures_of(one: Shown, coalition: Sequence[str] = ()) -> list[Figure]:
    """What is told to everybody; and the medians of its own groups to a tenth, which a coalition has by its own gaps."""
    members = {str(name): tuple(part) for name, part in one.menu.groupby("peer_group", sort=False)["authority"]}
    found = []
    for row in one.benchmarks.to_dict("records"):
        for column, share in (("lower_quartile", 0.25), ("median", 0.5), ("upper_quartile", 0.75)):
            if pd.notna(row[column]):
                found.append(Figure(members[row["peer_group"]], share, float(round(row[column]))))
        if pd.notna(row["median"]) and not set(coalition).isdisjoint(members[row["peer_group"]]):
            found.append(Figure(members[row["peer_group"]], 0.5, round(row["median"], 1), 0.1))
    return found


def menu_of(codes: list[str], near: dict[str, list[str]]) -> dict[str, list[str]]:
    """All, four regions, two types, an uploaded list, and everybody's 15 nearest."""
    groups = {"all": codes}
    for part in range(3):
        groups[f"region:{part}"] = codes[part::3]
    for part in range(2):
        groups[f"type:{part}"] = codes[part::2]
    groups["list:Coast"] = sorted(random.Random(5).sample(codes, 14))  # noqa: S311 - a list that anybody can draw again
    return groups | {f"nearest:{code}": sorted(near[code][:16]) for code in codes}


def after_the_guard(groups: dict[str, list[str]], scores: dict[str, float], earlier: tuple[Shown, ...] = ()) -> Shown:
    found = peer_audit.audit(shown(groups, scores), earlier)
    assert found.pinned == ()
    return shown(groups, scores, frozenset(group for group, _ in found.dropped))


@pytest.fixture(scope="module")
def told_twice() -> tuple[list[str], dict[str, float], list[Shown]]:
    """A release and its correction, in which two authorities have other scores; both went through the guard."""
    codes, scores, near = sector(3, COUNT)
    groups = menu_of(codes, near)
    first = after_the_guard(groups, scores)
    corrected = scores | {codes[3]: scores[codes[3]] + 2.0, codes[8]: scores[codes[8]] - 1.5}
    return codes, corrected, [first, after_the_guard(groups, corrected, (first,))]


@pytest.mark.parametrize("size", [0, 1, 5, 20])
def test_a_coalition_that_holds_every_release_pins_nobody(told_twice, size: int) -> None:
    codes, scores, (first, second) = told_twice
    members = sorted(peer_audit.coalitions(codes)[0])[: min(size, len(codes) // 6)]
    before = dict(zip(first.scores["authority"], first.scores["score"], strict=True))
    changed = {code: f"{code} before" for code in codes if before[code] != scores[code]}  # unknowns of their own
    own = {code: scores[code] for code in members} | {changed[c]: before[c] for c in members if c in changed}
    attack = Attack([*codes, *changed.values()], own)
    attack.learn(figures_of(second, members))
    attack.learn(
        Figure(tuple(changed.get(code, code) for code in one.members), one.share, one.value, one.within)
        for one in figures_of(first, members)
    )
    asked = attack.authorities if LONG else [*codes[::8], *changed.values()]
    assert [code for code in asked if attack.is_pinned(code)] == []


def test_the_guard_leaves_most_groups_to_their_authorities(told_twice) -> None:
    _, _, (first, _) = told_twice
    big = first.benchmarks[first.benchmarks["n"] >= 20]
    assert big["median"].notna().all()


@pytest.mark.parametrize(("size", "least"), [(3, 15), (5, 5)])
def test_planted_groups_of_three_and_five_give_authorities_away(size: int, least: int) -> None:
    codes, scores, near = sector(4, 100 if LONG else 24)
    attack = Attack(codes)
    attack.learn(told([sorted(near[code][:size]) for code in codes], scores))
    assert len(pinned(attack)) >= least


def test_planted_hand_picked_lists_give_nearly_everybody_away() -> None:
    """Ten helpers whose scores are known: with one authority more, the median moves between two of them."""
    codes, scores, _ = sector(5, 30)
    helpers = codes[:10]
    spread = {code: 40.0 + 3.0 * place for place, code in enumerate(helpers)}  # they know themselves: 40, 43, ..., 67
    scores |= spread
    victims = codes[10:]
    attack = Attack(codes, dict(spread))
    for victim in victims:
        near = sorted(helpers, key=lambda code: abs(spread[code] - scores[victim]))[:4]
        attack.learn(told([[*near, victim]], scores, (0.25, 0.5, 0.75)))
    found = [code for code in victims if attack.is_pinned(code)]
    assert len(found) >= 0.9 * len(victims)


def test_planted_least_and_most_give_the_ends_away() -> None:
    codes, scores, _ = sector(6, 36)
    groups = [codes[part::3] for part in range(3)]
    quiet, loud = Attack(codes), Attack(codes)
    for attack, shares in ((quiet, (0.25, 0.5, 0.75)), (loud, (0.0, 0.25, 0.5, 0.75, 1.0))):
        attack.learn(told(groups, scores, shares))
    lowest = min(scores.values())
    assert quiet.interval(codes[0])[0] == 0.0
    assert loud.interval(codes[0])[0] >= lowest - 25.0 > 0.0


def test_planted_live_figures_give_away_who_has_just_joined() -> None:
    """The mean of all before and after one more authority: the difference is that authority."""
    codes, _, _ = sector(7, 20)
    assert recovered_from_means([codes[:19], codes], codes) == [codes[19]]
    rows = np.array([[int(code in group) for code in codes] for group in (codes[:19], codes)])
    assert row_space.recovered(rows) == [19]


def test_the_guard_and_the_attacker_agree_on_means_of_random_groups() -> None:
    draw = random.Random(8)  # noqa: S311 - cases that anybody can draw again
    for _ in range(60 if LONG else 20):
        codes = [str(number) for number in range(draw.randint(3, 9))]
        groups = [draw.sample(codes, draw.randint(1, len(codes))) for _ in range(draw.randint(1, 8))]
        rows = np.array([[int(code in group) for code in codes] for group in groups])
        assert [codes[place] for place in row_space.recovered(rows)] == recovered_from_means(groups, codes)


def test_the_guard_drops_what_a_lowered_threshold_would_give_away() -> None:
    """Groups of three, told as if three were enough: the guard finds who is pinned, drops those and no large group."""
    codes, scores, near = sector(9, 40)
    groups = {"all": codes} | {f"nearest:{code}": sorted(near[code][:3]) for code in codes}
    whole = shown(groups, scores)
    values = [np.quantile([scores[code] for code in members], [0.25, 0.5, 0.75]) for members in groups.values()]
    whole.benchmarks[["lower_quartile", "median", "upper_quartile"]] = np.array(values)
    found = peer_audit.audit(whole)
    assert len(found.dropped) >= 30
    assert ("all", MEASURE) not in found.dropped
    assert found.pinned == ()
