"""How sure a place among authorities is: intervals of ranks and probabilities of bands, from seeded draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

from reports.shrinkage import Shrunken
from reports.statistics.sums import Counts, Floats, Ints

RANK_INTERVAL = (0.05, 0.95)
VERY_PROBABLE = 0.95
_MIDDLE, _WIDTH = 50.0, 256.0  # points: drawn scores lie within half of the width around the middle
_KEY, _SCORE = 32, 20  # bits of a sorted number, and of them those of the drawn score
_SORTED, _COUNTED = 250, 500  # draws that are sorted, and counted, together: as many as stay near the processor
_NORMALS = 2**16  # different standard normal numbers
_FARTHEST = 4.4  # from 0, of any of them
Singles: TypeAlias = NDArray[np.float32]


class Band(StrEnum):
    """A part of the peer group in which an authority lies with a probability of 0.80 or, "very", of 0.95."""

    VERY_PROBABLY_UPPER = "very_probably_upper_quarter"
    PROBABLY_UPPER = "probably_upper_quarter"
    VERY_PROBABLY_MIDDLE = "very_probably_middle_half"
    PROBABLY_MIDDLE = "probably_middle_half"
    VERY_PROBABLY_LOWER = "very_probably_lower_quarter"
    PROBABLY_LOWER = "probably_lower_quarter"


_BANDS = (
    (Band.PROBABLY_UPPER, Band.VERY_PROBABLY_UPPER),
    (Band.PROBABLY_MIDDLE, Band.VERY_PROBABLY_MIDDLE),
    (Band.PROBABLY_LOWER, Band.VERY_PROBABLY_LOWER),
)


@dataclass(frozen=True)
class Ranks:
    """Places in one peer group on one measure, each of shape (authorities of the group,); NaN where there are none.

    `lower` and `upper` bound the rank, 1 is the highest score. `bands` (authorities, 3) are the probabilities of the
    upper quarter, the middle half and the lower quarter.
    """

    lower: Floats
    upper: Floats
    bands: Floats


def normals(draws: int, authorities: int, seed: int) -> Singles:
    """Standard normal numbers, shape (draws, 1 + authorities): the first column is for the centre that all share.

    Each is one of the 65,536 quantiles at (i + 1/2) / 65,536 of the standard normal distribution, picked by 16 bits
    of PCG64, NumPy's default, from the published `seed`: the bits of that generator are the same on every machine
    and in every version. Their variance is 1 to 4 digits, the largest is 4.3. One set serves all measures and peer
    groups, so that an authority's ranks in two groups are about the same drawn worlds. Methodology 6 and 15.

    >>> normals(2, 3, seed=1).shape
    (2, 4)
    """
    count = draws * (1 + authorities)
    words = np.random.PCG64(seed).random_raw(-(-count // 4)).astype("<u8")
    quantiles = special.ndtri((np.arange(_NORMALS) + 0.5) / _NORMALS).astype(np.float32)
    return np.asarray(quantiles.take(words.view("<u2")[:count]).reshape(draws, 1 + authorities), dtype=np.float32)


def ranks(made: Shrunken, measure: int, rows: Ints, counted: NDArray[np.bool_], numbers: Singles) -> Ranks:
    """Rank interval (90 %) and band probabilities of the authorities of one peer group on one measure.

    Every draw is one world that the answers allow: mu* = mu + se(mu) z_0 and, for each authority,
    theta*_a = mu* + lambda_a (y_a - mu*) + sqrt(lambda_a V_a) z_a, whose variance is the square of the shrunken error.
    Ranks are those of theta* among the authorities that count, 1 the highest; the interval runs from the smallest
    rank that 5 % of draws do not exceed to the smallest that 95 % do not. A rank r of k lies in the upper quarter
    where (r - 0.5) / k <= 0.25 and in the lower where it is >= 0.75.

    `rows` (authorities of the group,) are places among all authorities, `counted` (the same shape) says whose score
    may be shown: only those have a rank. `numbers` come from `normals`. Drawn scores are rounded to steps of 2^-12
    points (coarser only from 4,096 authorities); equal ones stand in the order of codes. Nothing is found where
    authorities have no spread between them. Methodology 6; Laird & Louis 1989; Goldstein & Spiegelhalter 1996.

    >>> from reports.shrinkage import shrunken
    >>> from reports.statistics.reml import RandomIntercept
    >>> few = shrunken(np.array([[20.0], [50.0], [80.0]]), np.full((3, 1), 400), np.ones((3, 1)),
    ...                [RandomIntercept(100.0, 400.0, 50.0, 1.0)], counted=np.array([3]), least=3)
    >>> found = ranks(few, 0, np.arange(3), np.array([True, True, True]), normals(100, 3, seed=1))
    >>> found.lower.tolist(), found.upper.tolist(), found.bands[2].tolist()
    ([3.0, 2.0, 1.0], [3.0, 2.0, 1.0], [1.0, 0.0, 0.0])
    """
    return in_groups(made, measure, [(rows, counted)], numbers)[0]


def in_groups(
    made: Shrunken, measure: int, groups: Sequence[tuple[Ints, NDArray[np.bool_]]], numbers: Singles
) -> list[Ranks]:
    """The same for many peer groups, each with its `rows` and `counted`: every world is drawn once for all of them.

    Methodology 6.

    >>> from reports.shrinkage import shrunken
    >>> from reports.statistics.reml import RandomIntercept
    >>> made = shrunken(np.array([[20.0], [50.0], [80.0]]), np.full((3, 1), 400), np.ones((3, 1)),
    ...                 [RandomIntercept(900.0, 400.0, 50.0, 3)], counted=np.array([3]), least=3)
    >>> everybody, two = np.arange(3), np.array([0, 2])
    >>> numbers, here = normals(1000, 3, seed=1), np.ones(3, dtype=np.bool_)
    >>> found = in_groups(made, 0, [(everybody, here), (two, here[:2])], numbers)
    >>> [one.lower.tolist() for one in found]
    [[3.0, 2.0, 1.0], [2.0, 1.0]]
    """
    places = [np.flatnonzero(counted & (made.spread[rows, measure] > 0.0)) for rows, counted in groups]
    ranked = [rows[kept] for (rows, _), kept in zip(groups, places, strict=True)]
    counts = _counts(_worlds(made, measure), ranked, numbers)
    return [
        _of_group(len(rows), kept, found, len(numbers))
        for (rows, _), kept, found in zip(groups, places, counts, strict=True)
    ]


def _of_group(authorities: int, places: Ints, counts: Ints, draws: int) -> Ranks:
    lower, upper = np.full(authorities, np.nan), np.full(authorities, np.nan)
    bands = np.full((authorities, 3), np.nan)
    if len(places):
        running = np.cumsum(counts, axis=0)
        low, high = (round(share * draws) for share in RANK_INTERVAL)
        lower[places] = 1 + (running >= low).argmax(axis=0)
        upper[places] = 1 + (running >= high).argmax(axis=0)
        bands[places] = _bands(counts) / draws
    return Ranks(lower, upper, bands)


def band(bands: Floats, told: NDArray[np.bool_], probability: float) -> NDArray[np.object_]:
    """The band of each authority, or None where none is probable enough or it is not `told`.

    `bands` has shape (authorities, 3). A band that holds with a probability of at least `probability` is probable,
    from 0.95 very probable. Methodology 6.

    >>> chances = np.array([[0.96, 0.04, 0.0], [0.1, 0.8, 0.1], [0.3, 0.4, 0.3]])
    >>> [one and str(one) for one in band(chances, np.array([True, True, True]), 0.8)]
    ['very_probably_upper_quarter', 'probably_middle_half', None]
    """
    found = np.full(len(bands), None, dtype=object)
    for column, words in enumerate(_BANDS):
        for least, word in zip((probability, max(probability, VERY_PROBABLE)), words, strict=True):
            found[told & (bands[:, column] >= least)] = word
    return found


def quarters(scores: Floats) -> Ints:
    """The quarter of each score among all of them, 1 the upper to 4 the lower, along the last axis.

    By (r - 0.5) / k with r the rank from the highest; equal scores stand in their given order. Scores have no NaN.
    Methodology 6 and 9.

    >>> quarters(np.array([10.0, 40.0, 30.0, 20.0])).tolist()
    [4, 1, 2, 3]
    """
    k = scores.shape[-1]
    order = np.argsort(-scores, axis=-1, kind="stable")
    place = np.empty_like(order)
    np.put_along_axis(place, order, np.broadcast_to(np.arange(k), order.shape), axis=-1)
    share = (place + 0.5) / max(k, 1)
    return np.asarray(1 + (share > 0.25) + (share > 0.5) + (share >= 0.75), dtype=np.int64)


@dataclass(frozen=True)
class _Worlds:
    """Drawn scores as whole numbers of `bits` bits: `fixed` + `common` z_0 + `own` z_a steps, cut off after the point.

    The steps count downwards from the highest score, so that sorting numbers sorts authorities, the highest first.
    `bits` leave room behind the score for the place of each of the authorities, `place` bits.
    """

    fixed: Singles
    common: Singles
    own: Singles
    bits: int
    place: int

    def drawn(self, part: Singles) -> NDArray[np.uint32]:
        """The worlds of some rows of the standard normal numbers, before the place; shape (draws, authorities).

        They hold until the next ones are drawn.
        """
        own, fixed, steps, shared = (one[: len(part)] for one in self._room)
        keys = self._keys[: len(part)]
        np.multiply(part[:, 1:], own, out=steps)
        steps += fixed
        steps += np.einsum("i,j->ij", part[:, 0], self.common, out=shared)
        np.copyto(keys, steps, casting="unsafe")
        if self._far:
            np.clip(keys, 0, (1 << self.bits) - 1, out=keys)
        keys <<= self.place
        return keys.view(np.uint32)

    @cached_property
    def _room(self) -> tuple[Singles, Singles, Singles, Singles]:
        """`own` and `fixed` once for each of the worlds that are drawn together, which is faster, and room twice."""
        own = np.tile(self.own, (_SORTED, 1))
        return own, np.tile(self.fixed, (_SORTED, 1)), np.empty_like(own), np.empty_like(own)

    @cached_property
    def _keys(self) -> NDArray[np.int32]:
        return np.empty((_SORTED, len(self.own)), np.int32)

    @cached_property
    def _far(self) -> bool:
        """Whether a draw could lie outside of the numbers that there are."""
        reach = (np.abs(self.common) + np.abs(self.own)) * (_FARTHEST + 1.0)
        return bool((self.fixed < reach).any() or (self.fixed + reach >= 1 << self.bits).any())


def _worlds(made: Shrunken, measure: int) -> _Worlds:
    """Authorities without a score stand at a place of their own, which no group looks at."""
    known, own = made.reliability[:, measure], made.spread[:, measure]
    centre, error = made.score[:, measure], float(made.se_mean[measure])
    place = _width(len(centre))
    bits = min(_SCORE, _KEY - place - 1)
    steps = 2.0**bits / _WIDTH
    fixed, common = (_MIDDLE + _WIDTH / 2.0 - centre) * steps + 0.5, (known - 1.0) * error * steps
    there = own > 0.0

    def single(values: Floats, elsewhere: float) -> Singles:
        return np.where(there, values, elsewhere).astype(np.float32)

    return _Worlds(single(fixed, 2.0 ** (bits - 1)), single(common, 0.0), single(-own * steps, 0.0), bits, place)


def _counts(worlds: _Worlds, groups: Sequence[Ints], numbers: Singles) -> list[Ints]:
    """In how many draws each authority of each group has each rank; shape (ranks, authorities) a group."""
    together = _together(groups, _KEY - worlds.bits - worlds.place)
    tallies = [_Tally.of(at, groups, worlds, draws=len(numbers)) for at in together]
    for begin in range(0, len(numbers), _COUNTED):
        some = numbers[begin : begin + _COUNTED]
        for start in range(0, len(some), _SORTED):
            keys = worlds.drawn(some[start : start + _SORTED])
            for one in tallies:
                one.sort(keys, start)
        for one in tallies:
            one.count(len(some))
    found = {place: counts for one in tallies for place, counts in one.by_group()}
    return [found[place] for place in range(len(groups))]


def _together(groups: Sequence[Ints], bits: int) -> list[list[int]]:
    """Which groups are sorted in one: nobody is in two of them, and their number has room in so many bits."""
    found: list[list[int]] = []
    members: list[set[int]] = []
    for place, rows in enumerate(groups):
        own = set(rows.tolist())
        for several, there in zip(found, members, strict=True):
            if there.isdisjoint(own) and len(several) < 1 << bits:
                several.append(place)
                there.update(own)
                break
        else:
            found.append([place])
            members.append(own)
    return found


def _width(count: int) -> int:
    """Binary digits of the numbers below `count`."""
    return max(count - 1, 0).bit_length()


@dataclass(frozen=True)
class _Tally:
    """How often each authority of some groups, of which nobody is in two, had each rank.

    A sorted number has the group in its first bits, then the drawn score, then the place in the group (`of_column`
    has the first and the last). Sorted, the groups stand behind each other (`bounds`), so that where a number
    stands tells the group and the rank. `cells` has room for sorted draws, `found` counts them by rank (`starts`)
    and place, in numbers as short as will do; `ones` are what each counts, and `some` is room for those of some
    draws. `rows` is None where the groups are everybody.
    """

    groups: Sequence[int]
    bounds: Ints
    rows: Ints | None
    size: int
    last: np.uint32
    of_column: NDArray[np.uint32]
    starts: NDArray[np.uint32]
    cells: NDArray[np.uint32]
    ones: Counts
    some: Counts
    found: Counts

    @classmethod
    def of(cls, groups: Sequence[int], every: Sequence[Ints], worlds: _Worlds, *, draws: int) -> _Tally:
        sizes = np.array([len(every[place]) for place in groups])
        rows: Ints = np.concatenate([every[place] for place in groups])
        group = np.repeat(np.arange(len(groups), dtype=np.uint32), sizes)
        place = np.concatenate([np.arange(size, dtype=np.uint32) for size in sizes])
        of_column = (group << np.uint32(worlds.bits + worlds.place)) | place
        size = int(sizes.max(initial=0))
        starts = np.arange(sizes.sum(), dtype=np.uint32) * np.uint32(size)
        room, short = min(draws, _COUNTED), np.min_scalar_type(draws)
        everybody = len(rows) == len(worlds.own)  # then nobody has to be looked up
        if everybody:
            of_column = of_column[np.argsort(rows)]
        return cls(
            groups=groups,
            bounds=np.append(0, np.cumsum(sizes)),
            rows=None if everybody else rows,
            size=size,
            last=np.uint32((1 << _width(size)) - 1),
            of_column=np.tile(of_column, (_SORTED, 1)),
            starts=np.tile(starts, (_SORTED, 1)),
            cells=np.zeros((room, len(starts)), np.uint32),
            ones=np.ones(room * len(starts), short),
            some=np.empty((1, len(starts) * size), short),
            found=np.zeros(len(starts) * size, short),
        )

    def sort(self, keys: NDArray[np.uint32], start: int) -> None:
        """Sorts some worlds; what is left of each sorted number is the rank and the authority that has it."""
        cells = self.cells[start : start + len(keys)]
        own = keys if self.rows is None else np.take(keys, self.rows, axis=1, mode="clip", out=cells)
        np.bitwise_or(own, self.of_column[: len(keys)], out=cells)
        cells.sort(axis=1)
        cells &= self.last
        cells += self.starts[: len(keys)]

    def count(self, draws: int) -> None:
        """Counts what the first so many sorted draws say; fewer than there is room for are the last ones."""
        self.ones[draws * len(self.starts[0]) :] = 0
        np.add(self.found, self._row.toarray(out=self.some)[0], out=self.found)

    @cached_property
    def _row(self) -> sparse.csr_array:
        """The sorted draws, whatever they are, as entries of a sparse row: those of one place are added up, at half of
        the cost of `numpy.bincount`.
        """
        cells = self.cells.ravel().view(np.int32)
        bounds = np.array([0, len(cells)], dtype=np.int32)
        return sparse.csr_array((self.ones, cells, bounds), shape=(1, len(self.found)))

    def by_group(self) -> Iterator[tuple[int, Ints]]:
        """The place of each group and its counts, shape (ranks, authorities)."""
        table = self.found.reshape(-1, max(self.size, 1)).astype(np.int64)
        for place, first, last in zip(self.groups, self.bounds, self.bounds[1:], strict=False):
            yield place, table[first:last, : last - first]


def _bands(counts: Ints) -> Ints:
    """Draws in the upper quarter, the middle half and the lower quarter; shape (authorities, 3)."""
    k = len(counts)
    share = (np.arange(k) + 0.5) / k
    upper, lower = counts[share <= 0.25].sum(axis=0), counts[share >= 0.75].sum(axis=0)
    return np.column_stack([upper, counts.sum(axis=0) - upper - lower, lower])
