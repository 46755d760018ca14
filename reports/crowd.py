"""Everybody whose answers count, sorted into kinds: by authority, service area, tier and weight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from reports.frames import NOT_SAID, Responses
from reports.statistics import sums
from reports.statistics.sums import Floats, Groups, Ints

_Number = TypeVar("_Number", np.int64, np.float64)


@dataclass(frozen=True)
class Crowd:
    """Kinds of people, officers by authority first, then elected members; an array has one entry a kind.

    `rows` lists the respondents of each kind. `authority` is a place among all authorities; `service_area` and
    `tier` are places among the codes of the answers, -1 not said; people whose answers were weighted stand apart
    from those who were not. People of a kind came with one `design` weight, None where nobody came with one.
    """

    rows: Groups
    elected: NDArray[np.bool_]
    authority: Ints
    service_area: Ints
    tier: Ints
    design: Floats | None

    def of_rows(self, values: NDArray[_Number]) -> NDArray[_Number]:
        """What everybody of a kind has in common, from one value a respondent (the first axis)."""
        return values[self.rows.order[self.rows.bounds[:-1]]]

    @property
    def officers(self) -> int:
        """How many kinds are officers'."""
        return int((~self.elected).sum())

    def by_authority(self, authorities: int) -> Groups:
        """The officers' kinds of each authority."""
        return Groups(
            np.arange(self.officers),
            np.searchsorted(self.authority[: self.officers], np.arange(authorities + 1)),
        )


def sort(
    responses: Responses,
    authority: Ints,
    *,
    elected: NDArray[np.bool_],
    counted: NDArray[np.bool_],
    raked: NDArray[np.bool_],
) -> Crowd:
    """The kinds of the respondents who are `counted`, elected members among them; all of shape (respondents,).

    Figures of groups need people only through their kinds; methodology 1 says who is in which.

    >>> from reports import example
    >>> case = example.case()
    >>> raked = np.any(case.weights.categories >= 0, axis=1)
    >>> found = sort(case.responses, case.authority, elected=case.elected, counted=~case.flags.excluded, raked=raked)
    >>> found.officers, found.rows.count  # 24 authorities x 9 areas and tiers; and one kind of elected members
    (216, 217)
    """
    at = np.flatnonzero(counted)
    members = [
        np.full(len(at), NOT_SAID) if one is None else one[at] for one in (responses.service_area, responses.tier)
    ]
    columns = [elected[at], authority[at], *members, raked[at]]
    design: Floats | None = None
    if responses.weight is not None:
        design, which = np.unique(responses.weight[at], return_inverse=True)
        columns.append(which)
    kinds, of_row = sums.cells([np.asarray(one, dtype=np.int64) for one in columns])
    rows = sums.grouped(of_row, kinds.shape[1])
    return Crowd(
        rows=Groups(at[rows.order], rows.bounds),
        elected=kinds[0] > 0,
        authority=kinds[1],
        service_area=kinds[2],
        tier=kinds[3],
        design=None if design is None else design[kinds[5]],
    )
