"""Readings: what a page about a release shows, as values. Sentence, table and picture come from the same frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import level_reading, narrative, own_profile_reading
from reports import profile as profiles
from reports.own_profile_reading import Leaning
from reports.peers import ALL
from reports.profile import Row
from reports.rules import Rules
from survey.models import Release
from survey.peer_menu import PeerGroup


@dataclass(frozen=True)
class Comparison:
    """An authority beside a peer group: table, sentence and picture are made from the same frames."""

    release: Release
    questionnaire: Questionnaire
    authority: str
    name: str
    peer_group: PeerGroup
    menu: tuple[PeerGroup, ...]
    profile: pd.DataFrame
    themes: Mapping[str, pd.DataFrame]
    overall: Row
    leanings: tuple[Leaning, ...]
    evidence: tuple[str, ...]
    since: str  # what changed since the earlier wave; empty where there is none

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return profiles.rows(self.profile)

    def theme_rows(self, dimension: str) -> tuple[Row, ...]:
        return profiles.rows(self.themes[dimension])

    @cached_property
    def caption(self) -> narrative.Caption:
        """Heading, sentence (also the pictures' alternative text), key and line under the pictures."""
        return self._captioned(self.profile)

    def theme_caption(self, dimension: str) -> narrative.Caption:
        return self._captioned(self.themes[dimension])

    @property
    def finding(self) -> str:
        return self.caption.sentence

    @cached_property
    def lead(self) -> str:
        """What the page begins with: the finding and the own profile, the supported one first; or the overall."""
        if self.together:
            return level_reading.lead(self.overall, self.name)
        return own_profile_reading.leading(self.finding, self.rows, self.leanings, self.name)

    @property
    def together(self) -> str:
        """How to read dimensions that move together; nothing where they are distinct or this was not tested."""
        return level_reading.words(self.release.quality)

    @property
    def n(self) -> int | None:
        """Most officers scored on a dimension that is shown."""
        return max((row.n for row in self.rows if row.n is not None), default=None)

    @property
    def invited(self) -> int | None:
        return next((row.invited for row in self.rows if row.invited is not None), None)

    def _captioned(self, profile: pd.DataFrame) -> narrative.Caption:
        made = narrative.caption(profile, name=self.name, peer_group=self.peer_group.code, **_named(self.release))
        return level_reading.levelled(made, profile, self.release.quality, name=self.name)


@dataclass(frozen=True, slots=True)
class Group:
    """One service area or tier of an authority, with a row for each dimension."""

    code: str
    label: str
    n: int | None
    cells: tuple[Row, ...]


@dataclass(frozen=True)
class Inside:
    """The parts of one authority, in the questionnaire's order; `group_scores` and `scores` are the rows that they were made from."""

    authority: str
    name: str
    service_areas: tuple[Group, ...]
    tiers: tuple[Group, ...]
    elected: tuple[Group, ...]
    group_scores: pd.DataFrame = field(repr=False)
    scores: pd.DataFrame = field(repr=False)
    officers: Group
    cells: tuple[Group, ...] = ()

    @property
    def beside_members(self) -> tuple[Group, ...]:
        """Officers, then elected members; nothing where no score of members is shown."""
        return (self.officers, *self.elected) if self.elected else ()


@dataclass(frozen=True, slots=True)
class Count:
    """How many authorities of a kind took part, of how many in the register (None: not known)."""

    kind: str
    label: str
    authorities: int
    of: int | None


@dataclass(frozen=True)
class Sector:
    """All authorities of a release together; `profiles_by_type` has the words of a type for its keys."""

    release: Release
    questionnaire: Questionnaire
    profile: pd.DataFrame
    themes: Mapping[str, pd.DataFrame]
    groups: tuple[PeerGroup, ...]
    profiles_by_type: Mapping[str, pd.DataFrame]
    participation: tuple[Count, ...]
    quality: Mapping[str, Any] = field(repr=False)  # Any: the content of quality.json

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        return profiles.rows(self.profile)

    def theme_rows(self, dimension: str) -> tuple[Row, ...]:
        return profiles.rows(self.themes[dimension])

    @cached_property
    def caption(self) -> narrative.Caption:
        made = narrative.sector_caption(self.profile, peer_group=ALL, **_named(self.release))
        return level_reading.noted(made, self.quality)

    @cached_property
    def types_caption(self) -> narrative.Caption:
        return narrative.multiples_caption(self.profiles_by_type, **_named(self.release))

    @property
    def finding(self) -> str:
        return self.caption.sentence

    @property
    def sizes(self) -> dict[str, int]:
        """Every group of the menu with how many authorities it has."""
        return {group.code: group.size for group in self.groups}

    @property
    def fewest_authorities(self) -> int:
        """How many authorities a group needs before its middle is shown, by the rules of the release."""
        return Rules(**self.release.rules).minimum_authorities_median

    @property
    def authorities(self) -> int:
        return next((group.size for group in self.groups if group.code == ALL), 0)

    @property
    def respondents(self) -> int | None:
        """Officers who answered, elected members apart."""
        counts = self.quality.get("respondents") or {}
        return counts.get("officers")


def _named(release: Release) -> dict[str, Any]:  # Any: keywords of the caption functions
    return {
        "release": release.label,
        "method": release.method_version,
        "demonstration": release.wave.demonstration,
    }
