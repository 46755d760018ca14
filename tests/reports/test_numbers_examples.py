"""The examples in the docstrings run and say the truth."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest

import reports

MODULES = [found.name for found in pkgutil.walk_packages(reports.__path__, "reports.")]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder()
    with_examples = [
        name for name in MODULES if any(found.examples for found in finder.find(importlib.import_module(name)))
    ]
    assert len(with_examples) >= 12


ARITHMETIC = [
    *(name for name in MODULES if name.startswith("reports.statistics.") and not name.endswith((".sums", ".kinds"))),
    *(
        f"reports.{name}"
        for name in ("agreement", "headcounts", "reliability", "representativeness", "shrinkage", "weighting")
    ),
]
"""Where numbers are made of numbers; what is `of_kinds` is the same as the function above it, from moments."""
SOURCE = re.compile(r"[Mm]ethodology|\b(?:19|20)\d\d\b")


@pytest.mark.parametrize("name", ARITHMETIC)
def test_every_function_of_arithmetic_has_an_example_and_says_its_source(name):
    module = importlib.import_module(name)
    functions = [
        found
        for _, found in inspect.getmembers(module, inspect.isfunction)
        if found.__module__ == name and not found.__name__.startswith("_") and not found.__name__.endswith("_kinds")
    ]
    assert {found.__name__ for found in functions if ">>>" not in (found.__doc__ or "")} == set()
    assert {found.__name__ for found in functions if not SOURCE.search(found.__doc__ or "")} == set()
