"""The complement: what is left of an authority when its shown groups are taken away."""

from __future__ import annotations

from collections.abc import Sequence


def hidden(sizes: Sequence[int], whole: int, minimum: int, already: Sequence[bool] = ()) -> list[bool]:
    """Which groups of an authority must be hidden, so that nothing can be computed about fewer than `minimum` people.

    `sizes` are the people scored in each group, in the order of the groups' codes, `whole` all people scored, those
    who did not say included; `already` says which groups are hidden for another reason. Groups below the minimum are
    hidden. What is then left (hidden groups and "not said"
    together) must be nobody or at least `minimum` people; else the smallest shown group is hidden too, ties by code.
    With every shown group at or above the minimum this also holds for each single group and for every union of them.
    Methodology 10, rule 2.

    >>> hidden([30, 12, 5], 47, 11)        # 5 left: the 12 are hidden with them
    [False, True, True]
    >>> hidden([30, 12], 42, 11)
    [False, False]
    """
    before = already or [False] * len(sizes)
    result = [size < minimum or is_hidden for size, is_hidden in zip(sizes, before, strict=True)]
    left = whole - sum(size for size, is_hidden in zip(sizes, result, strict=True) if not is_hidden)
    while 0 < left < minimum and not all(result):
        smallest = min((size, place) for place, size in enumerate(sizes) if not result[place])
        result[smallest[1]] = True
        left += smallest[0]
    return result
