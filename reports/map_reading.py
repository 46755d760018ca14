"""What a map of hexagons says: who took part by region, or who is probably in which part of all authorities."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from reports.narrative import Caption, Foot

_BANDS = {
    "upper_quarter": ("upper", "the upper quarter"),
    "middle_half": ("middle", "the middle half"),
    "lower_quarter": ("lower", "the lower quarter"),
}
_STEPS = ((0.0, "none"), (1 / 3, "few"), (2 / 3, "half"), (1.0, "most"))
_DIRECTION = "Colours say how many took part; they do not say how anybody scored."


@dataclass(frozen=True)
class Told:
    """Shades by code, and the same as a sentence and a table."""

    title: str
    shades: Mapping[str, str]
    sentence: str
    headings: tuple[str, str]
    body: tuple[tuple[str, str], ...]

    def caption(self, foot: Foot) -> Caption:
        """The words of the picture."""
        return Caption(self.title, self.sentence, own="", peers="", line=foot.line, demonstration=foot.demonstration)


@dataclass(frozen=True, slots=True)
class Region:
    """A region, or a nation without regions: how many of its authorities took part, of how many in the register."""

    name: str
    authorities: int
    of: int

    @property
    def shade(self) -> str:
        share = self.authorities / self.of if self.of else 0.0
        return next(shade for most, shade in _STEPS if share <= most or shade == "most")


def banded(standings: pd.DataFrame, names: Mapping[str, str], *, own: str, title: str) -> Told:
    """Where authorities of `names` (code to name, in the order of names) probably are among all, on one measure.

    `standings` are published STANDINGS among all authorities: a band is there only where its probability is at least
    0.80 and the reliability at least 0.70; whoever has none is "cannot tell". Methodology 11.
    """
    bands = standings.set_index("authority")["band"]
    shades, body, said = {}, [], []
    for code, name in names.items():
        word = bands.get(code)
        sure = "very probably" if pd.notna(word) and str(word).startswith("very") else "probably"
        part = next((one for end, one in _BANDS.items() if pd.notna(word) and str(word).endswith(end)), None)
        shades[code] = part[0] if part else "unknown"
        words = f"{sure} in {part[1]}" if part else "cannot tell"
        body.append((f"{name} (yours)" if code == own else name, words))
        said += [f"{name} is {words}"] if part else []
    unknown = len(names) - len(said)
    sentence = f"{title}: {', '.join(said)}." if said else f"{title}: no authority on this map can be placed."
    if said and unknown:
        sentence += f" Of {unknown} more we cannot tell."
    return Told(title, shades, sentence, ("", "Among all authorities"), tuple(body))


def participation(regions: Sequence[Region], of_region: Mapping[str, str]) -> Told:
    """How many took part by region; every hexagon of a region has the region's shade. `of_region` by code.

    >>> Region("North", 3, 10).shade, Region("South", 10, 10).shade, Region("East", 0, 10).shade
    ('few', 'most', 'none')
    """
    shade = {one.name: one.shade for one in regions}
    shades = {code: shade[region] for code, region in of_region.items() if region in shade}
    told = ", ".join(f"{one.name} {one.authorities} of {one.of}" for one in regions)
    body = tuple((one.name, f"{one.authorities} of {one.of}") for one in regions)
    title = "Who took part, by region"
    return Told(title, shades, f"{title}: {told}. {_DIRECTION}", ("", "Took part"), body)
