"""The mix of those who answered the equality questions: over all authorities, in groups of at least 30 people."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

import pandas as pd

from questionnaires.definition import Kind, Questionnaire, Role
from reports import frames
from reports.disclosure.reasons import Reason

FEWEST: Final = 30
"""Nobody is told in a group of fewer people, and neither is who is not in it."""
JOINED: Final = "+"
_CENSUS = Path(__file__).with_name("census.toml")


def mix(counts: Mapping[str, Mapping[str, int]], questionnaire: Questionnaire) -> pd.DataFrame:
    """EQUALITY_MIX: for each equality item the share of each group among those who said, of the whole sector.

    `counts` {item: {option: people}}; options that are no answer, such as "prefer not to say", do not count. Groups
    of fewer than 30 people are joined; where they still are fewer, the smallest other group joins them (of equal
    ones, the first in the questionnaire). A joined group has the codes of its options with `+` between them. Shares
    are 0 to 1 in whole per cent, `n` is rounded down to tens. If no two groups are left, the item is withheld. So
    no group and no complement of one has fewer than 30 people. The same counts give the same frame. Methodology 10
    and 11.

    >>> from reports import example
    >>> mix({"hair": {"red": 100}}, example.questionnaire()).empty  # a survey that asks no such question
    True
    """
    records: list[dict[str, object]] = []
    for item in questionnaire.items.values():
        if item.role is Role.EQUALITY and item.kind is Kind.CHOICE:
            said = {option.code: 0 for option in item.options if option.missing is None}
            said = {code: counts.get(item.code, {}).get(code, 0) for code in said}
            records += [{"item": item.code, **row} for row in _rows(said)]
    return frames.EQUALITY_MIX.check(pd.DataFrame(records, columns=list(frames.EQUALITY_MIX.columns)))


def _rows(said: Mapping[str, int]) -> list[dict[str, object]]:
    total = sum(said.values())
    joined = groups(said)
    if len(joined) < 2:
        return [{"option": JOINED.join(said), "n": None, "share": None, "reason": str(Reason.TOO_FEW_PEOPLE)}]
    return [
        {"option": JOINED.join(codes), "n": n // 10 * 10, "share": round(100 * n / total) / 100, "reason": None}
        for codes, n in joined
    ]


def groups(said: Mapping[str, int]) -> list[tuple[tuple[str, ...], int]]:
    """The groups that may be told, each with its options and its people; nothing where not even one may. Methodology
    10 and 11.

    >>> groups({"a": 500, "b": 40, "c": 12, "d": 9})
    [(('a',), 500), (('b', 'c', 'd'), 61)]
    """
    apart = [code for code, n in said.items() if n >= FEWEST]
    small = [code for code, n in said.items() if n < FEWEST]
    while small and apart and sum(said[code] for code in small) < FEWEST:
        smallest = min(apart, key=lambda code: said[code])  # the first of equal ones
        apart.remove(smallest)
        small.append(smallest)
    parts = [(code,) for code in apart] + ([tuple(code for code in said if code in small)] if small else [])
    told = [(part, sum(said[code] for code in part)) for part in parts]
    return told if all(n >= FEWEST for _, n in told) else []


# Beside it, what the census says


@dataclass(frozen=True, slots=True)
class Census:
    """A census: what it counted, where it is published, and shares by item and option, 0 to 1.

    Where only a figure of several groups together is known, the key has their options with `+` between them.
    """

    title: str
    source: str
    shares: Mapping[str, Mapping[str, float]]

    def counts(self, item: str, options: Sequence[str]) -> bool:
        """Whether the census has the groups of an item, some of them perhaps together only."""
        known = [code for key in self.shares.get(item, ()) for code in key.split(JOINED)]
        return sorted(known) == sorted(options)

    def share(self, item: str, option: str, options: Sequence[str]) -> float | None:
        """The share of a group that may have been joined; None where the census has no figure for just this group.

        >>> census = Census("Here 2021", "a table", {"hair": {"red+grey": 0.3, "other": 0.7}})
        >>> census.share("hair", "grey+red", ["red", "grey", "other"])
        0.3
        >>> census.share("hair", "grey", ["red", "grey", "other"]) is None
        True
        """
        if not self.counts(item, options):
            return None
        wanted = set(option.split(JOINED))
        within = {key: share for key, share in self.shares[item].items() if set(key.split(JOINED)) <= wanted}
        covered = {code for key in within for code in key.split(JOINED)}
        return round(sum(within.values()), 3) if covered == wanted else None


@lru_cache
def censuses() -> tuple[Census, ...]:
    """The censuses that ship, in their order."""
    with _CENSUS.open("rb") as file:
        return tuple(Census(**one) for one in tomllib.load(file)["censuses"])
