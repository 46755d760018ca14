"""The sentences that say what a picture and a table show, from the same numbers; never more than the verdict says."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from reports import wording
from reports.profile import Row, rows
from reports.wording import BASE_LANGUAGE, enumeration, text, whole

ABOVE, SIMILAR, BELOW, CANNOT_TELL = "ABOVE", "SIMILAR", "BELOW", "CANNOT_TELL"
RATE_FROM = 50  # methodology 10.6: below this many invited, a response rate is shown in steps of five


@dataclass(frozen=True, slots=True)
class Caption:
    """The words that go with a picture: heading drawn on top, sentence as its description, line drawn at the foot.

    `own` says in the key what the dots are, `peers` what the grey bars are the middle half of.
    """

    heading: str
    sentence: str
    own: str
    peers: str
    line: str
    language: str = BASE_LANGUAGE
    demonstration: bool = False


@dataclass(frozen=True, slots=True)
class Foot:
    """What stands at the foot of a picture: release, method, and whether the data are made up."""

    release: str | None = None
    method: str = "1"
    demonstration: bool = False

    @property
    def line(self) -> str:
        return stamp(self.release, self.method)


def caption(
    profile: pd.DataFrame,
    *,
    name: str,
    peer_group: str,
    release: str | None = None,
    method: str = "1",
    language: str = BASE_LANGUAGE,
    demonstration: bool = False,
) -> Caption:
    """The caption of an authority's picture beside a peer group."""
    label = group_label(peer_group, language)
    compared = any(row.median is not None for row in rows(profile))
    return Caption(
        heading=text("picture.heading" if compared else "picture.heading_alone", language, name=name),
        sentence=finding(profile, name, label, language),
        own=text("picture.own", language, name=name),
        peers=counted_group(profile, label, language),
        line=caption_line(profile, release=release, method=method, language=language),
        language=language,
        demonstration=demonstration,
    )


def themes_caption(of: Caption, themes: pd.DataFrame, *, name: str, title: str) -> Caption:
    """The caption of a picture of one dimension's themes, from the caption of the picture of the dimensions.

    Themes carry no verdict, so the sentence gives scores and middle authorities only.
    """
    heading = text("picture.themes_heading", of.language, name=name, measure=in_sentence(title))
    return replace(of, heading=heading, sentence=themes_finding(rows(themes), name, of.language))


def sector_caption(
    profile: pd.DataFrame,
    *,
    peer_group: str,
    release: str | None = None,
    method: str = "1",
    language: str = BASE_LANGUAGE,
    demonstration: bool = False,
) -> Caption:
    """The caption of a picture whose scores are the medians of a group of authorities."""
    label = group_label(peer_group, language)
    counts = [row.n for row in rows(profile) if row.n is not None]
    parts = [text("answered.authorities", language, n=_span(counts, language))] if counts else []
    return Caption(
        heading=text("picture.sector_heading", language, group=label),
        sentence=sector_finding(profile, label, language),
        own=_sector_key([profile], language),
        peers=counted_group(profile, label, language),
        line=" ".join([*parts, stamp(release, method, language)]),
        language=language,
        demonstration=demonstration,
    )


def multiples_caption(
    profiles: Mapping[str, pd.DataFrame],
    *,
    release: str | None = None,
    method: str = "1",
    language: str = BASE_LANGUAGE,
    demonstration: bool = False,
) -> Caption:
    """The caption of small multiples: one sector profile a group, by the group's label."""
    return Caption(
        heading=text("picture.multiples_heading", language),
        sentence=multiples_finding(profiles, language),
        own=_sector_key(list(profiles.values()), language),
        peers=text("picture.the_group", language),
        line=stamp(release, method, language),
        language=language,
        demonstration=demonstration,
    )


# What was found


def finding(profile: pd.DataFrame, name: str, group_label: str, language: str = BASE_LANGUAGE) -> str:
    """How an authority stands beside its peers, in one or a few short sentences.

    ABOVE, BELOW and SIMILAR go into the first sentence; measures with too few answers, without a comparison or not
    shown each get their own. A verdict whose reliability is low or not yet tested is called indicative.
    """
    shown = [row for row in rows(profile) if row.score is not None]
    withheld = [row for row in rows(profile) if row.score is None]
    judged = [row for row in shown if row.verdict is not None]
    unjudged = [row for row in shown if row.verdict is None]
    if not shown:
        return text("finding.withheld_all", language, name=name)
    if not judged:
        scores = text("finding.scores", language, name=name, measures=_scores(shown, language))
        return " ".join([scores, *_said("withheld", withheld, language)])
    told = [row for row in judged if row.verdict != CANNOT_TELL]
    untold = [row for row in judged if row.verdict == CANNOT_TELL]
    sentences = [_told(told, len(shown) + len(withheld), name, group_label, language)] if told else []
    if untold and not told:
        sentences.append(text("finding.cannot_tell_all", language, name=name, group=group_label))
    else:
        sentences += _said("cannot_tell", untold, language)
    sentences += _said("no_comparison", unjudged, language) + _said("withheld", withheld, language)
    return " ".join([*sentences, *_indicative(told, language)])


def themes_finding(themes: Sequence[Row], name: str, language: str = BASE_LANGUAGE) -> str:
    """What an authority scores on the themes of a dimension, each beside the middle authority."""
    shown = [row for row in themes if row.score is not None]
    withheld = [row for row in themes if row.score is None]
    parts = [_theme(row, language) for row in shown]
    sentences = [text("finding.themes", language, name=name, measures=enumeration(parts, language))] if parts else []
    return " ".join([*sentences, *_said("withheld", withheld, language)])


def sector_finding(profile: pd.DataFrame, group_label: str, language: str = BASE_LANGUAGE) -> str:
    """What the middle authority of a group scores."""
    shown = [row for row in rows(profile) if row.score is not None]
    withheld = [row for row in rows(profile) if row.score is None]
    if not shown:
        return text("finding.sector_withheld_all", language, group=group_label)
    sentence = text("finding.sector", language, group=group_label, measures=_scores(shown, language))
    return " ".join([sentence, *_said("withheld", withheld, language)])


def multiples_finding(profiles: Mapping[str, pd.DataFrame], language: str = BASE_LANGUAGE) -> str:
    """What the middle authority of each of several groups scores; the keys are the groups' labels."""
    sentences = []
    for label, profile in profiles.items():
        shown = [row for row in rows(profile) if row.score is not None]
        withheld = [row for row in rows(profile) if row.score is None]
        measures = _scores(shown, language) if shown else text("note.not_shown", language)
        sentences.append(text("finding.sector_group", language, group=first_upper(label), measures=measures))
        sentences += _said("withheld", withheld, language) if shown else []
    return " ".join(sentences)


def verdict_word(row: Row, language: str = BASE_LANGUAGE) -> str:
    """What stands beside a score: the verdict in words, "no comparison", or "not shown"."""
    if row.score is None:
        return text("note.not_shown", language)
    return text(f"verdict.{row.verdict}" if row.verdict else "verdict.none", language)


def indicative_note(profile: pd.DataFrame, language: str = BASE_LANGUAGE) -> str:
    """Why the comparison is only indicative, or nothing where it is not."""
    marked = [row for row in rows(profile) if row.indicative and row.verdict not in (None, CANNOT_TELL)]
    if not marked:
        return ""
    untested = any(row.reliability is None for row in marked)
    return text("note.indicative_untested" if untested else "note.indicative_low", language)


def refusal(language: str = BASE_LANGUAGE) -> str:
    """The one message for everything withheld, whichever rule withheld it (methodology 10, rule 14)."""
    return text("note.refusal", language)


# What stands under the numbers


def caption_line(profile: pd.DataFrame, *, release: str | None, method: str, language: str = BASE_LANGUAGE) -> str:
    """Who answered, the release and the method: "84 of 131 invited officers answered (64 %). Release 1, method 1."."""
    return " ".join([answered(profile, language), stamp(release, method, language)])


def stamp(release: str | None, method: str, language: str = BASE_LANGUAGE) -> str:
    """By which version of the method a figure was computed, and of which release it is, where it is of one.

    >>> stamp("2026.1", "1"), stamp(None, "1")
    ('Release 2026.1, method 1.', 'Method 1.')
    """
    if release is None:
        return text("answered.method", language, method=method)
    return text("answered.release", language, release=release, method=method)


def answered(profile: pd.DataFrame, language: str = BASE_LANGUAGE) -> str:
    """How many answered of how many invited; a range where the measures differ; no exact rate below 50 invited."""
    shown = [row for row in rows(profile) if row.n is not None]
    if not shown:
        return text("answered.none", language)
    counts = [row.n for row in shown if row.n is not None]
    invited = next((row.invited for row in shown if row.invited is not None), None)
    if invited is None:
        return text("answered.unknown", language, n=_span(counts, language))
    if max(counts) > invited:
        return text("answered.impossible", language, n=_span(counts, language))
    if invited < RATE_FROM:
        return text(
            "answered.small", language, n=_span(counts, language), rate=response_rate(max(counts), invited, language)
        )
    if min(counts) == invited:
        return text("answered.everybody", language, invited=invited)
    rates = sorted({response_rate(count, invited, language) for count in (min(counts), max(counts))})
    rate = rates[0] if len(rates) == 1 else wording.percent(min(counts) / invited, language, form="about_percent")
    return text("answered.of_known", language, n=_span(counts, language), invited=invited, rate=rate)


def response_rate(n: int, invited: int, language: str = BASE_LANGUAGE) -> str:
    """The response rate in words: whole per cent, or below 50 invited the nearest 5 % and "95 % or more".

    >>> [response_rate(n, invited).replace("\\u00a0", " ") for n, invited in ((84, 131), (33, 40), (38, 40))]
    ['64 %', 'about 85 %', '95 % or more']
    """
    if invited >= RATE_FROM:
        return wording.percent(n / invited, language)
    stepped = 5 * math.floor(20 * n / invited + 0.5)
    if stepped >= 95:
        return text("answered.nearly_all", language)
    return text("answered.about_percent", language, percent=stepped)


def interval_words(row: Row, language: str = BASE_LANGUAGE) -> str:
    """The bounds of a score in words: "57 to 67"; nothing where there are none."""
    if row.lower is None or row.upper is None:
        return ""
    return text("answered.range", language, low=whole(row.lower), high=whole(row.upper))


# Names of things


def group_label(peer_group: str, language: str = BASE_LANGUAGE, labels: Mapping[str, str] | None = None) -> str:
    """A peer group's code in words; `labels` (code to words) come first.

    >>> group_label("all"), group_label("nation:Wales"), group_label("type:unitary")
    ('all authorities', 'authorities in Wales', 'unitary authorities')
    """
    if labels and peer_group in labels:
        return labels[peer_group]
    kind, _, value = peer_group.partition(":")
    if kind == "type_rurality":
        return _type_and_rurality(value, language)
    known = f"group_{kind}.{value.lower().replace(' ', '_')}"
    if wording.has(known):
        return text(known, language)
    value = value.replace("_", " ")
    return text(f"group.{kind}" if wording.has(f"group.{kind}") else "group.other", language, value=value or kind)


def _type_and_rurality(value: str, language: str) -> str:
    """Two attributes in words: "district councils – sparse and rural"; a comma would make two of it in a list."""
    of_type, _, rurality = value.partition(", ")
    word = f"group_rurality.{rurality.lower().replace(' ', '_')}"
    described = text(word, language) if wording.has(word) else rurality.lower()
    return f"{group_label(f'type:{of_type}', language)} – {described}"


def counted_group(profile: pd.DataFrame, label: str, language: str = BASE_LANGUAGE) -> str:
    """The peer group with how many authorities it has: "23 unitary authorities"."""
    counts = [row.benchmark_n for row in rows(profile) if row.benchmark_n is not None]
    if not counts:
        return label
    label = label.removeprefix("all ") if language == BASE_LANGUAGE else label
    return text("group.counted", language, count=_span(counts, language), group=label)


def level(score: float) -> int:
    """The level 1 to 5 nearest to a score: levels stand at 0, 25, 50, 75 and 100 on the 0 to 100 scale.

    A score half way between two levels belongs to the higher one.

    >>> [level(score) for score in (0.0, 12.4, 12.5, 50.0, 87.5, 100.0)]
    [1, 1, 2, 3, 5, 5]
    """
    return 1 + math.floor(score / 25 + 0.5)


def level_name(number: int, language: str = BASE_LANGUAGE) -> str:
    return text(f"level.{number}", language)


def in_sentence(title: str) -> str:
    """A title as it stands inside a sentence: small first letter, unless it begins with an abbreviation.

    One with a comma has quotation marks, so that it is one thing in a list of several.

    >>> in_sentence("Digital mindset"), in_sentence("IT skills"), in_sentence("Leading, not only managing")
    ('digital mindset', 'IT skills', '“leading, not only managing”')
    """
    words = title if title[1:2].isupper() or title[1:2] == "." else title[:1].lower() + title[1:]
    return f"“{words}”" if "," in words else words


def first_upper(label: str) -> str:
    return label[:1].upper() + label[1:]


# Pieces of sentences


def _told(told: Sequence[Row], total: int, name: str, group_label: str, language: str) -> str:
    clauses: list[str] = []
    for verdict in (ABOVE, BELOW, SIMILAR):
        chosen = [row for row in told if row.verdict == verdict]
        if not chosen:
            continue
        place = "next" if clauses else "first"
        measures = _measures(chosen, told, total, language)
        clauses.append(text(f"finding.{verdict}_{place}", language, group=group_label, measures=measures))
    return text("finding.sentence", language, name=name, clauses=enumeration(clauses, language))


def _measures(chosen: Sequence[Row], told: Sequence[Row], total: int, language: str) -> str:
    count = len(chosen)
    words = {"count": wording.number(count, language), "digits": count}
    if count == total and count > 1:
        return text("finding.all", language, **words)
    if count > 1 and chosen[0].verdict == SIMILAR and len(told) == total:
        return text("finding.others", language, **words)
    return _titles(chosen, language)


def _said(key: str, chosen: Sequence[Row], language: str) -> list[str]:
    return [text(f"finding.{key}", language, measures=_titles(chosen, language))] if chosen else []


def _indicative(told: Sequence[Row], language: str) -> list[str]:
    marked = [row for row in told if row.indicative]
    if not marked:
        return []
    if len(marked) == len(told):
        return [text("finding.indicative", language)]
    return [text("finding.indicative_some", language, measures=_titles(marked, language))]


def _titles(chosen: Sequence[Row], language: str) -> str:
    return enumeration([in_sentence(row.title) for row in chosen], language)


def _scores(shown: Sequence[Row], language: str) -> str:
    parts = [
        text("finding.score", language, score=whole(row.score), measure=in_sentence(row.title))
        for row in shown
        if row.score is not None
    ]
    return enumeration(parts, language)


def _theme(row: Row, language: str) -> str:
    score, measure = whole(row.score or 0), in_sentence(row.title)
    if row.median is None:
        return text("finding.theme", language, score=score, measure=measure)
    return text("finding.theme_beside", language, score=score, measure=measure, median=whole(row.median))


def _sector_key(profiles: Sequence[pd.DataFrame], language: str) -> str:
    bounded = any(row.lower is not None for profile in profiles for row in rows(profile))
    return text("picture.own_sector" if bounded else "picture.own_sector_plain", language)


def _span(counts: Sequence[int], language: str) -> str:
    low, high = min(counts), max(counts)
    return str(low) if low == high else text("answered.range", language, low=low, high=high)
