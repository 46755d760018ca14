"""The mix of those who answered: nobody in a group of fewer than 30, nor out of one; beside the census where it fits."""

from __future__ import annotations

import random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from questionnaires import files as files_of
from questionnaires import loader
from reports import equality
from reports.documents import equality_tables
from reports.frames import EQUALITY_MIX

STAFF = loader.read(files_of.path(*files_of.STAFF))
ITEM = "ethnic_group"
OPTIONS = ["asian", "black", "mixed", "white", "another"]


@pytest.fixture(scope="module")
def staff():
    return STAFF


def rows(counts, staff, item=ITEM):
    frame = equality.mix({item: counts}, staff)
    return [tuple(row) for row in frame[frame["item"] == item][["option", "n", "share"]].itertuples(index=False)]


def test_shares_are_of_those_who_said(staff):
    counts = {"asian": 60, "black": 45, "mixed": 31, "white": 800, "another": 64, "no_answer": 500}
    # 1,000 said: 60/1000 = 6 %, 45/1000 = 4.5 %, rounded to even 4 %; n down to tens
    assert rows(counts, staff) == [
        ("asian", 60, 0.06), ("black", 40, 0.04), ("mixed", 30, 0.03), ("white", 800, 0.8), ("another", 60, 0.06),
    ]  # fmt: skip


def test_small_groups_stand_together_and_take_the_smallest_other_where_they_are_still_few(staff):
    assert rows({"asian": 20, "black": 15, "white": 500}, staff) == [
        ("white", 500, 0.93), ("asian+black+mixed+another", 30, 0.07),  # 35 of 535
    ]  # fmt: skip
    assert rows({"asian": 40, "black": 15, "white": 500}, staff) == [
        ("white", 500, 0.9), ("asian+black+mixed+another", 50, 0.1),  # 15 are too few, so the 40 join: 55 of 555
    ]  # fmt: skip


@pytest.mark.parametrize("counts", [{}, {"white": 900}, {"white": 900, "asian": 29}, {"white": 29, "asian": 20}])
def test_where_no_two_groups_are_left_the_item_is_withheld(staff, counts):
    ((option, n, share),) = rows(counts, staff)
    assert option == "+".join(OPTIONS)
    assert pd.isna(n)
    assert pd.isna(share)


@given(st.lists(st.integers(0, 200), min_size=2, max_size=8))
@settings(deadline=None)
def test_no_group_and_no_complement_has_fewer_than_30(numbers):
    said = {f"o{place}": count for place, count in enumerate(numbers)}
    told = equality.groups(said)
    total = sum(numbers)
    assert all(n >= 30 for _, n in told)
    if len(told) > 1:
        assert all(total - n >= 30 for _, n in told)
        assert sorted(code for codes, _ in told for code in codes) == sorted(said)


@given(st.lists(st.integers(0, 60), min_size=5, max_size=5))
@settings(deadline=None)
def test_the_frame_has_its_shape_whatever_was_counted(numbers):
    frame = equality.mix({ITEM: dict(zip(OPTIONS, numbers, strict=True))}, STAFF)
    assert list(frame.columns) == list(EQUALITY_MIX.columns)
    assert (frame["share"].isna() == frame["reason"].notna()).all()
    assert frame["share"].dropna().between(0, 1).all()


def test_a_planted_rule_without_joining_would_be_noticed(monkeypatch, staff):
    """The positive control: groups of three are told."""
    monkeypatch.setattr(equality, "FEWEST", 3)
    assert min(n for _, n in equality.groups({"a": 500, "b": 4})) < 30


def test_the_order_of_the_counts_changes_nothing(staff):
    counts = {"asian": 20, "black": 40, "mixed": 40, "white": 500, "another": 1}
    shuffled = list(counts.items())
    random.Random(1).shuffle(shuffled)  # noqa: S311 - the same order each time
    assert rows(dict(shuffled), staff) == rows(counts, staff)


def test_censuses_stand_beside_the_same_groups_only(staff):
    for one in equality.censuses():
        assert sum(one.shares[ITEM].values()) == pytest.approx(1, abs=0.002), one.title
        assert set(one.shares) == {ITEM}
        assert one.share("gender", "woman", ["woman", "man", "another"]) is None
        assert one.share(ITEM, "white", ["white", "all others"]) is None
    first, second = equality.censuses()
    assert first.share(ITEM, "asian+black", OPTIONS) == 0.133  # 0.093 + 0.040
    assert second.share(ITEM, "asian", OPTIONS) is None  # known together with another group only
    assert second.share(ITEM, "asian+black+mixed", OPTIONS) == 0.062  # 0.051 + 0.011


def test_a_group_that_a_census_knows_with_others_only_has_no_figure(staff):
    frame = equality.mix({ITEM: dict.fromkeys(OPTIONS, 100)}, staff)
    tables = {table.caption: table for table in equality_tables.tables({"equality_mix": frame}, staff)}
    body = tables["Which of these describes your ethnic group?"].body
    assert [row[3:] for row in body[:3]] == [
        ("9\u00a0%", "no figure"),
        ("4\u00a0%", "no figure"),
        ("3\u00a0%", "1\u00a0%"),
    ]


def test_the_tables_say_each_group_in_words_with_the_census_beside_it(staff):
    frame = equality.mix({ITEM: {"asian": 20, "black": 15, "white": 500}, "gender": {"woman": 10}}, staff)
    tables = {table.caption: table for table in equality_tables.tables({"equality_mix": frame}, staff)}
    ethnic = tables["Which of these describes your ethnic group?"]
    assert ethnic.headings[:3] == ("", "Of those who said", "People, in tens")
    assert ethnic.headings[3:] == ("England and Wales 2021", "Scotland 2022")
    assert ethnic.body[1] == ("White", "93\u00a0%", "500", "82\u00a0%", "93\u00a0%")
    assert ethnic.body[0][0].startswith("Asian or Asian British; Black")
    gender = tables["Which of these describes your gender?"]
    assert gender.headings == ("", "Of those who said", "People, in tens")
    assert gender.body == (("Woman; Man; I describe myself in another way", "not shown", "not shown"),)
    assert equality_tables.tables({}, staff) == []
