"""Sums and means of several groups: does any combination of them give one authority alone?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from reports.statistics.sums import Ints

_PRIMES = (2_147_483_629, 2_147_483_587)


def recovered(rows: Sequence[Sequence[int]] | NDArray[np.int64]) -> list[int]:
    """The columns whose unit vector lies in the span of the rows: these authorities' values follow exactly.

    `rows` has shape (figures, authorities): the whole-number weight of each authority in a released sum or mean, 1 or
    0 where it is a plain one. The rows are brought to reduced echelon form; a unit vector lies in their span exactly
    where it is one of the reduced rows. Reckoned without any rounding, modulo two primes near 2^31: over the rational
    numbers nothing is recovered that is not recovered modulo almost every prime, and a column counts only where both
    agree. Methodology 10, rule 8; Chin & Ozsoyoglu 1982.

    >>> recovered([[1, 1, 1], [1, 1, 0]])          # all three, and two of them
    [2]
    >>> recovered([[1, 1, 0], [0, 1, 1], [1, 0, 1]])          # three pairs: (a+b) - (b+c) + (c+a) = 2a
    [0, 1, 2]
    >>> recovered([[1, 1, 1, 1], [1, 1, 0, 0]])
    []
    """
    matrix = np.array(rows, dtype=np.int64)
    if matrix.size == 0:
        return []
    found = [_unit_rows(_reduced(matrix % prime, prime)) for prime in _PRIMES]
    return sorted(found[0] & found[1])


def _reduced(matrix: Ints, prime: int) -> Ints:
    """Reduced row echelon form modulo a prime below 2^31, so that products fit into 64 bits."""
    rank = 0
    for column in range(matrix.shape[1]):
        below = np.flatnonzero(matrix[rank:, column])
        if not len(below):
            continue
        pivot = rank + below[0]
        matrix[[rank, pivot]] = matrix[[pivot, rank]]
        matrix[rank] = matrix[rank] * pow(int(matrix[rank, column]), -1, prime) % prime
        others = np.flatnonzero(matrix[:, column])
        others = others[others != rank]
        matrix[others] = (matrix[others] - matrix[others, column][:, np.newaxis] * matrix[rank]) % prime
        rank += 1
        if rank == len(matrix):
            break
    return matrix[:rank]


def _unit_rows(reduced: Ints) -> set[int]:
    alone = (reduced != 0).sum(axis=1) == 1
    return {int(place) for place in reduced[alone].argmax(axis=1)}
