"""Benchmarks restated for two waves, and change over the sector, a second time from the written method; no shared code."""

from __future__ import annotations

import second_change
from second_change import Pair
from second_opinion import FOR_MEDIAN, FOR_QUARTILES, PEOPLE, Row, for_quartiles, type7
from second_opinion import peer_groups as menu

CHANGED = 3  # so many authorities at least make the difference between two medians, or none
VERDICTS = {"above": "ABOVE", "similar": "SIMILAR", "below": "BELOW", "cannot_tell": "CANNOT_TELL"}


def benchmarks(found: Pair, changes: list[Row]) -> list[Row]:
    """Either wave on the common items, over the authorities that were in the group and whose change is shown."""
    told = {(str(one["authority"]), str(one["measure"])): one for one in changes}
    were = dict(menu(found.old))
    people = second_change.before(found)
    made: list[Row] = []
    now = len({code for (code, _), one in told.items() if int(str(one["n_after"] or 0)) >= PEOPLE})
    needed = for_quartiles(max(now, len({code for (code, _), one in people.items() if one.n >= PEOPLE})))
    for group, members in menu(found.new):
        then = set(were.get(group, []))
        behind = {code: second_change.behind(code, found) for code in members}
        kept = [code for code in members if behind[code] and then.issuperset(behind[code])]
        for word in ("before", "after"):
            for measure in found.new.instrument.measures:
                common = [code for code in kept if told[code, measure]["reason"] is None]
                as_they_were = {behind[code][0] for code in common if len(behind[code]) == 1}
                if word == "before":
                    alone = [one for one in then - as_they_were if people[one, measure].n >= PEOPLE]
                else:
                    others = [one for one in members if one not in common]
                    alone = [one for one in others if int(str(told[one, measure]["n_after"])) >= PEOPLE]
                values = [float(str(told[code, measure][word])) for code in common]
                row: Row = {"peer_group": group, "measure": measure, "restated_for": word}
                made.append(row | _middle(values) | {"reason": _reason(len(common), len(alone), needed)})
                if told[members[0], measure]["series"] == "broken":
                    made[-1]["reason"] = "series_broken"
    return made


def _middle(values: list[float]) -> Row:
    quartiles = [type7(values, one) if values else None for one in (0.25, 0.5, 0.75)]
    names = ("lower_quartile", "median", "upper_quartile")
    return {"n": len(values), **dict(zip(names, quartiles, strict=True))}


def _reason(n: int, alone: int = 0, needed: int = FOR_QUARTILES) -> str | None:
    if n == 0:
        return "no_authorities"
    if n < FOR_MEDIAN:
        return "too_few_authorities"
    if 0 < alone < CHANGED:
        return "few_changed"
    return "too_few_for_quartiles" if n < needed else None


def sector(found: Pair, changes: list[Row]) -> list[Row]:
    """How many improved, stayed, declined; the middle change of the authorities whose own is shown."""
    made: list[Row] = []
    for measure in found.new.instrument.measures:
        own = [one for one in changes if one["measure"] == measure]
        shown = [one for one in own if one["reason"] is None and one["change"] is not None]
        tested = measure in found.new.instrument.dimensions and any(one.get("verdict") for one in shown)
        counts = {
            name: sum(one.get("verdict") == word for one in shown) if tested else None
            for name, word in VERDICTS.items()
        }
        row: Row = {"measure": measure, "common_items": own[0]["common_items"], "series": own[0]["series"]}
        row |= {**counts, **_middle([float(str(one["change"])) for one in shown])}
        broken = "series_broken" if own[0]["series"] == "broken" else None
        made.append(row | {"reason": broken or _reason(len(shown))})
    return made


KEYS = ("authority", "measure", "peer_group", "restated_for", "series", "common_items", "predecessors", "reason")
"""What a withheld row still says."""
WHOLE = ("lower_quartile", "median", "upper_quartile")
POINTS = ("before", "after", "change", "lower", "upper")


def published(rows: list[Row]) -> list[Row]:
    """What leaves: withheld numbers empty, one word for every reason; quartiles alone where there are ten or eleven."""
    for row in rows:
        partly = row["reason"] == "too_few_for_quartiles"
        for column in row:
            if (row["reason"] and not partly and column not in KEYS) or (partly and column.endswith("quartile")):
                row[column] = None
        row["reason"] = "withheld" if row["reason"] and not partly else None
    return rows


def decimals(column: str) -> int | None:
    """To how many decimals a published column is rounded."""
    return 0 if column in WHOLE else 1 if column in POINTS else 3 if column.startswith("p_") else None
