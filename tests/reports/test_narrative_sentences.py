"""Sentences: each combination of verdicts says what the verdicts say, and never more."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from reports import narrative, wording
from reports.frames import PROFILE
from reports.profile import rows

TITLES = {
    "mindset": "Digital mindset",
    "agile": "Agile adoption",
    "silos": "Working across silos",
    "leadership": "Distributed leadership",
}
VERDICTS = ("ABOVE", "BELOW", "SIMILAR", "CANNOT_TELL")
GROUP = "unitary authorities"


def profile(*verdicts: str | None, indicative: bool = False, n: int = 84, invited: int | None = 131) -> pd.DataFrame:
    """Four dimensions with these verdicts; "withheld" has no score, None has a score and no verdict."""
    records = []
    for (code, title), verdict in zip(TITLES.items(), verdicts, strict=True):
        row = dict.fromkeys(PROFILE.columns, pd.NA) | {"measure": code, "title": title, "invited": invited}
        if verdict != "withheld":
            row |= {"score": 62.0, "lower": 57.0, "upper": 67.0, "n": n}
        if verdict in VERDICTS:
            row |= {"verdict": verdict, "indicative": indicative, "median": 56.0, "benchmark_n": 23}
        records.append(row)
    return PROFILE.check(pd.DataFrame(records))


def finding(*verdicts: str | None, indicative: bool = False, language: str = "en") -> str:
    return narrative.finding(profile(*verdicts, indicative=indicative), "Northmoor", GROUP, language)


@pytest.mark.parametrize(
    ("verdicts", "sentence"),
    [
        (
            ("ABOVE", "SIMILAR", "SIMILAR", "SIMILAR"),
            "Northmoor is above its peers (unitary authorities) on digital mindset and similar on the other three.",
        ),
        (
            ("ABOVE", "SIMILAR", "SIMILAR", "BELOW"),
            (
                "Northmoor is above its peers (unitary authorities) on digital mindset, below them on distributed leadership "
                "and similar on the other two."
            ),
        ),
        (
            ("ABOVE", "ABOVE", "SIMILAR", "BELOW"),
            (
                "Northmoor is above its peers (unitary authorities) on digital mindset and agile adoption, below them on "
                "distributed leadership, and similar on working across silos."
            ),
        ),
        (("SIMILAR",) * 4, "Northmoor is similar to its peers (unitary authorities) on all four dimensions."),
        (("BELOW",) * 4, "Northmoor is below its peers (unitary authorities) on all four dimensions."),
        (
            ("BELOW", "CANNOT_TELL", "SIMILAR", "SIMILAR"),
            (
                "Northmoor is below its peers (unitary authorities) on digital mindset, and similar on working across silos "
                "and distributed leadership. There are too few answers to say on agile adoption."
            ),
        ),
        (
            ("CANNOT_TELL",) * 4,
            "There are too few answers to say how Northmoor compares with its peers (unitary authorities).",
        ),
        (
            ("SIMILAR", "SIMILAR", "withheld", "SIMILAR"),
            (
                "Northmoor is similar to its peers (unitary authorities) on digital mindset, agile adoption and distributed "
                "leadership. Not shown: working across silos."
            ),
        ),
        (
            ("SIMILAR", "SIMILAR", "SIMILAR", None),
            (
                "Northmoor is similar to its peers (unitary authorities) on digital mindset, agile adoption and working "
                "across silos. No comparison with peers is shown on distributed leadership."
            ),
        ),
        (
            (None, "withheld", None, "withheld"),
            (
                "Northmoor scores 62 on digital mindset and 62 on working across silos, out of 100. No comparison with peers "
                "is shown. Not shown: agile adoption and distributed leadership."
            ),
        ),
        (("withheld",) * 4, "The results of Northmoor are not shown."),
    ],
)
def test_the_finding_says_each_verdict_in_plain_words(verdicts: tuple[str | None, ...], sentence: str) -> None:
    assert finding(*verdicts) == sentence


def test_no_combination_of_verdicts_claims_a_verdict_that_is_not_there() -> None:
    words = {"ABOVE": "above", "BELOW": "below", "SIMILAR": "similar", "CANNOT_TELL": "too few answers to say"}
    combinations = list(itertools.combinations_with_replacement((*VERDICTS, None, "withheld"), 4))
    assert len(combinations) == 126  # 9! / (4! 5!): six kinds on four dimensions, in any order
    for verdicts in combinations:
        sentence = finding(*verdicts)
        for verdict, word in words.items():
            assert (word in sentence) == (verdict in verdicts), (verdicts, sentence)
        assert ("ot shown" in sentence) == ("withheld" in verdicts)


def test_a_withheld_dimension_is_never_given_a_number() -> None:
    frame = profile(None, "withheld", None, None)
    frame.loc[0, "score"] = 41.0
    assert narrative.finding(frame, "Northmoor", GROUP).startswith(
        "Northmoor scores 41 on digital mindset, 62 on working"
    )
    assert narrative.verdict_word(rows(frame)[1]) == "not shown"


def test_an_indicative_verdict_is_called_so_and_too_few_answers_are_not() -> None:
    assert finding("ABOVE", "SIMILAR", "SIMILAR", "SIMILAR", indicative=True).endswith("Read this as indicative.")
    assert "indicative" not in finding(*["CANNOT_TELL"] * 4, indicative=True)
    some = profile("ABOVE", "SIMILAR", "SIMILAR", "SIMILAR")
    some.loc[0, "indicative"] = True
    assert narrative.finding(some, "Northmoor", GROUP).endswith("Read digital mindset as indicative.")


def test_the_note_tells_untested_from_low_reliability() -> None:
    frame = profile(*["SIMILAR"] * 4, indicative=True)
    assert "not yet been tested" in narrative.indicative_note(frame)
    frame["reliability"] = 0.6
    assert "only moderately" in narrative.indicative_note(frame)
    assert narrative.indicative_note(profile(*["SIMILAR"] * 4)) == ""
    assert narrative.indicative_note(profile(*["CANNOT_TELL"] * 4, indicative=True)) == ""  # it is said already


def plain(sentence: str) -> str:
    return sentence.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("n", "invited", "line"),
    [
        (84, 131, "84 of 131 invited officers answered (64 %)."),  # 84 / 131 = 64.1 %
        (60, 60, "All 60 invited officers answered."),
        (34, 40, "34 officers answered, about 85 % of those invited."),  # 40 < 50: no headcount, steps of five
        (38, 40, "38 officers answered, 95 % or more of those invited."),
        (40, 40, "40 officers answered, 95 % or more of those invited."),
        (31, None, "31 officers answered. How many were invited is not known."),
        (70, 60, "70 officers answered. The response rate is not available."),
    ],
)
def test_the_line_under_the_numbers_says_who_answered(n: int, invited: int | None, line: str) -> None:
    frame = profile(*["SIMILAR"] * 4, n=n, invited=invited)
    assert plain(narrative.answered(frame)) == line
    assert plain(narrative.caption_line(frame, release="2026.1", method="1")) == f"{line} Release 2026.1, method 1."


def test_the_line_shows_the_range_where_the_dimensions_have_different_counts() -> None:
    frame = profile(*["SIMILAR"] * 4)
    frame.loc[1, "n"] = 80
    assert plain(narrative.answered(frame)) == "80 to 84 of 131 invited officers answered (about 61 %)."  # 80 / 131


def test_nobody_is_counted_where_everything_is_withheld() -> None:
    assert narrative.answered(profile(*["withheld"] * 4)) == "How many officers answered is not shown."


def test_every_peer_group_has_words() -> None:
    labels = [narrative.group_label(code) for code in ("all", "region:South East", "type:moon_base", "list:eight")]
    assert labels == [
        "all authorities",
        "authorities in the South East",
        "moon base",
        "authorities in the list “eight”",
    ]
    assert narrative.group_label("list:eight", labels={"list:eight": "the eight big cities"}) == "the eight big cities"


def test_a_group_has_its_words_however_its_code_is_spelt() -> None:
    assert (
        narrative.group_label("type:London borough")
        == narrative.group_label("type:london_borough")
        == "London boroughs"
    )
    assert narrative.group_label("nation:Wales", "cy") == "awdurdodau yng Nghymru"


def test_welsh_has_its_own_sentences_and_joins_a_vowel_with_ac() -> None:
    sentence = finding("ABOVE", "BELOW", "SIMILAR", "SIMILAR", language="cy")
    assert sentence.startswith("Mae Northmoor yn uwch na'i gymheiriaid")
    assert " ac yn debyg ar y 2 arall." in sentence
    assert not wording.is_reviewed("cy")


def test_a_language_without_a_catalogue_shows_english() -> None:
    assert finding(*["SIMILAR"] * 4, language="fr") == finding(*["SIMILAR"] * 4)


def test_the_sector_says_what_the_middle_authority_scores() -> None:
    frame = profile(None, None, None, "withheld")
    assert narrative.sector_finding(frame, "all authorities") == (
        "Among all authorities, the middle one scores 62 on digital mindset, 62 on agile adoption and 62 on working "
        "across silos, out of 100. Not shown: distributed leadership."
    )
    assert narrative.multiples_finding({"county councils": profile(*["withheld"] * 4)}) == "County councils: not shown."


def test_the_welsh_catalogue_has_no_key_that_english_lacks_and_the_same_blanks() -> None:
    english, welsh = wording.catalogue("en"), wording.catalogue("cy")
    assert set(welsh) - set(english) == {"list.and_before_vowel"}
    for key in set(welsh) & set(english):
        assert blanks(welsh[key]) - {"digits"} <= blanks(english[key]) - {"digits"} | {"count"}, key


def blanks(sentence: str) -> set[str]:
    return {part.split("}")[0] for part in sentence.split("{")[1:]}
