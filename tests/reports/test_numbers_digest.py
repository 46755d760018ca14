"""What identifies the inputs of numbers: every answer and every attribute, but no name, no order and no empty column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from reports import digest, example
from reports.frames import AUTHORITIES, HEADCOUNTS

WHILE_NAMES_COUNTED = "e8f0598488b98d1c5101522af33752cd4d6c7a4f79fe187f0735d8c5453da35b"
"""Of the example's answers and authorities, as it was taken by the version of the program that counted names."""


def of(authorities: pd.DataFrame, headcounts: pd.DataFrame | None = None) -> str:
    return digest.of_inputs(example.responses(), authorities, headcounts)


def with_one(column: str, value: object) -> pd.DataFrame:
    changed = example.authorities().copy()
    changed.loc[3, column] = value
    return changed


def test_a_renamed_authority_has_the_numbers_and_the_digest_that_it_had():
    assert of(with_one("name", "Another name")) == of(example.authorities())


@pytest.mark.parametrize(("column", "value"), [("code", "other"), ("type", "another"), ("population_2019", 7.0)])
def test_what_numbers_are_computed_from_changes_the_digest(column, value):
    assert of(with_one(column, value)) != of(example.authorities())


def test_the_same_value_in_another_column_is_something_else():
    assert of(with_one("most_deprived", 0.5)) != of(with_one("least_deprived", 0.5))


def test_a_column_that_a_later_version_brings_changes_nothing_while_it_is_empty():
    longer = example.authorities().assign(coast=pd.Series([None] * len(example.authorities()), dtype="string"))
    assert of(longer) == of(example.authorities())


def test_a_row_of_one_table_is_none_of_another():
    empty = AUTHORITIES.empty(), HEADCOUNTS.empty()
    row = pd.DataFrame({"predecessor": ["a"]})
    as_assessments = digest.of_inputs(example.responses(), *empty, row, None)
    assert as_assessments != digest.of_inputs(example.responses(), *empty, None, row)


def test_the_order_of_rows_does_not_count():
    turned = example.authorities().iloc[::-1].reset_index(drop=True)
    assert of(turned) == of(example.authorities())


def test_a_digest_from_before_still_belongs_to_its_inputs_and_to_no_others():
    answers, authorities = example.responses(), example.authorities()
    assert digest.is_of(of(authorities), answers, authorities, None)
    assert digest.is_of(WHILE_NAMES_COUNTED, answers, authorities, None)
    for column in ("name", "type"):
        assert not digest.is_of(WHILE_NAMES_COUNTED, answers, with_one(column, "another"), None)
    changed = answers.answers.copy()
    changed[0, 0] = np.int8(0 if changed[0, 0] else 1)
    other = type(answers)(answers.authorities, answers.authority, answers.items, changed)
    assert not digest.is_of(WHILE_NAMES_COUNTED, other, authorities, None)
