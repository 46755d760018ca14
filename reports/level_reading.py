"""What is read where the dimensions move together: the level leads, and nothing is claimed between dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from reports import gates, narrative
from reports import profile as profiles
from reports.frames import PROFILE
from reports.gates import State
from reports.measures import OVERALL
from reports.narrative import Caption
from reports.profile import Row
from reports.quality import Json
from reports.say_do_reading import Apart
from reports.wording import BASE_LANGUAGE, text, whole


def together(quality: Mapping[str, Json]) -> bool:
    """Whether four dimensions were found to tell no more than one (methodology 2.6); not tested is no finding.

    >>> together({"gates": {"four_dimensions": {"state": "failed"}}}), together({})
    (True, False)
    """
    found = quality.get("gates")
    return isinstance(found, Mapping) and gates.state_of(found.get("four_dimensions")) == State.FAILED


def words(quality: Mapping[str, Json], language: str = BASE_LANGUAGE) -> str:
    """ "Read the level, not the shape", or nothing."""
    return text("evidence.together", language) if together(quality) else ""


def levelled(of: Caption, profile: pd.DataFrame, quality: Mapping[str, Json], *, name: str) -> Caption:
    """The caption of an authority's pictures: scores and middle authorities in place of how dimensions differ.

    As it is where the dimensions are distinct or this was not tested. A picture always has its figures in words.
    """
    if not together(quality):
        return of
    scores = narrative.themes_finding(profiles.rows(profile), name, of.language)
    return replace(of, sentence=f"{scores} {words(quality, of.language)}")


def noted(of: Caption, quality: Mapping[str, Json]) -> Caption:
    """The caption of a picture of the sector, with the sentence after its own."""
    return replace(of, sentence=f"{of.sentence} {words(quality, of.language)}") if together(quality) else of


def lead(overall: Row, name: str, language: str = BASE_LANGUAGE) -> str:
    """What page and report begin with: the overall beside the middle authority, and how to read it."""
    if overall.score is None:
        return f"{text('together.withheld', language, name=name)} {text('evidence.together', language)}"
    interval = narrative.interval_words(overall, language)
    score = (
        text("together.score", language, score=whole(overall.score), interval=interval)
        if interval
        else whole(overall.score)
    )
    beside = "" if overall.median is None else text("together.beside", language, median=whole(overall.median))
    sentence = text("together.lead", language, name=name, score=score, beside=beside)
    return f"{sentence} {text('evidence.together', language)}"


def plain(apart: Sequence[Apart], quality: Mapping[str, Json]) -> tuple[Apart, ...]:
    """Both sides of the self-assessment without what stands out dimension by dimension."""
    if not together(quality):
        return tuple(apart)
    return tuple(replace(one, gap=None, lower=None, upper=None, verdict=None) for one in apart)


def overall(scores: pd.DataFrame, benchmarks: pd.DataFrame, *, authority: str, peer_group: str) -> Row:
    """The overall of an authority beside a peer group, from published frames; it carries no verdict (methodology 6)."""
    own = scores[(scores["measure"] == OVERALL) & (scores["authority"] == authority)].to_dict("records")
    peers = benchmarks[(benchmarks["measure"] == OVERALL) & (benchmarks["peer_group"] == peer_group)].to_dict("records")
    record: dict[str, object] = {str(name): value for name, value in (own[0] if own else {}).items()}
    record |= {"measure": OVERALL, "title": "Overall"}
    if peers:
        record |= {name: peers[0][name] for name in ("median", "lower_quartile", "upper_quartile")}
        record["benchmark_n"] = peers[0]["n"]
    return profiles.rows(pd.DataFrame([record], columns=list(PROFILE.columns)))[0]
