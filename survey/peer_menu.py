"""The menu of peer groups of a release, and which of it is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from reports import narrative
from reports.peers import ALL
from survey.errors import NotFound


@dataclass(frozen=True, slots=True)
class PeerGroup:
    """A group of the frozen menu. `shown` is false where it is too small for a benchmark."""

    code: str
    size: int
    shown: bool
    quartiles: bool

    @property
    def kind(self) -> str:
        return self.code.partition(":")[0]

    @property
    def label(self) -> str:
        """In words, with a capital: "Unitary authorities"."""
        return label(self.code)


def label(code: str) -> str:
    """A group in words, with a capital: "Unitary authorities"."""
    return narrative.first_upper(narrative.group_label(code))


def group(code: str, size: int, benchmarks: pd.DataFrame) -> PeerGroup:
    """A group with what its benchmarks allow: shown, and with quartiles, on at least one measure."""
    mine = benchmarks[benchmarks["peer_group"] == code]
    return PeerGroup(code, size, bool(mine["median"].notna().any()), bool(mine["upper_quartile"].notna().any()))


def chosen(menu: Sequence[PeerGroup], code: str | None) -> PeerGroup:
    """The group asked for; without a wish the authority's type, or all where its type is too small."""
    by_code = {one.code: one for one in menu}
    if code:
        if code not in by_code:
            raise NotFound("This authority is not in this group, so it is not compared with it.")
        return by_code[code]
    return next((one for one in menu if one.kind == "type" and one.shown), by_code[ALL])
