"""What is read of service areas that lie apart and of gaps between tiers: plain rows, and the sentences about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from questionnaires.definition import Questionnaire
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, in_sentence
from reports.profile import number
from reports.wording import BASE_LANGUAGE, enumeration, text, whole

FRAMES = ("divergence", "tier_gaps", "elected_gaps")
_SAID = (ABOVE, BELOW, SIMILAR, CANNOT_TELL)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the service areas of an authority lie apart on one dimension; None is "not shown" or "not known".

    `distance` is the standard deviation between them in points; `share` with its bounds that of all differences between
    officers that lies between service areas, 0 to 1.
    """

    measure: str
    title: str
    service_areas: int | None
    n: int | None
    distance: float | None
    share: float | None
    lower: float | None
    upper: float | None

    @property
    def detected(self) -> bool | None:
        """Whether service areas differ beyond chance; None where that is not shown or cannot be told."""
        return None if self.distance is None or self.lower is None else self.lower > 0.0


@dataclass(frozen=True, slots=True)
class Gap:
    """How far one group scores above another on one dimension; `upper_name` and `lower_name` are words for the key."""

    measure: str
    title: str
    upper_name: str
    lower_name: str
    gap: float | None
    lower: float | None
    upper: float | None
    n_upper: int | None
    n_lower: int | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Inside:
    """What is found inside one authority, a row a dimension in each; no rows where nothing of the kind was asked."""

    spreads: tuple[Spread, ...]
    tiers: tuple[Gap, ...]
    elected: tuple[Gap, ...]


def inside(frames: Mapping[str, pd.DataFrame], questionnaire: Questionnaire, *, authority: str) -> Inside:
    """The dimensions of one authority from the published frames DIVERGENCE, TIER_GAPS and ELECTED_GAPS.

    A frame that is not there, or has nothing to show of the authority, gives no rows.
    """
    spreads = tuple(_spread(title, row) for title, row in _rows(frames, "divergence", questionnaire, authority))
    tiers = tuple(_gap(title, row, "tier") for title, row in _rows(frames, "tier_gaps", questionnaire, authority))
    elected = tuple(
        _gap(title, row, "elected") for title, row in _rows(frames, "elected_gaps", questionnaire, authority)
    )
    return Inside(
        spreads if any(one.distance is not None for one in spreads) else (),
        tiers if any(one.gap is not None for one in tiers) else (),
        elected if any(one.gap is not None for one in elected) else (),
    )


def divergence_finding(spreads: Sequence[Spread], name: str, language: str = BASE_LANGUAGE) -> str:
    """On which dimensions the service areas differ, and on which nothing of the kind can be detected.

    What cannot be detected is never called the same.
    """
    differ = [
        text("divergence.distance", language, measure=in_sentence(one.title), points=whole(one.distance))
        for one in spreads
        if one.detected and one.distance is not None
    ]
    alike = [in_sentence(one.title) for one in spreads if one.detected is False]
    hidden = [in_sentence(one.title) for one in spreads if one.detected is None]
    found = (("found", differ), ("none", alike), ("not_shown", hidden))
    return " ".join(
        text(f"divergence.{key}", language, name=name, measures=enumeration(parts, language))
        for key, parts in found
        if parts
    )


def gap_finding(gaps: Sequence[Gap], language: str = BASE_LANGUAGE) -> str:
    """How two groups differ, a sentence for each verdict and for what is not shown; never more than the verdict says."""
    sentences = []
    for pair in dict.fromkeys((one.upper_name, one.lower_name) for one in gaps if one.gap is not None):
        own = [one for one in gaps if (one.upper_name, one.lower_name) == pair and one.gap is not None]
        for verdict in _SAID:
            chosen = [_measured(one, verdict, language) for one in own if one.verdict == verdict]
            if chosen:
                sentences.append(_sentence(verdict, pair, chosen, language))
    hidden = [in_sentence(one.title) for one in gaps if one.gap is None]
    if hidden:
        sentences.append(text("gap.not_shown", language, measures=enumeration(hidden, language)))
    return " ".join(sentences)


def group_words(name: str, language: str = BASE_LANGUAGE) -> str:
    """A group that is compared, in words.

    >>> group_words("senior"), group_words("together")
    ('senior leaders', 'senior leaders and managers')
    """
    return text(f"gap_group.{name}", language)


def spread_word(one: Spread, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the figures of a divergence."""
    if one.distance is None:
        return text("note.not_shown", language)
    key = {True: "differ", False: "undetected", None: "unknown"}[one.detected]
    return text(f"divergence.word_{key}", language)


def gap_word(one: Gap, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the figures of a gap."""
    if one.gap is None:
        return text("note.not_shown", language)
    upper = group_words(one.upper_name, language)
    return text(f"gap.word_{one.verdict or CANNOT_TELL}", language, upper=upper)


def _sentence(verdict: str, pair: tuple[str, str], measures: Sequence[str], language: str) -> str:
    upper, lower = (group_words(one, language) for one in pair)
    words = text(f"gap.{verdict}", language, upper=upper, lower=lower, measures=enumeration(measures, language))
    return words[:1].upper() + words[1:]


def _measured(one: Gap, verdict: str, language: str) -> str:
    title = in_sentence(one.title)
    if verdict in (ABOVE, BELOW) and one.gap is not None:
        return text("gap.by", language, measure=title, points=whole(abs(one.gap)))
    return title


def _rows(
    frames: Mapping[str, pd.DataFrame], name: str, questionnaire: Questionnaire, authority: str
) -> list[tuple[tuple[str, str], Mapping[str, object]]]:
    """(code, title) and row of each dimension; a row with a reason is empty, whatever it holds."""
    frame = frames.get(name)
    if frame is None:
        return []
    mine = frame[(frame["authority"] == authority) & frame["reason"].isna()]
    found = {str(row["measure"]): {str(key): value for key, value in row.items()} for row in mine.to_dict("records")}
    return [((one.code, str(one.title)), found.get(one.code, {})) for one in questionnaire.dimensions]


def _spread(named: tuple[str, str], row: Mapping[str, object]) -> Spread:
    share, lower, upper = (number(row.get(key)) for key in ("icc1", "icc1_lower", "icc1_upper"))
    return Spread(
        *named, _count(row, "service_areas"), _count(row, "n"), number(row.get("sd_between")), share, lower, upper
    )


def _gap(named: tuple[str, str], row: Mapping[str, object], kind: str) -> Gap:
    upper = "elected" if kind == "elected" else "together" if row.get("with_managers") is True else "senior"
    verdict = row.get("verdict")
    return Gap(
        *named,
        upper,
        "officers" if kind == "elected" else "frontline",
        number(row.get("gap")),
        number(row.get("lower")),
        number(row.get("upper")),
        _count(row, "n_upper"),
        _count(row, "n_lower"),
        verdict if isinstance(verdict, str) and verdict else None,
    )


def _count(row: Mapping[str, object], name: str) -> int | None:
    found = number(row.get(name))
    return None if found is None else int(found)
