"""The report of one authority as a tagged PDF: the same frames, sentences and pictures as its pages."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire
from reports import narrative
from reports.charts.dots import alternative, dots
from reports.charts.radar import radar
from reports.charts.say_do import say_do
from reports.documents import (
    authority_parts,
    brand,
    change_parts,
    finding_tables,
    inside_tables,
    letterhead,
    printed_parts,
    reading,
    say_do_parts,
    typesetting,
)
from reports.documents.authority_parts import Subject
from reports.documents.brand import Brand
from reports.documents.change_parts import Since
from reports.documents.imprint import Imprint
from reports.documents.inside_pictures import Drawn
from reports.documents.say_do_parts import Said
from reports.documents.typesetting import Value
from reports.peers import ALL
from reports.profile import Row, rows
from reports.wording import text, whole

TEMPLATE, KIND = "authority_report", "Report for one authority"
_FEWEST_AXES = 3


def authority(
    frames: Mapping[str, pd.DataFrame],
    questionnaire: Questionnaire,
    *,
    code: str,
    name: str,
    peer_group: str = ALL,
    imprint: Imprint,
    publisher: Brand | None = None,
    made: datetime | None = None,
) -> bytes:
    """The report of one authority beside a peer group, from the published frames by their names, as PDF/UA-1.

    `frames` needs scores, benchmarks and standings; group_scores, items and say_do add their parts where they are given.
    `publisher` is the brand, by default the one that ships; `made` the document's date, with its time zone.
    """
    seen = authority_parts.subject(frames, questionnaire, code=code, name=name, peer_group=peer_group, imprint=imprint)
    look, word = publisher or brand.default(), say_do_parts.said(seen, imprint)
    since, inner = change_parts.since(seen, imprint), authority_parts.inside_pictures(seen, imprint)
    data = {
        "letterhead": letterhead.letterhead(look, imprint, questionnaire, title=name, kind=KIND),
        "explained": letterhead.explained(),
        **_found(seen),
        "also": [{"title": title, "sentence": words} for title, words in printed_parts.also(seen, since, word)],
        **_compared(seen),
        **_measured(seen, word),
        "since": _since(since),
        "said": _said(word) if word else None,
        **_inside(seen, inner),
        "findings_title": finding_tables.TITLE,
        "findings": [letterhead.finding(one) for one in printed_parts.findings(seen)],
        "by_both": [letterhead.table(one) for one in authority_parts.by_both(seen)],
        "questions": [letterhead.table(one) for one in printed_parts.questions(seen)],
    }
    drawn = _pictures(seen) | _own_word(word) | {_inner(kind): one.draw("wide") for kind, one in inner.items()}
    return typesetting.pdf(TEMPLATE, data, pictures=letterhead.pictures(look) | drawn, made=made)


def _found(seen: Subject) -> dict[str, Value]:
    """Cover and first page: the finding in a sentence, the scores at a glance, who answered."""
    answered = narrative.answered(seen.profile)
    beside = narrative.counted_group(seen.profile, narrative.group_label(seen.peer_group))
    return {
        "finding": seen.lead,
        "answered": answered,
        "facts": [answered, f"Peers in this report: {beside}."],
        "shown": seen.shown,
        "indicative": narrative.indicative_note(seen.profile),
        "evidence": list(seen.evidence),
        "scores": letterhead.table(authority_parts.scores(seen)),
        "dots": _picture("dots", alternative(seen.profile, seen.caption)),
    }


def _compared(seen: Subject) -> dict[str, Value]:
    """The radar, and the verdicts beside other peer groups."""
    other = authority_parts.verdicts(seen)
    return {
        "radar": _picture("radar", seen.caption.sentence) if len(seen.rows) >= _FEWEST_AXES else None,
        "radar_words": reading.RADAR,
        "verdicts": letterhead.table(other) if other else None,
        "groups_words": reading.GROUPS,
    }


def _measured(seen: Subject, word: Said | None) -> dict[str, Value]:
    """The dimensions with the pictures of their themes, and all themes in one table."""
    measures = zip(seen.questionnaire.dimensions, seen.rows, strict=True)
    return {
        "parts": [_part(seen, dimension, row) for dimension, row in measures],
        "themes": [letterhead.table(one) for one in printed_parts.themes(seen, word)],
        "says": printed_parts.SAYS,
        "themes_words": [
            *((reading.LEANINGS,) if authority_parts.shown_leanings(seen) else ()),
            *((reading.THEMES_SINCE,) if change_parts.themes(seen) else ()),
        ],
    }


def _part(seen: Subject, dimension: Dimension, row: Row) -> dict[str, Value]:
    """One dimension: its score and verdict, and its themes as a picture."""
    themes = seen.themes_caption(dimension).sentence
    return {
        "title": str(dimension.title),
        "description": str(dimension.description or ""),
        **_glance(row),
        "picture": _picture(_name(dimension), themes) if dimension.themes else None,
    }


def _said(word: Said) -> dict[str, Value]:
    """The self-assessment beside what officers see."""
    return {
        "title": reading.SAID_TITLE,
        "words": reading.SAID,
        "verdict_words": reading.SAID_WORDS,
        "finding": word.caption.sentence,
        "picture": _picture("said", word.caption.sentence) if word.has_picture else None,
        "dimensions": letterhead.table(word.dimensions),
    }


def _since(found: Since | None) -> dict[str, Value] | None:
    """What changed since the earlier survey."""
    if found is None:
        return None
    return {
        "title": reading.CHANGE_TITLE,
        "words": reading.CHANGE,
        "finding": found.finding,
        "replaced": found.replaced,
        "table": letterhead.table(found.tables[0]) if found.tables else None,  # themes stand among all their figures
    }


def _own_word(word: Said | None) -> dict[str, bytes]:
    return {"said": say_do(word.apart, word.caption, size="narrow")} if word and word.has_picture else {}


def _inside(seen: Subject, inner: Mapping[str, Drawn]) -> dict[str, Value]:
    """Groups inside the authority, and whether they differ."""
    areas = inner.get(inside_tables.AREAS)
    groups = printed_parts.groups(seen, areas.table if areas else None)
    return {
        "inside": [letterhead.table(one) for one in groups.tables],
        "inside_hidden": groups.hidden,
        "inside_words": f"{reading.INSIDE} {reading.INSIDE_DRAWN}" if areas and areas.table else reading.INSIDE,
        "inside_found": _inside_found(seen, inner),
        "areas_words": reading.AREAS if areas and areas.table else "",
        "inside_tested": " ".join(reading.INSIDE_TESTED),
    }


def _inside_found(seen: Subject, inner: Mapping[str, Drawn]) -> list[Value]:
    """Whether service areas differ and tiers see things differently: each a sentence, its picture and its table."""
    return [
        {
            "kind": one.kind,
            "sentence": one.sentence,
            "table": letterhead.table(one.table),
            "picture": _picture(_inner(one.kind), inner[one.kind].caption.sentence) if one.kind in inner else None,
        }
        for one in authority_parts.inside_findings(seen)
    ]


def _inner(kind: str) -> str:
    return f"inside-{kind}"


def _glance(row: Row) -> dict[str, Value]:
    """One score at a glance, never without its interval and its verdict; of what is withheld, that it is."""
    if row.score is None:
        return {"score": "", "verdict": text("finding.withheld", measures=narrative.in_sentence(row.title))}
    interval = narrative.interval_words(row)
    score = f"{whole(row.score)} ({interval})" if interval else whole(row.score)
    return {"score": score, "verdict": narrative.verdict_word(row)}


def _pictures(seen: Subject) -> dict[str, bytes]:
    """The same pictures as on the pages, drawn for the width of a sheet."""
    if not seen.shown:
        return {}
    drawn = {"dots": dots(seen.profile, seen.caption)}
    if len(rows(seen.profile)) >= _FEWEST_AXES:
        drawn["radar"] = radar(seen.profile, seen.caption, size="narrow")
    for dimension in seen.questionnaire.dimensions:
        if dimension.themes:
            drawn[_name(dimension)] = dots(seen.themes[dimension.code], seen.themes_caption(dimension), size="narrow")
    return drawn


def _picture(name: str, sentence: str) -> dict[str, Value]:
    return {"name": name, "sentence": sentence}


def _name(dimension: Dimension) -> str:
    return f"themes-{dimension.code.replace('_', '-')}"
