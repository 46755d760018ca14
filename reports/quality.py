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

_NONE = 255  # no place on a scale


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

    (a) `long_run`: every scored item of the questionnaire answered, all with the same raw answer; (b) `no_spread`:
    at least two scored items answered, standard deviation of the raw answers 0; (c) `too_fast`: fewer than
    `rules.seconds_per_item` seconds for each scored item that has an answer, don't know included, or the flag that
    the service sealed. The raw answer is the option's position on its scale, before reverse keying. Methodology
    2.4.

    >>> from reports import example
    >>> flags = careless(example.responses(), example.questionnaire(), Rules())
    >>> int(flags.no_spread.sum()), int(flags.excluded.sum())  # without times nobody is left out
    (26, 0)
    """
    columns = {code: place for place, code in enumerate(responses.items)}
    scored = [questionnaire.items[i.code] for i in questionnaire.scored_items if i.code in columns]
    lowest, highest = np.full(len(responses), _NONE, dtype=np.uint8), np.zeros(len(responses), dtype=np.uint8)
    on_scale, answered = (np.zeros(len(responses), dtype=np.uint16) for _ in range(2))
    for item in scored:
        chosen = responses.answers[:, columns[item.code]].view(np.uint8)
        low, high = _positions(item, chosen)
        np.minimum(lowest, low, out=lowest)
        np.maximum(highest, high, out=highest)
        on_scale += low != _NONE
        if responses.seconds is not None:
            answered += chosen < len(item.options)
            for code in (DONT_KNOW, NOT_APPLICABLE):
                answered += chosen == code % 256
    same = (lowest == highest) & (on_scale >= 2)
    everything = on_scale == max(len(questionnaire.scored_items), 1)
    too_fast = np.zeros(len(responses), dtype=np.bool_) if responses.too_fast is None else responses.too_fast
    if responses.seconds is not None:
        with np.errstate(invalid="ignore"):
            too_fast = too_fast | (responses.seconds < rules.seconds_per_item * answered)
    return Careless(same & everything, same, too_fast)


def item_quality(questionnaire: Questionnaire, tally: Mapping[str, Ints], rules: Rules) -> dict[str, Json]:
    """Blank and don't know of each scored item, as shares of those asked; over `rules.dont_know_review` is flagged.

    `tally` has for each item how often the people of each authority gave each answer (authorities, 4 + options):
    the four negative codes of `frames` from the lowest, then the options. Methodology 2.2.

    >>> from reports import example
    >>> case = example.case()
    >>> found = item_quality(case.questionnaire, case.tally, case.rules)
    >>> found["dont_know"]["mindset_1"]["dont_know"], found["item_nonresponse"]["mindset_1"]["blank"]
    (34, 0)
    """
    nonresponse: dict[str, Json] = {}
    dont_know: dict[str, Json] = {}
    for item in questionnaire.scored_items:
        if item.code not in tally:
            continue
        often = tally[item.code].sum(axis=0)
        first = len(often) - len(item.options)
        unscored = [place for place, option in enumerate(item.options) if option.score is None]
        asked = int(often.sum() - often[first + NOT_ASKED])
        blank = int(often[first + NOT_ANSWERED])
        unknown = int(often[[first + code for code in (DONT_KNOW, NOT_APPLICABLE, *unscored)]].sum())
        nonresponse[item.code] = {"asked": asked, "blank": blank, "share": _share(blank, asked)}
        share = _share(unknown, asked)
        review = share is not None and share > rules.dont_know_review
        dont_know[item.code] = {"asked": asked, "dont_know": unknown, "share": share, "review": review}
    return {"item_nonresponse": nonresponse, "dont_know": dont_know}


def response(codes: Sequence[str], scored: Ints, invited: Floats) -> dict[str, Json]:
    """Response rate of each authority: people scored / N. Without N, or with more answers than N, it is not available.

    `scored` and `invited` have shape (authorities,); `invited` is the known headcount or NaN. Methodology 3.1.

    >>> response(["A", "B"], np.array([40, 40]), np.array([60.0, 30.0]))["A"]["rate"]
    0.6666666666666666
    >>> response(["B"], np.array([40]), np.array([30.0]))
    {'B': {'scored': 40, 'invited': None, 'rate': None}}
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
    tally: Mapping[str, Ints],
    flags: Careless,
    elected: Flags,
    response_rates: dict[str, Json],
    rules: Rules,
) -> dict[str, Json]:
    """The content of quality.json; `tally` is that of the officers who count (`item_quality`).

    Methodology 2.2, 2.4 and 3.1.

    >>> from reports import example
    >>> case = example.case()
    >>> told = report(
    ...     responses=case.responses, questionnaire=case.questionnaire, tally=case.tally, flags=case.flags,
    ...     elected=case.elected, response_rates={}, rules=case.rules,
    ... )
    >>> told["respondents"]
    {'total': 1067, 'officers': 1056, 'elected': 11, 'authorities': 24}
    """
    return {
        "method_version": rules.method_version,
        "respondents": {
            "total": len(responses),
            "officers": int((~elected).sum()),
            "elected": int(elected.sum()),
            "authorities": len(np.unique(responses.authority)),
        },
        "response": response_rates,
        **item_quality(questionnaire, tally, rules),
        "careless": {
            "long_run": int(flags.long_run.sum()),
            "no_spread": int(flags.no_spread.sum()),
            "too_fast": int(flags.too_fast.sum()),
            "excluded": int(flags.excluded.sum()),
            "time_known": responses.seconds is not None or responses.too_fast is not None,
        },
    }


def _positions(item: Item, chosen: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The place of each answer, read as an unsigned byte, among the scored options, from 1.

    Twice: what is not on the scale, such as the negative codes, is above everything in the first and below in the
    second.
    """
    scored = [place for place, option in enumerate(item.options) if option.score is not None]
    if scored == list(range(len(scored))):  # an option's place is its own: nothing has to be looked up
        place = (chosen + np.uint8(1)) * (chosen < len(scored)).view(np.uint8)
        return place - (place == 0).view(np.uint8), place  # one below 0 is _NONE
    low, high = np.full(256, _NONE, dtype=np.uint8), np.zeros(256, dtype=np.uint8)
    low[scored] = high[scored] = np.arange(1, len(scored) + 1)
    return low.take(chosen), high.take(chosen)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
