"""How exactly a picture may tell a number: no more exactly than the words beside it."""

from __future__ import annotations

from reports.wording import whole


def drawn(value: float) -> float:
    """Where a mark of a published figure is drawn: at the whole number that a page prints.

    A position is a number, too: two decimals of a pixel would tell a score to a hundredth of a point, and a median
    as exactly as the computation knows it. Rounding is no protection, but what is held against an attacker are the
    figures as they are printed (methodology 10, rule 11), so a picture tells just those.

    >>> drawn(61.4499), drawn(62.5)
    (61.0, 63.0)
    """
    return float(whole(value))
