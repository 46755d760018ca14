"""Does a verdict hang on which authorities one is compared with? Every peer group of the menu in one sentence."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from questionnaires.definition import Questionnaire
from reports import narrative
from reports.narrative import group_label, in_sentence
from reports.wording import BASE_LANGUAGE, enumeration, text

_ORDER = (narrative.ABOVE, narrative.SIMILAR, narrative.BELOW, narrative.CANNOT_TELL)


def sentences(
    standings: pd.DataFrame, questionnaire: Questionnaire, *, authority: str, language: str = BASE_LANGUAGE
) -> tuple[str, ...]:
    """One sentence on the verdicts of an authority under every peer group of the menu, or none.

    From the published frame STANDINGS with all groups of the authority. A group without a verdict on any dimension is
    too small and is not named; with fewer than two groups that have one there is nothing to be sensitive to. A
    dimension on which one group has a verdict and another has none is compared over those that have one. Methodology 6.
    """
    own = standings[(standings["authority"] == authority) & standings["reason"].isna() & standings["verdict"].notna()]
    groups = [str(group) for group in own["peer_group"].drop_duplicates()]
    if len(groups) < 2:
        return ()
    changing = [
        (str(dimension.title), found)
        for dimension in questionnaire.dimensions
        if len(found := _by_verdict(own[own["measure"] == dimension.code])) > 1
    ]
    labels = enumeration([group_label(group, language) for group in groups], language)
    if not changing:
        return (text("sensitivity.same", language, groups=labels),)
    measures = "; ".join(_of_measure(title, found, language) for title, found in changing)
    return (text("sensitivity.differs", language, measures=measures),)


def _by_verdict(rows: pd.DataFrame) -> dict[str, list[str]]:
    """The groups under each verdict, in the order of verdicts and then of the menu."""
    pairs = list(zip(rows["verdict"].astype(str), rows["peer_group"].astype(str), strict=True))
    found = {verdict: [group for given, group in pairs if given == verdict] for verdict in _ORDER}
    return {verdict: those for verdict, those in found.items() if those}


def _of_measure(title: str, found: dict[str, list[str]], language: str) -> str:
    parts = [
        text(f"sensitivity.{verdict}", language, groups=_together(groups, language))
        for verdict, groups in found.items()
    ]
    return text("sensitivity.measure", language, measure=in_sentence(title), verdicts=", ".join(parts))


def _together(groups: Sequence[str], language: str) -> str:
    return enumeration([group_label(group, language) for group in groups], language)
