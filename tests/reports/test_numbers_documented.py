"""The methodology page names every reason, and only functions that exist."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest
from test_numbers_examples import NUMBERS, functions_of

from reports.disclosure.reasons import Reason

PAGE = (Path(__file__).parents[2] / "docs" / "methodology.md").read_text()


def test_every_reason_stands_on_the_page_with_its_meaning():
    for reason in Reason:
        assert f"| `{reason}` | {reason.meaning} |" in PAGE


def test_every_function_that_the_page_names_exists():
    named = re.findall(r"`(?:reports\.)?((?:[a-z_]+\.)+[a-z_A-Z]+)`", PAGE)
    assert len(named) > 20
    for path in named:
        if path.endswith((".csv", ".json")):
            continue
        module, _, function = path.rpartition(".")
        try:
            found = importlib.import_module(f"reports.{path}")
        except ModuleNotFoundError:
            found = getattr(importlib.import_module(f"reports.{module}"), function)
        assert found.__doc__


SECTIONS = (
    "0", "1", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "3.1", "3.2", "3.3", "3.4", *map(str, range(4, 13)), "14", "15",
)  # fmt: skip
"""The sections of the specification that say what to compute; it has no section 13, and 16 and 17 are open points and references."""


def test_every_section_of_the_method_stands_in_the_table():
    rows = re.findall(r"^\| ([^|`]+) \| [^|]+ \| [^|]*\|$", PAGE, flags=re.M)
    named = {number for row in rows for number in re.findall(r"(?:^|, )(\d+(?:\.\d)?) ", row)}
    assert set(SECTIONS) - named == set()


@pytest.mark.parametrize("name", [name for name in NUMBERS if functions_of(importlib.import_module(name))])
def test_the_page_says_what_every_module_of_numbers_computes(name):
    functions = functions_of(importlib.import_module(name))
    short = name.removeprefix("reports.")
    assert any(f"`{short}.{function}`" in PAGE for function in functions), f"no function of {short} is on the page"
