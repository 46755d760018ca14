"""Whichever rule withholds a figure, its reader sees the same: the same bytes in reports, tables, pictures and sentences."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd
import pytest
from small_survey import questionnaire, results

from reports import narrative, publication
from reports.charts import dots, radar
from reports.disclosure.reasons import Reason
from reports.documents import html_report
from reports.documents.imprint import Imprint
from reports.files import writing
from reports.profile import profile
from reports.publication import Results

SHOWN_OTHERWISE = {Reason.TOO_FEW_FOR_QUARTILES, Reason.NEARLY_EVERYONE}
"""The median stays without its quartiles; "90 % or more" stands for what nearly everybody said (methodology 10, rule 5)."""
RULES = [one for one in Reason if one not in SHOWN_OTHERWISE]
DRAWN = [Reason.NO_ANSWERS, Reason.COMPLEMENT, Reason.UNRELIABLE_SCALE, Reason.DOMINANCE]
"""Those that the slow half, the drawn documents, is made for; the files are for all."""
CODE, GROUP = "A01", "type:district"


def with_reason(reason: Reason) -> Results:
    """The small survey with every third figure of one authority, and of its peers, withheld for this reason."""
    frames = {name: _withheld(frame, reason) for name, frame in results().frames.items()}
    return Results(frames, results().quality, results().rules)


def _withheld(frame: pd.DataFrame, reason: Reason) -> pd.DataFrame:
    if "reason" not in frame or frame.empty:
        return frame
    hit = pd.Series([place % 3 == 0 for place in range(len(frame))], index=frame.index)
    if "authority" in frame:
        hit &= frame["authority"] == CODE
    changed = frame.copy()
    changed.loc[hit & frame["reason"].isna(), "reason"] = str(reason)
    return changed


def report(frames: Mapping[str, pd.DataFrame]) -> str:
    return html_report.authority(
        frames, questionnaire(), code=CODE, name="Authority 1", peer_group=GROUP, imprint=Imprint("2026.1")
    )


def files(shown: Results) -> dict[str, bytes]:
    return {name: writing.csv_bytes(one) for name, one in publication.for_file(shown, "published").frames.items()}


def drawn(shown: Results) -> dict[str, bytes]:
    """The report, both pictures with their alternative texts, and the sentence."""
    own = profile(
        shown.frames["scores"],
        shown.frames["benchmarks"],
        shown.frames["standings"],
        questionnaire(),
        authority=CODE,
        peer_group=GROUP,
    )
    caption = narrative.caption(own, name="Authority 1", peer_group=GROUP)
    return {
        "report": report(shown.frames).encode(),
        "radar": radar.radar(own, caption, size="wide"),
        "dots": dots.dots(own, caption, size="narrow"),
        "sentence": narrative.finding(own, "Authority 1", "districts").encode(),
    }


@pytest.fixture(scope="module")
def usual() -> dict[str, bytes]:
    shown = with_reason(Reason.TOO_FEW_PEOPLE)
    return {**files(shown), **drawn(publication.published(shown))}


@pytest.mark.parametrize("reason", RULES)
def test_every_rule_gives_the_same_files(usual: dict[str, bytes], reason: Reason) -> None:
    found = files(with_reason(reason))
    assert {name for name, content in found.items() if content != usual[name]} == set()


@pytest.mark.parametrize("reason", DRAWN)
def test_every_rule_gives_the_same_report_and_pictures(usual: dict[str, bytes], reason: Reason) -> None:
    found = drawn(publication.published(with_reason(reason)))
    assert {name for name, content in found.items() if content != usual[name]} == set()


def test_no_document_says_a_rule(usual: dict[str, bytes]) -> None:
    for name, content in usual.items():
        for reason in RULES:
            assert str(reason).encode() not in content, f"{name} says {reason}"
            assert reason.meaning.encode() not in content, f"{name} says {reason}"
