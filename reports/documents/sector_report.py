"""The report of the sector as one tagged PDF: the middle authority, types and nations, themes, method, annex."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire
from reports import change_reading, level_reading, narrative
from reports.charts.dots import dots
from reports.charts.radar import radar
from reports.charts.small_multiples import small_multiples
from reports.documents import (
    annex,
    brand,
    cells,
    change_parts,
    equality_tables,
    finding_tables,
    inside_pictures,
    letterhead,
    place_tables,
    reading,
    reliance_tables,
    say_do_parts,
    sector_parts,
    technical_notes,
    typesetting,
)
from reports.documents.brand import Brand
from reports.documents.cells import Table
from reports.documents.imprint import Imprint
from reports.documents.place_pictures import Shown
from reports.documents.sector_parts import Profiles
from reports.documents.typesetting import Value
from reports.frames import ITEM_ANALYSIS, SAY_DO
from reports.narrative import Caption, Foot
from reports.peers import ALL
from reports.quality import Json
from reports.rules import Rules

KIND = "Report of the sector"
RESEARCH_KIND = "Report of the sector, for the research team only"
KINDS = {"type": "By type of authority", "nation": "By nation", "region": "By region"}
"""The kinds of groups that have a chapter, in their order; regions have their table only."""
WITHOUT_PICTURES = frozenset({"region"})

BESIDE = (
    "Each radar has the same axes and the same scale. Groups stand in the order of the alphabet; one with too few "
    "authorities has no picture. Small differences between groups are as likely to be chance as not."
)
IN_A_TABLE = (
    "Groups stand in the order of the alphabet. Small differences between them are as likely to be chance as not."
)
INTERVAL = (
    "How far the middle authority could be from the one that we would find among another set of authorities like these. "
    "It is worked out from repeated samples of the authorities."
)


@dataclass(frozen=True, slots=True)
class Given:
    """What the report is made from, beside the frames: who is who, how good the answers are, under which settings.

    `register` says how many authorities there are of each type, nation and region, by the code of the peer group.
    `record` are further facts for the annex, such as digests, by what they are called. `everybody` are pictures with
    every authority in them: with them the report is for the research team only, and says so on its cover.
    """

    authorities: pd.DataFrame | None = None
    quality: Mapping[str, Json] = field(default_factory=dict)
    rules: Rules = field(default_factory=Rules)
    register: Mapping[str, int] = field(default_factory=dict)
    record: Mapping[str, str] = field(default_factory=dict)
    everybody: tuple[Shown, ...] = ()


@dataclass(slots=True)
class _Drawn:
    """Pictures under their names, as they come; each goes into the document with its sentence."""

    imprint: Imprint
    pictures: dict[str, bytes] = field(default_factory=dict)

    def add(self, name: str, draw: Callable[..., bytes], shown: object, caption: Caption) -> Value:
        return self.made(name, draw(shown, caption), caption)

    def made(self, name: str, picture: bytes, caption: Caption) -> Value:
        self.pictures[name] = picture
        return {"name": name, "sentence": caption.sentence}

    def caption(self, profile: pd.DataFrame) -> Caption:
        marks = self.imprint
        return narrative.sector_caption(
            profile, peer_group=ALL, release=marks.release, method=marks.method, demonstration=marks.demonstration
        )

    def groups_caption(self, groups: Profiles) -> Caption:
        marks = self.imprint
        return narrative.multiples_caption(
            groups, release=marks.release, method=marks.method, demonstration=marks.demonstration
        )


def sector(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    given: Given | None = None,
    *,
    imprint: Imprint,
    publisher: Brand | None = None,
    made: datetime | None = None,
) -> bytes:
    """The PDF from the published frames: `scores` and `benchmarks`; `say_do`, `reliability` and `agreement` add parts.

    `publisher` is the brand of the body that publishes; `made` the document's date. The same input gives the same
    bytes. Raises TypesettingFault, which is a fault of the program.
    """
    given, publisher = given or Given(), publisher or brand.default()
    drawn = _Drawn(imprint)
    data: dict[str, Value] = {
        "letterhead": letterhead.letterhead(
            publisher, imprint, questionnaire, title="The sector", kind=RESEARCH_KIND if given.everybody else KIND
        ),
        "facts": list(technical_notes.counts(given.quality, questionnaire)[:1]),
        **_found(frames, questionnaire, drawn),
        "explained": _explained(),
        "participation": [_table(table) for table in _participation(frames["scores"], questionnaire, given)],
        "inside": [_table(table) for table in sector_parts.inside(frames, questionnaire)],
        "inside_pictures": _inside(frames, questionnaire, drawn),
        "inside_words": reading.INSIDE_SECTOR,
        "mix": _mix(frames, questionnaire),
        "everybody": [_everybody(one, drawn) for one in given.everybody],
        "everybody_words": list(reading.PLACES),
        "findings_title": finding_tables.TITLE,
        "findings": [letterhead.finding(one) for one in finding_tables.of_sector(frames, questionnaire)],
        "together": level_reading.words(given.quality),
        "places": [_table(table) for table in place_tables.tables(frames, questionnaire)],
        "places_words": reading.AVERAGES,
        "since": _since(frames, questionnaire, given.quality),
        "firmness": place_tables.firmness(given.quality),
        "annex": _annex(frames, questionnaire, given, imprint),
    }
    return typesetting.pdf("sector_report", data, pictures=drawn.pictures | letterhead.pictures(publisher), made=made)


def _found(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, drawn: _Drawn) -> dict[str, Value]:
    """Chapters with figures: all authorities, each kind of group, each dimension with its themes."""
    benchmarks = frames["benchmarks"]
    profiles = sector_parts.profiles(benchmarks, questionnaire)
    everybody = profiles[ALL]
    caption = drawn.caption(everybody)
    if not any(sector_parts.anything(one) for one in profiles.values()):
        return {"shown": False, "finding": caption.sentence}
    with_radar = len(everybody) >= sector_parts.FEWEST_AXES
    return {
        "shown": True,
        "finding": caption.sentence,
        "dots": drawn.add("dots", dots, everybody, caption),
        "dimensions": _table(cells.medians(everybody, "The middle authority on each dimension, 0 to 100")),
        "radar": drawn.add("radar", partial(radar, size="narrow"), everybody, caption) if with_radar else None,
        "radar_words": reading.RADAR,
        "kinds": [_kind(kind, profiles, questionnaire, drawn) for kind in KINDS if _has(kind, profiles)],
        "parts": [_part(one, benchmarks, questionnaire, drawn) for one in questionnaire.dimensions if one.themes],
        "said": _said(frames, questionnaire),
    }


def _inside(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, drawn: _Drawn) -> list[Value]:
    """How divergences and gaps are spread over the authorities, as pictures."""
    marks = drawn.imprint
    foot = Foot(marks.release, marks.method, marks.demonstration)
    return [
        drawn.made(f"inside-{one.kind}", one.draw("wide"), one.caption)
        for one in inside_pictures.of_the_sector(frames, questionnaire, foot=foot)
    ]


def _everybody(one: Shown, drawn: _Drawn) -> Value:
    picture = drawn.made(f"every-{one.kind}", one.draw("wide"), one.caption)
    return {"picture": picture, "table": _plain(one.table) if one.table else None}


def _since(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, quality: Mapping[str, Json]) -> Value:
    """How many authorities improved or declined since the earlier survey."""
    found = change_parts.of_the_sector(frames, questionnaire)
    if found is None:
        return None
    return {
        "title": reading.CHANGE_TITLE,
        "words": reading.CHANGE_SECTOR,
        "finding": found[0],
        "table": _table(found[1]),
        "new_items": change_reading.new_items(quality, questionnaire),
    }


def _said(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> Value:
    found = say_do_parts.of_the_sector(frames.get(SAY_DO.name), questionnaire)
    if found is None:
        return None
    words = [reading.SAID_SECTOR, reading.SAID_WORDS]
    return {"title": reading.SAID_SECTOR_TITLE, "words": list(words), "table": _table(found)}


def _mix(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire) -> Value:
    found = equality_tables.tables(frames, questionnaire)
    if not found:
        return None
    words = [equality_tables.WORDS, *equality_tables.sources()]
    return {"title": equality_tables.TITLE, "words": words, "tables": [_plain(one) for one in found]}


def _has(kind: str, profiles: Profiles) -> bool:
    return len(sector_parts.of_kind(profiles, kind)) > 1


def _kind(kind: str, profiles: Profiles, questionnaire: Questionnaire, drawn: _Drawn) -> Value:
    groups = sector_parts.of_kind(profiles, kind)
    together = [] if kind in WITHOUT_PICTURES else sector_parts.drawn_together(groups)
    table = sector_parts.beside_each_other(groups, questionnaire, f"The middle authority {KINDS[kind].lower()}")
    return {
        "title": KINDS[kind],
        "words": BESIDE if together else IN_A_TABLE,
        "pictures": [
            drawn.add(f"{kind}-{place}", small_multiples, chosen, drawn.groups_caption(chosen))
            for place, chosen in enumerate(together, start=1)
        ],
        "table": _table(table),
    }


def _part(dimension: Dimension, benchmarks: pd.DataFrame, questionnaire: Questionnaire, drawn: _Drawn) -> Value:
    title = str(dimension.title)
    found: dict[str, Value] = {"title": title, "description": str(dimension.description or "")}
    themes = sector_parts.themes(benchmarks, questionnaire, dimension)
    if themes.empty:
        return found | {"picture": None, "table": None}
    caption = replace(drawn.caption(themes), heading=f"{title}: the middle authority")
    table = cells.medians(themes, f"Themes of {narrative.in_sentence(title)}")
    name = f"themes-{questionnaire.dimensions.index(dimension) + 1}"
    return found | {"picture": drawn.add(name, dots, themes, caption), "table": _table(table)}


def _explained() -> Value:
    """How to read the report: as any other, but for what its intervals are about, and without verdicts."""
    kept = [(term, meaning) for term, meaning in reading.terms() if term != reading.VERDICTS]
    terms = [(term, INTERVAL if term == reading.INTERVAL else meaning) for term, meaning in kept]
    return {
        "terms": [{"term": term, "meaning": meaning} for term, meaning in terms],
        "method": list(reading.METHOD),
    }


def _participation(scores: pd.DataFrame, questionnaire: Questionnaire, given: Given) -> list[Table]:
    """By type and by nation where they are known, or one table of all authorities."""
    known = given.authorities
    kinds = [kind for kind in ("type", "nation") if known is not None and kind in known and known[kind].notna().any()]
    return [
        replace(
            sector_parts.participation(kind, scores, questionnaire, known, given.register),
            caption=f"Who took part, {KINDS[kind].lower()}",
        )
        for kind in kinds or ["type"]
    ]


def _annex(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, given: Given, imprint: Imprint) -> Value:
    profiles = sector_parts.profiles(frames["benchmarks"], questionnaire)
    groups = {narrative.group_label(group): profile for group, profile in profiles.items()}
    beside = sector_parts.beside_each_other(groups, questionnaire, "The middle authority of every group")
    record = {
        "Questionnaire": f"{questionnaire.code} {questionnaire.version}",
        "Release": imprint.release or "not given",
        "Method": imprint.method,
        **given.record,
    }
    return {
        "record": _table(Table("What this report was made from", ("", "Value"), tuple(record.items()))),
        "notes": [*technical_notes.counts(given.quality, questionnaire), *technical_notes.weights(frames["scores"])],
        "gates": _table(annex.gates(given.quality)),
        "tests": [
            _plain(table)
            for table in (
                annex.gates_by_dimension(given.quality, questionnaire),
                *annex.scales(frames, questionnaire),
                *(annex.items(frames[ITEM_ANALYSIS.name], questionnaire) if ITEM_ANALYSIS.name in frames else ()),
                annex.ordinal(given.quality, questionnaire),
                annex.representativeness(given.quality),
                *reliance_tables.tables(frames["scores"], given.quality, questionnaire, given.rules),
            )
        ],
        "settings": _plain(annex.settings(given.rules)),
        "groups": _table(beside),
        "questions": [_plain(table) for table in annex.questions(given.quality, questionnaire)],
    }


def _table(one: Table) -> Value:
    return letterhead.table(one)


def _plain(one: Table) -> Value:
    """A table of the annex: its shares are settings and counts, so no bars are drawn below them."""
    found = letterhead.table(one)
    return found | {"rows": [[{"words": cell, "share": None} for cell in row] for row in one.body]}
