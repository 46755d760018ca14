"""Verdicts: how often above or below is said where nothing differs, and how often a difference that is there is found.

Every figure is a share of authorities. Each wave is a made-up sector of four dimensions with three themes each, whose
true effects are known, judged by the service's own functions.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from performance import _sector
from performance._sector import THEMES, Effects
from reports.statistics.sums import Floats

SEED = 20261123
SIZES = (20, 40, 60, 100)
AUTHORITIES, WAVES = 120, 150
MOST_FALSE = 0.05
_LEVEL, _SHAPE = 4.6, 2.0  # between authorities, points: ICC(1) of a dimension about 0.05
DIFFERENCES = (5.0, 7.5, 10.0, 15.0)
_DIMENSION, _THEME = 0, THEMES  # where differences are planted: the first dimension, the first theme of the second


@dataclass(frozen=True)
class Mistaken:
    """Authorities of which something false is said, as shares."""

    plain: float
    ungated: float
    leaning: float


def when_nothing_differs(n: int, *, waves: int = WAVES, level: float = 0.0) -> Mistaken:
    """Authorities with any false verdict: all alike, or (with `level`) apart in level and alike in shape.

    In the second case only those authorities count for the plain verdicts that lie exactly in the middle: every other one.
    """
    rng = np.random.default_rng([SEED, 1, n, int(10 * level)])
    middle = np.arange(AUTHORITIES) % 2 == 0
    total = np.zeros(3)
    for _ in range(waves):
        true = _sector.effects(AUTHORITIES, rng)
        height = np.where(middle, 0.0, rng.normal(0.0, level * 2.0**0.5, AUTHORITIES))
        height -= np.where(middle, 0.0, height[~middle].mean())
        true = Effects(true.dimension + height[:, np.newaxis], true.theme)
        told = _sector.told(true, n, rng)
        plain, ungated = (_sector.claims(one[middle]).any(axis=1).mean() for one in (told.plain, told.ungated))
        total += [plain, ungated, _sector.claims(told.leaning).any(axis=1).mean()]
    return Mistaken(*(total / waves).tolist())


def found(n: int, *, waves: int = WAVES) -> tuple[Floats, Floats]:
    """Of authorities with a planted difference, the share of which it is said: shape (kinds of verdict, differences).

    First with the difference on a whole dimension: its plain verdict, and any of its themes in the own profile. Then
    with the difference on one theme only: the plain verdict of its dimension, and this theme in the own profile.
    """
    rng = np.random.default_rng([SEED, 2, n])
    planted = np.repeat(DIFFERENCES, 2) * np.tile([1.0, -1.0], len(DIFFERENCES))
    whole, single = np.arange(len(planted)), np.arange(len(planted)) + len(planted)
    hits = np.zeros((2, 2, len(planted)))
    for _ in range(waves):
        true = _sector.effects(AUTHORITIES, rng, level=_LEVEL, shape=_SHAPE)
        true.dimension[whole, _DIMENSION], true.theme[whole, :THEMES] = planted, 0.0
        true.dimension[single], true.theme[single] = 0.0, 0.0
        true.theme[single, _THEME] = planted
        told = _sector.told(true, n, rng)
        right = np.where(planted > 0, "ABOVE", "BELOW")
        hits[0, 0] += told.plain[whole, _DIMENSION] == right
        hits[0, 1] += (told.leaning[whole, :THEMES] == right[:, np.newaxis]).any(axis=1)
        hits[1, 0] += told.plain[single, 1] == right
        hits[1, 1] += told.leaning[single, _THEME] == right
    shares = (hits / waves).reshape(2, 2, len(DIFFERENCES), 2).mean(axis=3)
    return shares[0], shares[1]


def main() -> bool:
    """Prints the tables; true if a bound is broken."""
    broken = False
    for words, level in (("Nothing differs between authorities.", 0.0), ("Authorities differ in level only.", _LEVEL)):
        print(f"\n{words}\n\n| n | plain verdict | without its gate | own profile |\n|{'---|' * 4}")
        for n in SIZES:
            share = when_nothing_differs(n, level=level)
            print(f"| {n} | {share.plain:.3f} | {share.ungated:.3f} | {share.leaning:.3f} |")
            broken = broken or max(share.plain, share.ungated, share.leaning) > MOST_FALSE
    tables = {n: found(n) for n in SIZES}
    for place, words in enumerate(("The difference is on a whole dimension.", "The difference is on one theme only.")):
        heads = " | ".join(f"plain, {one:g} | own, {one:g}" for one in DIFFERENCES)
        print(f"\n{words}\n\n| n | {heads} |\n|{'---|' * (1 + 2 * len(DIFFERENCES))}")
        for n in SIZES:
            cells = " | ".join(f"{share:.2f}" for share in tables[n][place].T.ravel())
            print(f"| {n} | {cells} |")
    print(f"\nBound: something false is said of at most {MOST_FALSE} of authorities.")
    return broken


if __name__ == "__main__":
    raise SystemExit(main())
