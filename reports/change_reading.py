"""What is read of change since an earlier wave: rows, the sentence, the caption of the picture, the sector's counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd

from questionnaires.definition import Dimension, Questionnaire, Theme
from reports.disclosure.reasons import Reason
from reports.frames import BENCHMARKS_RESTATED
from reports.narrative import ABOVE, BELOW, CANNOT_TELL, SIMILAR, Caption, in_sentence
from reports.peers import ALL
from reports.profile import number
from reports.restated import AFTER, BEFORE
from reports.wording import BASE_LANGUAGE, enumeration, signed, text, whole

BROKEN, COMMON = "broken", "common"
_SAID = (ABOVE, BELOW, SIMILAR, CANNOT_TELL)
_FIGURES = ("before", "after", "change", "lower", "upper")


@dataclass(frozen=True, slots=True)
class Changed:
    """One measure in two waves on common items; None is "not shown", never 0. Points of the 0 to 100 scale.

    `middle_before` and `middle_after` are the middle authority of those of a peer group that are in both waves. `absent`
    says that the authority has no answers in the earlier wave.
    """

    measure: str
    title: str
    series: str
    common_items: int
    before: float | None
    after: float | None
    change: float | None
    lower: float | None
    upper: float | None
    n_before: int | None
    n_after: int | None
    verdict: str | None
    middle_before: float | None
    middle_after: float | None
    absent: bool
    tested: bool

    @property
    def is_broken(self) -> bool:
        return self.series == BROKEN


@dataclass(frozen=True, slots=True)
class SectorChanged:
    """One dimension over the sector: how many authorities improved, declined, or show no detectable change."""

    title: str
    series: str
    n: int | None
    above: int | None
    below: int | None
    rest: int | None
    middle_before: float | None
    middle_after: float | None


def rows(
    change: pd.DataFrame,
    restated: pd.DataFrame,
    measures: Sequence[Dimension] | Sequence[Theme],
    *,
    authority: str,
    peer_group: str = ALL,
) -> tuple[Changed, ...]:
    """The measures of one authority from the published frames CHANGE and BENCHMARKS_RESTATED; no rows without change.

    The middle authority is that of a peer group.
    """
    mine = {str(row["measure"]): row for row in _records(change[change["authority"] == authority])}
    middles = middle(restated, peer_group)
    return tuple(_changed(one, mine[one.code], middles) for one in measures if one.code in mine)


def middle(restated: pd.DataFrame, peer_group: str = ALL) -> dict[tuple[str, str], float | None]:
    """The restated medians of a peer group by measure and `before` or `after`; None where they are withheld."""
    found = _records(restated[restated["peer_group"] == peer_group])
    return {
        (str(row["measure"]), str(row["restated_for"])): None if _is_withheld(row) else number(row["median"])
        for row in found
    }


def restates(restated: pd.DataFrame, peer_group: str, measures: Sequence[Dimension]) -> bool:
    """Whether a peer group has a middle authority of both waves on any of these measures."""
    found = middle(restated, peer_group)
    return any(None not in (found.get((one.code, BEFORE)), found.get((one.code, AFTER))) for one in measures)


def finding(changed: Sequence[Changed], name: str, language: str = BASE_LANGUAGE) -> str:
    """What can be said of an authority since last time, a sentence for each verdict; never more than the verdict says."""
    if changed and all(one.absent for one in changed):
        return text("change.not_before", language, name=name)
    sentences = []
    shown = [one for one in changed if one.change is not None]
    for verdict in _SAID:
        chosen = [_measured(one, language) for one in shown if (one.verdict or CANNOT_TELL) == verdict]
        if chosen:
            words = enumeration(chosen, language)
            sentences.append(text(f"change.{verdict}", language, name=name, measures=words))
    broken = [one for one in changed if one.is_broken]
    hidden = [one for one in changed if one.change is None and not one.is_broken]
    for key, some in (("broken", broken), ("withheld", hidden)):
        if some:
            words = enumeration([in_sentence(one.title) for one in some], language)
            sentences.append(text(f"change.{key}", language, measures=words))
    return " ".join(sentences)


def since(
    change: pd.DataFrame, questionnaire: Questionnaire, *, authority: str, name: str, language: str = BASE_LANGUAGE
) -> str:
    """The finding of an authority for another page than its own; nothing where there is no earlier wave."""
    changed = rows(change, BENCHMARKS_RESTATED.empty(), questionnaire.dimensions, authority=authority)
    return finding(changed, name, language) if changed else ""


def replaced(change: pd.DataFrame, names: Mapping[str, str], *, authority: str, language: str = BASE_LANGUAGE) -> str:
    """Whom an authority is compared with, where it replaced others; nothing elsewhere. `names` are by code."""
    codes = predecessors(change, authority=authority)
    others = [names.get(code, code) for code in codes if code != authority]
    if not others:
        return ""
    key = "joined" if authority in codes else "replaced" if len(others) > 1 else "replaced_one"
    name = names.get(authority, authority)
    return text(f"change.{key}", language, name=name, names=enumeration(others, language))


def predecessors(change: pd.DataFrame, *, authority: str) -> tuple[str, ...]:
    """The codes of those that an authority is compared with, where that is not itself alone."""
    mine = change[change["authority"] == authority]["predecessors"].dropna()
    return tuple(str(mine.iloc[0]).split()) if len(mine) else ()


def caption(changed: Sequence[Changed], of: Caption, *, name: str, previous: str | None = None) -> Caption:
    """The caption of the dots with hollow ones for last time, from the caption `of` the picture without them.

    `previous` is the release of the earlier wave.
    """
    compared = [text("change.compared", of.language, release=previous)] if previous else []
    return replace(
        of,
        heading=text("change.heading", of.language, name=name),
        sentence=finding(changed, name, of.language),
        line=" ".join([text("change.line", of.language), *compared, of.line]),
    )


def verdict_word(one: Changed, language: str = BASE_LANGUAGE) -> str:
    """What stands beside the figures: the verdict in words; of a broken series that it is broken."""
    if one.is_broken:
        return text("change.series_broken", language)
    if one.change is None:
        return text("note.not_shown", language)
    return text(f"change.verdict_{(one.verdict or CANNOT_TELL) if one.tested else 'none'}", language)


def series_words(one: Changed, language: str = BASE_LANGUAGE) -> str:
    """How the series goes on, in words.

    >>> text("change.series_common", count=4)
    '4 questions are the same'
    """
    return text(f"change.series_{one.series}", language, count=one.common_items)


def points(value: float | None) -> str:
    """A difference in points, with its sign; nothing where there is none."""
    return "" if value is None else signed(value)


def interval_words(one: Changed, language: str = BASE_LANGUAGE) -> str:
    """The bounds of a change: "+2 to +9"; nothing where there are none."""
    if one.change is None or one.lower is None or one.upper is None:
        return ""
    return text("answered.range", language, low=signed(one.lower), high=signed(one.upper))


def sector_rows(
    sector: pd.DataFrame, restated: pd.DataFrame, questionnaire: Questionnaire
) -> tuple[SectorChanged, ...]:
    """The dimensions over the sector, from the published frames SECTOR_CHANGE and BENCHMARKS_RESTATED."""
    found = {str(row["measure"]): row for row in _records(sector)}
    middles = middle(restated)
    return tuple(_of_sector(one, found[one.code], middles) for one in questionnaire.dimensions if one.code in found)


def sector_finding(changed: Sequence[SectorChanged], language: str = BASE_LANGUAGE) -> str:
    """How many authorities improved, declined or show no detectable change, a sentence a dimension."""
    sentences = []
    for one in changed:
        measure = in_sentence(one.title)
        if one.series == BROKEN:
            sentences.append(text("change.sector_broken", language, measure=measure))
        elif one.n is not None and one.above is not None:
            counts = {"n": one.n, "above": one.above, "below": one.below, "rest": one.rest}
            sentences.append(text("change.sector", language, measure=measure, **counts))
    return " ".join(sentences)


def new_items(quality: Mapping[str, object], questionnaire: Questionnaire, language: str = BASE_LANGUAGE) -> str:
    """Which questions are shown and do not count in scores yet, in their words; nothing where all count."""
    earlier = quality.get("earlier_wave")
    codes = earlier.get("new_items") if isinstance(earlier, Mapping) else None
    if not isinstance(codes, list):
        return ""
    asked = [f"“{str(questionnaire.items[code].text).rstrip('.')}”" for code in codes if code in questionnaire.items]
    return text("change.new_items", language, items=enumeration(asked, language)) if asked else ""


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): cell for name, cell in row.items()} for row in frame.to_dict("records")]


def _is_withheld(row: Mapping[str, object]) -> bool:
    reason = row.get("reason")
    return isinstance(reason, str) and reason not in ("", Reason.TOO_FEW_FOR_QUARTILES)


def _measured(one: Changed, language: str) -> str:
    title = in_sentence(one.title)
    if one.verdict in (ABOVE, BELOW) and one.change is not None:
        return text("change.by", language, measure=title, points=whole(abs(one.change)))
    return title


def _changed(
    measure: Dimension | Theme, row: Mapping[str, object], middles: Mapping[tuple[str, str], float | None]
) -> Changed:
    shown = {} if _is_withheld(row) else row
    before, after, change, lower, upper = (number(shown.get(name)) for name in _FIGURES)
    verdict = shown.get("verdict")
    return Changed(
        measure.code,
        str(measure.title),
        str(row["series"]),
        int(number(row["common_items"]) or 0),
        before=before,
        after=after,
        change=change,
        lower=lower,
        upper=upper,
        n_before=_count(shown.get("n_before")),
        n_after=_count(shown.get("n_after")),
        verdict=verdict if isinstance(verdict, str) else None,
        middle_before=middles.get((measure.code, BEFORE)),
        middle_after=middles.get((measure.code, AFTER)),
        absent=row.get("reason") == Reason.NOT_BEFORE,
        tested=isinstance(measure, Dimension),
    )


def _of_sector(
    measure: Dimension, row: Mapping[str, object], middles: Mapping[tuple[str, str], float | None]
) -> SectorChanged:
    shown = {} if _is_withheld(row) else row
    n, above, below = (_count(shown.get(name)) for name in ("n", "above", "below"))
    rest = None if n is None or above is None or below is None else n - above - below
    both = (middles.get((measure.code, word)) for word in (BEFORE, AFTER))
    return SectorChanged(str(measure.title), str(row["series"]), n, above, below, rest, *both)


def _count(value: object) -> int | None:
    found = number(value)
    return None if found is None else int(found)
