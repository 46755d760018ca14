"""What the report of one authority shows, whichever form the report takes: profiles, captions and tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire
from reports import (
    cell_reading,
    evidence_reading,
    group_reading,
    inside_reading,
    level_reading,
    narrative,
    own_profile_reading,
    peer_sensitivity,
)
from reports.documents import cells, finding_tables, inside_tables
from reports.documents.cells import Table
from reports.documents.finding_tables import Finding
from reports.documents.imprint import Imprint
from reports.documents.inside_pictures import Drawn, drawn
from reports.narrative import Caption, Foot
from reports.own_profile_reading import Leaning
from reports.profile import Row, profile, rows, theme_profile, with_before, with_elected

_KINDS = {
    group_reading.SERVICE_AREA: "Service areas",
    group_reading.TIER: "Tiers",
    group_reading.ELECTED: "Elected members, who are not part of the authority's score",
}

_OFFICERS, _CELLS = "officers", ["group", "measure", "n", "score", "lower", "upper", "reason"]


@dataclass(frozen=True)
class Subject:
    """One authority beside one peer group: its own rows of the published frames, and what is made from them.

    `profile` has its dimensions, `themes` the profile of each dimension's themes by the dimension's code; `evidence`
    says how far to rely on the scores.
    """

    code: str
    name: str
    peer_group: str
    questionnaire: Questionnaire
    frames: Mapping[str, pd.DataFrame]
    profile: pd.DataFrame
    themes: Mapping[str, pd.DataFrame]
    caption: Caption
    evidence: tuple[str, ...]
    overall: Row | None = None  # where the dimensions move together, and it leads

    @property
    def rows(self) -> tuple[Row, ...]:
        return rows(self.profile)

    @property
    def shown(self) -> bool:
        """Whether any score of it may be shown."""
        return any(row.score is not None for row in self.rows)

    @property
    def leanings(self) -> tuple[Leaning, ...]:
        """Where it leans; nothing where the frame is not given."""
        found = self.frames.get("own_profile")
        return () if found is None else own_profile_reading.rows(found, self.questionnaire, authority=self.code)

    @property
    def lead(self) -> str:
        """What the report begins with: the finding and the own profile, the supported one first; or the overall."""
        if self.overall is not None:
            return level_reading.lead(self.overall, self.name)
        return own_profile_reading.leading(self.caption.sentence, self.rows, self.leanings, self.name)

    def themes_caption(self, dimension: Dimension) -> Caption:
        """The caption of the picture of a dimension's themes."""
        themes = self.themes[dimension.code]
        return narrative.themes_caption(self.caption, themes, name=self.name, title=str(dimension.title))


def subject(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    *,
    code: str,
    name: str,
    peer_group: str,
    imprint: Imprint,
) -> Subject:
    """One authority of the published frames.

    `frames` needs scores, benchmarks and standings; group_scores and items add their parts where they are given.
    """
    own = {
        key: frame[frame["authority"] == code] if "authority" in frame.columns else frame
        for key, frame in frames.items()
    }
    alone = profile(*numbers(own), questionnaire, authority=code, peer_group=peer_group)
    dimensions = with_before(alone, own.get("change"), authority=code)
    dimensions = with_elected(dimensions, own.get("group_scores"), authority=code)
    caption = narrative.caption(
        dimensions,
        name=name,
        peer_group=peer_group,
        release=imprint.release,
        method=imprint.method,
        demonstration=imprint.demonstration,
    )
    caption = level_reading.levelled(caption, dimensions, imprint.quality, name=name)
    level = level_reading.overall(own["scores"], own["benchmarks"], authority=code, peer_group=peer_group)
    themes = {
        one.code: theme_profile(*numbers(own), one, authority=code, peer_group=peer_group)
        for one in questionnaire.dimensions
    }
    relied = (
        *peer_sensitivity.sentences(own["standings"], questionnaire, authority=code),
        *evidence_reading.sentences(own["scores"], imprint.quality, questionnaire, authority=code),
    )
    leads = level if level_reading.together(imprint.quality) else None
    return Subject(code, name, peer_group, questionnaire, own, dimensions, themes, caption, relied, leads)


def numbers(frames: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    return frames["scores"], frames["benchmarks"], frames["standings"]


def scores(of: Subject) -> Table:
    return cells.measures(of.profile, f"Scores of {of.name}, 0 to 100", verdicts=True)


def verdicts(of: Subject) -> Table | None:
    """The verdicts beside every peer group of an authority; None where there is but one."""
    menu = [str(group) for group in of.frames["standings"]["peer_group"].drop_duplicates()]
    compared = {
        narrative.group_label(group): profile(
            *numbers(of.frames), of.questionnaire, authority=of.code, peer_group=group
        )
        for group in menu
    }
    return cells.verdicts(compared, f"{of.name} beside each peer group") if len(compared) > 1 else None


def themes(of: Subject, dimension: Dimension) -> tuple[Table, ...]:
    found = of.themes[dimension.code]
    if found.empty:
        return ()
    return (cells.measures(found, f"Themes of {narrative.in_sentence(str(dimension.title))}", verdicts=False),)


def shown_leanings(of: Subject) -> tuple[Leaning, ...]:
    """Each theme beside the authority's own average; nothing where none may be shown."""
    return () if all(one.gap is None for one in of.leanings) else of.leanings


def leanings(of: Subject) -> tuple[Table, ...]:
    """The themes beside the authority's own average, those that stand out first."""
    supported, rest = own_profile_reading.apart(shown_leanings(of))
    named = ((supported, "Themes that stand out"), (rest, "The other themes" if supported else "No theme stands out"))
    return tuple(cells.leanings(chosen, caption) for chosen, caption in named if chosen)


def items(of: Subject, dimension: Dimension) -> tuple[Table, ...]:
    """How the answers to each question of a dimension are spread; a table an option set."""
    found = of.frames.get("items")
    if found is None or found.empty:
        return ()
    caption = f"Answers to each question about {narrative.in_sentence(str(dimension.title))}"
    return tuple(cells.distributions(found, of.questionnaire.items_of(dimension.code), caption))


def inside(of: Subject) -> list[Table]:
    """Service areas, tiers and elected members, each a table where a figure of the kind is shown."""
    group_scores = of.frames.get("group_scores")
    if group_scores is None:
        return []
    tables = []
    for kind, caption in _KINDS.items():
        chosen = group_scores[group_scores["kind"] == kind]
        labels = group_reading.listed(group_scores, of.questionnaire, kind)
        if labels and kind == group_reading.ELECTED:  # officers in the row above, to read members beside them
            chosen = pd.concat([of.frames["scores"].assign(group=_OFFICERS)[_CELLS], chosen[_CELLS]])
            labels = {_OFFICERS: _OFFICERS.capitalize(), **labels}
        if labels:
            tables.append(cells.groups_inside(chosen, of.questionnaire, labels, caption))
    return tables


def not_inside(of: Subject) -> list[str]:
    """The kinds of groups that were asked about and of which nothing is shown, in words."""
    group_scores = of.frames.get("group_scores")
    return (
        [] if group_scores is None else [_KINDS[kind] for kind in group_reading.missing(group_scores, of.questionnaire)]
    )


def by_both(of: Subject) -> list[Table]:
    """Service areas by tier, where some of them may be shown."""
    found = of.frames.get("cell_scores")
    if found is None or found.empty:
        return []
    chosen, labels = cell_reading.shown(found, of.questionnaire)
    return [cells.groups_inside(chosen, of.questionnaire, labels, cell_reading.CAPTION)] if labels else []


def findings(of: Subject) -> tuple[Finding, ...]:
    """The leadership profile, and what officers could not say; what of it may be shown."""
    return finding_tables.of_authority(of.frames, of.questionnaire)


def inside_findings(of: Subject) -> list[inside_tables.Finding]:
    """Whether service areas differ, and whether tiers and elected members see things differently: sentence and table."""
    found = inside_reading.inside(of.frames, of.questionnaire, authority=of.code)
    return inside_tables.tables(found, of.name)


def inside_pictures(of: Subject, imprint: Imprint) -> dict[str, Drawn]:
    """The pictures of the findings by their kind."""
    foot = Foot(imprint.release, imprint.method, imprint.demonstration)
    return drawn(of.frames, of.questionnaire, code=of.code, name=of.name, foot=foot)
