"""What the report of the sector shows of groups of authorities, whichever form the report takes."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire
from reports import narrative, peers
from reports.documents import cells, inside_tables
from reports.documents.cells import Table
from reports.peers import ALL
from reports.profile import rows, sector_profile

MOST_IN_A_PICTURE = 6
FEWEST_AXES = 3

Profiles = Mapping[str, pd.DataFrame]
"""The sector profile of each group, by the group's code."""


def profiles(benchmarks: pd.DataFrame, questionnaire: Questionnaire) -> dict[str, pd.DataFrame]:
    """The middle authority of every group, in the order of the menu, but for those that one authority alone is shown."""
    everybodys = benchmarks["peer_group"].drop_duplicates().astype(str)
    groups = [group for group in everybodys if peers.owner(group) is None]
    found = {group: sector_profile(benchmarks, questionnaire, peer_group=group) for group in groups}
    return found if ALL in found else {ALL: sector_profile(benchmarks, questionnaire, peer_group=ALL), **found}


def of_kind(found: Profiles, kind: str) -> dict[str, pd.DataFrame]:
    """The groups of one kind of the menu (`type`, `nation`, `region`), by their words."""
    return {narrative.group_label(group): profile for group, profile in found.items() if group.startswith(f"{kind}:")}


def anything(profile: pd.DataFrame) -> bool:
    """Whether any score of it may be shown."""
    return any(row.score is not None for row in rows(profile))


def drawn_together(labelled: Profiles) -> list[dict[str, pd.DataFrame]]:
    """Groups that have something to show, as many in a picture as can be compared by eye.

    Nothing where fewer than two have, or where there are too few measures for a radar. Pictures are filled evenly:
    seven groups stand as four and three.
    """
    shown = [(label, profile) for label, profile in labelled.items() if anything(profile)]
    if len(shown) < 2 or any(len(profile) < FEWEST_AXES for _, profile in shown):
        return []
    pictures = -(-len(shown) // MOST_IN_A_PICTURE)
    each = -(-len(shown) // pictures)
    return [dict(shown[start : start + each]) for start in range(0, len(shown), each)]


def themes(benchmarks: pd.DataFrame, questionnaire: Questionnaire, dimension: Dimension) -> pd.DataFrame:
    """The middle authority of all on the themes of a dimension; no rows where it has none."""
    return sector_profile(benchmarks, questionnaire, peer_group=ALL, measures=dimension.themes)


def participation(
    kind: str,
    scores: pd.DataFrame,
    questionnaire: Questionnaire,
    authorities: pd.DataFrame | None,
    register: Mapping[str, int] | None = None,
) -> Table:
    """How many authorities have results, by `type`, `nation` or `region`: all in the release, and those with a score.

    `authorities` (AUTHORITIES) says of which kind each is; `register` how many there are in all, by the code of the
    peer group, where that is known.
    """
    codes = pd.Series(pd.unique(scores["authority"]), dtype="string")
    with_results = _with_results(scores, questionnaire)
    kinds = pd.Series("", index=codes, dtype="string")
    if authorities is not None and kind in authorities.columns:
        kinds = authorities.set_index("code")[kind].reindex(codes).fillna("")
    known = {group: count for group, count in (register or {}).items() if group.startswith(f"{kind}:")}
    body = []
    for value in sorted(set(kinds), key=lambda value: (not value, value)):
        members = kinds.index[kinds == value]
        counts = _counts(members, with_results, {key: n for key, n in known.items() if key == f"{kind}:{value}"})
        body.append((_label(kind, value), *counts[: 3 if known else 2]))
    if len(body) > 1 or not set(kinds) - {""}:
        body = [row for row in body if len(body) > 1]
        body.append(("All authorities", *_counts(codes, with_results, known)[: 3 if known else 2]))
    last = ("In the register",) if known else ()
    return Table("Authorities in this release", ("", "Authorities", "With results to show", *last), tuple(body))


def beside_each_other(labelled: Profiles, questionnaire: Questionnaire, caption: str) -> Table:
    """One row a group, one column a dimension: the middle authority and, in brackets, the middle half."""
    titles = [str(dimension.title) for dimension in questionnaire.dimensions]
    body = tuple((narrative.first_upper(label), *cells.middles(profile)) for label, profile in labelled.items())
    return Table(caption, ("", *titles, "Authorities"), body)


def inside(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> list[Table]:
    """Tiers and service areas inside the authorities, over all of them; nothing where nothing may be shown."""
    if "sector_inside" not in frames or "sector_tier_gaps" not in frames:
        return []
    within = inside_tables.sector_gap(frames["sector_tier_gaps"], questionnaire)
    return [*([within] if within else []), *inside_tables.sector_spread(frames["sector_inside"], questionnaire)]


def _with_results(scores: pd.DataFrame, questionnaire: Questionnaire) -> set[str]:
    dimensions = [dimension.code for dimension in questionnaire.dimensions]
    shown = scores[scores["measure"].isin(dimensions) & scores["score"].notna() & scores["reason"].isna()]
    return set(shown["authority"])


def _counts(members: Collection[str], with_results: set[str], known: Mapping[str, int]) -> tuple[str, str, str]:
    """How many there are, how many have results, and how many the register has of these kinds."""
    in_register = str(sum(known.values())) if known else "not known"
    return str(len(members)), str(sum(code in with_results for code in members)), in_register


def _label(kind: str, value: str) -> str:
    if not value:
        return f"{kind.capitalize()} not given"
    return narrative.first_upper(narrative.group_label(f"{kind}:{value}"))
