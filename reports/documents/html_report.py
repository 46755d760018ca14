"""The report as one HTML file that needs nothing beside it: for one authority, and for the sector."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from questionnaires.definition import Dimension, Questionnaire
from reports import change_reading, level_reading, narrative
from reports.charts.dots import alternative, dots
from reports.charts.radar import radar
from reports.charts.say_do import say_do
from reports.charts.small_multiples import small_multiples
from reports.charts.style import Size
from reports.documents import (
    authority_parts,
    cells,
    change_parts,
    finding_tables,
    inside_pictures,
    place_tables,
    printed_parts,
    reading,
    say_do_parts,
    sector_parts,
    technical_notes,
)
from reports.documents.authority_parts import Subject
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.documents.say_do_parts import Said
from reports.narrative import Caption, Foot
from reports.peers import ALL
from reports.quality import Json

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture inside the file, in its wide and its narrow form, with the sentence that stands for it."""

    wide: str
    narrow: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Part:
    """What is said about one dimension."""

    title: str
    description: str
    tables: tuple[Table, ...]


def authority(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    *,
    code: str,
    name: str,
    peer_group: str = ALL,
    imprint: Imprint,
) -> str:
    """The report of one authority beside a peer group, from the published frames by their names.

    `frames` needs scores, benchmarks and standings; group_scores, items and say_do add their parts where they are given.
    """
    seen = authority_parts.subject(frames, questionnaire, code=code, name=name, peer_group=peer_group, imprint=imprint)
    own, caption, word = seen.profile, seen.caption, say_do_parts.said(seen, imprint)
    return _render(
        "authority.html",
        questionnaire,
        imprint,
        name=name,
        finding=seen.lead,
        indicative=narrative.indicative_note(own),
        evidence=seen.evidence,
        group=narrative.group_label(peer_group),
        dots=_picture(lambda size: dots(own, caption, size=size), caption, alternative(own, caption)),
        radar=_picture(lambda size: radar(own, caption, size=size), caption) if len(own) > 2 else None,
        dimensions=authority_parts.scores(seen),
        verdicts=authority_parts.verdicts(seen),
        leanings=authority_parts.leanings(seen),
        parts=[
            _part(one, (*authority_parts.themes(seen, one), *authority_parts.items(seen, one)))
            for one in questionnaire.dimensions
        ],
        since=change_parts.since(seen, imprint),
        said=word,
        said_picture=_said_picture(word),
        **_inside(seen, imprint),
        findings=authority_parts.findings(seen),
        answered=narrative.answered(own),
    )


def sector(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    *,
    authorities: pd.DataFrame | None = None,
    quality: Mapping[str, Json] | None = None,
    imprint: Imprint,
) -> str:
    """The report of the whole sector: its middle authority, every peer group, and who took part.

    `frames` needs scores and benchmarks, published. `authorities` (AUTHORITIES) gives the types for participation,
    `quality` (the published content of quality.json) the technical notes.
    """
    benchmarks = frames["benchmarks"]
    profiles = sector_parts.profiles(benchmarks, questionnaire)
    everybody = profiles[ALL]
    caption = narrative.sector_caption(everybody, peer_group=ALL, **_marks(imprint))
    return _render(
        "sector.html",
        questionnaire,
        imprint,
        name="The sector",
        finding=caption.sentence,
        shown=any(sector_parts.anything(one) for one in profiles.values()),
        dots=_picture(lambda size: dots(everybody, caption, size=size), caption),
        radar=_picture(lambda size: radar(everybody, caption, size=size), caption) if len(everybody) > 2 else None,
        multiples=_multiples(profiles, imprint),
        dimensions=cells.medians(everybody, "The middle authority on each dimension, 0 to 100"),
        groups=_groups(profiles),
        parts=[_part(one, _sector_themes(benchmarks, questionnaire, one)) for one in questionnaire.dimensions],
        **_since(frames, questionnaire, quality or {}),
        said=say_do_parts.of_the_sector(frames.get("say_do"), questionnaire),
        participation=sector_parts.participation("type", frames["scores"], questionnaire, authorities),
        places=place_tables.tables(frames, questionnaire),
        firmness=place_tables.firmness(quality or {}),
        inside=sector_parts.inside(frames, questionnaire),
        inside_pictures=[
            _picture(one.draw, one.caption)
            for one in inside_pictures.of_the_sector(frames, questionnaire, foot=Foot(**_marks(imprint)))
        ],
        findings=finding_tables.of_sector(frames, questionnaire),
        together=level_reading.words(quality or {}),
        notes=(*technical_notes.sentences(quality or {}, questionnaire), *technical_notes.weights(frames["scores"])),
    )


def _inside(seen: Subject, imprint: Imprint) -> dict[str, object]:
    """Groups inside the authority, which of them are not shown, and whether they differ."""
    inner, groups = authority_parts.inside_pictures(seen, imprint), printed_parts.inside(seen)
    return {
        "inside": [*groups.tables, *authority_parts.by_both(seen)],
        "inside_hidden": groups.hidden,
        "inside_found": authority_parts.inside_findings(seen),
        "inside_pictures": {kind: _picture(one.draw, one.caption) for kind, one in inner.items()},
        "inside_figures": {kind: one.table for kind, one in inner.items() if one.table},
    }


def _said_picture(word: Said | None) -> Picture | None:
    if word is None or not word.has_picture:
        return None
    return _picture(lambda size: say_do(word.apart, word.caption, size=size), word.caption)


def _since(
    frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, quality: Mapping[str, Json]
) -> dict[str, object]:
    """How many authorities improved or declined since the earlier survey, and what does not count yet."""
    return {
        "since": change_parts.of_the_sector(frames, questionnaire),
        "new_items": change_reading.new_items(quality, questionnaire),
    }


def _groups(profiles: Mapping[str, pd.DataFrame]) -> list[Table]:
    return [
        cells.medians(one, narrative.first_upper(narrative.group_label(group)))
        for group, one in profiles.items()
        if group != ALL
    ]


class _Marks(TypedDict):
    release: str | None
    method: str
    demonstration: bool


def _marks(imprint: Imprint) -> _Marks:
    return {"release": imprint.release, "method": imprint.method, "demonstration": imprint.demonstration}


def _part(dimension: Dimension, tables: tuple[Table, ...]) -> Part:
    return Part(str(dimension.title), str(dimension.description or ""), tables)


def _sector_themes(benchmarks: pd.DataFrame, questionnaire: Questionnaire, dimension: Dimension) -> tuple[Table, ...]:
    if not dimension.themes:
        return ()
    themes = sector_parts.themes(benchmarks, questionnaire, dimension)
    return (cells.medians(themes, f"Themes of {narrative.in_sentence(str(dimension.title))}"),)


def _multiples(profiles: Mapping[str, pd.DataFrame], imprint: Imprint) -> list[Picture]:
    types = sector_parts.of_kind(profiles, "type")
    return [_side_by_side(groups, imprint) for groups in sector_parts.drawn_together(types)]


def _side_by_side(groups: Mapping[str, pd.DataFrame], imprint: Imprint) -> Picture:
    caption = narrative.multiples_caption(groups, **_marks(imprint))
    return _picture(lambda size: small_multiples(groups, caption, size=size), caption)


def _picture(draw: Callable[[Size], bytes], caption: Caption, sentence: str | None = None) -> Picture:
    def embedded(size: Size) -> str:
        return "data:image/svg+xml;base64," + base64.b64encode(draw(size)).decode("ascii")

    return Picture(embedded("wide"), embedded("narrow"), sentence or caption.sentence)


def _render(template: str, questionnaire: Questionnaire, imprint: Imprint, **values: object) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            survey=str(questionnaire.title),
            imprint=imprint,
            refusal=narrative.refusal(),
            reading=reading,
            **values,
        )
    )


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
