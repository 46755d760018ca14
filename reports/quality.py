"""How good the answers are: response, skipped questions, don't know, careless answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from questionnaires.definition import Item, Questionnaire
from reports.frames import DONT_KNOW, NOT_ANSWERED, NOT_APPLICABLE, NOT_ASKED, Responses
from reports.rules import Rules
from reports.statistics.sums import Floats, Ints

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | float | bool | None"
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True)
class Careless:
    """Flags of each person (methodology 2.4), each of shape (respondents,)."""

    long_run: Flags
    no_spread: Flags
    too_fast: Flags

    @property
    def excluded(self) -> Flags:
        """Left out of every score: too fast, and the same answer all along. Straight-lining alone is kept."""
        return self.too_fast & (self.long_run | self.no_spread)


def careless(responses: Responses, questionnaire: Questionnaire, rules: Rules) -> Careless:
    """The three flags that a file can raise.

    (a) `long_run`: every scored item of the questionnaire answered, all with the same raw answer; (b) `no_spread`: at
    least two scored items answered, standard deviation of the raw answers 0; (c) `too_fast`: fewer than
    `rules.seconds_per_item` seconds for each scored item that has an answer, don't know included, or the flag that
    the service sealed. The raw answer is the option's position on its scale, before reverse keying.
    """
    columns = {code: place for place, code in enumerate(responses.items)}
    scored = [questionnaire.items[i.code] for i in questionnaire.scored_items if i.code in columns]
    lowest = np.full(len(responses), np.inf)
    highest = np.full(len(responses), -np.inf)
    on_scale = np.zeros(len(responses), dtype=np.int32)
    answered = np.zeros(len(responses), dtype=np.int32)
    for item in scored:
        chosen = responses.answers[:, columns[item.code]]
        raw = _positions(item)[np.where(chosen < 0, len(item.options), chosen)]
        lowest, highest = np.fmin(lowest, raw), np.fmax(highest, raw)
        on_scale += ~np.isnan(raw)
        answered += (chosen >= 0) | (chosen == DONT_KNOW) | (chosen == NOT_APPLICABLE)
    same = (lowest == highest) & (on_scale >= 2)
    everything = on_scale == max(len(questionnaire.scored_items), 1)
    too_fast = np.zeros(len(responses), dtype=np.bool_) if responses.too_fast is None else responses.too_fast
    if responses.seconds is not None:
        with np.errstate(invalid="ignore"):
            too_fast = too_fast | (responses.seconds < rules.seconds_per_item * answered)
    return Careless(same & everything, same, too_fast)


def item_quality(responses: Responses, questionnaire: Questionnaire, counted: Flags, rules: Rules) -> dict[str, Json]:
    """Blank and don't know of each scored item, as shares of those asked; over `rules.dont_know_review` is flagged."""
    columns = {code: place for place, code in enumerate(responses.items)}
    nonresponse: dict[str, Json] = {}
    dont_know: dict[str, Json] = {}
    for item in questionnaire.scored_items:
        if item.code not in columns:
            continue
        chosen = responses.answers[counted, columns[item.code]]
        unscored = [place for place, option in enumerate(item.options) if option.score is None]
        asked = int((chosen != NOT_ASKED).sum())
        blank = int((chosen == NOT_ANSWERED).sum())
        unknown = int(np.isin(chosen, [DONT_KNOW, NOT_APPLICABLE, *unscored]).sum())
        nonresponse[item.code] = {"asked": asked, "blank": blank, "share": _share(blank, asked)}
        share = _share(unknown, asked)
        review = share is not None and share > rules.dont_know_review
        dont_know[item.code] = {"asked": asked, "dont_know": unknown, "share": share, "review": review}
    return {"item_nonresponse": nonresponse, "dont_know": dont_know}


def response(codes: Sequence[str], scored: Ints, invited: Floats) -> dict[str, Json]:
    """Response rate of each authority: people scored / N. Without N, or with more answers than N, it is not available.

    `scored` and `invited` have shape (authorities,); `invited` is the known headcount or NaN. Methodology 3.1.
    """
    result: dict[str, Json] = {}
    for code, n, known in zip(codes, scored.tolist(), invited.tolist(), strict=True):
        available = known == known and known > 0 and n <= known  # noqa: PLR0124 - NaN is not itself
        result[code] = {
            "scored": n,
            "invited": int(known) if available else None,
            "rate": n / known if available else None,
        }
    return result


def report(
    *,
    responses: Responses,
    questionnaire: Questionnaire,
    flags: Careless,
    elected: Flags,
    response_rates: dict[str, Json],
    rules: Rules,
) -> dict[str, Json]:
    """The content of quality.json."""
    counted = ~elected & ~flags.excluded
    return {
        "method_version": rules.method_version,
        "respondents": {
            "total": len(responses),
            "officers": int((~elected).sum()),
            "elected": int(elected.sum()),
            "authorities": len(np.unique(responses.authority)),
        },
        "response": response_rates,
        **item_quality(responses, questionnaire, counted, rules),
        "careless": {
            "long_run": int(flags.long_run.sum()),
            "no_spread": int(flags.no_spread.sum()),
            "too_fast": int(flags.too_fast.sum()),
            "excluded": int(flags.excluded.sum()),
            "time_known": responses.seconds is not None or responses.too_fast is not None,
        },
    }


def _positions(item: Item) -> Floats:
    """The place of each option among the scored ones, NaN for the others and at the end for missing codes."""
    places: list[float] = []
    following = 0
    for option in item.options:
        places.append(float("nan") if option.score is None else float(following))
        following += option.score is not None
    return np.array([*places, float("nan")])


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
